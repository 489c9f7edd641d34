"""Shares without a working stop at the broker, computed a second time, from the exchange's own record.

The daemon counts a stop until it asks for its cancel, the exchange until it carries that out. So both say the same only
where requests take no time: in lock-step, when the exchange's clock stands at each moment at which the daemon acts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from harness.processes import Simulator

ENDS = ("filled_at", "canceled_at", "expired_at", "replaced_at", "failed_at")
Changes = list[tuple[float, int, int]]  # when, by how much the position changes, by how much its guard


def seconds(text: str) -> float:
    """A time of the exchange, in seconds."""
    return datetime.fromisoformat(text).timestamp()


def share_seconds(simulator: Simulator) -> dict[str, float]:
    """Unprotected share-seconds of each symbol until all was closed: |position| less what working stops would sell."""
    found: dict[str, float] = {}
    for symbol, changes in _changes(simulator).items():
        held = guarded = 0
        since, total = 0.0, 0.0
        for at, shares, guard in sorted(changes):
            total += max(0, abs(held) - guarded) * (at - since)
            held, guarded, since = held + shares, guarded + guard, at
        found[symbol] = total
    return found


def _changes(simulator: Simulator) -> dict[str, Changes]:
    changes: dict[str, Changes] = defaultdict(list)
    fills: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for fill in simulator.all_fills():
        at, quantity = seconds(fill["transaction_time"]), int(fill["qty"])
        fills[fill["order_id"]].append((at, quantity))
        changes[fill["symbol"]].append((at, quantity if fill["side"] == "buy" else -quantity, 0))
    for stop, works_from in _stops(simulator):
        guards, left = changes[stop["symbol"]], int(stop["qty"])
        guards.append((works_from, 0, left))
        for at, quantity in fills[stop["id"]]:
            guards.append((at, 0, -quantity))
            left -= quantity
        if left:
            guards.append((_ended(stop), 0, -left))
    return changes


def _stops(simulator: Simulator) -> Iterator[tuple[dict[str, Any], float]]:
    """Stops that have worked, and since when: a leg from the fill of its entry on."""
    for one in _nested(simulator):
        if one["type"] == "stop" and one["status"] != "rejected":
            yield one, seconds(one["submitted_at"])
        for leg in one["legs"] or ():
            if one["filled_at"] and int(one["filled_qty"]) == int(one["qty"]):
                yield leg, seconds(one["filled_at"])


def _nested(simulator: Simulator) -> Iterable[dict[str, Any]]:
    listed: list[dict[str, Any]] = simulator.get("/v2/orders?status=all&direction=asc&limit=500&nested=true")
    assert len(listed) < 500, "one page holds them all"
    return listed


def _ended(order: dict[str, Any]) -> float:
    return max(seconds(order[name]) for name in ENDS if order[name])
