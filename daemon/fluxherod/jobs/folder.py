"""Runs on disk: a folder each, in which every file is there whole or not at all."""

from __future__ import annotations

import logging
import os
import re
import shutil
from array import array
from pathlib import Path

import msgspec

from fluxherod.adapters.files import replacing_plain
from fluxherod.configuration.directories import make_private

log = logging.getLogger(__name__)

REQUEST, RECORD, RESULT, METRICS, REPORT = "request.pb", "run.json", "result.pb", "metrics.pb", "report.html"
TRADES, OFFSETS = "trades.bin", "trades.offsets"
KINDS = frozenset({1, 2, 3})  # the numbers of the API's BacktestKind
_ID = re.compile(r"bt-[0-9a-f]{16}-[0-9a-f]{8}")


class Record(msgspec.Struct, frozen=True):
    """What is known of a run for good; `digest` is of the request as it came, `canceled_by` who ended it."""

    id: str
    kind: int
    principal: str
    request_id: str
    digest: str
    created_ns: int
    state: int
    text: str = ""
    fraction: float = 0.0
    done: int = 0
    total: int = 0
    elapsed_ns: int = 0
    ended_ns: int | None = None
    reason: str = ""
    error: str = ""
    canceled_by: str = ""


_RECORD = msgspec.json.Decoder(Record)


class RunFolders:
    """The folder of all runs. Each method may block: never on the event loop."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def of(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.path / run_id

    def create(self, record: Record, request: bytes) -> None:
        """Make a run's folder. Raises OSError."""
        make_private(self.path)
        self.of(record.id).mkdir(mode=0o700)
        write_whole(self.of(record.id) / REQUEST, request)
        self.keep(record)

    def keep(self, record: Record) -> None:
        """Replace what is known of a run. Raises OSError."""
        write_whole(self.of(record.id) / RECORD, msgspec.json.encode(record))

    def load(self) -> list[tuple[Record, bytes, bytes]]:
        """Each run with its request and its metrics, oldest first; what was never whole goes."""
        found = []
        for path in sorted(self.path.iterdir()) if self.path.is_dir() else ():
            if not _ID.fullmatch(path.name) or not path.is_dir():
                continue
            try:
                record = _RECORD.decode((path / RECORD).read_bytes())
                if record.id != path.name or record.kind not in KINDS:
                    raise ValueError("it is another version's")
                request, metrics = (path / REQUEST).read_bytes(), read_or_empty(path / METRICS)
            except FileNotFoundError:
                shutil.rmtree(path, ignore_errors=True)
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                log.warning("the backtest %s can't be read and is left alone: %s", path, error)
            else:
                found.append((record, request, metrics))
        return found

    def size(self, run_id: str) -> int:
        """Bytes of a run."""
        return sum(path.lstat().st_size for path in self.of(run_id).rglob("*") if path.is_file())

    def remove(self, run_id: str) -> None:
        """Take a run away. Its record goes first: what is left of a removal that a crash ends is no run."""
        (self.of(run_id) / RECORD).unlink(missing_ok=True)
        shutil.rmtree(self.of(run_id), ignore_errors=True)

    def result(self, run_id: str) -> bytes:
        """The result's bytes. Raises OSError."""
        return (self.of(run_id) / RESULT).read_bytes()

    def report(self, run_id: str) -> str:
        """The report; empty where there is none. Raises OSError."""
        return read_or_empty(self.of(run_id) / REPORT).decode()

    def trades(self, run_id: str, first: int, count: int) -> tuple[bytes, int]:
        """The bytes of some trades, and how many there are. Raises OSError."""
        offsets = array("Q")
        offsets.frombytes(read_or_empty(self.of(run_id) / OFFSETS))
        total = max(0, len(offsets) - 1)
        begin, end = min(first, total), min(first + count, total)
        if begin == end:
            return b"", total
        with (self.of(run_id) / TRADES).open("rb") as file:
            file.seek(offsets[begin])
            return file.read(offsets[end] - offsets[begin]), total


def write_trades(folder: Path, trades: list[bytes]) -> None:
    """Keep messages so that any of them can be read without the others. Raises OSError."""
    offsets = array("Q", [0])
    for trade in trades:
        offsets.append(offsets[-1] + len(trade))
    write_whole(folder / TRADES, b"".join(trades))
    write_whole(folder / OFFSETS, offsets.tobytes())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all. Raises OSError."""
    with replacing_plain(path, lambda beside: None, lambda place: None) as file:
        file.write(content)


def read_or_empty(path: Path) -> bytes:
    """What is in a file; nothing where there is none. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def new_id(now_ns: int) -> str:
    """An id that sorts by time."""
    return f"bt-{now_ns:016x}-{os.urandom(4).hex()}"
