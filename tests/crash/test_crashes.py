"""The daemon is killed at each of its failpoints while it trades, and comes back as the same daemon.

Here once at each, in `make crash` 10 times (CRASH_TIMES), each time it is reached for another time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from random import Random

import pytest
from crash.checks import check, check_chain, recover
from crash.load import Load
from crash.old_database import make_old, rows, version
from crash.plan import Scene, most, places
from crash.results import note
from crash.secrets import check_secrets
from crash.world import Died, World, Worlds

from fluxhero.v1 import system_pb2 as system
from fluxherod.adapters.sqlite.schema import MIGRATIONS

TIMES = int(os.environ.get("CRASH_TIMES", "1"))
PATIENCE_MINUTES = 60

FIRST_IN_CI = ("start.opened", "migration.changed", "journal.commit.after", "mirror.written")
# Where a first start is killed as well: what it has made by then must not look like what is left of an older one.
FIRST_TOO = [
    place
    for place in places(Scene.LOAD, Scene.START, Scene.MIGRATION)
    if place.startswith(("start.", "migration.", "journal.", "mirror.") if TIMES > 1 else FIRST_IN_CI)
]

pytestmark = pytest.mark.timeout(300)


def which(place: str, time: int) -> int:
    """Which time that a place is reached is the last: the latest that is certain, then others by chance."""
    return most(place) if time == 0 else Random(f"{place} {time}").randint(1, most(place))


def die(world: World, acts: Iterable[Callable[[], None]]) -> Callable[[], None]:
    """Go on until the daemon dies; the act that it interrupted.

    Raises:
        AssertionError: when it does not die.
    """
    for act in acts:
        world.doing = act.__name__
        try:
            act()
        except Died:
            return act
    pytest.fail("never reached")


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", places(Scene.LOAD))
def test_a_daemon_that_is_killed_while_it_trades_comes_back_as_the_same_daemon(
    worlds: Worlds, place: str, time: int
) -> None:
    name, count = f"{place}-{time}", which(place, time)
    with worlds.borrowed() as world:
        load = Load(world, name)
        acts = load.trailing if place.startswith("replace.") else load.acts
        world.arm(f"{place}=kill@{count}")
        interrupted = die(world, (*acts, *[load.minutes] * PATIENCE_MINUTES))
        during = world.doing
        recovered = recover(world, name)
        check(world)
        for act in acts[acts.index(interrupted) :] if interrupted in acts else ():
            act()
        check(world)
        assert world.unanswered == 0
        note(place, time, count, during, recovered, world)


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", places(Scene.START))
def test_a_daemon_that_is_killed_while_it_starts_comes_back_as_the_same_daemon(
    worlds: Worlds, place: str, time: int
) -> None:
    name = f"{place}-{time}"
    with worlds.borrowed() as world:
        load = Load(world, name)
        for act in (load.minutes, load.buy, load.half):
            act()
        world.kill()
        world.simulator.post("/sim/step", minutes=2)  # which the daemon misses
        with pytest.raises(Died):
            world.start(f"{place}=kill")
        recovered = recover(world, name)
        check(world)
        for act in (load.half, load.chase, load.close, load.flatten):
            act()
        check(world)
        note(place, time, 1, "start", recovered, world)


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", places(Scene.END))
def test_a_daemon_that_is_killed_while_it_ends_comes_back_as_the_same_daemon(
    worlds: Worlds, place: str, time: int
) -> None:
    name = f"{place}-{time}"
    with worlds.borrowed() as world:
        load = Load(world, name)
        world.arm(f"{place}=kill")
        for act in (load.minutes, load.buy, load.half):
            act()
        assert world.end() == -signal.SIGKILL
        recovered = recover(world, name)
        check(world)
        for act in (load.half, load.chase, load.close, load.flatten):
            act()
        check(world)
        note(place, time, 1, "shutdown", recovered, world)


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", [*places(Scene.FIRST), *FIRST_TOO])
def test_a_first_start_that_is_killed_is_a_first_start_again(fresh: World, place: str, time: int) -> None:
    fresh.forget()
    with pytest.raises(Died):
        fresh.start(f"{place}=kill")
    recovered = recover(fresh, f"{place}-{time}", probes=False)
    assert recovered.state == system.TRADING_STATE_ACTIVE
    check_secrets(fresh)
    check_chain(fresh)
    note(f"{place} (first start)", time, 1, "start", recovered, fresh)


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("step", [1, len(MIGRATIONS) - 1])
@pytest.mark.parametrize("place", places(Scene.MIGRATION))
def test_an_old_database_whose_migration_is_killed_is_migrated_by_the_next_start(
    unchased: World, place: str, step: int, time: int
) -> None:
    name = f"{place}-{step}-{time}"
    world, load = unchased, Load(unchased, name)
    if not world.runs:
        world.start()
    world.make_room()
    load.minutes()
    load.buy()
    world.kill()
    old = make_old(world.installation.database, 1)
    assert all(old.values())
    with pytest.raises(Died):
        world.start(f"{place}=kill@{step}")
    assert version(world.installation.database) == 1 + step - (place == "migration.changed")
    recovered = recover(world, name)
    check(world)
    kept = rows(world.installation.database)
    assert all(kept[table] >= count for table, count in old.items())
    load.close()
    load.flatten()
    check(world)
    note(place, time, step, "start", recovered, world)
