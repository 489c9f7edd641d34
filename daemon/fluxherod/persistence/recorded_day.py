"""A day of the journal, live or sealed, written down for the comparison with a backtest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.adapters.sqlite.journal import JournalRow, effects_digest
from fluxherod.backtest.parity.recorded import RecordedDay
from fluxherod.backtest.parity.recorder import Recorder
from fluxherod.errors import FluxHeroError
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import Recovery, recover, replayed


class NoSuchDay(FluxHeroError):
    """The journal has no input of the day; the text says which days it has."""


def recorded_day(files: JournalFiles, day: str, tell: Callable[[str], None] | None = None) -> RecordedDay:
    """Replay a day, from the newest snapshot before it that serves, and write it down.

    Args:
        day: a New York date, `YYYY-MM-DD`.
        tell: hears now and then how far it is.

    Raises:
        NoSuchDay: when the journal has nothing of it.
        RecoveryError, StorageError, sqlite3.Error: when the journal can't be read, or replayed.
    """
    days = {one.day: one for one in reversed(files.days())}
    if day not in days:
        there = f"it has {min(days)} to {max(days)}" if days else "it is empty"
        raise NoSuchDay(f"the journal has nothing of {day}: {there}")
    parts = [one for one in files.days() if one.day == day]
    first_seq, last_seq = parts[0].first_seq, parts[-1].last_seq
    begun = recover(files, provenance(), tell, until_seq=first_seq - 1)
    return record(files.rows(first_seq - 1, last_seq), day, begun, tell)


def record(
    rows: Iterable[JournalRow], day: str, begun: Recovery, tell: Callable[[str], None] | None = None
) -> RecordedDay:
    """Write a day's rows down, after those that `begun` has taken.

    Raises:
        RecoveryError: when they can't be replayed.
    """
    recorder = Recorder(day)
    recorder.look(begun.engine)
    for row, entry in replayed(rows, begun, tell):
        recorder.take(begun.engine, entry, effects_digest(entry.effects) == row.effects)
    return recorder.recorded()
