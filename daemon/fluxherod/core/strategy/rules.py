"""Price rules of both modes: where an entry stands and where an open position ends. Comparisons as written."""

from __future__ import annotations

from fluxherod.core.jit import Record, inlined


@inlined
def trend_rules(decision: Record, params: Record) -> None:
    """Close against KAMA: beyond the entry band a trend entry stands, beyond the exit band the other side ends."""
    close, kama, atr = decision["close"], decision["kama"], decision["atr"]
    entry_distance = params["entry_atr"] * atr
    exit_distance = params["exit_atr"] * atr
    decision["trend_long"] = close > kama + entry_distance
    decision["trend_short"] = close < kama - entry_distance
    decision["exit_trend_long"] = close < kama - exit_distance
    decision["exit_trend_short"] = close > kama + exit_distance


@inlined
def mean_reversion_rules(decision: Record, params: Record) -> None:
    """RSI and the bands: an entry at an extreme, an exit back at the average or at the other extreme."""
    close, rsi, sma = decision["close"], decision["rsi"], decision["sma"]
    oversold = rsi < params["rsi_oversold"]
    overbought = rsi > params["rsi_overbought"]
    decision["mr_long"] = oversold & (close <= decision["bb_lower"])
    decision["mr_short"] = overbought & (close >= decision["bb_upper"])
    decision["exit_mr_long"] = (close >= sma) | overbought
    decision["exit_mr_short"] = (close <= sma) | oversold


@inlined
def no_rules(decision: Record) -> None:
    """Before every indicator is valid nothing stands."""
    decision["trend_long"] = decision["trend_short"] = False
    decision["mr_long"] = decision["mr_short"] = False
    decision["exit_trend_long"] = decision["exit_trend_short"] = False
    decision["exit_mr_long"] = decision["exit_mr_short"] = False
