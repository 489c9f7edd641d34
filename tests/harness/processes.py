"""`alpacasim` and `fluxherod` as child processes: started, asked, stopped, killed and started again."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import grpc

from fluxhero.v1 import (
    account_pb2_grpc,
    market_pb2_grpc,
    order_pb2_grpc,
    position_pb2_grpc,
    risk_pb2_grpc,
    signal_pb2_grpc,
    strategy_pb2_grpc,
    system_pb2_grpc,
    trade_pb2_grpc,
)
from fluxhero.v1 import system_pb2 as system
from fluxherod.failpoints import VARIABLE
from harness.forked import Forked, forks
from harness.stopwatch import Stopwatch

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = ("protos", "daemon", "clients/python")
KEY, SECRET = "PKTEST", "test-secret"
# None of these is a bound of the daemon's: so long is waited before a test is given up.
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 60.0
CALL_TIMEOUT_S = 60.0
KEPT_ALIVE_S = 2.0
LOOK_EVERY_S = 0.0005
LAST_WORDS = 3000
# A daemon that is starting is tried again at once, not after the usual second.
CHANNEL_OPTIONS = (("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 100))


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
    """Return once a condition holds.

    Raises:
        TimeoutError: when it does not in time.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout_s:g} s")
        time.sleep(LOOK_EVERY_S)


def environment(folder: Path) -> dict[str, str]:
    """The variables of a child: nothing of the developer's own, all folders below one."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "TZ", "TMPDIR")}
    machine_code = os.environ.get("NUMBA_CACHE_DIR", str(CHECKOUT / ".pytest_cache/numba"))
    return {
        **kept,
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(str(CHECKOUT / source) for source in SOURCES),
        "NUMBA_CACHE_DIR": machine_code,  # compiled once, not once a test
        "STATE_DIRECTORY": str(folder / "state"),
        "CACHE_DIRECTORY": str(folder / "cache"),
        "CONFIGURATION_DIRECTORY": str(folder / "configuration"),
        "APCA_API_KEY_ID": KEY,
        "APCA_API_SECRET_KEY": SECRET,
    }


class Child:
    """A program with its output in a file; leaving the context stops it."""

    def __init__(self, module: str, arguments: Sequence[str], variables: Mapping[str, str], output: Path) -> None:
        self.output = output
        with output.open("ab") as file:
            self._said_before = file.tell()  # by those that had this file before
            self.process: subprocess.Popen[bytes] | Forked = (
                Forked(module, arguments, variables, output, output.parent)
                if forks(variables, environment(output.parent))
                else subprocess.Popen(
                    [sys.executable, "-m", module, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env=dict(variables),
                    cwd=output.parent,
                    start_new_session=True,  # Ctrl-C is for the tests, which end their children in order
                )
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None and kind is not KeyboardInterrupt:
            error.add_note(f"--- {self.output.name} ---\n{self.said[-LAST_WORDS:]}")
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return self.process.poll() is None

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    @property
    def _said_by_itself(self) -> str:
        return self.output.read_bytes()[self._said_before :].decode(errors="replace")

    def stopwatch(self) -> Stopwatch:
        """A stopwatch for what this process does from now on."""
        return Stopwatch(self.process.pid)

    def wait_for(self, condition: Callable[[], bool], what: str, timeout_s: float = START_TIMEOUT_S) -> None:
        """Return once a condition holds; fail at once when the program ends meanwhile."""

        def look() -> bool:
            if condition():
                return True
            if not self.alive:
                raise ChildProcessError(f"{what}: it ended with {self.process.returncode}:\n{self.said[-LAST_WORDS:]}")
            return False

        wait_for(look, what, timeout_s)

    def until_said(self, pattern: str) -> re.Match[str]:
        """The last match of a regular expression in what this process has printed, once there is one.

        Whoever sees by the API what a program did may be earlier than its log.
        """
        found: list[re.Match[str]] = []

        def said() -> bool:
            found[:] = re.finditer(pattern, self._said_by_itself)
            return bool(found)

        self.wait_for(said, f"{pattern!r} is said")
        return found[-1]

    def wait_to_end(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(timeout_s)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


class Simulator(Child):
    """A running `alpacasim`."""

    READY = "alpacasim listening on "

    def __init__(self, folder: Path, *arguments: str) -> None:
        options = ("--listen", "127.0.0.1:0", "--rate-limit", "0", "--key", KEY, "--secret", SECRET, *arguments)
        super().__init__("alpacasim", options, environment(folder), folder / "alpacasim.log")
        self.url = ""
        self._asked_at = 0.0
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        try:
            self.wait_for(lambda: self.READY in self.said, "alpacasim listens")
        except BaseException:
            self.kill()
            raise
        self.url = self.said.partition(self.READY)[2].split()[0]
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=CALL_TIMEOUT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        super().__exit__(kind, error, traceback)

    def get(self, path: str) -> Any:
        """The JSON of a GET."""
        return self._ask("GET", path, None)

    def delete(self, path: str) -> Any:
        """The JSON of a DELETE."""
        return self._ask("DELETE", path, None)

    def patch(self, path: str, **body: Any) -> Any:
        """The JSON of a PATCH."""
        return self._ask("PATCH", path, json.dumps(body))

    def post(self, path: str, **body: Any) -> Any:
        """The JSON of a POST."""
        return self._ask("POST", path, json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None) -> Any:
        assert self._connection is not None
        if time.monotonic() - self._asked_at > KEPT_ALIVE_S:
            self._connection.close()  # before the server does; the next request opens it again
        headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET, "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        self._asked_at = time.monotonic()
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {content[:500]!r}"
        return json.loads(content) if content else None

    @property
    def now_ns(self) -> int:
        """Exchange time."""
        time_ns: int = self.get("/sim/clock")["time_ns"]
        return time_ns

    def all_orders(self) -> list[dict[str, Any]]:
        """Every order that it was ever given, legs included, oldest first."""
        orders: list[dict[str, Any]] = []
        while True:
            after = f"&after_order_id={orders[-1]['id']}" if orders else ""
            page = self.get(f"/v2/orders?status=all&direction=asc&limit=500{after}")
            orders += page
            if len(page) < 500:
                return orders

    def all_fills(self) -> list[dict[str, Any]]:
        """Every execution, oldest first."""
        fills: list[dict[str, Any]] = []
        while True:
            after = f"&page_token={fills[-1]['id']}" if fills else ""
            page = self.get(f"/v2/account/activities/FILL?direction=asc&page_size=100{after}")
            fills += page
            if len(page) < 100:
                return fills


@dataclass(frozen=True, slots=True)
class Installation:
    """What a daemon is told and where it keeps what it knows: started over it again, it is the same daemon."""

    folder: Path
    url: str
    symbols: Sequence[str]
    timeframe: str
    settings: Sequence[str] = ()
    failpoints: str = ""
    # A Unix socket's path may have 107 bytes; a test's folder may have more.
    runtime: str = field(default_factory=lambda: tempfile.mkdtemp(prefix="fluxhero-"))

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the daemon."""
        return {**environment(self.folder), "RUNTIME_DIRECTORY": self.runtime, VARIABLE: self.failpoints}

    @property
    def arguments(self) -> list[str]:
        """The command line of the daemon."""
        streams = self.url.replace("http://", "ws://")
        values = (
            "daemon.mode=demo",
            f"alpaca.trading_url={self.url}",
            f"alpaca.data_url={self.url}",
            f"alpaca.market_stream_url={streams}/v2/iex",
            f"alpaca.trade_stream_url={streams}/stream",
            "alpaca.requests_per_minute=100000",
            f"market.symbols={','.join(self.symbols)}",
            f"market.timeframe={self.timeframe}",
            "grpc.listen=127.0.0.1:0",
            "http.listen=",
            *self.settings,
        )
        return ["run", "--log-format", "text", *(word for value in values for word in ("--set", value))]

    @property
    def database(self) -> Path:
        """The journal and the tables."""
        return self.folder / "state" / "fluxhero.db"

    def remove(self) -> None:
        """Leave nothing outside the folder."""
        shutil.rmtree(self.runtime, ignore_errors=True)


