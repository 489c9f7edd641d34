"""What the service manager hears of a daemon that runs: ready, well, how it is, reloading. Over a real socket."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rpc.certificates import Authority

from fluxherod.configuration.config import AlertsConfig, DaemonConfig, MarketConfig, RiskConfig
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS
from fluxherod.engine.commands import Caller, HaltCommand, ResumeCommand
from fluxherod.engine.effects import Severity
from fluxherod.engine.events import Cause, LinkChanged, TokensFailed
from fluxherod.service import manager as service
from fluxherod.service.hangups import Hangups
from fluxherod.service.health import Health
from fluxherod.service.manager import Service, known_account, reconciled
from fluxherod.service.notify import Notifier, take_notifier
from fluxherod.service.status_line import StatusLine
from fluxherod.service.vitals import STUCK_AFTER_S, Vitals

FULL = "database or disk is full: make room"


class Manager:
    """Stands where systemd stands."""

    def __init__(self, receiver: socket.socket) -> None:
        self.receiver = receiver
        self.said: list[str] = []

    @property
    def notifier(self) -> Notifier:
        variables = {"NOTIFY_SOCKET": self.receiver.getsockname(), "WATCHDOG_USEC": "15000"}
        return take_notifier(variables)

    async def hear(self, until: Callable[[str], bool], within_s: float = 20.0) -> str:
        """The first message from now on that is so."""
        async with asyncio.timeout(within_s):
            while True:
                try:
                    said = self.receiver.recv(8192).decode()
                except BlockingIOError:
                    await asyncio.sleep(0.001)
                    continue
                self.said.append(said)
                if until(said):
                    return said

    async def status(self) -> str:
        """The next status line."""
        return (await self.hear(lambda said: "STATUS=" in said)).rpartition("STATUS=")[2]

    def heard(self) -> list[str]:
        """What else has come by now."""
        found = []
        while True:
            try:
                found.append(self.receiver.recv(8192).decode())
            except BlockingIOError:
                return found


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        yield Manager(receiver)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.engine.committing.RETRY_AFTER_S", 0.01)
    monkeypatch.setattr(service, "FIGURES_EVERY_S", 0.0)


class Time:
    """The time that vitals go by."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def make(world: Any, manager: Manager, now_s: Callable[[], float] | None = None) -> Service:
    line = StatusLine("paper", world.runner, world.counters, world.server.status.detail)
    return Service(manager.notifier, line, Vitals(world.runner, now_s) if now_s else Vitals(world.runner))


@asynccontextmanager
async def running(*work: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in ended if not isinstance(one, asyncio.CancelledError)] == []


async def nothing(now_ns: int) -> None:
    """What a broker says that can't be reached."""


# --- ready ---------------------------------------------------------------------------------------------------
async def test_it_is_ready_once_the_first_snapshot_of_this_process_is_reconciled(world: Any, serving: Any) -> None:
    async with serving(world):
        before = known_account(world.engine)
        waiting = asyncio.create_task(reconciled(world.engine, before, 20.0))
        await asyncio.sleep(0)
        assert not waiting.done()
        await world.trading()
        assert await waiting
        again = asyncio.create_task(reconciled(world.engine, known_account(world.engine), 20.0))  # as after a restart
        await world.settled()
        assert not again.done()
        world.runner.post(await world.broker.snapshot(world.clock.now_ns()))
        assert await again


async def test_without_the_broker_it_is_ready_all_the_same_and_says_what_is_wrong(
    world: Any, serving: Any, manager: Manager
) -> None:
    async with serving(world):
        world.broker.snapshot = nothing
        world.begin()
        await world.post(*(LinkChanged(name, False, detail="no route") for name in ("market", "trading")))
        assert not await reconciled(world.engine, known_account(world.engine), 0.05)
        make(world, manager).ready()
        assert manager.heard() == [
            "READY=1\nSTATUS=paper, degraded: no market and no trading connection; equity unknown; 0 positions; "
            "no market feed"
        ]


