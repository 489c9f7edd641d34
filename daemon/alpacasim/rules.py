"""What the account may do: held shares, buying power, wash trades, shorting, the opening and closing auctions."""

from __future__ import annotations

from dataclasses import dataclass

from alpacasim import refusals
from alpacasim.book import Book
from alpacasim.calendar import HOUR_NS, MINUTE_NS, midnight_ns, new_york_day
from alpacasim.matching import Market, collared_e4
from alpacasim.money import E9, divide_half_up, value_e4
from alpacasim.orders import Order, PositionIntent, Side, Status
from alpacasim.refusals import Refusal
from alpacasim.requests import OrderRequest

_SHORT_COLLAR_E4 = 10_300
# Alpaca's windows in which on-open and on-close orders come too late, in New York wall time since midnight.
_LATE_FOR_OPEN_NS = (9 * HOUR_NS + 28 * MINUTE_NS, 19 * HOUR_NS)
_LATE_FOR_CLOSE_NS = (15 * HOUR_NS + 50 * MINUTE_NS, 19 * HOUR_NS)


@dataclass(frozen=True, slots=True)
class Held:
    """Shares of a position and how many of them open orders have reserved."""

    existing_e9: int
    held_e9: int

    @property
    def available_e9(self) -> int:
        return abs(self.existing_e9) - self.held_e9


def held_shares(book: Book, symbol: str, without: Order | None = None) -> Held:
    """Open closing orders reserve their shares; a held stop loss shares its take profit's reservation."""
    quantity = book.account.quantity_e9(symbol)
    closing: Side = "sell" if quantity > 0 else "buy"
    held = sum(
        _more_e9(order)
        for order in book.open_orders(symbol)
        if order.side == closing and order.status is not Status.HELD and order is not without
    )
    return Held(quantity, min(held, abs(quantity)))


def _more_e9(order: Order) -> int:
    """An order that waits to replace another one holds only what it wants more than that one."""
    before = order.predecessor
    return order.remaining_e9 if before is None else max(0, order.remaining_e9 - before.remaining_e9)


def reference_e4(market: Market, side: Side) -> int:
    """The price at which an order without one of its own is reckoned."""
    return market.quoted(side) or market.last_e4


def reserve_price_e4(market: Market, side: Side, limit_e4: int | None, stop_e4: int | None) -> int:
    """The price at which an opening order takes buying power: with Alpaca's collars for market, stop and short."""
    if side == "buy":
        if limit_e4 is not None:
            return limit_e4
        return collared_e4(stop_e4 or reference_e4(market, "buy"))
    ask = divide_half_up(reference_e4(market, "buy") * _SHORT_COLLAR_E4, 10_000)
    return max(limit_e4 or 0, ask)


def _opening_e9(book: Book, symbol: str, side: Side, quantity_e9: int) -> int:
    """The part of an order that adds exposure."""
    position = book.account.quantity_e9(symbol)
    if position * (1 if side == "buy" else -1) >= 0:
        return quantity_e9
    return max(0, quantity_e9 - abs(position))


def order_reserve_e4(book: Book, order: Order) -> int:
    """Buying power that an open order holds."""
    if order.parent is not None or order.order_class == "oco":
        return 0
    if order.predecessor is not None:
        return max(0, _reserve_e4(book, order) - _reserve_e4(book, order.predecessor))
    return _reserve_e4(book, order)


def _reserve_e4(book: Book, order: Order) -> int:
    if order.notional_e4 is not None:
        return order.notional_e4
    opening = _opening_e9(book, order.symbol, order.side, order.remaining_e9)
    if opening == 0:
        return 0
    market = book.markets[order.symbol]
    return value_e4(reserve_price_e4(market, order.side, order.limit_e4, order.stop_e4), opening)


def buying_power_e4(book: Book, without: Order | None = None) -> int:
    """A multiple of the equity, less the exposure and what open orders hold; never below zero."""
    exposure = sum(abs(book.market_value_e4(symbol)) for symbol in book.account.positions)
    reserved = sum(order_reserve_e4(book, order) for order in book.open_orders() if order is not without)
    return max(0, book.account.multiplier * book.equity_e4() - exposure - reserved)


def account_fault(book: Book, request: OrderRequest) -> Refusal | None:
    """What the account's user has switched off."""
    if book.account.suspended:
        return refusals.forbidden("trading is suspended by the account's user")
    fractional = request.quantity_e9 is None or request.quantity_e9 % E9 != 0
    if fractional and not book.account.fractions_enabled:
        return refusals.forbidden("fractional trading is not enabled for this account")
    return None


