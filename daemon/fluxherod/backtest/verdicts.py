"""What the kernel decides on bars to come: it knows no position, so it need not wait for the account."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from fluxherod.backtest.model import Kind
from fluxherod.backtest.tape import Sessions, Tape
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.columns import BLOCK, WORK, Prices
from fluxherod.core.decisions import (
    ENTERS,
    EXIT_MR_LONG,
    EXIT_MR_SHORT,
    EXIT_TREND_LONG,
    EXIT_TREND_SHORT,
    REGIME,
    REGIME_BIT,
    RULES,
    decide_block,
    tell,
)
from fluxherod.core.jit import Record, RecordArray, RowArray, assign, blank, lent
from fluxherod.core.kernel import DECISION
from fluxherod.core.noise import judge_time

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

# Of a symbol: where its first word is, which bits of a bar's number count (all when every bar is decided), and the
# entry that is looked at next.
PLACE = np.dtype([("base", "i8"), ("mask", "i8"), ("next", "i8")], align=True)
AHEAD = BLOCK
"""Bars that are decided at once; a power of two."""
NO_ROW = np.iinfo(np.int64).max
NO_WORK = np.zeros(0, WORK)
_SAID = np.dtype([("words", "i8", (AHEAD,))], align=True)
_MEAN_REVERSION = int(Kind.MEAN_REVERSION)

Words: TypeAlias = npt.NDArray[np.uint8]


class Verdicts(NamedTuple):
    """What was decided on bars of each symbol: on the newest `ahead` of them, or on all that the tape has.

    Args:
        words: the price rules of a bar, in the bits of `core.decisions`.
        regimes: its confirmed regime.
        rows: where an entry fires, or signals come from outside, rising; those of a symbol end with NO_ROW.
        entries: a VERDICT on each of them.
        places: PLACE records, one a symbol.
        work: WORK of one block, of which nothing stays.
    """

    words: Words
    regimes: Words
    rows: RowArray
    entries: RecordArray
    places: RecordArray
    work: RecordArray

    def copied(self) -> Verdicts:
        """The same, apart from these."""
        return Verdicts._make(array.copy() for array in self)


def no_verdicts(symbols: int, ahead: int = AHEAD) -> Verdicts:
    """Room for the verdicts on so many bars of each symbol.

    Args:
        ahead: a power of two, at most `AHEAD`. With 1 the kernel's states are never ahead of the account.
    """
    places, fires = np.zeros(symbols, PLACE), symbols * (ahead + 1)
    places["base"], places["mask"] = np.arange(symbols) * ahead, ahead - 1
    words, regimes = np.zeros((2, symbols * ahead), np.uint8)
    return Verdicts(words, regimes, np.full(fires, NO_ROW), np.zeros(fires, VERDICT), places, np.zeros(1, WORK))


@lent
def _number(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """Of a bar among those that are decided at once."""
    return int((row - tape.first[np.uintp(s)]) & verdicts.places[np.uintp(s)]["mask"])


@lent
def _word(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """Where the word of a bar is."""
    return int(verdicts.places[np.uintp(s)]["base"] + _number(verdicts, tape, s, row))


@lent
def undecided(verdicts: Verdicts, tape: Tape, s: int, row: int) -> bool:
    """True at a bar of a symbol that the kernel has not seen: the first of a block."""
    return bool(verdicts.places[np.uintp(s)]["mask"] >= 0 and _number(verdicts, tape, s, row) == 0)


@lent
def left_in_block(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """How many bars from this one on are decided."""
    mask = verdicts.places[np.uintp(s)]["mask"]
    return int(tape.last[np.uintp(s)] - row if mask < 0 else (mask + 1 - _number(verdicts, tape, s, row)) & mask)


@lent
def next_entry(verdicts: Verdicts, s: int, row: int) -> int:
    """The first bar from this one on that enters, or has signals from outside; NO_ROW when none is decided."""
    place = verdicts.places[np.uintp(s)]
    while verdicts.rows[np.uintp(place["next"])] < row:
        place["next"] += 1
    return int(verdicts.rows[np.uintp(place["next"])])


@lent
def entry_of(verdicts: Verdicts, s: int) -> Record:
    """The VERDICT on the bar that `next_entry` found."""
    return verdicts.entries[np.uintp(verdicts.places[np.uintp(s)]["next"])]


@lent
def exits(verdicts: Verdicts, tape: Tape, s: int, row: int, long: bool, mode: int) -> bool:
    """True when a bar ends a position of the strategy."""
    word = verdicts.words[np.uintp(_word(verdicts, tape, s, row))]
    if mode == _MEAN_REVERSION:
        return bool(word & (EXIT_MR_LONG if long else EXIT_MR_SHORT))
    return bool(word & (EXIT_TREND_LONG if long else EXIT_TREND_SHORT))


@lent
def regime_of(verdicts: Verdicts, tape: Tape, s: int, row: int) -> int:
    """The confirmed regime of a bar."""
    return int(verdicts.regimes[np.uintp(_word(verdicts, tape, s, row))])


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
) -> None:
    """Decide on the bars of a block that begins at a row."""
    place = verdicts.places[np.uintp(s)]
    count, base = min(place["mask"] + 1, tape.last[s] - row), place["base"]
    words, figures, found = blank(_SAID)["words"], verdicts.work[0]["figures"], s * (place["mask"] + 2)
    prices = Prices(tape.open, tape.high, tape.low, tape.close, tape.volume)
    decide_block(states, s, params, prices, row, count, verdicts.work, words)
    for k in range(count):
        verdicts.words[np.uintp(base + k)] = words[np.uintp(k)] & RULES
        verdicts.regimes[np.uintp(base + k)] = words[np.uintp(k)] >> REGIME_BIT & REGIME
    place["next"] = found
    for k in range(count):
        if words[np.uintp(k)] & ENTERS or rules["given"]:
            one, now = blank(DECISION), clock(tape, sessions, row + k)
            tell(words[np.uintp(k)], one)
            judge_time(one, params[0], now[0], now[1], bool(rules["intraday"]))
            one["atr"] = figures["atr"][np.uintp(k)]
            verdicts.rows[np.uintp(found)] = row + k
            assign(verdicts.entries[np.uintp(found)], one)
            found += 1
    verdicts.rows[np.uintp(found)] = NO_ROW


@lent
def clock(tape: Tape, sessions: Sessions, row: int) -> tuple[int, int]:
    """The minutes from the end of a bar to its session's close, and those since the open; of no use without hours."""
    session, end_ns = np.uintp(tape.session[np.uintp(row)]), tape.end_ns[np.uintp(row)]
    return (sessions.close_ns[session] - end_ns) // MINUTE_NS, (end_ns - sessions.open_ns[session]) // MINUTE_NS
