"""`fluxherod backup` and `restore`: a copy of what a daemon keeps, made beside it, and put in its place again.

A backup is a folder as the state folder is, so that `fluxherod verify` reads it, with a manifest of hashes. Tokens,
keys and certificates are not in it: whoever finds it can open nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec

import fluxherod
from fluxherod.adapters import sealed, snapshots
from fluxherod.adapters.files import TEMPORARY, named_by_time, sync_file, sync_folder
from fluxherod.adapters.journal_files import DATABASE, FOLDER, JournalFiles
from fluxherod.adapters.mirror import NAME as MIRROR
from fluxherod.adapters.mirror import MirrorFile, raise_mark
from fluxherod.adapters.sqlite.archive_files import FOLDER as ARCHIVE
from fluxherod.adapters.sqlite.archive_files import SUFFIX as ARCHIVED
from fluxherod.adapters.sqlite.archive_files import listed
from fluxherod.adapters.sqlite.journal import tail
from fluxherod.adapters.sqlite.schema import RESTORING, StorageError, connect, rebuilt
from fluxherod.adapters.sqlite.writer import lock_database
from fluxherod.core.risk.safety import SafetyState
from fluxherod.errors import FluxHeroError

MANIFEST = "manifest.json"
FORMAT = 1
KEPT_AS = "fluxhero"
# What a restore puts in place, the database last: without it no daemon goes on with half of the rest.
PARTS = (MIRROR, FOLDER, ARCHIVE, DATABASE)
REPLACED = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", rebuilt(Path(DATABASE)).name, FOLDER, ARCHIVE, MIRROR)
_PIECE = 1 << 20


class BackupError(FluxHeroError):
    """A backup can't be made or restored; the text says why. What was there is as it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a backup."""

    size: int
    blake2b: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of, up to which row of the journal, and its files by their names in the folder."""

    about: str
    format: int
    version: str
    made: str
    epoch: str
    last_seq: int
    last_ns: int
    chain: str
    files: dict[str, Entry]


# --- making one -----------------------------------------------------------------------------------------------------
def keep_backups(state_dir: Path, folder: Path, number: int) -> int:
    """Copy what a daemon keeps to a new folder in this one, named by the time; the newest so many stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for cut_short in folder.glob(f"{KEPT_AS}-*{TEMPORARY}"):
            shutil.rmtree(cut_short)
        code = backup_main(state_dir, named_by_time(folder / KEPT_AS))
        whole = sorted(path for path in folder.glob(f"{KEPT_AS}-*") if (path / MANIFEST).is_file())
        for path in whole[:-number]:
            shutil.rmtree(path)
            print(f"{path}: removed, {number} newer stay")
    except BlockingIOError as error:
        raise BackupError(f"{folder}: another backup is being made there") from error
    finally:
        os.close(descriptor)
    return code


def backup_main(state_dir: Path, destination: Path) -> int:
    """Copy what a daemon keeps to a new folder; the daemon may run."""
    if not (state_dir / DATABASE).is_file():
        raise BackupError(f"{state_dir / DATABASE} is not there: name the daemon's state folder with --state-dir")
    if destination.exists() or destination.is_symlink():
        raise BackupError(f"{destination} is there already: name a new folder")
    beside = destination.with_name(destination.name + TEMPORARY)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        try:
            manifest = make_backup(state_dir, beside)
            beside.rename(destination)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        sync_folder(destination.absolute().parent)
    except (OSError, StorageError) as error:
        raise BackupError(str(error)) from error
    except sqlite3.Error as error:
        raise BackupError(f"{state_dir / DATABASE}: {error}; fluxherod verify says what is damaged") from error
    size = sum(entry.size for entry in manifest.files.values())
    print(f"{destination}: {len(manifest.files)} files, {size:,} bytes, the journal up to row {manifest.last_seq}")
    return 0


