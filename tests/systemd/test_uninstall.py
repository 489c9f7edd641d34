"""What changes a machine for good, on one: credentials of the other kind, uninstall.sh, a purge."""

from __future__ import annotations

import json

from harness.processes import KEY, SECRET

from systemd.conftest import INSTALL, SOURCE
from systemd.machine import Machine
from systemd.service import CONFIG, STATE, UNIT, Service

UNINSTALL = f"{SOURCE}/systemd/uninstall.sh"
UNITS = "/usr/local/lib/systemd/system"
KEPT_KEY = "/etc/credstore.encrypted/alpaca.key"


def test_credentials_are_encrypted_when_asked_for_and_an_uninstall_keeps_what_only_a_confirmed_purge_removes(
    service: Service, machine: Machine
) -> None:
    encrypted_credentials_take_the_place_of_plain_ones(service, machine)
    an_uninstall_keeps_state_and_configuration(machine)
    a_purge_removes_them_when_it_is_confirmed(machine)


def encrypted_credentials_take_the_place_of_plain_ones(service: Service, machine: Machine) -> None:
    said = machine.run(INSTALL, "--credentials=encrypted", text=f"{KEY}\n{SECRET}\n").stdout
    assert "kept the credentials (encrypted)" in said
    assert "read by a restart" in said
    assert machine.run("ls", "/etc/credstore").stdout == ""
    secret = machine.path("/etc/credstore.encrypted/alpaca.secret")
    assert secret.stat().st_mode & 0o77 == 0
    assert SECRET.encode() not in secret.read_bytes()
    machine.run("systemctl", "restart", UNIT)
    service.connect()
    service.wait_for(lambda: service.active, "it trades: the exchange takes the keys")


def an_uninstall_keeps_state_and_configuration(machine: Machine) -> None:
    machine.run(UNINSTALL)
    machine.run(UNINSTALL)
    assert machine.run("systemctl", "list-unit-files", "fluxherod*", check=False).stdout.count("fluxherod") == 0
    for gone in ("/opt/fluxhero", "/usr/local/bin/fluxhero", "/var/cache/fluxhero", f"{UNITS}/{UNIT}"):
        assert not machine.path(gone).exists()
    for kept in (f"{STATE}/fluxhero.db", CONFIG, KEPT_KEY):
        assert machine.path(kept).exists()


def a_purge_removes_them_when_it_is_confirmed(machine: Machine) -> None:
    assert machine.run(UNINSTALL, "--purge", check=False, text="yes\n").returncode == 1
    assert machine.path(STATE).exists()
    machine.run(UNINSTALL, "--purge", text="purge\n")
    for gone in (STATE, "/etc/fluxhero", KEPT_KEY, "/var/backups/fluxhero"):
        assert not machine.path(gone).exists()
    left = machine.run(
        "find", "/etc/systemd", "/usr/local", "/opt", "-name", "*fluxhero*", "-not", "-path", f"{SOURCE}*"
    )
    assert left.stdout == ""
    assert machine.run("getent", "passwd", "fluxhero", check=False).stdout == ""
    assert json.loads(machine.run("systemctl", "--failed", "--output=json").stdout) == []
