"""All symbols' bars as one set of flat arrays on exchange time: what the compiled driver reads.

The door is that of live trading: an unsound bar, one outside the sessions and one that does not go forward in time is
left out and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fluxherod.backtest.model import DAY_NS, PRICES, BacktestConfig, Bars, Signals
from fluxherod.core.bars import MOST_DOLLARS
from fluxherod.core.calendar import HOUR_NS, Calendar, new_york
from fluxherod.core.jit import FloatArray, RowArray, inlined, kernel
from fluxherod.core.risk.request import MAX_QUANTITY

REASONS = ("outside_session", "time_goes_back", "unsound")
_TAKEN = 0
_OUTSIDE = 1
_BACK = 2
_UNSOUND = 3
_WEEK = 7
_EPOCH = date(1970, 1, 1).toordinal()

Codes = npt.NDArray[np.int32]


class Sessions(NamedTuple):
    """The sessions that bars lie in, in order: opens, closes, days since 1970."""

    open_ns: RowArray
    close_ns: RowArray
    day: RowArray


class Tape(NamedTuple):
    """The bars of symbol s are the rows `first[s]` to `last[s]`; up to `warm[s]` they only warm up.

    `next` is where the driver is, `end_ns` the decision time, `session` an index into `Sessions`. The arrays from
    `entry` on are of `Signals`, empty when the strategy decides.
    """

    start_ns: RowArray
    end_ns: RowArray
    session: Codes
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    first: RowArray
    last: RowArray
    warm: RowArray
    next: RowArray
    entry: npt.NDArray[np.int8]
    exit: npt.NDArray[np.bool_]
    quantity: RowArray
    stop_e4: RowArray


class Laid(NamedTuple):
    """A tape with the names of its symbols, its sessions, and how many bars were left out for which reason."""

    tape: Tape
    symbols: tuple[str, ...]
    sessions: Sessions
    rejected: dict[str, int]


class _Dated(NamedTuple):
    """Days since 1970 in the order in which bars come to them, one twice where bars go back; of each bar, which."""

    days: RowArray
    codes: Codes


class _Part(NamedTuple):
    """What is taken of one symbol."""

    columns: tuple[npt.NDArray[Any], ...]
    given: tuple[npt.NDArray[Any], ...]


def lay_out(bars: Sequence[Bars], config: BacktestConfig, signals: Mapping[str, Signals] | None = None) -> Laid:
    """Bring the bars of all symbols on one tape.

    Raises:
        ValueError: when a symbol comes twice, or signals don't fit the bars.
    """
    ordered = sorted(bars, key=lambda one: one.symbol)
    symbols = tuple(one.symbol for one in ordered)
    if len(set(symbols)) < len(symbols):
        raise ValueError(f"bars of {', '.join(symbols)}: allowed is one set of bars a symbol")
    if signals is not None and (strangers := signals.keys() - set(symbols)):
        raise ValueError(f"signals of {', '.join(sorted(strangers))}, which have no bars")
    if config.calendar is None:
        sessions, codes = _dates_of([_dated(one.start_ns) for one in ordered])
    else:
        sessions, codes = _sessions_of(config.calendar), [np.empty(len(one), np.int32) for one in ordered]
    counts = np.zeros(4, np.int64)
    parts = [_part(one, sessions, config, signals, counts, each) for one, each in zip(ordered, codes, strict=True)]
    lengths = [len(part.columns[0]) for part in parts]
    last = np.cumsum(lengths, dtype=np.int64)
    first = last - np.array(lengths, np.int64)
    columns = [_joined([part.columns[k] for part in parts], kind) for k, kind in enumerate(_KINDS)]
    given = [_joined([part.given[k] for part in parts], kind) for k, kind in enumerate(_GIVEN)]
    start_ns = np.iinfo(np.int64).min if config.start_ns is None else config.start_ns
    warm = first + [int(np.searchsorted(part.columns[0], start_ns)) for part in parts]
    tape = Tape._make((*columns, first, last, np.asarray(warm, np.int64), first.copy(), *given))
    return Laid(tape, symbols, sessions, {name: int(n) for name, n in zip(REASONS, counts[1:], strict=True) if n})


# start, end, session, open, high, low, close, volume
_KINDS = ("i8", "i8", "i4", "f8", "f8", "f8", "f8", "f8")
_GIVEN = ("i1", "?", "i8", "i8")


def _joined(arrays: list[npt.NDArray[Any]], kind: str) -> npt.NDArray[Any]:
    """One array of all; a single one is not copied."""
    if not arrays:
        return np.empty(0, kind)
    return (
        np.ascontiguousarray(arrays[0], kind) if len(arrays) == 1 else np.concatenate(arrays).astype(kind, copy=False)
    )


def _own(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array as the compiled code has it: another layout, or one that must not be written, is another type."""
    return np.require(array, requirements=("C", "W"))


