"""The JSON shapes of Alpaca's trading API: money and quantities as strings, unset fields present and null."""

from __future__ import annotations

from typing import Any

from alpacasim import rules
from alpacasim.account import Entry, Fill, Position
from alpacasim.book import TradeUpdate, asset_id
from alpacasim.calendar import new_york_day
from alpacasim.exchange import Exchange
from alpacasim.matching import Market
from alpacasim.money import E9, divide_half_up, money_text, quantity_text, ratio_text
from alpacasim.orders import Order
from alpacasim.timestamps import utc_text

Json = dict[str, Any]


def _money(amount_e4: int | None) -> str | None:
    return None if amount_e4 is None else money_text(amount_e4)


def _time(ns: int | None) -> str | None:
    return None if ns is None else utc_text(ns)


def order_body(order: Order, *, nested: bool = False) -> Json:
    """An order; `nested` puts its legs inside."""
    average = ratio_text(order.filled_notional, order.filled_e9 * 10_000, 6) if order.filled_e9 else None
    return {
        "id": order.id,
        "client_order_id": order.client_order_id,
        "created_at": utc_text(order.created_ns),
        "updated_at": utc_text(order.updated_ns),
        "submitted_at": utc_text(order.submitted_ns),
        "filled_at": _time(order.filled_ns),
        "expired_at": _time(order.expired_ns),
        "canceled_at": _time(order.canceled_ns),
        "failed_at": _time(order.failed_ns),
        "replaced_at": _time(order.replaced_ns),
        "replaced_by": order.replaced_by,
        "replaces": order.replaces,
        "asset_id": asset_id(order.symbol),
        "symbol": order.symbol,
        "asset_class": "us_equity",
        "notional": _money(order.notional_e4),
        "qty": quantity_text(order.quantity_e9) if order.notional_e4 is None else None,
        "filled_qty": quantity_text(order.filled_e9),
        "filled_avg_price": average,
        "order_class": order.order_class,
        "order_type": order.type,
        "type": order.type,
        "side": order.side,
        "position_intent": order.position_intent,
        "time_in_force": order.time_in_force,
        "limit_price": _money(order.limit_e4),
        "stop_price": _money(order.stop_e4),
        "status": order.status.value,
        "extended_hours": order.extended_hours,
        "legs": [order_body(leg) for leg in order.legs] if nested and order.legs else None,
        "trail_percent": _money(order.trail_percent_e4),
        "trail_price": _money(order.trail_e4),
        "hwm": _money(order.high_water_e4),
        "subtag": None,
        "source": None,
        "expires_at": _time(order.expires_ns),
    }


def trade_update_body(update: TradeUpdate) -> Json:
    """The `data` of a message on the trade_updates stream."""
    body: Json = {
        "event": update.event,
        "execution_id": update.execution_id,
        "timestamp": utc_text(update.at_ns),
        "order": order_body(update.order, nested=True),
    }
    if update.fill is not None:
        body["price"] = money_text(update.fill.price_e4)
        body["qty"] = quantity_text(update.fill.quantity_e9)
        body["position_qty"] = quantity_text(update.fill.position_e9)
    return body


def fill_body(fill: Fill, status: str) -> Json:
    """A FILL of GET /v2/account/activities."""
    return {
        "id": fill.id,
        "activity_type": "FILL",
        "transaction_time": utc_text(fill.at_ns),
        "type": fill.kind,
        "price": money_text(fill.price_e4),
        "qty": quantity_text(fill.quantity_e9),
        "side": fill.side,
        "symbol": fill.symbol,
        "leaves_qty": quantity_text(fill.leaves_e9),
        "order_id": fill.order_id,
        "cum_qty": quantity_text(fill.cumulative_e9),
        "order_status": status,
    }


def entry_body(entry: Entry) -> Json:
    """An activity that is no trade."""
    body: Json = {
        "id": entry.id,
        "activity_type": entry.kind,
        "date": new_york_day(entry.at_ns).isoformat(),
        "net_amount": money_text(entry.net_e4),
        "description": "",
        "symbol": entry.symbol,
        "qty": quantity_text(entry.quantity_e9),
        "status": "executed",
    }
    if entry.per_share_e4 is not None:
        body["per_share_amount"] = money_text(entry.per_share_e4)
    return body


