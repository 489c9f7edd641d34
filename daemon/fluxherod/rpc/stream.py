"""StreamService: every subscription of the API. Each other Watch RPC is this one with one topic.

The snapshot is cut and the subscription made in one step of the loop, and the snapshot leaves only when what it
shows is durable, so a subscriber sees each committed change once: in the snapshot or after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from google.protobuf.message import Message

from fluxhero.v1 import common_pb2, signal_pb2, stream_pb2, stream_pb2_grpc
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
from fluxherod.engine.hub import Drained, Frame, FrameKind, Hub, Overflow, Published, RiskChanged, Subscription, Topic
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.convert import timestamp
from fluxherod.rpc.convert_alerts import alert_message
from fluxherod.rpc.convert_market import bar_message, signal_message
from fluxherod.rpc.convert_orders import account_message, order_message
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.risk_now import risk_now
from fluxherod.rpc.status import StatusReader
from fluxherod.rpc.tables import Tables

TOPICS: dict[common_pb2.Topic, Topic] = {
    common_pb2.TOPIC_PRICES: Topic.PRICES,
    common_pb2.TOPIC_BARS: Topic.BARS,
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
SNAPSHOT_SIGNALS = 100
DURABLE_POLL_S = 0.002


class Encoder:
    """An update as the bytes of a WatchResponse that holds nothing else; `None` when no topic carries it."""

    def __init__(self, live: Live, status: StatusReader) -> None:
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
            case PositionUpdated(position):
                return stream_pb2.WatchResponse(positions=[live.position(position)])
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
            case RiskChanged():
                return stream_pb2.WatchResponse(risks=[risk_now(live)])
            case AlertUpdated(alert):
                return stream_pb2.WatchResponse(alerts=[alert_message(alert)])
            case StatusChanged():
                return stream_pb2.WatchResponse(statuses=[self._status.message()])
        return None

    def _prices(self, quotes: tuple[Quote, ...]) -> stream_pb2.WatchResponse | None:
        prices = [price for quote in quotes if (price := self._live.price(quote.symbol, quote)) is not None]
        return stream_pb2.WatchResponse(prices=prices) if prices else None


class Streams:
    """Subscriptions over the hub."""

    def __init__(self, live: Live, status: StatusReader, hub: Hub, tables: Tables, closing: Callable[[], str]) -> None:
        self._live = live
        self._status = status
        self._hub = hub
        self._tables = tables
        self._closing = closing

    def watch_one(self, topic: common_pb2.Topic, request: Message) -> Messages:
        """A Watch RPC of one topic; its request has the fields and numbers of WatchRequest."""
        whole = stream_pb2.WatchRequest.FromString(request.SerializeToString())
        whole.topics[:] = [topic]
        return self.watch(whole)

    async def watch(self, request: stream_pb2.WatchRequest) -> Messages:
        """Messages of a subscription, serialised: a snapshot, then what changes, until it ends with a reason."""
        topics, symbols = _topics(request), validate.symbols(request.symbols)
        interval_s = validate.interval_s(request.min_interval)
        for symbol in symbols:
            self._live.book(symbol)
        if common_pb2.TOPIC_STATUS in topics:
            await self._status.read()  # what the snapshot counts, before it is cut
        seq = self._live.runner.seq
        snapshot = self._snapshot(request, topics, symbols, seq)
        hub_topics = [TOPICS[topic] for topic in topics]
        with self._hub.subscribe(hub_topics, symbols, min_interval_s=interval_s, snapshot_seq=seq) as subscription:
            await self._durable(seq)
            if common_pb2.TOPIC_SIGNALS in topics:
                snapshot.signals.extend(await self._signals(symbols))
            yield snapshot.SerializeToString()
            async for frame in subscription:
                yield self._frame(frame)
        raise self._end(subscription)

    def _snapshot(
        self, request: stream_pb2.WatchRequest, topics: list[common_pb2.Topic], symbols: tuple[str, ...], seq: int
    ) -> stream_pb2.WatchResponse:
        live = self._live
        message = self._header(seq, request.from_seq, common_pb2.STREAM_KIND_SNAPSHOT)
        message.snapshot_reason = _snapshot_reason(request, live.engine.epoch)
        message.snapshot_topics.extend(topics)
        fill: dict[common_pb2.Topic, Callable[[], object]] = {
            common_pb2.TOPIC_PRICES: lambda: message.prices.extend(live.prices(symbols)),
            common_pb2.TOPIC_BARS: lambda: message.bars.extend(live.last_bars(symbols)),
            common_pb2.TOPIC_POSITIONS: lambda: message.positions.extend(live.positions(symbols)),
            common_pb2.TOPIC_ORDERS: lambda: message.orders.extend(live.open_orders(symbols)),
            common_pb2.TOPIC_ACCOUNT: lambda: message.accounts.extend(live.accounts()),
            common_pb2.TOPIC_RISK: lambda: message.risks.append(risk_now(live)),
            common_pb2.TOPIC_STATUS: lambda: message.statuses.append(self._status.message()),
            common_pb2.TOPIC_ALERTS: lambda: message.alerts.extend(live.open_alerts(symbols)),
        }
        for topic in topics:
            if topic in fill:
                fill[topic]()
        return message

    async def _durable(self, seq: int) -> None:
        """Wait until everything up to `seq` is durable and published."""
        while self._hub.seq < seq:
            if self._closing():
                raise Refused("SHUTTING_DOWN", f"the daemon is stopping: {self._closing()}")
            await asyncio.sleep(DURABLE_POLL_S)

    async def _signals(self, symbols: tuple[str, ...]) -> list[signal_pb2.Signal]:
        """The signals of the session, oldest first; by now the tables hold all that the snapshot's `seq` covers."""
        engine = self._live.engine
        session = engine.market.calendar.last_opened(self._live.now_ns)
        since_ns = session.open_ns if session is not None else None
        only = symbols[0] if len(symbols) == 1 else None
        page = await self._tables.signals(symbol=only, since_ns=since_ns, page_size=SNAPSHOT_SIGNALS)
        wanted = [signal for signal in reversed(page.items) if not symbols or signal.symbol in symbols]
        return [signal_message(signal, self._live.timeframe) for signal in wanted]

    def _frame(self, frame: Frame) -> bytes:
        header = self._header(frame.seq, frame.prev_seq, _KINDS[frame.kind])
        header.conflated = frame.conflated
        return b"".join((header.SerializeToString(), *frame.chunks))

    def _header(self, seq: int, prev_seq: int, kind: common_pb2.StreamKind) -> stream_pb2.WatchResponse:
        return stream_pb2.WatchResponse(
            epoch=self._live.engine.epoch,
            seq=seq,
            prev_seq=prev_seq,
            kind=kind,
            as_of=timestamp(self._live.runner.last_event_ns),
        )

    def _end(self, subscription: Subscription) -> Refused:
        match subscription.end:
            case Overflow(last_seq):
                position = {"epoch": self._live.engine.epoch, "last_seq": str(last_seq)}
                text = f"the subscriber reads too slowly; it has everything up to {last_seq}"
                return Refused("SLOW_CONSUMER", text, metadata=position)
            case Drained(reason):
                return Refused("SHUTTING_DOWN", f"the daemon is stopping: {reason}")
        return Refused("SHUTTING_DOWN", "the subscription was closed")


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
        if topic not in TOPICS:
            raise Refused("NOT_IMPLEMENTED", f"{common_pb2.Topic.Name(topic)} is not served by this version")
    return wanted


def _snapshot_reason(request: stream_pb2.WatchRequest, epoch: str) -> common_pb2.SnapshotReason:
    """This version keeps no past to resume from, and says so."""
    if not request.HasField("from_seq"):
        return common_pb2.SNAPSHOT_REASON_SUBSCRIBED
    changed = request.epoch not in ("", epoch)
    return common_pb2.SNAPSHOT_REASON_EPOCH_CHANGED if changed else common_pb2.SNAPSHOT_REASON_PAST_GONE
