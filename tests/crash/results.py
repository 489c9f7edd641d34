"""The table that `make crash` prints: `python tests/crash/results.py FILE`. Tests add their lines to CRASH_RESULTS."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crash.checks import Recovered
    from crash.world import World


def note(place: str, time: int, count: int, during: str, recovered: Recovered, world: World) -> None:
    """Keep what came of a crash after which all was well."""
    path = os.environ.get("CRASH_RESULTS")
    if path is None:
        return
    orders, fills = len(world.simulator.all_orders()), len(world.simulator.all_fills())
    row = {"place": place, "time": time, "count": count, "during": during, "orders": orders, "fills": fills}
    times = {"up_s": recovered.up_s, "trades_s": recovered.trades_s, "busy_s": recovered.busy_s}
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(row | times) + "\n")


def table(lines: list[str]) -> list[str]:
    """A line for each place: crashes, in which acts, seconds until it traded again (of an idle machine)."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        row = json.loads(line)
        rows[row["place"]].append(row)
    shown = [f"{'place':36} {'crashes':>7} {'again after':>22}  during"]
    for place, found in sorted(rows.items()):
        again = sorted((row["trades_s"] or row["up_s"]) - row["busy_s"] for row in found)
        during = ", ".join(sorted({row["during"] for row in found}))
        span = f"{again[len(again) // 2]:.2f} s, at most {again[-1]:.2f}"
        shown.append(f"{place:36} {len(found):7} {span:>22}  {during}")
    shown.append(f"{len(rows)} places, {sum(map(len, rows.values()))} crashes")
    return shown


if __name__ == "__main__":
    print("\n".join(table(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())))
