"""Runs on disk and in turn: what an earlier process has left, what is kept, and who waits. No process is started."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from fluxhero.v1 import backtest_pb2
from fluxherod.configuration.research_section import ResearchConfig
from fluxherod.engine.ports import StoreFailed
from fluxherod.jobs.folder import RESULT, Record, RunFolders, new_id, write_trades, write_whole
from fluxherod.jobs.manager import CANCELED, QUEUED, RUNNING, SUCCEEDED, Manager, Surroundings
from fluxherod.rpc.runs import NotKept, RunEnded, RunUnknown, TooManyWait, Wanted

SINGLE, SWEEP = backtest_pb2.BACKTEST_KIND_SINGLE, backtest_pb2.BACKTEST_KIND_SWEEP
NOW_NS = 1_700_000_000_000_000_000


async def no_bars(path: str, params: Any) -> bytes:
    raise AssertionError("nothing runs here")


def manager(folder: Path, **settings: Any) -> Manager:
    around = Surroundings(folder, folder / "cache", "iex", "http://127.0.0.1", 500)
    return Manager(ResearchConfig(**settings), around, no_bars, lambda: NOW_NS)


def wanted(request_id: str = "r", principal: str = "desk", sent: bytes = b"sent") -> Wanted:
    request = backtest_pb2.RunBacktestRequest(request_id=request_id).SerializeToString()
    return Wanted(SINGLE, principal, request_id, sent, request, NOW_NS)


def leave(folder: Path, state: int, kind: int = SINGLE, number: int = 1, size: int = 0) -> str:
    """What an earlier process has left of a run."""
    record = Record(new_id(number), kind, "desk", f"r{number}", "d", NOW_NS, state)
    folders = RunFolders(folder / "backtests")
    folders.create(record, b"")
    if size:
        write_whole(folders.of(record.id) / RESULT, b"x" * size)
    return record.id


async def test_what_ran_when_a_daemon_ended_has_ended_with_it_but_a_sweep_goes_on(tmp_path: Path) -> None:
    single = leave(tmp_path, RUNNING, SINGLE, 1)
    sweep = leave(tmp_path, RUNNING, SWEEP, 2)
    waiting = leave(tmp_path, QUEUED, SINGLE, 3)
    for _ in range(2):  # the second one finds what the first has written
        runs = manager(tmp_path)
        await runs.open()
        assert [(run.id, run.state) for run in runs.all()] == [(waiting, QUEUED), (sweep, QUEUED), (single, CANCELED)]
        found = runs.find(single)
        assert found is not None
        assert "the daemon ended while it ran" in found.error
        assert found.ended_ns == NOW_NS


async def test_what_is_no_run_is_left_alone_and_what_was_never_whole_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = leave(tmp_path, SUCCEEDED)
    folder = tmp_path / "backtests"
    half, damaged, foreign = folder / new_id(2), folder / new_id(3), folder / "mine"
    for path in (half, damaged, foreign):
        path.mkdir()
    newer = folder / leave(tmp_path, SUCCEEDED, kind=9, number=4)
    (half / "request.pb").write_bytes(b"x")
    (damaged / "run.json").write_bytes(b"{")
    runs = manager(tmp_path)
    await runs.open()
    assert [run.id for run in runs.all()] == [whole]
    assert (half.exists(), damaged.exists(), foreign.exists()) == (False, True, True)
    assert damaged.name in caplog.text
    assert newer.name in caplog.text
    assert newer.exists()


async def test_a_request_is_one_run_however_often_it_is_asked_for_and_each_caller_has_ids_of_its_own(
    tmp_path: Path,
) -> None:
    runs = manager(tmp_path)
    ids = await asyncio.gather(*(runs.start(wanted()) for _ in range(5)))
    assert len(set(ids)) == 1
    assert await runs.start(wanted(principal="other")) != ids[0]
    again = manager(tmp_path)
    await again.open()
    assert await again.start(wanted()) == ids[0]
    assert again.known(SINGLE, "desk", "r")
    assert not again.known(SWEEP, "desk", "r")


async def test_more_than_may_wait_is_refused_and_a_cancelled_one_makes_room(tmp_path: Path) -> None:
    runs = manager(tmp_path, waiting=1)
    first = await runs.start(wanted("a"))
    await runs.start(wanted("b"))
    with pytest.raises(TooManyWait, match="2 backtests wait already"):
        await runs.start(wanted("c"))
    await runs.cancel(first, "desk", "x")
    await runs.start(wanted("c"))


async def test_a_run_that_can_not_be_kept_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "backtests").write_text("in the way")
    runs = manager(tmp_path)
    with pytest.raises(NotKept, match="can't be kept"):
        await runs.start(wanted())
    assert runs.all() == []


async def test_a_run_is_ended_once_and_that_is_durable(tmp_path: Path) -> None:
    runs = manager(tmp_path)
    run_id = await runs.start(wanted())
    ended = await runs.cancel(run_id, "desk", "x")
    assert await runs.cancel(run_id, "desk", "x") == ended
    for principal, request_id in (("desk", "y"), ("other", "x")):
        with pytest.raises(RunEnded):
            await runs.cancel(run_id, principal, request_id)
    with pytest.raises(RunUnknown):
        await runs.cancel("bt-none", "desk", "x")
    again = manager(tmp_path)
    await again.open()
    assert (await again.cancel(run_id, "desk", "x")).error == "canceled by desk"


@pytest.mark.parametrize(("settings", "left"), [({"keep": 2}, 2), ({"keep_mb": 10}, 3)])
async def test_the_oldest_of_those_that_have_ended_go(tmp_path: Path, settings: dict[str, Any], left: int) -> None:
    waiting = leave(tmp_path, QUEUED, number=1)
    ended = [leave(tmp_path, SUCCEEDED, number=number, size=3_000_000) for number in range(2, 7)]
    runs = manager(tmp_path, **settings)
    await runs.open()
    await runs.remove_old()
    assert [run.id for run in runs.all()] == [*reversed(ended[-left:]), waiting]
    assert {path.name for path in (tmp_path / "backtests").iterdir()} == {waiting, *ended[-left:]}
    assert not runs.known(SINGLE, "desk", "r2")


async def test_trades_are_read_in_pages_without_the_others(tmp_path: Path) -> None:
    run_id = leave(tmp_path, SUCCEEDED)
    runs = manager(tmp_path)
    await runs.open()
    assert await runs.trades(run_id, 0, 10) == (b"", 0)
    write_trades(tmp_path / "backtests" / run_id, [b"a", b"bcd", b"", b"ef"])
    assert [await runs.trades(run_id, first, 2) for first in (0, 2, 4)] == [(b"abcd", 4), (b"ef", 4), (b"", 4)]
    with pytest.raises(StoreFailed, match="can't be read"):
        await runs.result(run_id)


def test_ids_rise_with_time_and_are_names_of_folders() -> None:
    ids = [new_id(number) for number in (1, 2, 10**18, 2 * 10**18)]
    assert ids == sorted(ids)
    assert all(os.path.basename(one) == one and len(one) == 28 for one in ids)
