"""Chart: one symbol, its bars as the daemon remembers them, and what was done there."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import partial

from textual.app import ComposeResult

from fluxhero_client import FluxHeroError
from fluxhero_tui.desk import Desk
from fluxhero_tui.draw.candles import fitting
from fluxhero_tui.draw.ink import Line
from fluxhero_tui.panels import chart
from fluxhero_tui.state.link import Phase
from fluxhero_tui.state.series import Series
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.work import start

TIMEFRAMES = ("", "1Min", "5Min", "15Min", "30Min", "1Hour", "1Day")


class ChartView(View):
    """Candles of the symbol that is looked at."""

    NAME, TITLE = "chart", "Chart"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._series = Series("")
        self._error = ""

    def compose(self) -> ComposeResult:
        yield Pane(self._lines, ("prices", "positions", "orders", "indicators"), id="candles")

    def shown(self) -> None:
        self.look()

    def on_resize(self) -> None:
        self.look()

    def look(self) -> None:
        """The symbol or the time frame has changed, or there is room for more bars."""
        symbol, timeframe = self.desk.current(), self.desk.timeframe
        if (symbol, timeframe) != (self._series.symbol, self._series.timeframe):
            self._series, self._error = Series(symbol, timeframe), ""
        if symbol:
            start(self, partial(self._load, self._series), "chart", alone=True)
        self.query_one(Pane).redraw()

    def next_timeframe(self) -> str:
        """The next time frame; "" is the strategy's own."""
        here = TIMEFRAMES.index(self.desk.timeframe)
        self.desk.timeframe = TIMEFRAMES[(here + 1) % len(TIMEFRAMES)]
        self.look()
        return self.desk.timeframe or "the strategy's"

    def redraw(self, changed: Set[str]) -> None:
        symbol = self.desk.current()
        if symbol != self._series.symbol or ("link" in changed and self.desk.link.phase is Phase.LIVE):
            # What was missed while there was no connection must not be a gap that nobody sees.
            self.look()
        elif "bars" in changed and not self.desk.timeframe and (bar := self.model.bars.get(symbol)) is not None:
            self._series.add([bar])
        if "indicators" in changed and (known := self.model.indicators.get(symbol)) is not None:
            self._series.explain(known)
        super().redraw(changed)

    async def _load(self, series: Series) -> None:
        count = max(fitting(self.size.width), 2)
        try:
            client = self.desk.connection.client
            if series.timeframe:
                series.add(await client.market.bars(series.symbol, timeframe=series.timeframe, limit=count))
            else:
                for bar, indicators in await client.market.chart(series.symbol, limit=count):
                    series.add([bar])
                    series.explain(indicators)
            self._error = ""
        except FluxHeroError as error:
            # What is there is shown, as what it is: old.
            self._error = "" if series.bars(1) else error.text
        self.query_one(Pane).redraw()

    def _lines(self, room: int, height: int) -> Sequence[Line]:
        return chart.lines(self.model, self._series, self._error, room, height)
