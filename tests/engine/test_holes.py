"""Minutes that a standing connection does not bring: REST says whether they were lost or nobody traded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.world import CLOSE_NS, OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Bar
from fluxherod.engine.effects import BarClosed, Effect, RequestBackfill
from fluxherod.engine.events import BackfillLoaded, BackfillRefused, BarsReceived, BarsRevised, LinkChanged

LAST_NS = 2 * SECOND_NS  # how long a bar waits for its last minute


def at(minutes: float) -> int:
    return OPEN_NS + int(minutes * MINUTE_NS)


def ready(*symbols: str, timeframe: str = "5Min") -> World:
    """A world that does not answer by itself what was in a hole."""
    world = World(symbols or ("SPY",), timeframe=timeframe).ready(history=100)
    world.answers_holes = False
    return world


def send(world: World, *numbers: int, symbol: str = "SPY") -> list[Effect]:
    """Minutes come, each as it ends."""
    start = len(world.seen)
    for number in numbers:
        world.until(at(number + 1))
        world.tell(BarsReceived((bar(number, 450.0 + number, symbol=symbol),)))
    return world.seen[start:]


def answer(world: World, *numbers: int, symbol: str = "SPY") -> list[Effect]:
    """REST answers the newest question with these minutes."""
    (request,) = of(RequestBackfill, world.seen)[-1:]
    minutes = tuple(bar(number, 450.0 + number, symbol=symbol) for number in numbers)
    through_ns = world.now_ns - world.now_ns % MINUTE_NS
    start = len(world.seen)
    world.tell(BackfillLoaded(request.symbols, minutes, request.since_ns, through_ns))
    world.wait(0)
    return world.seen[start:]


def closed(effects: list[Effect]) -> list[tuple[str, int, float, float, int]]:
    """Symbol, end in minutes after the open, open, close and volume of the bars that closed."""
    return [
        (one.bar.symbol, (one.end_ns - OPEN_NS) // MINUTE_NS, one.bar.open, one.bar.close, one.bar.volume)
        for one in of(BarClosed, effects)
    ]


def test_where_every_minute_comes_nothing_is_asked_for() -> None:
    world = ready()
    asked = len(of(RequestBackfill, world.seen))
    assert len(closed(send(world, *range(20)) + world.wait(3))) == 4
    assert len(of(RequestBackfill, world.seen)) == asked


@pytest.mark.parametrize("lost", [0, 2, 4])
def test_a_bar_with_a_minute_missing_is_complete_with_the_answer_of_rest(lost: int) -> None:
    world = ready()
    send(world, *(number for number in range(5) if number != lost))
    effects = world.until(at(5) + LAST_NS)
    assert closed(effects) == []
    (request,) = of(RequestBackfill, effects)
    assert (request.symbols, request.since_ns) == (("SPY",), at(lost))
    assert world.engine.state == "ACTIVE"
    assert closed(answer(world, lost)) == [("SPY", 5, 450.0, 454.0, 5_000)]
    world.replay()


def test_a_bar_of_which_not_one_minute_came_is_fetched() -> None:
    world = ready()
    effects = world.until(at(5) + LAST_NS)
    assert [request.since_ns for request in of(RequestBackfill, effects)] == [OPEN_NS]
    assert closed(answer(world, 1, 2)) == [("SPY", 5, 451.0, 452.0, 2_000)]


def test_what_is_missing_of_all_symbols_is_one_question_and_the_others_are_decided_meanwhile() -> None:
    world = ready("SPY", "QQQ", "IBM")
    for number in range(5):
        world.until(at(number + 1))
        came = [symbol for symbol in ("SPY", "QQQ", "IBM") if (symbol, number) not in (("SPY", 3), ("IBM", 1))]
        world.tell(BarsReceived(tuple(bar(number, 450.0, symbol=symbol) for symbol in came)))
    effects = world.until(at(5) + LAST_NS)
    assert [one[0] for one in closed(effects)] == ["QQQ"]
    (request,) = of(RequestBackfill, effects)
    assert (request.symbols, request.since_ns) == (("SPY", "IBM"), at(1))


def test_nobody_traded_in_a_minute_of_which_rest_knows_nothing() -> None:
    world = ready()
    send(world, 0, 3)
    world.until(at(5) + LAST_NS)
    assert closed(answer(world)) == [("SPY", 5, 450.0, 453.0, 2_000)]
    assert closed(send(world, *range(5, 10)) + world.wait(3)) == [("SPY", 10, 455.0, 459.0, 5_000)]


def test_minutes_of_the_next_bar_wait_for_the_answer_and_are_decided_after_it() -> None:
    world = ready(timeframe="1Min")
    send(world, 0)
    world.wait(3)
    world.until(at(3))
    effects = world.tell(BarsReceived((bar(2, 452.0),)))
    assert closed(effects) == []
    effects = answer(world, 1) + world.wait(3)
    assert closed(effects) == [("SPY", 2, 451.0, 451.0, 1_000), ("SPY", 3, 452.0, 452.0, 1_000)]
    world.replay()


def test_a_minute_that_was_overtaken_needs_no_answer_while_its_bar_is_open() -> None:
    world, orderly = ready(), ready()
    for number in range(5):
        for one in (world, orderly):
            one.until(at(number + 1))
        orderly.tell(BarsReceived((bar(number, 450.0 + number),)))
        if number in (2, 4):
            world.tell(BarsReceived((bar(number, 450.0 + number),)), BarsReceived((bar(number - 1, 449.0 + number),)))
    late = world.tell(BarsReceived((bar(0, 450.0),)))
    assert of(RequestBackfill, late) == []
    assert closed(world.wait(3)) == closed(orderly.wait(3)) == [("SPY", 5, 450.0, 454.0, 5_000)]
    assert world.engine.market.states.tobytes() == orderly.engine.market.states.tobytes()


def test_the_five_minute_bars_are_those_of_the_minutes_in_order() -> None:
    world, orderly = (World(("SPY",), timeframe="15Min").ready(history=30, five_minute_span=1.0) for _ in range(2))
    minutes = [bar(number, 450.0 + number % 4, span=1.0 + number % 3) for number in range(15)]
    for one, order in ((orderly, range(15)), (world, (0, 1, 3, 4, 5, 2, 7, 6, 9, 8, 10, 14, 13, 12, 11))):
        one.until(at(15))
        for number in order:
            one.tell(BarsReceived((minutes[number],)))
        one.wait(3)
    books = [one.engine.market.books["SPY"] for one in (world, orderly)]
    assert books[0].five_minutes.atr == books[1].five_minutes.atr
    assert books[0].closed[-1].spike == books[1].closed[-1].spike


@pytest.mark.parametrize("number", range(5))
def test_a_revision_of_a_bar_that_is_not_complete_is_in_the_bar(number: int) -> None:
    world = ready()
    send(world, *range(5))
    revised = replace(bar(number, 450.0 + number), high=499.0, volume=4_000)
    world.tell(BarsRevised((revised,)))
    (done,) = of(BarClosed, world.wait(3))
    assert (done.bar.high, done.bar.volume) == (499.0, 8_000)
    assert world.engine.market.books["SPY"].revised == 1
    world.replay()


def test_a_revision_of_a_minute_that_was_lost_is_that_minute() -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.tell(BarsRevised((bar(2, 452.0),)))
    assert closed(world.wait(3)) == [("SPY", 5, 450.0, 454.0, 5_000)]


def test_a_revision_that_comes_while_rest_is_asked_is_in_the_bar() -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.until(at(5) + LAST_NS)
    world.tell(BarsRevised((replace(bar(3, 453.0), volume=4_000),)))
    assert closed(answer(world, 2)) == [("SPY", 5, 450.0, 454.0, 8_000)]


def test_a_revision_from_the_future_or_of_a_bar_that_is_complete_changes_nothing() -> None:
    world = ready()
    send(world, *range(6))
    before = [one.decision.tobytes() for one in world.engine.market.books["SPY"].closed]
    world.tell(BarsRevised((bar(9, 500.0), bar(2, 500.0))))
    book = world.engine.market.books["SPY"]
    assert [one.decision.tobytes() for one in book.closed] == before
    assert (book.revised, book.rejections) == (1, {"time lies ahead": 1})
    assert closed(send(world, *range(6, 10)) + world.wait(3)) == [("SPY", 10, 455.0, 459.0, 5_000)]


def test_a_late_minute_of_a_bar_that_is_complete_changes_nothing_and_is_counted() -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.until(at(5) + LAST_NS)
    answer(world, 2)
    world.tell(BarsReceived((bar(2, 452.0),)))
    assert world.engine.market.books["SPY"].rejections == {"its bar is complete already": 1}
    assert closed(send(world, *range(5, 10)) + world.wait(3)) == [("SPY", 10, 455.0, 459.0, 5_000)]


def test_an_answer_that_does_not_reach_into_the_hole_is_asked_for_again_with_the_next_bar_and_no_sooner() -> None:
    world = ready(timeframe="1Min")
    world.until(at(1) + LAST_NS)
    (request,) = of(RequestBackfill, world.seen)[-1:]
    behind = BackfillLoaded(request.symbols, (), request.since_ns, OPEN_NS)
    assert of(RequestBackfill, world.tell(behind) + world.until(at(2))) == []
    again = of(RequestBackfill, world.until(at(2) + LAST_NS))
    assert [(one.symbols, one.since_ns) for one in again] == [(("SPY",), OPEN_NS)]
    assert len(closed(answer(world, 0, 1))) == 2


def test_a_question_is_not_asked_twice_while_the_answer_is_on_its_way() -> None:
    world = ready(timeframe="1Min")
    world.until(at(1) + LAST_NS)
    asked = len(of(RequestBackfill, world.seen))
    world.until(at(9))
    assert len(of(RequestBackfill, world.seen)) == asked


def test_a_connection_that_ends_makes_a_gap_of_a_hole_and_what_was_lost_is_still_fetched() -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.until(at(5) + LAST_NS)
    (first,) = of(RequestBackfill, world.seen)[-1:]
    world.tell(LinkChanged("market", False, "reset"))
    world.tell(BackfillLoaded(first.symbols, (bar(2, 452.0),), first.since_ns, at(5)))
    assert closed(world.wait(30)) == []
    world.tell(LinkChanged("market", True))
    assert world.engine.state == "WARMING"
    assert closed(answer(world, 2)) == [("SPY", 5, 450.0, 454.0, 5_000)]
    assert world.engine.state == "ACTIVE"


def test_the_last_bar_of_a_session_is_complete_the_same_evening() -> None:
    world = World(("SPY",), timeframe="1Hour").ready(history=100)
    world.answers_holes = False
    world.now_ns = CLOSE_NS - 5 * MINUTE_NS
    world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
    answer(world, *range(385))
    world.tell(BarsReceived((bar(385, 835.0),)))
    effects = world.until(CLOSE_NS + LAST_NS)
    (request,) = of(RequestBackfill, effects)
    assert request.since_ns == at(386)
    assert closed(answer(world, *range(386, 390)))[-1][1:] == (390, 780.0, 839.0, 60_000)


def test_a_hole_is_no_reason_to_stop_trading_in_other_symbols_nor_in_its_own() -> None:
    world = ready("SPY", "QQQ", timeframe="1Min")
    world.until(at(1) + LAST_NS)
    world.snapshot()
    assert world.engine.state == "ACTIVE"
    assert world.engine.blocked(world.now_ns) == ""
    assert world.place(10, 443.0).code == "OK"


def minutes_of(world: World) -> list[Bar]:
    return list(world.engine.market.books["SPY"].builder.minutes.values())


def test_a_symbol_that_is_removed_with_a_hole_is_forgotten_with_it() -> None:
    world = ready()
    send(world, 0, 3)
    assert len(minutes_of(world)) == 2
    book = world.engine.market.books["SPY"]
    world.until(at(5) + LAST_NS)
    world.engine.market.remove("SPY")
    assert (book.builder.span, book.builder.minutes, book.holed) == (None, {}, False)


# --- when REST does not say --------------------------------------------------------------------------------
def test_without_an_answer_bars_are_decided_after_five_minutes_by_what_is_here_and_that_is_told_once() -> None:
    world = ready(timeframe="1Min")
    send(world, 0)
    effects = send(world, 2, 3, 4, 6, 7)
    assert closed(effects)[:1] == [("SPY", 1, 450.0, 450.0, 1_000)]
    assert [one[1] for one in closed(world.seen) + closed(world.until(at(9)))] == [1, 3, 4, 5]
    assert [one[1] for one in closed(world.until(at(13)))] == [7, 8]
    assert world.alerts().count("BARS_INCOMPLETE") == 1
    assert len(of(RequestBackfill, effects)) == 1
    world.replay()


def test_a_minute_of_the_bar_itself_that_comes_late_does_not_end_the_patience_with_rest() -> None:
    world = ready(timeframe="30Min")
    send(world, *(number for number in range(30) if number not in (10, 20)))
    asked = world.until(at(30) + LAST_NS)
    assert len(of(RequestBackfill, asked)) == 1
    late = world.tell(BarsReceived((bar(20, 470.0),))) + world.wait(40)
    assert closed(late) == []
    assert closed(answer(world, 10)) == [("SPY", 30, 450.0, 479.0, 30_000)]
    assert "BARS_INCOMPLETE" not in world.alerts()
    world.replay()


def test_while_nothing_comes_behind_a_hole_nothing_is_given_up_and_all_of_it_is_fetched_in_the_end() -> None:
    world = ready(timeframe="1Min")
    send(world, 0)
    effects = world.until(at(40))
    assert [one[1] for one in closed(effects)] == [1]
    assert "BARS_INCOMPLETE" not in world.alerts()
    assert [one[1] for one in closed(answer(world, *range(1, 40)))] == list(range(2, 40))


def test_after_an_answer_that_came_late_the_next_silence_is_told_again() -> None:
    world = ready(timeframe="1Min")
    send(world, 0, 2)
    world.until(at(8))
    assert closed(answer(world, 1)) == []  # too late for its bar
    send(world, 9)
    assert closed(world.until(at(16)))[-1][1] == 10
    assert world.alerts().count("BARS_INCOMPLETE") == 2


def test_a_question_that_rest_refuses_is_asked_again_with_the_next_bar_and_nothing_waits_for_ever() -> None:
    world = ready(timeframe="1Min")
    effects = world.until(at(1) + LAST_NS)
    (request,) = of(RequestBackfill, effects)
    assert world.tell(BackfillRefused(request.symbols, "403")) == []
    (again,) = of(RequestBackfill, world.until(at(2) + LAST_NS))
    assert again.symbols == ("SPY",)
    world.tell(BackfillRefused(("SPY", "GONE"), "403"))
    assert closed(send(world, 2, 3) + world.wait(250))[-1][1] == 4
    world.replay()


def test_what_waits_behind_a_hole_moves_the_price_and_stops_are_watched_by_it() -> None:
    world = ready(timeframe="5Min")
    world.place(10, 443.0)
    send(world, 0, 1)
    world.until(at(5) + LAST_NS)
    world.until(at(6))
    world.tell(BarsReceived((bar(5, 441.0),)))
    assert world.engine.market.books["SPY"].price_e4 == 4_410_000
    world.wait(5)
    assert world.live(OrderRole.EXIT) or world.position() is None


@pytest.mark.parametrize("order", [(2, 5), (5, 2)])
def test_a_hole_that_the_stream_fills_itself_needs_no_answer(order: tuple[int, ...]) -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.until(at(5) + LAST_NS)
    for number in order:
        world.until(at(number + 1))
        world.tell(BarsReceived((bar(number, 450.0 + number),)))
    world.wait(0)
    assert closed(world.seen) == [("SPY", 5, 450.0, 454.0, 5_000)]
    world.tell(BackfillLoaded(("SPY",), (bar(2, 452.0),), at(2), at(6)))
    assert world.engine.market.books["SPY"].waiting is None
    world.replay()


def test_a_correction_that_comes_while_rest_is_asked_is_newer_than_its_answer() -> None:
    world = ready()
    send(world, 0, 1, 3, 4)
    world.until(at(5) + LAST_NS)
    world.tell(BarsRevised((replace(bar(3, 453.0), volume=4_000),)))
    assert closed(answer(world, 2, 3, 4)) == [("SPY", 5, 450.0, 454.0, 8_000)]


def test_a_lost_minute_of_an_earlier_five_minutes_leaves_the_five_minute_bars_whole() -> None:
    worlds = [World(("SPY",), timeframe="15Min").ready(history=30, five_minute_span=1.0) for _ in range(2)]
    for world, order in zip(worlds, ((2, 6), (6, 2)), strict=True):
        world.until(at(15))
        for number in order:
            world.tell(BarsReceived((bar(number, 450.0 + number % 4, span=1.0 + number),)))
        world.wait(3)
    assert len({world.engine.market.books["SPY"].five_minutes.atr for world in worlds}) == 1


def test_a_minute_that_comes_otherwise_after_its_bar_is_no_duplicate() -> None:
    world = ready(timeframe="1Min")
    send(world, 0)
    world.wait(3)
    world.tell(BarsReceived((bar(0, 450.0),)), BarsReceived((bar(0, 450.0, volume=7_000),)))
    book = world.engine.market.books["SPY"]
    assert book.rejections == {"duplicate": 1, "its bar is complete already": 1}


def test_an_answer_is_journaled_without_the_minutes_that_came_and_the_same_follows_from_it() -> None:
    worlds = [ready("SPY", "QQQ") for _ in range(2)]
    lost = {("SPY", 2), ("QQQ", 3), ("QQQ", 4)}
    for world in worlds:
        for number in range(5):
            world.until(at(number + 1))
            came = [symbol for symbol in ("SPY", "QQQ") if (symbol, number) not in lost]
            world.tell(BarsReceived(tuple(bar(number, 450.0, symbol=symbol) for symbol in came)))
        world.until(at(5) + LAST_NS)
    bars = tuple(bar(number, 450.0, symbol=symbol) for symbol in ("GONE", "SPY", "QQQ") for number in range(5))
    whole = BackfillLoaded(("SPY", "QQQ"), bars, at(-1), at(5))
    lean = worlds[0].engine.lean(whole)
    assert isinstance(lean, BackfillLoaded)
    assert {(one.symbol, (one.start_ns - OPEN_NS) // MINUTE_NS) for one in lean.bars} == lost
    found = [closed(world.tell(event) + world.wait(0)) for world, event in zip(worlds, (lean, whole), strict=True)]
    assert found[0] == found[1]
    assert len(found[0]) == 2
    states = {world.engine.market.states.tobytes() for world in worlds}
    assert len(states) == 1
