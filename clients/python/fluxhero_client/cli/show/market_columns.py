"""The columns of bars, indicators, equity, status and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import Cell, gain, money, optional, shares, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.account_pb2 import Account, EquityPoint
    from fluxhero.v1.market_pb2 import Bar, Indicators
    from fluxhero.v1.system_pb2 import JournalEvent, Status


def bar_columns() -> Sequence[Column[Bar]]:
    """Bars."""
    return (
        Column(_at("starts"), lambda bar: date_and_time(bar.start_time), least=19),
        Column("symbol", lambda bar: bar.symbol),
        Column("length", lambda bar: bar.timeframe, spare=3),
        Column("open $", lambda bar: f"{bar.open:,.2f}", right=True, least=8, spare=2),
        Column("high $", lambda bar: f"{bar.high:,.2f}", right=True, least=8, spare=1),
        Column("low $", lambda bar: f"{bar.low:,.2f}", right=True, least=8, spare=1),
        Column("close $", lambda bar: f"{bar.close:,.2f}", right=True, least=8),
        Column("shares", lambda bar: shares(bar.volume), right=True, least=9),
        Column("regime", lambda bar: word(bar, "regime"), spare=4),
    )


def indicator_columns() -> Sequence[Column[Indicators]]:
    """The indicators that decide, a row a bar."""
    return (
        Column(_at("bar ended"), lambda one: date_and_time(one.bar_end_time), least=19),
        Column("symbol", lambda one: one.symbol),
        Column("close $", lambda one: f"{one.close:,.2f}", right=True, least=8),
        Column("KAMA $", lambda one: optional(one, "kama"), right=True, least=8),
        Column("ATR $", lambda one: optional(one, "atr"), right=True, least=6, spare=1),
        Column("ADX", lambda one: optional(one, "adx"), right=True, least=5, spare=2),
        Column("R²", lambda one: optional(one, "r_squared"), right=True, least=5, spare=3),
        Column("RSI", lambda one: optional(one, "rsi"), right=True, least=5, spare=2),
        Column("regime", lambda one: word(one, "regime"), least=14),
    )


def equity_columns() -> Sequence[Column[EquityPoint]]:
    """The equity curve."""
    return (
        Column(_at("at"), lambda point: date_and_time(point.time)),
        Column("equity $", lambda point: money(point.equity), right=True),
        Column("cash $", lambda point: money(point.cash), right=True),
        Column("exposure $", lambda point: money(point.exposure), right=True),
        Column("drawdown %", lambda point: f"{point.drawdown_pct:.2f}", right=True),
    )


def account_columns() -> Sequence[Column[Account]]:
    """The account as it changes."""
    return (
        Column(_at("at"), lambda account: date_and_time(account.as_of), least=19),
        Column("equity $", lambda account: money(account.equity), right=True, least=12),
        Column("day P&L $", lambda account: gain(account.day_pnl), right=True, least=10),
        Column("unrealized $", lambda account: gain(account.unrealized_pnl), right=True, least=10, spare=1),
        Column("cash $", lambda account: money(account.cash), right=True, least=12, spare=2),
        Column("exposure %", lambda account: f"{account.exposure_pct:.2f}", right=True),
    )


def status_columns() -> Sequence[Column[Status]]:
    """The daemon as it changes."""
    styles = {"active": "good", "degraded": "warn", "halted": "bad", "stopping": "warn"}
    return (
        Column(_at("at"), lambda status: date_and_time(status.clock.time), least=19),
        Column("state", lambda status: Cell(word(status, "state"), styles.get(word(status, "state"), "")), least=8),
        Column("journal", lambda status: f"{status.progress.journal_seq:,}", right=True, least=8, spare=1),
        Column("positions", lambda status: f"{status.counts.open_positions}", right=True),
        Column("orders", lambda status: f"{status.counts.open_orders}", right=True),
        Column("alerts", lambda status: f"{status.counts.open_alerts}", right=True, spare=2),
        Column("why", lambda status: status.state_detail, cuttable=True),
    )


def event_columns() -> Sequence[Column[JournalEvent]]:
    """The journal."""
    return (
        Column("journal", lambda event: f"{event.seq}", right=True, least=8),
        Column(_at("at"), lambda event: date_and_time(event.time), least=19),
        Column("type", lambda event: event.type, least=18),
        Column("event", lambda event: event.json, cuttable=True),
    )


def _at(word: str) -> str:
    return f"{word} {exchange_zone()[1]}"
