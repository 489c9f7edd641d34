"""The model: what the daemon has said last, by topic."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from fluxhero.v1 import (
    account_pb2,
    common_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    system_pb2,
    trade_pb2,
)
from fluxhero.v1 import stream_pb2 as stream
from fluxhero_tui.draw.times import seconds_of
from fluxhero_tui.state import journal
from fluxhero_tui.state.journal import Entry, Happenings

TRAIL = 48
KEPT_ORDERS, KEPT_SIGNALS, KEPT_ALERTS, KEPT_EQUITY = 500, 500, 500, 2_000
T = TypeVar("T")


class Model:
    """Plain state. Each part has a number in `revisions` that grows when it changes."""

    def __init__(self) -> None:
        self.revisions: Counter[str] = Counter()
        self.prices: dict[str, market_pb2.Price] = {}
        self.trails: dict[str, deque[float]] = {}
        self.indicators: dict[str, market_pb2.Indicators] = {}
        self.bars: dict[str, market_pb2.Bar] = {}
        self.positions: dict[str, position_pb2.Position] = {}
        self.orders: dict[str, order_pb2.Order] = {}
        self.signals: dict[str, signal_pb2.Signal] = {}
        self.alerts: dict[str, system_pb2.Alert] = {}
        self.account = account_pb2.Account()
        self.risk = risk_pb2.Risk()
        self.status = system_pb2.Status()
        self.report = risk_pb2.RiskReport()
        self.symbols: dict[str, market_pb2.Symbol] = {}
        self.trades: list[trade_pb2.Trade] = []
        self.equity: deque[tuple[float, float]] = deque(maxlen=KEPT_EQUITY)
        self.happenings = Happenings()
        self.as_of_s = 0.0
        self.conflated = 0
        self.loaded = False

    def apply(self, message: stream.WatchResponse) -> None:
        """Take in a snapshot or an update."""
        snapshot = message.kind == common_pb2.STREAM_KIND_SNAPSHOT
        if snapshot:
            for topic in message.snapshot_topics:
                self._forget(topic)
            if message.snapshot_reason != common_pb2.SNAPSHOT_REASON_RESUMED:
                self.as_of_s = 0.0
                self.equity.clear()
        self.as_of_s = max(self.as_of_s, seconds_of(message.as_of))
        self.conflated += message.conflated
        self.loaded = True
        self._market(message)
        self._trading(message, tell=not snapshot)
        self._whole("account", message.accounts)
        self._whole("risk", message.risks)
        self._whole("status", message.statuses)
        if message.accounts:
            self._sample(self.account.as_of, self.account.equity)

    def history(
        self,
        orders: Iterable[order_pb2.Order] = (),
        signals: Iterable[signal_pb2.Signal] = (),
        alerts: Iterable[system_pb2.Alert] = (),
    ) -> None:
        """What was before the stream, from lists. What the stream has brought is newer, or will be."""
        for part, known, found in (
            ("orders", self.orders, orders),
            ("signals", self.signals, signals),
            ("alerts", self.alerts, alerts),
        ):
            self._behind(part, known, list(found))

    def set_equity(self, points: Sequence[account_pb2.EquityPoint]) -> None:
        """The recorded curve, newest first, in front of what came since."""
        since = [sample for sample in self.equity if not points or sample[0] > seconds_of(points[0].time)]
        self.equity.clear()
        self.equity.extend((seconds_of(point.time), float(point.equity or 0)) for point in reversed(points))
        self.equity.extend(since)
        self.revisions["account"] += 1

    def set_trail(self, symbol: str, closes: Sequence[float]) -> None:
        """The closes of the last bars, oldest first."""
        self.trails[symbol] = deque(closes, maxlen=TRAIL)
        self.revisions["prices"] += 1

    def set_symbols(self, symbols: Iterable[market_pb2.Symbol]) -> None:
        """The symbols that are followed."""
        self.symbols = {symbol.symbol: symbol for symbol in symbols}
        self.revisions["symbols"] += 1

    def set_trades(self, trades: Sequence[trade_pb2.Trade]) -> None:
        """The newest round trips, newest first."""
        self.trades = list(trades)
        self.revisions["trades"] += 1

    def set_report(self, report: risk_pb2.RiskReport) -> None:
        """The risk report."""
        self.report = report
        self.revisions["report"] += 1

    def tell(self, kind: str, text: str, tone: str = "") -> None:
        """Something that happened in this terminal."""
        self.happenings.add(Entry(self.as_of_s, kind, "", text, tone))
        self.revisions["log"] += 1

    def _forget(self, topic: int) -> None:
        name, held = self._holders().get(topic, ("", None))
        if held is not None:
            held.clear()
            self.revisions[name] += 1

    def _holders(self) -> dict[int, tuple[str, dict[str, Any]]]:
        return {
            common_pb2.TOPIC_PRICES: ("prices", self.prices),
            common_pb2.TOPIC_BARS: ("bars", self.bars),
            common_pb2.TOPIC_INDICATORS: ("indicators", self.indicators),
            common_pb2.TOPIC_POSITIONS: ("positions", self.positions),
            common_pb2.TOPIC_ORDERS: ("orders", self.orders),
            common_pb2.TOPIC_SIGNALS: ("signals", self.signals),
            common_pb2.TOPIC_ALERTS: ("alerts", self.alerts),
        }

    def _market(self, message: stream.WatchResponse) -> None:
        if message.prices:
            self.prices.update({price.symbol: price for price in message.prices})
            self.revisions["prices"] += 1
        if message.bars:
            for bar in message.bars:
                self._bar(bar)
            self.revisions["bars"] += 1
        if message.indicators:
            self.indicators.update({one.symbol: one for one in message.indicators})
            self.revisions["indicators"] += 1

    def _bar(self, bar: market_pb2.Bar) -> None:
        known = self.bars.get(bar.symbol)
        self.bars[bar.symbol] = bar
        if known is None or seconds_of(known.start_time) < seconds_of(bar.start_time):
            self.trails.setdefault(bar.symbol, deque(maxlen=TRAIL)).append(bar.close)

    def _trading(self, message: stream.WatchResponse, tell: bool) -> None:
        for position in message.positions:
            self._position(position, message, tell)
        self._queued("orders", self.orders, message.orders, journal.of_order if tell else None)
        self._queued("signals", self.signals, message.signals, journal.of_signal if tell else None)
        self._queued("alerts", self.alerts, message.alerts, journal.of_alert if tell else None)
        _trim(self.orders, KEPT_ORDERS, lambda order: order.HasField("ended_at"))
        _trim(self.signals, KEPT_SIGNALS, lambda _: True)
        _trim(self.alerts, KEPT_ALERTS, lambda alert: alert.HasField("acknowledged_at"))

    def _position(self, position: position_pb2.Position, message: stream.WatchResponse, tell: bool) -> None:
        before = self.positions.get(position.symbol)
        entry = journal.of_position(position, before, seconds_of(message.as_of))
        if tell and entry is not None:
            self.happenings.add(entry)
            self.revisions["log"] += 1
        if position.quantity:
            self.positions[position.symbol] = position
        elif self.positions.pop(position.symbol, None) is not None:
            self.revisions["closed"] += 1
        self.revisions["positions"] += 1

    def _queued(
        self, part: str, held: dict[str, Any], changed: Sequence[Any], entry: Callable[[Any], Entry] | None
    ) -> None:
        for one in changed:
            # The newest change is the last one of the dictionary.
            held.pop(one.id, None)
            held[one.id] = one
            if entry is not None:
                self.happenings.add(entry(one))
        if changed:
            self.revisions[part] += 1
            self.revisions["log"] += entry is not None

    def _whole(self, part: str, values: Sequence[Any]) -> None:
        if values:
            setattr(self, part, values[-1])
            self.revisions[part] += 1

    def _sample(self, time: Any, equity: str) -> None:
        sample = (seconds_of(time), float(equity or 0))
        # One point a minute of the exchange's time is more than a curve can show.
        if self.equity and sample[0] - self.equity[-1][0] < 60 and len(self.equity) > 1:
            self.equity[-1] = (self.equity[-1][0], sample[1])
        else:
            self.equity.append(sample)

    def _behind(self, part: str, held: dict[str, Any], found: Sequence[Any]) -> None:
        newer = dict(held)
        held.clear()
        held.update({one.id: one for one in reversed(found) if one.id not in newer})
        held.update(newer)
        self.revisions[part] += 1


def _trim(held: dict[str, T], most: int, ended: Callable[[T], bool]) -> None:
    """Let the oldest of what is over go."""
    spare = len(held) - most
    if spare < 50:  # not at every message
        return
    for key in [key for key, one in held.items() if ended(one)][:spare]:
        del held[key]
