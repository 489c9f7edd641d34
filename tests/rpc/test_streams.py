from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import grpc
import pytest

from fluxhero.v1 import (
    account_pb2,
    common_pb2,
    market_pb2,
    market_pb2_grpc,
    order_pb2,
    position_pb2,
    signal_pb2,
    stream_pb2,
    system_pb2,
)
from fluxhero_client import connect
from fluxhero_client.follow import Follow
from fluxherod.adapters.sqlite.journal import encode_row
from fluxherod.core.signals import Indicators, Signal
from fluxherod.core.types import Mode, Quote, Regime, SignalKind
from fluxherod.engine.commands import Caller, HaltCommand
from fluxherod.engine.effects import Alert, AlertUpdated, QuotesUpdated, Severity
from fluxherod.engine.events import Started
from fluxherod.engine.settings import Settings
from fluxherod.engine.streams.hub import IndicatorsChanged, Ring, Topic
from fluxherod.persistence.recovery import replay
from fluxherod.rpc import snapshots
from fluxherod.rpc.convert_orders import order_message
from fluxherod.rpc.live import Live
from fluxherod.rpc.snapshots import Cut, Snapshots

SNAPSHOT, UPDATE = common_pb2.STREAM_KIND_SNAPSHOT, common_pb2.STREAM_KIND_UPDATE
HEARTBEAT = common_pb2.STREAM_KIND_HEARTBEAT
ALERT = Alert("id", "CODE", Severity.INFO, "text", "SPY", 1, 1)
FIGURES = Indicators(*(1.0,) * 14, 5, 1.0, "NORMAL")
WORDS = {"outcome": "noise", "outcome_text": "", "text": "why", "trigger": "cross"}
PASSED = {"neutral": False, "noise_filter_passed": True, "volume_validated": True}
SIGNAL = Signal(
    **{"id": "", "symbol": "SPY", "kind": SignalKind.LONG, "bar_start_ns": 10, "decided_ns": 1_000, "price": 451.28},
    **{"mode": Mode.TREND, "regime": Regime.STRONG_TREND, "indicators": FIGURES, "rules": ()},
    **{"stop_e4": None, "target_e4": None},
    **WORDS,
    **PASSED,
)


def order(request_id: str, symbol: str = "SPY", stop: str = "445.00") -> order_pb2.PlaceOrderRequest:
    return order_pb2.PlaceOrderRequest(
        request_id=request_id,
        symbol=symbol,
        side=common_pb2.SIDE_BUY,
        quantity=10,
        type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price=stop,
    )


async def test_a_stream_starts_with_the_whole_state_of_every_topic(world: Any, client: Any) -> None:
    await client.order.PlaceOrder(order("a"))
    await world.settled()
    stream = client.stream.Watch(stream_pb2.WatchRequest())
    first = await stream.read()
    assert (first.kind, first.prev_seq, first.seq) == (SNAPSHOT, 0, world.runner.seq)
    assert first.epoch == "epoch-0123456789"
    assert first.snapshot_reason == common_pb2.SNAPSHOT_REASON_SUBSCRIBED
    assert {price.symbol: price.price for price in first.prices} == {"SPY": 450.0, "IBM": 160.0}
    assert [bar.symbol for bar in first.bars] == ["SPY", "IBM"]
    assert len(first.orders) == 2
    assert len(first.accounts) == len(first.risks) == len(first.statuses) == 1
    assert set(first.snapshot_topics) == {
        common_pb2.TOPIC_PRICES, common_pb2.TOPIC_BARS, common_pb2.TOPIC_POSITIONS, common_pb2.TOPIC_ORDERS,
        common_pb2.TOPIC_SIGNALS, common_pb2.TOPIC_ACCOUNT, common_pb2.TOPIC_RISK, common_pb2.TOPIC_STATUS,
        common_pb2.TOPIC_ALERTS, common_pb2.TOPIC_INDICATORS,
    }  # fmt: skip
    assert [one.symbol for one in first.indicators] == ["SPY", "IBM"]
    stream.cancel()


