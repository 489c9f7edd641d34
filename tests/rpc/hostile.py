"""Requests that nobody should send: impossible values, bytes that are no message, headers that are no token."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

TEXTS = ("", "SPY", "x", "NaN", "-1", "1e999", "445.00", "é" * 50, "\x00", "A" * 100_000, "'; DROP TABLE orders; --")
NUMBERS = (0, 1, -1, 2, 7, 1000, 2**31 - 1, -(2**31))
BIG_NUMBERS = (*NUMBERS, 2**63 - 1, -(2**63))
HEADERS = (
    "", " ", "Bearer", "Bearer ", "bearer x", "Basic YTpi", "Bearer fhx_admin_", "Bearer fhx_admin_" + "0" * 43,
    "Bearer " + "z" * 3000, "Bearer a b c", "Bearer null", "Bearer ../../admin.token", "Bearer {}", "Digest x",
)  # fmt: skip
KEYS = ("x-request-id", "grpc-previous-rpc-attempts", "user", "x-forwarded-for", "cookie", "host-override", "a" * 200)
Metadata = tuple[tuple[str, str | bytes], ...]


@dataclass(frozen=True)
class Attack:
    """One call."""

    method: str
    request: bytes
    metadata: Metadata
    timeout_s: float


def fill(message: Message, chance: random.Random) -> None:
    """Some fields of a message with values that nobody should send."""
    for field in message.DESCRIPTOR.fields:
        if chance.random() < 0.3:
            continue
        many = field.is_repeated
        if field.type == field.TYPE_MESSAGE:
            fill(getattr(message, field.name).add() if many else getattr(message, field.name), chance)
            continue
        value = _value(field, chance)
        if many:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)


def _value(field: Any, chance: random.Random) -> Any:
    if field.type == field.TYPE_STRING:
        return chance.choice(TEXTS)
    if field.type == field.TYPE_BOOL:
        return chance.random() < 0.5
    if field.type in (field.TYPE_DOUBLE, field.TYPE_FLOAT):
        return chance.choice((0.0, -1.0, float("nan"), float("inf")))
    if field.type in (field.TYPE_INT64, field.TYPE_SINT64):
        return chance.choice(BIG_NUMBERS)
    if field.type == field.TYPE_UINT64:
        return chance.choice((0, 1, 2**64 - 1))
    return chance.choice(NUMBERS)


class Attacker:
    """Makes calls from a seed; with tokens that work, too, so that they reach what is behind the gate."""

    def __init__(self, seed: int, methods: Sequence[str], tokens: Sequence[str]) -> None:
        self.chance = random.Random(seed)
        self._methods = methods
        self._tokens = tokens

    def attack(self) -> Attack:
        """The next call."""
        chance = self.chance
        method = chance.choice(self._methods)
        timeout_s = chance.choice((0.001, 0.05, 10.0, 10.0, 10.0, 10.0))
        return Attack(self._spoilt(method), self._bytes(method), self._metadata(), timeout_s)

    def _spoilt(self, method: str) -> str:
        if self.chance.random() < 0.95:
            return method
        return self.chance.choice((method + "x", method.lower(), "/" + method, method.rpartition("/")[0] + "/", "/a/b"))

    def _bytes(self, method: str) -> bytes:
        chance, kind = self.chance, GetMessageClass(_method(method).input_type)
        if chance.random() < 0.1:
            return chance.randbytes(chance.choice((1, 2, 10, 1000, 100_000)))
        message = kind()
        fill(message, chance)
        content = bytearray(message.SerializeToString())
        for _ in range(chance.choice((0, 0, 1, 3))):
            if content:
                content[chance.randrange(len(content))] = chance.randrange(256)
        return bytes(content[: chance.randrange(len(content) + 1)] if chance.random() < 0.1 else content)

    def _metadata(self) -> Metadata:
        chance, found = self.chance, []
        for _ in range(chance.choice((1, 1, 1, 1, 0, 2))):
            valid = chance.random() < 0.7
            token = chance.choice(self._tokens)
            found.append(
                ("authorization", f"Bearer {token}" if valid else chance.choice((*HEADERS, token, token[:-1])))
            )
        for _ in range(chance.choice((0, 0, 0, 1, 5))):
            binary = chance.random() < 0.5
            key = chance.choice(KEYS)
            value = chance.randbytes(chance.choice((0, 1, 500))) if binary else chance.choice(("", "x", "y" * 2000))
            found.append((f"{key}-bin" if binary else key, value))
        return tuple(found)


def _method(name: str) -> Any:
    return Default().FindMethodByName(name[1:].replace("/", "."))


def garbage(chance: random.Random) -> bytes:
    """What is no gRPC at all, for the bare port."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    return chance.choice(
        (
            chance.randbytes(500),
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            preface + chance.randbytes(1000),
            preface + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + chance.randbytes(chance.randrange(200)),
            b"\x16\x03\x01\x02\x00\x01" + chance.randbytes(200),
            b"",
        )
    )
