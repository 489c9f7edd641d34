"""The official SDK in the races between a fill and what was asked a moment before: cancels, replacements, halts."""

from __future__ import annotations

import pytest
from alpaca.trading.enums import OrderStatus

LIMIT = {"type": "limit", "limit_price": 440.0}


def fill(desk, **script):
    """An execution that comes whatever the market is."""
    desk.admin("fills", symbol="SPY", fills=[{"price": 440.0, **script}])


@pytest.fixture
def pending(desk):
    """A resting order in a market that has stopped to answer."""
    desk.admin("hold", symbol="SPY", hold=True)
    order = desk.submit(**LIMIT)
    desk.admin("pending", symbol="SPY", hold=True)
    return order


def told(error):
    return error.status_code, error.code, error.message


def test_an_order_may_stay_pending_new_for_a_while(desk):
    desk.admin("pending", symbol="SPY", hold=True)
    order = desk.submit()
    assert desk.now(order).status is OrderStatus.PENDING_NEW
    error = desk.refused(desk.replace, order, qty=20)
    assert told(error) == (422, 42210000, "cannot replace order in pending_new status")
    desk.admin("pending", symbol="SPY", hold=False)
    assert desk.now(order).status is OrderStatus.FILLED


def test_a_cancel_is_accepted_at_once_and_done_later(desk, pending):
    for _ in range(2):
        desk.trading.cancel_order_by_id(pending.id)
        assert desk.now(pending).status is OrderStatus.PENDING_CANCEL
    assert [order.id for order in desk.trading.get_orders()] == [pending.id]
    error = desk.refused(desk.replace, pending, qty=20)
    assert told(error) == (422, 42210000, "cannot replace order in pending_cancel status")
    desk.admin("pending", symbol="SPY", hold=False)
    assert desk.now(pending).status is OrderStatus.CANCELED


def test_a_fill_may_come_before_the_cancel(desk, streams, pending):
    listener = streams.trades(desk)
    desk.trading.cancel_order_by_id(pending.id)
    fill(desk)
    assert [update.event for update in listener.take(3)] == ["pending_cancel", "fill", "order_cancel_rejected"]
    error = desk.refused(desk.trading.cancel_order_by_id, pending.id)
    assert told(error) == (422, 42210000, 'order is already in "filled" state')
    desk.admin("pending", symbol="SPY", hold=False)
    assert (desk.now(pending).status, desk.trading.get_open_position("SPY").qty) == (OrderStatus.FILLED, "10")


def test_a_canceled_order_keeps_the_part_that_came_before_the_cancel(desk, pending):
    desk.trading.cancel_order_by_id(pending.id)
    fill(desk, qty=4)
    assert desk.now(pending).status is OrderStatus.PENDING_CANCEL
    desk.admin("pending", symbol="SPY", hold=False)
    ended = desk.now(pending)
    assert (ended.status, ended.filled_qty, ended.filled_avg_price) == (OrderStatus.CANCELED, "4", "440")


def test_a_replacement_waits_while_the_old_order_works_on(desk, streams, pending):
    listener = streams.trades(desk)
    new = desk.replace(pending, qty=20)
    assert (new.status, new.replaces, desk.now(pending).status) == ("pending_new", pending.id, "pending_replace")
    error = desk.refused(desk.replace, pending, qty=30)
    assert told(error) == (422, 42210000, "order already pending replacement")
    assert told(desk.refused(desk.trading.cancel_order_by_id, pending.id))[:2] == (422, 42210000)
    desk.admin("pending", symbol="SPY", hold=False)
    assert (desk.now(pending).status, desk.now(pending).replaced_by) == (OrderStatus.REPLACED, new.id)
    assert desk.now(new).status is OrderStatus.NEW
    assert [update.event for update in listener.take(3)] == ["pending_replace", "replaced", "new"]


def test_a_replacement_is_rejected_when_the_old_order_fills_first(desk, streams, pending):
    listener = streams.trades(desk)
    new = desk.replace(pending, limit_price=441.0)
    fill(desk)
    events = [(update.event, update.order.id) for update in listener.take(4)]
    assert events == [
        ("pending_replace", pending.id),
        ("fill", pending.id),
        ("rejected", new.id),
        ("order_replace_rejected", pending.id),
    ]
    assert (desk.now(pending).status, desk.now(new).status) == (OrderStatus.FILLED, OrderStatus.REJECTED)
    desk.admin("pending", symbol="SPY", hold=False)
    assert desk.trading.get_open_position("SPY").qty == "10"
    assert desk.trading.get_orders() == []