@pytest.mark.parametrize(
    "unknown", [stream_pb2.WatchRequest(symbols=["NONE"]).SerializeToString(), b"\x12\x03\x08\xe8\x07"]
)
async def test_a_field_that_a_request_does_not_have_is_passed_over(world: Any, client: Any, unknown: bytes) -> None:
    """Even where the request for all topics has one of that number: a filter by symbol, an `epoch` that is no text."""
    request = account_pb2.WatchAccountRequest.FromString(unknown)
    stream = client.account.WatchAccount(request)
    assert (await stream.read()).kind == SNAPSHOT
    stream.cancel()


async def test_no_change_is_missed_or_doubled_between_snapshot_and_updates(world: Any, client: Any) -> None:
    """Subscriptions are made while orders go in and fill: each ends with exactly the orders that are."""
    world.hub.heartbeat_s = 0.05
    streams = []
    for number, (symbol, stop, price_e4) in enumerate((("SPY", "445.00", 4_500_000), ("IBM", "155.00", 1_600_000))):
        placing = client.order.PlaceOrder(order(f"r{number}", symbol, stop))
        streams += [client.order.WatchOrders(order_pb2.WatchOrdersRequest()) for _ in range(3)]
        placed = await placing
        streams += [client.order.WatchOrders(order_pb2.WatchOrdersRequest()) for _ in range(3)]
        await world.settled()
        await world.post(world.broker.filled(placed.order.id, price_e4))
    for stream in streams:
        seen: dict[str, order_pb2.Order] = {}
        previous = 0
        while previous < world.runner.seq:
            message = await stream.read()
            assert message.prev_seq == previous
            previous = message.seq
            seen.update((changed.id, changed) for changed in message.orders)
        for one in seen.values():
            one.ClearField("last_event")
        expected = {row.id: order_message(row) for row in world.store.order_rows.values()}
        assert all(expected[name] == one for name, one in seen.items())
        assert {row.id for row in world.store.order_rows.values() if not row.state.ended} <= seen.keys()
        stream.cancel()


async def test_a_snapshot_shows_nothing_that_is_not_durable(world: Any, client: Any) -> None:
    world.store.durable.clear()
    placing = asyncio.ensure_future(client.order.PlaceOrder(order("a")))
    await world.until(lambda: world.engine.desk.orders)
    stream = client.order.WatchOrders(order_pb2.WatchOrdersRequest())
    reading = asyncio.ensure_future(stream.read())
    await world.until(lambda: world.hub.gauges().subscribers == 1)
    assert not reading.done()
    world.store.durable.set()
    snapshot = await reading
    assert [one.id for one in snapshot.orders] == [(await placing).order.id]
    stream.cancel()


async def test_updates_name_their_topic_and_symbol_only(world: Any, client: Any) -> None:
    stream = client.market.WatchPrices(market_pb2.WatchPricesRequest(symbols=["IBM"]))
    first = await stream.read()
    assert [price.symbol for price in first.prices] == ["IBM"]
    await world.quote("SPY", 451.0)
    await world.quote("IBM", 161.0)
    update = await stream.read()
    assert (update.kind, update.prev_seq) == (UPDATE, first.seq)
    assert [(price.symbol, price.price, price.bid) for price in update.prices] == [("IBM", 161.0, 160.99)]
    stream.cancel()


async def test_a_slow_reader_gets_the_newest_price_and_a_count_of_what_it_replaced(world: Any, client: Any) -> None:
    request = market_pb2.WatchPricesRequest(symbols=["SPY"])
    request.min_interval.FromMilliseconds(300)
    stream = client.market.WatchPrices(request)
    await stream.read()
    for price in (451.0, 452.0, 453.0, 454.0):
        await world.quote("SPY", price)
    messages = [await stream.read()]
    while messages[-1].prices[-1].price != 454.0:
        messages.append(await stream.read())
    assert sum(message.conflated for message in messages) + sum(len(message.prices) for message in messages) == 4
    stream.cancel()


