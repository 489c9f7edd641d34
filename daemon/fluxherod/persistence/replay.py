"""`fluxherod replay`: run a recorded journal, or a sealed day of it, through the engine again; compare every effect."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from fluxherod.adapters.journal_files import DATABASE, FOLDER, JournalFiles
from fluxherod.adapters.sealed import SUFFIX, SealedFile
from fluxherod.adapters.sqlite.schema import StorageError
from fluxherod.persistence.provenance import provenance
from fluxherod.persistence.recovery import Recovery, RecoveryError, recover, replay


def replay_main(path: Path) -> int:
    """Replay the journal of a state folder, or a sealed file; 0 when each effect is the same, byte for byte, else 1."""
    sealed = path.suffix == SUFFIX
    if not (path.is_file() if sealed else (path / DATABASE).is_file() or (path / FOLDER).is_dir()):
        named = path if sealed else path / DATABASE
        sys.stderr.write(f"{named} is not there: name the daemon's state folder, or a sealed file of its journal\n")
        return 1
    try:
        result = _replay_file(SealedFile.open(path)) if sealed else replay(JournalFiles(path).rows())
    except (sqlite3.Error, StorageError, RecoveryError) as error:
        sys.stderr.write(f"{path if sealed else path / DATABASE}: {error}\n")
        return 1
    return _tell(result)


def _replay_file(file: SealedFile) -> Recovery:
    """A sealed file, after the newest snapshot before it or the days before it; what differs there is no matter."""
    header = file.header
    if header.sealed_by.fingerprint != provenance().fingerprint:
        print(f"sealed by version {header.sealed_by.version}, which was other code, or another processor or Python")
    folder = file.path.absolute().parent
    files = JournalFiles(folder.parent) if folder.name == FOLDER else JournalFiles(folder, folder=".")
    begun = recover(files, provenance(), until_seq=header.first_seq - 1)
    begun.rows, begun.differs_at = 0, None
    return replay(file.rows(), begun=begun)


def _tell(result: Recovery) -> int:
    rate = result.rows / result.seconds if result.seconds else 0.0
    print(f"{result.rows} inputs replayed in {result.seconds:.2f} s ({rate:,.0f} a second)")
    if result.differs_at is not None:
        print(f"the effects of input {result.differs_at} are not those that were recorded")
        return 1
    print("every effect is the same, byte for byte")
    return 0
