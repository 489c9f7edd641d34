"""The strategy kernel: one O(1) `step` a bar and symbol, for live trading, backtests and sweeps alike.

A step updates every indicator, the regime, the edge memory and the noise verdicts, and writes one DECISION
record. It knows no position, order or quote: those veto later.
"""

from __future__ import annotations

import numpy as np

from fluxherod.core import sizing, volatility
from fluxherod.core.advance import advance
from fluxherod.core.indicators.fused import INDICATORS
from fluxherod.core.jit import RecordArray, RowArray, compiled_only, kernel
from fluxherod.core.noise import spread_rule
from fluxherod.core.regime import REGIME
from fluxherod.core.risk import correlation
from fluxherod.core.strategy.entries import ENTRY_MEMORY
from fluxherod.core.strategy.params import PARAMS, StrategyParams, default_params
from fluxherod.core.strategy.stops import best_e4, mean_reversion_stop_e4, trail, trend_stop_e4
from fluxherod.core.types import Regime

__all__ = [
    "BAR",
    "DECISION",
    "KERNEL_VERSION",
    "PARAMS",
    "STATE",
    "StrategyParams",
    "default_params",
    "load_states",
    "new_states",
    "save_states",
    "step",
    "step_many",
    "warm_up",
]

KERNEL_VERSION = 2
"""Changes whenever the layout of STATE or the meaning of anything in it does."""

STATE = np.dtype(
    [
        ("index", "i8"),
        ("regime", REGIME),
        ("entries", ENTRY_MEMORY),
        ("indicators", INDICATORS),
    ],
    align=True,
)

BAR = np.dtype(
    [
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("minute_of_day", "i4"),
        ("minutes_to_close", "i4"),
        ("minutes_after_open", "i4"),
    ],
    align=True,
)

DECISION = np.dtype(
    [
        ("index", "i8"),
        ("regime_run", "i8"),
        ("open", "f8"),
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("sma", "f8"),
        ("ema", "f8"),
        ("kama", "f8"),
        ("kama_er", "f8"),
        ("rsi", "f8"),
        ("atr", "f8"),
        ("adx", "f8"),
        ("plus_di", "f8"),
        ("minus_di", "f8"),
        ("bb_upper", "f8"),
        ("bb_middle", "f8"),
        ("bb_lower", "f8"),
        ("slope", "f8"),
        ("r2", "f8"),
        ("avg_volume", "f8"),
        ("close_sigma", "f8"),
        ("atr_avg50", "f8"),
        ("previous_close", "f8"),
        ("gap", "f8"),
        ("raw_regime", "i1"),
        ("regime", "i1"),
        ("volatility_state", "i1"),
        ("entry", "i1"),
        ("entry_mode", "i1"),
        ("trigger", "i1"),
        ("volume_ok", "i1"),
        ("breakout_volume_ok", "i1"),
        ("time_ok", "i1"),
        ("gap_ok", "i1"),
        ("valid", "?"),
        ("regime_changed", "?"),
        ("illiquid", "?"),
        ("trend_long", "?"),
        ("trend_short", "?"),
        ("mr_long", "?"),
        ("mr_short", "?"),
        ("exit_trend_long", "?"),
        ("exit_trend_short", "?"),
        ("exit_mr_long", "?"),
        ("exit_mr_short", "?"),
    ],
    align=True,
)


def new_states(count: int, params: RecordArray) -> RecordArray:
    """States of `count` symbols that have seen no bar; `params` must be one PARAMS record, shape (1,)."""
    if params.dtype != PARAMS or params.shape != (1,):
        raise ValueError(f"params of dtype {params.dtype} and shape {params.shape}: allowed is PARAMS of shape (1,)")
    states = np.zeros(count, STATE)
    states["regime"]["raw"] = states["regime"]["confirmed"] = int(Regime.NEUTRAL)
    return states


def save_states(states: RecordArray) -> bytes:
    """The exact content of `states`, with the version of the kernel that made it."""
    return KERNEL_VERSION.to_bytes(4, "little") + states.tobytes()


