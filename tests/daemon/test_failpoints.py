"""Failpoints: what the variable may say, and that a process ends where it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fluxherod.failpoints import VARIABLE, FailpointError, parse

SCRIPT = """
import os
from fluxherod.failpoints import install, reach
install(os.environ)
for _ in range(3):
    reach("other")
    reach("here")
    print("passed", flush=True)
"""


def run_script(failpoints: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {VARIABLE: failpoints}
    return subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)


def test_the_process_is_killed_the_third_time_and_not_before() -> None:
    ended = run_script("here=kill@3")
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout == "passed\n" * 2


def test_nothing_happens_where_nothing_is_named() -> None:
    assert run_script("").returncode == 0
    assert run_script("elsewhere=kill").stdout == "passed\n" * 3


def test_several_are_parted_by_commas() -> None:
    assert parse(" a.b=kill, c=kill@2 ,") == {"a.b": 1, "c": 2}


def test_a_file_sets_them_while_the_process_runs_and_is_gone_then(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from fluxherod.failpoints import install, reach
install(os.environ)
reach("here")
open(sys.argv[1], "w").write("here=kill@2")
os.kill(os.getpid(), signal.SIGUSR1)
print(os.path.exists(sys.argv[1]))
reach("here")
print("passed", flush=True)
reach("here")
"""
    path = tmp_path / "failpoints"
    environment = os.environ | {VARIABLE: f"@{path}"}
    command = [sys.executable, "-c", script, str(path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "False\npassed\n")


@pytest.mark.parametrize("text", ["here", "=kill", "here=stop", "here=kill@0", "here=kill@x", "here=kill@-1"])
def test_what_is_no_failpoint_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(FailpointError, match="is no failpoint"):
        parse(text)
