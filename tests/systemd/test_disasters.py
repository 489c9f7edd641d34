"""A lost disk. Kills, reboots and power cuts are in test_trading.py."""

from harness.audit import our_positions, their_positions
from harness.processes import Simulator
from harness.tape import QQQ_IS_SHORT

from systemd.machine import Machine
from systemd.service import UNIT, Service, ServiceLockstep


def test_with_the_disk_lost_a_backup_brings_the_books_back_and_without_one_the_broker_says_what_is_open(
    service: Service, machine: Machine, simulator: Simulator
) -> None:
    pair = ServiceLockstep(simulator, service)
    pair.rejoin()
    pair.step_until(QQQ_IS_SHORT)
    held = our_positions(pair.daemon)
    assert set(held) == {"QQQ"}
    machine.run("systemctl", "start", "fluxherod-backup.service")
    [backup] = machine.run("find", "/var/backups/fluxhero", "-name", "fluxhero-*").stdout.split()
    assert machine.path(backup).stat().st_mode & 0o77 == 0
    machine.run("fluxherod", "verify", backup)

    machine.run("systemctl", "stop", UNIT)
    machine.run("sh", "-c", "rm -rf /var/lib/fluxhero/*")
    machine.run("fluxherod", "restore", backup)
    service.start()
    service.wait_for(lambda: service.halted, "it is halted")
    assert our_positions(pair.daemon) == held == their_positions(simulator)
    machine.run("fluxhero", "resume", "--reason", "compared")
    service.wait_for(lambda: service.active, "it trades")

    machine.run("systemctl", "stop", UNIT)
    machine.run("sh", "-c", "rm -rf /var/lib/fluxhero/*")
    service.start()
    service.wait_for(lambda: service.halted, "it is halted")
    # The broker knows what is open, and the stop there works on; the daemon keeps its hands off both.
    alerts = machine.run("fluxhero", "--output=csv", "alerts").stdout
    for code in ("START_ORDERS_UNKNOWN", "POSITION_DIFFERENCE", "FOREIGN_ORDER"):
        assert code in alerts
    assert "foreign" in machine.run("fluxhero", "positions").stdout
    [stop] = simulator.get("/v2/orders?status=open")
    assert (stop["symbol"], stop["type"], int(stop["qty"])) == ("QQQ", "stop", -held["QQQ"])
    machine.run("fluxhero", "resume", "--reason", "compared")
    service.wait_for(lambda: service.active, "it trades")
    assert their_positions(simulator) == held
