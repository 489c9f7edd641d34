"""Mutants of risk: correlation, the sizing waterfall, the checks, what limits may be."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

CORRELATION = mutants_of(
    "risk/correlation.py",
    ("test_correlation",),
    [
        ("rho at the limit is not above it", "not abs(self.rho) <= limit", "not abs(self.rho) < limit"),
        ("minus counts like plus", "not abs(self.rho) <= limit", "not self.rho <= limit"),
        ("unknown is above every limit", "not abs(self.rho) <= limit", "abs(self.rho) > limit"),
        ("the largest |rho| is named", "abs(one.rho) > abs(largest.rho)", "one.rho > largest.rho"),
        ("the unknown is not hidden by a small one", "math.isnan(one.rho)), largest)", "False), largest)"),
        ("50 returns are taken", "RETURNS = 50", "RETURNS = 49"),
        ("50 returns are 51 closes", "RETURNS + 1 if returns", "RETURNS if returns"),
        ("fewer than 50 are unknown", "RETURNS:\n        return math", "RETURNS - 1:\n        return math"),
        ("50 are enough", "< RETURNS:\n        return math", "<= RETURNS:\n        return math"),
        ("fewer than 50 are why", "RETURNS:\n        return Corr", "RETURNS - 1:\n        return Corr"),
        ("50 are not too few", "< RETURNS:\n        return Corr", "<= RETURNS:\n        return Corr"),
        (
            "the newest are taken",
            "len(times) - 1, len(other_times) - 1",
            "min(len(times), len(ours)) - 1, min(len(other_times), len(ours)) - 1",
        ),
        ("common times only", "if times[mine] == other_times[other]:", "if times[mine] >= other_times[other]:"),
        ("the mean is taken away", "= ours[k] - our_mean, theirs[k]", "= ours[k], theirs[k]"),
        ("a flat series is unknown", "return squares_away > ", "return squares_away >= 0 * "),
        ("a cent is a movement", "_ROUNDING = 1e-12", "_ROUNDING = 1e-4"),
        ("a cent is more than nothing", "_LEAST = 1e-14", "_LEAST = 1e-4"),
    ],
)

WATERFALL = mutants_of(
    "risk/waterfall.py",
    ("test_waterfall", "test_risk"),
    [
        ("a cut never enlarges", "min(self.levels[0][1], *[", "min(*["),
        ("nor does it in words", "min(before, max(0, most))", "max(0, most)"),
        ("what cuts nothing is no adjustment", "if most < before:", "if most <= before:"),
        ("the multipliers act on both caps", "scaled(min(by_risk, cap), *[", "scaled(by_risk, *["),
        ("correlation halves once", "found.exceeds(limits.correlation_limit)", "True"),
        ("correlation is a multiplier", 'named.append(("correlation", limits.correlated_size_bp))', "pass"),
        ("no factor enlarges", "min(factor_bp, BASIS_POINTS)", "factor_bp"),
        ("no factor is below nothing", "max(0, min(factor_bp", "abs(min(factor_bp"),
        ("what is held takes its headroom", "exposure_bp, account.exposure_e4)", "exposure_bp, 0)"),
        ("a short has its own collar", "request.side is Side.BUY,\n", "True,\n"),
        ("the breaker is an adjustment", 'frozenset({"breaker", "correlation"})', 'frozenset({"correlation"})'),
        ("the strategy's sizing is none", 'if step.name == "multipliers"', "if False"),
        ("the percentage is what is taken away", "100 - factor / 100", "factor / 100"),
    ],
)

CHECKS = mutants_of(
    "risk/assess.py",
    ("test_waterfall", "test_risk"),
    [
        ("the fifth position is the last", "open_positions < limits.max", "open_positions <= limits.max"),
        ("a price is above nothing", "return 0 < request.price_e4", "return 0 <= request.price_e4"),
        ("an operator wants a share", "or 0 < request.wanted", "or 0 <= request.wanted"),
        ("equity is above nothing", "and 0 < equity_e4 <=", "and 0 <= equity_e4 <="),
        ("an exposure below nothing is none", " and account.exposure_e4 >= 0", ""),
        ("a stop is on its side", "return 0 < distance <=", "return 0 <= distance <="),
        ("a distance reaches the stop", "< distance <= request.distance_e4", "< distance"),
        ("no share is a rejection", "if quantity == 0:", "if quantity < 0:"),
        ("the warning is inclusive", "drawdown < limit, text)", "drawdown <= limit, text)"),
        ("a breaker that reduces has failed", "not reduces and drawdown", "drawdown"),
        ("what is blocked is refused", "not account.blocked, active", "True, active"),
    ],
)

SOUND = mutants_of(
    "risk/soundness.py",
    ("test_soundness", "test_risk"),
    [
        ("a risk is at most everything", "0 < request.risk_bp <= MOST_BP", "0 < request.risk_bp"),
        ("a risk of everything is one", "0 < request.risk_bp <= MOST_BP", "0 < request.risk_bp < MOST_BP"),
        ("a risk of nothing is none", "0 < request.risk_bp", "0 <= request.risk_bp"),
        ("a factor is not below nothing", "not 0 <= factor_bp <=", "not factor_bp <="),
        ("a factor is within reason", "<= factor_bp <= MOST_FACTOR_BP", "<= factor_bp"),
        ("True is no factor", "type(factor_bp) is not int", "not isinstance(factor_bp, int)"),
        ("True is no amount", "if type(value) is not int and", "if not isinstance(value, int) and"),
        ("what is held is not negative", "request.held < 0", "request.held < -1"),
        ("a limit is not negative", "min(whole) < 0 or ", ""),
        ("a limit is within reason", " or max(whole) > MOST_LIMIT", ""),
        ("NaN is no limit", "or not math.isfinite(value)", ""),
    ],
)

SIZE = mutants_of(
    "sizing.py",
    ("test_sizing", "test_waterfall"),
    [
        ("a factor is in basis points", "prod([BASIS_POINTS] *", "prod([9_999] *"),
        ("a rest is carried on", "part %= base", "part = 0"),
        ("rests make up a share", "// 10_000 + part // base", "// 10_000"),
        ("exposure takes from its headroom", "// 10_000 - exposure_e4)", "// 10_000)"),
        ("the broker's value is rounded up", "return -(-value_e4 * collar_bp // BASIS_POINTS)", "return value_e4"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*CORRELATION, *WATERFALL, *CHECKS, *SOUND, *SIZE)
