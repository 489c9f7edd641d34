"""A real daemon as a service: what it tells the service manager from its start to its end, and SIGHUP at any time."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.datagrams import listening
from harness.processes import Child, Installation, Simulator
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME


@dataclass(frozen=True)
class Service(Installation):
    """An installation whose daemon has a service manager."""

    notify: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """The environment, with what systemd sets."""
        return {**super().variables, "NOTIFY_SOCKET": self.notify, "WATCHDOG_USEC": "3000000"}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with listening(tmp_path / "notify", 120) as receiver:
        yield receiver


def hear(manager: socket.socket, beginning: str) -> list[str]:
    """All messages up to the first that begins so."""
    heard: list[str] = []
    while not heard or not heard[-1].startswith(beginning):
        heard.append(manager.recv(8192).decode())
    return heard


def holds_hangups(pid: int) -> bool:
    """Whether a SIGHUP would wait."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return bool(int(status["SigBlk"], 16) & 1 << signal.SIGHUP - 1)


def test_what_a_service_manager_hears_from_start_to_stop_and_a_hangup_at_any_time(
    tmp_path: Path, manager: socket.socket
) -> None:
    file = tmp_path / "configuration" / "fluxhero.toml"
    file.parent.mkdir()
    with Simulator(tmp_path, "--step", *PLAYED) as simulator:
        there = Service(tmp_path, simulator.url, SYMBOLS, TIMEFRAME, notify=manager.getsockname())
        with Child("fluxherod", there.arguments, there.variables, tmp_path / "fluxherod.log") as daemon:
            daemon.wait_for(lambda: holds_hangups(daemon.process.pid), "it has begun")
            daemon.process.send_signal(signal.SIGHUP)  # nothing runs yet: it is done once the daemon is ready
            assert len(hear(manager, "EXTEND_TIMEOUT_USEC=600000000\nSTATUS=compiling")) == 1
            *starting, ready = hear(manager, "READY=1\n")
            assert all(said.startswith("EXTEND_TIMEOUT_USEC=") for said in starting)
            assert [said.rpartition("=")[2] for said in starting][-1].startswith("waiting for the first reconciliation")
            assert ready.startswith("READY=1\nSTATUS=demo, ")
            assert "; equity $100,000.00; 0 positions; " in ready
            hear(manager, "RELOADING=1\nMONOTONIC_USEC=")
            hear(manager, "READY=1\n")
            daemon.until_said(r"reload \(SIGHUP\): nothing new is in force")
            hear(manager, "WATCHDOG=1")

            file.write_text('[daemon]\nlog_format = "json"\n[risk]\nmax_positions = 2\n')
            daemon.process.send_signal(signal.SIGHUP)
            hear(manager, "RELOADING=1\n")
            hear(manager, "READY=1\n")
            daemon.until_said(r"reload \(SIGHUP\): in force: risk.max_positions\n")

            file.write_text("[risk]\nmax_positions = 0\n")
            daemon.process.send_signal(signal.SIGHUP)
            hear(manager, "RELOADING=1\n")
            hear(manager, "READY=1\n")
            daemon.until_said(r"ERROR .*reload \(SIGHUP\): nothing was changed: risk.max_positions = 0 \(file ")
            daemon.until_said("RELOAD_FAILED: The configuration was not read again: nothing was changed: ")

            assert daemon.stop() == 0
            manager.setblocking(False)
            stopping = hear(manager, "STOPPING=1\n")[-1]
            assert stopping.endswith(
                "STATUS=stopping: received SIGTERM; the stops of 0 open positions, and the journal"
            )
            closed = hear(manager, "EXTEND_TIMEOUT_USEC=10000000\nSTATUS=stopping: the journal is being closed")
            assert not any(said.startswith(("READY=1", "RELOADING=1")) for said in closed)
        there.remove()
    assert "Traceback" not in daemon.said
