"""Orders at the bare exchange: what executes, when and at which price."""

from __future__ import annotations

from fractions import Fraction

import pytest

from alpacasim.calendar import Calendar
from alpacasim.exchange import Exchange
from alpacasim.matching import ScriptedFill, quote_around
from alpacasim.orders import TERMINAL, TRANSITIONS, Order, Status
from alpacasim.wire import position_body


def test_a_market_buy_executes_at_the_ask_and_pays_exactly(desk):
    order = desk.order(qty="125")
    assert order.status is Status.FILLED
    assert desk.cash == 100_000 - 125 * 450.01
    assert desk.shares == 125
    assert [event for event, _ in desk.take_events()] == ["pending_new", "new", "fill"]


def test_a_market_sell_short_executes_at_the_bid_and_adds_to_the_cash(desk):
    desk.order(side="sell", qty="10")
    assert desk.cash == 100_000 + 10 * 449.99
    assert desk.shares == -10
    assert desk.exchange.equity_e4() == desk.exchange.account.cash_e4 - 10 * 4_500_000


def test_a_limit_order_that_arrives_marketable_executes_at_the_quote(desk):
    assert desk.order(type="limit", limit_price="451").filled_notional == 4_500_100 * 10 * 10**9


def test_a_resting_limit_order_executes_at_its_own_price_when_the_path_reaches_it(desk):
    order = desk.order(type="limit", limit_price="449.00")
    assert order.status is Status.NEW
    desk.trade(449.50, continuous=True)
    assert order.status is Status.NEW
    desk.trade(448.00, continuous=True)
    assert order.status is Status.FILLED
    assert order.filled_notional == 4_490_000 * 10 * 10**9


def test_a_resting_limit_order_met_by_a_gap_executes_at_the_better_quote(desk):
    order = desk.order(type="limit", limit_price="449.00")
    desk.trade(447.00)
    assert order.filled_notional == 4_470_100 * 10 * 10**9


def test_a_stop_on_the_path_executes_around_its_own_price(desk):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="448.00", time_in_force="gtc")
    desk.trade(449.00, continuous=True)
    assert stop.status is Status.NEW
    desk.trade(446.00, continuous=True)
    assert stop.filled_notional == 4_480_000 * 10 * 10**9


def test_a_stop_met_by_a_gap_executes_at_the_bid_after_the_gap(desk):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="448.00", time_in_force="gtc")
    desk.trade(440.00)
    assert stop.filled_notional == 4_400_000 * 10 * 10**9


def test_a_quote_hits_no_stop(desk):
    desk.order()
    stop = desk.order(side="sell", type="stop", stop_price="448.00", time_in_force="gtc")
    desk.exchange.quote("SPY", 4_400_000, 4_400_100, desk.now_ns)
    assert stop.status is Status.NEW


def test_a_buy_stop_does_not_run_further_than_its_collar(desk):
    stop = desk.order(type="stop", stop_price="460.00", time_in_force="gtc", qty="1")
    desk.trade(480.00)
    assert stop.status is Status.NEW
    assert stop.triggered
    desk.trade(470.00)
    assert stop.status is Status.FILLED


def test_a_stop_limit_waits_at_its_limit_after_the_stop(desk):
    desk.order()
    order = desk.order(side="sell", type="stop_limit", stop_price="448.00", limit_price="447.00")
    desk.trade(446.00)
    assert order.triggered
    assert order.status is Status.NEW
    desk.trade(447.50)
    assert order.status is Status.FILLED


@pytest.mark.parametrize("trail", [{"trail_price": "2.00"}, {"trail_percent": "0.4385964912"}])
def test_a_trailing_stop_follows_the_best_price_and_never_goes_back(desk, trail):
    desk.order()
    order = desk.order(side="sell", type="trailing_stop", time_in_force="gtc", **trail)
    desk.trade(456.00)
    desk.trade(455.00)
    assert order.high_water_e4 == 4_560_000
    assert order.stop_e4 == pytest.approx(4_540_000, abs=100)
    desk.trade(453.00)
    assert order.status is Status.FILLED


