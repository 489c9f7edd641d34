"""What SQLite's errors mean for whoever runs the daemon: the cause, and what to do about it."""

from __future__ import annotations

import errno
import sqlite3

from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.engine.ports import EntryRefused

_ROOM = "the disk is full: make room on it"
_READ_ONLY = "the file or its disk is read-only: remount it writable, or mend its rights"
_BROKEN = "the disk gave an error: look at the kernel's log (journalctl -k)"
_DAMAGED = "the database is damaged: fluxherod verify says where; stop the daemon, then fluxherod rebuild"
_LOCKED = "another program holds the database locked: find it (fuser FILE) and end it"
_REMEDIES = {
    sqlite3.SQLITE_FULL: _ROOM,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _BROKEN,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened: is its folder there, and may the daemon write it?",
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_NOMEM: "the machine has no memory left",
}
_BY_ERRNO = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EROFS: _READ_ONLY, errno.EACCES: _READ_ONLY}


class RefusedEntryError(StorageError, EntryRefused):
    """Entries that this version can't write, on whatever disk."""


def in_words(error: Exception) -> str:
    """An error of SQLite or of the system, and what to do about it where that is known."""
    if isinstance(error, OSError):
        remedy = _BY_ERRNO.get(error.errno or 0, _BROKEN if error.errno == errno.EIO else "")
    else:
        remedy = _REMEDIES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    extended = getattr(error, "sqlite_errorname", "")
    name = f" ({extended})" if extended.startswith("SQLITE_IOERR") else ""
    return f"{error}{name}: {remedy}" if remedy else f"{error}{name}"


def storage_error(where: object, error: Exception) -> StorageError:
    """The failure of a commit: of the disk, or of what was to be written."""
    if isinstance(error, StorageError):
        return error
    # What SQLite says of the data alone (constraints, types) are other subclasses of its DatabaseError.
    of_disk = (
        isinstance(error, OSError | MemoryError | sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError
    )
    kind = StorageError if of_disk else RefusedEntryError
    return kind(f"{where}: {in_words(error)}")
