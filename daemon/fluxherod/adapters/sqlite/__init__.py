"""The journal and its tables in one SQLite file: one writer with group commit, many readers."""

from fluxherod.adapters.sqlite.journal import JournalRow, Tail, Verification, effects_digest
from fluxherod.adapters.sqlite.reader import EquityPoint, OrderChange, Page, PageTokenError, TableReader
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.adapters.sqlite.writer import SqliteStore

__all__ = [
    "EquityPoint",
    "JournalRow",
    "OrderChange",
    "Page",
    "PageTokenError",
    "SqliteStore",
    "StorageError",
    "TableReader",
    "Tail",
    "Verification",
    "effects_digest",
]
