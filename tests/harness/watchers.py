"""Subscribers that keep a record of a stream over every end of it: cut off, dropped, or with the daemon killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import stream_pb2 as stream
from fluxhero.v1 import stream_pb2_grpc, system_pb2_grpc
from fluxhero.v1 import system_pb2 as system

CHANNEL_OPTIONS = (("grpc.initial_reconnect_backoff_ms", 20), ("grpc.max_reconnect_backoff_ms", 50))
TRY_AGAIN_S = 0.02
Open = Callable[[grpc.Channel, "Watcher"], Any]


@dataclass
class Watcher:
    """One subscriber in a thread of its own, which always resumes where it was.

    `entries` is what came since the last whole snapshot, which held everything up to `since`; `problems` is where a
    message did not follow the one before it.
    """

    address: str
    open: Open
    entries_of: Callable[[Any], list[Any]]
    epoch: str = ""
    seq: int = -1
    since: int = -1
    entries: list[Any] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    streams: int = 0  # that brought a message
    resumed: int = 0
    whole: int = 0
    ends: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._call: Any = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def drop(self) -> None:
        """Cut the stream off, wherever it is."""
        if self._call is not None:
            self._call.cancel()

    def leave(self) -> None:
        """End."""
        self._over.set()
        self.drop()
        self._thread.join()

    def _run(self) -> None:
        with grpc.insecure_channel(self.address, CHANNEL_OPTIONS) as channel:
            while not self._over.is_set():
                try:
                    self._follow(channel)
                except grpc.RpcError as end:
                    self.ends.append(str(getattr(end, "details", lambda: "")()))
                self._over.wait(TRY_AGAIN_S)

    def _follow(self, channel: grpc.Channel) -> None:
        self._call = self.open(channel, self)
        expected: int | None = None
        for message in self._call:
            if expected is None:
                self._begin(message)
            elif message.prev_seq != expected or message.kind == common.STREAM_KIND_SNAPSHOT:
                self.problems.append(f"{message.kind}: {message.prev_seq} after {expected}")
            self.entries += self.entries_of(message)
            expected = self.seq = message.seq

    def _begin(self, message: Any) -> None:
        """The first message of a stream: it goes on where the last one ended, or says that it doesn't."""
        self.streams += 1
        if message.kind != common.STREAM_KIND_SNAPSHOT or message.prev_seq != max(self.seq, 0):
            self.problems.append(f"begins with {message.kind} and {message.prev_seq} after {self.seq}")
        if message.snapshot_reason == common.SNAPSHOT_REASON_RESUMED:
            self.resumed += 1
            if message.epoch != self.epoch or message.seq != self.seq:
                self.problems.append(f"resumed at {message.epoch} {message.seq}, not {self.epoch} {self.seq}")
            return
        self.whole += 1
        self.epoch, self.since, self.entries = message.epoch, message.seq, []


def watch(*topics: common.Topic) -> Open:
    """A stream of topics."""

    def open_stream(channel: grpc.Channel, watcher: Watcher) -> Any:
        request = stream.WatchRequest(topics=topics, epoch=watcher.epoch)
        if watcher.seq >= 0:
            request.from_seq = watcher.seq
        return stream_pb2_grpc.StreamServiceStub(channel).Watch(request)

    return open_stream


def journal(channel: grpc.Channel, watcher: Watcher) -> Any:
    """The stream of the journal."""
    request = system.WatchEventsRequest(epoch=watcher.epoch)
    if watcher.seq >= 0:
        request.from_seq = watcher.seq
    return system_pb2_grpc.SystemServiceStub(channel).WatchEvents(request)


def order_changes(message: Any) -> list[tuple[str, str]]:
    """What a message that is no snapshot says of orders."""
    if message.kind == common.STREAM_KIND_SNAPSHOT:
        return []
    return [(one.id, one.last_event) for one in message.orders]


def bar_ends(message: Any) -> list[tuple[str, int]]:
    """The bars that completed."""
    if message.kind == common.STREAM_KIND_SNAPSHOT:
        return []
    return [(one.symbol, one.end_time.seconds) for one in message.bars]


def events(message: Any) -> list[tuple[int, str]]:
    """The journal's numbers and hashes."""
    return [(one.seq, one.hash) for one in message.events]
