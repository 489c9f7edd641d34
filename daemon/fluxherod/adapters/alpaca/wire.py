"""Alpaca's JSON to domain values and back; with `frames` (the streams) the only home of its field names.

Numbers come as strings or as numbers, fields may be missing, null or new, and words may be unknown:
none of that is an error. What nothing can be said without (an order's id, the account's equity)
raises `WireError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import msgspec

from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.adapters.alpaca.scalars import (
    MOST_SHARES,
    UNREADABLE,
    e4,
    name,
    number_of,
    optional_e4,
    reads,
    shares,
    shares_up,
    time_of,
    word,
)
from fluxherod.adapters.alpaca.scalars import format_time as format_time
from fluxherod.adapters.alpaca.scalars import parse_time as parse_time
from fluxherod.core.calendar import NEW_YORK, Session, from_datetime
from fluxherod.core.money import format_e4
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.splits import Split
from fluxherod.core.types import (
    AssetInfo,
    Bar,
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    BrokerStatus,
    OrderType,
    Side,
    TimeInForce,
)
from fluxherod.engine.events import Refusal

Json = Mapping[str, Any]

_STATUSES = {
    "accepted": BrokerStatus.ACCEPTED,
    "pending_new": BrokerStatus.ACCEPTED,
    "accepted_for_bidding": BrokerStatus.ACCEPTED,
    "pending_review": BrokerStatus.ACCEPTED,
    "held": BrokerStatus.HELD,
    "pending_cancel": BrokerStatus.PENDING_CANCEL,
    "pending_replace": BrokerStatus.PENDING_REPLACE,
    "done_for_day": BrokerStatus.DONE_FOR_DAY,
    "suspended": BrokerStatus.SUSPENDED,
    "filled": BrokerStatus.FILLED,
    "canceled": BrokerStatus.CANCELED,
    "expired": BrokerStatus.EXPIRED,
    "replaced": BrokerStatus.REPLACED,
    "rejected": BrokerStatus.REJECTED,
}
_TIMES_IN_FORCE = {str(each): each for each in TimeInForce}
_STOPS = frozenset({"stop", "stop_limit", "trailing_stop"})
MOST_RATE = 10**15  # of a split: what is written with more digits is none
_WITH_LEGS = frozenset({"bracket", "oto", "oco"})


def _json(body: bytes | str) -> Any:
    return msgspec.json.decode(body)


# --- orders ------------------------------------------------------------------------------------------
def order_of(raw: Json) -> BrokerOrder:
    """An order object, wherever it came from."""
    return BrokerOrder(
        broker_id=name(raw["id"]),
        client_order_id=word(raw.get("client_order_id")),
        symbol=word(raw.get("symbol")),
        side=_side(raw["side"]),
        order_type=_order_type(raw),
        status=_STATUSES.get(word(raw.get("status")), BrokerStatus.WORKING),
        quantity=shares_up(raw.get("qty")),
        filled_quantity=shares(raw.get("filled_qty")),
        filled_value_e4=_filled_value_e4(raw),
        limit_price_e4=optional_e4(raw.get("limit_price")),
        stop_price_e4=optional_e4(raw.get("stop_price")),
        submitted_ns=time_of(raw.get("submitted_at") or raw.get("created_at")),
        updated_ns=time_of(raw.get("updated_at")),
        replaced_by=word(raw.get("replaced_by")) or None,
        replaces=word(raw.get("replaces")) or None,
        legs=tuple(order_of(leg) for leg in raw.get("legs") or ()),
        reason=word(raw.get("reject_reason")) or word(raw.get("reason")),
        time_in_force=_TIMES_IN_FORCE.get(word(raw.get("time_in_force"))),
    )


def _filled_value_e4(raw: Json) -> int:
    """From all digits of the average: rounded to four, a thousand shares could be off by cents."""
    return e4(number_of(raw.get("filled_avg_price") or 0) * shares(raw.get("filled_qty")))


def _is_spread(raw: Json) -> bool:
    return raw.get("order_class") == "mleg"


def _side(text: str) -> Side:
    """`sell_short` and its kind are still a side."""
    return Side.SELL if text.startswith("sell") else Side(text)


def _order_type(raw: Json) -> OrderType:
    """The type, reduced to the daemon's three (a buy stop is turned into a stop-limit by Alpaca itself)."""
    kind = word(raw.get("type")) or word(raw.get("order_type"))
    if kind in _STOPS:
        return OrderType.STOP
    return OrderType.LIMIT if kind == "limit" or (kind != "market" and raw.get("limit_price")) else OrderType.MARKET


