"""One session from its first minute to its last: everybody who takes part, and what it came to."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

from harness.network import Network
from harness.virtual_time import VirtualTimeLoop, run
from harness.weeks_daemon import ExchangeTime, MemoryCache
from harness.weeks_plan import calendar

from alpacasim.app import Settings as SimulatorSettings
from alpacasim.app import Simulator, build
from alpacasim.book import TradeUpdate
from alpacasim.calendar import SECOND_NS
from alpacasim.money import E9
from alpacasim.orders import TRANSITIONS
from alpacasim.orders import Order as TheirOrder
from alpacasim.timestamps import utc_text
from fluxherod.adapters.sqlite.journal import JournalRow
from fluxherod.engine.commands import Command
from fluxherod.engine.effects import AlertRaised, Effect, OrderUpdated, Reply, StatusChanged
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Event, TimerFired
from fluxherod.engine.ports import JournalEntry
from simulation.invariants import CENT_E4, Found, Invariants
from simulation.kinds import KINDS
from simulation.mishaps import ACTS, IDLE_TRANSITIONS, Broker, Trouble
from simulation.operator import Operator
from simulation.plan import SPLIT, Fault, Plan, draw, tape_of
from simulation.process import Process
from simulation.standing import Standing
from simulation.storage import Disk, PlainFile
from simulation.there import Exchanged

# So long after what kept it from the exchange the daemon may still be about to mend what came of it.
SETTLE_NS = 60 * SECOND_NS
RESTART_S = 1.0
MOST_RUNS = 12
HEARD_NS, MOST_LOOKS = 2 * SECOND_NS, 30
SESSIONS_A_COLLECTION = 25
_EXPECTED = ("safety.json can't be written",)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a session came to: `hash` stands for every input and effect, and for all that the exchange saw."""

    seed: int
    violations: list[str]
    hash: str
    met: Counter[str]
    events: int
    orders: int
    processes: int
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)


