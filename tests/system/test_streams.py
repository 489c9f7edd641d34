"""Streams never lie: dropped, cut off by a killed daemon or ended by one that stops, nothing is missing or doubled.

`make streams` drops 1,000 subscribers and kills the daemon 20 times; here are fewer (STREAMS_DROPS, STREAMS_KILLS).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import grpc
import pytest
from harness.lockstep import Lockstep
from harness.processes import Daemon, Installation, Simulator, wait_for
from harness.restless import Restless
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME
from harness.watchers import Watcher, bar_ends, events, journal, order_changes, watch
from harness.wire import Wire

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import market_pb2_grpc, order_pb2_grpc, stream_pb2_grpc, system_pb2_grpc
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import stream_pb2 as stream
from fluxhero.v1 import system_pb2 as system
from fluxherod.adapters.journal_files import JournalFiles

DROPS = int(os.environ.get("STREAMS_DROPS", "100"))
KILLS = int(os.environ.get("STREAMS_KILLS", "2"))
BUSY = ("SPY", "QQQ", "AAPL", "IBM", "MSFT", "GE", "XOM", "KO")
BUSY_TAPE = ("--synthetic", "11", "--symbols", ",".join(BUSY), "--start", "2023-06-27", "--speed", "600")
SETTINGS = ("risk.max_position=1", "risk.max_exposure=2", "risk.max_positions=20")
OPEN_STREAMS = 100


def rows(installation: Installation, query: str, *values: int) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"{installation.database.as_uri()}?mode=ro", uri=True) as connection:
        return list(connection.execute(query, values))


def _why(said: str) -> bool:
    return "received SIGTERM" in said


def check(watcher: Watcher, installation: Installation) -> None:
    """What a subscriber has is what was committed, each once and in order."""
    assert watcher.problems == []
    assert watcher.seq > watcher.since
    between = (watcher.since, watcher.seq)
    if watcher.entries_of is events:
        records = JournalFiles(installation.database.parent).records(*between)
        assert watcher.entries == [(record.row.seq, record.chain.hex()) for record in records]
    elif watcher.entries_of is order_changes:
        query = "SELECT order_id, event FROM order_events WHERE seq > ? AND seq <= ? ORDER BY number"
        assert watcher.entries == rows(installation, query, *between)
    else:
        last: dict[str, int] = {}
        for symbol, end in watcher.entries:
            assert end > last.get(symbol, 0)
            last[symbol] = end


@contextmanager
def subscribers(installation: Installation) -> Iterator[list[Watcher]]:
    """Of each kind a few."""
    address = f"unix:{installation.runtime}/fluxherod.sock"
    kinds: list[tuple[Any, Callable[[Any], list[Any]]]] = [
        (watch(common.TOPIC_ORDERS), order_changes),
        (watch(common.TOPIC_ORDERS, common.TOPIC_PRICES, common.TOPIC_RISK), order_changes),
        (watch(), order_changes),
        (watch(), bar_ends),
        (watch(common.TOPIC_BARS), bar_ends),
        (journal, events),
    ]
    found = [Watcher(address, open_stream, entries) for open_stream, entries in kinds]
    try:
        yield found
    finally:
        for watcher in found:
            watcher.leave()


def all_are_back(watchers: list[Watcher], before: list[int]) -> bool:
    return all(one.streams > streams for one, streams in zip(watchers, before, strict=True))


def disturb(watchers: list[Watcher], restless: Restless, drops: int, chance: Random) -> None:
    """Drop subscribers one at a time, each once it is back from the last time, while orders come and go."""
    for number in range(drops):
        if number % 10 == 0:
            restless.act()
        watcher = chance.choice(watchers)
        before = watcher.streams
        watcher.drop()
        wait_for(lambda: watcher.streams > before, "the subscriber is back")  # noqa: B023 - waited for here
        time.sleep(chance.random() * 0.01)


@pytest.mark.timeout(600 + DROPS + 30 * KILLS)
def test_subscribers_that_are_dropped_and_daemons_that_are_killed_leave_no_gap_and_no_double(tmp_path: Path) -> None:
    chance = Random(17)
    with Simulator(tmp_path, *BUSY_TAPE) as simulator:
        installation = Installation(tmp_path, simulator.url, BUSY, "1Min", SETTINGS)
        with subscribers(installation) as watchers:
            for run in range(KILLS + 1):
                before = [one.streams for one in watchers]
                with Daemon(installation) as daemon:
                    daemon.wait_for(lambda: daemon.status().state == system.TRADING_STATE_ACTIVE, "it trades")
                    wait_for(lambda: all_are_back(watchers, before), "each subscriber is there")  # noqa: B023
                    disturb(watchers, Restless(daemon, simulator, BUSY, seed=run), DROPS // (KILLS + 1) + 1, chance)
                    if run < KILLS:
                        daemon.kill()
                    else:
                        assert daemon.stop() == 0
            wait_for(lambda: all(any(map(_why, one.ends)) for one in watchers), "each is told why")
        for watcher in watchers:
            check(watcher, installation)
        dropped = sum(watcher.streams for watcher in watchers) - len(watchers)
        resumed, whole = (sum(getattr(one, name) for one in watchers) for name in ("resumed", "whole"))
        changes = sum(len(one.entries) for one in watchers if one.entries_of is order_changes)
        print(f"{dropped} streams came back, {resumed} resumed, {whole} began anew; {changes} changes of orders")
        assert resumed >= DROPS + KILLS * len(watchers)
        assert whole == len(watchers), "a daemon that was killed has lost its past"
        assert changes > 0
        installation.remove()


def test_a_daemon_that_stops_with_open_streams_and_orders_in_flight_tells_each_client_why(tmp_path: Path) -> None:
    held = threading.Event()
    with Simulator(tmp_path, "--step", *PLAYED) as simulator, Wire(simulator.url) as wire:
        installation = Installation(tmp_path, simulator.url, SYMBOLS, TIMEFRAME, (f"alpaca.trading_url={wire.url}",))
        with Lockstep(simulator, installation) as pair:
            pair.step(3)
            for symbol in SYMBOLS[1:]:
                simulator.post("/sim/pending", symbol=symbol, hold=True)
            wire.before_order = held.wait
            ends, took_s = asyncio.run(_stopped(f"unix:{installation.runtime}/fluxherod.sock", pair))
            held.set()
            assert pair.daemon.wait_to_end() == 0
        states = rows(installation, "SELECT state, count(*) FROM orders WHERE parent_id IS NULL GROUP BY state")
    print(f"stopped in {took_s:.2f} s; orders: {states}")
    assert ends == Counter({("UNAVAILABLE", "the daemon is stopping: received SIGTERM"): OPEN_STREAMS})
    assert sum(count for _, count in states) == len(SYMBOLS)
    assert "submitting" in dict(states)


async def _stopped(address: str, pair: Lockstep) -> tuple[Counter[tuple[str, str]], float]:
    """Open the streams, let orders leave, stop the daemon; how each stream ended, and how long it took."""
    async with grpc.aio.insecure_channel(address) as channel:
        calls = [_open(channel, number) for number in range(OPEN_STREAMS)]
        await asyncio.gather(*(call.read() for call in calls))
        reading = [asyncio.ensure_future(_end(call)) for call in calls]
        placing = [asyncio.ensure_future(_place(channel, symbol)) for symbol in SYMBOLS]
        await asyncio.gather(*placing)
        await asyncio.to_thread(_in_flight, pair)
        watch = pair.daemon.stopwatch()
        pair.daemon.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(watch.wait_for, lambda: not pair.daemon.alive, "it ends", 8.0)
        took_s = watch.wall_s
        ends = Counter(await asyncio.gather(*reading))
    return ends, took_s


def _open(channel: Any, number: int) -> Any:
    if number % 10 == 0:
        stub: Any = system_pb2_grpc.SystemServiceStub(channel)
        return stub.WatchEvents(system.WatchEventsRequest(from_seq=0))
    topics = list(common.Topic.values())[1:]
    stub = stream_pb2_grpc.StreamServiceStub(channel)
    return stub.Watch(stream.WatchRequest(topics=topics[: number % len(topics)]))


async def _end(call: Any) -> tuple[str, str]:
    try:
        while await call.read() is not grpc.aio.EOF:
            pass
    except grpc.aio.AioRpcError as error:
        return error.code().name, str(error.details())
    return "OK", ""


async def _place(channel: Any, symbol: str) -> None:
    quote: Any = market_pb2_grpc.MarketServiceStub(channel)
    price = (await quote.GetQuote(market.GetQuoteRequest(symbol=symbol))).price.price
    request = order.PlaceOrderRequest(
        request_id=f"stop-{symbol}", symbol=symbol, side=common.SIDE_BUY, quantity=3, type=order.ORDER_TYPE_MARKET
    )
    request.stop_loss_price = f"{price * 0.98:.2f}"
    stub: Any = order_pb2_grpc.OrderServiceStub(channel)
    await stub.PlaceOrder(request)


def _in_flight(pair: Lockstep) -> None:
    """The first order's request is not answered, the others wait at the exchange."""
    wait_for(lambda: pair.daemon.status().progress.requests_in_flight == 1, "an order is in flight")
    wait_for(lambda: len(pair.simulator.all_orders()) >= len(SYMBOLS) - 1, "orders are at the exchange")
