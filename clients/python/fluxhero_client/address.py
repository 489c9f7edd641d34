"""Where the daemon is: what was asked for, else the local socket, else loopback."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DEFAULT_TARGET = "127.0.0.1:50051"
VARIABLE = "FLUXHERO_ADDRESS"
PROFILE = "FLUXHERO_PROFILE"
_SOCKET = "fluxherod.sock"


@dataclass(frozen=True, slots=True)
class Address:
    """A daemon's address. `considered` lists each place that was looked at before it, with what was found there."""

    target: str
    origin: str
    considered: tuple[tuple[str, str], ...] = ()


def discover(
    address: str | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    named: str = "",
    fallback: str = "",
) -> Address:
    """The daemon's address: `address`, else `named`, else FLUXHERO_ADDRESS, else `fallback`, else a Unix socket that
    exists, else 127.0.0.1:50051.

    Args:
        address: `HOST:PORT`, `unix:PATH` or the absolute path of a socket.
        environment: the variables to go by; those of the process when None.
        named: the address of the profile that was asked for.
        fallback: the address of the profile that the environment names.
    """
    variables = os.environ if environment is None else environment
    if address:
        return Address(_target(address), "given")
    if named:
        return Address(_target(named), "profile")
    if by_variable := variables.get(VARIABLE):
        return Address(_target(by_variable), VARIABLE)
    if fallback:
        return Address(_target(fallback), "profile")
    considered = [(VARIABLE, "not set")]
    for path in _socket_paths(variables):
        found = _look_at(path)
        if not found:
            return Address(f"unix:{path}", "socket found", tuple(considered))
        considered.append((path, found))
    return Address(DEFAULT_TARGET, "default", tuple(considered))


def _target(address: str) -> str:
    return f"unix:{address}" if address.startswith("/") else address


def state_directories(variables: Mapping[str, str]) -> Iterator[str]:
    """Where a daemon of this machine keeps its state: the service's folder, then the one of this user."""
    service = variables.get("STATE_DIRECTORY", "").split(":")[0]
    yield service or "/var/lib/fluxhero"
    yield _own_state(variables)


def _own_state(variables: Mapping[str, str]) -> str:
    state = variables.get("XDG_STATE_HOME", "")
    if not os.path.isabs(state):
        state = os.path.join(variables.get("HOME") or os.path.expanduser("~"), ".local/state")
    return os.path.join(state, "fluxhero")


def _socket_paths(variables: Mapping[str, str]) -> Iterator[str]:
    runtime = variables.get("RUNTIME_DIRECTORY", "").split(":")[0]
    if runtime:
        yield os.path.join(runtime, _SOCKET)
    if runtime != "/run/fluxhero":
        yield os.path.join("/run/fluxhero", _SOCKET)
    # The XDG specification: a relative path is invalid and must be ignored.
    if os.path.isabs(user_runtime := variables.get("XDG_RUNTIME_DIR", "")):
        yield os.path.join(user_runtime, "fluxhero", _SOCKET)
    yield os.path.join(_own_state(variables), _SOCKET)


def _look_at(path: str) -> str:
    """Why a socket cannot be used; empty when it can."""
    try:
        mode = os.stat(path).st_mode
    except PermissionError:
        return "not readable by this user"
    except OSError:
        return "no socket there"
    if not stat.S_ISSOCK(mode):
        return "not a socket"
    return "" if os.access(path, os.R_OK | os.W_OK) else "no permission (is this user in the group fluxhero?)"
