"""Bugs on purpose, each with a seed that is known to find it: a session that doesn't has lost its eyes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest
from harness.pools import played

from simulation.bugs import BUGS
from simulation.hunt import finds

# What `make dst-bugs` says.
FOUND_AT = {
    "resubmitted_under_a_new_id": 6,
    "chase_with_full_quantity": 28,
    "stop_not_resized": 0,
    "breaker_not_latched": 82,
    "fill_counted_twice": 11,
    "halt_not_checked": 1,
    "exit_beside_the_stop": 0,
    "lost_reply_is_a_rejection": 8,
    "unknown_not_in_exposure": 36,
    "old_snapshot_taken": 21,
    "restart_forgets_intents": 9,
    "stop_loosened": 14,
    "entries_work_on_after_a_halt": 3,
    "cancel_taken_for_done": 9,
    "sent_before_it_is_durable": 2,
    "command_carried_out_twice": 7,
    "cash_forgets_sales": 5,
}
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def hunts(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Future[str]]]:
    """What the sessions say of the bugs that are asked for."""
    calls = (getattr(item, "callspec", None) for item in request.session.items if item.path == request.path)
    names = sorted({call.params["name"] for call in calls if call is not None})
    with played(finds, {name: (name, FOUND_AT[name]) for name in names}) as found:
        yield found


@pytest.mark.parametrize("name", FOUND_AT)
def test_a_session_finds_a_bug_that_is_put_in_on_purpose(hunts: Mapping[str, Future[str]], name: str) -> None:
    assert hunts[name].result(), f"the session of seed {FOUND_AT[name]} does not notice {name}"


def test_each_bug_has_a_seed_that_finds_it() -> None:
    assert FOUND_AT.keys() == BUGS.keys()
