"""What the engine is told to do: the part of the configuration that decisions depend on."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.kernel import StrategyParams
from fluxherod.core.risk.limits import RiskLimits

TIMEFRAME_MINUTES = {"1Min": 1, "5Min": 5, "15Min": 15, "30Min": 30, "1Hour": 60, "1Day": 1440}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the engine's decisions depend on; journaled at each start, so a replay has it.

    `latency_ns` is what a message may be late in exchange time: 0 at Alpaca, and the wall-clock
    latency times the rate when the exchange's clock runs faster than the wall. `trail_on` is "bar" or "price".
    `session` is "regular" or "extended": what bars are made of; decisions are for the regular session either way.
    `entry_order` is "market" or "limit"; `stops` "broker" or "daemon"; `foreign_positions` "watch", "protect" or
    "halt". So long as `flatten_before_close_ns` before the close everything of ours is closed; 0 keeps it overnight.
    `disabled` are the symbols that an operator has switched off, in order, each with the reason.
    """

    symbols: tuple[str, ...]
    timeframe: str = "1Hour"
    session: str = "regular"
    history_bars: int = 500
    strategy: StrategyParams = field(default_factory=StrategyParams)
    limits: RiskLimits = field(default_factory=RiskLimits)
    allow_shorts: bool = True
    trail_on: str = "bar"
    disabled: tuple[tuple[str, str], ...] = ()
    bar_delay_ns: int = 2 * SECOND_NS
    signal_max_age_ns: int = 300 * SECOND_NS
    price_max_age_ns: int = 120 * SECOND_NS
    account_max_age_ns: int = 60 * SECOND_NS
    stop_grace_ns: int = 5 * SECOND_NS
    lookup_interval_ns: int = 30 * SECOND_NS
    lookups: int = 3
    entry_order: str = "market"
    chase_after_ns: int = 60 * SECOND_NS
    chases: int = 3
    chase_offset_e4: int = 200
    stops: str = "broker"
    flatten_before_close_ns: int = 0
    foreign_positions: str = "watch"
    foreign_stop_bp: int = 300
    refusal_pause_ns: int = 2 * SECOND_NS
    latency_ns: int = 0

    @property
    def timeframe_minutes(self) -> int:
        """The strategy bar's length; a daily bar is the session."""
        return TIMEFRAME_MINUTES[self.timeframe]

    def why_disabled(self, symbol: str) -> str | None:
        """The reason for which a symbol is switched off (may be empty); None when it is not."""
        index = bisect_left(self.disabled, (symbol, ""))
        found = self.disabled[index : index + 1]
        return found[0][1] if found and found[0][0] == symbol else None