async def test_bars_positions_account_and_status_follow_in_one_stream(world: Any, client: Any) -> None:
    stream = client.stream.Watch(stream_pb2.WatchRequest())
    previous = (await stream.read()).seq
    placed = await client.order.PlaceOrder(order("a"))
    await world.settled()
    await world.post(world.broker.filled(placed.order.id, 4_500_000))
    await world.minute("SPY", 1, 451.0)
    await world.post(HaltCommand(Caller("x", "test"), "stop"))
    whole = stream_pb2.WatchResponse()
    halted = False  # a look at the status may have told before that the account is old
    while not (halted and whole.bars and whole.accounts and whole.positions and whole.orders):
        message = await stream.read()
        assert message.prev_seq == previous
        previous = message.seq
        whole.MergeFrom(message)
        halted = halted or any(one.state == system_pb2.TRADING_STATE_HALTED for one in message.statuses)
    assert whole.statuses[-1].state == system_pb2.TRADING_STATE_HALTED
    assert whole.bars[0].close == 451.0
    assert whole.positions[-1].quantity == 10
    assert whole.positions[-1].protection == position_pb2.PROTECTION_STATE_BROKER_STOP
    stream.cancel()


async def test_each_topic_has_a_watch_of_its_own(world: Any, client: Any) -> None:
    streams = {
        common_pb2.TOPIC_BARS: client.market.WatchBars(market_pb2.WatchBarsRequest()),
        common_pb2.TOPIC_ACCOUNT: client.account.WatchAccount(account_pb2.WatchAccountRequest()),
        common_pb2.TOPIC_POSITIONS: client.position.WatchPositions(position_pb2.WatchPositionsRequest()),
        common_pb2.TOPIC_SIGNALS: client.signal.WatchSignals(signal_pb2.WatchSignalsRequest()),
        common_pb2.TOPIC_STATUS: client.system.WatchStatus(system_pb2.WatchStatusRequest()),
    }
    for topic, stream in streams.items():
        first = await stream.read()
        assert (first.kind, list(first.snapshot_topics)) == (SNAPSHOT, [topic])
        stream.cancel()


async def test_a_stream_whose_past_is_gone_or_another_is_told_so(world: Any, client: Any) -> None:
    world.hub._ring = Ring(world.hub.seq)
    ahead = world.runner.seq + 1
    for epoch, from_seq, reason in (
        ("epoch-0123456789", 3, common_pb2.SNAPSHOT_REASON_PAST_GONE),
        ("epoch-0123456789", ahead, common_pb2.SNAPSHOT_REASON_PAST_GONE),
        ("another", 3, common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED),
    ):
        stream = client.order.WatchOrders(order_pb2.WatchOrdersRequest(epoch=epoch, from_seq=from_seq))
        first = await stream.read()
        assert (first.kind, first.snapshot_reason, first.prev_seq) == (SNAPSHOT, reason, from_seq)
        assert (first.seq, list(first.snapshot_topics)) == (world.runner.seq, [common_pb2.TOPIC_ORDERS])
        stream.cancel()
    gauges = world.hub.gauges()
    assert (gauges.past_gone, gauges.topics[Topic.ORDERS].past_gone, gauges.resumed) == (2, 2, 0)


async def test_a_resumed_stream_has_what_it_missed_and_a_snapshot_of_what_conflates(world: Any, client: Any) -> None:
    stream = client.stream.Watch(stream_pb2.WatchRequest())
    left = await stream.read()
    stream.cancel()
    placed = await client.order.PlaceOrder(order("a"))
    await world.settled()
    await world.post(world.broker.filled(placed.order.id, 4_500_000))
    await world.quote("SPY", 451.0)
    stream = client.stream.Watch(stream_pb2.WatchRequest(epoch=left.epoch, from_seq=left.seq))
    first, missed = await stream.read(), await stream.read()
    assert (first.kind, first.snapshot_reason) == (SNAPSHOT, common_pb2.SNAPSHOT_REASON_RESUMED)
    assert (first.prev_seq, first.seq) == (left.seq, left.seq)
    assert set(first.snapshot_topics) == {
        common_pb2.TOPIC_PRICES, common_pb2.TOPIC_INDICATORS, common_pb2.TOPIC_ACCOUNT, common_pb2.TOPIC_RISK,
        common_pb2.TOPIC_STATUS,
    }  # fmt: skip
    assert {price.symbol: price.price for price in first.prices} == {"SPY": 451.0, "IBM": 160.0}
    assert not first.orders
    assert not first.positions
    assert (missed.kind, missed.prev_seq, missed.seq) == (UPDATE, left.seq, world.runner.seq)
    changes = [change for _, change in world.store.changes]
    assert [one.last_event for one in missed.orders] == [change.event for change in changes]
    assert [one.quantity for one in missed.positions][-1] == 10
    assert not missed.prices
    stream.cancel()


