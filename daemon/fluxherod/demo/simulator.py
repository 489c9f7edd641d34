"""The simulator as a child process of the demo: started, watched and ended."""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from fluxherod.errors import FluxHeroError
from fluxherod.service.notify import VARIABLES

KEY, SECRET = "PKDEMO", "demo-secret"
READY = "alpacasim listening on "
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 5.0
PR_SET_PDEATHSIG = 1
POLL_INTERVAL_S = 0.25
ANSWER_TIMEOUT_S = 5.0
FIRST_EQUITY = 100_000.0
# The daemon decides on the last bar shortly after the close.
AFTER_CLOSE_NS = 600 * 1_000_000_000


class DemoError(FluxHeroError):
    """Why there is no demo."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """A running simulator and the URL of all its services."""

    process: subprocess.Popen[str]
    url: str

    @classmethod
    def start(cls, arguments: Sequence[str]) -> Simulator:
        """Start one and wait until it listens; its messages go to our stderr.

        Raises:
            DemoError: when it ends, or says nothing in time.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "alpacasim", "--key", KEY, "--secret", SECRET, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name not in VARIABLES},
            # Ctrl-C is for us: the exchange must outlive the daemon that is leaving it.
            start_new_session=True,
            # Safe: it takes no lock, and no thread of ours runs yet.
            preexec_fn=_ending_with_its_parent(),
        )
        try:
            return cls(process, _ready_url(process))
        except BaseException:
            _end(process)
            raise

    def __enter__(self) -> Simulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _end(self.process)

    @property
    def died(self) -> bool:
        """Has it ended by itself."""
        return self.process.poll() is not None

    def ask(self, path: str) -> Any:
        """The JSON of a GET.

        Raises:
            OSError: when it does not answer, or answers with an error.
        """
        headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S) as answer:
            return json.load(answer)

    def must_know(self, symbols: Sequence[str]) -> None:
        """Raises DemoError naming the symbols that it has no prices of."""
        unknown = [symbol for symbol in symbols if not self._knows(symbol)]
        if unknown:
            raise DemoError(f"no prices of {', '.join(unknown)}: choose others with --symbols, or use --synthetic SEED")

    def _knows(self, symbol: str) -> bool:
        try:
            self.ask(f"/v2/assets/{symbol}")
        except urllib.error.HTTPError as error:
            error.close()
            return False
        return True

    def account_line(self) -> str:
        """How the account stands, in one line; nothing when it does not answer."""
        try:
            account, held = self.ask("/v2/account"), self.ask("/v2/positions")
        except OSError:
            return ""
        equity = float(account["equity"])
        positions = f"{len(held)} position{'s' if len(held) != 1 else ''}"
        return f"equity ${equity:,.2f} ({equity / FIRST_EQUITY - 1:+.2%}), {positions} open"

    def close_ns_of_session(self, number: int) -> int | None:
        """The close of the number-th session from now on; None when the calendar ends before."""
        today = date.fromisoformat(self.ask("/v2/clock")["timestamp"][:10])
        end = today + timedelta(days=2 * number + 14)
        days = self.ask(f"/v2/calendar?start={today}&end={end}")
        if number > len(days):
            return None
        close = datetime.fromisoformat(f"{days[number - 1]['date']}T{days[number - 1]['close']}")
        return int(close.replace(tzinfo=ZoneInfo("America/New_York")).timestamp()) * 1_000_000_000


class Ending:
    """Sends SIGTERM to this process when the prices end, the asked-for sessions are over, or the simulator died."""

    def __init__(self, simulator: Simulator, sessions: int | None) -> None:
        self.reason = ""
        self._simulator = simulator
        self._sessions = sessions
        self._last_close_ns = simulator.close_ns_of_session(sessions) if sessions else None
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="demo ending", daemon=True)

    def __enter__(self) -> Ending:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._left.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._left.wait(POLL_INTERVAL_S):
            self.reason = self._look()
            if self.reason:
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _look(self) -> str:
        """Why the demo is over, or nothing."""
        if self._simulator.died:
            return "the simulator ended by itself"
        try:
            clock = self._simulator.ask("/sim/clock")
        except OSError:  # busy, or about to be seen dead
            return ""
        if self._last_close_ns is not None and clock["time_ns"] >= self._last_close_ns + AFTER_CLOSE_NS:
            return f"{self._sessions} session{'s' if self._sessions != 1 else ''} played"
        return "the prices have ended" if clock["rate"] == 0 else ""


def _ending_with_its_parent() -> Callable[[], object] | None:
    """What makes the child end when this process is killed, where the system can do that."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _ready_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if selector.select(START_TIMEOUT_S) else ""
    if not line.startswith(READY):
        _end(process)
        raise DemoError(f"the simulator did not start (exit code {process.returncode}); its own message is above")
    return line.removeprefix(READY).strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
