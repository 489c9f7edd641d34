"""Machines with the service on them, installed once for all tests and workers; each test has a copy of that one."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest
from harness.processes import CHECKOUT, KEY, SECRET, Simulator
from harness.tape import PLAYED

from systemd.machine import Machine, copied, missing
from systemd.service import CONFIG, Service, configuration

SOURCE = "/usr/local/src/fluxhero"
INSTALL = f"{SOURCE}/systemd/install.sh"
# In memory, when there is enough of it: a disk takes its time for so many files.
MEMORY, NEEDED_BYTES = Path("/dev/shm"), 4 << 30
CLONE_NEWNET = 0x40000000
# A watchdog that is soon impatient, and starts without end.
DROP_IN = """
[Unit]
StartLimitIntervalSec=0
[Service]
WatchdogSec=3
"""
_numbers = count(1)


def copy_source(target: Path) -> None:
    """The files of this checkout that an install reads."""
    for name in ("protos", "daemon", "clients", "systemd"):
        shutil.copytree(CHECKOUT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(CHECKOUT / name, target / name)


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for machines that the workers of this run share; the last one that leaves removes it."""
    if reason := missing():
        pytest.skip(reason)
    room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > NEEDED_BYTES
    root = MEMORY if room else Path(tmp_path_factory.getbasetemp())
    folder = root / f"fluxhero-machines-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    for other in root.glob("fluxhero-machines-*"):
        if other != folder:
            _remove_unless_used(other)
    folder.mkdir(exist_ok=True)
    with (folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        yield folder
    _remove_unless_used(folder)


def _remove_unless_used(folder: Path) -> None:
    # Another run still uses it, or has removed it.
    with suppress(BlockingIOError, FileNotFoundError), (folder / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def installed(machines: Path) -> Machine:
    """A machine that is switched off, on which install.sh has installed the service; what it said is in `said`."""
    machine = Machine(machines / "installed")
    with (machines / "installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (machine.folder / "said").exists():
            copy_source(machine.folder / "root" / SOURCE[1:])
            _prepare(machine.folder / "root")
            with machine:
                said = machine.run(INSTALL, network=False).stdout
                keys = f"{KEY}\n{SECRET}\n"
                said += machine.run(INSTALL, "--credentials", network=False, text=keys).stdout
                machine.run("useradd", "--groups", "fluxhero", "alice")
                machine.run("useradd", "bob")
                assert "Traceback" not in machine.journal()
            (machine.folder / "said").write_text(said)
    return machine


def _prepare(root: Path) -> None:
    drop_ins = root / "etc/systemd/system/fluxherod.service.d"
    drop_ins.mkdir(parents=True)
    (drop_ins / "test.conf").write_text(DROP_IN)
    journal = root / "etc/systemd/journald.conf.d"
    journal.mkdir(parents=True)
    (journal / "test.conf").write_text("[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n")


@contextmanager
def running(installed: Machine, machines: Path, url: str) -> Iterator[Machine]:
    """A copy of the machine, on which the service runs and trades somewhere; its journal must have no traceback."""
    folder = machines / f"{os.getpid()}-{next(_numbers)}"
    machine = copied(installed, folder)
    (folder / "root" / CONFIG[1:]).write_text(configuration(url))
    with machine:
        yield machine
        assert "Traceback" not in machine.journal()
    shutil.rmtree(folder)


@contextmanager
def network_namespace() -> Iterator[None]:
    """Be in a network of one's own, as the machine and the exchange then are: nothing but a loopback device."""
    if reason := missing():
        pytest.skip(reason)
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: int) -> None:
        if getattr(libc, name)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")

    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        call("unshare", CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        call("setns", before, CLONE_NEWNET)
        os.close(before)


@contextmanager
def trading(machine: Machine) -> Iterator[Service]:
    """The service of the machine, once it trades."""
    service = Service(machine)
    service.connect()
    service.wait_for(lambda: service.active and service.serving, "it trades and serves")
    yield service
    service.close()


# Of a test's own. Tests that leave the machine as it was import those of standing.py instead.
@pytest.fixture
def network() -> Iterator[None]:
    """A network of this test's own."""
    with network_namespace():
        yield


@pytest.fixture
def simulator(tmp_path: Path, installed: Machine, network: None) -> Iterator[Simulator]:
    """An exchange that plays the tape in steps; it outlives the machine."""
    with Simulator(tmp_path, "--step", *PLAYED) as simulator:
        yield simulator


@pytest.fixture
def machine(installed: Machine, machines: Path, simulator: Simulator) -> Iterator[Machine]:
    """A machine of this test's own."""
    with running(installed, machines, simulator.url) as machine:
        yield machine


@pytest.fixture
def service(machine: Machine) -> Iterator[Service]:
    """The service of the machine, which trades."""
    with trading(machine) as service:
        yield service


@pytest.fixture
def install(machine: Machine) -> Callable[..., str]:
    """Run install.sh and return what it said; it must end with the code."""

    def run(*options: str, code: int = 0, source: str = SOURCE) -> str:
        done = machine.run(f"{source}/systemd/install.sh", "--watch", "1", *options, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said

    return run
