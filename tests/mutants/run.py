"""Does a test notice each wrong threshold and comparison? `make mutants`, or `python tests/mutants/run.py [WORD ...]`.

Each mutant is a copy of the daemon's package with one small change, tested in a process of its own. A table says which
test killed it. The exit code is 1 when a mutant survived, 2 when the list no longer fits the source.
With words, only the mutants whose file or sentence contains one of them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

# Imported once, here: each mutant's process is forked from this one. Nothing of fluxherod may be among them.
import hypothesis
import numpy as np
import pytest
import talib

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT / "tests")

from mutants.every import MUTANTS, unfit  # noqa: E402
from mutants.interpreted import stop_compiling  # noqa: E402
from mutants.mutant import Mutant  # noqa: E402

WARM = (hypothesis, np, talib)
# What says nothing about a mutant and takes long when interpreted, or is about the compiler itself.
LEFT_OUT = (
    "not (million_bars or compile or machine_code or every_prefix or any_cut or however_the_bars_are_cut"
    " or confidence_interval or price_return or whatever_thresholds or keeps_nothing or memory or 20000)"
)
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `killer` is the first test that failed, empty when all passed."""

    killer: str
    seconds: float


class FirstFailure:
    """A pytest plugin that keeps the name of the test that failed first, and what it said."""

    def __init__(self) -> None:
        self.name = self.text = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.name:
            self.name, self.text = report.nodeid.removeprefix("tests/").split("[")[0], report.longreprtext

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.text = report.longreprtext


@contextlib.contextmanager
def copied(source: Path, mutant: Mutant | None) -> Iterator[Path]:
    """A folder with a copy of the package in `source`, the mutant's change made."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        shutil.copytree(source / "fluxherod", folder / "fluxherod", ignore=shutil.ignore_patterns("__pycache__"))
        if mutant is not None:
            path = folder / mutant.file
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        yield folder


def tested(source: Path, mutant: Mutant | None, tests: tuple[str, ...]) -> Outcome:
    """Run tests on a copy of `source`. Only for a process that ends afterwards: it imports the copy's fluxherod."""
    started, first = time.monotonic(), FirstFailure()
    stop_compiling()
    os.environ["CI"] = "1"  # Hypothesis then draws the same examples in each run
    with copied(source, mutant) as folder, open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        places = f"pythonpath={folder} protos clients/python tests"
        quiet = ["-p", "no:cacheprovider", "-p", "no:warnings", f"--timeout={TIMEOUT_S}", "-k", LEFT_OUT]
        code = pytest.main([*tests, "-x", "-q", "-o", places, f"--rootdir={ROOT}", *quiet], plugins=[first])
        imported = sys.modules["fluxherod.core"].__file__ if "fluxherod.core" in sys.modules else None
        if imported is None or not Path(imported).is_relative_to(folder):
            raise RuntimeError(f"the tests ran on {imported}, not on the mutant's copy")
    if bool(code) != bool(first.name) or "NameError" in first.text:
        raise RuntimeError(f"not the mutant that was meant, pytest ended with {code!r}:\n{first.text}")
    return Outcome(first.name, time.monotonic() - started)


def _one(task: tuple[Path, Mutant]) -> Outcome:
    source, mutant = task
    return tested(source, mutant, mutant.tests)


def judge(source: Path, chosen: Sequence[Mutant], jobs: int) -> int:
    """Print the table of mutants of `source`; the exit code."""
    started, survived = time.monotonic(), 0
    with get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        whole = pool.apply(tested, (source, None, tuple(sorted({path for one in chosen for path in one.tests}))))
        if whole.killer:
            print(f"Without any mutant {whole.killer} fails: nothing can be said.")
            return 2
        print(f"no mutant: all tests pass in {whole.seconds:.0f} s", flush=True)
        outcomes = pool.imap(_one, [(source, one) for one in chosen], chunksize=1)
        for one, outcome in zip(chosen, outcomes, strict=True):
            survived += not outcome.killer
            where = one.file.removeprefix("fluxherod/")
            print(f"{where:28} {one.breaks:36} {outcome.seconds:4.1f} s  {outcome.killer or 'SURVIVED'}", flush=True)
    print(f"{len(chosen)} mutants, {survived} survived, {time.monotonic() - started:.0f} s")
    return 1 if survived else 0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("words", nargs="*", metavar="WORD")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at a time (default: all cores)")
    options = arguments.parse_args()
    chosen = [one for one in MUTANTS if not options.words or any(w in one.file + one.breaks for w in options.words)]
    os.chdir(ROOT)
    with copied(ROOT / "daemon", None) as source:  # what is edited meanwhile changes nothing
        if wrong := unfit(source):
            print("The source has changed; mend the list of mutants:", *wrong, sep="\n  ")
            return 2
        if not chosen:
            print("No mutant has any of these words.")
            return 1
        return judge(source, chosen, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
