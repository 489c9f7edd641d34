"""A symbol that does not trade: no entry, and an exit that waits with its stop in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from engine.test_strategist import drive
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerStatus, OrderType, Side
from fluxherod.engine.commands import CancelOrderCommand, FlattenCommand
from fluxherod.engine.effects import AlertRaised, CancelOrder, ReplyCode, SubmitOrder
from fluxherod.engine.events import (
    BackfillLoaded,
    BarsReceived,
    LinkChanged,
    OrderReported,
    PriceBand,
    Refusal,
    StatusesReceived,
    TradingStatus,
)

EXIT, ENTRY, STOP = OrderRole.EXIT, OrderRole.ENTRY, OrderRole.STOP


def status(
    world: World, trading: bool | None, text: str = "Trading Halt (H)", after_ns: int = 0, symbol: str = "SPY"
) -> None:
    world.tell(StatusesReceived((TradingStatus(symbol, trading, text, world.now_ns + after_ns),)))


def halt(world: World) -> None:
    status(world, False)


def resume(world: World) -> None:
    status(world, True, "Trading Resumption (T)")


def band(world: World, low: float, high: float, after_ns: int = 0) -> None:
    limits = PriceBand("SPY", round(low * 10_000), round(high * 10_000), world.now_ns + after_ns)
    world.tell(StatusesReceived(bands=(limits,)))


def holding(side: Side = Side.BUY) -> World:
    """SPY is held, and from five minutes after the open on the daemon closes it by itself."""
    world = World(flatten_before_close_ns=CLOSE_NS - OPEN_NS - 5 * MINUTE_NS).ready()
    world.place(100, 443.0 if side is Side.BUY else 457.0, side)
    assert world.live(STOP)
    return world


def leave(world: World) -> None:
    """The daemon closes the position."""
    world.until(OPEN_NS + 5 * MINUTE_NS)


def why(world: World) -> str:
    return world.engine.desk.halts.why("SPY")


# --- entries -------------------------------------------------------------------------------------------
def test_a_halt_refuses_entries_of_its_symbol_alone_and_says_so_once() -> None:
    world = World(("SPY", "QQQ")).ready()
    halt(world)
    halt(world)
    reply = world.place(10, 443.0)
    assert (reply.code, reply.text) == (
        ReplyCode.RISK_REJECTED,
        "SPY does not trade at the exchange: Trading Halt (H)",
    )
    assert world.place(10, 443.0, symbol="QQQ").code is ReplyCode.OK
    assert world.alerts().count("SYMBOL_HALTED") == 1
    resume(world)
    assert world.place(10, 443.0).code is ReplyCode.OK
    assert world.alerts().count("SYMBOL_RESUMED") == 1
    world.replay()


def test_a_signal_in_a_limit_state_is_vetoed_with_the_reason() -> None:
    world = World().ready(history=200)
    band(world, 400.0, 450.5)
    signal = drive(world)
    assert signal.outcome == "halted"
    assert signal.outcome_text == "SPY does not trade at the exchange: at or above its upper limit $450.50"
    assert not of(SubmitOrder, world.seen)


@pytest.mark.parametrize("trading", [None, True])
def test_a_word_that_is_no_halt_stops_nothing(trading: bool | None) -> None:
    world = World().ready()
    status(world, trading, "Short Sale Restriction (E)")
    assert not why(world)
    assert "SYMBOL_RESUMED" not in world.alerts()
    assert world.place(10, 443.0).code is ReplyCode.OK


def test_an_entry_that_works_when_its_symbol_is_halted_is_cancelled() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(10, 443.0, limit=449.0)
    halt(world)
    assert not world.live(ENTRY)
    assert not world.position()


def test_an_entry_that_was_on_its_way_when_its_symbol_was_halted_is_cancelled_too() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.delivery = False
    world.place(10, 443.0, limit=449.0)
    halt(world)
    assert not of(CancelOrder, world.seen)
    world.delivery = True
    world.deliver()
    assert not world.live(ENTRY)


@pytest.mark.parametrize("answered", ["refused", "rejected later"])
def test_an_entry_into_a_halt_that_nobody_told_of_ends_and_leaves_nothing_behind(answered: str) -> None:
    """A halt that began while the stream was down: no endpoint of REST tells of it, the broker's no does."""
    world = World().ready()
    cash_e4 = world.engine.ledger.cash_e4
    if answered == "refused":
        world.exchange.refuse.append(Refusal(403, 40310000, "trading in SPY is halted"))
        world.place(10, 443.0)
    else:
        world.exchange.auto_fill = False
        world.place(10, 443.0)
        entry = next(order for order in world.exchange.orders.values() if order.order_type is OrderType.MARKET)
        rejected = replace(entry, status=BrokerStatus.REJECTED, reason="trading in SPY is halted", legs=())
        world.exchange.orders[entry.broker_id] = rejected
        world.tell(OrderReported("rejected", rejected))
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.REJECTED]
    assert world.live(STOP) == []
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()
    assert "trading in SPY is halted" in of(AlertRaised, world.seen)[-1].text
    assert len(of(SubmitOrder, world.seen)) == 1
    world.wait(120)
    assert len(of(SubmitOrder, world.seen)) == 1
    assert (world.position(), world.engine.ledger.cash_e4) == (None, cash_e4)
    assert world.engine.desk.working_e4() == 0
    world.exchange.auto_fill = True
    world.quote(450.0)
    world.snapshot()
    assert world.place(10, 443.0).code is ReplyCode.OK
    assert world.position()
    world.replay()


