"""The Debian package: installed, upgraded, removed and purged on a machine that had install.sh's service before."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from harness.processes import CHECKOUT

from systemd.conftest import SOURCE
from systemd.machine import Machine
from systemd.service import CONFIG, STATE, UNIT, Service

UNITS = "/lib/systemd/system"
UNITS_OF_SOURCE = [path for path in (CHECKOUT / "systemd").glob("fluxherod*") if path.suffix in (".service", ".timer")]


@pytest.fixture
def deb(installed: Machine, machine: Machine) -> str:
    """The package, of what install.sh has built; not compressed, which only takes time. Where the machine has it."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not installed: this is no Debian")
    output = machine.folder / "root/usr/local/src"
    tree = installed.folder / "opt/fluxhero"
    subprocess.run(
        [CHECKOUT / "systemd/deb/build.sh", "--tree", tree, "--output", output],
        env=os.environ | {"COMPRESSION": "none", "TMPDIR": str(machine.folder)},
        check=True,
        capture_output=True,
    )
    [package] = output.glob("fluxhero_*.deb")
    return str(Path("/usr/local/src") / package.name)


def test_the_debian_package_keeps_what_was_there_and_leaves_nothing_when_it_is_purged(
    service: Service, machine: Machine, deb: str, install: Callable[..., str]
) -> None:
    epoch, run = service.status().progress.epoch, service.status().run
    refused = machine.run("dpkg", "--install", deb, check=False)
    assert refused.returncode != 0
    assert "run its uninstall.sh first" in refused.stderr
    machine.run(f"{SOURCE}/systemd/uninstall.sh")
    configured = machine.path(CONFIG).read_text()

    machine.run("dpkg", "--install", "--force-confold", deb)
    assert machine.path(CONFIG).read_text() == configured
    assert machine.show(UNIT, "ActiveState") == "inactive"
    assert machine.run("systemctl", "is-enabled", UNIT).stdout.strip() == "enabled"
    units = [f"{UNITS}/{path.name}" for path in UNITS_OF_SOURCE]
    verified = machine.run("systemd-analyze", "verify", "--man=no", *units)
    assert (verified.stdout, verified.stderr) == ("", "")
    assert "Debian package" in install(code=1)
    service.start()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    assert (service.status().progress.epoch, service.status().run) == (epoch, run + 1)

    pid = service.pid
    machine.run("dpkg", "--install", "--force-confold", deb)
    assert service.replaced(pid)
    service.connect()
    service.wait_for(lambda: service.active, "it trades")
    assert "manifest.json" in machine.run("find", "/var/backups/fluxhero/upgrades").stdout

    machine.run("dpkg", "--remove", "fluxhero")
    assert machine.run("pgrep", "-f", "fluxherod run", check=False).stdout == ""
    assert not machine.path("/opt/fluxhero").exists()
    assert machine.path(f"{STATE}/fluxhero.db").exists()
    assert machine.path(CONFIG).exists()
    machine.run("dpkg", "--purge", "fluxhero")
    for gone in (STATE, "/etc/fluxhero", "/etc/credstore/alpaca.key", "/var/backups/fluxhero", "/var/cache/fluxhero"):
        assert not machine.path(gone).exists()
    left = machine.run("find", "/etc/systemd", "/lib/systemd", "/usr/bin", "/opt", "-name", "*fluxhero*").stdout
    assert left == ""
    assert machine.run("systemctl", "--failed", "--quiet").stdout == ""
