"""Mutants of what stops trading: each limit, and the second reading."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

LIMITS = mutants_of(
    "risk/limits.py",
    ("test_breaker",),
    [
        ("a warning at 15 %", "warning_drawdown_bp: int = 1_500", "warning_drawdown_bp: int = 1_501"),
        ("recovered below 12 %", "recovery_drawdown_bp: int = 1_200", "recovery_drawdown_bp: int = 1_199"),
        ("critical at 20 %", "critical_drawdown_bp: int = 2_000", "critical_drawdown_bp: int = 1_999"),
        ("a daily loss of 3 %", "daily_loss_bp: int = 300", "daily_loss_bp: int = 301"),
        ("an operator ends it", 'daily_loss_resumes: str = "operator"', 'daily_loss_resumes: str = "next_session"'),
    ],
)

BREAKER = mutants_of(
    "risk/breaker.py",
    ("test_breaker",),
    [
        (
            "limits are inclusive",
            "and lost_e4 * BASIS_POINTS >= whole_e4 * limit_bp",
            "and lost_e4 * BASIS_POINTS > whole_e4 * limit_bp",
        ),
        ("without a peak no drawdown", "whole_e4 > 0 and lost_e4", "whole_e4 >= 0 and lost_e4"),
        ("a second reading is 5 s later", "CONFIRM_AFTER_NS = 5 * SECOND_NS", "CONFIRM_AFTER_NS = 4 * SECOND_NS"),
        ("after 5 s is late enough", "reached_ns >= CONFIRM_AFTER_NS", "reached_ns > CONFIRM_AFTER_NS"),
        ("on newer account data", "reading.account_ns > reached_ns", "reading.account_ns >= reached_ns"),
        ("both are needed", "return late and reading", "return late or reading"),
        ("the witness is a tenth off at most", "WITNESS_PARTS = 10 ", "WITNESS_PARTS = 9 "),
        ("a tenth off still confirms", "WITNESS_PARTS >= whole", "WITNESS_PARTS > whole"),
        ("the breaker has a witness", "if not _confirms(peak_e4", "if False and _confirms(peak_e4"),
        ("the daily loss has a witness", "if not _confirms(daily.base_e4", "if False and _confirms(daily.base_e4"),
        ("a peak is 2 % off at most", "PEAK_MARGIN = 50 ", "PEAK_MARGIN = 49 "),
        ("no margin while the books part", "if reading.agrees else 0", "if True else 0"),
        ("the peak never falls", "max(breaker.peak_e4, min(", "max(0, min("),
        (
            "disabled is read no more",
            "if breaker.status is BreakerStatus.DISABLED:\n        return breaker",
            "if False:\n        return breaker",
        ),
        ("the first reading closes nothing", "if not breaker.reached_ns:", "if False:"),
        (
            "a second one may clear",
            "if not critical:\n        return replace(breaker, reached_ns=0)",
            "if not critical:\n        return breaker",
        ),
        ("a latch does not leave", "recovered = not breaker.latched and", "recovered ="),
        ("disabled is latched", "Breaker(BreakerStatus.DISABLED, True,", "Breaker(BreakerStatus.DISABLED, False,"),
        (
            "reduced after a reset is latched",
            "Breaker(BreakerStatus.REDUCED, True,",
            "Breaker(BreakerStatus.REDUCED, False,",
        ),
        ("0 switches the daily loss off", "return limit_bp > 0 and reached", "return reached"),
        ("switched off it clears at once", "if limits.daily_loss_bp > 0 and not _is", "if not _is"),
        ("a daily loss latches", "if daily.reason:\n        return daily\n    lost", "lost"),
        ("flows move the base", "daily.base_e4 + amount_e4 if", "daily.base_e4 if"),
        ("flows move the peak", "max(0, state.breaker.peak_e4 + amount_e4)", "max(0, state.breaker.peak_e4)"),
        ("a flow overnight is in the next base", "0 if in_session and daily.base_e4 else amount_e4", "0"),
        ("a flow before the base is in it", "0 if in_session and daily.base_e4 else", "0 if in_session else"),
        ("the base has what flowed since", "close_e4 + daily.carried_e4", "close_e4"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*LIMITS, *BREAKER)
