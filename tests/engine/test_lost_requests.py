"""Requests that never arrive while shares are open: nothing is waited for longer than shares may go without a stop."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import Exchange, S, sold
from engine.test_strategist import drive
from engine.world import OPEN_NS, World, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.risk.approval import ApprovedOrder
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import PlaceOrderCommand
from fluxherod.engine.effects import CancelOrder, Effect, LookupOrder, RequestSnapshot, SubmitOrder
from fluxherod.engine.events import Event, SubmitAnswered

STOP, EXIT = OrderRole.STOP, OrderRole.EXIT


class Lossy(Exchange):
    """Orders that close shares are lost, so many of them."""

    losses = 0
    mute = False  # no snapshot is answered

    def _submitted(self, order: ApprovedOrder, now_ns: int) -> Event:
        if self.losses and order.leg_stop_e4 is None:
            self.losses -= 1
            return SubmitAnswered(order.id, detail="timed out")
        return super()._submitted(order, now_ns)

    def carry_out(self, effects: list[Effect], now_ns: int) -> None:
        heard = [each for each in effects if not (self.mute and isinstance(each, RequestSnapshot))]
        super().carry_out(heard, now_ns)


def holding() -> tuple[World, Lossy]:
    world = World()
    world.exchange = exchange = Lossy()
    world.ready()
    world.place(100, 443.0)
    polled(world)
    return world, exchange


def polled(world: World) -> None:
    for _ in range(3):
        world.wait(5)
        world.snapshot()


def sendings(world: World, order_id: str) -> int:
    return sum(effect.order.id == order_id for effect in of(SubmitOrder, world.seen))


def test_an_exit_that_is_lost_once_is_sent_again_at_once_under_the_same_id() -> None:
    world, exchange = holding()
    exchange.losses = 1
    world.close()
    assert world.position() is None
    (exit_order,) = world.orders(EXIT)
    assert sendings(world, exit_order.id) == 2
    assert sold(exchange, "SPY") == 100
    world.agree()
    world.replay()


def test_an_exit_that_is_lost_again_and_again_is_sent_every_two_seconds_and_not_in_a_loop() -> None:
    world, exchange = holding()
    exchange.losses = 5
    start_ns = world.now_ns
    world.close()
    (exit_order,) = world.orders(EXIT)
    assert sendings(world, exit_order.id) == 2
    world.wait(1.9)
    assert sendings(world, exit_order.id) == 2
    world.until(start_ns + 8 * SECOND_NS)
    assert sendings(world, exit_order.id) == 6
    assert [order.id for order in world.orders(EXIT)] == [exit_order.id]
    assert world.position() is None
    world.agree()
    world.replay()


def stop_ended(world: World) -> None:
    """The broker ends the stop: after two seconds another takes its place."""
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    world.wait(2)


def test_a_stop_that_is_lost_once_is_sent_again_at_once() -> None:
    world, exchange = holding()
    exchange.losses = 1
    stop_ended(world)
    (stop,) = exchange.stops("SPY")
    assert stop.stop_price_e4 == 4_430_000
    assert sendings(world, stop.client_order_id) == 2
    world.replay()


def test_a_price_through_a_stop_of_unknown_outcome_is_acted_on_after_the_grace() -> None:
    world, exchange = holding()
    exchange.losses = 1
    exchange.lose = ["lookup"] * 3  # nor is it known whether it has arrived, for four seconds
    stop_ended(world)
    (stop,) = world.live(STOP)
    assert stop.state is OrderState.UNKNOWN
    world.quote(442.9)
    world.wait(4.9)
    assert not world.position().exit_reason
    world.wait(0.1)
    assert world.position().exit_reason
    world.wait(1)
    assert world.engine.desk.orders[stop.id].state is OrderState.NOT_RECEIVED
    assert world.position() is None
    world.agree()
    world.replay()


def test_a_lost_stop_does_not_stand_in_the_way_of_an_exit() -> None:
    world, exchange = holding()
    exchange.losses = 1
    exchange.lose = ["lookup"]
    stop_ended(world)
    (stop,) = world.live(STOP)
    world.close()
    assert world.position() is not None
    world.wait(2)
    assert world.engine.desk.orders[stop.id].state is OrderState.NOT_RECEIVED
    assert sendings(world, stop.id) == 1
    assert world.position() is None
    world.agree()
    world.replay()


def test_a_lost_move_of_a_stop_is_looked_for_in_a_hurry_once_the_position_is_left() -> None:
    world = World().ready(history=200)
    assert drive(world, 0.1).outcome == "ordered"
    world.wait(1)
    number, price = (world.now_ns - OPEN_NS) // MINUTE_NS, world.position().price_e4 / 10_000
    world.minute(number, price + 2.0, 5_000)
    world.exchange.lose = ["request"]
    world.minute(number + 1, price + 4.0, 5_000)
    (move,) = [order for order in world.live(STOP) if order.replaces_id is not None]
    assert move.state is OrderState.UNKNOWN
    looks = of(LookupOrder, world.seen).count(LookupOrder(move.id))
    world.wait(10)
    assert of(LookupOrder, world.seen).count(LookupOrder(move.id)) == looks, "the old stop stands: there is time"
    world.close()
    world.wait(4)
    assert world.position() is None
    world.agree()
    world.replay()


def test_a_cancel_without_an_answer_is_sent_again_after_two_seconds() -> None:
    world, exchange = holding()
    exchange.lose = ["request"]
    world.close()
    world.wait(1.9)
    assert world.position() is not None
    world.wait(0.1)
    assert world.position() is None
    world.agree()
    world.replay()


def test_after_the_third_cancel_without_an_answer_the_broker_is_asked_every_thirty_seconds() -> None:
    world, exchange = holding()
    exchange.lose = ["request"] * 4
    world.close()
    world.wait(33.9)
    assert len(of(CancelOrder, world.seen)) == 3
    world.wait(0.1)
    assert len(of(CancelOrder, world.seen)) == 4
    world.wait(30)
    assert world.position() is None
    world.agree()
    world.replay()


def test_while_a_part_is_sold_the_rest_is_watched_and_a_breach_closes_all_of_it() -> None:
    world, exchange = holding()
    exchange.losses = 4
    world.tell(PlaceOrderCommand(world.caller(), "SPY", Side.SELL, 40, OrderType.MARKET, None, None, False))
    assert world.position().exit_quantity == 40
    world.quote(442.9)
    assert world.position().exit_quantity == 0
    assert world.position().exit_reason
    world.wait(6)
    assert world.position() is None
    assert [order.quantity for order in world.orders(EXIT)] == [40, 60]
    world.agree()
    world.replay()


def test_what_the_broker_said_of_a_position_that_has_ended_holds_up_no_exit_of_the_next() -> None:
    world, exchange = holding()
    exchange.auto_fill = False
    world.close()
    world.wait(1)
    shot = exchange.snapshot(world.now_ns)  # its orders are of before the exit's fill, its positions of after it
    world.tell(replace(shot, positions=(), account=replace(shot.account, cash_e4=exchange.cash_e4 + 450_000_000)))
    exchange.auto_fill = True
    world.quote(450.0)
    world.deliver()
    assert world.position() is None
    world.wait(3)
    world.place(100, 443.0)
    assert world.position().quantity == 100
    exchange.mute = True
    world.close()
    assert world.position() is None
    world.agree()
    world.replay()


def test_an_old_word_of_missing_shares_holds_an_exit_up_for_ten_seconds_only() -> None:
    world, exchange = holding()
    shot = exchange.snapshot(world.now_ns)
    world.tell(replace(shot, positions=()))
    exchange.mute = True
    world.close()
    world.wait(9.9)
    assert not world.orders(EXIT)
    world.wait(0.1)
    assert world.position() is None
    world.agree()
    world.replay()
