"""An upgrade keeps the state; one that is not healthy is taken back, and the state is still there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from systemd.conftest import SOURCE
from systemd.machine import Machine
from systemd.service import CONFIG, UNIT, Service

NEW = "/usr/local/src/newer"
Install = Callable[..., str]


@pytest.fixture
def newer(machine: Machine) -> Path:
    """The sources of another version, which is the same so far."""
    shutil.copytree(machine.path(SOURCE), machine.path(NEW))
    return machine.path(NEW)


def change(path: Path, old: str, new: str) -> None:
    """Edit a file of the sources."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def version(machine: Machine) -> str:
    """The version that is in force."""
    return machine.run("readlink", "/opt/fluxhero/venv").stdout.strip()


def journal(service: Service) -> tuple[str, int]:
    """The id of its journal, and its run."""
    status = service.status()
    return status.progress.epoch, status.run


def test_an_upgrade_keeps_the_state_and_is_backed_up_before(
    service: Service, machine: Machine, newer: Path, install: Install
) -> None:
    epoch, run = journal(service)
    before = version(machine)
    change(newer / "daemon/fluxherod/__init__.py", '"""', '"""Newer: ')
    (newer / "systemd/fluxherod-more.service").write_text("[Service]\nExecStart=/bin/true\n")
    said = install(source=NEW)
    assert "installing the packages" not in said
    assert "backup /var/backups/fluxhero/upgrades/fluxhero-" in said
    assert version(machine) != before
    service.connect()
    service.wait_for(lambda: service.active, "it trades")
    assert journal(service) == (epoch, run + 1)
    assert machine.show("fluxherod-more.service", "LoadState") == "loaded"
    # And back: the version before is still there, and so it is quick. What the older one doesn't have is gone.
    assert "built already" in install()
    assert version(machine) == before
    assert machine.show("fluxherod-more.service", "LoadState") == "not-found"


def test_an_upgrade_that_does_not_stay_up_is_taken_back(
    service: Service, machine: Machine, newer: Path, install: Install
) -> None:
    epoch, run = journal(service)
    before = version(machine)
    change(newer / "daemon/fluxherod/app.py", "reason = await stop.wait(running)", "raise SystemExit(3)")
    said = install(source=NEW, code=1)
    assert "NOT upgraded" in said
    assert "runs again with the same state" in said
    assert version(machine) == before
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    assert journal(service)[0] == epoch
    assert journal(service)[1] > run


def test_a_version_that_would_refuse_the_configuration_is_not_put_in_force(
    service: Service, machine: Machine, install: Install, newer: Path
) -> None:
    pid, before = service.pid, version(machine)
    change(newer / "daemon/fluxherod/__init__.py", '"""', '"""Newer: ')
    machine.path(CONFIG).write_text("[market]\nsymbols = 7\n")
    said = install(source=NEW, code=1)
    assert f"refuses {CONFIG}" in said
    assert "market.symbols" in said
    assert (service.pid, version(machine)) == (pid, before)


def test_without_the_old_version_s_consent_to_the_database_the_way_back_is_told(
    service: Service, machine: Machine, newer: Path, install: Install
) -> None:
    # The newer version leaves a database that the old one refuses, and then fails.
    change(
        newer / "daemon/fluxherod/app.py",
        "        warm_up()\n",
        "        import sqlite3\n"
        "        with sqlite3.connect(config.storage.state_dir / DATABASE) as other:\n"
        '            other.execute("PRAGMA user_version = 9999")\n'
        "        other.close()\n"
        "        raise SystemExit(3)\n",
    )
    said = install(source=NEW, code=1)
    assert "does not come up either" in said
    [restore] = [line.strip() for line in said.splitlines() if "fluxherod restore --force" in line]
    machine.run("bash", "-euc", restore.removeprefix("install: "))
    service.connect()
    assert machine.show(UNIT, "ActiveState") == "active"
    service.wait_for(lambda: "HALTED" in machine.run("fluxhero", "status").stdout, "it is halted")
