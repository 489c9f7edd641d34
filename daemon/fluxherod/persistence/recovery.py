"""The engine as the journal left it: every recorded input once more, and a look at whether it decides alike.

A snapshot spares a start the inputs before it. It is a short cut and no more: where inputs after it come out otherwise
than this very code recorded them, an older one is tried, and in the end the whole journal.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fluxherod.adapters.journal_files import DATABASE, JournalFiles
from fluxherod.adapters.sealed import Provenance
from fluxherod.adapters.snapshots import Snapshot, SnapshotError
from fluxherod.adapters.sqlite.journal import JournalRow, effects_digest
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Started
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.streams.ring import Ring
from fluxherod.errors import FluxHeroError
from fluxherod.persistence.provenance import provenance

__all__ = ["DATABASE", "Recovery", "RecoveryError", "recover", "recover_folder", "replay"]

log = logging.getLogger(__name__)

TELL_EVERY_S = 5.0


class RecoveryError(FluxHeroError):
    """The journal can't be read, or holds what this version can't take."""


class JournalUnreadable(RecoveryError):
    """A row can't be read: no snapshot before it helps."""


@dataclass(slots=True)
class Recovery:
    """An engine on its way through a journal. `rows` counts the inputs that it has taken, `last_seq` is the newest.

    `differs_at` is the first input whose effects came out otherwise than they were recorded; `fault_at` the first of
    those that this very code recorded, of the inputs that were taken here. `ring` has the newest of what was sent to
    subscribers, for those that come back. `snapshot` is where it began (None: at the journal's first row).
    """

    engine: Engine = field(default_factory=Engine)
    ring: Ring = field(default_factory=Ring)
    rows: int = 0
    last_seq: int = 0
    last_ns: int = 0
    differs_at: int | None = None
    fault_at: int | None = None
    snapshot: Snapshot | None = None
    fingerprint: str = ""  # of this code, "" where nobody asks for faults
    recorded_by: str = ""  # that of the code that wrote the newest inputs, "" where they don't say
    seconds: float = 0.0

    @classmethod
    def after(cls, snapshot: Snapshot, fingerprint: str) -> Recovery:
        """Go on from a snapshot.

        Raises:
            SnapshotError: when it can't be used.
        """
        state = snapshot.load()
        if not isinstance(state, tuple) or list(map(type, state)) != [Engine, Ring, str]:
            raise SnapshotError(f"{snapshot.path}: holds something else than an engine")
        header = snapshot.header
        engine, ring, recorded_by = state
        return cls(
            engine,
            ring,
            last_seq=header.seq,
            last_ns=header.now_ns,
            differs_at=header.differs_at,
            snapshot=snapshot,
            fingerprint=fingerprint,
            recorded_by=recorded_by,
        )

    @property
    def state(self) -> tuple[Engine, Ring, str]:
        """What a snapshot keeps."""
        return self.engine, self.ring, self.recorded_by

    @property
    def snapshot_seq(self) -> int:
        """Up to which row a snapshot spared the replay; 0 without one."""
        return self.snapshot.header.seq if self.snapshot is not None else 0

    def take(self, row: JournalRow) -> JournalEntry:
        """Process one more input, and compare."""
        event = decode_event(row.kind, row.payload)
        if isinstance(event, Started):
            self.recorded_by = event.code
        effects = self.engine.process(row.now_ns, event)
        self.ring.hear(row.seq, event, effects)
        if effects_digest(effects) != row.effects:
            self._differs(row.seq)
        self.rows, self.last_seq, self.last_ns = self.rows + 1, row.seq, row.now_ns
        return JournalEntry(row.seq, row.now_ns, event, effects)

    def _differs(self, seq: int) -> None:
        self.differs_at = self.differs_at or seq
        if self.fault_at is None and self.recorded_by and self.recorded_by == self.fingerprint:
            self.fault_at = seq


Observer = Callable[[Recovery, JournalRow], None]


