from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

import grpc
import pytest

from fluxhero.v1 import common_pb2, risk_pb2, stream_pb2, system_pb2
from fluxherod.engine.codec import encode_event
from fluxherod.engine.commands import Caller, HaltCommand
from fluxherod.engine.events import FeedFollows, LinkChanged, Started
from fluxherod.rpc import events

SNAPSHOT, UPDATE = common_pb2.STREAM_KIND_SNAPSHOT, common_pb2.STREAM_KIND_UPDATE
HEARTBEAT = common_pb2.STREAM_KIND_HEARTBEAT


def watch(client: Any, **fields: Any) -> Any:
    return client.system.WatchEvents(system_pb2.WatchEventsRequest(**fields))


async def read_to(stream: Any, seq: int, prev_seq: int) -> list[system_pb2.JournalEvent]:
    """The events up to a number, each message behind the one before."""
    found: list[system_pb2.JournalEvent] = []
    while prev_seq < seq:
        message = await asyncio.wait_for(stream.read(), 60)
        assert message.prev_seq == prev_seq
        assert all(message.prev_seq < one.seq <= message.seq for one in message.events)
        prev_seq = message.seq
        found += message.events
    return found


async def test_the_whole_journal_comes_in_order_and_goes_on_with_what_happens(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "ROWS_A_READ", 3)
    monkeypatch.setattr(events, "MESSAGE_BYTES", 2_000)
    stream = watch(client, from_seq=0)
    first = await stream.read()
    assert (first.kind, first.snapshot_reason) == (SNAPSHOT, common_pb2.SNAPSHOT_REASON_RESUMED)
    assert (first.prev_seq, first.seq, len(first.events)) == (0, 0, 0)
    before = world.runner.seq
    found = await read_to(stream, before, 0)
    for price in range(450, 470):
        await world.quote("SPY", price)
    found += await read_to(stream, world.runner.seq, before)
    assert [one.seq for one in found] == list(range(1, world.runner.seq + 1))
    for one, entry in zip(found, world.store.entries, strict=True):
        assert one.type == encode_event(entry.event)[0]
        assert one.time.ToNanoseconds() == entry.now_ns
        assert isinstance(json.loads(one.json), dict)
    records = await world.store.journal(0, world.runner.seq, ())
    assert [one.hash for one in found] == [record.chain.hex() for record in records]
    stream.cancel()


async def test_every_interleaving_of_reading_and_happening_has_no_gap_and_no_double(world: Any, client: Any) -> None:
    starts = [0, 2, world.runner.seq - 1, world.runner.seq]
    streams = [watch(client, from_seq=start, epoch="epoch-0123456789") for start in starts]
    for price in range(450, 480):
        await world.quote("IBM", price)
        streams.append(watch(client))
        starts.append(-1)
    for stream, start in zip(streams, starts, strict=True):
        first = await stream.read()
        assert start in (-1, first.seq)
        found = await read_to(stream, world.runner.seq, first.seq)
        assert [one.seq for one in found] == list(range(first.seq + 1, world.runner.seq + 1))
        stream.cancel()


async def test_without_a_number_it_begins_with_what_happens_next(world: Any, client: Any) -> None:
    stream = watch(client)
    first = await stream.read()
    assert (first.snapshot_reason, first.prev_seq) == (common_pb2.SNAPSHOT_REASON_SUBSCRIBED, 0)
    assert first.seq == world.runner.seq
    await world.quote("SPY", 451.0)
    update = await stream.read()
    assert (update.kind, update.prev_seq, [one.type for one in update.events]) == (
        UPDATE,
        first.seq,
        ["QuotesReceived"],
    )
    stream.cancel()


