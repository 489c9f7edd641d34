"""What trials of a sweep have in common, worked out once: indicators, and what thresholds decide by them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fluxherod.backtest.book import rules_of
from fluxherod.backtest.deciding import (
    Entries,
    apply_rules,
    confirm_regimes,
    find_entries,
    meet_conditions,
    verdicts_of,
)
from fluxherod.backtest.figures import BYTES_A_ROW, Columns, Known
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.run import figures_of
from fluxherod.backtest.tape import Laid, Tape
from fluxherod.backtest.verdicts import NO_ROW, VERDICT, Verdicts, Words
from fluxherod.core.jit import RecordArray
from fluxherod.core.strategy.params import StrategyParams

MOST_SHARED_BYTES = 200_000_000
# To compute figures for others takes as long as three trials save by them.
_ALONE = 3
_REGIME = ("trend_adx", "trend_r2", "range_adx", "range_r2", "confirmation_bars")
_OF_ENTRIES = ("entry_atr", "rsi_oversold", "rsi_overbought")
_NOISE = ("volume_ratio", "breakout_volume_ratio", "gap_limit", "close_quiet_minutes")
_of_regimes = attrgetter(*_REGIME)
_of_rules = attrgetter(*_OF_ENTRIES, "exit_atr")
_of_entries = attrgetter(*_REGIME, *_OF_ENTRIES, "neutral_entries", *_NOISE)

_Key: TypeAlias = tuple[str, tuple[float, ...]]
_Arrays: TypeAlias = tuple[npt.NDArray[Any], ...]


class Figures:
    """The indicators of a tape, computed once for trials in a row that have their periods in common.

    Those of one set of periods are kept at a time, 96 bytes a bar, and none when they take more than `most_bytes`.
    """

    def __init__(self, laid: Laid, most_bytes: int = MOST_SHARED_BYTES) -> None:
        self._laid = laid
        self._share = len(laid.tape.start_ns) * BYTES_A_ROW <= most_bytes
        self._newest: tuple[float, ...] = ()
        self._in_a_row = 0
        self._known: Known | None = None

    def of(self, params: StrategyParams) -> Known | None:
        """What is known for these parameters; None before the fourth trial in a row that has their periods."""
        if params.of_indicators != self._newest:
            self._newest, self._in_a_row, self._known = params.of_indicators, 0, None
        self._in_a_row += 1
        if self._known is None and self._share and self._in_a_row > _ALONE:
            self._known = figures_of(self._laid, params)
        return self._known


class Decisions:
    """The verdicts of trials on all bars of a tape, from parts that they have in common.

    With the figures that they are made from they take at most `most_bytes`: parts that were used longest ago leave.
    """

    def __init__(self, laid: Laid, most_bytes: int = MOST_SHARED_BYTES) -> None:
        self._laid = laid
        self._figures = Figures(laid, most_bytes)
        self._most_bytes = most_bytes - len(laid.tape.start_ns) * BYTES_A_ROW
        self._known: Known | None = None
        self._parts: OrderedDict[_Key, _Arrays] = OrderedDict()
        self._bytes = 0

    def of(self, config: BacktestConfig) -> Verdicts | None:
        """The verdicts by a configuration, for one run; None where `Figures` knows nothing."""
        known, params = self._figures.of(config.params), config.params
        if known is not self._known:
            self._known, self._bytes = known, 0
            self._parts.clear()
        if known is None:
            return None
        (regimes,) = self._part(("regimes", _of_regimes(params)), lambda: self._filled(confirm_regimes, known, params))
        (words,) = self._part(("rules", _of_rules(params)), lambda: self._filled(apply_rules, known, params))
        entries = self._part(("entries", _of_entries(params)), lambda: self._entries(known, config, words, regimes))
        return verdicts_of(self._laid.tape, words, regimes, Entries._make(entries))

    def _part(self, key: _Key, make: Callable[[], _Arrays]) -> _Arrays:
        """The arrays of a key, made when they are not there."""
        found = self._parts.pop(key, None)
        if found is None:
            found = make()
            self._bytes += _bytes_of(found)
        self._parts[key] = found
        while self._bytes > self._most_bytes:
            self._bytes -= _bytes_of(self._parts.popitem(last=False)[1])
        return found

    def _filled(
        self, fill: Callable[[Tape, Columns, RecordArray, Words], None], known: Known, params: StrategyParams
    ) -> _Arrays:
        column = np.empty(len(known), np.uint8)
        fill(self._laid.tape, known.columns, params.to_record(), column)
        return (column,)

    def _entries(self, known: Known, config: BacktestConfig, words: Words, regimes: Words) -> _Arrays:
        tape, sessions, conditions = self._laid.tape, self._laid.sessions, np.empty(len(known), np.uint8)
        turned = meet_conditions(words, regimes, conditions)
        room = (len(known) if len(tape.entry) else turned) + len(tape.first)
        found = Entries(np.full(room, NO_ROW), np.zeros(room, VERDICT), np.empty(len(tape.first), np.int64))
        record, rules = config.params.to_record(), rules_of(config, tape)
        find_entries(tape, sessions, known.columns, record, rules, words, regimes, conditions, found)
        return found


def _bytes_of(arrays: _Arrays) -> int:
    return sum(array.nbytes for array in arrays)
