"""Extended hours: when their orders work, wait and expire."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alpacasim.calendar import HOUR_NS, MINUTE_NS, Calendar, midnight_ns
from alpacasim.hours import is_extended, trading_day
from alpacasim.orders import Status

EARLY = {"type": "limit", "limit_price": "440", "extended_hours": True}


@pytest.mark.parametrize(
    ("day", "last_hour"), [(date(2024, 1, 4), 20), (date(2024, 7, 3), 17), (date(2024, 11, 29), 17)]
)
def test_the_trading_day_lasts_from_4_to_20_and_to_17_where_the_session_closes_early(day, last_hour):
    midnight = midnight_ns(day)
    assert trading_day(day) == (midnight + 4 * HOUR_NS, midnight + last_hour * HOUR_NS)
    assert [is_extended(midnight + hour * HOUR_NS) for hour in (3, 4, last_hour - 1, last_hour)] == [
        False, True, True, False
    ]  # fmt: skip


@pytest.mark.parametrize("day", [date(2024, 1, 6), date(2024, 1, 15)])
def test_a_day_without_a_session_has_no_extended_hours(day):
    assert trading_day(day) is None
    assert not is_extended(midnight_ns(day) + 12 * HOUR_NS)


def close(desk, *, minutes):
    close_ns = desk.exchange.session.close_ns
    desk.exchange.close_session(close_ns)
    desk.now_ns = close_ns + minutes * MINUTE_NS


def test_a_day_order_for_extended_hours_outlives_the_close_and_fills_after_it(desk):
    order = desk.order(**EARLY)
    close(desk, minutes=10)
    assert order.status is Status.NEW
    desk.trade(439.00)
    assert order.status is Status.FILLED


def test_an_order_for_extended_hours_does_not_execute_at_night(desk):
    order = desk.order(time_in_force="gtc", **EARLY)
    close(desk, minutes=241)
    desk.trade(439.00)
    assert order.status is Status.NEW


def test_an_order_for_extended_hours_waits_at_night_and_works_in_the_morning(desk):
    close(desk, minutes=300)
    order = desk.order(**EARLY)
    assert order.status is Status.ACCEPTED
    desk.trade(439.00)
    assert order.status is Status.ACCEPTED
    desk.now_ns = midnight_ns(date(2024, 1, 5)) + 4 * HOUR_NS
    desk.exchange.begin_extended_hours(desk.now_ns)
    assert order.status is Status.NEW
    desk.trade(439.00)
    assert order.status is Status.FILLED


def test_the_end_of_the_trading_day_expires_only_day_orders_for_extended_hours(desk):
    day = desk.order(**EARLY)
    lasting = desk.order(time_in_force="gtc", **EARLY)
    close(desk, minutes=10)
    parked = desk.order(type="limit", limit_price="440")
    desk.exchange.end_extended_hours(desk.now_ns)
    assert [order.status for order in (day, lasting, parked)] == [Status.EXPIRED, Status.NEW, Status.ACCEPTED]


def utc(hour, minute=0, day=4):
    return datetime(2024, 1, day, hour, minute, tzinfo=UTC).isoformat().replace("+00:00", "Z")


async def status(sim, order):
    answer = (await sim.http.get(f"/v2/orders/{order['id']}")).json()
    return answer["status"], answer["expired_at"]


async def test_the_simulator_expires_day_orders_for_extended_hours_at_20_also_without_prints(sim):
    await sim.step(1)
    order = await sim.buy(**EARLY)
    await sim.post("/sim/step", until=utc(0, 59, day=5))
    assert await status(sim, order) == ("new", None)
    await sim.post("/sim/step", until=utc(1, 1, day=5))
    assert await status(sim, order) == ("expired", "2024-01-05T01:00:00Z")


async def test_the_simulator_lets_orders_of_the_night_work_from_4_on(sim):
    await sim.post("/sim/step", until=utc(2, day=5))
    order = await sim.buy(**EARLY)
    await sim.post("/sim/step", until=utc(8, 59, day=5))
    assert await status(sim, order) == ("accepted", None)
    await sim.post("/sim/step", until=utc(9, 1, day=5))
    assert await status(sim, order) == ("new", None)
    await sim.post("/sim/step", until=utc(1, 1, day=6))
    assert await status(sim, order) == ("expired", "2024-01-06T01:00:00Z")


async def test_a_simulator_that_starts_in_the_evening_ends_that_trading_day_too(start):
    session = Calendar().session(date(2024, 1, 3))
    assert session is not None
    sim = await start(start_ns=session.close_ns + HOUR_NS)
    order = await sim.buy(**EARLY)
    await sim.post("/sim/step", until=utc(1, 1))
    assert await status(sim, order) == ("expired", utc(1))
