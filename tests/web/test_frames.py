"""The translator: what was written is read back, however it is cut, and what is no grpc-web is said to be none."""

from __future__ import annotations

import base64
import string
from itertools import pairwise
from urllib.parse import unquote

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web.conftest import parse

from fluxherod.rpc.web.frames import (
    Malformed,
    Mode,
    RequestReader,
    headers_of,
    message_frame,
    metadata_of,
    mode_of,
    timeout_of,
    trailers_frame,
)

MOST = 1_000
KEYS = st.text(string.ascii_lowercase + string.digits + "_.", min_size=1).map(lambda key: f"x-{key}")
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
METADATA = st.lists(st.tuples(KEYS, PRINTABLE) | st.tuples(KEYS.map(lambda key: f"{key}-bin"), st.binary()))
MESSAGES = st.lists(st.binary(max_size=100), max_size=5)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Data in pieces."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


def read(mode: Mode, pieces: list[bytes], most: int = MOST) -> list[bytes]:
    reader, messages = RequestReader(mode, most), []
    for piece in pieces:
        messages += reader.feed(piece)
    reader.finish()
    return messages


@given(MESSAGES, st.lists(st.integers(0, 2_000)))
def test_messages_are_read_back_however_the_body_is_cut(messages: list[bytes], places: list[int]) -> None:
    body = b"".join(map(message_frame, messages))
    assert read(Mode.BINARY, cut(body, places)) == messages


@given(MESSAGES, st.lists(st.integers(0, 2_000)), st.lists(st.integers(0, 2_000)))
def test_text_mode_reads_base64_that_is_padded_anywhere_and_cut_anywhere(
    messages: list[bytes], paddings: list[int], places: list[int]
) -> None:
    body = b"".join(base64.b64encode(part) for part in cut(b"".join(map(message_frame, messages)), paddings))
    assert read(Mode.TEXT, cut(body, places)) == messages


@given(st.binary(max_size=300), st.sampled_from(Mode), st.lists(st.integers(0, 300)))
def test_any_bytes_are_messages_or_malformed(body: bytes, mode: Mode, places: list[int]) -> None:
    try:
        messages = read(mode, cut(body, places))
    except Malformed:
        return
    raw = body if mode is Mode.BINARY else base64.b64decode(body)
    assert b"".join(map(message_frame, messages)) == raw


@pytest.mark.parametrize("mode", Mode)
def test_a_body_that_ends_within_a_frame_is_malformed_at_every_byte(mode: Mode) -> None:
    body = mode.encode(message_frame(b"abcdef"))
    for end in range(1, len(body)):
        with pytest.raises(Malformed, match="ends within"):
            read(mode, [body[:end]])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x01\x00\x00\x00\x00", grpc.StatusCode.UNIMPLEMENTED),
        (b"\x80\x00\x00\x00\x00", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x00" + MOST.to_bytes(4, "big"), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (message_frame(b"") * (MOST // 5 + 1), grpc.StatusCode.RESOURCE_EXHAUSTED),
    ],
)
def test_compressed_trailing_and_too_long_frames_are_refused(body: bytes, code: grpc.StatusCode) -> None:
    with pytest.raises(Malformed) as refused:
        read(Mode.BINARY, [body])
    assert refused.value.code is code


def test_a_request_of_exactly_the_limit_is_read() -> None:
    assert read(Mode.BINARY, [message_frame(bytes(MOST - 5))]) == [bytes(MOST - 5)]


@given(st.sampled_from(grpc.StatusCode), st.text(st.characters(exclude_categories=("Cs",))), METADATA)
def test_trailers_say_code_text_and_metadata_in_ascii(
    code: grpc.StatusCode, text: str, metadata: list[tuple[str, str | bytes]]
) -> None:
    messages, trailers = parse(trailers_frame(code, text, metadata))
    assert messages == []
    assert trailers["grpc-status"] == str(code.value[0])
    assert unquote(trailers.get("grpc-message", "")) == text
    assert {key for key, _ in metadata} <= trailers.keys()


@given(METADATA)
def test_metadata_survives_as_headers(metadata: list[tuple[str, str | bytes]]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers_of(metadata)]
    assert metadata_of(raw) == [(key, value) for key, value in metadata if key != "x-grpc-web"]


@given(st.lists(st.binary(), min_size=1), st.booleans())
def test_binary_metadata_may_be_joined_and_padded(values: list[bytes], padded: bool) -> None:
    texts = [base64.b64encode(value) for value in values]
    header = b", ".join(text if padded else text.rstrip(b"=") for text in texts)
    assert metadata_of([(b"x-bin", header)]) == [("x-bin", value) for value in values]


@pytest.mark.parametrize(
    "pair", [("X-Upper", "a"), ("", "a"), ("a b", "a"), ("x", "a\r\nb"), ("x", "ä"), ("x", b"\xff")]
)
def test_metadata_that_no_header_can_hold_is_refused(pair: tuple[str, str | bytes]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeDecodeError is one, too
        headers_of([pair])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1H", 3600), ("2M", 120), ("3S", 3), ("300m", 0.3), ("5u", 5e-6), ("7n", 7e-9), ("99999999S", 99_999_999)],
)
def test_a_timeout_is_read_in_its_unit(text: str, seconds: float) -> None:
    assert timeout_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "1", "S", "-1S", "1.5S", "123456789S", "1s", "1S ", "\u0661S"])
def test_what_is_no_timeout_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="grpc-timeout"):
        timeout_of(text)


@pytest.mark.parametrize(
    ("content_type", "mode"),
    [
        ("application/grpc-web", Mode.BINARY),
        ("application/grpc-web+proto", Mode.BINARY),
        ("Application/GRPC-Web-Text; charset=utf-8", Mode.TEXT),
        ("application/grpc-web-text+proto", Mode.TEXT),
        ("application/grpc", None),
        ("application/grpc-web+json", None),
        ("text/plain", None),
        ("", None),
    ],
)
def test_the_content_type_says_the_mode(content_type: str, mode: Mode | None) -> None:
    assert mode_of(content_type) is mode
