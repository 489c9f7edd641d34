"""A disk that fails while the daemon trades: exits leave, new risk does not, and nothing that was promised is lost."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from engine.failing import FULL, KINDS, FailingDisk, play
from engine.world import World, bar
from harness.virtual_time import VirtualTimeLoop, run

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.engine.answers import NotDurable
from fluxherod.engine.codec import decode_event
from fluxherod.engine.commands import ClosePositionCommand, HaltCommand
from fluxherod.engine.committing import COMMIT_WITHIN_S, END_WITHIN_S
from fluxherod.engine.effects import AlertRaised, LookupOrder, Reply, ReplyCode
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BarsReceived, Started, Stopping, StorageReported, SubmitAnswered
from fluxherod.engine.patience import done_within
from fluxherod.engine.ports import EntryRefused, StoreFailed
from fluxherod.engine.runner import Stopped

LEAVES_WITHIN_S = COMMIT_WITHIN_S + 0.5


@pytest.fixture(autouse=True)
def _short_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.DRAIN_S", 0.0)


async def entry(disk: FailingDisk) -> None:
    """An operator's order, and what becomes of it: sent once it is durable, or never."""
    command = disk.order()
    reply = await disk.ask_until_durable(command)
    order = disk.engine.desk.orders[reply.order_id or ""] if reply.order_id else None
    sent = [what for what, _, _ in disk.sent]
    if order is not None and order.state is OrderState.REJECTED:
        assert order.reason == "not sent: the journal can't be written"
        assert "entry" not in sent
    elif order is not None:
        assert sent.count("entry") == 1
    else:
        assert "the journal can't be written" in reply.text
    assert reply == await disk.ask_until_durable(command)


async def exit_(disk: FailingDisk) -> None:
    """A position is closed while nothing becomes durable: it leaves, and the caller is told when it is durable."""
    asked_s = disk.loop.time()
    closing = asyncio.ensure_future(disk.ask_until_durable(ClosePositionCommand(disk.caller(), "IBM")))
    await disk.until(lambda: not disk.exchange.position["IBM"])
    assert disk.loop.time() - asked_s < LEAVES_WITHIN_S
    assert (await closing).code is ReplyCode.OK


async def stop(disk: FailingDisk) -> None:
    """The stop at the broker ends: another is placed at once."""
    lost_s = disk.loop.time()
    disk.exchange.end(disk.exchange.stops("IBM")[0].broker_id, disk.exchange.stops("IBM")[0].status.CANCELED)
    disk.deliver()
    await disk.until(lambda: not disk.exchange.stops("IBM"))
    await disk.until(lambda: disk.exchange.stops("IBM"))
    assert disk.loop.time() - lost_s < LEAVES_WITHIN_S + 5.0  # the desk looks at a snapshot before it places one again


async def halt(disk: FailingDisk) -> None:
    """A halt is in its file at once; the order that works is cancelled; the caller is told when it is durable."""
    asked_s = disk.loop.time()
    halting = asyncio.ensure_future(disk.ask_until_durable(HaltCommand(disk.caller(), "news")))
    await disk.until(lambda: disk.mirrored[-1].kill_switch.reason == "news")
    assert disk.loop.time() - asked_s < LEAVES_WITHIN_S
    assert (await halting).code is ReplyCode.OK


SCENES = {"an entry": entry, "an exit": exit_, "a stop": stop, "a halt": halt}


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nth", [0, 1, 2, 4])
def test_whatever_fails_and_when_exits_leave_and_the_journal_is_whole(scene: str, kind: str, nth: int) -> None:
    async def scenario(disk: FailingDisk) -> None:
        await disk.ask(disk.order("IBM", 450.0))
        await disk.until(lambda: disk.exchange.stops("IBM") and disk.runner.idle)
        disk.sent.clear()
        disk.store.plan.extend(["works"] * nth + [kind])
        disk.store.reopenings.extend(["fails"] * (nth % 3))
        await SCENES[scene](disk)
        while disk.store.plan:  # the fault comes later than all of the scene: something else meets it
            disk.quote("SPY", 450.0)
            await disk.until(lambda: disk.runner.idle)

    disk = play(scenario)
    failed = disk.alerts().count("STORAGE_FAILED")
    assert failed == disk.alerts().count("STORAGE_RECOVERED") == disk.runner.committing.failures == 1
    assert disk.told[-1] == ""
    assert disk.states()[-1] == "STOPPING"
    assert "DEGRADED" in disk.states()


