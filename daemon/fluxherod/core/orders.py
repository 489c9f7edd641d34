"""The life of an order, as a table.

Every change of an order's state is a row of `TRANSITIONS`; nothing else changes it. What the broker
says arrives by two roads (stream and poll), late, twice or out of order, so a report is merged by
its cumulative filled quantity: the larger number is the newer truth, and an ended order stays ended.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from operator import attrgetter
from typing import Any

from fluxherod.core.types import BrokerOrder, BrokerStatus, OrderType, Side, TimeInForce


class OrderState(StrEnum):
    """Where an order stands. UNKNOWN: its submission got no answer; it may or may not be working."""

    NEW = "new"
    SUBMITTING = "submitting"
    PENDING = "pending"
    PARTIALLY_FILLED = "partially_filled"
    CANCELING = "canceling"
    REPLACING = "replacing"
    UNKNOWN = "unknown"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"
    NOT_RECEIVED = "not_received"

    @property
    def ended(self) -> bool:
        """True when nothing of it works at the broker any more."""
        return self in _ENDED


class OrderEvent(StrEnum):
    """What can happen to an order."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    NO_ANSWER = "no_answer"
    PART_FILLED = "part_filled"
    FILLED = "filled"
    CANCEL_SENT = "cancel_sent"
    CANCEL_REFUSED = "cancel_refused"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACE_SENT = "replace_sent"
    REPLACE_REFUSED = "replace_refused"
    REPLACED = "replaced"
    NEVER_ARRIVED = "never_arrived"


class Sequel(StrEnum):
    """What follows the cancel of a limit entry, once the broker has confirmed it. NONE: nothing, it has ended."""

    NONE = ""
    CHASE = "chase"  # what is left is sent again nearer to the market
    REPLACE = "replace"  # the order that an operator made of it is sent
    ABANDON = "abandon"  # it is given up, and told


class OrderRole(StrEnum):
    """What an order is for: to open risk, to close it, to guard it, or to guard shares that are not ours."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    FOREIGN_STOP = "foreign_stop"


_S, _E = OrderState, OrderEvent
_ENDED = frozenset({_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REJECTED, _S.REPLACED, _S.NOT_RECEIVED})

# What the broker may report of an order that may be alive there, whatever we were doing with it.
_REPORTS = {
    _E.FILLED: _S.FILLED,
    _E.CANCELED: _S.CANCELED,
    _E.EXPIRED: _S.EXPIRED,
    _E.REJECTED: _S.REJECTED,
    _E.REPLACED: _S.REPLACED,
}
_WORKING = {_E.ACKNOWLEDGED: _S.PENDING, _E.PART_FILLED: _S.PARTIALLY_FILLED, **_REPORTS}

TRANSITIONS: dict[OrderState, dict[OrderEvent, OrderState]] = {
    _S.NEW: {_E.SENT: _S.SUBMITTING, **_WORKING},
    _S.SUBMITTING: {_E.NO_ANSWER: _S.UNKNOWN, **_WORKING},
    _S.UNKNOWN: {
        _E.SENT: _S.SUBMITTING,
        _E.NO_ANSWER: _S.UNKNOWN,
        _E.NEVER_ARRIVED: _S.NOT_RECEIVED,
        **_WORKING,
    },
    _S.PENDING: {_E.CANCEL_SENT: _S.CANCELING, _E.REPLACE_SENT: _S.REPLACING, **_WORKING},
    _S.PARTIALLY_FILLED: {
        **_WORKING,
        _E.ACKNOWLEDGED: _S.PARTIALLY_FILLED,
        _E.CANCEL_SENT: _S.CANCELING,
        _E.REPLACE_SENT: _S.REPLACING,
    },
    _S.CANCELING: {
        **_REPORTS,
        _E.ACKNOWLEDGED: _S.CANCELING,
        _E.PART_FILLED: _S.CANCELING,
        _E.CANCEL_SENT: _S.CANCELING,
        _E.CANCEL_REFUSED: _S.PENDING,
    },
    _S.REPLACING: {
        **_REPORTS,
        _E.ACKNOWLEDGED: _S.REPLACING,
        _E.PART_FILLED: _S.REPLACING,
        _E.REPLACE_REFUSED: _S.PENDING,
    },
    # An order that was given up for lost and shows up after all is adopted.
    _S.NOT_RECEIVED: _WORKING,
    # A fill that raced the cancel and was reported after it still completes the order.
    _S.CANCELED: {_E.FILLED: _S.FILLED},
    _S.EXPIRED: {_E.FILLED: _S.FILLED},
    _S.FILLED: {},
    _S.REJECTED: {},
    _S.REPLACED: {},
}


@dataclass(frozen=True, slots=True)
class Order:
    """One order of ours. `id` is the client order id; an OTO leg, named by the broker, has its parent's id + "-leg".

    A limit entry that goes on in another order is a chain: each order after the first has its id as `chain_id` and the
    id of the one before as `replaces_id`. `acknowledged_ns` is when the broker's first answer came, 0 before it.
    `requested_by` is the operator who asked for it, empty for the daemon's own; `manual` marks entries of operators.
    """

    id: str
    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    role: OrderRole
    quantity: int
    state: OrderState
    created_ns: int
    updated_ns: int
    limit_price_e4: int | None = None
    stop_price_e4: int | None = None
    leg_stop_e4: int | None = None
    parent_id: str | None = None
    replaces_id: str | None = None
    signal_id: str | None = None
    manual: bool = False
    broker_id: str = ""
    filled_quantity: int = 0
    filled_value_e4: int = 0
    looks: int = 0
    reason: str = ""
    chase_count: int = 0
    chain_id: str | None = None
    acknowledged_ns: int = 0
    sequel: Sequel = Sequel.NONE
    requested_by: str = ""

    @property
    def entry_id(self) -> str:
        """The first order of its chain; its own id when it is no chase."""
        return self.chain_id or self.id

    @property
    def asked_for(self) -> bool:
        """True for what an operator asked for, an entry or an exit."""
        return self.manual or bool(self.requested_by)

    @property
    def waits(self) -> bool:
        """True for a part of a chain that has ended and is not gone on with yet."""
        return self.state.ended and self.sequel is not Sequel.NONE

    @property
    def remaining(self) -> int:
        """Shares that may still fill; 0 once the order has ended."""
        return 0 if self.state.ended else self.quantity - self.filled_quantity

    @property
    def average_e4(self) -> int:
        """The average fill price, 0 without a fill."""
        return round(self.filled_value_e4 / self.filled_quantity) if self.filled_quantity else 0

    @property
    def settled(self) -> bool:
        """True when no request of ours about it is under way: it can be cancelled or replaced."""
        return self.state in (OrderState.PENDING, OrderState.PARTIALLY_FILLED)


@dataclass(frozen=True, slots=True)
class Fill:
    """Newly learned shares of an order; `exact` when the price is an execution's and not an average's."""

    order_id: str
    symbol: str
    side: Side
    quantity: int
    value_e4: int
    exact: bool

    @property
    def price_e4(self) -> int:
        """Average price a share."""
        return round(self.value_e4 / self.quantity)


# An order without its state and the time of it, by place: `replace` takes twice as long, and each order waits for it.
_FIELDS = tuple(field.name for field in fields(Order))
_UNTIL_STATE = attrgetter(*_FIELDS[: _FIELDS.index("state")])
_REST = attrgetter(*_FIELDS[_FIELDS.index("updated_ns") + 1 :])


def advance(order: Order, event: OrderEvent, now_ns: int) -> Order:
    """The order after an event; unchanged when the table has no such row (a repeated or late message)."""
    state = TRANSITIONS[order.state].get(event)
    if state is None:
        return order
    if event in (OrderEvent.CANCEL_REFUSED, OrderEvent.REPLACE_REFUSED) and order.filled_quantity:
        state = OrderState.PARTIALLY_FILLED
    if state is order.state:
        return order
    values: list[Any] = [*_UNTIL_STATE(order), state, order.created_ns, now_ns, *_REST(order)]
    return Order(*values)


_STATUS_EVENTS = {
    BrokerStatus.CANCELED: OrderEvent.CANCELED,
    BrokerStatus.EXPIRED: OrderEvent.EXPIRED,
    BrokerStatus.REJECTED: OrderEvent.REJECTED,
    BrokerStatus.REPLACED: OrderEvent.REPLACED,
    BrokerStatus.FILLED: OrderEvent.FILLED,
}


def report_event(report: BrokerOrder) -> OrderEvent:
    """What a broker's report means for the table."""
    if report.filled_quantity >= report.quantity > 0:
        return OrderEvent.FILLED
    event = _STATUS_EVENTS.get(report.status)
    if event is not None:
        return event
    return OrderEvent.PART_FILLED if report.filled_quantity else OrderEvent.ACKNOWLEDGED


