"""Change a working limit order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label

from fluxhero.v1 import order_pb2
from fluxhero_tui.dialogs import fields
from fluxhero_tui.dialogs.dialog import Form, Lines
from fluxhero_tui.draw.figures import maybe, shares, word
from fluxhero_tui.draw.ink import line, wrap
from fluxhero_tui.widgets.field import Field


@dataclass(frozen=True)
class Change:
    """What is changed; None stays."""

    quantity: int | None
    limit_price: Decimal | None
    accept_adjusted: bool


class Replace(Form[Change]):
    """Asks for a new limit price, a new quantity, and the word that sends it."""

    def __init__(self, order: order_pb2.Order) -> None:
        super().__init__()
        self._order = order

    def compose(self) -> ComposeResult:
        order = self._order
        now = (
            f"{word(order, 'side')} {shares(order.quantity)} {order.symbol}, limit ${maybe(order, 'limit_price')}, "
            f"{shares(order.filled_quantity)} filled. Empty fields stay as they are. If risk cuts it, it is refused."
        )
        with Vertical(classes="box") as box:
            box.border_title = "Change the order"
            yield Lines([*wrap(now, 70), line("")])
            for name, label in (("limit", "new limit $"), ("quantity", "new quantity")):
                with Horizontal(classes="field"):
                    yield Label(label, classes="label")
                    yield Field(id=name, max_length=14, compact=True)
            with Horizontal(classes="field"):
                yield Label("type CHANGE", classes="label")
                yield Field(id="word", max_length=10, compact=True)
            yield Label("Enter in the last field sends it; Esc leaves", id="missing", markup=False)

    def send(self) -> None:
        """The change, when the word is right."""
        try:
            if self.query_one("#word", Input).value != "CHANGE":
                raise fields.Wrong("word", "type CHANGE, in capitals")
            self.dismiss(self._change())
        except fields.Wrong as wrong:
            self.query_one("#missing", Label).update(f"not sent: {wrong.text}")

    def _change(self) -> Change:
        quantity = self.query_one("#quantity", Input).value
        limit = fields.dollars("limit", self.query_one("#limit", Input).value)
        if not quantity and limit is None:
            raise fields.Wrong("limit", "a new limit or a new quantity is wanted")
        return Change(fields.whole("quantity", quantity) if quantity else None, limit, accept_adjusted=False)
