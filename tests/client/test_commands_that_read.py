# ruff: noqa: E501  (golden output is as wide as it is)
"""What each reading command prints, for people and for scripts."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import account_pb2, common_pb2, order_pb2, position_pb2, signal_pb2, stream_pb2, system_pb2, trade_pb2


def at(text: str) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return stamp


SPY = position_pb2.Position(
    symbol="SPY", side=common_pb2.POSITION_SIDE_LONG, quantity=125, average_price="451.28", last_price="452.00",
    market_value="56500.00", cost_basis="56410.00", unrealized_pnl="90.00", unrealized_pnl_pct=0.1595,
    stop_price="444.00", risk_at_stop="910.00", mode=common_pb2.STRATEGY_MODE_TREND,
    opened_at=at("2024-01-22T14:31:00"), protection=position_pb2.PROTECTION_STATE_BROKER_STOP,
)  # fmt: skip
AAPL = position_pb2.Position(
    symbol="AAPL", side=common_pb2.POSITION_SIDE_SHORT, quantity=1340, average_price="185.4825", last_price="186",
    market_value="-249240.00", unrealized_pnl="-693.45", unrealized_pnl_pct=-0.279, risk_at_stop="0.00",
    mode=common_pb2.STRATEGY_MODE_MEAN_REVERSION, opened_at=at("2024-01-22T15:01:00"),
    protection=position_pb2.PROTECTION_STATE_UNPROTECTED, exit_reason="stop",
)  # fmt: skip
ORDER = order_pb2.Order(
    id="fh-1", symbol="SPY", side=common_pb2.SIDE_BUY, type=order_pb2.ORDER_TYPE_LIMIT,
    state=order_pb2.ORDER_STATE_PARTIALLY_FILLED, role=order_pb2.ORDER_ROLE_ENTRY, quantity=125, filled_quantity=25,
    limit_price="451.25", average_fill_price="451.2", updated_at=at("2024-01-22T14:31:02"), reason="KAMA crossover",
)  # fmt: skip
TRADE = trade_pb2.Trade(
    symbol="SPY", side=common_pb2.POSITION_SIDE_LONG, state=trade_pb2.TRADE_STATE_CLOSED,
    mode=common_pb2.STRATEGY_MODE_TREND, opened_at=at("2024-01-22T14:31:00"), entry_quantity=125, entry_price="451.28",
    exit_price="443.45", realized_pnl="-978.75", realized_pnl_pct=-1.735, net_pnl="-980.00", exit_reason="stop",
    holding_time=Duration(seconds=7500),
)  # fmt: skip
SIGNAL = signal_pb2.Signal(
    id="s1", symbol="SPY", kind=signal_pb2.SIGNAL_KIND_LONG, mode=common_pb2.STRATEGY_MODE_TREND,
    regime=common_pb2.REGIME_STRONG_TREND, decided_at=at("2024-01-22T14:31:00"), price=451.25, stop_price="443.25",
    risk_amount="1000", outcome="ordered", outcome_text="125 shares ordered",
)  # fmt: skip


async def test_positions_are_a_table_with_units_and_signed_profit(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["PositionService/ListPositions"] = position_pb2.ListPositionsResponse(positions=[AAPL, SPY])
    result = await fluxhero("positions")
    assert result.code == 0
    assert result.out == (
        "symbol  side    shares   entry $    last $      value $      P&L $   P&L %    stop $    risk $  guarded by   mode            opened ET            note\n"
        "AAPL    short    1,340  185.4825    186.00  -249,240.00    -693.45   -0.28         -      0.00  unprotected  mean reversion  2024-01-22 10:01:00  closing: stop\n"
        "SPY     long       125    451.28    452.00    56,500.00     +90.00   +0.16    444.00    910.00  broker stop  trend           2024-01-22 09:31:00\n"
    )


async def test_colour_never_stands_alone(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["PositionService/ListPositions"] = position_pb2.ListPositionsResponse(positions=[AAPL, SPY])
    result = await fluxhero("positions", colour=True)
    assert "\x1b[31m-693.45\x1b[0m" in result.out
    assert "\x1b[32m+90.00\x1b[0m" in result.out


_KEPT = {
    "positions": ("SPY", "+90.00", "444.00", "broker stop"),
    "orders": ("SPY", "buy", "25/125", "partially filled", "fh-1"),
    "signals": ("SPY", "long", "451.25", "ordered"),
    "trades": ("SPY", "451.28", "443.45", "-978.75", "-980.00"),
}


@pytest.mark.parametrize("width", [80, 90, 100, 110, 120, 130, 140, 200])
async def test_on_a_terminal_no_line_is_broken_and_what_matters_stays(daemon: Any, fluxhero: Any, width: int) -> None:
    daemon.answers |= {
        "PositionService/ListPositions": position_pb2.ListPositionsResponse(positions=[SPY]),
        "OrderService/ListOrders": order_pb2.ListOrdersResponse(orders=[ORDER]),
        "SignalService/ListSignals": signal_pb2.ListSignalsResponse(signals=[SIGNAL]),
        "TradeService/ListTrades": trade_pb2.ListTradesResponse(trades=[TRADE]),
    }
    for command, kept in _KEPT.items():
        lines = (await fluxhero(command, width=width)).out.splitlines()
        assert all(text in lines[1] for text in kept)
        assert max(map(len, lines)) <= width


async def test_the_daemons_words_cannot_steer_the_terminal(daemon: Any, fluxhero: Any) -> None:
    order = order_pb2.Order(id="x", reason="broker says\n\x1b[2J no")
    daemon.answers["OrderService/ListOrders"] = order_pb2.ListOrdersResponse(orders=[order])
    result = await fluxhero("orders")
    assert len(result.out.splitlines()) == 2
    assert "\x1b" not in result.out


async def test_a_chased_order_says_how_often_it_has_followed_the_market(daemon: Any, fluxhero: Any) -> None:
    order = order_pb2.Order(id="fh-2", symbol="SPY", chase_count=2, parent_id="fh-1", reason="chase 2/3: manual")
    daemon.answers["OrderService/ListOrders"] = order_pb2.ListOrdersResponse(orders=[order])
    assert "chase 2/3: manual" in (await fluxhero("orders")).out
    assert json.loads((await fluxhero("orders -o json")).out)[0]["chase_count"] == 2


async def test_an_order_says_who_asked_for_it(daemon: Any, fluxhero: Any) -> None:
    orders = [order_pb2.Order(id="a", manual=True, requested_by="token:desk"), order_pb2.Order(id="b", manual=True)]
    orders.append(order_pb2.Order(id="c"))
    daemon.answers["OrderService/ListOrders"] = order_pb2.ListOrdersResponse(orders=orders)
    rows = [line.split() for line in (await fluxhero("orders")).out.splitlines()]
    assert [row[row.index(name) - 1] for row, name in zip(rows[1:], "abc", strict=True)] == [
        "token:desk",
        "operator",
        "strategy",
    ]


async def test_lists_are_one_json_array_with_the_field_names_of_the_protos(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["PositionService/ListPositions"] = position_pb2.ListPositionsResponse(positions=[SPY])
    [position] = json.loads((await fluxhero("positions -o json")).out)
    assert position["average_price"] == "451.28"
    assert position["quantity"] == "125"  # protobuf's JSON writes int64 as text
    assert position["foreign"] is False
    assert position["opened_at"] == "2024-01-22T14:31:00Z"


async def test_an_empty_list_is_said_to_people_and_is_an_empty_array_to_scripts(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["TradeService/ListTrades"] = trade_pb2.ListTradesResponse()
    assert (await fluxhero("trades")).out == "no trades yet\n"
    assert (await fluxhero("-o json trades")).out == "[]\n"


async def test_orders_pass_their_filters_on(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/ListOrders"] = order_pb2.ListOrdersResponse(orders=[ORDER])
    result = await fluxhero("orders --symbol spy --symbol IBM --open --limit 7")
    assert result.out == (
        "updated ET           symbol  side  role   type     price $  filled      at $  state             by        id            why\n"
        "2024-01-22 09:31:02  SPY     buy   entry  limit     451.25  25/125    451.20  partially filled  strategy  fh-1          KAMA crossover\n"
    )
    [request] = daemon.requests("OrderService/ListOrders")
    assert list(request.symbols) == ["SPY", "IBM"]
    assert request.open
    assert request.page_size == 7


async def test_orders_without_a_filter_ask_for_ended_ones_too(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["OrderService/ListOrders"] = order_pb2.ListOrdersResponse()
    await fluxhero("orders")
    assert not daemon.requests("OrderService/ListOrders")[0].HasField("open")


async def test_signals_and_trades_read_as_lines(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SignalService/ListSignals"] = signal_pb2.ListSignalsResponse(signals=[SIGNAL])
    daemon.answers["TradeService/ListTrades"] = trade_pb2.ListTradesResponse(trades=[TRADE])
    assert (await fluxhero("signals")).out.splitlines()[1] == (
        "2024-01-22 09:31:00  SPY     long        trend           strong trend      451.25    443.25  1,000.00  ordered      125 shares ordered"
    )
    assert (await fluxhero("trades")).out == (
        "opened ET                 held  symbol  side  mode   shares  entry $  exit $    P&L $  P&L %    net $  state   exit\n"
        "2024-01-22 09:31:00  2 h 5 min  SPY     long  trend     125   451.28  443.45  -978.75  -1.74  -980.00  closed  stop\n"
    )


async def test_the_account_lines_its_amounts_up(daemon: Any, fluxhero: Any) -> None:
    account = account_pb2.Account(
        account_id="PA1", equity="99021.25", cash="99021.25", buying_power="198042.5", last_equity="100000", day_pnl="-978.75",
        day_pnl_pct=-0.97875, exposure="0", unrealized_pnl="0.00", realized_pnl_today="-978.75", broker_cash="99021.25",
        broker_equity="99021.25", as_of=at("2024-01-22T21:00:00"), broker_as_of=at("2024-01-22T20:59:58"),
    )  # fmt: skip
    daemon.answers["AccountService/GetAccount"] = account_pb2.GetAccountResponse(account=account)
    assert (await fluxhero("account")).out == (
        "Account PA1, 2024-01-22 16:00:00 ET\n"
        "equity $                 99,021.25\n"
        "cash $                   99,021.25\n"
        "buying power $          198,042.50\n"
        "exposure $                    0.00\n"
        "exposure %                    0.00\n"
        "day P&L $                  -978.75\n"
        "day P&L %                    -0.98\n"
        "unrealized P&L $              0.00\n"
        "realized today $           -978.75\n"
        "equity at last close $  100,000.00\n"
        "\n"
        "the broker says: equity $99,021.25, cash $99,021.25 at 2024-01-22 15:59:58 ET\n"
    )
    assert json.loads((await fluxhero("account -o json")).out)["buying_power"] == "198042.5"


async def test_the_status_says_what_is_missing(daemon: Any, fluxhero: Any) -> None:
    status = system_pb2.Status(
        mode=system_pb2.TRADING_MODE_DEMO, state=system_pb2.TRADING_STATE_DEGRADED, state_detail="no market data",
        version="0.1.0", timeframe="1Hour", symbols=["IBM", "SPY"], run=3, uptime=Duration(seconds=4000),
        session=system_pb2.Session(
            phase=system_pb2.SESSION_PHASE_REGULAR, date="2008-03-17", close_time=at("2008-03-17T20:00:00")
        ),
        clock=system_pb2.TradingClock(time=at("2008-03-17T14:30:05"), rate=600),
        progress=system_pb2.Progress(journal_seq=12345, last_bar_time=at("2008-03-17T14:00:00")),
        counts=system_pb2.Counts(open_positions=1, open_orders=2, signals_today=3, open_alerts=1),
        feeds=[
            system_pb2.Feed(name="market", detail="connection reset", reconnects=2),
            system_pb2.Feed(
                name="trading", up=True, last_message_at=at("2008-03-17T14:30:00"), age=Duration(seconds=1), trade_updates=4
            ),
        ],
        parts=[system_pb2.Part(name="strategy", ready=True), system_pb2.Part(name="market_data", detail="no connection")],
    )  # fmt: skip
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse(status=status)
    assert (await fluxhero("status")).out == (
        "FluxHero 0.1.0, demo trading, DEGRADED: no market data\n"
        "session       open, 2008-03-17, until 16:00:00 ET\n"
        "clock         2008-03-17 10:30:05 ET, 600 times as fast as the wall's\n"
        "strategy      IBM SPY on 1Hour bars, last decided at 2008-03-17 10:00:00\n"
        "book          1 position, 2 open orders; today 3 signals, 0 trades\n"
        "market feed   DOWN: connection reset\n"
        "trading feed  up, last message 1.0 s ago, 4 order updates\n"
        "market_data   not ready: no connection\n"
        "alerts        1 not acknowledged\n"
        f"daemon        up 1 h 6 min, run 3, journal at 12,345, at {daemon.target}\n"
    )
    assert json.loads((await fluxhero("status -o json")).out)["counts"]["open_orders"] == "2"


async def test_csv_has_a_column_for_every_figure_and_a_line_for_each_entry(daemon: Any, fluxhero: Any) -> None:
    trades = [
        trade_pb2.Trade(
            id="t1", symbol="SPY", net_pnl="-12.50", exit_reason='said "no", left', opened_at={"seconds": 1}
        ),
        trade_pb2.Trade(id="t2", symbol="IBM", exit_price="160.00"),
    ]
    daemon.answers["TradeService/ListTrades"] = trade_pb2.ListTradesResponse(trades=trades)
    first, second = csv.DictReader(io.StringIO((await fluxhero("trades -o csv")).out))
    assert list(first) == [field.name for field in trade_pb2.Trade.DESCRIPTOR.fields]
    assert (first["id"], first["net_pnl"], first["exit_reason"]) == ("t1", "-12.50", 'said "no", left')
    assert (first["opened_at"], first["exit_price"], second["exit_price"]) == ("1970-01-01T00:00:01Z", "", "160.00")
    daemon.answers["TradeService/ListTrades"] = trade_pb2.ListTradesResponse()
    assert (await fluxhero("trades -o csv")).out.count("\n") == 1


async def test_csv_of_messages_in_messages_has_dotted_names_and_lists_as_json(daemon: Any, fluxhero: Any) -> None:
    status = system_pb2.Status(symbols=["SPY", "IBM"], session=system_pb2.Session(date="2024-01-22"))
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse(status=status)
    (row,) = csv.DictReader(io.StringIO((await fluxhero("status -o csv")).out))
    assert (row["session.date"], row["symbols"], row["feeds"]) == ("2024-01-22", '["SPY", "IBM"]', "[]")


async def test_an_order_is_shown_with_its_fills_and_its_life(daemon: Any, fluxhero: Any) -> None:
    order = order_pb2.Order(
        id="o1", symbol="SPY", quantity=44, limit_price="450.1000", state=order_pb2.ORDER_STATE_FILLED
    )
    fill = order_pb2.Fill(order_id="o1", quantity=44, price="450.05", value="19802.20")
    step = order_pb2.OrderHistoryEntry(event="part_filled", state=order_pb2.ORDER_STATE_PARTIALLY_FILLED, seq=1234)
    daemon.answers["OrderService/GetOrder"] = order_pb2.GetOrderResponse(order=order, fills=[fill], history=[step])
    out = (await fluxhero("order o1")).out
    for words in (
        "limit price  450.10",
        "state        filled",
        "450.05  19,802.20  provisional",
        "part filled  partially filled",
    ):
        assert words in out
    assert daemon.requests("OrderService/GetOrder")[0].order_id == "o1"


async def test_an_export_is_written_whole_or_not_at_all(
    daemon: Any, fluxhero: Any, refusal: Any, tmp_path: Path
) -> None:
    async def serve(request: Any, _context: Any) -> Any:
        yield trade_pb2.ExportTradesResponse(data=b"one,", file_name="../trades.csv", content_type="text/csv")
        if request.symbols:
            yield refusal(grpc.StatusCode.UNAVAILABLE, "the daemon is stopping", "SHUTTING_DOWN")
        yield trade_pb2.ExportTradesResponse(data=b"two")

    daemon.streams["TradeService/ExportTrades"] = serve
    path = tmp_path / "t.parquet"
    assert (await fluxhero(f"export {path}")).out == f"{path}: 7 bytes\n"
    assert path.read_bytes() == b"one,two"
    assert daemon.requests("TradeService/ExportTrades")[0].format == trade_pb2.EXPORT_FORMAT_PARQUET
    broken = tmp_path / "broken.csv"
    assert (await fluxhero(f"export {broken} --symbol SPY")).code == 3
    assert not broken.exists()
    assert (await fluxhero(f"export {tmp_path}/no/t.csv")).code == 1
    assert files_of(tmp_path) == ["t.parquet"]


def files_of(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.suffix != ".sock")


async def test_several_topics_come_on_one_stream_each_line_under_its_name(
    daemon: Any, fluxhero: Any, refusal: Any
) -> None:
    async def serve(_request: Any, _context: Any) -> Any:
        orders, accounts = [order_pb2.Order(id="o1", symbol="SPY")], [account_pb2.Account(equity="100000.00")]
        yield stream_pb2.WatchResponse(kind=common_pb2.STREAM_KIND_SNAPSHOT, seq=1, orders=orders, accounts=accounts)
        yield refusal(grpc.StatusCode.INVALID_ARGUMENT, "enough", "INVALID_FIELD")

    daemon.streams["StreamService/Watch"] = serve
    out = (await fluxhero("watch orders account --every 2")).out.splitlines()
    assert [line.split()[0] for line in out] == ["orders", "orders", "account", "account"]
    assert "100,000.00" in out[3]
    (request,) = daemon.requests("StreamService/Watch")
    assert list(request.topics) == [common_pb2.TOPIC_ORDERS, common_pb2.TOPIC_ACCOUNT]
    assert request.min_interval.seconds == 2
