from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.types import Bar, Mode, OrderType, Quote, Regime, Side, TimeInForce
from fluxherod.engine.effects import (
    AccountUpdated,
    AccountView,
    Alert,
    AlertRaised,
    AlertUpdated,
    BarRejected,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    Severity,
    StatusChanged,
    Update,
)
from fluxherod.engine.hub import Closed, Drained, Frame, FrameKind, Hub, Overflow, Subscription, Topic
from fluxherod.engine.ports import Publisher

ORDER = Order("o", "SPY", Side.BUY, OrderType.MARKET, TimeInForce.DAY, OrderRole.ENTRY, 44, OrderState.NEW, 1, 1)
POSITION = Position("SPY", 44, 1, 1, Mode.TREND, Regime.NEUTRAL, "t", None, None, None, 0, 1.0, 1)
ACCOUNT = AccountView(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
STOCK_BAR = Bar("SPY", 1, 1.0, 1.0, 1.0, 1.0, 1)


def label(update: Update) -> bytes:
    """A readable encoding: what it is of, and a number that tells two apart."""
    match update:
        case QuotesUpdated(quotes):
            return b" ".join(f"{quote.symbol}@{quote.bid:g}".encode() for quote in quotes)
        case OrderUpdated(order, event):
            return f"{order.symbol}:{event}".encode()
        case PositionUpdated(position, mark):
            return f"{'mark' if mark else 'position'} {position.symbol} {position.price_e4}".encode()
        case AccountUpdated(account, record):
            return f"{'point' if record else 'account'} {account.cash_e4}".encode()
        case AlertUpdated(alert):
            return f"alert {alert.symbol}".encode()
    return type(update).__name__.encode()


class Encoder:
    """`label`, and how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, update: Update) -> bytes:
        self.calls += 1
        return label(update)


def alert(symbol: str) -> AlertUpdated:
    return AlertUpdated(Alert("id", "CODE", Severity.INFO, "text", symbol, 1, 1))


def quote(symbol: str, bid: float) -> QuotesUpdated:
    return QuotesUpdated((Quote(symbol, 1, bid, bid + 1),))


def order(event: str, symbol: str = "SPY") -> OrderUpdated:
    return OrderUpdated(replace(ORDER, symbol=symbol), event)


def position(price: int, *, mark: bool = False, symbol: str = "SPY") -> PositionUpdated:
    return PositionUpdated(replace(POSITION, price_e4=price, symbol=symbol), mark)


async def following(subscription: Subscription) -> Frame:
    return await asyncio.wait_for(anext(subscription), 5)


async def following_after(subscription: Subscription, hub: Hub, seq: int, update: Update) -> Frame:
    """The frame of a subscriber that waits already when the update is published."""

    async def publish() -> None:
        hub.publish(seq, 0, [update])

    frame, _ = await asyncio.gather(following(subscription), publish())
    return frame


def texts(frame: Frame) -> list[str]:
    return [chunk.decode() for chunk in frame.chunks]


async def rest(subscription: Subscription) -> list[Frame]:
    return [frame async for frame in subscription]


async def test_the_hub_is_the_engines_port() -> None:
    hub = Hub(label)
    port: Publisher = hub
    assert port is hub


async def test_a_frame_carries_everything_that_waits_in_its_order() -> None:
    hub = Hub(label, seq=6)
    with hub.subscribe([Topic.ORDERS, Topic.STATUS]) as subscription:
        hub.publish(7, 0, [order("new"), order("sent")])
        hub.publish(8, 0, [StatusChanged("trading"), quote("SPY", 1)])
        frame = await following(subscription)
    assert texts(frame) == ["SPY:new", "SPY:sent", "StatusChanged"]
    assert (frame.kind, frame.prev_seq, frame.seq, frame.conflated) == (FrameKind.UPDATES, 6, 8, 0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30), st.integers(1, 40))
def test_prev_seq_leaves_no_gap_and_every_queued_update_comes_once(
    steps: list[tuple[int, bool]], frame_bytes: int
) -> None:
    async def run() -> None:
        hub = Hub(label, frame_bytes=frame_bytes)
        frames: list[Frame] = []
        published: list[str] = []
        with hub.subscribe([Topic.ORDERS]) as subscription:
            for seq, (count, reads) in enumerate(steps, 1):
                events = [f"{seq}.{number}" for number in range(count)]
                hub.publish(seq, 0, [order(event) for event in events])
                published += [f"SPY:{event}" for event in events]
                if reads and subscription.queued:
                    frames.append(await following(subscription))
            hub.drain("done")
            frames += await rest(subscription)
        assert [text for frame in frames for text in texts(frame)] == published
        seen, sent = 0, 0
        for frame in frames:
            assert frame.prev_seq == seen
            assert frame.seq >= seen
            sent += len(frame.chunks)
            # Whoever resumes after `seq` misses nothing.
            assert all(int(text[4:].split(".")[0]) > frame.seq for text in published[sent:])
            seen = frame.seq

    asyncio.run(run())


async def test_prices_conflate_to_the_newest_of_each_symbol_and_count_what_was_passed_over() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.PRICES]) as subscription:
        for seq in range(1, 101):
            hub.publish(seq, 0, [QuotesUpdated((Quote("SPY", 1, seq, 0.0), Quote("IBM", 1, seq, 0.0)))])
        frame = await following(subscription)
        assert texts(frame) == ["SPY@100", "IBM@100"]
        assert frame.conflated == 198
        hub.publish(101, 0, [quote("SPY", 101)])
        assert (await following(subscription)).conflated == 0
    assert hub.gauges().conflated == 198


async def test_marks_conflate_and_a_real_change_of_a_position_replaces_the_mark_before_it() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.POSITIONS]) as subscription:
        hub.publish(1, 0, [position(1, mark=True), position(1, mark=True, symbol="IBM")])
        hub.publish(2, 0, [position(2)])
        hub.publish(3, 0, [position(3)])
        frame = await following(subscription)
        assert texts(frame) == ["position SPY 2", "position SPY 3", "mark IBM 1"]
        hub.publish(4, 0, [position(4)])
        hub.publish(5, 0, [position(5, mark=True)])
        assert texts(await following(subscription)) == ["position SPY 4", "mark SPY 5"]


async def test_account_marks_conflate_and_recorded_points_do_not() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.ACCOUNT]) as subscription:
        for seq, record in enumerate([False, True, True, False, False], 1):
            hub.publish(seq, 0, [AccountUpdated(replace(ACCOUNT, cash_e4=seq), record)])
        assert texts(await following(subscription)) == ["point 2", "point 3", "account 5"]


async def test_symbols_filter_what_has_a_symbol() -> None:
    hub = Hub(label)
    with hub.subscribe(list(Topic), ["IBM"]) as subscription:
        hub.publish(1, 0, [order("a"), order("b", "IBM"), BarRejected(STOCK_BAR, "late"), quote("SPY", 1)])
        hub.publish(2, 0, [alert("SPY"), alert("IBM"), alert("")])
        assert texts(await following(subscription)) == ["IBM:b", "alert IBM", "alert ", "RiskChanged"]


async def test_an_alert_is_sent_as_it_stands_and_what_raised_it_is_not() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.ALERTS]) as subscription:
        hub.publish(1, 0, [AlertRaised("CODE", Severity.INFO, "text", "SPY"), alert("SPY")])
        assert texts(await following(subscription)) == ["alert SPY"]


async def test_an_update_is_encoded_once_for_all_subscribers_and_never_for_none() -> None:
    encode = Encoder()
    hub = Hub(encode)
    hub.publish(1, 0, [order("unseen"), quote("SPY", 1)])
    assert encode.calls == 0
    subscriptions = [hub.subscribe([Topic.ORDERS, Topic.PRICES]) for _ in range(50)]
    hub.publish(2, 0, [order("a"), quote("SPY", 2)])
    hub.publish(3, 0, [quote("SPY", 3)])
    frames = [await following(subscription) for subscription in subscriptions]
    assert {tuple(texts(frame)) for frame in frames} == {("SPY:a", "SPY@3")}
    assert encode.calls == 2  # the price in between was never sent, so never encoded


async def test_what_the_encoder_leaves_out_makes_no_frame() -> None:
    def orders_only(update: Update) -> bytes | None:
        return label(update) if isinstance(update, OrderUpdated) else None

    hub = Hub(orders_only)
    with hub.subscribe(list(Topic)) as subscription:
        hub.publish(1, 0, [StatusChanged("trading")])
        hub.publish(2, 0, [quote("SPY", 1)])
        frame = await following_after(subscription, hub, 3, order("a"))
    assert (texts(frame), frame.prev_seq, frame.seq) == (["SPY:a"], 0, 3)


async def test_a_slow_subscriber_ends_with_the_last_number_it_got_and_the_others_go_on() -> None:
    hub = Hub(label, fail_beyond=3)
    slow, quick = hub.subscribe([Topic.ORDERS]), hub.subscribe([Topic.ORDERS])
    hub.publish(1, 0, [order("1")])
    assert texts(await following(slow)) == ["SPY:1"]
    for seq in range(2, 6):
        hub.publish(seq, 0, [order(str(seq))])
        await following(quick)
    assert await rest(slow) == []
    assert slow.end == Overflow(last_seq=1)
    assert quick.end is None
    gauges = hub.gauges()
    assert (gauges.subscribers, gauges.queued, gauges.overflowed) == (1, 0, 1)


async def test_prices_alone_never_overflow() -> None:
    hub = Hub(label, fail_beyond=3)
    with hub.subscribe([Topic.PRICES]) as subscription:
        for seq in range(1, 1_000):
            hub.publish(seq, 0, [quote(f"S{seq % 10}", seq)])
        assert len((await following(subscription)).chunks) == 10
        assert subscription.end is None


async def test_a_waiting_subscriber_is_woken_by_an_update() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.ORDERS]) as subscription:
        assert texts(await following_after(subscription, hub, 1, order("a"))) == ["SPY:a"]


async def test_the_interval_paces_prices_but_not_orders() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.PRICES, Topic.ORDERS], min_interval_s=0.02) as subscription:
        loop = asyncio.get_running_loop()
        hub.publish(1, 0, [quote("SPY", 1)])
        assert texts(await following(subscription)) == ["SPY@1"]
        start = loop.time()
        hub.publish(2, 0, [quote("SPY", 2)])
        hub.publish(3, 0, [order("a")])
        hub.publish(4, 0, [quote("SPY", 4)])
        assert texts(await following(subscription)) == ["SPY:a"]
        frame = await following(subscription)
        assert texts(frame) == ["SPY@4"]
        assert loop.time() - start >= 0.019


async def test_an_idle_subscription_gets_heartbeats_with_the_newest_number() -> None:
    hub = Hub(label, heartbeat_s=0.01)
    with hub.subscribe([Topic.ORDERS]) as subscription:
        hub.publish(5, 0, [quote("SPY", 1)])
        first, second = await following(subscription), await following(subscription)
    assert first == Frame(FrameKind.HEARTBEAT, 5, 0, [], 0)
    assert second == Frame(FrameKind.HEARTBEAT, 5, 5, [], 0)


async def test_draining_sends_what_waits_and_then_ends_with_the_reason() -> None:
    hub = Hub(label)
    subscription = hub.subscribe([Topic.ORDERS, Topic.PRICES], min_interval_s=60)
    idle = hub.subscribe([Topic.ORDERS])
    waiting = asyncio.ensure_future(rest(idle))
    hub.publish(1, 0, [quote("SPY", 1)])
    assert texts(await following(subscription)) == ["SPY@1"]
    hub.publish(2, 0, [quote("SPY", 2)])
    hub.drain("stopping")
    hub.publish(3, 0, [order("after")])
    assert [texts(frame) for frame in await rest(subscription)] == [["SPY@2"]]
    assert await asyncio.wait_for(waiting, 5) == []
    assert subscription.end == idle.end == Drained("stopping")
    assert hub.gauges().subscribers == 0


async def test_a_subscriber_that_leaves_is_forgotten() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.ORDERS, Topic.PRICES]) as subscription:
        assert hub.gauges().subscribers == 1
        hub.publish(1, 0, [order("a")])
        assert hub.gauges().queued == 1
    assert hub.gauges().subscribers == hub.gauges().queued == 0
    assert subscription.end == Closed()
    with pytest.raises(StopAsyncIteration):
        await anext(subscription)


async def test_a_snapshot_and_what_follows_it_leave_no_gap_and_repeat_nothing() -> None:
    hub = Hub(label, seq=4)
    # The snapshot was made of a state that is ahead of what has been published.
    with hub.subscribe([Topic.ORDERS], snapshot_seq=6) as subscription:
        for seq in range(5, 9):
            hub.publish(seq, 0, [order(str(seq))])
        frame = await following(subscription)
    assert (texts(frame), frame.prev_seq, frame.seq) == (["SPY:7", "SPY:8"], 6, 8)
