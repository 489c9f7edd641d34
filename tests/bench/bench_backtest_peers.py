"""The backtest beside vectorbt, raptorbt and backtesting.py with one strategy: equal trades, then times. `make bench`.

Seconds are of the CPU, the best of several rounds, for a busy machine stretches those of the wall.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from backtest_strategy import (
    CONFIG,
    SWEEPS,
    backtesting_py,
    combinations,
    raptorbt,
    same_equity,
    same_prices,
    sizes,
    vectorbt,
    vectorbt_sweep,
)
from bench_backtest import bars
from timing import one_core

sys.path.append(str(Path(__file__).resolve().parents[1]))

from harness.words import said

from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.figures import columns
from fluxherod.backtest.metrics import metrics
from fluxherod.backtest.model import Bars, Run
from fluxherod.backtest.pool import LocalPool
from fluxherod.backtest.run import run, run_laid
from fluxherod.backtest.tape import lay_out
from fluxherod.core.columns import BLOCK, WORK, Prices, figure
from fluxherod.core.decisions import decide as decide_columns
from fluxherod.core.jit import RowArray
from fluxherod.core.kernel import BAR, DECISION, new_states, step_many

BARS, FEW, SWEPT = 1_000_000, 20_000, 26_000
ROUNDS = 7


def cpu_s(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the CPU that a call takes in all its threads, its best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def wall_and_cpu_s(call: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Seconds of the wall, and those of the CPU in all threads, each the best."""
    wall = cpu = float("inf")
    for _ in range(rounds):
        started, used = time.perf_counter(), time.process_time()
        call()
        wall, cpu = min(wall, time.perf_counter() - started), min(cpu, time.process_time() - used)
    return wall, cpu


def peers() -> dict[str, Any]:
    """What is installed of the three, by module; what is not is named."""
    os.environ.setdefault("TQDM_DISABLE", "1")
    found = {}
    for name in ("vectorbt", "raptorbt", "backtesting"):
        try:
            found[name] = importlib.import_module(name)
        except ImportError as error:
            print(f"skipped {name}: {error}")
    return found


def check(name: str, equal: bool) -> None:
    """End the benchmark where trades, an equity, a figure or a decision are not the same."""
    if not equal:
        raise SystemExit(f"{name}: not equal")


def agree(found: dict[str, Any], given: Bars) -> Run:
    """Our run, once each peer that is installed has the same trades, and the same equity where its sizes are ours."""
    ours = run([given], CONFIG)
    size = sizes(ours, given)
    shown = np.searchsorted(given.start_ns + (given.start_ns[1] - given.start_ns[0]), ours.equity_ns)
    if "vectorbt" in found:
        theirs = vectorbt(found["vectorbt"], given, np.roll(size, 1))
        trades = theirs.trades.records
        check("vectorbt", same_prices(ours, trades["entry_price"], trades["exit_price"]))
        check("vectorbt", same_equity(ours, theirs.value().to_numpy()[shown]))
    if "raptorbt" in found:
        closed = raptorbt(found["raptorbt"], given).trades()
        check("raptorbt", same_prices(ours, [one.entry_price for one in closed], [one.exit_price for one in closed]))
    if "backtesting" in found:
        theirs = backtesting_py(found["backtesting"], given, size)
        trades = theirs["_trades"]
        check("backtesting.py", same_prices(ours, trades["EntryPrice"], trades["ExitPrice"], np.inf))
    print(f"{len(given):,} bars: {len(ours.trades):,} trades, equal in {', '.join(found) or 'no other'}")
    return ours


def decide(given: Prices, words: RowArray) -> None:
    """Every figure and decision of the kernel, as the backtest has them: columns in, a word a bar out."""
    params = CONFIG.params.to_record()
    states, work = new_states(1, params), np.zeros(1, WORK)
    for first in range(0, len(given.close), len(words)):
        part = Prices._make(column[first : first + len(words)] for column in given)
        decide_columns(states, 0, params, part, work, words)


def decides_alike(given: Prices) -> None:
    """Compare every figure and every word of the columns with what the kernel decides a step a bar."""
    params, count = CONFIG.params.to_record(), len(given.close)
    bars_, out, words = np.zeros(count, BAR), np.zeros(count, DECISION), np.zeros(count, np.int64)
    for name in Prices._fields:
        bars_[name] = getattr(given, name)
    step_many(new_states(1, params), np.zeros(count, np.int64), params, bars_, False, out)
    figures = columns(count)
    figure(new_states(1, params), 0, 0, params, given, np.zeros(1, WORK), figures)
    for name, column in figures._asdict().items():
        check(f"the kernel's {name} by columns", np.array_equal(column, out[name], equal_nan=True))
    decide(given, words)
    for name, values in said(words).items():
        check(f"the kernel's {name} by columns", np.array_equal(values, out[name]))