def _part(
    bars: Bars,
    sessions: Sessions,
    config: BacktestConfig,
    signals: Mapping[str, Signals] | None,
    counts: RowArray,
    codes: Codes,
) -> _Part:
    names = ("start_ns", *PRICES, "volume")
    start_ns, opening, high, low, close, volume = (_own(getattr(bars, name)) for name in names)
    ends, verdicts, found = np.empty(len(bars), np.int64), np.empty(len(bars), np.int8), np.zeros(len(counts), np.int64)
    known = config.calendar is not None
    _align(
        start_ns,
        opening,
        high,
        low,
        close,
        volume,
        sessions.open_ns,
        sessions.close_ns,
        config.timeframe_ns,
        known,
        ends,
        codes,
        verdicts,
        found,
    )
    counts += found
    columns: tuple[npt.NDArray[Any], ...] = (start_ns, ends, codes, opening, high, low, close, volume)
    given = _given(bars, signals)
    if found[_TAKEN] < len(bars):
        taken = verdicts == _TAKEN
        columns, given = tuple(c[taken] for c in columns), tuple(g[taken] if len(g) else g for g in given)
    return _Part(columns, given)


def _given(bars: Bars, signals: Mapping[str, Signals] | None) -> tuple[npt.NDArray[Any], ...]:
    """The signals of one symbol as arrays: none at all when the strategy decides. -1 is not given."""
    if signals is None:
        return tuple(np.empty(0, kind) for kind in _GIVEN)
    count = len(bars)
    one = signals.get(bars.symbol, Signals(np.zeros(count, np.int8), np.zeros(count, np.bool_)))
    quantity = np.full(count, -1, np.int64) if one.quantity is None else one.quantity
    stop_e4 = np.full(count, -1, np.int64) if one.stop_e4 is None else one.stop_e4
    arrays: tuple[npt.NDArray[Any], ...] = (one.entry, one.exit, quantity, stop_e4)
    for name, array, kind in zip(("entry", "exit", "quantity", "stop_e4"), arrays, _GIVEN, strict=True):
        if array.dtype != np.dtype(kind) or array.shape != (count,):
            raise ValueError(f"signals of {bars.symbol}: {name} must be {np.dtype(kind).name} of shape ({count},)")
    if quantity.max(initial=-1) > MAX_QUANTITY:
        raise ValueError(f"signals of {bars.symbol}: quantity = {quantity.max()}: allowed is at most {MAX_QUANTITY}")
    return arrays


def _dates_of(dated: Sequence[_Dated]) -> tuple[Sessions, list[Codes]]:
    """One session a New York date, without hours, and of each symbol's bars, which it is."""
    days = np.concatenate([np.empty(0, np.int64), *(one.days for one in dated)])
    if not (days[1:] > days[:-1]).all():
        days = np.unique(days)
    sessions = Sessions(np.zeros_like(days), np.zeros_like(days), days)
    return sessions, [_coded(one, days) for one in dated]


def _coded(dated: _Dated, days: RowArray) -> Codes:
    """Of each bar, which of these days it is on."""
    if np.array_equal(dated.days, days):
        return dated.codes
    codes: Codes = np.searchsorted(days, dated.days).astype(np.int32)[dated.codes]
    return codes


def _sessions_of(calendar: Calendar) -> Sessions:
    known = calendar.sessions
    days = np.array([date.fromisoformat(session.day).toordinal() - _EPOCH for session in known], np.int64)
    return Sessions(
        np.array([session.open_ns for session in known], np.int64),
        np.array([session.close_ns for session in known], np.int64),
        days,
    )


