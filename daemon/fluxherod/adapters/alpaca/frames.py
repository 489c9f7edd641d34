"""The frames of both WebSockets to domain values and back; the other half of `wire`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import msgspec

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import WireError
from fluxherod.adapters.alpaca.scalars import MOST_SHARES, UNREADABLE, e4, parse_time, reads, shares, time_of, word
from fluxherod.adapters.alpaca.wire import BAR_FIELDS, Json, order_of
from fluxherod.core.bars import MOST_DOLLARS
from fluxherod.core.types import Bar, BrokerOrder, Execution, Quote
from fluxherod.engine.events import OrderReported, PriceBand, TradingStatus

T = TypeVar("T")


# --- market data -------------------------------------------------------------------------------------
# Nearly always whole, and then not to be touched again.
_Volume = Annotated[int, msgspec.Meta(ge=-MOST_SHARES, le=MOST_SHARES)] | float


# A row has the fields of the value that it becomes: a frame of thousands is turned into values in one call, after its
# times, texts on the wire, were replaced by nanoseconds in place.
class _StreamBar(msgspec.Struct, tag_field="T", tag="b", rename={**BAR_FIELDS, "start_ns": "t"}, gc=False):
    symbol: str
    start_ns: str
    open: float
    high: float
    low: float
    close: float
    volume: _Volume = 0


class _RevisedBar(_StreamBar, tag="u", gc=False):
    pass


_QUOTE_FIELDS = {"symbol": "S", "time_ns": "t", "bid": "bp", "ask": "ap"}


class _Quote(msgspec.Struct, tag_field="T", tag="q", rename=_QUOTE_FIELDS, gc=False):
    symbol: str
    time_ns: str
    bid: float | None = None
    ask: float | None = None


class Success(msgspec.Struct, tag_field="T", tag="success"):
    """`connected` or `authenticated`."""

    msg: str = ""


class StreamError(msgspec.Struct, tag_field="T", tag="error"):
    """The stream's own error; `code` says which."""

    code: int = 0
    msg: str = ""


class Subscription(msgspec.Struct, tag_field="T", tag="subscription"):
    """Everything that is subscribed now."""

    bars: list[str] | None = None
    quotes: list[str] | None = None


_STATUS_FIELDS = {"symbol": "S", "code": "sc", "text": "sm", "reason_code": "rc", "reason": "rm", "time": "t"}


class _Status(msgspec.Struct, tag_field="T", tag="s", rename=_STATUS_FIELDS, gc=False):
    symbol: str
    code: str | None = None
    text: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    time: str | None = None


# The indicator `i` is left alone: the two tapes use its letters differently, and the prices say it all.
class _PriceBand(msgspec.Struct, tag_field="T", tag="l", rename={"symbol": "S", "low": "d", "high": "u", "time": "t"}):
    symbol: str
    low: float | None = None
    high: float | None = None
    time: str | None = None


class _Dropped(msgspec.Struct, tag_field="T", tag="d"):
    pass


Control = Success | StreamError | Subscription
_Message = _StreamBar | _RevisedBar | _Quote | Control | _Status | _PriceBand | _Dropped
_BARS, _QUOTES = tuple[Bar, ...], tuple[Quote, ...]
_frame = msgspec.json.Decoder(list[_Message])
_message = msgspec.json.Decoder(_Message)
_raw_frame = msgspec.json.Decoder(list[msgspec.Raw])
_kind = msgspec.json.Decoder(dict[str, Any])
# CTA's digits (tapes A and B) and UTP's letters (C and O): which words end trading, and which bring it back. Quotation
# alone (Q) does not; what else there is (imbalances, indications, short sale restrictions) says nothing of it.
_TRADING = {"1": False, "2": False, "4": False, "H": False, "P": False, "Q": False, "3": True, "T": True}
# Words that are known, or that say of themselves that they carry no bar, quote or control message.
_READ = frozenset({"b", "u", "q", "success", "error", "subscription", "s", "l"})


