"""The bars and indicators of one symbol, as the chart draws them."""

from __future__ import annotations

from collections.abc import Iterable

from fluxhero.v1 import market_pb2
from fluxhero_tui.draw.times import seconds_of

KEPT = 400


class Series:
    """Bars by their end, oldest first, each with its indicators where they are known."""

    def __init__(self, symbol: str, timeframe: str = "") -> None:
        self.symbol = symbol
        self.timeframe = timeframe
        self._bars: dict[float, market_pb2.Bar] = {}
        self._indicators: dict[float, market_pb2.Indicators] = {}

    def bars(self, count: int) -> list[market_pb2.Bar]:
        """The last so many bars, oldest first."""
        return [self._bars[end] for end in sorted(self._bars)[-count:]] if count > 0 else []

    def add(self, bars: Iterable[market_pb2.Bar]) -> None:
        """Bars, in any order; a later word on a bar replaces the one before."""
        for bar in bars:
            self._bars[seconds_of(bar.end_time)] = bar
        for end in sorted(self._bars)[:-KEPT]:
            del self._bars[end]
            self._indicators.pop(end, None)

    def explain(self, indicators: market_pb2.Indicators) -> None:
        """The indicators of one bar."""
        self._indicators[seconds_of(indicators.bar_end_time)] = indicators

    def indicators(self, bar: market_pb2.Bar) -> market_pb2.Indicators | None:
        """Those of a bar; None while they are not known."""
        return self._indicators.get(seconds_of(bar.end_time))
