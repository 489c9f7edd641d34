"""Alpaca's JSON to domain values and back; with `frames` (the streams) the only home of its field names.

Numbers come as strings or as numbers, fields may be missing, null or new, and words may be unknown:
none of that is an error. What nothing can be said without (an order's id, the account's equity)
raises `WireError`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import msgspec

from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.core.calendar import NEW_YORK, SECOND_NS, Session, from_datetime, to_datetime
from fluxherod.core.money import format_e4, parse_e4
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.splits import Split
from fluxherod.core.types import (
    Bar,
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    BrokerStatus,
    OrderType,
    Side,
    TimeInForce,
)
from fluxherod.engine.events import AssetInfo, Refusal

Json = Mapping[str, Any]
P = ParamSpec("P")
T = TypeVar("T")

_STATUSES = {
    "accepted": BrokerStatus.ACCEPTED,
    "pending_new": BrokerStatus.ACCEPTED,
    "accepted_for_bidding": BrokerStatus.ACCEPTED,
    "pending_review": BrokerStatus.ACCEPTED,
    "held": BrokerStatus.HELD,
    "pending_cancel": BrokerStatus.PENDING_CANCEL,
    "pending_replace": BrokerStatus.PENDING_REPLACE,
    "filled": BrokerStatus.FILLED,
    "canceled": BrokerStatus.CANCELED,
    "expired": BrokerStatus.EXPIRED,
    "replaced": BrokerStatus.REPLACED,
    "rejected": BrokerStatus.REJECTED,
}
_STOPS = frozenset({"stop", "stop_limit", "trailing_stop"})
_WITH_LEGS = frozenset({"bracket", "oto", "oco"})


def reads(read: Callable[P, T]) -> Callable[P, T]:
    """A reader of answers: whatever is missing or of the wrong shape becomes a WireError."""

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, msgspec.MsgspecError) as error:
            raise WireError(f"{read.__name__}: {type(error).__name__}: {error}") from error

    return reading


# --- times and numbers -------------------------------------------------------------------------------
@lru_cache(maxsize=8192)
def _second_ns(text: str, zone: str) -> int:
    if text[16] != ":":
        raise ValueError("no RFC3339 time")
    return (int(datetime.fromisoformat(f"{text[:16]}:00{zone}").timestamp()) + int(text[17:])) * SECOND_NS


def parse_time(text: str) -> int:
    """Nanoseconds of an RFC3339 time with up to nine fractional digits, exactly."""
    try:
        rest, fraction = text[19:], 0
        if rest.startswith("."):
            digits = len(rest) - len(rest[1:].lstrip("0123456789"))
            fraction = int(rest[1:digits].ljust(9, "0")[:9])
            rest = rest[digits:]
        if not rest:
            raise ValueError("no zone")
        return _second_ns(text[:19], "+00:00" if rest in "Zz" else rest) + fraction
    # By hand, without `reads`: every quote has a time of its own.
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise WireError(f"parse_time: {text!r}: {error}") from error


def format_time(ns: int) -> str:
    """The RFC3339 text of a time in UTC, with as many fractional digits as it needs."""
    fraction = f".{ns % SECOND_NS:09d}".rstrip("0").rstrip(".")
    return f"{to_datetime(ns):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _number(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise WireError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise WireError(f"{value!r} is not a finite number")
    return number


def e4(value: object) -> int:
    """A price or an amount, from a string or a number."""
    return parse_e4(str(_number(value)))


def _optional_e4(value: object) -> int | None:
    return None if value in (None, "") else e4(value)


def _shares_up(value: object) -> int:
    """Whole shares, away from zero: a fraction that someone else holds must not vanish."""
    number = _number(value or 0)
    return int(number.to_integral_value(ROUND_CEILING if number > 0 else ROUND_FLOOR))


def shares(value: object) -> int:
    """Whole shares, towards zero."""
    return int(_number(value or 0))


def _time(value: object) -> int:
    return parse_time(value) if isinstance(value, str) and value else 0


def _json(body: bytes | str) -> Any:
    return msgspec.json.decode(body)


# --- orders ------------------------------------------------------------------------------------------
def order_of(raw: Json) -> BrokerOrder:
    """An order object, wherever it came from."""
    return BrokerOrder(
        broker_id=str(raw["id"]),
        client_order_id=raw.get("client_order_id") or "",
        symbol=raw.get("symbol") or "",
        side=_side(raw["side"]),
        order_type=_order_type(raw),
        status=_STATUSES.get(raw.get("status") or "", BrokerStatus.WORKING),
        quantity=_shares_up(raw.get("qty")),
        filled_quantity=shares(raw.get("filled_qty")),
        filled_average_e4=_optional_e4(raw.get("filled_avg_price")) or 0,
        limit_price_e4=_optional_e4(raw.get("limit_price")),
        stop_price_e4=_optional_e4(raw.get("stop_price")),
        submitted_ns=_time(raw.get("submitted_at") or raw.get("created_at")),
        updated_ns=_time(raw.get("updated_at")),
        replaced_by=raw.get("replaced_by") or None,
        replaces=raw.get("replaces") or None,
        legs=tuple(order_of(leg) for leg in raw.get("legs") or ()),
        reason=str(raw.get("reject_reason") or raw.get("reason") or ""),
    )


def _side(word: str) -> Side:
    """`sell_short` and its kind are still a side."""
    return Side.SELL if word.startswith("sell") else Side(word)


def _order_type(raw: Json) -> OrderType:
    """The type, reduced to the daemon's three (a buy stop is turned into a stop-limit by Alpaca itself)."""
    word = raw.get("type") or raw.get("order_type") or ""
    if word in _STOPS:
        return OrderType.STOP
    return OrderType.LIMIT if word == "limit" or (word != "market" and raw.get("limit_price")) else OrderType.MARKET


