"""The order ticket: what risk says to it stands beside it while it is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, system_pb2
from fluxhero_client import FluxHeroError, InvalidRequest, NotFound, OrderTicket, Refused, Unsupported
from fluxhero_client.transport import new_request_id
from fluxhero_tui.desk import Desk
from fluxhero_tui.dialogs import fields
from fluxhero_tui.dialogs.confirm import Confirm, TypedWord
from fluxhero_tui.dialogs.dialog import Dialog
from fluxhero_tui.draw.figures import maybe, price, shares, word
from fluxhero_tui.draw.ink import EMPTY, Line, clean, line, wrap
from fluxhero_tui.panels import decision
from fluxhero_tui.state.role import Role
from fluxhero_tui.widgets.field import Field
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.work import start

TYPING_PAUSE_S = 0.25
_PLAY = (system_pb2.TRADING_MODE_PAPER, system_pb2.TRADING_MODE_DEMO)
_FIELDS = (
    ("symbol", "symbol"),
    ("side", "buy or sell"),
    ("quantity", "shares"),
    ("limit", "limit $"),
    ("stop", "stop loss $"),
    ("cut", "if risk cuts it"),
)
_HINTS = {
    "limit": "empty: market",
    "stop": "must, if it opens risk",
    "cut": "refuse / accept",
}


class Ticket(Dialog[None]):
    """Writes an order. Ctrl+S asks once more and sends; a read-only terminal may only look."""

    DEFAULT_CSS = """
    Ticket > .box { width: 100; height: 90%; layout: horizontal; }
    Ticket #form { width: 36; height: 1fr; }
    Ticket #said { width: 1fr; height: 1fr; }
    Ticket .label { width: 16; }
    Ticket Input { width: 20; }
    Ticket #hint { margin-top: 1; }
    .-narrow Ticket > .box { padding: 0; }
    .-narrow Ticket #form { width: 30; }
    .-narrow Ticket Input { width: 14; }
    """
    AUTO_FOCUS = ".first"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False, priority=True),
        Binding("down,enter", "app.focus_next", show=False, priority=True),
    ]

    def __init__(self, desk: Desk, symbol: str, *, sends: bool = True) -> None:
        super().__init__()
        self._desk = desk
        self._first = symbol
        self._sends = sends
        self._sending = False
        self._answer: order_pb2.PreviewOrderResponse | None = None
        self._asked: OrderTicket | None = None
        self._wrong: Sequence[str] = ("shares are missing",)
        self._refused: FluxHeroError | None = None

    def compose(self) -> ComposeResult:
        first = {"symbol": self._first, "side": "buy", "cut": "refuse"}
        begins = "quantity" if self._first else "symbol"
        with Vertical(classes="box") as box:
            box.border_title = self._title()
            with Vertical(id="form"):
                for name, label in _FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(label, classes="label")
                        yield Field(
                            first.get(name, ""),
                            id=name,
                            classes="first" if name == begins else "",
                            placeholder=_HINTS.get(name, ""),
                            max_length=14,
                            compact=True,
                        )
                yield Pane(self._hint, (), id="hint")
            yield Pane(self._said, (), focusable=True, id="said")

    def on_mount(self) -> None:
        self.set_interval(0.5, self.query_one("#hint", Pane).redraw)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        # Only the newest of several keys is asked about.
        start(self, self._preview, "preview", alone=True)

    def written(self) -> OrderTicket:
        """The order as it stands in the fields.

        Raises:
            Wrong: when a field can't be read.
        """
        side = {"buy": common_pb2.SIDE_BUY, "sell": common_pb2.SIDE_SELL}.get(self._text("side").lower())
        if not self._text("symbol"):
            raise fields.Wrong("symbol", "a symbol is wanted")
        if side is None:
            raise fields.Wrong("side", "buy or sell is wanted")
        return OrderTicket(
            self._text("symbol").upper(),
            side,
            fields.whole("shares", self._text("quantity")),
            limit_price=fields.dollars("limit", self._text("limit")),
            stop_loss_price=fields.dollars("stop loss", self._text("stop")),
        )

    async def _preview(self) -> None:
        await asyncio.sleep(TYPING_PAUSE_S)
        self._answer = self._refused = self._asked = None
        self._wrong = ()
        try:
            ticket = self.written()
            self._answer = await self._desk.connection.client.orders.preview(ticket)
            self._asked = ticket
        except fields.Wrong as wrong:
            self._wrong = (f"{wrong.field}: {wrong.text}",)
        except FluxHeroError as error:
            self._refused = error
        self._show_said()

    @property
    def _may_send(self) -> bool:
        return self._sends and self._desk.role >= Role.TRADE

    def action_send(self) -> None:
        """Ask once more, and send."""
        if not self._may_send:
            self.notify("this ticket only previews", severity="warning")
        elif self._sending:
            # A second one beside it could be placed, too.
            self.notify("the order is being sent: wait for its answer", severity="warning")
        else:
            terminal = self.terminal
            start(self, partial(terminal.opening, self._send, terminal.hold()), "send", alone=True)

    async def _send(self) -> None:
        try:
            ticket = self.written()
        except fields.Wrong as wrong:
            self.notify(wrong.text, title=wrong.field, severity="warning")
            return
        accept = self._text("cut").lower() == "accept"
        if not self._sending and await self._confirmed(ticket, accept):
            self._sending = True
            self._show_said()
            # The terminal's work, not this dialog's: an order that is on its way stays so when the ticket is left.
            start(self.terminal, partial(self._place, ticket, accept), "orders")

    async def _place(self, ticket: OrderTicket, accept: bool) -> None:
        unanswered, order = self._desk.unanswered, _same(ticket, accept)
        try:
            orders = self._desk.connection.client.orders
            # Known before it is sent: whatever ends the call, it may have arrived.
            again = unanswered.setdefault(order, new_request_id(None))
            answer = await orders.place(ticket, accept_adjusted=accept, request_id=again)
        except FluxHeroError as error:
            # These have looked at the id: neither now nor before was it placed under it.
            if isinstance(error, Refused | InvalidRequest | NotFound | Unsupported):
                unanswered.pop(order, None)
            # A preview that is still under way must not stand in front of the refusal.
            self.workers.cancel_group(self, "preview")
            self._refused, self._answer, self._wrong = error, None, ()
            self.terminal.refused(error)
            return
        finally:
            self._sending = False
            self._show_said()
        unanswered.pop(order, None)
        placed = shares(answer.order.quantity or ticket.quantity)
        self.terminal.notify(f"{placed} {ticket.symbol} on its way.", title="order")
        if self.terminal.screen is self:
            self.dismiss(None)

    async def _confirmed(self, ticket: OrderTicket, accept: bool) -> bool:
        texts = [sentence(ticket) + ("; fewer shares, if risk cuts it" if accept else "")]
        if _same(ticket, accept) in self._desk.unanswered:
            texts.append("It was sent before and got no answer. If it has arrived, it is not placed again.")
        mode = self._desk.model.status.mode
        if mode not in _PLAY and not self._desk.link.recorded:
            live = mode == system_pb2.TRADING_MODE_LIVE
            texts.append("This is REAL MONEY." if live else "It is not known whether this is REAL MONEY.")
            title = "Send to LIVE" if live else "Send the order"
            typed = await self.terminal.push_screen_wait(TypedWord(title, texts, ticket.symbol, needs_reason=False))
            return typed is not None
        question = Confirm("Send the order", texts, "send it", danger=True)
        sure: bool | None = await self.terminal.push_screen_wait(question)
        return sure is True

    def _show_said(self) -> None:
        # An answer may come when the ticket has just been left.
        for pane in self.query("#said").results(Pane):
            pane.repaint()

    def _title(self) -> str:
        return "Order" if self._may_send else "Order: preview only"

    def _hint(self, room: int, height: int) -> Sequence[Line]:
        symbol = self._text("symbol").upper()
        known = self._desk.model.prices.get(symbol)
        held = self._desk.model.positions.get(symbol)
        found: list[Line] = []
        if known is not None:
            found.append(line((f"{clean(symbol)} ", "bold"), price(known.price)))
            found.append(line(("bid ", "dim"), maybe(known, "bid"), ("  ask ", "dim"), maybe(known, "ask")))
        if held is not None:
            found.append(line(("held ", "dim"), f"{word(held, 'side')} {shares(held.quantity)}"))
        only = "read-only" if self._desk.role < Role.TRADE else "preview only"
        keys = [line(("^s", "key"), " send, after a question")] if self._may_send else [line((only, "warn"))]
        return [*found, EMPTY, *keys, line(("tab", "key"), " next   ", ("esc", "key"), " leave")]

    def _said(self, room: int, height: int) -> Sequence[Line]:
        if self._sending:
            return [line(("sending: waiting for the daemon's answer …", "warn"))]
        if self._wrong:
            return [line((text, "dim")) for text in self._wrong]
        if self._refused is not None:
            return refusal(self._refused, room)
        if self._answer is None or self._asked is None:
            return [line(("asking the risk engine …", "dim"))]
        role = word(self._answer, "role")
        head = wrap(f"{sentence(self._asked)} ({role}). Risk says:", room)
        return [*head, *decision.decision(self._answer.decision, room)]

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()


def _same(ticket: OrderTicket, accept: bool) -> str:
    """What makes two orders the same: all that is sent."""
    return repr((ticket, accept))


def sentence(ticket: OrderTicket) -> str:
    """An order in words, as it is sent."""
    side = "BUY" if ticket.side == common_pb2.SIDE_BUY else "SELL"
    priced = f"limit ${ticket.limit_price}" if ticket.limit_price is not None else "market"
    guarded = f", stop loss ${ticket.stop_loss_price}" if ticket.stop_loss_price is not None else ", no stop loss"
    return f"{side} {shares(ticket.quantity)} {ticket.symbol}, {priced}{guarded}, day"


def refusal(error: FluxHeroError, room: int) -> list[Line]:
    """What the daemon said no with; risk's own decision where there is one."""
    decided: risk_pb2.RiskDecision | None = error.decision
    found = [line((f" {error.reason.replace('_', ' ') or error.code} ", "badge-bad"))]
    if decided is None or decided.reason != error.text:
        found += wrap(error.text, room, "bad")
    for one in error.violations:
        found += wrap(f"{one.field}: {one.text}", room, "warn")
    return found + (decision.decision(decided, room) if decided is not None else [])
