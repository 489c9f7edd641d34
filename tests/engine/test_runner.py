"""The loop around the engine: order in time, nothing before the commit, and every caller answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, SESSIONS, WIDE, bar, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import AssetInfo, BrokerAccount, OrderType, Quote, Side
from fluxherod.engine.commands import Caller, HaltCommand, PlaceOrderCommand, ResumeCommand
from fluxherod.engine.effects import BarClosed, Reply, ReplyCode, RequestHistory, Update
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BarsReceived,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    Event,
    HistoryLoaded,
    LinkChanged,
    LookupAnswered,
    QuotesReceived,
    ReplaceAnswered,
    SplitsLoaded,
    Started,
    Stopping,
    SubmitAnswered,
    TimerFired,
)
from fluxherod.engine.ports import DataRefused, DataUnavailable, JournalEntry
from fluxherod.engine.runner import Runner, Stopped
from fluxherod.engine.settings import Settings


class DrivenClock:
    """Exchange time that moves when a test says so; `drift_ns` passes between two looks at it."""

    def __init__(self) -> None:
        self.rate = 1.0
        self._now_ns = OPEN_NS
        self.drift_ns = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def now_ns(self) -> int:
        self._now_ns += self.drift_ns
        return self._now_ns

    def observe(self, ns: int) -> None:
        self.move(ns)

    def move(self, ns: int) -> None:
        self._now_ns = max(self._now_ns, ns)
        for due_ns, future in self._waiting:
            if due_ns <= self._now_ns and not future.done():
                future.set_result(None)

    async def wait_until(self, ns: int) -> None:
        if ns > self._now_ns:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append((ns, future))
            await future


class Store:
    """Commits at once, or when a test lets it, or fails."""

    def __init__(self) -> None:
        self.entries: list[JournalEntry] = []
        self.durable = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken = False

    async def append(self, entries: Sequence[JournalEntry]) -> None:
        self.entries += entries
        last = len(self.entries)
        await self.gate.wait()
        if self.broken:
            raise OSError(28, "no space left")
        self.durable = last


class Broker:
    """Answers everything; notes what was asked and how much was durable by then."""

    def __init__(self, clock: DrivenClock, store: Store) -> None:
        self.clock, self.store = clock, store
        self.asked: list[tuple[str, int]] = []

    def _note(self, what: str) -> None:
        self.asked.append((what, self.store.durable))

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        self._note("submit")
        return SubmitAnswered(order.id, detail="timed out")

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        self._note("cancel")
        return CancelAnswered(order_id, accepted=True)

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        self._note("replace")
        return ReplaceAnswered(replacement.replaces_id, replacement.id)

    async def lookup(self, order_id: str) -> LookupAnswered:
        self._note("lookup")
        return LookupAnswered(order_id, found=False)

    async def snapshot(self, now_ns: int) -> BrokerSnapshot | None:
        self._note("snapshot")
        account = BrokerAccount("a", 10**9, 10**9, 10**9, 2 * 10**9, 2, True, False)
        return BrokerSnapshot(now_ns, account, (), ())


class Data:
    """History and gaps, after as many failures as a test wants."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []

    async def calendar(self, now_ns: int) -> CalendarLoaded:
        if self.failures:
            raise self.failures.pop(0)
        return CalendarLoaded(SESSIONS)

    async def assets(self, symbols: Sequence[str]) -> AssetsLoaded:
        return AssetsLoaded(tuple(AssetInfo(symbol, True, True, True, True) for symbol in symbols))

    async def splits(self, symbols: Sequence[str], now_ns: int) -> SplitsLoaded:
        return SplitsLoaded(())

    async def history(self, wanted: RequestHistory, now_ns: int) -> Sequence[HistoryLoaded]:
        return [HistoryLoaded(symbol, (), CLOSE_NS - DAY_NS) for symbol in wanted.symbols]

    async def backfill(self, symbols: Sequence[str], since_ns: int, now_ns: int) -> BackfillLoaded:
        return BackfillLoaded(tuple(symbols), (), since_ns, now_ns - now_ns % MINUTE_NS)


