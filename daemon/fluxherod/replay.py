"""`fluxherod replay`: run a recorded journal through the engine again and compare every effect."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from fluxherod.adapters.sqlite.journal import read
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.recovery import DATABASE, RecoveryError, replay


def replay_main(state_dir: Path) -> int:
    """Replay the journal in a state directory; 0 when every effect is the same, byte for byte, else 1."""
    path = state_dir / DATABASE
    if not path.is_file():
        sys.stderr.write(f"{path} is not there: name the daemon's state directory\n")
        return 1
    try:
        with closing(connect(path, read_only=True)) as connection:
            result = replay(read(connection))
    except (sqlite3.Error, RecoveryError) as error:
        sys.stderr.write(f"{path}: {error}\n")
        return 1
    rate = result.rows / result.seconds if result.seconds else 0.0
    print(f"{result.rows} inputs replayed in {result.seconds:.2f} s ({rate:,.0f} a second)")
    if result.differs_at is not None:
        print(f"the effects of input {result.differs_at} are not those that were recorded")
        return 1
    print("every effect is the same, byte for byte")
    return 0
