"""Decisions over columns of one symbol's bars: those of `step`, each a word of bits, in passes over a block.

Only the run of equal regimes waits for the bar before. All that comes before it and after it is found for many bars at
once.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core.columns import figure_block
from fluxherod.core.indicators.columns import Columns, Prices
from fluxherod.core.indicators.unrolled import BLOCK
from fluxherod.core.jit import Record, RecordArray, RowArray, blank, held, lending_kernel, lent
from fluxherod.core.kernel import DECISION
from fluxherod.core.noise import judge_bar
from fluxherod.core.regime import is_known, next_regime
from fluxherod.core.strategy.codes import EntryMode, RuleCode
from fluxherod.core.strategy.deciding import conclude, weigh
from fluxherod.core.strategy.entries import conditions_of, side_of

TREND_LONG, TREND_SHORT, MR_LONG, MR_SHORT = 1 << 0, 1 << 1, 1 << 2, 1 << 3
EXIT_TREND_LONG, EXIT_TREND_SHORT, EXIT_MR_LONG, EXIT_MR_SHORT = 1 << 4, 1 << 5, 1 << 6, 1 << 7
RULES = 255
"""A word: the price rules, then the bar's own regime, the confirmed one, the entry, the noise rules."""
RAW_REGIME_BIT, REGIME_BIT, REGIME = 8, 10, 3
ENTERS, ENTERS_SHORT = 1 << 12, 1 << 13
VOLUME_OK, BREAKOUT_VOLUME_OK, GAP_OK = 1 << 14, 1 << 15, 1 << 16
_KNOWN = 1 << 17
_OF_ENTRIES = TREND_LONG | TREND_SHORT | MR_LONG | MR_SHORT
_PASSED, _FAILED, _NO_MODE = int(RuleCode.PASSED), int(RuleCode.FAILED), int(EntryMode.NONE)

_ROOM = np.dtype([("regimes", "i8", (BLOCK,)), ("conditions", "i8", (BLOCK + 1,))], align=True)


@lending_kernel
def decide(
    states: RecordArray,
    i: int,
    params: RecordArray,
    prices: Prices,
    work: RecordArray,
    words: RowArray,
) -> None:
    """Bring symbol `i` forward by its next bars, and write the decision on bar k to `words[k]`.

    Args:
        states: STATE records; `params`: PARAMS, shape (1,); `work`: WORK, shape (1,), whatever it holds.
        words: as many as there are bars.

    Raises:
        IndexError: `i` is out of range, or there are fewer words than bars.
    """
    bars = prices.close.shape[0]
    if i < 0 or i >= states.shape[0] or words.shape[0] < bars:
        raise IndexError("no such state, or fewer words than bars")
    for first in range(0, bars, BLOCK):
        decide_block(states, i, params, prices, first, min(BLOCK, bars - first), work, words[first:])


@lent
def decide_block(
    states: RecordArray,
    i: int,
    params: RecordArray,
    prices: Prices,
    first: int,
    count: int,
    work: RecordArray,
    words: RowArray,
) -> None:
    """`decide` on up to `BLOCK` bars, from row `first` on, the word of bar k at k; their figures stay in `work`."""
    state = states[np.uintp(i)]
    figure_block(states, i, state["index"], params, prices, first, count, work)
    conclude_block(state, params[0], work[0]["figures"], 0, count, words)


@lent
def conclude_block(
    state: Record, params: Record, figures: Columns | Record, first: int, count: int, words: RowArray
) -> None:
    """Decide on up to `BLOCK` bars by figures that are there, from row `first` on: all but the indicators moves on.

    Args:
        figures: Columns, or a record of FIGURES.
    """
    _weigh(params, figures, first, count, words)
    if state["index"] > params["decision_index"]:
        room = blank(_ROOM)
        _confirm(state["regime"], params, words, count, room["regimes"])
        _enter(state["entries"], params, words, count, room)
        state["index"] += count
        return
    for k in range(count):
        words[np.uintp(k)] = _conclude_one(state, params, figures, first + k, words[np.uintp(k)])


@lent
def tell(word: int, one: Record) -> None:
    """What a word says of an entry, to the fields of a DECISION."""
    regime, enters = word >> REGIME_BIT & REGIME, bool(word & ENTERS)
    one["regime"] = regime
    one["entry"] = (-1 if word & ENTERS_SHORT else 1) if enters else 0
    one["entry_mode"] = regime if enters else _NO_MODE
    one["volume_ok"] = _PASSED if word & VOLUME_OK else _FAILED
    one["breakout_volume_ok"] = _PASSED if word & BREAKOUT_VOLUME_OK else _FAILED
    one["gap_ok"] = _PASSED if word & GAP_OK else _FAILED


