"""Log and alerts: what a person should know, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult

from fluxhero.v1 import system_pb2
from fluxhero_tui.panels import alerts, columns
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.table import Table


class Log(View):
    """Alerts with what to do about them, and the log of this terminal."""

    NAME, TITLE = "log", "Log"

    def compose(self) -> ComposeResult:
        yield Table(
            "Alerts",
            columns.alerts(),
            self._alerts,
            lambda one: one.id,
            ("alerts",),
            empty="no alert",
            id="alerts",
        )
        yield Pane(self._alert, ("alerts",), id="alert")
        yield Table(
            "What happened, newest first",
            columns.log(),
            lambda: reversed(self.model.happenings.entries),
            lambda one: str(id(one)),
            ("log",),
            empty="nothing since this terminal was opened",
            follow=True,
            id="log-entries",
        )

    def on_table_moved(self) -> None:
        self.query_one("#alert", Pane).redraw()

    def alert(self) -> system_pb2.Alert | None:
        """The alert under the cursor."""
        chosen: system_pb2.Alert | None = self.query_one("#alerts", Table).chosen
        return chosen

    def _alert(self, room: int, height: int) -> list[alerts.Line]:
        return alerts.detail(self.alert(), room)

    def _alerts(self) -> Iterable[system_pb2.Alert]:
        newest = list(reversed(self.model.alerts.values()))
        return sorted(newest, key=lambda one: one.HasField("acknowledged_at"))