def recover_folder(state_dir: Path, tell: Callable[[str], None]) -> Recovery:
    """The engine of the daemon of a state folder; what is noteworthy about it is in the log.

    Raises:
        JournalGap: when the database does not go on where the sealed files end.
        RecoveryError, StorageError, sqlite3.Error: as `recover`.
    """
    files = JournalFiles(state_dir)
    files.check()
    found = recover(files, provenance(), tell)
    for path in files.strangers():
        log.warning("%s is of another journal: it is left alone", path)
    if found.snapshot is not None:
        text = "recovered %d inputs in %.2f s, after those of the snapshot %s (input %d)"
        log.info(text, found.rows, found.seconds, found.snapshot.path.name, found.snapshot_seq)
    elif found.rows:
        log.info("recovered %d inputs in %.2f s", found.rows, found.seconds)
    if found.differs_at is not None:
        log.warning("the journal was written by a version that decided otherwise at input %d", found.differs_at)
    return found


def recover(
    files: JournalFiles,
    code: Provenance,
    tell: Callable[[str], None] | None = None,
    observe: Observer | None = None,
    until_seq: int | None = None,
) -> Recovery:
    """The engine as of a row (None: the newest), from the newest snapshot that serves.

    Args:
        tell: hears now and then how far it is.
        observe: sees how far it is before each row. All begins again where a snapshot does not serve.

    Raises:
        RecoveryError: when the journal can't be replayed, not even from its first row.
        StorageError, sqlite3.Error: when what is in the state folder can't be read.
    """
    start = time.perf_counter()
    found = _from_snapshot(files, code, tell, observe, until_seq)
    if found is None:
        found = replay(files.rows(0, until_seq), tell, Recovery(fingerprint=code.fingerprint), observe)
    found.seconds = time.perf_counter() - start
    return found


def _from_snapshot(
    files: JournalFiles,
    code: Provenance,
    tell: Callable[[str], None] | None,
    observe: Observer | None,
    until_seq: int | None,
) -> Recovery | None:
    for snapshot in files.usable_snapshots(code.fingerprint, until_seq):
        try:
            found = Recovery.after(snapshot, code.fingerprint)
            replay(files.rows(found.last_seq, until_seq), tell, found, observe)
        except JournalUnreadable:
            raise
        except (SnapshotError, RecoveryError) as error:
            log.error("%s does not serve: %s", snapshot.path, error)
            continue
        if found.fault_at is None:  # what other code recorded since may well come out otherwise
            return found
        log.error("%s does not serve: input %d comes out otherwise after it", snapshot.path, found.fault_at)
    return None


def replay(
    rows: Iterable[JournalRow],
    tell: Callable[[str], None] | None = None,
    begun: Recovery | None = None,
    observe: Observer | None = None,
) -> Recovery:
    """Run an engine over journal rows and compare what it wants with what it wanted then.

    Args:
        rows: the journal in order, from its first row on, or from the one after those that `begun` has taken.
        tell: hears now and then how far it is.

    Raises:
        RecoveryError: when the journal ends in a fault, of the disk or of this version.
    """
    start = time.perf_counter()
    now = begun if begun is not None else Recovery()
    for _ in replayed(rows, now, tell, observe):
        pass
    now.seconds = time.perf_counter() - start
    return now


def replayed(
    rows: Iterable[JournalRow],
    now: Recovery,
    tell: Callable[[str], None] | None = None,
    observe: Observer | None = None,
) -> Iterator[tuple[JournalRow, JournalEntry]]:
    """As `replay`, a row at a time: each row, and what it and its effects are as an entry."""
    seq, told_at_s = now.last_seq, time.perf_counter()
    try:
        for row in rows:
            seq = row.seq
            if observe is not None:
                observe(now, row)
            yield row, now.take(row)
            if tell is not None and time.perf_counter() >= told_at_s + TELL_EVERY_S:
                told_at_s = time.perf_counter()
                tell(f"recovering: {now.rows} inputs so far")
    except (sqlite3.Error, StorageError) as error:
        raise JournalUnreadable(f"the journal can't be read after input {now.last_seq}: {error}") from error
    except Exception as error:
        log.debug("input %d", seq, exc_info=error)
        text = f"{type(error).__name__}: {error}"
        raise RecoveryError(f"this version can't take input {seq} of the journal ({text})") from error
