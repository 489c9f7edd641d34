"""The columns of positions, orders, signals, trades and prices; units are in the titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fluxhero_client.cli.show.figures import (
    NOTHING,
    Cell,
    asked_by,
    figure,
    gain,
    gain_percent,
    in_cents,
    money,
    optional,
    shares,
    word,
)
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import clock_time, date_and_time, exchange_zone, span

if TYPE_CHECKING:
    from fluxhero.v1.market_pb2 import Price
    from fluxhero.v1.order_pb2 import Order
    from fluxhero.v1.position_pb2 import Position
    from fluxhero.v1.signal_pb2 import Signal
    from fluxhero.v1.trade_pb2 import Trade

_STATE_STYLES = {"filled": "good", "rejected": "bad", "unknown": "bad", "not received": "bad"}
_PROTECTION_STYLES = {"broker stop": "good", "daemon watching": "warn", "unprotected": "bad"}


def price_columns() -> Sequence[Column[Price]]:
    """Newest prices."""
    return (
        Column(_time_title(), lambda price: clock_time(price.time), least=8),
        Column("symbol", lambda price: price.symbol),
        Column("price $", lambda price: f"{price.price:,.2f}", right=True, least=9),
        Column(
            "day %",
            lambda price: gain_percent(price.change_pct) if price.HasField("change_pct") else NOTHING,
            right=True,
            least=6,
        ),
        Column("bid $", lambda price: optional(price, "bid"), right=True, least=9),
        Column("ask $", lambda price: optional(price, "ask"), right=True, least=9),
    )


def position_columns() -> Sequence[Column[Position]]:
    """Open positions."""
    return (
        Column("symbol", lambda position: position.symbol),
        Column("side", _position_side, least=6),
        Column("shares", lambda position: shares(position.quantity), right=True),
        Column("entry $", lambda position: money(position.average_price), right=True, least=8, spare=1),
        Column("last $", lambda position: money(position.last_price), right=True, least=8),
        Column("value $", lambda position: money(position.market_value), right=True, least=9, spare=8),
        Column("P&L $", lambda position: gain(position.unrealized_pnl), right=True, least=9),
        Column("P&L %", lambda position: gain_percent(position.unrealized_pnl_pct), right=True, least=6, spare=2),
        Column("stop $", lambda position: optional(position, "stop_price"), right=True, least=8),
        Column("risk $", lambda position: money(position.risk_at_stop), right=True, least=8, spare=6),
        Column("guarded by", _protection),
        Column("mode", lambda position: word(position, "mode"), spare=7),
        Column(f"opened {_zone()}", lambda position: date_and_time(position.opened_at), spare=9),
        Column("note", _position_note, cuttable=True),
    )


def order_columns() -> Sequence[Column[Order]]:
    """Orders."""
    return (
        Column(f"updated {_zone()}", lambda order: date_and_time(order.updated_at), least=19, spare=3),
        Column("symbol", lambda order: order.symbol),
        Column("side", lambda order: word(order, "side"), least=4),
        Column("role", lambda order: word(order, "role"), least=5, spare=9),
        Column("type", lambda order: word(order, "type"), least=6, spare=8),
        Column("price $", _order_price, right=True, least=8, spare=1),
        Column("filled", lambda order: f"{shares(order.filled_quantity)}/{shares(order.quantity)}", right=True),
        Column("at $", lambda order: optional(order, "average_fill_price"), right=True, least=8, spare=2),
        Column("state", _order_state, least=9),
        Column("by", asked_by, spare=6),
        Column("id", lambda order: order.id, least=12),
        Column("why", lambda order: order.reason, cuttable=True, spare=7),
    )


def signal_columns() -> Sequence[Column[Signal]]:
    """Signals."""
    return (
        Column(f"decided {_zone()}", lambda signal: date_and_time(signal.decided_at), least=19),
        Column("symbol", lambda signal: signal.symbol),
        Column("signal", lambda signal: word(signal, "kind"), least=10),
        Column("mode", _signal_mode, least=14, spare=6),
        Column("regime", lambda signal: word(signal, "regime"), least=14, spare=9),
        Column("price $", lambda signal: f"{signal.price:,.2f}", right=True, least=8),
        Column("stop $", lambda signal: optional(signal, "stop_price"), right=True, least=8, spare=7),
        Column("risk $", lambda signal: in_cents(signal, "risk_amount"), right=True, least=8, spare=8),
        Column("outcome", _outcome, least=11),
        Column("why", lambda signal: signal.outcome_text or signal.entry_trigger, cuttable=True),
    )


def trade_columns() -> Sequence[Column[Trade]]:
    """Round trips."""
    return (
        Column(f"opened {_zone()}", lambda trade: date_and_time(trade.opened_at)),
        Column("held", lambda trade: span(trade.holding_time), right=True, spare=9),
        Column("symbol", lambda trade: trade.symbol),
        Column("side", lambda trade: word(trade, "side"), spare=2),
        Column("mode", lambda trade: word(trade, "mode"), spare=7),
        Column("shares", lambda trade: shares(trade.entry_quantity), right=True, spare=1),
        Column("entry $", lambda trade: money(trade.entry_price), right=True),
        Column("exit $", lambda trade: optional(trade, "exit_price"), right=True),
        Column("P&L $", lambda trade: gain(trade.realized_pnl), right=True),
        Column("P&L %", lambda trade: gain_percent(trade.realized_pnl_pct), right=True, spare=3),
        Column("net $", lambda trade: gain(trade.net_pnl), right=True),
        Column("state", lambda trade: word(trade, "state"), spare=8),
        Column("exit", lambda trade: trade.exit_reason or NOTHING, cuttable=True),
    )


def _zone() -> str:
    return exchange_zone()[1]


def _time_title() -> str:
    return f"time {_zone()}"


def _position_side(position: Position) -> Cell | str:
    return word(position, "side") if position.quantity else Cell("closed", "dim")


def _protection(position: Position) -> Cell:
    text = word(position, "protection")
    return Cell(text, _PROTECTION_STYLES.get(text, ""))


def _position_note(position: Position) -> str:
    if position.foreign:
        return "foreign: watched, never traded"
    return f"closing: {position.exit_reason}" if position.exit_reason else ""


def _order_price(order: Order) -> str:
    return optional(order, "limit_price") if order.HasField("limit_price") else optional(order, "stop_price")


def _order_state(order: Order) -> Cell:
    text = word(order, "state")
    return Cell(text, _STATE_STYLES.get(text, ""))


def _signal_mode(signal: Signal) -> str:
    return word(signal, "mode") + (" (neutral)" if signal.neutral else "")


def _outcome(signal: Signal) -> Cell:
    return Cell(signal.outcome.replace("_", " "), "good" if signal.outcome == "ordered" else "")


def indicator_figures(indicators: Any) -> list[tuple[str, str]]:
    """Each indicator that is valid, with a name that people use."""
    names = {
        "close": "close $", "sma": "SMA $", "ema": "EMA $", "kama": "KAMA $", "efficiency_ratio": "efficiency",
        "rsi": "RSI", "atr": "ATR $", "atr_average": "average ATR $", "adx": "ADX", "plus_di": "+DI", "minus_di": "-DI",
        "upper_band": "upper band $", "lower_band": "lower band $", "slope": "slope $/bar", "r_squared": "R²",
        "volume": "volume", "average_volume": "average volume", "spike_ratio": "5-minute range ratio",
    }  # fmt: skip
    return [(names[field.name], figure(value)) for field, value in indicators.ListFields() if field.name in names]
