"""What must hold after a crash: nothing lost or doubled, equal books, every share stopped, halts as promised."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from crash.world import World
from harness.audit import check_books, check_no_difference, our_orders, our_positions, their_positions
from harness.processes import wait_for

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import system_pb2 as system
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.persistence.verify import archive_files, database_rows, sealed_files

PROBED = "TARN"
TRADES_AGAIN_S = 5.0
QUIET_WITHIN_MINUTES = 6
NEWS_WITHIN_S = 10.0
_UNSETTLED = (
    order.ORDER_STATE_NEW,
    order.ORDER_STATE_SUBMITTING,
    order.ORDER_STATE_UNKNOWN,
    order.ORDER_STATE_CANCELING,
    order.ORDER_STATE_REPLACING,
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """How soon after its start a daemon was up, and traded; `busy_s` of it others had the processor."""

    state: int
    up_s: float
    trades_s: float | None
    busy_s: float


def recover(world: World, name: str, *, probes: bool = True) -> Recovered:
    """Start the daemon after a crash: what it knows, what it promised, and how soon it trades."""
    others = (os.getpid(), world.simulator.process.pid)
    waited = sum(map(waited_s, others))
    began = world.start()
    up_s = time.monotonic() - began
    daemon = world.pair.daemon
    state = daemon.status().state
    halted = state == system.TRADING_STATE_HALTED
    assert world.promised in (halted, None), daemon.status().state_detail
    known = {one.id for one in our_orders(daemon)}
    assert set(world.orders.values()) <= known
    trades_s = None if halted or not probes else probe(world, name) - began
    busy_s = waited_s(daemon.process.pid) + sum(map(waited_s, others)) - waited
    recovered = Recovered(state, up_s, trades_s, busy_s)
    assert (trades_s or up_s) - recovered.busy_s < TRADES_AGAIN_S, asdict(recovered)
    return recovered


def probe(world: World, name: str) -> float:
    """When an order of now was at the exchange; it is cancelled again."""
    daemon = world.pair.daemon
    request = order.PlaceOrderRequest(
        symbol=PROBED, side=common.SIDE_BUY, quantity=1, type=order.ORDER_TYPE_LIMIT,
        limit_price="90.00", stop_loss_price="80.00",
    )  # fmt: skip
    placed = world.ask(f"{name}-probe", daemon.orders.PlaceOrder, request).order.id
    wait_for(lambda: any(one["client_order_id"] == placed for one in _open(world, PROBED)), "the order is there", 10)
    at = time.monotonic()
    world.pair.settle()
    world.ask(f"{name}-unprobe", daemon.orders.CancelOrder, order.CancelOrderRequest(order_id=placed))
    world.pair.settle()
    return at


def waited_s(process: int) -> float:
    """How long a process has waited for a processor that others had."""
    with open(f"/proc/{process}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


def check(world: World) -> None:
    """Once all is quiet: orders, executions, positions, cash, stops and the journal."""
    for _ in range(QUIET_WITHIN_MINUTES):
        if _quiet(world) and not _bare(world):
            break
        world.pair.step()
    assert _quiet(world)
    assert _bare(world) == {}
    check_orders(world)
    check_books(world.pair.daemon, world.simulator)
    check_no_difference(world.installation)
    check_chain(world)


def check_orders(world: World) -> None:
    """The daemon's orders are the exchange's, each once; each request of an operator made one entry and no more."""
    ours, theirs = our_orders(world.pair.daemon), world.simulator.all_orders()
    assert sorted(one.broker_order_id for one in ours if one.broker_order_id) == sorted(one["id"] for one in theirs)
    assert len({one["client_order_id"] for one in theirs}) == len(theirs)
    entries = [one for one in ours if one.role == order.ORDER_ROLE_ENTRY]
    wanted = {one.id: one.quantity for one in entries if not one.chase_count}
    filled, working = Counter[str](), Counter[str]()
    for one in entries:
        filled[one.parent_id or one.id] += one.filled_quantity
        working[one.parent_id or one.id] += one.state == order.ORDER_STATE_PENDING
    assert all(filled[first] <= quantity and working[first] <= 1 for first, quantity in wanted.items())
    placed = [one.id for one in entries if one.manual and not one.chase_count]
    unanswered = len(placed) - len(set(world.orders.values()) & set(placed))
    assert unanswered <= world.unanswered, "an order that was asked for once was entered twice"


def check_chain(world: World) -> None:
    """The journal has no gap, and its chain holds; what rows have left the tables for is there."""
    files = JournalFiles(world.installation.database.parent)
    assert [one.text for look in (sealed_files, database_rows, archive_files) for one in look(files) if one.fault] == []


def _quiet(world: World) -> bool:
    """Of no order the outcome is open, and the positions are equal."""
    settled = not any(one.state in _UNSETTLED for one in our_orders(world.pair.daemon))
    return settled and our_positions(world.pair.daemon) == their_positions(world.simulator)


def _bare(world: World) -> dict[str, int]:
    """Shares at the exchange that no stop guards; while an entry still works there, the daemon guards them."""
    guarded: Counter[str] = Counter()
    entered = set()
    for one in _open(world):
        if one["type"] == "stop" and one["status"] in ("new", "held"):
            guarded[one["symbol"]] += int(one["qty"]) - int(one["filled_qty"])
        elif one["type"] in ("limit", "market"):
            entered.add(one["symbol"])
    held = their_positions(world.simulator)
    return {
        symbol: shares - guarded[symbol]
        for symbol, shares in held.items()
        if abs(shares) != guarded[symbol] and symbol not in entered
    }


def _open(world: World, symbol: str = "") -> list[dict[str, Any]]:
    only = f"&symbols={symbol}" if symbol else ""
    listed: list[dict[str, Any]] = world.simulator.get(f"/v2/orders?status=open&limit=500{only}")
    return listed