async def test_refused_keys_are_not_waited_for(world: Any, serving: Any) -> None:
    async with serving(world):
        world.broker.snapshot = nothing
        world.begin()
        await world.post(LinkChanged("rest", False, "forbidden.", fatal=True, cause=Cause.CREDENTIALS))
        assert not await reconciled(world.engine, known_account(world.engine), 600.0)


# --- the status line -------------------------------------------------------------------------------------------
async def test_the_line_tells_mode_state_equity_positions_and_feed_and_nothing_twice(
    world: Any, client: Any, manager: Manager
) -> None:
    one = make(world, manager)
    async with running(one.run()):
        assert (await manager.status()).endswith("; feed connected")
        manager.said.clear()
        world.counters.last_message_ns = world.clock.now_ns()
        assert await manager.status() == "paper, active; equity $100,000.00; 0 positions; feed live"
        for _ in range(5):
            await manager.hear(lambda said: said == "WATCHDOG=1")
        assert sum("STATUS" in said for said in manager.said) == 1
        world.engine.ledger.cash_e4 += 12_345_678
        world.engine.ledger.foreign["XYZ"] = (0, 0)
        assert await manager.status() == ("paper, active; equity $101,234.57; 0 positions and 1 not ours; feed live")
        await world.post(TokensFailed("x"))  # which is none of its business
        world.counters.last_message_ns = world.clock.now_ns() - 3 * HOUR_NS
        assert (await manager.status()).endswith("; feed 3 h old")
        world.counters.last_message_ns = world.clock.now_ns() - 3 * MINUTE_NS
        assert (await manager.status()).endswith("; feed 3 min old")
        world.counters.stale = True
        assert (await manager.status()).endswith("; market feed mute")
        await world.post(HaltCommand(Caller("h1", "unix"), "news at two"))
        halted = "paper, halted: Trading halted: news at two. Resume when reviewed; equity $101,234.57; "
        assert (await manager.status()).startswith(halted)
        await world.post(ResumeCommand(Caller("h2", "unix"), "over"))
        assert (await manager.status()).startswith("paper, active; ")
        await world.post(LinkChanged("market", False, detail="cut"))
        assert (await manager.status()).startswith("paper, degraded: no market connection; equity")


