"""Positions: what is held, what guards it, and what was closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import ComposeResult

from fluxhero.v1 import position_pb2
from fluxhero_tui.panels import columns
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.table import Table


class Positions(View):
    """Open positions, and the round trips that are over."""

    NAME, TITLE = "positions", "Positions"

    def compose(self) -> ComposeResult:
        yield Table(
            "Open positions",
            columns.positions(self.model),
            self._rows,
            lambda one: one.symbol,
            ("positions",),
            empty="no position is open",
            id="open-positions",
        )
        yield Table(
            "Trades, newest first",
            columns.trades(),
            lambda: self.model.trades,
            lambda one: one.id,
            ("trades",),
            empty="no trade yet",
            id="trades",
        )

    def subject(self) -> str:
        table = self.table()
        chosen: Any = table.chosen if table is not None else None
        return chosen.symbol if chosen is not None else self.desk.current()

    def position(self) -> position_pb2.Position | None:
        """The position under the cursor."""
        table = self.query_one("#open-positions", Table)
        chosen: position_pb2.Position | None = table.chosen
        return chosen

    def _rows(self) -> Iterable[position_pb2.Position]:
        return (self.model.positions[symbol] for symbol in sorted(self.model.positions))
