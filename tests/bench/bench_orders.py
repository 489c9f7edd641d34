"""From a bar's bytes to its order at the HTTP transport, in one process: `bench_orders.py [MINUTES]`.

Each measured frame completes a bar that fires an entry which passes every rule and risk, while four positions are held:
it is decoded, decided, journaled (in memory, or on disk), and the clock stops when Alpaca's adapter hands the request
of the approved order, ready to be sent, to httpx's transport. The broker then refuses it, so that the next one is a
decision of its own. Everything is compiled and loaded. What differs is what the processor's caches hold:

- back to back: the bar's frame comes right after another one, as those of one minute do. With these the targets are
  compared.
- after others: the first such frame of a minute, after the bars of all other symbols and a snapshot of the account were
  processed, which leaves little of the way to an order in the caches. It has no target.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from bench_engine import CLOSE_NS, OPEN_NS

from fluxherod.adapters.alpaca.broker import AlpacaBroker
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.wire import format_time
from fluxherod.adapters.sqlite import SqliteStore
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Session
from fluxherod.core.kernel import warm_up
from fluxherod.core.risk.approval import ApprovedOrder
from fluxherod.core.types import (
    AssetInfo,
    Bar,
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    BrokerStatus,
    OrderType,
    Quote,
    Side,
)
from fluxherod.engine.commands import Caller, PlaceOrderCommand
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    HistoryLoaded,
    LinkChanged,
    LookupAnswered,
    QuotesReceived,
    Started,
    SubmitAnswered,
)
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from fluxherod.engine.streams.hub import Hub, Subscription, Topic
from fluxherod.rpc.convert import encode_update
from fluxherod.service import garbage

HELD = ("H0", "H1", "H2", "H3")
A_MINUTE = 8  # entries in each, one after the other
MINUTES = int(sys.argv[1]) if len(sys.argv) > 1 else 210
TRADED = tuple(f"S{number:04d}" for number in range(A_MINUTE * MINUTES))  # each fires once
SYMBOLS = (*HELD, *TRADED)
FIRST = {symbol: number // A_MINUTE for number, symbol in enumerate(TRADED)}
UNMEASURED = 10  # minutes in which everything becomes warm
SUBSCRIBERS = 100
BASE, STEP, WAVE = 100.0, 1.0, (0.15, -0.15, 0.1, -0.12)
CASH_E4 = 1_000_000_000
LONGEST_S = 10.0  # an order that takes longer was not sent
MOST_REQUESTS = 10**9  # a minute: no order waits
DAY_NS = 24 * 60 * MINUTE_NS
TARGET_US = {50: 100.0, 99: 500.0}


def price(symbol: str, number: int) -> float:
    """The close of a minute: it goes nowhere but for a step when an entry is to fire."""
    since = number - FIRST.get(symbol, 0)
    step = STEP if symbol in FIRST and since >= 0 else 0.0
    return BASE + WAVE[since % 4] + step


def fires(number: int) -> tuple[str, ...]:
    """The symbols whose bar of a minute fires an entry."""
    return TRADED[number * A_MINUTE : (number + 1) * A_MINUTE]


def row(symbol: str, number: int) -> dict[str, Any]:
    """A minute bar as Alpaca sends it."""
    opened, close = price(symbol, number - 1), price(symbol, number)
    return {
        "T": "b",
        "S": symbol,
        "o": opened,
        "h": max(opened, close) + 0.4,
        "l": min(opened, close) - 0.4,
        "c": close,
        "v": 5_000 if symbol in fires(number) else 1_000,
        "n": 9,
        "vw": close,
        "t": format_time(OPEN_NS + number * MINUTE_NS),
    }


class Clock:
    """Trading time, moved by the frames."""

    rate = 1.0
    ns = OPEN_NS

    def now_ns(self) -> int:
        return self.ns

    def observe(self, ns: int) -> None:
        self.ns = max(self.ns, ns)

    async def wait_until(self, ns: int) -> None:
        await asyncio.Event().wait()  # nothing is due: each bar is completed by the next minute


class Memory:
    """A journal without the commit."""

    last_commit_s = 0.0

    def append(self, entries: Sequence[JournalEntry]) -> Awaitable[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class Transport(httpx.AsyncBaseTransport):
    """Notes when a request is handed over, and refuses the order in it."""

    def __init__(self) -> None:
        self.handed_ns = self.handed_cpu_ns = 0
        self.handed = asyncio.Event()
        self.orders = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.handed_ns, self.handed_cpu_ns = time.perf_counter_ns(), time.thread_time_ns()
        self.orders += 1
        self.handed.set()
        return httpx.Response(403, json={"code": 40310000, "message": "insufficient buying power"})


class Broker:
    """Fills the orders of the held symbols, and hands all others to Alpaca's adapter."""

    def __init__(self) -> None:
        self.transport = Transport()
        limiter = RateLimiter(MOST_REQUESTS, burst=MOST_REQUESTS // 2)
        host = "https://paper-api.alpaca.markets"
        self.alpaca = AlpacaBroker(RestClient(host, Credentials("k", "s"), limiter, transport=self.transport))
        self.cash_e4 = CASH_E4
        self.positions: dict[str, int] = {}
        self.open: dict[str, BrokerOrder] = {}

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        if order.symbol not in HELD:
            return await self.alpaca.submit(order, unwanted)
        value_e4 = order.quantity * round(BASE * 10_000)
        self.cash_e4 -= value_e4
        self.positions[order.symbol] = order.quantity
        leg = self._order(f"leg-{order.symbol}", "", order, Side.SELL, OrderType.STOP, BrokerStatus.WORKING)
        entry = self._order(f"b-{order.symbol}", order.id, order, Side.BUY, order.order_type, BrokerStatus.FILLED, leg)
        self.open[order.symbol] = entry
        return SubmitAnswered(order.id, entry)

    def _order(
        self,
        broker_id: str,
        client_id: str,
        order: ApprovedOrder,
        side: Side,
        kind: OrderType,
        status: BrokerStatus,
        *legs: BrokerOrder,
    ) -> BrokerOrder:
        filled = order.quantity if status is BrokerStatus.FILLED else 0
        stop_e4 = order.leg_stop_e4 if kind is OrderType.STOP else None
        value_e4 = filled * round(BASE * 10_000)
        return BrokerOrder(
            broker_id, client_id or broker_id, order.symbol, side, kind, status, order.quantity, filled, value_e4,
            stop_price_e4=stop_e4, submitted_ns=OPEN_NS, legs=legs,
        )  # fmt: skip

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        return CancelAnswered(order_id, True)

    async def lookup(self, order_id: str) -> LookupAnswered:
        return LookupAnswered(order_id, False, detail="not in this benchmark")

    async def snapshot(self, now_ns: int) -> BrokerSnapshot:
        account = BrokerAccount("bench", self.cash_e4, CASH_E4, CASH_E4, 2 * CASH_E4, 2, True, False)
        positions = tuple(BrokerPosition(symbol, held, 1_000_000) for symbol, held in self.positions.items())
        return BrokerSnapshot(now_ns, account, positions, tuple(self.open.values()))


class Nothing:
    """Market data that is never asked, and a publisher that nobody listens to."""

    def publish(self, *_: Any) -> None:
        pass


def history(symbol: str) -> tuple[Bar, ...]:
    """The session before."""
    rows = [
        (OPEN_NS - DAY_NS + (number + 200) * MINUTE_NS, price(symbol, number - 1), price(symbol, number))
        for number in range(-200, 0)
    ]
    return tuple(
        Bar(symbol, start_ns, opened, max(opened, close) + 0.4, min(opened, close) - 0.4, close, 1_000)
        for start_ns, opened, close in rows
    )


def ready() -> Engine:
    """An engine on 1Min bars with the default limits, warm and connected. A bar is completed by the next minute's."""
    engine = Engine()
    before = Session("2024-01-01", OPEN_NS - DAY_NS, CLOSE_NS - DAY_NS)
    settings = Settings(symbols=SYMBOLS, timeframe="1Min", bar_delay_ns=600 * SECOND_NS)
    for event in (
        Started("0" * 32, 1, "bench", settings),
        CalendarLoaded((before, Session("2024-01-02", OPEN_NS, CLOSE_NS))),
        AssetsLoaded(tuple(AssetInfo(symbol, True, True, True, True) for symbol in SYMBOLS)),
        BrokerSnapshot(OPEN_NS, BrokerAccount("bench", CASH_E4, CASH_E4, CASH_E4, 2 * CASH_E4, 2, True, False), (), ()),
        LinkChanged("market", True),
        LinkChanged("trading", True),
        *(HistoryLoaded(symbol, history(symbol), OPEN_NS) for symbol in SYMBOLS),
        BackfillLoaded(SYMBOLS, (), OPEN_NS, OPEN_NS),
    ):
        engine.process(OPEN_NS, event)
    return engine


class Bench:
    """A runner between a market stream that is fed by hand and the broker's port."""

    def __init__(self, store: Any, publisher: Any) -> None:
        self.clock, self.broker = Clock(), Broker()
        self.cpu_ns: list[int] = []  # the same in time of the processor: what a busy machine hardly changes
        self.engine = ready()
        nothing: Any = Nothing()
        self.runner = Runner(self.engine, self.clock, store, self.broker, nothing, publisher, 0)  # type: ignore[arg-type]
        self.runner._started = True
        self.stream = MarketStream("", Credentials("k", "s"), SYMBOLS, self.runner.post, self.clock)

    async def hold(self) -> None:
        """Open four positions that are there all the time."""
        self._quote(HELD, BASE)
        for symbol in HELD:
            command = PlaceOrderCommand(
                Caller(symbol, "bench"), symbol, Side.BUY, 20, OrderType.MARKET, None, 900_000, False
            )
            reply = await self.runner.ask(command)
            assert reply.order_id, reply.text
        await self.rest()
        assert len(self.engine.ledger.positions) == len(HELD)

    async def rest(self) -> None:
        """Until nothing is under way."""
        while not self.runner.idle:  # noqa: ASYNC110 - the loop turns, as it does in the daemon
            await asyncio.sleep(0)

    def _quote(self, symbols: Sequence[str], price: float) -> None:
        quotes = tuple(Quote(symbol, self.clock.ns, price - 0.002, price + 0.002) for symbol in symbols)
        self.runner.post(QuotesReceived(quotes))

    async def minute(self, number: int) -> list[int]:
        """Nanoseconds from the bytes of each bar to its order."""
        fired = fires(number - 1) if number else ()
        self.clock.observe(OPEN_NS + (number + 1) * MINUTE_NS)
        for symbol in fired:
            self._quote((symbol,), price(symbol, number))
        await self.runner.take_snapshot()
        await self.rest()
        took = [await self._order(symbol, number) for symbol in fired]
        others = json.dumps([row(symbol, number) for symbol in SYMBOLS if symbol not in fired]).encode()
        self.stream._take_live(self.stream._read(others))
        await self.rest()
        gc.collect(garbage.YOUNG)  # as the daemon does each second
        return took

    async def _order(self, symbol: str, number: int) -> int:
        frame = json.dumps([row(symbol, number)]).encode()
        transport = self.broker.transport
        orders = transport.orders
        transport.handed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_S):
                start_cpu, start = time.thread_time_ns(), time.perf_counter_ns()
                self.stream._take_live(self.stream._read(frame))
                await transport.handed.wait()  # the loop turns for the order alone, as it does in the daemon
        await self.rest()
        took = transport.handed_ns - start
        self.cpu_ns.append(transport.handed_cpu_ns - start_cpu)
        why = self.engine.strategist.signals.get(symbol)
        assert transport.orders == orders + 1, (
            f"{symbol} sent {transport.orders - orders} orders: {why and why.outcome_text}"
        )
        return took


