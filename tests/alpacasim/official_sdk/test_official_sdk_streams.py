"""The official SDK's two streams: market data in msgpack, order events in binary frames."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from alpaca.data.models import Bar, Quote, Trade, TradeCancel, TradeCorrection, TradingStatus
from alpaca.trading.enums import OrderStatus, TradeEvent
from alpaca.trading.models import TradeUpdate

MINUTE_BAR = {"symbol": "SPY", "open": 451, "high": 452, "low": 450, "close": 451.5, "volume": 9}


# Market data


def test_minute_bars_arrive_as_the_sdks_bars_with_aware_times(early_desk, streams):
    listener = streams.market(early_desk, bars="SPY,QQQ")
    early_desk.step()
    bars = listener.take(2)
    assert [(type(bar), bar.symbol, bar.close, bar.volume) for bar in bars] == [
        (Bar, "QQQ", 400.0, 1000.0),
        (Bar, "SPY", 450.0, 1000.0),
    ]
    assert bars[0].timestamp == datetime(2024, 1, 4, 14, 30, tzinfo=UTC)


def test_daily_bars_grow_with_the_minutes(early_desk, streams):
    listener = streams.market(early_desk, daily_bars="SPY")
    early_desk.step(3)
    days = listener.take(3)
    assert [day.volume for day in days] == [1000.0, 2000.0, 3000.0]
    assert {day.timestamp for day in days} == {datetime(2024, 1, 4, 5, tzinfo=UTC)}


def test_a_revised_bar_comes_on_its_own_channel(desk, streams):
    listener = streams.market(desk, updated_bars="SPY")
    desk.admin("bar", channel="updatedBars", timestamp="2024-01-04T14:30:00Z", **MINUTE_BAR)
    (bar,) = listener.take(1)
    assert (bar.timestamp, bar.close) == (datetime(2024, 1, 4, 14, 30, tzinfo=UTC), 451.5)


def test_trades_and_quotes_arrive_as_they_happen(desk, streams):
    listener = streams.market(desk, trades="SPY", quotes="*")
    desk.admin("trade", symbol="SPY", price=451.25, size=7)
    desk.admin("quote", symbol="QQQ", bid=399.5, ask=0, bid_size=5)
    trade, moved, quote = listener.take(3)
    assert (type(trade), trade.price, trade.size, trade.exchange) == (Trade, 451.25, 7.0, "V")
    assert (type(moved), moved.symbol) == (Quote, "SPY")
    assert (quote.symbol, quote.bid_price, quote.bid_size, quote.ask_price) == ("QQQ", 399.5, 5.0, 0.0)


def test_corrections_and_cancels_come_with_the_trades(desk, streams):
    listener = streams.market(desk, trades="SPY")
    listener.stream.register_trade_corrections(listener.handle)
    listener.stream.register_trade_cancels(listener.handle)
    desk.admin("trade", symbol="SPY", price=451.0, size=7)
    desk.admin("correction", symbol="SPY", price=450.5, size=6)
    desk.admin("cancel-trade", symbol="SPY")
    trade, correction, cancel = listener.take(3)
    assert isinstance(correction, TradeCorrection)
    assert (correction.original_id, correction.original_price, correction.corrected_price) == (trade.id, 451.0, 450.5)
    assert isinstance(cancel, TradeCancel)
    assert (cancel.id, cancel.price, cancel.size) == (trade.id, 451.0, 7.0)


def test_a_halt_is_told_stops_prints_bars_and_executions_and_ends(desk, streams):
    listener = streams.market(desk, trading_statuses="*", bars="SPY")
    desk.admin("halt", symbol="SPY")
    (halt,) = listener.take(1)
    assert isinstance(halt, TradingStatus)
    assert (halt.symbol, halt.status_code, halt.reason_code) == ("SPY", "H", "LUDP")
    order = desk.submit()
    desk.step(2)
    assert desk.now(order).status is OrderStatus.NEW
    desk.admin("halt", symbol="SPY", halted=False)
    desk.step()
    resumed, bar = listener.take(2)
    assert (resumed.status_code, bar.timestamp) == ("T", datetime(2024, 1, 4, 14, 33, tzinfo=UTC))
    assert desk.now(order).status is OrderStatus.FILLED
    page = desk.data.get("/stocks/bars", {"symbols": "SPY", "timeframe": "1Min", "start": "2024-01-04"})
    assert [found["t"][14:16] for found in page["bars"]["SPY"]] == ["30", "33"]


def test_symbols_are_added_and_taken_away_while_the_stream_runs(desk, streams):
    listener = streams.market(desk, bars="SPY")
    (connection,) = desk.simulator.market_hub._connections
    listener.stream.subscribe_bars(listener.handle, "QQQ")
    listener.stream.subscribe_quotes(listener.handle, "QQQ")
    desk.stage.wait_until(lambda: connection.channels["quotes"] == {"QQQ"}, "the quotes are subscribed")
    assert connection.channels["bars"] == {"QQQ", "SPY"}
    listener.stream.unsubscribe_bars("SPY")
    desk.stage.wait_until(lambda: connection.channels["bars"] == {"QQQ"}, "SPY's bars are unsubscribed")
    desk.step()
    assert [message.symbol for message in listener.take(2)] == ["QQQ", "QQQ"]


@pytest.mark.parametrize(
    ("channel", "wire"),
    [
        ("trades", "trades"),
        ("quotes", "quotes"),
        ("updated_bars", "updatedBars"),
        ("daily_bars", "dailyBars"),
        ("trading_statuses", "statuses"),
    ],
)
def test_each_channel_is_subscribed_and_left(desk, streams, channel, wire):
    listener = streams.market(desk, bars="SPY")
    (connection,) = desk.simulator.market_hub._connections
    getattr(listener.stream, f"subscribe_{channel}")(listener.handle, "QQQ", "SPY")
    desk.stage.wait_until(lambda: connection.channels[wire] == {"QQQ", "SPY"}, "it is subscribed")
    getattr(listener.stream, f"unsubscribe_{channel}")("SPY")
    desk.stage.wait_until(lambda: connection.channels[wire] == {"QQQ"}, "it is left")


def test_a_subscription_of_thousands_comes_in_fragments_and_is_put_together(desk, streams):
    names = [f"SYM{number:05}" for number in range(8000)]
    streams.market(desk, bars=",".join([*names, "SPY"]))
    (connection,) = desk.simulator.market_hub._connections
    assert len(connection.channels["bars"]) == 8001


def test_the_test_feed_never_sleeps(desk, streams):
    listener = streams.market(desk, "test", trades="FAKEPACA", quotes="FAKEPACA", bars="FAKEPACA")
    desk.step()
    assert [type(message) for message in listener.take(3)] == [Trade, Quote, Bar]


def test_a_second_connection_is_refused_and_gets_in_when_the_first_is_gone(desk, streams, caplog):
    first = streams.market(desk, bars="SPY")
    second = streams.try_market(desk, bars="QQQ")
    desk.stage.wait_until(lambda: "connection limit exceeded" in caplog.text, "the second is told 406")
    first.stream.stop()
    desk.step()
    first.thread.join(10)
    hub = desk.simulator.market_hub
    desk.stage.wait_until(lambda: any("QQQ" in one.channels["bars"] for one in hub._connections), "the second is in")
    desk.step()
    assert second.take(1)[0].symbol == "QQQ"


@pytest.mark.parametrize(
    ("settings", "options", "text"),
    [
        ({}, {"secret": "guess", "bars": "SPY"}, "auth failed"),
        ({"plan": "basic"}, {"feed": "sip", "bars": "SPY"}, "insufficient subscription"),
        ({"plan": "basic"}, {"trades": ",".join(f"S{n}" for n in range(31))}, "symbol limit exceeded (405)"),
        ({"plan": "basic"}, {"quotes": "*"}, "symbol limit exceeded (405)"),
    ],
)
def test_what_the_stream_refuses_reaches_the_sdks_log(open_desk, streams, caplog, settings, options, text):
    desk = open_desk(**settings)
    streams.try_market(desk, **options)
    desk.stage.wait_until(lambda: text in caplog.text, f"the SDK logs {text!r}")


def test_without_a_subscription_to_its_feed_the_sdk_gives_up(open_desk, streams):
    listener = streams.try_market(open_desk(plan="basic"), feed="sip", bars="SPY")
    listener.thread.join(10)
    assert not listener.thread.is_alive()


def test_the_basic_plan_has_bars_of_any_number_of_symbols(open_desk, streams):
    desk = open_desk(plan="basic")
    listener = streams.market(desk, bars="*", trades=",".join(f"S{number}" for number in range(30)))
    desk.step()
    assert [bar.symbol for bar in listener.take(2)] == ["QQQ", "SPY"]


def test_a_slow_client_is_told_so_before_it_is_dropped(desk, streams, caplog):
    streams.market(desk, bars="SPY")
    (connection,) = desk.simulator.market_hub._connections
    connection.outbox._limit = 0
    desk.step()
    desk.stage.wait_until(lambda: "slow client (407)" in caplog.text, "the SDK is told 407")


# Order events


def seen(listener, count):
    return [(update.event, update.order.status) for update in listener.take(count)]


def test_an_order_is_told_from_its_acceptance_to_its_last_part(desk, streams):
    listener = streams.trades(desk)
    desk.admin("fills", symbol="SPY", fills=[{"price": 450.1, "qty": 4}, {"price": 450.2}])
    order = desk.submit()
    pending, new, part, fill = listener.take(4)
    assert all(isinstance(update, TradeUpdate) and isinstance(update.execution_id, UUID) for update in (pending, fill))
    events = [update.event for update in (pending, new, part, fill)]
    assert events == [TradeEvent.PENDING_NEW, TradeEvent.NEW, TradeEvent.PARTIAL_FILL, TradeEvent.FILL]
    assert (part.price, part.qty, part.position_qty, part.order.filled_qty) == (450.1, 4.0, 4.0, "4")
    assert (fill.price, fill.qty, fill.position_qty, fill.order.filled_avg_price) == (450.2, 6.0, 10.0, "450.16")
    assert (fill.order.id, fill.order.status) == (order.id, OrderStatus.FILLED)
    assert fill.timestamp == datetime(2024, 1, 4, 14, 31, tzinfo=UTC)
    assert len({update.execution_id for update in (pending, new, part, fill)}) == 4


def test_a_short_positions_quantity_is_negative(desk, streams):
    listener = streams.trades(desk)
    desk.submit(side="sell")
    assert listener.take(3)[-1].position_qty == -10.0


def test_replacing_and_canceling_are_told(desk, streams):
    old = desk.submit(type="limit", limit_price=440.0)
    listener = streams.trades(desk)
    new = desk.replace(old, limit_price=441.0)
    desk.trading.cancel_order_by_id(new.id)
    replaced, begun, canceled = listener.take(3)
    assert (replaced.event, replaced.order.id, replaced.order.replaced_by) == (TradeEvent.REPLACED, old.id, new.id)
    assert (begun.event, begun.order.replaces) == (TradeEvent.NEW, old.id)
    assert (canceled.event, canceled.order.id) == (TradeEvent.CANCELED, new.id)


def test_a_brackets_legs_are_told_one_by_one(desk, streams):
    listener = streams.trades(desk)
    exits = {"take_profit": {"limit_price": 460.0}, "stop_loss": {"stop_price": 440.0}}
    entry = desk.submit(order_class="bracket", **exits)
    assert seen(listener, 4)[2:] == [("fill", "filled"), ("new", "new")]
    desk.admin("trade", symbol="SPY", price=461.0)
    profit, loss = listener.take(2)
    assert (profit.event, profit.order.id) == (TradeEvent.FILL, entry.legs[0].id)
    assert (loss.event, loss.order.id) == (TradeEvent.CANCELED, entry.legs[1].id)


def test_a_parked_order_is_accepted_first_and_what_is_not_filled_expires(early_desk, streams):
    listener = streams.trades(early_desk)
    early_desk.submit(type="limit", limit_price=440.0)
    early_desk.step(390)
    assert seen(listener, 3) == [("accepted", "accepted"), ("new", "new"), ("expired", "expired")]


def test_an_order_that_comes_too_late_is_rejected_in_the_stream(early_desk, streams):
    listener = streams.trades(early_desk)
    early_desk.submit(time_in_force="opg")
    assert seen(listener, 2)[-1] == ("rejected", "rejected")


def test_a_wrong_secret_reaches_the_log_of_the_order_stream(desk, streams, caplog):
    streams.try_trades(desk, secret="guess")
    desk.stage.wait_until(lambda: "failed to authenticate" in caplog.text, "the SDK is refused")


def test_the_sdk_comes_back_after_its_socket_was_closed(desk, streams):
    listener = streams.trades(desk)
    hub = desk.simulator.trade_hub
    (first,) = hub._connections
    desk.stage.portal.call(hub.close_all)
    desk.stage.wait_until(
        lambda: any(one.listening for one in hub._connections if one is not first), "the SDK listens again"
    )
    desk.submit()
    assert seen(listener, 3)[-1] == ("fill", "filled")