@pytest.mark.parametrize(
    ("epoch", "ahead", "reason"),
    [
        ("another", 0, common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED),
        ("epoch-0123456789", 1, common_pb2.SNAPSHOT_REASON_PAST_GONE),
    ],
)
async def test_a_reader_of_another_past_is_told_so_and_begins_with_the_oldest_event(
    world: Any, client: Any, epoch: str, ahead: int, reason: int
) -> None:
    from_seq = world.runner.seq + ahead
    stream = watch(client, epoch=epoch, from_seq=from_seq)
    first = await stream.read()
    assert (first.kind, first.snapshot_reason, first.prev_seq, first.seq) == (SNAPSHOT, reason, from_seq, 0)
    assert (await stream.read()).events[0].seq == 1
    stream.cancel()


async def test_after_a_restored_backup_both_kinds_of_streams_have_another_epoch(world: Any, client: Any) -> None:
    left, before = world.runner.seq, world.engine.epoch
    mirror = replace(world.engine.safety.state, run=9)
    await world.post(Started(before, 2, "1.2.3", world.engine.settings, mirror, mirror_read=True))
    for stream in (
        watch(client, epoch=before, from_seq=left),
        client.stream.Watch(stream_pb2.WatchRequest(epoch=before, from_seq=left)),
    ):
        first = await stream.read()
        assert first.snapshot_reason == common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED
        assert first.epoch.startswith(f"{before}-2-")
        stream.cancel()
    stream = watch(client, epoch=first.epoch, from_seq=left)
    assert (await stream.read()).snapshot_reason == common_pb2.SNAPSHOT_REASON_RESUMED
    stream.cancel()


async def test_a_command_says_who_asked_and_under_which_id(world: Any, client: Any) -> None:
    await client.risk.Halt(risk_pb2.HaltRequest(request_id="r-7", reason="lunch"))
    await world.post(HaltCommand(Caller("x", "test"), "stop"))
    stream = watch(client, from_seq=0, types=["HaltCommand"])
    first = await stream.read()
    found = await read_to(stream, world.runner.seq, first.seq)
    assert [one.type for one in found] == ["HaltCommand", "HaltCommand"]
    commands = [json.loads(one.json) for one in found]
    assert commands[0] == {"caller": {"request_id": "Halt/r-7", "principal": "unix"}, "reason": "lunch"}
    assert commands[1]["caller"]["principal"] == "test"
    stream.cancel()


async def test_types_leave_out_all_else_and_a_heartbeat_says_how_far_it_has_come(world: Any, client: Any) -> None:
    world.hub.heartbeat_s = 0.05
    stream = watch(client, types=["LinkChanged"])
    first = await stream.read()
    await world.quote("SPY", 451.0)
    beat = await stream.read()
    assert (beat.kind, beat.prev_seq, len(beat.events)) == (HEARTBEAT, first.seq, 0)
    while beat.seq < world.runner.seq:
        last, beat = beat, await stream.read()
        assert (beat.kind, beat.prev_seq) == (HEARTBEAT, last.seq)
    await world.post(LinkChanged("market", False, "cut"))
    update = await stream.read()
    while update.kind == HEARTBEAT:
        beat, update = update, await stream.read()
    assert (update.prev_seq, [one.type for one in update.events]) == (beat.seq, ["LinkChanged"])
    stream.cancel()


async def test_a_type_that_does_not_exist_is_refused_with_those_that_do(client: Any, refused: Any) -> None:
    refusal = await refused(watch(client, types=["BarsReceived", "Nonsense"]).read())
    assert refusal.reason == "INVALID_FIELD"
    assert "'Nonsense'" in refusal.fields["types"]
    assert "BarsReceived" in refusal.fields["types"]


async def test_an_event_that_no_client_could_take_says_how_large_it_is(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "EVENT_BYTES", 30)
    stream = watch(client)
    await stream.read()
    await world.quote("SPY", 451.0)
    (found,) = (await stream.read()).events
    assert json.loads(found.json)["omitted_bytes"] > 30
    stream.cancel()


