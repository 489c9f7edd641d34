"""The order table under any sequence of our requests and of the broker's reports: late, doubled, lost, reordered.

Beside it stands an oracle that knows only what the broker did. The broker may fill an order whose end it has told
already (the fill raced the cancel), refuse a second sending, and know an order that was given up.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fluxherod.core.orders import TRANSITIONS, Fill, Order, OrderEvent, OrderRole, OrderState, advance, merge
from fluxherod.core.types import BrokerOrder, BrokerStatus, OrderType, Side, TimeInForce

S, E, B = OrderState, OrderEvent, BrokerStatus
OURS = [E.SENT, E.NO_ANSWER, E.CANCEL_SENT, E.CANCEL_REFUSED, E.REPLACE_SENT, E.REPLACE_REFUSED, E.NEVER_ARRIVED]
WORKING = [B.ACCEPTED, B.WORKING, B.HELD, B.PENDING_CANCEL, B.PENDING_REPLACE]
ENDS = [B.CANCELED, B.EXPIRED, B.REPLACED]
# Leaving an end: what was given up shows up, and what raced the end is completed.
REVIVED = {(S.CANCELED, S.FILLED), (S.EXPIRED, S.FILLED)}
Message = tuple[BrokerOrder, int | None, int]


class Table(RuleBasedStateMachine):
    """One order here and there, and the messages between."""

    @initialize(quantity=st.integers(1, 300), side=st.sampled_from(list(Side)))
    def begin(self, quantity: int, side: Side) -> None:
        kind, force = OrderType.MARKET, TimeInForce.GTC
        self.ours = Order("id", "SPY", side, kind, force, OrderRole.ENTRY, quantity, S.NEW, 1, 1)
        self.theirs = BrokerOrder("b1", "id", "SPY", side, kind, B.ACCEPTED, quantity, 0, 0)
        self.received = False
        self.said: list[Message] = []
        self.fills: list[Fill] = []
        self.now_ns = 1

    # --- ours ------------------------------------------------------------------------------------------
    @rule(event=st.sampled_from(OURS))
    def we_act(self, event: OrderEvent) -> None:
        before, self.now_ns = self.ours, self.now_ns + 1
        self.ours = advance(before, event, self.now_ns)
        self._stepped(before)
        assert self.ours.filled_quantity == before.filled_quantity
        self.received = self.received or (event is E.SENT and before.state is S.NEW)

    @precondition(lambda self: self.received and not self.said)
    @rule()
    def a_sending_is_refused(self) -> None:
        """The second one, as it turns out: the first had arrived."""
        before = self.ours
        if before.state in (S.SUBMITTING, S.UNKNOWN):
            self.ours = advance(before, E.REJECTED, self.now_ns)
            self._stepped(before)

    # --- theirs ----------------------------------------------------------------------------------------
    def _say(self, price_e4: int | None = None, shares: int = 0) -> None:
        self.said.append((self.theirs, price_e4, shares))

    @precondition(lambda self: self.received and self.theirs.filled_quantity < self.theirs.quantity)
    @rule(shares=st.integers(1, 120), price_e4=st.integers(1, 50_000_000))
    def shares_are_traded(self, shares: int, price_e4: int) -> None:
        theirs = self.theirs
        if theirs.status is B.REPLACED:
            return
        shares = min(shares, theirs.quantity - theirs.filled_quantity)
        filled = theirs.filled_quantity + shares
        status = B.FILLED if filled == theirs.quantity else theirs.status
        value_e4 = theirs.filled_value_e4 + shares * price_e4
        self.theirs = replace(theirs, status=status, filled_quantity=filled, filled_value_e4=value_e4)
        self._say(price_e4, shares)

    @precondition(lambda self: self.received and not self.theirs.status.ended)
    @rule(status=st.sampled_from(WORKING + ENDS))
    def something_is_told(self, status: BrokerStatus) -> None:
        self.theirs = replace(self.theirs, status=status)
        self._say()

    # --- the messages --------------------------------------------------------------------------------------
    @precondition(lambda self: bool(self.said))
    @rule(data=st.data())
    def a_message_arrives(self, data: st.DataObject) -> None:
        """Any that was ever said, again and again."""
        self._hear(*data.draw(st.sampled_from(self.said)))

    @precondition(lambda self: bool(self.said))
    @rule()
    def the_average_is_not_known_yet(self) -> None:
        """Alpaca may tell filled shares before their price: they are booked when it comes."""
        before = self.ours
        self._hear(replace(self.theirs, filled_value_e4=0), None, 0)
        assert self.ours.filled_value_e4 == before.filled_value_e4

    def _hear(self, report: BrokerOrder, price_e4: int | None, shares: int) -> None:
        before, self.now_ns = self.ours, self.now_ns + 1
        self.ours, fill = merge(before, report, self.now_ns, price_e4, shares)
        self._stepped(before)
        assert self.ours.filled_quantity >= before.filled_quantity, "fills never go back"
        booked = fill.quantity if fill is not None else 0
        assert self.ours.filled_quantity == before.filled_quantity + booked
        if fill is not None:
            assert fill.value_e4 > 0
            assert (fill.symbol, fill.side, fill.order_id) == ("SPY", self.ours.side, "id")
            self.fills.append(fill)

    def _stepped(self, before: Order) -> None:
        """From state to state only by a row of the table."""
        if before.state is S.REJECTED and not before.broker_id:
            before = replace(before, state=S.NOT_RECEIVED)  # adopted: the refusal was of a second sending
        rows = {*TRANSITIONS[before.state].values(), before.state}
        after = self.ours.state
        back = before.state in (S.CANCELING, S.REPLACING) and after is S.PARTIALLY_FILLED and self.ours.filled_quantity
        assert after in rows or back or after is S.REJECTED, f"{before.state} -> {after}"
        if before.state.ended and before.state is not S.NOT_RECEIVED and after is not before.state:
            assert (before.state, after) in REVIVED
        assert self.ours.updated_ns >= before.updated_ns

    # --- what must hold -----------------------------------------------------------------------------------
    @invariant()
    def nothing_is_filled_that_the_broker_has_not_filled(self) -> None:
        if hasattr(self, "ours"):
            assert 0 <= self.ours.filled_quantity <= self.theirs.filled_quantity <= self.ours.quantity
            assert 0 <= self.ours.remaining <= self.ours.quantity

    @invariant()
    def what_was_booked_is_what_is_filled(self) -> None:
        if hasattr(self, "ours"):
            assert sum(fill.quantity for fill in self.fills) == self.ours.filled_quantity
            assert sum(fill.value_e4 for fill in self.fills) == self.ours.filled_value_e4

    def teardown(self) -> None:
        """However it went: when the newest report has come, everything is known, to the last 1/10,000 dollar."""
        if not hasattr(self, "ours") or not self.received:
            return
        self._hear(self.theirs, None, 0)
        assert self.ours.filled_quantity == self.theirs.filled_quantity
        assert sum(fill.value_e4 for fill in self.fills) == self.theirs.filled_value_e4
        if self.theirs.status.ended:
            assert self.ours.state.ended
        settled = self.ours
        for message in self.said:
            self._hear(*message)
        assert replace(self.ours, updated_ns=settled.updated_ns) == settled, "old news changes nothing"


TestTable = Table.TestCase
TestTable.settings = settings(
    max_examples=2_000, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
