"""A bar that the daemon no longer remembers, explained: its journal once more, through an engine of its own.

Nothing about a bar without a signal is stored: a replay up to it knows what the daemon knew then. It runs in another
process, at a low priority, so that the trading loop never feels it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from fluxhero.v1 import signal_pb2
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.snapshots import SnapshotError
from fluxherod.adapters.sqlite.journal import JournalRow, effects_digest
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.errors import FluxHeroError
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import Recovery
from fluxherod.rpc.explain import explain_nothing
from fluxherod.rpc.info import TooManyAsk
from fluxherod.service.niceness import lower_priority

NOT_FOUND = 3
LONGEST_S = 120.0
MOST_CALLERS = 4
REMEMBERED_ANSWERS = 64
# Inputs after which thresholds may be others: what is to be explained by the old ones is explained before.
SETTING_KINDS = frozenset({"Started", "UpdateParametersCommand", "ReloadCommand"})
# Inputs that name a symbol before any bar of it is known: a mistyped symbol costs no replay.
FOLLOWING_KINDS = frozenset({"Started", "AddSymbolCommand", "ReloadCommand"})


class PastUnavailable(FluxHeroError):
    """The journal could not be replayed."""


class Past:
    """Asks a child process; one at a time, and few wait for it."""

    def __init__(self, state_dir: Path, longest_s: float = LONGEST_S) -> None:
        self._state_dir = state_dir.absolute()
        self._longest_s = longest_s
        self._one_at_a_time = asyncio.Lock()
        self._callers = 0
        self._answers: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def explain(self, symbol: str, time_ns: int) -> bytes | None:
        """The ExplainResponse of the last bar that was complete at a time, as bytes; None when there was none.

        Raises:
            PastUnavailable: when the journal can't be replayed; the text says why.
            TooManyAsk: when too many wait for a replay already.
        """
        if (symbol, time_ns) in self._answers:
            return self._known(symbol, time_ns)
        if self._callers >= MOST_CALLERS:
            raise TooManyAsk(f"{self._callers} explanations of old bars are being made already: ask again later")
        self._callers += 1
        try:
            async with self._one_at_a_time:
                if (symbol, time_ns) in self._answers:
                    return self._known(symbol, time_ns)
                answer = await self._ask_child(symbol, time_ns)
        finally:
            self._callers -= 1
        self._note(symbol, time_ns, answer)
        return answer

    def _known(self, symbol: str, time_ns: int) -> bytes:
        self._answers.move_to_end((symbol, time_ns))
        return self._answers[symbol, time_ns]

    def _note(self, symbol: str, time_ns: int, answer: bytes | None) -> None:
        """Of the bar that ended at that very time the journal says the same for ever."""
        if answer is None:
            return
        if signal_pb2.ExplainResponse.FromString(answer).signal.decided_at.ToNanoseconds() == time_ns:
            self._answers[symbol, time_ns] = answer
            if len(self._answers) > REMEMBERED_ANSWERS:
                self._answers.popitem(last=False)

    async def _ask_child(self, symbol: str, time_ns: int) -> bytes | None:
        try:
            # Nothing is imported from the working directory, whoever may write there.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "fluxherod.persistence.past", str(self._state_dir), symbol, str(time_ns)),
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise PastUnavailable(f"the journal could not be replayed: {error}") from error
        try:
            async with asyncio.timeout(self._longest_s):
                answer, errors = await process.communicate()
        except TimeoutError as error:
            text = f"the journal could not be replayed: that takes longer than {self._longest_s:g} s"
            raise PastUnavailable(text) from error
        finally:
            if process.returncode is None:  # it takes too long, or the caller is gone
                process.kill()
                await process.wait()
        if process.returncode == NOT_FOUND:
            return None
        if process.returncode:
            lines = errors.decode(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
            raise PastUnavailable(f"the journal could not be replayed: {lines[-1]}")
        return answer


def explain_past(
    rows: Iterable[JournalRow], symbol: str, time_ns: int, begun: Recovery | None = None
) -> signal_pb2.ExplainResponse | None:
    """Replay journal rows until a bar of a symbol ends after a time; explain the last one that ended by then.

    When this version had wanted something else before, the explanation says so. With a replay that has `begun`, a bar
    is explained when it was completed after that: by what it was decided on is known of no other.
    """
    engine = Engine() if begun is None else begun.engine
    found: ClosedBar | None = None
    explained: signal_pb2.ExplainResponse | None = None
    differs_at = None if begun is None else begun.differs_at  # the first input whose effects are not those recorded
    found_after: int | None = None
    known_ns = _newest_end_ns(engine, symbol)
    for row in rows:
        if row.kind in SETTING_KINDS and found is not None and explained is None:
            explained = explain_nothing(engine, found)
        effects = engine.process(row.now_ns, decode_event(row.kind, row.payload))
        if differs_at is None and effects_digest(effects) != row.effects:
            differs_at = row.seq
        book = engine.market.books.get(symbol) if engine.run else None
        if book is None or not book.closed:
            continue
        newest = next((bar for bar in reversed(book.closed) if bar.end_ns <= time_ns), None)
        if newest is not None and newest.end_ns > (known_ns if found is None else found.end_ns):
            found, explained, found_after = newest, None, differs_at
        if book.closed[-1].end_ns > time_ns:
            break
    if found is None:
        return None
    return _noted(explained or explain_nothing(engine, found), found_after)


def _newest_end_ns(engine: Engine, symbol: str) -> int:
    book = engine.market.books.get(symbol) if engine.run else None
    return book.closed[-1].end_ns if book is not None and book.closed else 0


def _explain(files: JournalFiles, symbol: str, time_ns: int) -> signal_pb2.ExplainResponse | None:
    """From the newest snapshot before the bar that serves, else from the journal's first row."""
    if not files.mentions(FOLLOWING_KINDS, symbol):
        return None
    fingerprint = provenance().fingerprint
    for snapshot in files.usable_snapshots(fingerprint, before_ns=time_ns):
        try:
            begun = Recovery.after(snapshot, fingerprint)
        except SnapshotError as error:
            sys.stderr.write(f"{error}\n")
            continue
        if found := explain_past(files.rows(begun.last_seq), symbol, time_ns, begun):
            return found
    return explain_past(files.rows(), symbol, time_ns)


def _noted(explained: signal_pb2.ExplainResponse, differs_at: int | None) -> signal_pb2.ExplainResponse:
    if differs_at is not None:
        note = f"this version decides otherwise than was recorded, from input {differs_at} of the journal on"
        explained.why_not += f" ({note})"
        explained.signal.text += f"\nNote: {note}"
    return explained


def main(state_dir: str, symbol: str, time_ns: str) -> int:
    """Print the explanation as the bytes of its message."""
    lower_priority()  # where that is refused, the archive has said so
    try:
        found = _explain(JournalFiles(Path(state_dir)), symbol, int(time_ns))
    except (sqlite3.Error, StorageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if found is None:
        return NOT_FOUND
    sys.stdout.buffer.write(found.SerializeToString())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
