"""What a client asks for: the body of POST and PATCH /v2/orders, parsed and checked in itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from alpacasim import refusals
from alpacasim.money import CENT_E4, DOLLAR_E4, E4, decimal_to_e4, decimal_to_e9, parse_decimal
from alpacasim.orders import (
    ORDER_CLASSES,
    ORDER_TYPES,
    POSITION_INTENTS,
    SIDES,
    TIMES_IN_FORCE,
    OrderClass,
    OrderType,
    PositionIntent,
    Side,
    TimeInForce,
)
from alpacasim.refusals import Refusal

CLIENT_ORDER_ID_MAX = 128
# Prices, amounts and quantities end below this.
_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A well-formed order; `quantity_e9` is None for an order by value (`notional_e4`)."""

    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    order_class: OrderClass = "simple"
    quantity_e9: int | None = None
    notional_e4: int | None = None
    limit_e4: int | None = None
    stop_e4: int | None = None
    trail_e4: int | None = None
    trail_percent_e4: int | None = None
    extended_hours: bool = False
    client_order_id: str | None = None
    take_profit_e4: int | None = None
    stop_loss_e4: int | None = None
    stop_loss_limit_e4: int | None = None
    position_intent: PositionIntent | None = None


@dataclass(frozen=True, slots=True)
class ReplaceRequest:
    """What a PATCH changes; None leaves the field as it is."""

    quantity_e9: int | None = None
    limit_e4: int | None = None
    stop_e4: int | None = None
    trail: Decimal | None = None
    time_in_force: TimeInForce | None = None
    client_order_id: str | None = None


