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
        ("the largest |rho| is named", "key=lambda one: abs(one.rho)", "key=lambda one: one.rho"),
        ("the unknown is not hidden by a small one", "math.isnan(one.rho)), largest)", "False), largest)"),
        ("50 returns are taken", "RETURNS = 50", "RETURNS = 49"),
        ("50 returns are 51 closes", "RETURNS + 1 if basis", "RETURNS if basis"),
        ("fewer than 50 are unknown", "if len(ours) < wanted:", "if len(ours) < wanted - 1:"),
        ("50 are enough", "if len(ours) < wanted:", "if len(ours) <= wanted:"),
        ("the newest are taken", "ours[-wanted:], theirs[-wanted:]", "ours[:wanted], theirs[:wanted]"),
        ("common times only", "both = other_times[place] == times", "both = other_times[place] >= times"),
        ("the mean is taken away", "ours - np.add.reduce(ours) / len(ours),", "ours,"),
        ("a flat series is unknown", "if sum_of_squares > rounding else 0.0", "if sum_of_squares >= 0 else 0.0"),
        ("a cent is a movement", "_ROUNDING = 1e-12", "_ROUNDING = 1e-4"),
    ],
)

WATERFALL = mutants_of(
    "risk/waterfall.py",
    ("test_waterfall", "test_risk"),
    [
        ("a cut never enlarges", "min(before, most)", "most"),
        ("the multipliers act on both caps", "min(by_risk, cap), limits)", "by_risk, limits)"),
        ("correlation halves once", "found.exceeds(limits.correlation_limit)", "True"),
        ("correlation is a multiplier", 'named.append(("correlation", limits.correlated_size_bp))', "pass"),
        ("no factor enlarges", "min(factor_bp, BASIS_POINTS)", "factor_bp"),
        ("no factor is below nothing", "max(0, min(factor_bp", "abs(min(factor_bp"),
        ("what is held takes its headroom", "// BASIS_POINTS - account.exposure_e4)", "// BASIS_POINTS)"),
        ("a short has its own collar", "request.side is Side.BUY))", "True))"),
        ("the breaker is an adjustment", 'frozenset({"breaker", "correlation"})', 'frozenset({"correlation"})'),
        ("the strategy's sizing is none", 'if step.name == "multipliers"', "if False"),
        ("the percentage is what is taken away", "100 - factor / 100", "factor / 100"),
    ],
)

CHECKS = mutants_of(
    "risk/assess.py",
    ("test_waterfall", "test_risk"),
    [
        ("the fifth position is the last", "0 <= held < most", "0 <= held <= most"),
        ("an amount is above nothing", "isinstance(value, int) and value > 0", "isinstance(value, int) and value >= 0"),
        ("NaN is no amount", "isinstance(value, int) and value > 0", "not value <= 0"),
        ("a stop is on its side", "stop < request.price_e4 if", "stop <= request.price_e4 if"),
        ("a distance reaches the stop", "abs(request.price_e4 - stop) <= request", "0 <= request"),
        ("no share is a rejection", "if size.quantity <= 0:", "if size.quantity < 0:"),
        ("the warning is inclusive", "drawdown < limit, text)", "drawdown <= limit, text)"),
        ("a breaker that reduces has failed", "not reduces and drawdown", "drawdown"),
        ("a risk is at most everything", "request.risk_bp <= BASIS_POINTS", "True"),
        ("what is blocked is refused", "not account.blocked, active", "True, active"),
    ],
)

SIZE = mutants_of(
    "sizing.py",
    ("test_sizing", "test_waterfall"),
    [
        ("a factor is in basis points", "prod(BASIS_POINTS for", "prod(9_999 for"),
        ("the broker's value is rounded up", "return -(-value_e4 * collar_bp // BASIS_POINTS)", "return value_e4"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*CORRELATION, *WATERFALL, *CHECKS, *SIZE)
