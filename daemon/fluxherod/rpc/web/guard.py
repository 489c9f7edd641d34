"""Which requests may be looked at: by name of the host, by origin; and what every answer says to the browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
# The page is files of this daemon alone; no inline script or style, no frame, no form, no other host.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
SAME_ORIGIN_ONLY = (b"cross-origin-resource-policy", b"same-origin")
_FORWARDED = (b"forwarded", b"x-forwarded-for")
_CORS_HEADERS = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-max-age", b"600"),
)
_EXPOSED = (b"access-control-expose-headers", b"*")

Headers = list[tuple[bytes, bytes]]


class Guard:
    """Checks Host and Origin. A name of the host that is not known is a page of somebody else whose name was pointed
    at this machine (DNS rebinding); an origin that is not ours is a page that was not asked to call."""

    def __init__(self, listen: str, hosts: Collection[str], origins: Collection[str], *, tls: bool) -> None:
        named = listen.rpartition(":")[0].lower()
        self._hosts = frozenset({*LOOPBACK_NAMES, named, *(host.lower() for host in hosts)})
        self._origins = frozenset(origin.lower() for origin in origins)
        self._scheme = "https" if tls else "http"

    def objection(self, headers: Mapping[bytes, bytes]) -> tuple[int, str] | None:
        """HTTP status and text for a request that is not looked at; None when it may be."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if _without_port(host) not in self._hosts:
            return 421, "this daemon does not go by that name; http.hosts lists the names that it does"
        origin = self._origin(headers)
        if origin and origin != f"{self._scheme}://{host}" and origin not in self._origins:
            return 403, "pages of that origin may not call; http.origins lists those that may"
        return None

    def cross_origin_headers(self, headers: Mapping[bytes, bytes]) -> Headers:
        """What lets a page of a listed origin read the answer; for all others, that it can't."""
        origin = self._origin(headers)
        if origin not in self._origins:
            return [SAME_ORIGIN_ONLY]
        return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin"), _EXPOSED]

    def preflight(self, headers: Mapping[bytes, bytes]) -> Headers | None:
        """The answer to a browser that asks before a call; None when the origin is not listed."""
        return list(_CORS_HEADERS) if self._origin(headers) in self._origins else None

    @staticmethod
    def _origin(headers: Mapping[bytes, bytes]) -> str:
        return headers.get(b"origin", b"").decode("latin-1").lower()


def is_local(client: tuple[str, int] | None, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    if client is None or any(name in headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    plain = not parts.path and not parts.query and not parts.fragment and "@" not in parts.netloc
    return (f"[{name}]" if ":" in name else name) if plain else ""