# --- exits ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
def test_an_exit_waits_for_the_end_of_a_halt_with_its_stop_in_place_and_then_goes_by_itself(side: Side) -> None:
    world = holding(side)
    halt(world)
    leave(world)
    text = "the exit of SPY waits until it trades again (Trading Halt (H)); its stop stays"
    assert [alert.text for alert in of(AlertRaised, world.seen) if alert.code == "EXIT_WAITS_FOR_HALT"] == [text]
    world.snapshot()
    world.wait(30)
    assert len(world.live(STOP)) == 1
    assert not of(CancelOrder, world.seen)
    assert not world.orders(EXIT)
    assert world.alerts().count("EXIT_WAITS_FOR_HALT") == 1
    resume(world)
    assert world.orders(EXIT)
    assert not world.position()
    world.agree()
    world.replay()


def test_an_exit_whose_stop_was_gone_when_the_halt_came_is_guarded_again_meanwhile() -> None:
    world = holding()
    world.delivery = False
    leave(world)
    halt(world)
    world.delivery = True
    world.deliver()
    assert not world.orders(EXIT)
    (stop,) = world.live(STOP)
    assert (stop.stop_price_e4, stop.quantity) == (4_430_000, 100)
    resume(world)
    assert not world.position()


def test_an_exit_that_is_at_the_broker_when_the_halt_comes_stays_there() -> None:
    world = holding()
    world.exchange.auto_fill = False
    leave(world)
    (order,) = world.live(EXIT)
    halt(world)
    world.snapshot()
    world.wait(30)
    assert world.live(EXIT) == [replace(order, updated_ns=world.live(EXIT)[0].updated_ns)]
    assert "EXIT_WAITS_FOR_HALT" not in world.alerts()


def test_a_stop_may_move_while_its_symbol_is_halted() -> None:
    world = holding()
    halt(world)
    world.trail(444.0)
    assert world.live(STOP)[0].stop_price_e4 == 4_440_000


def test_each_halt_tells_of_a_waiting_exit_anew() -> None:
    world = holding()
    world.exchange.auto_fill = False
    for _ in range(2):
        halt(world)
        leave(world)
        for order in world.live(EXIT):
            world.exchange.end(order.broker_id, BrokerStatus.CANCELED)
            world.deliver()
        world.wait(5)
        assert world.live(STOP)
        resume(world)
    assert world.alerts().count("EXIT_WAITS_FOR_HALT") == 2


def test_the_daemons_own_watch_of_a_stop_waits_and_its_grace_begins_anew() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.quote(442.0)
    halt(world)
    world.wait(60)
    world.quote(441.0)
    world.wait(60)
    assert not world.orders(EXIT)
    assert "STOP_NOT_ACTED" not in world.alerts()
    resume(world)
    world.quote(441.0)
    world.wait(4.9)
    assert not world.orders(EXIT)
    world.wait(0.2)
    assert "STOP_NOT_ACTED" in world.alerts()


