"""What the services must know of the daemon around the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fluxherod.config import Config


class LinkStatus(Protocol):
    """A connection that is made again and again."""

    @property
    def connects(self) -> int: ...


class MarketCounters(Protocol):
    """What has come over the market-data stream since the start."""

    @property
    def link(self) -> LinkStatus: ...
    @property
    def frames(self) -> int: ...
    @property
    def bars(self) -> int: ...
    @property
    def revisions(self) -> int: ...
    @property
    def quotes(self) -> int: ...
    @property
    def last_message_ns(self) -> int: ...


class TradeCounters(Protocol):
    """What has come over the order-updates stream since the start."""

    @property
    def link(self) -> LinkStatus: ...
    @property
    def frames(self) -> int: ...
    @property
    def updates(self) -> int: ...
    @property
    def last_message_ns(self) -> int: ...


@dataclass(frozen=True, slots=True)
class DaemonInfo:
    """The configuration in force, the version, the journal's id, and the counters of both streams."""

    config: Config
    version: str
    epoch: str
    market: MarketCounters
    trades: TradeCounters
