"""`make bench` is run by hand, so what a benchmark is made of is tried here, without a measurement."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest


@pytest.fixture
def benchmarks(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = root / "tests" / "bench"
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "argv", ["benchmark"])
    return folder


def test_each_benchmark_finds_what_it_imports(benchmarks: Path) -> None:
    names = [path.stem for path in benchmarks.glob("bench_*.py")]
    assert "bench_hub" in names
    for name in names:
        assert callable(importlib.import_module(name).main)


async def test_the_inside_of_a_daemon_that_a_benchmark_measures_can_be_made(benchmarks: Path, tmp_path: Path) -> None:
    side = importlib.import_module("bench_hub").Side(str(tmp_path / "bench.sock"))
    await side.server.start()
    side.publish(10)
    assert side.hub.seq == 1
    await side.server.stop(0)
