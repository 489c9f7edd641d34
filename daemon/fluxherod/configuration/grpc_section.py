"""The configuration's `grpc` table: where the API is served, to whom, and how much of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from fluxherod.configuration.values import Section, SocketPath, is_loopback

Problem = tuple[str, str, str]

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")


def listening_host(address: str) -> str:
    """The host of `host:port`, without the brackets of an IPv6 address."""
    return address.rpartition(":")[0].strip("[]")


def _listen(value: str) -> str:
    """`host:port`; empty listens nowhere."""
    host, colon, port = value.rpartition(":")
    if value and not (colon and port.isdecimal() and int(port) <= 65_535 and _is_host(host)):
        raise ValueError(
            'an address of the form host:port, such as "127.0.0.1:50051", "[::1]:50051" or "0.0.0.0:50051", '
            "or an empty one for no port"
        )
    return value


def _is_host(host: str) -> bool:
    if not host.startswith("["):
        return _HOST.fullmatch(host) is not None
    try:
        return host.endswith("]") and ipaddress.ip_address(host[1:-1]).version == 6
    except ValueError:
        return False


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_HOST.fullmatch(host) or _is_host(f"[{host}]") for host in value) or len(set(value)) < len(value):
        raise ValueError('a list of host names or IP addresses, each once, such as ["trader.example", "192.168.1.2"]')
    return value


def _file(value: str) -> str:
    """The path of a file; empty names none."""
    path = Path(value).expanduser()
    if value and not path.is_absolute():
        raise ValueError("an absolute path, or one that starts with ~/, or an empty one")
    return str(path) if value else ""


def _group(value: str) -> str:
    if value and not _GROUP.fullmatch(value):
        raise ValueError('the name of a group of this machine, such as "fluxhero", or an empty one')
    return value


FilePath = Annotated[str, AfterValidator(_file)]
ListenAddress = Annotated[str, AfterValidator(_listen)]
Hosts = Annotated[tuple[str, ...], AfterValidator(_hosts)]
Group = Annotated[str, AfterValidator(_group)]


class GrpcConfig(Section):
    """Where the API is served, to whom, and how much of it."""

    listen: ListenAddress = "127.0.0.1:50051"
    unix_socket: SocketPath = Path()
    unix_group: Group = ""
    unix_role: Literal["read", "trade", "admin"] = "admin"
    tls: Literal["off", "self", "files"] = "off"
    tls_cert: FilePath = ""
    tls_key: FilePath = ""
    tls_client_ca: FilePath = ""
    tls_hosts: Hosts = ()
    failed_attempts_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 10
    requests_per_second: Annotated[int, Field(ge=10, le=100_000)] = 2000
    streams_per_caller: Annotated[int, Field(ge=1, le=10_000)] = 256
    calls_in_flight: Annotated[int, Field(ge=10, le=100_000)] = 2000
    max_connections: Annotated[int, Field(ge=1, le=10_000)] = 256
    max_concurrent_streams: Annotated[int, Field(ge=1, le=10_000)] = 256
    max_request_bytes: Annotated[int, Field(ge=65_536, le=67_108_864)] = 1_048_576
    longest_call_s: Annotated[float, Field(ge=1, le=3600)] = 300.0


def listen_problems(grpc: GrpcConfig) -> Iterator[Problem]:
    """What contradicts itself: tokens and orders must never travel readable over a network."""
    if grpc.tls == "off" and grpc.listen and not is_loopback(listening_host(grpc.listen)):
        allowed = (
            'a loopback address, such as 127.0.0.1:50051, while grpc.tls is "off"; to be reached from other machines '
            'set grpc.tls to "self" (a certificate of the daemon\'s own) or "files", or forward the port: '
            "ssh -L 50051:127.0.0.1:50051 HOST"
        )
        yield "grpc.listen", allowed, "grpc.tls"
    for name in ("tls_cert", "tls_key"):
        if (grpc.tls == "files") != bool(getattr(grpc, name)):
            allowed = 'the path of a PEM file when grpc.tls is "files", and nothing otherwise'
            yield f"grpc.{name}", f'{allowed} (it is "{grpc.tls}")', "grpc.tls"
    if grpc.tls_client_ca and grpc.tls == "off":
        yield "grpc.tls_client_ca", 'nothing while grpc.tls is "off": set it to "self" or "files"', "grpc.tls"
    if grpc.tls_hosts and grpc.tls != "self":
        yield "grpc.tls_hosts", 'nothing unless grpc.tls is "self": they stand in the certificate it makes', "grpc.tls"
