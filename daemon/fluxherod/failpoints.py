"""Named places at which a test ends the process, or holds it: off unless the environment names them.

`FLUXHEROD_FAILPOINTS="journal.commit.after=kill@3"` kills the process (SIGKILL: nothing is flushed, no handler runs)
the third time that it gets there; several are parted by commas, and `@1` may be left out. `@FILE` names a file that
says it: read, and then removed, at the start and at each SIGUSR1. In production the variable is not set, and `reach` is
one look into an empty dictionary.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from fluxherod.errors import FluxHeroError

VARIABLE = "FLUXHEROD_FAILPOINTS"
KILL = "kill"
# Every place, and what has happened there. A test kills the daemon at each of them (`make crash`, docs/crashes.md).
PLACES = {
    "start.opened": "the journal is open and of this version",
    "start.recovered": "the engine is what the journal says",
    "start.listening": "the API answers, nothing has been sent",
    "start.ready": "the service manager knows that it runs",
    "migration.changed": "a migration has changed the tables and is not committed",
    "migration.committed": "a migration is committed, the next one has not begun",
    "tokens.made": "the first tokens are in their files, not in the list",
    "tokens.listed": "the first tokens are in the list",
    "certificate.key_made": "the key of the daemon's own certificate is written, the certificate is not",
    "certificate.made": "key and certificate are written",
    "history.loaded": "bars of the past are here, the engine does not know them",
    "backfill.loaded": "missed minutes are here, the engine does not know them",
    "cache.written": "cached bars are in their draft, which has not taken the file's place",
    "journal.append.before": "events are processed, the journal's writer does not have them",
    "journal.append.after": "the journal's writer has them",
    "journal.commit.before": "a transaction is about to begin",
    "journal.commit.written": "rows and tables are written, the transaction is not committed",
    "journal.commit.after": "the transaction is committed, nobody has been told",
    "journal.settled": "the event loop is being told that they are durable",
    "get.before": "something is about to be asked of Alpaca",
    "get.sent": "Alpaca has begun to answer a question, the answer is not read",
    "get.after": "the answer is read, not decoded",
    "account.read": "account, positions and orders are read, the engine does not know them",
    "entry.before": "an entry is about to be sent",
    "entry.sent": "Alpaca has begun to answer an entry, the answer is not read",
    "entry.after": "the answer to an entry is read, the engine does not know it",
    "stop.before": "a stop is about to be sent",
    "stop.sent": "Alpaca has begun to answer a stop, the answer is not read",
    "stop.after": "the answer to a stop is read, the engine does not know it",
    "exit.before": "an exit is about to be sent",
    "exit.sent": "Alpaca has begun to answer an exit, the answer is not read",
    "exit.after": "the answer to an exit is read, the engine does not know it",
    "cancel.before": "a cancel is about to be sent",
    "cancel.sent": "Alpaca has begun to answer a cancel, the answer is not read",
    "cancel.after": "the answer to a cancel is read, the engine does not know it",
    "replace.before": "a better stop is about to be sent",
    "replace.sent": "Alpaca has begun to answer a better stop, the answer is not read",
    "replace.after": "the answer to a better stop is read, the engine does not know it",
    "update.received": "the stream has told of an order, the engine does not know it",
    "update.posted": "the engine is to hear of an order, which is not journaled",
    "fill.received": "the stream has told of an execution, the engine does not know it",
    "fill.posted": "the engine is to hear of an execution, which is not journaled",
    "seal.write.before": "a day is over, its file is not begun",
    "seal.write.written": "its file is whole, under another name",
    "seal.write.renamed": "its file has its name, on the disk, too",
    "seal.write.after": "the archive is about to say so",
    "seal.write.deleting": "rows that are sealed are deleted, the transaction is not committed",
    "snapshot.write.before": "a replay has come to the end of a day",
    "snapshot.write.written": "a snapshot is whole, under another name",
    "snapshot.write.after": "a snapshot has its name",
    "tables.write.before": "rows are old enough for the archive, their file is not begun",
    "tables.write.written": "their file is whole, under another name",
    "tables.write.renamed": "their file has its name, on the disk, too",
    "tables.write.after": "the archive goes on, and has not said that it is there",
    "tables.write.deleting": "rows that are in files are deleted, the transaction is not committed",
    "mirror.before": "safety.json is about to be replaced, what it is to say is in the journal",
    "mirror.written": "what it is to say is in a file beside it",
    "mirror.renamed": "that file has taken its place, perhaps not on the disk",
    "mirror.after": "it is on the disk, nobody has been told",
    "command.taken": "a caller's command is valid, the engine does not know it",
    "command.replied": "a command is durable and answered, the caller does not know it",
    "halt.taken": "a halt is asked for, the engine does not know it",
    "halt.replied": "a halt is in force, the caller does not know it",
    "resume.taken": "a halt is to end, the engine does not know it",
    "resume.replied": "a halt has ended, the caller does not know it",
    "flatten.taken": "all is to be closed, the engine does not know it",
    "flatten.replied": "all is being closed, the caller does not know it",
    "shutdown.told": "the process has been told to end",
    "shutdown.drained": "the engine has ended, and all that it did is durable",
    "shutdown.closed": "all is closed",
}


class FailpointError(FluxHeroError):
    """The variable says something that is no failpoint."""


def parse(text: str) -> dict[str, int]:
    """How often each named place may still be reached before the process is killed there.

    Raises:
        FailpointError: when the text is not `NAME=kill` or `NAME=kill@COUNT`, parted by commas.
    """
    found: dict[str, int] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, action = part.partition("=")
        verb, _, count = action.partition("@")
        if not name or verb != KILL or not (count or "1").isdecimal() or int(count or 1) < 1:
            raise FailpointError(f"{VARIABLE}: {part!r} is no failpoint: write NAME=kill, or NAME=kill@COUNT from 1 on")
        found[name] = int(count or 1)
    return found


def install(environment: Mapping[str, str]) -> None:
    """Set the failpoints that an environment names; none where it names none.

    Raises:
        FailpointError: as `parse`.
    """
    text = environment.get(VARIABLE, "")
    if not text.startswith("@"):
        _set(text)
        return
    path = Path(text[1:])
    signal.signal(signal.SIGUSR1, lambda number, frame: _take(path))
    _take(path)


def _take(path: Path) -> None:
    """Whoever wrote the file sees by its end that its failpoints are set."""
    if path.exists():
        _set(path.read_text(encoding="utf-8"))
        path.unlink()


def _set(text: str) -> None:
    _left.clear()
    _left.update(parse(text))


def reach(name: str) -> None:
    """The process is at this place: it ends here where a test wants that."""
    if name not in _left:
        return
    _left[name] -= 1
    if not _left[name]:
        os.kill(os.getpid(), signal.SIGKILL)


_left: dict[str, int] = {}
