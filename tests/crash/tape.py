"""Minutes in which the same happens again and again: two symbols that rise and fall for the strategy, and three that
stand still for an operator, whose orders execute when the test says so."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from fluxherod.core.calendar import NEW_YORK

WAVES = {"WAVE": 0, "SURF": 15}  # minutes by which they are apart
STILL = ("LAKE", "POND", "TARN")
SYMBOLS = (*WAVES, *STILL)
TIMEFRAME = "1Min"
FIRST_DAY, HOLIDAY, DAYS_LONG = date(2024, 1, 8), date(2024, 1, 15), 40
DAYS = [
    day
    for day in (FIRST_DAY + timedelta(number) for number in range(DAYS_LONG))
    if day.weekday() < 5 and day != HOLIDAY
]
START = "2024-01-10"
SESSION_MINUTES = 390
HALF_WAVE = 30
PRICE = 100.0
SETTINGS = (
    "strategy.noise.volume_ratio=0.01",
    "strategy.noise.breakout_volume_ratio=0.01",
    "strategy.noise.spread_limit=1",
    "strategy.noise.spread_limit_illiquid=1",
    "strategy.entry_atr=0.1",
    "strategy.confirmation_bars=1",
    "market.history_bars=200",
    "risk.correlated_size=1",
    "risk.max_exposure=2",
    "risk.max_positions=8",
    "storage.keep_days=0",
)


def close(symbol: str, minute: int) -> float:
    """The price at the end of a minute: half a wave up, half a wave down, or none."""
    if symbol in STILL:
        return PRICE
    up, at = divmod(minute + WAVES[symbol], HALF_WAVE)
    height = at if up % 2 == 0 else HALF_WAVE - at
    return PRICE + 0.1 * height + 0.02 * (minute % 3)


def write(folder: Path) -> Path:
    """A file of minute bars for each symbol; the folder that has them."""
    folder.mkdir()
    for symbol in SYMBOLS:
        rows = ["timestamp,open,high,low,close,volume"]
        for number, day in enumerate(DAYS):
            opening = datetime.combine(day, time(9, 30), NEW_YORK)
            for minute in range(SESSION_MINUTES):
                count = number * SESSION_MINUTES + minute
                before, after = close(symbol, count - 1), close(symbol, count)
                low, high = min(before, after) - 0.03, max(before, after) + 0.03
                at = (opening + timedelta(minutes=minute)).isoformat()
                rows.append(f"{at},{before:.2f},{high:.2f},{low:.2f},{after:.2f},10000")
        (folder / f"{symbol}_1Min.csv").write_text("\n".join(rows) + "\n")
    return folder