async def test_the_size_of_an_event_is_that_of_its_bytes(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    detail = "é" * 1_000
    monkeypatch.setattr(events, "EVENT_BYTES", 1_500)
    start = world.runner.seq
    await world.post(LinkChanged("data", False, detail))
    stream = watch(client, from_seq=start, types=["LinkChanged"])
    await stream.read()
    (found,) = await read_to(stream, world.runner.seq, start)
    assert json.loads(found.json)["omitted_bytes"] > 2_000
    stream.cancel()


async def test_who_is_far_behind_when_the_daemon_stops_is_told_why_and_goes_on_after_the_restart(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "ROWS_A_READ", 2)
    reads, release = list[int](), asyncio.Event()
    journal = world.store.journal

    async def slow(after: int, until: int, kinds: Any) -> Any:
        reads.append(after)
        if len(reads) == 2:
            await release.wait()
        return await journal(after, until, kinds)

    world.store.journal = slow
    stream = watch(client, from_seq=0)
    await stream.read()
    message = await stream.read()
    await world.until(lambda: len(reads) == 2)
    assert world.runner.seq > 8
    world.hub.drain("enough")
    release.set()
    last = await stream.read()
    assert (last.prev_seq, last.seq) == (message.seq, message.seq + 2)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream.read()
    assert (caught.value.code(), caught.value.details()) == (
        grpc.StatusCode.UNAVAILABLE,
        "the daemon is stopping: enough",
    )
    assert len(reads) == 2


async def test_who_follows_the_journal_counts_as_a_subscriber_and_is_told_when_the_daemon_stops(
    world: Any, client: Any, refused: Any
) -> None:
    stream = watch(client)
    await stream.read()
    assert world.hub.subscribers == 1
    await world.server.drain("maintenance")
    refusal = await refused(stream.read())
    assert (refusal.reason, refusal.text) == ("SHUTTING_DOWN", "the daemon is stopping: maintenance")
    await world.until(lambda: world.hub.subscribers == 0)


async def test_nothing_is_shown_that_is_not_durable(world: Any, client: Any) -> None:
    world.store.durable.clear()
    world.runner.post(FeedFollows(("SPY", "IBM")))
    await world.until(lambda: world.runner.seq > world.runner.committed_seq)
    stream = watch(client)
    reading = asyncio.ensure_future(stream.read())
    await world.until(lambda: world.hub.subscribers == 1)
    assert not reading.done()
    world.store.durable.set()
    assert (await reading).seq == world.runner.seq
    stream.cancel()


@dataclass
class Reading:
    """How the journal is read: how often, and by how many at once."""

    reads: int = 0
    now: int = 0
    most: int = 0


@pytest.fixture
def reading(world: Any, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Watches the journal of the world; each read takes a few turns of the loop and brings one row."""
    journal, found = world.store.journal, Reading()

    async def watched(*arguments: Any) -> Any:
        found.reads, found.now = found.reads + 1, found.now + 1
        found.most = max(found.most, found.now)
        for _ in range(5):
            await asyncio.sleep(0)
        found.now -= 1
        return await journal(*arguments)

    monkeypatch.setattr(world.store, "journal", watched)
    monkeypatch.setattr(events, "ROWS_A_READ", 1)
    return found


async def test_many_that_catch_up_read_one_after_the_other(world: Any, client: Any, reading: Reading) -> None:
    last = world.runner.seq
    streams = [watch(client, from_seq=0) for _ in range(8)]
    for stream in streams:
        await stream.read()
    for found in await asyncio.gather(*(read_to(stream, last, 0) for stream in streams)):
        assert [one.seq for one in found] == list(range(1, last + 1))
    assert (reading.reads, reading.most) == (8 * last, 1)
    for stream in streams:
        stream.cancel()


async def test_after_each_read_of_the_journal_there_is_a_rest(
    world: Any, client: Any, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "REST_S", 3600.0)
    first = watch(client, from_seq=0)
    await first.read()
    assert (await first.read()).seq == 1
    second = watch(client, from_seq=0)
    await second.read()
    for price in range(450, 455):
        await world.quote("SPY", price)
    assert reading.reads == 1
    first.cancel()
    second.cancel()
