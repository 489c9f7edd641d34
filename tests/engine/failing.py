"""A runner with everything around it in memory and in virtual time: an exchange, and a disk that fails as told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from engine.exchange import Exchange
from engine.test_runner import Data
from engine.world import OPEN_NS, WIDE
from harness.virtual_time import VirtualTimeLoop, run

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.types import OrderType, Quote, Side
from fluxherod.engine.answers import NotDurable
from fluxherod.engine.codec import decode_event, encode_effects, encode_event
from fluxherod.engine.commands import Caller, Command, PlaceOrderCommand
from fluxherod.engine.effects import (
    AlertRaised,
    CancelOrder,
    Effect,
    LookupOrder,
    OrderUpdated,
    ReplaceOrder,
    Reply,
    StatusChanged,
    SubmitOrder,
    Update,
)
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    BrokerSnapshot,
    CancelAnswered,
    Event,
    LinkChanged,
    LookupAnswered,
    QuotesReceived,
    ReplaceAnswered,
    Started,
    Stopping,
    SubmitAnswered,
)
from fluxherod.engine.ports import EntryRefused, JournalEntry, NotMirrored, StoreFailed
from fluxherod.engine.runner import Runner
from fluxherod.engine.settings import Settings

COMMIT_S = 0.002
# What a commit may do: be lost, be durable though it is reported as failed, and each of them late; or only be late.
KINDS = ("fails", "lies", "hangs", "hangs, then fails", "hangs, then lies")
HANGS_S = 3.0
FULL = "database or disk is full"


class FailingStore:
    """`ports.Store` in memory. `plan` says what the next appends and reopenings do; an empty plan works."""

    def __init__(self) -> None:
        self.durable: list[JournalEntry] = []
        self.plan: deque[str] = deque()
        self.reopenings: deque[str] = deque()
        self.appends = 0
        self.reopened = 0
        self._failed = False
        self._turn = asyncio.Lock()

    async def append(self, entries: Sequence[JournalEntry]) -> None:
        async with self._turn:
            if self._failed:
                raise StoreFailed(FULL)
            kind = self.plan.popleft() if self.plan else "works"
            self.appends += 1
            await asyncio.sleep(HANGS_S if kind.startswith("hangs") else COMMIT_S)
            if kind == "refuses":
                raise EntryRefused("can't encode")
            self._failed = kind.endswith(("fails", "lies"))
            if not kind.endswith("fails"):
                assert entries[0].seq == len(self.durable) + 1, "the journal goes on where it ends"
                self.durable += entries
            if self._failed:
                raise StoreFailed(FULL)

    async def reopen(self) -> int:
        await asyncio.sleep(COMMIT_S)
        self.reopened += 1
        if self.reopenings and self.reopenings.popleft() == "fails":
            raise StoreFailed(FULL)
        self._failed = False
        return len(self.durable)


class VirtualClock:
    """Trading time is the loop's."""

    rate = 1.0

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop = loop

    def now_ns(self) -> int:
        return OPEN_NS + self._loop.now_ns

    def observe(self, ns: int) -> None:
        pass

    async def wait_until(self, ns: int) -> None:
        await asyncio.sleep(max(0, ns - self.now_ns()) / SECOND_NS)


