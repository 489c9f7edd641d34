"""The log: text or JSON lines on stderr, or fields in systemd's journal.

Who logs says by `extra` what a line is about (`ABOUT`): the journal has it as fields to search by, JSON as keys.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO

from fluxherod.service.journald import SOCKET, JournalHandler

Format = Literal["auto", "journal", "json", "text"]

# What a line is about, as attributes of its record: their names are JSON's keys, and here are the journal's fields.
ABOUT = {
    "symbol": "FLUX_SYMBOL",
    "order_id": "FLUX_ORDER_ID",
    "broker_order_id": "FLUX_BROKER_ORDER_ID",
    "signal_id": "FLUX_SIGNAL_ID",
    "code": "FLUX_ALERT_CODE",
    "rpc": "FLUX_RPC",
    "request_id": "FLUX_REQUEST_ID",
    "principal": "FLUX_PRINCIPAL",
}
IDENTIFIER = "fluxherod"
# syslog's: what systemd expects between < and > at the start of a line.
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}
# Libraries that log each request, or each frame with the credentials in it.
_QUIET = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "websockets": logging.INFO, "numba": logging.INFO}
# Who did what is always told: it is no chatter that a higher level would spare.
_ALWAYS_TOLD = "fluxherod.audit"


def configure(
    level: str,
    format: Format,
    environment: Mapping[str, str] = os.environ,
    stream: TextIO | None = None,
    journal: Path = SOCKET,
) -> None:
    """Send the log of the whole process to `stream` (stderr), or to journald's socket; replaces what was set before."""
    target = stream or sys.stderr
    handler: logging.Handler = logging.StreamHandler(target)
    if format == "auto":
        format = "journal" if _is_journal(target, environment) else "text"
    handler.setFormatter({"journal": JournalFormatter, "json": JsonFormatter, "text": TextFormatter}[format]())
    if format == "journal":
        handler = JournalHandler(journal_fields, otherwise=handler, address=journal)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    set_level(level)


def set_level(level: str) -> None:
    """Log from this level on; nothing else changes. The audit log goes on telling everything."""
    logging.getLogger().setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))
    logging.getLogger(_ALWAYS_TOLD).setLevel(logging.INFO)


class Redactor:
    """The secrets of this process, which no log line may show."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """Never show this text again."""
        if secret:
            self._secrets = self._secrets | {secret}  # other threads are reading the old one

    def clean(self, text: str) -> str:
        """The text with each secret masked."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


redactor = Redactor()


class TextFormatter(logging.Formatter):
    """Time (UTC), level, logger, message; a traceback below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redactor.clean(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _time(record)


def journal_fields(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    """What the journal has of a record; a traceback is a part of its message."""
    yield "MESSAGE", redactor.clean(_MESSAGE.format(record))
    yield "PRIORITY", str(_PRIORITIES.get(record.levelno, 6))
    yield "SYSLOG_IDENTIFIER", IDENTIFIER
    yield "LOGGER", record.name
    yield "CODE_FILE", record.pathname
    yield "CODE_LINE", str(record.lineno)
    yield "CODE_FUNC", record.funcName or ""
    for name, value in _about(record):
        yield ABOUT[name], value


def _about(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    for name in ABOUT:
        if value := getattr(record, name, ""):
            yield name, redactor.clean(str(value))


_MESSAGE_FORMAT = "%(name)s: %(message)s"
_MESSAGE = logging.Formatter(_MESSAGE_FORMAT)


class JournalFormatter(logging.Formatter):
    """For a stream that ends in the journal: each line carries its priority, so a traceback keeps it."""

    def __init__(self) -> None:
        super().__init__(_MESSAGE_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        prefix = f"<{_PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(prefix + line for line in redactor.clean(super().format(record)).splitlines())


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and exception and `ABOUT` where there are."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redactor.clean(record.getMessage()),
        }
        entry |= dict(_about(record))
        if record.exc_info:
            entry["exception"] = redactor.clean(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_journal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Does the stream end in the journal: systemd names its device and inode."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file behind the stream
        return False
    return environment.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
