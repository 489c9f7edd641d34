"""StreamService: every subscription of the API. Each other Watch RPC is this one with one topic.

The snapshot is cut and the subscription made in one step of the loop, and the snapshot leaves only when what it
shows is durable, so a subscriber sees each committed change once: in the snapshot or after it. One that comes back
gets what it has missed of the topics that queue, and a snapshot of the others.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import nullcontext

from google.protobuf.message import Message

from fluxhero.v1 import common_pb2, stream_pb2, stream_pb2_grpc
from fluxherod.core.types import Quote
from fluxherod.engine.effects import (
    AccountUpdated,
    AlertUpdated,
    BarClosed,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    SignalUpdated,
    StatusChanged,
)
from fluxherod.engine.streams.hub import (
    QUEUED,
    Drained,
    Frame,
    FrameKind,
    Hub,
    IndicatorsChanged,
    Overflow,
    Published,
    RiskChanged,
    StatusNow,
    Subscription,
    Topic,
)
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert_alerts import alert_message
from fluxherod.rpc.convert_market import bar_message, signal_message
from fluxherod.rpc.convert_orders import account_message, order_message
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.risk_now import risk_now
from fluxherod.rpc.snapshots import Cut, Snapshots, header
from fluxherod.rpc.status_watch import StatusWatch

TOPICS: dict[common_pb2.Topic, Topic] = {
    common_pb2.TOPIC_PRICES: Topic.PRICES,
    common_pb2.TOPIC_BARS: Topic.BARS,
    common_pb2.TOPIC_INDICATORS: Topic.INDICATORS,
    common_pb2.TOPIC_POSITIONS: Topic.POSITIONS,
    common_pb2.TOPIC_ORDERS: Topic.ORDERS,
    common_pb2.TOPIC_SIGNALS: Topic.SIGNALS,
    common_pb2.TOPIC_ACCOUNT: Topic.ACCOUNT,
    common_pb2.TOPIC_RISK: Topic.RISK,
    common_pb2.TOPIC_STATUS: Topic.STATUS,
    common_pb2.TOPIC_ALERTS: Topic.ALERTS,
}
_KINDS = {
    FrameKind.UPDATES: common_pb2.STREAM_KIND_UPDATE,
    FrameKind.HEARTBEAT: common_pb2.STREAM_KIND_HEARTBEAT,
}
Messages = AsyncGenerator[bytes, None]


class Encoder:
    """An update as the bytes of a WatchResponse that holds nothing else; `None` when no topic carries it."""

    def __init__(self, live: Live, status: StatusWatch) -> None:
        self._live = live
        self._status = status

    def __call__(self, update: Published) -> bytes | None:
        """What the hub joins into frames."""
        response = self._response(update)
        return response.SerializeToString() if response is not None else None

    def _response(self, update: Published) -> stream_pb2.WatchResponse | None:
        live = self._live
        match update:
            case QuotesUpdated(quotes):
                return self._prices(quotes)
            case PositionUpdated(position, _, realized_e4):
                return stream_pb2.WatchResponse(positions=[live.position_then(position, realized_e4)])
            case OrderUpdated(order, event):
                return stream_pb2.WatchResponse(orders=[order_message(order, event)])
            case SignalUpdated(signal):
                return stream_pb2.WatchResponse(signals=[signal_message(signal, live.timeframe)])
            case AccountUpdated(account):
                ledger = live.engine.ledger
                message = account_message(account, ledger.account, ledger.account_ns)
                return stream_pb2.WatchResponse(accounts=[message])
            case BarClosed(bar, end_ns, regime, valid):
                return stream_pb2.WatchResponse(bars=[bar_message(bar, end_ns, live.timeframe, regime, valid)])
            case IndicatorsChanged(symbol, end_ns):
                found = live.indicators(symbol, end_ns)
                return stream_pb2.WatchResponse(indicators=[found]) if found is not None else None
            case RiskChanged():
                return stream_pb2.WatchResponse(risks=[risk_now(live)])
            case AlertUpdated(alert):
                return stream_pb2.WatchResponse(alerts=[alert_message(alert)])
            case StatusChanged() | StatusNow():
                return stream_pb2.WatchResponse(statuses=[self._status.message()])
        return None

    def _prices(self, quotes: tuple[Quote, ...]) -> stream_pb2.WatchResponse | None:
        prices = [price for quote in quotes if (price := self._live.price(quote.symbol, quote)) is not None]
        return stream_pb2.WatchResponse(prices=prices) if prices else None


class Streams:
    """Subscriptions over the hub."""

    def __init__(
        self, live: Live, hub: Hub, snapshots: Snapshots, status: StatusWatch, closing: Callable[[], str]
    ) -> None:
        self._live = live
        self._hub = hub
        self._snapshots = snapshots
        self._status = status
        self._closing = closing
        self._header: tuple[object, bytes] = (None, b"")

    def watch_one(self, topic: common_pb2.Topic, request: Message) -> Messages:
        """A Watch RPC of one topic; its request has the fields and numbers of WatchRequest."""
        request.DiscardUnknownFields()  # what this request doesn't have is not to be read as what WatchRequest has
        whole = stream_pb2.WatchRequest.FromString(request.SerializeToString())
        whole.topics[:] = [topic]
        return self.watch(whole)

    async def watch(self, request: stream_pb2.WatchRequest) -> Messages:
        """Messages of a subscription, serialised: a snapshot, then what changes, until it ends with a reason."""
        topics, symbols = _topics(request), validate.symbols(request.symbols)
        interval_s = validate.interval_s(request.min_interval)
        for symbol in symbols:
            self._live.book(symbol)
        await self._snapshots.prepare(topics)
        seq = self._live.runner.seq
        with self._status.watched() if common_pb2.TOPIC_STATUS in topics else nullcontext():
            reason, subscription = self._subscribe(request, topics, symbols, interval_s, seq)
            with subscription:
                yield await self._snapshot(request, topics, symbols, reason, seq)
                async for frame in subscription:
                    yield self._frame(frame)
        raise self._end(subscription)

    def _subscribe(
        self,
        request: stream_pb2.WatchRequest,
        topics: Sequence[common_pb2.Topic],
        symbols: tuple[str, ...],
        interval_s: float,
        seq: int,
    ) -> tuple[common_pb2.SnapshotReason, Subscription]:
        """Go on after `from_seq`, or else begin anew, and why."""
        chosen, epoch = [TOPICS[topic] for topic in topics], self._live.engine.stream_epoch
        reason = common_pb2.SNAPSHOT_REASON_SUBSCRIBED
        if request.HasField("from_seq"):
            reason = common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED
            if request.epoch in ("", epoch):
                reason = common_pb2.SNAPSHOT_REASON_PAST_GONE
                resumed = self._hub.resume(
                    chosen,
                    symbols,
                    from_seq=request.from_seq,
                    part=request.part,
                    snapshot_seq=seq,
                    min_interval_s=interval_s,
                )
                if resumed is not None:
                    return common_pb2.SNAPSHOT_REASON_RESUMED, resumed
        return reason, self._hub.subscribe(chosen, symbols, min_interval_s=interval_s, snapshot_seq=seq)

    async def _snapshot(
        self,
        request: stream_pb2.WatchRequest,
        topics: Sequence[common_pb2.Topic],
        symbols: tuple[str, ...],
        reason: common_pb2.SnapshotReason,
        seq: int,
    ) -> bytes:
        """The first message, once what it shows is durable. What it was made of is not kept while the stream lasts."""
        cut = self._cut(request, topics, symbols, reason, seq)
        await self._snapshots.fill(cut)
        await self.durable(self._live.runner.seq)
        await self._snapshots.add_signals(cut.message, symbols)
        return cut.message.SerializeToString()

    def _cut(
        self,
        request: stream_pb2.WatchRequest,
        topics: Sequence[common_pb2.Topic],
        symbols: tuple[str, ...],
        reason: common_pb2.SnapshotReason,
        seq: int,
    ) -> Cut:
        """The state of all topics; for who resumes, of those that conflate, and the rest goes on where it was."""
        resumed = reason == common_pb2.SNAPSHOT_REASON_RESUMED
        sent = request.from_seq if resumed else seq
        now_ns = self._live.runner.last_event_ns
        message = header(self._live, sent, request.from_seq, common_pb2.STREAM_KIND_SNAPSHOT, now_ns)
        message.snapshot_reason = reason
        message.part = request.part if resumed else 0
        whole = [topic for topic in topics if not resumed or TOPICS[topic] not in QUEUED]
        return self._snapshots.cut(message, whole, symbols)

    async def durable(self, seq: int) -> None:
        """Wait until everything up to `seq` is durable and published.

        Raises:
            Refused: SHUTTING_DOWN, when the daemon stops before that.
        """
        if not await self._hub.reached(seq):
            raise self.shutting_down(self._closing())

    def _frame(self, frame: Frame) -> bytes:
        """A frame's header and its updates, joined; many subscribers get the same header in a row."""
        key = (frame.seq, frame.prev_seq, frame.kind, frame.conflated, frame.part)
        if self._header[0] != key:
            now_ns = self._hub.now_ns or self._live.runner.last_event_ns
            message = header(self._live, frame.seq, frame.prev_seq, _KINDS[frame.kind], now_ns)
            message.conflated, message.part = frame.conflated, frame.part
            self._header = (key, message.SerializeToString())
        return b"".join((self._header[1], *frame.chunks))

    def _end(self, subscription: Subscription) -> Refused:
        match subscription.end:
            case Overflow(last_seq, last_part):
                epoch = self._live.engine.stream_epoch
                position = {"epoch": epoch, "last_seq": str(last_seq), "last_part": str(last_part)}
                text = f"the subscriber reads too slowly; it has everything up to {last_seq}"
                return Refused("SLOW_CONSUMER", text, metadata=position)
            case Drained(reason):
                return self.shutting_down(reason)
        return Refused("SHUTTING_DOWN", "the subscription was closed")

    def shutting_down(self, reason: str) -> Refused:
        """How a stream ends with the daemon."""
        return Refused("SHUTTING_DOWN", f"the daemon is stopping: {reason}")


class StreamService(stream_pb2_grpc.StreamServiceServicer):
    """Any topics on one stream."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def Watch(self, request: stream_pb2.WatchRequest, context: Context) -> Messages:
        """Topics as they change, after a snapshot of all of them."""
        return self._streams.watch(request)


def _topics(request: stream_pb2.WatchRequest) -> list[common_pb2.Topic]:
    wanted = list(dict.fromkeys(request.topics)) or list(TOPICS)
    for topic in wanted:
        if topic == common_pb2.TOPIC_UNSPECIFIED or topic not in common_pb2.Topic.values():
            raise invalid("topics", "topics that the contract names")
    return wanted
