"""Frames on their way to one WebSocket: a bounded queue, so that a slow client blocks nobody."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect

from alpacasim.line import Line

Frame = str | bytes


class Outbox:
    """The frames of one connection. When it is full, `put` says so and the connection is to be ended."""

    def __init__(self, websocket: WebSocket, limit: int) -> None:
        self._websocket = websocket
        self._limit = limit
        self._frames: deque[Frame] = deque()
        self._filled = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing: tuple[int, str] | None = None
        self.sent = 0

    @property
    def waiting(self) -> int:
        return len(self._frames)

    @property
    def idle(self) -> bool:
        return self._idle.is_set()

    def put(self, frame: Frame) -> bool:
        """Queue a frame; False when the queue is full or the connection is ending."""
        if self._closing is not None or len(self._frames) >= self._limit:
            return False
        self._frames.append(frame)
        self._idle.clear()
        self._filled.set()
        return True

    def end_with(self, last: Frame | None, code: int = 1000, reason: str = "") -> None:
        """Send what is queued (for a slow client: drop it), then a last frame, and close."""
        if self._closing is not None:
            return
        if len(self._frames) >= self._limit:
            self._frames.clear()
        if last is not None:
            self._frames.append(last)
        self._closing = (code, reason)
        self._idle.clear()
        self._filled.set()

    def cut(self, line: Line | None) -> None:
        """Drop what is queued and end the connection without a word (where that can't be: with a close)."""
        self._frames.clear()
        if line is not None:
            line.cut()
        self.end_with(None, 1011, "internal error")

    async def drained(self, timeout_s: float) -> bool:
        """Wait until everything was handed to the socket; False when that takes too long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Send until the connection ends."""
        try:
            while True:
                await self._filled.wait()
                self._filled.clear()
                await self._flush()
                if self._closing is not None:
                    code, reason = self._closing
                    await self._websocket.close(code, reason)
                    return
                self._idle.set()
        except (WebSocketDisconnect, RuntimeError):
            # The peer has gone; the reader sees it too and ends the connection.
            return
        finally:
            self._closing = self._closing or (1006, "")
            self._frames.clear()
            self._idle.set()

    async def _flush(self) -> None:
        while self._frames:
            frame = self._frames.popleft()
            if isinstance(frame, str):
                await self._websocket.send({"type": "websocket.send", "text": frame})
            else:
                await self._websocket.send({"type": "websocket.send", "bytes": frame})
            self.sent += 1
