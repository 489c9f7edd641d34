"""Files that hold secrets: written as a whole, never readable by more than their mode says, not even for a moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600


def write_private(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace a file atomically and durably. Written by root it belongs to its folder's owner, whose daemon reads it.

    Raises:
        OSError: when that is impossible; the file is what it was before.
    """
    owner = path.parent.stat()
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600, in nobody's way
    try:
        with os.fdopen(descriptor, "wb") as file:
            if os.geteuid() == 0:
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
