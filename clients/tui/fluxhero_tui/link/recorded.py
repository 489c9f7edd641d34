"""A recording in place of a daemon: what one has said, message by message, with the pauses between them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message

from fluxhero.v1 import common_pb2, order_pb2
from fluxhero_client import Address, Client
from fluxhero_client.errors import Failure, NotFound, Refused, Unsupported
from fluxhero_client.transport import Transport

R = TypeVar("R", bound=Message)
STREAM = "StreamService/Watch"
_READS = ("Get", "List", "Explain", "Preview", "Watch", "Export")
_NOT_ASKED = ("page_size", "request_id")


@dataclass(frozen=True)
class Said:
    """One message of the stream, `at_s` seconds after the first, or one answer to a request."""

    method: str
    message: bytes
    request: bytes = b""
    at_s: float = 0.0

    def line(self) -> str:
        """As a line of the file."""
        return json.dumps(
            {
                "method": self.method,
                "at": round(self.at_s, 3),
                "request": _text(self.request),
                "message": _text(self.message),
            }
        )

    @classmethod
    def of(cls, text: str) -> Said:
        """From a line of the file."""
        found = json.loads(text)
        return cls(found["method"], base64.b64decode(found["message"]), base64.b64decode(found["request"]), found["at"])


def asked(request: Message) -> bytes:
    """What makes two requests the same question: everything but how much of the answer is wanted, and by which id."""
    copy: Any = type(request)()
    copy.CopyFrom(request)
    for name in _NOT_ASKED:
        if name in copy.DESCRIPTOR.fields_by_name:
            copy.ClearField(name)
    encoded: bytes = copy.SerializeToString(deterministic=True)
    return encoded


def read(path: Path | None = None) -> list[Said]:
    """A recording; the one that is shipped when no file is named."""
    packed = path.read_bytes() if path is not None else (files("fluxhero_tui") / "demo.jsonl.gz").read_bytes()
    return [Said.of(line) for line in gzip.decompress(packed).decode().splitlines()]


def write(path: Path, said: Iterable[Said]) -> None:
    """A recording, as a file."""
    # Without the time of its making: the same recording is the same file.
    path.write_bytes(gzip.compress("\n".join(one.line() for one in said).encode(), 9, mtime=0))


class RecordedTransport(Transport):
    """Answers from a recording; it plays the stream again and again. Whatever would change something is refused.

    Args:
        said: the recording.
        pace: how much faster than it was recorded; 0 plays the first message alone.
    """

    def __init__(self, said: Iterable[Said], pace: float = 1.0) -> None:
        recording = list(said)
        self._stream = [one for one in recording if one.method == STREAM]
        self._answers = {(one.method, one.request): one.message for one in recording if one.method != STREAM}
        self._pace = pace

    async def close(self) -> None:
        """Nothing is open."""

    async def unary(self, method: str, request: Message, response: type[R]) -> R:
        """The answer that the daemon gave to this question then.

        Raises:
            FluxHeroError: when it was not asked then, or would change something.
        """
        answer = self._answers.get((method, asked(request)))
        if answer is not None:
            return response.FromString(answer)
        name = method.rpartition("/")[2]
        if not name.startswith(_READS):
            raise Refused(Failure("FAILED_PRECONDITION", f"this is a recording: {name} changes nothing", "RECORDING"))
        if any(known == method for known, _ in self._answers):
            raise NotFound(Failure("NOT_FOUND", f"this recording has no answer to that {name}{self._example(method)}"))
        raise Unsupported(Failure("UNIMPLEMENTED", f"this recording has no {name}", "NOT_IMPLEMENTED"))

    async def stream(self, method: str, request: Message, response: type[R]) -> AsyncGenerator[R, None]:
        """The stream, with its pauses, over and over.

        Raises:
            Unsupported: for any other stream.
        """
        if method != STREAM:
            raise Unsupported(Failure("UNIMPLEMENTED", "this recording has no such stream", "NOT_IMPLEMENTED"))
        for one, pause_s in self._played():
            await asyncio.sleep(pause_s)
            yield response.FromString(one.message)
        await asyncio.Event().wait()

    def _played(self) -> Iterator[tuple[Said, float]]:
        before = 0.0
        while True:
            for one in self._stream:
                yield one, max(one.at_s - before, 0.0) / (self._pace or 1.0)
                before = one.at_s
                if not self._pace:
                    return
            before = 0.0

    def _example(self, method: str) -> str:
        if not method.endswith("/PreviewOrder"):
            return ""
        recorded = [
            order_pb2.PreviewOrderRequest.FromString(asked) for known, asked in self._answers if known == method
        ]
        said = [_order_words(one) for one in recorded[:4]]
        return f"; it has: {', '.join(said)}"


class RecordedClient(Client):
    """A client of a recording."""

    def __init__(self, said: Iterable[Said], pace: float = 1.0) -> None:
        super().__init__(address(), transport=RecordedTransport(said, pace))


def address() -> Address:
    """Where a recording is."""
    return Address("a recording", "given")


def _text(message: bytes) -> str:
    return base64.b64encode(message).decode("ascii")


def _order_words(order: order_pb2.PreviewOrderRequest) -> str:
    side = "buy" if order.side == common_pb2.SIDE_BUY else "sell"
    return f"{side} {order.quantity} {order.symbol} stop {order.stop_loss_price}"
