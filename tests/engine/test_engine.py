"""The whole engine at a tiny exchange: starts, gaps, bars, restarts, deadlines, and that a replay is the same."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from engine.exchange import S
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, SESSIONS, World, bar, choppy, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import Bar, Quote
from fluxherod.engine.commands import HaltCommand
from fluxherod.engine.effects import (
    BarClosed,
    BarRejected,
    CancelOrder,
    RequestBackfill,
    RequestHistory,
    RequestReference,
    RequestSnapshot,
)
from fluxherod.engine.events import (
    BackfillLoaded,
    BarsReceived,
    BarsRevised,
    CalendarLoaded,
    HistoryLoaded,
    LinkChanged,
    QuotesReceived,
    Stopping,
    TimerFired,
)

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP


# --- starting -----------------------------------------------------------------------------------------
def test_a_first_start_asks_for_what_it_needs_and_becomes_active_when_all_is_there() -> None:
    world = World()
    effects = world.start()
    assert of(RequestReference, effects) == [RequestReference(("SPY",))]
    assert of(RequestSnapshot, effects) == [RequestSnapshot("start")]
    assert world.engine.state == "STARTING"
    effects = world.tell(CalendarLoaded(SESSIONS))
    assert of(RequestHistory, effects) == [RequestHistory(("SPY",), "1Min", 500, 200)]
    effects = world.tell(HistoryLoaded("SPY", (), CLOSE_NS - DAY_NS))
    assert of(RequestBackfill, effects) == []  # the gap has no end while no minute comes live
    world.connect()
    assert world.engine.state == "ACTIVE"
    assert world.engine.blocked(world.now_ns) == ""


def test_without_a_connection_an_account_or_fresh_account_data_new_risk_is_blocked() -> None:
    world = World()
    world.start()
    assert "connection" in world.engine.blocked(world.now_ns)
    world.ready()
    assert world.engine.blocked(world.now_ns) == ""
    assert "old" in world.engine.blocked(world.now_ns + 61 * SECOND_NS)
    world.tell(LinkChanged("trading", False, "reset"))
    assert world.engine.blocked(world.now_ns) == "no trading connection"
    assert world.engine.state == "DEGRADED"
    world.tell(LinkChanged("trading", True), Stopping("SIGTERM"))
    assert world.engine.blocked(world.now_ns) == "the daemon is stopping"


def test_before_it_has_started_the_engine_has_no_deadline() -> None:
    assert World().engine.next_deadline_ns() is None


# --- bars and gaps ---------------------------------------------------------------------------------------
def test_minutes_that_arrive_while_a_gap_is_filled_wait_and_none_is_missed_or_counted_twice() -> None:
    world = World(timeframe="5Min").ready()
    world.now_ns = OPEN_NS + 3 * MINUTE_NS + SECOND_NS
    world.tell(BarsReceived((bar(0, 450.0),)), LinkChanged("market", False, "reset"))
    world.tell(LinkChanged("market", True))
    world.tell(BarsReceived((bar(2, 450.2),)), BarsReceived((bar(3, 450.3),)))
    assert not of(BarClosed, world.seen)
    world.now_ns = OPEN_NS + 5 * MINUTE_NS + SECOND_NS
    (request,) = of(RequestBackfill, world.seen)[-1:]
    missed = tuple(bar(number, 450.0 + number / 10) for number in range(3))
    world.tell(BackfillLoaded(("SPY",), missed, request.since_ns, OPEN_NS + 3 * MINUTE_NS))
    world.tell(BarsReceived((bar(4, 450.4),)))
    world.wait(2)
    (closed,) = of(BarClosed, world.seen)
    assert (closed.bar.open, closed.bar.close, closed.bar.volume) == (450.0, 450.4, 5_000)


def test_a_bar_with_a_gap_in_it_is_not_completed_by_its_deadline() -> None:
    world = World(timeframe="5Min").ready()
    world.now_ns = OPEN_NS + 2 * MINUTE_NS
    world.tell(BarsReceived((bar(0, 450.0),)), LinkChanged("market", False, "reset"))
    world.until(OPEN_NS + 6 * MINUTE_NS)
    assert not of(BarClosed, world.seen)
    world.tell(LinkChanged("market", True))
    world.wait(5)
    assert not of(BarClosed, world.seen)
    missed = tuple(bar(number, 450.0) for number in range(1, 6))
    world.tell(BackfillLoaded(("SPY",), missed, OPEN_NS, OPEN_NS + 6 * MINUTE_NS))
    (closed,) = of(BarClosed, world.seen)
    assert closed.bar.volume == 5_000


def test_a_backfill_that_was_asked_for_before_the_newest_gap_does_not_close_it() -> None:
    world = World().ready()
    world.now_ns = OPEN_NS + 2 * MINUTE_NS
    world.tell(LinkChanged("market", True))
    world.now_ns = OPEN_NS + 5 * MINUTE_NS
    world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
    world.tell(BackfillLoaded(("SPY",), (bar(0, 450.0), bar(1, 450.0)), OPEN_NS, OPEN_NS + 2 * MINUTE_NS))
    assert world.engine.warming == ["SPY"]
    all_of_it = tuple(bar(number, 450.0) for number in range(5))
    world.tell(BackfillLoaded(("SPY",), all_of_it, OPEN_NS, OPEN_NS + 5 * MINUTE_NS))
    assert world.engine.warming == []
    assert len(of(BarClosed, world.seen)) == 4


def test_a_minute_of_a_bar_that_is_complete_already_is_turned_away() -> None:
    world = World(timeframe="5Min").ready()
    world.until(OPEN_NS + 5 * MINUTE_NS)
    world.tell(BarsReceived(tuple(bar(number, 450.0) for number in range(4))))
    world.wait(2)
    assert len(of(BarClosed, world.seen)) == 1
    effects = world.tell(BarsReceived((bar(4, 451.0),)), BarsReceived((bar(5, 451.0),)))
    assert [effect.reason for effect in of(BarRejected, effects)] == ["its bar is complete already"]
    world.until(OPEN_NS + 11 * MINUTE_NS)
    assert [closed.end_ns for closed in of(BarClosed, world.seen)] == [
        OPEN_NS + 5 * MINUTE_NS,
        OPEN_NS + 10 * MINUTE_NS,
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"close": math.nan}, "a price is not a number"),
        ({"low": 0.0}, "a price is zero or negative"),
        ({"high": 1e300}, "a price is beyond reason"),
        ({"high": 440.0, "low": 441.0}, "high is below low"),
        ({"volume": -1}, "volume is negative"),
        ({"start_ns": OPEN_NS + 1}, "start is not a whole minute"),
        ({"start_ns": OPEN_NS - DAY_NS}, "its bar is complete already"),
    ],
)
def test_a_bad_minute_is_turned_away_with_its_reason(change: dict[str, float], reason: str) -> None:
    world = World().ready()
    effects = world.tell(BarsReceived((replace(bar(0, 450.0), **change),)))
    assert [effect.reason for effect in of(BarRejected, effects)] == [reason]
    assert not of(BarClosed, world.tell(BarsReceived((bar(0, 450.0),))))


def test_a_minute_that_comes_twice_counts_once() -> None:
    world = World().ready()
    world.until(OPEN_NS + MINUTE_NS)
    effects = world.tell(BarsReceived((bar(0, 450.0),)), BarsReceived((bar(0, 450.0),)))
    assert [effect.reason for effect in of(BarRejected, effects)] == ["duplicate"]
    (closed,) = of(BarClosed, world.wait(2))
    assert closed.bar.volume == 1_000


def test_minutes_outside_the_session_and_of_other_symbols_are_left_out() -> None:
    world = World().ready()
    before = replace(bar(0, 450.0), start_ns=OPEN_NS - MINUTE_NS)
    world.tell(BarsReceived((before, bar(0, 1.0, symbol="QQQ"))))
    assert world.engine.market.books["SPY"].outside == 1
    assert of(BarClosed, world.until(OPEN_NS + 2 * MINUTE_NS)) == []


def test_a_bad_bar_of_the_history_never_enters_an_indicator() -> None:
    bars = [choppy("SPY", number, 450.0) for number in range(100)]
    clean, dirty = World(), World()
    for world, history in ((clean, bars), (dirty, [*bars[:50], replace(bars[50], close=math.nan), *bars[50:]])):
        world.start()
        world.reference()
        effects = world.tell(HistoryLoaded("SPY", tuple(history), CLOSE_NS - DAY_NS))
        assert len(of(BarRejected, effects)) == len(history) - 100
    assert clean.engine.market.states.tobytes() == dirty.engine.market.states.tobytes()


def test_a_revision_is_counted_and_changes_no_decision() -> None:
    world = World().ready(history=100)
    world.minute(0, 450.0)
    book = world.engine.market.books["SPY"]
    states, closed = world.engine.market.states.copy(), [one.decision.tobytes() for one in book.closed]
    assert world.tell(BarsRevised((bar(0, 460.0), bar(0, 460.0, symbol="NONE")))) == []
    assert (book.revised, book.rejected) == (1, 0)
    assert (world.engine.market.states == states).all()
    assert [one.decision.tobytes() for one in book.closed] == closed


def test_an_unsound_revision_is_turned_away_with_its_reason() -> None:
    world = World().ready()
    wrong = replace(bar(0, 450.0), high=1.0)
    assert world.tell(BarsRevised((wrong,))) == [BarRejected(wrong, "high is below low")]
    assert world.engine.market.books["SPY"].rejections == {"high is below low": 1}


@given(
    st.sampled_from(["open", "high", "low", "close"]),
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -1.0, 2e7]),
    st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_no_bad_minute_ever_reaches_a_state_a_bar_or_a_price(name: str, value: float, number: int) -> None:
    clean, dirty = World().ready(history=100), World().ready(history=100)
    for minute in range(6):
        for world in (clean, dirty):
            world.until(OPEN_NS + (minute + 1) * MINUTE_NS)
        good = bar(minute, 450.0 + minute)
        if minute == number:
            effects = dirty.tell(BarsReceived((replace(good, **{name: value}),)))
            assert len(of(BarRejected, effects)) == 1
        for world in (clean, dirty):
            world.tell(BarsReceived((good,)))
    books = [world.engine.market.books["SPY"] for world in (clean, dirty)]
    assert books[1].rejected == 1
    assert [b.bar for b in books[0].closed] == [b.bar for b in books[1].closed]
    assert clean.engine.market.states.tobytes() == dirty.engine.market.states.tobytes()
    assert books[0].price_e4 == books[1].price_e4
    assert books[0].five_minutes.atr == books[1].five_minutes.atr or math.isnan(books[0].five_minutes.atr)


def test_turned_away_bars_are_counted_by_reason_and_a_duplicate_is_no_fault() -> None:
    world = World().ready()
    world.minute(0, 450.0)
    world.tell(BarsReceived((bar(0, 450.0),)))
    world.tell(BarsReceived((replace(bar(1, 450.0), volume=-1), bar(9, 450.0))))
    book = world.engine.market.books["SPY"]
    assert book.rejections == {"duplicate": 1, "volume is negative": 1, "time lies ahead": 1}
    assert book.rejected == 2


def test_an_older_price_never_replaces_a_newer_one() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.now_ns = OPEN_NS + 2 * MINUTE_NS + SECOND_NS
    world.quote(451.0)
    world.tell(LinkChanged("market", True))
    world.tell(BackfillLoaded(("SPY",), (bar(0, 440.0),), OPEN_NS, OPEN_NS + 2 * MINUTE_NS))
    assert world.position().price_e4 == 4_510_000
    assert world.engine.guard.breaches == {}


@pytest.mark.parametrize(
    ("bid", "ask"), [(1.0, math.inf), (math.nan, 1.0), (-1.0, 5.0), (0.0, 450.0), (451.0, 450.0), (1e308, 1e308)]
)
def test_a_quote_that_can_not_be_is_no_price(bid: float, ask: float) -> None:
    world = World().ready()
    world.tell(QuotesReceived((Quote("SPY", world.now_ns, bid, ask),)))
    assert world.engine.market.books["SPY"].price_e4 == 4_500_000
    world.place(10, 443.0)


def test_a_calendar_that_no_longer_knows_the_session_leaves_no_deadline_behind() -> None:
    world = World().ready()
    world.tell(BarsReceived((bar(0, 450.0),)), CalendarLoaded(()))
    world.wait(600)
    assert world.engine.next_deadline_ns() is None


# --- decisions ---------------------------------------------------------------------------------------------
def rising(world: World, minutes: int = 40) -> int:
    """A quiet morning, then a rise until an entry is ordered; the number of the next minute."""
    for number in range(minutes):
        world.minute(number, 450.0 + number / 10, 1_000 if number < 10 else 5_000)
        if world.position() is not None:
            return number + 1
    raise AssertionError("no entry fired")


def test_a_rise_is_entered_trailed_and_left_by_its_stop_and_the_books_agree() -> None:
    world = World(limits=replace(World().settings.limits, max_position_bp=2_000, max_exposure_bp=5_000)).ready(
        history=200
    )
    number = rising(world)
    opened = world.position()
    assert opened.value_e4 <= 20_000 * 10_000
    for step in range(5):
        world.minute(number + step, 450.0 + (number + step) / 10)
    trailed = world.position()
    assert trailed.stop_e4 > opened.stop_e4
    (stop,) = world.exchange.stops("SPY")
    assert (stop.stop_price_e4, stop.quantity) == (trailed.stop_e4, trailed.quantity)
    world.minute(number + 5, 440.0)
    assert world.position() is None
    assert not world.exchange.working("SPY")
    world.agree()
    world.replay()


def test_an_exit_signal_cancels_the_stop_and_sells_at_the_market() -> None:
    world = World(strategy=replace(World().settings.strategy, trend_stop_atr=50.0)).ready(history=200)
    number = rising(world)
    price = 450.0 + number / 10
    for step in range(30):
        world.minute(number + step, price - step / 10)
        if world.position() is None:
            break
    assert world.position() is None
    assert world.orders(EXIT)[-1].state is OrderState.FILLED
    assert world.engine.strategist.signals["SPY"].kind in ("exit_long", "short")
    world.agree()
    world.replay()


def test_an_entry_decided_on_a_late_bar_is_vetoed_and_an_exit_is_not() -> None:
    quick, slow = World().ready(history=200), World().ready(history=200)
    number = rising(quick)
    minutes = tuple(bar(n, 450.0 + n / 10, 1_000 if n < 10 else 5_000) for n in range(number))
    slow.now_ns = OPEN_NS + number * MINUTE_NS + 400 * SECOND_NS
    slow.snapshot()
    slow.quote(450.0 + number / 10)
    slow.tell(BarsReceived(minutes))
    slow.wait(3)
    assert slow.engine.strategist.signals["SPY"].outcome == "late"
    assert not slow.orders(ENTRY)
    later = tuple(bar(number + n, 440.0) for n in range(3))
    quick.exchange.auto_fill = False
    quick.until(OPEN_NS + (number + 20) * MINUTE_NS)
    quick.tell(BarsReceived(later))
    assert quick.position().exit_reason
    assert not quick.live(STOP) or quick.live(EXIT)


# --- halts, cut-offs, deadlines --------------------------------------------------------------------------------
def test_a_halt_cancels_entries_that_work_keeps_stops_and_lets_exits_pass() -> None:
    world = World(("SPY", "QQQ")).ready()
    world.place(50, 443.0)
    world.place(10, 430.0, limit=440.0, symbol="QQQ")
    world.tell(HaltCommand(world.caller(), "enough"))
    assert world.engine.state == "HALTED"
    assert not world.live(ENTRY, "QQQ")
    assert len(world.exchange.stops("SPY")) == 1
    assert world.place(10, 430.0, limit=440.0, symbol="QQQ").code == "TRADING_HALTED"
    world.close()
    assert world.position() is None
    world.agree()


def test_a_halt_also_cancels_an_entry_that_was_on_its_way() -> None:
    world = World().ready()
    world.delivery = False
    world.place(10, 430.0, limit=440.0)
    world.tell(HaltCommand(world.caller(), "enough"))
    assert not of(CancelOrder, world.seen)
    world.delivery = True
    world.deliver()
    assert not world.live(ENTRY)
    assert not world.exchange.working("SPY")


def test_entries_that_still_work_are_cancelled_before_the_close() -> None:
    world = World(chase_after_ns=DAY_NS).ready()
    world.place(10, 430.0, limit=440.0)
    world.until(CLOSE_NS - MINUTE_NS - 1)
    assert len(world.live(ENTRY)) == 1
    world.until(CLOSE_NS - MINUTE_NS)
    assert not world.live(ENTRY)
    assert world.engine.next_deadline_ns() is None or world.engine.next_deadline_ns() > world.now_ns


def test_an_entry_made_after_the_close_works_until_the_next_close() -> None:
    world = World(chase_after_ns=DAY_NS).ready()
    world.until(CLOSE_NS + HOUR_NS)
    world.snapshot()
    world.place(10, 430.0, limit=440.0)
    world.until(CLOSE_NS + DAY_NS - MINUTE_NS - 1)
    assert len(world.live(ENTRY)) == 1
    world.until(CLOSE_NS + DAY_NS)
    assert not world.live(ENTRY)


def test_a_cancel_before_the_close_that_is_refused_does_not_spin() -> None:
    world = World().ready()
    world.place(10, 430.0, limit=440.0)
    (entry,) = world.exchange.working("SPY")
    world.until(CLOSE_NS - 2 * MINUTE_NS)
    world.exchange.orders[entry.broker_id] = replace(entry, status=S.EXPIRED)
    world.exchange.auto_fill = False
    world.until(CLOSE_NS)
    assert not world.live(ENTRY)


@pytest.mark.parametrize("lost", [["request"], ["submit"], ["lookup"] * 3, ["request", "lookup", "lookup"], ["report"]])
def test_no_deadline_fires_for_ever_whatever_is_lost(lost: list[str]) -> None:
    world = World().ready()
    world.place(10, 443.0)
    world.exchange.lose = list(lost)
    world.close()
    world.wait(600)  # `until` counts the deadlines
    world.place(10, 430.0, limit=440.0)
    world.until(CLOSE_NS + DAY_NS)
    assert world.engine.next_deadline_ns() is None or world.engine.next_deadline_ns() > world.now_ns


def test_the_calendar_and_the_assets_are_loaded_anew_before_each_open() -> None:
    world = World().ready()
    effects = world.until(OPEN_NS + DAY_NS)
    assert of(RequestReference, effects) == [RequestReference(("SPY",))]
    assert world.now_ns == OPEN_NS + DAY_NS


def test_a_timer_that_nothing_waits_for_changes_nothing() -> None:
    world = World().ready()
    world.wait(0)
    assert world.tell(TimerFired()) == []


def test_bars_complete_in_symbol_order_whatever_order_they_came_in() -> None:
    world = World(("SPY", "QQQ")).ready()
    world.until(OPEN_NS + MINUTE_NS)
    minutes: tuple[Bar, ...] = (bar(0, 450.0, symbol="QQQ"), bar(0, 450.0))
    world.tell(BarsReceived(minutes))
    assert [closed.bar.symbol for closed in of(BarClosed, world.wait(2))] == ["QQQ", "SPY"]


def test_a_fill_is_the_newest_price_of_its_symbol_until_another_one_comes() -> None:
    world = World().ready()
    world.exchange.trade("SPY", 4_500_300)
    world.place(10, 443.0)
    world.wait(90)
    assert world.position().price_e4 == 4_500_300
    world.quote(450.5)
    assert world.position().price_e4 == 4_505_000
