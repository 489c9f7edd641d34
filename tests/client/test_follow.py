"""Streams survive what a network and a daemon do to them, and never pass on a gap."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import grpc
import pytest

from fluxhero.v1 import common_pb2, market_pb2, order_pb2
from fluxhero_client import AccessDenied, DaemonFault, Follow, InvalidRequest, Unavailable, connect

SNAPSHOT, UPDATE = common_pb2.STREAM_KIND_SNAPSHOT, common_pb2.STREAM_KIND_UPDATE
HEARTBEAT = common_pb2.STREAM_KIND_HEARTBEAT
QUICK = Follow(first_delay_s=0.001, longest_delay_s=0.01)


def message(kind: Any, prev_seq: int, seq: int, epoch: str = "e1", **fields: Any) -> order_pb2.WatchOrdersResponse:
    orders = [order_pb2.Order(id=f"o{seq}")]
    return order_pb2.WatchOrdersResponse(epoch=epoch, kind=kind, prev_seq=prev_seq, seq=seq, orders=orders, **fields)


def script(daemon: Any, *runs: list[Any]) -> None:
    """Subscription n gets the messages of run n; the last run stays open at its end."""
    left = list(runs)

    async def serve(_request: Any, _context: Any) -> Any:
        run = left.pop(0)
        for entry in run:
            yield entry
        if not left:
            await asyncio.Event().wait()

    daemon.streams["OrderService/WatchOrders"] = serve


async def read(daemon: Any, count: int, options: Follow = QUICK) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    async with connect(daemon.target) as client, aclosing(client.watch.orders(["SPY"], options=options)) as messages:
        async for one in messages:
            seen.append((one.prev_seq, one.seq))
            if len(seen) == count:
                return seen
    return seen


async def test_a_broken_stream_resumes_after_the_last_message_heartbeats_included(daemon: Any, refusal: Any) -> None:
    stopping = refusal(grpc.StatusCode.UNAVAILABLE, "stopping", "SHUTTING_DOWN")
    script(
        daemon,
        [message(SNAPSHOT, 0, 10), message(UPDATE, 10, 12), message(HEARTBEAT, 12, 15), stopping],
        [message(UPDATE, 15, 17)],
    )
    said: list[str] = []
    options = Follow(
        first_delay_s=0.001, on_lost=lambda error: said.append(error.reason), on_resumed=lambda: said.append("again")
    )
    assert await read(daemon, 3, options) == [(0, 10), (10, 12), (15, 17)]
    assert said == ["SHUTTING_DOWN", "again"]
    first, second = daemon.requests("OrderService/WatchOrders")
    assert not first.HasField("from_seq")
    assert (second.epoch, second.from_seq, list(second.symbols)) == ("e1", 15, ["SPY"])


async def test_a_gap_is_not_passed_on_but_resumed(daemon: Any) -> None:
    script(
        daemon,
        [message(SNAPSHOT, 0, 10), message(UPDATE, 11, 12), message(UPDATE, 12, 13)],
        [message(UPDATE, 10, 12), message(UPDATE, 12, 13)],
    )
    assert await read(daemon, 3) == [(0, 10), (10, 12), (12, 13)]
    assert daemon.requests("OrderService/WatchOrders")[1].from_seq == 10


async def test_a_gap_in_the_resumption_itself_asks_for_a_whole_snapshot(daemon: Any) -> None:
    script(
        daemon,
        [message(SNAPSHOT, 0, 10), message(UPDATE, 11, 12)],
        [message(UPDATE, 11, 12)],
        [message(SNAPSHOT, 0, 12)],
    )
    assert await read(daemon, 2) == [(0, 10), (0, 12)]
    assert not daemon.requests("OrderService/WatchOrders")[2].HasField("from_seq")


async def test_another_journal_is_taken_only_as_a_snapshot(daemon: Any) -> None:
    script(
        daemon,
        [message(SNAPSHOT, 0, 10), message(UPDATE, 10, 11, epoch="e2")],
        [message(SNAPSHOT, 10, 3, epoch="e2", snapshot_reason=common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED)],
    )
    assert await read(daemon, 2) == [(0, 10), (10, 3)]


async def test_a_reader_that_was_too_slow_resumes(daemon: Any, refusal: Any) -> None:
    slow = refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "too slow", "SLOW_CONSUMER", last_seq="10")
    script(daemon, [message(SNAPSHOT, 0, 10), slow], [message(UPDATE, 10, 11)])
    assert await read(daemon, 2) == [(0, 10), (10, 11)]


async def test_a_silent_stream_counts_as_broken(daemon: Any) -> None:
    async def serve(request: Any, _context: Any) -> Any:
        yield message(UPDATE, 10, 11) if request.HasField("from_seq") else message(SNAPSHOT, 0, 10)
        await asyncio.Event().wait()

    daemon.streams["OrderService/WatchOrders"] = serve
    assert await read(daemon, 2, Follow(first_delay_s=0.001, silence_s=0.5)) == [(0, 10), (10, 11)]


async def test_conflated_topics_start_anew_with_a_snapshot(daemon: Any) -> None:
    async def serve(_request: Any, _context: Any) -> Any:
        yield market_pb2.WatchPricesResponse(kind=SNAPSHOT, seq=5, prices=[market_pb2.Price(symbol="SPY", price=1)])

    daemon.streams["MarketService/WatchPrices"] = serve
    async with (
        connect(daemon.target) as client,
        aclosing(client.watch.prices(min_interval_s=2.5, options=QUICK)) as messages,
    ):
        assert (await anext(messages)).seq == 5
        assert (await anext(messages)).seq == 5
    interval = daemon.requests("MarketService/WatchPrices")[0].min_interval
    assert (interval.seconds, interval.nanos) == (2, 500_000_000)


async def test_what_repeating_cannot_mend_is_raised(daemon: Any, refusal: Any) -> None:
    script(daemon, [refusal(grpc.StatusCode.INVALID_ARGUMENT, "bad symbol", "INVALID_FIELD")])
    with pytest.raises(InvalidRequest, match="bad symbol"):
        await read(daemon, 1)


async def test_a_daemon_that_never_answered_is_only_waited_for_when_asked(daemon: Any, refusal: Any) -> None:
    starting = refusal(grpc.StatusCode.UNAVAILABLE, "starting", "NOT_READY")
    script(daemon, [starting], [starting], [message(SNAPSHOT, 0, 1)])
    with pytest.raises(Unavailable):
        await read(daemon, 1)
    assert await read(daemon, 1, Follow(wait_for_daemon=True, first_delay_s=0.001)) == [(0, 1)]


async def test_a_connection_that_was_cut_as_internal_is_made_again_but_a_fault_of_the_daemon_is_raised(
    daemon: Any, refusal: Any
) -> None:
    cut = refusal(grpc.StatusCode.INTERNAL, "Received RST_STREAM with error code 2")
    script(daemon, [message(SNAPSHOT, 0, 10), cut], [message(UPDATE, 10, 11)])
    assert await read(daemon, 2) == [(0, 10), (10, 11)]
    fault = refusal(grpc.StatusCode.INTERNAL, "a fault of the daemon", "INTERNAL", incident="42")
    script(daemon, [message(SNAPSHOT, 0, 10), fault])
    with pytest.raises(DaemonFault, match="a fault of the daemon"):
        await read(daemon, 2)


async def test_a_denied_stream_is_not_asked_for_again(daemon: Any, refusal: Any) -> None:
    revoked = refusal(grpc.StatusCode.UNAUTHENTICATED, "the token was revoked", "TOKEN_INVALID")
    script(daemon, [message(SNAPSHOT, 0, 10), revoked])
    with pytest.raises(AccessDenied, match="revoked"):
        await read(daemon, 2)
    assert len(daemon.requests("OrderService/WatchOrders")) == 1
