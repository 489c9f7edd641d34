"""A busy symbol reaches the engine once a second, and never with an old price for long."""

from __future__ import annotations

import asyncio

from fluxherod.adapters.alpaca.quotes import QuotePace
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.types import Quote
from fluxherod.engine.events import Event, QuotesReceived


class Clock:
    """Trading time by hand."""

    rate = 1.0

    def __init__(self) -> None:
        self.ns = 100 * SECOND_NS

    def now_ns(self) -> int:
        return self.ns

    def observe(self, ns: int) -> None:
        self.ns = max(self.ns, ns)

    async def wait_until(self, ns: int) -> None:
        self.ns = max(self.ns, ns)


def quote(symbol: str, bid: float) -> Quote:
    return Quote(symbol, 100 * SECOND_NS, bid, bid + 0.02)


def bids(events: list[Event]) -> list[list[tuple[str, float]]]:
    return [[(q.symbol, q.bid) for q in event.quotes] for event in events if isinstance(event, QuotesReceived)]


async def test_the_first_quote_of_a_second_goes_at_once_and_the_newest_of_it_follows() -> None:
    posted: list[Event] = []
    clock = Clock()
    pace = QuotePace(posted.append, clock, hold_s=0.0)
    pace.take((quote("SPY", 1.0), quote("IBM", 5.0)))
    pace.take((quote("SPY", 2.0),))
    pace.take((quote("SPY", 3.0),))
    assert bids(posted) == [[("SPY", 1.0), ("IBM", 5.0)]]
    await asyncio.sleep(0)  # the timer's turn
    await asyncio.sleep(0)
    assert bids(posted)[1:] == [[("SPY", 3.0)]]


async def test_a_quote_after_its_second_goes_at_once_and_takes_the_place_of_a_held_one() -> None:
    posted: list[Event] = []
    clock = Clock()
    pace = QuotePace(posted.append, clock, hold_s=3600.0)
    pace.take((quote("SPY", 1.0),))
    clock.ns += SECOND_NS - 1
    pace.take((quote("SPY", 2.0),))
    clock.ns += 1
    pace.take((quote("SPY", 3.0),))
    pace.flush()
    assert bids(posted) == [[("SPY", 1.0)], [("SPY", 3.0)]]


async def test_what_is_held_can_be_had_before_a_decision() -> None:
    posted: list[Event] = []
    pace = QuotePace(posted.append, Clock(), hold_s=3600.0)
    pace.take((quote("SPY", 1.0),))
    pace.take((quote("SPY", 2.0), quote("IBM", 5.0)))
    pace.flush()
    pace.flush()
    assert bids(posted) == [[("SPY", 1.0)], [("IBM", 5.0)], [("SPY", 2.0)]]


async def test_at_an_exchange_that_is_stepped_by_hand_no_quote_waits_for_the_wall() -> None:
    posted: list[Event] = []
    clock = Clock()
    clock.rate = 0.0
    pace = QuotePace(posted.append, clock, hold_s=3600.0)
    for bid in (1.0, 2.0):
        pace.take((quote("SPY", bid),))
    assert bids(posted) == [[("SPY", 1.0)], [("SPY", 2.0)]]
