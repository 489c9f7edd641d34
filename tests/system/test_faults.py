"""What a person sees when the daemon can't start or can't go on: one clear message, an exit code, no traceback."""

import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.processes import Child, Daemon, Installation, Simulator, wait_for
from harness.stopwatch import Stopwatch
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME

MOST_S = 8.0
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator(tmp_path, "--step", *PLAYED) as simulator:
        yield simulator


def installation(folder: Path, url: str, *settings: str) -> Installation:
    return Installation(folder, url, SYMBOLS, TIMEFRAME, settings)


def start(there: Installation) -> Child:
    """A daemon of which nothing is expected yet."""
    return Child("fluxherod", there.arguments, there.variables, there.folder / "fluxherod.log")


def ended(child: Child, watch: Stopwatch) -> int:
    """Its exit code; it ends in time since it was asked to, or since what makes it end."""
    watch.wait_for(lambda: not child.alive, "it ends", MOST_S)
    assert "Traceback" not in child.said
    assert "never awaited" not in child.said
    return child.wait_to_end()


def ended_by_itself(child: Child) -> int:
    """Its exit code; it waits for nothing on its way. How long an interpreter takes to start is the machine's."""
    watch = child.stopwatch()
    wait_for(lambda: watch.idle_s > MOST_S or not child.alive, "it ends")
    assert watch.idle_s < MOST_S
    return ended(child, child.stopwatch())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_waits_for_its_exchange_says_where_and_ends_when_asked(
    tmp_path: Path, number: signal.Signals
) -> None:
    there = installation(tmp_path, NOBODY)
    with start(there) as child:
        child.until_said(f"the exchange's clock does not answer: .*{NOBODY}.*\n")
        watch = child.stopwatch()
        child.process.send_signal(number)
        child.process.send_signal(number)
        assert ended(child, watch) == 0
    assert child.said.count("does not answer") == 1
    there.remove()


def test_a_daemon_that_is_asked_to_end_while_it_starts_ends(tmp_path: Path, simulator: Simulator) -> None:
    there = installation(tmp_path, simulator.url)
    with start(there) as child:
        child.wait_for(lambda: (tmp_path / "state").is_dir(), "it begins")
        watch = child.stopwatch()
        child.process.send_signal(signal.SIGTERM)
        assert ended(child, watch) == 0
    there.remove()


def test_a_taken_port_ends_the_start_before_anything_is_journaled(tmp_path: Path, simulator: Simulator) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        there = installation(tmp_path, simulator.url, f"grpc.listen={address}")
        with start(there) as child:
            assert ended_by_itself(child) == 3
    assert f"fluxherod: can't listen on {address}" in child.said
    with sqlite3.connect(there.database) as connection:
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    there.remove()


def test_a_database_that_is_none_is_said(tmp_path: Path, simulator: Simulator) -> None:
    there = installation(tmp_path, simulator.url)
    there.database.parent.mkdir()
    there.database.write_bytes(b"a note that somebody saved here\n" * 100)
    with start(there) as child:
        assert ended_by_itself(child) == 1
    assert "fluxherod: the journal can't be opened: " in child.said
    assert str(there.database) in child.said
    there.remove()


def test_signals_that_come_on_and_on_change_nothing(tmp_path: Path, simulator: Simulator) -> None:
    there = installation(tmp_path, simulator.url)
    with Daemon(there) as daemon:
        watch = daemon.stopwatch()

        def asked_again() -> bool:
            if daemon.alive:
                daemon.process.send_signal(signal.SIGINT)
            return not daemon.alive

        wait_for(asked_again, "it ends")
        assert ended(daemon, watch) == 0
    assert "stopped: received SIGINT" in daemon.said
    there.remove()
