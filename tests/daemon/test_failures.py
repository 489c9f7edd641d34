"""How failures of the daemon are told: the cause alone, however deep in groups of failures it is."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fluxherod.adapters.sqlite import SqliteStore, StorageError
from fluxherod.adapters.sqlite.journal import JournalRow
from fluxherod.failures import DaemonFault, JournalFailed, reason_of
from fluxherod.persistence.recovery import RecoveryError, replay
from fluxherod.persistence.replay import replay_main
from fluxherod.rpc.sockets import ListenError


def test_a_journal_that_failed_comes_first_and_is_named_itself() -> None:
    deep = ExceptionGroup("tasks", [ListenError("taken"), ExceptionGroup("runner", [StorageError("disk is full")])])
    reason = reason_of(deep)
    assert isinstance(reason, JournalFailed)
    assert str(reason) == "the journal failed: disk is full; no new risk was taken after it"


def test_what_is_meant_for_people_is_told_as_it_is() -> None:
    told = ListenError("taken")
    assert reason_of(ExceptionGroup("tasks", [KeyError("x"), told])) is told
    assert reason_of(told) is told


def test_a_fault_is_logged_whole_and_says_what_it_means_for_positions(caplog: pytest.LogCaptureFixture) -> None:
    reason = reason_of(ExceptionGroup("tasks", [ExceptionGroup("runner", [KeyError("price")])]))
    assert isinstance(reason, DaemonFault)
    assert "KeyError: 'price'" in str(reason)
    assert "nothing else watches open positions" in str(reason)
    assert caplog.records[0].exc_info is not None


def test_a_journal_that_can_not_be_read_on_says_where() -> None:
    def rows() -> Iterator[JournalRow]:
        raise sqlite3.DatabaseError("database disk image is malformed")
        yield

    with pytest.raises(RecoveryError, match="can't be read after input 0: database disk image is malformed"):
        replay(rows())


def test_a_row_that_this_version_can_not_take_is_named() -> None:
    with pytest.raises(RecoveryError, match="can't take input 7 of the journal"):
        replay([JournalRow(7, 1, "Unheard", b"{}", b"")])


def test_replaying_what_is_no_database_is_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fluxhero.db").write_text("nothing of ours " * 100)
    assert replay_main(tmp_path) == 1
    assert "file is not a database" in capsys.readouterr().err


def test_the_journal_of_a_living_daemon_can_be_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = SqliteStore.open(tmp_path / "fluxhero.db")
    try:
        assert replay_main(tmp_path) == 0
    finally:
        store.close()
    assert "0 inputs replayed" in capsys.readouterr().out
