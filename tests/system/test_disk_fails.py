"""A real daemon on a disk that fails: it is told at once, shares can still be left, and it goes on by itself."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from errno import EIO, ENOSPC
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from harness.audit import alerts, check_books, check_journal, check_no_difference, our_positions
from harness.disk_faults import FAIL, HANG, SYNCS, Control, compiled
from harness.lockstep import Lockstep, _received, _sent
from harness.processes import CALL_TIMEOUT_S, Child, Installation, Simulator, wait_for
from harness.receivers import mailbox, webhook
from harness.tape import PLAYED

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import system_pb2 as system

SYMBOLS = ("SPY", "QQQ")
FAILED = "[FluxHero DEMO] CRITICAL: STORAGE_FAILED"


@dataclass(frozen=True)
class OnFaultyDisk(Installation):
    """An installation whose daemon's disk is steered by a test."""

    preloaded: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        return {**super().variables, **self.preloaded}


@dataclass
class Faulty:
    """A pair, and its daemon's disk."""

    pair: Lockstep
    disk: Control

    def status(self) -> system.Status:
        return self.pair.daemon.status()

    def step(self) -> None:
        """A minute, which the daemon need not make durable."""
        self.pair.simulator.post("/sim/step", minutes=1)

    def second(self) -> None:
        """A second of the exchange's; the daemon knows of it and has asked what it wants to, durable or not."""
        simulator = self.pair.simulator
        sent = _sent(simulator.post("/sim/step", until=simulator.now_ns + 1_000_000_000))

        def heard() -> bool:
            status = self.status()
            heard = (
                there <= here + behind
                for there, here, behind in zip(sent, _received(status), self.pair._behind, strict=True)
            )
            return all(heard) and not status.progress.requests_in_flight

        self.pair.daemon.wait_for(heard, "it has heard of it")

    def sold(self) -> None:
        """What was held is sold within seconds of the exchange's."""
        for _ in range(5):
            self.second()
        assert held(self.pair) == {}

    def durable(self) -> int:
        """The journal's newest input, as anybody sees it on the disk."""
        uri = f"{self.pair.installation.database.as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return int(connection.execute("SELECT max(seq) FROM journal").fetchone()[0])

    def healthy(self) -> bool:
        stub = health_pb2_grpc.HealthStub(self.pair.daemon.channel)
        answer = stub.Check(health_pb2.HealthCheckRequest(), timeout=CALL_TIMEOUT_S)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def mended(self) -> None:
        self.disk.mend()
        self.pair.daemon.wait_for(lambda: self.status().state == system.TRADING_STATE_ACTIVE, "it trades again")


@contextmanager
def faulty(folder: Path, files: str, *settings: str) -> Iterator[Faulty]:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed (Debian: apt-get install gcc libc6-dev)")
    disk = Control(folder / "control")
    variables = disk.variables(compiled(folder), folder / "state" / files)
    with Simulator(folder, "--step", *PLAYED) as simulator:
        there = OnFaultyDisk(folder, simulator.url, SYMBOLS, "1Hour", settings, preloaded=variables)
        with Lockstep(simulator, there) as pair:
            yield Faulty(pair, disk)


def buy(pair: Lockstep, symbol: str, request_id: str) -> None:
    request = order.PlaceOrderRequest(
        request_id=request_id,
        symbol=symbol,
        side=common.SIDE_BUY,
        quantity=2,
        type=order.ORDER_TYPE_MARKET,
        stop_loss_price="100.00",
    )
    pair.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)


def close(pair: Lockstep, symbol: str) -> None:
    request = position.ClosePositionRequest(request_id="close", symbol=symbol, reason="a test")
    pair.daemon.positions.ClosePosition(request, timeout=CALL_TIMEOUT_S)


def halt(pair: Lockstep) -> None:
    pair.daemon.risk.Halt(risk.HaltRequest(request_id="halt", reason="the disk"), timeout=CALL_TIMEOUT_S)


@contextmanager
def refused(reason: str) -> Iterator[None]:
    with pytest.raises(grpc.RpcError) as told:
        yield
    status = rpc_status.from_call(told.value)
    assert status is not None
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, reason) == (reason, info.reason)


def held(pair: Lockstep) -> dict[str, int]:
    return {one["symbol"]: int(one["qty"]) for one in pair.simulator.get("/v2/positions")}


