"""The tape: minute bars of every symbol, made or cut out when they are asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import numpy as np

from alpacasim.aggregate import MINUTE, Bars, aggregate, parse_timeframe
from alpacasim.calendar import MINUTE_NS, Calendar, day_of_number, new_york_day, wall_days
from alpacasim.minute_path import Bar, minute_path, session_volume_profile

__all__ = ["MINUTE", "Bars", "CoarseSeries", "LayeredSeries", "MinuteSeries", "Series", "Tape", "parse_timeframe"]

_CACHED_DAYS = 2048


class Series(Protocol):
    """Minute bars of one symbol by New York date. `dropped` counts the source's bars outside of any session."""

    dropped: int

    def days(self) -> Sequence[date]:
        """Dates with data, ascending."""

    def minutes(self, day: date) -> Bars:
        """MINUTE records of the date, ascending; empty where there are none."""


class Tape:
    """Minute bars of some symbols; immutable. Days are kept in an LRU cache, the arrays are read-only.

    `holds_splits`: the prices are those of the day, with a split inside where there was one; else no split is in them.
    """

    def __init__(self, series: Mapping[str, Series], calendar: Calendar, *, holds_splits: bool = True) -> None:
        self.symbols: tuple[str, ...] = tuple(sorted(series))
        self.holds_splits = holds_splits
        self.calendar = calendar
        self._series = dict(series)
        self._days = {symbol: tuple(one.days()) for symbol, one in self._series.items()}
        self._cache: OrderedDict[tuple[str, date], Bars] = OrderedDict()
        every_day = sorted({day for days in self._days.values() for day in days})
        self._session_dates = tuple(day for day in every_day if calendar.session(day))

    @classmethod
    def of_minutes(cls, minutes: Mapping[str, Bars], calendar: Calendar) -> Tape:
        """A tape over arrays of MINUTE records, each ascending."""
        return cls({symbol: MinuteSeries(bars) for symbol, bars in minutes.items()}, calendar)

    @property
    def dropped(self) -> Mapping[str, int]:
        """Source bars that no session holds and that are not played, by symbol; only symbols that have some."""
        return {symbol: one.dropped for symbol, one in self._series.items() if one.dropped}

    def session_dates(self) -> Sequence[date]:
        """Session days on which any symbol has data, ascending."""
        return self._session_dates

    def days(self, symbol: str) -> Sequence[date]:
        """Days on which a symbol has data, ascending; none for an unknown symbol."""
        return self._days.get(symbol, ())

    def minutes(self, symbol: str, day: date) -> Bars:
        """MINUTE records of a New York date, ascending; empty for an unknown symbol or a day without data."""
        series = self._series.get(symbol)
        if series is None:
            return _EMPTY
        key = (symbol, day)
        cached = self._cache.get(key)
        if cached is not None:
            self._cache.move_to_end(key)
            return cached
        bars = series.minutes(day)
        bars.setflags(write=False)
        self._cache[key] = bars
        if len(self._cache) > _CACHED_DAYS:
            self._cache.popitem(last=False)
        return bars

    def between(self, symbol: str, start_ns: int, end_ns: int) -> Bars:
        """MINUTE records with start_ns <= t_ns <= end_ns."""
        days = self._days.get(symbol, ())
        first, last = bisect_left(days, new_york_day(start_ns)), bisect_right(days, new_york_day(end_ns))
        if first >= last:
            return _EMPTY
        bars = np.concatenate([self.minutes(symbol, day) for day in days[first:last]])
        return bars[np.searchsorted(bars["t_ns"], start_ns) : np.searchsorted(bars["t_ns"], end_ns, side="right")]

    def bars(self, symbol: str, timeframe: str, start_ns: int, end_ns: int, as_of_ns: int | None = None) -> Bars:
        """Bars of an Alpaca timeframe whose start lies in [start_ns, end_ns]. ValueError names a bad timeframe.

        With `as_of_ns`, minutes that end after it do not exist yet: the last bar may be a part of its final self.
        """
        parsed = parse_timeframe(timeframe)
        last_ns = end_ns + parsed.longest_ns
        if as_of_ns is not None:
            last_ns = min(last_ns, as_of_ns - MINUTE_NS)
        # Minutes before start_ns belong to bars that start before it.
        bars = aggregate(self.between(symbol, start_ns, last_ns), parsed, self.calendar)
        return bars[(bars["t_ns"] >= start_ns) & (bars["t_ns"] <= end_ns)]


