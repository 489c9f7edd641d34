"""What the exchange's own fault plan can't say: refusals, people at the broker, the disk, and ends of the process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any, cast

from alpacasim import refusals
from alpacasim.calendar import SECOND_NS
from alpacasim.exchange import Exchange
from alpacasim.money import E9
from alpacasim.orders import TRANSITIONS, Order, Side, Status
from alpacasim.refusals import Refusal
from alpacasim.requests import OrderRequest, ReplaceRequest
from fluxherod.engine.effects import CancelOrder, ReplaceOrder, SubmitOrder
from fluxherod.engine.ports import JournalEntry
from simulation.plan import SLOW_LATENCY_S, Fault, Plan

if TYPE_CHECKING:
    from simulation.scene import Scene

_LEAVES = (SubmitOrder, CancelOrder, ReplaceOrder)


class _Idle(StrEnum):
    """What an order may be at Alpaca that alpacasim knows nothing of: it works no more, and has not ended."""

    DONE_FOR_DAY = "done_for_day"
    SUSPENDED = "suspended"


_IDLE = [cast(Status, status) for status in _Idle]
# What alpacasim's table of states needs besides, while a session is played.
IDLE_TRANSITIONS = dict.fromkeys(_IDLE, TRANSITIONS[Status.NEW] | {Status.NEW}) | {
    status: TRANSITIONS[status] | frozenset(_IDLE) for status in (Status.NEW, Status.PARTIALLY_FILLED)
}


class Trouble:
    """The faults in force, by kind; counts those that were met."""

    def __init__(self, plan: Plan, now_ns: Callable[[], int]) -> None:
        self.met: Counter[str] = Counter()
        self.random = Random(f"trouble {plan.seed}")
        self.cut: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._now_ns = now_ns
        self._faults: dict[str, list[Fault]] = {}
        for fault in plan.faults:
            self._faults.setdefault(fault.kind, []).append(fault)

    def strikes(self, kind: str, chance: float = 1.0, most: int = 0) -> bool:
        """Draw for a fault that may be in force; counts it when it is met, at most so often (0: any number)."""
        faults = self._faults.get(kind)
        if not faults or (most and self.met[kind] >= most):
            return False
        now_ns = self._now_ns()
        if not any(fault.from_ns <= now_ns < fault.until_ns for fault in faults) or self.random.random() >= chance:
            return False
        self.met[kind] += 1
        return True

    def power_cut(self) -> None:
        """The process is gone from here on; it is started again after a while."""
        if not self.cut.done():
            self.cut.set_result(self.random.choice((0.5, 3.0, 20.0)))

    def before_commit(self, entries: Sequence[JournalEntry]) -> bool:
        """Does the process end before these are durable."""
        leaves = any(isinstance(effect, _LEAVES) for entry in entries for effect in entry.effects)
        order = leaves and self.strikes("killed_before_order_commit", 0.7, most=1)
        return order or self.strikes("killed_before_commit", 0.2, most=1)

    def after_commit(self, entries: Sequence[JournalEntry]) -> bool:
        """Does the process end when they are durable, and before anything of them is carried out."""
        leaves = any(isinstance(effect, _LEAVES) for entry in entries for effect in entry.effects)
        order = leaves and self.strikes("killed_before_order_leaves", 0.7, most=1)
        return order or self.strikes("killed_before_effects", 0.2, most=1)


class Broker:
    """The exchange's door: it refuses what a fault says, and tells of what it takes."""

    def __init__(self, exchange: Exchange, trouble: Trouble, accepted: Callable[[Order, int], None]) -> None:
        self.exchange = exchange
        self.by_hand = (exchange.accept, exchange.cancel, exchange.replace)
        self._trouble = trouble
        self._accepted = accepted
        for name in ("accept", "cancel", "replace"):
            setattr(exchange, name, getattr(self, f"_{name}"))

    def _accept(self, request: OrderRequest, now_ns: int) -> Order | Refusal:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        order = self.by_hand[0](request, now_ns)
        if isinstance(order, Order):
            self._accepted(order, now_ns)
            if self._trouble.strikes("killed_before_reply", 0.6, most=1):
                self._trouble.power_cut()
            if self._trouble.strikes("rejected_once_taken", 0.5):
                self.exchange.end_group(order, Status.REJECTED)
        return order

    def _refusal(self, request: OrderRequest) -> Refusal | None:
        strikes = self._trouble.strikes
        if strikes("refused_as_wash_trade", 0.6):
            return refusals.wash_trade("an order", "opposite side market/stop order exists")
        if strikes("refused_for_buying_power", 0.6):
            return refusals.insufficient_buying_power(0, 1)
        return refusals.unprocessable("the asset is not open") if strikes("refused_as_unprocessable", 0.6) else None

    def _cancel(self, order_id: str, now_ns: int) -> Refusal | None:
        if self._trouble.strikes("cancel_refused", 0.6):
            return refusals.unprocessable("order is not cancelable")
        return self.by_hand[1](order_id, now_ns)

    def _replace(self, order_id: str, change: ReplaceRequest, now_ns: int) -> Order | Refusal:
        if self._trouble.strikes("replace_refused", 0.7):
            return refusals.unprocessable("order is not replaceable")
        order = self.by_hand[2](order_id, change, now_ns)
        return order