def test_on_a_disk_that_is_full_or_hangs_shares_are_left_no_risk_is_taken_and_nothing_promised_is_lost(
    tmp_path: Path,
) -> None:
    with webhook() as hook, faulty(tmp_path, "fluxhero.db", f"alerts.urls={hook.url}") as there:
        pair = there.pair
        pair.step(2)
        buy(pair, "SPY", "buy")
        pair.step()
        assert our_positions(pair.daemon) == held(pair) == {"SPY": 2}
        promised, orders = there.durable(), len(pair.simulator.all_orders())

        there.disk.fail(FAIL, ENOSPC)
        there.step()
        wait_for(lambda: hook.titles == [FAILED], "it is told at once")
        pair.daemon.wait_for(lambda: there.status().state == system.TRADING_STATE_DEGRADED, "it says so")
        pair.daemon.wait_for(lambda: not there.healthy(), "health says so")
        assert "the journal can't be written" in there.status().state_detail
        assert "the disk is full: make room on it" in there.status().state_detail
        assert [part.ready for part in there.status().parts if part.name == "journal"] == [False]
        assert "STORAGE_FAILED: the journal can't be written" in pair.daemon.said
        with refused("NOT_DURABLE"):
            buy(pair, "QQQ", "later")
        with refused("NOT_DURABLE"):
            close(pair, "SPY")
        there.sold()
        assert there.durable() == promised

        there.mended()
        close(pair, "SPY")  # asked again, it is answered
        with refused("RISK_REJECTED"):
            buy(pair, "QQQ", "later")
        pair.settle()
        pair.step(3)
        assert {"STORAGE_FAILED", "STORAGE_RECOVERED"} <= {code for code, _ in alerts(pair.installation)}
        assert there.healthy()
        sent = pair.simulator.all_orders()[orders:]
        assert [(one["symbol"], one["side"], one["type"]) for one in sent] == [("SPY", "sell", "market")]

        there.disk.fail(HANG, kinds=SYNCS)  # and now it hangs
        with refused("NOT_DURABLE"):
            halt(pair)
        assert "a commit is not done within 1 s" in there.status().state_detail
        assert '"reason": "the disk"' in (tmp_path / "state" / "safety.json").read_text()
        there.disk.mend()
        pair.daemon.wait_for(lambda: there.status().state == system.TRADING_STATE_HALTED, "it goes on, and is halted")
        halt(pair)
        pair.settle()
        check_no_difference(pair.installation)
        check_books(pair.daemon, pair.simulator)
        assert pair.daemon.stop() == 0
        assert hook.titles.count(FAILED) == 1, "within the hour it is not sent again"
        check_journal(pair.installation)


def test_an_end_while_the_disk_fails_says_what_is_lost_and_the_next_start_is_halted(tmp_path: Path) -> None:
    with faulty(tmp_path, "fluxhero.db") as there:
        pair = there.pair
        pair.step(2)
        buy(pair, "SPY", "buy")
        pair.step()
        there.disk.fail(FAIL, EIO, kinds=SYNCS)
        with refused("NOT_DURABLE"):
            close(pair, "SPY")
        there.sold()
        since = time.monotonic()
        assert pair.daemon.stop() == 1
        assert time.monotonic() - since < 15.0
        assert "inputs are not in the journal" in pair.daemon.said
        assert "Traceback" not in pair.daemon.said

        there.disk.fail(FAIL, ENOSPC)
        with Child(
            "fluxherod", pair.installation.arguments, pair.installation.variables, tmp_path / "full.log"
        ) as child:
            assert child.wait_to_end() == 1
        assert "fluxherod: the journal can't be opened: " in child.said
        assert "the disk is full: make room on it" in child.said

        there.disk.mend()
        pair.restart()
        pair.daemon.wait_for(lambda: there.status().state == system.TRADING_STATE_HALTED, "it is halted")

        def flat() -> bool:
            there.step()
            return our_positions(pair.daemon) == {}

        pair.daemon.wait_for(flat, "it finds the shares sold")
        assert pair.daemon.stop() == 0
        check_journal(pair.installation)
        assert "START_OLD_DATABASE" in {code for code, _ in alerts(pair.installation)}


def test_a_database_that_another_program_locks_is_told_by_mail_and_the_daemon_goes_on_when_it_is_free(
    tmp_path: Path,
) -> None:
    with mailbox() as box, faulty(tmp_path, "fluxhero.db", f"alerts.urls={box.url}") as there:
        pair = there.pair
        with closing(sqlite3.connect(pair.installation.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            there.step()
            wait_for(lambda: len(box.mails) == 1, "it is told")
            other.execute("ROLLBACK")
        (mail,) = box.mails
        assert mail["Subject"] == FAILED
        assert "another program holds the database locked" in mail.get_content()
        pair.daemon.wait_for(
            lambda: {"STORAGE_FAILED", "STORAGE_RECOVERED"} <= {code for code, _ in alerts(pair.installation)},
            "it goes on",
        )
        pair.settle()
        pair.step()
        assert pair.daemon.stop() == 0
        assert len(box.mails) == 1
        check_journal(pair.installation)
