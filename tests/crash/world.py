"""An exchange and a daemon's installation that outlive the daemon's crashes, and what clients were told meanwhile."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from crash import tape
from harness.audit import check_journal
from harness.lockstep import Lockstep
from harness.processes import CALL_TIMEOUT_S, Installation, Simulator

from fluxhero.v1 import system_pb2 as system
from fluxhero.v1.order_pb2 import PlaceOrderRequest

DIES_WITHIN_S = 5.0
LEAST_ROOM_MINUTES = 90
MOST_CRASHES = 15
MINUTE_NS = 60 * 1_000_000_000
UP = (system.TRADING_STATE_ACTIVE, system.TRADING_STATE_HALTED)


class Died(Exception):
    """The daemon was killed at its failpoint; the text says what was being done."""


class Tolerant(Lockstep):
    """Lock-step with a daemon that may be halted when it is up."""

    def _ready(self) -> bool:
        status = self.daemon.status()
        quiet = not status.progress.events_queued and not status.progress.requests_in_flight
        return status.state in UP and quiet and all(feed.up for feed in status.feeds)


class World:
    """`start` it with a failpoint or without; whatever then ends the daemon by SIGKILL raises `Died`.

    `promised` is what the answers of halts and resumes say: True is halted, None that one had no answer.
    """

    def __init__(self, folder: Path, settings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._stack = ExitStack()
        bars = tape.write(folder / "bars")
        played = ("--bars", str(bars), "--start", tape.START, "--step")
        self.simulator = self._stack.enter_context(Simulator(folder, *played))
        wanted = (*tape.SETTINGS, *settings)
        self.installation = Installation(folder, self.simulator.url, tape.SYMBOLS, tape.TIMEFRAME, wanted)
        self.pair = Tolerant(self.simulator, self.installation)
        self.orders: dict[str, str] = {}  # ids of orders, by the request that was answered with them
        self.asked: set[str] = set()
        self.ordered: set[str] = set()  # those that asked for an order
        self.promised: bool | None = False
        self.doing = ""
        self._failpoints = folder / "failpoints"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.push(self.pair)
        self._stack.__exit__(kind, error, traceback)

    def start(self, failpoints: str = "") -> float:
        """Start the daemon; when that was. Returns once it is up and quiet.

        Raises:
            Died: when it was killed on its way.
        """
        failpoints = failpoints or f"@{self._failpoints}"
        self.pair.installation = replace(self.installation, failpoints=failpoints)
        began = time.monotonic()
        self.doing = "start"
        self.attempt(self.pair.start)
        return began

    def arm(self, failpoints: str) -> None:
        """Set failpoints of the daemon that runs."""
        beside = self._failpoints.with_suffix(".new")
        beside.write_text(failpoints, encoding="utf-8")
        beside.replace(self._failpoints)
        self.pair.daemon.process.send_signal(signal.SIGUSR1)
        self.pair.daemon.wait_for(lambda: not self._failpoints.exists(), "the failpoints are set")

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do something.

        Raises:
            Died: when the daemon was killed meanwhile.
        """
        try:
            return act()
        except (ChildProcessError, grpc.RpcError) as problem:
            # A call ends before the process can be waited for.
            if isinstance(problem, grpc.RpcError) and problem.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            if self.pair.daemon.wait_to_end(DIES_WITHIN_S) != -signal.SIGKILL:
                raise
            raise Died(self.doing) from problem

    @property
    def unanswered(self) -> int:
        """Requests for an order that had no answer."""
        return len(self.ordered - self.orders.keys())

    @property
    def runs(self) -> bool:
        """A daemon runs."""
        return hasattr(self.pair, "daemon") and self.pair.daemon.alive

    def kill(self) -> None:
        """End the daemon, wherever it is."""
        self.pair.daemon.kill()

    def end(self) -> int:
        """Tell the daemon to end; its exit code."""
        self.doing = "shutdown"
        return self.pair.daemon.stop()

    def forget(self) -> None:
        """Remove all that a daemon has kept: the next start is a first one."""
        if self.runs:
            self.kill()
        for kept in ("state", "cache"):
            shutil.rmtree(self.folder / kept, ignore_errors=True)

    def make_room(self) -> None:
        """Where the session ends soon, go on to the next one."""
        if self._left() < LEAST_ROOM_MINUTES:
            self.sleep()
            self.start()

    def sleep(self) -> None:
        """The exchange goes on to the next session, while no daemon runs."""
        self.kill()
        self.simulator.post("/sim/step", minutes=self._left() + 2)

    def _left(self) -> int:
        """Minutes of the session."""
        clock = self.simulator.get("/sim/clock")
        session = clock["session"]
        return 0 if session is None else int(session["close_ns"] - clock["time_ns"]) // MINUTE_NS

    def ask(self, request_id: str, call: Any, request: Any) -> Any:
        """Ask the daemon; asked again, the answer names the same order.

        Raises:
            Died: when it was killed before it answered.
        """
        request.request_id = request_id
        self.asked.add(request_id)
        if isinstance(request, PlaceOrderRequest):
            self.ordered.add(request_id)
        answer = self.attempt(lambda: call(request, timeout=CALL_TIMEOUT_S))
        if hasattr(answer, "order"):
            assert self.orders.setdefault(request_id, answer.order.id) == answer.order.id
        return answer


class Worlds:
    """Gives the world of before as long as it is fit."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._world: World | None = None
        self._crashes = 0

    @contextmanager
    def borrowed(self) -> Iterator[World]:
        """A world whose daemon is up and has nothing to do; one in which something failed is not lent again."""
        world, self._world = self._world, None
        if world is None:
            self._crashes = 0
            world = World(self._folder()).__enter__()
            world.start()
        world.make_room()
        self._crashes += 1
        try:
            yield world
        except BaseException as problem:
            world.__exit__(type(problem), problem, None)
            raise
        self._world = world
        if self._crashes == MOST_CRASHES:
            self.close()

    def close(self) -> None:
        """End the world: its journal replays byte for byte."""
        world, self._world = self._world, None
        if world is not None:
            with world:
                assert world.pair.daemon.stop() == 0
                check_journal(world.installation)