# --- what happens at a moment ------------------------------------------------------------------------------


def _held(scene: Scene) -> str:
    """A symbol in which we hold shares; "" when there is none."""
    held = [symbol for symbol in scene.plan.symbols if scene.there.quantity[symbol]]
    return scene.trouble.random.choice(held) if held else ""


async def _waits_for(scene: Scene, fault: Fault, found: Callable[[], Any]) -> Any:
    """What is looked for, as soon as it is there; None when it does not come before the calm."""
    while scene.clock.now_ns() < min(fault.from_ns + 90 * SECOND_NS, scene.plan.calm_ns):
        if (one := found()) and scene.exchange.session is not None:
            return one
        await asyncio.sleep(1.0)
    return None


async def _close_by_hand(scene: Scene, fault: Fault, *, part: bool) -> None:
    symbol = await _waits_for(scene, fault, lambda: _held(scene))
    if symbol is None:
        return
    accept, cancel, _ = scene.broker.by_hand
    for order in scene.exchange.open_orders(symbol):
        if order.open:
            cancel(order.id, scene.clock.now_ns())
    shares = abs(scene.exchange.account.quantity_e9(symbol)) // E9
    quantity = max(1, shares // 2) if part else shares
    request = scene.exchange.closing_request(symbol, quantity * E9) if shares else None
    order_or_refusal = accept(request, scene.clock.now_ns()) if isinstance(request, OrderRequest) else None
    if isinstance(order_or_refusal, Order):
        scene.trouble.met[fault.kind] += 1
        scene.there.by_hand.add(order_or_refusal.id)
        scene.exchange.activate(order_or_refusal, scene.clock.now_ns())


async def _foreign_order(scene: Scene, fault: Fault) -> None:
    symbol = scene.trouble.random.choice(scene.plan.symbols)
    accept, cancel, _ = scene.broker.by_hand
    limit_e4 = scene.exchange.markets[symbol].last_e4 // 2 // 100 * 100
    request = OrderRequest(symbol, "buy", "limit", "gtc", quantity_e9=3 * E9, limit_e4=limit_e4)
    order = accept(request, scene.clock.now_ns())
    if isinstance(order, Order):
        scene.trouble.met[fault.kind] += 1
        scene.exchange.activate(order, scene.clock.now_ns())
        await scene.clock.wait_until(fault.until_ns)
        cancel(order.id, scene.clock.now_ns())


async def _foreign_position(scene: Scene, fault: Fault) -> None:
    """Someone trades on the side of ours; what the daemon makes of it is by its settings."""
    symbol = await _waits_for(scene, fault, lambda: scene.trouble.random.choice(scene.plan.symbols))
    if symbol is None:
        return
    side: Side = "sell" if scene.there.quantity[symbol] < 0 else "buy"
    request = OrderRequest(symbol, side, "market", "day", quantity_e9=4 * E9)
    traded = scene.broker.by_hand[0](request, scene.clock.now_ns())
    if isinstance(traded, Order):
        scene.trouble.met[fault.kind] += 1
        scene.exchange.activate(traded, scene.clock.now_ns())


async def _cancel_by_hand(scene: Scene, fault: Fault, *, stop: bool) -> None:
    def orders() -> list[Order]:
        found = [order for symbol in scene.plan.symbols for order in scene.there.open(symbol)]
        return [order for order in found if (order.type == "stop") == stop and order.status is Status.NEW]

    found = await _waits_for(scene, fault, orders)
    if found:
        scene.trouble.met[fault.kind] += 1
        scene.broker.by_hand[1](scene.trouble.random.choice(found).id, scene.clock.now_ns())


async def _move_stop(scene: Scene, fault: Fault) -> None:
    def stops() -> list[Order]:
        found = [order for symbol in scene.plan.symbols for order in scene.there.open(symbol)]
        return [one for one in found if one.type == "stop" and one.status is Status.NEW and one.parent is None]

    found = await _waits_for(scene, fault, stops)
    if found:
        order = found[0]
        moved_e4 = ((order.stop_e4 or 0) - order.sign * -20_000) // 100 * 100
        change = ReplaceRequest(stop_e4=moved_e4)
        result = scene.broker.by_hand[2](order.id, change, scene.clock.now_ns())
        if isinstance(result, Order):
            scene.trouble.met[fault.kind] += 1
            scene.exchange.activate(result, scene.clock.now_ns())


async def _idle(scene: Scene, fault: Fault, status: _Idle) -> None:
    def working() -> list[Order]:
        found = [order for symbol in scene.plan.symbols for order in scene.there.open(symbol)]
        return [one for one in found if one.status is Status.NEW and one.parent is None and not one.legs]

    found = await _waits_for(scene, fault, working)
    if not found:
        return
    order, exchange = found[0], scene.exchange
    scene.trouble.met[fault.kind] += 1
    order.move(cast(Status, status), scene.clock.now_ns())
    exchange.tell(status.value, order)
    if status is _Idle.SUSPENDED:
        await scene.clock.wait_until(fault.until_ns)
        if order.status == status.value:
            order.move(Status.NEW, scene.clock.now_ns())
            exchange.tell("new", order)


async def _hold_answers(scene: Scene, fault: Fault) -> None:
    for symbol in scene.plan.symbols:
        scene.exchange.hold_answers(symbol, True, scene.clock.now_ns())
    before = len(scene.exchange.orders)
    await scene.clock.wait_until(fault.until_ns)
    for symbol in scene.plan.symbols:
        scene.exchange.hold_answers(symbol, False, scene.clock.now_ns())
    scene.trouble.met[fault.kind] += len(scene.exchange.orders) - before


async def _slow(scene: Scene, fault: Fault) -> None:
    usual_s, before = scene.network.latency_s, scene.network.requests
    scene.network.latency_s = SLOW_LATENCY_S
    await scene.clock.wait_until(fault.until_ns)
    scene.network.latency_s = usual_s
    scene.trouble.met[fault.kind] += scene.network.requests - before


async def _kill(scene: Scene, fault: Fault, *again_s: float) -> None:
    """A power cut, and more of them so long after each next start."""
    scene.trouble.met[fault.kind] += 1
    scene.trouble.power_cut()
    for pause_s in again_s:
        await scene.started()
        await asyncio.sleep(pause_s)
        scene.trouble.power_cut()


async def _with_file(scene: Scene, fault: Fault, change: Callable[[], None]) -> None:
    scene.change_file = change
    await _kill(scene, fault)


async def _end_in_order(scene: Scene, fault: Fault) -> None:
    scene.trouble.met[fault.kind] += 1
    await scene.process.stop()


Act = Callable[["Scene", Fault], Coroutine[Any, Any, None]]
ACTS: dict[str, Act] = {
    "network_slow": _slow,
    "order_done_for_day": lambda scene, fault: _idle(scene, fault, _Idle.DONE_FOR_DAY),
    "order_suspended": lambda scene, fault: _idle(scene, fault, _Idle.SUSPENDED),
    "answers_held": _hold_answers,
    "position_closed_by_hand": lambda scene, fault: _close_by_hand(scene, fault, part=False),
    "position_reduced_by_hand": lambda scene, fault: _close_by_hand(scene, fault, part=True),
    "foreign_order": _foreign_order,
    "foreign_position": _foreign_position,
    "stop_cancelled_by_hand": lambda scene, fault: _cancel_by_hand(scene, fault, stop=True),
    "order_cancelled_by_hand": lambda scene, fault: _cancel_by_hand(scene, fault, stop=False),
    "stop_moved_by_hand": _move_stop,
    "mirror_lost": lambda scene, fault: _with_file(scene, fault, scene.file.lose),
    "mirror_damaged": lambda scene, fault: _with_file(scene, fault, scene.file.damage),
    "mirror_stale": lambda scene, fault: _with_file(scene, fault, scene.file.age),
    "killed": _kill,
    "killed_in_recovery": lambda scene, fault: _kill(scene, fault, 0.05),
    "killed_twice": lambda scene, fault: _kill(scene, fault, 2.0),
    "ended_in_order": _end_in_order,
}
# Kinds that strike where the exchange, the disk or the file are used, and not at a moment of their own.
STRIKING = frozenset(
    {
        "refused_as_wash_trade", "refused_for_buying_power", "refused_as_unprocessable", "rejected_once_taken",
        "cancel_refused", "replace_refused", "command_repeated", "commit_fails", "commit_said_failed", "commits_slow",
        "commit_stalls", "mirror_fails", "killed_before_commit", "killed_before_effects", "killed_before_order_commit",
        "killed_before_order_leaves", "killed_before_reply", "killed_at_fill", "killed_before_mirror",
    }
)  # fmt: skip