class Calls:
    """The stubs of a daemon's services, by its Unix socket."""

    def __init__(self, socket: str) -> None:
        self.channel = grpc.insecure_channel(f"unix:{socket}", CHANNEL_OPTIONS)
        self.system = system_pb2_grpc.SystemServiceStub(self.channel)
        self.account = account_pb2_grpc.AccountServiceStub(self.channel)
        self.market = market_pb2_grpc.MarketServiceStub(self.channel)
        self.strategy = strategy_pb2_grpc.StrategyServiceStub(self.channel)
        self.positions = position_pb2_grpc.PositionServiceStub(self.channel)
        self.orders = order_pb2_grpc.OrderServiceStub(self.channel)
        self.risk = risk_pb2_grpc.RiskServiceStub(self.channel)
        self.signals = signal_pb2_grpc.SignalServiceStub(self.channel)
        self.trades = trade_pb2_grpc.TradeServiceStub(self.channel)

    def answers(self) -> bool:
        """Somebody is there."""
        try:
            self.status()
        except grpc.RpcError:
            return False
        return True

    def status(self) -> system.Status:
        """How it is."""
        status: system.Status = self.system.GetStatus(system.GetStatusRequest(), timeout=CALL_TIMEOUT_S).status
        return status


class Daemon(Child, Calls):
    """A running `fluxherod run`, and the stubs of its services."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        Child.__init__(
            self, "fluxherod", installation.arguments, installation.variables, installation.folder / "fluxherod.log"
        )
        Calls.__init__(self, f"{installation.runtime}/fluxherod.sock")

    def __enter__(self) -> Self:
        try:
            self.wait_for(self.answers, "fluxherod answers")
        except BaseException:
            self.kill()
            self.channel.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.channel.close()
        super().__exit__(kind, error, traceback)
