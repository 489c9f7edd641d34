"""The process of a run, alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from fluxhero.v1 import backtest_pb2
from fluxherod.jobs.messages import Task
from fluxherod.service.niceness import NICENESS

COMMAND = (sys.executable, "-P", "-m", "fluxherod.jobs.worker")


def task(folder: Path, memory_mb: int = 4096) -> bytes:
    made = Task(1, str(folder), 0, 500, 1_000_000, memory_mb, str(folder), str(folder), "iex", "http://127.0.0.1")
    return msgspec.json.encode(made) + b"\n"


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(COMMAND, cwd=folder, env=environment, start_new_session=True, **pipes)  # type: ignore[call-overload, no-any-return]


def test_it_gives_way_to_trading_in_memory_and_priority_and_ends_with_the_daemon(tmp_path: Path) -> None:
    request = backtest_pb2.RunBacktestRequest(config={"symbols": ["SPY"], "timeframe": "1Hour"})
    (tmp_path / "request.pb").write_bytes(request.SerializeToString())
    (tmp_path / "json.py").write_text("raise SystemExit('the working directory is imported from')")
    with start(tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write(task(tmp_path, memory_mb=1234))
        process.stdin.flush()
        while process.poll() is None and "1234000000" not in limits(process.pid):
            pass
        assert "Max data size 1234000000 1234000000 bytes" in limits(process.pid)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        assert Path(f"/proc/{process.pid}/oom_score_adj").read_text(encoding="ascii") == "1000\n"
        process.stdin.close()
        assert process.wait(60) == -9


def limits(pid: int) -> str:
    return " ".join(Path(f"/proc/{pid}/limits").read_text(encoding="ascii").split())
