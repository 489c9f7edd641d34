"""What a stream begins with: the state of its topics as one message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from fluxhero.v1 import common_pb2, signal_pb2, stream_pb2
from fluxherod.engine.market.books import SymbolBook
from fluxherod.rpc.convert import timestamp
from fluxherod.rpc.convert_market import closed_bar, closed_indicators, signal_message
from fluxherod.rpc.live import Live
from fluxherod.rpc.risk_now import risk_now
from fluxherod.rpc.status import StatusReader
from fluxherod.rpc.tables import Tables

SNAPSHOT_SIGNALS = 100
HOLD_S = 0.004  # filling holds the loop no longer in one go
_BY_SYMBOL = frozenset({common_pb2.TOPIC_PRICES, common_pb2.TOPIC_BARS, common_pb2.TOPIC_INDICATORS})


def header(live: Live, seq: int, prev_seq: int, kind: common_pb2.StreamKind, now_ns: int) -> stream_pb2.WatchResponse:
    """A message of a stream without what it carries."""
    return stream_pb2.WatchResponse(
        epoch=live.engine.stream_epoch,
        seq=seq,
        prev_seq=prev_seq,
        kind=kind,
        as_of=timestamp(now_ns),
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """A snapshot that has the state of a moment, but for what each symbol has; how many bars each had then."""

    message: stream_pb2.WatchResponse
    bars: Sequence[tuple[SymbolBook, int]]


class Snapshots:
    """Cuts snapshots of the engine's state of this moment, and of the tables."""

    def __init__(self, live: Live, status: StatusReader, tables: Tables) -> None:
        self._live = live
        self._status = status
        self._tables = tables
        self._filling = asyncio.Lock()

    async def prepare(self, topics: Collection[common_pb2.Topic]) -> None:
        """Read what the status counts, before anything is cut."""
        if common_pb2.TOPIC_STATUS in topics:
            await self._status.read()

    def cut(self, message: stream_pb2.WatchResponse, topics: Sequence[common_pb2.Topic], symbols: Sequence[str]) -> Cut:
        """Put the state of topics into a message; what there may be thousands of comes by `fill`."""
        live = self._live
        message.snapshot_topics.extend(topics)
        fill: dict[common_pb2.Topic, Callable[[], object]] = {
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
        by_symbol = not _BY_SYMBOL.isdisjoint(topics)
        return Cut(message, [(book, book.closed.appended) for book in live.books(symbols)] if by_symbol else [])

    async def fill(self, cut: Cut) -> None:
        """Add what each symbol has; the loop turns meanwhile.

        Bars are those of the cut. Prices and indicators are newer perhaps: what has changed since is sent once more.
        However many subscribe at once, as after a restart, one is filled at a time: else each turn would have a piece
        of every one of them.
        """
        if not cut.bars:
            return
        now = asyncio.get_running_loop().time
        async with self._filling:
            until = now() + HOLD_S
            for book, bars in cut.bars:
                self._add_symbol(cut.message, book, bars)
                if now() > until:
                    await asyncio.sleep(0)
                    until = now() + HOLD_S

    def _add_symbol(self, message: stream_pb2.WatchResponse, book: SymbolBook, bars: int) -> None:
        live, topics = self._live, message.snapshot_topics
        if common_pb2.TOPIC_PRICES in topics and (price := live.price(book.symbol)) is not None:
            message.prices.append(price)
        if common_pb2.TOPIC_BARS in topics and (bar := book.closed.as_of(bars)) is not None:
            message.bars.append(closed_bar(bar, live.timeframe))
        if common_pb2.TOPIC_INDICATORS in topics and book.closed:
            message.indicators.append(closed_indicators(book.closed[-1], live.timeframe, live.strategy))

    async def add_signals(self, message: stream_pb2.WatchResponse, symbols: tuple[str, ...]) -> None:
        """Put the signals of the session in; the tables must hold all that the message's `seq` covers."""
        if common_pb2.TOPIC_SIGNALS in message.snapshot_topics:
            message.signals.extend(await self._signals(symbols, message.seq))

    async def _signals(self, symbols: tuple[str, ...], seq: int) -> list[signal_pb2.Signal]:
        """Oldest first; those that changed after `seq` are sent as they did."""
        engine = self._live.engine
        session = engine.market.calendar.last_opened(self._live.now_ns)
        since_ns = session.open_ns if session is not None else None
        only = symbols[0] if len(symbols) == 1 else None
        page = await self._tables.signals(symbol=only, since_ns=since_ns, until_seq=seq, page_size=SNAPSHOT_SIGNALS)
        wanted = [signal for signal in reversed(page.items) if not symbols or signal.symbol in symbols]
        return [signal_message(signal, self._live.timeframe) for signal in wanted]