# --- what ends a halt ----------------------------------------------------------------------------------
def test_quotes_do_not_end_a_halt() -> None:
    world = holding()
    halt(world)
    world.quote(450.5)
    assert why(world)


def test_a_minute_that_began_after_the_halt_proves_that_the_symbol_trades() -> None:
    world = holding()
    world.wait(90)
    halt(world)
    leave(world)
    world.tell(BarsReceived((bar(1, 450.0),)))  # began before the halt
    assert why(world)
    world.wait(60)
    world.tell(BarsReceived((replace(bar(2, 450.0), close=-1.0),)))  # no sound bar
    assert why(world)
    world.tell(BarsReceived((bar(2, 450.0),)))
    assert not why(world)
    assert not world.position()


def test_a_halt_stands_over_a_reconnect_until_the_back_fill_has_a_later_minute() -> None:
    world = World().ready()
    halt(world)
    world.tell(LinkChanged("market", False), LinkChanged("market", True))
    world.wait(60)
    world.tell(BackfillLoaded(("SPY",), (), OPEN_NS, world.now_ns))
    assert why(world)
    world.tell(LinkChanged("market", False), LinkChanged("market", True))
    world.tell(BackfillLoaded(("SPY",), (bar(0, 450.0),), OPEN_NS, world.now_ns))
    assert not why(world)


# --- what no halt holds back -----------------------------------------------------------------------------
def by_flatten(world: World) -> None:
    world.tell(FlattenCommand(world.caller(), "out"))


def by_close(world: World) -> None:
    reply = world.close()
    assert reply.code is ReplyCode.OK
    assert reply.text.endswith(
        "by the tape SPY does not trade (Trading Halt (H)): the exit waits at the broker, or is refused"
    )


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("command", [by_close, by_flatten])
def test_an_operators_exit_goes_to_the_broker_whatever_the_tape_says(
    command: Callable[[World], None], waits: bool
) -> None:
    world = holding()
    halt(world)
    if waits:
        leave(world)
    assert world.live(STOP)
    world.exchange.auto_fill = False
    command(world)
    assert [order.quantity for order in world.live(EXIT)] == [100]
    assert not world.live(STOP)
    world.replay()


def test_a_refusal_of_an_operators_exit_is_told_and_it_is_tried_again() -> None:
    world = holding()
    halt(world)
    world.exchange.refuse.append(Refusal(403, 40310000, "trading in SPY is halted"))
    by_close(world)
    assert any("trading in SPY is halted" in alert.text for alert in of(AlertRaised, world.seen))
    assert world.position()
    world.wait(10)
    assert not world.position()
    world.agree()


def test_an_operator_who_takes_an_exit_back_has_insisted_on_nothing() -> None:
    world = holding()
    halt(world)
    world.exchange.auto_fill = False
    world.close()
    world.tell(CancelOrderCommand(world.caller(), world.live(EXIT)[0].id))
    assert world.live(STOP)
    leave(world)
    assert world.live(STOP)
    assert not world.live(EXIT)


def test_a_remembered_halt_holds_no_exit_back_once_the_stream_has_been_down_for_a_minute() -> None:
    world = holding()
    halt(world)
    leave(world)
    world.tell(LinkChanged("market", False))
    world.wait(59.9)
    assert world.live(STOP)
    assert not world.orders(EXIT)
    world.wait(0.2)
    assert not world.position()
    assert "EXIT_DESPITE_HALT" in world.alerts()
    assert why(world), "entries wait for the stream"
    world.agree()
    world.replay()


def test_a_stream_that_is_up_again_within_the_minute_is_trusted_as_before() -> None:
    world = holding()
    halt(world)
    leave(world)
    world.tell(LinkChanged("market", False))
    world.wait(59)
    world.tell(LinkChanged("market", True))
    world.wait(120)
    assert not world.orders(EXIT)
    assert world.live(STOP)


def test_after_a_start_the_stream_has_a_minute_to_come_up() -> None:
    world = holding()
    halt(world)
    leave(world)
    world.start(run=2)
    world.snapshot()
    world.wait(59)
    assert not world.orders(EXIT)
    world.wait(2)
    assert not world.position()
    world.replay()


