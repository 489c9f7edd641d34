"""Durable commits, the latency of records, how large journal and tables grow. `python tests/bench/bench_journal.py`.

Commits: 64 writers, each waits until its record is on the disk before it writes the next one, through the daemon's
group commit, and through aiosqlite, a transaction after the other; both write the same rows at synchronous=FULL, in
turns. The processor's time is what a busy machine hardly changes. Latency: records come at 2,000 a second; from when
one is handed over until it is durable. Sizes: sessions are played at a tiny exchange, with a quote a second of each
symbol, minute bars, a snapshot every 30 s and a round trip an hour. The archive: five years of trades, orders, signals
and equity, of which 30 days stay in the database; pages of trades, also of four years ago, and the database's size.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiosqlite
import numpy as np
import pyarrow as pa

sys.path.append(str(Path(__file__).resolve().parents[1]))

from adapters.test_archive_files import ACCOUNT, TRADE
from adapters.test_sqlite_tables import ORDER_A, SIGNAL_A
from engine.world import OPEN_NS, World, of

from fluxherod.adapters.sqlite import SqliteStore, TableReader, journal
from fluxherod.adapters.sqlite.schema import connect, migrate
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS, Session
from fluxherod.core.kernel import warm_up
from fluxherod.core.orders import OrderState
from fluxherod.core.types import AssetInfo, Bar, Quote
from fluxherod.engine.effects import (
    AccountUpdated,
    Effect,
    OrderUpdated,
    RequestBackfill,
    SafetyChanged,
    SignalUpdated,
    TradeUpdated,
)
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BarsReceived,
    CalendarLoaded,
    Event,
    HistoryLoaded,
    LinkChanged,
    QuotesReceived,
    TimerFired,
)
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.settings import TIMEFRAME_MINUTES
from fluxherod.persistence.retention import archive_rows, before_ns

WRITERS, COMMITS_S, ROUNDS = 64, 2.0, 3
RATE, RECORDED_S, TICK_S = 2_000, 10.0, 0.002
FACTOR, LATENCY_S, YEAR_MB = 10.0, 0.005, 100.0
SYMBOLS = ("SPY", "QQQ", "AAPL", "MSFT", "IBM")
DAY_NS, SESSION_MINUTES, SESSIONS, SESSIONS_A_YEAR = 24 * HOUR_NS, 390, 2, 252
SNAPSHOT_EVERY_S, TRADE_EVERY_MINUTES = 30, 60
YEARS, ROWS_A_DAY, KEPT_DAYS, PAGE_S = 5, 20, 30, 0.1


def record(seq: int) -> JournalEntry:
    """A quote, which most records are."""
    return JournalEntry(seq, OPEN_NS + seq, QuotesReceived((Quote("SPY", OPEN_NS + seq, 449.99, 450.01),)), ())


# --- durable commits ----------------------------------------------------------------------------------------------


async def grouped(folder: Path) -> tuple[float, float]:
    """Records a second through the daemon's store, and the processor's seconds of each."""
    store = SqliteStore.open(folder / "grouped.db")
    numbers = itertools.count(store.tail().seq + 1)
    written = await _written(lambda: store.append([record(next(numbers))]))
    store.close()
    return written


async def one_by_one(folder: Path) -> tuple[float, float]:
    """The same through aiosqlite."""
    with closing(connect(folder / "single.db")) as connection:
        migrate(connection)
        (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    numbers, turn = itertools.count(last + 1), asyncio.Lock()
    async with aiosqlite.connect(folder / "single.db") as database:
        await database.execute("PRAGMA synchronous = FULL")

        async def write() -> None:
            async with turn:
                row = journal.encode_row(record(next(numbers)))
                await database.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", (*row, b"-" * 16))
                await database.commit()

        return await _written(write)


async def _written(write: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    until, count = time.perf_counter() + COMMITS_S, 0

    async def writer() -> None:
        nonlocal count
        while time.perf_counter() < until:
            await write()
            count += 1

    start, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return count / (time.perf_counter() - start), (time.process_time() - used) / count


def commits() -> bool:
    """Print both, the best of some rounds; False below the factor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rounds = [(asyncio.run(grouped(folder)), asyncio.run(one_by_one(folder))) for _ in range(ROUNDS)]
    ours, theirs = (each for each in zip(*rounds, strict=True))
    factor = max(ours)[0] / max(theirs)[0]
    for name, each in ((f"commits of {WRITERS} writers", ours), ("the same one by one", theirs)):
        rate, processor_us = max(each)[0], min(used for _, used in each) * 1e6
        print(f"{name:26s} {rate:9,.0f} a second   (processor {processor_us:6.1f} us each)")
    print(f"{'':26s} {factor:9.1f} x")
    return _met(factor >= FACTOR, f"less than {FACTOR:g} x")