def new_york_days(ns: RowArray) -> RowArray:
    """New York dates of times, as days since 1970; shape (n,)."""
    dated = _dated(ns)
    return dated.days[dated.codes]


def _dated(ns: RowArray) -> _Dated:
    if len(ns) == 0:
        return _Dated(np.empty(0, np.int64), np.empty(0, np.int32))
    first, last = int(ns.min()) // DAY_NS - 1, int(ns.max()) // DAY_NS + 1
    codes = np.empty(len(ns), np.int32)
    return _Dated(_dates(_own(ns), _midnights(first, last), first, codes), codes)


@kernel
def _dates(ns: RowArray, midnights_ns: RowArray, first_day: int, codes: Codes) -> RowArray:
    """Those of `_Dated`, and its codes. A bar is mostly on the date of the one before: then nothing is divided."""
    days, count, begins, ends = np.empty(len(ns), np.int64), 0, 0, 0
    for k in range(len(ns)):
        if not begins <= ns[k] < ends:
            day = ns[k] // DAY_NS - first_day
            day -= int(ns[k] < midnights_ns[day])
            begins, ends = midnights_ns[day], midnights_ns[day + 1]
            days[count] = first_day + day
            count += 1
        codes[k] = count - 1
    return days[:count].copy()


@lru_cache(maxsize=4)  # the bars of all symbols are of the same days
def _midnights(low: int, high: int) -> RowArray:
    """When New York's date becomes that of each UTC day from `low` to `high`."""
    # The clocks change after midnight, and never twice in a week.
    weeks = [_hours_behind(day) for day in range(low, high + 8, _WEEK)]
    hours = np.repeat(np.array(weeks, np.int64), _WEEK)[: high - low + 1]
    for week in np.flatnonzero(np.diff(weeks)).tolist():
        for day in range(week * _WEEK, min((week + 1) * _WEEK, len(hours))):
            hours[day] = _hours_behind(low + day)
    return np.arange(low, high + 1) * DAY_NS + hours * HOUR_NS


def _hours_behind(utc_day: int) -> int:
    """How many hours New York is behind at its midnight of a UTC day."""
    offset = new_york(utc_day * DAY_NS + 5 * HOUR_NS).utcoffset()
    assert offset is not None
    return -int(offset.total_seconds()) // 3600


@inlined
def _sound(opening: float, high: float, low: float, close: float, volume: float) -> bool:
    """`core.bars.fault`, but for whole minutes."""
    ordered = (low > 0.0) & (low <= opening) & (opening <= high) & (high <= MOST_DOLLARS)
    return ordered & (low <= close) & (close <= high) & (volume >= 0.0) & (volume < np.inf)


@kernel
def _align(
    start_ns: RowArray,
    opening: FloatArray,
    high: FloatArray,
    low: FloatArray,
    close: FloatArray,
    volume: FloatArray,
    opens_ns: RowArray,
    closes_ns: RowArray,
    timeframe_ns: int,
    known: bool,
    end_ns: RowArray,
    session: Codes,
    verdict: npt.NDArray[np.int8],
    found: RowArray,
) -> None:
    """The end and the session of each bar of a symbol, whether it is taken, and how many have each verdict."""
    newest, at = np.iinfo(np.int64).min, 0
    for k in range(len(start_ns)):
        begins = start_ns[k]
        ends = begins + timeframe_ns
        end_ns[k] = ends
        if not _sound(opening[k], high[k], low[k], close[k], float(volume[k])):
            verdict[k] = _UNSOUND
            found[_UNSOUND] += 1
            continue
        if begins <= newest:
            verdict[k] = _BACK
            found[_BACK] += 1
            continue
        if known:
            while at < len(closes_ns) and closes_ns[at] <= begins:
                at += 1
            if at == len(closes_ns) or ends <= opens_ns[at]:
                verdict[k] = _OUTSIDE
                found[_OUTSIDE] += 1
                continue
            end_ns[k] = min(ends, closes_ns[at])
            session[k] = at
        verdict[k] = _TAKEN
        found[_TAKEN] += 1
        newest = begins
