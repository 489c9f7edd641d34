"""Gaps in the minutes: only an answer that reaches from what is known to what comes live closes one."""

from __future__ import annotations

from dataclasses import replace

from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.engine.effects import BarClosed, RequestBackfill
from fluxherod.engine.events import (
    BackfillLoaded,
    BarsReceived,
    CalendarLoaded,
    FeedFollows,
    HistoryLoaded,
    LinkChanged,
)


def at(minutes: float) -> int:
    return OPEN_NS + int(minutes * MINUTE_NS)


def answer(request: RequestBackfill, through_ns: int, *bars: Bar) -> BackfillLoaded:
    return BackfillLoaded(request.symbols, bars, request.since_ns, through_ns)


def test_before_the_first_connection_no_answer_closes_a_gap() -> None:
    """The stream may stay away for long (406): a bar of the minutes that REST had then would lack the others."""
    world = World(timeframe="5Min").ready(history=100)
    world.now_ns = at(4.3)
    world.start(run=2)
    world.reference()
    world.tell(BackfillLoaded(("SPY",), tuple(bar(n, 450.0) for n in range(4)), OPEN_NS, at(4)))
    assert of(BarClosed, world.until(at(5.2))) == []
    world.tell(FeedFollows(("SPY",)), LinkChanged("market", True))
    (request,) = of(RequestBackfill, world.seen)[-1:]
    world.tell(answer(request, at(5), *(bar(n, 450.0) for n in range(5))))
    (closed,) = of(BarClosed, world.wait(5))
    assert closed.bar.volume == 5_000


def test_a_second_answer_to_an_older_gap_does_not_close_a_newer_one() -> None:
    world = World(timeframe="5Min").ready(history=100)
    world.now_ns = at(1.1)
    world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
    (request,) = of(RequestBackfill, world.seen)[-1:]
    first = answer(request, at(1), bar(0, 450.0))
    world.tell(first)
    world.now_ns = at(3.1)
    world.tell(BarsReceived((bar(1, 450.0),)))
    world.tell(LinkChanged("market", False, "reset"))
    world.tell(first)  # twice, or late: it knows nothing of minute 2
    world.tell(LinkChanged("market", True))
    world.tell(first)
    assert world.engine.market.books["SPY"].waiting is not None
    (request,) = of(RequestBackfill, world.seen)[-1:]
    assert request.since_ns == at(2)
    world.tell(answer(request, at(3), bar(2, 450.0)))
    world.tell(BarsReceived((bar(3, 450.0),)))
    world.until(at(4))
    world.tell(BarsReceived((bar(4, 450.0),)))
    (closed,) = of(BarClosed, world.until(at(5.1)))
    assert closed.bar.volume == 5_000


def test_a_symbol_without_prints_does_not_make_every_later_request_reach_back_to_its_last_one() -> None:
    world = World(("SPY", "THIN")).ready(history=100)
    world.now_ns = at(60)
    for _ in range(2):
        world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
        (request,) = of(RequestBackfill, world.seen)[-1:]
        world.tell(answer(request, at(60), bar(59, 450.0)))
    assert request.symbols == ("SPY", "THIN")
    assert at(55) <= request.since_ns <= at(60)


def test_a_minute_that_only_the_stream_had_is_not_lost() -> None:
    world = World(timeframe="5Min").ready(history=100)
    world.now_ns = at(3.1)
    world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
    world.tell(BarsReceived((bar(1, 450.0), bar(3, 450.0))))
    (request,) = of(RequestBackfill, world.seen)[-1:]
    world.tell(answer(request, at(3), bar(0, 450.0), bar(2, 450.0)))
    world.now_ns = at(5)
    world.tell(BarsReceived((bar(4, 450.0),)))
    (closed,) = of(BarClosed, world.wait(5))
    assert closed.bar.volume == 5_000


def test_a_minute_stamped_in_the_future_is_turned_away_and_the_day_goes_on() -> None:
    world = World().ready(history=100)
    world.until(at(1))
    world.tell(BarsReceived((bar(0, 450.0), bar(300, 450.0))))
    assert world.engine.market.books["SPY"].rejections == {"time lies ahead": 1}
    world.minute(1, 451.0)
    assert [closed.end_ns for closed in of(BarClosed, world.seen)] == [at(1), at(2)]


def test_a_restart_with_one_more_symbol_loses_no_decision_of_the_others() -> None:
    """A bar that ended between two processes is decided by the second, whatever changed in the file."""
    plain, wider = World().ready(history=100), World().ready(history=100)
    for world in (plain, wider):
        world.minute(0, 450.0)
        if world is wider:
            world.settings = replace(world.settings, symbols=("QQQ", "SPY"))
        world.now_ns = at(3.5)
        world.start(run=2)
        world.reference()
        if world is wider:
            world.tell(HistoryLoaded("QQQ", (), CLOSE_NS - DAY_NS))
        world.tell(LinkChanged("trading", True), LinkChanged("market", True))
        (request,) = of(RequestBackfill, world.seen)[-1:]
        effects = world.tell(answer(request, at(3), bar(1, 450.0), bar(2, 450.0))) + world.wait(5)
        closed = [closed.end_ns for closed in of(BarClosed, effects) if closed.bar.symbol == "SPY"]
        assert closed == [at(2), at(3)]
    spy = [world.engine.market.books["SPY"] for world in (plain, wider)]
    states = [world.engine.market.states[book.row].tobytes() for world, book in zip((plain, wider), spy, strict=True)]
    assert states[0] == states[1]


def test_the_calendar_that_comes_again_asks_for_open_gaps_only_while_minutes_come() -> None:
    world = World().ready(history=100)
    world.tell(LinkChanged("market", False, "reset"))
    assert of(RequestBackfill, world.tell(CalendarLoaded(world.engine.market.calendar.sessions))) == []