class _Refused(Exception):
    """Carries a refusal out of the parser; never leaves this module."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def price_e4(name: str, value: object) -> int | None:
    """A price in 1/10,000 dollar; whole cents from one dollar on, else four decimals."""
    if value is None:
        return None
    number = parse_decimal(value)
    if number is None or not 0 < number < _LIMIT:
        raise _Refused(refusals.invalid(f"invalid {name}"))
    scaled = number * E4
    tick = CENT_E4 if scaled >= DOLLAR_E4 else 1
    if scaled % tick != 0:
        raise _Refused(refusals.sub_penny(name, str(value)))
    return int(scaled)


def _positive(name: str, value: object) -> Decimal | None:
    if value is None:
        return None
    number = parse_decimal(value)
    if number is None or number <= 0:
        raise _Refused(refusals.invalid(f"{name} must be > 0"))
    if number >= _LIMIT:
        raise _Refused(refusals.invalid(f"{name} must be < {_LIMIT}"))
    return number


def _quantity(value: object) -> int | None:
    number = _positive("qty", value)
    if number is None:
        return None
    quantity = decimal_to_e9(number)
    if quantity is None:
        raise _Refused(refusals.invalid("qty must have at most 9 decimal places"))
    return quantity


def _choice(body: Mapping[str, Any], name: str, allowed: tuple[str, ...], text: str) -> str:
    value = body.get(name)
    if value not in allowed:
        raise _Refused(refusals.invalid(f"{name} is required" if value is None else text))
    return cast(str, value)


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name) or {}
    if not isinstance(part, Mapping):
        raise _Refused(refusals.malformed())
    return part


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    if value is not None and not isinstance(value, bool):
        raise _Refused(refusals.malformed())
    return bool(value)


def _client_order_id(body: Mapping[str, Any]) -> str | None:
    value = body.get("client_order_id")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > CLIENT_ORDER_ID_MAX:
        raise _Refused(refusals.invalid(f"client_order_id must be no more than {CLIENT_ORDER_ID_MAX} characters"))
    return value


def _position_intent(body: Mapping[str, Any]) -> PositionIntent | None:
    if body.get("position_intent") is None:
        return None
    return cast(PositionIntent, _choice(body, "position_intent", POSITION_INTENTS, "invalid position_intent"))


def _read_order(body: Mapping[str, Any]) -> OrderRequest:
    symbol = body.get("symbol")
    if not isinstance(symbol, str) or not symbol:
        raise _Refused(refusals.invalid("symbol is required"))
    take_profit, stop_loss = _part(body, "take_profit"), _part(body, "stop_loss")
    notional = _positive("notional", body.get("notional"))
    percent = _positive("trail_percent", body.get("trail_percent"))
    return OrderRequest(
        symbol=symbol,
        side=cast(Side, _choice(body, "side", SIDES, "invalid side")),
        type=cast(OrderType, _choice(body, "type", ORDER_TYPES, "invalid order type")),
        time_in_force=cast(TimeInForce, _choice(body, "time_in_force", TIMES_IN_FORCE, "invalid time_in_force")),
        order_class=cast(
            OrderClass,
            _choice(
                {"order_class": body.get("order_class") or "simple"},
                "order_class",
                ORDER_CLASSES,
                "invalid order_class",
            ),
        ),
        quantity_e9=_quantity(body.get("qty")),
        notional_e4=None if notional is None else decimal_to_e4(notional),
        limit_e4=price_e4("limit_price", body.get("limit_price")),
        stop_e4=price_e4("stop_price", body.get("stop_price")),
        trail_e4=price_e4("trail_price", body.get("trail_price")),
        trail_percent_e4=None if percent is None else decimal_to_e4(percent),
        extended_hours=_flag(body, "extended_hours"),
        client_order_id=_client_order_id(body),
        take_profit_e4=price_e4("take_profit.limit_price", take_profit.get("limit_price")),
        stop_loss_e4=price_e4("stop_loss.stop_price", stop_loss.get("stop_price")),
        stop_loss_limit_e4=price_e4("stop_loss.limit_price", stop_loss.get("limit_price")),
        position_intent=_position_intent(body),
    )


def _quantity_fault(request: OrderRequest) -> Refusal | None:
    if request.quantity_e9 is None and request.notional_e4 is None:
        return refusals.invalid("qty or notional is required")
    if request.quantity_e9 is not None and request.notional_e4 is not None:
        return refusals.invalid("only one of qty or notional is accepted")
    fractional = request.quantity_e9 is None or request.quantity_e9 % 1_000_000_000 != 0
    if not fractional:
        return None
    if request.time_in_force != "day":
        return refusals.unprocessable("fractional orders must be DAY orders")
    if request.order_class != "simple":
        return refusals.unprocessable("fractional orders must be simple orders")
    return None


def _price_fault(request: OrderRequest) -> Refusal | None:
    kind = request.order_class
    limit, stop = request.limit_e4 is not None, request.stop_e4 is not None
    trails = request.trail_e4 is not None or request.trail_percent_e4 is not None
    match request.type:
        case "market" if limit or stop:
            return refusals.invalid("market orders require no stop or limit price")
        case "limit" | "trailing_stop" if stop:
            return refusals.invalid(f"{request.type} orders require no stop price")
        case "stop" | "trailing_stop" if limit:
            return refusals.invalid(f"{request.type} orders require no limit price")
        case "market" | "limit" | "stop" | "stop_limit" if trails:
            return refusals.invalid(f"{request.type} orders require no trail_price or trail_percent")
        case "limit" if not limit and not (kind == "oco" and request.take_profit_e4 is not None):
            return refusals.invalid("limit orders require a limit price")
        case "stop" if not stop:
            return refusals.invalid("stop orders require a stop price")
        case "stop_limit" if not (stop and limit):
            return refusals.invalid("stop limit orders require both stop and limit price")
        case "trailing_stop" if (request.trail_e4 is None) == (request.trail_percent_e4 is None):
            return refusals.invalid("trailing stop orders must specify one of trail_price or trail_percent")
    return None


def _session_fault(request: OrderRequest) -> Refusal | None:
    if request.extended_hours and (request.type != "limit" or request.time_in_force not in ("day", "gtc")):
        return refusals.unprocessable("extended hours order must be DAY or GTC limit orders")
    if request.time_in_force in ("opg", "cls") and request.type not in ("market", "limit"):
        return refusals.unprocessable(f"{request.time_in_force} orders must be market or limit orders")
    if request.type in ("stop", "stop_limit", "trailing_stop") and request.time_in_force not in ("day", "gtc"):
        return refusals.unprocessable(f"{request.type} orders must be DAY or GTC orders")
    return None


def _class_fault(request: OrderRequest) -> Refusal | None:
    kind, take_profit, stop_loss = request.order_class, request.take_profit_e4, request.stop_loss_e4
    if kind == "simple":
        exits = (take_profit, stop_loss, request.stop_loss_limit_e4)
        if any(price is not None for price in exits):
            return refusals.unprocessable("simple orders must not have take_profit or stop_loss")
        return None
    if request.time_in_force not in ("day", "gtc"):
        return refusals.unprocessable(f"{kind} orders must be DAY or GTC orders")
    if request.extended_hours:
        return refusals.unprocessable(f"{kind} orders are not eligible for extended hours trading")
    if kind == "bracket" and (take_profit is None or stop_loss is None):
        missing = "take_profit.limit_price" if take_profit is None else "stop_loss.stop_price"
        return refusals.unprocessable(f"bracket orders require {missing}")
    if kind == "oto" and (take_profit is None) == (stop_loss is None):
        return refusals.unprocessable("oto orders require either take_profit or stop_loss")
    if kind == "oco":
        return _oco_fault(request)
    return _leg_price_fault(request)


def _oco_fault(request: OrderRequest) -> Refusal | None:
    if request.type != "limit":
        return refusals.unprocessable("oco orders must be limit orders")
    if request.stop_loss_e4 is None:
        return refusals.unprocessable("oco orders require stop_loss.stop_price")
    return _leg_price_fault(request)


def _leg_price_fault(request: OrderRequest) -> Refusal | None:
    """Profit and loss on the right sides of each other and of the entry's own price."""
    base = request.limit_e4 or request.stop_e4
    if request.order_class == "oco" or base is None:
        return sibling_fault(request)
    return sibling_fault(request) or base_fault(request, base)