def test_while_the_stream_is_down_the_daemons_own_watch_does_not_wait_for_a_remembered_halt_either() -> None:
    world = holding()
    halt(world)
    world.exchange.auto_fill = False
    world.tell(LinkChanged("market", False))
    world.wait(61)
    world.quote(442.0)
    world.wait(6)
    assert "STOP_NOT_ACTED" in world.alerts()


@pytest.mark.parametrize("settings", [{}, {"history_bars": 200}])
def test_a_halt_and_its_waiting_exit_stand_over_a_restart(settings: dict[str, int]) -> None:
    world = holding()
    halt(world)
    leave(world)
    world.settings = replace(world.settings, **settings)
    world.start(run=2)
    world.connect()
    assert why(world)
    assert not world.orders(EXIT)
    resume(world)
    assert not world.position()
    world.replay()


def test_a_word_from_before_the_newest_one_changes_nothing() -> None:
    world = World().ready()
    halt(world)
    status(world, True, "Trading Resumption (T)", -SECOND_NS)
    assert why(world)


def test_a_halt_with_a_time_of_next_year_ends_like_any_other() -> None:
    world = World().ready()
    status(world, False, after_ns=365 * DAY_NS)
    world.wait(61)
    resume(world)
    assert not why(world)


# --- limit states --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("price", "limited"), [(472.49, False), (472.505, True), (427.51, False), (427.495, True)])
def test_a_limit_state_is_a_bid_at_the_upper_or_an_offer_at_the_lower_limit(price: float, limited: bool) -> None:
    world = World().ready()
    band(world, 427.5, 472.5)
    assert not why(world)
    world.quote(price)
    assert bool(why(world)) is limited
    assert ("SYMBOL_LIMIT_STATE" in world.alerts()) is limited


def test_an_exit_waits_for_the_end_of_a_limit_state_until_the_price_is_back() -> None:
    world = holding()
    band(world, 449.0, 451.0)
    world.quote(448.9)
    leave(world)
    assert not world.orders(EXIT)
    assert "EXIT_WAITS_FOR_HALT" in world.alerts()
    world.quote(449.5)
    assert not world.position()
    assert world.alerts().count("SYMBOL_RESUMED") == 1
    world.replay()


def test_a_minutes_close_at_the_limit_is_a_limit_state_too() -> None:
    world = World().ready()
    band(world, 427.5, 472.5)
    world.wait(60)
    world.tell(BarsReceived((bar(0, 472.5),)))
    assert why(world)


def test_a_price_from_before_a_band_says_nothing_of_it() -> None:
    world = World().ready()
    band(world, 427.5, 449.0, SECOND_NS)
    assert not why(world)
    world.wait(2)
    world.quote(450.0)
    assert why(world)
    band(world, 427.5, 451.0, SECOND_NS)
    assert why(world)
    world.wait(2)
    world.quote(450.0)
    assert not why(world)


def test_a_limit_state_that_turns_into_a_pause_ends_with_the_pause() -> None:
    world = holding()
    band(world, 449.0, 472.5)
    world.quote(448.0)
    halt(world)
    leave(world)
    band(world, 0, 0, SECOND_NS)
    world.wait(2)
    world.quote(448.0)
    assert why(world) == "Trading Halt (H)"
    assert "SYMBOL_RESUMED" not in world.alerts()
    resume(world)
    assert not world.position()


def test_a_band_ends_with_its_connection() -> None:
    world = holding()
    band(world, 449.0, 472.5)
    world.quote(448.0)
    leave(world)
    world.tell(LinkChanged("market", False))
    assert not why(world)
    assert not world.position()


def test_a_band_ends_with_its_session() -> None:
    world = World().ready()
    band(world, 427.5, 449.0)
    world.quote(450.0)
    assert why(world)
    world.until(CLOSE_NS + MINUTE_NS)
    world.quote(450.0)
    assert not why(world)
    world.until(OPEN_NS + DAY_NS + MINUTE_NS)
    world.quote(450.0)
    assert not why(world)


def test_what_the_tape_says_of_a_symbol_that_is_not_followed_is_nothing() -> None:
    world = World().ready()
    status(world, False, symbol="IBM")
    assert not world.engine.desk.halts
