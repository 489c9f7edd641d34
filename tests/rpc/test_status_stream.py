"""Who watches the status has it as it is, whether or not the journal has a row of what changed it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from fluxhero.v1 import common_pb2, order_pb2, stream_pb2, system_pb2
from fluxhero_client import connect
from fluxhero_client.address import Address
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.panels.header import Top, feeds, session
from fluxhero_tui.state.model import Model
from fluxherod.core.calendar import HOUR_NS
from fluxherod.engine.commands import Caller, HaltCommand
from fluxherod.engine.events import LinkChanged
from fluxherod.engine.streams.hub import StatusNow, Topic

SNAPSHOT, UPDATE = common_pb2.STREAM_KIND_SNAPSHOT, common_pb2.STREAM_KIND_UPDATE
HEARTBEAT = common_pb2.STREAM_KIND_HEARTBEAT
METHODS = {
    "/fluxhero.v1.SystemService/WatchStatus": system_pb2.WatchStatusRequest(),
    "/fluxhero.v1.StreamService/Watch": stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_STATUS]),
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.rpc.status_watch.LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("fluxherod.engine.committing.RETRY_AFTER_S", 0.01)


def order(request_id: str) -> order_pb2.PlaceOrderRequest:
    return order_pb2.PlaceOrderRequest(
        request_id=request_id,
        symbol="SPY",
        side=common_pb2.SIDE_BUY,
        quantity=10,
        type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price="445.00",
    )


class Watching:
    """A stream of statuses; each message goes on where the one before has ended."""

    def __init__(self, call: Any, first: Any) -> None:
        self.call = call
        self.first = first
        self.seq = first.seq

    async def next(self) -> Any:
        kind = HEARTBEAT
        while kind == HEARTBEAT:
            message = await self.call.read()
            kind = message.kind
            assert message.prev_seq == self.seq
            self.seq = message.seq
        assert kind == UPDATE
        return message

    async def status(self) -> system_pb2.Status:
        return (await self.next()).statuses[-1]


@asynccontextmanager
async def watching(client: Any, request: Any = None) -> Any:
    call = client.stream.Watch(request or METHODS["/fluxhero.v1.StreamService/Watch"])
    first = await call.read()
    assert first.kind == SNAPSHOT
    yield Watching(call, first)
    call.cancel()


async def test_the_session_is_told_as_it_ends_and_as_the_day_does(world: Any, client: Any) -> None:
    async with watching(client) as stream:
        assert stream.first.statuses[0].session.phase == system_pb2.SESSION_PHASE_REGULAR
        close_ns = world.engine.market.calendar.at(world.clock.now_ns()).close_ns
        for hours, phase in ((0, system_pb2.SESSION_PHASE_AFTER_HOURS), (4, system_pb2.SESSION_PHASE_CLOSED)):
            await world.clock.move(close_ns + hours * HOUR_NS)
            while (status := await stream.status()).session.phase != phase:
                continue
            assert status.clock.time.ToNanoseconds() == world.clock.now_ns()


async def test_a_connection_is_told_that_changes_no_state(world: Any, client: Any) -> None:
    async with watching(client) as stream:
        await world.post(LinkChanged("rest", False, "HTTP 503"))
        status = await stream.status()
        assert status.state == system_pb2.TRADING_STATE_ACTIVE
        assert [(feed.name, feed.up, feed.detail) for feed in status.feeds][-1] == ("rest", False, "HTTP 503")
        await world.post(LinkChanged("rest", True))
        assert [feed.name for feed in (await stream.status()).feeds] == ["market", "trading"]


async def test_what_no_event_says_is_told_and_no_row_of_the_journal_is_made_of_it(world: Any, client: Any) -> None:
    async with watching(client) as stream:
        rows = len(world.store.entries)
        world.counters.stale = True
        message = await stream.next()
        assert (message.statuses[0].feeds[0].stale, message.seq) == (True, stream.first.seq)
        world.counters.link.connects += 1
        assert (await stream.status()).feeds[0].reconnects == 1
        assert (len(world.store.entries), world.runner.seq) == (rows, stream.first.seq)


async def test_a_disk_that_fails_is_told_while_nothing_becomes_durable(world: Any, client: Any) -> None:
    async with watching(client) as stream:
        durable = world.runner.committed_seq
        world.store.fault = "disk full"
        world.runner.post(LinkChanged("rest", False, "HTTP 503"))
        while (status := await stream.status()).state != system_pb2.TRADING_STATE_DEGRADED:
            continue
        assert {part.name: part.detail for part in status.parts}["journal"] == "disk full"
        assert "the journal can't be written" in status.state_detail
        assert (stream.seq, world.runner.committed_seq) == (durable, durable)
        world.store.fault = ""
        while (status := await stream.status()).state != system_pb2.TRADING_STATE_ACTIVE:
            continue
        assert status.state_detail == ""


async def test_a_halt_is_told_once(world: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fluxherod.rpc.status_watch.LOOK_EVERY_S", 600.0)
    async with watching(client) as stream:
        await world.post(HaltCommand(Caller("x", "test"), "stop"))
        assert (await stream.status()).state == system_pb2.TRADING_STATE_HALTED
        look(world)
        world.counters.stale = True
        look(world)
        message = await stream.next()
        assert (message.statuses[0].feeds[0].stale, message.conflated) == (True, 0)


def look(world: Any) -> None:
    """As whenever somebody subscribes."""
    with world.server.status_watch.watched():
        pass


async def test_what_merely_counts_or_grows_old_is_no_news(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxherod.rpc.status_watch.LOOK_EVERY_S", 600.0)
    async with watching(client) as stream:
        world.counters.frames, world.counters.last_message_ns = 8, world.clock.now_ns()
        look(world)
        world.counters.stale = True
        look(world)
        message = await stream.next()
        assert (message.statuses[0].feeds[0].frames, message.conflated) == (8, 0)


async def test_what_merely_counts_or_grows_old_is_told_with_the_heartbeat(world: Any, client: Any) -> None:
    world.hub.heartbeat_s = 0.05
    async with watching(client) as stream:
        world.counters.frames = 8
        while (status := await stream.status()).feeds[0].frames < 8:
            continue
        assert status.uptime.ToNanoseconds() > stream.first.statuses[0].uptime.ToNanoseconds()


async def test_tables_that_hang_keep_all_else_from_nobody_and_the_counts_of_the_day_come_after(
    world: Any, client: Any
) -> None:
    world.hub.heartbeat_s = 0.05
    async with watching(client) as stream:
        world.store.readable.clear()
        placed = await client.order.PlaceOrder(order("a"))
        await world.settled()
        await world.post(world.broker.filled(placed.order.id, 4_500_000))
        while (counts := (await stream.status()).counts).open_positions == 0:
            assert counts.trades_today == 0
        world.counters.stale = True
        while not (await stream.status()).feeds[0].stale:
            continue
        world.store.readable.set()
        while (await stream.status()).counts.trades_today == 0:
            continue


async def test_a_status_that_is_back_where_it_was_before_anybody_read_it_is_told_to_who_joined_meanwhile(
    world: Any, client: Any
) -> None:
    async with watching(client) as stream:
        world.counters.stale = True
        with world.server.status_watch.watched(), world.hub.subscribe((Topic.STATUS,)) as joined:
            assert world.server.status.message().feeds[0].stale  # the snapshot of who joins
            world.counters.stale = False
            while (await stream.status()).feeds[0].stale:
                continue
            async for frame in joined:
                if (
                    frame.chunks
                    and not stream_pb2.WatchResponse.FromString(frame.chunks[-1]).statuses[0].feeds[0].stale
                ):
                    break


async def test_a_fault_in_the_status_ends_the_streams_that_have_it_and_nothing_else(
    world: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    prices = stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_PRICES])
    async with watching(client, prices) as other, watching(client) as stream:
        link, world.counters.link = world.counters.link, Broken()
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await stream.next()
        assert (ended.value.code(), "incident" in ended.value.details()) == (grpc.StatusCode.INTERNAL, True)
        assert "a fault in a look at the status" in caplog.text
        assert (await client.order.PlaceOrder(order("a"))).order.id
        await world.quote("SPY", 451.0)
        assert (await other.next()).prices
        world.counters.link = link
        async with watching(client) as again:
            world.counters.stale = True
            assert (await again.status()).feeds[0].stale


class Broken:
    """The counters of a link that can't be read."""

    looks = 0

    @property
    def connects(self) -> int:
        self.looks += 1
        raise OSError("out of order")


