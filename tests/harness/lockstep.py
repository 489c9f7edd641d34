"""Lock-step: the exchange plays a minute, the daemon digests all of it, and only then comes the next minute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fluxhero.v1 import system_pb2 as system
from harness.processes import Daemon, Installation, Simulator
from harness.stopwatch import Stopwatch

DIGEST_TIMEOUT_S = 60.0
AFTER_CLOSE_NS = 60 * 1_000_000_000
Counts = tuple[int, ...]


@contextmanager
def lockstep(
    folder: Path, played: Sequence[str], symbols: Sequence[str], timeframe: str, settings: Sequence[str] = ()
) -> Iterator[Lockstep]:
    """A simulator that plays in steps, and a daemon that is ready to trade on it."""
    with Simulator(folder, "--step", *played) as simulator:
        installation = Installation(folder, simulator.url, symbols, timeframe, settings)
        with Lockstep(simulator, installation) as pair:
            yield pair


class Lockstep:
    """A simulator in step mode and a daemon that trades on it.

    Both count messages: the simulator since its own start, the daemon since its start. So what counts is
    how far each has come since `start`, at which nothing was under way.
    """

    def __init__(self, simulator: Simulator, installation: Installation) -> None:
        self.simulator = simulator
        self.installation = installation
        self.steps = 0
        self._behind: Counts = ()
        self._daemons = ExitStack()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._daemons.__exit__(kind, error, traceback)
        self.installation.remove()

    def start(self) -> None:
        """Start the daemon (again); returns when it is ready to trade and has nothing left to do."""
        self.restart()
        self.rejoin()

    def stopwatch(self) -> Stopwatch:
        """A stopwatch for what the two do from now on."""
        return Stopwatch(self.simulator.process.pid, self.daemon.process.pid)

    def restart(self) -> Daemon:
        """Start the daemon again, whatever it may do then: it answers."""
        self.daemon = Daemon(self.installation)
        return self._daemons.enter_context(self.daemon)

    def rejoin(self) -> None:
        """Return when the daemon is ready to trade (again) and has nothing to do, whatever was lost between the two."""
        self.daemon.wait_for(self._ready, "fluxherod is ready to trade")
        sent, received = _sent(self._look()), _received(self.daemon.status())
        self._behind = tuple(there - here for there, here in zip(sent, received, strict=True))
        self.settle()

    def step(self, minutes: int = 1) -> str:
        """Play some session minutes, one at a time; the exchange's time then."""
        clock = ""
        for _ in range(minutes):
            said = self.simulator.post("/sim/step", minutes=1)
            self._settled(said)
            if said["session"] is None:
                said = self._after_the_close(said["time_ns"])
            self.steps += 1
            clock = said["timestamp"]
        return clock

    def step_to(self, time_ns: int) -> None:
        """Play up to an instant of the session: time then stands there while the daemon digests what happened."""
        self._settled(self.simulator.post("/sim/step", until=time_ns))

    def wake_at(self, time_ns: int) -> None:
        """Play up to an instant, and let the daemon do what it means to do by then, though nothing may happen there."""
        said = self.simulator.post("/sim/step", until=time_ns)
        self._reached(time_ns)
        self._settled(said)

    def _after_the_close(self, now_ns: int) -> dict[str, Any]:
        """Let time pass without a message, so that the last bar is not completed by the next morning only."""
        said: dict[str, Any] = self.simulator.post("/sim/clock", time_ns=now_ns + AFTER_CLOSE_NS)
        self._reached(said["time_ns"])
        self._settled(said)
        return said

    def _reached(self, time_ns: int) -> None:
        self.daemon.wait_for(lambda: self._time_ns() >= time_ns, "fluxherod knows the time", DIGEST_TIMEOUT_S)

    def _time_ns(self) -> int:
        return self.daemon.status().clock.time.ToNanoseconds()

    def step_until(self, time: str) -> None:
        """Play minutes until the exchange's time has reached an RFC 3339 time in UTC."""
        while self.step() < time:
            pass

    def settle(self) -> None:
        """Return when the daemon has digested all that the exchange has sent, and each has answered the other."""
        self._settled(self._look())

    def _settled(self, said: dict[str, Any]) -> None:
        while True:
            sent = _sent(said)
            self._digest(sent)
            # What the daemon did about it (an order) may have made the exchange say more.
            said = self._look()
            if _sent(said) == sent:
                return

    def _digest(self, sent: Counts) -> None:
        self.daemon.wait_for(lambda: self._digested(sent), f"fluxherod digests {sent}", DIGEST_TIMEOUT_S)

    def _look(self) -> dict[str, Any]:
        """The simulator's counters: any POST answers them, this one changes nothing and costs less than its state."""
        answer: dict[str, Any] = self.simulator.post("/sim/account")
        return answer

    def _ready(self) -> bool:
        status = self.daemon.status()
        return status.state == system.TRADING_STATE_ACTIVE and _quiet(status.progress)

    def _digested(self, sent: Counts) -> bool:
        status = self.daemon.status()
        reached = all(
            there <= here + behind for there, here, behind in zip(sent, _received(status), self._behind, strict=True)
        )
        return reached and _quiet(status.progress)


def _quiet(progress: system.Progress) -> bool:
    return not progress.events_queued and not progress.requests_in_flight


def _sent(said: dict[str, Any]) -> Counts:
    return said["bars_sent"], said["quotes_sent"], said["trade_updates_sent"]


def _received(status: system.Status) -> Counts:
    feeds = {feed.name: feed for feed in status.feeds}
    return feeds["market"].bars, feeds["market"].quotes, feeds["trading"].trade_updates
