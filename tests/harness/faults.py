"""Trading through faults in lock-step: what is done meanwhile, how soon all is well again, what must then hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from harness.audit import check_books, check_orders, our_orders, our_positions, pages
from harness.lockstep import Lockstep
from harness.processes import CALL_TIMEOUT_S, Daemon, Simulator

Fault = dict[str, Any]
Bars = list[tuple[datetime, tuple[float, ...]]]

SECOND_NS = 1_000_000_000
SHARES = 10
STREAMS = ("market", "trading")
PIECE, HEALTHY = 12, 3
# A poll needs 5 s of the exchange's time, and comes at most every half second.
MOST_POLLS, POLL_S = 12, 0.8
# So soon is the daemon ACTIVE again once a fault of messages or requests is over.
RECOVERS_S = 5.0
_numbers = count(1)


def named(faults: Fault | Sequence[Fault]) -> str:
    """A test's name for what it meets."""
    each = [faults] if isinstance(faults, dict) else faults
    return " and ".join(" ".join(str(value) for value in one.values()) for one in each)


# --- orders -------------------------------------------------------------------------------------------------------


def buy(daemon: Daemon, symbol: str, shares: int = SHARES, at: float | None = None) -> None:
    """Buy at the market, or up to a share of its price, with a stop 5 % below."""
    quote = market.GetQuoteRequest(symbol=symbol)
    price = daemon.market.GetQuote(quote, timeout=CALL_TIMEOUT_S).price.price
    request = order.PlaceOrderRequest(
        request_id=f"buy-{next(_numbers)}",
        symbol=symbol,
        side=common.SIDE_BUY,
        quantity=shares,
        type=order.ORDER_TYPE_MARKET if at is None else order.ORDER_TYPE_LIMIT,
        limit_price=None if at is None else f"{at * price:.2f}",
        stop_loss_price=f"{0.95 * price:.2f}",
    )
    daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)


def close(daemon: Daemon, symbol: str) -> None:
    """Close a position at the market."""
    request = position.ClosePositionRequest(request_id=f"close-{next(_numbers)}", symbol=symbol, reason="a test")
    daemon.positions.ClosePosition(request, timeout=CALL_TIMEOUT_S)


def until_both_hold(pair: Lockstep, symbol: str, *quantities: int) -> None:
    """Until a position is one of these, here and there: by the stream, or by polls, to which time must move on."""

    def held() -> bool:
        ours = our_positions(pair.daemon)
        return ours.get(symbol, 0) in quantities and ours == positions_there(pair.simulator)

    for _ in range(MOST_POLLS):
        try:
            pair.stopwatch().wait_for(held, "fluxherod holds what it should", POLL_S)
        except TimeoutError:
            pair.step()
        else:
            pair.settle()
            return
    raise AssertionError(f"{our_positions(pair.daemon)} here, {positions_there(pair.simulator)} there")


def positions_there(simulator: Simulator) -> dict[str, int]:
    """Signed shares by symbol at the exchange, by a request that meets no fault."""
    return {one["symbol"]: int(one["qty"]) for one in simulator.get("/sim/state")["positions"]}


# --- faults -------------------------------------------------------------------------------------------------------


def disturb(pair: Lockstep, *faults: Fault) -> None:
    """Put faults in force."""
    pair.simulator.post("/sim/faults", seed=7, fault=list(faults))


def recover(pair: Lockstep) -> None:
    """No fault any more; each was met. The daemon becomes ACTIVE again, soon."""
    assert all(one["met"] for one in pair.simulator.delete("/sim/faults")["faults"])
    watch = pair.stopwatch()
    pair.rejoin()
    assert watch.seconds < RECOVERS_S
    pair.step(HEALTHY)


def trade_through(pair: Lockstep, *faults: Fault) -> int:
    """A piece of a session with an entry and an exit, disturbed; when it began."""
    symbol = pair.installation.symbols[0]
    since_ns = pair.simulator.now_ns
    disturb(pair, *faults)
    buy(pair.daemon, symbol)
    until_both_hold(pair, symbol, *range(1, SHARES + 1))
    pair.step(PIECE // 2)
    until_both_hold(pair, symbol, SHARES)
    close(pair.daemon, symbol)
    until_both_hold(pair, symbol, 0)
    pair.step(PIECE // 2)
    recover(pair)
    return since_ns


def reconnects(daemon: Daemon) -> int:
    """How often the streams have been connected anew."""
    return sum(feed.reconnects for feed in daemon.status().feeds if feed.name in STREAMS)


def reconnect_through(pair: Lockstep, *faults: Fault, within_s: float) -> int:
    """As `trade_through`; a connection breaks in the second minute, bars are missed, and it is had again in time."""
    symbol = pair.installation.symbols[0]
    since_ns = pair.simulator.now_ns
    buy(pair.daemon, symbol)
    until_both_hold(pair, symbol, SHARES)
    before = reconnects(pair.daemon)
    disturb(pair, *({"from": 60.5} | fault for fault in faults))
    pair.step(4)
    pair.stopwatch().wait_for(lambda: reconnects(pair.daemon) > before, "fluxherod has connected anew", within_s)
    pair.rejoin()
    close(pair.daemon, symbol)
    until_both_hold(pair, symbol, 0)
    pair.step(4)
    recover(pair)
    return since_ns


# --- what must hold -----------------------------------------------------------------------------------------------


def of_the_daemon(daemon: Daemon, symbol: str, since_ns: int) -> Bars:
    """The bars that the strategy has seen."""
    since = Timestamp()
    since.FromNanoseconds(since_ns)
    found = pages(daemon.market.GetBars, market.GetBarsRequest(symbol=symbol, start_time=since), "bars")
    return sorted((bar.start_time.ToDatetime(), (bar.open, bar.high, bar.low, bar.close, bar.volume)) for bar in found)


def of_the_tape(simulator: Simulator, symbol: str, since_ns: int, timeframe: str) -> Bars:
    """The bars that the exchange tells of afterwards."""
    since = f"{datetime.fromtimestamp(since_ns // SECOND_NS, UTC):%Y-%m-%dT%H:%M:%S}.{since_ns % SECOND_NS:09d}Z"
    query = f"timeframe={timeframe}&start={since}&limit=10000&feed=iex&adjustment=split"
    return [
        (datetime.fromisoformat(one["t"]).replace(tzinfo=None), tuple(one[name] for name in "ohlcv"))
        for one in simulator.get(f"/v2/stocks/{symbol}/bars?{query}")["bars"]
    ]


def check_bars(pair: Lockstep, since_ns: int) -> None:
    """The daemon's bars are the exchange's; the last may still wait for what comes late."""
    for symbol in pair.installation.symbols:
        theirs = of_the_tape(pair.simulator, symbol, since_ns, pair.installation.timeframe)
        assert of_the_daemon(pair.daemon, symbol, since_ns) in (theirs, theirs[:-1])


def check_same_orders(daemon: Daemon, simulator: Simulator) -> None:
    """The daemon's orders are the exchange's, each once."""
    check_orders(simulator)
    ours = [one.broker_order_id for one in our_orders(daemon) if one.broker_order_id]
    assert sorted(ours) == sorted(one["id"] for one in simulator.all_orders())


def check_trades(pair: Lockstep) -> None:
    """The daemon's orders are the exchange's, each once, and so are its executions, its positions and its cash."""
    check_same_orders(pair.daemon, pair.simulator)
    check_books(pair.daemon, pair.simulator)
    assert our_positions(pair.daemon) == {}
