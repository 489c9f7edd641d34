"""Sealed files: what goes in comes out, and whatever changes in one is found, and its file and row are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.adapters import sealed
from fluxherod.adapters.sealed import Provenance, SealedError, SealedFile, SealedHeader, seal
from fluxherod.adapters.sqlite.journal import JournalRow, genesis, link

CODE = Provenance("1.2.3", "c0de", "3.11", "2.4", "0.68", "x86_64 znver4", "10c4")
EPOCH = "0123456789abcdef"


def header_of(rows: list[JournalRow], part: int = 1) -> SealedHeader:
    before = chain = genesis(EPOCH)
    for row in rows:
        chain = link(chain, row)
    first, last = rows[0], rows[-1]
    times = (first.now_ns, last.now_ns)
    return SealedHeader(EPOCH, "2024-01-02", part, first.seq, last.seq, *times, before, chain, CODE)


def numbered(contents: list[tuple[int, str, bytes, bytes]], first: int = 1) -> list[JournalRow]:
    return [JournalRow(seq, *content) for seq, content in enumerate(contents, first)]


def some_rows(count: int, size: int = 40) -> list[JournalRow]:
    return numbered([(seq * 1_000, "TimerFired", bytes([seq % 256]) * size, bytes(16)) for seq in range(count)])


CONTENTS = st.tuples(st.integers(0, 2**63 - 1), st.text(max_size=8), st.binary(max_size=60), st.binary(max_size=16))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "BLOCK_ROWS", 4)


@settings(max_examples=25, deadline=None)
@given(st.lists(CONTENTS, min_size=1, max_size=20), st.integers(1, 5), st.integers(1, 10**6), st.data())
def test_rows_come_out_as_they_went_in_from_any_row_on(
    contents: list[tuple[int, str, bytes, bytes]], in_a_block: int, first: int, data: st.DataObject
) -> None:
    rows = numbered(contents, first)
    chain, chains = genesis(EPOCH), {}
    for row in rows:
        chain = chains[row.seq] = link(chain, row)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealed, "BLOCK_ROWS", in_a_block)
        file = seal(Path(folder), header_of(rows), rows)
        after = data.draw(st.integers(first - 1, first + len(rows)))
        assert list(SealedFile.open(file.path).rows(after)) == [row for row in rows if row.seq > after]
        assert [(record.row.seq, record.chain) for record in file.records()] == list(chains.items())
        assert {seq: file.chain_at(seq) for seq in chains} == chains
        assert file.chain_at(first - 1) == genesis(EPOCH)
        assert file.verify() == len(rows)
        assert [path.name for path in Path(folder).iterdir()] == ["2024-01-02.fxj"]


@pytest.mark.usefixtures("small_blocks")
def test_each_changed_byte_is_found_and_its_file_is_named(tmp_path: Path) -> None:
    rows = some_rows(10)
    path = seal(tmp_path, header_of(rows), rows).path
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        with pytest.raises(SealedError) as found:
            SealedFile.open(path).verify()
        assert str(path) in str(found.value), place
    path.write_bytes(whole)
    assert SealedFile.open(path).verify() == 10


@pytest.mark.usefixtures("small_blocks")
def test_a_file_that_was_cut_or_goes_on_is_found(tmp_path: Path) -> None:
    rows = some_rows(10)
    path = seal(tmp_path, header_of(rows), rows).path
    whole = path.read_bytes()
    for content in (*(whole[:length] for length in range(len(whole))), whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(SealedError):
            SealedFile.open(path).verify()


@pytest.mark.usefixtures("small_blocks")
def test_the_first_damaged_rows_are_named_and_those_before_them_are_read(tmp_path: Path) -> None:
    rows = some_rows(10)
    file = seal(tmp_path, header_of(rows), rows)
    content = bytearray(file.path.read_bytes())
    content[file._blocks[1].offset + 20] ^= 1
    file.path.write_bytes(content)
    read: list[int] = []
    with pytest.raises(SealedError, match=r"rows? 5"):
        read.extend(row.seq for row in keep(SealedFile.open(file.path).rows(), read))
    assert read == [1, 2, 3, 4]


def keep(rows: Iterator[JournalRow], seqs: list[int]) -> Iterator[JournalRow]:
    for row in rows:
        seqs.append(row.seq)
    yield from ()


def test_rows_that_are_not_those_of_the_header_are_not_sealed(tmp_path: Path) -> None:
    rows = some_rows(10)
    header = header_of(rows)
    other = rows[4]._replace(payload=b"another")
    for wrong in (rows[:-1], rows[1:], rows[:3] + rows[4:], [*rows[:4], other, *rows[5:]]):
        with pytest.raises(SealedError):
            seal(tmp_path, header, wrong)
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    rows = some_rows(3)
    path = seal(tmp_path, header_of(rows), rows).path
    before = path.read_bytes()
    with pytest.raises(SealedError, match="is there already"):
        seal(tmp_path, header_of(rows), rows)
    assert path.read_bytes() == before
    assert seal(tmp_path, header_of(rows, part=2), rows).path.name == "2024-01-02-2.fxj"