def test_an_ioc_order_that_finds_nothing_is_canceled_at_once(desk):
    assert desk.order(type="limit", limit_price="440", time_in_force="ioc").status is Status.CANCELED


def test_a_fok_order_is_canceled_rather_than_filled_in_part(desk):
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 5 * 10**9)], desk.now_ns)
    order = desk.order(time_in_force="fok")
    assert (order.status, order.filled_e9) == (Status.CANCELED, 0)


def test_a_market_order_outside_the_session_waits_for_the_first_price_of_the_next(desk):
    calendar = Calendar()
    desk.exchange.close_session(desk.now_ns)
    order = desk.order()
    assert order.status is Status.ACCEPTED
    session = calendar.session_at(calendar.next_open(desk.now_ns))
    desk.exchange.open_session(session, session.open_ns)
    assert order.status is Status.NEW
    desk.trade(455.00)
    assert order.status is Status.FILLED
    assert [event for event, _ in desk.take_events()] == ["accepted", "new", "fill"]


def test_day_orders_expire_at_the_close_and_gtc_orders_stay(desk):
    day = desk.order(type="limit", limit_price="440")
    gtc = desk.order(type="limit", limit_price="440", time_in_force="gtc")
    desk.exchange.close_session(desk.now_ns)
    assert (day.status, gtc.status) == (Status.EXPIRED, Status.NEW)
    assert desk.take_events()[-1] == ("expired", day.id)


def test_gtc_orders_end_after_ninety_days(desk):
    order = desk.order(type="limit", limit_price="440", time_in_force="gtc")
    desk.exchange.close_session(order.expires_ns)
    assert order.status is Status.EXPIRED


def test_an_on_close_order_executes_at_the_last_price(desk):
    order = desk.order(time_in_force="cls")
    desk.trade(455.00)
    assert order.status is Status.NEW
    desk.exchange.close_session(desk.now_ns)
    assert order.filled_notional == 4_550_000 * 10 * 10**9


def test_an_on_open_order_in_the_session_is_rejected(desk):
    order = desk.order(time_in_force="opg")
    assert order.status is Status.REJECTED
    assert desk.take_events()[-1] == ("rejected", order.id)