class FailingDisk:
    """A runner that trades; `sent` notes what reached the broker, with the time, `told` who was told what and when."""

    def __init__(self, loop: VirtualTimeLoop, *, stepped: bool = False) -> None:
        self.loop = loop
        self.store = FailingStore()
        self.clock = VirtualClock(loop)
        if stepped:
            self.clock.rate = 0.0
        self.exchange = Exchange()
        self.engine = Engine()
        self.published: list[tuple[int, Sequence[Update]]] = []
        self.sent: list[tuple[str, str, float]] = []
        self.mirrored: list[SafetyState] = []
        self.mirror_hangs = asyncio.Event()
        self.mirror_hangs.set()
        self.mirror_fault = ""
        self.told: list[str] = []
        self.answers: list[tuple[str, float]] = []
        self.runner = Runner(
            self.engine, self.clock, self.store, self, Data(), self, 0, mirror=self, on_storage=self.told.append
        )  # fmt: skip
        self._count = 0

    # --- the ports ---------------------------------------------------------------------------------------
    async def write(self, state: SafetyState) -> None:
        await self.mirror_hangs.wait()
        if self.mirror_fault:
            raise NotMirrored(self.mirror_fault)
        self.mirrored.append(state)

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        assert seq <= len(self.store.durable), "what is published is durable"
        assert seq == (self.published[-1][0] if self.published else 0) + 1
        self.published.append((seq, updates))

    def _asked(self, effect: Effect, kind: type[Any], name: str, what: str) -> Any:
        self.sent.append((what, name, self.loop.time()))
        self.exchange.carry_out([effect], self.clock.now_ns())
        answers = [event for event in self.exchange.outbox if isinstance(event, kind)]
        self.exchange.outbox.remove(answers[0])
        self.deliver()
        return answers[0]

    def deliver(self) -> None:
        """What the exchange has said."""
        while self.exchange.outbox:
            self.runner.post(self.exchange.outbox.pop(0))

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        role = self.engine.desk.orders[order.id].role
        if role is OrderRole.ENTRY:
            durable = {e.order.id for row in self.store.durable for e in row.effects if isinstance(e, SubmitOrder)}
            assert order.id in durable, "new risk leaves only when its intent is durable"
        answer: SubmitAnswered = self._asked(SubmitOrder(order), SubmitAnswered, order.id, str(role))
        return answer

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        answer: CancelAnswered = self._asked(CancelOrder(order_id, broker_id), CancelAnswered, order_id, "cancel")
        return answer

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        answer: ReplaceAnswered = self._asked(ReplaceOrder(replacement), ReplaceAnswered, replacement.id, "replace")
        return answer

    async def lookup(self, order_id: str) -> LookupAnswered:
        answer: LookupAnswered = self._asked(LookupOrder(order_id), LookupAnswered, order_id, "lookup")
        return answer

    async def snapshot(self, now_ns: int) -> BrokerSnapshot | None:
        return self.exchange.snapshot(now_ns)

    # --- what happens --------------------------------------------------------------------------------------
    async def trading(self) -> None:
        """Until it may trade, with prices."""
        settings = Settings(("SPY", "IBM"), "1Min", limits=WIDE)
        self.runner.post(Started("0" * 16, 1, "test", settings, mirror_read=True))
        self.runner.post(LinkChanged("market", True))
        self.runner.post(LinkChanged("trading", True))
        await self.until(lambda: self.engine.state == "ACTIVE")
        for symbol in settings.symbols:
            self.quote(symbol, 450.0)
        await self.until(lambda: self.runner.idle)

    def quote(self, symbol: str, price: float) -> None:
        self.exchange.trade(symbol, round(price * 10_000))
        self.runner.post(QuotesReceived((Quote(symbol, self.clock.now_ns(), price - 0.01, price + 0.01),)))
        self.deliver()

    async def until(self, reached: Callable[[], object], within_s: float = 60.0) -> None:
        async with asyncio.timeout(within_s):
            while not reached():  # noqa: ASYNC110 - virtual time: nobody waits
                await asyncio.sleep(0.01)

    def caller(self) -> Caller:
        self._count += 1
        return Caller(f"r{self._count}", "tester")

    def order(self, symbol: str = "SPY", limit: float = 440.0) -> PlaceOrderCommand:
        """An operator's entry: far from the market it works, at 450 it fills at once."""
        price_e4 = round(limit * 10_000)
        return PlaceOrderCommand(
            self.caller(), symbol, Side.BUY, 10, OrderType.LIMIT, price_e4, price_e4 - 100_000
        )  # fmt: skip

    async def ask(self, command: Command) -> Reply | NotDurable:
        """The answer, and that it came only when it was durable."""
        try:
            reply = await self.runner.ask(command)
        except NotDurable as told:
            self.answers.append(("not durable", self.loop.time()))
            return told
        durable = [effect for row in self.store.durable for effect in row.effects if isinstance(effect, Reply)]
        assert reply in durable, "nobody is told OK before it is durable"
        self.answers.append((str(reply.code), self.loop.time()))
        return reply

    async def ask_until_durable(self, command: Command) -> Reply:
        """As a client does: ask again with the same id."""
        while not isinstance(reply := await self.ask(command), Reply):  # noqa: ASYNC110 - it asks each time
            await asyncio.sleep(0.5)
        return reply

    # --- what must hold --------------------------------------------------------------------------------------
    def alerts(self) -> list[str]:
        return [update.code for _, updates in self.published for update in updates if isinstance(update, AlertRaised)]

    def states(self) -> list[str]:
        return [
            update.state for _, updates in self.published for update in updates if isinstance(update, StatusChanged)
        ]

    def orders(self, role: OrderRole) -> list[Any]:
        return [order for order in self.engine.desk.orders.values() if order.role is role]

    def check(self) -> None:
        """The journal has all, once and in order, and gives the same engine again; our books are the exchange's."""
        assert [entry.seq for entry in self.store.durable] == list(range(1, self.runner.seq + 1))
        assert self.published[-1][0] == self.runner.committed_seq == self.runner.seq
        again = Engine()
        for entry in self.store.durable:
            event: Event = decode_event(*encode_event(entry.event))
            assert encode_effects(again.process(entry.now_ns, event)) == encode_effects(entry.effects), entry
        ours = {symbol: position.quantity for symbol, position in again.ledger.positions.items()}
        assert ours == {symbol: quantity for symbol, quantity in self.exchange.position.items() if quantity}
        assert not self.loop.faults
        sent = [name for what, name, _ in self.sent if what in ("entry", "exit", "stop")]
        assert len(sent) == len(set(sent)), "no order is sent twice"
        asked = {e.order.id: e.order.state for row in self.store.durable for e in row.effects
                 if isinstance(e, OrderUpdated)}  # fmt: skip
        assert not [state for state in asked.values() if state in ("submitting", "unknown")]


def play(scene: Callable[[FailingDisk], Coroutine[Any, Any, None]], **how: Any) -> FailingDisk:
    """Play a scene with a runner that trades; then it ends in good order, and everything that must hold does."""

    async def work(loop: VirtualTimeLoop) -> FailingDisk:
        disk = FailingDisk(loop, **how)
        running = asyncio.ensure_future(disk.runner.run())
        await disk.trading()
        await scene(disk)
        await disk.until(lambda: disk.runner.idle and not disk.engine.storage.fault)
        disk.runner.post(Stopping("done"))
        await running
        disk.check()
        return disk

    return run(work)