class MarketFrame(msgspec.Struct, frozen=True, gc=False):
    """One frame, sorted by kind: quotes reduced to the newest of each symbol, `quote_count` before that."""

    bars: tuple[Bar, ...] = ()
    revised: tuple[Bar, ...] = ()
    quotes: tuple[Quote, ...] = ()
    control: tuple[Control, ...] = ()
    quote_count: int = 0
    statuses: tuple[TradingStatus, ...] = ()
    bands: tuple[PriceBand, ...] = ()
    malformed: tuple[str, ...] = ()


def decode_market_frame(frame: bytes | str) -> MarketFrame:
    """A frame of the market-data stream. A message that cannot be read is set aside and costs no other.

    Raises:
        WireError: when the frame itself is not an array of messages.
    """
    messages, malformed = _messages(frame)
    bars: list[_StreamBar] = []
    revised: list[_StreamBar] = []
    quotes: dict[str, _Quote] = {}
    control: list[Control] = []
    statuses: list[TradingStatus] = []
    bands: list[PriceBand] = []
    quote_count = 0
    times = _Times()
    for message in messages:
        try:
            if type(message) is _StreamBar or type(message) is _RevisedBar:
                message.start_ns = times[message.start_ns]  # type: ignore[assignment]  # now of the value's type
                if type(message.volume) is not int:
                    message.volume = _whole(message.volume)
                (bars if type(message) is _StreamBar else revised).append(message)
            elif isinstance(message, _Quote):
                quote_count += 1
                _finish_quote(message)
                _keep_newest(quotes, message)
            elif isinstance(message, Success | StreamError | Subscription):
                control.append(message)
            elif isinstance(message, _Status):
                statuses.append(_status(message))
            elif isinstance(message, _PriceBand):
                bands.append(_band(message))
        except (WireError, ValueError, OverflowError) as error:
            malformed.append(str(error))
    return MarketFrame(
        bars=_values(bars, _BARS) if bars else (),
        revised=_values(revised, _BARS) if revised else (),
        quotes=_values(list(quotes.values()), _QUOTES) if quotes else (),
        control=tuple(control),
        quote_count=quote_count,
        statuses=tuple(statuses),
        bands=tuple(bands),
        malformed=tuple(malformed),
    )


def _messages(frame: bytes | str) -> tuple[list[_Message], list[str]]:
    try:
        return _frame.decode(frame), []
    except (RecursionError, msgspec.MsgspecError):
        return _messages_one_by_one(frame)


def _messages_one_by_one(frame: bytes | str) -> tuple[list[_Message], list[str]]:
    """The slow way, for a frame in which some message is new or broken."""
    try:
        raws = _raw_frame.decode(frame)
    except (RecursionError, msgspec.MsgspecError) as error:
        raise WireError(f"a frame that is no array of messages: {error}") from error
    messages: list[_Message] = []
    malformed: list[str] = []
    for raw in raws:
        try:
            messages.append(_message.decode(raw))
        except (RecursionError, msgspec.MsgspecError) as error:
            if _is_ours(raw):
                malformed.append(f"{error}: {bytes(raw)[:120].decode('utf-8', 'replace')}")
    return messages, malformed


def _is_ours(raw: msgspec.Raw) -> bool:
    """False for a well-formed message of a kind that the daemon does not read."""
    try:
        return _kind.decode(raw).get("T") in _READ
    except UNREADABLE:
        return True


class _Times(dict[str, int]):
    """Each text of a frame is read once: all of its bars begin in the same few minutes."""

    def __missing__(self, text: str) -> int:
        time_ns = self[text] = parse_time(text)
        return time_ns


def _finish_quote(row: _Quote) -> None:
    row.time_ns = parse_time(row.time_ns)  # type: ignore[assignment]
    row.bid = row.bid if row.bid and 0 < row.bid <= MOST_DOLLARS else 0.0
    row.ask = row.ask if row.ask and 0 < row.ask <= MOST_DOLLARS else 0.0


def _whole(volume: float) -> int:
    shares = int(volume)
    if abs(shares) > MOST_SHARES:
        raise WireError(f"a volume of {volume:g}")
    return shares


