"""Days are sealed, snapshots made, old rows archived: the process that does it is killed, and the daemon with it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from crash.checks import Recovered, check, check_chain, recover
from crash.load import Load
from crash.plan import Scene, places
from crash.results import note
from crash.test_crashes import TIMES
from crash.world import Died, World, Worlds
from harness.processes import wait_for

from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.failpoints import VARIABLE

DELETING = ("seal.write.deleting", "tables.write.deleting")
KEEP_DAYS = 0  # what is of the day before is old
# Where else a process of less is killed each time (tests/daemon/test_archive.py); here by `make crash` alone.
SELDOM = ("tables.write.before", "tables.write.written", "tables.write.after") if TIMES == 1 else ()
DELETES_WITHIN_S = 60.0

pytestmark = pytest.mark.timeout(300)


def archive(world: World, failpoints: str = "") -> int:
    """Seal what is over and make snapshots, as the daemon's own process does; its exit code."""
    state = str(world.installation.database.parent)
    command = [sys.executable, "-P", "-m", "fluxherod.persistence.archive", state, str(KEEP_DAYS)]
    variables = {**world.installation.variables, VARIABLE: failpoints}
    codes: list[int] = []

    def ended() -> bool:
        codes.append(subprocess.run(command, env=variables, capture_output=True, check=False).returncode)
        return codes[-1] != 1  # one that a dead daemon has left may still be at work

    wait_for(ended, "the archive is free")
    return codes[-1]


def night(world: World, load: Load, failpoints: str) -> None:
    """A day ends with open positions, and the next one begins; then the daemon is dead."""
    load.minutes()
    load.buy()
    world.sleep()
    world.start(failpoints)
    world.kill()


def come_back(world: World, load: Load) -> Recovered:
    """The daemon starts and trades on; once it is dead, what it had not sealed can be sealed."""
    recovered = recover(world, load.name)
    check(world)
    load.close()
    load.flatten()
    check(world)
    world.kill()
    assert archive(world) == 0
    files = JournalFiles(world.installation.database.parent)
    assert len(files.days()) >= 2
    assert len(files.unsealed(files.sealed_through().seq)) == 1
    check_chain(world)
    world.start()
    return recovered


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", [place for place in places(Scene.NIGHT) if place not in (*DELETING, *SELDOM)])
def test_an_archive_that_is_killed_loses_nothing(worlds: Worlds, place: str, time: int) -> None:
    with worlds.borrowed() as world:
        load = Load(world, f"{place}-{time}")
        night(world, load, f"{place}=kill")
        killed = archive(world, f"{place}=kill") == -signal.SIGKILL
        assert killed or f"ended with {-signal.SIGKILL}" in world.pair.daemon.said
        recovered = come_back(world, load)
        note(place, time, 1, "night", recovered, world)


@pytest.mark.parametrize("time", range(TIMES))
@pytest.mark.parametrize("place", DELETING)
def test_a_daemon_that_is_killed_while_it_deletes_what_is_in_files_loses_nothing(
    worlds: Worlds, place: str, time: int
) -> None:
    with worlds.borrowed() as world:
        load = Load(world, f"{place}-{time}")
        night(world, load, "")
        assert archive(world) == 0
        with pytest.raises(Died):
            delete(world, place)
        recovered = come_back(world, load)
        note(place, time, 1, "night", recovered, world)


def delete(world: World, place: str) -> None:
    """The daemon deletes what is in files a while after its start; it dies then."""
    world.start(f"{place}=kill")
    world.doing = "night"
    world.attempt(lambda: world.pair.daemon.wait_for(lambda: False, "rows are deleted", DELETES_WITHIN_S))
