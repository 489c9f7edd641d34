import io
import json
import logging
import os
from pathlib import Path

import pytest

from fluxherod import logs

log = logging.getLogger("fluxherod.test")
NO_JOURNAL = Path("/nonexistent/socket")


pytestmark = pytest.mark.usefixtures("log_restored")


def written(format: logs.Format, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.configure(level, format, {}, stream, NO_JOURNAL)
    return stream


def failing() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        log.exception("it failed")


def test_text_has_the_time_the_level_the_logger_and_the_message() -> None:
    stream = written("text")
    log.info("bought %d", 44)
    time, level, logger, message = stream.getvalue().rstrip().split(maxsplit=3)
    assert time.endswith("Z")
    assert (level, logger, message) == ("INFO", "fluxherod.test:", "bought 44")


def test_each_line_for_the_journal_has_its_priority() -> None:
    stream = written("journal")
    log.warning("careful")
    failing()
    lines = stream.getvalue().splitlines()
    assert lines[0] == "<4>fluxherod.test: careful"
    assert len(lines) > 4
    assert all(line.startswith("<3>") for line in lines[1:])


def test_json_is_one_object_a_line() -> None:
    stream = written("json")
    log.info("two\nlines")
    failing()
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("info", "fluxherod.test", "two\nlines")
    assert "ValueError: first" in second["exception"]


def test_auto_is_the_journal_exactly_when_stderr_ends_there(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+") as stream:
        status = os.fstat(stream.fileno())
        logs.configure("info", "auto", {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}, stream, NO_JOURNAL)
        log.info("there")
        logs.configure("info", "auto", {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino + 1}"}, stream, NO_JOURNAL)
        log.info("elsewhere")
        stream.seek(0)
        there, elsewhere = stream.read().splitlines()
    assert there == "<6>fluxherod.test: there"
    assert elsewhere.endswith("INFO     fluxherod.test: elsewhere")


def test_less_than_the_level_is_not_logged_and_libraries_never_log_requests() -> None:
    stream = written("text", "debug")
    logging.getLogger("httpx").info("GET https://host/?secret")
    logging.getLogger("websockets.client").debug('> TEXT {"secret": "x"}')
    assert stream.getvalue() == ""
    stream = written("text", "error")
    log.warning("careful")
    logging.getLogger("httpx").warning("careful")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("level", ["debug", "warning", "critical"])
def test_who_did_what_is_told_at_every_level(level: str) -> None:
    stream = written("text", level)
    logging.getLogger("fluxherod.audit").info("PlaceOrder by token:desk")
    logs.set_level("error")
    logging.getLogger("fluxherod.audit").info("Halt by token:desk")
    assert [line.rpartition(": ")[2] for line in stream.getvalue().splitlines()] == [
        "PlaceOrder by token:desk",
        "Halt by token:desk",
    ]


@pytest.mark.parametrize("format", ["text", "journal", "json"])
def test_a_secret_is_masked_wherever_it_would_show(format: logs.Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "redactor", logs.Redactor())
    logs.redactor.hide("hunter2")
    stream = written(format)
    log.info("the secret is %s", "hunter2")
    try:
        raise ValueError("bad secret hunter2")
    except ValueError:
        log.exception("failed")
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("***") >= 2
