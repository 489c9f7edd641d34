"""What the services know of backtests that run beside the daemon; who runs them is not known here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fluxhero.v1 import backtest_pb2
from fluxherod.errors import FluxHeroError

ENDED = frozenset(
    {
        backtest_pb2.BACKTEST_STATE_SUCCEEDED,
        backtest_pb2.BACKTEST_STATE_FAILED,
        backtest_pb2.BACKTEST_STATE_CANCELED,
    }
)


class IdTaken(FluxHeroError):
    """The request's id belongs to another request."""


class TooManyWait(FluxHeroError):
    """As many runs wait as may."""


class NotKept(FluxHeroError):
    """The disk takes nothing; the text says why."""


class RunUnknown(FluxHeroError):
    """No run has this id."""


class RunEnded(FluxHeroError):
    """The run has ended."""


class Bounds(Protocol):
    """How large a run may be: the configuration's `research` table."""

    @property
    def max_symbols(self) -> int: ...
    @property
    def max_bars(self) -> int: ...
    @property
    def max_combinations(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that a caller asks for.

    Args:
        sent: the request as it came, by which the same one is known again.
        request: the same with all that it left to the daemon filled in, a message of the kind's Run...Request.
        now_ns: trading time.
    """

    kind: backtest_pb2.BacktestKind
    principal: str
    request_id: str
    sent: bytes
    request: bytes
    now_ns: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A run as it stands.

    Args:
        fraction: done so far, 0 to 1.
        remaining_ns: estimated; None while it is not known.
        reason: one of the API's reasons, of a run that failed.
        metrics: a BacktestMetrics, of a run that succeeded.
    """

    id: str
    kind: backtest_pb2.BacktestKind
    request: bytes
    principal: str
    created_ns: int
    state: backtest_pb2.BacktestState
    version: int
    fraction: float = 0.0
    done: int = 0
    total: int = 0
    text: str = ""
    elapsed_ns: int = 0
    remaining_ns: int | None = None
    ended_ns: int | None = None
    reason: str = ""
    error: str = ""
    metrics: bytes = b""

    @property
    def ended(self) -> bool:
        """True when nothing of it changes any more."""
        return self.state in ENDED


class Backtests(Protocol):
    """Runs, each in a process of its own."""

    @property
    def bounds(self) -> Bounds: ...

    def known(self, kind: backtest_pb2.BacktestKind, principal: str, request_id: str) -> bool:
        """True when a run has been asked for under this id."""
        ...

    async def start(self, wanted: Wanted) -> str:
        """The id of a run that is durable and runs or waits; of the same request, the same one again.

        Raises:
            IdTaken, TooManyWait, NotKept: as they say.
        """
        ...

    def find(self, run_id: str) -> Standing | None: ...

    def all(self) -> Sequence[Standing]:
        """Newest first."""
        ...

    async def cancel(self, run_id: str, principal: str, request_id: str) -> Standing:
        """End a run; done again under the same id, the run as it is.

        Raises:
            RunUnknown, RunEnded: as they say.
        """
        ...

    async def wait(self, run_id: str, seconds: float) -> None:
        """Return when the run has ended, or after so long."""
        ...

    async def result(self, run_id: str) -> bytes:
        """A GetBacktestResponse that holds the result alone. Raises StoreFailed."""
        ...

    async def trades(self, run_id: str, first: int, count: int) -> tuple[bytes, int]:
        """A GetBacktestResponse of some of the trades, newest first, and how many there are. Raises StoreFailed."""
        ...

    async def report(self, run_id: str) -> str:
        """The report as HTML; empty where a run has none. Raises StoreFailed."""
        ...
