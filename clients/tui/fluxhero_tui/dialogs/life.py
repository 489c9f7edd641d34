"""The life of an order: its fills and everything that happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.markup import escape

from fluxhero.v1 import order_pb2
from fluxhero_tui.dialogs.dialog import Dialog
from fluxhero_tui.draw.figures import asked_by, maybe, money, shares, word
from fluxhero_tui.draw.ink import EMPTY, Line, clean, clip, heading, line, wrap
from fluxhero_tui.draw.times import clock_time, date_and_time
from fluxhero_tui.widgets.pane import Pane


class Life(Dialog[None]):
    """One order. `q` and Esc leave."""

    DEFAULT_CSS = "Life > .box { width: 110; height: 80%; }"
    BINDINGS: ClassVar[list[BindingType]] = [("q,enter", "leave"), ("j,down", "scroll(1)"), ("k,up", "scroll(-1)")]

    def __init__(self, answer: order_pb2.GetOrderResponse) -> None:
        super().__init__()
        self._answer = answer

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = escape(f"Order {clean(self._answer.order.id)}")
            box.border_subtitle = "esc leaves"
            yield Pane(lambda room, height: lines(self._answer, room), (), focusable=True)

    def action_scroll(self, rows: int) -> None:
        """Up or down."""
        self.query_one(Pane).move(rows)


def lines(answer: order_pb2.GetOrderResponse, room: int) -> Sequence[Line]:
    """The order, its fills, its history."""
    order = answer.order
    what = f"{word(order, 'side')} {shares(order.quantity)} {clean(order.symbol)}"
    what += f" {word(order, 'type')} {word(order, 'role')}"
    found: list[Line] = [line((what, "bold"), (f"  {word(order, 'state')}", "accent"))]
    priced = f"limit {maybe(order, 'limit_price')}  trigger {maybe(order, 'stop_price')}  stop loss "
    found.append(line((priced + maybe(order, "stop_loss_price"), "dim")))
    found += wrap(order.reason, room) if order.reason else []
    found.append(line(("broker's id ", "dim"), clean(order.broker_order_id) or "none yet"))
    found.append(line(("by ", "dim"), clean(asked_by(order))))
    found += [EMPTY, heading("Fills", room)]
    for fill in answer.fills:
        provisional = "" if fill.exact else "  provisional"
        found.append(
            line(f"{date_and_time(fill.time)}  {shares(fill.quantity):>7} at ${money(fill.price)}{provisional}")
        )
    found += [] if answer.fills else [line(("none", "dim"))]
    found += [EMPTY, heading("What happened", room)]
    for entry in answer.history:
        happened = f"{clean(entry.event.replace('_', ' ')):<18} {word(entry, 'state'):<17}"
        found.append(clip(line((f"{clock_time(entry.time)}  ", "dim"), happened, (clean(entry.text), "dim")), room))
    return found
