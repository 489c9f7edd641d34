"""The trading day in the log, one line each: signals, orders, fills, closed trades, alerts, the trading state."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence

from fluxherod.core.calendar import new_york
from fluxherod.core.money import dollars
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.signals import Signal
from fluxherod.engine.effects import (
    AlertRaised,
    OrderUpdated,
    Severity,
    SignalUpdated,
    StatusChanged,
    TradeUpdated,
    Update,
)
from fluxherod.engine.ports import Publisher

log = logging.getLogger("fluxherod.trading")

MOST_REMEMBERED = 1_024
_LEVELS = {Severity.INFO: logging.INFO, Severity.WARNING: logging.WARNING, Severity.CRITICAL: logging.CRITICAL}
# An end that a person did not ask for, and a submission whose end is not known.
_UNEXPECTED = frozenset({OrderState.REJECTED, OrderState.UNKNOWN, OrderState.NOT_RECEIVED})


class Narrator:
    """A `ports.Publisher` that logs what it hands on. What it hears is durable already.

    `dated` puts the trading time into each line, for an exchange whose time is not the log's.
    """

    def __init__(self, publisher: Publisher, *, dated: bool = False) -> None:
        self._publisher = publisher
        self._dated = dated
        self._told: OrderedDict[str, object] = OrderedDict()

    def publish(self, seq: int, now_ns: int, updates: Sequence[Update]) -> None:
        """Log the main things, then hand all of them on."""
        for update in updates:
            line = self._line(update)
            if line is not None:
                level, text = line
                date = f"{new_york(now_ns):%Y-%m-%d %H:%M:%S} ET: " if self._dated else ""
                log.log(level, "%s%s", date, text, extra=_fields(update))
        self._publisher.publish(seq, now_ns, updates)

    def _line(self, update: Update) -> tuple[int, str] | None:
        match update:
            case SignalUpdated(signal) if self._news(signal.id, signal.outcome):
                return _signal(signal)
            case OrderUpdated(order) if self._news(order.id, (order.state, order.filled_quantity)):
                return _order(order)
            case TradeUpdated(trade) if trade.closed:
                return logging.INFO, _closed(trade)
            case AlertRaised(code, severity, text):
                return _LEVELS[severity], f"{code}: {text}"
            case StatusChanged(state, detail):
                return logging.INFO, f"now {state.lower()}" + (f": {detail}" if detail else "")
        return None

    def _news(self, subject: str, state: object) -> bool:
        """False when the newest line about it said the same."""
        if self._told.get(subject) == state:
            return False
        self._told[subject] = state
        self._told.move_to_end(subject)
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return True


def _fields(update: Update) -> dict[str, str]:
    """What a line is about, for who searches the journal, or reads the log as JSON."""
    match update:
        case OrderUpdated(order):
            return {"symbol": order.symbol, "order_id": order.id, "broker_order_id": order.broker_id}
        case SignalUpdated(signal):
            return {"symbol": signal.symbol, "signal_id": signal.id}
        case TradeUpdated(trade):
            return {"symbol": trade.symbol}
        case AlertRaised(code):
            return {"symbol": update.symbol, "code": code}
    return {}


def _signal(signal: Signal) -> tuple[int, str]:
    text = "; ".join(signal.text.splitlines()) or f"{signal.kind.name} {signal.symbol}"
    if signal.outcome == "ordered":
        return logging.INFO, f"signal {text}"
    # What was not traded can be asked for with `fluxhero signals` and `fluxhero explain`.
    return logging.DEBUG, f"signal {text}; not traded: {signal.outcome_text or signal.outcome}"


def _order(order: Order) -> tuple[int, str]:
    what = f"{order.role} {order.side} {order.quantity} {order.symbol}"
    why = f": {order.reason}" if order.reason else ""
    match order.state:
        case OrderState.SUBMITTING:
            return logging.INFO, f"sending {what}, {_price(order)} ({order.id}){why}"
        case OrderState.FILLED | OrderState.PARTIALLY_FILLED:
            return logging.INFO, f"{order.state.replace('_', ' ')} {what}{_filled(order)} ({order.id})"
        case OrderState.CANCELED | OrderState.EXPIRED if order.role is not OrderRole.STOP:
            return logging.INFO, f"{order.state} {what}{_filled(order)} ({order.id}){why}"
        case state if state in _UNEXPECTED:
            return logging.WARNING, f"{state.replace('_', ' ')} {what}{_filled(order)} ({order.id}){why}"
    return logging.DEBUG, f"{order.state.replace('_', ' ')} {what}{_filled(order)} ({order.id})"


def _filled(order: Order) -> str:
    if not order.filled_quantity:
        return ""
    part = "" if order.filled_quantity == order.quantity else f"{order.filled_quantity} "
    return f", {part}at {dollars(order.average_e4)}"


def _price(order: Order) -> str:
    prices = [str(order.order_type)]
    if order.limit_price_e4 is not None:
        prices.append(dollars(order.limit_price_e4))
    if order.stop_price_e4 is not None:
        prices.append(f"at {dollars(order.stop_price_e4)}")
    if order.leg_stop_e4 is not None:
        prices.append(f"with a stop at {dollars(order.leg_stop_e4)}")
    return " ".join(prices)


def _closed(trade: Trade) -> str:
    side = "long" if trade.side > 0 else "short"
    entry = dollars(round(trade.entry_value_e4 / trade.entry_quantity)) if trade.entry_quantity else "?"
    leaving = dollars(round(trade.exit_value_e4 / trade.exit_quantity)) if trade.exit_quantity else "?"
    why = trade.exit_reason or "closed"
    prices = f"{entry} to {leaving}, P&L {dollars(trade.realized_e4)}"
    return f"closed {side} {trade.entry_quantity} {trade.symbol}, {prices}: {why}"
