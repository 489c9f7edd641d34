"""Events and effects as bytes: msgpack, deterministic, floats bit for bit.

A kind is a class's name. The registries come from the unions `Event` and `Effect` themselves, so a new
member can be encoded the moment it exists. Fields travel by name: an old journal still decodes after a
field with a default was added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import msgspec

from fluxherod.engine.effects import Effect
from fluxherod.engine.events import Event


class CodecError(ValueError):
    """Bytes that are no event or effect of this version, or a value that can't be one."""


def _plain(value: object) -> object:
    """A NumPy scalar that came out of a kernel as the Python number that it is."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"{type(value).__name__} can't be journaled")
    return item()


_EVENTS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}
_EFFECTS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Effect)}
EVENT_KINDS = frozenset(_EVENTS)
_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=_plain)
_EVENT_DECODERS = {name: msgspec.msgpack.Decoder(kind) for name, kind in _EVENTS.items()}
_EFFECT_DECODERS = {name: msgspec.msgpack.Decoder(kind) for name, kind in _EFFECTS.items()}
_EFFECTS_A_PIECE = 256
_FRAMES = msgspec.msgpack.Decoder(list[tuple[str, msgspec.Raw]])


def _encode(value: object) -> bytes:
    try:
        return _ENCODER.encode(value)
    except (TypeError, OverflowError, msgspec.MsgspecError) as error:
        raise CodecError(f"can't encode: {error}") from error


def encode_event(event: Event) -> tuple[str, bytes]:
    """The kind and the bytes of an event; equal events give equal bytes.

    Raises:
        CodecError: when it is no event, or a field holds what its type forbids.
    """
    kind = type(event).__name__
    if _EVENTS.get(kind) is not type(event):
        raise CodecError(f"{kind} is no event")
    return kind, _encode(event)


def decode_event(kind: str, payload: bytes) -> Event:
    """The event of a kind and its bytes.

    Raises:
        CodecError: when the kind is unknown or the bytes don't fit it.
    """
    decoder = _EVENT_DECODERS.get(kind)
    if decoder is None:
        raise CodecError(f"{kind!r} is no kind of event")
    try:
        event: Event = decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise CodecError(f"{kind}: {error}") from error
    return event


def journaled_json(payload: bytes) -> str:
    """The bytes of an event as JSON, field by field as they were written, whatever version did; NaN is null."""
    return msgspec.json.encode(msgspec.msgpack.decode(payload)).decode()


def encode_effects(effects: Sequence[Effect]) -> bytes:
    """The bytes of effects in their order; a replay that wants the same gives the same bytes.

    Raises:
        CodecError: when one is no effect, or a field holds what its type forbids.
    """
    return b"".join(encoded_effects(effects))


def encoded_effects(effects: Sequence[Effect]) -> Iterator[bytes]:
    """The bytes of `encode_effects` in pieces: while one is made, no other thread of the process runs.

    Raises:
        CodecError: when one is no effect, or a field holds what its type forbids.
    """
    yield _array_head(len(effects))
    for first in range(0, len(effects), _EFFECTS_A_PIECE):
        frames = []
        for effect in effects[first : first + _EFFECTS_A_PIECE]:
            kind = type(effect).__name__
            if _EFFECTS.get(kind) is not type(effect):
                raise CodecError(f"{kind} is no effect")
            frames.append((kind, effect))
        yield _encode(frames)[len(_array_head(len(frames))) :]


def _array_head(count: int) -> bytes:
    """How an array of so many values begins in msgpack."""
    if count < 16:
        return bytes((0x90 | count,))
    return b"\xdc" + count.to_bytes(2) if count < 2**16 else b"\xdd" + count.to_bytes(4)


def decode_effects(payload: bytes) -> list[Effect]:
    """The effects of `encode_effects`, in their order.

    Raises:
        CodecError: when a kind is unknown or the bytes don't fit it.
    """
    try:
        return [_EFFECT_DECODERS[kind].decode(raw) for kind, raw in _FRAMES.decode(payload)]
    except KeyError as error:
        raise CodecError(f"{error} is no kind of effect") from error
    except msgspec.MsgspecError as error:
        raise CodecError(f"effects: {error}") from error
