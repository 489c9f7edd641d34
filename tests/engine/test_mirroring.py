"""The plain file in the loop: it says so before anybody is told, orders don't wait for it, and a failure is mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from engine.test_runner import Stage

from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.effects import ReplyCode
from fluxherod.engine.events import MirrorReported, ResumeCommand, Started, Stopping
from fluxherod.engine.ports import NotMirrored
from fluxherod.engine.runner import Runner


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
        async with asyncio.timeout(5):
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
