"""Strategy bars of real minutes against the oracle in pandas and a vendor's own hours: `make acceptance DATA=DIR`."""

import asyncio
import os
import random
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from engine.oracle import (
    TIMEFRAMES,
    Daemon,
    Outage,
    Tape,
    around,
    check_history,
    check_ranges,
    follow,
    live_through,
    schedule_of,
)

from fluxherod.adapters.alpaca.history import rest_timeframe
from fluxherod.core.calendar import SECOND_NS

DATA = os.environ.get("FLUXHERO_DATA", "")
pytestmark = pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
# Five sessions of October 2013 with extended hours; and three around a 7:1 split, prices as they were traded.
FILES = {"SPY": "SPY_1Min.csv.gz", "AAPL": "AAPL_1Min_split.csv.gz"}


@cache
def tape(symbol: str) -> Tape:
    minutes = _prices(FILES[symbol])
    minutes.insert(0, "symbol", symbol)
    first = minutes["time"].iloc[0]
    return Tape(minutes, schedule_of(*(f"{first + pd.Timedelta(days=days):%Y-%m-%d}" for days in (-20, 20))))


def _prices(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(DATA) / name, parse_dates=["timestamp"]).rename(columns={"timestamp": "time"})


def test_the_oracles_hours_are_the_vendors_own() -> None:
    """Volume to the share, prices nearly: the vendor leaves some odd prints out of its hours."""
    found = [bar for bar, _ in tape("SPY").oracle("1Hour")["SPY"]]
    theirs = (
        _prices("SPY_1Hour.csv.gz").set_index("time").loc[pd.to_datetime([bar.start_ns for bar in found], utc=True)]
    )
    assert len(found) == 35
    assert theirs["volume"].tolist() == [bar.volume for bar in found]
    assert theirs["open"].tolist() == pytest.approx([bar.open for bar in found], abs=0.021)
    assert theirs["close"].tolist() == pytest.approx([bar.close for bar in found], abs=0.011)
    for name in ("high", "low"):
        assert sum(getattr(bar, name) == price for bar, price in zip(found, theirs[name], strict=True)) >= 30


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("symbol", FILES)
async def test_real_minutes_that_come_live_become_the_oracles_bars(symbol: str, timeframe: str) -> None:
    await follow(tape(symbol), timeframe)
    check_ranges(tape(symbol), timeframe)


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("symbol", FILES)
def test_history_from_rests_bars_of_real_minutes_is_the_oracles(symbol: str, timeframe: str) -> None:
    for rest in {rest_timeframe(timeframe), *({"1Min"} if timeframe != "1Day" else ())}:
        check_history(tape(symbol), timeframe, rest)


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("symbol", FILES)
def test_real_minutes_survive_starts_and_outages_at_any_time(symbol: str, timeframe: str) -> None:
    for seed in range(25):
        generator = random.Random(seed)
        first_ns, last_ns = around(tape(symbol))
        times = [generator.randrange(first_ns // SECOND_NS, last_ns // SECOND_NS) * SECOND_NS for _ in range(4)]
        broken = [
            Outage(at_ns, generator.choice((5, 70, 4_000, 86_400)), generator.random() < 0.5) for at_ns in times[1:]
        ]
        daemon = Daemon(
            tape(symbol), timeframe, times[0], late_ns=generator.randrange(0, 2 * SECOND_NS, SECOND_NS // 10)
        )
        asyncio.run(live_through(daemon, broken))