def one_run(found: dict[str, Any]) -> None:
    """A million bars of one symbol."""
    given = bars(BARS)
    ours = agree(found, given)
    size = np.roll(sizes(ours, given), 1)
    laid, words = lay_out([given], CONFIG), np.zeros(100 * BLOCK, np.int64)
    prices = Prices._make(getattr(laid.tape, name) for name in Prices._fields)
    decides_alike(prices)
    kernel = cpu_s(lambda: decide(prices, words))
    driver = cpu_s(lambda: run_laid(laid, CONFIG))
    public = cpu_s(lambda: metrics(run([given], CONFIG)))
    print(f"{'kernel, full strategy: figures and decisions':44} {kernel * 1e9 / BARS:8.1f} ns a bar")
    print(f"{'driver, full strategy: decides and trades':44} {driver * 1e9 / BARS:8.1f} ns a bar")
    print(f"{'public API with metrics':44} {public * 1e9 / BARS:8.1f} ns a bar")
    if (library := found.get("raptorbt")) is not None:
        theirs = cpu_s(lambda: raptorbt(library, given), 3)
        tell("raptorbt", theirs, BARS, {"kernel": (kernel, 3), "driver": (driver, 3)})
    if (library := found.get("vectorbt")) is not None:
        theirs = cpu_s(lambda: vectorbt(library, given, size), 3)
        tell("vectorbt, Rust engine", theirs, BARS, {"kernel": (kernel, 5), "driver": (driver, 5)})
        vectorbt(library, given, size).stats(silence_warnings=True)  # compiles
        theirs = cpu_s(lambda: vectorbt(library, given, size).stats(silence_warnings=True), 4)
        tell("vectorbt, Rust engine, with stats()", theirs, BARS, {"public API": (public, 2)})
    if (library := found.get("backtesting")) is not None:
        few = given.first(FEW)
        theirs = cpu_s(lambda: backtesting_py(library, few, size), 3)
        tell("backtesting.py", theirs, FEW, {"kernel": (kernel, 100), "driver": (driver, 100)})


def tell(name: str, seconds: float, count: int, ours: dict[str, tuple[float, int]]) -> None:
    """A line of a peer: its time, and how many of ours that is."""
    ratios = ", ".join(
        f"{what} {seconds / count / (mine / BARS):.1f}x (target {target})" for what, (mine, target) in ours.items()
    )
    print(f"  {name:42} {seconds / count * 1e9:8.1f} ns a bar   {ratios}")


def sweeps(found: dict[str, Any]) -> None:
    """200 combinations on two cores, vectorbt's on those it takes."""
    given = bars(SWEPT)
    data = DataSet.of([given], CONFIG)
    pool = LocalPool(min(2, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 2)
    for name in SWEEPS:
        target = 8 if name.startswith("indicators") else 25
        scores = list(pool.play(data, combinations(name)))
        ours, ours_cpu = wall_and_cpu_s(lambda name=name: list(pool.play(data, combinations(name))))
        figures = f"{ours * 1e3:8.1f} ms of the wall, {ours_cpu * 1e3:.1f} ms of the CPU"
        print(f"{f'sweep of {len(scores)}, {name}, {pool.workers} cores':44} {figures}")
        if (library := found.get("vectorbt")) is not None:
            closed = vectorbt_sweep(library, given, name).trades.closed.count().to_numpy()
            check("vectorbt's sweep", closed.tolist() == [score.trades for score in scores])
            theirs, theirs_cpu = wall_and_cpu_s(lambda name=name: vectorbt_sweep(library, given, name), 3)
            figures = f"{theirs * 1e3:8.1f} ms of the wall, {theirs_cpu * 1e3:.1f} ms of the CPU"
            ratio = f"{theirs / ours:.1f}x (target {target}; by CPU time {theirs_cpu / (ours_cpu / pool.workers):.1f}x)"
            print(f"  {'vectorbt, Rust engine, equal trades':42} {figures}: {ratio}")


def main() -> None:
    """Print the table."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    one_core()
    found = peers()
    one_run(found)
    if cores is not None:
        os.sched_setaffinity(0, cores)
    sweeps(found)
    if hasattr(os, "getloadavg"):
        print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
