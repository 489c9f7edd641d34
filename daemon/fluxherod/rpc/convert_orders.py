"""Orders, fills, positions, trades and the account as protobuf."""

from __future__ import annotations

from collections.abc import Iterable

from fluxhero.v1 import account_pb2, common_pb2, order_pb2, position_pb2, trade_pb2
from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Position, Trade
from fluxherod.core.types import BrokerAccount
from fluxherod.engine.effects import AccountView
from fluxherod.rpc.convert import (
    MODES,
    ORDER_ROLES,
    ORDER_STATES,
    ORDER_TYPES,
    REGIMES,
    SIDES,
    TIMES_IN_FORCE,
    duration,
    money,
    optional_money,
    optional_timestamp,
    percent,
    timestamp,
)
from fluxherod.rpc.tables import EquityPoint, OrderChange

# The trade stream's words for executions; shares learned by any other word are valued by an average.
_EXECUTION_WORDS = frozenset({"fill", "partial_fill"})


def order_message(order: Order, last_event: str = "") -> order_pb2.Order:
    """An order as it stands."""
    return order_pb2.Order(
        id=order.id,
        broker_order_id=order.broker_id,
        symbol=order.symbol,
        side=SIDES.to_proto(order.side),
        type=ORDER_TYPES.to_proto(order.order_type),
        time_in_force=TIMES_IN_FORCE.to_proto(order.time_in_force),
        state=ORDER_STATES.to_proto(order.state),
        role=ORDER_ROLES.to_proto(order.role),
        manual=order.asked_for,
        parent_id=order.parent_id or order.chain_id or "",
        replaces_id=order.replaces_id or "",
        signal_id=order.signal_id or "",
        quantity=order.quantity,
        filled_quantity=order.filled_quantity,
        remaining_quantity=order.remaining,
        limit_price=optional_money(order.limit_price_e4),
        stop_price=optional_money(order.stop_price_e4),
        stop_loss_price=optional_money(order.leg_stop_e4),
        average_fill_price=money(order.average_e4) if order.filled_quantity else None,
        filled_value=money(order.filled_value_e4),
        chase_count=order.chase_count,
        created_at=timestamp(order.created_ns),
        submitted_at=optional_timestamp(order.acknowledged_ns or None),
        updated_at=timestamp(order.updated_ns),
        ended_at=timestamp(order.updated_ns) if order.state.ended else None,
        reason=order.reason,
        last_event=last_event,
        requested_by=order.requested_by,
    )


def history_entry(change: OrderChange) -> order_pb2.OrderHistoryEntry:
    """One step of an order's life."""
    return order_pb2.OrderHistoryEntry(
        time=timestamp(change.now_ns),
        event=change.event,
        state=ORDER_STATES.to_proto(change.state),
        filled_quantity=change.filled_quantity,
        text=change.reason,
        seq=change.seq,
    )


def fill_messages(order: Order, changes: Iterable[OrderChange]) -> list[order_pb2.Fill]:
    """The shares that each change of an order taught us, oldest first."""
    fills, quantity, value_e4 = [], 0, 0
    for change in changes:
        shares, cost_e4 = change.filled_quantity - quantity, change.filled_value_e4 - value_e4
        quantity, value_e4 = change.filled_quantity, change.filled_value_e4
        if shares > 0:
            fills.append(
                order_pb2.Fill(
                    order_id=order.id,
                    symbol=order.symbol,
                    side=SIDES.to_proto(order.side),
                    quantity=shares,
                    price=money(round(cost_e4 / shares)),
                    value=money(cost_e4),
                    exact=change.event in _EXECUTION_WORDS,
                    time=timestamp(change.now_ns),
                )
            )
    return fills


def position_side(signed: int) -> common_pb2.PositionSide:
    """Long or short by the sign; nothing for 0."""
    if signed == 0:
        return common_pb2.POSITION_SIDE_UNSPECIFIED
    return common_pb2.POSITION_SIDE_LONG if signed > 0 else common_pb2.POSITION_SIDE_SHORT


def position_message(position: Position) -> position_pb2.Position:
    """A position of ours, without what only its surroundings know (protection, realised P&L)."""
    return position_pb2.Position(
        symbol=position.symbol,
        side=position_side(position.quantity),
        quantity=abs(position.quantity),
        average_price=money(position.average_e4),
        last_price=money(position.price_e4),
        market_value=money(position.value_e4),
        cost_basis=money(position.cost_e4),
        unrealized_pnl=money(position.unrealized_e4),
        unrealized_pnl_pct=percent(position.unrealized_e4, position.cost_e4),
        stop_price=optional_money(position.stop_e4),
        risk_at_stop=money(position.risk_e4),
        target_price=optional_money(position.target_e4),
        mode=MODES.to_proto(position.mode),
        entry_regime=REGIMES.to_proto(position.regime),
        opened_at=timestamp(position.opened_ns),
        signal_id=position.signal_id or "",
        trade_id=position.trade_id,
        exit_reason=position.exit_reason,
        exit_quantity=position.exit_quantity,
        best_price=money(position.best_e4),
        entry_atr=position.atr,
        watched_stop_price=optional_money(position.watched_stop_e4),
        stop_factor=position.stop_factor,
    )