def test_scripted_fills_fix_the_price_and_the_parts(desk):
    desk.exchange.script("SPY", [ScriptedFill(4_512_800, 50 * 10**9), ScriptedFill(4_513_000)], desk.now_ns)
    order = desk.order(qty="125")
    fills = desk.exchange.account.fills
    assert [(fill.kind, fill.price_e4, fill.quantity_e9 // 10**9) for fill in fills] == [
        ("partial_fill", 4_512_800, 50),
        ("fill", 4_513_000, 75),
    ]
    assert order.status is Status.FILLED


def test_a_scripted_part_leaves_the_rest_to_the_next_price(desk):
    desk.exchange.script("SPY", [ScriptedFill(4_500_000, 4 * 10**9)], desk.now_ns)
    order = desk.order()
    assert (order.status, order.filled_e9) == (Status.PARTIALLY_FILLED, 4 * 10**9)
    desk.trade(451.00)
    assert order.status is Status.FILLED


def test_where_fills_are_held_only_scripted_fills_happen(desk):
    desk.exchange.markets["SPY"].fills_held = True
    order = desk.order()
    desk.trade(455.00)
    assert order.status is Status.NEW
    desk.exchange.script("SPY", [ScriptedFill(4_510_000, 3 * 10**9)], desk.now_ns)
    assert order.filled_e9 == 3 * 10**9
    desk.trade(455.00)
    assert order.filled_e9 == 3 * 10**9
    desk.exchange.script("SPY", [ScriptedFill(4_520_000)], desk.now_ns)
    assert order.status is Status.FILLED


def test_a_scripted_quote_is_not_moved_by_trades(desk):
    desk.exchange.markets["SPY"].quote_held = True
    desk.trade(460.00)
    market = desk.exchange.markets["SPY"]
    assert (market.bid_e4, market.ask_e4) == (4_499_900, 4_500_100)


def test_an_order_by_value_buys_a_fraction(desk):
    order = desk.order(qty=None, notional="4500.10")
    assert order.status is Status.FILLED
    assert order.filled_e9 == 10 * 10**9


def test_fractions_are_booked_to_the_ten_thousandth(desk):
    desk.order(qty="0.333333333")
    assert desk.exchange.account.cash_e4 == 1_000_000_000 - 1_500_033


def test_the_average_price_of_a_position_does_not_change_when_it_is_reduced(desk):
    desk.order(qty="30")
    desk.trade(460.00)
    desk.order(qty="10", side="sell")
    position = desk.exchange.account.positions["SPY"]
    assert position.cost_e4 == 20 * 4_500_100


def test_last_equity_is_the_equity_of_the_last_close(desk):
    desk.order(qty="100")
    desk.trade(451.00)
    desk.exchange.close_session(desk.now_ns)
    assert desk.exchange.account.last_equity_e4 == 100_000 * 10_000
    desk.exchange.begin_day()
    assert desk.exchange.account.last_equity_e4 == desk.exchange.equity_e4() == (100_000 + 99) * 10_000


def test_the_same_seed_and_requests_give_the_same_ids(desk):
    again = Exchange(("SPY",), 0, seed="test", listener=lambda update: None)
    first, second = desk.order(), desk.order()
    assert first.id == again.identifier("order")
    assert second.id == again.identifier("order") != first.id


@pytest.mark.parametrize(
    ("price", "spread", "quote"),
    [
        (4_500_000, 0.0, (4_500_000, 4_500_100)),
        (4_500_000, 2.0, (4_499_500, 4_500_500)),
        (4_500_050, 0.0, (4_500_000, 4_500_100)),
        (5_000, 2.0, (4_999, 5_001)),
    ],
)
def test_a_quote_is_at_least_one_tick_wide_and_on_ticks(price, spread, quote):
    assert quote_around(price, spread) == quote


def test_terminal_statuses_are_those_that_nothing_follows():
    assert {status.value for status in TERMINAL} == {"filled", "canceled", "expired", "replaced", "rejected"}
    assert set(TRANSITIONS) == set(Status)


def test_a_transition_outside_the_table_is_a_defect(desk):
    order = desk.order()
    assert isinstance(order, Order)
    with pytest.raises(AssertionError, match="not in the table"):
        order.move(Status.NEW, 0)


def intraday(desk):
    body = position_body(desk.exchange, desk.exchange.account.positions["SPY"])
    return body["unrealized_intraday_pl"], body["unrealized_intraday_plpc"], body["unrealized_pl"]


def test_the_days_profit_of_shares_bought_today_is_reckoned_from_what_they_cost(desk):
    desk.exchange.markets["SPY"].last_day_e4 = 4_000_000
    desk.order(qty="10")
    assert intraday(desk) == ("-0.1", "-0.000022222", "-0.1")


def test_the_days_profit_of_older_shares_is_reckoned_from_the_last_close_and_both_add_up(desk):
    desk.order(qty="10")
    desk.trade(460.00)
    session = desk.exchange.session
    desk.exchange.close_session(session.close_ns)
    desk.exchange.begin_day()
    desk.exchange.open_session(session, desk.now_ns)
    desk.trade(462.00)
    assert intraday(desk)[0] == "20"
    desk.order(qty="30")
    desk.trade(463.00)
    assert intraday(desk)[0] == "59.7"
    desk.order(qty="20", side="sell")
    assert intraday(desk)[0] == "29.85"


def test_a_split_leaves_the_days_profit_as_it_was(desk):
    desk.order(qty="10")
    desk.trade(452.00)
    before = intraday(desk)
    desk.exchange.split("SPY", Fraction(2), desk.now_ns)
    assert intraday(desk) == before
