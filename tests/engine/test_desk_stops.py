"""Stops, legs, cancels and replaces of the order desk when answers are lost, late or a no."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import WASH, S, sold
from engine.world import OPEN_NS, World, of

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.engine.effects import LookupOrder, ReplyCode, SubmitOrder, TradeUpdated
from fluxherod.engine.events import CancelAnswered, LookupAnswered, OrderReported, Refusal

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP


def holding(quantity: int = 100, stop: float = 443.0) -> World:
    """A long position with its leg working at the exchange."""
    world = World().ready()
    assert world.place(quantity, stop).code is ReplyCode.OK
    return world


def test_a_stop_that_someone_cancels_at_the_broker_is_told_and_placed_again() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    world.exchange.end(leg.broker_id, S.CANCELED)
    world.deliver()
    world.wait(2)
    (again,) = world.exchange.stops("SPY")
    assert (again.quantity, again.stop_price_e4) == (100, 4_430_000)
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()
    assert world.now_ns - OPEN_NS < 5 * SECOND_NS


def test_a_refused_stop_is_a_critical_alert_and_tried_again() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    world.exchange.refuse = [WASH]
    world.exchange.end(leg.broker_id, S.CANCELED)
    world.deliver()
    world.wait(2)
    assert "STOP_REFUSED" in world.alerts()
    assert not world.exchange.stops("SPY")
    world.wait(5)
    assert len(world.exchange.stops("SPY")) == 1


def test_a_fill_that_is_heard_of_before_the_answer_finds_its_leg_by_a_lookup() -> None:
    world = World().ready()
    world.delivery = False
    world.place(100, 443.0)
    answer, fill, *_ = world.exchange.outbox
    world.exchange.outbox = []
    effects = world.tell(fill)
    (entry,) = world.orders(ENTRY)
    assert entry.state is OrderState.FILLED
    assert of(LookupOrder, effects) == [LookupOrder(entry.id)]
    assert not of(SubmitOrder, effects)
    world.delivery = True
    world.tell(answer)
    assert len(world.live(STOP)) == 1
    assert len(world.exchange.stops("SPY")) == 1


def test_a_lookup_for_the_leg_that_gets_no_answer_is_repeated() -> None:
    world = World().ready()
    world.delivery = False
    world.place(100, 443.0)
    _, fill, *_ = world.exchange.outbox
    world.tell(fill)
    (entry,) = world.orders(ENTRY)
    world.tell(LookupAnswered(entry.id, False, detail="timed out"))
    world.exchange.outbox = []
    assert not world.live(STOP)
    world.delivery = True
    world.wait(3)
    assert len(world.live(STOP)) == 1


def test_an_exit_is_not_sent_beside_a_leg_that_is_not_known_yet() -> None:
    world = World().ready()
    world.delivery = False
    world.place(100, 443.0)
    answer, fill, *_ = world.exchange.outbox
    world.exchange.outbox = []
    world.tell(fill)
    effects = world.tell(*[])
    assert world.close().code is ReplyCode.OK
    assert not world.orders(EXIT)
    world.delivery = True
    world.deliver()
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    assert effects == []
    assert answer is not None


def test_a_leg_that_is_heard_of_before_its_entry_is_remembered() -> None:
    world = World().ready()
    world.delivery = False
    world.place(100, 443.0)
    answer, *reports = world.exchange.outbox
    world.exchange.outbox = []
    world.tell(*reports[1:], reports[0], answer)
    world.delivery = True
    world.deliver()
    assert len(world.live(STOP)) == 1
    world.agree()


def test_a_refused_cancel_asks_the_broker_what_is_true() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    world.exchange.trade("SPY", 4_420_000)
    world.exchange.outbox.clear()  # the stop's fill is not heard of
    world.close()
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    assert not world.orders(EXIT)
    assert leg.broker_id
    world.agree()


def test_a_cancel_without_an_answer_is_asked_again_and_told() -> None:
    world = holding()
    world.exchange.lose = ["request"]
    world.close()
    assert world.live(STOP)[0].state is OrderState.CANCELING
    world.wait(31)
    assert "CANCEL_PENDING" in world.alerts()
    assert world.position() is None
    world.agree()


def test_a_cancel_that_the_broker_takes_back_is_done_again() -> None:
    world = holding()
    world.exchange.lose = ["request"]
    world.close()
    (leg,) = world.exchange.stops("SPY")
    world.tell(OrderReported("order_cancel_rejected", leg))
    assert world.live(STOP)[0].state is OrderState.PENDING
    world.wait(3)
    assert world.position() is None


def test_an_answer_about_an_order_that_ended_holds_nothing_up() -> None:
    world = holding()
    (leg,) = world.orders(STOP)
    world.quote(442.0)
    world.tell(CancelAnswered(leg.id, False, Refusal(422, 0, "filled")))
    assert not world.engine.desk.holds


def test_a_replace_that_fails_leaves_the_old_stop_and_is_tried_again() -> None:
    world = holding()
    world.trail(444.0)
    world.exchange.lose = ["request"]
    world.trail(445.0)
    assert {order.state for order in world.live(STOP)} == {OrderState.REPLACING, OrderState.UNKNOWN}
    world.wait(61)
    (stop,) = world.exchange.stops("SPY")
    assert stop.stop_price_e4 == 4_450_000
    assert len(world.live(STOP)) == 1


def test_a_replace_that_arrived_without_an_answer_is_found() -> None:
    world = holding()
    world.trail(444.0)
    world.exchange.lose = ["submit"]
    world.trail(445.0)
    (stop,) = world.live(STOP)
    assert (stop.state, stop.stop_price_e4) == (OrderState.PENDING, 4_450_000)


def test_a_replace_that_the_broker_rejects_later_does_not_block_the_exit() -> None:
    world = holding()
    world.trail(444.0)
    (simple,) = world.exchange.stops("SPY")
    world.delivery = False
    world.trail(445.0)
    old, new = world.live(STOP)
    new_report = world.exchange.by_id(new.id)
    world.exchange.orders[simple.broker_id] = simple  # the old one goes on, the new one is rejected
    world.exchange.orders[new_report.broker_id] = replace(new_report, status=S.REJECTED)
    world.exchange.outbox = [OrderReported("rejected", replace(new_report, status=S.REJECTED))]
    world.delivery = True
    world.deliver()
    assert world.engine.desk.orders[old.id].state is OrderState.PENDING
    world.wait(3)
    world.close()
    world.wait(3)
    assert world.position() is None
    world.agree()


def test_a_legs_fill_that_is_heard_of_before_its_entrys_is_booked_after_it() -> None:
    """A leg works once its entry is filled: without the entry's fill its own would open a position the other way."""
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.orders(ENTRY)
    (leg,) = world.live(STOP)
    world.delivery = False
    world.exchange.fill(entry.broker_id, 100, 4_500_000)
    filled = list(world.exchange.outbox)
    world.exchange.outbox.clear()
    world.exchange.fill(leg.broker_id, 60, 4_429_000)
    world.exchange.fill(leg.broker_id, 40, 4_428_000)
    stopped = list(world.exchange.outbox)
    world.exchange.outbox.clear()
    for event in stopped:
        assert of(LookupOrder, world.tell(event)) == [LookupOrder(entry.id)]
    assert world.position() is None
    assert world.engine.desk.orders[leg.id].filled_quantity == 0
    world.exchange.outbox.clear()
    for event in filled:
        world.tell(event)
    assert world.position() is None
    assert "POSITION_REVERSED" not in world.alerts()
    (trade,) = [effect.trade for effect in of(TradeUpdated, world.seen) if effect.trade.closed]
    assert (trade.side, trade.entry_quantity, trade.exit_quantity) == (1, 100, 100)
    assert trade.realized_e4 == 60 * (4_429_000 - 4_500_000) + 40 * (4_428_000 - 4_500_000)
    world.agree()
    world.replay()