# --- latency --------------------------------------------------------------------------------------------------------


async def latencies(folder: Path) -> list[float]:
    """Seconds from when each record was handed over until it was durable."""
    store, took = SqliteStore.open(folder / "latency.db"), list[float]()
    waiting: set[asyncio.Future[None]] = set()
    start, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < RECORDED_S:
        for _ in range(int(now * RATE) - sent):
            sent += 1
            future = asyncio.ensure_future(store.append([record(sent)]))
            waiting.add(future)
            at = time.perf_counter()
            future.add_done_callback(lambda done, at=at: (waiting.discard(done), took.append(time.perf_counter() - at)))
        await asyncio.sleep(TICK_S)
    await asyncio.gather(*waiting)
    store.close()
    return sorted(took)


def latency() -> bool:
    """Print the percentiles; False above the target."""
    with tempfile.TemporaryDirectory() as name:
        took = asyncio.run(latencies(Path(name)))
    p50, p99 = (took[len(took) * share // 100] for share in (50, 99))
    at = f"p50 {p50 * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms   max {took[-1] * 1e3:6.2f} ms"
    print(f"records at {RATE:,} a second       {at}   n {len(took):,}")
    return _met(p99 < LATENCY_S, f"p99 above {LATENCY_S * 1e3:g} ms")


# --- sizes ----------------------------------------------------------------------------------------------------------


class Stretch(World):
    """Some sessions whose inputs and effects are kept as the daemon's journal would."""

    def __init__(self, timeframe: str) -> None:
        super().__init__(SYMBOLS, timeframe=timeframe)
        self.entries: list[JournalEntry] = []
        self.seq = 0
        days = [(f"2024-01-{2 + shift:02}", shift * DAY_NS) for shift in range(-1, SESSIONS + 1)]
        self.sessions = tuple(
            Session(day if shift >= 0 else "2024-01-01", OPEN_NS + shift, OPEN_NS + shift + SESSION_MINUTES * MINUTE_NS)
            for day, shift in days
        )
        self.random = np.random.default_rng(7)
        self.prices = dict.fromkeys(SYMBOLS, 100.0)

    def _process(self, event: Event) -> None:
        effects = self.engine.process(self.now_ns, event)
        self.seq += 1
        self.entries.append(JournalEntry(self.seq, self.now_ns, event, effects))
        self.seen += effects
        for changed in of(SafetyChanged, effects):
            self.mirror = changed.state
        self.exchange.carry_out(effects, self.now_ns)
        self.exchange.outbox += [self._nobody_traded(request) for request in of(RequestBackfill, effects)]

    def played(self) -> Iterator[Sequence[JournalEntry]]:
        """The entries, a minute's at a time."""
        self._begin()
        yield self._taken()
        for session in self.sessions[1:-1]:
            self.until(session.open_ns)
            for minute in range(SESSION_MINUTES):
                self._minute(minute)
                yield self._taken()

    def _taken(self) -> Sequence[JournalEntry]:
        taken, self.entries, self.seen = self.entries, [], []
        return taken

    def _begin(self) -> None:
        self.start()
        self.tell(CalendarLoaded(self.sessions))
        self.tell(AssetsLoaded(tuple(AssetInfo(symbol, True, True, True, True) for symbol in SYMBOLS)))
        length_ns = TIMEFRAME_MINUTES[self.settings.timeframe] * MINUTE_NS
        end_ns = self.sessions[0].close_ns
        for symbol in SYMBOLS:
            walk = 100 * np.exp(np.cumsum(self.random.normal(0, 0.002, 500)))
            bars = [
                Bar(symbol, end_ns - (500 - number) * length_ns, close, close * 1.002, close * 0.998, close, 60_000)
                for number, close in enumerate(map(float, walk))
            ]
            self.prices[symbol] = bars[-1].close
            self.tell(HistoryLoaded(symbol, tuple(bars), end_ns, ()))
        self.now_ns = self.sessions[1].open_ns
        self.tell(LinkChanged("trading", True), LinkChanged("market", True))
        self.tell(BackfillLoaded(SYMBOLS, (), self.now_ns, self.now_ns))
        self.snapshot()

    def _minute(self, number: int) -> None:
        start_ns, ticks = self.now_ns, {symbol: [self.prices[symbol]] for symbol in SYMBOLS}
        for second in range(60):
            self.until(start_ns + second * SECOND_NS)
            for symbol in SYMBOLS:
                self.prices[symbol] *= float(np.exp(self.random.normal(0, 0.00005)))
                ticks[symbol].append(self.prices[symbol])
                self.quote(round(self.prices[symbol], 2), symbol)
            if second % SNAPSHOT_EVERY_S == 0:
                self.snapshot()
        self._trade(number)
        self.until(start_ns + MINUTE_NS)
        self.tell(
            BarsReceived(
                tuple(
                    Bar(symbol, start_ns, seen[0], max(seen), min(seen), seen[-1], 1_000)
                    for symbol, seen in ticks.items()
                )
            )
        )

    def _trade(self, minute: int) -> None:
        """An operator buys and sells every symbol once an hour."""
        number, symbol = minute % TRADE_EVERY_MINUTES, SYMBOLS[minute % TRADE_EVERY_MINUTES // 2 % len(SYMBOLS)]
        if number >= 2 * len(SYMBOLS):
            return
        if number % 2 == 0:
            self.place(10, round(self.prices[symbol] * 0.95, 2), symbol=symbol)
        elif symbol in self.engine.ledger.positions:
            self.close(symbol)


async def keep(path: Path, timeframe: str) -> None:
    """Play the sessions into a database."""
    store = SqliteStore.open(path)
    for entries in Stretch(timeframe).played():
        await store.append(entries)
    store.close()


def sizes(timeframe: str) -> bool:
    """Print them; False when a year of tables is too large."""
    with tempfile.TemporaryDirectory() as name:
        path, tables = Path(name) / "whole.db", Path(name) / "tables.db"
        asyncio.run(keep(path, timeframe))
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            rows = database.execute("SELECT * FROM journal").fetchall()
            counts = _counts(database)
            database.execute("VACUUM INTO ?", (str(tables),))
        whole = tables.stat().st_size
        with closing(sqlite3.connect(tables, isolation_level=None)) as database:
            database.execute("DELETE FROM journal")
            database.execute("VACUUM")
        left = tables.stat().st_size
    year_mb = left / SESSIONS * SESSIONS_A_YEAR / 1e6
    each = (whole - left) / SESSIONS / len(SYMBOLS)
    packed = pa.compress(b"".join(row[3] for row in rows), codec="zstd", asbytes=True)
    ids = len(rows) * 48  # digest, chain, and what is left of number and time: nothing compresses a hash
    compressed = (len(packed) + ids) / SESSIONS / len(SYMBOLS)
    listed = ", ".join(f"{table} {count / SESSIONS:,.0f}" for table, count in counts.items() if count)
    print(f"{timeframe:6} a symbol and day of journal  {each / 1e6:6.2f} MB, compressed {compressed / 1e6:.2f} MB")
    print(f"{'':6} a year of tables, {len(SYMBOLS)} symbols {year_mb:7.1f} MB")
    print(f"{'':6} rows a day: journal {len(rows) / SESSIONS:,.0f}, {listed}")
    return _met(year_mb < YEAR_MB, f"more than {YEAR_MB:g} MB")


# --- the archive ----------------------------------------------------------------------------------------------------


async def fill(store: SqliteStore, day: int) -> None:
    """A day's rows of every table that leaves."""
    open_ns, seq = OPEN_NS + day * DAY_NS, store.tail().seq
    entries = []
    for number in range(ROWS_A_DAY):
        at, name, symbol = open_ns + number * MINUTE_NS, f"{day}-{number}", SYMBOLS[number % len(SYMBOLS)]
        order = replace(ORDER_A, id=f"o{name}", symbol=symbol, created_ns=at, updated_ns=at, state=OrderState.FILLED)
        signal = replace(SIGNAL_A, id=f"s{name}", symbol=symbol, decided_ns=at)
        trade = replace(TRADE, id=f"o{name}", symbol=symbol, opened_ns=at, closed_ns=at + MINUTE_NS)
        effects: list[Effect] = [OrderUpdated(order, word) for word in ("new", "sent", "filled")]
        effects += [SignalUpdated(signal), TradeUpdated(trade), AccountUpdated(ACCOUNT, record=True)]
        seq += 1
        entries.append(JournalEntry(seq, at, TimerFired(), tuple(effects)))
    await store.append(entries)


def night(store: SqliteStore, day: int) -> None:
    """Let what is 30 days old leave, as the daemon and its archive do; of the journal all that is sealed."""
    archived, faults = archive_rows(store.path, (), store.tail().seq, before_ns(OPEN_NS + day * DAY_NS, KEPT_DAYS))
    assert not faults
    store.drop_archived(archived)
    store.drop_sealed(store.tail())
    while store._tidier.busy:
        time.sleep(TICK_S)


async def questions(path: Path) -> dict[str, float]:
    """Seconds that each takes, the quickest of some: the first time a file is read, all of its bytes are checked."""
    long_ago = OPEN_NS + 365 * DAY_NS
    took: dict[str, float] = {}
    for _ in range(ROUNDS):
        async with await TableReader.open(path) as reader:
            for name, ask in {
                "first page of all": lambda: reader.trades(),
                "first page before four years ago": lambda: reader.trades(until_ns=long_ago),
                "the same once more": lambda: reader.trades(until_ns=long_ago),
                "one by its id": lambda: reader.trade("o365-1"),
                "one that there is not": lambda: reader.trade("none"),
            }.items():
                start = time.perf_counter()
                await ask()
                took[name] = min(took.get(name, 1e9), time.perf_counter() - start)
    return took


def archive() -> bool:
    """Print how long questions over five years take, and how the database grows; False when it does."""
    sizes = []
    with tempfile.TemporaryDirectory() as name:
        store = SqliteStore.open(Path(name) / "fluxhero.db")
        for year in range(YEARS):
            for day in range(year * 365, (year + 1) * 365):
                asyncio.run(fill(store, day))
                if day % 30 == 0 or day == (year + 1) * 365 - 1:  # a night a month: the rest of them is the same again
                    night(store, day)
            with closing(sqlite3.connect(store.path)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(store.path.stat().st_size / 1e6)
        took = asyncio.run(questions(store.path))
        files = [path.stat().st_size for path in (store.path.parent / "archive").iterdir()]
        store.close()
    print(f"trades over {YEARS} years, {ROWS_A_DAY} a day, in {len(files)} files of {sum(files) / 1e6:.1f} MB in all")
    for question, seconds in took.items():
        print(f"  {question:34s} {seconds * 1e3:8.1f} ms")
    print(f"  the database after each year       {', '.join(f'{size:.1f}' for size in sizes)} MB")
    first_page = took["first page before four years ago"]
    return _met(sizes[-1] < 1.1 * sizes[0] and first_page < PAGE_S, f"not flat, or a page above {PAGE_S * 1e3:g} ms")


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    listed = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'journal'").fetchall()
    return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for (table,) in listed}


def _met(met: bool, missed: str) -> bool:
    if not met:
        print(f"{'':30s} missed: {missed}")
    return met


def main() -> int:
    """Print the table; 1 when a target is missed."""
    warm_up()
    met = [commits(), latency(), *(sizes(timeframe) for timeframe in ("1Hour", "5Min")), archive()]
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