def breaks(disk: FailingDisk, tries: int = 1_000) -> None:
    """From the next commit on the disk is full, for so many seconds."""
    disk.store.plan.append("fails")
    disk.store.reopenings.extend(["fails"] * tries)


def mends(disk: FailingDisk) -> None:
    disk.store.reopenings.clear()


def test_a_disk_that_is_full_for_a_day_is_told_once_and_trading_goes_on_when_it_is_mended() -> None:
    async def scenario(disk: FailingDisk) -> None:
        breaks(disk)
        disk.quote("SPY", 450.0)
        await disk.until(lambda: disk.engine.storage.fault)
        assert disk.told == [FULL]
        published = len(disk.published)
        for minute in range(500):
            disk.quote("SPY", 450.0 + minute / 100)
            await asyncio.sleep(1.0)
        assert disk.engine.blocked(disk.clock.now_ns()) == f"the journal can't be written ({FULL})"
        assert disk.engine.state == "DEGRADED"
        assert len(disk.published) == published, "nobody is told what is not durable"
        mends(disk)

    disk = play(scenario)
    assert disk.told == [FULL, ""]
    assert disk.alerts() == ["STORAGE_FAILED", "STORAGE_RECOVERED"]
    assert disk.states()[-3:] == ["DEGRADED", "ACTIVE", "STOPPING"]


def test_a_commit_that_hangs_is_waited_for_and_the_file_is_not_opened_again() -> None:
    async def scenario(disk: FailingDisk) -> None:
        disk.store.plan.append("hangs")
        disk.quote("SPY", 450.0)
        await disk.until(lambda: disk.engine.storage.fault)
        assert "a commit is not done within 1 s" in disk.engine.storage.fault

    disk = play(scenario)
    assert (disk.store.reopened, disk.runner.committing.failures) == (0, 1)


def test_what_is_found_out_later_about_the_disk_is_told_and_is_the_same_alert() -> None:
    async def scenario(disk: FailingDisk) -> None:
        disk.store.plan.append("hangs, then fails")
        disk.store.reopenings.extend(["fails"] * 3)
        disk.quote("SPY", 450.0)
        await disk.until(lambda: FULL in disk.engine.storage.fault)

    disk = play(scenario)
    assert [FULL in text for text in disk.told[:-1]] == [False, True]
    assert disk.alerts() == ["STORAGE_FAILED", "STORAGE_RECOVERED"]


def test_a_command_that_is_refused_meanwhile_says_why_and_that_this_is_not_durable() -> None:
    async def scenario(disk: FailingDisk) -> None:
        breaks(disk)
        disk.quote("SPY", 450.0)
        await disk.until(lambda: disk.engine.storage.fault)
        told = await disk.ask(disk.order())
        assert isinstance(told, NotDurable)
        assert str(told) == FULL
        assert told.reply.code is ReplyCode.RISK_REJECTED
        assert told.reply.text == f"the journal can't be written ({FULL})"
        mends(disk)

    play(scenario)