async def test_a_stream_that_missed_nothing_goes_on_with_what_comes(world: Any, client: Any) -> None:
    request = order_pb2.WatchOrdersRequest(epoch="epoch-0123456789", from_seq=world.runner.seq)
    stream = client.order.WatchOrders(request)
    first = await stream.read()
    assert (first.snapshot_reason, first.seq) == (common_pb2.SNAPSHOT_REASON_RESUMED, request.from_seq)
    assert not first.snapshot_topics
    await client.order.PlaceOrder(order("a"))
    update = await stream.read()
    assert (update.kind, update.prev_seq) == (UPDATE, first.seq)
    assert update.orders
    stream.cancel()


async def test_indicators_come_with_each_bar_and_are_those_of_the_bar(world: Any, client: Any) -> None:
    stream = client.market.WatchIndicators(market_pb2.WatchIndicatorsRequest(symbols=["SPY"]))
    first = await stream.read()
    assert [(one.symbol, one.valid) for one in first.indicators] == [("SPY", True)]
    await world.minute("IBM", 1, 161.0)
    await world.minute("SPY", 1, 451.0)
    update = await stream.read()
    assert (update.kind, update.prev_seq) == (UPDATE, first.seq)
    assert [one.close for one in update.indicators] == [451.0]
    now = await client.market.GetIndicators(market_pb2.GetIndicatorsRequest(symbol="SPY"))
    assert update.indicators[0] == now.indicators
    stream.cancel()


async def test_what_conflates_is_told_as_of_its_own_bar_and_not_of_a_newer_one(world: Any, client: Any) -> None:
    await world.minute("SPY", 1, 451.0)
    await world.minute("SPY", 2, 452.0)
    book = world.engine.market.books["SPY"]
    encoded = world.hub.encode(IndicatorsChanged("SPY", book.closed[-2].end_ns))
    assert stream_pb2.WatchResponse.FromString(encoded).indicators[0].close == 451.0
    assert world.hub.encode(IndicatorsChanged("SPY", 7)) is None
    assert world.hub.encode(IndicatorsChanged("GONE", 7)) is None


