"""Mutants of the rules: regime, noise filter, price rules, entry edges, stops."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

REGIME = mutants_of(
    "regime.py",
    ("test_regime", "test_thresholds"),
    [
        ("ADX at 25 is no trend", '(adx > params["trend_adx"])', '(adx >= params["trend_adx"])'),
        ("R2 at 0.6 is no trend", '(r2 > params["trend_r2"])', '(r2 >= params["trend_r2"])'),
        ("ADX at 20 is no range", '(adx < params["range_adx"])', '(adx <= params["range_adx"])'),
        ("R2 at 0.4 is no range", '(r2 < params["range_r2"])', '(r2 <= params["range_r2"])'),
        ("a trend needs ADX and R2", 'params["trend_adx"]) & (', 'params["trend_adx"]) | ('),
        ("a range needs ADX and R2", 'params["range_adx"]) & (', 'params["range_adx"]) | ('),
        ("the third bar confirms", 'run >= params["confirmation_bars"]', 'run > params["confirmation_bars"]'),
        ("a new class starts its run", 'raw == state["raw"]', "raw >= 0"),
        ("an unknown bar counts for no run", "+ int(known)", "+ 1"),
        ("a change is marked when confirmed", '"regime_changed"] = confirmed', '"regime_changed"] = raw'),
        ("1.5 x is not high", 'atr > params["high_volatility"]', 'atr >= params["high_volatility"]'),
        ("0.7 x is not low", 'atr < params["low_volatility"]', 'atr <= params["low_volatility"]'),
    ],
)

NOISE = mutants_of(
    "noise.py",
    ("test_noise", "test_thresholds"),
    [
        ("09:30 is liquid", '(minute_of_day < params["illiquid_before', '(minute_of_day <= params["illiquid_before'),
        ("12:00 is illiquid", '(minute_of_day >= params["illiquid_mid', '(minute_of_day > params["illiquid_mid'),
        ("13:00 is liquid", '(minute_of_day < params["illiquid_mid', '(minute_of_day <= params["illiquid_mid'),
        ("16:00 is illiquid", '(minute_of_day >= params["illiquid_from', '(minute_of_day > params["illiquid_from'),
        ("half the volume fails", 'volume > params["volume_ratio"]', 'volume >= params["volume_ratio"]'),
        ("1.5 x fails a breakout", 'volume > params["breakout_vol', 'volume >= params["breakout_vol'),
        ("a gap of 2 % fails", 'abs(decision["gap"]) <', 'abs(decision["gap"]) <='),
        ("a gap down counts", 'abs(decision["gap"])', '(decision["gap"])'),
        ("the open itself is in time", "(minutes_after_open >= 0)", "(minutes_after_open > 0)"),
        ("15 minutes before the close is late", "(minutes_to_close > params", "(minutes_to_close >= params"),
        ("both ends of the day count", "0) & (minutes_to_close", "0) | (minutes_to_close"),
        ("a daily bar has no time rule", "if intraday else", "if not intraday else"),
        ("a spread of 5 % passes", "spread / close_sigma <= limit", "spread / close_sigma < limit"),
        ("a crossed quote fails", "and spread >= 0.0", "and spread >= -1.0"),
        ("closes that never moved fail", "close_sigma > 0.0 and", "close_sigma >= 0.0 and"),
        ("half the spread in illiquid time", '_illiquid"] if illiquid', '_illiquid"] if not illiquid'),
    ],
)

PRICE_RULES = mutants_of(
    "strategy/rules.py",
    ("test_strategy", "test_thresholds"),
    [
        ("0.5 ATR above is no long", "close > kama + entry_distance", "close >= kama + entry_distance"),
        ("0.5 ATR below is no short", "close < kama - entry_distance", "close <= kama - entry_distance"),
        ("0.3 ATR below ends no long", "close < kama - exit_distance", "close <= kama - exit_distance"),
        ("0.3 ATR above ends no short", "close > kama + exit_distance", "close >= kama + exit_distance"),
        ("exits have their own distance", '= params["exit_atr"]', '= params["entry_atr"]'),
        ("RSI 30 is not oversold", 'rsi < params["rsi_oversold"]', 'rsi <= params["rsi_oversold"]'),
        ("RSI 70 is not overbought", 'rsi > params["rsi_overbought"]', 'rsi >= params["rsi_overbought"]'),
        ("the lower band counts", 'close <= decision["bb_lower"]', 'close < decision["bb_lower"]'),
        ("the upper band counts", 'close >= decision["bb_upper"]', 'close > decision["bb_upper"]'),
        ("a long needs RSI and band", "oversold & (close", "oversold | (close"),
        ("a short needs RSI and band", "overbought & (close", "overbought | (close"),
        ("at the average a long ends", "(close >= sma)", "(close > sma)"),
        ("at the average a short ends", "(close <= sma)", "(close < sma)"),
        ("either ends a long", "| overbought", "& overbought"),
        ("either ends a short", "| oversold", "& oversold"),
    ],
)

ENTRIES = mutants_of(
    "strategy/entries.py",
    ("test_strategy", "test_thresholds"),
    [
        ("the first bar only remembers", 'if memory["seen"] else 0', 'if memory["seen"] >= 0 else 0'),
        ("what stands fires once", 'conditions & ~memory["conditions"] if', "conditions if"),
        ("what ended may fire again", 'memory["conditions"] = cond', 'memory["conditions"] |= cond'),
        ("mean reversion opposes", 'trend_long"] & (not decision["mr_short"])', 'trend_long"]'),
        ("only its opposite opposes", '(not decision["mr_long"])', '(not decision["mr_short"])'),
        ("neutral can be off", '(not params["neutral_entries"])', "False"),
        ("only neutral can be off", "((regime == _NEUTRAL) & (not", "((regime >= 0) & (not"),
        ("switching on turns nothing true", "= conditions\n", '= conditions * int(params["neutral_entries"])\n'),
        ("what stood is no crossover", "turned & (_TREND_LONG", "rules & (_TREND_LONG"),
        ("what stood is no new extreme", "turned & (_MR_LONG", "rules & (_MR_LONG"),
        ("a confirmed regime is a trigger", 'elif decision["reg', 'elif not decision["reg'),
        ("a short is a short", "1 if is_long else -1", "1 if is_long else 1"),
    ],
)

STOPS = mutants_of(
    "strategy/stops.py",
    ("test_strategy",),
    [
        ("a stop is rounded away from the entry", "side > 0 or down == exact", "side < 0 or down == exact"),
        ("a whole cent stays", "side > 0 or down == exact", "side > 0"),
        ("to 1/10,000 it is rounded, not cut", "round(scaled)", "int(scaled)"),
        ("a long's stop is below", "close - side * multiple", "close + side * multiple"),
        ("a short's fixed stop is above", "1.0 - side * fraction", "1.0 - fraction"),
        ("the best price never falls back", "max(best, high_e4)", "high_e4"),
        ("a short's best is its lowest", "min(best, low_e4)", "max(best, low_e4)"),
        ("a long's stop never loosens", "max(stop_e4, candidate)", "candidate"),
        ("a short's stop never loosens", "min(stop_e4, candidate)", "candidate"),
        ("without a price the stop stays", "if candidate == NO_STOP:\n        return stop_e4\n    if", "if"),
    ],
)

MUTANTS: tuple[Mutant, ...] = (*REGIME, *NOISE, *PRICE_RULES, *ENTRIES, *STOPS)
