"""The journal's rows and the hash chain over them.

A row keeps its input whole and of its effects only a digest: a replay makes the effects again and compares
digests, the tables hold what became of them, and the effects of market data would outweigh their inputs.
The chain starts at the journal's own id, so rows can't be changed, dropped or taken from another journal.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from fluxherod.engine.codec import encode_event, encoded_effects
from fluxherod.engine.effects import Effect
from fluxherod.engine.ports import JournalEntry

_DIGEST_SIZE = 16
_SOME_ROWS, _SOME_BYTES = 256, 8 << 20
_HEAD = struct.Struct("<qqII")


class JournalRow(NamedTuple):
    """One row: `payload` decodes with the codec, `effects` is `effects_digest` of what came of it."""

    seq: int
    now_ns: int
    kind: str
    payload: bytes
    effects: bytes


@dataclass(frozen=True, slots=True)
class Tail:
    """The last row's number, time and chain value; number 0 when the journal is empty."""

    seq: int
    now_ns: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """How many rows hold, and the first that doesn't with its reason (`None` when all do)."""

    rows: int
    bad_seq: int | None = None
    reason: str = ""


def effects_digest(effects: Sequence[Effect]) -> bytes:
    """The 16 bytes that stand for effects in the journal."""
    digest = blake2b(digest_size=_DIGEST_SIZE)
    for piece in encoded_effects(effects):
        digest.update(piece)
    return digest.digest()


def genesis(epoch: str) -> bytes:
    """The chain value before the first row."""
    return blake2b(epoch.encode(), digest_size=_DIGEST_SIZE).digest()


def link(chain: bytes, row: JournalRow) -> bytes:
    """The chain value after a row; the lengths in it keep two fields from being read as one."""
    kind = row.kind.encode()
    digest = blake2b(chain, digest_size=_DIGEST_SIZE)
    digest.update(_HEAD.pack(row.seq, row.now_ns, len(kind), len(row.payload)))
    digest.update(kind + row.payload + row.effects)
    return digest.digest()


def encode_row(entry: JournalEntry) -> JournalRow:
    """The row of an entry."""
    kind, payload = encode_event(entry.event)
    return JournalRow(entry.seq, entry.now_ns, kind, payload, effects_digest(entry.effects))


def insert(connection: sqlite3.Connection, row: JournalRow, chain: bytes) -> None:
    """Write a row and its chain value."""
    connection.execute(
        "INSERT INTO journal (seq, now_ns, kind, payload, effects, chain) VALUES (?, ?, ?, ?, ?, ?)", (*row, chain)
    )


def read_some(connection: sqlite3.Connection, after_seq: int, most: int = _SOME_ROWS) -> list[tuple[JournalRow, bytes]]:
    """The next rows after a number, each with its chain value: not many, nor many bytes, and the read is over then.

    A read that spanned a whole replay would keep the writer's WAL from being reset.
    """
    cursor = connection.execute(
        "SELECT seq, now_ns, kind, payload, effects, chain FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        (after_seq, most),
    )
    found: list[tuple[JournalRow, bytes]] = []
    size = 0
    with closing(cursor):
        for *fields, chain in cursor:
            row = JournalRow._make(fields)
            found.append((row, chain))
            size += len(row.payload)
            if size >= _SOME_BYTES:
                break
    return found


def seqs(connection: sqlite3.Connection) -> tuple[int, int]:
    """The first and the last number of the rows that are here; 1 and 0 without any."""
    oldest, newest = connection.execute(
        "SELECT (SELECT min(seq) FROM journal), (SELECT max(seq) FROM journal)"
    ).fetchone()
    return (1, 0) if oldest is None else (oldest, newest)


def time_at(connection: sqlite3.Connection, seq: int) -> int:
    """The time of a row that is here."""
    (now_ns,) = connection.execute("SELECT now_ns FROM journal WHERE seq = ?", (seq,)).fetchone()
    return int(now_ns)


def sealed_through(connection: sqlite3.Connection) -> int:
    """The row before which rows have been deleted, since they are sealed; 0 when none has been."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'sealed_through'").fetchone()
    return 0 if found is None else int(found[0])


def drop(connection: sqlite3.Connection, through_seq: int, sealed_seq: int) -> None:
    """Delete rows that are sealed, up to one before the newest sealed row, within a transaction."""
    connection.execute("DELETE FROM journal WHERE seq <= ?", (min(through_seq, sealed_seq - 1),))
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('sealed_through', ?)", (str(sealed_seq),))


def mentions(connection: sqlite3.Connection, kinds: Collection[str], text: str) -> bool:
    """True when the content of some row of these kinds holds a text."""
    marks = ", ".join("?" * len(kinds))
    query = f"SELECT 1 FROM journal WHERE kind IN ({marks}) AND instr(payload, ?) LIMIT 1"
    return connection.execute(query, (*kinds, text.encode())).fetchone() is not None


def tail(connection: sqlite3.Connection, epoch: str) -> Tail:
    """Where the journal ends."""
    found = connection.execute("SELECT seq, now_ns, chain FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return Tail(*found) if found is not None else Tail(0, 0, genesis(epoch))


def verify(connection: sqlite3.Connection, epoch: str, after_seq: int = 0) -> Verification:
    """Walk the chain from a row (taken as good) to the end; rows that are sealed need not be here."""
    chain, last = _trusted(connection, epoch, after_seq)
    rows = 0
    try:
        cursor = connection.execute(
            "SELECT seq, now_ns, kind, payload, effects, chain FROM journal WHERE seq > ? ORDER BY seq", (last,)
        )
        for *fields, stored in cursor:
            row = JournalRow._make(fields)
            if row.seq != last + 1:
                return Verification(rows, last + 1, f"row {last + 1} is missing")
            chain = link(chain, row)
            if chain != stored:
                return Verification(rows, row.seq, f"row {row.seq} is not the one that was written")
            last, rows = row.seq, rows + 1
    except sqlite3.DatabaseError as error:  # a page so damaged that SQLite can't read it
        return Verification(rows, last + 1, f"row {last + 1} can't be read: {error}")
    return Verification(rows)


def _trusted(connection: sqlite3.Connection, epoch: str, after_seq: int) -> tuple[bytes, int]:
    """Where a walk along the chain begins: at a row, or at the first that is here where those before it are sealed."""
    oldest, _ = seqs(connection)
    seq = max(after_seq, oldest) if 1 < oldest <= sealed_through(connection) else after_seq
    known = connection.execute("SELECT chain FROM journal WHERE seq = ?", (seq,)).fetchone()
    return (known[0], seq) if known is not None else (genesis(epoch), 0)