def _status(row: _Status) -> TradingStatus:
    codes = ", ".join(code for code in (row.code, row.reason_code) if code)
    words = ": ".join(text for text in (row.text, row.reason) if text) or "trading status"
    trading = _TRADING.get(row.code or "")
    return TradingStatus(row.symbol, trading, f"{words} ({codes})" if codes else words, time_of(row.time))


def _band(row: _PriceBand) -> PriceBand:
    low, high = (e4(price) if price and 0 < price <= MOST_DOLLARS else 0 for price in (row.low, row.high))
    return PriceBand(row.symbol, low, high, time_of(row.time))


def _values(rows: Sequence[_StreamBar | _Quote], kind: type[T]) -> T:
    return msgspec.convert(rows, kind, from_attributes=True)


def _keep_newest(quotes: dict[str, _Quote], quote: _Quote) -> None:
    known = quotes.get(quote.symbol)
    if known is None or quote.time_ns >= known.time_ns:
        quotes[quote.symbol] = quote


def encode_authentication(credentials: Credentials) -> str:
    """The auth message that both streams take."""
    return _text({"action": "auth", "key": credentials.key, "secret": credentials.secret})


def encode_subscription(symbols: Sequence[str], *, quotes: bool, action: str = "subscribe") -> str:
    """Bars, their revisions, halts and price bands, and quotes if wanted; `action` "unsubscribe" ends it."""
    channels = ["bars", "updatedBars", "statuses", "lulds", *(["quotes"] if quotes else [])]
    return _text({"action": action, **{channel: list(symbols) for channel in channels}})


def _text(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()


# --- trade updates -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Authorization:
    """The answer to an authentication."""

    authorized: bool
    message: str


@dataclass(frozen=True, slots=True)
class Listening:
    """The streams that are listened to now."""

    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TradeUpdate:
    """An update, and the broker's time of it (0 when it gave none)."""

    event: OrderReported
    time_ns: int


@reads
def decode_trade_frame(frame: bytes | str) -> Authorization | Listening | TradeUpdate | None:
    """A frame of the trade-updates stream, text or binary; None for one that says nothing (null data, unknown)."""
    raw = msgspec.json.decode(frame)
    data, stream = raw.get("data"), raw.get("stream")
    if not isinstance(data, dict):
        return None
    if stream == "authorization":
        return Authorization(data.get("status") == "authorized", word(data.get("message")) or word(data.get("status")))
    if stream == "listening":
        return Listening(tuple(data.get("streams") or ()))
    if stream != "trade_updates" or not isinstance(data.get("order"), dict):
        return None
    order = order_of(data["order"])
    time_ns = time_of(data.get("timestamp") or data.get("at"))
    return TradeUpdate(OrderReported(word(data.get("event")), order, _execution(data, order, time_ns)), time_ns)


def _execution(data: Json, order: BrokerOrder, time_ns: int) -> Execution | None:
    if data.get("event") not in ("fill", "partial_fill") or not data.get("price") or not data.get("qty"):
        return None
    return Execution(
        # The cumulative quantity names an execution as well, should its id be missing.
        execution_id=word(data.get("execution_id")) or f"{order.broker_id}:{order.filled_quantity}",
        broker_id=order.broker_id,
        symbol=order.symbol,
        side=order.side,
        quantity=shares(data["qty"]),
        price_e4=e4(data["price"]),
        cumulative=order.filled_quantity,
        time_ns=time_ns or order.updated_ns,
        position=shares(data["position_qty"]) if data.get("position_qty") else None,
    )


def encode_old_authentication(credentials: Credentials) -> str:
    """The deprecated form of the trade-updates stream, for servers that know no other."""
    keys = {"key_id": credentials.key, "secret_key": credentials.secret}
    return _text({"action": "authenticate", "data": keys})


def encode_listen() -> str:
    """Ask for the trade updates."""
    return _text({"action": "listen", "data": {"streams": ["trade_updates"]}})
