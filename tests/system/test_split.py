"""A 7:1 split on generated minutes, with real processes: held over it, nothing fires because of it."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from harness.splits import RATIO, Row, Scene, check_split

DAYS = ("2023-06-27", "2023-06-28", "2023-06-29")
SESSION_MINUTES = 390


def _minutes() -> list[Row]:
    """A walk from 650 dollars on, as it would be traded: from the third day on at a seventh."""
    chance, price, rows = random.Random(7), 650.0, []
    for day in DAYS:
        unit = RATIO if day == DAYS[-1] else 1
        opens = datetime.fromisoformat(f"{day}T13:30:00")
        for minute in range(SESSION_MINUTES):
            points = [price := price * (1 + chance.gauss(0.0, 0.0004)) for _ in range(4)]
            first, *_, last = cents = [round(point / unit, 2) for point in points]
            time = f"{opens + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ}"
            rows.append((time, first, max(cents), min(cents), last, chance.randint(2_000, 9_000) * unit))
    return rows


def test_shares_are_held_over_a_split_and_nothing_fires_nothing_is_stopped_out_and_every_cent_is_right(
    tmp_path: Path,
) -> None:
    scene = Scene(
        symbol="AAPL",
        rows=_minutes(),
        first_day=DAYS[1],
        ex_date=DAYS[2],
        entry_time=f"{DAYS[1]}T13:32",
        exit_time=f"{DAYS[2]}T16:00",
        shares=20,
        stop=Decimal("610.05"),
    )
    check_split(scene, tmp_path)
