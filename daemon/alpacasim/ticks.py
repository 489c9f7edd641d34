"""The prints and quotes of the past: those of the tape made again when asked for, scripted ones remembered.

Every print of the tape moves the quote, so there are as many quotes as prints; the stream may send fewer of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from alpacasim.aggregate import Bars
from alpacasim.calendar import new_york_day
from alpacasim.history import History
from alpacasim.matching import Market, quote_around
from alpacasim.points import POINT_OFFSETS_NS, point_prices_e4, point_sizes
from alpacasim.window import Records, Window

TRADE = np.dtype([("t_ns", "i8"), ("price_e4", "i8"), ("size", "i8"), ("id", "i8"), ("update", "U9")])
"""One print; `update` is "", "canceled", "incorrect" (another one is right), or "corrected" (that one)."""

QUOTE = np.dtype([("t_ns", "i8"), ("bid_e4", "i8"), ("ask_e4", "i8"), ("bid_size", "i8"), ("ask_size", "i8")])

Row = tuple[int | str, ...]


def know_last_print(market: Market, minute: Bars, spread_bp: float) -> None:
    """Let a market stand as the tape left it with its last minute (an array of one), unless it knows newer prices."""
    at_ns = int(minute["t_ns"][0]) + POINT_OFFSETS_NS[-1]
    if at_ns <= market.last_ns or market.halted:
        return
    market.last_e4, market.last_size = int(point_prices_e4(minute)[0, -1]), int(point_sizes(minute)[0])
    market.last_ns = at_ns
    market.trade_id = market.newest_id = max(at_ns // 1000, market.newest_id)
    if not market.quote_held and at_ns > market.quote_ns:
        market.bid_e4, market.ask_e4 = quote_around(market.last_e4, spread_bp)
        market.bid_size = market.ask_size = market.last_size
        market.quote_ns = at_ns


class Ticks:
    """Prints and quotes of all symbols; `spread_bp` is the width of the quotes around the tape's prints."""

    def __init__(self, history: History, markets: Mapping[str, Market], spread_bp: float) -> None:
        self._history = history
        self._markets = markets
        self._spread_bp = spread_bp
        self._trades: dict[str, list[Row]] = {}
        self._quotes: dict[str, list[Row]] = {}
        self._updates: dict[str, dict[int, str]] = {}

    def add_trade(self, market: Market) -> None:
        """Remember a market's last print: it was scripted."""
        row = (market.last_ns, market.last_e4, market.last_size, market.trade_id, "")
        self._trades.setdefault(market.symbol, []).append(row)

    def add_quote(self, market: Market) -> None:
        """Remember a market's quote: it was scripted."""
        row = (market.quote_ns, market.bid_e4, market.ask_e4, market.bid_size, market.ask_size)
        self._quotes.setdefault(market.symbol, []).append(row)

    def correct(self, market: Market, price_e4: int, size: int, corrected_id: int, at_ns: int) -> None:
        """A market's last print should have been another one."""
        self._updates.setdefault(market.symbol, {})[market.trade_id] = "incorrect"
        self._trades.setdefault(market.symbol, []).append((at_ns, price_e4, size, corrected_id, "corrected"))

    def cancel(self, market: Market) -> None:
        """A market's last print did not count."""
        self._updates.setdefault(market.symbol, {})[market.trade_id] = "canceled"

    def trades(self, symbol: str, start_ns: int, end_ns: int, window: Window) -> Records:
        """TRADE records with start_ns <= t_ns <= end_ns, as far as the window needs them."""
        scripted = np.array(self._trades.get(symbol, []), dtype=TRADE)
        found = self._gather(symbol, start_ns, end_ns, window, self._taped_trades, scripted)
        for number, update in self._updates.get(symbol, {}).items():
            found["update"][found["id"] == number] = update
        return found

    def quotes(self, symbol: str, start_ns: int, end_ns: int, window: Window) -> Records:
        """QUOTE records with start_ns <= t_ns <= end_ns, as far as the window needs them."""
        scripted = np.array(self._quotes.get(symbol, []), dtype=QUOTE)
        return self._gather(symbol, start_ns, end_ns, window, self._taped_quotes, scripted)

    def _gather(
        self,
        symbol: str,
        start_ns: int,
        end_ns: int,
        window: Window,
        taped: Callable[[str, date], Records],
        scripted: Records,
    ) -> Records:
        """Day by day in the direction of the window, until it has enough."""
        start_ns, end_ns = window.narrow(start_ns, end_ns)
        scripted = scripted[(scripted["t_ns"] >= start_ns) & (scripted["t_ns"] <= end_ns)]
        days = {day for day in self._history.days(symbol) if new_york_day(start_ns) <= day <= new_york_day(end_ns)}
        parts, count = [scripted], 0
        for day in sorted(days, reverse=window.descending):
            part = taped(symbol, day)
            part = part[(part["t_ns"] >= start_ns) & (part["t_ns"] <= end_ns)]
            parts.append(part)
            count += len(part)
            if count >= window.at_most:
                # What was scripted beyond the last day that was read belongs to a later page.
                edge = part["t_ns"][0 if window.descending else -1]
                near = scripted["t_ns"] >= edge if window.descending else scripted["t_ns"] <= edge
                parts[0] = scripted[near]
                break
        # The tape's own first where the times are equal: what is scripted comes after what was played.
        together: Records = np.concatenate([*parts[1:], parts[0]])
        return together[np.argsort(together["t_ns"], kind="stable")]

    def _taped(self, symbol: str, day: date) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Times, prices and sizes of the prints that the tape made on a day."""
        bars = self._history.minutes(symbol, day)
        times = (bars["t_ns"][:, None] + np.array(POINT_OFFSETS_NS)).ravel()
        kept = self._markets[symbol].halts.outside(times)
        sizes = np.repeat(point_sizes(bars), len(POINT_OFFSETS_NS))
        return times[kept], point_prices_e4(bars).ravel()[kept], sizes[kept]

    def _taped_trades(self, symbol: str, day: date) -> Records:
        times, prices, sizes = self._taped(symbol, day)
        trades = np.zeros(len(times), dtype=TRADE)
        trades["t_ns"], trades["price_e4"], trades["size"], trades["id"] = times, prices, sizes, times // 1000
        return trades

    def _taped_quotes(self, symbol: str, day: date) -> Records:
        times, prices, sizes = self._taped(symbol, day)
        kept = self._markets[symbol].quote_holds.outside(times)
        around = {price: quote_around(price, self._spread_bp) for price in set(prices.tolist())}
        quotes = np.zeros(len(times), dtype=QUOTE)
        quotes["t_ns"], quotes["bid_size"], quotes["ask_size"] = times, sizes, sizes
        quotes["bid_e4"] = [around[price][0] for price in prices.tolist()]
        quotes["ask_e4"] = [around[price][1] for price in prices.tolist()]
        return quotes[kept]