def make_backup(state_dir: Path, folder: Path) -> Manifest:
    """Fill a folder with a copy, durably; the manifest comes last.

    First safety.json, then the database, then the files: rows leave the database only once they are in a file, and a
    file of the archive that is replaced meanwhile has the rows of the one before.
    """
    if (state_dir / MIRROR).is_file():
        _copy(state_dir / MIRROR, folder / MIRROR)
    with closing(connect(state_dir / DATABASE, read_only=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(folder / DATABASE),))
    os.chmod(folder / DATABASE, 0o600)
    sync_file(folder / DATABASE)
    (folder / FOLDER).mkdir(mode=0o700)
    copied = JournalFiles(folder)
    with closing(connect(folder / DATABASE, read_only=True)) as connection:
        last, archived = tail(connection, copied.epoch), listed(connection)
    for path in _journal_files(state_dir, copied.epoch, last.seq):
        _copy(path, folder / FOLDER / path.name)
    if archived:
        (folder / ARCHIVE).mkdir(mode=0o700)
    for name in archived:
        _copy(state_dir / ARCHIVE / name, folder / ARCHIVE / name)
    copied.check()
    manifest = Manifest(
        "A backup of what fluxherod keeps: fluxherod restore puts it in place, fluxherod verify looks at it.",
        FORMAT,
        fluxherod.__version__,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        copied.epoch,
        last.seq,
        last.now_ns,
        last.chain.hex(),
        {str(path.relative_to(folder)): _entry(path) for path in sorted(_files(folder))},
    )
    (folder / MANIFEST).touch(mode=0o600)
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    sync_file(folder / MANIFEST)
    _sync(folder)
    return manifest


def _journal_files(state_dir: Path, epoch: str, last_seq: int) -> Iterator[Path]:
    """The sealed files and snapshots of a journal up to a row; what is newer than the copied database is left out.

    A sealed file that can't be read is copied as it is: nothing that may be of use is left out.
    """
    files = JournalFiles(state_dir)
    for path in sorted(files.folder.glob(f"*{sealed.SUFFIX}")):
        try:
            header = sealed.SealedFile.open(path).header
        except sealed.SealedError:
            yield path
            continue
        if header.epoch == epoch and header.last_seq <= last_seq:
            yield path
    for snapshot in files.snapshots():
        if snapshot.header.epoch == epoch and snapshot.header.seq <= last_seq:
            yield snapshot.path


def _copy(source: Path, target: Path) -> None:
    """A durable copy for its owner alone; a snapshot that has just been replaced or thinned out is no loss."""
    try:
        with source.open("rb") as file:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as copy:
                shutil.copyfileobj(file, copy, _PIECE)
                copy.flush()
                os.fsync(descriptor)
    except FileNotFoundError:
        if source.suffix != snapshots.SUFFIX:
            raise


# --- putting one in place -------------------------------------------------------------------------------------------
def restore_main(source: Path, state_dir: Path, *, force: bool) -> int:
    """Put a backup in the place of what a daemon keeps, which is not running; what was there is kept beside it."""
    manifest = read_manifest(source)
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = lock_database(state_dir / DATABASE)
        try:
            present = [name for name in REPLACED if (state_dir / name).exists()]
            if present and not force:
                text = f"{state_dir} has {', '.join(present)} already: with --force they are moved to a folder in it"
                raise BackupError(text)
            check_files(source, manifest)
            kept = restore(source, manifest, state_dir)
        finally:
            os.close(descriptor)
    except (OSError, StorageError, sqlite3.Error) as error:
        raise BackupError(str(error)) from error
    print(f"{state_dir}: restored the backup of {manifest.made}, the journal up to row {manifest.last_seq}")
    if kept is not None:
        print(f"what was there is in {kept}")
    print("the next start is halted: compare positions and orders with the broker's own page, then fluxhero resume")
    return 0


