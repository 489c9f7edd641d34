"""What the kernel decides on bars to come, in blocks: it knows no position, so it need not wait for the account."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluxherod.backtest.figures import Columns
from fluxherod.backtest.model import Kind
from fluxherod.backtest.tape import Sessions, Tape
from fluxherod.core.advance import advance
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.indicators.fused import UNSETTLED
from fluxherod.core.jit import Record, RecordArray, RowArray, assign, blank, lent
from fluxherod.core.kernel import DECISION
from fluxherod.core.noise import judge_noise
from fluxherod.core.regime import REGIME
from fluxherod.core.strategy.deciding import conclude, weigh
from fluxherod.core.strategy.entries import ENTRY_MEMORY

VERDICT = np.dtype(
    [
        ("atr", "f8"),
        ("regime", "i1"),
        ("entry", "i1"),
        ("entry_mode", "i1"),
        ("volume_ok", "i1"),
        ("breakout_volume_ok", "i1"),
        ("time_ok", "i1"),
        ("gap_ok", "i1"),
    ],
    align=True,
)
"""What an entry looks at of its DECISION."""

# What moves in a state when the indicators do not.
_MOVING = np.dtype([("regime", REGIME), ("entries", ENTRY_MEMORY), ("index", "i8")], align=True)
AHEAD = 256
"""Bars that are decided at once; a power of two."""
_SAID = np.dtype([("words", "i8", (AHEAD,))], align=True)
# A word: the bar's own regime, the rules, the confirmed regime, and whether it enters.
_OWN_REGIME, _TREND_LONG, _TREND_SHORT, _MR_LONG, _MR_SHORT = 3, 4, 8, 16, 32
_EXIT_TREND_LONG, _EXIT_TREND_SHORT, _EXIT_MR_LONG, _EXIT_MR_SHORT = 64, 128, 256, 512
_REGIME_BIT, _REGIME, _ENTERS = 10, 3, 1 << 12
_MEAN_REVERSION = int(Kind.MEAN_REVERSION)


class Verdicts(NamedTuple):
    """What was decided on bars to come, shape (symbols, ahead): bar k of a symbol is at k % ahead.

    Args:
        words: what a scan of all bars looks at, in bits.
        entries: VERDICT records, written where an entry fires or signals come from outside.
    """

    words: RowArray
    entries: RecordArray

    def copied(self) -> Verdicts:
        """The same, apart from these."""
        return Verdicts(self.words.copy(), self.entries.copy())


def no_verdicts(symbols: int, ahead: int = AHEAD) -> Verdicts:
    """Room for the verdicts on so many bars of each symbol.

    Args:
        ahead: a power of two, at most `AHEAD`. With 1 the kernel's states are never ahead of the account.
    """
    return Verdicts(np.zeros((symbols, ahead), np.int64), np.zeros((symbols, ahead), VERDICT))


@lent
def _place(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    return int((row - tape.first[np.uintp(s)]) & (verdicts.words.shape[1] - 1))


@lent
def undecided(verdicts: Verdicts, tape: Tape, s: int, row: int) -> bool:
    """True at a bar of a symbol that the kernel has not seen: the first of a block."""
    return bool(_place(verdicts, tape, s, row) == 0)


@lent
def left_in_block(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """How many bars from this one on are decided."""
    return int((verdicts.words.shape[1] - _place(verdicts, tape, s, row)) & (verdicts.words.shape[1] - 1))


@lent
def entry_of(verdicts: Verdicts, tape: Tape, s: int, row: int) -> Record:
    """The VERDICT on a bar that enters, or of signals from outside."""
    return verdicts.entries[np.uintp(s), np.uintp(_place(verdicts, tape, s, row))]


@lent
def enters(verdicts: Verdicts, tape: Tape, s: int, row: int) -> bool:
    """True when an entry fires on a bar."""
    return bool(verdicts.words[np.uintp(s), np.uintp(_place(verdicts, tape, s, row))] & _ENTERS)


@lent
def exits(verdicts: Verdicts, tape: Tape, s: int, row: int, long: bool, mode: int) -> bool:
    """True when a bar ends a position of the strategy."""
    word = verdicts.words[np.uintp(s), np.uintp(_place(verdicts, tape, s, row))]
    if mode == _MEAN_REVERSION:
        return bool(word & (_EXIT_MR_LONG if long else _EXIT_MR_SHORT))
    return bool(word & (_EXIT_TREND_LONG if long else _EXIT_TREND_SHORT))


@lent
def regime_of(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """The confirmed regime of a bar."""
    return int(verdicts.words[np.uintp(s), np.uintp(_place(verdicts, tape, s, row))] >> _REGIME_BIT & _REGIME)


@lent
def decide_ahead(
    tape: Tape,
    sessions: Sessions,
    params: RecordArray,
    states: RecordArray,
    verdicts: Verdicts,
    s: int,
    row: int,
    rules: Record,
    known: Columns,
) -> None:
    """Decide on the bars of a block that begins at a row, each by one step of the kernel."""
    count = min(verdicts.words.shape[1], tape.last[s] - row)
    state, words, entries = states[np.uintp(s)], verdicts.words[np.uintp(s)], verdicts.entries[np.uintp(s)]
    if len(known.close) > 0:
        _by_figures(tape, sessions, params[0], state, words, entries, row, count, rules, known)
        return
    out, intraday, always = blank(DECISION), bool(rules["intraday"]), bool(rules["given"])
    for k in range(count):
        at = np.uintp(row + k)
        prices = tape.open[at], tape.high[at], tape.low[at], tape.close[at]
        minute, to_close, after_open = _clock(tape, sessions, rules, row + k)
        advance(state, params[0], *prices, tape.volume[at], minute, to_close, after_open, intraday, out)
        words[np.uintp(k)] = _concluded(_said(out), out)
        if out["entry"] != 0 or always:
            assign(entries[np.uintp(k)], out)


@lent
def _by_figures(
    tape: Tape,
    sessions: Sessions,
    params: Record,
    state: Record,
    words: RowArray,
    entries: RecordArray,
    row: int,
    count: int,
    rules: Record,
    known: Columns,
) -> None:
    """No indicator moves. What bars say by themselves is found by a loop with nothing else in it: many at a time."""
    said, moving, always = blank(_SAID)["words"], blank(_MOVING), bool(rules["given"])
    assign(moving, state)
    for k in range(count):
        out = blank(DECISION)
        _look(known, row + k, out)
        weigh(out, params)
        said[np.uintp(k)] = _said(out)
    for k in range(count):
        at, out = np.uintp(row + k), blank(DECISION)
        _hear(said[np.uintp(k)], out)
        out["adx"] = known.adx[at]
        out["r2"] = known.r2[at]
        conclude(moving, out, params, moving["index"], UNSETTLED)
        moving["index"] += 1
        words[np.uintp(k)] = _concluded(said[np.uintp(k)] if out["valid"] else _said(out), out)
        if out["entry"] != 0 or always:
            minute, to_close, after_open = _clock(tape, sessions, rules, row + k)
            _look(known, row + k, out)
            judge_noise(out, params, minute, to_close, after_open, bool(rules["intraday"]))
            assign(entries[np.uintp(k)], out)
    assign(state["regime"], moving["regime"])
    assign(state["entries"], moving["entries"])
    state["index"] = moving["index"]


@lent
def _look(known: Columns, row: int, out: Record) -> None:
    """The figures of a row."""
    at = np.uintp(row)
    out["close"] = known.close[at]
    out["volume"] = known.volume[at]
    out["gap"] = known.gap[at]
    out["sma"] = known.sma[at]
    out["kama"] = known.kama[at]
    out["rsi"] = known.rsi[at]
    out["atr"] = known.atr[at]
    out["adx"] = known.adx[at]
    out["bb_upper"] = known.bb_upper[at]
    out["bb_lower"] = known.bb_lower[at]
    out["r2"] = known.r2[at]
    out["avg_volume"] = known.avg_volume[at]


@lent
def _said(out: Record) -> int:
    return int(
        out["raw_regime"]
        + _TREND_LONG * int(out["trend_long"])
        + _TREND_SHORT * int(out["trend_short"])
        + _MR_LONG * int(out["mr_long"])
        + _MR_SHORT * int(out["mr_short"])
        + _EXIT_TREND_LONG * int(out["exit_trend_long"])
        + _EXIT_TREND_SHORT * int(out["exit_trend_short"])
        + _EXIT_MR_LONG * int(out["exit_mr_long"])
        + _EXIT_MR_SHORT * int(out["exit_mr_short"])
    )


@lent
def _hear(word: int, out: Record) -> None:
    """What `_said` put into a word."""
    out["raw_regime"] = word & _OWN_REGIME
    out["trend_long"] = bool(word & _TREND_LONG)
    out["trend_short"] = bool(word & _TREND_SHORT)
    out["mr_long"] = bool(word & _MR_LONG)
    out["mr_short"] = bool(word & _MR_SHORT)
    out["exit_trend_long"] = bool(word & _EXIT_TREND_LONG)
    out["exit_trend_short"] = bool(word & _EXIT_TREND_SHORT)
    out["exit_mr_long"] = bool(word & _EXIT_MR_LONG)
    out["exit_mr_short"] = bool(word & _EXIT_MR_SHORT)


@lent
def _concluded(word: int, out: Record) -> int:
    return int(word + (out["regime"] << _REGIME_BIT) + _ENTERS * int(out["entry"] != 0))


@lent
def _clock(tape: Tape, sessions: Sessions, rules: Record, row: int) -> tuple[int, int, int]:
    """New York's minute at the end of a bar, the minutes to its session's close and those since the open; 0 without."""
    if not rules["has_hours"]:
        return 0, 0, 0
    session, end_ns = np.uintp(tape.session[np.uintp(row)]), tape.end_ns[np.uintp(row)]
    after_open = (end_ns - sessions.open_ns[session]) // MINUTE_NS
    return sessions.open_minute[session] + after_open, (sessions.close_ns[session] - end_ns) // MINUTE_NS, after_open
