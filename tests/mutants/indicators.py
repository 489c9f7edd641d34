"""Mutants of the indicators: what they share, and the fused update."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

WINDOWS = mutants_of(
    "indicators/windows.py",
    ("test_kernel", "test_indicators"),
    [
        ("a mean divides by its period", "weight = 1.0 / period", "weight = 1.0 / (period - 1)"),
        ("a rolling sum holds n values", "if position == period:", "if position == period - 1:"),
        ("an old value leaves the window", "prefix + suffixes[np.uintp(k + 1)]", "prefix + suffixes[np.uintp(k)]"),
    ],
)

AVERAGES = mutants_of(
    "indicators/averages.py",
    ("test_indicators", "test_kernel"),
    [
        ("EMA weighs 2 / (n + 1)", "weight = 2.0 / (period + 1)", "weight = 2.0 / period"),
        ("the mean seeds EMA", "index < period - 1 else total / period", "index < period - 1 else total"),
        ("KAMA has a fast 2 and a slow 30", "fast: int = 2, slow: int = 30", "fast: int = 2, slow: int = 29"),
        ("KAMA squares its constant", "return smoothing * smoothing", "return smoothing"),
        ("efficiency has no sign", "abs(move) /", "move /"),
        ("a small path is a path", "_NO_PATH = 1e-300", "_NO_PATH = 1e-3"),
    ],
)

MOMENTS = mutants_of(
    "indicators/moments.py",
    ("test_indicators", "test_kernel"),
    [
        ("a slope is a bar's", "(period * period - 1.0)", "(period * period + 1.0)"),
        ("R2 is 0 where nothing varies", "if variation > 0.0 else 0.0", "if variation > 0.0 else 1.0"),
        ("time is counted from its middle", "-0.5 * (period - 1), total", "-0.5 * period, total"),
        ("sigma is about the mean", "multiply_add(-offset, offset, ", "multiply_add(offset, offset, "),
    ],
)

WILDER = mutants_of(
    "indicators/wilder.py",
    ("test_indicators", "test_kernel"),
    [
        ("RSI is 50 where nothing moved", "> _ZERO else 50.0", "> _ZERO else 0.0"),
        ("an equal rise is no +DM", "rise > fall", "rise >= fall"),
        ("an equal fall is no -DM", "fall > rise", "fall >= rise"),
        ("a gap counts in the range", "max(high, previous_close) - min(low, previous_close)", "high - low"),
        ("the mean seeds Wilder's average", "index < period else total / period", "index < period else total"),
        ("Wilder's sum forgets from n on", "if index >= period else", "if index > period else"),
        ("DX has no sign", "(abs(plus - minus) / movement)", "((plus - minus) / movement)"),
        ("the mean seeds ADX", "value / period if index == 2 * period - 1", "value / period if index == 2 * period"),
        ("ADX is smoothed from 2 n on", "if index >= 2 * period else", "if index > 2 * period else"),
    ],
)

FUSED = mutants_of(
    "indicators/fused.py",
    ("test_kernel", "test_thresholds"),
    [
        ("a gap is of the previous close", "/ previous_close", "/ opening"),
        ("the ATR average is valid at 63", 'params["atr_average_period"] - 1:', 'params["atr_average_period"]:'),
        ("a fall is a loss", "max(-change, 0.0)", "max(change, 0.0)"),
        ("RSI is valid from n on", 'index < params["rsi_period"]', 'index <= params["rsi_period"]'),
        ("ADX is valid from 2 n - 1 on", '2 * params["adx_period"] - 1', '2 * params["adx_period"]'),
        ("the lower band is below", "middle - width", "middle + width"),
        ("bands have a period of their own", 'params["bollinger_period"] != period', 'params["bollinger_period"] < 0'),
        ("each low is compared with the last", 'state["previous_low"] = low', 'state["previous_low"] = high'),
        ("a change is from the last close", 'state["previous_close"] = close', 'state["previous_close"] = low'),
        ("the path has no sign", "abs(change)) if index", "change) if index"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*WINDOWS, *AVERAGES, *MOMENTS, *WILDER, *FUSED)
