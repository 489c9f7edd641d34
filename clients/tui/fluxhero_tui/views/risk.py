"""Risk: what is allowed, what is used of it, and what has stopped trading."""

from __future__ import annotations

from textual.app import ComposeResult

from fluxhero_tui.panels import risk
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.pane import Pane


class Risk(View):
    """Limits, state, the report and the correlations."""

    NAME, TITLE = "risk", "Risk"

    def compose(self) -> ComposeResult:
        model = self.model
        yield Pane(
            lambda room, height: risk.everything(model, room, height), ("risk", "report"), focusable=True, id="risk-all"
        )
        yield Pane(lambda room, height: risk.limits(model, room, height), ("risk",), focusable=True, id="limits")
        yield Pane(lambda room, height: risk.state(model, room, height), ("risk",), focusable=True, id="state")
        yield Pane(lambda room, height: risk.report(model, room, height), ("report",), focusable=True, id="report")
        yield Pane(
            lambda room, height: risk.correlations(model, room, height), ("report", "risk"), focusable=True, id="rho"
        )
