"""A closed part of the journal as one file that never changes again: `STATE/journal/2024-01-02.fxj`.

A line that says what it is, a header (JSON), the rows in compressed blocks, and a digest over all of it. Each block
begins with the chain value before its rows, so whoever reads a block knows that its rows are those that were
written; the digest finds a changed byte anywhere else.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import pyarrow as pa

from fluxherod.adapters.files import DIGEST_SIZE, HEADER_LENGTH, HashingFile, read_header, replacing, whole
from fluxherod.adapters.sqlite.journal import JournalRow, link
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.failpoints import reach

SUFFIX = ".fxj"
FORMAT = 1
MAGIC = b"FluxHero journal 1\n"
BLOCK_BYTES, BLOCK_ROWS = 1 << 20, 1024
LEVEL = 9
_HEAD = struct.Struct("<QIII16s")  # the first row's number, how many, bytes unpacked and packed, the chain before


class SealedError(StorageError):
    """A sealed file that can't be read or trusted; the text names the file and, where it is known, the row."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Whose work a file is: what must be the same for a replay to be the same, byte for byte.

    `code` is a hash of the sources of core and engine, `packages` one of what is installed ("" where unknown), `cpu`
    the processor's family, as the compiler names it.
    """

    version: str
    code: str
    python: str
    numpy: str
    numba: str
    cpu: str
    packages: str = ""

    @property
    def fingerprint(self) -> str:
        """What must be the same for a snapshot to be used."""
        return "/".join((self.code, self.python, self.numpy, self.numba, self.cpu))


@dataclass(frozen=True, slots=True)
class SealedHeader:
    """What a sealed file says of itself. `day` is the New York day of its rows, `part` counts the files of a day."""

    epoch: str
    day: str
    part: int
    first_seq: int
    last_seq: int
    first_ns: int
    last_ns: int
    chain_before: bytes
    chain_after: bytes
    sealed_by: Provenance
    format: int = FORMAT

    @property
    def name(self) -> str:
        """The file's name."""
        return self.name_of(self.day, self.part)

    @staticmethod
    def name_of(day: str, part: int) -> str:
        """The name of a part of a day; parts count from 1."""
        return f"{day}{SUFFIX}" if part == 1 else f"{day}-{part}{SUFFIX}"


class SealedRow(NamedTuple):
    """A row and the chain value after it."""

    row: JournalRow
    chain: bytes


class _Block(NamedTuple):
    first_seq: int
    rows: int
    unpacked: int
    packed: int
    chain: bytes  # before its first row
    offset: int


_HEADERS: msgspec.json.Decoder[SealedHeader] = msgspec.json.Decoder(SealedHeader)
_ROWS = msgspec.msgpack.Decoder(list[tuple[int, str, bytes, bytes]])
_CODEC: Any = pa.Codec("zstd", compression_level=LEVEL)