async def drain(subscription: Subscription) -> None:
    """What a subscriber's stream does, without its socket."""
    async for _ in subscription:
        pass


async def measure(store: Any, subscribers: int) -> tuple[list[int], list[int]]:
    """Nanoseconds of each order: by the clock, and of the processor."""
    hub = Hub(encode_update)
    bench = Bench(store, hub)
    hub.urgent = lambda: bench.runner.urgent
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(bench.runner.run())]
    tasks += [loop.create_task(drain(hub.subscribe(tuple(Topic)))) for _ in range(subscribers)]
    await bench.hold()
    gc.collect()
    garbage.spare()  # as the daemon does once it is active
    took: list[int] = []
    for number in range(MINUTES):
        each = await bench.minute(number)
        took += each if number > UNMEASURED else []
    gc.unfreeze()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return took, bench.cpu_ns[-len(took) :]


def told(name: str, measured: tuple[list[int], list[int]], targets: bool) -> bool:
    """Print a line of each kind; False when a target is missed."""
    first = [each[::A_MINUTE] for each in measured]
    following = [[one for number, one in enumerate(each) if number % A_MINUTE] for each in measured]
    met = line(f"{name}, back to back", following, targets)
    line(f"{name}, after others", first, targets=False)
    return met


def line(name: str, measured: Sequence[Sequence[int]], targets: bool) -> bool:
    """Print a line; False when a target is missed."""
    ordered, processor = (sorted(each) for each in measured)
    at = {share: ordered[min(len(ordered) - 1, len(ordered) * share // 100)] / 1e3 for share in (50, 90, 99)}
    missed = [f"p{share} above {most:g} us" for share, most in TARGET_US.items() if targets and at[share] > most]
    figures = "   ".join(f"p{share} {us:7.1f} us" for share, us in at.items())
    cpu_us = processor[len(processor) // 2] / 1e3
    print(f"{name:36s} {figures}   max {ordered[-1] / 1e3:8.1f} us   n {len(ordered)}   (processor {cpu_us:.1f} us)")
    for miss in missed:
        print(f"{'':36s} missed: {miss}")
    return not missed


def main() -> int:
    """Print the table; 1 when a target is missed."""
    warm_up()
    met = told("no commit", asyncio.run(measure(Memory(), 0)), targets=True)
    met &= told(f"{SUBSCRIBERS} stream", asyncio.run(measure(Memory(), SUBSCRIBERS)), targets=True)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "bench.db")
        told("durable commit", asyncio.run(measure(store, 0)), targets=False)
        store.close()
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
