"""Mutants of the numbers: parameters, bars at the door, sizes, and the kernel itself."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

PARAMETERS = mutants_of(
    "strategy/params.py",
    ("test_strategy", "test_thresholds"),
    [
        ("trend from ADX 25", "trend_adx: float = 25.0", "trend_adx: float = 25.1"),
        ("trend from R2 0.6", "trend_r2: float = 0.6", "trend_r2: float = 0.61"),
        ("range below ADX 20", "range_adx: float = 20.0", "range_adx: float = 19.9"),
        ("range below R2 0.4", "range_r2: float = 0.4", "range_r2: float = 0.39"),
        ("three bars confirm", "confirmation_bars: int = 3", "confirmation_bars: int = 2"),
        ("high above 1.5 x", "high_volatility: float = 1.5", "high_volatility: float = 1.4"),
        ("low below 0.7 x", "low_volatility: float = 0.7", "low_volatility: float = 0.8"),
        ("a spike is 2 x", "spike_ratio: float = 2.0", "spike_ratio: float = 2.1"),
        ("a spike widens stops 1.5 x", "spike_stop_factor: float = 1.5", "spike_stop_factor: float = 1.6"),
        ("entry at 0.5 ATR", "entry_atr: float = 0.5", "entry_atr: float = 0.51"),
        ("exit at 0.3 ATR", "exit_atr: float = 0.3", "exit_atr: float = 0.31"),
        ("a stop at 2.5 ATR", "trend_stop_atr: float = 2.5", "trend_stop_atr: float = 2.4"),
        ("a reduced stop at 2 ATR", "reduced_stop_atr: float = 2.0", "reduced_stop_atr: float = 2.1"),
        ("oversold below 30", "rsi_oversold: float = 30.0", "rsi_oversold: float = 30.1"),
        ("overbought above 70", "rsi_overbought: float = 70.0", "rsi_overbought: float = 69.9"),
        ("a fixed stop of 3 %", "mean_reversion_stop: float = 0.03", "mean_reversion_stop: float = 0.031"),
        ("a spread of 5 %", "spread_limit: float = 0.05", "spread_limit: float = 0.051"),
        ("of 2.5 % when illiquid", "spread_limit_illiquid: float = 0.025", "spread_limit_illiquid: float = 0.05"),
        ("half the volume", "  volume_ratio: float = 0.5", "  volume_ratio: float = 0.51"),
        ("a breakout's volume", "breakout_volume_ratio: float = 1.5", "breakout_volume_ratio: float = 1.49"),
        ("a gap of 2 %", "gap_limit: float = 0.02", "gap_limit: float = 0.021"),
        ("15 minutes before the close", "close_quiet_minutes: int = 15", "close_quiet_minutes: int = 14"),
        ("noon is illiquid", "illiquid_midday_minute: int = 12 * 60", "illiquid_midday_minute: int = 12 * 60 + 1"),
        ("bands 2 sigma wide", "bollinger_width: float = 2.0", "bollinger_width: float = 2.1"),
        ("the ATR average decides when", "self.atr_average_period - 1", "self.atr_average_period"),
        ("ADX takes two periods", "2 * self.adx_period - 1", "2 * self.adx_period - 2"),
    ],
)

VALIDATION = mutants_of(
    "strategy/params.py",
    ("test_strategy",),
    [
        ("the lowest value is allowed", "low <= value <= high", "low < value <= high"),
        ("a period is at most 128", '"_period": (2, MAX_PERIOD)', '"_period": (2, MAX_PERIOD - 1)'),
        ("at least one bar confirms", '"confirmation_bars": (1, 100)', '"confirmation_bars": (0, 100)'),
        ("a pair may be equal", "if low > high:", "if low >= high:"),
    ],
)

BARS = mutants_of(
    "bars.py",
    ("test_bars",),
    [
        ("a zero price is turned away", "0 < bar.low <=", "0 <= bar.low <="),
        ("a zero price is named as one", "min(prices) <= 0", "min(prices) < 0"),
        ("the largest price is taken", "bar.high <= MOST_DOLLARS", "bar.high < MOST_DOLLARS"),
        (
            "an open at the low is taken",
            "bar.low <= bar.open <= bar.high <= MOST",
            "bar.low < bar.open <= bar.high <= MOST",
        ),
        ("an open at the high is taken", "bar.open <= bar.high <= MOST", "bar.open < bar.high <= MOST"),
        ("a close above the high is not", "MOST_DOLLARS and bar.low <= bar.close <= bar.high", "MOST_DOLLARS"),
        ("no volume is taken", "bar.volume >= 0", "bar.volume > 0"),
        ("a minute that came is a duplicate", "bar.start_ns > newest_start_ns", "bar.start_ns >= newest_start_ns"),
        ("a day is 1440 minutes", "timeframe_minutes >= DAY_MINUTES", "timeframe_minutes > DAY_MINUTES"),
        ("a bar is cut to the close", "Span(start_ns, min(", "Span(start_ns, max("),
        ("bars start on the clock", "minute % timeframe_minutes", "0"),
        ("a bar's high is the highest", "if minute.high > self.high:", "if True:"),
        ("a bar's low is the lowest", "if minute.low < self.low:", "if True:"),
        ("volumes add up", "self.volume += minute.volume", "self.volume = minute.volume"),
    ],
)

SIZES = mutants_of(
    "sizing.py",
    ("test_sizing",),
    [
        ("a size is floored", "return budget_e4 // price_e4", "return -(-budget_e4 // price_e4)"),
        ("risk is in basis points", "(10_000 * distance_e4)", "(9_999 * distance_e4)"),
        ("a cap is in basis points", "max_position_bp // 10_000", "max_position_bp // 9_999"),
        ("a buy needs 4 % more", "10_400 if long", "10_399 if long"),
        ("a short needs 3 % more", "else 10_300", "else 10_301"),
    ],
)

KERNEL = mutants_of(
    "kernel.py",
    ("test_kernel", "test_thresholds"),
    [
        ("another version is refused", "if version != KERNEL_VERSION", "if version < KERNEL_VERSION"),
        ("a symbol starts neutral", "= int(Regime.NEUTRAL)", "= int(Regime.MEAN_REVERSION)"),
    ],
)

DECIDING = mutants_of(
    "strategy/deciding.py",
    ("test_kernel", "test_thresholds"),
    [("bar 63 is the first to decide", '>= params["decision_index"]', '> params["decision_index"]')],
)

ADVANCE = mutants_of(
    "advance.py",
    ("test_kernel", "test_thresholds"),
    [
        ("the first bar has no close before", "index > 0 else np.nan", "index >= 0 else np.nan"),
        ("each bar counts", 'state["index"] = index + 1', 'state["index"] = index + 2'),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*PARAMETERS, *VALIDATION, *BARS, *SIZES, *KERNEL, *DECIDING, *ADVANCE)
