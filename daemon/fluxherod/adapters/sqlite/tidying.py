"""Rows of the journal that are sealed leave the database: a few at a time, while nobody waits for a commit."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import suppress

from fluxherod.adapters.sqlite.journal import Tail, drop, seqs
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

REST_S = 0.02
# So much is deleted at once: a commit waits for no more than that.
_ROWS, _BYTES = 64, 1 << 20


class Tidier:
    """Deletes what is before a sealed row; that row itself stays, so that the database knows where it goes on.

    `pending` is the newest sealed row while there is something to delete. Any thread may set it.
    """

    def __init__(self) -> None:
        self.pending: Tail | None = None

    def step(self, connection: sqlite3.Connection) -> None:
        """Delete a few rows. What goes wrong is said in the log, and tried again when more has been sealed."""
        through = self.pending
        try:
            if through is None or self._delete_some(connection, through):
                return
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                connection.execute("ROLLBACK")
            log.error("rows that are sealed could not be deleted from the database: %s", error)
        if self.pending is through:
            self.pending = None

    def _delete_some(self, connection: sqlite3.Connection, through: Tail) -> bool:
        """True while there may be more to delete."""
        oldest, _ = seqs(connection)
        if oldest >= through.seq:
            return False
        found = connection.execute("SELECT chain FROM journal WHERE seq = ?", (through.seq,)).fetchone()
        if found is None or found[0] != through.chain:
            log.error("row %d of the journal is not the one that was sealed: nothing is deleted", through.seq)
            return False
        connection.execute("BEGIN IMMEDIATE")
        last = _last_of_some(connection, oldest, through.seq)
        drop(connection, last, through.seq)
        reach("seal.write.deleting")
        connection.execute("COMMIT")
        return True


def _last_of_some(connection: sqlite3.Connection, oldest: int, end: int) -> int:
    last, size = oldest, 0
    lengths = connection.execute(
        "SELECT seq, length(payload) FROM journal WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT ?", (oldest, end, _ROWS)
    )
    for seq, length in lengths.fetchall():
        if size >= _BYTES:
            break
        last, size = seq, size + length
    return last
