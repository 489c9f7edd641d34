"""The whole journal: sealed files in order, then the rows of the database. Whoever reads it reads it here.

The database keeps at least the newest sealed row (the anchor), so that it knows where it goes on.
A row may be in both for a while; never in neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from fluxherod.adapters.sealed import SealedFile, SealedRow
from fluxherod.adapters.snapshots import Snapshot
from fluxherod.adapters.sqlite.journal import JournalRow, Tail
from fluxherod.adapters.sqlite.schema import StorageError

DATABASE = "fluxhero.db"
FOLDER = "journal"


class JournalGap(StorageError):
    """Rows that are neither in a sealed file nor in the database; the text names them and says what to do."""


@dataclass(frozen=True, slots=True)
class Day:
    """A New York day of the journal, and the file that it is sealed in (None: its rows are in the database)."""

    day: str
    first_seq: int
    last_seq: int
    file: SealedFile | None = None


class JournalFiles:
    """The one reader of the journal of a state folder. It writes nothing and holds nothing open between calls.

    Files of another journal (another epoch) are left alone: see `strangers`.
    """

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / FOLDER
        self.database = state_dir / DATABASE

    @property
    def epoch(self) -> str:
        """The journal's id: the database's, or that of the newest sealed file where there is no database."""
        raise StorageError("not built yet")

    def sealed(self) -> list[SealedFile]:
        """The sealed files of this journal, oldest first.

        Raises:
            SealedError: when one can't be read.
        """
        raise StorageError("not built yet")

    def strangers(self) -> list[Path]:
        """Sealed files of another journal."""
        raise StorageError("not built yet")

    def sealed_through(self) -> Tail:
        """The last sealed row; number 0 when nothing is sealed."""
        raise StorageError("not built yet")

    def days(self) -> list[Day]:
        """The days of the journal in order; the last one goes on."""
        raise StorageError("not built yet")

    def rows(self, after_seq: int = 0) -> Iterator[JournalRow]:
        """All rows after a number, in order and without a gap, in short reads: a daemon may go on writing meanwhile.

        Raises:
            JournalGap, SealedError, sqlite3.Error: where it can't go on.
        """
        raise StorageError("not built yet")

    def records(self, after_seq: int, until_seq: int) -> Iterator[SealedRow]:
        """As `rows`, up to a number and with it, each with the chain value after it."""
        raise StorageError("not built yet")

    def chain_at(self, seq: int) -> bytes | None:
        """The chain value after a row; None when there is no such row."""
        raise StorageError("not built yet")

    def mentions(self, kinds: Collection[str], text: str) -> bool:
        """True when the content of some row of these kinds holds a text."""
        raise StorageError("not built yet")

    def newest_snapshot(self, before_seq: int, fingerprint: str, before_ns: int | None = None) -> Snapshot | None:
        """The newest usable snapshot at or before a row (and a time): whole, of this journal, of this code."""
        raise StorageError("not built yet")
