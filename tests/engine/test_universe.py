"""Symbols that join and leave while the engine runs."""

from __future__ import annotations

import pytest
from engine.changes import add, answer, asset, closed, code, followed, history, join, reply
from engine.world import OPEN_NS, SESSIONS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import AssetInfo
from fluxherod.engine.commands import (
    AddSymbolCommand,
    Caller,
    DisableSymbolCommand,
    EnableSymbolCommand,
    RemoveSymbolCommand,
)
from fluxherod.engine.effects import (
    AlertRaised,
    BarClosed,
    FollowSymbols,
    ReplyCode,
    RequestBackfill,
    RequestHistory,
)
from fluxherod.engine.events import BackfillLoaded, BarsReceived, CalendarLoaded, FeedFollows, LinkChanged


# --- joining ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("subscribed_first", [True, False])
def test_the_gap_is_asked_for_once_the_history_is_there_and_the_subscription_stands(subscribed_first: bool) -> None:
    world = World().ready(history=100)
    effects = add(world)
    assert reply(effects).code is ReplyCode.OK
    assert of(FollowSymbols, effects) == [FollowSymbols(("SPY", "QQQ"))]
    assert [request.symbols for request in of(RequestHistory, effects)] == [("QQQ",)]
    assert not of(RequestBackfill, effects)
    events = [followed(world), history()]
    first, second = events if subscribed_first else reversed(events)
    assert not of(RequestBackfill, world.tell(first))
    assert of(RequestBackfill, world.tell(second)) == [RequestBackfill(("QQQ",), OPEN_NS)]
    world.replay()


