"""Starts from a snapshot, in memory: what a process finds that does not replay its whole journal."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import replace

from fluxherod.adapters.snapshots import PROTOCOL, _Unpickler
from fluxherod.adapters.sqlite.journal import JournalRow
from fluxherod.persistence.recovery import Recovery, replay


def replay_from_snapshot(rows: Sequence[JournalRow]) -> Recovery:
    """A journal replayed up to some row, its engine saved and loaded as a snapshot's is, then the rest."""
    cut = int.from_bytes(rows[-1].effects) % (len(rows) + 1) if rows else 0
    return replay(rows[cut:], begun=through_snapshot(replay(rows[:cut])))


def through_snapshot(recovery: Recovery) -> Recovery:
    """What a snapshot of it would hold."""
    engine, ring, _ = _Unpickler(io.BytesIO(pickle.dumps(recovery.state, PROTOCOL))).load()
    return replace(recovery, engine=engine, ring=ring)
