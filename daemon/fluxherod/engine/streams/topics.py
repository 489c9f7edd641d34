"""What can be watched, and how each update of the engine goes out: under which topic, and whether it conflates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from fluxherod.engine.effects import (
    AccountUpdated,
    AlertRaised,
    AlertUpdated,
    BarClosed,
    BarRejected,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    SafetyChanged,
    SignalUpdated,
    TradeUpdated,
    Update,
)


@dataclass(frozen=True, slots=True)
class RiskChanged:
    """The figures of the risk engine are others than before; the hub says so whenever account, orders or state are."""


@dataclass(frozen=True, slots=True)
class IndicatorsChanged:
    """The indicators of a symbol are those of the bar that ended then; the hub says so of each completed bar."""

    symbol: str
    end_ns: int


@dataclass(frozen=True, slots=True)
class StatusNow:
    """The status is another one, by what no row of the journal has brought: the time, a connection, the disk."""


Published = Update | RiskChanged | IndicatorsChanged | StatusNow
Encode = Callable[[Published], bytes | None]


class Topic(StrEnum):
    """What can be watched. Trades come with the positions, rejected bars with the bars."""

    PRICES = "prices"
    BARS = "bars"
    INDICATORS = "indicators"
    POSITIONS = "positions"
    ORDERS = "orders"
    SIGNALS = "signals"
    ACCOUNT = "account"
    RISK = "risk"
    STATUS = "status"
    ALERTS = "alerts"


ORDER = {topic: number for number, topic in enumerate(Topic)}
"""In which order the updates of one number go out."""

QUEUED = frozenset({Topic.BARS, Topic.POSITIONS, Topic.ORDERS, Topic.SIGNALS, Topic.ALERTS})
"""The topics whose every change is sent, so that a subscriber can resume them."""

PLAIN = QUEUED - {Topic.POSITIONS}
"""Those of them in which nothing conflates."""

AS_READ = 1 << 64
"""The number of an update that says how things are when it is read: newer than every snapshot."""

Key = tuple[Topic, str | None]


class Item:
    """An update on its way, and its bytes once somebody needed them. With a key, a newer one replaces it."""

    __slots__ = ("_bytes", "_encoded", "key", "seq", "symbol", "topic", "update")

    def __init__(self, seq: int, update: Published, topic: Topic, symbol: str | None, conflates: bool) -> None:
        self.seq = seq
        self.update = update
        self.topic = topic
        self.symbol = symbol
        self.key: Key | None = (topic, symbol) if conflates else None
        self._encoded = False
        self._bytes: bytes | None = None

    @property
    def whole(self) -> bool:
        """True when it says all that a conflated one of its topic and symbol before it said."""
        return isinstance(self.update, PositionUpdated | AccountUpdated)

    def encoded(self, encode: Encode) -> bytes | None:
        """Its bytes, made once however many subscribers there are; `None` when it is not sent."""
        if not self._encoded:
            self._bytes = encode(self.update)
            self._encoded = True
        return self._bytes


def items_of(seq: int, update: Update) -> list[Item]:
    """An update as the hub sends it: by topic, filtered by symbol (`None` passes every filter)."""
    match update:
        case QuotesUpdated(quotes):
            return [Item(seq, QuotesUpdated((quote,)), Topic.PRICES, quote.symbol, True) for quote in quotes]
        case PositionUpdated(position, mark):
            return [Item(seq, update, Topic.POSITIONS, position.symbol, mark)]
        case AccountUpdated(_, record):
            return [Item(seq, update, Topic.ACCOUNT, None, not record), _risk(seq)]
        case TradeUpdated(trade):
            return [Item(seq, update, Topic.POSITIONS, trade.symbol, False)]
        case OrderUpdated(order):
            return [Item(seq, update, Topic.ORDERS, order.symbol, False), _risk(seq)]
        case SignalUpdated(signal):
            return [Item(seq, update, Topic.SIGNALS, signal.symbol, False)]
        case BarClosed(bar) | BarRejected(bar):
            return [Item(seq, update, Topic.BARS, bar.symbol, False)]
        case AlertUpdated(alert):
            return [Item(seq, update, Topic.ALERTS, alert.symbol or None, False)]
        case SafetyChanged():
            return [_risk(seq)]
        case AlertRaised():  # the alert that it became follows
            return []
    return [Item(AS_READ, update, Topic.STATUS, None, True), _risk(seq)]


def indicators_of(bars: Iterable[Item]) -> list[Item]:
    """What completed bars change of the indicators."""
    found = []
    for item in bars:
        if isinstance(item.update, BarClosed):
            news = IndicatorsChanged(item.update.bar.symbol, item.update.end_ns)
            found.append(Item(item.seq, news, Topic.INDICATORS, item.symbol, True))
    return found


def _risk(seq: int) -> Item:
    return Item(seq, RiskChanged(), Topic.RISK, None, True)
