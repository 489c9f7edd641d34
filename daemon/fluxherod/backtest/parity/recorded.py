"""A day as it happened: each completed bar with what was known, decided and filled around it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fluxherod.core.calendar import Calendar
from fluxherod.core.jit import FloatArray, RecordArray, RowArray
from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Position
from fluxherod.core.signals import Signal
from fluxherod.engine.ledger import EntryPlan
from fluxherod.engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Slot:
    """What one symbol has at a time: a position of ours, and an entry (with its plan), an exit, a stop that work."""

    position: Position | None = None
    entry: Order | None = None
    plan: EntryPlan | None = None
    leaving: Order | None = None
    stop: Order | None = None


EMPTY = Slot()


@dataclass(frozen=True, slots=True)
class Filled:
    """Shares of an order that were booked with one input; `order` is as it was after it."""

    seq: int
    now_ns: int
    order: Order
    quantity: int
    value_e4: int

    @property
    def cash_e4(self) -> int:
        """What it did to cash."""
        return -self.order.side.sign * self.value_e4


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the strategy did not decide, with the input that brought it.

    `kind` is "operator" (a command that was carried out), "restart", "link", or an alert's code.
    """

    seq: int
    now_ns: int
    kind: str
    symbol: str
    text: str


@dataclass(frozen=True, slots=True)
class Account:
    """What risk knew when a bar was decided. `beside` are the other symbols held, ours or not, or being opened.

    `foreign_e4` is the signed value of the positions that are not ours: it is in the equity.
    """

    equity_e4: int
    exposure_e4: int
    open_positions: int
    beside: frozenset[str]
    reduced: bool
    disabled: bool
    day_lost: bool
    peak_e4: int
    base_e4: int
    foreign_e4: int


@dataclass(frozen=True, slots=True)
class Step:
    """One completed bar of a symbol: row `row` of its series, decided with input `seq`.

    Args:
        live: False for a bar that came when its symbol was loaded again: nothing was decided on it.
        only_noted: no entry could fire on it, see `ClosedBar`.
        spike: the scaled range of the 5-minute bars over the strategy bars' own; NaN when not known.
        before: what the symbol had before this bar was decided; None for a bar that came with the one before it.
        after: what it had then; None where another bar of it came with the same input.
        known: how many bars of each other symbol had come, by symbol.
        entry, exit: what the strategy decided.
        filled: what filled since the symbol's last bar; `orders` all orders of it that changed since, in their newest
            form, each with the last word on it.
    """

    seq: int
    now_ns: int
    symbol: str
    row: int
    end_ns: int
    live: bool
    only_noted: bool
    spike: float
    before: Slot | None
    after: Slot | None
    account: Account
    known: Mapping[str, int]
    entry: Signal | None
    exit: Signal | None
    filled: tuple[Filled, ...]
    orders: tuple[tuple[Order, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The bars of one symbol, oldest first, shape (n,) each; the first `warm` of them were there when it began."""

    start_ns: RowArray
    end_ns: RowArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    warm: int


@dataclass(slots=True, eq=False)
class Stretch:
    """A part of the day in which settings and what the kernels remember were not changed from outside.

    Args:
        series: the bars of each symbol that is followed.
        memory: STATE records of shape (1,), the live kernel's by symbol as the stretch began.
    """

    settings: Settings
    calendar: Calendar
    series: dict[str, Series]
    memory: dict[str, RecordArray]
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedDay:
    """A day of the journal.

    Args:
        opening: what each symbol had when it began, `cash_e4` our cash then.
        closing: what each has after the day's last input, `final_cash_e4` our cash then.
        flows: cash that came or went by no fill of ours: the input and the amount.
        fills: everything that filled, in order.
        differs_at: the first input of the day whose effects are not those that were recorded; None when all are.
    """

    day: str
    first_seq: int
    last_seq: int
    opening: Mapping[str, Slot]
    cash_e4: int
    closing: Mapping[str, Slot]
    final_cash_e4: int
    stretches: tuple[Stretch, ...]
    fills: tuple[Filled, ...]
    flows: tuple[tuple[int, int], ...]
    facts: tuple[Fact, ...]
    differs_at: int | None = None
    differs_ns: int = 0
    differing: str = ""
