"""The stopwatch that bounds are measured by: what others do on the machine is not counted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from harness.stopwatch import Stopwatch

WORKS_S = 0.3
WORK = (
    f"import os, time; os.sched_setaffinity(0, [int(os.environ['CORE'])])\nwhile time.process_time() < {WORKS_S}: pass"
)


@pytest.fixture
def rivals() -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    """Two that work on the same core."""
    core = str(min(os.sched_getaffinity(0)))
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(subprocess.Popen([sys.executable, "-c", WORK], env={"CORE": core})) for _ in range(2)
        )
        yield one, other


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how long a thread had no core")
def test_what_another_process_takes_is_not_counted_and_work_is_no_idleness(
    rivals: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]],
) -> None:
    one, _ = rivals
    watch = Stopwatch(one.pid)
    watch.wait_for(lambda: one.poll() is not None, "it ends", 60.0)
    assert watch.seconds < watch.wall_s - WORKS_S / 3
    assert watch.idle_s < watch.seconds - WORKS_S / 2


def test_what_does_not_come_in_time_is_said() -> None:
    with pytest.raises(TimeoutError, match=r"it comes: not within 0\.01 s"):
        Stopwatch().wait_for(lambda: False, "it comes", 0.01)
