"""install.sh and uninstall.sh: what they say, do, keep and remove."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable

import pytest
from harness.processes import CHECKOUT, KEY, SECRET

from systemd.conftest import INSTALL, SOURCE
from systemd.machine import Machine
from systemd.service import CONFIG, STATE, UNIT, Service

UNINSTALL = f"{SOURCE}/systemd/uninstall.sh"
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
    "/var/lib/fluxhero",
    UNITS,
    "/etc/systemd",
    "/usr/local/bin",
)
Install = Callable[..., str]


def files(machine: Machine) -> set[str]:
    """All files of an installation: mode, owner, size, time, target and name of each, as `find` tells them.

    Those of the state are left out: the daemon that runs writes them all the time.
    """
    format = "%M %u:%g %s %T@ %l %p\\n"
    where = [folder for folder in OURS if folder != "/var/lib/fluxhero"]
    return set(machine.run("find", *where, "!", "-type", "d", "-printf", format).stdout.splitlines())


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


def test_encrypted_credentials_take_the_place_of_plain_ones(service: Service, machine: Machine) -> None:
    command = f"printf '{KEY}\\n{SECRET}\\n' | {INSTALL} --credentials=encrypted"
    assert "kept the credentials (encrypted)" in machine.run("sh", "-c", command).stdout
    assert machine.run("ls", "/etc/credstore").stdout == ""
    secret = machine.path("/etc/credstore.encrypted/alpaca.secret")
    assert secret.stat().st_mode & 0o77 == 0
    assert SECRET.encode() not in secret.read_bytes()
    machine.run("systemctl", "restart", UNIT)
    service.connect()
    service.wait_for(lambda: service.active, "it trades: the exchange takes the keys")


def test_what_cannot_be_installed_is_refused_before_anything_changes(machine: Machine, install: Install) -> None:
    refused = machine.run(INSTALL, user="bob", check=False)
    assert (refused.returncode, "as root" in refused.stderr) == (1, True)
    assert "usage" in install("--nonsense", code=2)
    assert "no folder" in install("--wheelhouse", "/nowhere", code=1)
    assert "can't see it" in install("--python", shutil.which("python3") or "python3", code=1)
    machine.run("sh", "-c", f"printf 'one\\n' | {INSTALL} --credentials | grep x", check=False)
    assert machine.path("/etc/credstore/alpaca.key").read_text() == KEY


def test_an_uninstall_keeps_state_and_configuration_and_a_purge_removes_them_when_it_is_confirmed(
    service: Service, machine: Machine
) -> None:
    machine.run(UNINSTALL)
    machine.run(UNINSTALL)
    assert machine.run("systemctl", "list-unit-files", "fluxherod*", check=False).stdout.count("fluxherod") == 0
    for gone in ("/opt/fluxhero", "/usr/local/bin/fluxhero", "/var/cache/fluxhero", f"{UNITS}/{UNIT}"):
        assert not machine.path(gone).exists()
    for kept in (f"{STATE}/fluxhero.db", CONFIG, "/etc/credstore/alpaca.key"):
        assert machine.path(kept).exists()
    assert machine.run(UNINSTALL, "--purge", check=False, text="yes\n").returncode == 1
    assert machine.path(STATE).exists()
    machine.run(UNINSTALL, "--purge", text="purge\n")
    for gone in (STATE, "/etc/fluxhero", "/etc/credstore/alpaca.key", "/var/backups/fluxhero"):
        assert not machine.path(gone).exists()
    assert machine.run("getent", "passwd", "fluxhero", check=False).stdout == ""
    assert json.loads(machine.run("systemctl", "--failed", "--output=json").stdout) == []


def test_the_scripts_are_clean() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed (Debian: apt-get install shellcheck)")
    scripts = [str(path) for path in sorted((CHECKOUT / "systemd").rglob("*.sh"))]
    done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True, check=False)
    assert done.stdout == ""
