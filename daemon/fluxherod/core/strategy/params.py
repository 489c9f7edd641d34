"""The strategy's numbers: a validated value object and the flat record that kernels read."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from fluxherod.core.indicators.windows import MAX_PERIOD
from fluxherod.core.jit import RecordArray


@dataclass(frozen=True, slots=True)
class StrategyParams:
    """Periods (in bars), thresholds and stop distances of the strategy.

    Raises:
        ValueError: naming the parameter, its value and what is allowed.
    """

    kama_period: int = 20
    kama_fast: int = 2
    kama_slow: int = 30
    ema_period: int = 20
    rsi_period: int = 14
    atr_period: int = 14
    adx_period: int = 14
    bollinger_period: int = 20
    bollinger_width: float = 2.0
    regression_period: int = 20
    volume_period: int = 20
    atr_average_period: int = 50

    trend_adx: float = 25.0
    trend_r2: float = 0.6
    range_adx: float = 20.0
    range_r2: float = 0.4
    confirmation_bars: int = 3
    high_volatility: float = 1.5
    low_volatility: float = 0.7
    spike_ratio: float = 2.0
    spike_stop_factor: float = 1.5

    entry_atr: float = 0.5
    exit_atr: float = 0.3
    trend_stop_atr: float = 2.5
    reduced_stop_atr: float = 2.0
    rsi_oversold: float = 30.0
    rsi_overbought: float = 70.0
    mean_reversion_stop: float = 0.03
    neutral_entries: bool = True

    spread_limit: float = 0.05
    spread_limit_illiquid: float = 0.025
    volume_ratio: float = 0.5
    breakout_volume_ratio: float = 1.5
    gap_limit: float = 0.02
    close_quiet_minutes: int = 15
    illiquid_before_minute: int = 9 * 60 + 30
    illiquid_midday_minute: int = 12 * 60
    illiquid_midday_end_minute: int = 13 * 60
    illiquid_from_minute: int = 16 * 60

    def __post_init__(self) -> None:
        for name, (low, high) in _ALLOWED.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} = {value}: allowed is {low:g} to {high:g}")
        for low_name, high_name in ORDERED:
            low, high = getattr(self, low_name), getattr(self, high_name)
            if low > high:
                raise ValueError(f"{low_name} = {low}: must not be above {high_name} = {high}")

    @property
    def decision_index(self) -> int:
        """Index of the first bar on which every indicator is valid: 63 with the defaults (the ATR average)."""
        return max(
            self.kama_period,
            self.ema_period - 1,
            self.rsi_period,
            self.atr_period + self.atr_average_period - 1,
            2 * self.adx_period - 1,
            self.bollinger_period - 1,
            self.regression_period - 1,
            self.volume_period - 1,
        )

    def _derived(self) -> dict[str, float]:
        return {
            "decision_index": self.decision_index,
            "kama_fastest": 2 / (self.kama_fast + 1),
            "kama_slowest": 2 / (self.kama_slow + 1),
            "ema_weight": 2 / (self.ema_period + 1),
            "rsi_weight": 1 / self.rsi_period,
            "atr_weight": 1 / self.atr_period,
            "adx_weight": 1 / self.adx_period,
            "bollinger_weight": 1 / self.bollinger_period,
            "regression_weight": 1 / self.regression_period,
            "regression_scale": 12 / (self.regression_period * (self.regression_period**2 - 1)),
            "volume_weight": 1 / self.volume_period,
            "atr_average_weight": 1 / self.atr_average_period,
        }

    @property
    def of_indicators(self) -> tuple[float, ...]:
        """What the indicators depend on: their periods and widths."""
        return tuple(getattr(self, name) for name in _OF_INDICATORS)

    def to_record(self) -> RecordArray:
        """The kernel's form, shape (1,) of PARAMS: these fields and what follows from them."""
        record = np.zeros(1, PARAMS)
        # At once: a field at a time takes longer than a short trial of a sweep has.
        record[0] = (*[getattr(self, name) for name in _ALLOWED], *self._derived().values())
        return record


_OF_INDICATORS = tuple(
    field.name
    for field in fields(StrategyParams)
    if field.name.endswith("_period") or field.name in ("kama_fast", "kama_slow", "bollinger_width")
)

ORDERED = (
    ("range_adx", "trend_adx"),
    ("range_r2", "trend_r2"),
    ("kama_fast", "kama_slow"),
    ("rsi_oversold", "rsi_overbought"),
    ("low_volatility", "high_volatility"),
    ("illiquid_before_minute", "illiquid_midday_minute"),
    ("illiquid_midday_minute", "illiquid_midday_end_minute"),
    ("illiquid_midday_end_minute", "illiquid_from_minute"),
)
"""Pairs of which the first must not be above the second."""

_RANGES: dict[str, tuple[float, float]] = {
    "kama_fast": (1, 1000),
    "kama_slow": (2, 1000),
    "confirmation_bars": (1, 100),
    "neutral_entries": (0, 1),
    "bollinger_width": (0.1, 10),
    "mean_reversion_stop": (0.0001, 0.5),
    "close_quiet_minutes": (0, 390),
    "trend_stop_atr": (0.1, 100),
    "reduced_stop_atr": (0.1, 100),
    "spike_stop_factor": (1, 10),
}
_RANGES_BY_ENDING: dict[str, tuple[float, float]] = {
    "_period": (2, MAX_PERIOD),
    "_adx": (0, 100),
    "_r2": (0, 1),
    "_minute": (0, 24 * 60),
    "_oversold": (0, 100),
    "_overbought": (0, 100),
}


def allowed_range(name: str) -> tuple[float, float]:
    """The smallest and the largest value of a parameter; 0 and 1 of a switch."""
    if name in _RANGES:
        return _RANGES[name]
    return next((allowed for ending, allowed in _RANGES_BY_ENDING.items() if name.endswith(ending)), (0, 1000))


_ALLOWED = {field.name: allowed_range(field.name) for field in fields(StrategyParams)}
_KINDS = {"int": "i8", "float": "f8", "bool": "?"}
PARAMS = np.dtype(
    [(field.name, _KINDS[str(field.type)]) for field in fields(StrategyParams)]
    + [(name, "i8" if isinstance(value, int) else "f8") for name, value in StrategyParams()._derived().items()],
    align=True,
)


def default_params() -> RecordArray:
    """The defaults of `StrategyParams` as a record, shape (1,)."""
    return StrategyParams().to_record()
