"""Market regime with confirmation, and volatility states."""

from __future__ import annotations

import numpy as np

from fluxherod.core.jit import Record, inlined
from fluxherod.core.strategy.codes import VolatilityState
from fluxherod.core.types import Regime

REGIME = np.dtype([("raw", "i8"), ("run", "i8"), ("confirmed", "i8")], align=True)

_MEAN_REVERSION = int(Regime.MEAN_REVERSION)
_NEUTRAL = int(Regime.NEUTRAL)
_STRONG_TREND = int(Regime.STRONG_TREND)
_LOW = int(VolatilityState.LOW)
_NORMAL = int(VolatilityState.NORMAL)
_HIGH = int(VolatilityState.HIGH)


@inlined
def raw_regime(adx: float, r2: float, params: Record) -> int:
    """The class of one bar: STRONG_TREND, MEAN_REVERSION or, for anything between or unknown, NEUTRAL."""
    trending = (adx > params["trend_adx"]) & (r2 > params["trend_r2"])
    ranging = (adx < params["range_adx"]) & (r2 < params["range_r2"])
    return _STRONG_TREND if trending else (_MEAN_REVERSION if ranging else _NEUTRAL)


@inlined
def is_known(adx: float, r2: float) -> bool:
    """True once a bar has a class of its own."""
    return (adx == adx) & (r2 == r2)


@inlined
def next_regime(run: int, confirmed: int, raw: int, same: bool, known: bool, params: Record) -> tuple[int, int]:
    """The run of equal classes and the confirmed regime, by a bar's class and whether it is that of the bar before."""
    run = run * int(same & known) + int(known)
    return run, raw if run >= params["confirmation_bars"] else confirmed


@inlined
def confirm(state: Record, decision: Record, params: Record) -> None:
    """By the bar's own class: the regime changes on the n-th consecutive bar of an equal one.

    Bars before ADX and R2 are valid are NEUTRAL and count for no run.
    """
    raw, known = decision["raw_regime"], is_known(decision["adx"], decision["r2"])
    # Read first, then chosen between: the compiler makes no jumps of that, which a processor would guess wrong.
    run_before, confirmed_before = state["run"], state["confirmed"]
    run, confirmed = next_regime(run_before, confirmed_before, raw, raw == state["raw"], known, params)
    decision["regime"] = confirmed
    decision["regime_run"] = run
    decision["regime_changed"] = confirmed != confirmed_before
    state["raw"] = raw
    state["run"] = run
    state["confirmed"] = confirmed


@inlined
def volatility_state(atr: float, average: float, params: Record) -> int:
    """ATR against its average: HIGH, LOW or NORMAL; NORMAL while either is unknown."""
    low = atr < params["low_volatility"] * average
    high = atr > params["high_volatility"] * average
    return _HIGH if high else (_LOW if low else _NORMAL)
