"""Every order of events, to a depth, on the real engine at a tiny exchange: nothing doubled, nothing left unguarded.

What can happen: an order is submitted, acknowledged, filled in part or whole, canceled and confirmed, replaced; a limit
entry follows the market; the exchange ends an order by itself; a request or its answer is lost or late, a message comes
twice, early or never; an operator halts, flattens and resumes; the exchange halts the symbol, and resumes it, and the
tape is read later; the daemon restarts, or ends in good order; time passes. Shares are bought, or sold short.
In each state that is reached: no order fills more than was wanted, nor could those that work, the orders that close
could never close more than there is, no decision has two entries, the books are the sum of their fills, a process that
ends in good order leaves every share behind a stop, and while the daemon knows of the exchange's halt no entry goes
out or works on, and no exit goes out that nobody insists on. And from each of them, once the exchange answers honestly
and time passes, every share is guarded by exactly one stop at its price, or all is closed and nothing works: first
while the halt lasts, then after it, when what waited is closed.

`make scope DEPTH=9 MISFORTUNES=2` goes deeper.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest
from harness.pools import played
from orders.explore import explore
from orders.search import Found
from orders.starts import STARTS

DEPTH = int(os.environ.get("SCOPE_DEPTH", "7"))
MISFORTUNES = int(os.environ.get("SCOPE_MISFORTUNES", "1"))
DEEPER = "SCOPE_DEPTH" in os.environ
# A poll may come at any moment and be old when it is heard. Where most can happen that takes longer than a test may.
POLLED = frozenset({"flat", "entering", "leaving", "reducing", "selling", "exit_lost"})
# Where much can happen the way is shorter, so that a test has time for it.
SHORTER = {
    "resting": 2,
    "resting_part_filled": 1,
    "chase_canceling": 2,
    "chase_sent": 1,
    "to_be_stopped": 2,
    "entering_to_be_stopped": 3,
    "to_be_shut_down": 2,
    "entering": 1,  # as deep as from flat, which submits it first
    "exit_lost": 1,
    "stop_lost": 1,
    "part_filled": 1,
    "guarded_by_leg": 1,
    # What differs from a bought position, and from an open exchange, shows within a few choices.
    "short_entering": 3,
    "short_part_filled": 4,
    "short_guarded": 3,
    "short_moving": 3,
    "short_covering": 2,
    "short_resting_part_filled": 4,
    "guarded_to_be_halted": 4,
    "resting_to_be_halted": 4,
    "leaving_halted": 3,
    "waiting_halted": 2,
    "short_waiting_halted": 3,
}
Searches = Mapping[str, "Future[Found]"]


@pytest.fixture(scope="module")
def searches() -> Iterator[Searches]:
    """All starts, side by side."""
    with played(explore, {start: (start, *_bounds(start), _depth(start)) for start in STARTS}) as found:
        yield found


def _bounds(start: str) -> tuple[int, int]:
    """Misfortunes and polls: from where nothing is open one misfortune more; polls where there is time for them."""
    return MISFORTUNES + (start == "flat"), int(start in POLLED or DEEPER)


def _depth(start: str) -> int:
    return DEPTH if DEEPER else DEPTH - SHORTER.get(start, 0)


@pytest.mark.timeout(1800)  # all searches are under way from the first test on
@pytest.mark.parametrize("start", STARTS)
def test_whatever_happens_nothing_is_doubled_and_every_share_ends_guarded_or_sold(
    searches: Searches, start: str
) -> None:
    found = searches[start].result()
    print(f"{start}: {found.states} states, {found.transitions} transitions to depth {_depth(start)}: {found.by_depth}")
    assert found.faults == []
    assert len(found.by_depth) == _depth(start) + 1
    assert found.by_depth[-1] > found.by_depth[-2]  # it was no dead end
