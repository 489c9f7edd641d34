"""Shares of ours that someone closed at the broker are adopted; until that is sure none of them is sold again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import S, sold
from engine.world import WIDE, World, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import OrderRole
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.effects import AlertRaised, SubmitOrder, TradeUpdated
from fluxherod.engine.events import BrokerSnapshot, OrderReported

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP
CLOSED = "closed at the broker, not by us"


def holding(side: Side = Side.BUY, **options: object) -> World:
    world = World(**options).ready()
    world.place(100, 443.0 if side is Side.BUY else 457.0, side)
    return world


def by_hand(world: World, quantity: int, price: float = 449.0, side: Side = Side.SELL, told: bool = False) -> str:
    """Someone cancels what holds the shares at the broker and trades them; the stream may tell of the trade."""
    exchange = world.exchange
    for stop in exchange.stops("SPY"):
        exchange.end(stop.broker_id, S.CANCELED, tell=told)
    price_e4 = round(price * 10_000)
    order = BrokerOrder("h1", "by-hand", "SPY", side, OrderType.MARKET, S.ACCEPTED, quantity, 0, 0)
    order = replace(order, submitted_ns=world.now_ns, updated_ns=world.now_ns)
    exchange.orders["h1"] = order
    exchange.fill("h1", quantity, price_e4, tell=told)
    return "h1"


def polled(world: World, times: int = 4) -> None:
    for _ in range(times):
        world.wait(5)
        world.snapshot()


def closed_trades(world: World) -> list[TradeUpdated]:
    return [effect for effect in of(TradeUpdated, world.seen) if effect.trade.closed]


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("side", list(Side))
def test_a_position_that_someone_closes_at_the_broker_is_booked_at_his_price_and_told(side: Side, told: bool) -> None:
    world = holding(side)
    by_hand(world, 100, side=side.opposite, told=told)
    world.deliver()
    polled(world)
    assert world.position() is None
    (closed,) = closed_trades(world)
    assert closed.trade.exit_reason == CLOSED
    assert closed.trade.exit_value_e4 == 100 * 4_490_000
    assert "POSITION_ADOPTED" in world.alerts()
    assert "by-hand" in next(alert.text for alert in of(AlertRaised, world.seen) if alert.code == "POSITION_ADOPTED")
    assert not {"CASH_ADOPTED", "POSITION_DIFFERENCE"} & set(world.alerts())
    assert world.engine.reconciler.differences == {}
    assert not world.exchange.stops("SPY")
    world.agree()
    world.replay()


def test_no_stop_goes_out_for_shares_that_one_snapshot_says_are_gone() -> None:
    world = holding()
    submitted = len(world.exchange.submitted)
    by_hand(world, 100, told=True)
    world.deliver()
    world.wait(3)  # the pause after the cancel is over: now the stop would be placed again
    assert len(world.exchange.submitted) == submitted
    assert sold(world.exchange, "SPY") == 100


def test_a_stop_is_not_placed_again_before_a_snapshot_of_after_its_end_has_come() -> None:
    world = holding()
    (leg,) = world.exchange.stops("SPY")
    world.delivery = False
    by_hand(world, 100, told=True)
    cancelled = next(event for event in world.exchange.outbox if isinstance(event, OrderReported))
    assert cancelled.order.broker_id == leg.broker_id
    world.exchange.outbox = []
    world.tell(cancelled)
    before = len(of(SubmitOrder, world.seen))
    world.wait(5)  # no snapshot is answered
    assert len(of(SubmitOrder, world.seen)) == before
    world.wait(8)  # and it is waited for no longer
    assert len(of(SubmitOrder, world.seen)) == before + 1


def test_a_part_that_someone_sells_leaves_the_rest_guarded_by_a_stop_of_its_size() -> None:
    world = holding()
    by_hand(world, 40)
    polled(world)
    assert world.position().quantity == 60
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(60, 4_430_000)]
    assert not closed_trades(world)
    world.close()
    (closed,) = closed_trades(world)
    assert closed.trade.exit_quantity == 100
    assert sold(world.exchange, "SPY") == 100
    world.agree()
    world.replay()


def test_an_exit_while_shares_seem_to_be_gone_sells_only_what_is_there() -> None:
    world = holding()
    by_hand(world, 40)
    world.snapshot()  # the cancel of the stop is heard of
    world.wait(1)
    world.snapshot()  # the shares are missed, once
    world.wait(1.1)
    world.close()
    (exit_order,) = world.orders(EXIT)
    assert exit_order.quantity == 60
    polled(world)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100
    world.agree()


@pytest.mark.parametrize("side", list(Side))
def test_positions_and_cash_that_both_lag_behind_a_fresh_fill_close_nothing_and_the_stop_stays(side: Side) -> None:
    world = World().ready()
    before = dict(world.exchange.position), world.exchange.cash_e4
    world.place(100, 443.0 if side is Side.BUY else 457.0, side)
    after = dict(world.exchange.position), world.exchange.cash_e4
    world.exchange.position, world.exchange.cash_e4 = dict(before[0]), before[1]
    polled(world, 8)
    assert world.position().quantity == 100 * side.sign
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [100]
    world.exchange.position, world.exchange.cash_e4 = after
    polled(world)
    assert not {"POSITION_ADOPTED", "POSITION_DIFFERENCE", "CASH_ADOPTED"} & set(world.alerts())
    assert world.position().quantity == 100 * side.sign
    world.agree()
    world.replay()


def test_a_minute_after_the_last_fill_positions_and_cash_are_believed() -> None:
    world = holding()
    world.wait(50)
    world.exchange.position = {}
    world.exchange.cash_e4 += 100 * 4_500_000
    world.snapshot()
    world.wait(9)
    world.snapshot()
    assert world.position() is not None
    world.wait(2)
    assert world.position() is None
    assert world.alerts().count("POSITION_ADOPTED") == 1


def test_without_any_newer_word_an_exit_is_for_no_more_than_the_broker_last_said() -> None:
    world = holding()
    world.wait(60)
    by_hand(world, 40)
    world.snapshot()
    world.wait(1)
    world.snapshot()  # 60 are there, and no snapshot comes any more
    world.delivery = False
    world.close()
    world.wait(30)
    world.exchange.outbox = [event for event in world.exchange.outbox if not isinstance(event, BrokerSnapshot)]
    world.delivery = True
    world.deliver()
    assert [order.quantity for order in world.orders(EXIT)] == [60]
    assert sold(world.exchange, "SPY") == 100
    world.replay()


def test_an_exit_is_whole_after_ten_seconds_where_a_fresh_fill_is_all_that_the_broker_lacks() -> None:
    world = World().ready()
    before = dict(world.exchange.position), world.exchange.cash_e4
    world.place(100, 443.0)
    after = dict(world.exchange.position), world.exchange.cash_e4
    world.exchange.position, world.exchange.cash_e4 = before
    world.wait(1)
    world.snapshot()  # of before the fill, the last that comes
    world.exchange.position, world.exchange.cash_e4 = after
    world.delivery = False
    world.close()
    for _ in range(12):
        world.wait(1)
        world.exchange.outbox = [event for event in world.exchange.outbox if not isinstance(event, BrokerSnapshot)]
        world.deliver()
    assert [order.quantity for order in world.orders(EXIT)] == [100]


def test_shares_that_were_missing_before_an_exit_are_no_fill_that_the_broker_lacks_after_it() -> None:
    world = holding()
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    world.exchange.position = {"SPY": 60}
    world.exchange.cash_e4 += 40 * 4_500_000
    polled(world, 2)
    world.close()
    for _ in range(2):
        world.wait(5)
        world.snapshot()
        world.wait(12)  # longer than the broker's word holds an exit up where fills may be what it lacks
    assert [order.quantity for order in world.orders(EXIT)] == [60]
    assert not world.exchange.position.get("SPY")
    polled(world, 10)
    assert world.position() is None
    assert "POSITION_ADOPTED" in world.alerts()
    assert not world.exchange.position.get("SPY")
    world.replay()


def test_a_position_turned_around_at_the_broker_is_closed_in_our_books_and_the_rest_is_not_ours() -> None:
    world = holding()
    by_hand(world, 150)
    polled(world)
    assert world.position() is None
    assert world.engine.ledger.foreign == {"SPY": (-50, 4_500_000)}
    assert closed_trades(world)[0].trade.exit_quantity == 100
    assert {"POSITION_ADOPTED", "POSITION_DIFFERENCE"} <= set(world.alerts())
    assert not world.exchange.stops("SPY")


def test_without_the_execution_it_is_booked_at_the_last_price_and_the_rest_of_the_cash_is_adopted() -> None:
    world = holding()
    world.wait(60)
    by_hand(world, 100, 448.0)
    del world.exchange.orders["h1"]
    polled(world, 6)
    (closed,) = closed_trades(world)
    assert closed.trade.exit_value_e4 == 100 * 4_500_000
    text = next(alert.text for alert in of(AlertRaised, world.seen) if alert.code == "POSITION_ADOPTED")
    assert "provisional" in text
    assert "CASH_ADOPTED" in world.alerts()
    world.agree()
    world.replay()


def test_shares_that_vanish_without_an_order_or_cash_are_told_and_never_booked() -> None:
    # What they were worth is a loss, and as the broker's equity has it, too, the breaker would close the rest.
    world = holding(limits=replace(WIDE, warning_drawdown_bp=9_000, critical_drawdown_bp=9_900, daily_loss_bp=0))
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    world.exchange.position["SPY"] = 10
    polled(world)
    assert world.position().quantity == 100
    assert "POSITION_DIFFERENCE" in world.alerts()
    assert world.engine.ledger.equity_e4 == world.exchange.cash_e4 + 10 * 4_500_000
    assert [stop.quantity for stop in world.exchange.stops("SPY")] == [10]
    assert "SPY" in world.place(10, 443.0).text
    world.close()
    assert sold(world.exchange, "SPY") == 10
    (difference,) = world.engine.reconciler.differences.values()
    assert (difference.ours, difference.theirs, difference.sure) == ("100", "10", True)
    polled(world)
    assert sold(world.exchange, "SPY") == 10
    world.replay()


def test_one_snapshot_that_is_wrong_changes_nothing() -> None:
    world = holding()
    wrong = replace(world.exchange.snapshot(world.now_ns + 1), positions=())
    world.wait(1)
    world.tell(replace(wrong, asked_ns=world.now_ns))
    assert world.engine.reconciler.differences
    polled(world)
    assert world.position().quantity == 100
    assert len(world.exchange.stops("SPY")) == 1
    assert not {"POSITION_ADOPTED", "POSITION_DIFFERENCE"} & set(world.alerts())
    world.agree()


def test_a_position_that_was_closed_while_no_process_ran_is_adopted_at_the_start() -> None:
    world = holding()
    by_hand(world, 100)
    world.start(run=2)
    world.reference()
    world.connect()
    polled(world)
    assert world.position() is None
    assert closed_trades(world)[0].trade.exit_reason == CLOSED
    assert sold(world.exchange, "SPY") == 100
    world.agree()
    world.replay()


def test_a_difference_that_orders_under_way_do_not_explain_is_told_after_a_minute_and_their_exit_called_back() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.close()
    (exit_order,) = world.live(EXIT)
    world.exchange.position["SPY"] = 30
    world.exchange.cash_e4 += 70 * 4_500_000
    polled(world, 12)
    assert "POSITION_UNCLEAR" not in world.alerts()
    polled(world, 3)
    assert world.alerts().count("POSITION_UNCLEAR") == 1
    assert world.engine.desk.orders[exit_order.id].state.ended
    (capped,) = world.live(EXIT)
    assert capped.quantity == 30
    world.exchange.auto_fill = True
    world.quote(450.0)
    polled(world, 11)
    assert world.position().quantity == 70
    polled(world, 2)  # a minute after our own fill
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 30
    world.agree()


def test_fills_of_others_that_were_explained_before_price_nothing_again() -> None:
    world = holding()
    by_hand(world, 30, 449.0)
    polled(world)
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    again = BrokerOrder("h2", "again", "SPY", Side.SELL, OrderType.MARKET, S.ACCEPTED, 70, 0, 0)
    world.exchange.orders["h2"] = replace(again, submitted_ns=world.now_ns, updated_ns=world.now_ns - 1)
    world.exchange.fill("h2", 70, 4_470_000, tell=False)
    polled(world)
    (closed,) = closed_trades(world)
    assert closed.trade.exit_value_e4 == 30 * 4_490_000 + 70 * 4_470_000
    world.agree()


def test_a_trade_of_somebody_else_that_the_stream_tells_stops_the_next_step_until_the_broker_was_asked() -> None:
    world = holding()
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED)
    world.deliver()
    world.wait(1)
    world.snapshot()  # all shares are there, and the stop is to be placed again in a second
    submitted = len(world.exchange.submitted)
    world.delivery = False
    by_hand(world, 100, told=True)
    (told,) = world.exchange.outbox
    world.exchange.outbox = []
    world.tell(told)
    world.exchange.outbox = []  # the snapshot that is asked for is late
    world.wait(1.5)
    assert len(world.exchange.submitted) == submitted
    world.delivery = True
    polled(world)
    assert world.position() is None
    world.agree()


def test_an_execution_prices_one_difference_only() -> None:
    world = holding()
    world.wait(60)
    by_hand(world, 30, 448.0)
    polled(world)
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    world.exchange.position["SPY"] = 40
    world.exchange.cash_e4 += 30 * 4_500_000
    polled(world)
    assert world.position().quantity == 40
    texts = [alert.text for alert in of(AlertRaised, world.seen) if alert.code == "POSITION_ADOPTED"]
    assert ["$448.00" in text for text in texts] == [True, False]
    assert ["provisional" in text for text in texts] == [False, True]
    world.agree()


def test_a_lack_that_is_known_is_not_sold_because_a_snapshot_comes_while_orders_move() -> None:
    world = holding(limits=replace(WIDE, warning_drawdown_bp=9_000, critical_drawdown_bp=9_900, daily_loss_bp=0))
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    world.exchange.position["SPY"] = 10
    polled(world)
    world.close()
    world.snapshot()  # asked for in the moment in which the exit of 10 ended
    assert sold(world.exchange, "SPY") == 10
    assert world.exchange.position["SPY"] == 0
    world.replay()


def test_shares_of_ours_that_are_missing_are_no_foreign_position_to_guard() -> None:
    world = holding(foreign_positions="protect")
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)
    world.exchange.position["SPY"] = 10
    polled(world)
    assert not world.orders(OrderRole.FOREIGN_STOP)
    assert "POSITION_DIFFERENCE" in world.alerts()


def sell_by_hand(world: World, key: str, amount: int) -> None:
    """Someone cancels our stops and sells what no order holds then; each message arrives before the next is caused."""
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED)
    world.deliver()
    held = sum(order.quantity - order.filled_quantity for order in world.exchange.working("SPY"))
    wanted = min(amount, world.exchange.position.get("SPY", 0) - held)
    if wanted > 0:
        order = BrokerOrder(key, key, "SPY", Side.SELL, OrderType.MARKET, S.WORKING, wanted, 0, 0)
        world.exchange.orders[key] = replace(order, submitted_ns=world.now_ns, updated_ns=world.now_ns)
        world.exchange.fill(key, wanted, 4_480_000)
        world.deliver()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("sell"), st.integers(1, 120)),
            st.tuples(st.just("cancel"), st.just(0)),
            st.tuples(st.just("close"), st.just(0)),
            st.tuples(st.just("wait"), st.integers(1, 9)),
            st.tuples(st.just("price"), st.integers(-9, 3)),
            st.tuples(st.just("restart"), st.just(0)),
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(["report", "submit", "lookup", "request"]), max_size=3),
)
def test_whatever_hands_do_at_the_broker_the_daemon_sells_no_share_twice(
    steps: list[tuple[str, int]], lost: list[str]
) -> None:
    """The account never gets short by an order of ours, and books and broker agree at the end."""
    world = holding()
    world.exchange.lose = list(lost)
    run = 1
    for number, (step, amount) in enumerate(steps):
        if step == "sell":
            world.exchange.lose = [kind for kind in world.exchange.lose if kind != "report"]  # or nobody could know
            sell_by_hand(world, f"h{number}", amount)
        elif step == "cancel":
            for stop in world.exchange.stops("SPY"):
                world.exchange.end(stop.broker_id, S.CANCELED)
            world.deliver()
        elif step == "close" and world.position() is not None:
            world.close()
        elif step == "wait":
            world.wait(amount)
            world.snapshot()
        elif step == "price":
            world.quote(450.0 + amount)
        elif step == "restart":
            run += 1
            world.start(run)
            world.reference()
            world.connect()
        assert world.exchange.position.get("SPY", 0) >= 0
    world.exchange.lose = []
    polled(world, 30)
    assert world.exchange.position.get("SPY", 0) >= 0
    world.agree()
    position = world.position()
    if position is not None:
        assert [stop.quantity for stop in world.exchange.stops("SPY")] == [position.quantity]
    world.replay()
