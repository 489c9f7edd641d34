"""From the start of the daemon to READY=1: it has reconciled with an alpacasim. `python tests/bench/bench_start.py`.

The journal is a small one that an earlier run left. Cold compiles every kernel, warm finds its machine code.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from harness.processes import Child, Installation, Simulator
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME

RUNS = 5
TIMEOUT_S = 120.0


class Manager:
    """Stands where systemd stands: hears that a daemon is ready."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(TIMEOUT_S)

    def start_s(self, installation: Installation, machine_code: Path) -> tuple[float, float]:
        """Seconds from the fork to READY=1, of the wall and of the CPU; the daemon is stopped afterwards."""
        variables = {**installation.variables, "NOTIFY_SOCKET": self.address, "NUMBA_CACHE_DIR": str(machine_code)}
        start = time.perf_counter()
        with Child("fluxherod", installation.arguments, variables, installation.folder / "fluxherod.log") as daemon:
            while not self._socket.recv(4096).startswith(b"READY=1"):
                pass
            taken = time.perf_counter() - start, _cpu_s(daemon.process.pid)
            assert daemon.stop(signal.SIGTERM) == 0
        self._forget()
        return taken

    def _forget(self) -> None:
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(4096):
                pass
        self._socket.settimeout(TIMEOUT_S)

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


def _cpu_s(process: int) -> float:
    """What all threads of a process have used; unlike the wall's time it hardly depends on who else is at work."""
    used = [thread.read_text().split()[0] for thread in Path(f"/proc/{process}/task").glob("*/schedstat")]
    return sum(map(int, used)) / 1e9


@contextlib.contextmanager
def world() -> Iterator[tuple[Path, Manager, Installation]]:
    """An exchange that stands still, and a daemon's folders."""
    folder = Path(tempfile.mkdtemp(prefix="fluxhero-bench-"))
    manager = Manager(folder)
    try:
        with Simulator(folder, "--step", *PLAYED) as simulator:
            installation = Installation(folder, simulator.url, SYMBOLS, TIMEFRAME)
            yield folder, manager, installation
            installation.remove()
    finally:
        manager.close()
        shutil.rmtree(folder)


def main() -> None:
    """Print the table."""
    with world() as (folder, manager, installation):
        cold = manager.start_s(installation, folder / "machine code")
        warm = [manager.start_s(installation, folder / "machine code") for _ in range(RUNS)]
    walls, cpus = zip(*warm, strict=True)
    print(f"fork to READY=1, cold   {cold[0]:7.3f} s   CPU {cold[1]:7.3f} s")
    print(f"                 warm   {min(walls):7.3f} s   CPU {min(cpus):7.3f} s   the best of {RUNS}")
    print(f"                        {statistics.median(walls):7.3f} s   CPU {statistics.median(cpus):7.3f} s   median")
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
