"""The same trials on a Dask cluster (the extra `cluster`), equal to the bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler is. Who can reach a scheduler can run programs on its workers: use TLS beyond this machine.

    An address comes from the daemon's configuration or the local command line, never from a remote caller.

    Args:
        address: `tcp://host:port` or `tls://host:port`.
        ca_file, cert_file, key_file: for `tls`.
    """

    address: str
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


class ClusterFault(Exception):
    """The cluster can't be reached or its workers run other code; the text says which and the remedy."""


class ClusterPool:
    """The workers of a cluster; a context that disconnects at its end.

    Raises:
        MissingExtra: without `distributed`.
        ClusterFault: when nobody answers.
    """

    def __init__(self, cluster: Cluster) -> None: ...

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        """See `fluxherod.backtest.pool.Pool`; a worker that dies loses nothing, others do its trials again."""
