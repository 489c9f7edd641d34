"""Regime, dual mode and noise filter of the specification, sections 4 to 6: one symbol's bars become views.

Choices where the words leave room:
S1. Raw regimes are counted from the first bar with ADX and R2 (index 27), although nothing is decided before index 63.
S2. Index 63 is the first bar with everything, the 50-bar average of ATR included.
S3. Trend, neutral and mean reversion each keep an edge memory of their own for each side. So a price above its trigger
    while the regime passes from STRONG_TREND to NEUTRAL is an edge of the neutral mode, and back one of the trend mode.
S4. An entry's opposite in mean reversion is its price rule alone, whatever the confirmed regime.
S5. The gap and the 20-bar average volume are those of the symbol's own bars, whatever sessions lie between.
S6. Bands and averages are compared exactly: at a tie close >= SMA and close <= lower band hold, flat windows included.
S7. A close exactly on a band (sixteen closes of one price and four of another) is in doubles, which the specification
    allows, above or below it as their last bit falls: the oracle says where it meets one, and decides nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from backtest import indicators
from backtest.types import (
    DAY_NS,
    LONG,
    MINUTE_NS,
    SHORT,
    Bar,
    Config,
    Mode,
    Regime,
    Session,
    Signal,
    View,
    decision_time,
)

LAST_MINUTES_NS = 15 * MINUTE_NS
ENTRY_ATR, EXIT_ATR = 0.5, 0.3
BAND_SIGMAS = 2
WINDOW, WILDER, ATR_WINDOW = 20, 14, 50


class Reading(NamedTuple):
    """All indicators at one bar."""

    close: int
    sma: Fraction
    variance: Fraction
    rsi: float
    kama: float
    atr: float


def views(bars: Sequence[Bar], sessions: Sequence[Session], config: Config) -> list[View]:
    """What the strategy says at each bar."""
    closes = [bar.close for bar in bars]
    readings = _readings(bars, closes)
    regimes = confirmed_regimes(indicators.adx(bars, WILDER), indicators.r_squared(closes, WINDOW))
    found: list[View] = []
    memory: dict[tuple[str, int], bool] | None = None
    for i, reading in enumerate(readings):
        if reading is None:
            found.append(View())
            continue
        conditions = _conditions(reading, regimes[i], config)
        fired = [key for key, true in conditions.items() if true and memory is not None and not memory[key]]
        memory = conditions
        assert len(fired) <= 1, "one regime at a time, and never both sides"
        signal = None
        if fired:
            (entry, side) = fired[0]
            mode: Mode = "MEAN_REVERSION" if entry == "MEAN_REVERSION" else "TREND"
            vetoes = noise(bars, i, mode, sessions[i], config)
            signal = Signal(side, mode, regimes[i], reading.atr, vetoes)
        found.append(View(signal, _exits(reading), _on_band(reading)))
    return found


def _on_band(now: Reading) -> bool:
    extreme = now.rsi < 30 or now.rsi > 70
    return extreme and now.variance > 0 and (now.close - now.sma) ** 2 == BAND_SIGMAS**2 * now.variance


def _readings(bars: Sequence[Bar], closes: Sequence[int]) -> list[Reading | None]:
    columns = (
        closes,
        indicators.sma(closes, WINDOW),
        indicators.population_variance(closes, WINDOW),
        indicators.rsi(closes, WILDER),
        indicators.kama(closes, WINDOW),
        indicators.atr(bars, WILDER),
    )
    average_of_atr_from = WILDER + ATR_WINDOW - 1
    return [
        Reading(*values) if i >= average_of_atr_from else None for i, values in enumerate(zip(*columns, strict=True))
    ]


def raw_regime(adx: float, r2: Fraction) -> Regime:
    """The class of one bar by itself."""
    if adx > 25 and r2 > Fraction(6, 10):
        return "STRONG_TREND"
    if adx < 20 and r2 < Fraction(4, 10):
        return "MEAN_REVERSION"
    return "NEUTRAL"


def confirmed_regimes(adx: Sequence[float | None], r2: Sequence[Fraction | None]) -> list[Regime]:
    """NEUTRAL until a raw class has come three times in a row; that third bar already has it."""
    confirmed: Regime = "NEUTRAL"
    last: list[Regime] = []
    found: list[Regime] = []
    for strength, fit in zip(adx, r2, strict=True):
        if strength is not None and fit is not None:
            last = [*last[-2:], raw_regime(strength, fit)]
            if len(last) == 3 and len(set(last)) == 1:
                confirmed = last[0]
        found.append(confirmed)
    return found


def _conditions(now: Reading, regime: Regime, config: Config) -> dict[tuple[str, int], bool]:
    """Whether (confirmed regime and price rule) holds, for each mode and side."""
    trend = {
        LONG: now.close > now.kama + ENTRY_ATR * now.atr,
        SHORT: now.close < now.kama - ENTRY_ATR * now.atr,
    }
    reversion = {
        LONG: now.rsi < 30 and _beyond_band(now.sma - now.close, now.variance),
        SHORT: now.rsi > 70 and _beyond_band(now.close - now.sma, now.variance),
    }
    found: dict[tuple[str, int], bool] = {}
    for side in (LONG, SHORT):
        found["TREND", side] = regime == "STRONG_TREND" and trend[side]
        found["MEAN_REVERSION", side] = regime == "MEAN_REVERSION" and reversion[side]
        unopposed = trend[side] and not reversion[-side]
        found["NEUTRAL", side] = config.neutral_entries and regime == "NEUTRAL" and unopposed
    return found


def _beyond_band(distance: Fraction, variance: Fraction) -> bool:
    """distance >= 2 sigma, without a root."""
    return distance >= 0 and distance**2 >= BAND_SIGMAS**2 * variance


def _exits(now: Reading) -> frozenset[tuple[int, Mode]]:
    rules: dict[tuple[int, Mode], bool] = {
        (LONG, "TREND"): now.close < now.kama - EXIT_ATR * now.atr,
        (SHORT, "TREND"): now.close > now.kama + EXIT_ATR * now.atr,
        (LONG, "MEAN_REVERSION"): now.close >= now.sma or now.rsi > 70,
        (SHORT, "MEAN_REVERSION"): now.close <= now.sma or now.rsi < 30,
    }
    return frozenset(key for key, true in rules.items() if true)


def noise(bars: Sequence[Bar], i: int, mode: Mode, session: Session, config: Config) -> tuple[str, ...]:
    """The rules that refuse an entry decided on bar i. The spread has no quote in a backtest: not applicable."""
    refused = []
    average = Fraction(sum(bar.volume for bar in bars[i + 1 - WINDOW : i + 1]), WINDOW)
    wanted = Fraction(1, 2) if mode == "MEAN_REVERSION" else Fraction(3, 2)
    if not bars[i].volume > wanted * average:
        refused.append("volume")
    decision_ns = decision_time(bars[i].start_ns, session, config)
    early, late = decision_ns < session.open_ns, decision_ns >= session.close_ns - LAST_MINUTES_NS
    if config.timeframe_ns < DAY_NS and (early or late):
        refused.append("time")
    gap = Fraction(abs(bars[i].open - bars[i - 1].close), bars[i - 1].close)
    if not gap < Fraction(2, 100):
        refused.append("gap")
    return tuple(refused)
