"""What a run says of itself: it does not look ahead, and it does not depend on where its history began.

Look-ahead: a run over the oldest part of the bars must be the beginning of the run over all of them, bit for bit.
Warm-up: the indicators after a live history's length of bars must be those of the whole history, within a tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fluxherod.backtest.model import SIGNAL, BacktestConfig, Bars, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.backtest.tape import lay_out
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import BAR, DECISION, new_states, step_many

HISTORY = 500
"""Bars that live trading starts with."""
TOLERANCE = 1e-6
FIGURES = ("sma", "ema", "kama", "rsi", "atr", "adx", "bb_upper", "bb_lower", "slope", "r2", "avg_volume", "atr_avg50")
# A slope and an R2 near 0 have no size of their own: that of the price, and of 1, is theirs.
_SIZES: Mapping[str, str] = {"slope": "close"}
_ABSOLUTE = ("r2",)
PARTS = (0.25, 0.5, 0.75)
PLACES = 32


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Where runs over less were not the beginning of the run over all: the end of the part, and what differs."""

    parts: int
    differing: tuple[tuple[int, str], ...]

    @property
    def clean(self) -> bool:
        """True when nothing differs."""
        return not self.differing


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How far figures after `history` bars were from those of the whole history, at the places that were looked at.

    Args:
        places: how many pairs of symbol and bar were compared; 0 when no symbol has more bars than `history`.
        largest: of each figure the largest relative difference.
        decisions: places at which regime or entry were not the same.
    """

    history: int
    places: int
    largest: Mapping[str, float]
    decisions: int
    tolerance: float = TOLERANCE

    @property
    def dependent(self) -> tuple[str, ...]:
        """The figures that differ by more than the tolerance."""
        return tuple(name for name, value in self.largest.items() if not value <= self.tolerance)

    @property
    def clean(self) -> bool:
        """True when no figure depends on where the history began."""
        return not self.dependent and not self.decisions


def look_ahead(
    bars: Sequence[Bars],
    config: BacktestConfig,
    whole: Run,
    signals: Mapping[str, Signals] | None = None,
    parts: Sequence[float] = PARTS,
) -> LookAhead:
    """Run the oldest parts of the bars, up to fractions of the marks, and compare each with the run over all of them.

    Signals from outside are taken as they are: whether they look ahead can't be seen here.
    """
    marks = len(whole.equity_ns)
    places = sorted({int(marks * part) for part in parts} - {0}) if marks else []
    differing: list[tuple[int, str]] = []
    for place in places:
        end_ns = int(whole.equity_ns[place - 1])
        lengths = [_known(one, config, end_ns) for one in bars]
        shorter = [one.first(length) for one, length in zip(bars, lengths, strict=True)]
        given = signals and {
            one.symbol: _first(signals[one.symbol], len(one)) for one in shorter if one.symbol in signals
        }
        part = run(shorter, config, given)
        differing += [(end_ns, what) for what in _differences(part, whole, end_ns)]
    return LookAhead(len(places), tuple(differing))


def _known(bars: Bars, config: BacktestConfig, end_ns: int) -> int:
    """How many of the bars have ended by a time."""
    ends = bars.start_ns + config.timeframe_ns
    if config.calendar is not None:
        closes = np.array([session.close_ns for session in config.calendar.sessions], np.int64)
        at = np.minimum(np.searchsorted(closes, bars.start_ns, "right"), len(closes) - 1)
        ends = np.minimum(ends, np.maximum(closes[at], bars.start_ns)) if len(closes) else ends
    return int(np.searchsorted(np.maximum.accumulate(ends), end_ns, "right"))


def _first(signals: Signals, count: int) -> Signals:
    quantity, stop_e4 = signals.quantity, signals.stop_e4
    return Signals(
        signals.entry[:count],
        signals.exit[:count],
        None if quantity is None else quantity[:count],
        None if stop_e4 is None else stop_e4[:count],
    )


def _differences(part: Run, whole: Run, end_ns: int) -> list[str]:
    """What is not the same in two runs up to a time. The fate of an order at work then is not known to the shorter."""
    marks = len(part.equity_ns)
    names = ("equity_ns", "equity_e4", "exposure_e4")
    found = [name for name in names if not np.array_equal(getattr(part, name), getattr(whole, name)[:marks])]
    # The next bars open at this time: exits there, and a session that begins, have the same one.
    if not _begins(part.trades, whole.trades, "exit_ns", end_ns):
        found.append("trades")
    decided = [name for name in SIGNAL.names or () if name != "outcome"]
    if not _begins(part.signals[decided], whole.signals[decided], "ns", end_ns + 1):
        found.append("signals")
    if not _begins(part.guards, whole.guards, "ns", end_ns):
        found.append("guards")
    return found


def _begins(part: RecordArray, whole: RecordArray, time: str, end_ns: int) -> bool:
    """True when the records of a part are the first of the whole, and all others are from a time on."""
    count = len(part)
    same = all(np.array_equal(part[name], whole[name][:count]) for name in part.dtype.names or ())
    return same and not bool((whole[time][count:] < end_ns).any())


def warm_up(bars: Sequence[Bars], config: BacktestConfig, history: int = HISTORY, places: int = PLACES) -> WarmUp:
    """Compare decisions after `history` bars with those of the whole history, at places spread over each symbol."""
    largest, compared, decisions = dict.fromkeys(FIGURES, 0.0), 0, 0
    for one in bars:
        tape_bars = _kernel_bars(one, config)
        ends = (
            np.unique(np.linspace(history, len(tape_bars) - 1, places).astype(int)) if len(tape_bars) > history else ()
        )
        if not len(ends):
            continue
        whole = _decisions(tape_bars, config, keep=np.asarray(ends))
        for end, record in zip(ends, whole, strict=True):
            begin = int(end) - history + 1
            short = _decisions(tape_bars[begin : end + 1], config, keep=np.array([history - 1]))[0]
            compared += 1
            decisions += int(short["regime"] != record["regime"] or short["entry"] != record["entry"])
            for name in FIGURES:
                largest[name] = max(largest[name], _apart(name, short, record))
    return WarmUp(history, compared, largest, decisions)


def _apart(name: str, short: np.void, whole: np.void) -> float:
    a, b = float(short[name]), float(whole[name])
    size = 1.0 if name in _ABSOLUTE else max(abs(b), abs(float(whole[_SIZES.get(name, name)])))
    return abs(a - b) / size if size > 0 else abs(a - b)


def _kernel_bars(bars: Bars, config: BacktestConfig) -> RecordArray:
    """The bars that get in, as BAR records; the hours don't matter to what is compared."""
    tape = lay_out([bars], config).tape
    made = np.zeros(len(tape.start_ns), BAR)
    for name in ("open", "high", "low", "close", "volume"):
        made[name] = getattr(tape, name)
    return made


_BLOCK = 4_096


def _decisions(bars: RecordArray, config: BacktestConfig, keep: npt.NDArray[np.int64]) -> RecordArray:
    """The DECISION records of some of the bars, which rise; in blocks: all of them would be larger than the bars."""
    params = config.params.to_record()
    states, out, kept = new_states(1, params), np.zeros(_BLOCK, DECISION), np.zeros(len(keep), DECISION)
    for first in range(0, len(bars), _BLOCK):
        block = bars[first : first + _BLOCK]
        step_many(states, np.zeros(len(block), np.int64), params, block, False, out)
        inside = (keep >= first) & (keep < first + len(block))
        kept[inside] = out[keep[inside] - first]
    return kept
