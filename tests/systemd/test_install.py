"""install.sh: what it says, does, keeps and refuses."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable

from harness.processes import KEY

from systemd.conftest import INSTALL, SOURCE
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
    assert "--wheelhouse" in install("--wheelhouse", "/nowhere", code=1)
    assert "--python" in install("--python", "/nowhere", code=1)
    assert "can't see it" in install("--python", shutil.which("python3") or "python3", code=1)
    one_line = machine.run(INSTALL, "--credentials", check=False, text="one\n")
    assert (one_line.returncode, "two lines" in one_line.stderr) == (1, True)
    assert machine.path("/etc/credstore/alpaca.key").read_text() == KEY


def test_a_version_that_cannot_be_built_leaves_the_one_that_runs_alone(
    service: Service, machine: Machine, install: Install
) -> None:
    pid, before = service.pid, files(machine)
    other = "/usr/local/src/other"
    shutil.copytree(machine.path(SOURCE), machine.path(other))
    with machine.path(f"{other}/systemd/requirements.lock").open("a") as lock:
        lock.write("# other packages\n")
    script = f"{other}/systemd/install.sh"
    full = f"mount -t tmpfs -o size=1M tmpfs /opt/fluxhero/packages; exec {script}"
    done = machine.run("unshare", "--mount", "sh", "-c", f"mkdir -p /opt/fluxhero/packages; {full}", check=False)
    assert (done.returncode, "make room" in done.stderr) == (1, True), done.stderr
    without_a_network = install("--wheelhouse", "/usr/local/src", source=other, code=1)
    assert "did not work: what runs was not touched" in without_a_network
    assert "interrupted: what runs was not touched" in interrupted(machine, script)
    assert (service.pid, machine.show(UNIT, "ActiveState")) == (pid, "active")
    assert {line for line in files(machine) if "/opt/fluxhero/packages" not in line} == {
        line for line in before if "/opt/fluxhero/packages" not in line
    }
    assert "runs already" in install()


def interrupted(machine: Machine, *command: str) -> str:
    """What a command says on a Ctrl-C after its first line."""
    with subprocess.Popen(
        machine.command(*command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        said = first + process.stdout.read()
    assert process.returncode != 0, said
    return said
