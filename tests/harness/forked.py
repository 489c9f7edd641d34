"""Programs that are forked from a process which has imported them already: a start is a second of the processor less.

The workers of pytest start hundreds of daemons and exchanges. What is forked is the same program in a process, session,
folder and environment of its own; only the imports are shared. Where something takes effect when a program is executed
(a library, a folder for machine code, a network), and where nobody shares the tests, it is executed.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection, forkserver
from pathlib import Path
from threading import Lock
from typing import Any

SHARED = "PYTEST_XDIST_WORKER" in os.environ
# All that a daemon and an exchange import, and this. None of it starts a thread.
IMPORTED = ("fluxherod.app", "alpacasim.app", "alpacasim.server", "alpacasim.player", __name__)
TAKES_EFFECT = ("LD_PRELOAD", "NUMBA_CACHE_DIR", "PYTHONPATH")
_context = multiprocessing.get_context("forkserver")
_network = os.readlink("/proc/self/ns/net") if SHARED else ""
# Threads start children, too; a child's end can be read once.
_lock = Lock()


def forks(variables: Mapping[str, str], usual: Mapping[str, str]) -> bool:
    """A program with these variables is the same forked as executed."""
    same = all(variables.get(name) == usual.get(name) for name in TAKES_EFFECT)
    return SHARED and same and os.readlink("/proc/thread-self/ns/net") == _network


class Forked:
    """A program as `subprocess.Popen` has it: no input, its output in a file, in a session of its own."""

    def __init__(
        self, module: str, arguments: Sequence[str], variables: Mapping[str, str], output: Path, folder: Path
    ) -> None:
        words = (module, tuple(arguments), dict(variables), str(output), str(folder))
        self._process: Any = _context.Process(target=_run, args=words, daemon=True)  # ended with whoever started it
        with _lock:
            _server(variables["PYTHONPATH"])
            self._process.start()
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, or its signal, negative, if its end was seen."""
        return self._process._popen.returncode  # type: ignore[no-any-return]

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        with _lock:
            return self._process.exitcode  # type: ignore[no-any-return]

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended.

        Raises:
            subprocess.TimeoutExpired: when it has not in time.
        """
        connection.wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Nothing when it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended, and its code is on the way
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _server(paths: str) -> None:
    # It finds its modules by the environment it starts in.
    kept = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join((paths, str(Path(__file__).resolve().parents[1])))
    _context.set_forkserver_preload([*IMPORTED])
    try:
        forkserver.ensure_running()
    finally:
        if kept is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = kept


def _run(module: str, arguments: tuple[str, ...], variables: dict[str, str], output: str, folder: str) -> None:
    gc.freeze()  # or each look for garbage would go through all that is imported: a fast exchange would feel the pause
    os.setsid()
    os.chdir(folder)
    for target, name, flags in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_APPEND)):
        opened = os.open(name, flags)
        os.dup2(opened, target)
        os.close(opened)
    os.dup2(1, 2)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
