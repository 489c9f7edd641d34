"""What opens a daemon: a token for every call, TLS beyond this machine. A Unix socket needs neither."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxhero_client.address import Address, state_directories
from fluxhero_client.errors import Misconfigured

if TYPE_CHECKING:
    from fluxhero_client.profiles import Profile

TOKEN = "FLUXHERO_TOKEN"
TOKEN_FILE = "FLUXHERO_TOKEN_FILE"
CA = "FLUXHERO_CA"
SYSTEM = "system"
CERTIFICATE = "tls.cert"
# The daemon makes one file a role at its first start; the strongest that this user may read is taken, but for nobody
# who has not proved to be that daemon: any program of this machine may listen where a daemon would.
_ROLE_FILES = ("admin.token", "trade.token", "read.token")
_LONGEST_TOKEN = 4096


@dataclass(frozen=True, slots=True)
class Access:
    """How a daemon is opened. `considered` lists each place where a token was looked for, with what was there.

    `ca` is a PEM file, "system" for what this machine trusts, or "" without TLS.
    """

    token: str = field(default="", repr=False)
    origin: str = ""
    considered: tuple[tuple[str, str], ...] = ()
    ca: str = ""
    client_cert: str = ""
    client_key: str = ""


def find_access(
    address: Address,
    *,
    token: str | None = None,
    token_file: str | None = None,
    named: Profile | None = None,
    fallback: Profile | None = None,
    ca: str | None = None,
    client_cert: str | None = None,
    client_key: str | None = None,
    environment: Mapping[str, str],
) -> Access:
    """What to open `address` with: arguments, else the profile that was asked for (`named`), else the environment's
    variables, else the environment's profile (`fallback`), else, on this machine and over TLS that trusts the daemon's
    own certificate alone, the token file that the daemon made beside it.

    Raises:
        Misconfigured: when a file that is named can't be used, or a token would travel readable.
    """
    tls = _tls(
        ca or _of(named, "ca") or environment.get(CA, "") or _of(fallback, "ca"),
        client_cert or _of(named, "client_cert") or _of(fallback, "client_cert"),
        client_key or _of(named, "client_key") or _of(fallback, "client_key"),
    )
    local_socket = address.target.startswith("unix:")
    if local_socket and (ca or client_cert or _of(named, "ca")):
        raise Misconfigured.of(
            f"a Unix socket has no TLS: leave the certificates away, or name HOST:PORT ({address.target})"
        )
    found, origin, considered = _told(
        ("the argument", token or "", False),
        ("the token file that was named", token_file or "", True),
        ("the profile", _of(named, "token_file"), True),
        (TOKEN, environment.get(TOKEN, ""), False),
        (TOKEN_FILE, environment.get(TOKEN_FILE, ""), True),
        ("the profile of FLUXHERO_PROFILE", _of(fallback, "token_file"), True),
    )
    if not found and is_local(address.target) and not local_socket:
        found, origin = _of_the_daemon(tls["ca"], environment, considered)
    if found and not tls["ca"] and not local_socket and not is_local(address.target):
        raise Misconfigured.of(
            f"the token would travel readable to {address.target}: name the daemon's certificate with --ca FILE "
            f"({CA}, or ca in a profile), or --ca system for a public one"
        )
    return Access(found, origin, tuple(considered), **({} if local_socket else tls))


def _told(*sources: tuple[str, str, bool]) -> tuple[str, str, list[tuple[str, str]]]:
    """The first token that somebody named, by itself or by its file, and where from; which variables were not set."""
    for name, value, is_file in sources:
        if value:
            return (_read(value), f"{name} ({value})", []) if is_file else (_checked(value, name), name, [])
    return "", "", [(name, "not set") for name in (TOKEN, TOKEN_FILE)]


def _of(profile: Profile | None, name: str) -> str:
    value: str = getattr(profile, name, "")
    return value


def is_local(target: str) -> bool:
    """Is a target on this machine."""
    if target.startswith("unix:"):
        return True
    host = target.rpartition("/")[2].rpartition(":")[0].strip("[]")
    if host in ("127.0.0.1", "localhost"):
        return True
    import ipaddress  # which takes as long as all of this module

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_certificate(environment: Mapping[str, str]) -> str:
    """The certificate that a daemon of this machine made for itself; "" when there is none that can be read."""
    files = (os.path.join(folder, CERTIFICATE) for folder in state_directories(environment))
    return next((path for path in files if os.access(path, os.R_OK)), "")


def remedy(access: Access, target: str) -> str:
    """What was tried, and what to do about it, when a daemon lets no one in."""
    if access.origin:
        return (
            f"tried: the token of {access.origin}; if it was revoked or its role is too low, an operator of the "
            "daemon makes another with: fluxherod token create"
        )
    looked = "; ".join(f"{place}: {found}" for place, found in access.considered)
    return (
        f"tried: no token for {target}{f' ({looked})' if looked else ''}; name one by --token-file FILE, {TOKEN_FILE}, "
        f"{TOKEN} or a profile (fluxhero profile add), or use the Unix socket on the daemon's own machine"
    )


def credentials(access: Access) -> tuple[bytes | None, bytes | None, bytes | None]:
    """Root certificates (None: those of the system), client key and client certificate, as PEM.

    Raises:
        Misconfigured: when one can't be read.
    """
    root = None if access.ca == SYSTEM else _bytes(access.ca)
    if not access.client_cert:
        return root, None, None
    return root, _bytes(access.client_key), _bytes(access.client_cert)


def _tls(ca: str, client_cert: str, client_key: str) -> dict[str, str]:
    if bool(client_cert) != bool(client_key):
        raise Misconfigured.of("a client certificate needs its key: name both --client-cert and --client-key")
    if client_cert and not ca:
        raise Misconfigured.of("a client certificate is for TLS: name the daemon's certificate with --ca FILE, too")
    return {"ca": ca, "client_cert": client_cert, "client_key": client_key}


def _of_the_daemon(ca: str, environment: Mapping[str, str], considered: list[tuple[str, str]]) -> tuple[str, str]:
    for folder, path in _token_files(environment):
        if not os.access(path, os.R_OK):
            considered.append((path, "not readable by this user" if os.path.exists(path) else "not there"))
        elif _is_certificate_of(folder, ca):
            return _read(path), path
        else:
            certificate = os.path.join(folder, CERTIFICATE)
            unless = f", or --ca {certificate}" if os.path.exists(certificate) else ""
            considered.append((path, f"not sent unasked to whoever listens there: --token-file {path}{unless}"))
    return "", ""


def _is_certificate_of(folder: str, ca: str) -> bool:
    """Does only the daemon whose state is in the folder pass for the one that is called."""
    try:
        return bool(ca) and os.path.samefile(os.path.expanduser(ca), os.path.join(folder, CERTIFICATE))
    except OSError:
        return False


def _token_files(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for folder in state_directories(environment):
        for name in _ROLE_FILES:
            yield folder, os.path.join(folder, name)


def _read(path: str) -> str:
    return _checked(_bytes(path).decode("ascii", "replace"), path)


def _checked(token: str, where: str) -> str:
    """The token without the newline of its file; never shown, not even in an error."""
    token = token.strip()
    if not token or len(token) > _LONGEST_TOKEN or not all("!" <= character <= "~" for character in token):
        raise Misconfigured.of(f"{where} holds no token: one line of letters and digits is wanted")
    return token


def _bytes(path: str) -> bytes:
    try:
        with open(os.path.expanduser(path), "rb") as file:
            return file.read()
    except OSError as error:
        raise Misconfigured.of(f"{path} can't be read: {error.strerror}") from None
