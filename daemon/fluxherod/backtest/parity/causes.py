"""Why something was not as the backtest has it, by what the journal says happened around it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import NamedTuple

from fluxherod.backtest.parity.findings import Kind
from fluxherod.backtest.parity.recorded import Account, Fact
from fluxherod.core.orders import Order, OrderState, Sequel
from fluxherod.engine.orders.closing import REASON as FLATTENED

_UNHEARD = (OrderState.NEW, OrderState.SUBMITTING, OrderState.UNKNOWN, OrderState.NOT_RECEIVED)
_CONNECTION = ("link", "STORAGE_FAILED", "MIRROR_FAILED", "REST_LINK_DOWN", "BROKER_LINK_DOWN", "TRADING_LINK_DOWN")
_ADOPTED = ("POSITION_ADOPTED", "CASH_ADOPTED", "SPLIT_APPLIED", "ORDER_TAKEN_IN", "POSITION_REVERSED")
_HALTED = ("SYMBOL_HALTED", "SYMBOL_LIMIT_STATE", "EXIT_WAITS_FOR_HALT", "EXIT_DESPITE_HALT")
_LIMITS = ("BREAKER_DISABLED", "BREAKER_REACHED", "DAILY_LOSS", "DAILY_LOSS_REACHED")
_WATCHED = "(watched by the daemon)"
# Commands of a person that end entries, and those that close positions.
CANCELLING = ("Halt", "Flatten", "Cancel", "Close", "Disable", "Remove", "Reload", "Replace", "PlaceOrder")
CLOSING = ("Flatten", "Close", "PlaceOrder", "ReplaceOrder")


class Cause(NamedTuple):
    """A class, the words for it, and the name of the live-only rule, if it is one."""

    kind: Kind
    text: str
    rule: str = ""


UNKNOWN = Cause(Kind.UNEXPLAINED, "nothing in the journal says why")


class Facts:
    """The facts of a day, asked for by symbol and by the inputs that they came with."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self._seqs = [fact.seq for fact in facts]

    def between(self, symbol: str, after_seq: int, until_seq: int, kinds: Collection[str] = ()) -> list[Fact]:
        """Those of a symbol, or of all, after an input and up to another; of some kinds, or of any."""
        some = self._facts[bisect_right(self._seqs, after_seq) : bisect_right(self._seqs, until_seq)]
        return [fact for fact in some if fact.symbol in ("", symbol) and (not kinds or fact.kind in kinds)]


class Window(NamedTuple):
    """What is known of the time between two bars of a symbol."""

    facts: Facts
    symbol: str
    after_seq: int
    until_seq: int
    account: Account
    at_close: bool

    def of(self, *kinds: str) -> Fact | None:
        """The newest fact of some kinds."""
        found = self.facts.between(self.symbol, self.after_seq, self.until_seq, kinds)
        return found[-1] if found else None

    def command(self, kinds: tuple[str, ...]) -> Fact | None:
        """The newest command of a person of some kinds."""
        found = self.facts.between(self.symbol, self.after_seq, self.until_seq, ("operator",))
        return next((fact for fact in reversed(found) if fact.text.startswith(kinds)), None)


def of_short_fill(order: Order | None, word: str, window: Window) -> Cause:
    """Why an order had not filled, or not all of it, by the end of the bar."""
    if order is None:
        return around(window)
    about = f"{order.id}: {order.filled_quantity} of {order.quantity} filled, {order.state}"
    if order.state is OrderState.REJECTED:
        return Cause(Kind.REFUSED, f"{about}: {order.reason}")
    if order.state in _UNHEARD:
        return Cause(Kind.NO_ANSWER, about)
    if order.waits or order.sequel is not Sequel.NONE:
        return Cause(Kind.CHASED, f"{about}: what is left is sent again")
    if not order.state.ended and order.state is not OrderState.CANCELING:
        if halt := window.of(*_HALTED):
            return Cause(Kind.HALTED, halt.text)
        return Cause(Kind.PARTIAL_FILL if order.filled_quantity else Kind.UNFILLED, f"{about}, works on")
    return _of_end(order, about, word, window)


def _of_end(order: Order, about: str, word: str, window: Window) -> Cause:
    """Why an order was cancelled, or had expired."""
    if order.state is OrderState.FILLED:
        return Cause(Kind.PARTIAL_FILL, f"{about}: it was for less")
    if order.state is OrderState.REPLACED:
        return Cause(Kind.ENDED_BY_BROKER, f"{about} at the broker")
    if (command := window.command(CANCELLING)) is not None:
        return Cause(Kind.OPERATOR, command.text)
    if (passed := window.of("ENTRY_STOPPED")) is not None:
        return Cause(Kind.STOP_PATH, passed.text)
    if (abandoned := window.of("ORDER_ABANDONED")) is not None:
        return Cause(Kind.UNFILLED, abandoned.text)
    if (ended := window.of("ORDER_ENDED_BY_BROKER", "ORDER_IDLE_AT_BROKER", "ORDER_MISMATCH")) is not None:
        return Cause(Kind.ENDED_BY_BROKER, ended.text)
    found = around(window)
    if found is UNKNOWN and word in ("gone", "not found"):
        return Cause(Kind.NO_ANSWER, f"{about}: {order.reason}")
    return found


def of_leaving(reason: str, order: Order | None, window: Window) -> Cause:
    """Why a position was closed, or is to be, that no rule of the strategy ended."""
    if _WATCHED in reason:
        return Cause(Kind.STOP_PATH, reason, "daemon_stop")
    if reason == FLATTENED:
        return Cause(Kind.END_OF_DAY, reason, "flatten_at_close")
    if order is not None and order.manual:
        return Cause(Kind.MANUAL_ORDER, order.reason or "a person's order")
    if window.account.disabled or window.account.day_lost or window.of(*_LIMITS):
        return Cause(Kind.LOSS_LIMIT, reason or "breaker or daily loss")
    if (command := window.command(CLOSING)) is not None:
        return Cause(Kind.OPERATOR, command.text)
    return around(window)


def around(window: Window) -> Cause:
    """What else happened that explains it."""
    looked: tuple[tuple[Kind, Sequence[str]], ...] = (
        (Kind.ADOPTED, _ADOPTED),
        (Kind.HALTED, _HALTED),
        (Kind.LOSS_LIMIT, _LIMITS),
        (Kind.END_OF_DAY, ("FLATTEN_AT_CLOSE",)),
        (Kind.REFUSED, ("refused",)),
        (Kind.RESTART, ("restart",)),
        (Kind.CONNECTION, _CONNECTION),
    )
    for kind, codes in looked:
        if (fact := window.of(*codes)) is not None:
            return Cause(kind, fact.text)
    if window.account.disabled or window.account.day_lost:
        return Cause(Kind.LOSS_LIMIT, "breaker or daily loss")
    if window.at_close:
        return Cause(Kind.END_OF_DAY, "the session's close was near")
    return UNKNOWN