def test_deadlines_come_while_the_disk_fails_at_an_exchange_that_is_stepped_too() -> None:
    async def scenario(disk: FailingDisk) -> None:
        await disk.ask(disk.order("IBM", 450.0))
        await disk.until(lambda: disk.exchange.stops("IBM") and disk.runner.idle)
        breaks(disk)
        disk.exchange.auto_fill = False  # the exit's fill is not told: the engine looks for it when its time has come
        closing = asyncio.ensure_future(disk.ask_until_durable(ClosePositionCommand(disk.caller(), "IBM")))
        await disk.until(lambda: "exit" in [what for what, _, _ in disk.sent])
        disk.runner.post(BarsReceived((bar(0, 450.0),)))
        handled = disk.runner.seq
        await disk.until(lambda: disk.engine.market.books["SPY"].closed, within_s=120)
        assert disk.runner.seq > handled
        assert len(disk.store.durable) < handled
        disk.exchange.auto_fill = True
        disk.exchange.trade("IBM", 4_500_000)
        disk.deliver()
        mends(disk)
        await closing

    play(scenario, stepped=True)


async def late(loop: VirtualTimeLoop) -> None:
    """Something is done after six seconds, of which the process was given no turn for five."""
    work = loop.create_future()
    loop.call_later(0.05, lambda: setattr(loop, "now_ns", loop.now_ns + 5 * SECOND_NS))
    loop.call_later(5.8, work.set_result, None)
    assert await done_within(work, 1.0)
    assert not await done_within(loop.create_future(), 1.0)


def test_a_machine_that_gives_the_process_no_turn_is_no_disk_that_hangs() -> None:
    run(late)


def test_a_mirror_that_hangs_holds_no_exit_and_the_engine_is_told() -> None:
    async def scenario(disk: FailingDisk) -> None:
        await disk.ask(disk.order("IBM", 450.0))
        await disk.until(lambda: disk.exchange.stops("IBM") and disk.runner.idle)
        disk.mirror_hangs.clear()
        asked_s = disk.loop.time()
        halting = asyncio.ensure_future(disk.ask(HaltCommand(disk.caller(), "news")))
        closing = asyncio.ensure_future(disk.ask(ClosePositionCommand(disk.caller(), "IBM")))
        await disk.until(lambda: not disk.exchange.position["IBM"])
        assert disk.loop.time() - asked_s < LEAVES_WITHIN_S
        await asyncio.gather(halting, closing)
        assert "is not written within 1 s" in disk.engine.safety.mirror_fault
        disk.mirror_hangs.set()
        await disk.until(lambda: not disk.engine.safety.mirror_fault)
        assert disk.mirrored[-1].kill_switch.reason == "news"

    assert {"MIRROR_FAILED", "MIRROR_WRITTEN"} <= set(play(scenario).alerts())


async def ends_while_it_fails(disk: FailingDisk) -> str:
    """The runner ends with a failure, in time; the text."""
    running = asyncio.ensure_future(disk.runner.run())
    await disk.trading()
    await disk.ask(disk.order("IBM", 450.0))
    await disk.until(lambda: disk.exchange.stops("IBM") and disk.runner.idle)
    breaks(disk)
    waiting = asyncio.ensure_future(disk.ask(ClosePositionCommand(disk.caller(), "IBM")))
    await disk.until(lambda: not disk.exchange.position["IBM"])
    assert isinstance(await waiting, NotDurable)
    disk.runner.post(Stopping("told to"))
    told_s = disk.loop.time()
    with pytest.raises(ExceptionGroup) as ended:
        await running
    assert disk.loop.time() - told_s < END_WITHIN_S + 0.5
    with pytest.raises(Stopped):
        await disk.runner.ask(HaltCommand(disk.caller(), "late"))
    (failure,) = ended.value.exceptions
    assert isinstance(failure, StoreFailed)
    return str(failure)


def test_an_end_while_the_disk_fails_comes_in_time_and_the_next_start_is_halted() -> None:
    async def work(loop: VirtualTimeLoop) -> None:
        disk = FailingDisk(loop)
        text = await ends_while_it_fails(disk)
        lost = disk.runner.seq - disk.runner.committed_seq
        assert text == f"{FULL}; the last {lost} inputs are not in the journal"
        again, effects = Engine(), []
        for row in disk.store.durable:
            again.process(row.now_ns, row.event)
        started = Started("0" * 16, 2, "test", disk.engine.settings, disk.mirrored[-1], mirror_read=True)
        effects = again.process(disk.clock.now_ns(), started)
        assert "START_OLD_DATABASE" in [effect.code for effect in effects if isinstance(effect, AlertRaised)]
        assert again.safety.stopped

    run(work)


