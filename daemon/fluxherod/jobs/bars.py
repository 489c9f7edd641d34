"""The bars of a run: from the broker and what is kept of it, from the cache alone, or from files."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from fluxhero.v1 import backtest_pb2
from fluxherod.adapters.alpaca.bar_pages import bar_pages
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.adapters.alpaca.history import BarGrid, rest_timeframe, same_bar
from fluxherod.adapters.parquet import BarCache
from fluxherod.backtest.model import Bars
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.backtest.sources import Unreadable, bars_of_core, check_timeframe, read_bars
from fluxherod.core.calendar import Calendar, new_york, to_datetime
from fluxherod.core.types import Bar
from fluxherod.engine.settings import TIMEFRAME_MINUTES
from fluxherod.jobs.messages import Task
from fluxherod.jobs.speech import Fault, Speech

ENDINGS = (".parquet", ".csv", ".csv.gz")
REGULAR_MINUTES = 390
DAY_SLACK = 14
HISTORY, CACHE = backtest_pb2.BAR_SOURCE_HISTORY, backtest_pb2.BAR_SOURCE_CACHE


@dataclass(frozen=True, slots=True)
class Span:
    """Which bars are wanted: those of a timeframe that start in `[start_ns, end_ns)`; None: all there are."""

    timeframe: str
    start_ns: int | None
    end_ns: int | None

    @property
    def minutes(self) -> int:
        """Length of a bar."""
        return TIMEFRAME_MINUTES[self.timeframe]


Load = Callable[[str], Bars]


def load_bars(
    config: backtest_pb2.BacktestConfig, task: Task, span: Span, speech: Speech, share: float
) -> tuple[list[Bars], Calendar]:
    """The bars of each symbol with as many before the start as warm up, and the sessions that they are of.

    Args:
        share: the part of the whole run that this is, for what is told of it.

    Raises:
        Fault: when there are none of a symbol, too many, or they can't be read.
    """
    load = _loader(config, task, span, speech)
    found: list[Bars] = []
    for number, symbol in enumerate(config.symbols):
        speech.tell(share * number / len(config.symbols), number, len(config.symbols), f"loading {symbol}")
        found.append(_wanted(load(symbol), span, task.history_bars))
        if sum(map(len, found)) > task.max_bars:
            raise Fault("LIMIT_EXCEEDED", f"more than {task.max_bars} bars (research.max_bars): fewer symbols or years")
    return found, _sessions(min(int(one.start_ns[0]) for one in found), max(int(one.start_ns[-1]) for one in found))


def _loader(config: backtest_pb2.BacktestConfig, task: Task, span: Span, speech: Speech) -> Load:
    if config.source == HISTORY:
        return _History(task, span, speech).load
    if config.source == CACHE:
        return lambda symbol: _from_caches(symbol, task, span)
    return lambda symbol: _from_file(symbol, Path(task.data_dir), span)


def _wanted(bars: Bars, span: Span, history_bars: int) -> Bars:
    """Those of the span, and before it as many as warm up."""
    starts = bars.start_ns
    begin = 0 if span.start_ns is None else int(np.searchsorted(starts, span.start_ns))
    end = len(bars) if span.end_ns is None else int(np.searchsorted(starts, span.end_ns))
    if begin >= end:
        there = f"there are bars from {_day(starts[0])} to {_day(starts[-1])}" if len(bars) else "none at all"
        raise Fault("NO_DATA", f"there are no {span.timeframe} bars of {bars.symbol} in this time: {there}")
    return bars.part(max(0, begin - history_bars), end)


def _day(ns: np.int64) -> str:
    return f"{to_datetime(int(ns)):%Y-%m-%d}"


def _sessions(first_ns: int, last_ns: int) -> Calendar:
    first, last = new_york(first_ns).date(), new_york(last_ns).date()
    return _calendar(first - timedelta(days=DAY_SLACK), last + timedelta(days=DAY_SLACK))


def _calendar(first: date, last: date) -> Calendar:
    try:
        return new_york_sessions(first, last)
    except ValueError as error:
        raise Fault("NO_DATA", f"the exchange's calendar does not reach so far: {error}") from error


# --- files ---------------------------------------------------------------------------------------
def _from_file(symbol: str, folder: Path, span: Span) -> Bars:
    name = quote(symbol, safe="")
    names = [f"{stem}{ending}" for stem in (f"{name}_{span.timeframe}", name) for ending in ENDINGS]
    path = next((folder / one for one in names if (folder / one).is_file()), None)
    if path is None:
        raise Fault(
            "SYMBOL_UNKNOWN", f"the data folder (research.data_dir) has no file of {symbol}: {', '.join(names)}"
        )
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Fault("SYMBOL_UNKNOWN", f"{path.name} is a link out of the data folder: none is followed")
    try:
        bars = read_bars(symbol, str(path))
        check_timeframe(bars, span.timeframe, path.name)
    except Unreadable as error:
        raise Fault("BACKTEST_FAILED", str(error).replace(f"{folder}/", "")) from error
    except (OSError, pa.ArrowException) as error:
        raise Fault("BACKTEST_FAILED", f"{path.name} can't be read: {type(error).__name__}") from error
    if (np.diff(bars.start_ns) <= 0).any():
        raise Fault("BACKTEST_FAILED", f"{path.name} holds bars that are not later than the one before: sort them")
    return bars


# --- what is kept of the broker's history --------------------------------------------------------
def _cache(task: Task, folder: str, max_age_s: float) -> BarCache:
    where = Path(task.cache_dir) / folder
    return BarCache(
        where, feed=task.feed, adjustment="split", session="regular", source=task.source, max_age_s=max_age_s
    )


def _from_caches(symbol: str, task: Task, span: Span) -> Bars:
    for folder in ("history", "bars"):  # what backtests have fetched, and what trading starts with
        if kept := _cache(task, folder, math.inf).load(symbol, span.timeframe):
            return bars_of_core(symbol, kept)
    raise Fault("SYMBOL_UNKNOWN", f"no {span.timeframe} bars of {symbol} are in the cache: ask the broker (history)")


class _History:
    """The broker's bars, and a cache of them: as far back as it was ever asked, fetched on from the newest one."""

    def __init__(self, task: Task, span: Span, speech: Speech) -> None:
        assert span.start_ns is not None
        self._task = task
        self._span = span
        self._speech = speech
        self._cache = _cache(task, "history", 24 * 3600.0)
        bars_a_session = math.ceil(REGULAR_MINUTES / span.minutes)
        days_before = DAY_SLACK + 2 * math.ceil(task.history_bars / bars_a_session)
        last_ns = min(task.now_ns, span.end_ns or task.now_ns)
        calendar = _calendar(
            new_york(span.start_ns).date() - timedelta(days=days_before),
            new_york(max(last_ns, span.start_ns)).date() + timedelta(days=DAY_SLACK),
        )
        self._grid = BarGrid(span.timeframe, calendar)
        self._through_ns = self._grid.through_ns(last_ns)
        begin_ns = self._grid.lookback_ns(self._grid.through_ns(span.start_ns), task.history_bars)
        self._since_ns = begin_ns or self._grid.first_ns

    def load(self, symbol: str) -> Bars:
        kept = list(self._cache.load(symbol, self._span.timeframe) or ())
        known = self._extended(symbol, kept) if kept and kept[0].start_ns <= self._since_ns else None
        if known is None:
            known = self._fetched(symbol, self._since_ns)
        if len(known) > len(kept):
            self._keep(symbol, known)
        if not known:
            raise Fault("NO_DATA", f"the broker has no bars of {symbol} in this time: see the symbol and the times")
        return bars_of_core(symbol, known)

    def _extended(self, symbol: str, kept: list[Bar]) -> list[Bar] | None:
        """With what is missing at the end; None when the newest one is not what the broker says, as after a split."""
        newest = kept[-1]
        if newest.start_ns >= self._through_ns:
            return kept
        tail = [bar for bar in self._fetched(symbol, newest.start_ns) if bar.start_ns >= newest.start_ns]
        return kept + tail[1:] if tail and same_bar(tail[0], newest) else None

    def _fetched(self, symbol: str, since_ns: int) -> list[Bar]:
        rest = rest_timeframe(self._span.timeframe)
        try:
            rows = asyncio.run(bar_pages(self._ask, [symbol], rest, since_ns, self._through_ns, self._task.feed))
        except WireError as error:
            raise Fault("BROKER_UNAVAILABLE", f"the broker's bars can't be read: {error}") from error
        return self._grid.completed_bars(rows.get(symbol, ()), self._through_ns)

    async def _ask(self, path: str, params: dict[str, str]) -> bytes:
        return await self._speech.ask(path, params)

    def _keep(self, symbol: str, bars: Sequence[Bar]) -> None:
        try:
            self._cache.store(symbol, self._span.timeframe, bars)
        except (OSError, ValueError) as error:
            self._speech.note(f"bars of {symbol} can't be kept, they will be fetched again: {error}")