class Stage:
    """A runner with everything around it in memory."""

    def __init__(self) -> None:
        self.clock, self.store, self.data = DrivenClock(), Store(), Data()
        self.broker = Broker(self.clock, self.store)
        self.engine = Engine()
        self.published: list[tuple[int, int, list[Update]]] = []
        self.runner = Runner(self.engine, self.clock, self.store, self.broker, self.data, self, 0)
        self.requests = 0

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        assert seq <= self.store.durable
        self.published.append((seq, now_ns, list(updates)))

    @property
    def times(self) -> list[tuple[str, int]]:
        return [(type(entry.event).__name__, entry.now_ns - OPEN_NS) for entry in self.store.entries]

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not reached():  # noqa: ASYNC110 - whatever is waited for happens on this loop
                await asyncio.sleep(0)

    async def settled(self) -> None:
        """Nothing is under way, and no deadline has passed: one comes when what was before it has been carried out."""
        due = self.engine.next_deadline_ns
        await self.until(lambda: self.runner.idle and ((ns := due()) is None or ns > self.clock._now_ns))

    async def trading(self, **settings: Any) -> None:
        wide = Settings(("SPY",), "1Min", limits=WIDE, **settings)
        self.runner.post(Started("0" * 16, 1, "test", wide, mirror_read=True))
        self.runner.post(LinkChanged("market", True))
        self.runner.post(LinkChanged("trading", True))
        await self.until(lambda: self.engine.state == "ACTIVE")
        await self.settled()

    def ask(self, kind: type[Any] = HaltCommand, request_id: str = "", reason: str = "x") -> Awaitable[Reply]:
        self.requests += 1
        return self.runner.ask(kind(Caller(request_id or f"r{self.requests}", "tester"), reason))