@reads
def decode_order(body: bytes) -> BrokerOrder:
    """One order, its legs nested."""
    return order_of(_json(body))


@reads
def decode_orders(body: bytes) -> list[BrokerOrder]:
    """A list of orders; null is an empty one. Of an options order of several legs, which has no side, the legs."""
    return [
        order_of(one) for raw in _json(body) or () for one in (raw.get("legs") or () if _is_spread(raw) else (raw,))
    ]


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
        "side": order.side,
        "type": order.order_type,
        "time_in_force": order.time_in_force,
        "qty": str(order.quantity),
    }
    if order.limit_price_e4 is not None:
        body["limit_price"] = format_e4(order.limit_price_e4)
    if order.stop_price_e4 is not None:
        body["stop_price"] = format_e4(order.stop_price_e4)
    if order.leg_stop_e4 is not None:
        body["order_class"] = "oto"
        body["stop_loss"] = {"stop_price": format_e4(order.leg_stop_e4)}
        body["time_in_force"] = TimeInForce.GTC
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
        message, detail = word(raw.get("message")), word(raw.get("reject_reason"))
        return Refusal(status, int(number_of(raw.get("code") or 0)), f"{message}: {detail}" if detail else message)
    except (WireError, *UNREADABLE):
        return Refusal(status, 0, " ".join(body[:200].decode("utf-8", "replace").split()))


def is_error_object(body: bytes) -> bool:
    """True for an error of Alpaca's own; a proxy's HTML page is none."""
    try:
        return isinstance(_json(body).get("message"), str)
    except UNREADABLE:
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
        account_id=word(raw.get("id")) or word(raw.get("account_number")),
        cash_e4=e4(raw["cash"]),
        equity_e4=e4(raw["equity"]),
        last_equity_e4=e4(raw["last_equity"]),
        buying_power_e4=e4(raw["buying_power"]),
        multiplier=shares(raw.get("multiplier") or 1),
        shorting_enabled=raw.get("shorting_enabled") is True,
        blocked=any(raw.get(flag) for flag in flags) or raw.get("status", "ACTIVE") != "ACTIVE",
    )


def _position(raw: Json) -> BrokerPosition:
    quantity = shares_up(raw["qty"])
    # Signed on the wire; the side decides should a sign ever be missing.
    signed = -abs(quantity) if raw.get("side") == "short" else quantity
    average_e4, price_e4 = (optional_e4(raw.get(key)) or 0 for key in ("avg_entry_price", "current_price"))
    return BrokerPosition(name(raw["symbol"]), signed, average_e4, price_e4)


@reads
def decode_positions(body: bytes) -> tuple[BrokerPosition, ...]:
    """All positions, quantities signed."""
    return tuple(_position(raw) for raw in _json(body) or ())


def _asset(raw: Json) -> AssetInfo:
    borrow, equity = raw.get("borrow_status"), raw.get("class", "us_equity") == "us_equity"
    return AssetInfo(
        symbol=name(raw["symbol"]),
        found=True,
        tradable=raw.get("tradable") is True and raw.get("status", "active") == "active" and equity,
        shortable=raw.get("shortable") is True,
        easy_to_borrow=borrow == "easy_to_borrow" if borrow else raw.get("easy_to_borrow") is True,
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
    """A bar without a price, or with more shares than can be counted, is no bar."""
    if row.open is None or row.high is None or row.low is None or row.close is None:
        return None
    if row.volume is not None and not -MOST_SHARES <= row.volume < MOST_SHARES:
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
            ratio = Fraction(number_of(row["new_rate"])) / Fraction(number_of(row["old_rate"]))
            if ratio <= 0 or max(ratio.numerator, ratio.denominator) > MOST_RATE:
                raise ValueError("a ratio beyond reason")
            day = date.fromisoformat(row["ex_date"]).isoformat()
            splits.append(Split(name(row["symbol"]), day, ratio.numerator, ratio.denominator))
        except (WireError, ArithmeticError, KeyError, TypeError, ValueError) as error:
            faults.append(f"{row}: {type(error).__name__}: {error}")
    return splits, faults, raw.get("next_page_token") or None
