"""The shared rate limit under a driven clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fluxherod.adapters.alpaca.limiter import Priority, RateLimiter


def limiter(driven: Any, **changes: Any) -> RateLimiter:
    settings = {"per_minute": 200, "burst": 60, "reserve": 10} | changes
    return RateLimiter(**settings, monotonic=driven.monotonic, sleep=driven.sleep)


async def test_no_minute_ever_holds_more_than_the_limit(driven: Any) -> None:
    limit = limiter(driven)
    sent = []
    for _ in range(700):
        await limit.acquire(Priority.ORDER)
        sent.append(driven.now)
    most = max(sum(start <= moment < start + 60 for moment in sent) for start in sent)
    assert 190 <= most <= 200


async def test_a_burst_waits_for_nothing(driven: Any) -> None:
    limit = limiter(driven)
    for _ in range(50):
        await limit.acquire(Priority.DATA)
    assert driven.sleeps == []


async def test_data_leaves_a_reserve_so_an_order_goes_at_once(driven: Any) -> None:
    limit = limiter(driven)
    for _ in range(50):
        await limit.acquire(Priority.DATA)
    for _ in range(10):
        await limit.acquire(Priority.ORDER)
    assert driven.sleeps == []
    await limit.acquire(Priority.ORDER)
    assert driven.sleeps != []


class Gate:
    """Sleeps end only once the gate is open, so that everybody can queue up before time moves."""

    def __init__(self, driven: Any) -> None:
        self.open = asyncio.Event()
        self.driven = driven

    async def sleep(self, seconds: float) -> None:
        await self.open.wait()
        await self.driven.sleep(seconds)


async def test_whoever_waits_is_served_by_priority_and_then_by_age(driven: Any) -> None:
    gate = Gate(driven)
    limit = RateLimiter(200, burst=11, reserve=10, monotonic=driven.monotonic, sleep=gate.sleep)
    for _ in range(11):
        await limit.acquire(Priority.ORDER)
    served: list[str] = []

    async def call(name: str, priority: Priority) -> None:
        await limit.acquire(priority)
        served.append(name)

    async with asyncio.TaskGroup() as group:
        for name, priority in (
            ("data 1", Priority.DATA),
            ("data 2", Priority.DATA),
            ("poll", Priority.ACCOUNT),
            ("order 1", Priority.ORDER),
            ("order 2", Priority.ORDER),
        ):
            group.create_task(call(name, priority))
        await asyncio.sleep(0)
        gate.open.set()
    assert served == ["order 1", "order 2", "poll", "data 1", "data 2"]


async def test_a_cancelled_waiter_lets_the_next_one_through(driven: Any) -> None:
    gate = Gate(driven)
    limit = RateLimiter(200, burst=11, reserve=10, monotonic=driven.monotonic, sleep=gate.sleep)
    for _ in range(11):
        await limit.acquire(Priority.ORDER)
    first = asyncio.create_task(limit.acquire(Priority.ORDER))
    second = asyncio.create_task(limit.acquire(Priority.ORDER))
    await asyncio.sleep(0)
    first.cancel()
    gate.open.set()
    await second
    assert first.cancelled()


async def test_a_pause_holds_everyone_even_orders(driven: Any) -> None:
    limit = limiter(driven)
    limit.pause(7.0)
    limit.pause(3.0)
    await limit.acquire(Priority.ORDER)
    assert driven.now == 1007.0


@pytest.mark.parametrize(("burst", "reserve"), [(200, 10), (10, 10), (5, -1)])
def test_a_bucket_that_could_break_the_limit_or_starve_data_is_refused(burst: int, reserve: int) -> None:
    with pytest.raises(ValueError, match="does not hold"):
        RateLimiter(200, burst=burst, reserve=reserve)


async def test_what_is_for_research_leaves_half_of_the_burst_to_all_that_trading_asks(driven: Any) -> None:
    limit = limiter(driven)
    for _ in range(30):
        await limit.acquire(Priority.RESEARCH)
    assert driven.sleeps == []
    await limit.acquire(Priority.RESEARCH)
    assert driven.sleeps != []
    waited = len(driven.sleeps)
    for _ in range(20):
        await limit.acquire(Priority.DATA)
    for _ in range(10):
        await limit.acquire(Priority.ORDER)
    assert len(driven.sleeps) == waited
