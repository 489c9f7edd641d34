"""The shapes of Alpaca's market data: the same fields over REST and on the stream, where `T` and `S` are added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from alpacasim.aggregate import Bars
from alpacasim.calendar import new_york_day
from alpacasim.matching import Market
from alpacasim.money import E4
from alpacasim.timestamps import to_datetime, utc_text
from alpacasim.window import Records

Json = dict[str, Any]
Channel = Literal[
    "trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors"
]
CHANNELS: tuple[Channel, ...] = (
    "trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors",
)  # fmt: skip
_BAR_TYPES = {"bars": "b", "updatedBars": "u", "dailyBars": "d"}


def rest_bars(bars: Bars) -> list[Json]:
    """Bars of a tape as REST lists them."""
    return [
        {"t": utc_text(t_ns), "o": o, "h": h, "l": low, "c": c, "v": v, "n": n, "vw": vw}
        for t_ns, o, h, low, c, v, n, vw in bars.tolist()
    ]


def stream_bar(channel: Channel, symbol: str, record: tuple[Any, ...]) -> Json:
    """A bar on the stream; the time is a datetime, which JSON writes as RFC 3339 and msgpack as a timestamp."""
    t_ns, o, h, low, c, v, n, vw = record
    return {
        "T": _BAR_TYPES[channel], "S": symbol,
        "o": o, "h": h, "l": low, "c": c, "v": v, "n": n, "vw": vw, "t": to_datetime(t_ns),
    }  # fmt: skip


def rest_trades(trades: Records) -> list[Json]:
    """TRADE records as REST lists them; `u` tells of a print that was corrected or canceled."""
    return [
        {"t": utc_text(t_ns), **_trade_body(price_e4, size, number)} | ({"u": update} if update else {})
        for t_ns, price_e4, size, number, update in trades.tolist()
    ]


def rest_quotes(quotes: Records) -> list[Json]:
    """QUOTE records as REST lists them."""
    return [
        {"t": utc_text(t_ns), **_quote_body(bid_e4, ask_e4, bid_size, ask_size)}
        for t_ns, bid_e4, ask_e4, bid_size, ask_size in quotes.tolist()
    ]


def rest_auctions(auctions: Records) -> list[Json]:
    """AUCTION records as REST lists them: the opening prints of a day, and the closing ones."""
    return [
        {"d": new_york_day(t_ns).isoformat(), "o": _auction(opening, "Q"), "c": _auction(closing, "M")}
        for t_ns, *both in auctions.tolist()
        for opening, closing in [(both[:3], both[3:])]
    ]


def _auction(auction: Sequence[int], condition: str) -> list[Json]:
    at_ns, price_e4, size = auction
    return [{"t": utc_text(at_ns), "x": "N", "p": price_e4 / E4, "s": size, "c": condition}] if at_ns else []


def rest_quote(market: Market) -> Json:
    return _quote(market) | {"t": utc_text(market.quote_ns)}


def rest_trade(market: Market) -> Json:
    return _trade(market) | {"t": utc_text(market.last_ns)}


def stream_quote(market: Market) -> Json:
    return {"T": "q", "S": market.symbol, **_quote(market), "t": to_datetime(market.quote_ns)}


def stream_trade(market: Market) -> Json:
    return {"T": "t", "S": market.symbol, **_trade(market), "t": to_datetime(market.last_ns)}


def _quote(market: Market) -> Json:
    return _quote_body(market.bid_e4, market.ask_e4, market.bid_size, market.ask_size)


def _quote_body(bid_e4: int, ask_e4: int, bid_size: int, ask_size: int) -> Json:
    return {
        "bx": "V", "bp": bid_e4 / E4, "bs": bid_size,
        "ax": "V", "ap": ask_e4 / E4, "as": ask_size,
        "c": ["R"], "z": "A",
    }  # fmt: skip


def _trade(market: Market) -> Json:
    return _trade_body(market.last_e4, market.last_size, market.trade_id)


def _trade_body(price_e4: int, size: int, number: int) -> Json:
    return {"i": number, "x": "V", "p": price_e4 / E4, "s": size, "c": [" "], "z": "A"}


def stream_status(symbol: str, halted: bool, code: str, reason: str, at_ns: int) -> Json:
    """A halt or its end, in the words of Nasdaq's tape; the end has no reason."""
    return {
        "T": "s", "S": symbol,
        "sc": "H" if halted else "T", "sm": "Trading Halt" if halted else "Trading Resumption",
        "rc": code if halted else "", "rm": reason if halted else "",
        "t": to_datetime(at_ns), "z": "C",
    }  # fmt: skip


def stream_band(symbol: str, up_e4: int, down_e4: int, indicator: str, at_ns: int) -> Json:
    """The prices between which a symbol may trade (limit up, limit down)."""
    return {
        "T": "l", "S": symbol, "u": up_e4 / E4, "d": down_e4 / E4, "i": indicator, "t": to_datetime(at_ns), "z": "A",
    }  # fmt: skip


def stream_correction(market: Market, price_e4: int, size: int, corrected_id: int, at_ns: int) -> Json:
    """The symbol's last print, and what it should have been."""
    original = _trade(market)
    return {
        "T": "c", "S": market.symbol, "x": original["x"],
        "oi": original["i"], "op": original["p"], "os": original["s"], "oc": original["c"],
        "ci": corrected_id, "cp": price_e4 / E4, "cs": size, "cc": original["c"],
        "t": to_datetime(at_ns), "z": original["z"],
    }  # fmt: skip


def stream_cancel(market: Market, at_ns: int) -> Json:
    """The symbol's last print, which did not count."""
    original = _trade(market)
    return {
        "T": "x", "S": market.symbol, "i": original["i"], "x": original["x"], "p": original["p"], "s": original["s"],
        "a": "C", "t": to_datetime(at_ns), "z": original["z"],
    }  # fmt: skip