async def test_a_fault_that_lasts_is_logged_once_however_often_it_is_looked(
    world: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with world.server.status_watch.watched():  # by somebody who reads nothing, and so stays
        link = world.counters.link = Broken()
        await world.until(lambda: link.looks > 5)
    assert caplog.text.count("a fault in a look at the status") == 1


async def test_a_stream_of_all_topics_has_it_too_and_goes_on_where_it_was(world: Any, client: Any) -> None:
    async with watching(client, stream_pb2.WatchRequest()) as stream:
        await world.quote("SPY", 451.0)
        while not (await stream.next()).prices:
            continue
        world.counters.stale = True
        assert (await stream.status()).feeds[0].stale
    again = stream_pb2.WatchRequest(epoch=stream.first.epoch, from_seq=stream.seq)
    async with watching(client, again) as stream:
        assert stream.first.statuses[0].feeds[0].stale
        world.counters.stale = False
        assert not (await stream.status()).feeds[0].stale


async def test_all_that_watch_share_one_message_to_the_byte(world: Any, client: Any) -> None:
    made, encode = [], world.hub.encode

    def counted(update: Any) -> bytes | None:
        made.append(update)
        return encode(update)

    world.hub.encode = counted
    calls = [
        client.channel.unary_stream(method, request_serializer=Message.SerializeToString)(request)
        for method, request in METHODS.items()
        for _ in range(50)
    ]
    for call in calls:
        await call.read()
    world.counters.stale = True
    messages = {await call.read() for call in calls}
    assert (len(messages), made) == (1, [StatusNow()])
    for call in calls:
        call.cancel()


async def test_nothing_is_looked_at_while_nobody_watches_the_status(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fluxherod.rpc.status_watch.LOOK_EVERY_S", 0.0)
    looked, standing = 0, world.server.status.standing

    def counted() -> Any:
        nonlocal looked
        looked += 1
        return standing()

    monkeypatch.setattr(world.server.status, "standing", counted)
    prices = stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_PRICES])
    async with watching(client, prices):
        for _ in range(100):
            await asyncio.sleep(0)
        assert looked == 0
        async with watching(client):
            await world.until(lambda: looked > 10)
        await world.until(lambda: world.hub.gauges().subscribers == 1)
        before = looked
        for _ in range(100):
            await asyncio.sleep(0)
        assert looked - before <= 1  # the one that was on its way


async def test_the_header_of_a_terminal_says_that_a_feed_is_stale_and_the_session_over(world: Any, client: Any) -> None:
    model, place = Model(), Address(f"unix:{world.socket}", "given")
    terminal = Connection(model, lambda: connect(place.target), lambda: place, asyncio.get_running_loop().time)

    def top() -> Top:
        return Top(model, terminal.link, terminal.role, 0.0)

    following = asyncio.create_task(terminal.run())
    await world.until(lambda: model.loaded)
    assert (session(top())[0].text, feeds(top())) == ("open", "")
    world.counters.stale = True
    await world.until(lambda: feeds(top()) == "market stale")
    await world.clock.move(world.engine.market.calendar.at(world.clock.now_ns()).close_ns)
    await world.until(lambda: session(top())[0].text == "after hours")
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
