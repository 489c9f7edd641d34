"""The columns of every table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fluxhero.v1 import (
    backtest_pb2,
    common_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    signal_pb2,
    system_pb2,
    trade_pb2,
)
from fluxhero_tui.draw.bars import sparkline
from fluxhero_tui.draw.figures import (
    NOTHING,
    age,
    asked_by,
    gained,
    gained_percent,
    maybe,
    money,
    optional,
    percent,
    price,
    settings,
    shares,
    word,
)
from fluxhero_tui.draw.grid import Cell, Column
from fluxhero_tui.draw.ink import Span
from fluxhero_tui.draw.times import clock_time, day, day_and_minute, seconds_of
from fluxhero_tui.state.journal import Entry
from fluxhero_tui.state.model import Model

SPARK = 16
_REGIMES = {
    common_pb2.REGIME_STRONG_TREND: Span("trend", "accent"),
    common_pb2.REGIME_MEAN_REVERSION: Span("range", ""),
    common_pb2.REGIME_NEUTRAL: Span("neutral", "dim"),
}
_SIDES = {
    common_pb2.POSITION_SIDE_LONG: Span("▲ long", "good"),
    common_pb2.POSITION_SIDE_SHORT: Span("▼ short", "bad"),
}
_GUARDS = {
    position_pb2.PROTECTION_STATE_BROKER_STOP: Span("✓ broker", "good"),
    position_pb2.PROTECTION_STATE_DAEMON_WATCHING: Span("◐ daemon", "warn"),
    position_pb2.PROTECTION_STATE_UNPROTECTED: Span("✗ NONE", "bad"),
}
_ORDER_TONES = {
    order_pb2.ORDER_STATE_FILLED: "good",
    order_pb2.ORDER_STATE_PARTIALLY_FILLED: "accent",
    order_pb2.ORDER_STATE_PENDING: "accent",
    order_pb2.ORDER_STATE_REJECTED: "bad",
    order_pb2.ORDER_STATE_UNKNOWN: "badge-bad",
    order_pb2.ORDER_STATE_NOT_RECEIVED: "bad",
    order_pb2.ORDER_STATE_CANCELING: "warn",
    order_pb2.ORDER_STATE_REPLACING: "warn",
}
_ROLES = {order_pb2.ORDER_ROLE_FOREIGN_STOP: "f. stop"}
_SEVERITIES = {
    system_pb2.ALERT_SEVERITY_CRITICAL: Span("✗ CRITICAL", "bad"),
    system_pb2.ALERT_SEVERITY_WARNING: Span("! warning", "warn"),
    system_pb2.ALERT_SEVERITY_INFO: Span("i info", "dim"),
}
_KINDS = {
    signal_pb2.SIGNAL_KIND_LONG: Span("▲ long", "good"),
    signal_pb2.SIGNAL_KIND_SHORT: Span("▼ short", "bad"),
    signal_pb2.SIGNAL_KIND_EXIT_LONG: Span("◁ exit long", ""),
    signal_pb2.SIGNAL_KIND_EXIT_SHORT: Span("▷ exit short", ""),
}
_RUN_KINDS = {
    backtest_pb2.BACKTEST_KIND_SINGLE: "single",
    backtest_pb2.BACKTEST_KIND_WALK_FORWARD: "forward",
    backtest_pb2.BACKTEST_KIND_SWEEP: "sweep",
}
MOST_CHASES = 3


def prices(model: Model) -> tuple[Column[market_pb2.Price], ...]:
    """Quotes."""
    return (
        Column("symbol", lambda one: Span(one.symbol, "bold"), 6),
        Column("price", lambda one: price(one.price), 10, right=True, sort=lambda one: one.price),
        Column("day %", _change, 8, right=True, rank=1, sort=_change_value),
        Column("last bars", lambda one: Span(sparkline(model.trails.get(one.symbol, ()), SPARK), "dim"), SPARK, rank=2),
        Column("regime", lambda one: _regime_of(model, one.symbol), 7, rank=3),
        Column("bid / ask", lambda one: f"{maybe(one, 'bid')} / {maybe(one, 'ask')}", 19, right=True, rank=5),
        Column("time ET", lambda one: clock_time(one.time), 8, right=True, rank=4),
    )


def positions(model: Model) -> tuple[Column[position_pb2.Position], ...]:
    """Open positions and what guards them."""
    return (
        Column("symbol", lambda one: Span(one.symbol, "bold"), 6),
        Column("side", lambda one: _SIDES.get(one.side, Span("-")), 7, rank=1),
        Column("shares", lambda one: shares(one.quantity), 6, right=True, rank=1, sort=lambda one: one.quantity),
        Column("entry $", lambda one: money(one.average_price), 10, right=True, rank=3, sort=_number("average_price")),
        Column("last $", lambda one: money(one.last_price), 10, right=True, rank=2, sort=_number("last_price")),
        Column("P&L $", lambda one: gained(one.unrealized_pnl), 11, right=True, sort=_number("unrealized_pnl")),
        Column(
            "P&L %",
            lambda one: gained_percent(one.unrealized_pnl_pct),
            8,
            right=True,
            rank=4,
            sort=lambda one: one.unrealized_pnl_pct,
        ),
        Column("stop $", lambda one: maybe(one, "stop_price"), 10, right=True, rank=2, sort=_number("stop_price")),
        Column("at risk $", lambda one: money(one.risk_at_stop), 10, right=True, rank=5, sort=_number("risk_at_stop")),
        Column("guard", _guard, 8, rank=1),
        Column("value $", lambda one: money(one.market_value), 12, right=True, rank=7, sort=_number("market_value")),
        Column("target $", lambda one: maybe(one, "target_price"), 10, right=True, rank=8),
        Column("mode", lambda one: word(one, "mode"), 14, rank=6),
        Column("opened ET", lambda one: day_and_minute(one.opened_at), 11, rank=8, sort=_time("opened_at")),
        Column("", _being_closed, 12, rank=6, flexible=True),
    )


def dashboard_positions(model: Model) -> tuple[Column[position_pb2.Position], ...]:
    """The same, what fits beside the quotes."""
    wanted = ("symbol", "side", "shares", "P&L $", "stop $", "guard")
    return tuple(column for column in positions(model) if column.title in wanted)


def orders(now: Callable[[], float]) -> tuple[Column[order_pb2.Order], ...]:
    """Orders: where each stands, how often it has chased the market, how old it is."""
    return (
        Column("symbol", lambda one: Span(one.symbol, "bold"), 6),
        Column("side", lambda one: Span(*_buy_or_sell(one)), 6, rank=1),
        Column("role", lambda one: _ROLES.get(one.role, word(one, "role")), 7, rank=2),
        Column("type", lambda one: word(one, "type"), 6, rank=4),
        Column("price $", _order_price, 10, right=True, rank=1),
        Column("filled", _filled, 9, right=True, rank=1, sort=lambda one: one.filled_quantity),
        Column("at $", lambda one: maybe(one, "average_fill_price"), 10, right=True, rank=3),
        Column("state", _order_state, 12),
        Column("chase", _chase, 5, rank=2, sort=lambda one: one.chase_count),
        Column("age", lambda one: _order_age(one, now()), 7, right=True, rank=2, sort=_time("created_at")),
        Column("updated ET", lambda one: day_and_minute(one.updated_at), 11, rank=6, sort=_time("updated_at")),
        Column("by", asked_by, 10, rank=7),
        Column("why", lambda one: one.reason or one.last_event.replace("_", " "), 16, rank=5, flexible=True),
    )


def signals() -> tuple[Column[signal_pb2.Signal], ...]:
    """Decisions, and what became of them."""
    return (
        Column("decided ET", lambda one: day_and_minute(one.decided_at), 11, sort=_time("decided_at")),
        Column("symbol", lambda one: Span(one.symbol, "bold"), 6),
        Column("signal", lambda one: _KINDS.get(one.kind, Span(word(one, "kind"))), 12, rank=1),
        Column("price $", lambda one: price(one.price), 10, right=True, rank=2, sort=lambda one: one.price),
        Column("became", _outcome, 13, rank=1),
        Column("mode", lambda one: word(one, "mode") + (" ½" if one.neutral else ""), 16, rank=4),
        Column("regime", lambda one: _REGIMES.get(one.regime, Span("-")), 7, rank=5),
        Column("why", lambda one: one.outcome_text or one.entry_trigger, 20, rank=3, flexible=True),
    )


def latest_signals() -> tuple[Column[signal_pb2.Signal], ...]:
    """The same, for the dashboard."""
    wanted = ("decided ET", "symbol", "signal", "became", "why")
    return tuple(column for column in signals() if column.title in wanted)


def alerts() -> tuple[Column[system_pb2.Alert], ...]:
    """Alerts: those that nobody has seen to are marked."""
    return (
        Column("severity", lambda one: _SEVERITIES.get(one.severity, Span("?")), 10, sort=lambda one: one.severity),
        Column("raised ET", lambda one: day_and_minute(one.last_raised_at), 11, rank=1, sort=_time("last_raised_at")),
        Column("times", lambda one: shares(one.count), 5, right=True, rank=3, sort=lambda one: one.count),
        Column("seen", _seen, 6, rank=1),
        Column("symbol", lambda one: one.symbol or NOTHING, 6, rank=2),
        Column("code", lambda one: one.code, 22, rank=3),
        Column("what", lambda one: one.text, 20, rank=0, flexible=True),
    )


def log() -> tuple[Column[Entry], ...]:
    """What has happened, newest first."""
    return (
        Column("time ET", _entry_time, 8, sort=lambda one: one.time_s),
        Column("what", lambda one: Span(one.kind, "dim"), 8, rank=1),
        Column("symbol", lambda one: Span(one.symbol or NOTHING, "bold"), 6),
        Column("", lambda one: Span(one.text, one.tone), 20, flexible=True),
    )


def trades() -> tuple[Column[trade_pb2.Trade], ...]:
    """Round trips."""
    return (
        Column("closed ET", lambda one: day_and_minute(one.closed_at), 11, sort=_time("closed_at")),
        Column("symbol", lambda one: Span(one.symbol, "bold"), 6),
        Column("side", lambda one: _SIDES.get(one.side, Span("-")), 7, rank=1),
        Column("shares", lambda one: shares(one.entry_quantity), 7, right=True, rank=2),
        Column("entry $", lambda one: money(one.entry_price), 10, right=True, rank=2, sort=_number("entry_price")),
        Column("exit $", lambda one: maybe(one, "exit_price"), 10, right=True, rank=2),
        Column("net $", lambda one: gained(one.net_pnl), 11, right=True, sort=_number("net_pnl")),
        Column("%", lambda one: gained_percent(one.realized_pnl_pct), 8, right=True, rank=3),
        Column("held", lambda one: age(one.holding_time.seconds), 7, right=True, rank=4),
        Column("mode", lambda one: word(one, "mode"), 14, rank=5),
        Column("why it ended", lambda one: one.exit_reason or "open", 16, rank=3, flexible=True),
    )


def regime(value: int) -> Span:
    """A regime in a word."""
    return _REGIMES.get(value, Span("-"))  # type: ignore[call-overload, no-any-return]


def _number(field: str) -> Callable[[Any], float]:
    return lambda one: float(getattr(one, field) or 0)


def _time(field: str) -> Callable[[Any], float]:
    return lambda one: seconds_of(getattr(one, field))


def _change(one: market_pb2.Price) -> Cell:
    return gained_percent(one.change_pct) if one.HasField("change_pct") else NOTHING


def _change_value(one: market_pb2.Price) -> float:
    return one.change_pct


def _regime_of(model: Model, symbol: str) -> Span:
    known = model.indicators.get(symbol)
    return regime(known.regime) if known is not None else Span(NOTHING, "dim")


def _guard(one: position_pb2.Position) -> Span:
    return Span("foreign", "warn") if one.foreign else _GUARDS.get(one.protection, Span("?", "warn"))


def _being_closed(one: position_pb2.Position) -> Span:
    return Span(f"closing: {one.exit_reason}", "warn") if one.exit_reason else Span("")


def _buy_or_sell(one: order_pb2.Order) -> tuple[str, str]:
    return ("▲ buy", "good") if one.side == common_pb2.SIDE_BUY else ("▼ sell", "bad")


def _order_price(one: order_pb2.Order) -> str:
    return maybe(one, "limit_price" if one.HasField("limit_price") else "stop_price")


def _filled(one: order_pb2.Order) -> str:
    return f"{shares(one.filled_quantity)}/{shares(one.quantity)}"


def _order_state(one: order_pb2.Order) -> Span:
    name = "part filled" if one.state == order_pb2.ORDER_STATE_PARTIALLY_FILLED else word(one, "state")
    return Span(name, _ORDER_TONES.get(one.state, "dim" if one.HasField("ended_at") else ""))


def _chase(one: order_pb2.Order) -> str:
    followed = one.type == order_pb2.ORDER_TYPE_LIMIT and one.role == order_pb2.ORDER_ROLE_ENTRY
    return f"{one.chase_count}/{MOST_CHASES}" if followed else NOTHING


def _order_age(one: order_pb2.Order, now_s: float) -> str:
    until = seconds_of(one.ended_at) if one.HasField("ended_at") else now_s
    return age(until - seconds_of(one.created_at))


def _outcome(one: signal_pb2.Signal) -> Span:
    tone = "accent" if one.outcome == "ordered" else "dim"
    return Span(("✓ " if one.outcome == "ordered" else "· ") + one.outcome.replace("_", " "), tone)


def _seen(one: system_pb2.Alert) -> Span:
    return Span("✓ seen", "dim") if one.HasField("acknowledged_at") else Span("● new", "warn")


def _entry_time(one: Entry) -> str:
    from google.protobuf.timestamp_pb2 import Timestamp

    return clock_time(Timestamp(seconds=int(one.time_s))) if one.time_s else NOTHING


def backtests() -> tuple[Column[backtest_pb2.Backtest], ...]:
    """Backtests of before."""
    return (
        Column("asked ET", lambda one: day_and_minute(one.created_at), 11, sort=_time("created_at")),
        Column("state", lambda one: word(one.progress, "state"), 9),
        Column("kind", lambda one: _RUN_KINDS.get(one.kind, NOTHING), 7, rank=2),
        Column("return", lambda one: gained_percent(one.metrics.total_return_pct), 9, right=True, rank=1),
        Column("symbols", lambda one: one.config.name or " ".join(one.config.symbols), 12, rank=3, flexible=True),
    )


def combinations() -> tuple[Column[backtest_pb2.SweepPoint], ...]:
    """What a sweep has tried."""
    return (
        Column("parameters", lambda one: settings(one.parameters), 20, flexible=True),
        Column("objective", lambda one: optional(one, "objective"), 9, right=True),
        Column("return", lambda one: gained_percent(one.metrics.total_return_pct), 9, right=True),
        Column("drawdown", lambda one: percent(one.metrics.max_drawdown_pct, 2), 8, right=True, rank=1),
        Column("trades", lambda one: shares(one.metrics.trades.trades), 6, right=True, rank=2),
    )


def windows() -> tuple[Column[backtest_pb2.WalkForwardWindow], ...]:
    """What a walk-forward has trained and tested."""
    return (
        Column("tested from", lambda one: day(one.test_start_time), 11),
        Column("to", lambda one: day(one.test_end_time), 10, rank=2),
        Column("trained Sharpe", lambda one: optional(one.train, "sharpe_ratio"), 14, right=True, rank=1),
        Column("tested", lambda one: gained_percent(one.test.total_return_pct), 9, right=True),
        Column("trades", lambda one: shares(one.test.trades.trades), 6, right=True, rank=1),
        Column("parameters", lambda one: settings(one.parameters), 20, rank=3, flexible=True),
    )
