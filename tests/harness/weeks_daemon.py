"""The daemon in process: its parts put together as in `fluxherod.app`, over a network and a journal in memory."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from random import Random
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from alpacasim.calendar import new_york_day
from alpacasim.credentials import DEFAULT_CREDENTIALS
from alpacasim.player import Player
from alpacasim.timeline import AFTER_CLOSE_NS, PRE_OPEN_NS
from fluxherod.adapters.alpaca.broker import AlpacaBroker
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.trade_stream import TradeStream
from fluxherod.adapters.alpaca.watchdog import FeedWatchdog
from fluxherod.adapters.sqlite.journal import JournalRow, encode_row, genesis, link
from fluxherod.core.calendar import SECOND_NS, Session
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Bar
from fluxherod.engine.effects import Update
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Started, Stopping
from fluxherod.engine.ports import JournalEntry, Mirror, Store
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings
from harness.network import Network
from harness.network_rest import DirectRestClient
from harness.snapshots import replay_from_snapshot
from harness.virtual_time import VirtualTimeLoop
from harness.weeks_plan import Week

EPOCH = "0123456789abcdef"
URL = "http://alpaca"
COMMIT_S = 0.002
# A poll costs more than all else in a minute: often where something goes wrong or an order is on its way, else seldom.
POLL_EVERY_S, QUIET_POLL_EVERY_S = 20.0, 600.0
# In the evening nobody knows how long the night takes.
_CODE = (type, ModuleType, FunctionType, CodeType, BuiltinFunctionType)
NAP_S, LEAST_SLEEP_S = 0.5, 0.001
LOOK_EVERY_NS = 30 * SECOND_NS


class ExchangeTime:
    """The daemon's clock reads the exchange's, which runs evenly through each session and leaps over the nights."""

    rate = 1.0

    def __init__(self, player: Player) -> None:
        self.player = player
        self._morning_ns = self._evening_ns = 0

    def now_ns(self) -> int:
        return self.player.now_ns()

    def observe(self, ns: int) -> None:
        """No message is needed to know the time."""

    async def wait_until(self, ns: int) -> None:
        while (now_ns := self.player.now_ns()) < ns:
            known_ns = min(ns, self._steady_until_ns(now_ns))
            await asyncio.sleep(max((known_ns - now_ns) / SECOND_NS, LEAST_SLEEP_S if known_ns == ns else NAP_S))

    def _steady_until_ns(self, now_ns: int) -> int:
        """Until then it does not leap; in the evening it may at any time."""
        if not self._morning_ns <= now_ns <= self._evening_ns:
            calendar = self.player.calendar
            close_ns = calendar.next_close(now_ns - AFTER_CLOSE_NS)
            session = calendar.session(new_york_day(close_ns))
            assert session is not None, "a close has its session"
            self._morning_ns, self._evening_ns = session.open_ns - PRE_OPEN_NS, close_ns + AFTER_CLOSE_NS
        return self._evening_ns if now_ns >= self._morning_ns else now_ns


class SparseTime(ExchangeTime):
    """For who looks every few seconds: here it costs, so it looks every half minute."""

    async def wait_until(self, ns: int) -> None:
        await super().wait_until(ns + LOOK_EVERY_NS - ns % LOOK_EVERY_NS)


class Journal:
    """`ports.Store` in memory. A commit takes a moment; `note` hears of each entry that is durable."""

    def __init__(self, note: Callable[[JournalEntry], None]) -> None:
        self.rows: list[JournalRow] = []
        self.chain = genesis(EPOCH)
        self._note = note

    async def append(self, entries: Sequence[JournalEntry]) -> None:
        await asyncio.sleep(COMMIT_S)
        for entry in entries:
            row = encode_row(entry)
            self.rows.append(row)
            self.chain = link(self.chain, row)
            self._note(entry)

    async def reopen(self) -> int:
        return self.rows[-1].seq if self.rows else 0


class MemoryCache:
    """Completed bars between two runs, as the Parquet cache keeps them."""

    def __init__(self) -> None:
        self.bars: dict[tuple[str, str], tuple[Bar, ...]] = {}

    def load(self, symbol: str, timeframe: str) -> Sequence[Bar] | None:
        return self.bars.get((symbol, timeframe))

    def store(self, symbol: str, timeframe: str, bars: Sequence[Bar]) -> None:
        self.bars[symbol, timeframe] = tuple(bars)


class _Nobody:
    """`ports.Publisher` without subscribers."""

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        pass


class Daemon:
    """One process: it lives from `Daemon()` to `stop` or `kill`. What it leaves is the journal and the cache."""

    def __init__(
        self,
        run: int,
        week: Week | None,
        settings: Settings,
        network: Network,
        clock: ExchangeTime,
        journal: Store,
        rows: Sequence[JournalRow],
        cache: MemoryCache,
        loop: VirtualTimeLoop,
        random: Random,
        mirror: Mirror | None = None,
        watch: Callable[[Engine], None] = lambda engine: None,
    ) -> None:
        self.network = network
        self.clock = clock
        self.faults: list[str] = []
        self._week = week
        self._cache = cache
        recovery = replay_from_snapshot(rows)
        if recovery.differs_at is not None:
            self.faults.append(f"a replay differs at input {recovery.differs_at}")
        keys = Credentials(DEFAULT_CREDENTIALS.key, DEFAULT_CREDENTIALS.secret)
        limiter = RateLimiter(200, monotonic=loop.time)
        rest: dict[str, Any] = {"network": network, "jitter": random.random, "wall_s": loop.time}
        self._trading = DirectRestClient(URL, keys, limiter, post=lambda event: self.runner.post(event), **rest)
        self._data = DirectRestClient(URL, keys, limiter, **rest)
        self.market_data = AlpacaMarketData(self._trading, self._data, cache=cache)
        self.runner = Runner(
            recovery.engine,
            clock,
            journal,
            AlpacaBroker(self._trading),
            self.market_data,
            _Nobody(),
            recovery.last_seq,
            on_fault=lambda text, fault: self.faults.append(f"{text}: {fault!r}"),
            follow=lambda symbols: self.market.follow(symbols),
            mirror=mirror,
        )
        self.runner.last_event_ns = recovery.last_ns
        line: dict[str, Any] = {"jitter": random.random, "monotonic": loop.time, "connect": network.connect}
        self.market = MarketStream(f"{URL}/v2/iex", keys, settings.symbols, self.runner.post, clock, **line)
        self.trades = TradeStream(f"{URL}/stream", keys, self.runner.post, clock, **line)
        self.watchdog = FeedWatchdog(
            self.market, self.market_data.newest_minutes, SparseTime(clock.player), self._session, self.runner.post
        )
        watch(self.engine)
        self.runner.post(self._started(run, settings))
        self._running = asyncio.create_task(self.runner.run(), name="runner")
        self._edges = [self._edge(edge) for edge in (self.market.run, self.trades.run, self._poll, self.watchdog.run)]

    def _started(self, run: int, settings: Settings) -> Started:
        """A week has no plain file: its first start alone finds that there is none."""
        return Started(EPOCH, run, "test", settings, mirror_read=run == 1)

    @property
    def engine(self) -> Engine:
        return self.runner.engine

    def _edge(self, edge: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        return asyncio.create_task(edge(), name=edge.__qualname__)

    def _session(self, ns: int) -> Session | None:
        return self.engine.market.calendar.last_opened(ns) if self.engine.run else None

    async def _poll(self) -> None:
        polled_s, loop = -math.inf, asyncio.get_running_loop()
        while True:
            await asyncio.sleep(POLL_EVERY_S)
            busy = (
                self._week is None
                or self._week.disturbed(self.clock.now_ns())
                or any(not (one.settled and one.role is OrderRole.STOP) for one in self.engine.desk.live())
            )
            if busy or loop.time() - polled_s >= QUIET_POLL_EVERY_S:
                polled_s = loop.time()
                await self.runner.take_snapshot(by_poll=True)

    def size(self) -> int:
        """How many objects it holds beside what goes up and down: the bars and the orders of three days."""
        parts = (self.engine, self.market, self.trades, self.watchdog, self.market_data, self.runner._inbox)
        bars = [book.closed for book in self.engine.market.books.values()]
        orders = (self.engine.desk.orders, self.engine.desk.plans)
        others = (
            self,
            self.clock.player,
            self.clock,
            self.network,
            self.runner,
            self._cache,
            asyncio.get_running_loop(),
        )
        return _reachable(parts, (*others, *bars, *orders))

    async def stop(self) -> None:
        """End in good order."""
        self.runner.post(Stopping("a test"))
        await asyncio.wait((self._running,))
        await self._end(self._edges)

    async def kill(self) -> None:
        """End as by a power cut: what is not in the journal is lost."""
        self.network.abandon()
        await self._end((self._running, *self._edges))

    async def _end(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        for task in (self._running, *self._edges):
            with suppress(asyncio.CancelledError):
                try:
                    await task
                except Exception as fault:
                    self.faults.append(f"{task.get_name()} failed: {fault!r}")
        await self._trading.aclose()
        await self._data.aclose()


def _reachable(roots: Sequence[object], others: Sequence[object]) -> int:
    """Objects that can be reached from some, code and what belongs to others left out."""
    seen, found = {id(one) for one in others}, list(roots)
    count = 0
    while found:
        one = found.pop()
        if id(one) in seen or isinstance(one, _CODE):
            continue
        seen.add(id(one))
        count += 1
        found += gc.get_referents(one)
    return count
