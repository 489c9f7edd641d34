"""Executions as a back-tester of bars has them."""

from __future__ import annotations

import pytest

from alpacasim.bar_fills import BarFills
from alpacasim.calendar import HOUR_NS, MINUTE_NS
from alpacasim.orders import Order, Status


@pytest.fixture
def bars(desk):
    """The desk with hours in the place of its quotes; the next print opens an hour."""
    desk.exchange.bar_fills = BarFills(HOUR_NS)
    desk.now_ns = desk.now_ns // HOUR_NS * HOUR_NS + HOUR_NS + 10 * MINUTE_NS
    desk.trade(450.00)
    return desk


def next_hour(bars) -> None:
    bars.now_ns = bars.now_ns // HOUR_NS * HOUR_NS + HOUR_NS


def price_e4(order: Order) -> int:
    assert order.status is Status.FILLED
    return order.filled_notional // order.quantity_e9


def test_a_market_order_waits_for_the_open_of_the_next_bar_and_pays_the_slippage(bars):
    buy = bars.order()
    bars.trade(451.00)
    assert buy.status is Status.NEW
    next_hour(bars)
    bars.trade(452.0001)
    assert price_e4(buy) == 4_520_454  # 452.0453001, rounded up
    sale = bars.order(side="sell")
    next_hour(bars)
    bars.trade(449.9999)
    assert price_e4(sale) == 4_499_549  # 449.95490001, rounded down


def test_an_order_given_between_two_bars_gets_the_open_of_the_second(bars):
    next_hour(bars)
    buy = bars.order()
    assert buy.status is Status.NEW
    bars.trade(455.00)
    assert price_e4(buy) == 4_550_455


def test_a_stop_within_a_bar_executes_at_its_own_price_however_far_apart_the_prints_are(bars):
    stop = bars.order(side="sell", type="stop", stop_price="448.00", time_in_force="gtc")
    bars.trade(448.0001)
    assert stop.status is Status.NEW
    bars.trade(440.00)
    assert price_e4(stop) == 4_479_552


def test_a_bar_that_opens_beyond_a_stop_executes_it_at_its_open(bars):
    stop = bars.order(side="sell", type="stop", stop_price="448.00", time_in_force="gtc")
    next_hour(bars)
    bars.trade(440.00)
    assert price_e4(stop) == 4_399_560


def test_a_stop_is_not_hit_by_the_price_at_which_it_is_placed(bars):
    stop = bars.order(side="sell", type="stop", stop_price="450.00", time_in_force="gtc")
    next_hour(bars)
    bars.trade(450.01)
    assert stop.status is Status.NEW
    bars.trade(450.00)
    assert price_e4(stop) == 4_499_550


def test_an_entry_s_stop_works_from_its_fill_on_in_the_same_bar(bars):
    entry = bars.order(order_class="oto", stop_loss={"stop_price": "445.00"}, time_in_force="gtc")
    next_hour(bars)
    bars.trade(451.00)
    assert price_e4(entry) == 4_510_451
    bars.trade(444.00)
    assert price_e4(entry.legs[0]) == 4_449_555
    assert bars.shares == 0


def test_a_limit_order_needs_a_price_beyond_its_own(bars):
    touched = bars.order(type="limit", limit_price="449.00")
    bars.trade(449.00)
    assert touched.status is Status.NEW
    bars.trade(448.00)
    assert price_e4(touched) == 4_490_000
    opened = bars.order(type="limit", limit_price="447.00")
    next_hour(bars)
    bars.trade(446.00)
    assert price_e4(opened) == 4_460_000


def test_a_quote_executes_nothing(bars):
    buy = bars.order(type="limit", limit_price="449.00")
    bars.exchange.quote("SPY", 4_400_000, 4_400_100, bars.now_ns)
    assert buy.status is Status.NEW
