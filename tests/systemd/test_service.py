"""`systemctl start fluxherod` on a real machine: what systemd, its tools and the people on it see of the service."""

import re
import time

import pytest
from harness.processes import Simulator

from systemd.machine import Machine
from systemd.service import CONFIG, SOCKET, UNIT, Service, configuration
from systemd.standing import machine, network, service, simulator

__all__ = ["machine", "network", "service", "simulator"]  # fixtures
LONGEST_STOP_S = 8.0
WATCHDOG_S, MARGIN_S = 3.0, 20.0


def test_a_start_returns_when_it_is_ready_and_then_it_serves(service: Service, machine: Machine) -> None:
    machine.run("systemctl", "stop", UNIT)
    machine.run("systemctl", "start", UNIT)
    assert machine.path(SOCKET).is_socket()
    assert machine.run("fluxhero", "status", check=False).returncode == 0
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    service.wait_for(lambda: "active" in machine.show(UNIT, "StatusText"), "systemctl status says so")
    for timer in ("fluxherod-restart.timer", "fluxherod-backup.timer"):
        assert machine.show(timer, "ActiveState") == "active"


def test_members_of_the_group_may_call_over_the_socket_and_nobody_else(service: Service, machine: Machine) -> None:
    assert "FluxHero" in machine.run("fluxhero", "status", user="alice").stdout
    address = ("--address", f"unix:{SOCKET}")
    refused = machine.run("fluxhero", *address, "status", user="bob", check=False)
    assert refused.returncode != 0
    assert "FluxHero" not in refused.stdout
    # Without the socket there is TCP, which asks for a token.
    refused = machine.run("fluxhero", "--address", "127.0.0.1:50051", "status", user="bob", check=False)
    assert refused.returncode == 6, refused.stderr
    # The state is the service's own.
    assert machine.run("ls", "/var/lib/fluxhero", user="alice", check=False).returncode != 0


def test_a_reload_puts_a_changed_configuration_in_force_in_the_same_process(
    service: Service, machine: Machine, simulator: Simulator
) -> None:
    pid = service.pid
    assert list(service.status().symbols) == ["SPY", "QQQ", "AAPL"]
    machine.path(CONFIG).write_text(configuration(simulator.url, symbols=("SPY", "QQQ")))
    machine.run("systemctl", "reload", UNIT)
    service.wait_for(lambda: list(service.status().symbols) == ["SPY", "QQQ"], "the symbols are those of the file")
    service.wait_for(lambda: machine.show(UNIT, "ActiveState") == "active", "the reload is over")
    assert service.pid == pid


def test_a_reload_of_a_wrong_configuration_says_so_and_changes_nothing(service: Service, machine: Machine) -> None:
    pid = service.pid
    machine.path(CONFIG).write_text("[market]\nsymbols = 7\n")
    machine.run("systemctl", "reload", UNIT)
    service.wait_for(lambda: "market.symbols" in machine.journal("--unit", UNIT), "the journal names the key")
    service.wait_for(lambda: machine.show(UNIT, "ActiveState") == "active", "the reload is over")
    assert service.pid == pid
    assert list(service.status().symbols) == ["SPY", "QQQ", "AAPL"]


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGSTOP"])
def test_a_daemon_that_is_killed_or_hangs_is_replaced(signal: str, service: Service, machine: Machine) -> None:
    pid, restarts, start = service.pid, int(machine.show(UNIT, "NRestarts")), time.monotonic()
    service.kill(signal)
    service.wait_for(lambda: service.replaced(pid), "another process serves")
    assert time.monotonic() - start < (WATCHDOG_S if signal == "SIGSTOP" else 0.0) + MARGIN_S
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    assert int(machine.show(UNIT, "NRestarts")) == restarts + 1


def test_a_signal_that_nobody_meant_does_not_end_it(service: Service) -> None:
    pid = service.pid
    service.kill("SIGTERM")
    service.wait_for(lambda: service.replaced(pid), "another process serves")


def test_what_is_unimportant_gives_way_inside_the_same_sandbox(machine: Machine) -> None:
    lowered = "import os; from fluxherod.service.niceness import *; print(lower_priority(), os.nice(0) == NICENESS)"
    text = machine.path(f"/usr/local/lib/systemd/system/{UNIT}").read_text()
    text = re.sub("^ExecStart=.*$", f"ExecStart=/opt/fluxhero/venv/bin/python -c '{lowered}'", text, flags=re.MULTILINE)
    text = re.sub("^(Type|Restart|WatchdogSec|RuntimeDirectory)=.*$", "", text, flags=re.MULTILINE)
    machine.path("/run/systemd/system/helper.service").write_text(
        text.replace("[Service]", "[Service]\nType=oneshot", 1)
    )
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "helper.service")
    assert machine.journal("--unit=helper.service", "--output=cat").splitlines().count(" True") == 1


def test_a_stop_is_clean_and_quick(service: Service, machine: Machine) -> None:
    start = time.monotonic()
    machine.run("systemctl", "stop", UNIT)
    assert time.monotonic() - start < LONGEST_STOP_S
    assert machine.show(UNIT, "ActiveState") == "inactive"
    assert machine.show(UNIT, "Result") == "success"
    assert not machine.path(SOCKET).exists()


def test_the_morning_restart_is_for_a_daemon_that_runs(service: Service, machine: Machine) -> None:
    pid = service.pid
    machine.run("systemctl", "start", "fluxherod-restart.service")
    assert service.replaced(pid)
    machine.run("systemctl", "stop", UNIT)
    machine.run("systemctl", "start", "fluxherod-restart.service")
    assert machine.show(UNIT, "ActiveState") == "inactive"