# --- the watchdog ----------------------------------------------------------------------------------------------
async def test_a_fault_in_the_line_is_told_and_the_watchdog_is_fed(
    world: Any, client: Any, manager: Manager, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_EVERY_S", 0.001)
    async with running(make(world, manager).run()):
        await manager.hear(lambda said: "active" in said)
        world.counters.last_message_ns = "yesterday"
        assert (await manager.status()).startswith("a fault of the daemon in its status, the log has it (TypeError")
        await fed(manager, 2)
        world.counters.last_message_ns = 0
        assert "feed connected" in await manager.status()
    assert caplog.text.count("a fault in the status line") == 1


async def test_health_follows_the_state_whatever_becomes_of_the_status(world: Any, client: Any) -> None:
    async with running(Health(world.engine, world.server, world.hub).run()):
        await world.until(lambda: world.server.serving)
        world.counters.link = None  # a status can't be made
        await world.post(LinkChanged("trading", False))
        await world.until(lambda: not world.server.serving)
        await world.post(LinkChanged("trading", True))
        await world.until(lambda: world.server.serving)
        world.hub.drain("the test ends")
        await world.server.set_serving(False)
        await world.post(HaltCommand(Caller("x", "test"), "stop"))
        assert not world.server.serving


async def fed(manager: Manager, times: int) -> None:
    manager.heard()
    for _ in range(times):
        await manager.hear(lambda said: said == "WATCHDOG=1")


async def test_a_daemon_that_is_well_feeds_the_watchdog_however_long_nothing_happens(
    world: Any, client: Any, manager: Manager
) -> None:
    now = Time()
    async with running(make(world, manager, now).run()):
        await fed(manager, 2)
        now.now_s += 1_000 * STUCK_AFTER_S
        await fed(manager, 2)


async def test_a_runner_that_is_stuck_in_an_event_feeds_it_no_more(
    world: Any, client: Any, manager: Manager, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, pieces, hangs = Time(), world.engine.pieces, True

    def endless(now_ns: int, event: Any, out: Any) -> Iterator[None]:
        while hangs and isinstance(event, TokensFailed):
            yield
        yield from pieces(now_ns, event, out)

    monkeypatch.setattr(world.engine, "pieces", endless)
    world.clock.rate = 1.0  # only then the runner lets the loop turn within an event
    async with running(make(world, manager, now).run()):
        world.runner.post(TokensFailed("x"))
        await fed(manager, 2)
        now.now_s += STUCK_AFTER_S
        assert await manager.status() == "stuck: 1 events wait, and none was processed for 15 s"
        looks_at = len(manager.said)
        now.now_s += 1
        assert await manager.status() == "stuck: 1 events wait, and none was processed for 16 s"
        now.now_s += 1
        assert await manager.status() == "stuck: 1 events wait, and none was processed for 17 s"
        assert "WATCHDOG=1" not in manager.said[looks_at:]
        assert caplog.text.count("the watchdog is not fed until it goes on") == 1
        hangs = False
        await fed(manager, 2)
        assert "what was stuck goes on" in caplog.text


async def test_effects_that_are_never_carried_out_feed_it_no_more(world: Any, client: Any, manager: Manager) -> None:
    now = Time()
    async with running(make(world, manager, now).run()):
        world.store.durable.clear()  # and what watches over commits sleeps, too: see conftest
        world.runner.post(TokensFailed("x"))
        await fed(manager, 2)
        now.now_s += STUCK_AFTER_S
        waits = f"stuck: what input {world.runner.carried_seq + 1} wants is not carried out for 15 s"
        assert await manager.status() == waits
        world.store.durable.set()
        await fed(manager, 2)


async def test_a_disk_that_fails_feeds_it_on_because_exits_leave(world: Any, client: Any, manager: Manager) -> None:
    now = Time()
    async with running(make(world, manager, now).run()):
        await fed(manager, 1)
        world.store.fault = FULL
        world.runner.post(TokensFailed("x"))
        status = await manager.hear(lambda said: said.startswith("STATUS=paper, degraded"))
        assert status.startswith(f"STATUS=paper, degraded: the journal can't be written ({FULL}); equity $100,000.00")
        for _ in range(3):
            now.now_s += STUCK_AFTER_S
            await fed(manager, 2)
        world.store.fault = ""
        await manager.hear(lambda said: said.startswith("STATUS=paper, active; "))


# --- SIGHUP ------------------------------------------------------------------------------------------------------
@asynccontextmanager
async def listening(world: Any, manager: Manager) -> AsyncIterator[asyncio.Event]:
    """A daemon that reloads when it is asked to."""
    asked, config = asyncio.Event(), world.info.config
    market = MarketConfig(symbols=("SPY", "IBM"), timeframe="1Min")
    world.sources.config = config.model_copy(update={"market": market})
    hangups = Hangups(make(world, manager), world.server, None, world.runner)
    async with running(hangups.run(asked)):
        yield asked


async def reload(manager: Manager, asked: asyncio.Event) -> list[str]:
    """What the service manager hears from the signal to the end of the reload."""
    start = len(manager.said)
    asked.set()
    await manager.hear(lambda said: said.startswith("READY=1\n"))
    return [said.split("\n")[0] for said in manager.said[start:]]


async def test_sighup_puts_in_force_what_it_can_and_tells_what_needs_a_restart(
    world: Any, client: Any, manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fluxherod.audit")
    async with listening(world, manager) as asked:
        assert await reload(manager, asked) == ["RELOADING=1", "READY=1"]
        assert "STATUS=paper, active; " in manager.said[-1]
        caplog.clear()
        changes = {
            "risk": RiskConfig(max_positions=3),
            "alerts": AlertsConfig(min_severity="critical"),
            "daemon": DaemonConfig(log_format="json"),
        }
        world.sources.config = world.sources.config.model_copy(update=changes)
        await reload(manager, asked)
        assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
            ("INFO", "reload (SIGHUP): in force: risk.max_positions, alerts.min_severity"),
            ("WARNING", "reload (SIGHUP): a restart is needed for daemon.log_format, market.timeframe"),
        ]
        assert {(one.__dict__["rpc"], one.__dict__["principal"]) for one in caplog.records} == {
            ("ReloadConfig", "signal:SIGHUP")
        }
        assert world.engine.settings.limits.max_positions == 3
        assert world.sources.applied[-1] == ("alerts.min_severity",)
        assert list(world.engine.alerts.open) == []


async def test_a_broken_file_changes_nothing_and_is_an_error_and_an_alert(
    world: Any, client: Any, manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(world, manager) as asked:
        await reload(manager, asked)
        settings = world.engine.settings
        world.sources.problems = ('risk.max_positions = "x" (file): allowed is a whole number from 1 to 100',)
        assert await reload(manager, asked) == ["RELOADING=1", "READY=1"]
        assert world.engine.settings == settings
        (error,) = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert error.getMessage() == f"reload (SIGHUP): nothing was changed: {world.sources.problems[0]}"
        await world.settled()
        (alert,) = world.engine.alerts.open
        assert (alert.code, alert.severity) == ("RELOAD_FAILED", Severity.WARNING)
        assert alert.text == f"The configuration was not read again: nothing was changed: {world.sources.problems[0]}"
        world.sources.problems = ()
        world.sources.config = world.sources.config.model_copy(update={"risk": RiskConfig(max_positions=2)})
        await reload(manager, asked)
        assert world.engine.settings.limits.max_positions == 2


async def test_a_fault_in_a_reload_and_a_disk_that_fails_end_nothing(
    world: Any, client: Any, manager: Manager, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(world, manager) as asked:
        await reload(manager, asked)
        read = world.sources.read

        def broken() -> Any:
            raise ValueError("a fault")

        world.sources.read = broken
        assert await reload(manager, asked) == ["RELOADING=1", "READY=1"]
        assert "ValueError: a fault" in caplog.text
        world.sources.read = read
        world.store.fault = FULL
        assert await reload(manager, asked) == ["RELOADING=1", "READY=1"]
        assert f"reload (SIGHUP): {FULL}" in caplog.text
        world.store.fault = ""
        assert await reload(manager, asked) == ["RELOADING=1", "READY=1"]


async def test_tokens_and_tls_files_are_looked_at_at_once(
    make_world: Any, serving: Any, manager: Manager, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = Authority(tmp_path).issue("server")
    world = make_world(tls="files", tls_cert=str(certificate), tls_key=str(key))
    async with serving(world):
        await world.trading()
        async with listening(world, manager) as asked:
            caplog.set_level(logging.INFO, "fluxherod.audit")
            await reload(manager, asked)
            assert "reload (SIGHUP): TLS files of gRPC: unchanged" in caplog.text
            for new, old in zip(Authority(tmp_path, "other").issue("new"), (certificate, key), strict=True):
                new.replace(old)
            await reload(manager, asked)
            assert "TLS files of gRPC: changed, and used from now on" in caplog.text
            key.write_text("no key")
            (world.tokens / "tokens.json").write_text("{")
            await reload(manager, asked)
            assert "TLS files of gRPC: can't be used, so the certificate of before stays: " in caplog.text
            await world.settled()
            assert [alert.code for alert in world.engine.alerts.open] == ["TOKENS_UNREADABLE"]
