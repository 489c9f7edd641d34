"""The process of one run: bars in, figures, trades and report into its folder. Nothing but the daemon starts it."""

from __future__ import annotations

import os
import resource
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from fluxhero.v1 import backtest_pb2
from fluxherod.jobs.folder import REQUEST
from fluxherod.jobs.messages import Ended, Task
from fluxherod.jobs.speech import Fault, Speech, own_output
from fluxherod.service.niceness import REFUSED, lower_priority

FIRST_TO_GO = "1000"  # where memory runs out the system ends this process, not the daemon


def main() -> int:
    """Do what the daemon says on standard input; the last word on standard output says how it went."""
    speech = Speech(own_output())
    task = speech.listen()
    _step_back(task.memory_mb)
    speech.end(_carried_out(task, speech))
    return 0


def _step_back(memory_mb: int) -> None:
    """Give way to trading: in priority and in memory."""
    if why := lower_priority():
        sys.stderr.write(f"{REFUSED} ({why})\n")
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")
    most = memory_mb * 1_000_000
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the memory of a backtest is not bounded: {error}\n")


def _carried_out(task: Task, speech: Speech) -> Ended:
    try:
        # Here and not above: they take a second, and a limit must be there before.
        from fluxherod.jobs.kinds import carry_out

        request = (Path(task.folder) / REQUEST).read_bytes()
        carry_out(backtest_pb2.BacktestKind.Name(task.kind), request, task, speech)
    except Fault as fault:
        return Ended(fault.reason, str(fault))
    except MemoryError:
        return Ended("BACKTEST_FAILED", f"it needs more memory than {task.memory_mb} MB (research.memory_mb)")
    except OSError as error:
        return Ended("BACKTEST_FAILED", f"its result can't be kept: {error.strerror or type(error).__name__}")
    except Exception:
        traceback.print_exc()
        return Ended("BACKTEST_FAILED", "a fault of the backtest: the daemon's log says more")
    return Ended()


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # threads of libraries are not waited for
