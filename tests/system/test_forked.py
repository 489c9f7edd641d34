"""A program that is forked from its imports is the one that is executed: words, code, folder, session, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from harness.forked import Forked
from harness.processes import Simulator, environment, wait_for


@pytest.mark.parametrize("words", [("version",), ("--nonsense",), ("run", "--set", "market.timeframe=2Hour")])
def test_it_says_and_returns_the_same(tmp_path: Path, words: tuple[str, ...]) -> None:
    variables, output = environment(tmp_path), tmp_path / "said"
    output.touch()
    executed = subprocess.run(
        [sys.executable, "-m", "fluxherod", *words],
        env=variables,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert Forked("fluxherod", words, variables, output, tmp_path).wait(60.0) == executed.returncode
    assert output.read_bytes() == executed.stdout != b""


def test_it_is_alone_in_its_session_and_ends_by_a_signal(tmp_path: Path) -> None:
    (tmp_path / "said").touch()
    words = ("--listen", "127.0.0.1:0", "--synthetic", "1", "--symbols", "SPY", "--start", "2023-06-27", "--step")
    forked = Forked("alpacasim", words, environment(tmp_path), tmp_path / "said", tmp_path)
    try:
        wait_for(lambda: Simulator.READY in (tmp_path / "said").read_text(), "it listens")
        assert os.getsid(forked.pid) == forked.pid != os.getsid(0)
        assert Path(f"/proc/{forked.pid}/cwd").resolve() == tmp_path.resolve()
        with pytest.raises(subprocess.TimeoutExpired):
            forked.wait(0.001)
    finally:
        forked.kill()
    assert forked.wait(60.0) == forked.returncode == -signal.SIGKILL
    forked.send_signal(signal.SIGTERM)  # to nobody
