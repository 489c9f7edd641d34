"""The loop around the engine: journal the input, process, commit, then carry the effects out.

Events are processed one at a time in the order they arrive, and every deadline of the engine comes
before the events that are later than it. Nothing leaves (no order, no update, no reply) before the
commit of the events that caused it; while a commit runs, the next events are processed already.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from fluxherod.engine.answers import OrderRequest, SnapshotFilter, no_answer
from fluxherod.engine.effects import (
    CancelOrder,
    Effect,
    FollowSymbols,
    LookupOrder,
    OrderUpdated,
    ReplaceOrder,
    Reply,
    RequestBackfill,
    RequestHistory,
    RequestReference,
    RequestSnapshot,
    SafetyChanged,
    SubmitOrder,
)
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    AssetInfo,
    BackfillLoaded,
    BrokerSnapshot,
    CancelAnswered,
    Command,
    DrainEnded,
    Event,
    LinkChanged,
    LookupAnswered,
    OrderReported,
    ReplaceAnswered,
    Started,
    Stopping,
    SubmitAnswered,
    TimerFired,
)
from fluxherod.engine.loading import Loader
from fluxherod.engine.mirroring import Mirroring
from fluxherod.engine.ports import Broker, Clock, JournalEntry, MarketData, Mirror, Publisher, Store

MOST_EVENTS_A_COMMIT = 256
RETRY_DATA_AFTER_S = 1.0
RETRY_MIRROR_AFTER_S = 5.0
MARK_EVERY_S = 1.0
# Wall time: how long an end waits for the stops of open shares.
DRAIN_S = 2.5

# Effects that others carry out; all others are updates for the tables and the subscribers.
_REQUESTS = (
    SubmitOrder, CancelOrder, ReplaceOrder, LookupOrder, RequestSnapshot,
    RequestReference, RequestHistory, RequestBackfill, FollowSymbols,
)  # fmt: skip
_REQUEST_KINDS = frozenset(_REQUESTS)
_ANSWERS = (SubmitAnswered, CancelAnswered, ReplaceAnswered, LookupAnswered, BrokerSnapshot, BackfillLoaded)
# After these our books may differ from the broker's in another way than before.
_ABOUT_ORDERS = (OrderReported, SubmitAnswered, CancelAnswered, ReplaceAnswered, LookupAnswered)
_FAULT = "a fault in the broker's adapter, the log has it"


class Stopped(Exception):
    """The runner ended before a command was answered."""


class Runner:
    """Owns the engine. `post` is the only way in; it may be called from any coroutine of the loop.

    `on_fault` hears of exceptions that an adapter must not raise; the engine goes on as after no answer. `follow`
    tells the market stream which symbols to subscribe to; it must not wait. Without a `mirror` what stops trading is in
    the journal alone.
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
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.seq = seq
        self.committed_seq = seq
        self._asking_seq = 0  # the newest entry that asks something of the outside
        self.requests_in_flight = 0
        self.last_event_ns = 0
        self._started = False
        self._busy = False  # an event is being processed: in pieces, where it is one of many symbols
        self._over = False
        self._drain: asyncio.TimerHandle | None = None  # set once the process is told to end
        self._store = store
        self._broker = broker
        self._loader = Loader(market_data, clock, self.post, on_fault, pause=lambda: asyncio.sleep(RETRY_DATA_AFTER_S))
        self._follow = follow
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
        self._outbox: asyncio.Queue[tuple[Awaitable[None], Sequence[JournalEntry]]] = asyncio.Queue(maxsize=64)
        self._replies: dict[tuple[str, str], list[asyncio.Future[Reply]]] = {}
        self._alarm: asyncio.Task[None] | None = None  # goes off at the deadline that was the next when it was set
        self._alarm_ns: int | None = None
        self._deadline: tuple[int, int | None] = (seq - 1, None)  # the engine's next, as of an entry
        self._tasks: asyncio.TaskGroup | None = None
        self._request_tasks: set[asyncio.Task[None]] = set()
        self._snapshot_wanted = self._snapshot_asked = False
        self._snapshot_lock = asyncio.Lock()
        self._snapshots = SnapshotFilter()
        self._faulty = False

    # --- the way in ----------------------------------------------------------------------------------
    def post(self, event: Event) -> None:
        """Hand an event to the engine. The queue is unbounded: what the broker said is never dropped."""
        self._inbox.append((event, self.clock.now_ns()))
        self._arrived.set()

    async def ask(self, command: Command) -> Reply:
        """Hand a command to the engine and wait for its durable answer.

        Raises:
            Stopped: when the runner ended first; whether the command was carried out is in the journal.
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
            Exception: whatever the store raises when it can't commit; nothing leaves after that.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                carrier = tasks.create_task(self._carry(), name="carry out effects")
                await self._process()
                await self._outbox.join()
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
            await self._outbox.put((self._store.append(entries), entries))

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
        return answered or self.requests_in_flight > 0 or self.committed_seq < self._asking_seq

    async def _wait(self) -> None:
        """Until something is posted, the engine's next deadline has come, or what it wants has been carried out.

        An order does not wait for the look at the next deadline: that comes once all is carried out. An alarm that is
        set already goes off meanwhile.
        """
        if not self._inbox:
            self._arrived.clear()
            if self.committed_seq == self.seq:
                self._set_alarm(self._deadline_ns())
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
            self._snapshots.forget()
        self.last_event_ns = now_ns
        effects: list[Effect] = []
        for _ in self.engine.pieces(now_ns, event, effects):
            if self.clock.rate > 0:
                await asyncio.sleep(0)  # the sockets have their turn; what they bring waits for the next event
        self.seq += 1  # whoever took a snapshot meanwhile is told all of this event
        if not _REQUEST_KINDS.isdisjoint(map(type, effects)):
            self._asking_seq = self.seq
        self._busy = False
        return JournalEntry(self.seq, now_ns, event, effects)

    # --- the way out -----------------------------------------------------------------------------------
    async def _carry(self) -> None:
        """Wait for each commit, in order, then carry out what it covers."""
        while True:
            commit, entries = await self._outbox.get()
            await commit
            for entry in entries:
                self.committed_seq = entry.seq
                await self._carry_out(entry)
            self._outbox.task_done()
            self._arrived.set()

    async def _carry_out(self, entry: JournalEntry) -> None:
        """Orders leave at once; what stops trading is in its file before anybody is told."""
        updates, replies, changed, ordered = [], [], None, False
        for effect in entry.effects:
            if isinstance(effect, Reply):
                replies.append(effect)
            elif isinstance(effect, _REQUESTS):
                self._request(effect)
            else:
                changed = effect.state if isinstance(effect, SafetyChanged) else changed
                ordered = ordered or isinstance(effect, OrderUpdated)
                updates.append(effect)
        if changed is not None:
            await self._mirroring.write(changed)
        if len(updates) + len(replies) < len(entry.effects):
            await asyncio.sleep(0)  # what was asked for begins: an order does not wait until hundreds are told of it
        if ordered or replies:
            self._mirroring.mark(entry.seq)
        for reply in replies:
            self._answer(reply)
        self._publisher.publish(entry.seq, entry.now_ns, updates)

    def _answer(self, reply: Reply) -> None:
        """Every command gets one reply, in order; a caller that is gone is passed over."""
        key = (reply.principal, reply.request_id)
        waiting = self._replies.get(key)
        if not waiting:
            return
        answer = waiting.pop(0)
        if not waiting:
            del self._replies[key]
        if not answer.done():
            answer.set_result(reply)

    def _leave_unanswered(self) -> None:
        for answer in (answer for waiting in self._replies.values() for answer in waiting):
            if not answer.done():
                answer.set_exception(Stopped())
        self._replies.clear()

    def _request(self, effect: Effect) -> None:
        """Start what an effect asks of the world; its answer comes back as an event."""
        match effect:
            case SubmitOrder() | CancelOrder() | ReplaceOrder() | LookupOrder():
                self._start(self._post_answer(effect))
            case RequestSnapshot():
                self._start(self.take_snapshot())
            case RequestReference() | RequestHistory() | RequestBackfill():
                self._start(self._loader.load(effect))
            case FollowSymbols(symbols):
                self._follow(symbols)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.requests_in_flight += 1
        self._spawn(work).add_done_callback(self._ended)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something until it ends, or the runner does."""
        assert self._tasks is not None  # effects are carried out only while run() is
        task = self._tasks.create_task(work)
        self._request_tasks.add(task)
        task.add_done_callback(self._request_tasks.discard)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.requests_in_flight -= 1
        self._arrived.set()

    async def _post_answer(self, effect: OrderRequest) -> None:
        """A fault of the adapter is no answer: the engine then asks the broker what became of its request."""
        try:
            answer = await self._asked(effect)
        except Exception as fault:
            self._tell_fault(fault)
            answer = no_answer(effect, _FAULT)
        self.post(answer)

    async def _asked(self, effect: OrderRequest) -> Event:
        match effect:
            case SubmitOrder(order):
                return await self._broker.submit(order)
            case CancelOrder(order_id, broker_id):
                return await self._broker.cancel(order_id, broker_id)
            case ReplaceOrder(replacement):
                return await self._broker.replace(replacement)
        asked_ns = self.clock.now_ns()
        return replace(await self._broker.lookup(effect.order_id), asked_ns=asked_ns)

    async def take_snapshot(self, *, by_poll: bool = False) -> None:
        """Ask the broker for account, positions and orders, and hand the answer to the engine.

        One at a time: asked again meanwhile, it is taken once more afterwards. What a poll finds to be as the
        last two snapshots said is posted only every 30 s of trading time: a quiet night must not fill the journal.
        """
        self._snapshot_asked = self._snapshot_asked or not by_poll
        if self._snapshot_wanted:
            return
        self._snapshot_wanted = True
        async with self._snapshot_lock:
            self._snapshot_wanted = False
            asked, self._snapshot_asked = self._snapshot_asked, False
            snapshot = await self._snapshot()
        if snapshot is None:
            self._snapshot_asked = self._snapshot_asked or asked  # the engine still waits for it
        elif asked or self._snapshots.is_news(snapshot):
            self._snapshots.note(snapshot)
            self.post(snapshot)

    async def _snapshot(self) -> BrokerSnapshot | None:
        try:
            snapshot = await self._broker.snapshot(self.clock.now_ns())
        except Exception as fault:
            self._tell_fault(fault)
            return None
        if snapshot is not None and self._faulty:
            self._faulty = False
            self.post(LinkChanged("broker", up=True))
        return snapshot

    def _tell_fault(self, fault: Exception) -> None:
        """Tell each fault, and raise one alert until a snapshot is whole again."""
        self._on_fault("a fault in the broker's adapter", fault)
        if not self._faulty:
            self._faulty = True
            text = f"{_FAULT} ({type(fault).__name__}: {fault}); look after open positions and report it"
            self.post(LinkChanged("broker", up=False, detail=text))