def load_states(content: bytes) -> RecordArray:
    """The states that `save_states` saved.

    Raises:
        ValueError: another kernel version saved them, or the content is cut short.
    """
    version = int.from_bytes(content[:4], "little")
    if version != KERNEL_VERSION:
        raise ValueError(f"kernel states of version {version}: allowed is {KERNEL_VERSION}")
    if len(content) < 4 or (len(content) - 4) % STATE.itemsize:
        raise ValueError(f"kernel states of {len(content)} bytes: allowed is 4 + a multiple of {STATE.itemsize}")
    return np.frombuffer(content, STATE, offset=4).copy()


@kernel
def step(
    states: RecordArray,
    i: int,
    params: RecordArray,
    opening: float,
    high: float,
    low: float,
    close: float,
    volume: float,
    minute_of_day: int,
    minutes_to_close: int,
    minutes_after_open: int,
    intraday: bool,
    out: RecordArray,
    j: int,
) -> None:
    """Bring symbol `i` forward by one completed, valid bar and write its decision to `out[j]`.

    Args:
        states: STATE records; `params`: PARAMS, shape (1,); `out`: DECISION records.
        opening, high, low, close, volume: the bar, as floats.
        minute_of_day: the New York minute of the decision time (the bar's end, cut to the session's close).
        minutes_to_close, minutes_after_open: from the decision time, by the session's real hours.
        intraday: False on daily bars, where the time rule does not apply.

    All record arrays are contiguous and writable.

    Raises:
        IndexError: `i` or `j` is out of range.
    """
    if i < 0 or j < 0 or i >= states.shape[0] or j >= out.shape[0]:
        raise IndexError("no such state or decision record")
    advance(
        states[i],
        params[0],
        opening,
        high,
        low,
        close,
        volume,
        minute_of_day,
        minutes_to_close,
        minutes_after_open,
        intraday,
        out[j],
    )


@kernel
def step_many(
    states: RecordArray, rows: RowArray, params: RecordArray, bars: RecordArray, intraday: bool, out: RecordArray
) -> None:
    """`step` of many symbols in one call: bar k goes to `states[rows[k]]`, its decision to `out[k]`.

    Args:
        rows: int64, as many as there are `bars` (BAR records). A row may repeat: its bars are taken in order.

    Raises:
        IndexError: a row is out of range, or the lengths do not fit. No state has changed then.
    """
    if rows.shape[0] != bars.shape[0] or out.shape[0] < bars.shape[0]:
        raise IndexError("as many rows as bars are needed, and at least as many decision records")
    for k in range(rows.shape[0]):
        if rows[k] < 0 or rows[k] >= states.shape[0]:
            raise IndexError("no such state")
    for k in range(rows.shape[0]):
        bar = bars[k]
        advance(
            states[np.uintp(rows[k])],
            params[0],
            bar["open"],
            bar["high"],
            bar["low"],
            bar["close"],
            bar["volume"],
            int(np.int64(bar["minute_of_day"])),  # as `step` has them: one compiled form, not two
            int(np.int64(bar["minutes_to_close"])),
            int(np.int64(bar["minutes_after_open"])),
            intraday,
            out[k],
        )


def warm_up() -> None:
    """Compile (or load from the cache) what live trading calls; from then on arguments are converted to fit.

    Without this the first call of each compiles, and so does any call with other argument types.
    """
    params = default_params()
    states, out = new_states(1, params), np.zeros(1, DECISION)
    step(states, 0, params, 1.0, 1.0, 1.0, 1.0, 0.0, 600, 360, 30, True, out, 0)
    step_many(states, np.zeros(1, np.int64), params, np.zeros(1, BAR), True, out)
    spread_rule(0.01, 1.0, False, params)
    trend_stop_e4(1, 100.0, 1.0, 2.5)
    mean_reversion_stop_e4(1, 100.0, 0.03)
    sizing.warm_up()
    volatility.warm_up()
    correlation.warm_up()
    trail(1, 1_000_000, best_e4(1, 1_000_000, 1_000_000, 1_000_000), 1.0, 2.5)
    called: tuple[object, ...] = (step, step_many, spread_rule, trail, best_e4)
    for function in (*called, trend_stop_e4, mean_reversion_stop_e4):
        compiled_only(function)
