"""The symbol of the test feed, FAKEPACA: a price that goes up and down and never ends."""

from __future__ import annotations

from alpacasim.calendar import MINUTE_NS
from alpacasim.data_wire import stream_bar, stream_quote, stream_trade
from alpacasim.market_stream import MarketHub
from alpacasim.matching import Market, quote_around
from alpacasim.money import E4

SYMBOL = "FAKEPACA"
_LOWEST_E4 = 130 * E4
_TICKS = 240


def _price_e4(minute: int) -> int:
    phase = minute % (2 * _TICKS)
    return _LOWEST_E4 + 100 * min(phase, 2 * _TICKS - phase)


def publish_test_minute(hub: MarketHub, end_ns: int) -> None:
    """Send the minute that ends now: a trade, a quote and its bar."""
    minute = end_ns // MINUTE_NS
    before, last = _price_e4(minute - 1), _price_e4(minute)
    bid, ask = quote_around(last, 2.0)
    market = Market(SYMBOL, last, 100, end_ns, bid, ask, 100, 100, end_ns)
    hub.publish("trades", {SYMBOL: stream_trade(market)}, test=True)
    hub.publish("quotes", {SYMBOL: stream_quote(market)}, test=True)
    low, high = sorted((before, last))
    record = (
        end_ns - MINUTE_NS, before / E4, high / E4, low / E4, last / E4, 1000, 10, (before + last) / 2 / E4
    )  # fmt: skip
    hub.publish("bars", {SYMBOL: stream_bar("bars", SYMBOL, record)}, test=True)
