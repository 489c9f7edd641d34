"""Where the server listens: a TCP port and a Unix socket, with errors that say what to do."""

from __future__ import annotations

import grp
import os
import socket
import stat
from pathlib import Path

import grpc

from fluxherod.errors import FluxHeroError

LONGEST_PATH = 107
SOCKET_UMASK = 0o117  # leaves 0660: owner and group


class ListenError(FluxHeroError):
    """An address that can't be listened on."""

    exit_code = 3


def listen_tcp(server: grpc.aio.Server, address: str, credentials: grpc.ServerCredentials | None = None) -> int:
    """Listen on `host:port`, with TLS when there are credentials; port 0 takes a free one.

    Returns:
        The port.

    Raises:
        ListenError: when the port is taken or the address is not this machine's.
    """
    try:
        port = server.add_secure_port(address, credentials) if credentials else server.add_insecure_port(address)
    except RuntimeError as error:
        cause = "the port is taken (is another fluxherod running?) or the address is not of this machine"
        raise ListenError(f"can't listen on {address} (grpc.listen): {cause}") from error
    if port == 0:
        raise ListenError(f"can't listen on {address} (grpc.listen)")
    return port


def listen_unix(server: grpc.aio.Server, path: Path, group: str = "") -> None:
    """Listen on a socket file that its owner and group may use; a dead daemon's file is replaced.

    gRPC never asks the kernel who is at the other end: the mode of the file is all that keeps others out.

    Raises:
        ListenError: when another process answers there, or the file can't be made.
    """
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise ListenError(f"{path} (grpc.unix_socket): at most {LONGEST_PATH} bytes")
    _clear(path)
    mask = os.umask(SOCKET_UMASK)
    try:
        server.add_insecure_port(f"unix:{path}")
    except RuntimeError as error:
        cause = "does its folder exist, and is it writable?"
        raise ListenError(f"can't make {path} (grpc.unix_socket): {cause}") from error
    finally:
        os.umask(mask)
    if group:
        _give(path, group)


def _give(path: Path, group: str) -> None:
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except KeyError as error:
        raise ListenError(f'there is no group "{group}" (grpc.unix_group) on this machine') from error
    except OSError as error:
        text = f'{path} can\'t be given to the group "{group}" (grpc.unix_group): {error.strerror}'
        raise ListenError(f"{text}; is the daemon's user a member of it?") from error


def _clear(path: Path) -> None:
    """Remove a socket file on which nobody answers. gRPC itself would take a living daemon's away."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise ListenError(f"{path} (grpc.unix_socket): {error.strerror}") from error
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"{path} (grpc.unix_socket) is there and is no socket: remove it or name another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.settimeout(1.0)
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise ListenError(f"{path} (grpc.unix_socket): {error}") from error
    raise ListenError(f"another process answers on {path} (grpc.unix_socket): is another fluxherod running?")
