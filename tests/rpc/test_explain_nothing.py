"""Bars without a signal: what their explanation says is what kept the entry, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.changes import update
from engine.test_strategist import drive
from engine.world import OPEN_NS, World

from fluxhero.v1 import common_pb2, signal_pb2
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.rpc.explain import explain_nothing

FAILED = common_pb2.VERDICT_FAILED


def bars(world: World) -> list[ClosedBar]:
    return world.engine.market.books["SPY"].closed


def rising(minutes: int = 12, **strategy: Any) -> World:
    """A quiet session before, then a rise whose volume keeps every entry from being ordered."""
    world = World(strategy=StrategyParams(**strategy)).ready(history=200)
    for number in range(minutes):
        world.minute(number, 450.0 + 0.02 * number)
    return world


def kept(answer: signal_pb2.ExplainResponse) -> set[str]:
    """The rules that failed, of all that was looked at."""
    return {rule.name for rule in answer.signal.rules if rule.verdict == FAILED}


def test_every_bar_without_an_entry_has_a_rule_that_kept_it_and_a_change_for_each_side_and_mode() -> None:
    world = rising()
    for closed in bars(world):
        answer = explain_nothing(world.engine, closed)
        assert answer.why_not
        if not closed.decision["valid"] or closed.decision["entry"]:
            assert not answer.smallest_changes
            continue
        assert kept(answer)
        assert len(answer.smallest_changes) == 4
        assert all(change.rules and change.text for change in answer.smallest_changes)
        regime = [rule for rule in answer.signal.rules if rule.name == "confirmed_regime"]
        assert [rule.verdict for rule in regime] == [common_pb2.VERDICT_PASSED]


def test_a_bar_of_the_history_on_which_an_entry_fired_asks_for_no_change() -> None:
    world = rising(20)
    fired = next(closed for closed in bars(world) if closed.decision["entry"])
    answer = explain_nothing(world.engine, replace(fired, live=False))
    assert "an entry fired, but the bar came with the history" in answer.why_not
    assert not answer.smallest_changes


def test_the_first_bar_that_is_decided_says_that_it_only_notes_what_stands() -> None:
    world = World().ready(history=200)
    index = StrategyParams().decision_index
    first, second = (explain_nothing(world.engine, closed) for closed in bars(world)[index : index + 2])
    assert "the first bar that is decided only notes which conditions stand" in first.why_not
    assert all("only notes" in change.text for change in first.smallest_changes)
    assert "only notes" not in second.why_not


def test_the_first_bar_after_a_change_of_parameters_says_that_it_only_notes_what_stands() -> None:
    world = rising(10, neutral_entries=False)
    update(world, neutral_entries=True)
    for number in (10, 11):
        world.minute(number, 450.0 + 0.02 * number)
    changed, next_ = (explain_nothing(world.engine, closed) for closed in bars(world)[-2:])
    assert "the first bar after a change of parameters only notes which conditions stand" in changed.why_not
    assert not any("only notes" in change.text for change in next_.smallest_changes)
    assert any("its conditions stood before this bar already" in change.text for change in next_.smallest_changes)


def test_neutral_entries_that_are_switched_off_are_what_kept_a_neutral_entry() -> None:
    world = rising(neutral_entries=False)
    closed = bars(world)[-1]
    assert closed.decision["trend_long"]
    answer = explain_nothing(world.engine, closed)
    assert "entries in a neutral regime are switched off" in answer.why_not
    assert "neutral_entries" in kept(answer)


def test_the_time_rule_counts_the_minutes_to_the_close() -> None:
    world = World().ready(history=200)
    for number in (5, 380):
        world.minute(number, 450.0)
    early, late = (
        next(rule for rule in explain_nothing(world.engine, closed).signal.rules if rule.name == "time")
        for closed in bars(world)[-2:]
    )
    assert (early.value, early.comparison, early.threshold, early.distance) == (384, ">", 15, 369)
    assert (late.value, late.verdict, late.text) == (9, FAILED, "9 minutes to the close, more than 15 are needed")


def test_a_crossed_quote_is_called_one_and_no_change_of_the_spread_is_asked_for() -> None:
    world = rising()
    answer = explain_nothing(world.engine, replace(bars(world)[-1], live=True, spread=-0.02))
    crossed = "the quote is crossed: the bid is $0.02 above the ask"
    assert all(crossed in change.text for change in answer.smallest_changes)
    (spread,) = (rule for rule in answer.signal.rules if rule.name == "spread")
    assert not any(spread.HasField(field) for field in ("value", "distance", "flips_at"))


def test_only_what_can_be_moved_by_itself_has_a_figure_at_which_it_flips() -> None:
    world = rising()
    changes = explain_nothing(world.engine, bars(world)[-1]).smallest_changes
    flips = {rule.name: rule.HasField("flips_at") for change in changes for rule in change.rules}
    assert flips["price_at_lower_band"]
    assert not flips["price_beyond_entry_band"]
    assert not flips["rsi_oversold"]
    down = next(
        change.text for change in changes if "KAMA" not in change.text and "with the band as it was" in change.text
    )
    assert "the close must fall by $" in down


@pytest.mark.parametrize("mode", [Mode.MEAN_REVERSION, Mode.TREND])
def test_a_position_of_mean_reversion_shows_both_rules_that_can_end_it(mode: Mode) -> None:
    world = World().ready(history=200)
    drive(world)
    position = world.position()
    assert position is not None
    newest = bars(world)[-1]
    held = replace(position, mode=mode, opened_ns=OPEN_NS)
    closed = replace(newest, decision=newest.decision.copy(), held=held)
    closed.decision["sma"], closed.decision["rsi"] = closed.bar.close + 1.0, 50.0
    answer = explain_nothing(world.engine, closed)
    names = [rule.name for rule in answer.signal.rules][-2:]
    assert (names == ["price_back_at_average", "rsi_at_other_extreme"]) is (mode is Mode.MEAN_REVERSION)
    if mode is Mode.MEAN_REVERSION:
        assert ", or RSI 50.0 > 70" in answer.why_not
        closed.decision["rsi"] = 71.0
        turned = explain_nothing(world.engine, closed)
        assert [rule.name for rule in turned.signal.rules][-2:] == names[::-1]
        assert turned.why_not.endswith("its exit: met: RSI 71.0 > 70")
    assert closed.end_ns > OPEN_NS + MINUTE_NS
