"""What the services must know of the daemon around the engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fluxherod.engine.settings import Settings
from fluxherod.errors import FluxHeroError
from fluxherod.rpc.runs import Backtests


class Origin(Protocol):
    """Where a value of the configuration comes from: default, file, environment or flag."""

    @property
    def layer(self) -> str: ...


class DaemonSection(Protocol):
    """The configuration's `daemon` table."""

    @property
    def mode(self) -> str: ...


class GrpcSection(Protocol):
    """The configuration's `grpc` table."""

    @property
    def listen(self) -> str: ...
    @property
    def unix_socket(self) -> Path: ...
    @property
    def unix_group(self) -> str: ...
    @property
    def unix_role(self) -> str: ...
    @property
    def tls(self) -> str: ...
    @property
    def tls_cert(self) -> str: ...
    @property
    def tls_key(self) -> str: ...
    @property
    def tls_client_ca(self) -> str: ...
    @property
    def tls_hosts(self) -> tuple[str, ...]: ...
    @property
    def failed_attempts_per_minute(self) -> int: ...
    @property
    def requests_per_second(self) -> int: ...
    @property
    def streams_per_caller(self) -> int: ...
    @property
    def calls_in_flight(self) -> int: ...
    @property
    def max_connections(self) -> int: ...
    @property
    def max_concurrent_streams(self) -> int: ...
    @property
    def max_request_bytes(self) -> int: ...
    @property
    def longest_call_s(self) -> float: ...


class StorageSection(Protocol):
    """The configuration's `storage` table."""

    @property
    def state_dir(self) -> Path: ...


class Configuration(Protocol):
    """The configuration in force, as far as the API shows or needs it; the values of `secret_keys` are never shown.

    `certificate_hosts` are those by which browsers reach a port with the daemon's own certificate.
    """

    @property
    def daemon(self) -> DaemonSection: ...
    @property
    def grpc(self) -> GrpcSection: ...
    @property
    def storage(self) -> StorageSection: ...
    @property
    def certificate_hosts(self) -> tuple[str, ...]: ...
    @property
    def origins(self) -> Mapping[str, Origin]: ...
    @property
    def secret_keys(self) -> Collection[str]: ...

    def model_dump(self) -> dict[str, Any]: ...


class Reconfiguration(Protocol):
    """Where the configuration comes from, and what of it is put in force around the engine."""

    def read(self) -> Configuration:
        """Read all sources again.

        Raises:
            ConfigurationError: with every problem of every source.
        """
        ...

    def settings(self, config: Any) -> Settings:
        """What the engine decides by."""
        ...

    def apply(self, config: Any, changed: Collection[str]) -> None:
        """Put the log's level and the alert channels in force, those of the `changed` keys."""
        ...


class TableFile(Protocol):
    """Writes a table as Parquet. Takes a while: never on the event loop."""

    def __call__(self, columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str], /) -> bytes:
        """The bytes of the file. A kind is text, count, money (decimal strings), ratio or time (ns, None for none)."""
        ...


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
    @property
    def stale(self) -> bool: ...


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


class TooManyAsk(FluxHeroError):
    """As many wait for explanations of old bars as may."""


class Past(Protocol):
    """What the journal knows of bars that the engine no longer remembers."""

    async def explain(self, symbol: str, time_ns: int) -> bytes | None:
        """The ExplainResponse of the last bar that was complete at a time, as bytes; None when there was none.

        Raises:
            FluxHeroError: when the journal can't be replayed.
            TooManyAsk: when too many wait for a replay already.
        """
        ...


@dataclass(frozen=True, slots=True)
class DaemonInfo:
    """The configuration in force, the version, the journal's id, the counters of both streams, and the past;
    how the configuration is read again, what writes Parquet, and what runs backtests."""

    config: Configuration
    version: str
    epoch: str
    market: MarketCounters
    trades: TradeCounters
    past: Past
    reconfiguration: Reconfiguration
    parquet: TableFile
    backtests: Backtests
