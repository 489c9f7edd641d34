"""Bars as REST serves them: the tape, split where it does not know of a split, with scripted minutes laid over it.

Nothing is beyond the exchange's now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from alpacasim.aggregate import MINUTE, Bars, aggregate, parse_timeframe
from alpacasim.calendar import HOUR_NS, MINUTE_NS, Calendar
from alpacasim.corporate_actions import Adjustment, Announcements, adjusted, after_splits
from alpacasim.tape import Tape

_EMPTY = np.zeros(0, dtype=MINUTE)
# Backwards from an instant, so far is looked for a last price: a day first, over a long weekend, then further.
_LOOK_BACK_DAYS = (1, 5, 30, 400, 5000)


class History:
    """The past of every symbol, as it is known at an instant."""

    def __init__(self, tape: Tape, calendar: Calendar, announcements: Announcements | None = None) -> None:
        self._tape = tape
        self._announcements = announcements or Announcements()
        self._calendar = calendar
        self._scripted: dict[str, dict[int, tuple[int | float, ...]]] = {}
        self._silent: dict[str, set[int]] = {}

    @property
    def symbols(self) -> tuple[str, ...]:
        return self._tape.symbols

    @property
    def holds_splits(self) -> bool:
        """Has the tape the splits of its days in its prices."""
        return self._tape.holds_splits

    def session_dates(self) -> Sequence[date]:
        return self._tape.session_dates()

    def add(self, symbol: str, record: tuple[int | float, ...]) -> None:
        """Lay a minute (a MINUTE record) over the tape."""
        self._scripted.setdefault(symbol, {})[int(record[0])] = record

    def silence(self, symbol: str, t_ns: int) -> None:
        """Take a minute of the tape away: the symbol was halted in it."""
        self._silent.setdefault(symbol, set()).add(t_ns)

    def days(self, symbol: str) -> Sequence[date]:
        """Days on which the tape has data of a symbol, ascending."""
        return self._tape.days(symbol)

    def minutes(self, symbol: str, day: date) -> Bars:
        """The minutes that the tape gives on a day, in the units of that day."""
        return self._after_splits(symbol, self._tape.minutes(symbol, day))

    def _after_splits(self, symbol: str, taped: Bars) -> Bars:
        splits = self._announcements.splits_to_play(symbol)
        return after_splits(taped, splits) if splits else taped

    def bars(
        self,
        symbol: str,
        timeframe: str,
        start_ns: int,
        end_ns: int,
        as_of_ns: int,
        adjustments: Sequence[Adjustment] = (),
    ) -> Bars:
        """Bars that start in [start_ns, end_ns]; minutes that end after `as_of_ns` are not known yet.

        They are adjusted as asked for. ValueError names a bad timeframe.
        """
        changed = symbol in self._scripted or symbol in self._silent or self._announcements.splits_to_play(symbol)
        if not changed and not adjustments:
            return self._tape.bars(symbol, timeframe, start_ns, end_ns, as_of_ns)
        parsed = parse_timeframe(timeframe)
        first_ns = start_ns - parsed.longest_ns
        minutes = self._minutes_between(symbol, first_ns, min(end_ns + parsed.longest_ns, as_of_ns - MINUTE_NS))
        bars = aggregate(adjusted(minutes, adjustments), parsed, self._calendar)
        return bars[(bars["t_ns"] >= start_ns) & (bars["t_ns"] <= end_ns)]

    def last_bar(self, symbol: str, timeframe: str, as_of_ns: int) -> Bars:
        """The newest bar (an array of one, or empty)."""
        for days in _LOOK_BACK_DAYS:
            bars = self.bars(symbol, timeframe, as_of_ns - days * 24 * HOUR_NS, as_of_ns, as_of_ns)
            if len(bars):
                return bars[-1:]
        return _EMPTY

    def _minutes_between(self, symbol: str, start_ns: int, end_ns: int) -> Bars:
        taped = self._after_splits(symbol, self._tape.between(symbol, start_ns, end_ns))
        if symbol in self._silent:
            taped = taped[~np.isin(taped["t_ns"], list(self._silent[symbol]))]
        scripted = self._scripted.get(symbol, {})
        chosen = [scripted[t_ns] for t_ns in sorted(scripted) if start_ns <= t_ns <= end_ns]
        if not chosen:
            return taped
        over = np.array(chosen, dtype=MINUTE)
        merged = np.concatenate((taped[~np.isin(taped["t_ns"], over["t_ns"])], over))
        return merged[np.argsort(merged["t_ns"], kind="stable")]
