"""Snapshots of the engine: what a replay of the journal up to a row gives, so that a start needs only the rows after it.

`STATE/journal/2024-01-02.snap` is of the end of a day, `latest.snap` of some row since. The state is a pickle, compressed,
read by an unpickler that knows this program's own classes and nothing else. A snapshot is only a short cut: one that is
damaged, of another journal or of other code is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fluxherod.adapters.sealed import Provenance
from fluxherod.adapters.sqlite.schema import StorageError

SUFFIX = ".snap"
LATEST = "latest"


class SnapshotError(StorageError):
    """A snapshot that can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class SnapshotHeader:
    """Which row's state it is: `chain` is the chain value there. `differs_at` is the first input before it whose effects
    came out otherwise than they were recorded (None: all were the same)."""

    epoch: str
    seq: int
    now_ns: int
    chain: bytes
    made_by: Provenance
    differs_at: int | None = None
    format: int = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot file whose header was read; `load` reads the rest."""

    path: Path
    header: SnapshotHeader

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Read the header.

        Raises:
            SnapshotError: when it can't be read.
        """
        raise SnapshotError(f"{path}: not built yet")

    def verify(self) -> None:
        """Look at every byte.

        Raises:
            SnapshotError: when it is not what was written.
        """
        raise SnapshotError(f"{self.path}: not built yet")

    def load(self) -> Any:
        """The state, after `verify`.

        Raises:
            SnapshotError: when it is damaged, or holds what no state holds.
        """
        raise SnapshotError(f"{self.path}: not built yet")


def write_snapshot(path: Path, header: SnapshotHeader, state: object) -> Snapshot:
    """Write a snapshot in place of what has its name.

    Raises:
        OSError: when it can't be written.
    """
    raise SnapshotError(f"{path}: not built yet")
