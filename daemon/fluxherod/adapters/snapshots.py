"""Snapshots of the engine: what a replay of the journal up to a row gives. A start needs only the rows after it.

`STATE/journal/2024-01-02.snap` is of the end of a day, `latest.snap` of some row since. The state is a pickle,
compressed, read by an unpickler that knows this program's own classes and little else. A snapshot is only a short cut:
one that is damaged, of another journal or of other code is passed over.
"""

from __future__ import annotations

import functools
import gc
import importlib
import pickle
import struct
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FunctionType
from typing import Any, BinaryIO

import msgspec
import numpy as np
import pyarrow as pa

from fluxherod.adapters.files import DIGEST_SIZE, HEADER_LENGTH, read_header, replacing, whole
from fluxherod.adapters.sealed import Provenance
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.failpoints import reach

SUFFIX = ".snap"
LATEST = "latest"
FORMAT = 1
MAGIC = b"FluxHero snapshot 1\n"
PROTOCOL = 5
_OURS = ("fluxherod.core.", "fluxherod.engine.")


class SnapshotError(StorageError):
    """A snapshot that can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class SnapshotHeader:
    """Which row's state it is: `chain` is the chain value there.

    `differs_at` is the first input before it whose effects came out otherwise than they were recorded (None: all were
    the same).
    """

    epoch: str
    seq: int
    now_ns: int
    chain: bytes
    made_by: Provenance
    differs_at: int | None = None
    format: int = FORMAT


_HEADERS: msgspec.json.Decoder[SnapshotHeader] = msgspec.json.Decoder(SnapshotHeader)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot file whose header was read; `load` reads the rest. `start` is where the state begins."""

    path: Path
    header: SnapshotHeader
    start: int

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Read the header.

        Raises:
            SnapshotError: when it can't be read, or is of a format that this version doesn't know.
        """
        try:
            with path.open("rb") as file:
                return cls(path, *_read_header(file))
        except (OSError, ValueError, msgspec.MsgspecError, struct.error) as error:
            raise SnapshotError(f"{path}: its header can't be read: {error}") from error

    def verify(self) -> None:
        """Look at every byte.

        Raises:
            SnapshotError: when it is not what was written.
        """
        try:
            with self.path.open("rb") as file:
                if whole(file):
                    return
        except OSError as error:
            raise SnapshotError(f"{self.path}: {error}") from error
        raise SnapshotError(f"{self.path}: its bytes are not those that were written")

    def load(self) -> Any:
        """The state, once every byte has been looked at.

        Raises:
            SnapshotError: when it is damaged, or holds what no state holds.
        """
        self.verify()
        try:
            with pa.memory_map(str(self.path)) as file, _no_garbage():
                content = file.read_buffer()[self.start : file.size() - DIGEST_SIZE]
                return _Unpickler(pa.CompressedInputStream(pa.BufferReader(content), "zstd")).load()
        except SnapshotError as error:
            raise SnapshotError(f"{self.path}: {error}") from error
        except Exception as error:  # whatever a pickle of another shape may raise: it is no state of this version
            raise SnapshotError(f"{self.path}: can't be read: {type(error).__name__}: {error}") from error


def write_snapshot(path: Path, header: SnapshotHeader, state: object) -> Snapshot:
    """Write a snapshot in place of what has its name; it is durable and has been read back when this returns.

    Raises:
        OSError: when it can't be written; what had its name still has it.
    """
    reach("snapshot.write.before")
    with replacing(path, lambda beside: Snapshot.open(beside).verify(), _reached) as file:
        content = msgspec.json.encode(header)
        file.write(MAGIC + HEADER_LENGTH.pack(len(content)) + content)
        with pa.CompressedOutputStream(pa.PythonFile(file, mode="w"), "zstd") as stream, _no_garbage():
            pickle.Pickler(stream, PROTOCOL).dump(state)
    reach("snapshot.write.after")
    return Snapshot.open(path)


def _reached(place: str) -> None:
    if place == "written":
        reach("snapshot.write.written")


def _read_header(file: BinaryIO) -> tuple[SnapshotHeader, int]:
    header = read_header(file, MAGIC, _HEADERS)
    if header.format != FORMAT:
        raise ValueError(f"format {header.format}, this version knows {FORMAT}")
    return header, file.tell()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """A million new objects are no garbage: to look for some among them again and again takes as long as the rest."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


# --- what a state may be made of -------------------------------------------------------------------------------------
def _attribute(owner: Any, name: str) -> Any:
    """What `getattr` is in a pickle: a method of one of our objects, or a member of one of our enums."""
    kind = owner if isinstance(owner, type) else type(owner)
    if not kind.__module__.startswith(_OURS) or name.startswith("__"):
        raise SnapshotError(f"holds {name} of a {kind.__qualname__}, which is no part of a state")
    if isinstance(owner, type) and not issubclass(owner, Enum):
        raise SnapshotError(f"holds {name} of the class {kind.__qualname__}, which is no part of a state")
    return getattr(owner, name)


_OTHERS: dict[tuple[str, str], Any] = {
    ("builtins", "getattr"): _attribute,
    ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset,
    ("builtins", "bytearray"): bytearray,
    ("builtins", "slice"): slice,
    ("collections", "Counter"): Counter,
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("collections", "deque"): deque,
    ("functools", "partial"): functools.partial,
    ("numpy", "dtype"): np.dtype,
    ("numpy", "ndarray"): np.ndarray,
}
# NumPy's own makers of arrays and scalars; they are in other modules in other versions of it.
_NUMPY = {"_frombuffer", "_reconstruct", "scalar"}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (known := _OTHERS.get((module, name))) is not None:
            return known
        ours = f"{module}.".startswith(_OURS)
        if ours or (module.startswith(("numpy.core.", "numpy._core.")) and name in _NUMPY):
            found = getattr(importlib.import_module(module), name, None)  # a dotted name is not found
            if not ours or (isinstance(found, (type, FunctionType)) and found.__module__.startswith(_OURS)):
                return found
        raise SnapshotError(f"holds {module}.{name}, which is no part of a state")
