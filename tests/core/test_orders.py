"""The order table row by row, and what random reports of a broker can do to an order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fluxherod.core.orders import (
    TRANSITIONS,
    Fill,
    Order,
    OrderEvent,
    OrderRole,
    OrderState,
    advance,
    merge,
    report_event,
)
from fluxherod.core.types import BrokerOrder, BrokerStatus, OrderType, Side, TimeInForce

S, E, B = OrderState, OrderEvent, BrokerStatus
ENDS = {
    E.FILLED: S.FILLED,
    E.CANCELED: S.CANCELED,
    E.EXPIRED: S.EXPIRED,
    E.REJECTED: S.REJECTED,
    E.REPLACED: S.REPLACED,
}
HEARD = {E.ACKNOWLEDGED: S.PENDING, E.PART_FILLED: S.PARTIALLY_FILLED, **ENDS}
# The table once more, written by hand from what an order may do; where a row is missing the order stays what it is.
EXPECTED = {
    S.NEW: {**HEARD, E.SENT: S.SUBMITTING},
    S.SUBMITTING: {**HEARD, E.NO_ANSWER: S.UNKNOWN},
    S.UNKNOWN: {**HEARD, E.SENT: S.SUBMITTING, E.NEVER_ARRIVED: S.NOT_RECEIVED},
    S.PENDING: {**HEARD, E.CANCEL_SENT: S.CANCELING, E.REPLACE_SENT: S.REPLACING},
    S.PARTIALLY_FILLED: {
        **HEARD,
        E.ACKNOWLEDGED: S.PARTIALLY_FILLED,
        E.CANCEL_SENT: S.CANCELING,
        E.REPLACE_SENT: S.REPLACING,
    },
    S.CANCELING: {**ENDS, E.CANCEL_REFUSED: S.PENDING},
    S.REPLACING: {**ENDS, E.REPLACE_REFUSED: S.PENDING},
    S.NOT_RECEIVED: HEARD,
    S.CANCELED: {E.FILLED: S.FILLED},
    S.EXPIRED: {E.FILLED: S.FILLED},
}


def order(state: OrderState = S.PENDING, filled: int = 0, quantity: int = 100) -> Order:
    return Order(
        "id",
        "SPY",
        Side.BUY,
        OrderType.MARKET,
        TimeInForce.GTC,
        OrderRole.ENTRY,
        quantity,
        state,
        1,
        1,
        broker_id="b1",
        filled_quantity=filled,
        filled_value_e4=filled * 4_500_000,
    )


def report(status: BrokerStatus, filled: int = 0, average_e4: int = 4_500_000, quantity: int = 100) -> BrokerOrder:
    return BrokerOrder("b1", "id", "SPY", Side.BUY, OrderType.MARKET, status, quantity, filled, average_e4 * filled)


@pytest.mark.parametrize("told", [None, *TimeInForce])
def test_an_order_works_as_long_as_the_broker_says(told: TimeInForce | None) -> None:
    merged, _ = merge(order(S.PENDING), replace(report(B.WORKING), time_in_force=told), 2)
    assert merged == replace(order(S.PENDING), time_in_force=told or TimeInForce.GTC)


@pytest.mark.parametrize("event", list(E))
@pytest.mark.parametrize("state", list(S))
def test_each_row_of_the_table(state: OrderState, event: OrderEvent) -> None:
    after = advance(order(state), event, 2)
    assert after.state is EXPECTED.get(state, {}).get(event, state)
    assert after.updated_ns == (2 if after.state is not state else 1)


def test_the_table_has_a_row_for_every_state_and_an_end_is_left_only_by_the_fill_that_came_late() -> None:
    assert set(TRANSITIONS) == set(S)
    for state, row in TRANSITIONS.items():
        if state.ended and state is not S.NOT_RECEIVED:
            assert set(row) <= {E.FILLED}


@pytest.mark.parametrize("event", [E.CANCEL_REFUSED, E.REPLACE_REFUSED])
def test_an_order_that_goes_on_after_a_refusal_remembers_that_it_is_part_filled(event: OrderEvent) -> None:
    state = S.CANCELING if event is E.CANCEL_REFUSED else S.REPLACING
    assert advance(order(state, filled=10), event, 2).state is S.PARTIALLY_FILLED


@pytest.mark.parametrize(
    ("status", "filled", "event"),
    [
        (B.ACCEPTED, 0, E.ACKNOWLEDGED),
        (B.HELD, 0, E.ACKNOWLEDGED),
        (B.PENDING_CANCEL, 0, E.ACKNOWLEDGED),
        (B.WORKING, 5, E.PART_FILLED),
        (B.PENDING_CANCEL, 5, E.PART_FILLED),
        (B.WORKING, 100, E.FILLED),
        (B.CANCELED, 5, E.CANCELED),
        (B.CANCELED, 100, E.FILLED),
        (B.EXPIRED, 0, E.EXPIRED),
        (B.REJECTED, 0, E.REJECTED),
        (B.REPLACED, 5, E.REPLACED),
        (B.FILLED, 100, E.FILLED),
    ],
)
def test_what_a_report_means(status: BrokerStatus, filled: int, event: OrderEvent) -> None:
    assert report_event(report(status, filled)) is event


def test_an_execution_is_booked_at_its_price_when_exactly_its_shares_are_new() -> None:
    after, fill = merge(order(), report(B.WORKING, 40, 4_500_000), 2, 4_499_900, 40)
    assert fill == Fill("id", "SPY", Side.BUY, 40, 40 * 4_499_900, exact=True)
    assert (after.filled_quantity, after.filled_value_e4) == (40, 40 * 4_499_900)


def test_when_a_message_was_lost_the_new_shares_are_valued_by_the_average() -> None:
    after, fill = merge(order(filled=10), report(B.WORKING, 40, 4_512_000), 2, 4_520_000, 20)
    assert fill is not None
    assert (fill.quantity, fill.value_e4, fill.exact) == (30, 40 * 4_512_000 - 10 * 4_500_000, False)
    assert after.average_e4 == 4_512_000


def test_shares_without_a_price_wait_for_the_report_that_has_one() -> None:
    first, nothing = merge(order(), report(B.FILLED, 100, 0), 2)
    assert nothing is None
    assert (first.state, first.filled_quantity) == (S.PENDING, 0)
    after, fill = merge(first, report(B.FILLED, 100), 3)
    assert after.state is S.FILLED
    assert fill is not None


def test_shares_that_an_ended_order_filled_are_booked_though_it_stays_ended() -> None:
    for state in (S.CANCELED, S.EXPIRED, S.REPLACED):
        after, fill = merge(order(state), report(B.WORKING, 30), 2)
        assert after.state is state
        assert fill is not None
        assert after.remaining == 0


def test_a_refused_order_that_the_broker_has_after_all_is_adopted_but_one_that_it_rejected_is_not() -> None:
    refused = replace(order(S.REJECTED), broker_id="")
    assert merge(refused, report(B.WORKING), 2)[0].state is S.PENDING
    assert merge(refused, report(B.REJECTED), 2)[0].state is S.REJECTED
    assert merge(order(S.REJECTED), report(B.WORKING), 2)[0].state is S.REJECTED


def test_an_average_is_of_all_fills_and_zero_without() -> None:
    assert order().average_e4 == 0
    assert order(filled=3).average_e4 == 4_500_000
    assert order(S.PARTIALLY_FILLED, 30).remaining == 70


class Reports(RuleBasedStateMachine):
    """A broker fills an order in parts and ends it; its reports come late, twice, never, or in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.ours = order(S.SUBMITTING)
        self.theirs = report(B.ACCEPTED)
        self.value_e4 = 0
        self.said: list[tuple[BrokerOrder, int | None, int]] = [(self.theirs, None, 0)]
        self.fills: list[Fill] = []
        self.ended_as: OrderState | None = None

    def _say(self, price_e4: int | None = None, shares: int = 0) -> None:
        self.said.append((self.theirs, price_e4, shares))

    @precondition(lambda self: not self.theirs.status.ended)
    @rule(shares=st.integers(1, 60), cents=st.integers(-100, 100))
    def fills_some(self, shares: int, cents: int) -> None:
        shares = min(shares, self.theirs.quantity - self.theirs.filled_quantity)
        price_e4 = 4_500_000 + cents * 100
        filled = self.theirs.filled_quantity + shares
        self.value_e4 += shares * price_e4
        status = B.FILLED if filled == self.theirs.quantity else B.WORKING
        self.theirs = replace(self.theirs, status=status, filled_quantity=filled, filled_value_e4=self.value_e4)
        self._say(price_e4, shares)

    @precondition(lambda self: not self.theirs.status.ended)
    @rule(status=st.sampled_from([B.CANCELED, B.EXPIRED, B.REPLACED, B.PENDING_CANCEL, B.WORKING]))
    def changes(self, status: BrokerStatus) -> None:
        self.theirs = replace(self.theirs, status=status)
        self._say()

    @rule(data=st.data())
    def a_message_arrives(self, data: st.DataObject) -> None:
        self._hear(*data.draw(st.sampled_from(self.said)))

    @rule(event=st.sampled_from([E.NO_ANSWER, E.CANCEL_SENT, E.CANCEL_REFUSED, E.REPLACE_SENT, E.REPLACE_REFUSED]))
    def we_do_something(self, event: OrderEvent) -> None:
        self.ours = advance(self.ours, event, 2)

    def _hear(self, heard: BrokerOrder, price_e4: int | None, shares: int) -> None:
        before = self.ours
        self.ours, fill = merge(before, heard, 2, price_e4, shares)
        assert self.ours.filled_quantity >= before.filled_quantity
        if before.state.ended and self.ours.state is not before.state:
            assert (before.state, self.ours.state) in ((S.CANCELED, S.FILLED), (S.EXPIRED, S.FILLED))
        if fill is not None:
            self.fills.append(fill)

    @invariant()
    def never_more_than_the_broker_filled(self) -> None:
        assert self.ours.filled_quantity <= self.theirs.filled_quantity <= self.theirs.quantity

    @invariant()
    def what_was_booked_is_what_is_filled(self) -> None:
        assert sum(fill.quantity for fill in self.fills) == self.ours.filled_quantity
        assert sum(fill.value_e4 for fill in self.fills) == self.ours.filled_value_e4

    def teardown(self) -> None:
        """Polling tells the truth in the end, whatever was lost."""
        self._hear(self.theirs, None, 0)
        assert self.ours.filled_quantity == self.theirs.filled_quantity
        assert abs(self.ours.filled_value_e4 - self.value_e4) <= self.theirs.quantity
        if self.theirs.status.ended:
            assert self.ours.state.ended
            assert self.ours.remaining == 0


TestReports = Reports.TestCase
TestReports.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_reports_in_any_order_and_number_end_in_the_same_place(parts: list[int], chance: object) -> None:
    total, filled, said = sum(parts), 0, []
    for part in parts:
        filled += part
        said.append(report(B.FILLED if filled == total else B.WORKING, filled, 4_500_000, total))
    heard = said + said
    chance.shuffle(heard)  # type: ignore[attr-defined]
    ours = order(S.SUBMITTING, quantity=total)
    for each in heard:
        ours, _ = merge(ours, each, 2)
    assert (ours.state, ours.filled_quantity, ours.filled_value_e4) == (S.FILLED, total, total * 4_500_000)