def intent_of(book: Book, symbol: str, side: Side) -> PositionIntent:
    """What an order of that side does to the position."""
    opens = book.account.quantity_e9(symbol) * (1 if side == "buy" else -1) >= 0
    if side == "buy":
        return "buy_to_open" if opens else "buy_to_close"
    return "sell_to_open" if opens else "sell_to_close"


def intent_fault(book: Book, request: OrderRequest) -> Refusal | None:
    inferred, specified = intent_of(book, request.symbol, request.side), request.position_intent
    if specified in (None, inferred):
        return None
    return refusals.unprocessable(f"position intent mismatch, inferred: {inferred}, specified: {specified}")


def asset_fault(book: Book, symbol: str) -> Refusal | None:
    market = book.markets.get(symbol)
    if market is None:
        return refusals.unprocessable(f'asset "{symbol}" not found')
    if not market.tradable:
        return refusals.invalid(f"asset {symbol} is not active")
    return None


def wash_trade_fault(book: Book, request: OrderRequest, without: Order | None = None) -> Refusal | None:
    """An order that could execute against an open order of the same account."""
    own_limit = request.limit_e4 if request.type in ("limit", "stop_limit") else None
    for order in book.open_orders(request.symbol):
        if order.side == request.side or order.status is Status.HELD or order is without:
            continue
        if order.type in ("market", "stop", "trailing_stop"):
            return refusals.wash_trade(order.id, "opposite side market/stop order exists")
        if own_limit is None:
            reason = "opposite side limit order exists. use complex/limit/stop_limit orders"
            return refusals.wash_trade(order.id, reason)
        if order.limit_e4 is not None and (order.limit_e4 - own_limit) * order.sign >= 0:
            return refusals.wash_trade(order.id, "opposite side limit order exists")
    return None


def quantity_fault(book: Book, request: OrderRequest, quantity_e9: int, without: Order | None = None) -> Refusal | None:
    """One order can't turn a position around, nor use shares that other orders hold."""
    held = held_shares(book, request.symbol, without)
    closes = held.existing_e9 * (1 if request.side == "buy" else -1) < 0
    if request.order_class == "bracket" and closes:
        return refusals.unprocessable("bracket orders must be entry orders")
    if request.order_class == "oco" and not closes:
        return refusals.unprocessable("oco orders must be exit orders")
    if closes and quantity_e9 > held.available_e9:
        return refusals.insufficient_quantity(
            request.symbol, quantity_e9, held.available_e9, abs(held.existing_e9), held.held_e9
        )
    if request.side == "sell" and not closes:
        return _short_fault(book, request, quantity_e9)
    return None


def _short_fault(book: Book, request: OrderRequest, quantity_e9: int) -> Refusal | None:
    market = book.markets[request.symbol]
    if quantity_e9 % E9 != 0 or request.notional_e4 is not None:
        return refusals.unprocessable("fractional orders cannot be sold short")
    if not book.account.shorting_enabled:
        return refusals.forbidden("account is not allowed to short")
    if not market.shortable:
        return refusals.unprocessable(f'asset "{request.symbol}" cannot be sold short')
    if not market.easy_to_borrow and request.time_in_force != "day":
        return refusals.unprocessable(f"only day orders are allowed for hard-to-borrow asset {request.symbol}")
    return None


def buying_power_fault(
    book: Book, request: OrderRequest, quantity_e9: int, without: Order | None = None
) -> Refusal | None:
    opening = _opening_e9(book, request.symbol, request.side, quantity_e9)
    if opening == 0 or request.order_class == "oco":
        return None
    market = book.markets[request.symbol]
    price = reserve_price_e4(market, request.side, request.limit_e4, request.stop_e4)
    cost = request.notional_e4 or value_e4(price, opening)
    available = buying_power_e4(book, without)
    return refusals.insufficient_buying_power(available, cost) if cost > available else None


def is_late_for_auction(time_in_force: str, now_ns: int) -> bool:
    """On-open orders between 9:28 and 19:00 and on-close orders between 15:50 and 19:00 are rejected."""
    if time_in_force not in ("opg", "cls"):
        return False
    since_midnight = now_ns - midnight_ns(new_york_day(now_ns))
    first, end = _LATE_FOR_OPEN_NS if time_in_force == "opg" else _LATE_FOR_CLOSE_NS
    return first <= since_midnight < end
