"""What a person is told of drawdown and daily loss: what was reached, what that stops, and what decides next."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fluxherod.core.money import dollars
from fluxherod.core.risk.breaker import BASIS_POINTS, Reading, limit, percent
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, SafetyState
from fluxherod.engine.effects import AlertRaised, Severity
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.settings import Settings

_FIRST = "no new entries. A second reading, 5 s later on fresh account data, decides whether everything is closed."
_UNDATED = (
    "Cash came or went while nobody could see whether it was before the last close or after it. The daily loss of this "
    "session is counted from the lower of the two: it may come late. Look at the day's loss yourself."
)
_CLEARED = "the second reading is below the limit. Nothing is closed, entries are taken again."
_REVIEW = "Review, then reset the breaker."


def of_breaker(
    before: Breaker, after: Breaker, reading: Reading, settings: Settings, closing: Callable[[int], str]
) -> Iterator[AlertRaised]:
    """How the circuit breaker has changed by a reading. `closing` says what closing everything means at a time."""
    limits, lost = settings.limits, percent(after.peak_e4 - reading.equity_e4, after.peak_e4)
    disabled = after.status is BreakerStatus.DISABLED
    if before.status is BreakerStatus.NORMAL and after.status is BreakerStatus.REDUCED:
        smaller = limit(BASIS_POINTS - limits.reduced_size_bp)
        text = (
            f"WARNING: Drawdown at {lost}. Position sizes reduced {smaller}. Stops tightened to "
            f"{settings.strategy.reduced_stop_atr:.1f}× ATR. Review recommended."
        )
        yield AlertRaised("BREAKER_WARNING", Severity.WARNING, text)
    elif before.status is BreakerStatus.REDUCED and after.status is BreakerStatus.NORMAL:
        text = f"Drawdown at {lost}, below {limit(limits.recovery_drawdown_bp)}: sizes and stops as usual again."
        yield AlertRaised("BREAKER_RECOVERED", Severity.INFO, text)
    if after.reached_ns and not before.reached_ns:
        text = f"Drawdown at {lost} (limit {limit(limits.critical_drawdown_bp)}): {_FIRST}"
        yield AlertRaised("BREAKER_REACHED", Severity.CRITICAL, text)
    elif before.reached_ns and not after.reached_ns and not disabled:
        yield AlertRaised("BREAKER_CLEARED", Severity.INFO, f"Drawdown at {lost}: {_CLEARED}")
    if disabled and before.status is not BreakerStatus.DISABLED:
        text = f"CIRCUIT BREAKER: Drawdown: {lost}. Trading DISABLED: {closing(reading.now_ns)}. {_REVIEW}"
        yield AlertRaised("BREAKER_DISABLED", Severity.CRITICAL, text)


def of_the_day(
    before: DailyLoss, after: DailyLoss, reading: Reading, settings: Settings, closing: Callable[[int], str]
) -> Iterator[AlertRaised]:
    """How the daily loss has changed by a reading."""
    lost = percent(after.base_e4 - reading.equity_e4, after.base_e4)
    if after.reached_ns and not before.reached_ns:
        text = f"Loss of the day at {lost} (limit {limit(settings.limits.daily_loss_bp)}): {_FIRST}"
        yield AlertRaised("DAILY_LOSS_REACHED", Severity.CRITICAL, text)
    elif before.reached_ns and not after.reached_ns and not after.reason:
        yield AlertRaised("DAILY_LOSS_CLEARED", Severity.INFO, f"Loss of the day at {lost}: {_CLEARED}")
    if after.reason and not before.reason:
        text = f"DAILY LOSS: {lost}. Trading DISABLED: {closing(reading.now_ns)}. {_REVIEW}"
        yield AlertRaised("DAILY_LOSS", Severity.CRITICAL, text)


def all_closed(state: SafetyState, ledger: Ledger) -> AlertRaised:
    """The last position is closed, and by what."""
    breaker, daily, equity_e4 = state.breaker, state.daily_loss, ledger.equity_e4 or 0
    if breaker.status is BreakerStatus.DISABLED:
        lost = percent(breaker.peak_e4 - equity_e4, breaker.peak_e4)
        text = f"CIRCUIT BREAKER: All positions closed. Drawdown: {lost}. Trading DISABLED."
        return AlertRaised("BREAKER_CLOSED", Severity.CRITICAL, text)
    if daily.reason:
        lost = percent(daily.base_e4 - equity_e4, daily.base_e4)
        text = f"DAILY LOSS: All positions closed. Loss: {lost}. Trading DISABLED."
        return AlertRaised("DAILY_LOSS_CLOSED", Severity.CRITICAL, text)
    text = f"All positions closed: {state.kill_switch.reason}"
    return AlertRaised("FLATTEN_CLOSED", Severity.WARNING, text)


def not_confirmed(ledger: Ledger) -> AlertRaised:
    """A limit is reached by our books alone."""
    account = ledger.account
    ours, theirs = dollars(ledger.equity_e4 or 0), dollars(account.equity_e4 if account is not None else 0)
    text = (
        f"Equity is {ours} by our books and {theirs} by the broker's: on that nothing is closed and no entry is "
        "taken. Look at positions and prices; Flatten closes everything."
    )
    return AlertRaised("LOSS_NOT_CONFIRMED", Severity.CRITICAL, text)


def base_uncertain() -> AlertRaised:
    """Cash came or went over a close, unseen."""
    return AlertRaised("DAILY_BASE_UNCERTAIN", Severity.WARNING, _UNDATED)