def test_a_part_that_fills_meanwhile_counts_in_the_new_orders_total(desk, pending):
    new = desk.replace(pending, qty=12)
    fill(desk, qty=4)
    desk.admin("pending", symbol="SPY", hold=False)
    assert (desk.now(pending).filled_qty, desk.now(new).qty) == ("4", "8")
    fill(desk)
    assert desk.trading.get_open_position("SPY").qty == "12"


def test_a_replacement_that_has_nothing_left_to_buy_is_rejected(desk, pending):
    new = desk.replace(pending, qty=4)
    fill(desk, qty=4)
    assert (desk.now(new).status, desk.now(pending).status) == (OrderStatus.REJECTED, OrderStatus.PARTIALLY_FILLED)
    fill(desk)
    assert desk.trading.get_open_position("SPY").qty == "10"


def test_buying_power_is_held_for_the_larger_of_both_orders(desk, pending):
    def held():
        return 200_000 - float(desk.trading.get_account().buying_power)

    assert held() == 10 * 440
    desk.replace(pending, qty=25)
    assert held() == 25 * 440
    desk.admin("pending", symbol="SPY", hold=False)
    assert held() == 25 * 440


def test_all_orders_are_canceled_but_those_that_wait_to_be_replaced(desk, pending):
    new = desk.replace(pending, qty=20)
    statuses = {answer.id: answer.status for answer in desk.trading.cancel_orders()}
    assert statuses == {pending.id: 500, new.id: 200}
    desk.admin("pending", symbol="SPY", hold=False)
    assert (desk.now(pending).status, desk.now(new).status) == (OrderStatus.REPLACED, OrderStatus.CANCELED)


def test_shares_are_held_once_for_an_exit_and_what_waits_to_replace_it(desk):
    desk.submit(qty=20)
    stop = desk.submit(side="sell", type="stop", stop_price=430.0)
    desk.admin("pending", symbol="SPY", hold=True)
    desk.replace(stop, stop_price=435.0)
    assert desk.trading.get_open_position("SPY").qty_available == "10"


def test_a_waiting_replacement_that_is_canceled_never_executes(desk, pending):
    desk.admin("hold", symbol="SPY", hold=False)
    new = desk.replace(pending, limit_price=460.0)
    desk.trading.cancel_order_by_id(new.id)
    desk.admin("trade", symbol="SPY", price=450.0)
    assert desk.now(new).status is OrderStatus.PENDING_CANCEL
    desk.admin("pending", symbol="SPY", hold=False)
    statuses = [desk.now(order).status for order in (pending, new)]
    assert statuses == [OrderStatus.REPLACED, OrderStatus.CANCELED]
    assert desk.trading.get_all_positions() == []


def test_nothing_executes_in_a_halt_whatever_is_printed_or_quoted(desk):
    order = desk.submit(type="limit", limit_price=449.0)
    desk.admin("halt", symbol="SPY")
    desk.admin("trade", symbol="SPY", price=445.0)
    desk.admin("quote", symbol="SPY", bid=444.0, ask=444.1)
    assert desk.now(order).status is OrderStatus.NEW
    assert desk.now(desk.submit(symbol="QQQ")).status is OrderStatus.FILLED
    desk.admin("halt", symbol="SPY", halted=False)
    assert desk.now(order).status is OrderStatus.NEW
    desk.admin("trade", symbol="SPY", price=445.0)
    assert desk.now(order).status is OrderStatus.FILLED


def test_what_is_pending_at_the_close_expires_with_its_replacement(desk, pending):
    new = desk.replace(pending, qty=20)
    desk.step(389)
    assert (desk.now(pending).status, desk.now(new).status) == (OrderStatus.EXPIRED, OrderStatus.REJECTED)


def test_a_brackets_leg_that_waits_to_be_moved_still_ends_its_sibling(desk):
    exits = {"take_profit": {"limit_price": 460.0}, "stop_loss": {"stop_price": 440.0}}
    entry = desk.submit(order_class="bracket", **exits)
    desk.admin("pending", symbol="SPY", hold=True)
    profit, loss = entry.legs
    moved = desk.replace(profit, limit_price=465.0)
    assert desk.now(moved).status is OrderStatus.PENDING_NEW
    loss = desk.replace(loss, stop_price=440.5)
    assert desk.now(loss).status is OrderStatus.HELD
    desk.admin("trade", symbol="SPY", price=439.0)
    statuses = [desk.now(order).status for order in (profit, moved, loss)]
    assert statuses == [OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.FILLED]
    assert desk.trading.get_all_positions() == []
