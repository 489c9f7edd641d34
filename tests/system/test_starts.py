"""Real daemons over what was left of an installation: each halts for its own reason, and a sound one trades on."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.audit import our_positions, their_positions
from harness.lockstep import Lockstep, lockstep
from harness.processes import Child, Daemon, wait_for
from harness.tape import PLAYED, QQQ_IS_SHORT, SYMBOLS, TIMEFRAME

from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as api
from fluxhero.v1 import risk_pb2_grpc
from fluxhero.v1 import system_pb2 as system


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Lockstep]:
    """A daemon that has sold QQQ short."""
    with lockstep(tmp_path, PLAYED, SYMBOLS, TIMEFRAME) as pair:
        pair.step_until(QQQ_IS_SHORT)
        assert set(our_positions(pair.daemon)) == {"QQQ"}
        yield pair


def state_files(pair: Lockstep) -> list[Path]:
    return sorted(path for path in pair.installation.database.parent.iterdir() if path.name.startswith("fluxhero.db"))


def mirror(pair: Lockstep) -> Path:
    return pair.installation.database.with_name("safety.json")


def said(pair: Lockstep) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(mirror(pair).read_text())
    return found


def risk(daemon: Daemon) -> api.Risk:
    answer: api.GetRiskResponse = risk_pb2_grpc.RiskServiceStub(daemon.channel).GetRisk(api.GetRiskRequest())
    return answer.risk


def lose_database(pair: Lockstep) -> None:
    for path in state_files(pair):
        path.unlink()


def started(pair: Lockstep, state: system.TradingState) -> Daemon:
    """Start the daemon again; it reaches a state with nothing left to do."""
    daemon = pair.restart()
    daemon.wait_for(lambda: daemon.status().state == state, f"fluxherod is in state {state}")
    return daemon


def check_halted(pair: Lockstep, words: str) -> None:
    """It says why in the API, the log and the file; an operator resumes, and it trades."""
    daemon = started(pair, system.TRADING_STATE_HALTED)
    found = risk(daemon)
    assert found.halted
    assert words in found.halt_reason
    assert found.halted_by == "fluxherod"
    daemon.until_said("Trading starts halted: ")
    assert said(pair)["kill_switch"]["reason"] == found.halt_reason
    stub = risk_pb2_grpc.RiskServiceStub(daemon.channel)
    assert not stub.Resume(api.ResumeRequest(request_id="resume", reason="compared")).risk.halted
    daemon.wait_for(lambda: daemon.status().state == system.TRADING_STATE_ACTIVE, "it trades")
    assert said(pair)["kill_switch"]["reason"] == ""


def test_a_sound_installation_trades_on(pair: Lockstep) -> None:
    first = said(pair)
    assert (first["run"], first["kill_switch"]["reason"], first["breaker"]["status"]) == (1, "", "normal")
    pair.daemon.kill()
    daemon = started(pair, system.TRADING_STATE_ACTIVE)
    assert said(pair)["run"] == 2
    assert our_positions(daemon) == their_positions(pair.simulator)


def test_a_lost_file_halts_and_the_books_are_as_they_were(pair: Lockstep) -> None:
    pair.daemon.kill()
    mirror(pair).unlink()
    check_halted(pair, "safety.json is missing beside the database")
    assert our_positions(pair.daemon) == their_positions(pair.simulator)


def test_a_damaged_file_halts(pair: Lockstep) -> None:
    pair.daemon.kill()
    mirror(pair).write_text(mirror(pair).read_text()[:100])
    check_halted(pair, "safety.json is damaged")


def test_a_lost_database_halts_and_the_latches_and_the_peak_are_those_of_the_file(pair: Lockstep) -> None:
    pair.daemon.kill()
    lose_database(pair)
    file = said(pair)
    file["breaker"] |= {"status": "reduced", "latched": True, "reason": "reset by ann", "peak_equity": "123456.78"}
    mirror(pair).write_text(json.dumps(file))
    check_halted(pair, "safety.json tells of a database that is not there")
    found = risk(pair.daemon)
    assert (found.breaker, found.breaker_latched, found.peak_equity) == (api.BREAKER_STATE_REDUCED, True, "123456.78")
    assert found.size_multiplier_bp == 5_000


def test_a_lost_state_halts_because_the_broker_has_orders_of_ours(pair: Lockstep) -> None:
    pair.daemon.kill()
    lose_database(pair)
    mirror(pair).unlink()
    check_halted(pair, "neither a database nor safety.json is there, but the broker has")


def test_a_restored_backup_halts(pair: Lockstep) -> None:
    backup = pair.installation.database.with_name("backup.db")
    with sqlite3.connect(pair.installation.database) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    stub = risk_pb2_grpc.RiskServiceStub(pair.daemon.channel)
    stub.Halt(api.HaltRequest(request_id="halt", reason="after the backup"))
    stub.Resume(api.ResumeRequest(request_id="go", reason="after the backup"))
    pair.daemon.kill()
    lose_database(pair)
    shutil.move(backup, pair.installation.database)
    check_halted(pair, "the database is older than safety.json")


def test_a_backup_that_lacks_an_order_alone_halts_when_it_is_restored(pair: Lockstep) -> None:
    backup = pair.installation.database.with_name("backup.db")
    with sqlite3.connect(pair.installation.database) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
        (known,) = connection.execute("SELECT max(seq) FROM journal").fetchone()
    pair.daemon.positions.ClosePosition(position.ClosePositionRequest(request_id="close", symbol="QQQ"))
    wait_for(lambda: said(pair)["inputs"] > known, "the file says that there were orders")
    pair.daemon.kill()
    lose_database(pair)
    shutil.move(backup, pair.installation.database)
    check_halted(pair, "the database is older than safety.json")


def test_the_file_of_another_database_halts(pair: Lockstep) -> None:
    pair.daemon.kill()
    file = said(pair) | {"epoch": "f" * 32}
    mirror(pair).write_text(json.dumps(file))
    check_halted(pair, "safety.json belongs to another database (ffffffff")


def test_a_halt_outlives_a_crash_and_a_lost_database(pair: Lockstep) -> None:
    stub = risk_pb2_grpc.RiskServiceStub(pair.daemon.channel)
    stub.Halt(api.HaltRequest(request_id="halt", reason="news"))
    pair.daemon.kill()
    daemon = started(pair, system.TRADING_STATE_HALTED)
    assert risk(daemon).halt_reason == "news"
    daemon.kill()
    lose_database(pair)
    daemon = started(pair, system.TRADING_STATE_HALTED)
    assert "news" in risk(daemon).halt_reason
    counts = daemon.status().counts
    assert (counts.open_positions, counts.foreign_positions) == (0, 1)  # watched as not ours, until somebody has looked


def test_a_backup_that_was_made_beside_a_daemon_is_restored_into_a_halted_one(pair: Lockstep, tmp_path: Path) -> None:
    state = pair.installation.database.parent

    def command(*words: str) -> str:
        with Child("fluxherod", words, pair.installation.variables, tmp_path / "command.log") as child:
            assert child.wait_to_end() == 0, child.said
        return child.said

    command("backup", str(tmp_path / "copy"), "--state-dir", str(state))
    assert "everything is whole" in command("verify", str(state))  # beside it, too
    pair.step(30)
    assert pair.daemon.stop() == 0
    command("restore", str(tmp_path / "copy"), "--state-dir", str(state), "--force")
    assert "everything is whole" in command("verify", str(state))
    daemon = started(pair, system.TRADING_STATE_HALTED)
    assert "the database is older than safety.json" in risk(daemon).halt_reason
    assert our_positions(daemon) == their_positions(pair.simulator)
