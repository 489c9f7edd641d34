"""Snapshots: a state comes back, and what is damaged, or is no state, is never used."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fluxherod.adapters.sealed import Provenance
from fluxherod.adapters.snapshots import Snapshot, SnapshotError, SnapshotHeader, write_snapshot
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine

CODE = Provenance("1.2.3", "c0de", "3.11", "2.4", "0.68", "x86_64 znver4")
HEADER = SnapshotHeader("0123456789abcdef", 17, 1_000, bytes(16), CODE, differs_at=3)


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


class Named:
    """Pickles as a name of some module, there or not."""

    def __init__(self, module: str, name: str) -> None:
        self.pickled = (
            b"\x80\x04" + b"".join(b"\x8c" + bytes([len(one)]) + one.encode() for one in (module, name)) + b"\x93."
        )


def test_a_state_comes_back_with_its_header(tmp_path: Path) -> None:
    state = {"table": np.arange(5), "names": frozenset({"SPY"}), "parts": [1.5, (2, b"x")]}
    write_snapshot(tmp_path / "latest.snap", HEADER, state)
    snapshot = Snapshot.open(tmp_path / "latest.snap")
    assert snapshot.header == HEADER
    loaded = snapshot.load()
    assert loaded.pop("table").tolist() == state.pop("table").tolist()
    assert loaded == state
    assert [path.name for path in tmp_path.iterdir()] == ["latest.snap"]


def test_a_changed_byte_is_found_before_anything_is_made_of_it(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "latest.snap", HEADER, (1.5, "x" * 50)).path
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        with pytest.raises(SnapshotError):
            Snapshot.open(path).load()


@pytest.mark.parametrize(
    "state",
    [
        Calls(print, "called"),
        Calls(eval, "print('called')"),
        Calls(getattr, Engine, "process"),
        Calls(getattr, decode_event, "__globals__"),
        Calls(getattr, partial(print), "func"),
        Calls(np.load, "called"),
        Calls(__import__, "os"),
        Path("somewhere"),
    ],
    ids=["print", "eval", "getattr", "globals", "partial", "load", "import", "path"],
)
def test_what_is_no_part_of_a_state_is_refused(
    tmp_path: Path, state: object, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = write_snapshot(tmp_path / "latest.snap", HEADER, state)
    with pytest.raises(SnapshotError, match="which is no part of a state"):
        snapshot.load()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("fluxherod.engine.runner", "asyncio"), ("fluxherod.engine.engine", "Engine.process"),
     ("fluxherod.adapters.sealed", "seal"), ("numpy.core.multiarray", "fromfile"), ("fluxherod.core.jit", "kernel.x")],
)  # fmt: skip
def test_only_names_of_core_and_engine_are_found(module: str, name: str) -> None:
    from fluxherod.adapters.snapshots import _Unpickler

    with pytest.raises(SnapshotError, match="which is no part of a state"):
        _Unpickler(_Bytes(Named(module, name).pickled)).load()
    with pytest.raises((pickle.UnpicklingError, SnapshotError, EOFError)):
        _Unpickler(_Bytes(b"")).load()


class _Bytes:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        size = len(self._content) if size < 0 else size
        part, self._content = self._content[:size], self._content[size:]
        return part

    def readline(self) -> bytes:
        return self.read(self._content.find(b"\n") + 1)
