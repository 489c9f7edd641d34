"""A recorded day and the backtest of its bars: what is alike, what differs and why, and what nothing explains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from backtest.parity_days import HISTORY, Tape, begin, of, parity, play, recorded, traded
from engine.world import OPEN_NS, SESSIONS, World
from simulation.plan import BUSY

from fluxherod.backtest.model import BacktestConfig, Bars, Costs
from fluxherod.backtest.parity import recorder
from fluxherod.backtest.parity.compare import Unfollowable, compare
from fluxherod.backtest.parity.findings import MEANINGS, Finding, Kind, Parity
from fluxherod.backtest.parity.told import as_dict, as_text
from fluxherod.backtest.run import run
from fluxherod.core.calendar import MINUTE_NS, Calendar
from fluxherod.core.portfolio import Position
from fluxherod.core.protection import Cancel, MoveStop
from fluxherod.core.types import BrokerStatus
from fluxherod.engine.commands import (
    DisableSymbolCommand,
    FlattenCommand,
    HaltCommand,
    ResumeCommand,
    UpdateLimitsCommand,
    UpdateParametersCommand,
)
from fluxherod.engine.events import BackfillLoaded, BarsReceived, LinkChanged, Refusal
from fluxherod.engine.orders.sending import Sending
from fluxherod.engine.strategist import Strategist

SEED = 1  # enters long at 09:33 of New York, that is on minute 2, then short, twice by the rule and by the stop
ENTRY = 2


def at(number: int, does: Any) -> Any:
    """Something that is done before a minute."""
    return lambda world, minute: does(world) if minute == number else None


def only(found: Parity, kind: Kind) -> Finding:
    (one,) = of(found, kind)
    return one


# --- a clean day -----------------------------------------------------------------------------------------------------
def test_on_a_day_without_trouble_prices_of_fills_are_all_that_differs() -> None:
    found = parity(traded(SEED))
    assert found.counts.keys() == {Kind.SAME, Kind.FILL_PRICE}
    assert {one.what for one in found.findings} == {"entry", "fill", "close", "exit"}
    assert len(of(found, Kind.FILL_PRICE)) >= 6
    # A market order fills at the next open, which is the last price here: what the model adds is a basis point.
    entries = [one.slippage_bp for one in of(found, Kind.FILL_PRICE) if one.what == "fill"][1:]
    assert entries == pytest.approx([-1.0] * len(entries), abs=0.01)


def test_the_costs_add_up_to_what_a_backtest_of_the_day_by_itself_brings() -> None:
    world = traded(SEED)
    day, found = recorded(world), parity(world)
    (stretch,) = day.stretches
    series = stretch.series["SPY"]
    bars = Bars(
        "SPY", series.start_ns, series.open, series.high, series.low, series.close, series.volume.astype(np.int64)
    )
    config = BacktestConfig(
        timeframe_ns=MINUTE_NS,
        params=BUSY,
        limits=world.settings.limits,
        costs=Costs(commission_e4=0),
        start_ns=OPEN_NS,
        calendar=Calendar(SESSIONS),
    )
    alone = run([bars], config)
    assert series.warm == HISTORY
    assert found.backtest_e4 == alone.final_e4 - config.initial_equity_e4
    assert found.live_e4 == world.engine.ledger.equity_e4 - 100_000_0000
    assert found.live_e4 - found.backtest_e4 == sum(one.money_e4 for one in found.findings)


@pytest.mark.parametrize("seed", range(2, 5))
def test_days_by_chance_of_two_symbols_leave_nothing_unexplained(seed: int) -> None:
    world = World(("QQQ", "SPY"), strategy=BUSY, trail_on="price" if seed % 2 else "bar")
    found = parity(traded(seed, world=world))
    assert found.unexplained == ()
    assert found.bars == 120
    assert {one.symbol for one in of(found, Kind.FILL_PRICE)} == {"QQQ", "SPY"}


# --- what happens at the broker --------------------------------------------------------------------------------------
def test_an_order_that_the_broker_refuses_is_named_and_costs_what_the_trade_would_have_brought() -> None:
    refusal = Refusal(403, 40310000, "insufficient buying power")
    found = parity(traded(SEED, act=at(ENTRY, lambda world: world.exchange.refuse.append(refusal))))
    one = only(found, Kind.REFUSED)
    assert "insufficient buying power" in one.why
    assert (one.live, one.what) == ("no fill", "fill")
    assert one.backtest.startswith("155 @ ")
    assert one.money_e4 != 0
    assert found.unexplained == ()


def test_an_order_without_an_answer_that_never_arrived_is_named() -> None:
    found = parity(traded(SEED, act=at(ENTRY, lambda world: world.exchange.lose.append("request"))))
    assert of(found, Kind.NO_ANSWER)
    assert found.unexplained == ()


def test_a_part_that_fills_and_an_end_by_the_broker_are_two_differences() -> None:
    def act(world: World, number: int) -> None:
        world.exchange.auto_fill = number not in (ENTRY + 1, ENTRY + 2)
        if number in (ENTRY + 2, ENTRY + 3):
            entry = next(one for one in world.exchange.orders.values() if not one.status.ended)
            if number == ENTRY + 2:
                world.exchange.fill(entry.broker_id, 60, world.exchange.price_e4["SPY"])
            else:
                world.exchange.end(entry.broker_id, BrokerStatus.CANCELED)
            world.deliver()

    found = parity(traded(SEED, act=act))
    part = of(found, Kind.PARTIAL_FILL)
    assert part
    assert "60 of 155 filled" in part[0].why
    assert part[0].live.startswith("buy 60 @ ")
    assert found.unexplained == ()


def test_a_limit_entry_that_does_not_fill_is_chased() -> None:
    def act(world: World, number: int) -> None:
        world.exchange.auto_fill = not ENTRY < number < ENTRY + 4

    found = parity(traded(SEED, act=act, world=World(strategy=BUSY, entry_order="limit")))
    assert {Kind.UNFILLED, Kind.CHASED} & found.counts.keys()
    assert found.unexplained == ()


# --- what people do --------------------------------------------------------------------------------------------------
def test_a_halt_is_the_operator_s_and_what_it_keeps_from_being_opened_has_its_price() -> None:
    def act(world: World, number: int) -> None:
        if number == 1:
            world.tell(HaltCommand(world.caller(), "a look"))
        elif number == 20:
            world.tell(ResumeCommand(world.caller(), "looked"))

    found = parity(traded(SEED, act=act))
    halted = of(found, Kind.OPERATOR)
    assert {(one.what, one.rule) for one in halted} == {("entry", "halted")}
    assert "a look" in halted[0].why
    assert sum(one.money_e4 for one in halted) != 0
    assert found.unexplained == ()


def test_a_symbol_that_is_switched_off_is_the_operator_s() -> None:
    found = parity(traded(SEED, act=at(1, lambda w: w.tell(DisableSymbolCommand(w.caller(), "SPY", "earnings")))))
    assert {one.rule for one in of(found, Kind.OPERATOR)} == {"disabled"}
    assert of(found, Kind.OPERATOR)[0].why.endswith("earnings")
    assert found.unexplained == ()


def test_a_manual_order_and_a_close_by_hand_are_named() -> None:
    def act(world: World, number: int) -> None:
        if number == 0:
            world.place(10, 440.0)
        elif number == 1:
            world.close()

    found = parity(traded(SEED, act=act))
    assert only(found, Kind.MANUAL_ORDER).live.startswith("buy 10 @ ")
    (close,) = of(found, Kind.OPERATOR)
    assert (close.what, close.why) == ("close", "ClosePosition")
    assert found.unexplained == ()


def test_flatten_closes_what_the_strategy_holds() -> None:
    found = parity(traded(SEED, act=at(ENTRY + 2, lambda w: w.tell(FlattenCommand(w.caller(), "storm")))))
    closed = [one for one in of(found, Kind.OPERATOR) if one.what == "close"]
    assert [one.why for one in closed] == ["Flatten (storm)"]
    assert found.unexplained == ()


def test_after_other_limits_and_parameters_both_sides_begin_anew_from_the_same_bars() -> None:
    def act(world: World, number: int) -> None:
        if number == 25:
            world.tell(UpdateParametersCommand(world.caller(), (("trend_stop_atr", 1.5),), "", "tighter"))
        elif number == 30:
            world.tell(UpdateLimitsCommand(world.caller(), (("trend_risk_bp", 50),), "", "smaller"))

    world = traded(SEED, act=act)
    assert [len(part.steps) for part in recorded(world).stretches] == [24, 5, 31]
    assert parity(world).unexplained == ()


# --- what happens to the process -------------------------------------------------------------------------------------
def test_bars_that_are_known_late_are_not_traded_on_and_the_restart_is_named() -> None:
    world = World(strategy=BUSY)
    begin(world)
    tape = Tape(SEED)
    bars = [tape.minute("SPY", number) for number in range(60)]
    for number in range(2):
        play(world, number, [bars[number]])
    # Nobody is there for seven minutes; then the gap is filled.
    world.now_ns = OPEN_NS + 9 * MINUTE_NS
    world.exchange.trade("SPY", round(bars[8].close * 10_000))
    world.start(run=2)
    world.reference()
    world.tell(LinkChanged("trading", True), LinkChanged("market", True))
    world.tell(BackfillLoaded(("SPY",), tuple(bars[2:9]), OPEN_NS, world.now_ns))
    world.snapshot()
    for number in range(9, 40):
        play(world, number, [bars[number]])
    found = parity(world)
    assert {one.rule for one in of(found, Kind.DATA_LATE)} == {"late"}
    assert any("after its end" in one.why for one in of(found, Kind.DATA_LATE))
    assert found.unexplained == ()


def test_rules_of_live_trading_are_named() -> None:
    # No quote is fresh when the bar is decided.
    world = World(strategy=BUSY, price_max_age_ns=0)
    found = parity(traded(SEED, world=world))
    assert {one.rule for one in of(found, Kind.LIVE_RULE)} == {"spread"}
    assert found.unexplained == ()


@pytest.mark.parametrize(("seed", "what"), [(6, "close"), (10, "account")])
def test_a_day_s_loss_is_read_at_each_price_and_twice(seed: int, what: str) -> None:
    limits = replace(World().settings.limits, daily_loss_bp=10 if what == "close" else 5)
    found = parity(traded(seed, world=World(strategy=BUSY, limits=limits)))
    losses = {one.what: one for one in of(found, Kind.LOSS_LIMIT)}
    assert what in losses
    assert "daily loss: loss of 0.1%" in losses["close"].why
    assert found.unexplained == ()


def test_what_only_a_longer_memory_decides_is_no_mystery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "REMEMBERED_BARS", 12)  # too few for the kernel to decide by
    found = [parity(traded(seed, 20)) for seed in range(1, 5)]
    assert all(one.history_bars == 12 for one in found)
    assert [one for day in found for one in day.unexplained] == []
    assert any(Kind.LONGER_MEMORY in day.counts for day in found)


# --- what nothing explains -------------------------------------------------------------------------------------------
def _bad_stop(self: Strategist, *_: Any) -> None:
    """Stops stay where they are."""


def _bad_size(original: Any) -> Any:
    def request(self: Strategist, *about: Any) -> Any:
        found = original(self, *about)
        return replace(found, multipliers=(*found.multipliers, ("neutral", 5_000)))

    return request


def _bad_order(original: Any) -> Any:
    def order(self: Strategist, *about: Any, **more: Any) -> Any:
        found = original(self, *about, **more)
        return replace(found, leg_stop_e4=found.leg_stop_e4 - 100)

    return order


def _bad_entries(original: Any) -> Any:
    def enter(self: Strategist, closed: Any, *about: Any) -> None:
        if closed.end_ns // MINUTE_NS % 2:
            original(self, closed, *about)

    return enter


def _bad_exits(original: Any) -> Any:
    def leave(self: Strategist, closed: Any, *about: Any) -> None:
        """Exits are late by a bar or more."""
        if closed.end_ns // MINUTE_NS % 2:
            original(self, closed, *about)

    return leave


def _bad_moves(original: Any) -> Any:
    def act(self: Sending, action: Any, position: Position | None, *about: Any) -> None:
        """Nothing is done for a stop at the broker that must move."""
        if position is None or position.exit_reason or not isinstance(action, Cancel | MoveStop):
            original(self, action, position, *about)

    return act


def test_a_stop_at_the_broker_that_is_not_the_strategy_s_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sending, "_act", _bad_moves(Sending._act))
    found = parity(traded(SEED, 20))
    assert found.unexplained
    assert {(one.what, one.why.partition(",")[0]) for one in found.unexplained} == {("stop", "the stop at the broker")}


@pytest.mark.parametrize(
    ("method", "bug", "what", "why"),
    [
        ("_trail", lambda original: _bad_stop, "stop", "where the stop is"),
        ("_request", _bad_size, "entry", "the size: "),
        ("entry_order", _bad_order, "entry", "the stop leg"),
        ("_enter", _bad_entries, "entry", "live nothing fired"),
        ("_exit", _bad_exits, "exit", "the rule of the position's mode"),
    ],
)
def test_an_engine_that_decides_otherwise_is_found_out(
    monkeypatch: pytest.MonkeyPatch, method: str, bug: Any, what: str, why: str
) -> None:
    monkeypatch.setattr(Strategist, method, bug(getattr(Strategist, method)))
    found = parity(traded(SEED))
    assert found.unexplained
    assert {one.what for one in found.unexplained} == {what}
    assert all(why in one.why for one in found.unexplained)
    assert as_text(found).splitlines()[-len(found.unexplained) - 1] == f"{len(found.unexplained)} unexplained:"


def test_a_journal_with_another_decision_than_its_inputs_give_is_named() -> None:
    world = traded(SEED, 10)
    place = next(k for k, (_, event, _) in enumerate(world.journal) if isinstance(event, BarsReceived)) + 3
    now_ns, event, effects = world.journal[place]
    world.journal[place] = now_ns, event, effects + b"more"
    found = parity(world)
    (one,) = found.unexplained
    assert (found.differs_at, one.number, one.what) == (place + 1, place + 1, "journal")
    assert f"input {place + 1}" in as_text(found)
    assert as_dict(found)["unexplained"] == 1


def test_bars_of_extended_hours_are_refused() -> None:
    day = recorded(traded(SEED, 5))
    for stretch in day.stretches:
        stretch.settings = replace(stretch.settings, session="extended")
    with pytest.raises(Unfollowable, match=r"market\.session = extended"):
        compare(day)


# --- words -----------------------------------------------------------------------------------------------------------
def test_each_class_has_a_meaning_and_the_json_adds_up() -> None:
    assert MEANINGS.keys() == set(Kind)
    found = parity(traded(SEED))
    told = as_dict(found)
    assert sum(one["count"] for one in told["classes"]) == len(told["findings"])
    assert sum(one["money"] for one in told["classes"]) == pytest.approx(told["difference"])
    assert told["live"] - told["backtest"] == pytest.approx(told["difference"])
    assert [one["class"] for one in told["findings"]] == [one.kind for one in found.findings]


def test_a_day_without_a_bar_says_so() -> None:
    found = parity(traded(SEED, 0))
    assert (found.bars, found.findings, found.live_e4) == (0, (), 0)
    assert as_text(found).splitlines()[0] == "2024-01-02: no bar was decided"
    assert "Neither side did anything." in as_text(found)


def test_the_page_has_each_class() -> None:
    page = (Path(__file__).parents[2] / "docs/backtest.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [kind for kind in Kind if not any(f"`{kind}`" in row.split("|")[1] for row in rows)] == []


def test_the_text_has_a_line_for_each_decision_and_fill() -> None:
    found = parity(traded(SEED))
    lines = as_text(found).splitlines()
    assert lines[0] == "2024-01-02: SPY, 1Min bars"
    assert sum(line[2:3] == ":" and line[5:6] == ":" for line in lines) == len(found.findings)
    assert lines[-1] == "Every difference is explained."