def test_more_than_memory_is_for_ends_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.engine.committing.MOST_HELD", 50)

    async def work(loop: VirtualTimeLoop) -> None:
        disk = FailingDisk(loop)
        running = asyncio.ensure_future(disk.runner.run())
        await disk.trading()
        breaks(disk)
        for _ in range(60):
            disk.quote("SPY", 450.0)
            await asyncio.sleep(0.1)
        with pytest.raises(ExceptionGroup) as ended:
            await running
        assert ended.value.subgroup(StoreFailed) is not None
        assert disk.published[-1][0] == len(disk.store.durable)

    run(work)


def test_an_entry_that_no_disk_could_take_ends_the_daemon_and_nothing_of_it_leaves() -> None:
    async def work(loop: VirtualTimeLoop) -> None:
        disk = FailingDisk(loop)
        running = asyncio.ensure_future(disk.runner.run())
        await disk.trading()
        disk.store.plan.append("refuses")
        asked = asyncio.ensure_future(disk.ask(disk.order()))
        with pytest.raises(ExceptionGroup) as ended:
            await running
        assert ended.value.subgroup(EntryRefused) is not None
        with pytest.raises(Stopped):
            await asked
        assert (disk.sent, disk.told) == ([], [])

    run(work)


# --- the engine alone --------------------------------------------------------------------------------------------
def test_a_storage_that_fails_blocks_new_risk_and_no_exit_and_is_an_alert_until_it_works() -> None:
    w = World(("SPY", "IBM")).ready()
    assert w.place(10, 440.0).code is ReplyCode.OK
    w.tell(StorageReported(FULL))
    w.tell(StorageReported(FULL))
    assert (w.engine.state, w.alerts()[-1], w.alerts().count("STORAGE_FAILED")) == ("DEGRADED", "STORAGE_FAILED", 1)
    refused = w.place(10, 440.0, symbol="IBM")
    assert (refused.code, refused.text) == (ReplyCode.RISK_REJECTED, f"the journal can't be written ({FULL})")
    assert w.close().code is ReplyCode.OK
    assert w.position() is None
    w.wait(12)
    w.tell(StorageReported())
    assert (w.engine.state, w.alerts()[-1]) == ("ACTIVE", "STORAGE_RECOVERED")
    assert w.place(10, 440.0, symbol="IBM").code is ReplyCode.OK
    w.agree()
    w.replay()


def test_a_start_knows_nothing_of_a_disk_that_failed_before() -> None:
    w = World().ready()
    w.tell(StorageReported(FULL))
    w.start(run=2)
    assert not w.engine.storage.fault
    w.replay()


def test_an_order_that_never_left_has_ended_and_nobody_asks_the_broker_about_it() -> None:
    w = World().ready()
    w.delivery = False
    order_id = w.place(10, 440.0).order_id or ""
    w.exchange.outbox.clear()
    w.exchange.orders.clear()
    effects = w.tell(SubmitAnswered(order_id, unsent="the journal can't be written"))
    order = w.engine.desk.orders[order_id]
    assert (order.state, order.reason) == (OrderState.REJECTED, "not sent: the journal can't be written")
    assert not [effect for effect in effects if isinstance(effect, AlertRaised | Reply | LookupOrder)]
    w.delivery = True
    w.wait(60)
    assert not w.live(OrderRole.ENTRY)
    w.replay()


def test_answers_of_before_there_was_an_order_that_never_left_are_decoded() -> None:
    payload = msgspec.msgpack.encode({"order_id": "x", "order": None, "refusal": None, "detail": "timed out"})
    assert decode_event("SubmitAnswered", payload) == SubmitAnswered("x", detail="timed out")