@lent
def _weigh(params: Record, figures: Columns | Record, first: int, count: int, words: RowArray) -> None:
    """What each bar says by itself."""
    known = held(params)
    for k in range(count):
        one = blank(DECISION)
        look(figures, first + k, one)
        weigh(one, known)
        judge_bar(one, known)
        words[np.uintp(k)] = _word(one)


@lent
def _conclude_one(state: Record, params: Record, figures: Columns | Record, row: int, word: int) -> int:
    """A bar by itself: up to the first that decides no rule stands."""
    one = blank(DECISION)
    hear(word, one)
    one["raw_regime"] = word >> RAW_REGIME_BIT & REGIME
    one["adx"], one["r2"] = figures.adx[np.uintp(row)], figures.r2[np.uintp(row)]
    conclude(state, one, params, state["index"])
    state["index"] += 1
    said = word if one["valid"] else word & ~RULES
    return _decided(said, one["regime"], one["entry"])


@lent
def _confirm(state: Record, params: Record, words: RowArray, count: int, regimes: RowArray) -> None:
    """The confirmed regimes: the one loop in which a bar waits for the one before."""
    known, before, run, confirmed = held(params), state["raw"], state["run"], state["confirmed"]
    for k in range(count):
        word = words[np.uintp(k)]
        raw = word >> RAW_REGIME_BIT & REGIME
        run, confirmed = next_regime(run, confirmed, raw, raw == before, (word & _KNOWN) != 0, known)
        before = raw
        regimes[np.uintp(k)] = confirmed
    state["raw"], state["run"], state["confirmed"] = before, run, confirmed


@lent
def _enter(memory: Record, params: Record, words: RowArray, count: int, room: Record) -> None:
    """Where entries fire."""
    known, regimes, conditions = held(params), room["regimes"], room["conditions"]
    conditions[0] = memory["conditions"]
    for k in range(count):
        one = blank(DECISION)
        hear(words[np.uintp(k)], one)
        conditions[np.uintp(k + 1)] = conditions_of(one, regimes[np.uintp(k)])
    memory["conditions"] = conditions[np.uintp(count)]
    memory["rules"] = words[np.uintp(count - 1)] & _OF_ENTRIES
    for k in range(count):
        j = np.uintp(k)
        side = side_of(conditions[np.uintp(k + 1)] & ~conditions[j], regimes[j], known)
        words[j] = _decided(words[j], regimes[j], side)


@lent
def _decided(said: int, regime: int, entry: int) -> int:
    return int(said + (np.int64(regime) << REGIME_BIT) + ENTERS * int(entry != 0) + ENTERS_SHORT * int(entry < 0))


@lent
def look(figures: Columns | Record, row: int, one: Record) -> None:
    """The figures of a row, to the fields of a DECISION."""
    j = np.uintp(row)
    one["close"], one["volume"], one["gap"] = figures.close[j], figures.volume[j], figures.gap[j]
    one["sma"], one["kama"], one["rsi"], one["atr"] = figures.sma[j], figures.kama[j], figures.rsi[j], figures.atr[j]
    one["adx"], one["r2"], one["avg_volume"] = figures.adx[j], figures.r2[j], figures.avg_volume[j]
    one["bb_upper"], one["bb_lower"] = figures.bb_upper[j], figures.bb_lower[j]


@lent
def rules_of(one: Record) -> int:
    """The price rules of a DECISION, as the `RULES` of a word."""
    return int(
        TREND_LONG * int(one["trend_long"])
        + TREND_SHORT * int(one["trend_short"])
        + MR_LONG * int(one["mr_long"])
        + MR_SHORT * int(one["mr_short"])
        + EXIT_TREND_LONG * int(one["exit_trend_long"])
        + EXIT_TREND_SHORT * int(one["exit_trend_short"])
        + EXIT_MR_LONG * int(one["exit_mr_long"])
        + EXIT_MR_SHORT * int(one["exit_mr_short"])
    )


@lent
def hear(word: int, one: Record) -> None:
    """The rules of entries, of which `rules_of` made a word."""
    one["trend_long"], one["trend_short"] = bool(word & TREND_LONG), bool(word & TREND_SHORT)
    one["mr_long"], one["mr_short"] = bool(word & MR_LONG), bool(word & MR_SHORT)


@lent
def _word(one: Record) -> int:
    return int(
        rules_of(one)
        + (np.int64(one["raw_regime"]) << RAW_REGIME_BIT)
        + VOLUME_OK * int(one["volume_ok"] == _PASSED)
        + BREAKOUT_VOLUME_OK * int(one["breakout_volume_ok"] == _PASSED)
        + GAP_OK * int(one["gap_ok"] == _PASSED)
        + _KNOWN * int(is_known(one["adx"], one["r2"]))
    )
