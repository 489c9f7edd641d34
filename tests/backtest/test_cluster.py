"""A Dask cluster of two processes on this machine: equal to the threads of one, to the bit, and one of them may die.

`make cluster` runs 10,000 combinations so.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from backtest.walks import CONFIG, data, walk

from fluxherod.backtest import cluster
from fluxherod.backtest.cluster import Cluster, ClusterFault, ClusterPool, OtherCode, play_all
from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.search import Grid, MissingExtra
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.backtest.space import Between
from fluxherod.backtest.sweep import sweep
from fluxherod.backtest.trials import Ledger

STEPS = int(os.environ.get("CLUSTER_STEPS", "6"))
SPACE = {
    "trend_adx": Between(20.0, 30.0, 10.0 / (STEPS - 1)),
    "entry_atr": Between(0.3, 0.7, 0.4 / (STEPS - 1)),
    "trend_stop_atr": Between(1.5, 3.0, 0.5) if STEPS > 6 else Between(1.5, 3.0, 1.5),
}
SEARCH = Grid(SPACE)


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two processes of one thread each, on loopback; its address and the workers."""
    found = folder / "scheduler.json"
    quiet = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    module = [sys.executable, "-m", "distributed.cli."]
    scheduler = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(found)]
    worker = ["--scheduler-file", str(found), "--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    started: list[subprocess.Popen[bytes]] = []

    def start(which: str, arguments: list[str]) -> None:
        command = [*module[:-1], module[-1] + which, *arguments]
        with (folder / f"{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, env=quiet, cwd=folder, stdout=log, stderr=log))

    try:
        start("dask_scheduler", scheduler)
        for _ in range(2):
            start("dask_worker", worker)
        yield address_in(found), started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def address_in(file: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return str(json.loads(file.read_text())["address"])
        except (OSError, ValueError):
            os.sched_yield()
    raise AssertionError("the scheduler has written no address")


@pytest.mark.timeout(0)
def test_a_cluster_gives_what_threads_give_to_the_bit_and_loses_nothing_with_a_worker(tmp_path: Path) -> None:
    bars = [walk(1, date(2013, 1, 1), date(2013, 9, 30)), walk(2, date(2013, 1, 1), date(2013, 9, 30), "IBM")]
    config = replace(CONFIG, calendar=new_york_sessions(date(2012, 12, 1), date(2013, 12, 31)))
    over = DataSet.of(bars, config)
    with two_workers(tmp_path) as (address, workers):
        local = list(sweep(over, config, SEARCH, Ledger(None), LocalPool()))  # compiles what the workers then load
        with Ledger(None) as ledger, ClusterPool(Cluster(address)) as pool:
            pool._client.wait_for_workers(2, timeout=60)
            trials = sweep(over, config, SEARCH, ledger, pool)
            first = list(itertools.islice(trials, SEARCH.count // 4))
            workers[0].send_signal(signal.SIGKILL)
            found = first + list(trials)
            assert workers[0].wait() == -signal.SIGKILL
            with pytest.raises(ClusterFault, match=r"another version of fluxhero.*on all machines"):
                raise_other_code(pool, over)
    assert len(found) == SEARCH.count
    for theirs, ours in zip(found, local, strict=True):
        assert theirs.score is not None
        assert ours.score is not None
        assert (theirs.values, theirs.score.to_bytes()) == (ours.values, ours.score.to_bytes())


def raise_other_code(pool: ClusterPool, over: DataSet) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "code_digest", lambda: "of another version")
        list(pool.play(over, [CONFIG]))


def test_a_worker_refuses_to_run_other_code() -> None:
    with pytest.raises(OtherCode, match="install the same on all machines"):
        play_all(data(), [CONFIG], "another")


def test_an_address_where_nobody_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    with pytest.raises(ClusterFault, match=r"tcp://127.0.0.1:9: no scheduler answers"):
        ClusterPool(Cluster("tcp://127.0.0.1:9"))


def test_without_dask_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"fluxhero\[cluster\]"):
        ClusterPool(Cluster("tcp://127.0.0.1:9"))


def test_an_address_is_plain_or_has_its_certificates() -> None:
    some = Path("some.pem")
    assert Cluster("tls://host:8786", some, some, some).ca_file == some
    for arguments, said in (
        (("host:8786",), "address = host:8786: allowed is tcp://host:port or tls://host:port"),
        (("inproc://host",), "address = inproc"),
        (("tls://host:8786", some), "cert_file = None: tls needs it"),
        (("tcp://host:8786", some), "ca_file = some.pem: tls needs it, tcp has none"),
    ):
        with pytest.raises(ValueError, match=said):
            Cluster(*arguments)  # type: ignore[arg-type]