class MinuteSeries:
    """Minute bars as they were recorded, extended hours included."""

    def __init__(self, bars: Bars) -> None:
        self.dropped = 0
        self._bars = bars
        numbers, starts = np.unique(wall_days(bars["t_ns"]), return_index=True)
        bounds = [*starts.tolist(), len(bars)]
        self._spans = {
            day_of_number(number): (bounds[at], bounds[at + 1]) for at, number in enumerate(numbers.tolist())
        }

    def days(self) -> Sequence[date]:
        return tuple(self._spans)

    def minutes(self, day: date) -> Bars:
        begin, end = self._spans.get(day, (0, 0))
        return self._bars[begin:end]


class CoarseSeries:
    """Bars coarser than a minute (all of `length_ns`), played as minute paths inside the regular sessions.

    A bar is played in the part of [t_ns, t_ns + length_ns) in which its day's session trades: the bar stamped 09:00
    begins at 09:30, a daily bar, stamped at New York midnight, spans the session. Bars without such a part, stray ones
    after an early close for instance, are dropped and counted.
    """

    def __init__(self, symbol: str, bars: Bars, length_ns: int, calendar: Calendar) -> None:
        self.dropped = 0
        self._symbol = symbol
        self._calendar = calendar
        self._length_ns = length_ns
        self._by_day: dict[date, list[tuple[int, Bar]]] = {}
        fields = (bars[name].tolist() for name in ("open", "high", "low", "close", "volume"))
        days = wall_days(bars["t_ns"]).tolist()
        for start_ns, number, *values in zip(bars["t_ns"].tolist(), days, *fields, strict=True):
            day = day_of_number(number)
            session = calendar.session(day)
            if session is None or start_ns >= session.close_ns or start_ns + length_ns <= session.open_ns:
                self.dropped += 1
            else:
                self._by_day.setdefault(day, []).append((start_ns, Bar(*values)))

    def days(self) -> Sequence[date]:
        return tuple(self._by_day)

    def minutes(self, day: date) -> Bars:
        session = self._calendar.session(day)
        if session is None or day not in self._by_day:
            return _EMPTY
        paths = []
        for start_ns, bar in self._by_day[day]:
            begin_ns = max(start_ns, session.open_ns)
            end_ns = min(start_ns + self._length_ns, session.close_ns)
            profile = session_volume_profile(
                (begin_ns - session.open_ns) // MINUTE_NS,
                (end_ns - begin_ns) // MINUTE_NS,
                (session.close_ns - session.open_ns) // MINUTE_NS,
            )
            paths.append(minute_path(self._symbol, start_ns, bar, begin_ns, profile))
        return np.concatenate(paths)


class LayeredSeries:
    """Several series of one symbol, the finest first: each day comes from the first of them that has it."""

    def __init__(self, layers: Sequence[Series]) -> None:
        self.dropped = sum(layer.dropped for layer in layers)
        self._owner: dict[date, Series] = {}
        for layer in reversed(layers):
            self._owner.update(dict.fromkeys(layer.days(), layer))

    def days(self) -> Sequence[date]:
        return sorted(self._owner)

    def minutes(self, day: date) -> Bars:
        owner = self._owner.get(day)
        return _EMPTY if owner is None else owner.minutes(day)


_EMPTY = np.zeros(0, dtype=MINUTE)
_EMPTY.setflags(write=False)