class SealedFile:
    """One sealed file. `open` reads its header; rows are read when they are asked for, and proved by the chain."""

    def __init__(self, path: Path, header: SealedHeader, start: int) -> None:
        self.path = path
        self.header = header
        self._start = start  # where the first block begins

    @classmethod
    def open(cls, path: Path) -> SealedFile:
        """Read the header.

        Raises:
            SealedError: when it can't be read, or is of a format that this version doesn't know.
        """
        try:
            with path.open("rb") as file:
                return cls(path, *_read_header(file))
        except (OSError, ValueError, msgspec.MsgspecError, struct.error) as error:
            raise SealedError(f"{path}: its header can't be read: {error}") from error

    def rows(self, after_seq: int = 0) -> Iterator[JournalRow]:
        """The rows after a number, in order.

        Raises:
            SealedError: at the first row that can't be read, or is not the one that was written.
        """
        for sealed in self.records(after_seq):
            yield sealed.row

    def records(self, after_seq: int = 0) -> Iterator[SealedRow]:
        """As `rows`, each row with the chain value after it; only blocks that are needed are read."""
        blocks = self._blocks
        try:
            with self.path.open("rb") as file:
                for block, chain_after in zip(blocks, self._chains_after(blocks), strict=True):
                    if block.first_seq + block.rows - 1 > after_seq:
                        yield from (one for one in self._unpack(file, block, chain_after) if one.row.seq > after_seq)
        except OSError as error:
            raise SealedError(f"{self.path}: {error}") from error

    def chain_at(self, seq: int) -> bytes:
        """The chain value after a row of this file, or before the first one.

        Raises:
            SealedError: as `rows`.
        """
        if seq == self.header.first_seq - 1:
            return self.header.chain_before
        if seq == self.header.last_seq:
            return self.header.chain_after
        return next(self.records(seq - 1)).chain

    def verify(self) -> int:
        """Look at every byte; return how many rows it has.

        Raises:
            SealedError: naming the first row that is damaged, where the damage is in one.
        """
        rows = sum(1 for _ in self.records())
        expected = self.header.last_seq - self.header.first_seq + 1
        if rows != expected:
            raise SealedError(f"{self.path}: has {rows} rows, by its header {expected}")
        try:
            with self.path.open("rb") as file:
                if not whole(file):
                    raise SealedError(f"{self.path}: its bytes are not those that were written, its rows are")
        except OSError as error:
            raise SealedError(f"{self.path}: {error}") from error
        return rows

    @cached_property
    def _blocks(self) -> tuple[_Block, ...]:
        """Where the blocks are, none of them unpacked."""
        seq, blocks, offset = self.header.first_seq, [], self._start
        try:
            with self.path.open("rb") as file:
                while seq <= self.header.last_seq:
                    file.seek(offset)
                    first, rows, unpacked, packed, chain = _HEAD.unpack(file.read(_HEAD.size))
                    if first != seq or not rows:
                        raise SealedError(f"{self.path}: row {seq}: its block is damaged")
                    offset += _HEAD.size
                    blocks.append(_Block(first, rows, unpacked, packed, chain, offset))
                    seq, offset = seq + rows, offset + packed
                end = file.seek(0, 2)
        except (OSError, struct.error) as error:
            raise SealedError(f"{self.path}: row {seq}: its block can't be read: {error}") from error
        if (
            seq != self.header.last_seq + 1
            or end != offset + DIGEST_SIZE
            or blocks[0].chain != self.header.chain_before
        ):
            raise SealedError(
                f"{self.path}: its blocks are not those of rows {self.header.first_seq} to {self.header.last_seq}"
            )
        return tuple(blocks)

    def _chains_after(self, blocks: tuple[_Block, ...]) -> list[bytes]:
        return [after.chain for _, after in pairwise(blocks)] + [self.header.chain_after]

    def mentions(self, kinds: Collection[str], text: bytes) -> bool:
        """True when the content of some row of these kinds holds a text. The rows are not proved.

        Raises:
            SealedError: when a block can't be read.
        """
        try:
            with self.path.open("rb") as file:
                contents = (self._unpacked(file, block) for block in self._blocks)
                likely = (_ROWS.decode(content) for content in contents if text in content)
                return any(kind in kinds and text in payload for rows in likely for _, kind, payload, _ in rows)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise SealedError(f"{self.path}: {error}") from error

    def _unpacked(self, file: BinaryIO, block: _Block) -> bytes:
        file.seek(block.offset)
        packed = file.read(block.packed)
        try:
            content: bytes = _CODEC.decompress(packed, block.unpacked, asbytes=True)
        except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
            raise SealedError(f"{self.path}: row {block.first_seq}: its block can't be unpacked: {error}") from error
        return content

    def _unpack(self, file: BinaryIO, block: _Block, chain_after: bytes) -> list[SealedRow]:
        """All rows of a block, once the chain has proved them."""
        try:
            fields = _ROWS.decode(self._unpacked(file, block))
        except (ValueError, msgspec.MsgspecError) as error:
            raise SealedError(f"{self.path}: row {block.first_seq}: its block can't be unpacked: {error}") from error
        chain, found = block.chain, []
        for seq, (now_ns, kind, payload, effects) in enumerate(fields, block.first_seq):
            row = JournalRow(seq, now_ns, kind, payload, effects)
            chain = link(chain, row)
            found.append(SealedRow(row, chain))
        if chain != chain_after or len(found) != block.rows:
            last = block.first_seq + block.rows - 1
            raise SealedError(f"{self.path}: rows {block.first_seq} to {last} are not those that were written")
        return found


def seal(folder: Path, header: SealedHeader, rows: Iterable[JournalRow]) -> SealedFile:
    """Write rows as a sealed file under the header's name; it is durable and has been read back when this returns.

    Raises:
        SealedError: when the rows are not those of the header, or a file of that name is there.
        OSError: when it can't be written; nothing has been changed then.
    """
    path = folder / header.name
    if path.exists():
        raise SealedError(f"{path} is there already")
    reach("seal.write.before")
    with replacing(path, partial(_look, header), lambda place: reach(f"seal.write.{place}")) as file:
        content = msgspec.json.encode(header)
        file.write(MAGIC + HEADER_LENGTH.pack(len(content)) + content)
        _write_blocks(file, header, rows)
    reach("seal.write.after")
    return SealedFile.open(path)


def _look(header: SealedHeader, path: Path) -> None:
    file = SealedFile.open(path)
    file.verify()
    if file.header != header:
        raise SealedError(f"{path}: was not written as it should have been")


def _write_blocks(file: HashingFile, header: SealedHeader, rows: Iterable[JournalRow]) -> None:
    chain, seq, size = header.chain_before, header.first_seq, 0
    block: list[JournalRow] = []
    before = chain
    for row in rows:
        if row.seq != seq:
            raise SealedError(f"row {seq} is missing: there is {row.seq}")
        chain, seq, size = link(chain, row), seq + 1, size + len(row.payload)
        block.append(row)
        if size >= BLOCK_BYTES or len(block) == BLOCK_ROWS:
            _write_block(file, block, before)
            block, size, before = [], 0, chain
    if block:
        _write_block(file, block, before)
    if chain != header.chain_after or seq != header.last_seq + 1:
        raise SealedError(f"rows {header.first_seq} to {seq - 1} are not those that were written")


def _write_block(file: HashingFile, rows: list[JournalRow], chain: bytes) -> None:
    unpacked = msgspec.msgpack.encode([row[1:] for row in rows])
    packed = _CODEC.compress(unpacked, asbytes=True)
    file.write(_HEAD.pack(rows[0].seq, len(rows), len(unpacked), len(packed), chain) + packed)


def _read_header(file: BinaryIO) -> tuple[SealedHeader, int]:
    header = read_header(file, MAGIC, _HEADERS)
    if header.format != FORMAT:
        raise ValueError(f"format {header.format}, this version knows {FORMAT}")
    if not 0 < header.first_seq <= header.last_seq:
        raise ValueError("it is damaged")
    return header, file.tell()
