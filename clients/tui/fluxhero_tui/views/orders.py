"""Orders: where each stands, how often it has followed the market, and its life."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult

from fluxhero.v1 import order_pb2
from fluxhero_tui.panels import columns
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.table import Table


class Orders(View):
    """Orders, those that have not ended first."""

    NAME, TITLE = "orders", "Orders"

    def compose(self) -> ComposeResult:
        yield Table(
            "Orders",
            columns.orders(self.desk.exchange_s),
            self._rows,
            lambda one: one.id,
            ("orders", "clock"),
            empty="no order yet",
            id="all-orders",
        )

    def subject(self) -> str:
        order = self.order()
        return order.symbol if order is not None else self.desk.current()

    def order(self) -> order_pb2.Order | None:
        """The order under the cursor."""
        table = self.query_one("#all-orders", Table)
        chosen: order_pb2.Order | None = table.chosen
        return chosen

    def _rows(self) -> Iterable[order_pb2.Order]:
        newest = list(reversed(self.model.orders.values()))
        return [one for one in newest if not one.HasField("ended_at")] + [
            one for one in newest if one.HasField("ended_at")
        ]
