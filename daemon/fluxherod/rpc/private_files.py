"""Files that hold secrets: written as a whole, never readable by more than their mode says, not even for a moment."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fluxherod.errors import FluxHeroError

PRIVATE = 0o600
# Root writes in a folder of the daemon's user, who may put links there: none is followed.
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotOurs(FluxHeroError):
    """A file that somebody else may have put where one of ours belongs."""


def write_private(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace a file atomically and durably. Written by root it belongs to its folder's owner, whose daemon reads it.

    Raises:
        OSError: when that is impossible; the file is what it was before.
    """
    with _opened(path.parent) as folder:
        beside = f".{path.name}.{secrets.token_hex(8)}"
        descriptor = os.open(beside, _NEW, PRIVATE, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                _hand_over(descriptor, folder)
                os.fchmod(descriptor, mode)
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.replace(beside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(beside, dir_fd=folder)
            raise
        os.fsync(folder)


def open_private(path: Path) -> int:
    """A descriptor of a file of our own that is only opened, such as a lock; made where there is none.

    Raises:
        NotOurs: when it is a link, is no file, or belongs to somebody else.
        OSError: when it can't be opened.
    """
    with _opened(path.parent) as folder:
        try:
            descriptor = os.open(path.name, _NEW, PRIVATE, dir_fd=folder)
        except FileExistsError:
            return _open_ours(path, folder)
        _hand_over(descriptor, folder)
        return descriptor


def _open_ours(path: Path, folder: int) -> int:
    try:
        descriptor = os.open(path.name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise
        raise NotOurs(f"{path} is no file of the daemon's ({error.strerror}): remove it") from error
    found, owners = os.fstat(descriptor), (0, os.geteuid(), os.fstat(folder).st_uid)
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_uid in owners:
        return descriptor
    os.close(descriptor)
    raise NotOurs(f"{path} is no file of the daemon's (another kind, another owner, or a link to one): remove it")


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield folder
    finally:
        os.close(folder)


def _hand_over(descriptor: int, folder: int) -> None:
    """What root made belongs to its folder's owner, or the daemon's user could never read it."""
    if os.geteuid() == 0:
        owner = os.fstat(folder)
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
