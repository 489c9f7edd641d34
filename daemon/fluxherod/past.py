"""A bar that the daemon no longer remembers, explained: its journal once more, through an engine of its own.

Nothing about a bar without a signal is stored: a replay up to it knows what the daemon knew then. It runs in another
process, at a low priority, so that the trading loop never feels it.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from fluxhero.v1 import signal_pb2
from fluxherod.adapters.sqlite.journal import JournalRow, read
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.engine.books import ClosedBar
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine
from fluxherod.errors import FluxHeroError
from fluxherod.recovery import DATABASE
from fluxherod.rpc.explain import explain_nothing

NICENESS = 10
NOT_FOUND = 3
# Inputs after which thresholds may be others: what is to be explained by the old ones is explained before.
SETTING_KINDS = frozenset({"Started", "UpdateParametersCommand"})


class PastUnavailable(FluxHeroError):
    """The journal could not be replayed."""


class Past:
    """Asks a child process; one at a time."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._one_at_a_time = asyncio.Lock()

    async def explain(self, symbol: str, time_ns: int) -> bytes | None:
        """The ExplainResponse of the last bar that was complete at a time, as bytes; None when there was none.

        Raises:
            PastUnavailable: when the journal can't be replayed; the text says why.
        """
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "fluxherod.past", str(self._state_dir), symbol, str(time_ns)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                answer, errors = await process.communicate()
            finally:
                if process.returncode is None:  # the caller is gone
                    process.kill()
                    await process.wait()
        if process.returncode == NOT_FOUND:
            return None
        if process.returncode:
            lines = errors.decode(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
            raise PastUnavailable(f"the journal could not be replayed: {lines[-1]}")
        return answer


def explain_past(rows: Iterable[JournalRow], symbol: str, time_ns: int) -> signal_pb2.ExplainResponse | None:
    """Replay journal rows until a bar of a symbol ends after a time; explain the last one that ended by then."""
    engine = Engine()
    found: ClosedBar | None = None
    explained: signal_pb2.ExplainResponse | None = None
    for row in rows:
        if row.kind in SETTING_KINDS and found is not None and explained is None:
            explained = explain_nothing(engine, found)
        engine.process(row.now_ns, decode_event(row.kind, row.payload))
        book = engine.market.books.get(symbol) if engine.run else None
        if book is None or not book.closed:
            continue
        newest = next((bar for bar in reversed(book.closed) if bar.end_ns <= time_ns), None)
        if newest is not None and (found is None or newest.end_ns > found.end_ns):
            found, explained = newest, None
        if book.closed[-1].end_ns > time_ns:
            break
    if found is None:
        return None
    return explained or explain_nothing(engine, found)


def main(state_dir: str, symbol: str, time_ns: str) -> int:
    """Print the explanation as the bytes of its message."""
    os.nice(NICENESS)
    with closing(connect(Path(state_dir) / DATABASE, read_only=True)) as connection:
        try:
            found = explain_past(read(connection), symbol, int(time_ns))
        except sqlite3.Error as error:
            sys.stderr.write(f"{error}\n")
            return 1
    if found is None:
        return NOT_FOUND
    sys.stdout.buffer.write(found.SerializeToString())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
