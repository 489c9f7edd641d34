"""Signals: each decision with all its reasons; and of a symbol without one, why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import partial

from textual.app import ComposeResult

from fluxhero.v1 import signal_pb2
from fluxhero_client import FluxHeroError
from fluxhero_tui.desk import Desk
from fluxhero_tui.draw.ink import EMPTY, Line, heading, line, wrap
from fluxhero_tui.draw.times import date_and_time
from fluxhero_tui.panels import columns, decision
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.table import Table
from fluxhero_tui.widgets.work import start


class Signals(View):
    """The list at the left (above, where it is narrow), the explanation beside it."""

    NAME, TITLE = "signals", "Signals"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # A symbol that was asked about stands in the pane until another signal is chosen.
        self._asked = ""
        self._answer: signal_pb2.ExplainResponse | None = None
        self._error = ""

    def compose(self) -> ComposeResult:
        yield Table(
            "Signals",
            columns.signals(),
            self._rows,
            lambda one: one.id,
            ("signals",),
            empty="no signal yet; w asks why not",
            id="all-signals",
        )
        yield Pane(self._explanation, ("signals",), focusable=True, id="explanation")

    def shown(self) -> None:
        table = self.query_one("#all-signals", Table)
        if self.desk.signal_id:
            table.choose_key(self.desk.signal_id)
            self.desk.signal_id = ""
        if not table.shown:
            self.ask(self.desk.current())

    def redraw(self, changed: Set[str]) -> None:
        super().redraw(changed)
        if self._asked and "bars" in changed:
            self.ask(self._asked)

    def subject(self) -> str:
        chosen = self.signal()
        return self._asked or (chosen.symbol if chosen is not None else self.desk.current())

    def signal(self) -> signal_pb2.Signal | None:
        """The signal under the cursor."""
        chosen: signal_pb2.Signal | None = self.query_one("#all-signals", Table).chosen
        return chosen

    def ask(self, symbol: str) -> None:
        """Why a symbol was, or was not, traded at its last bar."""
        if symbol:
            start(self, partial(self._explain, symbol), "explain", alone=True)

    async def _explain(self, symbol: str) -> None:
        if symbol != self._asked:
            self._answer = None
        self._asked, self._error = symbol, ""
        try:
            self._answer = await self.desk.connection.client.signals.explain(symbol)
        except FluxHeroError as error:
            self._error = error.text
        self.query_one("#explanation", Pane).redraw()

    def on_table_moved(self, event: Table.Moved) -> None:
        if event.by_hand:
            self._asked = ""
        pane = self.query_one("#explanation", Pane)
        if not self._asked:
            pane.scroll_home(animate=False)
        pane.redraw()

    def _rows(self) -> Iterable[signal_pb2.Signal]:
        return reversed(self.model.signals.values())

    def _explanation(self, room: int, height: int) -> Sequence[Line]:
        if self._asked:
            return self._why(room)
        chosen = self.signal()
        if chosen is None:
            return [heading("Why", room), line(("choose a signal, or press w: why is a symbol not traded", "dim"))]
        head = heading(f"{chosen.symbol}, bar of {date_and_time(chosen.bar_start_time)} ET", room)
        became = wrap(chosen.outcome_text, room, "accent" if chosen.outcome == "ordered" else "warn")
        return [head, *became, EMPTY, *decision.explanation(chosen, "", (), room)]

    def _why(self, room: int) -> Sequence[Line]:
        if self._error:
            return [heading(f"{self._asked}: why", room), *wrap(self._error, room, "bad")]
        if self._answer is None:
            return [heading(f"{self._asked}: why", room), line(("asking …", "dim"))]
        signal = self._answer.signal
        head = heading(f"{self._asked}, bar of {date_and_time(signal.bar_start_time)} ET: why", room)
        return [head, *decision.explanation(signal, self._answer.why_not, self._answer.smallest_changes, room)]