class Scene:
    """All that takes part in one session. `story` hears what happens, line by line."""

    def __init__(self, plan: Plan, loop: VirtualTimeLoop, story: Callable[[str], None] | None = None) -> None:
        self.plan = plan
        self.loop = loop
        self._story = story
        self.simulator = _simulator(plan, loop)
        self.exchange = self.simulator.player.exchange
        self.clock = ExchangeTime(self.simulator.player)
        self.network = Network(self.simulator.app)
        self.trouble = Trouble(plan, self.clock.now_ns)
        self.random = Random(f"jitter {plan.seed}")
        self.there = Exchanged(self.exchange)
        self.found = Found(self.there)
        self.invariants = Invariants(plan, self.there, self.found, self.hindered)
        self.standing = Standing(plan, self.there, self.found, self.hindered)
        self.broker = Broker(self.exchange, self.trouble, self._accepted)
        self.disk = Disk(self.trouble, self._durable, self.trouble.before_commit, self.trouble.after_commit)
        self.file: PlainFile = PlainFile(self.trouble)
        self.change_file: Callable[[], None] | None = None
        self.cache = MemoryCache()
        self.seen = blake2b(digest_size=16)
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.runs = 0
        self._up_ns = 0
        self._begun = asyncio.Event()
        self._listen()
        self.process = self._start()

    def _listen(self) -> None:
        """Hear what happens at the exchange before anybody else does."""
        exchange: Any = self.exchange
        publish, trade, split = exchange._listener, exchange.trade, exchange.split

        def listener(update: TradeUpdate) -> None:
            self._happened(update)
            publish(update)

        def traded(symbol: str, *arguments: Any, **options: Any) -> Any:
            market = trade(symbol, *arguments, **options)
            self.standing.look(self.clock.now_ns())
            return market

        def was_split(symbol: str, ratio: Fraction, now_ns: int) -> None:
            split(symbol, ratio, now_ns)
            self.there.split(symbol, SPLIT)

        exchange._listener, exchange.trade, exchange.split = listener, traded, was_split

    # --- what is heard ------------------------------------------------------------------------------------
    def _happened(self, update: TradeUpdate) -> None:
        order = update.order
        shares = update.fill.quantity_e9 // E9 if update.fill is not None else 0
        line = (
            f"{update.event} {order.client_order_id} {order.side} {shares} of {order.quantity_e9 // E9} {order.symbol}"
        )
        self.seen.update(f"{update.at_ns} {line} {order.id}".encode())
        if self._story is not None:
            self.tell(f"    exchange: {line} {order.type} {order.id[:6]}")
        if update.fill is not None:
            self.counts[update.event] += 1
        self.standing.happened(update)
        if update.fill is not None and self.there.ours(order) and self.trouble.strikes("killed_at_fill", 0.7, most=1):
            self.trouble.power_cut()

    def _accepted(self, order: TheirOrder, now_ns: int) -> None:
        self.seen.update(f"{now_ns} accepted {order.client_order_id} {order.quantity_e9} {order.limit_e4}".encode())
        self.standing.accepted(order, now_ns)

    def _durable(self, entry: JournalEntry, row: JournalRow) -> None:
        self.seen.update(row.payload)
        self.seen.update(row.effects)
        self.standing.durable(entry)

    def _processed(self, now_ns: int, event: Event, effects: list[Effect]) -> None:
        if self._story is not None:
            self._tell_event(event, effects)
        for effect in effects:
            if type(effect) is AlertRaised:
                self.counts[effect.code] += 1
        if self.process.engine.run:
            self.invariants.processed(self.process.engine, now_ns, event, effects)
            self.standing.look(now_ns)

    def told(self, command: Command, reply: Reply) -> None:
        """A person has an answer."""
        self.counts[f"{type(command).__name__} {reply.code}"] += 1
        if self._story is not None:
            self.tell(f"  operator: {type(command).__name__}: {reply.code} {reply.text}")
        self.standing.replied(command, reply, self.clock.now_ns())

    def tell(self, line: str) -> None:
        """Say something to whoever reads the story."""
        if self._story is not None:
            self._story(f"{utc_text(self.clock.now_ns())[11:23]} {line}")

    def _tell_event(self, event: Event, effects: Iterable[Effect]) -> None:
        if not isinstance(event, TimerFired):
            self.tell(f"{str(event)[:150]}")
        for effect in effects:
            if isinstance(effect, OrderUpdated):
                order = effect.order
                text = f"{order.filled_quantity} of {order.quantity} are filled"
                self.tell(f"  {order.id} {order.role} {order.state}: {effect.event}, {text} {order.reason[:60]}")
            elif isinstance(effect, AlertRaised):
                self.tell(f"  {effect.code}: {effect.text}")
            elif isinstance(effect, StatusChanged):
                self.tell(f"  {effect.state} {effect.detail}")

    # --- what goes wrong ------------------------------------------------------------------------------------
    def hindered(self, now_ns: int) -> str:
        """What keeps the daemon from the exchange, or did a moment ago; "" when nothing does."""
        if now_ns < self._up_ns + SETTLE_NS:
            return "the process has just begun"
        for fault in self.plan.faults:
            if KINDS[fault.kind].hinders and fault.from_ns <= now_ns < fault.until_ns + SETTLE_NS:
                return fault.kind
        return ""

    async def _go_wrong(self, fault: Fault) -> None:
        await self.clock.wait_until(fault.from_ns)
        self.tell(f"--- {fault}")
        await ACTS[fault.kind](self, fault)

    # --- processes ------------------------------------------------------------------------------------------
    def _start(self) -> Process:
        self.runs += 1
        self._up_ns = self.clock.now_ns()
        self.disk.begin()
        if self.change_file is not None:
            self.change_file()
            self.change_file = None
        return Process(
            self.runs,
            self.plan.settings,
            self.network,
            self.clock,
            self.disk,
            self.file,
            self.cache,
            self.loop,
            self.random,
            self._begins,
            self._processed,
        )

    def _begins(self, engine: Engine) -> None:
        self.standing.begin(engine)
        self.invariants.begin(engine, (entry.effects for entry in self.disk.entries))

    async def supervise(self) -> None:
        """Start the process again whenever it ends, as systemd does."""
        while self.runs < MOST_RUNS:
            running, cut = self.process.running, self.trouble.cut
            await asyncio.wait((running, cut), return_when=asyncio.FIRST_COMPLETED)
            down_s = cut.result() if cut.done() else RESTART_S
            self.tell(f"--- the process ends; {'a power cut' if cut.done() else 'by itself'}")
            await (self.process.kill() if cut.done() else self._ended())
            self._note_faults()
            self._up_ns = self.clock.now_ns() + round(down_s * SECOND_NS)
            await asyncio.sleep(down_s)
            self.trouble.cut = self.loop.create_future()
            self.process = self._start()
            self._begun.set()
            self._begun = asyncio.Event()
            self.tell("--- a process begins")

    async def started(self) -> None:
        """When the next process begins."""
        await self._begun.wait()

    async def _ended(self) -> None:
        """The runner has ended: what is left of the process ends as well."""
        failed = not self.process.running.cancelled() and self.process.running.exception()
        await (self.process.kill() if failed else self.process.stop())

    def _note_faults(self) -> None:
        expected = (*_EXPECTED, *(("StoreFailed",) if self.plan.leaves_early else ()))
        self.faults += [text for text in self.process.faults if not any(words in text for words in expected)]

    # --- the whole ------------------------------------------------------------------------------------------
    async def play(self) -> Outcome:
        """The session, to its end."""
        began_s = time.process_time()
        operator = Operator(self)
        works: list[Any] = [self.simulator.player.run(), self.supervise(), operator.work()]
        works += [self._go_wrong(fault) for fault in self.plan.faults if fault.kind in ACTS]
        tasks = [asyncio.create_task(work) for work in works]
        await self.clock.wait_until(self.plan.end_ns)
        await self._quiet()
        found = self._at_the_end()
        tasks[1].cancel()
        await self.process.stop()
        self._note_faults()
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                found.append(f"somebody failed: {result!r}")
        found += [*self.faults, *self.network.faults, *self.loop.faults, *self.disk.faults, *self.found.texts]
        return self._outcome(found, time.process_time() - began_s)

    def _outcome(self, found: list[str], seconds: float) -> Outcome:
        self.seen.update(self.disk.chain)
        met = +self.trouble.met
        for entry, fault in self._entries():
            if entry.met:
                met[fault.kind] += entry.met
        orders = sum(1 for _ in self.there.ids)
        looked = self.found.looked["events of the journal"] + self.found.looked["events at the exchange"]
        self.counts.update(self.found.looked)
        return Outcome(
            self.plan.seed, found, self.seen.hexdigest(), met, looked, orders, self.runs, seconds, self.counts
        )

    def _entries(self) -> Iterable[tuple[Any, Fault]]:
        """The exchange's faults, each with ours that it belongs to; of two entries the second tells."""
        injector = self.simulator.trade_hub._injector
        faults = [fault for fault in self.plan.faults for _ in fault.entries]
        last = {id(fault): number for number, fault in enumerate(faults)}
        for number, (entry, fault) in enumerate(zip(injector.faults.entries, faults, strict=True)):
            if last[id(fault)] == number:
                yield entry, fault

    async def _quiet(self) -> None:
        """Until what happened at the exchange last has been heard, and a difference of the cash is judged."""
        for _ in range(MOST_LOOKS):
            if self.clock.now_ns() > self.there.last_ns + HEARD_NS and not self._judging_cash():
                return
            await asyncio.sleep(1.0)

    def _judging_cash(self) -> bool:
        """Others have traded, and the newest snapshot alone shows what it cost them: the next one is to confirm it."""
        engine = self.process.engine
        return self.plan.by_others and engine.run > 0 and "cash" in engine.reconciler.differences

    def _at_the_end(self) -> list[str]:
        """It trades, or a person or losses have halted it; positions and cash are the exchange's."""
        engine, found = self.process.engine, []
        halted = self.plan.stays_halted or (engine.run and engine.safety.disabled)
        if engine.state != ("HALTED" if halted else "ACTIVE"):
            found.append(
                f"at the end it is {engine.state}: {engine.blocked(self.clock.now_ns()) if engine.run else ''}"
            )
        if engine.run == 0:
            return found
        account = self.exchange.account
        ours = {symbol: one.quantity for symbol, one in engine.ledger.positions.items()}
        for symbol, (quantity, _) in engine.ledger.foreign.items():
            ours[symbol] = ours.get(symbol, 0) + quantity
        theirs = {symbol: one.quantity_e9 // E9 for symbol, one in account.positions.items() if one.quantity_e9}
        if {symbol: shares for symbol, shares in ours.items() if shares} != theirs:
            found.append(f"at the end positions are {ours} here, {theirs} at the exchange")
        off_e4 = (engine.ledger.cash_e4 or 0) - account.cash_e4
        if abs(off_e4) >= CENT_E4:
            found.append(f"at the end cash is {off_e4 / 1e4} off the exchange's")
        return found


def _simulator(plan: Plan, loop: VirtualTimeLoop) -> Simulator:
    entries = [entry for fault in plan.faults for entry in fault.entries]
    settings = SimulatorSettings(
        start_ns=plan.begin_ns,
        last_day=plan.days[-1].day,
        seed=f"session {plan.seed}",
        faults={"seed": plan.seed, "fault": entries},
    )
    return build(tape_of(plan), calendar(), settings, wall_s=loop.time, monotonic_ns=loop.monotonic_ns)


def play(plan: Plan, story: Callable[[str], None] | None = None) -> Outcome:
    """Play a session in virtual time."""

    async def session(loop: VirtualTimeLoop) -> Outcome:
        return await Scene(plan, loop, story).play()

    with patch.dict(TRANSITIONS, IDLE_TRANSITIONS):
        return run(session)


def report(seed: int) -> Outcome:
    """What the session of a seed came to; for a process of its own."""
    logging.disable()
    gc.disable()  # a session's garbage is a few megabytes, and to look for it takes as long as a part of a session
    try:
        return play(draw(seed))
    except Exception as fault:
        return Outcome(seed, [f"it failed: {fault!r}"], "", Counter(), 0, 0, 0, 0.0)
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)
        _tidy_up()


_played = count(1)


def _tidy_up() -> None:
    """What stays is looked at once, what goes now and then."""
    number = next(_played)
    if number == 1:
        gc.collect()
        gc.freeze()
    elif number % SESSIONS_A_COLLECTION == 0:
        gc.collect()
