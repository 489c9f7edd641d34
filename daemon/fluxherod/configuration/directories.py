"""Where files live: systemd's variables, else the XDG directories."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from fluxherod.errors import FluxHeroError

SOCKET_NAME = "fluxherod.sock"


@dataclass(frozen=True, slots=True)
class Directories:
    """The folders of one daemon; none of them needs to exist yet."""

    state: Path
    cache: Path
    configuration: Path
    unix_socket: Path

    @property
    def configuration_file(self) -> Path:
        """The file that is read when none is named."""
        return self.configuration / "fluxhero.toml"


def find_directories(environment: Mapping[str, str]) -> Directories:
    """The folders by the environment, each `fluxhero` of its own unless systemd names it."""
    home = Path(environment.get("HOME") or Path.home())
    state = _systemd(environment, "STATE_DIRECTORY") or _xdg(environment, "XDG_STATE_HOME", home / ".local/state")
    return Directories(
        state=state,
        cache=_systemd(environment, "CACHE_DIRECTORY") or _xdg(environment, "XDG_CACHE_HOME", home / ".cache"),
        configuration=_systemd(environment, "CONFIGURATION_DIRECTORY")
        or _xdg(environment, "XDG_CONFIG_HOME", home / ".config"),
        unix_socket=(_systemd(environment, "RUNTIME_DIRECTORY") or _xdg_runtime(environment) or state) / SOCKET_NAME,
    )


class CacheError(FluxHeroError):
    """Machine code can't be kept where the daemon would look for it."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"machine code can't be kept in {folder}: {reason}; run this as the user of the daemon, or name a folder "
            "that it may write by storage.cache_dir (or by NUMBA_CACHE_DIR in its environment)"
        )


def keep_machine_code(environment: MutableMapping[str, str], cache: Path) -> Path:
    """Point Numba's cache into ours, unless it is set; only works before Numba is imported. Returns the folder."""
    return Path(environment.setdefault("NUMBA_CACHE_DIR", str(cache / "numba")))


def check_machine_code(folder: Path) -> None:
    """Create the folder of machine code and see whether the daemon will find there what this process writes.

    Raises:
        CacheError: when it can't be written, or belongs to a user who could not read what root writes.
    """
    try:
        make_private(folder.parent)
        make_private(folder)
        with TemporaryFile(dir=folder):
            owner = folder.stat().st_uid
    except OSError as error:
        raise CacheError(folder, error.strerror or str(error)) from error
    if os.geteuid() == 0 != owner:
        raise CacheError(folder, f"it belongs to the user {owner}, and this is root")


def make_private(directory: Path) -> None:
    """Create a folder that only its owner reads; one that exists keeps its mode.

    Raises:
        OSError: when that is impossible.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def _systemd(environment: Mapping[str, str], name: str) -> Path | None:
    """The first of a list, as systemd joins several by a colon."""
    first = environment.get(name, "").split(":")[0]
    return Path(first) if first else None


def _xdg(environment: Mapping[str, str], name: str, otherwise: Path) -> Path:
    # The XDG specification: a relative path is invalid and must be ignored.
    named = environment.get(name, "")
    return (Path(named) if os.path.isabs(named) else otherwise) / "fluxhero"


def _xdg_runtime(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("XDG_RUNTIME_DIR", "")
    return Path(named) / "fluxhero" if os.path.isabs(named) else None
