"""Symbols that join and leave, symbols switched off and on, parameters changed: while the engine runs."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from engine.world import CLOSE_NS, DAY_NS, EPOCH, OPEN_NS, SESSIONS, World, bar, choppy, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.kernel import StrategyParams
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Bar, BrokerStatus, OrderType, Side
from fluxherod.engine.effects import (
    AlertRaised,
    BarClosed,
    Effect,
    FollowSymbols,
    Reply,
    ReplyCode,
    RequestBackfill,
    RequestHistory,
    StatusChanged,
)
from fluxherod.engine.events import (
    AddSymbolCommand,
    AssetInfo,
    BackfillLoaded,
    BarsReceived,
    CalendarLoaded,
    Caller,
    Command,
    DisableSymbolCommand,
    EnableSymbolCommand,
    FeedFollows,
    HistoryLoaded,
    LinkChanged,
    PlaceOrderCommand,
    RemoveSymbolCommand,
    Started,
    UpdateParametersCommand,
)
from fluxherod.engine.overrides import Overrides, parameters_of, revision

THROUGH_NS = CLOSE_NS - DAY_NS


def asset(symbol: str = "QQQ", **changes: object) -> AssetInfo:
    return replace(AssetInfo(symbol, True, True, True, True), **changes)  # type: ignore[arg-type]


def reply(effects: list[Effect]) -> Reply:
    (answer,) = of(Reply, effects)
    return answer


def code(world: World, command: Command) -> ReplyCode:
    return reply(world.tell(command)).code


def add(world: World, symbol: str = "QQQ") -> list[Effect]:
    return world.tell(AddSymbolCommand(world.caller(), symbol, asset(symbol)))


def history(symbol: str = "QQQ", count: int = 100) -> HistoryLoaded:
    return HistoryLoaded(symbol, tuple(choppy(symbol, number, 300.0) for number in range(count)), THROUGH_NS)


def followed(world: World) -> FeedFollows:
    return FeedFollows(world.engine.settings.symbols)


def answer(world: World, request: RequestBackfill, bars: tuple[Bar, ...] = ()) -> BackfillLoaded:
    return BackfillLoaded(request.symbols, bars, request.since_ns, world.now_ns - world.now_ns % MINUTE_NS)


def join(world: World, symbol: str = "QQQ") -> None:
    """A symbol joins and trades."""
    add(world, symbol)
    world.tell(history(symbol))
    (request,) = of(RequestBackfill, world.tell(followed(world)))
    world.tell(answer(world, request))
    assert world.engine.market.books[symbol].live


def update(world: World, revision: str = "", **changes: bool | int | float) -> list[Effect]:
    return world.tell(UpdateParametersCommand(world.caller(), tuple(changes.items()), revision, "a test"))


def closed(effects: list[Effect], symbol: str) -> list[int]:
    """The minutes after the open at which bars of a symbol closed."""
    return [(done.end_ns - OPEN_NS) // MINUTE_NS for done in of(BarClosed, effects) if done.bar.symbol == symbol]


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
    assert of(RequestBackfill, world.tell(second)) == [RequestBackfill(("QQQ",), THROUGH_NS)]
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


# --- over a restart --------------------------------------------------------------------------------------
def test_a_restart_keeps_the_set_and_what_the_symbols_know() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    states = world.engine.market.states.tobytes()
    world.start(run=2)
    assert world.engine.settings.symbols == ("SPY", "QQQ")
    assert not of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    assert world.engine.market.states.tobytes() == states
    world.replay()


def test_what_operators_wish_wins_over_a_new_configuration() -> None:
    world = World(("SPY", "IBM")).ready(history=100)
    join(world)
    world.tell(RemoveSymbolCommand(world.caller(), "IBM"))
    world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd"))
    update(world, trend_adx=30.0, allow_shorts=False)
    file = replace(world.settings, symbols=("AAA", "IBM", "SPY"), strategy=StrategyParams(trend_adx=40.0, exit_atr=0.1))
    world.tell(Started(EPOCH, 2, "test", file))
    settings = world.engine.settings
    assert settings.symbols == ("AAA", "SPY", "QQQ")
    assert settings.why_disabled("SPY") == "odd"
    assert (settings.strategy.trend_adx, settings.strategy.exit_atr, settings.allow_shorts) == (30.0, 0.1, False)
    world.replay()


def test_a_symbol_that_joined_stays_when_the_configuration_takes_it_in_and_drops_it() -> None:
    world = World().ready(history=100)
    join(world)
    for symbols in (("SPY", "QQQ"), ("SPY",)):
        world.tell(Started(EPOCH, world.engine.run + 1, "test", replace(world.settings, symbols=symbols)))
        assert world.engine.settings.symbols == ("SPY", "QQQ")


def test_a_restart_in_the_middle_of_joining_warms_the_symbol_up() -> None:
    world = World().ready(history=100)
    add(world)
    world.start(run=2)
    (request,) = of(RequestHistory, world.tell(CalendarLoaded(SESSIONS)))
    assert request.symbols == ("QQQ",)
    world.tell(history(), FeedFollows(("SPY", "QQQ")), LinkChanged("market", True), LinkChanged("trading", True))
    world.tell(answer(world, of(RequestBackfill, world.seen)[-1]))
    world.snapshot()
    assert (world.engine.warming, world.engine.state) == ([], "ACTIVE")
    world.replay()


def test_parameters_that_a_new_configuration_contradicts_are_set_aside_and_new_risk_waits() -> None:
    world = World().ready(history=100)
    update(world, range_adx=24.0)
    file = replace(world.settings, strategy=StrategyParams(trend_adx=22.0))
    world.tell(Started(EPOCH, 2, "test", file))
    assert world.engine.settings.strategy == file.strategy
    world.reference()
    world.connect()
    world.quote(450.0)
    refused = world.place(10, 443.0)
    assert refused.code is ReplyCode.RISK_REJECTED
    assert "range_adx: allowed is at most trend_adx, which is 22.0, not 24.0" in refused.text
    assert reply(update(world, exit_atr=0.2)).code is ReplyCode.INVALID_FIELD
    assert reply(update(world, range_adx=21.0)).code is ReplyCode.OK
    assert world.place(10, 443.0).code is ReplyCode.OK


# --- switched off and on ---------------------------------------------------------------------------------
def test_a_symbol_that_is_switched_off_takes_no_order_that_opens_and_every_order_that_reduces() -> None:
    world = World().ready(history=100)
    world.place(10, 443.0)
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "earnings")) is ReplyCode.OK
    assert len(world.exchange.stops("SPY")) == 1
    sell = PlaceOrderCommand(world.caller(), "SPY", Side.SELL, 4, OrderType.MARKET)
    assert code(world, sell) is ReplyCode.OK
    world.close()
    world.wait(5)
    assert world.position() is None
    refused = world.place(10, 443.0)
    assert (refused.code, refused.text) == (ReplyCode.RISK_REJECTED, "SPY is switched off: earnings")
    assert code(world, EnableSymbolCommand(world.caller(), "SPY")) is ReplyCode.OK
    assert world.place(10, 443.0).code is ReplyCode.OK


def test_switching_a_symbol_off_cancels_its_working_entries_and_no_others() -> None:
    world = World(("SPY", "QQQ")).ready(history=100)
    for symbol in ("SPY", "QQQ"):
        world.place(10, 430.0, limit=440.0, symbol=symbol)
    world.tell(DisableSymbolCommand(world.caller(), "SPY"))
    assert (world.live(OrderRole.ENTRY, "SPY"), len(world.live(OrderRole.ENTRY, "QQQ"))) == ([], 1)


def test_switching_says_when_nothing_would_change() -> None:
    world = World().ready()
    assert code(world, EnableSymbolCommand(world.caller(), "SPY")) is ReplyCode.ALREADY_DONE
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odd")) is ReplyCode.OK
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odd")) is ReplyCode.ALREADY_DONE
    assert code(world, DisableSymbolCommand(world.caller(), "SPY", "odder")) is ReplyCode.OK
    assert world.engine.settings.why_disabled("SPY") == "odder"


def test_each_change_is_told_to_those_who_watch_the_status() -> None:
    world = World().ready()
    effects = world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd"))
    assert of(StatusChanged, effects) == [StatusChanged("ACTIVE", "SPY takes no new risk: odd")]
    assert not of(StatusChanged, world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd")))


# --- parameters ------------------------------------------------------------------------------------------
def test_a_threshold_changes_from_the_next_bar_on_and_the_memory_stays() -> None:
    world = World().ready(history=100)
    world.minute(0, 450.0)
    states = world.engine.market.states.tobytes()
    effects = update(world, trend_adx=30.0, entry_atr=0.7)
    assert reply(effects).code is ReplyCode.OK
    assert not of(RequestHistory, effects)
    assert world.engine.market.states.tobytes() == states
    assert float(world.engine.market.params["trend_adx"][0]) == 30.0
    for part in (world.engine.desk, world.engine.strategist, world.engine.guard, world.engine.commands):
        assert part.settings is world.engine.settings
    assert closed(world.minute(1, 450.1), "SPY") == [2]
    world.replay()


def test_a_period_changes_with_history_loaded_once_more_and_gives_what_a_fresh_start_gives() -> None:
    world = World().ready(history=100)
    for number in range(3):
        world.minute(number, 450.0 + number)
    effects = update(world, kama_period=10)
    assert [request.symbols for request in of(RequestHistory, effects)] == [("SPY",)]
    assert world.engine.state == "WARMING"
    seen = len(world.seen)
    world.tell(HistoryLoaded("SPY", tuple(choppy("SPY", number, 450.0) for number in range(100)), THROUGH_NS))
    minutes = tuple(bar(number, 450.0 + number) for number in range(3))
    world.tell(answer(world, of(RequestBackfill, world.seen)[-1], minutes))
    world.wait(5)
    assert world.engine.state == "ACTIVE"
    assert closed(world.seen[seen:], "SPY") == []  # decided before, and not once more
    fresh = World(strategy=StrategyParams(kama_period=10)).ready(history=100)
    for number in range(3):
        fresh.minute(number, 450.0 + number)
    assert world.engine.market.states.tobytes() == fresh.engine.market.states.tobytes()
    assert closed(world.minute(3, 453.0), "SPY") == [4]
    world.replay()


def test_while_the_indicators_warm_up_again_stops_stand_and_are_watched() -> None:
    world = World().ready(history=100)
    world.place(10, 443.0)
    update(world, rsi_period=10)
    assert len(world.exchange.stops("SPY")) == 1
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, BrokerStatus.CANCELED)
    world.deliver()
    world.quote(440.0)
    world.wait(20)
    assert world.position() is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"nonsense": 1}, "nonsense: no parameter of the strategy"),
        ({"kama_period": 1}, "kama_period: allowed is 2 to 128, not 1"),
        ({"kama_period": 20.0}, "kama_period: allowed is 2 to 128, not 20.0"),
        ({"trend_r2": float("nan")}, "trend_r2: allowed is 0 to 1, not nan"),
        ({"allow_shorts": 1}, "allow_shorts: allowed is 0 to 1, not 1"),
        ({"range_adx": 26.0}, "range_adx: allowed is at most trend_adx, which is 25.0, not 26.0"),
        ({"trend_adx": 19.0}, "trend_adx: allowed is at least range_adx, which is 20.0, not 19.0"),
        ({"ema_period": 0, "rsi_period": 999}, "ema_period: allowed is 2 to 128, not 0; rsi_period: allowed is 2 to"),
    ],
)
def test_parameters_that_can_not_be_are_refused_whole(changes: dict[str, float], text: str) -> None:
    world = World().ready(history=100)
    before = world.engine.settings
    refused = reply(update(world, entry_atr=0.9, **changes))
    assert refused.code is ReplyCode.INVALID_FIELD
    assert text in refused.text
    assert world.engine.settings is before


def test_a_change_of_both_ends_of_a_range_is_judged_by_its_outcome() -> None:
    world = World().ready(history=100)
    assert reply(update(world, range_adx=40.0, trend_adx=50.0)).code is ReplyCode.OK


def test_a_change_that_is_based_on_an_older_revision_is_refused() -> None:
    world = World().ready(history=100)
    first = revision(world.engine.settings)
    assert reply(update(world, first, trend_adx=30.0)).code is ReplyCode.OK
    assert revision(world.engine.settings) != first
    conflict = reply(update(world, first, trend_adx=31.0))
    assert conflict.code is ReplyCode.REVISION_CONFLICT
    assert revision(world.engine.settings) in conflict.text
    assert reply(update(world, trend_adx=25.0)).code is ReplyCode.OK
    assert revision(world.engine.settings) == first  # the same parameters
    assert world.engine.universe.overrides.parameters == {"trend_adx": 25.0}  # and still a wish


def test_shorts_are_switched_off_at_run_time() -> None:
    world = World().ready(history=100)
    assert reply(update(world, allow_shorts=False)).code is ReplyCode.OK
    assert "shorts are switched off" in world.place(10, 460.0, Side.SELL).text


def test_overrides_over_nothing_are_the_configuration() -> None:
    settings = World(("SPY", "IBM"), allow_shorts=False).settings
    assert Overrides().over(settings) == settings
    assert parameters_of(settings) == {**asdict(settings.strategy), "allow_shorts": False}