@pytest.mark.parametrize(
    ("request_", "code", "reason"),
    [
        (stream_pb2.WatchRequest(topics=[0]), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
        (stream_pb2.WatchRequest(topics=[99]), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
        (stream_pb2.WatchRequest(symbols=["TSLA"]), grpc.StatusCode.NOT_FOUND, "SYMBOL_UNKNOWN"),
        (stream_pb2.WatchRequest(min_interval={"seconds": -1}), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD"),
    ],
)
async def test_a_subscription_that_can_not_be_is_refused(
    client: Any, refused: Any, request_: Any, code: grpc.StatusCode, reason: str
) -> None:
    refusal = await refused(client.stream.Watch(request_).read())
    assert (refusal.code, refusal.reason) == (code, reason)


async def test_silence_is_broken_by_heartbeats_without_a_gap(world: Any, client: Any) -> None:
    world.hub.heartbeat_s = 0.05
    stream = client.order.WatchOrders(order_pb2.WatchOrdersRequest())
    first = await stream.read()
    await world.quote("SPY", 451.0)
    beat = await stream.read()
    assert (beat.kind, beat.prev_seq) == (HEARTBEAT, first.seq)
    stream.cancel()


async def test_a_reader_that_falls_too_far_behind_is_ended_and_told_where(
    world: Any, client: Any, refused: Any
) -> None:
    stream = client.order.WatchOrders(order_pb2.WatchOrdersRequest())
    first = await stream.read()
    world.hub.fail_beyond = 0
    await client.order.PlaceOrder(order("a"))
    refusal = await refused(stream.read())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "SLOW_CONSUMER")
    assert str(first.seq) in refusal.text


async def test_a_subscription_ends_with_its_call(world: Any, client: Any) -> None:
    streams = [client.stream.Watch(stream_pb2.WatchRequest()) for _ in range(3)]
    for stream in streams:
        await stream.read()
    assert world.hub.gauges().subscribers == 3
    for stream in streams:
        stream.cancel()
    await world.until(lambda: world.hub.gauges().subscribers == 0)


async def test_a_client_that_reads_nothing_has_the_newest_prices_waiting_and_no_more(world: Any, client: Any) -> None:
    """Its window fills, then one price a symbol waits, however many come; when it reads on, the last one is there."""
    options = (("grpc.http2.bdp_probe", 0), ("grpc.max_receive_message_length", -1))
    async with grpc.aio.insecure_channel(f"unix:{world.socket}", options) as channel:
        stream: Any = market_pb2_grpc.MarketServiceStub(channel).WatchPrices(market_pb2.WatchPricesRequest())
        first = await stream.read()
        prices, conflated = 0, 0
        symbols = ("SPY", "IBM")
        most = 0
        for number in range(6_000):
            name = symbols[number % 2]
            world.engine.market.books[name].mark(100.0 + number / 100, world.clock.now_ns())
            world.hub.publish(first.seq + 1 + number, 0, [QuotesUpdated((Quote(name, 1, 99.0, 101.0),))])
            most = max(most, world.hub.gauges().queued)
            if number % 4 == 0:
                await asyncio.sleep(0)
        assert most <= 2
        last, previous = dict[str, float](), first.seq
        while last != {"SPY": 159.98, "IBM": 159.99}:
            message = await asyncio.wait_for(stream.read(), 60)
            assert message.prev_seq == previous
            previous = message.seq
            prices, conflated = prices + len(message.prices), conflated + message.conflated
            last.update((one.symbol, one.price) for one in message.prices)
        assert prices + conflated == 6_000
        assert conflated > 1_000
        stream.cancel()


async def test_a_daemon_that_starts_again_has_the_past_that_it_had(world: Any, client: Any) -> None:
    placed = await client.order.PlaceOrder(order("a"))
    await world.settled()
    await world.post(world.broker.filled(placed.order.id, 4_500_000))
    await world.minute("SPY", 1, 451.0)
    await world.quote("SPY", 452.0)
    recovery = replay(map(encode_row, world.store.entries))
    assert recovery.differs_at is None
    for seq in (0, 3, world.runner.seq - 1, world.runner.seq):
        live, again = (ring.after(seq, list(Topic)) or [] for ring in (world.hub._ring, recovery.ring))
        assert [(one.seq, one.topic, one.update) for one in again] == [(one.seq, one.topic, one.update) for one in live]
    assert recovery.ring.after(0, [Topic.ORDERS])
    assert recovery.ring.fits("1Min")
    assert not recovery.ring.fits("5Min")


async def test_a_past_of_another_timeframe_is_not_kept(world: Any, client: Any) -> None:
    ring = Ring()
    ring.hear(1, Started("e", 1, "1", Settings(("SPY",), timeframe="1Min")), [AlertUpdated(ALERT)])
    assert [one.seq for one in ring.after(0, [Topic.ALERTS]) or ()] == [1]
    ring.hear(2, Started("e", 2, "1", Settings(("SPY",), timeframe="1Min")), [AlertUpdated(ALERT)])
    assert [one.seq for one in ring.after(1, [Topic.ALERTS]) or ()] == [2]
    ring.hear(3, Started("e", 3, "1", Settings(("SPY",), timeframe="5Min")), [])
    assert ring.after(2, [Topic.ALERTS]) is None
    assert ring.fits("5Min")


async def test_a_bar_that_completes_while_a_snapshot_is_being_put_together_comes_once(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, fill = asyncio.Event(), asyncio.Event(), Snapshots.fill

    async def slow(self: Snapshots, cut: Any) -> None:
        begun.set()
        await go_on.wait()
        await fill(self, cut)

    monkeypatch.setattr(Snapshots, "fill", slow)
    before = {name: book.closed[-1].end_ns for name, book in world.engine.market.books.items()}
    request = stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_BARS, common_pb2.TOPIC_INDICATORS])
    stream = client.stream.Watch(request)
    reading = asyncio.ensure_future(stream.read())
    await asyncio.wait_for(begun.wait(), 60)
    await world.minute("SPY", 1, 451.0)
    go_on.set()
    snapshot, update = await reading, await stream.read()
    assert {bar.symbol: bar.end_time.ToNanoseconds() for bar in snapshot.bars} == before
    assert [(bar.symbol, bar.close) for bar in update.bars] == [("SPY", 451.0)]
    assert update.prev_seq == snapshot.seq
    assert [one.close for one in update.indicators] == [451.0]
    stream.cancel()


async def test_of_many_snapshots_at_once_one_is_filled_at_a_time(
    world: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one symbol a turn of the loop, as with thousands of them."""
    add, filled = Snapshots._add_symbol, list[Any]()

    def added(self: Snapshots, message: Any, book: Any, bars: int) -> None:
        filled.append(message)
        add(self, message, book, bars)

    monkeypatch.setattr(snapshots, "HOLD_S", -1.0)
    monkeypatch.setattr(Snapshots, "_add_symbol", added)
    maker = Snapshots(Live(world.engine, world.runner), world.server.status, world.store)
    cuts = [maker.cut(stream_pb2.WatchResponse(), [common_pb2.TOPIC_BARS], ()) for _ in range(5)]
    await asyncio.gather(*map(maker.fill, cuts))
    assert all(filled[2 * number] is filled[2 * number + 1] is cut.message for number, cut in enumerate(cuts))
    assert all(len(cut.message.bars) == 2 for cut in cuts)


async def test_a_signal_that_changes_after_a_snapshot_was_cut_is_told_once(world: Any, client: Any) -> None:
    """The tables are read when they are ahead of the snapshot already."""
    old, new = (replace(SIGNAL, id=name, decided_ns=world.clock.now_ns()) for name in ("old", "new"))
    for number, signal in enumerate((old, new)):
        world.store.signal_rows[signal.id] = signal
        world.store.signal_seqs[signal.id] = world.runner.seq + number
    stream = client.signal.WatchSignals(signal_pb2.WatchSignalsRequest())
    assert [one.id for one in (await stream.read()).signals] == ["old"]
    stream.cancel()


async def test_the_sdks_follower_has_every_change_though_its_stream_is_cut_off_again_and_again(
    world: Any, client: Any
) -> None:
    lost: list[str] = []
    options = Follow(first_delay_s=0.001, on_lost=lambda problem: lost.append(str(problem)))
    heard: list[str] = []
    async with connect(f"unix:{world.socket}") as sdk, aclosing(sdk.watch.orders(options=options)) as messages:
        assert (await anext(messages)).kind == SNAPSHOT
        for number, (symbol, stop, price_e4) in enumerate((("SPY", "445.00", 4_500_000), ("IBM", "155.00", 1_600_000))):
            world.hub.fail_beyond = -1_000  # more than was missed, which may wait as well
            placed = await client.order.PlaceOrder(order(f"r{number}", symbol, stop))
            await world.settled()
            world.hub.fail_beyond = 16_384
            while len(heard) < len(world.store.changes):
                message = await asyncio.wait_for(anext(messages), 60)
                heard += [one.last_event for one in message.orders]
            await world.post(world.broker.filled(placed.order.id, price_e4))
        while len(heard) < len(world.store.changes):
            heard += [one.last_event for one in (await asyncio.wait_for(anext(messages), 60)).orders]
    assert heard == [change.event for _, change in world.store.changes]
    assert len(lost) == world.hub.gauges().topics[Topic.ORDERS].resumed >= 2
    assert all("too slowly" in text for text in lost)


async def test_what_a_snapshot_was_made_of_is_not_kept_while_the_stream_lasts(world: Any, client: Any) -> None:
    stream = client.stream.Watch(stream_pb2.WatchRequest())
    await stream.read()
    await world.quote("SPY", 451.0)
    await stream.read()
    assert [one for one in gc.get_objects() if type(one) is Cut] == []
    stream.cancel()
