"""One machine for all tests of a file that leave it as it was: import these in place of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.processes import Simulator
from harness.tape import PLAYED

from systemd.conftest import network_namespace, running, trading
from systemd.machine import Machine
from systemd.service import CONFIG, UNIT, Service, configuration

__all__ = ["machine", "network", "service", "simulator"]


@pytest.fixture(scope="module")
def network() -> Iterator[None]:
    """The network of these tests."""
    with network_namespace():
        yield


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory, installed: Machine, network: None) -> Iterator[Simulator]:
    """The exchange, which stands still."""
    with Simulator(tmp_path_factory.mktemp("exchange"), "--step", *PLAYED) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def machine(installed: Machine, machines: Path, simulator: Simulator) -> Iterator[Machine]:
    """The machine."""
    with running(installed, machines, simulator.url) as machine:
        yield machine


@pytest.fixture
def service(machine: Machine, simulator: Simulator) -> Iterator[Service]:
    """Its service, which trades, whatever the test before has left."""
    text = configuration(simulator.url)
    if machine.path(CONFIG).read_text() != text or machine.show(UNIT, "ActiveState") != "active":
        machine.path(CONFIG).write_text(text)
        machine.run("systemctl", "restart", UNIT)
    with trading(machine) as service:
        yield service
