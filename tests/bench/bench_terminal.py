"""The terminal against a real daemon: from its start to the first data, and a daemon that is killed and comes back.

    python tests/bench/bench_terminal.py

Needs tmux. Each figure is the least, the middle and the most of a few rounds; a screen is looked at every 10 ms.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "protos", "daemon", "clients/python", "clients/tui")]

from harness.lockstep import Lockstep, lockstep  # noqa: E402
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME  # noqa: E402
from harness.terminals import Terminal  # noqa: E402

ROUNDS = 7


def until_s(terminal: Terminal, true: Callable[[str], bool]) -> float:
    """Seconds until something holds of the screen."""
    began_s = time.monotonic()
    while not true(terminal.screen()):
        time.sleep(0.01)
    return time.monotonic() - began_s


def start_s(pair: Lockstep, folder: Path, number: int) -> float:
    """From the command to prices on the screen."""
    terminal = Terminal(folder / f"start{number}")
    try:
        began_s = time.monotonic()
        terminal.run("tui", "--address", f"unix:{pair.installation.runtime}/fluxherod.sock")
        until_s(terminal, lambda screen: "● live" in screen and "▸ AAPL" in screen)
        return time.monotonic() - began_s
    finally:
        terminal.close()


def loss_s(pair: Lockstep, terminal: Terminal) -> tuple[float, float]:
    """From the kill to its being said, and from the daemon's first answer to live data."""
    pair.daemon.kill()
    said = until_s(terminal, lambda screen: "CONNECTION LOST" in screen)
    pair.restart()
    back = until_s(terminal, lambda screen: "● live" in screen and "CONNECTION LOST" not in screen)
    pair.rejoin()
    return said, back


def show(name: str, seconds: list[float]) -> None:
    """A line."""
    ordered = sorted(seconds)
    print(f"{name:44} {ordered[0]:6.2f} s  {ordered[len(ordered) // 2]:6.2f} s  {ordered[-1]:6.2f} s")


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory(prefix="fh-") as name:
        folder = Path(name)
        with lockstep(folder, PLAYED, SYMBOLS, TIMEFRAME) as pair:
            pair.step(3)
            starts = [start_s(pair, folder, number) for number in range(ROUNDS)]
            terminal = Terminal(folder / "t")
            try:
                terminal.run("tui", "--address", f"unix:{pair.installation.runtime}/fluxherod.sock")
                until_s(terminal, lambda screen: "● live" in screen)
                losses = [loss_s(pair, terminal) for _ in range(ROUNDS)]
            finally:
                terminal.close()
    print(f"{'':44} {'least':>8}  {'middle':>8}  {'most':>8}")
    show("start to the first data", starts)
    show("a killed daemon is said after", [said for said, _ in losses])
    show("data again after the daemon's first answer", [back for _, back in losses])
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