@reads
def decode_order(body: bytes) -> BrokerOrder:
    """One order, its legs nested."""
    return order_of(_json(body))


@reads
def decode_orders(body: bytes) -> list[BrokerOrder]:
    """A list of orders; null is an empty one."""
    return [order_of(raw) for raw in _json(body) or ()]


@reads
def legs_missing(body: bytes) -> bool:
    """True when the order is of a class that has legs and the answer names none."""
    raw = _json(body)
    return raw.get("order_class") in _WITH_LEGS and not raw.get("legs")


def encode_order(order: ApprovedOrder) -> dict[str, Any]:
    """The body of POST /v2/orders. A stop leg makes it `oto`, and GTC: the leg shares the entry's time in force."""
    body: dict[str, Any] = {
        "client_order_id": order.id,
        "symbol": order.symbol,
        "side": order.side.value,
        "type": order.order_type.value,
        "time_in_force": order.time_in_force.value,
        "qty": str(order.quantity),
    }
    if order.limit_price_e4 is not None:
        body["limit_price"] = format_e4(order.limit_price_e4)
    if order.stop_price_e4 is not None:
        body["stop_price"] = format_e4(order.stop_price_e4)
    if order.leg_stop_e4 is not None:
        body["order_class"] = "oto"
        body["stop_loss"] = {"stop_price": format_e4(order.leg_stop_e4)}
        body["time_in_force"] = TimeInForce.GTC.value
    return body


def encode_replacement(replacement: ApprovedReplacement) -> dict[str, Any]:
    """The body of PATCH /v2/orders/{id}."""
    return {
        "client_order_id": replacement.id,
        "qty": str(replacement.quantity),
        "stop_price": format_e4(replacement.stop_price_e4),
    }


def decode_refusal(status: int, body: bytes) -> Refusal:
    """The broker's no, whatever form it has: JSON with or without a code, HTML, nothing."""
    try:
        raw = _json(body)
        message = str(raw.get("message") or "")
        detail = raw.get("reject_reason")
        return Refusal(status, int(raw.get("code") or 0), f"{message}: {detail}" if detail else message)
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError):
        return Refusal(status, 0, " ".join(body[:200].decode("utf-8", "replace").split()))


def is_error_object(body: bytes) -> bool:
    """True for an error of Alpaca's own; a proxy's HTML page is none."""
    try:
        return isinstance(_json(body).get("message"), str)
    except (AttributeError, msgspec.MsgspecError):
        return False


def refuses_credentials(status: int, body: bytes) -> bool:
    """True when the keys are not accepted: any 401, and a 403 that says nothing but "forbidden"."""
    if status != 403:
        return status == 401
    refusal = decode_refusal(status, body)
    return refusal.code == 0 and refusal.message.strip(" .").lower() in ("forbidden", "unauthorized")


# --- account, positions, assets, calendar ------------------------------------------------------------
@reads
def decode_account(body: bytes) -> BrokerAccount:
    """The account; equity, cash and buying power must be there."""
    raw = _json(body)
    flags = ("account_blocked", "trading_blocked", "trade_suspended_by_user")
    return BrokerAccount(
        account_id=str(raw.get("id") or raw.get("account_number") or ""),
        cash_e4=e4(raw["cash"]),
        equity_e4=e4(raw["equity"]),
        last_equity_e4=e4(raw["last_equity"]),
        buying_power_e4=e4(raw["buying_power"]),
        multiplier=shares(raw.get("multiplier") or 1),
        shorting_enabled=bool(raw.get("shorting_enabled")),
        blocked=any(raw.get(flag) for flag in flags) or raw.get("status", "ACTIVE") != "ACTIVE",
    )


