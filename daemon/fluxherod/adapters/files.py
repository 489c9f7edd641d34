"""Files that are there whole or not at all: written beside, synced, looked at, then renamed."""

from __future__ import annotations

import io
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

TEMPORARY = ".new"
DIGEST_SIZE = 32
HEADER_LENGTH = struct.Struct("<I")
_LARGEST_HEADER = 1 << 20
_PIECE = 1 << 20
H = TypeVar("H")


class HashingFile(io.RawIOBase):
    """Writes to a file and hashes what it writes; `end` appends the digest."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = blake2b(digest_size=DIGEST_SIZE)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._digest.update(content)
        return self._file.write(content)

    def end(self) -> None:
        """Append the digest over all that was written."""
        self._file.write(self._digest.digest())


def read_header(file: BinaryIO, magic: bytes, headers: msgspec.json.Decoder[H]) -> H:
    """The header behind a file's first line: its length, then JSON.

    Raises:
        ValueError, msgspec.MsgspecError, struct.error: when it is another kind of file, or damaged.
    """
    if file.read(len(magic)) != magic:
        raise ValueError(f"it does not begin with {magic.decode().strip()!r}, as this version's do")
    (length,) = HEADER_LENGTH.unpack(file.read(HEADER_LENGTH.size))
    if length > _LARGEST_HEADER:
        raise ValueError("it is damaged")
    return headers.decode(file.read(length))


@contextmanager
def replacing(path: Path, check: Callable[[Path], None], reached: Callable[[str], None]) -> Iterator[HashingFile]:
    """As `replacing_plain`, with the digest of all that is written at its end."""
    with replacing_plain(path, check, reached) as file:
        hashing = HashingFile(file)
        yield hashing
        hashing.end()


@contextmanager
def replacing_plain(path: Path, check: Callable[[Path], None], reached: Callable[[str], None]) -> Iterator[BinaryIO]:
    """Write a file for its owner alone; it takes its name once `check` has read it back.

    `reached` hears of the places at which a process may die: "written", "renamed".

    Raises:
        OSError: when that is impossible; whatever had the name still has it.
    """
    beside = path.with_name(path.name + TEMPORARY)
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb+") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check(beside)
        reached("written")
        os.replace(beside, path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    reached("renamed")


def named_by_time(path: Path) -> Path:
    """A name that is free, with the time in it: what is kept of an earlier time stays."""
    name = f"{path.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    free, number = path.with_name(name), 1
    while free.exists():
        number += 1
        free = path.with_name(f"{name}-{number}")
    return free


def sync_file(path: Path) -> None:
    """Make what is in a file durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def whole(file: BinaryIO) -> bool:
    """True when the file ends with the digest over what comes before; its place is then anywhere."""
    size = file.seek(0, os.SEEK_END)
    left = size - DIGEST_SIZE
    if left < 0:
        return False
    file.seek(0)
    digest = blake2b(digest_size=DIGEST_SIZE)
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    return file.read() == digest.digest()
