"""What a machine goes through: reboots, power cuts, a lost disk."""

from systemd.machine import Machine
from systemd.service import UNIT, Service


def test_after_a_reboot_and_after_a_power_cut_it_comes_back_by_itself(service: Service, machine: Machine) -> None:
    run = service.status().run
    machine.reboot()
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    machine.pull_the_plug()
    machine.boot()
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    assert service.status().run == run + 2
    assert machine.show("fluxherod-restart.timer", "ActiveState") == "active"


def test_a_backup_is_made_beside_the_running_daemon_and_restored(service: Service, machine: Machine) -> None:
    machine.run("systemctl", "start", "fluxherod-backup.service")
    [backup] = machine.run("find", "/var/backups/fluxhero", "-name", "fluxhero-*").stdout.split()
    assert machine.path(backup).stat().st_mode & 0o77 == 0
    machine.run("fluxherod", "verify", backup)
    # The disk with the state is lost.
    machine.run("systemctl", "stop", UNIT)
    machine.run("sh", "-c", "rm -rf /var/lib/fluxhero/*")
    machine.run("fluxherod", "restore", backup)
    service.start()
    service.wait_for(lambda: "HALTED" in machine.run("fluxhero", "status").stdout, "it is halted")
