"""What thresholds decide by figures that are known, in the parts that trials of a sweep have in common.

A regime hangs on its own thresholds alone, price rules on theirs, entries on both and on the noise filter's: of the
combinations of a grid few of each are different. Loops that ask for no bar before go through many bars at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluxherod.backtest.figures import Columns
from fluxherod.backtest.tape import Sessions, Tape
from fluxherod.backtest.verdicts import NO_ROW, NO_WORK, PLACE, Verdicts, Words, clock
from fluxherod.core.decisions import hear, look, rules_of
from fluxherod.core.jit import Record, RecordArray, RowArray, assign, blank, lending_kernel, lent
from fluxherod.core.kernel import DECISION
from fluxherod.core.noise import judge_bar, judge_time
from fluxherod.core.regime import REGIME, confirm, raw_regime
from fluxherod.core.strategy.entries import ENTRY_MEMORY, conditions_of, decide_entry
from fluxherod.core.strategy.rules import mean_reversion_rules, trend_rules
from fluxherod.core.types import Regime

_NEUTRAL = int(Regime.NEUTRAL)


class Entries(NamedTuple):
    """Where entries fire, and the VERDICT there, as `Verdicts` has them; those of symbol s begin at `first[s]`."""

    rows: RowArray
    entries: RecordArray
    first: RowArray


def verdicts_of(tape: Tape, words: Words, regimes: Words, entries: Entries) -> Verdicts:
    """The verdicts on all bars of a tape, for one run: what it is made of is shared and stays as it is."""
    places = np.empty(len(tape.first), PLACE)
    places["base"], places["mask"], places["next"] = tape.first, -1, entries.first
    return Verdicts(words, regimes, entries.rows, entries.entries, places, NO_WORK)


@lending_kernel
def confirm_regimes(tape: Tape, known: Columns, params: RecordArray, regimes: Words) -> None:
    """The confirmed regime of each row, from its thresholds and how many bars confirm it."""
    for k in range(len(regimes)):
        regimes[np.uintp(k)] = raw_regime(known.adx[np.uintp(k)], known.r2[np.uintp(k)], params[0])
    for s in range(len(tape.first)):
        state, decision = blank(REGIME), blank(DECISION)
        state["raw"] = state["confirmed"] = _NEUTRAL
        for k in range(tape.first[s], tape.last[s]):
            at = np.uintp(k)
            decision["adx"] = known.adx[at]
            decision["r2"] = known.r2[at]
            decision["raw_regime"] = regimes[at]
            confirm(state, decision, params[0])
            regimes[at] = decision["regime"]


@lending_kernel
def apply_rules(tape: Tape, known: Columns, params: RecordArray, words: Words) -> None:
    """The price rules of each row; before every figure of a symbol is valid nothing stands."""
    for k in range(len(words)):
        out = blank(DECISION)
        look(known, k, out)
        trend_rules(out, params[0])
        mean_reversion_rules(out, params[0])
        words[np.uintp(k)] = rules_of(out)
    for s in range(len(tape.first)):
        for k in range(tape.first[s], min(_valid_from(tape, params, s), tape.last[s])):
            words[np.uintp(k)] = 0


@lending_kernel
def meet_conditions(words: Words, regimes: Words, conditions: Words) -> int:
    """The entry conditions that stand on each row, and on how many rows one may turn true."""
    for k in range(len(words)):
        out = blank(DECISION)
        hear(words[np.uintp(k)], out)
        conditions[np.uintp(k)] = conditions_of(out, int(regimes[np.uintp(k)]))
    turned = 0
    for k in range(1, len(conditions)):
        turned += int(_turned(conditions, k))
    return turned


@lending_kernel
def find_entries(
    tape: Tape,
    sessions: Sessions,
    known: Columns,
    params: RecordArray,
    rules: RecordArray,
    words: Words,
    regimes: Words,
    conditions: Words,
    found: Entries,
) -> int:
    """Where entries fire by conditions that turn true, and what the noise filter says there; how many places it takes.

    Args:
        rules: RULES, shape (1,).
        found: room for one a symbol, and one for each row where a condition may turn true; with signals from outside
            for each row.
    """
    count, always = 0, bool(rules[0]["given"])
    for s in range(len(tape.first)):
        found.first[s] = count
        for k in range(tape.first[s], tape.last[s]):
            # The first valid bar only remembers.
            turned = k > _valid_from(tape, params, s) and _turned(conditions, k)
            if turned or always:
                out = found.entries[np.uintp(count)]
                found.rows[np.uintp(count)] = k
                count += _judge(tape, sessions, known, params[0], rules[0], words, regimes, conditions, k, turned, out)
        found.rows[np.uintp(count)] = NO_ROW
        count += 1
    return count


@lent
def _valid_from(tape: Tape, params: RecordArray, s: int) -> int:
    """The row of a symbol from which on all figures are valid."""
    return int(tape.first[s] + params[0]["decision_index"])


@lent
def _turned(conditions: Words, row: int) -> bool:
    """True when a condition stands that did not on the bar before: without that no entry fires."""
    return bool(conditions[np.uintp(row)] & ~conditions[np.uintp(row - 1)])


@lent
def _judge(
    tape: Tape,
    sessions: Sessions,
    known: Columns,
    params: Record,
    rules: Record,
    words: Words,
    regimes: Words,
    conditions: Words,
    row: int,
    turned: bool,
    verdict: Record,
) -> bool:
    """Write the verdict on a row; False when it is none."""
    out, memory = blank(DECISION), blank(ENTRY_MEMORY)
    look(known, row, out)
    hear(words[np.uintp(row)], out)
    out["regime"] = regimes[np.uintp(row)]
    if turned:
        memory["conditions"] = conditions[np.uintp(row - 1)]
        memory["seen"] = 1
        decide_entry(memory, out, params)
    if out["entry"] == 0 and not rules["given"]:
        return False
    to_close, after_open = clock(tape, sessions, row)
    judge_bar(out, params)
    judge_time(out, params, to_close, after_open, bool(rules["intraday"]))
    assign(verdict, out)
    return True
