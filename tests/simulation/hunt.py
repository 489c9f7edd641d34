"""Which session finds which of the bugs on purpose: the first seed, and what it says."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from fluxherod.core.kernel import warm_up
from simulation.bugs import BUGS, bug
from simulation.scene import report

WITHIN = 1_000


def finds(name: str, seed: int) -> str:
    """What the session of a seed says of a bug; "" when it does not notice."""
    with bug(name):
        found = report(seed).violations
    return found[0] if found else ""


def hunt(name: str, within: int = WITHIN) -> tuple[int, str]:
    """The first seed that finds a bug, and what it says; -1 when none does."""
    for seed in range(within):
        if found := finds(name, seed):
            return seed, found
    return -1, ""


def main() -> None:
    """Exits with 1 when a bug is not found."""
    parser = argparse.ArgumentParser(prog="hunt", description=__doc__)
    parser.add_argument("names", nargs="*", help="bugs; all when none is named")
    parser.add_argument("--within", type=int, default=WITHIN, help="seeds at most")
    arguments = parser.parse_args()
    logging.disable()
    missed = 0
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=warm_up) as pool:
        hunts = {name: pool.submit(hunt, name, arguments.within) for name in arguments.names or BUGS}
        for name, found in hunts.items():
            seed, text = found.result()
            missed += seed < 0
            print(
                f"{name}: " + (f"seed {seed}: {text}" if seed >= 0 else f"not found in {arguments.within}"), flush=True
            )
    print(f"{len(hunts) - missed} of {len(hunts)} bugs found")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
