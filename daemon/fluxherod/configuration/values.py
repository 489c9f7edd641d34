"""The types of configured values: each says what is allowed when it refuses."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

LONGEST_SOCKET_PATH = 107
BASIS_POINTS = 10_000

_SYMBOL = re.compile(r"[A-Z][A-Z0-9]{0,9}(\.[A-Z]{1,3})?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Section(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


def is_loopback(host: str) -> bool:
    """Does a host name mean this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _symbols(value: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [symbol for symbol in value if not _SYMBOL.fullmatch(symbol)]
    twice = {symbol for symbol in value if value.count(symbol) > 1}
    if wrong or twice or not value:
        raise ValueError('a list of ticker symbols, each once, such as ["SPY", "IBM"]')
    return value


def _new_york_time(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise ValueError('a time of day in New York, such as "09:30"')
    return value


def _url(value: str, schemes: tuple[str, str]) -> str:
    plain, secure = schemes
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in schemes or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"a URL of the form {secure}://host[:port][/path], without credentials, query or fragment")
    if parts.scheme == plain and not is_loopback(host):
        raise ValueError(f"{secure}:// beyond this machine, where {plain}:// would send the credentials readable")
    return value.rstrip("/")


def _http_url(value: str) -> str:
    return _url(value, ("http", "https"))


def _ws_url(value: str) -> str:
    return _url(value, ("ws", "wss"))


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or not (path := Path(value).expanduser()).is_absolute():
        raise ValueError("an absolute path, or one that starts with ~/")
    return path


def _socket_path(value: object) -> Path:
    path = _path(value)
    if len(str(path).encode()) > LONGEST_SOCKET_PATH:
        raise ValueError(f"a path of at most {LONGEST_SOCKET_PATH} bytes, which is all that a Unix socket can have")
    return path


def _channels(value: tuple[str, ...]) -> tuple[str, ...]:
    """The text never holds the URL itself: it may be a secret."""
    if not all("://" in url for url in value) or len(set(value)) < len(value):
        raise ValueError('a list of Apprise URLs, each once, such as ["mailtos://…", "ntfys://…"]')
    return value


def _basis_points(value: Decimal) -> Decimal:
    if value * BASIS_POINTS % 1:
        raise ValueError("a multiple of 0.0001 (a basis point)")
    return value


Period = Annotated[int, Field(ge=2, le=128)]
Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Ratio = Annotated[float, Field(ge=0, le=1000)]
StopDistance = Annotated[float, Field(ge=0.1, le=100)]
NewYorkTime = Annotated[str, AfterValidator(_new_york_time)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
WebSocketUrl = Annotated[str, AfterValidator(_ws_url)]
AbsolutePath = Annotated[Path, BeforeValidator(_path)]
SocketPath = Annotated[Path, BeforeValidator(_socket_path)]
Symbols = Annotated[tuple[str, ...], AfterValidator(_symbols)]
Seconds = Annotated[float, Field(ge=0, le=3600)]
RiskShare = Annotated[Decimal, Field(ge=Decimal("0.0001"), le=Decimal("0.1")), AfterValidator(_basis_points)]
EquityShare = Annotated[Decimal, Field(ge=Decimal("0.0001"), le=Decimal("4")), AfterValidator(_basis_points)]
SizeShare = Annotated[Decimal, Field(ge=Decimal("0.0001"), le=Decimal("1")), AfterValidator(_basis_points)]
DrawdownShare = Annotated[Decimal, Field(ge=Decimal("0.001"), le=Decimal("0.99")), AfterValidator(_basis_points)]
LossShare = Annotated[Decimal, Field(ge=Decimal("0"), le=Decimal("0.99")), AfterValidator(_basis_points)]
DollarOffset = Annotated[Decimal, Field(ge=Decimal("0"), le=Decimal("100")), AfterValidator(_basis_points)]
ChannelUrls = Annotated[tuple[str, ...], AfterValidator(_channels)]
