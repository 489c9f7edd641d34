"""What happens when, in regular and in extended hours."""

from __future__ import annotations

from datetime import date, time

import msgspec
import numpy as np
import pytest

from alpacasim.aggregate import MINUTE
from alpacasim.calendar import MINUTE_NS, Calendar, midnight_ns
from alpacasim.history import History
from alpacasim.tape import Tape
from alpacasim.timeline import Kind, timeline
from alpacasim.timestamps import new_york_text

DAY = date(2024, 1, 4)
HOURS = ("08:00", "09:29", "09:30", "15:59", "16:00", "19:59")


def tape(*clocks: str, price: float = 450.0) -> Tape:
    """SPY with a minute at each time of the day, each a dollar dearer."""
    bars = np.zeros(len(clocks), dtype=MINUTE)
    since_midnight = [time.fromisoformat(clock) for clock in clocks]
    bars["t_ns"] = [midnight_ns(DAY) + (one.hour * 60 + one.minute) * MINUTE_NS for one in since_midnight]
    for name in ("open", "high", "low", "close", "vwap"):
        bars[name] = price + np.arange(len(clocks))
    bars["volume"], bars["trades"] = 1000, 10
    return Tape.of_minutes({"SPY": bars}, Calendar())


def told(played: Tape, start_ns: int = midnight_ns(DAY)) -> list[tuple[str, str]]:
    """What happens on the day, without the prints of a minute but the first."""
    calendar = Calendar()
    events = timeline(History(played, calendar), calendar, start_ns, DAY)
    todays = iter(lambda: next(events), None)
    found = []
    for event in todays:
        if event.kind is not Kind.POINT or event.point == 0:
            found.append((new_york_text(event.at_ns)[11:19], event.kind.name))
        if event.kind is Kind.NIGHT:
            return found
    raise AssertionError("a day ends")


def test_minutes_of_extended_hours_lie_between_the_days_beginning_and_its_end() -> None:
    assert told(tape(*HOURS)) == [
        ("08:00:00", "DAY"),
        ("08:00:01", "POINT"),
        ("08:01:00", "BARS"),
        ("09:29:01", "POINT"),
        ("09:30:00", "BARS"),
        ("09:30:00", "OPEN"),
        ("09:30:01", "POINT"),
        ("09:31:00", "BARS"),
        ("15:59:01", "POINT"),
        ("16:00:00", "CLOSE"),
        ("16:00:00", "BARS"),
        ("16:00:01", "POINT"),
        ("16:01:00", "BARS"),
        ("19:59:01", "POINT"),
        ("20:00:00", "BARS"),
        ("20:00:00", "NIGHT"),
    ]


def test_a_day_without_them_begins_a_minute_before_the_open_and_ends_five_seconds_after_the_close() -> None:
    assert [one for one in told(tape("09:30")) if one[1] != "POINT"] == [
        ("09:29:00", "DAY"),
        ("09:30:00", "OPEN"),
        ("09:31:00", "BARS"),
        ("16:00:00", "CLOSE"),
        ("16:00:05", "NIGHT"),
    ]


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("08:00", [("08:00:00", "DAY"), ("08:00:01", "POINT")]),
        ("08:00:30", [("08:01:00", "BARS"), ("09:29:00", "DAY")]),
        ("09:29", [("09:29:00", "DAY"), ("09:29:01", "POINT")]),
        ("09:30:30", [("09:31:00", "BARS"), ("15:59:01", "POINT")]),
        ("17:00", [("19:59:01", "POINT"), ("20:00:00", "BARS")]),
    ],
)
def test_a_start_within_a_day_leaves_out_what_was_before_but_not_the_days_beginning(start, first) -> None:
    clock = time.fromisoformat(start)
    start_ns = midnight_ns(DAY) + ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000_000
    assert told(tape(*HOURS), start_ns)[:2] == first


async def test_the_streams_carry_extended_hours_and_daily_bars_do_not(start):
    sim = await start(tape=tape(*HOURS), start_ns=midnight_ns(DAY))
    async with sim.market(bars=["SPY"], dailyBars=["SPY"], trades=["SPY"]) as stream:
        await sim.post("/sim/step", until="2024-01-05T01:00:00Z")
        counts = [(await sim.http.get("/sim/state")).json()[name] for name in ("bars_sent", "trades_sent")]
        assert counts == [6, 24]
        messages = []
        while len(messages) < 6 + 2 + 24:
            messages += msgspec.json.decode(await stream.recv())
    stamps = [message["t"][11:16] for message in messages if message["T"] == "b"]
    assert stamps == ["13:00", "14:29", "14:30", "20:59", "21:00", "00:59"]
    days = [(message["o"], message["c"], message["v"]) for message in messages if message["T"] == "d"]
    assert days == [(452.0, 452.0, 1000), (452.0, 453.0, 2000)]


async def test_the_prints_before_the_open_fill_orders_for_extended_hours_only(start):
    sim = await start(tape=tape("08:00", "08:01", "09:30", "09:31", price=449.0), start_ns=midnight_ns(DAY))
    await sim.post("/sim/step", until="2024-01-04T13:00:30Z")
    early = await sim.buy(type="limit", limit_price=460, extended_hours=True)
    late = await sim.buy()
    await sim.post("/sim/step", until="2024-01-04T14:29:59Z")
    states = [(await sim.http.get(f"/v2/orders/{order['id']}")).json() for order in (early, late)]
    assert [state["status"] for state in states] == ["filled", "accepted"]
    await sim.post("/sim/step", until="2024-01-04T14:31:00Z")
    assert (await sim.http.get(f"/v2/orders/{late['id']}")).json()["status"] == "filled"


async def test_the_close_is_that_of_the_regular_session(start):
    sim = await start(tape=tape(*HOURS), start_ns=midnight_ns(DAY))
    await sim.post("/sim/step", until="2024-01-05T01:00:00Z")
    await sim.post("/sim/step", until="2024-01-05T14:29:00Z")
    bars = (await sim.http.get("/v2/stocks/SPY/bars?timeframe=1Day&start=2024-01-04")).json()["bars"]
    assert [(bar["o"], bar["c"], bar["v"]) for bar in bars] == [(452.0, 453.0, 2000)]
    moved = (await sim.http.get("/v1beta1/screener/stocks/movers")).json()["gainers"]
    assert [(one["price"], one["change"]) for one in moved] == [(455.0, 2.0)]
