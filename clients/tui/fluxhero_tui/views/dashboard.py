"""Dashboard: how the account stands, what moves, what is held, what was decided."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult

from fluxhero.v1 import market_pb2, position_pb2, signal_pb2
from fluxhero_tui.panels import account, columns
from fluxhero_tui.state.journal import Entry
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.table import Table


class Dashboard(View):
    """The first screen."""

    NAME, TITLE = "dashboard", "Dashboard"

    def compose(self) -> ComposeResult:
        model = self.model
        yield Pane(lambda room, height: account.lines(model, room, height), ("account",), id="account")
        yield Table("Quotes", columns.prices(model), self._prices, _symbol, ("prices", "indicators"), id="quotes")
        yield Table(
            "Positions",
            columns.dashboard_positions(model),
            self._positions,
            _symbol,
            ("positions",),
            empty="no position is open",
            id="held",
        )
        yield Table(
            "Latest signals",
            columns.latest_signals(),
            self._signals,
            lambda one: one.id,
            ("signals",),
            empty="no signal in this session yet",
            follow=True,
            id="latest",
        )
        yield Table(
            "What happened",
            columns.log(),
            self._happenings,
            lambda one: str(id(one)),
            ("log",),
            follow=True,
            id="happened",
        )

    def subject(self) -> str:
        table = self.table()
        chosen = table.chosen if table is not None else None
        return getattr(chosen, "symbol", "") or self.desk.current()

    def _prices(self) -> Iterable[market_pb2.Price]:
        return (self.model.prices[symbol] for symbol in sorted(self.model.prices))

    def _positions(self) -> Iterable[position_pb2.Position]:
        return (self.model.positions[symbol] for symbol in sorted(self.model.positions))

    def _signals(self) -> Iterable[signal_pb2.Signal]:
        return list(self.model.signals.values())[:-51:-1]

    def _happenings(self) -> Iterable[Entry]:
        return list(self.model.happenings.entries)[:-101:-1]


def _symbol(one: market_pb2.Price | position_pb2.Position) -> str:
    return one.symbol
