"""Limit entries that don't fill: chased with confirmed cancels, or given up and told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine.exchange import HELD, S, sold
from engine.world import CLOSE_NS, EPOCH, OPEN_NS, World, of

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS
from fluxherod.core.orders import Order, OrderRole, OrderState, Sequel
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.types import Mode, OrderType, Quote, Side
from fluxherod.engine.commands import CancelOrderCommand, DisableSymbolCommand, HaltCommand, ReplaceOrderCommand
from fluxherod.engine.effects import AlertRaised, CancelOrder, Reply, ReplyCode, SubmitOrder, TradeUpdated
from fluxherod.engine.events import (
    CancelAnswered,
    LinkChanged,
    OrderReported,
    QuotesReceived,
    Refusal,
    Started,
    StatusesReceived,
    SubmitAnswered,
    TradingStatus,
)
from fluxherod.engine.orders.chase import chase_price_e4

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP
TEXT = "Order abandoned: SPY BUY 100 @ limit. 3 chases failed. Market moved significantly."


def resting(quantity: int = 100, limit: float = 450.0, stop: float = 441.0, **settings: Any) -> World:
    """A limit order that nobody fills; quoted at 450.25."""
    world = World(**settings).ready(price=450.25)
    world.exchange.auto_fill = False
    assert world.place(quantity, stop, limit=limit).code is ReplyCode.OK
    return world


def limits(world: World) -> list[int | None]:
    return [order.limit_price_e4 for order in world.orders(ENTRY)]


def newest(world: World) -> Order:
    return world.orders(ENTRY)[-1]


def working(world: World) -> Any:
    """The entry that works at the exchange."""
    (order,) = [one for one in world.exchange.working("SPY") if one.order_type is OrderType.LIMIT]
    return order


def refresh(world: World, price: float = 450.5) -> None:
    """A fresh quote and a fresh account, as they come all the time."""
    world.quote(price)
    world.snapshot()


def fill(world: World, quantity: int, price: float = 450.0) -> None:
    world.exchange.fill(working(world).broker_id, quantity, round(price * 10_000))
    if world.delivery:
        world.deliver()


def abandoned(world: World) -> list[str]:
    return [alert.text for alert in of(AlertRaised, world.seen) if alert.code == "ORDER_ABANDONED"]


def filled(world: World) -> int:
    return sum(order.filled_quantity for order in world.orders(ENTRY))


# --- the rule ------------------------------------------------------------------------------------------


def test_a_limit_entry_is_chased_three_times_below_the_middle_and_then_given_up() -> None:
    world = resting()
    began_ns = world.now_ns
    for minute, price in enumerate((450.5, 450.8, 451.0), start=1):
        world.until(began_ns + minute * MINUTE_NS - SECOND_NS)
        refresh(world, price)
        world.until(began_ns + minute * MINUTE_NS - 1)
        assert len(limits(world)) == minute  # not a nanosecond too early
        world.until(began_ns + minute * MINUTE_NS)
    assert limits(world) == [4_500_000, 4_504_800, 4_507_800, 4_509_800]
    assert [order.chase_count for order in world.orders(ENTRY)] == [0, 1, 2, 3]
    assert [order.reason for order in world.orders(ENTRY)][1:] == [f"chase {n}/3: manual" for n in (1, 2, 3)]
    first, *chases = world.orders(ENTRY)
    assert [order.id for order in world.orders(ENTRY)] == [first.id[:-1] + str(n) for n in (1, 2, 3, 4)]
    assert {order.chain_id for order in chases} == {first.id}
    assert [order.replaces_id for order in chases] == [order.id for order in world.orders(ENTRY)][:3]
    refresh(world)
    world.until(began_ns + 4 * MINUTE_NS - 1)
    assert abandoned(world) == []
    world.until(began_ns + 4 * MINUTE_NS)
    assert abandoned(world) == [TEXT]
    assert not world.exchange.working("SPY")
    assert world.engine.next_deadline_ns() is None or world.engine.next_deadline_ns() > world.now_ns
    assert world.engine.desk.book.chased == {}
    assert len(world.exchange.submitted) == 4
    world.replay()


def test_a_short_is_chased_above_the_middle() -> None:
    world = World().ready(price=450.0)
    world.exchange.auto_fill = False
    world.place(100, 459.0, side=Side.SELL, limit=450.5)
    world.wait(59)
    refresh(world, 450.2)
    world.wait(1)
    assert limits(world) == [4_505_000, 4_502_200]


@pytest.mark.parametrize(
    ("bid", "ask", "buy", "sell"),
    [
        (450.49, 450.51, 4_504_800, 4_505_200),
        (450.50, 450.51, 4_504_800, 4_505_300),  # 450.485 and 450.525 are no cents: away from the market
        (0.5001, 0.5004, 4_802, 5_203),
        (0.0101, 0.0103, None, 302),  # nothing is left below
    ],
)
def test_a_chase_price_lies_on_a_tick_and_never_nearer_to_the_market_than_the_offset(
    bid: float, ask: float, buy: int | None, sell: int
) -> None:
    quote = Quote("SPY", 0, bid, ask)
    assert chase_price_e4(quote, Side.BUY, 200) == buy
    assert chase_price_e4(quote, Side.SELL, 200) == sell


def test_without_chases_an_order_is_given_up_at_the_first_timeout() -> None:
    world = resting(chases=0)
    world.wait(60)
    assert abandoned(world) == ["Order abandoned: SPY BUY 100 @ limit. Not filled in 60 s."]
    assert len(world.exchange.submitted) == 1
    assert world.position() is None


def test_one_chase_that_failed_is_told_in_the_singular() -> None:
    world = resting(chases=1)
    world.wait(59)
    refresh(world)
    world.wait(61)
    assert abandoned(world) == [TEXT.replace("3 chases", "1 chase")]


def test_what_a_message_may_be_late_is_added_to_the_patience() -> None:
    world = resting(latency_ns=5 * SECOND_NS)
    refresh(world)
    world.wait(64)
    assert len(limits(world)) == 1
    world.wait(1)
    assert len(limits(world)) == 2


def test_an_order_placed_before_the_open_waits_for_it() -> None:
    world = World()
    world.exchange.auto_fill = False
    world.start()
    world.reference()
    world.now_ns = OPEN_NS - 30 * MINUTE_NS
    world.tell(LinkChanged("trading", True), LinkChanged("market", True))
    world.snapshot()
    assert world.place(100, 441.0, limit=450.0).code is ReplyCode.OK
    world.until(OPEN_NS + MINUTE_NS - 1)
    assert len(limits(world)) == 1
    refresh(world)
    world.until(OPEN_NS + MINUTE_NS)
    assert limits(world) == [4_500_000, 4_504_800]


# --- fills ---------------------------------------------------------------------------------------------


def test_a_chase_is_for_what_is_left_and_enlarges_the_same_position_and_trade() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.wait(1)
    assert [order.quantity for order in world.orders(ENTRY)] == [100, 70]
    fill(world, 70, 450.48)
    position = world.position()
    assert position.quantity == 100
    assert position.trade_id == world.orders(ENTRY)[0].id
    assert (position.stop_e4, position.cost_e4) == (4_410_000, 30 * 4_500_000 + 70 * 4_504_800)
    trades = {effect.trade.id: effect.trade for effect in of(TradeUpdated, world.seen)}
    assert [trade.entry_quantity for trade in trades.values()] == [100]
    (stop,) = world.exchange.stops("SPY")  # the last leg guarded 70 of them: one simple stop takes its place
    assert (stop.quantity, stop.stop_price_e4) == (100, 4_410_000)
    assert world.engine.desk.protection_of(position) == "broker"
    assert abandoned(world) == []
    world.agree()
    world.replay()


def test_the_last_leg_stays_when_it_covers_all_shares() -> None:
    world = resting()
    refresh(world)
    world.wait(60)
    fill(world, 100, 450.48)
    (stop,) = world.exchange.stops("SPY")
    assert stop.broker_id in world.exchange.parents  # an OTO leg
    assert not of(SubmitOrder, world.seen)[2:]
    world.agree()


def test_a_leg_that_is_not_known_yet_is_looked_for_before_a_stop_is_placed() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.delivery = False
    world.wait(1)
    world.deliver()
    chase = working(world)
    world.exchange.outbox.clear()  # the answer to the submission comes late
    fill(world, 70, 450.48)
    first = [e for e in world.exchange.outbox if isinstance(e, OrderReported) and e.order.broker_id == chase.broker_id]
    world.exchange.outbox.clear()
    world.delivery = True
    world.tell(*first)
    assert "STOP_REFUSED" not in world.alerts()
    (stop,) = world.exchange.stops("SPY")
    assert stop.quantity == 100
    world.agree()


def test_an_order_that_is_given_up_in_part_keeps_what_it_has_filled_behind_one_stop() -> None:
    world = resting(chases=0)
    fill(world, 30)
    assert not world.exchange.stops("SPY")
    world.wait(60)
    assert abandoned(world) == ["Order abandoned: SPY BUY 100 @ limit. Not filled in 60 s. 30 of 100 are filled."]
    (stop,) = world.exchange.stops("SPY")
    assert (stop.quantity, stop.stop_price_e4) == (30, 4_410_000)
    world.agree()


@pytest.mark.parametrize("raced", [1, 40, 100])
def test_fills_of_the_race_with_the_cancel_count(raced: int) -> None:
    world = resting()
    refresh(world)
    world.delivery = False
    order = working(world)
    world.exchange.lose = ["request"]  # the cancel is on its way
    world.wait(60)
    world.exchange.outbox.clear()
    world.exchange.fill(order.broker_id, raced, 4_500_000)
    if raced < 100:
        world.exchange.end(order.broker_id, S.CANCELED)
    assert newest(world).state is OrderState.CANCELING
    world.deliver()
    world.delivery = True
    world.deliver()
    assert [one.quantity for one in world.orders(ENTRY)] == [100, 100 - raced][: 1 + (raced < 100)]
    assert filled(world) == raced
    world.wait(0)
    if raced == 100:
        assert len(world.exchange.stops("SPY")) == 1
    world.replay()


def test_a_cancel_that_is_refused_because_all_has_filled_ends_the_chase() -> None:
    world = resting()
    refresh(world)
    world.exchange.lose = ["report", "report"]
    world.exchange.fill(working(world).broker_id, 100, 4_500_000)  # unheard
    world.wait(60)
    assert any(isinstance(event, CancelAnswered) and event.refusal for _, event, _ in world.journal)
    world.wait(10)
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.FILLED]
    assert len(world.exchange.stops("SPY")) == 1
    world.agree()


def test_a_cancel_that_is_refused_for_now_is_asked_for_again() -> None:
    world = resting()
    refresh(world)
    order = newest(world)
    world.delivery = False
    world.exchange.lose = ["request"]
    world.wait(60)
    world.exchange.outbox.clear()
    world.delivery = True
    world.tell(CancelAnswered(order.id, False, Refusal(422, 42210000, "cannot cancel order in pending_new status")))
    assert newest(world).id == order.id
    refresh(world)
    world.wait(10)
    assert limits(world) == [4_500_000, 4_504_800]


def test_nothing_takes_the_place_of_an_order_whose_cancel_is_not_confirmed() -> None:
    world = resting()
    refresh(world)
    world.exchange.lose = ["request"] * 3  # the cancel never arrives
    world.wait(80)
    assert len(world.orders(ENTRY)) == 1
    assert newest(world).state is OrderState.CANCELING
    refresh(world)
    world.wait(15)  # asked again 30 s after the third time
    assert "CANCEL_PENDING" in world.alerts()
    assert [order.state for order in world.orders(ENTRY)] == [OrderState.CANCELED, OrderState.PENDING]


def test_a_cancel_whose_report_is_lost_is_confirmed_by_a_snapshot() -> None:
    world = resting()
    refresh(world)
    world.exchange.lose = ["report", "report"]
    world.wait(60)
    assert len(world.orders(ENTRY)) == 1
    world.snapshot()
    assert limits(world) == [4_500_000, 4_504_800]


def test_a_chase_whose_answer_is_lost_is_unknown_and_looked_up_and_never_sent_twice() -> None:
    world = resting()
    refresh(world)
    world.exchange.lose = ["submit"]
    world.wait(60)
    assert newest(world).state is OrderState.PENDING  # found by its id
    assert len(world.exchange.submitted) == len(set(world.exchange.submitted)) == 2
    refresh(world, 450.8)
    world.wait(60)
    assert limits(world) == [4_500_000, 4_504_800, 4_507_800]


def test_a_chase_that_never_arrived_ends_the_chain_and_its_shares_are_guarded() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.delivery = False
    world.wait(1)
    world.delivery, world.exchange.lose = True, ["request"]
    world.deliver()
    assert newest(world).state is OrderState.UNKNOWN
    for _ in range(7):
        world.wait(10)
        refresh(world)
    assert newest(world).state is OrderState.NOT_RECEIVED
    assert len(world.orders(ENTRY)) == 2  # nothing is sent beside what may still show up
    assert abandoned(world) == [
        "Order abandoned: SPY BUY 100 @ limit. It never arrived at the broker. 30 of 100 are filled."
    ]
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [30]
    submit = of(SubmitOrder, world.seen)[1]
    assert submit.order.id == newest(world).id


def test_a_chase_that_the_broker_refuses_ends_the_chain() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.exchange.refuse = [HELD]
    world.wait(1)
    assert newest(world).state is OrderState.REJECTED
    assert world.engine.desk.book.chased == {}
    world.wait(5)
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [30]
    world.agree()


def test_shares_that_are_reported_after_the_end_are_taken_off_what_works() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.wait(1)
    first = world.exchange.orders[world.orders(ENTRY)[0].broker_id]
    late = replace(first, filled_quantity=50, filled_value_e4=50 * 4_500_000)
    world.exchange.position["SPY"] += 20
    world.exchange.cash_e4 -= 20 * 4_500_000
    world.tell(OrderReported("fill", late))
    assert [order.quantity for order in world.orders(ENTRY)] == [100, 70, 50]
    fill(world, 50, 450.48)
    assert world.position().quantity == 100
    world.agree()


@pytest.mark.parametrize("times", [2, 3])
def test_messages_that_come_twice_or_the_other_way_round_change_nothing(times: int) -> None:
    world = resting()
    fill(world, 30)
    refresh(world)
    world.delivery = False
    world.wait(60)
    events = [event for event in world.exchange.outbox if not isinstance(event, SubmitAnswered)]
    world.exchange.outbox.clear()
    world.delivery = True
    world.tell(*[event for event in reversed(events) for _ in range(times)])
    assert [order.quantity for order in world.orders(ENTRY)] == [100, 70]
    fill(world, 70, 450.48)
    assert world.position().quantity == 100
    world.wait(5)
    world.agree()
    world.replay()


# --- risk ------------------------------------------------------------------------------------------------


def test_each_chase_goes_through_risk_and_a_smaller_size_is_taken_and_told() -> None:
    world = resting(quantity=111, stop=441.0)  # 1 % of 100,000 over 9.00 is 111 shares
    refresh(world, 451.0)
    world.wait(60)
    assert [order.quantity for order in world.orders(ENTRY)] == [111, 100]  # over 9.98 it is 100
    (told,) = [alert for alert in of(AlertRaised, world.seen) if alert.code == "CHASE_REDUCED"]
    assert told.text == "SPY: 100 of 111 shares go on at $450.98: risk of $1,000.00 allows 100 shares"
    world.wait(59)
    refresh(world, 450.0)  # now risk would allow 111 again
    world.wait(1)
    assert [order.quantity for order in world.orders(ENTRY)] == [111, 100, 100]


def test_the_rest_of_a_mean_reversion_entry_has_the_risk_of_its_mode() -> None:
    world = resting()
    order = newest(world)
    world.engine.desk.plans[order.id] = replace(world.engine.desk.plans[order.id], mode=Mode.MEAN_REVERSION)
    refresh(world)
    world.wait(60)
    assert newest(world).quantity == 79  # 0.75 % of 100,000 over 9.48


def test_shares_that_are_filled_count_for_the_caps_of_the_position() -> None:
    world = resting(quantity=111)
    fill(world, 60)
    world.wait(59)
    refresh(world, 451.0)
    world.wait(1)
    assert [order.quantity for order in world.orders(ENTRY)] == [111, 40]  # 100 in all
    told = next(alert for alert in of(AlertRaised, world.seen) if alert.code == "CHASE_REDUCED")
    assert "allows 100 shares, 60 of them are held" in told.text


def test_a_position_that_is_full_by_now_ends_the_chase() -> None:
    world = resting(quantity=111)
    fill(world, 105)
    world.wait(59)
    refresh(world, 451.0)
    world.wait(1)
    assert len(world.orders(ENTRY)) == 1
    assert abandoned(world)[0].startswith("Order abandoned: SPY BUY 111 @ limit. Not chased: no share is left")
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [105]


def test_the_entry_itself_is_not_counted_against_the_number_of_positions() -> None:
    world = resting(limits=RiskLimits(max_positions=1, max_position_bp=10_000, max_exposure_bp=20_000))
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.wait(1)
    assert [order.quantity for order in world.orders(ENTRY)] == [100, 70]


# --- without a price ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [(450.0, 0.0), (0.0, 450.0), (450.02, 450.0), (430.0, 470.0), (450.0, 450.0)],
    ids=["no ask", "no bid", "crossed", "insane", "locked"],
)
def test_without_a_fresh_two_sided_quote_it_waits_and_goes_on_with_the_first(quote: tuple[float, float]) -> None:
    world = resting()
    world.wait(59)
    world.snapshot()
    world.tell(QuotesReceived((Quote("SPY", world.now_ns, *quote),)))
    world.wait(1)
    assert newest(world).state is OrderState.CANCELED
    assert newest(world).sequel is Sequel.CHASE
    assert len(world.orders(ENTRY)) == 1
    assert world.place(10, 441.0).code is ReplyCode.RISK_REJECTED  # its entry is still open
    world.wait(30)
    refresh(world, 450.6)
    assert limits(world) == [4_500_000, 4_505_800]
    assert newest(world).chase_count == 1


def test_a_quote_that_is_too_old_is_none_and_at_the_next_timeout_it_is_given_up() -> None:
    world = resting(price_max_age_ns=50 * SECOND_NS)
    fill(world, 30)
    world.wait(60)
    world.snapshot()
    assert len(world.orders(ENTRY)) == 1
    assert not world.exchange.stops("SPY")  # the daemon watches them
    world.wait(59)
    world.snapshot()
    assert abandoned(world) == []
    world.wait(1)
    assert abandoned(world) == [
        "Order abandoned: SPY BUY 100 @ limit. Not chased: no fresh two-sided quote of SPY. 30 of 100 are filled."
    ]
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [30]
    world.replay()


# --- what ends a chase -----------------------------------------------------------------------------------


def canceling(world: World) -> Order:
    """The chase has asked for the cancel, and the exchange has not confirmed it."""
    refresh(world)
    world.exchange.lose = ["request"]
    world.wait(60)
    order = newest(world)
    assert (order.state, order.sequel) == (OrderState.CANCELING, Sequel.CHASE)
    return order


def confirm(world: World, order: Order) -> None:
    world.exchange.end(order.broker_id, S.CANCELED)
    world.deliver()


def test_a_halt_by_hand_ends_the_chase() -> None:
    world = resting()
    order = canceling(world)
    world.tell(HaltCommand(world.caller(), "enough"))
    confirm(world, order)
    assert len(world.orders(ENTRY)) == 1
    assert abandoned(world) == [
        "Order abandoned: SPY BUY 100 @ limit. Not chased: Trading halted: enough. Resume when reviewed."
    ]


def test_a_halt_at_the_exchange_ends_the_chase() -> None:
    world = resting()
    order = canceling(world)
    world.tell(StatusesReceived((TradingStatus("SPY", False, "halted", world.now_ns),)))
    confirm(world, order)
    assert len(world.orders(ENTRY)) == 1
    assert "SPY does not trade at the exchange" in abandoned(world)[0]


def test_a_symbol_that_is_switched_off_ends_the_chase() -> None:
    world = resting()
    order = canceling(world)
    world.tell(DisableSymbolCommand(world.caller(), "SPY", "tested"))
    confirm(world, order)
    assert len(world.orders(ENTRY)) == 1
    assert "SPY is switched off: tested" in abandoned(world)[0]


def test_a_halt_while_it_waits_for_a_price_ends_it_at_once() -> None:
    world = resting(price_max_age_ns=50 * SECOND_NS)
    world.wait(60)
    assert newest(world).sequel is Sequel.CHASE
    world.tell(HaltCommand(world.caller(), "enough"))
    assert len(abandoned(world)) == 1
    assert world.engine.desk.book.chased == {}


def test_the_cut_off_before_the_close_ends_the_chase() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.until(CLOSE_NS - 2 * MINUTE_NS - 30 * SECOND_NS)
    refresh(world)
    world.place(100, 441.0, limit=450.0)
    world.wait(59)
    refresh(world)
    world.wait(1)
    assert len(limits(world)) == 2
    world.until(CLOSE_NS - MINUTE_NS)
    assert not world.exchange.working("SPY")
    world.until(CLOSE_NS + HOUR_NS)
    assert len(limits(world)) == 2
    assert world.engine.desk.book.chased == {}


def test_a_chase_is_not_sent_after_the_cut_off() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.until(CLOSE_NS - 2 * MINUTE_NS - SECOND_NS)
    refresh(world)
    world.place(100, 441.0, limit=450.0)
    order = canceling(world)
    world.wait(5)
    refresh(world)
    confirm(world, order)
    assert abandoned(world) == ["Order abandoned: SPY BUY 100 @ limit. Not chased: the session ends."]


def test_an_entry_whose_stop_is_passed_before_it_fills_is_cancelled_and_not_chased() -> None:
    world = resting()
    world.quote(440.9)
    assert "ENTRY_STOPPED" in world.alerts()
    assert newest(world).state is OrderState.CANCELED
    world.wait(300)
    assert len(world.orders(ENTRY)) == 1
    assert abandoned(world) == []


def test_a_stop_that_is_passed_while_the_cancel_is_on_its_way_ends_the_chase() -> None:
    world = resting()
    order = canceling(world)
    world.quote(440.9)
    confirm(world, order)
    assert len(world.orders(ENTRY)) == 1
    assert "on the wrong side" in abandoned(world)[0]


def test_the_daemon_s_own_stop_sells_the_shares_of_an_entry_that_is_being_chased() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.wait(1)
    assert len(world.live(ENTRY)) == 1
    assert not world.exchange.stops("SPY")
    assert world.engine.desk.protection_of(world.position()) == "daemon"
    world.exchange.auto_fill = True
    world.quote(440.9)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == filled(world)
    assert not world.live(ENTRY)
    world.wait(300)
    assert not world.live(ENTRY)
    world.agree()
    world.replay()


def test_a_stop_that_is_passed_between_two_orders_sells_at_once() -> None:
    world = resting(price_max_age_ns=50 * SECOND_NS)
    fill(world, 30)
    world.wait(60)
    assert newest(world).waits
    world.exchange.auto_fill = True
    world.snapshot()
    world.quote(440.9)
    assert world.position() is None
    assert len(world.orders(ENTRY)) == 1
    assert sold(world.exchange, "SPY") == 30
    world.agree()


def test_a_stop_that_is_passed_while_a_chase_is_of_unknown_outcome_sells_at_once() -> None:
    world = resting()
    fill(world, 30)
    world.wait(59)
    refresh(world)
    world.delivery = False
    world.wait(1)
    world.delivery, world.exchange.lose = True, ["request", "lookup"]
    world.deliver()
    assert newest(world).state is OrderState.UNKNOWN
    world.exchange.auto_fill = True
    world.quote(440.9)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 30
    world.agree()


def test_closing_the_position_ends_the_chase_and_sells_all_that_was_filled() -> None:
    world = resting()
    fill(world, 30)
    order = canceling(world)
    world.close()
    world.exchange.auto_fill = True
    world.exchange.price_e4["SPY"] = 4_510_000  # above the limit: the entry rests
    confirm(world, order)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 30
    assert len(world.orders(ENTRY)) == 1
    world.agree()


def test_an_operator_s_cancel_ends_the_chase_whatever_it_waits_for() -> None:
    world = resting()
    order = canceling(world)
    world.tell(CancelOrderCommand(world.caller(), order.id))
    confirm(world, order)
    assert len(world.orders(ENTRY)) == 1
    assert abandoned(world) == []
    waiting = resting(price_max_age_ns=50 * SECOND_NS)
    waiting.wait(60)
    assert newest(waiting).waits
    waiting.tell(CancelOrderCommand(waiting.caller(), newest(waiting).id))
    refresh(waiting)
    assert len(waiting.orders(ENTRY)) == 1
    assert waiting.engine.desk.book.chased == {}


def test_an_order_that_the_broker_ends_by_itself_is_not_chased() -> None:
    world = resting()
    fill(world, 30)
    world.exchange.end(working(world).broker_id, S.EXPIRED)
    world.deliver()
    world.wait(300)
    assert len(world.orders(ENTRY)) == 1
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [30]


def test_an_order_that_ends_otherwise_while_its_cancel_is_on_its_way_is_given_up() -> None:
    world = resting()
    order = canceling(world)
    world.exchange.end(order.broker_id, S.EXPIRED)
    world.deliver()
    assert abandoned(world) == ["Order abandoned: SPY BUY 100 @ limit. The broker has ended it: expired."]
    assert len(world.orders(ENTRY)) == 1


def test_an_order_that_the_broker_no_longer_knows_is_not_chased() -> None:
    world = resting()
    order = canceling(world)
    del world.exchange.orders[order.broker_id]  # nobody knows what it has filled
    world.wait(1)
    world.snapshot()
    assert newest(world).state is OrderState.CANCELED
    refresh(world)
    world.wait(120)
    assert len(world.orders(ENTRY)) == 1
    assert "ORDER_ENDED_BY_BROKER" in world.alerts()


def test_a_leg_that_ends_with_its_entry_is_no_news_whoever_tells_it_first() -> None:
    world = resting()
    fill(world, 30)
    refresh(world)
    world.exchange.lose = ["report", "report"]
    world.wait(60)
    refresh(world)  # entry and leg in one list
    assert [one.quantity for one in world.orders(ENTRY)] == [100, 70]
    assert "ORDER_ENDED_BY_BROKER" not in world.alerts()


# --- restarts ----------------------------------------------------------------------------------------------


def restart(world: World) -> None:
    """A new process over the same journal: nothing is connected, nothing is known of what was on its way."""
    world.exchange.outbox.clear()
    world.tell(Started(EPOCH, world.engine.run + 1, "test", world.settings))
    world.reference()
    world.connect()
    refresh(world)


def test_a_restart_while_it_rests_keeps_its_deadline() -> None:
    world = resting()
    world.wait(40)
    restart(world)
    world.wait(19)
    assert len(limits(world)) == 1
    world.wait(1)
    assert limits(world) == [4_500_000, 4_504_800]
    world.replay()


def test_a_restart_before_the_cancel_is_confirmed_goes_on_when_it_is() -> None:
    world = resting()
    fill(world, 30)
    canceling(world)
    restart(world)  # the cancel is asked for again
    assert [order.quantity for order in world.orders(ENTRY)] == [100, 70]
    assert newest(world).chase_count == 1
    world.replay()


def test_a_cancel_that_was_confirmed_while_nobody_listened_goes_on_after_the_restart() -> None:
    world = resting()
    refresh(world)
    world.delivery = False
    world.wait(60)
    assert newest(world).state is OrderState.CANCELING
    world.delivery = True
    restart(world)
    assert limits(world) == [4_500_000, 4_504_800]
    world.replay()


def test_a_restart_while_it_waits_for_a_price_goes_on_waiting() -> None:
    world = resting(price_max_age_ns=50 * SECOND_NS)
    world.wait(60)
    world.tell(Started(EPOCH, 2, "test", world.settings))
    assert abandoned(world) == []
    restart(world)
    assert limits(world) == [4_500_000, 4_504_800]


def test_a_restart_before_the_answer_to_a_chase_looks_it_up() -> None:
    world = resting()
    refresh(world)
    world.delivery = False
    world.wait(60)
    world._process(world.exchange.outbox.pop(0))
    world._process(world.exchange.outbox.pop(0))
    assert newest(world).state is OrderState.SUBMITTING
    world.delivery = True
    restart(world)
    assert newest(world).state is OrderState.PENDING
    assert len(world.exchange.submitted) == 2
    world.replay()


def test_after_a_restart_the_whole_chain_goes_on_to_its_end() -> None:
    world = resting()
    for _ in range(5):
        world.wait(30)
        restart(world)
        world.wait(30)
        refresh(world)
    assert len(world.orders(ENTRY)) == 4
    assert abandoned(world) == [TEXT]
    world.replay()


def test_cancels_that_are_sent_are_one_for_each_order_of_the_chain() -> None:
    world = resting()
    for _ in range(8):
        world.wait(30)
        refresh(world)
    cancels = of(CancelOrder, world.seen)
    assert [cancel.order_id for cancel in cancels] == [order.id for order in world.orders(ENTRY)]


@pytest.mark.parametrize("part", [0, 40])
def test_a_chain_in_a_symbol_that_is_not_followed_any_more_ends_and_its_shares_are_guarded(part: int) -> None:
    world = World(symbols=("SPY", "QQQ")).ready(price=450.25)
    world.exchange.auto_fill = False
    world.place(100, 441.0, limit=450.0)
    if part:
        fill(world, part)
    world.settings = replace(world.settings, symbols=("QQQ",))
    restart(world)
    changed = world.tell(ReplaceOrderCommand(world.caller(), newest(world).id, None, 4_495_000))
    assert "not followed any more" in of(Reply, changed)[-1].text
    for _ in range(16):
        world.wait(5)
        world.snapshot()
    (text,) = abandoned(world)
    assert "SPY is not followed any more" in text
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == ([part] if part else [])
    world.replay()


def test_an_entry_that_someone_changes_at_the_broker_goes_on_with_what_it_has_filled() -> None:
    world = resting()
    exchange, was = world.exchange, working(world)
    fill(world, 40)
    was = exchange.orders[was.broker_id]
    theirs = replace(
        was, broker_id="web1", client_order_id="web", quantity=60, filled_quantity=0, filled_value_e4=0,
        limit_price_e4=4_490_000, replaces=was.broker_id, legs=(),
    )  # fmt: skip
    exchange.orders["web1"] = theirs
    for leg_id in [leg for leg, parent in exchange.parents.items() if parent == was.broker_id]:
        exchange.orders[leg_id] = replace(exchange.orders[leg_id], status=S.CANCELED)
    exchange._set(replace(was, status=S.REPLACED, replaced_by="web1"), "replaced")
    exchange._set(theirs, "new")
    world.deliver()
    exchange.fill("web1", 10, 4_490_000)
    world.deliver()
    while working(world).broker_id == "web1":
        world.wait(5)
        refresh(world)
    assert working(world).quantity == 50
    fill(world, 50, 450.48)
    assert world.position().quantity == filled(world) == 100
    world.replay()
