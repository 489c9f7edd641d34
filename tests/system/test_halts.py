"""A symbol is halted under real processes: nobody enters it, and who is told to leave waits, over a crash too."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest
from harness.audit import alerts, check_books, check_journal, check_no_difference, our_positions, pages
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.tape import PLAYED

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position

SYMBOLS = ("SPY", "QQQ")


def buy(pair: Lockstep, symbol: str, request_id: str) -> None:
    quote = market.GetQuoteRequest(symbol=symbol)
    price = pair.daemon.market.GetQuote(quote, timeout=CALL_TIMEOUT_S).price.price
    request = order.PlaceOrderRequest(
        request_id=request_id,
        symbol=symbol,
        side=common.SIDE_BUY,
        quantity=10,
        type=order.ORDER_TYPE_MARKET,
        stop_loss_price=f"{0.95 * price:.2f}",
    )
    pair.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)


def states(pair: Lockstep) -> dict[str, int]:
    listed = pages(pair.daemon.market.ListSymbols, market.ListSymbolsRequest(), "symbols")
    return {symbol.symbol: symbol.state for symbol in listed}


def halt(pair: Lockstep, symbol: str, halted: bool) -> None:
    pair.simulator.post("/sim/halt", symbol=symbol, halted=halted)
    wanted = market.SYMBOL_STATE_HALTED if halted else market.SYMBOL_STATE_ACTIVE
    pair.daemon.wait_for(lambda: states(pair)[symbol] == wanted, "the daemon knows of it")


def working(pair: Lockstep) -> list[tuple[str, str]]:
    listed = pair.simulator.get("/v2/orders?status=open&symbols=SPY")
    return [(one["type"], one["side"]) for one in listed]


def test_an_operators_exit_waits_at_the_broker_for_a_halts_end_and_nobody_enters_meanwhile(
    tmp_path: Path,
) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, "1Hour") as pair:
        pair.step(2)
        buy(pair, "SPY", "buy")
        pair.step()
        assert our_positions(pair.daemon) == {"SPY": 10}
        halt(pair, "SPY", True)
        assert states(pair)["QQQ"] == market.SYMBOL_STATE_ACTIVE
        halt(pair, "QQQ", True)
        close = position.ClosePositionRequest(request_id="close", symbol="SPY", reason="a test")
        pair.daemon.positions.ClosePosition(close, timeout=CALL_TIMEOUT_S)
        pair.step(3)
        assert working(pair) == [("market", "sell")]
        pair.daemon.kill()
        pair.start()
        assert set(states(pair).values()) == {market.SYMBOL_STATE_HALTED}
        with pytest.raises(grpc.RpcError, match="QQQ does not trade at the exchange"):
            buy(pair, "QQQ", "early")
        halt(pair, "QQQ", False)
        pair.step()  # its first price
        buy(pair, "QQQ", "late")
        pair.step()
        assert working(pair) == [("market", "sell")]
        halt(pair, "SPY", False)
        pair.step(2)
        assert our_positions(pair.daemon) == {"QQQ": 10}
        check_books(pair.daemon, pair.simulator)
        pair.daemon.stop()
        told = [code for code, _ in alerts(pair.installation)]
        assert [told.count(code) for code in ("SYMBOL_HALTED", "EXIT_WAITS_FOR_HALT", "SYMBOL_RESUMED")] == [2, 0, 2]
        check_no_difference(pair.installation)
        check_journal(pair.installation)
