"""The order desk against an exchange that loses replies, fills in parts, ends orders by itself and refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import HELD, WASH, S, sold
from engine.world import World, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.effects import CancelOrder, LookupOrder, ReplaceOrder, ReplyCode, SubmitOrder, TradeUpdated
from fluxherod.engine.events import CancelAnswered, LookupAnswered, OrderReported, SubmitAnswered

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP


def holding(quantity: int = 100, stop: float = 443.0) -> World:
    """A long position with its leg working at the exchange."""
    world = World().ready()
    assert world.place(quantity, stop).code is ReplyCode.OK
    return world


def test_an_entry_goes_out_as_oto_and_its_leg_guards_the_shares() -> None:
    world = holding()
    (stop,) = world.exchange.stops("SPY")
    assert (stop.quantity, stop.stop_price_e4) == (100, 4_430_000)
    assert world.engine.desk.protection_of(world.position()) == "broker"
    world.agree()


def test_the_first_move_of_a_stop_replaces_the_leg_by_a_simple_stop_and_the_next_one_patches_it() -> None:
    world = holding()
    world.trail(444.0)
    (simple,) = world.exchange.stops("SPY")
    assert simple.stop_price_e4 == 4_440_000
    assert simple.client_order_id in world.exchange.submitted
    assert not of(ReplaceOrder, world.seen)
    world.trail(445.0)
    (moved,) = world.exchange.stops("SPY")
    assert moved.replaces == simple.broker_id
    assert moved.stop_price_e4 == 4_450_000
    assert len(of(ReplaceOrder, world.seen)) == 1
    world.agree()


def test_a_close_cancels_the_stop_first_and_sells_what_is_left() -> None:
    world = holding()
    world.close()
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    assert [type(e) for e in world.seen if isinstance(e, CancelOrder | SubmitOrder)] == [
        SubmitOrder,
        CancelOrder,
        SubmitOrder,
    ]
    world.agree()


def test_a_stop_that_fills_closes_the_position() -> None:
    world = holding()
    world.quote(442.9)
    assert world.position() is None
    (trade,) = [effect.trade for effect in world.seen if isinstance(effect, TradeUpdated) and effect.trade.closed]
    assert trade.exit_reason == "protective stop"
    assert not world.live(EXIT)
    world.agree()


def test_shares_that_the_stop_sold_while_it_was_cancelled_are_not_sold_again() -> None:
    world = holding()
    (stop,) = world.exchange.stops("SPY")
    world.delivery = False
    world.close()
    world.exchange.orders[stop.broker_id] = replace(stop, status=S.WORKING)  # the cancel came second
    world.exchange.outbox.clear()
    world.exchange.fill(stop.broker_id, 40, 4_429_000)
    world.exchange.end(stop.broker_id, S.CANCELED)
    world.deliver()
    world.delivery = True
    world.snapshot()
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


def test_an_entry_that_ends_partly_filled_gets_a_simple_stop_for_what_it_filled() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 30, 4_500_000)
    world.deliver()
    assert not world.exchange.stops("SPY")  # a stop beside the working entry would be a wash trade
    assert world.engine.desk.protection_of(world.position()) == "daemon"  # the leg is held
    world.exchange.end(entry.broker_id, S.CANCELED)
    world.deliver()
    world.wait(3)
    (stop,) = world.exchange.stops("SPY")
    assert (stop.quantity, stop.stop_price_e4) == (30, 4_430_000)
    world.agree()


def test_a_lost_answer_to_a_submission_is_unknown_until_the_broker_is_asked() -> None:
    world = World().ready()
    world.exchange.lose = ["submit"]
    world.delivery = False
    world.place(100, 443.0)
    answer = next(event for event in world.exchange.outbox if isinstance(event, SubmitAnswered))
    world.exchange.outbox = []
    effects = world.tell(answer)
    (entry,) = world.orders(ENTRY)
    assert entry.state is OrderState.UNKNOWN
    assert of(LookupOrder, effects) == [LookupOrder(entry.id)]
    assert world.engine.desk.working_e4() > 0
    assert world.place(10, 443.0).code is ReplyCode.RISK_REJECTED
    world.delivery = True
    world.deliver()
    assert world.orders(ENTRY)[0].state is OrderState.FILLED
    assert len(world.exchange.submitted) == 1
    world.agree()


def test_an_entry_that_never_arrived_is_given_up_after_three_looks_over_sixty_seconds() -> None:
    world = World().ready()
    world.exchange.lose = ["request"]
    start_ns = world.now_ns
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    world.until(start_ns + 60 * SECOND_NS - 1)
    assert world.orders(ENTRY)[0].state is OrderState.UNKNOWN
    world.until(start_ns + 60 * SECOND_NS)
    assert world.orders(ENTRY)[0].state is OrderState.NOT_RECEIVED
    assert of(LookupOrder, world.seen) == [LookupOrder(entry.id)] * 3
    assert world.engine.desk.working_e4() == 0
    assert world.engine.desk.next_due_ns() is None


def test_looks_without_an_answer_do_not_count() -> None:
    world = World().ready()
    world.exchange.lose = ["request", *["lookup"] * 10]
    world.place(100, 443.0)
    world.wait(200)
    assert world.orders(ENTRY)[0].state is OrderState.UNKNOWN


def test_an_entry_given_up_for_lost_is_adopted_when_it_shows_up() -> None:
    world = World().ready()
    world.exchange.lose = ["request"]
    world.place(100, 443.0)
    world.wait(70)
    (entry,) = world.orders(ENTRY)
    submit = of(SubmitOrder, world.seen)[0]
    world.exchange.carry_out([submit], world.now_ns)
    world.exchange.outbox = [event for event in world.exchange.outbox if isinstance(event, OrderReported)]
    world.deliver()
    assert world.position().quantity == 100
    assert world.orders(ENTRY)[0].id == entry.id
    assert len(world.exchange.stops("SPY")) == 1
    world.agree()


def test_an_exit_that_never_arrived_is_sent_again_under_the_same_id() -> None:
    world = holding()
    world.exchange.lose = []
    world.delivery = False
    world.close()
    world.exchange.lose = ["request", "lookup"]
    world.delivery = True
    world.deliver()
    (exit_order,) = world.orders(EXIT)
    assert exit_order.state is OrderState.UNKNOWN
    world.wait(2)
    assert [order.id for order in world.orders(EXIT)] == [exit_order.id]
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    closed = [effect.trade for effect in world.seen if isinstance(effect, TradeUpdated) and effect.trade.closed]
    assert closed[0].exit_reason == "closed by the operator"
    world.agree()


def test_an_exit_that_no_longer_fits_when_it_would_be_sent_again_is_replaced_by_one_that_does() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    world.delivery = False
    world.close()
    world.exchange.lose = ["request", "lookup"]
    world.delivery = True
    world.deliver()
    assert world.live(EXIT)[0].state is OrderState.UNKNOWN
    late = replace(world.exchange.orders[leg.broker_id], filled_quantity=40, filled_value_e4=40 * 4_429_000)
    world.exchange.position["SPY"] = 60
    world.exchange.cash_e4 += 40 * 4_429_000
    world.tell(OrderReported("canceled", late))
    assert world.position().quantity == 60
    world.wait(120)
    assert world.position() is None
    world.agree()


def test_a_refused_second_sending_does_not_end_an_order_that_works() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    effects = world.tell(SubmitAnswered(entry.id, refusal=HELD))
    assert world.orders(ENTRY)[0].state is OrderState.PENDING
    assert LookupOrder(entry.id) in effects


def test_an_order_that_was_refused_and_works_all_the_same_is_adopted() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.exchange.refuse = [HELD]
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    assert entry.state is OrderState.REJECTED
    found = BrokerOrder("late", entry.id, "SPY", Side.BUY, OrderType.MARKET, S.WORKING, 100, 0, 0)
    world.tell(OrderReported("new", found))
    assert world.orders(ENTRY)[0].state is OrderState.PENDING


def test_a_refused_exit_is_tried_again_and_never_doubled() -> None:
    world = holding()
    world.exchange.refuse = [HELD, WASH]
    world.close()
    assert world.position() is not None
    world.wait(2)
    assert world.position() is not None
    world.wait(4)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    assert len(world.orders(EXIT)) == 3
    world.agree()


def test_an_exit_that_expires_is_placed_again() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.close()
    (first,) = world.live(EXIT)
    world.exchange.end(first.broker_id, S.EXPIRED)
    world.deliver()
    world.wait(3)
    (second,) = world.live(EXIT)
    assert second.id != first.id
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()


def test_refusals_that_go_on_are_answered_with_longer_and_longer_pauses() -> None:
    world = holding()
    world.exchange.refuse = [HELD] * 100_000
    world.close()
    world.wait(3600)
    assert len(world.orders(EXIT)) < 70
    world.exchange.refuse = []
    world.wait(70)
    assert world.position() is None


def test_an_exit_that_the_broker_rejects_again_and_again_does_not_spin() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.close()
    for _ in range(5):
        (exit_order,) = world.live(EXIT)
        world.exchange.end(exit_order.broker_id, S.REJECTED)
        effects = world.deliver()
        assert not of(SubmitOrder, effects)
        world.wait(2)


def test_a_late_fill_after_the_position_was_closed_opens_another_trade_and_is_guarded() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 30, 4_500_000)
    world.exchange.end(entry.broker_id, S.CANCELED)
    world.exchange.auto_fill = True
    world.deliver()
    world.wait(3)
    world.quote(442.0)
    assert world.position() is None
    first = [effect.trade for effect in world.seen if isinstance(effect, TradeUpdated) and effect.trade.closed]
    ended = world.exchange.orders[entry.broker_id]
    late = replace(ended, filled_quantity=50, filled_value_e4=50 * 4_500_000)
    world.exchange.position["SPY"] += 20
    world.quote(450.0)
    world.tell(OrderReported("fill", late))
    assert world.position().quantity == 20
    assert world.position().trade_id != first[0].id
    assert len(world.live(STOP)) == 1


def test_an_order_at_the_broker_under_our_id_that_is_not_ours_is_told_and_not_booked() -> None:
    world = World().ready()
    world.exchange.lose = ["request"]
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    other = BrokerOrder("b99", entry.id, "SPY", Side.BUY, OrderType.MARKET, S.FILLED, 70, 70, 70 * 4_500_000)
    world.tell(LookupAnswered(entry.id, True, other))
    assert "ORDER_MISMATCH" in world.alerts()
    assert world.position() is None


def test_shares_sold_twice_by_someone_are_told() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    report = replace(leg, filled_quantity=150, filled_value_e4=150 * 4_430_000, status=S.FILLED)
    world.tell(OrderReported("fill", report))
    assert world.position().quantity == -50
    assert "POSITION_REVERSED" in world.alerts()


@pytest.mark.parametrize("quantity", [1, 99])
def test_a_part_of_a_position_is_closed_and_the_rest_is_guarded(quantity: int) -> None:
    world = holding()
    assert world.place(quantity, None, Side.SELL).code is ReplyCode.OK
    assert world.position().quantity == 100 - quantity
    (stop,) = world.exchange.stops("SPY")
    assert stop.quantity == 100 - quantity
    assert world.position().exit_reason == ""
    world.agree()


def test_a_part_that_fills_in_pieces_is_never_exceeded() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.place(50, None, Side.SELL)
    (exit_order,) = world.live(EXIT)
    world.exchange.fill(exit_order.broker_id, 20, 4_500_000)
    world.exchange.end(exit_order.broker_id, S.EXPIRED)
    world.exchange.auto_fill = True
    world.deliver()
    world.wait(3)
    assert world.position().quantity == 50
    assert sold(world.exchange, "SPY") == 50


def test_closing_all_while_a_part_is_being_closed_closes_all() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.place(50, None, Side.SELL)
    assert world.close().code is ReplyCode.OK
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100


def test_two_parts_at_once_are_both_closed() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.place(50, None, Side.SELL)
    assert world.place(30, None, Side.SELL).code is ReplyCode.OK
    assert world.place(30, None, Side.SELL).code is ReplyCode.INVALID_ORDER
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert world.position().quantity == 20


def test_ended_orders_are_forgotten_after_days_but_not_those_of_an_open_position() -> None:
    world = holding()
    desk = world.engine.desk
    world.trail(444.0)
    days = world.now_ns + 4 * 24 * 60 * MINUTE_NS
    desk.forget(days)
    kept = set(desk.orders)
    assert {order.role for order in desk.orders.values()} == {ENTRY, STOP}
    world.close()
    desk.forget(days)
    assert kept & set(desk.orders) == set()
    assert desk.plans == {}
    assert desk.due == {}


def test_answers_about_orders_that_are_not_known_change_nothing() -> None:
    world = World().ready()
    before = len(world.seen)
    world.tell(SubmitAnswered("x"), CancelAnswered("x", False, HELD), LookupAnswered("x", False))
    assert world.seen[before:] == []
