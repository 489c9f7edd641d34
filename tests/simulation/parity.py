"""Simulated sessions compared with the backtest of their bars: whatever went wrong, each difference has its cause."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from unittest.mock import patch

from harness.virtual_time import VirtualTimeLoop, run

from alpacasim.orders import TRANSITIONS
from fluxherod.adapters.sqlite.journal import JournalRow
from fluxherod.backtest.parity.compare import compare
from fluxherod.backtest.parity.findings import Kind, Parity
from fluxherod.core.calendar import new_york_day
from fluxherod.core.kernel import warm_up
from fluxherod.persistence.recorded_day import record
from fluxherod.persistence.recovery import Recovery
from simulation.mishaps import IDLE_TRANSITIONS
from simulation.plan import draw
from simulation.scene import Scene


def journal(seed: int) -> list[JournalRow]:
    """The journal that the session of a seed leaves."""

    async def session(loop: VirtualTimeLoop) -> list[JournalRow]:
        scene = Scene(draw(seed), loop)
        await scene.play()
        return scene.disk.rows

    with patch.dict(TRANSITIONS, IDLE_TRANSITIONS):
        return run(session)


def compared(seed: int) -> list[Parity]:
    """Each day of a session beside its backtest."""
    logging.disable()
    try:
        rows, begun = journal(seed), Recovery()
        days = dict.fromkeys(new_york_day(row.now_ns) for row in rows)
        return [compare(record([row for row in rows if new_york_day(row.now_ns) == day], day, begun)) for day in days]
    finally:
        logging.disable(logging.NOTSET)


def many(first: int, count: int) -> int:
    """Compare sessions on all cores and tell what they come to; the number of differences that nothing explains."""
    classes: Counter[str] = Counter()
    unexplained = 0
    for seed, days in zip(range(first, first + count), _all(first, count), strict=True):
        for day in days:
            classes.update(day.counts)
            unexplained += len(day.unexplained)
            for one in day.unexplained:
                print(f"seed {seed}, {day.day}: {one}", flush=True)
    print(f"{count} sessions: {', '.join(f'{kind} {classes[kind]:,}' for kind in Kind if classes[kind])}")
    return unexplained


def _all(first: int, count: int) -> Iterator[list[Parity]]:
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=warm_up) as pool:
        yield from pool.map(compared, range(first, first + count))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=200, help="how many sessions")
    options = parser.parse_args()
    sys.exit(1 if many(options.first, options.seeds) else 0)