def test_no_minute_of_a_joining_symbol_is_missed_and_none_is_counted_twice() -> None:
    world = World(timeframe="5Min").ready(history=20)
    world.until(OPEN_NS + 3 * MINUTE_NS + MINUTE_NS // 2)
    add(world)
    world.tell(history(), followed(world))
    request = of(RequestBackfill, world.seen)[-1]
    world.until(OPEN_NS + 5 * MINUTE_NS)
    minutes = [bar(number, 300.0 + number, 100 + number, "QQQ") for number in range(6)]
    world.tell(BarsReceived((minutes[3],)), BarsReceived((minutes[4],)))
    assert closed(world.seen, "QQQ") == []
    world.tell(answer(world, request, tuple(minutes[:4])))
    world.until(OPEN_NS + 6 * MINUTE_NS)
    world.tell(BarsReceived((minutes[5],)))
    (done,) = [done for done in of(BarClosed, world.seen) if done.bar.symbol == "QQQ"]
    assert (done.bar.open, done.bar.close, done.bar.volume) == (300.0, 304.0, sum(range(100, 105)))
    world.replay()


def test_the_others_trade_on_while_a_symbol_joins() -> None:
    world = World().ready(history=100)
    world.minute(0, 450.0)
    add(world)
    assert world.engine.state == "ACTIVE"
    assert world.engine.blocked(world.now_ns) == ""
    assert closed(world.minute(1, 450.1), "SPY") == [2]
    assert world.place(10, 443.0).code is ReplyCode.OK
    world.tell(history(), followed(world))
    assert closed(world.minute(2, 450.2), "SPY") == [3]
    assert world.engine.state == "ACTIVE"


def test_a_symbol_that_joins_is_not_traded_by_hand_before_it_is_live() -> None:
    world = World().ready(history=100)
    add(world)
    world.quote(300.0, "QQQ")
    refused = world.place(10, 290.0, symbol="QQQ")
    assert (refused.code, refused.text) == (
        ReplyCode.RISK_REJECTED,
        "QQQ joins: its history is being loaded",
    )
    world.tell(history(), followed(world))
    world.tell(answer(world, of(RequestBackfill, world.seen)[-1]))
    assert world.place(10, 290.0, symbol="QQQ").code is ReplyCode.OK


def test_while_the_link_is_down_the_next_connection_brings_the_subscription() -> None:
    world = World().ready(history=100)
    world.tell(LinkChanged("market", False, "reset"))
    add(world)
    asked = of(RequestBackfill, world.tell(history(), followed(world)))
    assert not any("QQQ" in request.symbols for request in asked)
    (request,) = of(RequestBackfill, world.tell(LinkChanged("market", True)))
    assert request.symbols == ("SPY", "QQQ")
    world.tell(answer(world, request))
    assert world.engine.warming == []
    assert world.engine.state == "ACTIVE"


def test_a_connection_made_without_the_new_symbol_does_not_close_its_gap() -> None:
    world = World().ready(history=100)
    add(world)
    world.tell(history(), LinkChanged("market", False, "reset"), FeedFollows(("SPY",)))
    (request,) = of(RequestBackfill, world.tell(LinkChanged("market", True)))
    assert request.symbols == ("SPY",)
    world.tell(answer(world, request))
    assert not world.engine.market.books["QQQ"].live
    assert of(RequestBackfill, world.tell(followed(world)))[0].symbols == ("QQQ",)


def test_an_answer_from_before_a_symbol_left_and_joined_again_closes_nothing() -> None:
    world = World(timeframe="5Min").ready(history=20)
    join(world)
    world.until(OPEN_NS + 20 * MINUTE_NS)
    late = BackfillLoaded(("QQQ",), (), OPEN_NS + 10 * MINUTE_NS, world.now_ns)
    world.tell(RemoveSymbolCommand(world.caller(), "QQQ"))
    add(world)
    world.tell(history(), followed(world), late)
    assert not world.engine.market.books["QQQ"].live


def test_confirmations_of_a_symbol_that_left_and_joined_again_open_and_close_its_gap_in_order() -> None:
    world = World().ready(history=100)
    add(world)
    world.tell(RemoveSymbolCommand(world.caller(), "QQQ"))
    add(world)
    world.tell(history(), FeedFollows(("SPY", "QQQ")))  # the first one's, late
    world.tell(answer(world, of(RequestBackfill, world.seen)[-1]))
    world.tell(FeedFollows(("SPY",)))
    assert not world.engine.market.books["QQQ"].live
    assert of(RequestBackfill, world.tell(FeedFollows(("SPY", "QQQ"))))


def test_an_answer_that_comes_while_the_subscription_is_gone_closes_nothing() -> None:
    world = World().ready(history=100)
    add(world)
    (request,) = of(RequestBackfill, world.tell(history(), followed(world)))
    world.tell(FeedFollows(("SPY",)), answer(world, request))
    assert not world.engine.market.books["QQQ"].live


def test_a_symbol_that_the_feed_refuses_leaves_again_and_the_rest_goes_on() -> None:
    world = World().ready(history=100)
    add(world)
    effects = world.tell(FeedFollows(("SPY",), "405 symbol limit exceeded"))
    (alert,) = of(AlertRaised, effects)
    assert (alert.code, alert.symbol) == ("SYMBOL_NOT_FOLLOWED", "QQQ")
    assert "405" in alert.text
    assert of(FollowSymbols, effects) == [FollowSymbols(("SPY",))]
    assert list(world.engine.market.books) == ["SPY"]
    assert world.engine.market.books["SPY"].live
    world.replay()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (asset(found=False), ReplyCode.SYMBOL_UNKNOWN),
        (asset("QQQQ"), ReplyCode.SYMBOL_UNKNOWN),
        (asset(tradable=False), ReplyCode.SYMBOL_NOT_TRADABLE),
    ],
)
def test_what_the_broker_does_not_know_or_trade_does_not_join(known: AssetInfo, expected: ReplyCode) -> None:
    world = World().ready(history=100)
    effects = world.tell(AddSymbolCommand(world.caller(), "QQQ", known))
    assert reply(effects).code is expected
    assert not of(FollowSymbols, effects)
    assert list(world.engine.market.books) == ["SPY"]


