"""`fluxherod backtest --like-day`: a recorded day against the backtest of its bars; 1 when not all is explained."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import date
from pathlib import Path

from fluxherod.adapters.journal_files import DATABASE, FOLDER, JournalFiles
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.backtest.parity.compare import Unfollowable, compare
from fluxherod.backtest.parity.told import as_dict, as_text
from fluxherod.errors import ConfigurationError
from fluxherod.persistence.recorded_day import NoSuchDay, recorded_day
from fluxherod.persistence.recovery import RecoveryError


def run_like_day(state_dir: Path, day: date, as_json: bool) -> int:
    """Replay, compare, tell; 0 when every difference is explained, else 1."""
    if not ((state_dir / DATABASE).is_file() or (state_dir / FOLDER).is_dir()):
        sys.stderr.write(f"{state_dir / DATABASE} is not there: name the daemon's state folder with --state-dir\n")
        return 1
    try:
        parity = compare(recorded_day(JournalFiles(state_dir), day.isoformat(), _tell))
    except NoSuchDay as error:
        raise ConfigurationError([str(error)]) from error
    except Unfollowable as error:
        raise ConfigurationError([str(error)]) from error
    except (sqlite3.Error, StorageError, RecoveryError) as error:
        sys.stderr.write(f"{state_dir}: {error}\n")
        return 1
    print(json.dumps(as_dict(parity), indent=2) if as_json else as_text(parity))
    return 1 if parity.unexplained else 0


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
