"""install.sh: what it says, does, keeps and refuses."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from harness.processes import KEY

from systemd.conftest import INSTALL
from systemd.machine import Machine
from systemd.service import CONFIG, STATE, UNIT, Service
from systemd.standing import machine, network, service, simulator

__all__ = ["machine", "network", "service", "simulator"]  # fixtures
UNITS = "/usr/local/lib/systemd/system"
NAMES = (
    UNIT,
    "fluxherod-restart.service",
    "fluxherod-restart.timer",
    "fluxherod-backup.service",
    "fluxherod-backup.timer",
)
OURS = (
    "/opt/fluxhero",
    "/etc/fluxhero",
    "/etc/credstore",
    UNITS,
    "/etc/systemd",
    "/usr/local/bin",
)
Install = Callable[..., str]


def files(machine: Machine) -> set[str]:
    """All files of an installation: mode, owner, size, time, target and name of each, as `find` tells them."""
    format = "%M %u:%g %s %T@ %l %p\\n"
    return set(machine.run("find", *OURS, "!", "-type", "d", "-printf", format).stdout.splitlines())


def test_the_first_install_says_what_is_missing_and_starts_nothing(installed: Machine) -> None:
    said = (installed.folder / "said").read_text()
    assert said.count("installing the packages") == 1
    assert f"name what to trade in {CONFIG}" in said
    assert "market.symbols" in said
    assert "needs Alpaca's keys" in said
    assert "kept the credentials (plain)" in said
    assert "runs" not in said


def test_a_second_install_changes_nothing(service: Service, machine: Machine, install: Install) -> None:
    pid, before = service.pid, files(machine)
    said = install()
    assert "runs already" in said
    assert files(machine) == before
    assert service.pid == pid


def test_a_service_that_was_stopped_stays_so(service: Service, machine: Machine, install: Install) -> None:
    machine.run("systemctl", "stop", UNIT)
    assert "stays so" in install()
    assert machine.show(UNIT, "ActiveState") == "inactive"


def test_systemd_finds_nothing_wrong_with_the_installed_units(machine: Machine) -> None:
    done = machine.run("systemd-analyze", "verify", "--man=no", *(f"{UNITS}/{name}" for name in NAMES))
    assert (done.stdout, done.stderr) == ("", "")
    assert machine.run("systemctl", "is-enabled", UNIT, *NAMES[2::2]).stdout.split() == ["enabled"] * 3


def test_the_folders_are_for_those_who_need_them(machine: Machine) -> None:
    said = machine.run("stat", "--format=%n %A %U:%G", "/etc/fluxhero", CONFIG, STATE, "/etc/credstore/alpaca.secret")
    assert said.stdout.splitlines() == [
        "/etc/fluxhero drwxr-x--- root:fluxhero",
        f"{CONFIG} -rw-r----- root:fluxhero",
        f"{STATE} drwx------ fluxhero:fluxhero",
        "/etc/credstore/alpaca.secret -rw------- root:root",
    ]


def test_what_cannot_be_installed_is_refused_before_anything_changes(machine: Machine, install: Install) -> None:
    refused = machine.run(INSTALL, user="bob", check=False)
    assert (refused.returncode, "as root" in refused.stderr) == (1, True)
    assert "usage" in install("--nonsense", code=2)
    assert "no folder" in install("--wheelhouse", "/nowhere", code=1)
    assert "can't see it" in install("--python", shutil.which("python3") or "python3", code=1)
    machine.run("sh", "-c", f"printf 'one\\n' | {INSTALL} --credentials | grep x", check=False)
    assert machine.path("/etc/credstore/alpaca.key").read_text() == KEY
