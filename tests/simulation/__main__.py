"""Simulated sessions from the command line: many seeds on all cores, one with its story, or each twice."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from fluxherod.core.kernel import warm_up
from simulation.kinds import KINDS
from simulation.plan import draw
from simulation.scene import Outcome, play, report

PARTS = 20
LOOKED = ("events of the journal", "events at the exchange", "quiet books", "decisions explained")


def outcomes(seeds: Sequence[int]) -> Iterator[Outcome]:
    """What the sessions of these seeds came to, in order, shared over the cores."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=warm_up) as pool:
        yield from pool.map(report, seeds, chunksize=max(1, min(10, len(seeds) // 8)))


def many(seeds: Sequence[int]) -> int:
    """Play sessions and say what came of them; the number of those in which something did not hold."""
    began_s, broken = time.monotonic(), []
    met: Counter[str] = Counter()
    sessions: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    looked: Counter[str] = Counter()
    for number, outcome in enumerate(outcomes(seeds), 1):
        met += outcome.met
        sessions.update(outcome.met.keys())
        sums.update(events=outcome.events, orders=outcome.orders, processes=outcome.processes)
        looked.update({name: outcome.counts[name] for name in LOOKED})
        sums.update(fills=outcome.counts["fill"] + outcome.counts["partial_fill"], seconds=round(outcome.seconds * 1e3))
        if outcome.violations:
            broken.append(outcome)
            tell(outcome)
        if number % max(1, len(seeds) // PARTS) == 0:
            print(f"{number} sessions in {time.monotonic() - began_s:.0f} s, {len(broken)} broken", flush=True)
    passed_s = time.monotonic() - began_s
    print(f"\n{len(seeds)} sessions in {passed_s:.0f} s ({sums['seconds'] / 1e3 / len(seeds):.2f} s of a core each):")
    print(f"{sums['orders']} orders, {sums['fills']} fills, {sums['processes']} processes")
    for group in dict.fromkeys(kind.group for kind in KINDS.values()):
        names = [name for name, kind in KINDS.items() if kind.group == group]
        print(f"{group}: " + ", ".join(f"{name} {met[name]} in {sessions[name]}" for name in names))
    never = [name for name in KINDS if not met[name]]
    print(f"{len(KINDS) - len(never)} of {len(KINDS)} kinds of fault were met" + (f"; never: {never}" if never else ""))
    print(f"broken: {len(broken)} sessions {[outcome.seed for outcome in broken]}")
    return len(broken)


def tell(outcome: Outcome) -> None:
    """What did not hold in a session, and how to see it."""
    for text in outcome.violations:
        print(f"seed {outcome.seed}: {text}")
    if outcome.violations:
        print(f"    make dst SEED={outcome.seed}", flush=True)


def twice(seeds: Sequence[int]) -> int:
    """Play each session twice, in whatever process; the number of those that came out otherwise."""
    first = {outcome.seed: outcome.hash for outcome in outcomes(seeds)}
    second = {outcome.seed: outcome.hash for outcome in outcomes(list(reversed(seeds)))}
    differ = [seed for seed in seeds if not first[seed] or first[seed] != second[seed]]
    print(f"{len(seeds)} sessions twice: {len(differ)} differ {differ}")
    return len(differ)


def one(seed: int) -> int:
    """Play one session and tell its story."""
    plan = draw(seed)
    print(plan)
    outcome = play(plan, print)
    print(f"\nhash {outcome.hash}, met {dict(outcome.met)}")
    tell(outcome)
    return len(outcome.violations)


def main() -> None:
    """Exits with 1 where something did not hold."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="one, with its story")
    parser.add_argument("--twice", type=int, help="so many, each twice")
    arguments = parser.parse_args()
    logging.disable()
    if arguments.seed is not None:
        sys.exit(one(arguments.seed) > 0)
    if arguments.twice is not None:
        sys.exit(twice(range(arguments.first, arguments.first + arguments.twice)) > 0)
    sys.exit(many(range(arguments.first, arguments.first + arguments.seeds)) > 0)


if __name__ == "__main__":
    main()
