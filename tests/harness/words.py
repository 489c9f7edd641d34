"""The words of decisions over columns, as the fields of a DECISION."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fluxherod.core import decisions
from fluxherod.core.decisions import ENTERS, ENTERS_SHORT, RAW_REGIME_BIT, REGIME, REGIME_BIT
from fluxherod.core.jit import RowArray
from fluxherod.core.strategy.codes import RuleCode

_MODES = ("trend_long", "trend_short", "mr_long", "mr_short")
_RULES = (*_MODES, *(f"exit_{mode}" for mode in _MODES))
_NOISE = ("volume_ok", "breakout_volume_ok", "gap_ok")


def said(words: RowArray) -> dict[str, npt.NDArray[Any]]:
    """What words say, by the names of a DECISION, shape of `words` each."""
    bits = {name: (words & getattr(decisions, name.upper())) != 0 for name in (*_RULES, *_NOISE)}
    return {
        **{name: bits[name] for name in _RULES},
        **{name: np.where(bits[name], int(RuleCode.PASSED), int(RuleCode.FAILED)) for name in _NOISE},
        "raw_regime": words >> RAW_REGIME_BIT & REGIME,
        "regime": words >> REGIME_BIT & REGIME,
        "entry": np.where(words & ENTERS, np.where(words & ENTERS_SHORT, -1, 1), 0),
    }
