"""What the strategy and the risk engine say, as structured data: every rule and check with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fluxherod.core.deferred import Deferred
from fluxherod.core.types import Mode, Regime, SignalKind, Verdict


class RiskVerdict(StrEnum):
    """The risk engine's answer."""

    APPROVED = "approved"
    APPROVED_WITH_ADJUSTMENT = "approved_with_adjustment"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class SessionTime:
    """Where a decision time lies in its regular session, in minutes by the session's real hours."""

    after_open: int
    to_close: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the strategy or the noise filter: its value, its threshold and how far it is from turning.

    Args:
        value: NaN when it is not known, or the rule has no figure; so is `threshold`.
        comparison: one of >, >=, <, <=; "" for a rule without figures.
        flips_at: for a value that can be moved by itself (the close, the volume, the gap, the spread, the time): where
            the verdict turns when it moves and nothing else that the bar came with does; what it is compared with moves
            along. Infinite when no value of it turns the verdict. None for an indicator, and where it is not known.
    """

    name: str
    value: float
    comparison: str
    threshold: float
    verdict: Verdict
    text: str
    flips_at: float | None = None

    @property
    def distance(self) -> float:
        """How far the value is beyond (positive) or short of (negative) the threshold."""
        return self.value - self.threshold if self.comparison.startswith(">") else self.threshold - self.value

    @property
    def target(self) -> float:
        """Where the value must get to: `flips_at`, or the threshold as it was on this bar."""
        return self.threshold if self.flips_at is None else self.flips_at


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the risk engine, in the unit that its text names."""

    code: str
    limit: float
    actual: float
    verdict: Verdict
    text: str

    @property
    def headroom(self) -> float:
        """What is left up to the limit; negative when it is exceeded."""
        return self.limit - self.actual


@dataclass(frozen=True, slots=True)
class SizingStep:
    """One step of the waterfall from risk shares to final shares."""

    name: str
    before: int
    after: int
    text: str


@dataclass(frozen=True, slots=True)
class RiskDecision(Deferred):
    """The risk engine's decision on one order, with everything it looked at."""

    verdict: RiskVerdict
    quantity: int
    checks: tuple[Check, ...]
    steps: tuple[SizingStep, ...]
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicator values of a completed bar that a decision used."""

    close: float
    sma: float
    kama: float
    efficiency_ratio: float
    rsi: float
    atr: float
    adx: float
    plus_di: float
    minus_di: float
    upper_band: float
    lower_band: float
    slope: float
    r_squared: float
    average_volume: float
    volume: int
    atr_average: float
    volatility: str
    spike_ratio: float | None = None
    volatility_spike: bool = False


@dataclass(frozen=True, slots=True)
class Signal(Deferred):
    """One decision of the strategy on a completed bar, explained.

    `outcome` is "ordered" or the code of the veto that ended it (`in_position`, `noise`, `risk`, ...).
    """

    id: str
    symbol: str
    kind: SignalKind
    bar_start_ns: int
    decided_ns: int
    price: float
    mode: Mode
    neutral: bool
    regime: Regime
    trigger: str
    indicators: Indicators
    rules: tuple[Rule, ...]
    noise_filter_passed: bool
    volume_validated: bool
    stop_e4: int | None
    target_e4: int | None
    outcome: str
    outcome_text: str
    text: str
    risk: RiskDecision | None = None
    risk_amount_e4: int = 0
    risk_bp: int = 0
    order_id: str | None = None