@asynccontextmanager
async def running() -> Any:
    stage = Stage()
    task = asyncio.create_task(stage.runner.run())
    try:
        yield stage
    finally:
        stage.store.gate.set()
        stage.runner.post(Stopping("done"))
        async with asyncio.timeout(60):
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _short_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker here confirms no order: an end would wait for the stops of what may have been filled."""
    monkeypatch.setattr("fluxherod.engine.runner.DRAIN_S", 0.0)
    monkeypatch.setattr("fluxherod.engine.committing.COMMIT_WITHIN_S", 60.0)  # the store is held, the disk works


def limit_order(request_id: str = "place") -> PlaceOrderCommand:
    return PlaceOrderCommand(Caller(request_id, "tester"), "SPY", Side.BUY, 10, OrderType.LIMIT, 4_500_000, 4_430_000)


async def test_a_started_daemon_loads_what_it_needs_and_becomes_active() -> None:
    async with running() as stage:
        await stage.trading()
        assert stage.runner.seq == stage.runner.committed_seq == len(stage.store.entries)
        assert [seq for seq, _, _ in stage.published] == list(range(1, stage.runner.seq + 1))


async def test_a_deadline_comes_before_events_that_are_later_and_at_its_own_time() -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.clock.move(OPEN_NS + MINUTE_NS + 10 * SECOND_NS)
        stage.runner.post(BarsReceived((bar(1, 450.0),)))
        await stage.settled()
        assert stage.times[-2:] == [("TimerFired", 62 * SECOND_NS), ("BarsReceived", 70 * SECOND_NS)]


async def test_at_a_stepped_exchange_what_asks_nothing_holds_no_deadline() -> None:
    """A poll's snapshot comes by the wall's clock: whether it is durable yet must not decide what comes first."""
    async with running() as stage:
        await stage.trading()
        stage.clock.rate = 0.0
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.store.gate.clear()  # from here on nothing becomes durable
        known = stage.runner.seq
        stage.runner.post(QuotesReceived((Quote("SPY", stage.clock.now_ns(), 449.9, 450.1),)))
        await stage.until(lambda: stage.runner.seq == known + 1)
        stage.clock.move(OPEN_NS + MINUTE_NS + 10 * SECOND_NS)
        stage.runner.post(QuotesReceived((Quote("SPY", stage.clock.now_ns(), 450.9, 451.1),)))
        await stage.until(lambda: stage.runner.seq >= known + 2)
        stage.store.gate.set()
        await stage.until(lambda: stage.runner.idle)
        names = [name for name, _ in stage.times]
        assert names[known : known + 3] == ["QuotesReceived", "TimerFired", "QuotesReceived"]


async def test_a_minute_that_arrived_before_its_bars_deadline_is_in_the_bar_however_late_we_are() -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS + SECOND_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.clock.move(OPEN_NS + 2 * MINUTE_NS + SECOND_NS)  # from here on the loop is busy: nothing is awaited
        stage.runner.post(BarsReceived((bar(1, 451.0),)))
        stage.clock.move(OPEN_NS + 2 * MINUTE_NS + 10 * SECOND_NS)
        await stage.settled()
        closed = [closed.bar.close for closed in stage.engine.market.books["SPY"].closed if closed.live]
        assert closed == [450.0, 451.0]
        assert not stage.engine.market.books["SPY"].rejections


@pytest.mark.parametrize("before_ns", range(1, 12))
async def test_no_event_is_later_than_a_deadline_that_has_not_come_yet(before_ns: int) -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.clock.move(OPEN_NS + 62 * SECOND_NS - before_ns)
        stage.clock.drift_ns = 5
        for number in range(1, 6):
            stage.runner.post(LinkChanged("data", up=bool(number % 2)))
        await stage.until(lambda: stage.times[-1][0] == "LinkChanged" and stage.times[-1][1] > 62 * SECOND_NS)
        names = [name for name, ns in stage.times if ns > 61 * SECOND_NS]
        due = names.index("TimerFired")
        assert all(ns < 62 * SECOND_NS for _, ns in stage.times[: due - len(names)])
        assert [ns for _, ns in stage.times] == sorted(ns for _, ns in stage.times)


async def test_a_deadline_that_was_slept_through_is_processed_at_the_real_time() -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.clock.move(OPEN_NS + 7_200 * SECOND_NS)
        await stage.until(lambda: any(of(BarClosed, updates) for _, _, updates in stage.published))
        assert ("TimerFired", 7_200 * SECOND_NS) in stage.times


async def test_deadlines_of_an_earlier_process_wait_until_this_one_has_begun() -> None:
    stage = Stage()
    for event in (
        Started("0" * 16, 1, "test", Settings(("SPY",), "5Min")),
        CalendarLoaded(SESSIONS),
        HistoryLoaded("SPY", (), CLOSE_NS - DAY_NS),
        BackfillLoaded(("SPY",), (), OPEN_NS, OPEN_NS),
        BarsReceived((bar(0, 450.0),)),
    ):
        stage.engine.process(OPEN_NS, event)
    stage.clock.move(OPEN_NS + 7_200 * SECOND_NS)
    stage.runner.last_event_ns = OPEN_NS
    task = asyncio.create_task(stage.runner.run())
    await asyncio.sleep(0)
    stage.runner.post(Started("0" * 16, 2, "test", Settings(("SPY",), "5Min")))
    stage.runner.post(Stopping("done"))
    await task
    assert stage.times[0] == ("Started", 7_200 * SECOND_NS)
    assert not any(of(BarClosed, updates) for _, _, updates in stage.published)


async def test_nothing_leaves_before_the_commit_and_all_of_it_after() -> None:
    async with running() as stage:
        await stage.trading()
        stage.store.gate.clear()
        answer = asyncio.ensure_future(stage.runner.ask(limit_order()))
        asked, published = len(stage.broker.asked), len(stage.published)
        await stage.until(lambda: stage.engine.desk.orders)
        for _ in range(20):
            await asyncio.sleep(0)
        assert (len(stage.broker.asked), len(stage.published), answer.done()) == (asked, published, False)
        stage.store.gate.set()
        assert (await answer).code is ReplyCode.OK
        await stage.settled()
        assert "submit" in [what for what, _ in stage.broker.asked[asked:]]


async def test_while_a_commit_runs_the_next_events_are_processed() -> None:
    async with running() as stage:
        await stage.trading()
        stage.store.gate.clear()
        stage.runner.post(LinkChanged("data", up=False))
        await stage.until(lambda: not stage.runner.queued)
        stage.runner.post(LinkChanged("data", up=True))
        await stage.until(lambda: stage.engine.links["data"].up)
        assert stage.runner.committed_seq < stage.runner.seq
        assert not stage.runner.idle


async def test_a_deadline_that_was_known_comes_while_a_commit_runs() -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.store.gate.clear()
        known = stage.runner.seq
        stage.runner.post(LinkChanged("data", up=False))
        await stage.until(lambda: stage.runner.seq == known + 1)
        stage.clock.move(OPEN_NS + 63 * SECOND_NS)
        await stage.until(lambda: stage.runner.seq == known + 2)
        assert stage.runner.committed_seq <= known
        stage.store.gate.set()
        await stage.settled()
        assert stage.times[known + 1] == ("TimerFired", 62 * SECOND_NS)


async def test_an_order_is_urgent_until_its_intent_is_durable_and_nothing_is_when_all_rests() -> None:
    async with running() as stage:
        await stage.trading()
        assert not stage.runner.urgent
        stage.store.gate.clear()
        stage.runner.post(LinkChanged("data", up=False))
        assert stage.runner.urgent
        await stage.until(lambda: stage.times[-1][0] == "LinkChanged")
        assert not stage.runner.urgent  # it waits for its commit, and nothing for it
        answer = asyncio.ensure_future(stage.runner.ask(limit_order()))
        await stage.until(lambda: stage.engine.desk.orders)
        assert stage.runner.urgent
        stage.store.gate.set()
        await answer
        await stage.settled()
        assert not stage.runner.urgent


async def test_a_store_that_fails_stops_everything_from_leaving_and_callers_are_told() -> None:
    stage = Stage()
    task = asyncio.create_task(stage.runner.run())
    await stage.trading()
    stage.store.gate.clear()
    stage.store.broken = True
    answer = asyncio.ensure_future(stage.runner.ask(limit_order()))
    await stage.until(lambda: stage.engine.desk.orders)
    asked, published = len(stage.broker.asked), len(stage.published)
    stage.store.gate.set()
    with pytest.raises(ExceptionGroup) as failure:
        await task
    assert failure.value.subgroup(OSError) is not None
    with pytest.raises(Stopped):
        await answer
    with pytest.raises(Stopped):
        await stage.ask()
    assert (len(stage.broker.asked), len(stage.published)) == (asked, published)


async def test_every_command_gets_its_own_reply_also_under_the_same_id() -> None:
    async with running() as stage:
        await stage.trading()
        same = [asyncio.ensure_future(stage.ask(request_id="same", reason="a")) for _ in range(2)]
        other = asyncio.ensure_future(stage.ask(request_id="same", reason="b"))
        third = asyncio.ensure_future(stage.ask(ResumeCommand))
        assert (await same[0]) == (await same[1])
        assert (await other).code is ReplyCode.REQUEST_ID_REUSED
        assert (await third).code is ReplyCode.OK


async def test_a_caller_that_is_gone_does_not_take_the_reply_of_the_next() -> None:
    async with running() as stage:
        await stage.trading()
        stage.store.gate.clear()
        gone = asyncio.ensure_future(stage.ask(request_id="same", reason="a"))
        other = asyncio.ensure_future(stage.ask(request_id="same", reason="b"))
        await stage.until(lambda: stage.engine.safety.stopped)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        stage.store.gate.set()
        assert (await other).code is ReplyCode.REQUEST_ID_REUSED


async def test_callers_that_still_wait_when_the_runner_ends_are_told() -> None:
    async with running() as stage:
        await stage.trading()
        stage.runner.post(Stopping("done"))
        late = asyncio.ensure_future(stage.ask())
        await stage.until(late.done)
        assert isinstance(late.exception(), Stopped)


async def test_data_that_is_not_there_is_asked_for_again_and_a_clear_no_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.RETRY_DATA_AFTER_S", 0.0)
    async with running() as stage:
        stage.data.failures = [DataUnavailable("no"), DataUnavailable("no")]
        await stage.trading()
        said = [entry.event for entry in stage.store.entries if getattr(entry.event, "link", "") == "data"]
        assert [event.up for event in said] == [False, True]
        stage.data.failures = [DataRefused("never")]
        stage.clock.move(OPEN_NS + DAY_NS)
        await stage.until(lambda: stage.engine.links["data"].fatal)
        await stage.settled()
        assert not stage.engine.links["data"].up


async def test_a_journal_entry_holds_each_event_once_in_order() -> None:
    async with running() as stage:
        await stage.trading()
        events: list[Event] = [LinkChanged("data", up=bool(number % 2), detail=str(number)) for number in range(600)]
        for event in events:
            stage.runner.post(event)
        await stage.settled()
        assert [entry.seq for entry in stage.store.entries] == list(range(1, len(stage.store.entries) + 1))
        said = [entry.event for entry in stage.store.entries]
        assert [event for event in said if event in events] == events
        assert not any(isinstance(event, TimerFired) for event in said[-600:])


async def test_at_an_exchange_that_is_stepped_answers_come_before_deadlines() -> None:
    async with running() as stage:
        await stage.trading()
        stage.clock.rate = 0.0
        stage.clock.move(OPEN_NS + MINUTE_NS)
        stage.runner.post(BarsReceived((bar(0, 450.0),)))
        await stage.settled()
        stage.store.gate.clear()
        answer = asyncio.ensure_future(stage.runner.ask(limit_order()))
        await stage.until(lambda: stage.engine.desk.orders)
        stage.clock.move(OPEN_NS + 70 * SECOND_NS)
        for _ in range(20):
            await asyncio.sleep(0)
        assert stage.times[-1][0] == "PlaceOrderCommand"
        stage.store.gate.set()
        await answer
        await stage.until(lambda: "TimerFired" in [name for name, _ in stage.times])
        names = [name for name, _ in stage.times]
        assert names.index("SubmitAnswered") < names.index("TimerFired")
