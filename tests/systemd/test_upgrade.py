"""An upgrade keeps the state; one that is not healthy is taken back, and the state is still there.

One test, for the newer version and its machine code are built once: by the first upgrade, while the older one trades.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from systemd.conftest import SOURCE
from systemd.machine import Machine
from systemd.service import CONFIG, UNIT, Service

NEW = "/usr/local/src/newer"
SPOILT = "/etc/fluxhero/spoilt"
# What the newer version does at its start where there is such a file.
SPOILS = f'''
    spoilt = Path("{SPOILT}")
    if spoilt.exists():
        if "database" in spoilt.read_text():
            import sqlite3

            with sqlite3.connect(config.storage.state_dir / DATABASE) as other:
                other.execute("PRAGMA user_version = 9999")
            other.close()
        raise SystemExit(3)
'''
Install = Callable[..., str]


@pytest.fixture
def newer(machine: Machine) -> Path:
    """The sources of another version."""
    folder = machine.path(NEW)
    shutil.copytree(machine.path(SOURCE), folder)
    (folder / "systemd/fluxherod-more.service").write_text("[Service]\nExecStart=/bin/true\n")
    app = folder / "daemon/fluxherod/app.py"
    text = app.read_text()
    before = "    stop = Stop(reloads=reloads)\n"
    assert text.count(before) == 1
    app.write_text(text.replace(before, before + SPOILS))
    return folder


def version(machine: Machine) -> str:
    """The version that is in force."""
    return machine.run("readlink", "/opt/fluxhero/venv").stdout.strip()


def journal(service: Service) -> tuple[str, int]:
    """The id of its journal, and its run, once it trades."""
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    status = service.status()
    return status.progress.epoch, status.run


def test_an_upgrade_keeps_the_state_and_what_is_not_healthy_is_taken_back(
    service: Service, machine: Machine, newer: Path, install: Install
) -> None:
    assert newer.is_dir()
    epoch, run = journal(service)
    old = version(machine)
    it_is_built_while_the_old_one_trades(service, machine, install)
    assert journal(service) == (epoch, run)
    what_was_cut_short_before_the_restart_is_gone_on_with(machine, install)
    assert journal(service) == (epoch, run + 1)
    assert version(machine) != old
    the_way_back_is_the_same_and_quick(service, machine, install)
    assert journal(service) == (epoch, run + 2)
    assert version(machine) == old
    what_would_refuse_the_configuration_is_not_put_in_force(service, machine, install)
    assert journal(service) == (epoch, run + 2)
    assert version(machine) == old
    what_does_not_stay_up_is_taken_back(machine, install)
    assert journal(service)[0] == epoch
    assert journal(service)[1] > run + 2
    assert version(machine) == old
    where_the_old_one_does_not_know_the_database_any_more_the_way_back_is_told(service, machine, install)
    assert version(machine) == old


def it_is_built_while_the_old_one_trades(service: Service, machine: Machine, install: Install) -> None:
    pid = service.pid
    said = install("--no-start", source=NEW)
    assert "installing the packages" not in said
    assert "building version" in said
    assert service.pid == pid


def what_was_cut_short_before_the_restart_is_gone_on_with(machine: Machine, install: Install) -> None:
    said = install(source=NEW)
    assert "built already" in said
    assert "backup /var/backups/fluxhero/upgrades/fluxhero-" in said
    assert "runs: " in said
    assert machine.show("fluxherod-more.service", "LoadState") == "loaded"


def the_way_back_is_the_same_and_quick(service: Service, machine: Machine, install: Install) -> None:
    assert "built already" in install()
    # What the older one doesn't have is gone.
    assert machine.show("fluxherod-more.service", "LoadState") == "not-found"


def what_would_refuse_the_configuration_is_not_put_in_force(
    service: Service, machine: Machine, install: Install
) -> None:
    pid, configured = service.pid, machine.path(CONFIG).read_text()
    machine.path(CONFIG).write_text("[market]\nsymbols = 7\n")
    said = install(source=NEW, code=1)
    assert f"refuses {CONFIG}" in said
    assert "market.symbols" in said
    assert service.pid == pid
    machine.path(CONFIG).write_text(configured)


def what_does_not_stay_up_is_taken_back(machine: Machine, install: Install) -> None:
    machine.path(SPOILT).write_text("ends")
    said = install(source=NEW, code=1)
    assert "NOT upgraded" in said
    assert "runs again with the same state" in said


def where_the_old_one_does_not_know_the_database_any_more_the_way_back_is_told(
    service: Service, machine: Machine, install: Install
) -> None:
    machine.path(SPOILT).write_text("ends, and changes the database")
    said = install(source=NEW, code=1)
    assert "does not come up either" in said
    [restore] = [line.strip() for line in said.splitlines() if "fluxherod restore --force" in line]
    machine.run("bash", "-euc", restore.removeprefix("install: "))
    service.connect()
    assert machine.show(UNIT, "ActiveState") == "active"
    service.wait_for(lambda: service.halted, "it is halted")
