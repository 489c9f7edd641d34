"""The plain file in the loop: it says so before anybody is told, orders don't wait for it, and a failure is mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from engine.test_runner import Stage, limit_order

from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.types import Quote
from fluxherod.engine.commands import PlaceOrderCommand, ResumeCommand
from fluxherod.engine.effects import ReplyCode, SubmitOrder
from fluxherod.engine.events import MirrorReported, QuotesReceived, Started, Stopping
from fluxherod.engine.ports import NotMirrored
from fluxherod.engine.runner import Runner


@pytest.fixture(autouse=True)
def _short_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker here confirms no order: an end would wait for the stops of what may have been filled."""
    monkeypatch.setattr("fluxherod.engine.runner.DRAIN_S", 0.0)


class Mirror:
    """A file in memory: it waits for `gate`, and fails as long as `fault` says why."""

    def __init__(self) -> None:
        self.said: list[SafetyState] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault = ""
        self.tries = 0

    async def write(self, state: SafetyState) -> None:
        await self.gate.wait()
        self.tries += 1
        if self.fault:
            raise NotMirrored(self.fault)
        self.said.append(state)


class MirroredStage(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.mirror = Mirror()
        self.faults: list[str] = []
        self.runner = Runner(
            self.engine, self.clock, self.store, self.broker, self.data, self, 0,
            on_fault=lambda text, fault: self.faults.append(f"{text}: {fault}"), mirror=self.mirror,
        )  # fmt: skip

    def reported(self) -> list[str]:
        return [entry.event.fault for entry in self.store.entries if isinstance(entry.event, MirrorReported)]


@asynccontextmanager
async def running() -> AsyncIterator[MirroredStage]:
    stage = MirroredStage()
    task = asyncio.create_task(stage.runner.run())
    try:
        yield stage
    finally:
        stage.mirror.gate.set()
        stage.runner.post(Stopping("done"))
        async with asyncio.timeout(60):
            await asyncio.gather(task, return_exceptions=True)


async def test_the_file_is_written_at_the_start() -> None:
    async with running() as stage:
        await stage.trading()
        assert stage.mirror.said[0].run == 1
        assert stage.mirror.said[-1].breaker.peak_e4 == 10**9


async def test_a_reply_leaves_when_the_file_says_so_and_not_before() -> None:
    async with running() as stage:
        await stage.trading()
        stage.mirror.gate.clear()
        halted = asyncio.ensure_future(stage.ask(reason="news"))
        await stage.until(lambda: stage.engine.safety.stopped)
        for _ in range(50):
            await asyncio.sleep(0)
        assert stage.store.durable == stage.runner.seq
        assert not halted.done()
        stage.mirror.gate.set()
        assert (await halted).code is ReplyCode.OK
        assert stage.mirror.said[-1].kill_switch.reason == "news"


async def test_what_leaves_for_the_broker_does_not_wait_for_the_file() -> None:
    async with running() as stage:
        await stage.trading()
        asked, written = len(stage.broker.asked), len(stage.mirror.said)
        stage.mirror.gate.clear()
        stage.runner.post(Started("0" * 16, 2, "test", stage.engine.settings))  # it asks for a snapshot
        await stage.until(lambda: len(stage.broker.asked) > asked)
        assert len(stage.mirror.said) == written


async def test_a_file_that_can_not_be_written_is_told_blocks_entries_and_is_tried_until_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.RETRY_MIRROR_AFTER_S", 0.0)
    async with running() as stage:
        await stage.trading()
        stage.mirror.fault = "no space left on device"
        await stage.ask(reason="news")
        await stage.ask(ResumeCommand)
        await stage.until(lambda: stage.mirror.tries > 10)
        assert stage.reported() == ["no space left on device"]
        assert "no space left on device" in stage.engine.blocked(stage.clock.now_ns())
        assert set(stage.faults) == {"safety.json can't be written: no space left on device"}
        stage.mirror.fault = ""
        await stage.until(lambda: stage.reported()[1:] == [""])
        await stage.settled()
        assert stage.engine.blocked(stage.clock.now_ns()) == ""
        assert stage.mirror.said[-1].kill_switch.reason == ""  # the newest, not the one that failed first


async def test_a_runner_ends_while_the_file_can_not_be_written() -> None:
    async with running() as stage:
        await stage.trading()
        stage.mirror.fault = "read-only file system"
        assert (await stage.ask()).code is ReplyCode.OK


async def test_what_orders_and_commands_the_journal_holds_stands_in_the_file_and_no_order_waits_for_it() -> None:
    async with running() as stage:
        await stage.trading()
        stage.mirror.gate.clear()
        placed = asyncio.ensure_future(stage.runner.ask(limit_order()))
        await stage.until(lambda: any(what == "submit" for what, _ in stage.broker.asked))
        assert (await placed).code is ReplyCode.OK
        (ordered,) = [e.seq for e in stage.store.entries if any(isinstance(one, SubmitOrder) for one in e.effects)]
        stage.mirror.gate.set()
        await stage.until(lambda: stage.mirror.said[-1].inputs >= ordered)
        assert stage.mirror.said[-1].inputs <= stage.store.durable


async def test_many_orders_in_a_second_are_two_writes_and_the_last_one_names_the_last_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rests: list[asyncio.Future[None]] = []

    async def rest(seconds: float) -> None:
        rests.append(asyncio.get_running_loop().create_future())
        await rests[-1]

    async with running() as stage:
        await stage.trading()
        written = len(stage.mirror.said)
        stage.runner._mirroring._rest = lambda: rest(1.0)
        for number in range(5):
            await stage.runner.ask(limit_order(f"order-{number}"))
            await stage.settled()
        await stage.until(lambda: rests)
        assert len(stage.mirror.said) == written + 1
        rests[0].set_result(None)
        await stage.until(lambda: len(rests) == 2)
        assert len(stage.mirror.said) == written + 2
        commands = [entry.seq for entry in stage.store.entries if isinstance(entry.event, PlaceOrderCommand)]
        assert stage.mirror.said[-1].inputs >= commands[-1]
        rests[1].set_result(None)
        await stage.until(lambda: not stage.runner._mirroring._marks)
        assert len(stage.mirror.said) == written + 2


async def test_bars_and_prices_alone_write_nothing() -> None:
    async with running() as stage:
        await stage.trading()
        written = len(stage.mirror.said)
        stage.runner.post(QuotesReceived((Quote("SPY", stage.clock.now_ns(), 449.9, 450.1),)))
        await stage.settled()
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(stage.mirror.said) == written


async def test_the_last_order_before_the_end_is_in_the_file() -> None:
    async with running() as stage:
        await stage.trading()
        stage.runner._mirroring._marks = True  # as within a second of the order before
        await stage.runner.ask(limit_order())
    placed = [entry.seq for entry in stage.store.entries if isinstance(entry.event, PlaceOrderCommand)]
    assert stage.mirror.said[-1].inputs >= placed[-1]


async def test_a_mark_that_can_not_be_written_blocks_entries_and_is_in_the_file_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.RETRY_MIRROR_AFTER_S", 0.0)
    monkeypatch.setattr("fluxherod.engine.runner.MARK_EVERY_S", 0.0)
    async with running() as stage:
        await stage.trading()
        stage.mirror.fault = "no space left on device"
        await stage.runner.ask(limit_order())
        await stage.until(lambda: stage.reported() == ["no space left on device"])
        stage.mirror.fault = ""
        await stage.until(lambda: stage.reported()[1:] == [""])
        placed = [entry.seq for entry in stage.store.entries if isinstance(entry.event, PlaceOrderCommand)]
        await stage.until(lambda: stage.mirror.said[-1].inputs >= placed[-1])
