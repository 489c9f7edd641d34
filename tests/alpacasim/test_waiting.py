"""`--wait`: the exchange stands at its start until somebody watches it."""

from __future__ import annotations

import asyncio
from datetime import date

from alpacasim.app import Settings, build
from alpacasim.calendar import Calendar
from alpacasim.player import start_of_day
from alpacasim.synthetic import synthetic

DAY = date(2024, 1, 4)


async def test_an_exchange_that_waits_begins_with_the_first_subscription() -> None:
    calendar = Calendar()
    start_ns = start_of_day(calendar, DAY)
    settings = Settings(start_ns, DAY, speed=1e9, waits=True)
    simulator = build(synthetic(7, ("SPY",), date(2024, 1, 2), DAY), calendar, settings)
    playing = asyncio.create_task(simulator.player.run())
    await asyncio.sleep(0)
    assert (simulator.player.now_ns(), simulator.player.minutes_played) == (start_ns, 0)
    simulator.market_hub.subscribed.set()
    await playing
    assert simulator.player.minutes_played == 390
