"""Failpoints: what the variable may say, and that a process ends where it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

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


@pytest.mark.parametrize("text", ["here", "=kill", "here=stop", "here=kill@0", "here=kill@x", "here=kill@-1"])
def test_what_is_no_failpoint_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(FailpointError, match="is no failpoint"):
        parse(text)
