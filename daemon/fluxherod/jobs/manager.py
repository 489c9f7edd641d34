"""Backtests that wait, run and have ended: started one after the other, kept on disk, the oldest removed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from fluxhero.v1 import backtest_pb2
from fluxherod.engine.ports import StoreFailed
from fluxherod.jobs.child import Child, Fetch
from fluxherod.jobs.folder import METRICS, Record, RunFolders, new_id, read_or_empty
from fluxherod.jobs.messages import Ended, Progress, Task
from fluxherod.rpc.runs import ENDED, IdTaken, NotKept, RunEnded, RunUnknown, Standing, TooManyWait, Wanted

log = logging.getLogger(__name__)

QUEUED = backtest_pb2.BACKTEST_STATE_QUEUED
RUNNING = backtest_pb2.BACKTEST_STATE_RUNNING
SUCCEEDED = backtest_pb2.BACKTEST_STATE_SUCCEEDED
FAILED = backtest_pb2.BACKTEST_STATE_FAILED
CANCELED = backtest_pb2.BACKTEST_STATE_CANCELED
# What can go on where it was: each combination that was tried is on disk.
RESUMED = frozenset({backtest_pb2.BACKTEST_KIND_SWEEP})
LEAST_FOR_AN_ESTIMATE_NS = 500_000_000
T = TypeVar("T")


class ResearchSection(Protocol):
    """The configuration's `research` table."""

    @property
    def data_dir(self) -> str: ...
    @property
    def at_once(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def memory_mb(self) -> int: ...
    @property
    def longest_s(self) -> float: ...
    @property
    def keep(self) -> int: ...
    @property
    def keep_mb(self) -> int: ...
    @property
    def max_symbols(self) -> int: ...
    @property
    def max_bars(self) -> int: ...
    @property
    def max_combinations(self) -> int: ...
    @property
    def cluster(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run's process must know of the daemon: its folders, and which bars it trades on."""

    state_dir: Path
    cache_dir: Path
    feed: str
    source: str
    history_bars: int


@dataclass(slots=True, eq=False)
class _Run:
    record: Record
    request: bytes
    metrics: bytes = b""
    version: int = 0
    since_s: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def change(self, **values: object) -> Record:
        self.record = msgspec.structs.replace(self.record, **values)
        self.version += 1
        return self.record

    @property
    def elapsed_ns(self) -> int:
        running = self.record.state == RUNNING
        return int((time.monotonic() - self.since_s) * 1e9) if running else self.record.elapsed_ns


class Manager:
    """All runs. `open` reads what there is; `run` starts what waits, until it is cancelled, and then nothing runs."""

    def __init__(
        self, settings: ResearchSection, around: Surroundings, fetch: Fetch, now_ns: Callable[[], int]
    ) -> None:
        self.bounds = settings
        self._settings = settings
        self._around = around
        self._fetch = fetch
        self._now_ns = now_ns
        self._folders = RunFolders(around.state_dir / "backtests")
        self._runs: dict[str, _Run] = {}  # oldest first
        self._asked: dict[tuple[int, str, str], str] = {}
        self._news = asyncio.Event()
        self._starting = asyncio.Lock()
        self._writer = ThreadPoolExecutor(1, "backtests")  # one: what is written last is what was said last

    async def open(self) -> None:
        """Read the runs of earlier processes. What one of them was at when it ended has ended with it."""
        try:
            found = await asyncio.to_thread(self._folders.load)
        except OSError as error:
            log.warning("backtests of earlier can't be read: %s", error)
            return
        for record, request, metrics in found:
            run = self._take_in(_Run(record, request, metrics))
            if record.state == RUNNING and record.kind in RESUMED:
                run.change(state=QUEUED, text="goes on where it was when the daemon ended")
            elif record.state == RUNNING:
                self._note_end(run, CANCELED, "", "the daemon ended while it ran: ask for it again")
            if run.record.state in ENDED:
                run.over.set()
            if run.record is not record:
                await self._keep(run)

    async def run(self) -> None:
        """Start what waits, for ever."""
        try:
            while True:
                self._start_some()
                await self._news.wait()
                self._news.clear()
                await self.remove_old()
        finally:
            running = [run.task for run in self._runs.values() if run.task is not None]
            for task in running:
                _end_once(task)
            await asyncio.gather(*running, return_exceptions=True)

    # --- what the services ask -----------------------------------------------------------------------
    def known(self, kind: backtest_pb2.BacktestKind, principal: str, request_id: str) -> bool:
        """True when a run has been asked for under this id."""
        return (int(kind), principal, request_id) in self._asked

    async def start(self, wanted: Wanted) -> str:
        """The id of the run; see `rpc.runs.Backtests`."""
        key = (int(wanted.kind), wanted.principal, wanted.request_id)
        digest = hashlib.sha256(wanted.sent).hexdigest()
        async with self._starting:
            if key in self._asked:
                run = self._runs[self._asked[key]]
                if run.record.digest != digest:
                    raise IdTaken(f"the request_id {wanted.request_id} belongs to another request, {run.record.id}")
                return run.record.id
            waiting = self._count(QUEUED)
            if waiting >= self._settings.waiting + max(0, self._settings.at_once - self._count(RUNNING)):
                raise TooManyWait(f"{waiting} backtests wait already, as many as may (research.waiting)")
            record = Record(new_id(time.time_ns()), *key, digest, wanted.now_ns, QUEUED, "waits for a free worker")
            try:
                await self._write(self._folders.create, record, wanted.request)
            except OSError as error:
                raise NotKept(f"the backtest can't be kept: {error.strerror or error}") from error
            self._take_in(_Run(record, wanted.request))
        self._news.set()
        return record.id

    def find(self, run_id: str) -> Standing | None:
        """A run as it stands."""
        run = self._runs.get(run_id)
        return None if run is None else _standing(run)

    def all(self) -> Sequence[Standing]:
        """Newest first."""
        return [_standing(run) for run in reversed(self._runs.values())]

    async def cancel(self, run_id: str, principal: str, request_id: str) -> Standing:
        """End a run; see `rpc.runs.Backtests`."""
        run, who = self._runs.get(run_id), f"{principal}/{request_id}"
        if run is None:
            raise RunUnknown(f"there is no backtest {run_id}")
        if run.record.state in ENDED and run.record.canceled_by != who:
            raise RunEnded(f"{run_id} has ended already")
        if run.record.state not in ENDED:
            self._note_end(run, CANCELED, "", f"canceled by {principal}", canceled_by=who)
            await self._keep(run)
            if run.task is not None:
                _end_once(run.task)
            run.over.set()
            self._news.set()
        return _standing(run)

    async def wait(self, run_id: str, seconds: float) -> None:
        """Return when the run has ended, or after so long."""
        run = self._runs.get(run_id)
        if run is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await run.over.wait()

    async def result(self, run_id: str) -> bytes:
        """The result's bytes."""
        return await self._read(lambda: self._folders.result(run_id))

    async def trades(self, run_id: str, first: int, count: int) -> tuple[bytes, int]:
        """Some trades, and how many there are."""
        return await self._read(lambda: self._folders.trades(run_id, first, count))

    async def report(self, run_id: str) -> str:
        """The report."""
        return await self._read(lambda: self._folders.report(run_id))

    async def _read(self, read: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(read)
        except (OSError, ValueError) as error:
            raise StoreFailed(f"the backtest can't be read: {error}") from error

    # --- running -------------------------------------------------------------------------------------
    def _start_some(self) -> None:
        busy = sum(run.task is not None for run in self._runs.values())
        for run in self._runs.values():
            if busy >= self._settings.at_once:
                return
            if run.record.state == QUEUED and run.task is None:
                run.task = asyncio.create_task(self._carry_out(run), name=f"backtest {run.record.id}")
                busy += 1

    async def _carry_out(self, run: _Run) -> None:
        run.since_s = time.monotonic()
        run.change(state=RUNNING, text="starting")
        try:
            await self._keep(run)
            child = Child(self._task(run), self._fetch, lambda progress: _note(run, progress), self._settings.longest_s)
            await self._end(run, await child.run())
        except asyncio.CancelledError:
            if run.record.state not in ENDED:  # the daemon ends: the next one finds it RUNNING, and says so
                raise
        except Exception:
            log.exception("the backtest %s could not be run", run.record.id)
            await self._end(run, Ended("BACKTEST_FAILED", "a fault of the daemon: its log says more"))
        finally:
            run.task = None
            self._news.set()

    def _task(self, run: _Run) -> Task:
        around, settings = self._around, self._settings
        return Task(
            kind=run.record.kind,
            folder=str(self._folders.of(run.record.id).absolute()),
            now_ns=self._now_ns(),
            history_bars=around.history_bars,
            max_bars=settings.max_bars,
            memory_mb=settings.memory_mb,
            data_dir=settings.data_dir or str((around.state_dir / "data").absolute()),
            cache_dir=str(around.cache_dir.absolute()),
            feed=around.feed,
            source=around.source,
            cluster=settings.cluster,
        )

    async def _end(self, run: _Run, ended: Ended) -> None:
        if run.record.state in ENDED:
            return
        if ended.reason:
            self._note_end(run, FAILED, ended.reason, ended.text)
        else:
            run.metrics = await self._read(lambda: read_or_empty(self._folders.of(run.record.id) / METRICS))
            self._note_end(run, SUCCEEDED, "", "", fraction=1.0, text="done")
        await self._keep(run)
        run.over.set()

    def _note_end(self, run: _Run, state: int, reason: str, error: str, **more: object) -> None:
        elapsed_ns, now_ns = run.elapsed_ns, self._now_ns()
        run.change(state=state, reason=reason, error=error, elapsed_ns=elapsed_ns, ended_ns=now_ns, **more)

    # --- keeping -------------------------------------------------------------------------------------
    def _take_in(self, run: _Run) -> _Run:
        record = run.record
        self._runs[record.id] = run
        self._asked[record.kind, record.principal, record.request_id] = record.id
        return run

    def _count(self, state: int) -> int:
        return sum(run.record.state == state for run in self._runs.values())

    async def _write(self, write: Callable[..., None], *values: object) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, write, *values)

    async def _keep(self, run: _Run) -> None:
        """Write down how a run stands; where the disk refuses, the memory has it until the daemon ends."""
        try:
            await self._write(self._folders.keep, run.record)
        except OSError as error:
            log.warning("how the backtest %s stands can't be kept: %s", run.record.id, error)

    async def remove_old(self) -> None:
        """Keep the newest of those that have ended, so many and so much of them."""
        ended = [run_id for run_id, run in self._runs.items() if run.record.state in ENDED and run.task is None]
        try:
            sizes = await asyncio.to_thread(lambda: [self._folders.size(run_id) for run_id in ended])
        except OSError as error:  # trading goes on whatever becomes of old backtests
            log.warning("how large old backtests are can't be read, so none is removed: %s", error)
            return
        room, kept = self._settings.keep_mb * 1_000_000, 0
        for run_id, size in zip(reversed(ended), reversed(sizes), strict=True):
            room, kept = room - size, kept + 1
            if kept > 1 and (room < 0 or kept > self._settings.keep):
                await self._remove(run_id)

    async def _remove(self, run_id: str) -> None:
        record = self._runs[run_id].record
        try:
            await self._write(self._folders.remove, run_id)
        except OSError as error:
            log.warning("the old backtest %s can't be removed: %s", run_id, error)
            return
        del self._runs[run_id], self._asked[record.kind, record.principal, record.request_id]


def _end_once(task: asyncio.Task[None]) -> None:
    """Cancelled a second time it would not wait until its process is gone."""
    if not task.cancelling():
        task.cancel()


def _note(run: _Run, progress: Progress) -> None:
    if run.record.state == RUNNING:
        fraction = min(1.0, max(0.0, progress.fraction))
        run.change(fraction=fraction, done=progress.done, total=progress.total, text=progress.text)


def _standing(run: _Run) -> Standing:
    record, elapsed_ns = run.record, run.elapsed_ns
    known = record.state == RUNNING and record.fraction > 0 and elapsed_ns >= LEAST_FOR_AN_ESTIMATE_NS
    return Standing(
        id=record.id,
        kind=record.kind,  # type: ignore[arg-type]
        request=run.request,
        principal=record.principal,
        created_ns=record.created_ns,
        state=record.state,  # type: ignore[arg-type]
        version=run.version,
        fraction=record.fraction,
        done=record.done,
        total=record.total,
        text=record.text,
        elapsed_ns=elapsed_ns,
        remaining_ns=int(elapsed_ns * (1 - record.fraction) / record.fraction) if known else None,
        ended_ns=record.ended_ns,
        reason=record.reason,
        error=record.error,
        metrics=run.metrics,
    )
