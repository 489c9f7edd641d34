"""grpc-web as pure functions: frames, text mode, trailers, metadata as headers, timeouts. No I/O, no clock.

The protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md. A message is a flag byte, its length in
four bytes, and the bytes; trailers are a last frame whose flag has the highest bit. In text mode all of it is base64,
in pieces that may each be padded.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from urllib.parse import quote_from_bytes

import grpc

HEADER_BYTES = 5
COMPRESSED, TRAILERS = 0x01, 0x80
Metadata = Sequence[tuple[str, str | bytes]]

_CONTENT_TYPE = re.compile(r"application/grpc-web(-text)?(\+proto)?")
_PADDED = re.compile(rb"[^=]+={0,2}")
_TIMEOUT = re.compile(r"([0-9]{1,8})([HMSmun])")
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_KEY = re.compile(r"[0-9a-z_.-]+")
# All that ASCII prints, but the percent sign; quoting never touches letters, digits and -._~ .
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if code != ord("%"))
# What belongs to HTTP, to the page or to the protocol itself, and is no metadata of the call.
_NOT_METADATA = re.compile(
    r"(?::.*|sec-.*|accept.*|access-control-.*|content-.*|grpc-timeout|x-grpc-web|host|origin|referer|cookie|connection"
    r"|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|dnt|pragma|cache-control|priority)"
)


class Malformed(Exception):
    """A request that is no grpc-web: what is wrong, and the gRPC code that says so."""

    def __init__(self, text: str, code: grpc.StatusCode = grpc.StatusCode.INVALID_ARGUMENT) -> None:
        super().__init__(text)
        self.code = code


class Mode(Enum):
    """How frames travel; the value is the content type of the answer."""

    BINARY = "application/grpc-web+proto"
    TEXT = "application/grpc-web-text+proto"

    def encode(self, data: bytes) -> bytes:
        """Frames as they are written."""
        return data if self is Mode.BINARY else binascii.b2a_base64(data, newline=False)


def mode_of(content_type: str) -> Mode | None:
    """The mode that a content type asks for; None when it is none of grpc-web with protobuf."""
    found = _CONTENT_TYPE.fullmatch(content_type.partition(";")[0].strip().lower())
    return None if found is None else Mode.TEXT if found[1] else Mode.BINARY


class Base64Reader:
    """Decodes base64 that comes in any pieces, of which each four characters may end with padding."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """The bytes that are complete now.

        Raises:
            Malformed: when it is no base64.
        """
        data = self._rest + data
        whole = len(data) - len(data) % 4
        data, self._rest = data[:whole], data[whole:]
        try:
            return b"".join(binascii.a2b_base64(part, strict_mode=True) for part in _PADDED.findall(data))
        except binascii.Error as error:
            raise Malformed("the body is no base64") from error

    def finish(self) -> None:
        """The body has ended.

        Raises:
            Malformed: within four characters.
        """
        if self._rest:
            raise Malformed("the body ends within its base64")


class RequestReader:
    """The messages of a request's body, which may come in any pieces and hold at most `most_bytes` in all."""

    def __init__(self, mode: Mode, most_bytes: int) -> None:
        self._base64 = Base64Reader() if mode is Mode.TEXT else None
        self._buffer = bytearray()
        self._most_bytes = most_bytes
        self._read = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now.

        Raises:
            Malformed: when a frame is none, compressed or too long, or the body is.
        """
        data = data if self._base64 is None else self._base64.feed(data)
        self._read += len(data)
        if self._read > self._most_bytes:
            raise self._too_long()
        self._buffer += data
        return list(self._messages())

    def finish(self) -> None:
        """The body has ended.

        Raises:
            Malformed: within a frame.
        """
        if self._base64 is not None:
            self._base64.finish()
        if self._buffer:
            raise Malformed("the body ends within a frame")

    def _messages(self) -> Iterator[bytes]:
        while len(self._buffer) >= HEADER_BYTES:
            flag, length = self._buffer[0], int.from_bytes(self._buffer[1:HEADER_BYTES])
            if flag == COMPRESSED:
                raise Malformed("compressed messages are not taken", grpc.StatusCode.UNIMPLEMENTED)
            if flag:
                raise Malformed(f"a frame of a request has the flag 0, not {flag}")
            if length + HEADER_BYTES > self._most_bytes:
                raise self._too_long()
            if len(self._buffer) < HEADER_BYTES + length:
                return
            yield bytes(self._buffer[HEADER_BYTES : HEADER_BYTES + length])
            del self._buffer[: HEADER_BYTES + length]

    def _too_long(self) -> Malformed:
        return Malformed(f"a request has at most {self._most_bytes} bytes", grpc.StatusCode.RESOURCE_EXHAUSTED)


def message_frame(data: bytes) -> bytes:
    """A message as a frame."""
    return b"\x00" + len(data).to_bytes(4) + data


def trailers_frame(code: grpc.StatusCode, text: str, metadata: Metadata = ()) -> bytes:
    """How a call ended, as the last frame.

    Raises:
        ValueError: when the metadata can't be written.
    """
    lines = [("grpc-status", str(code.value[0]))]
    if text:
        lines.append(("grpc-message", quote_from_bytes(text.encode(errors="replace"), _PLAIN)))
    lines += headers_of(metadata)
    block = "".join(f"{name}:{value}\r\n" for name, value in lines).encode("ascii")
    return bytes((TRAILERS,)) + len(block).to_bytes(4) + block


def headers_of(metadata: Metadata) -> list[tuple[str, str]]:
    """Metadata as headers: binary values in base64 without padding.

    Raises:
        ValueError: when a key or a value can't be one.
    """
    return [(key, _written(key, value)) for key, value in metadata]


def _written(key: str, value: str | bytes) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of metadata")
    if key.endswith("-bin"):
        raw = value.encode() if isinstance(value, str) else value
        return binascii.b2a_base64(raw, newline=False).rstrip(b"=").decode()
    text = value if isinstance(value, str) else value.decode("ascii")
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"the metadata {key} holds what no header can")
    return text


def metadata_of(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str | bytes]]:
    """The metadata among a request's headers (whose names are in small letters).

    Raises:
        Malformed: when a binary value is no base64.
    """
    metadata: list[tuple[str, str | bytes]] = []
    for raw_name, raw in headers:
        name = raw_name.decode("latin-1")
        if _NOT_METADATA.fullmatch(name):
            continue
        if name.endswith("-bin"):  # equal keys may have been joined with commas
            metadata += [(name, _decoded(name, part.strip())) for part in raw.split(b",")]
        else:
            metadata.append((name, raw.decode("latin-1")))
    return metadata


def _decoded(name: str, value: bytes) -> bytes:
    try:
        return binascii.a2b_base64(value.rstrip(b"=") + b"=" * (-len(value.rstrip(b"=")) % 4), strict_mode=True)
    except binascii.Error as error:
        raise Malformed(f"the metadata {name} is no base64") from error


def timeout_of(value: str | None) -> float | None:
    """Seconds of a `grpc-timeout`, such as `300m`; None when there is none.

    Raises:
        Malformed: when it is no timeout.
    """
    if value is None:
        return None
    found = _TIMEOUT.fullmatch(value)
    if found is None:
        raise Malformed("grpc-timeout: up to eight digits and one of H, M, S, m, u, n")
    return int(found[1]) * _SECONDS[found[2]]