def test_what_is_so_already_is_said_and_a_repeated_request_gets_the_same_answer() -> None:
    world = World().ready(history=100)
    assert code(world, AddSymbolCommand(world.caller(), "SPY", asset("SPY"))) is ReplyCode.ALREADY_DONE
    caller = Caller("once", "tester")
    first = reply(world.tell(AddSymbolCommand(caller, "QQQ", asset())))
    again = world.tell(AddSymbolCommand(caller, "QQQ", asset(found=False)))  # the broker's answer is no part of it
    assert again == [first]
    other = reply(world.tell(AddSymbolCommand(caller, "IBM", asset("IBM"))))
    assert other.code is ReplyCode.REQUEST_ID_REUSED


def test_before_the_calendar_is_known_a_joining_symbol_waits_for_it() -> None:
    world = World()
    world.start()
    assert not of(RequestHistory, add(world))
    (request,) = of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    assert request.symbols == ("SPY", "QQQ")


# --- leaving ---------------------------------------------------------------------------------------------
def test_a_symbol_that_leaves_is_forgotten_and_the_others_keep_their_state() -> None:
    world = World(("AAA", "SPY", "ZZZ")).ready(history=100)
    states = {symbol: world.engine.market.states[book.row] for symbol, book in world.engine.market.books.items()}
    effects = world.tell(RemoveSymbolCommand(world.caller(), "SPY"))
    assert of(FollowSymbols, effects) == [FollowSymbols(("AAA", "ZZZ"))]
    for symbol, book in world.engine.market.books.items():
        assert world.engine.market.states[book.row] == states[symbol]
    world.tell(BarsReceived((bar(0, 450.0),)), history("SPY"))
    assert list(world.engine.market.books) == ["AAA", "ZZZ"]
    world.replay()


def test_a_symbol_that_joins_again_starts_afresh_and_is_switched_on() -> None:
    world = World(("SPY", "QQQ")).ready(history=100)
    world.tell(DisableSymbolCommand(world.caller(), "QQQ", "odd"))
    world.tell(RemoveSymbolCommand(world.caller(), "QQQ"))
    join(world)
    assert len(world.engine.market.books["QQQ"].closed) == 100
    assert world.engine.settings.why_disabled("QQQ") is None
    assert closed(world.minute(0, 300.0, symbol="QQQ"), "QQQ") == [1]
    world.replay()


def test_a_symbol_in_use_does_not_leave() -> None:
    world = World().ready(history=100)
    working = world.place(10, 430.0, limit=440.0)
    refused = reply(world.tell(RemoveSymbolCommand(world.caller(), "SPY")))
    assert (refused.code, refused.text) == (
        ReplyCode.SYMBOL_IN_USE,
        f"SPY is in use: order {working.order_id} works",
    )
    held = World().ready(history=100)
    held.place(10, 443.0)
    assert reply(held.tell(RemoveSymbolCommand(held.caller(), "SPY"))).text == "SPY is in use: a position is open"
    foreign = World().ready(history=100)
    foreign.exchange.position["SPY"] = 5
    foreign.snapshot()
    foreign.snapshot()
    assert "not ours" in reply(foreign.tell(RemoveSymbolCommand(foreign.caller(), "SPY"))).text


def test_an_order_of_unknown_outcome_keeps_its_symbol() -> None:
    world = World().ready(history=100)
    world.exchange.lose = ["request", "lookup"]
    world.place(10, 443.0)
    assert "unknown outcome" in reply(world.tell(RemoveSymbolCommand(world.caller(), "SPY"))).text


def test_the_last_symbol_may_leave_and_another_may_join() -> None:
    world = World().ready(history=100)
    assert code(world, RemoveSymbolCommand(world.caller(), "SPY")) is ReplyCode.OK
    assert (world.engine.settings.symbols, world.engine.state) == ((), "ACTIVE")
    world.minute(0, 450.0)
    join(world)
    assert closed(world.minute(1, 300.0, symbol="QQQ"), "QQQ") == [2]


def test_what_is_not_followed_can_not_leave_or_be_switched() -> None:
    world = World().ready()
    for command in (RemoveSymbolCommand, EnableSymbolCommand, DisableSymbolCommand):
        assert code(world, command(world.caller(), "QQQ")) is ReplyCode.SYMBOL_UNKNOWN
