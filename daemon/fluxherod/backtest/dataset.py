"""Bars as the subject of many runs: laid out once, and known by a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.tape import Laid, lay_out
from fluxherod.core.calendar import Calendar
from fluxherod.core.jit import SOURCES_DIGEST, sources_digest

_COLUMNS = ("start_ns", "open", "high", "low", "close", "volume")


@dataclass(frozen=True)
class DataSet:
    """The bars of all symbols with what decides how they are read; `of` makes one.

    Args:
        bars: one set a symbol, in alphabetical order.
        timeframe_ns, calendar, start_ns: those of the configuration.
    """

    bars: tuple[Bars, ...]
    timeframe_ns: int
    calendar: Calendar | None
    start_ns: int | None

    @classmethod
    def of(cls, bars: Sequence[Bars], config: BacktestConfig) -> DataSet:
        """The data set of a run over these bars with this configuration."""
        ordered = tuple(sorted(bars, key=lambda one: one.symbol))
        return cls(ordered, config.timeframe_ns, config.calendar, config.start_ns)

    @cached_property
    def laid(self) -> Laid:
        """The tape of all bars.

        Raises:
            ValueError: when a symbol comes twice.
        """
        frame = BacktestConfig(timeframe_ns=self.timeframe_ns, calendar=self.calendar, start_ns=self.start_ns)
        return lay_out(self.bars, frame)

    def __reduce__(self) -> tuple[type[DataSet], tuple[object, ...]]:
        """What is worked out of the bars does not travel with them."""
        return DataSet, (self.bars, self.timeframe_ns, self.calendar, self.start_ns)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols, in alphabetical order."""
        return tuple(one.symbol for one in self.bars)

    @cached_property
    def span_ns(self) -> tuple[int, int]:
        """From the start of the first bar that is traded on to the start of the last; (0, 0) without one."""
        tape = self.laid.tape
        parts = [tape.start_ns[warm:last] for warm, last in zip(tape.warm, tape.last, strict=True) if warm < last]
        return (min(int(part[0]) for part in parts), max(int(part[-1]) for part in parts)) if parts else (0, 0)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same bars, timeframe, sessions and start, on every machine; 64 hexadecimal digits."""
        digest = hashlib.sha256(f"{self.timeframe_ns} {self.start_ns}".encode())
        for one in self.bars:
            digest.update(f"\0{one.symbol}\0{len(one)}\0{one.volume.dtype.name}\0".encode())
            for name in _COLUMNS:
                digest.update(np.ascontiguousarray(getattr(one, name)).data)
        sessions = () if self.calendar is None else self.calendar.sessions
        digest.update(repr([(one.day, one.open_ns, one.close_ns) for one in sessions]).encode())
        return digest.hexdigest()


@cache
def code_digest() -> str:
    """One digest over the sources of strategy, risk and backtest: other code may give other results."""
    return hashlib.sha256((SOURCES_DIGEST + sources_digest("fluxherod.backtest")).encode()).hexdigest()