def sibling_fault(request: OrderRequest) -> Refusal | None:
    """Is the take profit on the profitable side of the stop loss."""
    exits_long = (request.side == "buy") != (request.order_class == "oco")
    sign = 1 if exits_long else -1
    take_profit = request.take_profit_e4 or (request.limit_e4 if request.order_class == "oco" else None)
    stop_loss = request.stop_loss_e4
    if take_profit is not None and stop_loss is not None and (take_profit - stop_loss) * sign <= 0:
        side = "greater" if exits_long else "less"
        return refusals.unprocessable(f"take_profit.limit_price must be {side} than stop_loss.stop_price")
    return None


def base_fault(request: OrderRequest, base_e4: int) -> Refusal | None:
    """Are the exits of an entry at least a cent away from its price (1/10,000 dollar), each on its side."""
    exits_long = request.side == "buy"
    sign = 1 if exits_long else -1
    take_profit, stop_loss = request.take_profit_e4, request.stop_loss_e4
    if stop_loss is not None and (base_e4 - stop_loss) * sign < CENT_E4:
        bound = "<= base_price - 0.01" if exits_long else ">= base_price + 0.01"
        return refusals.unprocessable(f"stop_loss.stop_price must be {bound}")
    if take_profit is not None and (take_profit - base_e4) * sign < CENT_E4:
        bound = ">= base_price + 0.01" if exits_long else "<= base_price - 0.01"
        return refusals.unprocessable(f"take_profit.limit_price must be {bound}")
    return None


def parse_order(body: object) -> OrderRequest | Refusal:
    """Read the body of POST /v2/orders; the checks here need nothing but the body itself."""
    if not isinstance(body, Mapping):
        return refusals.malformed()
    try:
        request = _read_order(body)
    except _Refused as refused:
        return refused.refusal
    return form_fault(request) or request


def form_fault(request: OrderRequest) -> Refusal | None:
    """What is wrong with an order in itself, whatever the state of the exchange."""
    return _quantity_fault(request) or _price_fault(request) or _session_fault(request) or _class_fault(request)


def parse_replace(body: object) -> ReplaceRequest | Refusal:
    """Read the body of PATCH /v2/orders/{id}."""
    if not isinstance(body, Mapping):
        return refusals.malformed()
    try:
        tif = body.get("time_in_force")
        if tif is not None:
            tif = _choice(body, "time_in_force", TIMES_IN_FORCE, "invalid time_in_force")
        return ReplaceRequest(
            quantity_e9=_quantity(body.get("qty")),
            limit_e4=price_e4("limit_price", body.get("limit_price")),
            stop_e4=price_e4("stop_price", body.get("stop_price")),
            trail=_positive("trail", body.get("trail")),
            time_in_force=cast("TimeInForce | None", tif),
            client_order_id=_client_order_id(body),
        )
    except _Refused as refused:
        return refused.refusal
