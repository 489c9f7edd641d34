"""The one writer of the journal: a thread of its own, and one fsync for everything that waits."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import sqlite3
import threading
import time
import uuid
from collections import deque
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluxherod.adapters.sqlite import faults, journal
from fluxherod.adapters.sqlite.journal import Tail, Verification
from fluxherod.adapters.sqlite.projections import project
from fluxherod.adapters.sqlite.schema import StorageError, check_finished, connect, migrate
from fluxherod.adapters.sqlite.tidying import REST_S, Archived, Tidier
from fluxherod.engine.ports import JournalEntry
from fluxherod.failpoints import reach

_log = logging.getLogger(__name__)
_CHECKED_AT_OPEN = 256
# What waits goes into the next commit, but not for longer than this: a commit that takes a second has failed.
_LONGEST_COMMIT_S = 0.25
# Nobody else writes: who holds a lock for longer than this is told as a failure, and it is tried again.
_BUSY_MS = 500
_CLOSE_WITHIN_S = 5.0


@dataclass(slots=True)
class _Waiting:
    entries: Sequence[JournalEntry]
    durable: asyncio.Future[None]


class SqliteStore:
    """The journal and its tables; a `ports.Store`. Made by `open`.

    Everything that is appended while a commit runs goes into the next one. After a failure nothing more is
    taken until `reopen`: what a failed commit left behind is only known then.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: int, run: int, epoch: str, last: Tail, fail_beyond: int
    ) -> None:
        self.path = path
        self.epoch = epoch
        self.run = run
        self.commits = 0
        self.last_commit_s = 0.0
        self._connection = connection
        self._lock = lock
        self._last = last
        self._fail_beyond = fail_beyond
        self._waiting: deque[_Waiting] = deque()
        self._entries_waiting = 0
        self._changed = threading.Condition()
        self._failure: StorageError | None = None
        self._attempted: Tail | None = None  # where the journal ends if the commit that failed is durable after all
        self._reopening: asyncio.Future[int] | None = None
        self._closing = False
        self._tidier = Tidier()
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: Path, *, code_version: str = "", fail_beyond: int = 65_536) -> SqliteStore:
        """Open or create the file, for this process alone.

        `run` counts the processes that opened it, `epoch` is its id, made once. `fail_beyond` bounds the
        entries that may wait: a disk that falls further behind has failed.

        Raises:
            StorageError: when another process has it, a newer version wrote it, or its end is damaged.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = lock_database(path)
        except OSError as error:
            raise StorageError(f"{path}: {faults.in_words(error)}") from error
        connection = None
        try:
            check_finished(path)
            connection = connect(path)
            migrate(connection)
            epoch, run = _begin_run(connection, code_version)
            last = _check_end(connection, epoch)
            connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        except (sqlite3.Error, StorageError) as error:
            if connection is not None:
                connection.close()
            os.close(lock)
            raise StorageError(f"{path}: {faults.in_words(error)}") from error
        return cls(path, connection, lock, run, epoch, last, fail_beyond)

    @property
    def queue_depth(self) -> int:
        """Entries that wait for a commit."""
        return self._entries_waiting

    def append(self, entries: Sequence[JournalEntry]) -> asyncio.Future[None]:
        """Write entries and their projections; the future is done when they are durable.

        Their numbers go on from the last one without a gap. With no entries, everything before is durable.

        Raises:
            StorageError: from the future, when they could not be made durable, or after an earlier failure.
        """
        reach("journal.append.before")
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        durable.add_done_callback(_look)
        with self._changed:
            if self._entries_waiting + len(entries) > self._fail_beyond:
                behind = StorageError(f"{self.path}: the disk is behind by {self._entries_waiting} entries")
                self._failure = self._failure or behind
            if self._failure is not None or self._closing:
                durable.set_exception(_again(self._failure or StorageError(f"{self.path}: closed")))
                return durable
            self._waiting.append(_Waiting(entries, durable))
            self._entries_waiting += len(entries)
            self._changed.notify()
        reach("journal.append.after")
        return durable

    def reopen(self) -> asyncio.Future[int]:
        """Open the file again, after a failure; the number of the last durable row.

        Raises:
            StorageError: from the future, when it can't be read and written, or is not the one that was there.
        """
        durable: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        durable.add_done_callback(_look)
        with self._changed:
            self._reopening = durable
            self._changed.notify()
        return durable

    def tail(self) -> Tail:
        """The last durable row."""
        return self._last

    def drop_sealed(self, through: Tail) -> None:
        """Rows up to this one are in sealed files: let them leave the database, little by little, while it is idle."""
        with self._changed:
            self._tidier.pending = through
            self._changed.notify()

    def drop_archived(self, archived: Archived) -> None:
        """Rows of tables are in files: let them leave the database in the same way."""
        with self._changed:
            self._tidier.archived = archived
            self._changed.notify()

    def verify(self) -> Verification:
        """Walk the whole chain."""
        with closing(connect(self.path, read_only=True)) as connection:
            return journal.verify(connection, self.epoch)

    def close(self) -> None:
        """Commit what waits, then let go of the file. Blocks until that is done, but not for a disk that hangs."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_CLOSE_WITHIN_S)
        if self._thread.is_alive():
            _log.critical("%s: the disk hangs: what was not durable is left", self.path)
            return
        with suppress(sqlite3.Error):  # of a file that has failed: what was durable is
            self._connection.close()
        os.close(self._lock)

    def _write(self) -> None:
        tidies = False
        while True:
            with self._changed:
                if tidies:
                    self._changed.wait_for(self._has_work, timeout=REST_S)
                else:
                    self._changed.wait_for(lambda: self._has_work() or self._tidier.busy)
                reopening, self._reopening = self._reopening, None
                batch = list(self._waiting)
                failure, closing = self._failure, self._closing
            if reopening is not None:
                self._open_again(reopening)
                continue
            if not batch:
                if closing:
                    return
                if failure is None:
                    self._tidier.step(self._connection)
                tidies = self._tidier.busy
                continue
            if failure is None:
                taken, failure = self._commit(batch)
                batch = batch[:taken]
            with self._changed:
                self._failure = self._failure or failure
                if failure is not None:
                    batch = list(self._waiting)
                for waiting in batch:
                    self._waiting.popleft()
                    self._entries_waiting -= len(waiting.entries)
            _settle([waiting.durable for waiting in batch], failure)
            reach("journal.settled")

    def _has_work(self) -> bool:
        return bool(self._waiting) or self._closing or self._reopening is not None

    def _commit(self, batch: Sequence[_Waiting]) -> tuple[int, StorageError | None]:
        """Make what waits durable in one transaction: how much of it was taken, or what went wrong."""
        start = time.perf_counter()
        taken, last = 0, self._last
        if not any(waiting.entries for waiting in batch):
            return len(batch), None
        try:
            reach("journal.commit.before")
            self._connection.execute("BEGIN IMMEDIATE")
            for waiting in batch:
                last = self._insert(waiting.entries, last)
                taken += 1
                if time.perf_counter() - start > _LONGEST_COMMIT_S:
                    break
            reach("journal.commit.written")
            self._attempted = last
            self._connection.execute("COMMIT")
            reach("journal.commit.after")
            self._last = last
            self.commits += 1
            self.last_commit_s = time.perf_counter() - start
        except Exception as error:  # whatever it was, nothing after it may pass for durable
            failure = faults.storage_error(self.path, error)
            _log.critical("the journal failed: %s", failure)
            with suppress(sqlite3.Error):  # the first error is the one to tell; reopening settles the rest
                self._connection.execute("ROLLBACK")
            return taken, failure
        return taken, None

    def _open_again(self, durable: asyncio.Future[int]) -> None:
        """A new connection to the file as it is: it must end where it did, or with the commit that failed."""
        failure = None
        try:
            with suppress(sqlite3.Error):  # it has failed
                self._connection.close()
            self._connection = connect(self.path, create=False)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            last = _check_end(self._connection, self.epoch)
            if last not in (self._last, self._attempted):
                raise StorageError(f"the journal ends at input {last.seq}, not where it did: was the file replaced?")
            if last != self._last:
                _write_back(self._connection)
            _try(self._connection)
            self._last = last
        except (sqlite3.Error, StorageError) as error:
            failure = StorageError(f"{self.path}: {faults.in_words(error)}")
        with self._changed:
            self._failure = failure
        _settle([durable], failure, self._last.seq)

    def _insert(self, entries: Sequence[JournalEntry], last: Tail) -> Tail:
        for entry in entries:
            if entry.seq != last.seq + 1:
                raise ValueError(f"entry {entry.seq} does not follow {last.seq}")
            row = journal.encode_row(entry)
            last = Tail(entry.seq, entry.now_ns, journal.link(last.chain, row))
            journal.insert(self._connection, row, last.chain)
            project(self._connection, entry)
        return last


