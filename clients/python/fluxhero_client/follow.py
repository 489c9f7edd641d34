"""A stream that never lies: it reconnects and resumes by itself, and a gap is never passed on."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from fluxhero.v1 import common_pb2 as common
from fluxhero_client.errors import DaemonFault, Failure, FluxHeroError, LimitExceeded, Unavailable


class StreamMessage(Protocol):
    """The header that the messages of all streams share."""

    epoch: str
    seq: int
    prev_seq: int
    kind: Any
    snapshot_reason: Any
    part: int


M = TypeVar("M", bound=StreamMessage)


class _Gap(Unavailable):
    """Messages are missing between two that came."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a stream goes on: after `seq` of the journal `epoch` and the first `part` updates of the next number."""

    epoch: str
    seq: int
    part: int = 0


Open = Callable[[Resume | None], AsyncGenerator[M, None]]


@dataclass(frozen=True, slots=True)
class Follow:
    """How a stream is followed.

    `wait_for_daemon` waits for the first answer too, instead of raising `Unavailable`. A stream that is silent for
    longer than `silence_s` (the daemon sends heartbeats every few seconds) counts as broken. `on_lost` is told each
    time a stream breaks and why, `on_resumed` when it is back, `on_heard` whenever the daemon says anything, be it a
    heartbeat.
    """

    wait_for_daemon: bool = False
    first_delay_s: float = 0.1
    longest_delay_s: float = 2.0
    silence_s: float = 30.0
    on_lost: Callable[[FluxHeroError], None] | None = None
    on_resumed: Callable[[], None] | None = None
    on_heard: Callable[[], None] | None = None


async def follow(open_stream: Open[M], options: Follow) -> AsyncGenerator[M, None]:
    """Every message but heartbeats, in order and without a gap, across restarts of the daemon.

    After SLOW_CONSUMER, too, it goes on after what came here, never after the `last_seq` of the error: what the daemon
    had sent by then need not have arrived.

    Each message is an update of the one before or a snapshot that says which topics it replaces.

    Raises:
        FluxHeroError: what repeating cannot mend, such as an invalid request; `Unavailable` when the daemon never
            answered and is not waited for.
    """
    position: Resume | None = None
    delay_s, lost, reached = options.first_delay_s, False, options.wait_for_daemon
    while True:
        asked_for = position
        try:
            async with aclosing(_one_stream(open_stream, position, options.silence_s)) as messages:
                async for message in messages:
                    position = Resume(message.epoch, message.seq, message.part)
                    delay_s, reached = options.first_delay_s, True
                    if lost and options.on_resumed:
                        options.on_resumed()
                    lost = False
                    if options.on_heard:
                        options.on_heard()
                    if message.kind != common.STREAM_KIND_HEARTBEAT:
                        yield message
            problem: FluxHeroError = Unavailable(Failure("UNAVAILABLE", "the daemon ended the stream"))
        except (Unavailable, LimitExceeded, DaemonFault) as error:
            if isinstance(error, DaemonFault) and error.reason:
                raise  # the daemon's own word; without a reason a connection was cut so
            problem = error
            if isinstance(error, _Gap) and position == asked_for:
                position = None  # Resuming itself left the gap, so only a whole snapshot closes it.
        if not reached:
            raise problem
        if not lost and options.on_lost:
            options.on_lost(problem)
        lost = True
        # Subscribers that lost the same daemon must not come back all at once, also when it told them all when to.
        await asyncio.sleep((problem.retry_after_s or 0.0) + delay_s * random.uniform(0.5, 1.0))
        delay_s = min(2 * delay_s, options.longest_delay_s)


async def _one_stream(open_stream: Open[M], position: Resume | None, silence_s: float) -> AsyncGenerator[M, None]:
    """One subscription, up to its end or its first gap."""
    stream = open_stream(position)
    try:
        while True:
            try:
                async with asyncio.timeout(silence_s):
                    message = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise Unavailable(Failure("UNAVAILABLE", f"no heartbeat for {silence_s:g} s")) from None
            if position is not None and not _continues(message, position):
                raise _Gap(Failure("UNAVAILABLE", f"messages are missing after {position.seq}"))
            position = Resume(message.epoch, message.seq, message.part)
            yield message
    finally:
        await stream.aclose()


def _continues(message: StreamMessage, position: Resume) -> bool:
    """Whether nothing is missing between `position` and the message; a whole snapshot starts anew."""
    whole = message.kind == common.STREAM_KIND_SNAPSHOT and (message.snapshot_reason != common.SNAPSHOT_REASON_RESUMED)
    return whole or (message.epoch == position.epoch and message.prev_seq == position.seq)
