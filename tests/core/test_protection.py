"""What must happen next: each branch by example, and every walk against a tiny broker ends guarded or flat."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import Order, OrderRole, OrderState, Sequel
from fluxherod.core.portfolio import Position
from fluxherod.core.protection import (
    Action,
    Cancel,
    FindLeg,
    MoveStop,
    PlaceExit,
    PlaceStop,
    closing_side,
    plan,
    plan_foreign,
)
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce

S, R = OrderState, OrderRole


def position(
    quantity: int = 100, stop_e4: int | None = 4_430_000, exit_reason: str = "", exit_quantity: int = 0
) -> Position:
    return Position(
        "SPY",
        quantity,
        quantity * 4_500_000,
        1,
        Mode.TREND,
        Regime.NEUTRAL,
        "entry",
        None,
        stop_e4,
        None,
        0,
        1.0,
        4_500_000,
        exit_reason,
        exit_quantity,
    )


def order(role: OrderRole, state: OrderState = S.PENDING, quantity: int = 100, **change: Any) -> Order:
    kind = OrderType.STOP if role is R.STOP else OrderType.MARKET
    side = Side.BUY if role is R.ENTRY else Side.SELL
    base = Order(
        str(role),
        "SPY",
        side,
        kind,
        TimeInForce.GTC,
        role,
        quantity,
        state,
        1,
        1,
        stop_price_e4=4_430_000 if role is R.STOP else None,
        broker_id="b1",
    )
    return replace(base, **change)


STOP, EXIT, ENTRY = order(R.STOP), order(R.EXIT), order(R.ENTRY)
LEG = replace(STOP, id="leg", parent_id="entry")
FILLED = order(R.ENTRY, S.FILLED, leg_stop_e4=4_430_000, filled_quantity=100)
LEAVING = position(exit_reason="signal")
RAISED = position(stop_e4=4_440_000)


@pytest.mark.parametrize(
    ("held", "orders", "action"),
    [
        pytest.param(None, (), None, id="flat and nothing works"),
        pytest.param(None, (ENTRY, LEG), None, id="the leg of a working entry waits"),
        pytest.param(None, (STOP,), Cancel(STOP), id="flat: a stop that is left goes"),
        pytest.param(None, (EXIT,), Cancel(EXIT), id="flat: an exit that is left goes"),
        pytest.param(
            None,
            (replace(LEG, parent_id="other"),),
            Cancel(replace(LEG, parent_id="other")),
            id="flat: a stray leg goes",
        ),
        pytest.param(position(), (), PlaceStop(100, 4_430_000), id="no stop: place one"),
        pytest.param(position(stop_e4=None), (), None, id="no stop wanted"),
        pytest.param(position(stop_e4=None), (STOP,), Cancel(STOP), id="a stop that is not wanted goes"),
        pytest.param(position(), (STOP,), None, id="guarded"),
        pytest.param(position(), (FILLED, LEG), None, id="guarded by the leg"),
        pytest.param(position(), (FILLED,), FindLeg(FILLED), id="the leg is not known yet"),
        pytest.param(
            position(), (FILLED, replace(LEG, state=S.CANCELED)), PlaceStop(100, 4_430_000), id="the leg was cancelled"
        ),
        pytest.param(position(), (ENTRY,), None, id="a stop beside a working entry would be a wash trade"),
        pytest.param(RAISED, (STOP,), MoveStop(STOP, 4_440_000), id="a simple stop moves"),
        pytest.param(RAISED, (FILLED, LEG), Cancel(LEG), id="a leg can't move"),
        pytest.param(position(stop_e4=4_420_000), (STOP,), None, id="a stop never loosens"),
        pytest.param(
            position(quantity=-100, stop_e4=4_420_000),
            (STOP,),
            MoveStop(STOP, 4_420_000),
            id="a short's stop moves down",
        ),
        pytest.param(
            RAISED,
            (order(R.STOP, S.PARTIALLY_FILLED, 130, filled_quantity=30),),
            Cancel(order(R.STOP, S.PARTIALLY_FILLED, 130, filled_quantity=30)),
            id="a stop that fills can't move",
        ),
        pytest.param(
            position(), (order(R.STOP, quantity=90),), Cancel(order(R.STOP, quantity=90)), id="wrong quantity"
        ),
        pytest.param(
            position(60), (order(R.STOP, S.PARTIALLY_FILLED, filled_quantity=40),), None, id="the rest of the stop fits"
        ),
        pytest.param(position(), (STOP, replace(STOP, id="two")), Cancel(replace(STOP, id="two")), id="one stop only"),
        pytest.param(position(), (STOP, EXIT), Cancel(EXIT), id="an exit that nobody wants goes"),
        pytest.param(LEAVING, (), PlaceExit(100), id="leave"),
        pytest.param(LEAVING, (STOP,), Cancel(STOP), id="leave: the stop first"),
        pytest.param(LEAVING, (ENTRY, STOP), Cancel(ENTRY), id="leave: the entry before all"),
        pytest.param(LEAVING, (EXIT,), None, id="leave: the exit works"),
        pytest.param(LEAVING, (FILLED,), FindLeg(FILLED), id="leave: a leg that is not known holds the shares"),
        pytest.param(position(exit_reason="part", exit_quantity=30), (), PlaceExit(30), id="leave with a part"),
        pytest.param(
            position(20, exit_reason="part", exit_quantity=30), (), PlaceExit(20), id="never more than is held"
        ),
        pytest.param(position(-40, exit_reason="signal"), (), PlaceExit(40), id="cover"),
    ],
)
def test_the_next_action(held: Position | None, orders: tuple[Order, ...], action: Action | None) -> None:
    assert plan(held, orders) == action


@pytest.mark.parametrize(
    ("held", "orders", "most", "action"),
    [
        pytest.param(position(), (), 100, PlaceStop(100, 4_430_000), id="all are there"),
        pytest.param(position(), (), 60, PlaceStop(60, 4_430_000), id="a stop for those that are there"),
        pytest.param(position(), (), 0, None, id="none is there: no stop"),
        pytest.param(LEAVING, (), 0, None, id="none is there: no exit"),
        pytest.param(LEAVING, (STOP,), 0, None, id="none is there: its stop is left alone"),
        pytest.param(LEAVING, (), 60, PlaceExit(60), id="an exit of those that are there"),
        pytest.param(LEAVING, (STOP,), 60, Cancel(STOP), id="its stop goes first"),
        pytest.param(position(exit_reason="part", exit_quantity=70), (), 60, PlaceExit(60), id="a part is cut too"),
        pytest.param(position(exit_reason="part", exit_quantity=30), (), 60, PlaceExit(30), id="a part that is there"),
        pytest.param(position(), (STOP,), 60, None, id="a stop that stands is left alone until it is sure"),
        pytest.param(RAISED, (STOP,), 60, None, id="and is not moved"),
        pytest.param(position(-100, 4_570_000), (), 60, PlaceStop(60, 4_570_000), id="of a short"),
        pytest.param(position(), (ENTRY,), 60, None, id="an entry works"),
        pytest.param(None, (STOP,), None, Cancel(STOP), id="flat"),
    ],
)
def test_nothing_leaves_for_more_shares_than_the_broker_has(
    held: Position | None, orders: tuple[Order, ...], most: int | None, action: Action | None
) -> None:
    assert plan(held, orders, most) == action


GUARD = replace(STOP, role=R.FOREIGN_STOP, quantity=30)


@pytest.mark.parametrize(
    ("wanted", "stops", "action"),
    [
        (30, (), PlaceStop(30, 4_365_000)),
        (30, (GUARD,), None),
        (20, (GUARD,), Cancel(GUARD)),
        (0, (GUARD,), Cancel(GUARD)),
        (0, (), None),
        (30, (replace(GUARD, side=Side.BUY),), Cancel(replace(GUARD, side=Side.BUY))),
        (30, (GUARD, GUARD), Cancel(GUARD)),
        (30, (replace(GUARD, quantity=40, filled_quantity=10, state=S.PARTIALLY_FILLED),), None),
        (20, (replace(GUARD, state=S.CANCELING),), None),
    ],
)
def test_shares_that_are_not_ours_have_one_stop_for_exactly_those_wanted(
    wanted: int, stops: tuple[Order, ...], action: Action | None
) -> None:
    assert plan_foreign(wanted, Side.SELL, 4_365_000, stops) == action


def test_between_two_orders_of_a_chased_entry_no_stop_is_placed_and_a_sale_does_not_wait() -> None:
    between = order(R.ENTRY, S.CANCELED, id="entry", filled_quantity=30, sequel=Sequel.CHASE)
    assert plan(position(30), (between,)) is None
    assert plan(position(30, exit_reason="signal"), (between,)) == PlaceExit(30)
    assert plan(position(30), (replace(between, sequel=Sequel.NONE),)) == PlaceStop(30, 4_430_000)


def test_the_leg_of_the_last_order_of_a_chain_is_looked_for_too() -> None:
    first = order(R.ENTRY, S.CANCELED, id="entry", filled_quantity=30)
    last = order(R.ENTRY, S.FILLED, 70, id="entry2", filled_quantity=70, leg_stop_e4=4_430_000, chain_id="entry")
    assert plan(position(100), (first, last)) == FindLeg(last)
    leg = order(R.STOP, quantity=70, id="entry2-leg", parent_id="entry2", chain_id="entry")
    assert plan(position(100), (first, last, leg)) == Cancel(leg)
    assert plan(position(100), (first, last, replace(leg, state=S.CANCELED))) == PlaceStop(100, 4_430_000)


def test_an_entry_of_unknown_outcome_does_not_hold_up_the_sale_of_shares_that_no_stop_guards() -> None:
    unknown = order(R.ENTRY, S.UNKNOWN, 70, id="entry2", chain_id="entry", broker_id="")
    assert plan(position(30, exit_reason="signal"), (unknown,)) == PlaceExit(30)
    assert plan(position(30), (unknown,)) is None


@pytest.mark.parametrize("state", [S.NEW, S.SUBMITTING, S.UNKNOWN, S.CANCELING, S.REPLACING])
@pytest.mark.parametrize("role", list(R))
@pytest.mark.parametrize("held", [None, position(), LEAVING, RAISED])
def test_while_an_answer_is_awaited_nothing_is_done(held: Position | None, role: OrderRole, state: OrderState) -> None:
    assert plan(held, (STOP, order(role, state, id="waiting"))) is None


def test_a_position_is_closed_from_the_other_side() -> None:
    assert closing_side(position()) is Side.SELL
    assert closing_side(position(-1)) is Side.BUY


@dataclass
class Broker:
    """Carries actions out at once, or only when told; never holds two opposite opinions of a share."""

    held: Position | None
    orders: list[Order] = field(default_factory=list)
    sold: int = 0
    count: int = 0

    def act(self, action: Action) -> None:
        match action:
            case Cancel(old):
                self._swap(old, replace(old, state=S.CANCELED))
                for leg in [leg for leg in self.orders if leg.parent_id == old.id and not leg.state.ended]:
                    self._swap(leg, replace(leg, state=S.CANCELED))
            case PlaceStop(quantity, price_e4):
                self._place(order(R.STOP, quantity=quantity, stop_price_e4=price_e4))
            case PlaceExit(quantity):
                assert not [each for each in self.live() if each.role is R.EXIT], "never two exits"
                self._place(order(R.EXIT, quantity=quantity))
            case MoveStop(old, price_e4):
                self._swap(old, replace(old, state=S.REPLACED))
                self._place(replace(old, stop_price_e4=price_e4))
            case FindLeg(entry):
                self._place(order(R.STOP, quantity=entry.quantity, parent_id=entry.id))

    def _place(self, new: Order) -> None:
        self.count += 1
        self.orders.append(replace(new, id=f"o{self.count}", side=Side.SELL if self.shares > 0 else Side.BUY))
        selling = sum(each.quantity - each.filled_quantity for each in self.live() if each.role is not R.ENTRY)
        assert selling <= abs(self.shares), "never sells more than is held"

    def _swap(self, old: Order, new: Order) -> None:
        self.orders[self.orders.index(old)] = new

    @property
    def shares(self) -> int:
        return self.held.quantity if self.held is not None else 0

    def live(self) -> list[Order]:
        return [each for each in self.orders if not each.state.ended]

    def fill(self, each: Order, quantity: int) -> None:
        """An order that reduces the position fills in part or whole."""
        filled = each.filled_quantity + quantity
        done = filled == each.quantity
        self._swap(each, replace(each, filled_quantity=filled, state=S.FILLED if done else S.PARTIALLY_FILLED))
        left = self.shares - quantity if self.shares > 0 else self.shares + quantity
        assert left * self.shares >= 0
        self.held = replace(self.held, quantity=left) if left and self.held is not None else None

    def settle(self) -> None:
        """Until nothing is to be done; an exit at the market fills."""
        for _ in range(30):
            action = plan(self.held, tuple(self.orders))
            if action is not None:
                self.act(action)
                continue
            exits = [each for each in self.live() if each.role is R.EXIT]
            if not exits:
                return
            self.fill(exits[0], exits[0].quantity - exits[0].filled_quantity)
        raise AssertionError("the plan never comes to rest")


STEPS = ["act", "fill_stop", "fill_exit", "raise", "leave", "cancelled", "doubled", "entry_ends"]


@settings(max_examples=400)
@given(
    st.sampled_from([1, 7, 100, -100]),
    st.sampled_from(["none", "leg", "hidden", "entry"]),
    st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 100)), max_size=14),
)
def test_every_walk_ends_with_one_stop_for_all_shares_or_flat(
    quantity: int, begin: str, steps: list[tuple[str, int]]
) -> None:
    broker = Broker(position(quantity))
    side = Side.BUY if quantity > 0 else Side.SELL
    shares = abs(quantity)
    if begin == "entry":
        broker.orders = [order(R.ENTRY, S.PARTIALLY_FILLED, shares + 5, id="entry", side=side, filled_quantity=shares)]
    elif begin != "none":
        broker.orders = [replace(FILLED, id="entry", side=side, quantity=shares)]
    if begin == "leg":
        broker.orders.append(replace(LEG, quantity=shares, side=side.opposite))
    for step, number in steps:
        walk(broker, step, number)
    for entry in [each for each in broker.live() if each.role is R.ENTRY]:
        broker.orders[broker.orders.index(entry)] = replace(entry, state=S.CANCELED)
    broker.settle()
    stops = [each for each in broker.live() if each.role is R.STOP]
    if broker.held is None:
        assert broker.live() == []
    else:
        assert [each.quantity - each.filled_quantity for each in stops] == [abs(broker.shares)]
        assert not broker.held.exit_reason
        assert [each.stop_price_e4 for each in stops] == [broker.held.stop_e4]


def walk(broker: Broker, step: str, number: int) -> None:
    live = {role: [each for each in broker.live() if each.role is role] for role in R}
    if step == "act":
        action = plan(broker.held, tuple(broker.orders))
        if action is not None:
            broker.act(action)
    elif step in ("fill_stop", "fill_exit"):
        for each in live[R.STOP if step == "fill_stop" else R.EXIT][:1]:
            left = min(each.quantity - each.filled_quantity, abs(broker.shares))
            if left > 0:
                broker.fill(each, min(number, left))
    elif step == "raise" and broker.held is not None:
        better = number * (100 if broker.shares > 0 else -100)
        broker.held = replace(broker.held, stop_e4=broker.held.stop_e4 + better)
    elif step == "leave" and broker.held is not None:
        broker.held = replace(broker.held, exit_reason="signal")
    elif step == "cancelled" and live[R.STOP]:
        broker.act(Cancel(live[R.STOP][0]))
    elif step == "entry_ends" and live[R.ENTRY]:
        broker.act(Cancel(live[R.ENTRY][0]))
