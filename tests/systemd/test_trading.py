"""The service trades at an exchange; killed, rebooted and cut off it loses nothing and doubles nothing."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness.audit import check_books, check_explained, check_orders, our_positions, their_positions
from harness.processes import Simulator
from harness.tape import BOTH_ARE_SHORT, QQQ_IS_SHORT

from systemd.machine import Machine
from systemd.service import CONFIG, UNIT, Service, ServiceLockstep, configuration

LONGEST_STOP_S = 8.0
DIFFERENCES = ("ADOPTED", "DIFFERENCE", "UNCLEAR", "FOREIGN", "MISMATCH", "NOT_IN_JOURNAL")


@pytest.fixture
def pair(simulator: Simulator, service: Service) -> Iterator[ServiceLockstep]:
    pair = ServiceLockstep(simulator, service)
    pair.rejoin()
    return pair


def test_it_comes_back_by_itself_from_a_kill_a_reboot_and_a_power_cut_and_positions_orders_and_cash_are_there(
    pair: ServiceLockstep, service: Service, machine: Machine, simulator: Simulator
) -> None:
    pair.step_until(QQQ_IS_SHORT)
    held = our_positions(pair.daemon)
    assert set(held) == {"QQQ"}
    pid = service.pid
    service.kill()
    service.wait_for(lambda: service.replaced(pid), "another process serves")
    back(pair)
    assert our_positions(pair.daemon) == held == their_positions(simulator)

    pair.step_until(BOTH_ARE_SHORT)
    held = our_positions(pair.daemon)
    assert set(held) == {"QQQ", "SPY"}
    machine.reboot()
    back(pair)
    service.wait_for(lambda: service.serving, "it serves")
    assert machine.show("fluxherod-restart.timer", "ActiveState") == "active"
    assert our_positions(pair.daemon) == held == their_positions(simulator)

    machine.pull_the_plug()
    simulator.post("/sim/step", minutes=15)  # the stop of QQQ at the broker is hit meanwhile
    machine.boot()
    back(pair)
    pair.step(10)
    check_books(pair.daemon, simulator)
    assert set(our_positions(pair.daemon)) == {"SPY"}
    assert len(check_orders(simulator)) == 2
    assert len(check_explained(pair.daemon)) == 2
    alerts = machine.run("fluxhero", "--output=csv", "alerts").stdout
    assert not any(word in alerts for word in DIFFERENCES), alerts
    start = time.monotonic()
    machine.run("systemctl", "stop", UNIT)
    assert time.monotonic() - start < LONGEST_STOP_S
    assert machine.show(UNIT, "Result") == "success"
    assert "every effect is the same" in machine.run("fluxherod", "replay", "/var/lib/fluxhero").stdout


def back(pair: ServiceLockstep) -> None:
    """Go on with the process that is there now."""
    pair.service.connect()
    pair.rejoin()


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Daily prices up to next week: an exchange that plays them lives in our time."""
    folder = tmp_path / "prices"
    folder.mkdir()
    today = datetime.now(UTC).date()
    with (folder / "SPY_1Day.csv").open("w") as file:
        rows = csv.writer(file)
        rows.writerow(("timestamp", "open", "high", "low", "close", "volume"))
        for day in (today + timedelta(days) for days in range(-150, 8)):
            if day.weekday() < 5:
                rows.writerow((f"{day}T00:00:00-05:00", 400, 401 + day.day % 3, 399, 400, 1_000_000))
    return folder


def test_without_the_broker_it_becomes_ready_refuses_orders_says_why_and_recovers_by_itself(
    service: Service, machine: Machine, tmp_path: Path, prices: Path
) -> None:
    machine.run("systemctl", "stop", UNIT)
    machine.run("sh", "-c", "rm -rf /var/lib/fluxhero/*")
    unreachable = "http://127.0.0.1:8765"
    machine.path(CONFIG).write_text(configuration(unreachable, mode="paper", symbols=("SPY",)))
    service.start()
    assert machine.show(UNIT, "ActiveState") == "active"
    assert not service.active
    assert not service.serving
    service.wait_for(lambda: "trading connection" in machine.show(UNIT, "StatusText"), "the status says why", 30.0)
    order = ("fluxhero", "place", "buy", "SPY", "10", "--limit", "400", "--stop", "390", "--yes")
    refused = machine.run(*order, check=False)
    assert refused.returncode != 0
    assert "not been read from the broker" in refused.stderr
    pid = service.pid
    # It goes on by itself, in the same process, once the broker is there.
    (tmp_path / "now").mkdir()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    played = ("--listen", "127.0.0.1:8765", "--bars", str(prices), "--start", now, "--speed", "1")
    start = time.monotonic()
    with Simulator(tmp_path / "now", *played):
        service.wait_for(lambda: service.active and service.serving, "it trades and serves")
        assert time.monotonic() - start < 90.0
        assert service.pid == pid
        service.wait_for(lambda: "active" in machine.show(UNIT, "StatusText"), "it says so")
