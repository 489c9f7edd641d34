"""The engine on one core: bars through it, and its journal's commits. `python tests/bench/bench_engine.py`."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from fluxherod.adapters.sqlite import SqliteStore
from fluxherod.core.calendar import MINUTE_NS, Session
from fluxherod.core.kernel import warm_up
from fluxherod.core.types import Bar, BrokerAccount
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    BackfillLoaded,
    BarsReceived,
    BrokerSnapshot,
    CalendarLoaded,
    HistoryLoaded,
    LinkChanged,
    Started,
    TimerFired,
)
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.settings import Settings

OPEN_NS = 1_704_205_800_000_000_000  # 2024-01-02 09:30 New York
CLOSE_NS = OPEN_NS + 390 * MINUTE_NS


def minute(symbol: str, number: int) -> Bar:
    """A minute bar that moves a little."""
    price = 100.0 + (number * 7 % 11) * 0.01
    return Bar(
        symbol, OPEN_NS + number * MINUTE_NS, price, price + 0.05, price - 0.05, price + 0.01, 1_000 + number % 50
    )


def ready(symbols: tuple[str, ...]) -> Engine:
    """An engine that trades 1Min bars of these symbols, warm and connected."""
    engine = Engine()
    day_ns = 24 * 60 * MINUTE_NS
    before = OPEN_NS - day_ns
    for event in (
        Started("0" * 32, 1, "bench", Settings(symbols=symbols, timeframe="1Min")),
        CalendarLoaded((Session("2024-01-01", before, CLOSE_NS - day_ns), Session("2024-01-02", OPEN_NS, CLOSE_NS))),
        BrokerSnapshot(OPEN_NS, BrokerAccount("bench", 10**9, 10**9, 10**9, 2 * 10**9, 2, True, False), (), ()),
        LinkChanged("market", True),
        LinkChanged("trading", True),
    ):
        engine.process(OPEN_NS, event)
    for symbol in symbols:
        history = tuple(
            Bar(symbol, before + number * MINUTE_NS, 100.0, 100.1, 99.9, 100.0 + number % 3 * 0.01, 1_000)
            for number in range(100)
        )
        engine.process(OPEN_NS, HistoryLoaded(symbol, history, OPEN_NS))
    engine.process(OPEN_NS, BackfillLoaded(symbols, (), OPEN_NS, OPEN_NS))
    return engine


def burst_ms(count: int) -> tuple[float, float]:
    """Milliseconds to take one minute of `count` symbols and to decide on it."""
    symbols = tuple(f"S{number}" for number in range(count))
    engine = ready(symbols)
    take, decide = [], []
    for number in range(8):
        now_ns = OPEN_NS + (number + 1) * MINUTE_NS
        event = BarsReceived(tuple(minute(symbol, number) for symbol in symbols))
        start = time.perf_counter()
        engine.process(now_ns, event)
        taken = time.perf_counter()
        engine.process(now_ns + 2_000_000_000, TimerFired())
        take.append(taken - start)
        decide.append(time.perf_counter() - taken)
    return min(take) * 1e3, min(decide) * 1e3


async def commits() -> tuple[float, float]:
    """Milliseconds of a durable commit: one writer (median), and a record among 64 writers."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "bench.db")
        alone = []
        for seq in range(1, 201):
            start = time.perf_counter()
            await store.append([JournalEntry(seq, OPEN_NS, TimerFired(), ())])
            alone.append(time.perf_counter() - start)
        start = time.perf_counter()
        for block in range(20):
            await asyncio.gather(
                *(
                    store.append([JournalEntry(201 + block * 64 + lane, OPEN_NS, TimerFired(), ())])
                    for lane in range(64)
                )
            )
        together = (time.perf_counter() - start) / (20 * 64)
        store.close()
    return statistics.median(alone) * 1e3, together * 1e3


def main() -> None:
    """Print the table."""
    warm_up()
    for count in (1, 100, 8_000):
        take, decide = burst_ms(count)
        print(f"{count:5d} symbols, one minute   take {take:8.3f} ms   decide {decide:8.3f} ms")
    alone, together = asyncio.run(commits())
    print(f"durable commit, one writer {alone:8.3f} ms   a record among 64 writers {together:8.4f} ms")


if __name__ == "__main__":
    main()
