from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

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
    BarClosed,
    BarRejected,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    Severity,
    StatusChanged,
    Update,
)
from fluxherod.engine.ports import Publisher
from fluxherod.engine.streams import subscription
from fluxherod.engine.streams.hub import (
    A_TURN,
    STAND_BACK_S,
    Closed,
    Drained,
    Frame,
    FrameKind,
    Hub,
    IndicatorsChanged,
    Overflow,
    Published,
    Ring,
    Subscription,
    Topic,
)

ORDER = Order("o", "SPY", Side.BUY, OrderType.MARKET, TimeInForce.DAY, OrderRole.ENTRY, 44, OrderState.NEW, 1, 1)
POSITION = Position("SPY", 44, 1, 1, Mode.TREND, Regime.NEUTRAL, "t", None, None, None, 0, 1.0, 1)
ACCOUNT = AccountView(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
STOCK_BAR = Bar("SPY", 1, 1.0, 1.0, 1.0, 1.0, 1)


def label(update: Published) -> bytes:
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
        case BarClosed(bar, end_ns):
            return f"bar {bar.symbol} {end_ns}".encode()
        case IndicatorsChanged(symbol, end_ns):
            return f"indicators {symbol} {end_ns}".encode()
    return type(update).__name__.encode()


class Encoder:
    """`label`, and how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, update: Published) -> bytes:
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
    def orders_only(update: Published) -> bytes | None:
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


async def test_a_status_of_no_row_reaches_who_has_a_snapshot_of_rows_to_come_and_moves_no_number() -> None:
    hub = Hub(label, seq=6)
    with hub.subscribe([Topic.STATUS], ["SPY"], snapshot_seq=8) as subscription, hub.subscribe([Topic.RISK]) as other:
        hub.tell_status()
        hub.tell_status()
        frame = await following(subscription)
        assert (texts(frame), frame.seq, frame.prev_seq, frame.conflated) == (["StatusNow"], 8, 8, 1)
        assert other.queued == 0


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


def resumed(hub: Hub, topics: Sequence[Topic], from_seq: int, symbols: Sequence[str] = ()) -> Subscription:
    subscription = hub.resume(topics, symbols, from_seq=from_seq, snapshot_seq=hub.seq)
    assert subscription is not None
    return subscription


def bar(end_ns: int, symbol: str = "SPY") -> BarClosed:
    return BarClosed(replace(STOCK_BAR, symbol=symbol), end_ns, 0, True)


async def test_each_completed_bar_says_that_indicators_changed_and_the_newest_ones_win() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.BARS, Topic.INDICATORS]) as subscription:
        hub.publish(1, 0, [bar(60), bar(60, "IBM")])
        hub.publish(2, 0, [bar(120)])
        frame = await following(subscription)
    assert texts(frame) == ["bar SPY 60", "bar IBM 60", "bar SPY 120", "indicators SPY 120", "indicators IBM 60"]
    assert frame.conflated == 1


async def test_who_comes_back_gets_what_was_missed_and_no_more() -> None:
    hub = Hub(label)
    for seq in range(1, 6):
        hub.publish(seq, 0, [order(str(seq)), quote("SPY", seq), alert("SPY")])
    with resumed(hub, [Topic.ORDERS, Topic.PRICES], 2) as subscription:
        hub.publish(6, 0, [order("6"), quote("SPY", 6)])
        frame = await following(subscription)
    assert texts(frame) == ["SPY:3", "SPY:4", "SPY:5", "SPY:6", "SPY@6"]
    assert (frame.prev_seq, frame.seq) == (2, 6)


async def test_who_comes_back_with_symbols_gets_those_alone() -> None:
    hub = Hub(label)
    hub.publish(1, 0, [order("a"), order("b", "IBM")])
    with resumed(hub, [Topic.ORDERS], 0, ["IBM"]) as subscription:
        assert texts(await following(subscription)) == ["IBM:b"]


async def test_who_comes_back_too_late_or_from_the_future_is_told_so() -> None:
    hub = Hub(label, seq=9, ring=Ring(9, kept=2))
    for seq in range(10, 14):
        hub.publish(seq, 0, [order(str(seq))])
    assert hub.resume([Topic.ORDERS], from_seq=10, snapshot_seq=13) is None
    assert hub.resume([Topic.ORDERS], from_seq=14, snapshot_seq=13) is None
    assert hub.resume([Topic.SIGNALS], from_seq=8, snapshot_seq=13) is None  # of before this process
    for topics in ([Topic.ORDERS], [Topic.SIGNALS, Topic.ORDERS]):
        assert texts(await following(resumed(hub, topics, 11))) == ["SPY:12", "SPY:13"]
    gauges = hub.gauges()
    assert (gauges.resumed, gauges.past_gone) == (2, 3)
    assert (gauges.topics[Topic.ORDERS].resumed, gauges.topics[Topic.ORDERS].past_gone) == (2, 2)
    assert (gauges.topics[Topic.SIGNALS].resumed, gauges.topics[Topic.SIGNALS].past_gone) == (1, 1)


async def test_a_flood_of_one_topic_does_not_push_out_the_past_of_another() -> None:
    hub = Hub(label, ring=Ring(kept=10))
    hub.publish(1, 0, [order("old")])
    for seq in range(2, 100):
        hub.publish(seq, 0, [bar(seq)])
    subscription = resumed(hub, [Topic.ORDERS], 0)
    assert texts(await following(subscription)) == ["SPY:old"]
    assert hub.resume([Topic.BARS], from_seq=0, snapshot_seq=99) is None


async def test_the_past_is_bounded_by_memory_too() -> None:
    hub = Hub(label, ring=Ring(kept_bytes=3_000))
    for seq in range(1, 5):
        hub.publish(seq, 0, [order(str(seq))])
    assert hub.resume([Topic.ORDERS], from_seq=1, snapshot_seq=4) is None
    assert hub.resume([Topic.ORDERS], from_seq=2, snapshot_seq=4) is not None


async def test_who_comes_back_to_positions_gets_the_newest_marks_too() -> None:
    hub = Hub(label)
    hub.publish(1, 0, [position(1), position(1, symbol="IBM")])
    hub.publish(2, 0, [position(2, mark=True), position(2, mark=True, symbol="IBM")])
    hub.publish(3, 0, [position(3, mark=True)])
    hub.publish(4, 0, [position(4, symbol="IBM")])
    subscription = resumed(hub, [Topic.POSITIONS], 3)
    assert texts(await following(subscription)) == ["position IBM 4", "mark SPY 3"]


async def test_a_long_past_is_no_reason_to_call_a_subscriber_slow() -> None:
    hub = Hub(label, fail_beyond=3)
    for seq in range(1, 11):
        hub.publish(seq, 0, [order(str(seq))])
    subscription = resumed(hub, [Topic.ORDERS], 0)
    for seq in range(11, 14):
        hub.publish(seq, 0, [order(str(seq))])
    assert subscription.end is None
    hub.publish(14, 0, [order("14")])
    assert subscription.end == Overflow(0)
    assert hub.gauges().topics[Topic.ORDERS].overflowed == 1


async def test_a_position_is_encoded_when_it_changes_not_when_it_is_read() -> None:
    """What guards it is told by the state of then."""
    encode = Encoder()
    hub = Hub(encode)
    hub.publish(1, 0, [position(1), position(2, mark=True)])
    assert encode.calls == 1


Step = tuple[str, int]
TOPICS = (Topic.ORDERS, Topic.BARS, Topic.ALERTS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(0, 5)),
        st.tuples(st.just("read"), st.integers(1, 4)),
        st.tuples(st.just("drop"), st.just(0)),
        st.tuples(st.just("come back"), st.just(0)),
    ),
    max_size=40,
)


class Reader:
    """A client: what it holds since its last whole snapshot, and whether each message follows the one before."""

    def __init__(self, hub: Hub, topics: Sequence[Topic]) -> None:
        self.hub = hub
        self.topics = topics
        self.subscription: Subscription | None = None
        self.seq = -1
        self.part = 0
        self.since = 0
        self.heard: list[str] = []

    def come(self) -> None:
        """Subscribe, or come back."""
        if self.subscription is not None:
            return
        if self.seq >= 0:
            position = {"from_seq": self.seq, "part": self.part}
            self.subscription = self.hub.resume(self.topics, **position, snapshot_seq=self.hub.seq)
        if self.subscription is None:
            self.subscription = self.hub.subscribe(self.topics, snapshot_seq=self.hub.seq)
            self.seq = self.since = self.hub.seq
            self.part, self.heard = 0, []

    def drop(self) -> None:
        if self.subscription is not None:
            self.subscription.close()
            self.subscription = None

    async def read(self) -> None:
        if self.subscription is None:
            return
        if self.subscription.end is not None:
            assert await rest(self.subscription) == []
            assert self.subscription.end == Overflow(self.seq, self.part)
            self.subscription = None
        elif self.subscription.queued:
            self.take(await following(self.subscription))

    def take(self, frame: Frame) -> None:
        assert frame.prev_seq == self.seq
        assert frame.seq >= frame.prev_seq
        self.seq, self.part = frame.seq, frame.part
        self.heard += texts(frame)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(1, 60), st.integers(1, 60), st.integers(1, 12), st.integers(2, 12))
def test_whatever_drops_and_comes_back_each_reader_has_exactly_what_was_committed(
    steps: list[Step], frame_bytes: int, most_bytes: int, kept: int, fail_beyond: int
) -> None:
    """Also where one number takes more than a message, and its reader drops between two of them."""

    async def run() -> None:
        hub = Hub(label, frame_bytes=frame_bytes, fail_beyond=fail_beyond, ring=Ring(kept=kept))
        readers = [Reader(hub, TOPICS[: number + 1]) for number in range(len(TOPICS))]
        committed: list[tuple[int, Topic, str]] = []
        for number, (what, count) in enumerate(steps):
            reader = readers[number % len(readers)]
            if what == "publish":
                seq = hub.seq + 1
                news = [(order(f"{seq}.{part}"), bar(seq), alert(str(seq)))[part % 3] for part in range(count)]
                hub.publish(seq, 0, news)
                topics = [TOPICS[part % 3] for part in range(count)]
                committed += [(seq, topic, label(one).decode()) for topic, one in zip(topics, news, strict=True)]
            elif what == "read":
                for _ in range(count):
                    await reader.read()
            elif what == "drop":
                reader.drop()
            else:
                reader.come()
        for reader in readers:
            reader.drop()
            reader.come()
        hub.drain("done")
        for reader in readers:
            assert reader.subscription is not None
            for frame in await rest(reader.subscription):
                reader.take(frame)
            wanted = [text for seq, topic, text in committed if seq > reader.since and topic in reader.topics]
            assert sorted(reader.heard) == sorted(wanted)
            for topic_mark in ("SPY:", "bar", "alert"):
                ordered = [text for text in reader.heard if text.startswith(topic_mark)]
                assert ordered == [text for text in wanted if text.startswith(topic_mark)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscription, "MOST_BYTES", most_bytes)
        asyncio.run(run())


def slowly(update: Published) -> bytes:
    """An encoder that takes 20 us."""
    until = asyncio.get_running_loop().time() + 0.000_02
    while asyncio.get_running_loop().time() < until:
        pass
    return label(update)


async def test_eight_thousand_prices_leave_in_frames_that_hold_the_loop_for_a_moment_each() -> None:
    hub = Hub(slowly)
    quotes = tuple(Quote(f"S{number}", 1, number, 0.0) for number in range(8_000))
    with hub.subscribe([Topic.PRICES]) as subscription:
        hub.publish(1, 0, [QuotesUpdated(quotes)])
        hub.publish(2, 0, [QuotesUpdated(quotes)])
        frames = []
        while sum(len(frame.chunks) for frame in frames) < 8_000:
            frames.append(await following(subscription))
            if len(frames) == 3:
                hub.publish(3, 0, [quote("S7999", 1.5), quote("S0", 2.5)])
        frames.append(await following(subscription))
    assert max(len(frame.chunks) for frame in frames) < 1_000  # 20 ms of encoding
    everything = [text for frame in frames for text in texts(frame)]
    assert everything[:2] == ["S0@0", "S1@1"]
    assert everything[-2:] == ["S7999@1.5", "S0@2.5"]  # one before it left, in its place; the other once more
    assert len(everything) == 8_001
    assert sum(frame.conflated for frame in frames) == 8_001


async def test_the_bars_of_one_event_come_in_one_frame_and_hold_the_loop_for_a_moment_at_a_time() -> None:
    hub = Hub(slowly)
    with hub.subscribe([Topic.BARS]) as subscription:
        hub.publish(1, 0, [bar(60, f"S{number}") for number in range(2_000)])
        hub.publish(2, 0, [bar(120)])
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.ensure_future(others())
        frame = await following(subscription)
        task.cancel()
        assert (frame.seq, len(frame.chunks)) in ((1, 2_000), (2, 2_001))
        assert turns >= 8  # 40 ms of encoding, 4 at a time


async def test_an_event_that_no_message_can_hold_is_cut() -> None:
    hub = Hub(lambda update: bytes(1 << 20))
    with hub.subscribe([Topic.ORDERS]) as subscription:
        hub.publish(1, 0, [order(str(number)) for number in range(7)])
        frames = [await following(subscription) for _ in range(3)]
    assert [len(frame.chunks) for frame in frames] == [3, 3, 1]
    assert [(frame.prev_seq, frame.seq, frame.part) for frame in frames] == [(0, 0, 3), (0, 0, 6), (0, 1, 0)]


async def test_who_comes_back_within_a_number_gets_the_rest_of_it_whatever_else_is_published() -> None:
    hub = Hub(lambda update: bytes(1 << 20) if isinstance(update, OrderUpdated) else label(update))
    topics, symbols = (Topic.ALERTS, Topic.ORDERS, Topic.POSITIONS), ("SPY",)
    news = [alert("SPY"), *(order(str(number)) for number in range(5)), order("none of mine", "IBM"), position(1)]
    with hub.subscribe(topics, symbols) as subscription:
        hub.publish(1, 0, news)
        first = await following(subscription)
    assert (first.seq, first.part, len(first.chunks)) == (0, 4, 4)
    hub.publish(2, 0, [position(7, mark=True), order("later")])
    back = hub.resume(topics, symbols, from_seq=0, part=4, snapshot_seq=2)
    assert back is not None
    with back:
        frames = [await following(back) for _ in range(3)]
    assert [(frame.prev_seq, frame.seq, frame.part) for frame in frames] == [(0, 1, 0), (1, 2, 0), (2, 2, 0)]
    assert [len(frame.chunks) for frame in frames] == [3, 1, 1]
    for part in (8, 1 << 63):
        assert hub.resume(topics, symbols, from_seq=0, part=part, snapshot_seq=2) is None
    assert hub.resume(topics, symbols, from_seq=2, part=1, snapshot_seq=2) is None
    assert hub.gauges().subscribers == 0


async def test_a_subscriber_that_is_served_in_many_frames_lets_others_run_between_them() -> None:
    hub = Hub(label, frame_bytes=1)
    with hub.subscribe([Topic.ORDERS]) as subscription:
        for seq in range(1, 51):
            hub.publish(seq, 0, [order(str(seq))])
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.ensure_future(others())
        for _ in range(50):
            await anext(subscription)
        task.cancel()
    assert turns >= 49


async def test_a_hundred_subscribers_are_not_sent_each_price_in_a_frame_of_its_own() -> None:
    hub = Hub(label)
    readers = [hub.subscribe([Topic.PRICES]) for _ in range(100)]
    loop = asyncio.get_running_loop()
    hub.publish(1, 0, [quote("A", 1)])
    for reader in readers:
        assert texts(await following(reader)) == ["A@1"]
    start = loop.time()
    hub.publish(2, 0, [quote("A", 2)])
    hub.publish(3, 0, [quote("B", 3)])
    assert texts(await following(readers[-1])) == ["A@2", "B@3"]
    assert loop.time() - start > 0.004


async def woken(hub: Hub, subscribers: int) -> list[int]:
    """How many of some waiting subscribers have a frame after each turn of the loop, until all have."""
    readers = [hub.subscribe([Topic.ORDERS]) for _ in range(subscribers)]
    waiting = [asyncio.ensure_future(following(reader)) for reader in readers]
    for _ in range(3):
        await asyncio.sleep(0)
    hub.publish(1, 0, [order("new")])
    served = [0]
    async with asyncio.timeout(5):
        while served[-1] < subscribers:
            await asyncio.sleep(0)
            served.append(sum(task.done() for task in waiting))
    assert [texts(task.result()) for task in waiting] == [["SPY:new"]] * subscribers
    return served


async def test_in_one_turn_of_the_loop_a_few_subscribers_make_their_frames_and_the_sockets_have_theirs() -> None:
    served = await woken(Hub(label), 20)
    assert max(after - before for before, after in pairwise(served)) <= A_TURN


async def test_while_something_is_urgent_subscribers_stand_back_for_a_moment_and_not_for_longer() -> None:
    hub, looked = Hub(label), 0

    def urgent() -> bool:
        nonlocal looked
        looked += 1
        return True

    hub.urgent = urgent
    start = asyncio.get_running_loop().time()
    await woken(hub, 3 * A_TURN)
    assert looked == 3
    assert asyncio.get_running_loop().time() - start >= 3 * STAND_BACK_S


async def test_who_comes_while_the_daemon_stops_is_told_so() -> None:
    hub = Hub(label)
    hub.drain("stopping")
    subscription = hub.subscribe([Topic.ORDERS])
    assert await rest(subscription) == []
    assert subscription.end == Drained("stopping")
    assert hub.subscribers == 0


async def test_whoever_waits_for_a_number_is_told_when_it_is_there_or_never_will_be() -> None:
    hub = Hub(label)
    third, ninth = (asyncio.ensure_future(hub.reached(seq)) for seq in (3, 9))
    for seq in range(1, 4):
        await asyncio.sleep(0)
        assert not third.done()
        hub.publish(seq, 0, [])
    assert await asyncio.wait_for(third, 5)
    hub.drain("stopping")
    assert not await asyncio.wait_for(ninth, 5)
    assert await hub.reached(2)


async def test_the_status_conflates_and_is_paced() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.STATUS], min_interval_s=60) as subscription:
        hub.publish(1, 0, [StatusChanged("WARMING")])
        hub.publish(2, 0, [StatusChanged("ACTIVE")])
        frame = await following(subscription)
        assert (texts(frame), frame.conflated) == (["StatusChanged"], 1)
        hub.publish(3, 0, [StatusChanged("HALTED")])
        assert subscription._fill()
        assert subscription._chunks == []


def test_the_daemon_itself_hears_of_each_state_without_anybody_that_reads_it() -> None:
    heard: list[int] = []
    hub = Hub(unreadable)
    hub.on_state = lambda: heard.append(hub.seq)
    hub.tell_status()
    hub.publish(1, 0, [quote("SPY", 1)])
    hub.publish(2, 0, [StatusChanged("ACTIVE")])
    assert heard == [2]


def unreadable(update: object) -> bytes:
    raise AssertionError(f"{update} is read")


async def test_a_state_that_becomes_durable_is_told_to_those_whose_snapshot_is_newer_for_it_is_read_as_it_is_then() -> (
    None
):
    hub = Hub(label)
    with hub.subscribe([Topic.STATUS], snapshot_seq=1) as subscription:
        hub.publish(1, 0, [StatusChanged("ACTIVE")])
        assert texts(await following(subscription)) == ["StatusChanged"]


async def test_what_nobody_has_read_of_the_status_says_what_a_snapshot_says_that_is_cut_meanwhile() -> None:
    states = iter(("degraded", "active"))
    hub = Hub(lambda update: next(states).encode())
    with hub.subscribe([Topic.STATUS]) as subscription:
        hub.tell_status()
        hub.settle_status()
        assert next(states) == "active"
        assert texts(await following(subscription)) == ["degraded"]


async def test_the_gauges_tell_the_topics_apart() -> None:
    hub = Hub(label)
    with hub.subscribe([Topic.ORDERS, Topic.PRICES]), hub.subscribe([Topic.PRICES]), hub.following():
        hub.publish(1, 0, [order("a"), quote("SPY", 1), quote("SPY", 2)])
        gauges = hub.gauges()
    assert (gauges.subscribers, gauges.queued, gauges.conflated) == (3, 3, 2)
    orders, prices = gauges.topics[Topic.ORDERS], gauges.topics[Topic.PRICES]
    assert (orders.subscribers, orders.queued, orders.conflated) == (1, 1, 0)
    assert (prices.subscribers, prices.queued, prices.conflated) == (2, 2, 2)
    assert hub.subscribers == hub.gauges().topics[Topic.PRICES].subscribers == 0
