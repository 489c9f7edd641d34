"""A disk that fails when a test says so: calls of a real process that change files, by a preloaded library.

`python -m harness.disk_faults FOLDER CONTROL SHARE OF` plays one workload on the store again and again, each time with
a fault at the next write, sync or truncation, until none is left to fail (of these one in `OF`). It prints what was
met, and what a start says on such a disk; or what broke.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import mmap
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fluxherod.adapters.sqlite import SqliteStore, StorageError
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.types import OrderType, Quote, Side, TimeInForce
from fluxherod.engine import committing
from fluxherod.engine.committing import Committing
from fluxherod.engine.effects import Alert, AlertUpdated, OrderUpdated, Severity
from fluxherod.engine.events import QuotesReceived
from fluxherod.engine.ports import JournalEntry, Store

SOURCE = Path(__file__).with_suffix(".c")
WRITES, SYNCS, TRUNCATES = 1, 2, 4
ALL = WRITES | SYNCS | TRUNCATES
NOTHING, FAIL, SHORT, TORN, HANG = range(5)
FOR_EVER = 2**62
_CONTROL = struct.Struct("<7q")
_RECORD = struct.Struct("<3q64s")
WRITTEN, SYNCED, NOT_SYNCED, TRUNCATED = range(1, 5)


def compiled(folder: Path) -> Path:
    """The library, made by the machine's own compiler.

    Raises:
        FileNotFoundError: when it has none.
    """
    library = folder / "disk_faults.so"
    subprocess.run(
        ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"],
        check=True,
    )
    return library


class Control:
    """What the preloaded library is told, and how many calls it has seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(bytes(_CONTROL.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _CONTROL.size)

    def variables(self, library: Path, files: Path) -> dict[str, str]:
        """The environment of a process in which the files whose paths begin so are on this disk."""
        log = self.path.with_suffix(".log")
        log.touch()
        return {
            "LD_PRELOAD": str(library),
            "FAULTY_CONTROL": str(self.path),
            "FAULTY_FILES": str(files),
            "FAULTY_LOG": str(log),
        }

    def fail(self, action: int, error: int = 0, *, first: int = 1, last: int = FOR_EVER, kinds: int = ALL) -> None:
        """From now on, count calls and let some fail."""
        _CONTROL.pack_into(self._shared, 0, 0, kinds, first, last, action, error, 0)

    def mend(self) -> None:
        """Nothing fails any more; the counts stay."""
        struct.pack_into("<q", self._shared, 32, NOTHING)

    @property
    def calls(self) -> int:
        """Calls that count, so far."""
        return int(_CONTROL.unpack_from(self._shared)[0])

    @property
    def hits(self) -> int:
        """Calls that were met."""
        return int(_CONTROL.unpack_from(self._shared)[6])


# --- the workload, in a process of its own -------------------------------------------------------------------------
BATCHES = 5
TRIES = 2
LOG_PAGES = 12  # so that the log is written back within the workload
FAULTS = {
    "no space": (FAIL, errno.ENOSPC),
    "read-only": (FAIL, errno.EROFS),
    "I/O error": (FAIL, errno.EIO),
    "torn write": (TORN, errno.EIO),
    "short write": (SHORT, 0),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The N-th call fails: it alone, or all from it on until the store was tried again twice; with a reader, or not."""

    name: str
    number: int
    lasts: bool
    reader: bool


def entry(seq: int) -> JournalEntry:
    quote = Quote("SPY", seq, 100.0 + seq, 100.5 + seq)
    order = Order(
        f"order-{seq % 7}", "SPY", Side.BUY, OrderType.LIMIT, TimeInForce.GTC, OrderRole.ENTRY, 100,
        OrderState.PENDING, seq, seq, limit_price_e4=1_000_000 + seq, reason="x" * 300,
    )  # fmt: skip
    alert = Alert(f"alert-{seq % 3}", "CODE", Severity.INFO, "text " * 40, "", seq, seq, count=seq)
    effects = [OrderUpdated(order, "submitted"), AlertUpdated(alert)]
    return JournalEntry(seq, seq * 1_000, QuotesReceived((quote,)), effects)


class _Mended:
    """A store whose disk works again after some tries."""

    def __init__(self, store: Store, control: Control) -> None:
        self._store = store
        self._control = control
        self._tries = 0

    def append(self, entries: Sequence[JournalEntry]) -> Awaitable[None]:
        return self._store.append(entries)

    def reopen(self) -> Awaitable[int]:
        self._tries += 1
        if self._tries > TRIES:
            self._control.mend()
        return self._store.reopen()


@contextmanager
def _reader(path: Path, wanted: bool) -> Iterator[None]:
    """Somebody who reads keeps the log from being written back as a whole when the writer lets go of it."""
    if not wanted:
        yield
        return
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM journal").fetchone()
        yield


@dataclass(slots=True)
class Played:
    """What was acknowledged, and what stood where when the disk was found to fail, and at the end."""

    acknowledged: list[int] = field(default_factory=list)
    killed: list[tuple[Path, int]] = field(default_factory=list)  # a copy, and how much was acknowledged
    cuts: list[tuple[int, int]] = field(default_factory=list)  # the log's length, and how much was acknowledged


async def play(folder: Path, control: Control, fault: Fault) -> Played:
    """One workload with one fault."""
    path, log, played = folder / "disk" / "fluxhero.db", os.environ["FAULTY_LOG"], Played()
    os.truncate(log, 0)
    store = SqliteStore.open(path)
    store._connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")

    def look(fault: str = "") -> None:
        known = len(played.acknowledged)
        played.cuts.append((os.stat(log).st_size, known))
        if fault and not played.killed:
            played.killed.append((_as_killed(path, folder / "killed"), known))

    async def carry_out(entry: JournalEntry, early: bool) -> None:
        played.acknowledged.append(entry.seq)

    committer = Committing(_Mended(store, control), carry_out, lambda entry: None, look)
    carrier = asyncio.create_task(committer.run())
    action, error = FAULTS[fault.name]
    with _reader(path, fault.reader):
        control.fail(action, error, first=fault.number, last=FOR_EVER if fault.lasts else fault.number)
        for first in range(1, 3 * BATCHES, 3):
            await committer.put([entry(seq) for seq in range(first, first + 3)])
            while committer.waiting and not committer.fault:  # noqa: ASYNC110 - it takes microseconds
                await asyncio.sleep(0)
        await committer.finish()
        control.mend()
        look()
    carrier.cancel()
    store.close()
    return played


def meet(folder: Path, control: Control, fault: Fault) -> int:
    """Play, and check what must hold; how many calls the fault has met."""
    shutil.rmtree(folder / "disk", ignore_errors=True)
    played = asyncio.run(play(folder, control, fault))
    assert played.acknowledged == list(range(1, 3 * BATCHES + 1)), played.acknowledged
    for copy, known in played.killed:
        check(copy, known)
    log = Path(os.environ["FAULTY_LOG"]).read_bytes()
    for length, known in played.cuts[:1] + played.cuts[-1:]:
        check(power_cut(log[:length], folder / "cut"), known)
    check(folder / "disk" / "fluxhero.db", 3 * BATCHES)
    told = bool(played.killed) or fault.name == "short write"
    assert told or not control.hits or not fault.lasts, "a disk that fails is told"
    return control.hits


def _as_killed(path: Path, folder: Path) -> Path:
    """What a process that is killed now would leave."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in (path.name, f"{path.name}-wal"):
        if (path.parent / name).exists():
            shutil.copy(path.parent / name, folder / name)
    return folder / path.name


def power_cut(log: bytes, folder: Path) -> Path:
    """What is on the disk after the power was cut: what was synced, and nothing else.

    After a sync that failed what was to be synced is lost, as the system may hold it for written.
    """
    synced: dict[str, bytearray] = {}
    pending: dict[str, list[tuple[int, int, bytes]]] = {}
    at = 0
    while at < len(log):
        kind, where, length, name = _RECORD.unpack_from(log, at)
        at += _RECORD.size + length
        file = name.rstrip(b"\0").decode()
        if kind in (WRITTEN, TRUNCATED):
            pending.setdefault(file, []).append((kind, where, log[at - length : at]))
        for change in pending.pop(file, ()) if kind in (SYNCED, NOT_SYNCED) else ():
            if kind == SYNCED:
                _apply(synced.setdefault(file, bytearray()), *change)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in ("fluxhero.db", "fluxhero.db-wal"):
        (folder / file).write_bytes(synced.get(file, b""))
    return folder / "fluxhero.db"


def _apply(content: bytearray, kind: int, where: int, data: bytes) -> None:
    if kind == TRUNCATED:
        del content[where:]
        return
    content.extend(bytes(max(0, where + len(data) - len(content))))
    content[where : where + len(data)] = data


def check(path: Path, acknowledged: int) -> None:
    """All that was acknowledged is there, nothing that was not handed over, in one chain, and the tables fit it."""
    store = SqliteStore.open(path)
    try:
        found = store.verify()
        assert found.bad_seq is None, found
        assert acknowledged <= found.rows <= 3 * BATCHES, (acknowledged, found)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            newest: dict[str, int] = {}
            for seq in range(1, found.rows + 1):
                newest |= {f"order-{seq % 7}": seq}
            assert dict(connection.execute("SELECT id, seq FROM orders")) == newest
            counts = dict(connection.execute("SELECT id, count FROM alerts"))
            assert counts == {f"alert-{seq % 3}": seq for seq in range(1, found.rows + 1)}
    finally:
        store.close()


def starts(folder: Path, control: Control) -> dict[str, str]:
    """What a start says of each disk."""
    said = {}
    for name, (action, error) in FAULTS.items():
        if action is not FAIL:
            continue
        shutil.rmtree(folder / "disk", ignore_errors=True)
        control.fail(action, error)
        try:
            SqliteStore.open(folder / "disk" / "fluxhero.db").close()
        except StorageError as failure:
            said[name] = str(failure)
        control.mend()
    return said


def workloads(folder: Path, control: Control, share: int, of: int) -> dict[str, int]:
    """Every fault at every call, of those one in `of`; how many were met."""
    committing.RETRY_AFTER_S = 0.001  # type: ignore[misc]
    counts: dict[str, int] = {}
    number, turn = 0, 0
    for name in FAULTS:
        for lasts in (False, True):
            number, met = 0, True
            while met:
                number, turn = number + 1, turn + 1
                if turn % of != share:
                    continue
                fault = Fault(name, number, lasts, reader=bool(number % 2))
                try:
                    met = bool(meet(folder, control, fault))
                except BaseException as error:
                    error.add_note(str(fault))
                    raise
                counts[name] = counts.get(name, 0) + met
    return counts


if __name__ == "__main__":
    place, steering, this, all_ = sys.argv[1:]
    with Path(os.devnull).open("w") as nowhere:
        logging.basicConfig(stream=nowhere)
        steered = Control(Path(steering))
        met = workloads(Path(place), steered, int(this), int(all_))
        print(json.dumps({"met": met, "starts": starts(Path(place), steered)}))
    sys.stdout.flush()
    os._exit(0)
