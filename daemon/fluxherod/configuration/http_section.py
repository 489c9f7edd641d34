"""The configuration's `http` table: where browsers and scrapes are served, by which names, and how much of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fluxherod.configuration.values import Section, is_loopback

_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]")
_ORIGIN = re.compile(r"https?://([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")


def _listen(value: str) -> str:
    """`host:port`; empty listens nowhere."""
    host, colon, port = value.rpartition(":")
    if value and not (colon and _HOST.fullmatch(host) and port.isdecimal() and int(port) <= 65_535):
        raise ValueError('an address of the form host:port, such as "127.0.0.1:8050", or "" for no HTTP')
    return value


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_HOST.fullmatch(host) for host in value):
        raise ValueError('a list of host names without port, such as ["trader.example.net"]')
    return value


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_ORIGIN.fullmatch(origin) for origin in value):
        raise ValueError('a list of origins as browsers send them, such as ["https://desk.example.net"]')
    return value


def _file(value: str) -> str:
    path = Path(value).expanduser()
    if value and not path.is_absolute():
        raise ValueError("an absolute path, or one that starts with ~/, or an empty one")
    return str(path) if value else ""


HttpAddress = Annotated[str, AfterValidator(_listen)]
HostNames = Annotated[tuple[str, ...], AfterValidator(_hosts)]
Origins = Annotated[tuple[str, ...], AfterValidator(_origins)]
PemFile = Annotated[str, AfterValidator(_file)]


class HttpConfig(Section):
    """Dashboard, grpc-web, metrics and health; `hosts` are names besides loopback's and the address itself."""

    listen: HttpAddress = "127.0.0.1:8050"
    hosts: HostNames = ()
    origins: Origins = ()
    tls: Literal["files", "self"] = "files"
    tls_cert: PemFile = ""
    tls_key: PemFile = ""
    metrics: Literal["local", "token"] = "local"
    max_connections: Annotated[int, Field(ge=8, le=10_000)] = 256
    max_request_bytes: Annotated[int, Field(ge=4096, le=16_777_216)] = 1_048_576

    @property
    def certificate_hosts(self) -> tuple[str, ...]:
        """Whom a certificate of the daemon's own must be for, so that browsers take it for this port."""
        host = self.listen.rpartition(":")[0]
        named = (*([] if host in ("0.0.0.0", "[::]") else [host]), *self.hosts)
        return tuple(name.strip("[]") for name in named) if self.listen and self.tls == "self" else ()


def http_problems(http: HttpConfig) -> Iterator[tuple[str, str, str]]:
    """Tokens and figures of an account must never cross a network readable."""
    host = http.listen.rpartition(":")[0].strip("[]")
    if bool(http.tls_cert) != bool(http.tls_key):
        missing, other = ("tls_key", "tls_cert") if http.tls_cert else ("tls_cert", "tls_key")
        yield f"http.{missing}", f"a PEM file, because http.{other} names one: TLS needs both", f"http.{other}"
    if http.tls == "self" and http.tls_cert:
        yield "http.tls_cert", 'nothing while http.tls is "self": the daemon makes its own certificate', "http.tls"
    if http.listen and not is_loopback(host) and not http.tls_cert and http.tls != "self":
        allowed = (
            "a loopback address, such as 127.0.0.1:8050, unless there is TLS; name a certificate by http.tls_cert and "
            'http.tls_key, set http.tls to "self" (a certificate of the daemon\'s own), or forward the port: '
            "ssh -L 8050:127.0.0.1:8050 HOST"
        )
        yield "http.listen", allowed, "http.tls_cert"
    if host in ("0.0.0.0", "::") and not http.hosts:
        allowed = f"a list of the names that browsers use for this machine, because http.listen is {http.listen}"
        yield "http.hosts", allowed, "http.listen"