def is_another(order: Order, report: BrokerOrder, oldest_ns: int) -> bool:
    """True when what the broker has under an order's id can't be that order: what it is must fit, and its age."""
    if (report.symbol, report.side) != (order.symbol, order.side):
        return True
    unheard = not order.broker_id
    return unheard and (report.quantity != order.quantity or 0 < report.submitted_ns < oldest_ns)


def merge(
    order: Order, report: BrokerOrder, now_ns: int, execution_price_e4: int | None = None, execution_quantity: int = 0
) -> tuple[Order, Fill | None]:
    """The order after a report, and the shares that the report taught us, if any.

    The execution's price is used when exactly its shares are new; else (a message was lost) the new
    shares are valued by the change of the average, which is provisional.
    """
    fill = None
    new_shares = report.filled_quantity - order.filled_quantity
    if order.state is OrderState.REJECTED and not order.broker_id and report.broker_id:
        # The refusal was of a second sending: the first one had arrived.
        order = replace(order, state=OrderState.NOT_RECEIVED)
    if new_shares > 0:
        exact = execution_price_e4 is not None and execution_quantity == new_shares
        if exact and execution_price_e4 is not None:
            value = execution_price_e4 * new_shares
        else:
            value = report.filled_value_e4 - order.filled_value_e4
        if value <= 0:
            return order, None  # shares without a usable price: a later report has it
        fill = Fill(order.id, order.symbol, order.side, new_shares, value, exact)
        order = replace(
            order,
            filled_quantity=report.filled_quantity,
            updated_ns=now_ns,
            filled_value_e4=order.filled_value_e4 + value,
        )
    if report.time_in_force not in (None, order.time_in_force):
        order = replace(order, time_in_force=report.time_in_force)  # someone at the broker has changed it
    if report.broker_id and not order.broker_id:
        order = replace(order, broker_id=report.broker_id, acknowledged_ns=order.acknowledged_ns or now_ns)
    if report.filled_quantity < order.filled_quantity and not report.status.ended:
        return order, fill  # an older message than what we know
    return advance(order, report_event(report), now_ns), fill
