"""The loop around the engine: journal the input, process, commit, then carry the effects out.

Events are processed one at a time in the order they arrive, and every deadline of the engine comes
before the events that are later than it. Nothing leaves (no order, no update, no reply) before the
commit of the events that caused it; while a commit runs, the next events are processed already.

While the disk fails (`committing.py`) one thing is otherwise: what only reduces risk, or asks, leaves at once. Entries
end unsent, callers are told that the answer is not durable yet, and everybody else hears of it once it is.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.types import AssetInfo
from fluxherod.engine.answers import NotDurable
from fluxherod.engine.commands import Command
from fluxherod.engine.committing import Committing
from fluxherod.engine.effects import Effect, OrderUpdated, Reply, SafetyChanged, SubmitOrder
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    BackfillLoaded,
    BrokerSnapshot,
    CancelAnswered,
    DrainEnded,
    Event,
    LookupAnswered,
    OrderReported,
    ReplaceAnswered,
    Started,
    Stopping,
    StorageReported,
    SubmitAnswered,
    TimerFired,
)
from fluxherod.engine.loading import Loader
from fluxherod.engine.mirroring import Mirroring
from fluxherod.engine.ports import Broker, Clock, JournalEntry, MarketData, Mirror, Publisher, Store
from fluxherod.engine.requests import REQUEST_KINDS, REQUESTS, Requests

MOST_EVENTS_A_COMMIT = 256
RETRY_DATA_AFTER_S = 1.0
RETRY_MIRROR_AFTER_S = 5.0
MARK_EVERY_S = 1.0
# Wall time: how long an end waits for the stops of open shares.
DRAIN_S = 2.5

_ANSWERS = (SubmitAnswered, CancelAnswered, ReplaceAnswered, LookupAnswered, BrokerSnapshot, BackfillLoaded)
# After these our books may differ from the broker's in another way than before.
_ABOUT_ORDERS = (OrderReported, SubmitAnswered, CancelAnswered, ReplaceAnswered, LookupAnswered)
_UNSENT = "the journal can't be written"


class Stopped(Exception):
    """The runner ended before a command was answered."""


class Runner:
    """Owns the engine. `post` is the only way in; it may be called from any coroutine of the loop.

    `on_fault` hears of exceptions that an adapter must not raise; the engine goes on as after no answer. `follow`
    tells the market stream which symbols to subscribe to; it must not wait. Without a `mirror` what stops trading is in
    the journal alone. `on_storage` hears at once why the storage fails, and "" when it works again.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        store: Store,
        broker: Broker,
        market_data: MarketData,
        publisher: Publisher,
        seq: int,
        on_fault: Callable[[str, Exception], None] = lambda text, fault: None,
        follow: Callable[[Sequence[str]], None] = lambda symbols: None,
        mirror: Mirror | None = None,
        on_storage: Callable[[str], None] = lambda fault: None,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.seq = seq
        self.committed_seq = seq
        self.carried_seq = seq  # the newest entry that is durable and carried out
        self._asking_seq = 0  # the newest entry that asks something of the outside
        self._asked_seq = seq  # up to here what entries ask for has been asked, durable or not
        self.last_event_ns = 0
        self._started = False
        self._busy = False  # an event is being processed: in pieces, where it is one of many symbols
        self._over = False
        self._drain: asyncio.TimerHandle | None = None  # set once the process is told to end
        self.committing = Committing(store, self._carry_out, self._carry_early, self._storage_changed)
        self._on_storage = on_storage
        self._loader = Loader(market_data, clock, self.post, on_fault, pause=lambda: asyncio.sleep(RETRY_DATA_AFTER_S))
        self._follow = follow
        self._requests = Requests(
            broker,
            self._loader,
            clock,
            lambda symbols: self._follow(symbols),
            self.post,
            lambda text, fault: self._on_fault(text, fault),
            self._spawn,
            ended=lambda: self._arrived.set(),
            unwanted=engine.unwanted,
        )
        self.take_snapshot = self._requests.take_snapshot
        self._mirroring = Mirroring(
            mirror,
            self.post,
            on_fault,
            self._spawn,
            pause=lambda: asyncio.sleep(RETRY_MIRROR_AFTER_S),
            rest=lambda: asyncio.sleep(MARK_EVERY_S),
        )
        self._publisher = publisher
        self._on_fault = on_fault
        self._inbox: deque[tuple[Event, int]] = deque()  # with the trading time at which each arrived
        self._arrived = asyncio.Event()
        self._replies: dict[tuple[str, str], list[asyncio.Future[Reply]]] = {}
        self._alarm: asyncio.Task[None] | None = None  # goes off at the deadline that was the next when it was set
        self._alarm_ns: int | None = None
        self._deadline: tuple[int, int | None] = (seq - 1, None)  # the engine's next, as of an entry
        self._tasks: asyncio.TaskGroup | None = None
        self._request_tasks: set[asyncio.Task[None]] = set()

    # --- the way in ----------------------------------------------------------------------------------
    def post(self, event: Event) -> None:
        """Hand an event to the engine. The queue is unbounded: what the broker said is never dropped."""
        self._inbox.append((event, self.clock.now_ns()))
        self._arrived.set()

    async def ask(self, command: Command) -> Reply:
        """Hand a command to the engine and wait for its durable answer.

        Raises:
            Stopped: when the runner ended first; whether the command was carried out is in the journal.
            NotDurable: when the storage fails: asked again under its id, it is answered once it is durable.
        """
        if self._over:
            raise Stopped
        key = (command.caller.principal, command.caller.request_id)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._replies.setdefault(key, []).append(answer)
        self.post(command)
        return await answer

    async def asset(self, symbol: str) -> AssetInfo:
        """What the broker says of a symbol now.

        Raises:
            DataUnavailable: when it can't be asked, or refuses to answer.
        """
        return await self._loader.asset(symbol)

    @property
    def requests_in_flight(self) -> int:
        """Requests that are not answered yet."""
        return self._requests.in_flight

    @property
    def queued(self) -> int:
        """Events that are not processed yet."""
        return len(self._inbox) + self._busy

    @property
    def urgent(self) -> bool:
        """True while an event waits, or an order, or what else is asked of the outside, for its commit."""
        return self.queued > 0 or self.committed_seq < self._asking_seq

    @property
    def idle(self) -> bool:
        """True when nothing is queued, in flight or uncommitted."""
        return not self.queued and self.requests_in_flight == 0 and self.committed_seq == self.seq

    # --- the loop ------------------------------------------------------------------------------------
    async def run(self) -> None:
        """Process events until `Stopping` was processed and committed, and what open shares need then, for `DRAIN_S`.

        Raises:
            StoreFailed: when the storage fails as it ends, or for longer than memory is for.
            Exception: a fault of the store; nothing leaves after that.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                carrier = tasks.create_task(self.committing.run(), name="carry out effects")
                try:
                    await self._process()
                    await self.committing.finish()
                finally:
                    await self._mirroring.finish()
                carrier.cancel()
                for task in self._request_tasks:
                    task.cancel()
        finally:
            self._over = True
            self._set_alarm(None)
            if self._drain is not None:
                self._drain.cancel()
            self._leave_unanswered()

    async def _process(self) -> None:
        over = False
        while not over:
            await self._wait()
            entries: list[JournalEntry] = []
            while len(entries) < MOST_EVENTS_A_COMMIT and (next_one := self._next()) is not None:
                entries.append(await self._entry(*next_one))
                over = self._may_end(entries[-1].event)
                if over or not self._inbox:
                    break  # nothing is known to follow: what these entries want must not wait for a look at the time
                if self.clock.rate > 0:
                    await asyncio.sleep(0)  # between two events of a burst the sockets have their turn
            if not entries:
                continue
            await self.committing.put(entries)

    def _may_end(self, event: Event) -> bool:
        """True when the process was told to end, and open shares need it no more or have been waited for."""
        if isinstance(event, Stopping) and self._drain is None:
            self._drain = asyncio.get_running_loop().call_later(DRAIN_S, self.post, DrainEnded())
        return self._drain is not None and self.engine.over

    def _next(self) -> tuple[Event, int] | None:
        """The next event and its time: a deadline that has passed comes before whatever was posted after it.

        What had arrived by then comes first, however late we are: a bar's last minute must not miss its bar.
        """
        now_ns, due_ns = max(self.clock.now_ns(), self.last_event_ns), self._deadline_ns()
        passed = due_ns is not None and due_ns <= now_ns
        # An exchange that is stepped by hand stands while we are late: there the time of arrival is chance.
        earlier = bool(self._inbox) and due_ns is not None and self._inbox[0][1] < due_ns and self.clock.rate > 0
        if passed and due_ns is not None and not earlier:
            return TimerFired(), self._at(due_ns, now_ns)
        if not self._inbox:
            return None
        event, arrived_ns = self._inbox.popleft()
        return event, self._at(arrived_ns, now_ns) if passed else now_ns

    def _at(self, ns: int, now_ns: int) -> int:
        """The time of what happened a moment ago, unless the process slept so long that this would be a lie."""
        settings = self.engine.settings
        asleep = now_ns - ns > settings.signal_max_age_ns + settings.latency_ns
        return now_ns if asleep else max(self.last_event_ns, ns)

    def _deadline_ns(self) -> int | None:
        """The engine's next deadline; those of an earlier process wait until this one has begun.

        An exchange that is stepped by hand stands while it is asked: no answer is late there, so answers come first.
        """
        if not self._started or (self.clock.rate == 0 and self._owed()):
            return None
        if self._deadline[0] != self.seq:
            self._deadline = self.seq, self.engine.next_deadline_ns()
        return self._deadline[1]

    def _owed(self) -> bool:
        """True while an answer of the outside is on its way, or is the next to be processed."""
        answered = bool(self._inbox) and isinstance(self._inbox[0][0], _ANSWERS)
        return answered or self.requests_in_flight > 0 or self._asked_seq < self._asking_seq

    async def _wait(self) -> None:
        """Until something is posted or the engine's next deadline has come."""
        if not self._inbox:
            self._arrived.clear()
            if self._asked_seq >= self._asking_seq:  # else an order leaves first, and that wakes us: until it does,
                self._set_alarm(self._deadline_ns())  # what a deadline wants could not leave either
            await self._arrived.wait()

    def _set_alarm(self, due_ns: int | None) -> None:
        """Wake `_wait` at a time. Most events leave the next deadline as it was, and the alarm with it."""
        if self._alarm is not None and not self._alarm.done():
            if due_ns == self._alarm_ns:
                return
            self._alarm.cancel()
        self._alarm, self._alarm_ns = None, due_ns
        if due_ns is not None:
            self._alarm = asyncio.ensure_future(self.clock.wait_until(due_ns))
            self._alarm.add_done_callback(self._rang)

    def _rang(self, alarm: asyncio.Task[None]) -> None:
        if not alarm.cancelled():
            self._arrived.set()

    async def _entry(self, event: Event, now_ns: int) -> JournalEntry:
        self._busy = True
        event = self.engine.lean(event)
        self._started = self._started or isinstance(event, Started)
        if isinstance(event, _ABOUT_ORDERS):
            self._requests.snapshots.forget()
        self.last_event_ns = now_ns
        effects: list[Effect] = []
        for _ in self.engine.pieces(now_ns, event, effects):
            if self.clock.rate > 0:
                await asyncio.sleep(0)  # the sockets have their turn; what they bring waits for the next event
        self.seq += 1  # whoever took a snapshot meanwhile is told all of this event
        if not REQUEST_KINDS.isdisjoint(map(type, effects)):
            self._asking_seq = self.seq
        self._busy = False
        return JournalEntry(self.seq, now_ns, event, effects)

    # --- the way out -----------------------------------------------------------------------------------
    async def _carry_out(self, entry: JournalEntry, early: bool) -> None:
        """Orders leave at once, or have left early; what stops trading is in its file before anybody is told."""
        self.committed_seq = entry.seq
        updates, replies, changed, ordered = [], [], None, False
        for effect in entry.effects:
            if isinstance(effect, Reply):
                replies.append(effect)
            elif isinstance(effect, REQUESTS):
                if not early:
                    self._requests.start(effect)
            else:
                changed = effect.state if isinstance(effect, SafetyChanged) else changed
                ordered = ordered or isinstance(effect, OrderUpdated)
                updates.append(effect)
        if early:
            await asyncio.sleep(0)  # there may be thousands
        else:
            self._asked_seq = entry.seq
            if changed is not None:
                await self._mirroring.write(changed)
            if len(updates) + len(replies) < len(entry.effects):
                await asyncio.sleep(0)  # what was asked for begins: no order waits until hundreds are told of it
            if ordered or replies:
                self._mirroring.mark(entry.seq)
            for reply in replies:
                self._answer(reply)
        self._publisher.publish(entry.seq, entry.now_ns, updates)
        self.carried_seq = entry.seq
        self._arrived.set()

    def _carry_early(self, entry: JournalEntry) -> None:
        """Carry out what must not wait for a disk that fails: exits, stops, cancels and questions; no new risk."""
        roles = {effect.order.id: effect.order.role for effect in entry.effects if isinstance(effect, OrderUpdated)}
        replies = [effect for effect in entry.effects if isinstance(effect, Reply)]
        changed: SafetyState | None = None
        for effect in entry.effects:
            match effect:
                case SubmitOrder(order) if roles.get(order.id) in (None, OrderRole.ENTRY):
                    self.post(SubmitAnswered(order.id, unsent=_UNSENT))
                case SafetyChanged(state):
                    changed = state
                case _ if isinstance(effect, REQUESTS):
                    self._requests.start(effect)
        if roles or replies:
            self._mirroring.mark(entry.seq)  # an end before it is durable is noticed by the next start
        if changed is not None or replies:
            self._spawn(self._put_off(entry.seq, replies, changed))
        self._asked_seq = entry.seq
        self._arrived.set()

    async def _put_off(self, seq: int, replies: Sequence[Reply], changed: SafetyState | None) -> None:
        """Tell callers that their answers are not durable yet; what stops trading is in its file before."""
        if changed is not None:
            await self._mirroring.write(changed)
        for reply in replies:
            durable = self.committed_seq >= seq
            self._answer(reply, None if durable else NotDurable(reply, self.committing.fault))

    def _storage_changed(self, fault: str) -> None:
        self.post(StorageReported(fault))
        self._on_storage(fault)

    def _answer(self, reply: Reply, instead: NotDurable | None = None) -> None:
        """Every command gets one reply, in order; a caller that is gone is passed over."""
        key = (reply.principal, reply.request_id)
        waiting = self._replies.get(key)
        if not waiting:
            return
        answer = waiting.pop(0)
        if not waiting:
            del self._replies[key]
        if answer.done():
            return
        if instead is not None:
            answer.set_exception(instead)
        else:
            answer.set_result(reply)

    def _leave_unanswered(self) -> None:
        for answer in (answer for waiting in self._replies.values() for answer in waiting):
            if not answer.done():
                answer.set_exception(Stopped())
        self._replies.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something until it ends, or the runner does."""
        assert self._tasks is not None  # effects are carried out only while run() is
        task = self._tasks.create_task(work)
        self._request_tasks.add(task)
        task.add_done_callback(self._request_tasks.discard)
        return task
