"""Keeps the status of those that watch it up to date: what people act on soon after it changes, the rest now and then.

The status is no decision, and most of what changes it is in no journal: the session opens, a connection is made
anew, the disk fails. So it is looked at while anybody watches, and by nobody else. What stops trading or lets it go on
is told at once, with the event that did it. A fault in making it ends the streams that wait for it, as it ends a call,
and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from fluxhero.v1 import system_pb2
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.status import StatusReader

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25


class StatusWatch:
    """Tells the hub when the status is another one: at most a look late; all that it counts, with each heartbeat."""

    def __init__(self, status: StatusReader, hub: Hub) -> None:
        self._status = status
        self._hub = hub
        self._watchers = 0
        self._watched = asyncio.Event()
        self._told = system_pb2.Status()
        self._due = 0.0  # when all of it is told again
        self._fault = ""  # of the last look, as it was logged

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While somebody watches it, from the snapshot on that is cut in the same step of the loop."""
        if self._watchers:
            self._look()
            self._hub.settle_status()  # from here on all of them have the same
        else:
            self._remember(self._status.standing())
        self._watchers += 1
        self._watched.set()
        try:
            yield
        finally:
            self._watchers -= 1
            if not self._watchers:
                self._watched.clear()

    def message(self) -> system_pb2.Status:
        """The status now, for all that watch it."""
        self._remember(self._status.standing())
        return self._status.message()

    async def run(self) -> None:
        """Look at the status while it is watched; for ever. Tables that hang keep nothing else from being told."""
        await asyncio.gather(self._look_on(), self._count_on())

    async def _look_on(self) -> None:
        while True:
            await self._watched.wait()
            await asyncio.sleep(LOOK_EVERY_S)
            with self._going_on():
                if self._now() + LOOK_EVERY_S < self._due:  # else the next look would be later than the heartbeat
                    self._look()
                else:
                    self._tell(self._status.standing())
                self._fault = ""

    async def _count_on(self) -> None:
        while True:
            await self._watched.wait()
            if await self._status.count():
                with self._going_on():
                    self._tell(self._status.standing())
            await asyncio.sleep(self._hub.heartbeat_s)

    @contextmanager
    def _going_on(self) -> Iterator[None]:
        """Log a fault, once as long as it lasts; the streams that are told to read the status end with it."""
        try:
            yield
        except Exception as fault:
            if (text := f"{type(fault).__name__}: {fault}") != self._fault:
                log.exception("a fault in a look at the status, which is watched on")
            self._fault = text
            self._hub.tell_status()

    def _look(self) -> None:
        standing = self._status.standing()
        if standing != self._told:
            self._tell(standing)

    def _tell(self, standing: system_pb2.Status) -> None:
        self._remember(standing)
        self._hub.tell_status()

    def _remember(self, standing: system_pb2.Status) -> None:
        self._told, self._due = standing, self._now() + self._hub.heartbeat_s

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
