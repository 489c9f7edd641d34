"""The ledger of every trial that was ever run, on which data set: a file that only grows.

A search takes from it what is known already, so one that was interrupted goes on where it was; and how much luck the
best of them needed is told by all that were tried, not by those of the last search.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import numpy as np

from fluxherod.backtest.dataset import DataSet, code_digest
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.score import Score
from fluxherod.backtest.space import described
from fluxherod.core.jit import FloatArray

VERSION = 1
ALIKE = 0.5
"""Data sets of the same symbols and timeframe are the same subject when they share so much of the time of both."""
_COMMIT_EVERY_S = 0.5
_PATIENCE_S = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS data_sets (
    fingerprint TEXT PRIMARY KEY, symbols TEXT NOT NULL, timeframe_ns INTEGER NOT NULL,
    first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS trials (
    number INTEGER PRIMARY KEY, data TEXT NOT NULL REFERENCES data_sets, config TEXT NOT NULL, code TEXT NOT NULL,
    at_ns INTEGER NOT NULL, parameters TEXT NOT NULL, session_sharpe REAL, score BLOB NOT NULL,
    UNIQUE (data, config, code)) STRICT;
CREATE TRIGGER IF NOT EXISTS trials_stay BEFORE UPDATE ON trials
    BEGIN SELECT RAISE(ABORT, 'trials are never changed'); END;
CREATE TRIGGER IF NOT EXISTS trials_remain BEFORE DELETE ON trials
    BEGIN SELECT RAISE(ABORT, 'trials are never deleted'); END;
"""

_TRIED = """
SELECT t.config, t.data, t.session_sharpe FROM trials t JOIN data_sets d ON d.fingerprint = t.data
WHERE d.symbols = ? AND d.timeframe_ns = ? AND
    MIN(d.last_ns, ?) - MAX(d.first_ns, ?) >= ? * (MAX(d.last_ns, ?) - MIN(d.first_ns, ?))
GROUP BY t.config, t.data, t.score ORDER BY MIN(t.number)
"""


class LedgerFault(Exception):
    """The ledger can't be read or written; the text names the file and the remedy."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What was tried on a data set, and on others that are mostly the same.

    Args:
        count: different trials: another configuration, or the same one with other code and another result.
        sharpes: their Sharpe ratios a session, at a risk-free rate of 0, of those that traded; shape (n,), n <= count.
    """

    count: int
    sharpes: FloatArray

    @property
    def variance(self) -> float:
        """Variance of the Sharpe ratios a session (ddof 1); 0 for fewer than two."""
        return float(self.sharpes.var(ddof=1)) if len(self.sharpes) > 1 else 0.0


def config_digest(config: BacktestConfig) -> str:
    """The same for the same parameters; the calendar and the start belong to the data set."""
    return hashlib.sha256(json.dumps(described(config)).encode()).hexdigest()


class Ledger:
    """The trials in a file; many processes can have it open. Use it as a context: leaving it writes what is left.

    Args:
        path: the file; it is made when it is not there. None: in memory, for a search that nobody will remember.
        clock: the time in nanoseconds.

    Raises:
        LedgerFault: when the file is none of ours, or can't be opened.
    """

    def __init__(self, path: Path | None, clock: Callable[[], int] = time.time_ns) -> None:
        self._name = ":memory:" if path is None else str(path)
        self._clock = clock
        self._flushed_s = time.monotonic()
        self._waiting: dict[_Key, tuple[DataSet, BacktestConfig, Score, int]] = {}
        try:
            self._base = sqlite3.connect(self._name, timeout=_PATIENCE_S, isolation_level=None)
            self._prepare()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left to the disk and close the file."""
        self.flush()
        self._base.close()

    def flush(self) -> None:
        """Bring what was recorded to the disk now.

        Raises:
            LedgerFault: when it can't be written.
        """
        self._flushed_s = time.monotonic()
        try:
            self._write()
        except sqlite3.Error as error:
            raise self._fault(error) from error
        self._waiting.clear()

    def known(self, data: DataSet, config: BacktestConfig) -> Score | None:
        """The score of a trial that was run already, by the code that runs now."""
        key = _key(data, config)
        if key in self._waiting:
            return self._waiting[key][2]
        rows = self._read("SELECT score FROM trials WHERE data = ? AND config = ? AND code = ?", key)
        return Score.of_bytes(rows[0][0]) if rows else None

    def record(self, data: DataSet, config: BacktestConfig, score: Score) -> None:
        """Remember a trial; one that is known stays as it is. Of a burst some are on the disk only after `flush`."""
        self._waiting.setdefault(_key(data, config), (data, config, score, self._clock()))
        if time.monotonic() - self._flushed_s >= _COMMIT_EVERY_S:
            self.flush()

    def tried(self, data: DataSet) -> Tried:
        """All trials on this data set, or on one that is mostly the same."""
        self.flush()
        first_ns, last_ns = data.span_ns
        asked = (_symbols(data), data.timeframe_ns, last_ns, first_ns, ALIKE, last_ns, first_ns)
        found: dict[str, dict[str, list[float | None]]] = {}
        for config, fingerprint, sharpe in self._read(_TRIED, asked):
            found.setdefault(config, {}).setdefault(fingerprint, []).append(sharpe)
        # The same configuration on a bar more is no other trial, but with other code it is.
        kept = [sharpe for by_data in found.values() for sharpe in max(by_data.values(), key=len)]
        return Tried(len(kept), np.array([sharpe for sharpe in kept if sharpe is not None], np.float64))

    def _prepare(self) -> None:
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._base.execute(f"PRAGMA {setting}")
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        (tables,) = self._base.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        if version != VERSION and (version or tables):
            raise LedgerFault(
                f"ledger of trials {self._name}: its version is {version}, allowed is {VERSION}: name another file"
            )
        self._base.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    def _write(self) -> None:
        if not self._waiting:
            return
        self._base.execute("BEGIN IMMEDIATE")
        try:
            for key, (data, config, score, at_ns) in self._waiting.items():
                whole = (data.fingerprint, _symbols(data), data.timeframe_ns, *data.span_ns)
                self._base.execute("INSERT OR IGNORE INTO data_sets VALUES (?, ?, ?, ?, ?)", whole)
                told = (*key, at_ns, json.dumps(described(config)), score.session_sharpe, score.to_bytes())
                self._base.execute("INSERT OR IGNORE INTO trials VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", told)
            self._base.execute("COMMIT")
        except sqlite3.Error:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise

    def _read(self, query: str, values: tuple[object, ...]) -> list[Any]:
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: sqlite3.Error) -> LedgerFault:
        return LedgerFault(f"ledger of trials {self._name}: {error}: mend it, or name another file")


_Key: TypeAlias = tuple[str, str, str]


def _key(data: DataSet, config: BacktestConfig) -> _Key:
    return data.fingerprint, config_digest(config), code_digest()


def _symbols(data: DataSet) -> str:
    return ",".join(data.symbols)
