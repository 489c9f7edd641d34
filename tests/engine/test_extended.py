"""Bars of extended hours: made of every minute from the early to the late hour, decided by the regular session."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from engine.oracle import NEW_YORK, TIMEFRAMES, Daemon, Outage, Tape, check_history, check_ranges, follow, live_through
from engine.test_aggregation import generated
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, SESSIONS, World, bar, choppy, of

from fluxherod.adapters.alpaca.history import rest_timeframe
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, Calendar, Session
from fluxherod.core.orders import OrderRole
from fluxherod.core.signals import Signal
from fluxherod.core.strategy.codes import RuleCode
from fluxherod.core.types import SignalKind
from fluxherod.engine.effects import BarClosed, SignalUpdated
from fluxherod.engine.events import BackfillLoaded, BarsReceived, CalendarLoaded, HistoryLoaded, LinkChanged
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.engine.market.market import Market
from fluxherod.engine.settings import Settings

INTRADAY = tuple(timeframe for timeframe in TIMEFRAMES if timeframe != "1Day")
EARLY_NS, LATE_NS = OPEN_NS - 330 * MINUTE_NS, CLOSE_NS + 4 * HOUR_NS
EXTENDED = tuple(
    replace(session, early_ns=session.open_ns - 330 * MINUTE_NS, late_ns=session.close_ns + 4 * HOUR_NS)
    for session in SESSIONS
)


@cache
def extended(window: int | None = None) -> Tape:
    return replace(generated(window), session="extended", known={})


# --- the bars ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("timeframe", INTRADAY)
async def test_every_bar_of_live_minutes_is_the_oracles(timeframe: str) -> None:
    await follow(extended(1), timeframe)


@pytest.mark.parametrize("timeframe", INTRADAY)
def test_history_from_rests_bars_is_what_the_minutes_in_them_give(timeframe: str) -> None:
    check_history(extended(), timeframe, rest_timeframe(timeframe))


@pytest.mark.parametrize("timeframe", ["15Min", "1Hour"])
def test_each_bar_knows_the_range_of_the_five_minute_bars_of_the_same_hours(timeframe: str) -> None:
    check_ranges(extended(1), timeframe)


@pytest.mark.parametrize("wall", ["03:59:30", "07:15:10", "09:30:00", "13:00:01", "18:40:00", "20:00:30"])
@pytest.mark.parametrize("timeframe", ["5Min", "1Hour"])
async def test_wherever_history_ends_and_minutes_are_lost_no_bar_is_missed_doubled_or_changed(
    wall: str, timeframe: str
) -> None:
    start_ns = pd.Timestamp(f"2024-11-01 {wall}", tz=NEW_YORK).value
    broken = [Outage(start_ns + minutes * MINUTE_NS, 400, minutes > 100) for minutes in (33, 480, 1200)]
    await live_through(Daemon(extended(0), timeframe, start_ns), broken)


@pytest.mark.parametrize(("session", "sessions"), [("extended", SESSIONS), ("regular", EXTENDED)])
def test_without_known_extended_hours_and_without_the_wish_a_day_has_its_regular_ones(
    session: str, sessions: tuple[Session, ...]
) -> None:
    market = Market(Settings(("SPY",), "1Hour", session))
    market.set_calendar(Calendar(sessions))
    market.books["SPY"].waiting = None
    assert market.take_minute(market.books["SPY"], bar(-1, 450.0), OPEN_NS, []) is None
    assert market.books["SPY"].outside == 1


# --- the decisions -------------------------------------------------------------------------------------
def trading(**settings: object) -> World:
    """A world whose calendar has extended hours, warm with the session before."""
    world = World(session="extended", **settings)
    world.now_ns = EARLY_NS - HOUR_NS
    world.start()
    world.reference()
    world.tell(CalendarLoaded(EXTENDED))
    world.tell(HistoryLoaded("SPY", tuple(choppy("SPY", number, 450.0) for number in range(200)), LATE_NS - DAY_NS))
    world.now_ns = EARLY_NS
    world.tell(LinkChanged("trading", True), LinkChanged("market", True))
    world.tell(BackfillLoaded(("SPY",), (), LATE_NS - DAY_NS, EARLY_NS))
    world.snapshot()
    return world


def drive(world: World, first: int) -> Signal:
    """A quiet start and then a rise, from some minutes after the open on; its first entry signal."""
    for number in range(25):
        effects = world.minute(first + number, 450.0 + 0.1 * number, 1_000 if number < 10 else 5_000)
        for effect in of(SignalUpdated, effects):
            if effect.signal.kind is SignalKind.LONG:
                return effect.signal
    raise AssertionError("no entry fired")


@pytest.mark.parametrize("first", [-330, -60, 391, 500])
def test_an_edge_outside_the_regular_session_is_vetoed_by_the_time_rule(first: int) -> None:
    world = trading()
    signal = drive(world, first)
    assert signal.outcome == "noise"
    time = next(rule for rule in signal.rules if rule.name == "time")
    assert time.verdict.name == "FAILED"
    assert time.text in signal.outcome_text
    assert not world.orders(OrderRole.ENTRY)
    world.replay()


def test_an_edge_within_the_regular_session_is_traded() -> None:
    assert drive(trading(), 5).outcome == "ordered"


@pytest.mark.parametrize(
    ("number", "allowed", "illiquid"),
    [
        (-330, False, True),
        (-2, False, True),
        (-1, True, False),
        (373, True, False),
        (374, False, False),
        (390, False, True),
    ],
)
def test_the_time_rule_and_illiquid_time_are_those_of_the_regular_session(
    number: int, allowed: bool, illiquid: bool
) -> None:
    world = trading()
    world.minute(number, 450.0)
    closed = world.engine.market.books["SPY"].closed[-1]
    assert closed.bar.start_ns == OPEN_NS + number * MINUTE_NS
    assert (RuleCode(int(closed.decision["time_ok"])) is RuleCode.PASSED) is allowed
    assert bool(closed.decision["illiquid"]) is illiquid


def test_minutes_of_extended_hours_make_bars_and_move_no_price() -> None:
    world = trading()
    world.until(EARLY_NS + MINUTE_NS)
    before = world.engine.market.books["SPY"].price_e4
    effects = world.tell(BarsReceived((bar(-330, 470.0),)))
    effects += world.wait(2)
    assert [closed.bar.close for closed in of(BarClosed, effects)] == [470.0]
    assert world.engine.market.books["SPY"].price_e4 == before


def test_stops_follow_the_prices_of_the_regular_session_alone() -> None:
    world = trading()
    drive(world, 5)
    position = world.position()
    assert position is not None
    best = position.best_e4
    world.minute(60, 460.0)
    moved = world.position()
    assert moved is not None
    assert moved.best_e4 > best
    world.until(CLOSE_NS + MINUTE_NS)
    world.tell(BarsReceived((bar(390, 470.0),)))
    world.wait(2)
    later = world.position()
    assert later is not None
    assert (later.best_e4, later.stop_e4) == (moved.best_e4, moved.stop_e4)


@pytest.mark.parametrize(
    ("minute", "decided"), [(-1, False), (0, True), (60, True), (390, True), (391, False), (450, False)]
)
def test_exits_are_decided_when_the_decision_time_is_in_the_regular_session(minute: int, decided: bool) -> None:
    strategist = trading().engine.strategist
    closed = ClosedBar(bar(0, 450.0), OPEN_NS + minute * MINUTE_NS, None)
    assert strategist.exits_are_decided(closed) is decided


def test_an_exit_of_extended_hours_is_decided_at_the_next_open_if_it_still_stands() -> None:
    world = trading()
    drive(world, 360)
    assert world.position()
    for number in range(391, 400):
        world.until(OPEN_NS + (number + 1) * MINUTE_NS)
        world.tell(BarsReceived((bar(number, 449.0),)))
    world.wait(2)
    assert world.engine.market.books["SPY"].closed[-1].decision["exit_trend_long"]
    assert not world.orders(OrderRole.EXIT)
    world.until(OPEN_NS + DAY_NS)
    world.tell(BarsReceived((bar(1439, 449.0),)))
    world.wait(2)
    assert world.orders(OrderRole.EXIT)


def test_another_session_builds_everything_anew() -> None:
    world = World().ready(history=100)
    assert world.engine.market.books["SPY"].warm
    world.settings = replace(world.settings, session="extended")
    world.start(run=2)
    assert not world.engine.market.books["SPY"].warm
