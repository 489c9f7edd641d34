"""The seam: what the engine's runner needs of the world, and nothing more.

Every port has a real implementation (adapters) and a deterministic one (tests): no other code
reads a clock, touches a disk or opens a socket.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.effects import Effect, RequestHistory, Update
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    Event,
    HistoryLoaded,
    LookupAnswered,
    ReplaceAnswered,
    SplitsLoaded,
    SubmitAnswered,
)


class Clock(Protocol):
    """Trading time. At Alpaca the wall clock; against alpacasim the exchange's own."""

    @property
    def rate(self) -> float:
        """Trading seconds per wall second; 0 when the exchange is stepped by hand."""
        ...

    def now_ns(self) -> int:
        """Trading time; never goes back."""
        ...

    def observe(self, ns: int) -> None:
        """A message proves that it is at least this late."""
        ...

    async def wait_until(self, ns: int) -> None:
        """Return once trading time has reached `ns`."""
        ...


class Broker(Protocol):
    """Orders and the account. Every call returns an event and raises nothing: no answer is an answer."""

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        """Send an order once; never repeated blindly.

        `unwanted` says why it must not leave any more: asked right before it does, as it may have waited for its turn.
        """
        ...

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        """Ask for a cancel."""
        ...

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        """Ask for a replace."""
        ...

    async def lookup(self, order_id: str) -> LookupAnswered:
        """Ask for an order by our id."""
        ...

    async def snapshot(self, now_ns: int) -> BrokerSnapshot | None:
        """Account, positions and orders; None when the broker did not answer."""
        ...


class DataUnavailable(Exception):
    """Market data could not be had now; the runner says so and asks again."""


class DataRefused(DataUnavailable):
    """A clear no (a request that is never granted, `credentials` that aren't): the runner says so, asks no more."""

    credentials = False


class MarketData(Protocol):
    """History and gaps over REST, and what must be known before trading.

    Every call raises DataUnavailable when there is no whole answer; a partial one is never returned.
    """

    async def calendar(self, now_ns: int) -> CalendarLoaded:
        """The sessions around now: two years back, and all that are known ahead up to a year."""
        ...

    async def assets(self, symbols: Sequence[str]) -> AssetsLoaded:
        """What may be done with each symbol."""
        ...

    async def splits(self, symbols: Sequence[str], now_ns: int) -> SplitsLoaded:
        """The splits of the past year and those that are announced; a refusal is an answer."""
        ...

    async def history(self, wanted: RequestHistory, now_ns: int) -> Sequence[HistoryLoaded]:
        """The newest completed bars of the strategy timeframe and of 5 minutes, one event a symbol."""
        ...

    async def backfill(self, symbols: Sequence[str], since_ns: int, now_ns: int) -> BackfillLoaded:
        """All completed minutes since then."""
        ...


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One input and what came of it: `effects` are the updates to project in the same transaction."""

    seq: int
    now_ns: int
    event: Event
    effects: Sequence[Effect]


class StoreFailed(Exception):
    """Entries could not be made durable now; the text says why, and what an operator can do. Later they may be."""


class EntryRefused(StoreFailed):
    """Entries that can never be made durable: a fault of the daemon and not of the disk."""


class Store(Protocol):
    """The journal and its tables."""

    def append(self, entries: Sequence[JournalEntry]) -> Awaitable[None]:
        """Write entries and their projections in one transaction; done when durable.

        Raises:
            StoreFailed: when they could not be made durable, or may not have been; nothing more is taken before
                `reopen`.
        """
        ...

    def reopen(self) -> Awaitable[int]:
        """Take the journal up again after a failure; the number of its last durable entry, the next one goes on there.

        Raises:
            StoreFailed: when it can't be written still.
        """
        ...


class NotMirrored(Exception):
    """The plain file could not be made durable; the text says why."""


class Mirror(Protocol):
    """A plain file beside the database that says what stops trading; it outlives the database."""

    async def write(self, state: SafetyState) -> None:
        """Replace what it says; done when durable.

        Raises:
            NotMirrored: when it could not be made durable.
        """
        ...


class Publisher(Protocol):
    """Where updates go for whoever watches."""

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        """Hand updates to the subscribers; never waits."""
        ...
