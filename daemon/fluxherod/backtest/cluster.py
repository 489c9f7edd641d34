"""The same trials on a Dask cluster (the extra `cluster`), equal to the bit.

Who can reach a scheduler can run programs on its workers, and they run whatever it sends: between machines use TLS.
The address comes from the daemon's configuration or the local command line, never from a remote caller.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fluxherod.backtest.dataset import DataSet, code_digest
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score, play
from fluxherod.backtest.search import MissingExtra
from fluxherod.backtest.sharing import Decisions

CONNECT_S = 10.0
"""How long scheduler and first worker are waited for."""
WITHOUT_WORKERS_S = 60.0
"""How long a cluster that has lost its last worker is waited for."""
_TOGETHER = 16
"""Trials of one task: a task costs the scheduler a millisecond."""
_AHEAD = 3
"""Tasks that are begun, waiting or done and not yet taken, for each thread of a worker."""
_LOOK_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler is.

    Args:
        address: `tcp://host:port` or `tls://host:port`.
        ca_file, cert_file, key_file: for `tls`, all three.

    Raises:
        ValueError: naming the field.
    """

    address: str
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def __post_init__(self) -> None:
        scheme, _, rest = self.address.partition("://")
        if scheme not in ("tcp", "tls") or not rest:
            raise ValueError(f"address = {self.address}: allowed is tcp://host:port or tls://host:port")
        for name in ("ca_file", "cert_file", "key_file"):
            if (getattr(self, name) is not None) != (scheme == "tls"):
                raise ValueError(f"{name} = {getattr(self, name)}: tls needs it, tcp has none")


class ClusterFault(Exception):
    """The cluster can't be reached, lost its workers, or they run other code; the text says which and the remedy."""


class ClusterPool:
    """The workers of a cluster, as a `Pool`; a context that disconnects at its end.

    Raises:
        MissingExtra: without `distributed`.
        ClusterFault: when no scheduler answers, or it has no worker.
    """

    def __init__(self, cluster: Cluster) -> None:
        distributed = _distributed()
        self._cluster = cluster
        try:
            self._client: Any = distributed.Client(
                cluster.address, timeout=CONNECT_S, set_as_default=False, security=_security(distributed, cluster)
            )
        except (OSError, TimeoutError) as error:
            raise ClusterFault(f"cluster {cluster.address}: no scheduler answers: start one there ({error})") from error
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as error:
            self._client.close()
            raise ClusterFault(f"cluster {cluster.address}: it has no worker: start one") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def play(self, data: DataSet, configs: Iterable[BacktestConfig]) -> Iterator[Score]:
        """See `Pool`. When a worker dies, others do its trials again.

        Raises:
            ClusterFault: when the workers run other code, or all are gone for a minute.
        """
        coming, begun = iter(configs), deque[Any]()
        # Sent as a task, not scattered: when the worker that holds it dies, it is made again.
        here = self._client.submit(DataSet, data.bars, data.timeframe_ns, data.calendar, data.start_ns, pure=False)
        try:
            while True:
                room = self._threads() * _AHEAD - len(begun)
                begun.extend(self._submit(here, some) for some in _sets(coming, room))
                if not begun:
                    return
                yield from map(Score.of_bytes, self._result(begun[0]))
                begun.popleft()
        finally:
            self._client.cancel([*begun, here])

    def _submit(self, data: Any, configs: Sequence[BacktestConfig]) -> Any:
        """Without their calendars, which are the data set's."""
        bare = [replace(config, calendar=None) for config in configs]
        return self._client.submit(play_all, data, bare, code_digest(), pure=False)

    def _result(self, future: Any) -> list[bytes]:
        seen_s = time.monotonic()
        while True:
            try:
                found: list[bytes] = future.result(timeout=_LOOK_EVERY_S)
                return found
            except TimeoutError as error:
                if self._client.nthreads():
                    seen_s = time.monotonic()
                elif time.monotonic() - seen_s > WITHOUT_WORKERS_S:
                    raise ClusterFault(
                        f"cluster {self._cluster.address}: no worker is left: start one and run the same again, "
                        "what is done is kept"
                    ) from error
            except OtherCode as error:
                raise ClusterFault(f"cluster {self._cluster.address}: {error}") from error

    def _threads(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))


class OtherCode(Exception):
    """A worker has another version of the strategy than who asks it."""


def play_all(data: DataSet, configs: Sequence[BacktestConfig], digest: str) -> list[bytes]:
    """What a worker does: run trials whose configurations have left their calendar at home.

    Raises:
        OtherCode: when `digest` is not that of the code here.
    """
    if code_digest() != digest:
        raise OtherCode("a worker runs another version of fluxhero: install the same on all machines")
    laid, decisions, whole = data.laid, Decisions(data.laid), (replace(one, calendar=data.calendar) for one in configs)
    return [play(laid, config, decisions.of(config)).to_bytes() for config in whole]


def _sets(configs: Iterator[BacktestConfig], most: int) -> Iterator[list[BacktestConfig]]:
    """At most so many sets of configurations."""
    for _ in range(most):
        if not (some := list(islice(configs, _TOGETHER))):
            return
        yield some


def _security(distributed: Any, cluster: Cluster) -> Any:
    if cluster.ca_file is None:
        return None
    return distributed.Security(
        require_encryption=True,
        tls_ca_file=str(cluster.ca_file),
        tls_client_cert=str(cluster.cert_file),
        tls_client_key=str(cluster.key_file),
    )


def _distributed() -> Any:
    # Only a cluster needs it, and its import takes half a second.
    try:
        import distributed
    except ImportError as error:
        raise MissingExtra("a cluster needs Dask: pip install 'fluxhero[cluster]'") from error
    return distributed
