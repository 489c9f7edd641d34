"""The engine as the journal left it: every recorded input once more, and a look at whether it decides alike."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from fluxherod.adapters.sqlite.journal import JournalRow, effects_digest
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine

DATABASE = "fluxhero.db"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a replay gave: the engine, how many inputs it took, and the first whose effects came out otherwise."""

    engine: Engine
    rows: int
    last_seq: int
    last_ns: int
    differs_at: int | None
    seconds: float


def replay(rows: Iterable[JournalRow]) -> Recovery:
    """Run an engine over journal rows and compare what it wants with what it wanted then.

    Args:
        rows: the whole journal, in order.

    Raises:
        CodecError: when a row can't be decoded by this version.
    """
    start = time.perf_counter()
    engine = Engine()
    count, last_seq, last_ns, differs_at = 0, 0, 0, None
    for row in rows:
        effects = engine.process(row.now_ns, decode_event(row.kind, row.payload))
        if differs_at is None and effects_digest(effects) != row.effects:
            differs_at = row.seq
        count, last_seq, last_ns = count + 1, row.seq, row.now_ns
    return Recovery(engine, count, last_seq, last_ns, differs_at, time.perf_counter() - start)