def foreign_position(symbol: str, quantity: int, price_e4: int) -> position_pb2.Position:
    """A position that is not ours; only its size and average price are known."""
    value = money(quantity * price_e4)
    return position_pb2.Position(
        symbol=symbol,
        side=position_side(quantity),
        quantity=abs(quantity),
        average_price=money(price_e4),
        last_price=money(price_e4),
        market_value=value,
        cost_basis=value,
        unrealized_pnl=money(0),
        realized_pnl=money(0),
        risk_at_stop=money(0),
        foreign=True,
        protection=position_pb2.PROTECTION_STATE_UNPROTECTED,
    )


def trade_message(trade: Trade, now_ns: int) -> trade_pb2.Trade:
    """A round trip; `now_ns` ends the holding time of an open one."""
    cost_e4 = round(trade.entry_value_e4 * trade.exit_quantity / trade.entry_quantity) if trade.entry_quantity else 0
    return trade_pb2.Trade(
        id=trade.id,
        symbol=trade.symbol,
        side=position_side(trade.side),
        state=trade_pb2.TRADE_STATE_CLOSED if trade.closed else trade_pb2.TRADE_STATE_OPEN,
        mode=MODES.to_proto(trade.mode),
        regime=REGIMES.to_proto(trade.regime),
        signal_id=trade.signal_id or "",
        signal_reason=trade.signal_reason,
        opened_at=timestamp(trade.opened_ns),
        closed_at=optional_timestamp(trade.closed_ns),
        entry_quantity=trade.entry_quantity,
        entry_price=money(_average_e4(trade.entry_value_e4, trade.entry_quantity)),
        entry_value=money(trade.entry_value_e4),
        exit_quantity=trade.exit_quantity,
        exit_price=money(_average_e4(trade.exit_value_e4, trade.exit_quantity)) if trade.exit_quantity else None,
        exit_value=money(trade.exit_value_e4),
        realized_pnl=money(trade.realized_e4),
        realized_pnl_pct=percent(trade.realized_e4, cost_e4),
        commission=money(trade.commission_e4),
        net_pnl=money(trade.net_e4),
        stop_price=optional_money(trade.stop_e4),
        exit_reason=trade.exit_reason,
        holding_time=duration((trade.closed_ns or now_ns) - trade.opened_ns),
    )


def _average_e4(value_e4: int, quantity: int) -> int:
    return round(value_e4 / quantity) if quantity else 0


def account_message(view: AccountView, account: BrokerAccount | None, broker_ns: int) -> account_pb2.Account:
    """The account by our books, the broker's figures beside it."""
    day_e4 = view.equity_e4 - view.last_equity_e4 if view.last_equity_e4 else 0
    return account_pb2.Account(
        account_id=account.account_id if account else "",
        equity=money(view.equity_e4),
        cash=money(view.cash_e4),
        buying_power=money(view.buying_power_e4),
        last_equity=money(view.last_equity_e4),
        day_pnl=money(day_e4),
        day_pnl_pct=percent(day_e4, view.last_equity_e4),
        exposure=money(view.exposure_e4),
        exposure_pct=percent(view.exposure_e4, view.equity_e4),
        unrealized_pnl=money(view.unrealized_e4),
        realized_pnl_today=money(view.realized_today_e4),
        broker_cash=money(view.broker_cash_e4),
        broker_equity=money(view.broker_equity_e4),
        as_of=timestamp(view.as_of_ns),
        broker_as_of=optional_timestamp(broker_ns),
        blocked=account.blocked if account else False,
        shorting_enabled=account.shorting_enabled if account else False,
        multiplier=account.multiplier if account else 0,
    )


def equity_point(point: EquityPoint, peak_e4: int) -> account_pb2.EquityPoint:
    """A recorded point of the account; `peak_e4` is the highest equity up to it."""
    view = point.account
    return account_pb2.EquityPoint(
        time=timestamp(point.now_ns),
        equity=money(view.equity_e4),
        cash=money(view.cash_e4),
        exposure=money(view.exposure_e4),
        drawdown_pct=percent(max(0, peak_e4 - view.equity_e4), peak_e4),
    )