def account_body(exchange: Exchange, created_ns: int) -> Json:
    """GET /v2/account: no day-trading fields, Alpaca has removed them."""
    account = exchange.account
    values = [exchange.market_value_e4(symbol) for symbol in account.positions]
    long_value = sum(value for value in values if value > 0)
    short_value = sum(value for value in values if value < 0)
    exposure = long_value - short_value
    equity = account.cash_e4 + long_value + short_value
    buying_power = money_text(rules.buying_power_e4(exchange))
    maintenance = money_text(divide_half_up(exposure * 3, 10))
    return {
        "id": exchange.account_id,
        "account_number": "PA" + exchange.account_id.replace("-", "")[:10].upper(),
        "status": "ACTIVE",
        "crypto_status": "INACTIVE",
        "currency": "USD",
        "cash": money_text(account.cash_e4),
        "portfolio_value": money_text(equity),
        "equity": money_text(equity),
        "last_equity": money_text(account.last_equity_e4),
        "long_market_value": money_text(long_value),
        "short_market_value": money_text(short_value),
        "position_market_value": money_text(exposure),
        "buying_power": buying_power,
        "regt_buying_power": buying_power,
        "effective_buying_power": buying_power,
        "non_marginable_buying_power": money_text(max(0, min(account.cash_e4, equity))),
        "options_buying_power": "0",
        "initial_margin": money_text(divide_half_up(exposure, 2)),
        "maintenance_margin": maintenance,
        "last_maintenance_margin": maintenance,
        "sma": "0",
        "multiplier": str(account.multiplier),
        "accrued_fees": "0",
        "pending_transfer_in": "0",
        "pending_transfer_out": "0",
        "trading_blocked": False,
        "transfers_blocked": False,
        "account_blocked": False,
        "trade_suspended_by_user": account.suspended,
        "shorting_enabled": account.shorting_enabled,
        "created_at": utc_text(created_ns),
    }


def position_body(exchange: Exchange, position: Position) -> Json:
    """A position: quantity, cost basis and market value are negative for a short."""
    market = exchange.markets[position.symbol]
    quantity, cost = position.quantity_e9, position.cost_e4
    value = exchange.market_value_e4(position.symbol)
    gain = value - cost
    base = position.day_basis_e4(market.last_day_e4)
    today = value - base
    held = rules.held_shares(exchange, position.symbol)
    return {
        "asset_id": asset_id(position.symbol),
        "symbol": position.symbol,
        "exchange": "NYSE",
        "asset_class": "us_equity",
        "asset_marginable": True,
        "qty": quantity_text(quantity),
        "qty_available": quantity_text(held.available_e9 * (1 if quantity > 0 else -1)),
        "avg_entry_price": ratio_text(cost * E9, quantity * 10_000, 6),
        "side": "long" if quantity > 0 else "short",
        "market_value": money_text(value),
        "cost_basis": money_text(cost),
        "unrealized_pl": money_text(gain),
        "unrealized_plpc": ratio_text(gain, abs(cost)),
        "unrealized_intraday_pl": money_text(today),
        "unrealized_intraday_plpc": ratio_text(today, abs(base)),
        "current_price": money_text(market.last_e4),
        "lastday_price": money_text(market.last_day_e4),
        "change_today": ratio_text(market.last_e4 - market.last_day_e4, market.last_day_e4),
    }


def asset_body(market: Market) -> Json:
    """An asset, with the borrow fields of before and after Alpaca's change of 2026."""
    return {
        "id": asset_id(market.symbol),
        "class": "us_equity",
        "exchange": "NYSE",
        "symbol": market.symbol,
        "name": f"{market.symbol} Common Stock",
        "status": "active" if market.tradable else "inactive",
        "tradable": market.tradable,
        "marginable": True,
        "shortable": market.shortable,
        "easy_to_borrow": market.easy_to_borrow,
        "borrow_status": "easy_to_borrow" if market.easy_to_borrow else "hard_to_borrow",
        "fractionable": market.fractionable,
        "maintenance_margin_requirement": 30,
        "margin_requirement_long": "30",
        "margin_requirement_short": "30",
        "attributes": [],
    }
