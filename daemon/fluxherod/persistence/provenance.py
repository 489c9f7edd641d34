"""Whose work a file is: the code, the versions and the processor that must be the same for a replay to be the same."""

from __future__ import annotations

import platform
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path

import numba
import numpy as np
from numba.core.registry import cpu_target

import fluxherod
from fluxherod.adapters.sealed import Provenance

_SIZE = 16
_DECIDES = ("core", "engine")


@cache
def provenance() -> Provenance:
    """That of this process; what is installed beside it is not looked at."""
    target, cpu, _ = cpu_target.target_context.codegen().magic_tuple()  # as it stands on Numba's own files
    return Provenance(
        fluxherod.__version__,
        _code(Path(fluxherod.__file__).parent),
        platform.python_version(),
        np.__version__,
        numba.__version__,
        f"{target} {cpu}",
    )


def packages() -> str:
    """A hash of the names and versions of all that is installed, as a lock file has them."""
    found = {f"{one.name.lower()}=={one.version}" for one in metadata.distributions()}
    return blake2b("\n".join(sorted(found)).encode(), digest_size=_SIZE).hexdigest()


def _code(package: Path) -> str:
    """A hash of the sources of core and engine: what decides."""
    digest = blake2b(digest_size=_SIZE)
    for path in sorted(path for part in _DECIDES for path in (package / part).rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
