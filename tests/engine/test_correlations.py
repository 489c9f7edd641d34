"""What is held makes what is like it smaller; and what is not known counts, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engine.exchange import HELD
from engine.test_strategist import drive
from engine.world import CLOSE_NS, DAY_NS, WIDE, World, choppy

from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import Bar, Side
from fluxherod.engine.effects import Reply, ReplyCode
from fluxherod.engine.events import HistoryLoaded, Started

ADJUSTED = RiskVerdict.APPROVED_WITH_ADJUSTMENT
# 1 % of 100,000 at 10 dollars a share.
FULL, HALF = 100, 50


class Two(World):
    """SPY and QQQ (and others) with histories of their own, quoted at 450; SPY may be held already."""

    def __init__(self, histories: dict[str, tuple[Bar, ...]], **settings: Any) -> None:
        super().__init__(tuple(histories), **settings)
        self.histories = histories

    def ready(self, *_: Any, **__: Any) -> World:
        self.start()
        self.reference()
        for symbol, bars in self.histories.items():
            self.tell(HistoryLoaded(symbol, bars, CLOSE_NS - DAY_NS))
        self.now_ns = CLOSE_NS - DAY_NS
        self.until(self.now_ns + 17 * 3600 * 10**9 + 1800 * 10**9)
        self.connect()
        for symbol in self.histories:
            self.quote(450.0, symbol)
        return self


def wander(symbol: str, seed: int, count: int = 100, mix: float = 1.0) -> tuple[Bar, ...]:
    """Minutes of the session before; `mix` is the part that is the symbol's own, the rest is the market's."""
    market, own = (np.random.default_rng(one).normal(0, 0.001, count) for one in (0, seed))
    closes = 450 * np.exp(np.cumsum((1 - mix) * market + mix * own))
    return tuple(
        replace(choppy(symbol, number, 450.0), open=close, high=close, low=close, close=close)
        for number, close in enumerate(closes.tolist())
    )


def both(mix: float = 0.1, **settings: Any) -> World:
    """SPY is held, and QQQ moves with it."""
    world = Two({"SPY": wander("SPY", 1, mix=mix), "QQQ": wander("QQQ", 2, mix=mix)}, **settings).ready()
    assert world.place(10, 440.0).code is ReplyCode.OK
    return world


def ask(world: World, side: Side = Side.BUY, symbol: str = "QQQ", stop: float | None = None) -> RiskDecision:
    """What risk says to more than it allows."""
    answer: Reply = world.place(10_000, stop or (440.0 if side is Side.BUY else 460.0), side, symbol=symbol)
    assert answer.decision is not None
    return answer.decision


def rho_of(world: World, symbol: str = "SPY", other: str = "QQQ") -> float:
    """Over the last 50 log returns, by NumPy."""
    closes = [[one.bar.close for one in world.engine.market.books[name].closed[-51:]] for name in (symbol, other)]
    return float(np.corrcoef(np.diff(np.log(closes), axis=1))[0, 1])


def test_an_order_that_goes_with_what_is_held_is_halved_and_says_by_how_much() -> None:
    world = both()
    decision = ask(world)
    assert (decision.quantity, decision.reason.rpartition("; ")[2]) == (
        HALF, f"Size reduced 50%: QQQ correlated {rho_of(world):.2f} with SPY",
    )  # fmt: skip
    world.replay()


@pytest.mark.parametrize("side", list(Side))
def test_a_hedge_is_halved_too(side: Side) -> None:
    assert ask(both(), side).quantity == HALF


def test_what_moves_by_itself_keeps_its_size() -> None:
    world = both(mix=1.0)
    assert abs(rho_of(world)) < 0.7
    assert ask(world).quantity == FULL


@pytest.mark.parametrize(("above", "quantity"), [(True, HALF), (False, FULL)])
def test_the_limit_is_strict(above: bool, quantity: int) -> None:
    check = next(check for check in ask(both()).checks if check.code == "correlation")
    limit = float(np.nextafter(check.actual, 0)) if above else check.actual
    assert ask(both(limits=replace(WIDE, correlation_limit=limit))).quantity == quantity


def test_a_working_entry_counts_as_what_is_held() -> None:
    world = Two({"SPY": wander("SPY", 1, mix=0.1), "QQQ": wander("QQQ", 2, mix=0.1)}).ready()
    assert world.place(10, 430.0, limit=440.0).code is ReplyCode.OK
    assert world.position() is None
    assert ask(world).quantity == HALF
    world.close()


def test_three_that_go_with_it_halve_it_once() -> None:
    symbols = ("SPY", "IWM", "DIA", "QQQ")
    world = Two({symbol: wander(symbol, seed, mix=0.1) for seed, symbol in enumerate(symbols, 1)}).ready()
    for symbol in symbols[:3]:
        assert world.place(10, 440.0, symbol=symbol, accept_adjusted=True).code is ReplyCode.OK
    decision = ask(world)
    assert decision.quantity == HALF
    largest = max(symbols[:3], key=lambda one: abs(rho_of(world, one)))
    assert decision.reason.endswith(f"QQQ correlated {rho_of(world, largest):.2f} with {largest}")


def test_fewer_than_50_common_returns_count_as_correlated() -> None:
    world = Two({"SPY": wander("SPY", 1, 50), "QQQ": wander("QQQ", 2, 100)}).ready()
    world.place(10, 440.0)
    decision = ask(world)
    assert decision.quantity == HALF
    assert decision.reason.endswith(
        "Size reduced 50%: QQQ counts as correlated with SPY: 49 common returns, 50 are needed"
    )


def test_50_common_returns_are_enough_where_each_has_bars_that_the_other_lacks() -> None:
    spy, qqq = wander("SPY", 1, 200, mix=0.1), wander("QQQ", 2, 200, mix=0.1)
    world = Two({"SPY": spy[:52] + spy[150:], "QQQ": qqq[:150]}).ready()
    world.place(10, 440.0)
    assert "QQQ correlated 0.9" in ask(world).reason


def test_a_held_symbol_that_is_not_followed_any_more_counts_as_correlated() -> None:
    world = both(mix=1.0)
    world.tell(Started("0123456789abcdef", 2, "test", replace(world.settings, symbols=("QQQ",))))
    world.settings = replace(world.settings, symbols=("QQQ",))
    world.reference()
    world.connect()
    world.quote(450.0, "QQQ")
    decision = ask(world)
    assert decision.quantity == HALF
    assert decision.reason.endswith("Size reduced 50%: QQQ counts as correlated with SPY: SPY is not followed")


@pytest.mark.parametrize("symbol", ["SPY", "TSLA"])
def test_a_position_that_is_not_ours_counts_whether_it_is_followed_or_not(symbol: str) -> None:
    world = Two({"SPY": wander("SPY", 1, mix=0.1), "QQQ": wander("QQQ", 2, mix=0.1)}).ready()
    world.exchange.position[symbol] = 5
    world.exchange.cash_e4 -= 5 * 450 * 10_000
    world.snapshot()
    world.snapshot()
    assert symbol in world.engine.ledger.foreign
    decision = ask(world)
    step = next(step for step in decision.steps if step.name == "multipliers")
    assert (decision.quantity, step.after) == (step.before // 2, step.before // 2)
    assert f" with {symbol}" in decision.reason


def test_by_prices_it_is_another_figure() -> None:
    by_prices = ask(both(limits=replace(WIDE, correlation_basis="prices")))
    by_returns = ask(both())
    found = [{check.code: check.actual for check in each.checks} for each in (by_prices, by_returns)]
    assert found[0]["correlation"] != pytest.approx(found[1]["correlation"], abs=1e-6)


def test_a_correlated_size_of_one_switches_it_off() -> None:
    assert ask(both(limits=replace(WIDE, correlated_size_bp=10_000))).quantity == FULL


def test_a_signal_of_the_strategy_is_halved_and_its_order_is_an_adjusted_one() -> None:
    """The bars of both go alike, so whatever fires is correlated with what is held."""
    world = World(("SPY", "QQQ")).ready(history=200)
    assert world.place(10, 443.0, symbol="QQQ").code is ReplyCode.OK
    alone = drive(World().ready(history=200))
    signal = drive(world)
    assert (signal.outcome, signal.risk.verdict) == ("ordered", ADJUSTED)
    assert signal.risk.reason.endswith("Size reduced 50%: SPY correlated 1.00 with QQQ")
    assert "correlated" not in alone.risk.reason
    before = next(step.before for step in signal.risk.steps if step.name == "multipliers")
    assert next(step.before for step in alone.risk.steps if step.name == "multipliers") == before
    assert (alone.risk.quantity, signal.risk.quantity) == (before * 7 // 10, before * 35 // 100)
    assert world.orders(OrderRole.ENTRY)[0].quantity == signal.risk.quantity
    world.replay()


def test_only_bars_that_had_ended_by_the_decision_count() -> None:
    world = both()
    book = world.engine.market.books["QQQ"]
    ends, closes = book.closed.closes(64, book.closed[-5].end_ns)
    assert (ends[-1], closes[-1]) == (book.closed[-5].end_ns, book.closed[-5].bar.close)
    assert len(ends) == 60
    everything = book.closed.closes(500, world.now_ns)
    assert everything[1].tolist() == [one.bar.close for one in book.closed]
    assert everything[0].tolist() == [one.end_ns for one in book.closed]


# --- the exposure of orders whose outcome is not known ---------------------------------------------------
def test_an_order_of_unknown_outcome_counts_with_every_share_that_it_may_still_fill() -> None:
    """40 % of the equity may be on its way; 50 % are allowed: 10 % are left, whatever the answer will be."""
    histories = {"SPY": wander("SPY", 1), "QQQ": wander("QQQ", 2)}
    world = Two(histories, limits=RiskLimits(max_position_bp=4_000, correlated_size_bp=10_000)).ready()
    world.exchange.lose += ["submit", "lookup"]
    world.exchange.auto_fill = False
    world.place(80, 440.0)
    assert [order.state for order in world.orders(OrderRole.ENTRY)] == [OrderState.UNKNOWN]
    assert world.engine.desk.working_e4() == 80 * 450 * 10_000
    state = world.engine.strategist.account_state("")
    assert (state.exposure_e4, state.open_positions) == (80 * 450 * 10_000, 1)
    decision = ask(world)
    assert (decision.quantity, decision.reason_code) == (31, "risk_per_trade")
    assert decision.reason.endswith("exposure headroom of $14,000.00 allows 31 shares")
    world.exchange.auto_fill = True
    assert world.place(31, 440.0, symbol="QQQ").code is ReplyCode.OK
    world.quote(450.0)
    world.wait(60)
    assert {symbol: world.position(symbol).quantity for symbol in ("SPY", "QQQ")} == {"SPY": 80, "QQQ": 31}
    exposure = sum(one.value_e4 for one in world.engine.ledger.positions.values())
    assert exposure <= 5_000 * 1_000_000_000 // 10_000
    world.replay()


def test_an_exit_of_unknown_outcome_leaves_the_position_in_the_exposure() -> None:
    world = both(mix=1.0)
    world.exchange.lose.append("submit")
    world.exchange.auto_fill = False
    world.close()
    assert world.engine.strategist.account_state("").exposure_e4 == 10 * 450 * 10_000


def test_a_refused_entry_counts_no_more() -> None:
    world = Two({"SPY": wander("SPY", 1)}).ready()
    world.exchange.refuse.append(HELD)
    world.place(80, 440.0)
    assert world.engine.strategist.account_state("").exposure_e4 == 0
