"""When losses stop trading: the circuit breaker by the drawdown from the peak, and the limit of a day's loss.

Pure: a state and a reading give the next state. Limits are inclusive, and compared in whole 1/10,000 dollars. The first
reading at a limit that closes positions only stops new risk; a second one, at least 5 s later and on account data that
was asked for after the first, decides. Until it does the first one holds, whatever the equity does meanwhile. The
broker's own equity is the witness: a wrong price, or a split that is not known yet, must not close everything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.jit import shared
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, SafetyState

BASIS_POINTS = 10_000
CONFIRM_AFTER_NS = 5 * SECOND_NS
PEAK_MARGIN = 50  # a peak is at most 2 % above what the broker last said
WITNESS_PARTS = 10  # the broker's loss may be a tenth of the limit smaller


@dataclass(frozen=True, slots=True)
class Reading:
    """Equity by our own books; beside it what the newest account data say, and when they were asked for.

    `agrees` is whether the cash of both was the same then.
    """

    equity_e4: int
    now_ns: int
    account_e4: int
    account_ns: int
    agrees: bool = True


def read_breaker(breaker: Breaker, reading: Reading, limits: RiskLimits) -> Breaker:
    """The breaker after a reading; the same object when nothing changed."""
    # A price that is far off, or shares without their cash, must not make a peak from which all else is a drawdown.
    most_e4 = reading.account_e4 + (reading.account_e4 // PEAK_MARGIN if reading.agrees else 0)
    peak_e4 = max(breaker.peak_e4, min(reading.equity_e4, most_e4))
    if peak_e4 != breaker.peak_e4:
        breaker = replace(breaker, peak_e4=peak_e4)
    if breaker.status is BreakerStatus.DISABLED:
        return breaker
    lost_e4 = peak_e4 - reading.equity_e4
    breaker = _reduced_or_not(breaker, lost_e4, reading.now_ns, limits)
    critical = reached(lost_e4, peak_e4, limits.critical_drawdown_bp)
    if not breaker.reached_ns:
        return replace(breaker, reached_ns=reading.now_ns) if critical else breaker
    if not _is_second(breaker.reached_ns, reading):
        return breaker
    if not critical:
        return replace(breaker, reached_ns=0)
    if not _confirms(peak_e4 - reading.account_e4, peak_e4, limits.critical_drawdown_bp):
        return breaker
    reason = f"drawdown of {percent(lost_e4, peak_e4)} (limit {limit(limits.critical_drawdown_bp)})"
    return Breaker(BreakerStatus.DISABLED, True, reason, reading.now_ns, peak_e4)


def _reduced_or_not(breaker: Breaker, lost_e4: int, now_ns: int, limits: RiskLimits) -> Breaker:
    """REDUCED comes and goes by itself, unless an operator has to end it."""
    peak_e4 = breaker.peak_e4
    if breaker.status is BreakerStatus.NORMAL and reached(lost_e4, peak_e4, limits.warning_drawdown_bp):
        reason = f"drawdown of {percent(lost_e4, peak_e4)} (limit {limit(limits.warning_drawdown_bp)})"
        return replace(breaker, status=BreakerStatus.REDUCED, reason=reason, changed_ns=now_ns)
    recovered = not breaker.latched and not reached(lost_e4, peak_e4, limits.recovery_drawdown_bp)
    if breaker.status is BreakerStatus.REDUCED and recovered:
        return replace(breaker, status=BreakerStatus.NORMAL, reason="", changed_ns=now_ns)
    return breaker


def read_daily_loss(daily: DailyLoss, reading: Reading, limits: RiskLimits) -> DailyLoss:
    """The daily loss after a reading; the same object when nothing changed."""
    if daily.reason:
        return daily
    lost_e4 = daily.base_e4 - reading.equity_e4
    lost_too_much = day_lost(lost_e4, daily.base_e4, limits.daily_loss_bp)
    if not daily.reached_ns:
        return replace(daily, reached_ns=reading.now_ns) if lost_too_much else daily
    if limits.daily_loss_bp > 0 and not _is_second(daily.reached_ns, reading):
        return daily
    if not lost_too_much:
        return replace(daily, reached_ns=0)
    if not _confirms(daily.base_e4 - reading.account_e4, daily.base_e4, limits.daily_loss_bp):
        return daily
    reason = f"loss of {percent(lost_e4, daily.base_e4)} since the previous close (limit {limit(limits.daily_loss_bp)})"
    return replace(daily, reason=reason, day=daily.base_day, reached_ns=0)


def begin_session(daily: DailyLoss, day: str, limits: RiskLimits) -> DailyLoss:
    """A new session begins, and its base is not known yet. What was reached before ends, if so configured."""
    ends = limits.daily_loss_resumes == "next_session"
    kept = DailyLoss() if ends else DailyLoss(reason=daily.reason, day=daily.day)
    return replace(kept, base_day=day, carried_e4=daily.carried_e4)


def with_base(daily: DailyLoss, close_e4: int) -> DailyLoss:
    """The base of the session is known: the equity at the close before, and what flowed since."""
    return replace(daily, base_e4=close_e4 + daily.carried_e4, carried_e4=0)


def with_flow(state: SafetyState, amount_e4: int, in_session: bool, dated: bool = True) -> SafetyState:
    """Money came (positive) or went: neither won nor lost, so peak and base go with it.

    `dated` is whether it surely came after the close that the base stands for. If not, the close may have it already:
    then the lower base of the two holds, as money that came is no loss.
    """
    daily = state.daily_loss
    if not dated and amount_e4 > 0:
        return replace(state, breaker=replace(state.breaker, peak_e4=state.breaker.peak_e4 + amount_e4))
    base_e4 = daily.base_e4 + amount_e4 if daily.base_e4 else 0
    carried_e4 = daily.carried_e4 + (0 if in_session and daily.base_e4 else amount_e4)
    breaker = replace(state.breaker, peak_e4=max(0, state.breaker.peak_e4 + amount_e4))
    daily = replace(daily, base_e4=max(0, base_e4), carried_e4=carried_e4)
    return replace(state, breaker=breaker, daily_loss=daily)


def reset(breaker: Breaker, equity_e4: int, now_ns: int, reason: str) -> Breaker:
    """From DISABLED to REDUCED, which holds until an operator sets NORMAL; the drawdown is counted from here."""
    return Breaker(BreakerStatus.REDUCED, True, reason, now_ns, equity_e4)


def normal(breaker: Breaker, equity_e4: int, now_ns: int, limits: RiskLimits) -> Breaker:
    """From REDUCED to NORMAL, or to a REDUCED that leaves by itself where the drawdown asks for it."""
    unlatched = replace(breaker, status=BreakerStatus.NORMAL, latched=False, reason="", changed_ns=now_ns)
    return _reduced_or_not(unlatched, unlatched.peak_e4 - equity_e4, now_ns, limits)


def limit(basis_points: int) -> str:
    """A limit as people read it: "20%"."""
    return f"{basis_points / 100:g}%"


def percent(part_e4: int, whole_e4: int) -> str:
    """A share of an amount to one decimal: "15.3%"."""
    return f"{100 * part_e4 / whole_e4:.1f}%" if whole_e4 > 0 else "0.0%"


@shared
def reached(lost_e4: int, whole_e4: int, limit_bp: int) -> bool:
    """True when a loss is at least a share of the whole."""
    return whole_e4 > 0 and lost_e4 * BASIS_POINTS >= whole_e4 * limit_bp


@shared
def day_lost(lost_e4: int, base_e4: int, limit_bp: int) -> bool:
    """True when a day's loss has reached its limit; a limit of 0 is none."""
    return limit_bp > 0 and reached(lost_e4, base_e4, limit_bp)


def _confirms(lost_e4: int, whole_e4: int, limit_bp: int) -> bool:
    """True when the broker's figures are about as bad as ours: its prices are not to the cent the same."""
    return lost_e4 * BASIS_POINTS * WITNESS_PARTS >= whole_e4 * limit_bp * (WITNESS_PARTS - 1)


def _is_second(reached_ns: int, reading: Reading) -> bool:
    late = reading.now_ns - reached_ns >= CONFIRM_AFTER_NS
    return late and reading.account_ns > reached_ns