def lock_database(path: Path) -> int:
    """A lock file beside the database, held until its descriptor closes, however the process ends.

    Raises:
        StorageError: when another process holds it.
    """
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise StorageError(f"{path} is in use by process {holder or '(unknown)'}") from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def _begin_run(connection: sqlite3.Connection, code_version: str) -> tuple[str, int]:
    """The journal's id, made when there is none, and the number of this run."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT OR IGNORE INTO meta VALUES ('epoch', ?), ('runs', '0')", (uuid.uuid4().hex,))
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'runs'")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('code_version', ?)", (code_version,))
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    connection.execute("COMMIT")
    return meta["epoch"], int(meta["runs"])


def _write_back(connection: sqlite3.Connection) -> None:
    """Move the log into the database: what a failed sync has left in the log may be in the machine's memory alone."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StorageError("what the failed commit has left can't be made safe while somebody reads the database")


def _try(connection: sqlite3.Connection) -> None:
    """A commit of its own: the disk takes one again."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('reopened', ?)", (str(time.time_ns()),))
    connection.execute("COMMIT")


def _check_end(connection: sqlite3.Connection, epoch: str) -> Tail:
    last = journal.tail(connection, epoch)
    found = journal.verify(connection, epoch, max(0, last.seq - _CHECKED_AT_OPEN))
    if found.bad_seq is not None:
        raise StorageError(f"the journal is damaged: {found.reason}")
    return last


def _settle(waiting: Sequence[asyncio.Future[Any]], failure: StorageError | None, result: object = None) -> None:
    """Tell each loop, once, that what it waits for has ended."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[Any]]] = {}
    for durable in waiting:
        by_loop.setdefault(durable.get_loop(), []).append(durable)
    for loop, futures in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, futures, failure, result)


def _look(future: asyncio.Future[Any]) -> None:
    """One failure is told by whoever waits first; asyncio would log the futures behind it as forgotten."""
    if not future.cancelled():
        future.exception()


def _again(failure: StorageError) -> StorageError:
    """The same failure, for one more who waits."""
    return type(failure)(str(failure))


def _resolve(futures: Sequence[asyncio.Future[Any]], failure: StorageError | None, result: object) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(_again(failure))
