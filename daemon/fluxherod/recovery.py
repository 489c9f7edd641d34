"""The engine as the journal left it: every recorded input once more, and a look at whether it decides alike."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fluxherod.adapters.sqlite.journal import JournalRow, effects_digest
from fluxherod.engine.codec import decode_event
from fluxherod.engine.engine import Engine
from fluxherod.engine.ring import Ring
from fluxherod.errors import FluxHeroError

log = logging.getLogger(__name__)

DATABASE = "fluxhero.db"
TELL_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a replay gave: the engine, how many inputs it took, and the first whose effects came out otherwise.

    `ring` has the newest of what was sent to subscribers, for those that come back.
    """

    engine: Engine
    ring: Ring
    rows: int
    last_seq: int
    last_ns: int
    differs_at: int | None
    seconds: float


class RecoveryError(FluxHeroError):
    """The journal can't be read, or holds what this version can't take."""


def replay(rows: Iterable[JournalRow], tell: Callable[[str], None] | None = None) -> Recovery:
    """Run an engine over journal rows and compare what it wants with what it wanted then.

    Args:
        rows: the whole journal, in order.
        tell: hears now and then how far it is.

    Raises:
        RecoveryError: when the journal ends in a fault, of the disk or of this version.
    """
    start = time.perf_counter()
    engine, ring = Engine(), Ring()
    count, last_seq, last_ns, differs_at = 0, 0, 0, None
    try:
        for row in rows:
            last_seq = row.seq
            event = decode_event(row.kind, row.payload)
            effects = engine.process(row.now_ns, event)
            ring.hear(row.seq, event, effects)
            if differs_at is None and effects_digest(effects) != row.effects:
                differs_at = row.seq
            count, last_ns = count + 1, row.now_ns
            if tell is not None and count % TELL_EVERY == 0:
                tell(f"recovering: {count} inputs so far")
    except sqlite3.Error as error:
        raise RecoveryError(f"the journal can't be read after input {last_seq}: {error}") from error
    except Exception as error:
        log.debug("input %d", last_seq, exc_info=error)
        text = f"{type(error).__name__}: {error}"
        raise RecoveryError(f"this version can't take input {last_seq} of the journal ({text})") from error
    return Recovery(engine, ring, count, last_seq, last_ns, differs_at, time.perf_counter() - start)