def _position(raw: Json) -> BrokerPosition:
    quantity = _shares_up(raw["qty"])
    # Signed on the wire; the side decides should a sign ever be missing.
    signed = -abs(quantity) if raw.get("side") == "short" else quantity
    return BrokerPosition(raw["symbol"], signed, _optional_e4(raw.get("avg_entry_price")) or 0)


@reads
def decode_positions(body: bytes) -> tuple[BrokerPosition, ...]:
    """All positions, quantities signed."""
    return tuple(_position(raw) for raw in _json(body) or ())


def _asset(raw: Json) -> AssetInfo:
    borrow, equity = raw.get("borrow_status"), raw.get("class", "us_equity") == "us_equity"
    return AssetInfo(
        symbol=raw["symbol"],
        found=True,
        tradable=bool(raw.get("tradable")) and raw.get("status", "active") == "active" and equity,
        shortable=bool(raw.get("shortable")),
        easy_to_borrow=borrow == "easy_to_borrow" if borrow else bool(raw.get("easy_to_borrow")),
    )


@reads
def decode_asset(body: bytes) -> AssetInfo:
    """One asset; tolerates either form of the borrow status."""
    return _asset(_json(body))


@reads
def decode_assets(body: bytes) -> list[AssetInfo]:
    """The list of assets."""
    return [_asset(raw) for raw in _json(body) or ()]


def _session(raw: Json) -> Session:
    day, early, late = raw["date"], raw.get("session_open"), raw.get("session_close")
    return Session(
        day,
        _wall_ns(day, raw["open"]),
        _wall_ns(day, raw["close"]),
        _wall_ns(day, early) if early else 0,
        _wall_ns(day, late) if late else 0,
    )


def _wall_ns(day: str, time: str) -> int:
    """New York's "09:30", or "0930" as the extended hours are written."""
    return from_datetime(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=NEW_YORK))


@reads
def decode_calendar(body: bytes) -> tuple[Session, ...]:
    """Regular sessions with their extended hours, from New York wall times."""
    return tuple(_session(raw) for raw in _json(body) or ())


@reads
def decode_exchange_clock(body: bytes) -> tuple[int, float]:
    """Time in ns and rate of the simulator's `/sim/clock`."""
    raw = _json(body)
    return int(raw["time_ns"]), float(raw["rate"])


# --- bars over REST ----------------------------------------------------------------------------------
BAR_FIELDS = {"start": "t", "open": "o", "high": "h", "low": "l", "close": "c", "volume": "v", "symbol": "S"}


class _RestBar(msgspec.Struct, rename=BAR_FIELDS):
    start: str
    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    volume: float | None = None


class _BarsPage(msgspec.Struct):
    bars: dict[str, list[_RestBar] | None] | None = None
    next_page_token: str | None = None


_bars_page = msgspec.json.Decoder(_BarsPage)


@reads
def decode_bars(body: bytes) -> tuple[dict[str, list[Bar]], str | None]:
    """One page of bars by symbol, and the next page's token (None on the last)."""
    page = _bars_page.decode(body)
    bars = {
        symbol: [bar for row in rows or () if (bar := _rest_bar(symbol, row)) is not None]
        for symbol, rows in (page.bars or {}).items()
    }
    return bars, page.next_page_token or None


@reads
def decode_latest_minutes(body: bytes) -> dict[str, int]:
    """When the latest minute bar of each symbol began, in ns."""
    return {symbol: parse_time(bar["t"]) for symbol, bar in (_json(body).get("bars") or {}).items() if bar}


def _rest_bar(symbol: str, row: _RestBar) -> Bar | None:
    """A bar without a price is no bar."""
    if row.open is None or row.high is None or row.low is None or row.close is None:
        return None
    return Bar(symbol, parse_time(row.start), row.open, row.high, row.low, row.close, int(row.volume or 0))


# --- corporate actions -------------------------------------------------------------------------------
@reads
def decode_splits(body: bytes) -> tuple[list[Split], list[str], str | None]:
    """One page of splits, what of it can't be read, and the next page's token; actions of other types are ignored."""
    raw, splits, faults = _json(body), [], []
    actions = raw.get("corporate_actions") or {}
    for row in (*(actions.get("forward_splits") or ()), *(actions.get("reverse_splits") or ())):
        try:
            ratio = Fraction(_number(row["new_rate"])) / Fraction(_number(row["old_rate"]))
            if ratio <= 0:
                raise ValueError(f"a ratio of {ratio}")
            day = date.fromisoformat(row["ex_date"]).isoformat()
            splits.append(Split(str(row["symbol"]), day, ratio.numerator, ratio.denominator))
        except (WireError, ArithmeticError, KeyError, TypeError, ValueError) as error:
            faults.append(f"{row}: {type(error).__name__}: {error}")
    return splits, faults, raw.get("next_page_token") or None