def read_manifest(source: Path) -> Manifest:
    """What a backup says of itself.

    Raises:
        BackupError: when it is none, or one of a format that this version doesn't know.
    """
    path = source / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise BackupError(f"{source} is no backup: it has no {MANIFEST}") from error
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise BackupError(f"{path} is damaged: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"{path}: format {manifest.format}, this version knows {FORMAT}")
    return manifest


def check_files(source: Path, manifest: Manifest) -> None:
    """Whether all files of a backup are there, byte for byte, and no others.

    Raises:
        BackupError: naming the first one that is not.
    """
    found = {str(path.relative_to(source)) for path in _files(source)} - {MANIFEST}
    for name, entry in manifest.files.items():
        if name not in (DATABASE, MIRROR) and not _is_in_folder(name):
            raise BackupError(f"{source / MANIFEST}: {name!r} is no file of a backup")
        if name not in found:
            raise BackupError(f"{source / name} is missing")
        if _entry(source / name) != entry:
            raise BackupError(f"{source / name} is not the file that was backed up")
    if more := sorted(found - manifest.files.keys()):
        raise BackupError(f"{source / more[0]} does not belong to the backup: remove it")
    if DATABASE not in manifest.files:
        raise BackupError(f"{source} has no {DATABASE}")


def _is_in_folder(name: str) -> bool:
    path = Path(name)
    if path.parent == Path(ARCHIVE):
        return path.suffix == ARCHIVED
    return path.parent == Path(FOLDER) and path.suffix in (sealed.SUFFIX, snapshots.SUFFIX)


def restore(source: Path, manifest: Manifest, state_dir: Path) -> Path | None:
    """Put the checked files of a backup in place; where what was there is kept (None: there was nothing).

    It is copied first. From then on until all is in place the folder `restoring` keeps a daemon from starting.
    """
    ready, beside = state_dir / RESTORING, state_dir / (RESTORING + TEMPORARY)
    _carry_safety(ready, state_dir, manifest.epoch)  # of a restore that was cut short
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _copy_all(source, manifest, beside)
        _carry_safety(state_dir, beside, manifest.epoch)
        raise_mark(beside, manifest.epoch, manifest.last_seq)
        _sync(beside)
        shutil.rmtree(ready, ignore_errors=True)
        beside.rename(ready)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_folder(state_dir)
    kept = _move_away(state_dir)
    for name in PARTS:
        if (ready / name).exists():
            os.replace(ready / name, state_dir / name)
    sync_folder(state_dir)
    ready.rmdir()
    sync_folder(state_dir)
    return kept


def _copy_all(source: Path, manifest: Manifest, beside: Path) -> None:
    beside.mkdir(mode=0o700)
    (beside / FOLDER).mkdir(mode=0o700)
    for name, entry in manifest.files.items():
        (beside / name).parent.mkdir(mode=0o700, exist_ok=True)
        _copy(source / name, beside / name)
        if _entry(beside / name) != entry:
            raise BackupError(f"{beside / name}: can't be read back as it was written")


def _carry_safety(source: Path, target: Path, epoch: str) -> None:
    """Where safety.json of this journal is newer in one folder than in another, it stays in force there."""
    newer, older = MirrorFile(source).read()[0], MirrorFile(target).read()[0]
    if newer is None or newer.epoch != epoch:
        return
    if older is None or older.epoch != epoch or _age(newer) >= _age(older):
        MirrorFile(target).put(newer)


def _age(state: SafetyState) -> tuple[int, int]:
    return state.run, state.inputs


def _move_away(state_dir: Path) -> Path | None:
    present = [name for name in REPLACED if (state_dir / name).exists()]
    if not present:
        return None
    kept = named_by_time(state_dir / "replaced")
    kept.mkdir(mode=0o700)
    for name in present:
        os.replace(state_dir / name, kept / name)
    for folder in (kept, state_dir):
        sync_folder(folder)
    return kept


# --- files ----------------------------------------------------------------------------------------------------------
def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir()]


def _sync(folder: Path) -> None:
    """Make the names in a folder as the state folder is one durable."""
    for one in (folder / FOLDER, folder / ARCHIVE, folder):
        if one.is_dir():
            sync_folder(one)


def _entry(path: Path) -> Entry:
    digest, size = blake2b(digest_size=32), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Entry(size, digest.hexdigest())
