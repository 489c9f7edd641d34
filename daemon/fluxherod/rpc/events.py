"""The journal as a stream: everything that the daemon has decided on, from any number on.

Past and present come the same way, from the database, so between the two there is no seam at which something could be
missed or come twice, and a subscriber that reads slowly has nothing waiting in memory: it is behind, and catches up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence

from fluxhero.v1 import common_pb2, system_pb2
from fluxherod.engine.codec import EVENT_KINDS, journaled_json
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.convert import timestamp
from fluxherod.rpc.errors import invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.stream import Messages, Streams
from fluxherod.rpc.tables import JournalRecord, Tables

ROWS_A_READ = 200
REST_S = 0.002  # at least, after each read of all subscribers together: they read 500 times a second at most
MESSAGE_BYTES = 1 << 20
EVENT_BYTES = 2 << 20  # clients take 4 MiB in a message

# Events, and the number up to which they are all that there is.
Batch = tuple[list[system_pb2.JournalEvent], int]


class Events:
    """Subscriptions to the journal."""

    def __init__(self, live: Live, hub: Hub, tables: Tables, streams: Streams) -> None:
        self._live = live
        self._hub = hub
        self._tables = tables
        self._streams = streams
        self._turn = asyncio.Lock()
        self._rested = 0.0

    async def watch(self, request: system_pb2.WatchEventsRequest) -> Messages:
        """A snapshot without events, then the events, serialised, until the daemon stops."""
        kinds = _kinds(request.types)
        with self._hub.following():
            reason, seq = self._start(request)
            await self._streams.durable(seq)
            first = self._message(seq, request.from_seq, common_pb2.STREAM_KIND_SNAPSHOT)
            first.snapshot_reason = reason
            yield first.SerializeToString()
            async for events, read_seq in self._batches(seq, kinds):
                kind = common_pb2.STREAM_KIND_UPDATE if events else common_pb2.STREAM_KIND_HEARTBEAT
                message = self._message(read_seq, seq, kind)
                if events:
                    message.events.extend(events)
                    message.as_of.CopyFrom(events[-1].time)
                yield message.SerializeToString()
                seq = read_seq
        raise self._streams.shutting_down(self._hub.drained or "")

    def _start(self, request: system_pb2.WatchEventsRequest) -> tuple[common_pb2.SnapshotReason, int]:
        """After which number it begins, and why there; where a reader's past is not this journal's, with the oldest."""
        newest, epoch = self._live.runner.seq, self._live.engine.stream_epoch
        if not request.HasField("from_seq"):
            return common_pb2.SNAPSHOT_REASON_SUBSCRIBED, newest
        if request.epoch not in ("", epoch):
            return common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED, 0
        if request.from_seq > newest:
            return common_pb2.SNAPSHOT_REASON_PAST_GONE, 0
        return common_pb2.SNAPSHOT_REASON_RESUMED, request.from_seq

    async def _batches(self, seq: int, kinds: Sequence[str]) -> AsyncGenerator[Batch, None]:
        """What follows a number; an empty batch after each silence; ends with the daemon."""
        now = asyncio.get_running_loop().time
        due = now() + self._hub.heartbeat_s
        while True:
            if self._hub.drained is not None and self._hub.seq - seq > ROWS_A_READ:
                return  # who is far behind learns why it ends while there is time, and has the rest after the restart
            if seq < self._hub.seq:
                batches, until = await self._read(seq, kinds)
                for batch in batches:
                    yield batch
                    due = now() + self._hub.heartbeat_s
                seq = until
            elif self._hub.drained is not None:
                return
            else:
                await self._wait(seq, due)
            if now() >= due:
                yield [], seq
                due = now() + self._hub.heartbeat_s

    async def _read(self, seq: int, kinds: Sequence[str]) -> tuple[list[Batch], int]:
        """What follows a number, and up to which it was read.

        One subscriber reads at a time, in the order in which they come, and then all rest for as long as it took: so
        however many of them catch up, half of the time at least is left to the rest of the daemon.
        """
        now = asyncio.get_running_loop().time
        async with self._turn:
            await asyncio.sleep(self._rested - now())
            began, until = now(), min(seq + ROWS_A_READ, self._hub.seq)
            try:
                rows = await self._tables.journal(seq, until, kinds)
                return await asyncio.to_thread(_messages, rows, until), until
            finally:
                self._rested = now() + max(REST_S, now() - began)

    async def _wait(self, seq: int, due: float) -> None:
        """Until there is more, the daemon stops, or a heartbeat is due."""
        try:
            async with asyncio.timeout_at(due):
                await self._hub.reached(seq + 1)
        except TimeoutError:
            return

    def _message(self, seq: int, prev_seq: int, kind: common_pb2.StreamKind) -> system_pb2.WatchEventsResponse:
        return system_pb2.WatchEventsResponse(
            epoch=self._live.engine.stream_epoch,
            seq=seq,
            prev_seq=prev_seq,
            kind=kind,
            as_of=timestamp(self._live.runner.last_event_ns),
        )


def _kinds(types: Iterable[str]) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(types))
    if unknown := [kind for kind in kinds if kind not in EVENT_KINDS]:
        raise invalid("types", f"{unknown[0][:40]!r} is no type of event; there are {', '.join(sorted(EVENT_KINDS))}")
    return kinds


def _messages(rows: Iterable[JournalRecord], until: int) -> list[Batch]:
    """Rows as messages of a moderate size; the last one says that there is no more up to a number."""
    batches: list[Batch] = []
    events: list[system_pb2.JournalEvent] = []
    room = MESSAGE_BYTES
    for row in rows:
        text, size = _json(row.payload)
        if events and size > room:
            batches.append((events, events[-1].seq))
            events, room = [], MESSAGE_BYTES
        room -= size
        time = timestamp(row.now_ns)
        events.append(system_pb2.JournalEvent(seq=row.seq, time=time, type=row.kind, json=text, hash=row.chain.hex()))
    if events:
        batches.append((events, until))
    return batches


def _json(payload: bytes) -> tuple[str, int]:
    """An event as it is shown, and how many bytes that takes."""
    text = journaled_json(payload)
    size = len(text.encode())
    return (text, size) if size <= EVENT_BYTES else (f'{{"omitted_bytes":{size}}}', 0)
