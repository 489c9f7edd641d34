"""Alpaca's error answers as values: one constructor for each, with its HTTP status, code and exact text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alpacasim.money import money_text, quantity_text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was not carried out; `code` is None where Alpaca sends none."""

    http_status: int
    code: int | None
    message: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        head: dict[str, object] = {} if self.code is None else {"code": self.code}
        return {**head, "message": self.message, **self.extra}


def malformed() -> Refusal:
    return Refusal(400, 40010000, "request body format is invalid")


def unauthorized() -> Refusal:
    return Refusal(401, None, "unauthorized.")


def invalid(message: str) -> Refusal:
    """A request that is wrong in itself."""
    return Refusal(422, 40010001, message)


def unprocessable(message: str, **extra: str) -> Refusal:
    """A request that the state of the order, the asset or the market doesn't allow."""
    return Refusal(422, 42210000, message, extra)


def forbidden(message: str, **extra: str) -> Refusal:
    return Refusal(403, 40310000, message, extra)


def not_found(message: str) -> Refusal:
    return Refusal(404, 40410000, message)


def order_not_found(order_id: str) -> Refusal:
    return not_found(f"order not found for {order_id}")


def sub_penny(field_name: str, price: str) -> Refusal:
    return unprocessable(f"invalid {field_name} {price}. sub-penny increment does not fulfill minimum pricing criteria")


def insufficient_buying_power(buying_power_e4: int, cost_basis_e4: int) -> Refusal:
    return forbidden(
        "insufficient buying power",
        buying_power=money_text(buying_power_e4),
        cost_basis=money_text(cost_basis_e4),
    )


def insufficient_quantity(symbol: str, requested_e9: int, available_e9: int, existing_e9: int, held_e9: int) -> Refusal:
    requested, available = quantity_text(requested_e9), quantity_text(available_e9)
    return forbidden(
        f"insufficient qty available for order (requested: {requested}, available: {available})",
        available=available,
        existing_qty=quantity_text(existing_e9),
        held_for_orders=quantity_text(held_e9),
        symbol=symbol,
    )


def wash_trade(existing_order_id: str, reject_reason: str) -> Refusal:
    return forbidden(
        "potential wash trade detected. use complex orders",
        existing_order_id=existing_order_id,
        reject_reason=reject_reason,
    )


def wrong_state(status: str) -> Refusal:
    return unprocessable(f'order is already in "{status}" state')
