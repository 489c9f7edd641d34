"""The log as systemd's journal takes it, at a socket that stands where journald's stands."""

from __future__ import annotations

import fcntl
import io
import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.datagrams import listening

from fluxherod import logs
from fluxherod.service import journald
from fluxherod.service.journald import JournalHandler

log = logging.getLogger("fluxherod.test")
ALL_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


pytestmark = pytest.mark.usefixtures("log_restored")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[socket.socket]:
    """What receives the datagrams."""
    with listening(tmp_path / "j", 20) as receiver:
        yield receiver


def configured(receiver: socket.socket) -> io.StringIO:
    stream = io.StringIO()
    logs.configure("info", "journal", {}, stream, journal=Path(receiver.getsockname()))
    return stream


def parsed(data: bytes) -> dict[str, str]:
    """The fields of an entry, by the protocol's own description."""
    fields: dict[str, str] = {}
    while data:
        line, _, rest = data.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            length = int.from_bytes(rest[:8], "little")
            value, rest = rest[8 : 8 + length], rest[8 + length :]
            assert rest[:1] == b"\n"
            rest = rest[1:]
        assert name.decode() not in fields
        fields[name.decode()], data = value.decode(), rest
    return fields


def received(receiver: socket.socket) -> dict[str, str]:
    return parsed(receiver.recv(1 << 20))


def test_a_line_has_its_priority_its_place_in_the_code_and_what_it_is_about(daemon: socket.socket) -> None:
    stream = configured(daemon)
    log.warning("stop of %s refused", "SPY", extra={"symbol": "SPY", "order_id": "fh-1", "rpc": "", "code": None})
    fields = received(daemon)
    assert Path(fields.pop("CODE_FILE")) == Path(__file__)
    assert int(fields.pop("CODE_LINE")) > 0
    assert fields == {
        "MESSAGE": "fluxherod.test: stop of SPY refused",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "fluxherod",
        "LOGGER": "fluxherod.test",
        "CODE_FUNC": "test_a_line_has_its_priority_its_place_in_the_code_and_what_it_is_about",
        "FLUX_SYMBOL": "SPY",
        "FLUX_ORDER_ID": "fh-1",
    }
    assert stream.getvalue() == ""


@pytest.mark.parametrize(("level", "priority"), [("critical", "2"), ("error", "3"), ("info", "6")])
def test_each_level_has_its_priority(daemon: socket.socket, level: str, priority: str) -> None:
    configured(daemon)
    getattr(log, level)("x")
    assert received(daemon)["PRIORITY"] == priority


def test_a_traceback_is_a_part_of_one_message_and_can_not_make_fields(daemon: socket.socket) -> None:
    configured(daemon)
    try:
        raise ValueError("first\nPRIORITY=0\nMESSAGE=forged")
    except ValueError:
        log.exception("it failed")
    fields = received(daemon)
    assert fields["MESSAGE"].startswith("fluxherod.test: it failed\nTraceback (most recent call last):")
    assert fields["MESSAGE"].endswith("MESSAGE=forged")
    assert fields["PRIORITY"] == "3"


def test_what_is_too_large_for_a_datagram_comes_as_a_sealed_file(daemon: socket.socket) -> None:
    stream = configured(daemon)
    text = "x" * 500_000
    log.info(text, extra={"symbol": "SPY"})
    data, descriptors, _, _ = socket.recv_fds(daemon, 1 << 20, 2)
    assert data == b""
    (descriptor,) = descriptors
    try:
        assert fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) == ALL_SEALS
        fields = parsed(os.pread(descriptor, 1 << 20, 0))
    finally:
        os.close(descriptor)
    assert (fields["MESSAGE"], fields["FLUX_SYMBOL"]) == (f"fluxherod.test: {text}", "SPY")
    assert stream.getvalue() == ""


def test_secrets_are_masked_in_every_field(daemon: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "redactor", logs.Redactor())
    logs.redactor.hide("hunter2")
    configured(daemon)
    log.info("the secret is %s", "hunter2", extra={"symbol": "hunter2"})
    assert b"hunter2" not in daemon.recv(4096)


@pytest.mark.parametrize("how", ["no socket", "nobody listens"])
def test_without_a_journald_lines_go_to_stderr_with_their_priority(tmp_path: Path, how: str) -> None:
    stream, address = io.StringIO(), tmp_path / "j"
    if how == "nobody listens":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone:
            gone.bind(str(address))
    logs.configure("info", "journal", {}, stream, journal=address)
    log.error("careful")
    assert stream.getvalue() == "<3>fluxherod.test: careful\n"


def fill(receiver: socket.socket) -> int:
    """Log lines until the receiver's queue is full; how many."""
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, JournalHandler)
    count = 0
    while not handler.waiting:
        log.info("line %d", count)
        count += 1
    return count


def test_a_journald_that_takes_nothing_holds_nobody_up_and_gets_every_line_in_order(daemon: socket.socket) -> None:
    stream = configured(daemon)
    count = fill(daemon)
    heard = []
    for number in range(count, count + 100):
        heard.append(received(daemon)["MESSAGE"])  # now there is room for one: not for this one
        log.info("line %d", number)
    heard += [received(daemon)["MESSAGE"] for _ in range(count)]
    assert heard == [f"fluxherod.test: line {number}" for number in range(count + 100)]
    assert stream.getvalue() == ""


def test_of_more_lines_than_are_held_the_oldest_are_lost_and_counted(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journald, "MOST_HELD", 5)
    configured(daemon)
    count = fill(daemon)  # of which the last one is held
    for number in range(count, count + 7):
        log.info("line %d", number)
    kept = [*range(count - 1), *range(count + 2, count + 7)]
    assert [received(daemon)["MESSAGE"] for _ in kept] == [f"fluxherod.test: line {number}" for number in kept]
    assert received(daemon)["MESSAGE"].endswith("3 lines of the log are lost: journald took none for too long")


def test_the_lines_that_wait_leave_before_the_process_ends(daemon: socket.socket) -> None:
    configured(daemon)
    count = fill(daemon)
    (handler,) = logging.getLogger().handlers
    first = received(daemon)
    handler.close()
    rest = [received(daemon) for _ in range(count - 1)]
    assert [entry["MESSAGE"].rpartition(" ")[2] for entry in (first, *rest)] == [str(n) for n in range(count)]


def test_auto_is_the_journal_itself_exactly_when_stderr_ends_there(tmp_path: Path, daemon: socket.socket) -> None:
    address = Path(daemon.getsockname())
    with (tmp_path / "log").open("w+") as stream:
        status = os.fstat(stream.fileno())
        logs.configure("info", "auto", {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}, stream, address)
        log.info("there")
        logs.configure("info", "auto", {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"}, stream, address)
        log.info("elsewhere")
        stream.seek(0)
        assert stream.read().endswith("INFO     fluxherod.test: elsewhere\n")
    assert received(daemon)["MESSAGE"] == "fluxherod.test: there"


def test_json_says_what_a_line_is_about_under_the_same_names() -> None:
    stream = io.StringIO()
    logs.configure("info", "json", {}, stream)
    log.info("x", extra={name: f"the {name}" for name in logs.ABOUT})
    entry = json.loads(stream.getvalue())
    assert {name: entry[name] for name in logs.ABOUT} == {name: f"the {name}" for name in logs.ABOUT}
