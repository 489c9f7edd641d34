"""Bars on disk, so that a restart need not fetch history again. A cache: whatever is doubtful is fetched anew."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from fluxherod.core.types import Bar
from fluxherod.failpoints import reach

_log = logging.getLogger(__name__)
_MAX_AGE_S = 24 * 3600.0
# What a file system's clock may be ahead of ours; a file that is younger than that was written by a clock gone wrong.
_CLOCKS_APART_S = 60.0
_COLUMNS = {
    "start_ns": pa.int64(),
    "open": pa.float64(),
    "high": pa.float64(),
    "low": pa.float64(),
    "close": pa.float64(),
    "volume": pa.int64(),
}


class BarCache:
    """One Parquet file a symbol and timeframe, each with what its bars are: feed, adjustment, session and source.

    Bars that are anything else, or older than a day (`max_age_s`), are not given out. `now` is wall time in seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        feed: str,
        adjustment: str,
        session: str,
        source: str,
        now: Callable[[], float] = time.time,
        max_age_s: float = _MAX_AGE_S,
    ) -> None:
        self._folder = folder
        self._about = {"feed": feed, "adjustment": adjustment, "session": session, "source": source}
        self._now = now
        self._max_age_s = max_age_s
        self._unreadable = ""
        self._swept = False

    def path(self, symbol: str, timeframe: str) -> Path:
        """Where the bars of a symbol lie; a name can't lead out of the folder."""
        return self._folder / f"{quote(symbol, safe='')}_{quote(timeframe, safe='')}.parquet"

    def load(self, symbol: str, timeframe: str) -> tuple[Bar, ...] | None:
        """The bars, oldest first; None when there are none that are fresh and of this kind.

        A file that is damaged, or isn't such a file, is set aside under another name, with a warning.
        """
        path = self.path(symbol, timeframe)
        try:
            content = self._fresh(path)
            return None if content is None else self._bars(pq.read_table(pa.BufferReader(content)), symbol, timeframe)
        except (OSError, pa.ArrowException, ValueError) as error:
            _set_aside(path, error)
            return None

    def store(self, symbol: str, timeframe: str, bars: Sequence[Bar]) -> None:
        """Replace the bars; a crash leaves the old file or the new one, whole.

        Raises:
            ValueError: when a bar is of another symbol, or has a number that no file of ours can hold.
            OSError: when the file can't be written.
        """
        if any(bar.symbol != symbol for bar in bars):
            raise ValueError(f"bars of another symbol than {symbol}")
        path = self.path(symbol, timeframe)
        about = {**self._about, "symbol": symbol, "timeframe": timeframe}
        try:
            columns = {name: pa.array([getattr(bar, name) for bar in bars], kind) for name, kind in _COLUMNS.items()}
        except OverflowError as error:
            raise ValueError(f"a bar of {symbol} can't be kept: {error}") from error
        table = pa.table(columns)
        table = table.replace_schema_metadata({**about, "digest": _digest(table, about)})
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
        try:
            with draft.open("wb") as file:
                pq.write_table(table, file, compression="snappy")
                file.flush()
                os.fsync(file.fileno())
            reach("cache.written")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _fresh(self, path: Path) -> bytes | None:
        """What is in a file that is not too old; None for one that is, or that can't be read: that one stays."""
        try:
            age_s = self._now() - path.stat().st_mtime
            return path.read_bytes() if -_CLOCKS_APART_S <= age_s <= self._max_age_s else None
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = str(error.strerror or error)
            if reason != self._unreadable:  # a folder that can't be read is told once, not for each of its files
                _log.warning("the bar cache %s can't be read, its bars are fetched: %s", path, reason)
            self._unreadable = reason
            return None

    def _bars(self, table: pa.Table, symbol: str, timeframe: str) -> tuple[Bar, ...] | None:
        found = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        if {"symbol", "timeframe", "digest", *self._about} - found.keys():
            raise ValueError("the file is not one of this cache")
        if (found["symbol"], found["timeframe"]) != (symbol, timeframe):
            raise ValueError(f"the file holds {found['symbol']} {found['timeframe']}")
        if {field.name: field.type for field in table.schema} != _COLUMNS:
            raise ValueError(f"the columns are {table.schema.names}")
        if any(column.null_count for column in table.columns):
            raise ValueError("the file has empty cells")
        if any(found[key] != value for key, value in self._about.items()):
            return None
        digest = found.pop("digest")
        if _digest(table, found) != digest:
            raise ValueError("the bars are not those that were stored")
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        return tuple(Bar(symbol, *row) for row in rows)

    def _sweep(self) -> None:
        """Take away, once, what processes left behind that died while they wrote."""
        if self._swept:
            return
        self._swept = True
        for draft in self._folder.glob("*.parquet.*.draft"):
            with suppress(FileNotFoundError):
                if self._now() - draft.stat().st_mtime > _MAX_AGE_S:
                    draft.unlink()


def _digest(table: pa.Table, about: Mapping[str, str]) -> str:
    """Of all that is stored: Parquet itself reads most flipped bits as other prices."""
    digest = blake2b(repr(sorted(about.items())).encode(), digest_size=16)
    for column in table.columns:
        digest.update(column.to_numpy())
    return digest.hexdigest()


def _set_aside(path: Path, error: Exception) -> None:
    """Keep a file that is no use for whoever wants to know why: the newest of each name, or they would pile up."""
    aside = path.with_name(f"{path.name}.damaged")
    _log.warning("the bar cache %s can't be used and is now %s: %s", path, aside.name, error)
    try:
        path.replace(aside)
    except OSError as failure:
        _log.warning("%s can't be set aside: %s", path, failure)
