"""Chains of limit entries at an exchange that fills, loses, repeats, reorders and restarts at random."""

from __future__ import annotations

from typing import Any

from engine.exchange import S, sold
from engine.test_chase import restart
from engine.world import CLOSE_NS, World, of
from hypothesis import event, given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import CancelOrderCommand, HaltCommand, ReplaceOrderCommand, ResumeCommand
from fluxherod.engine.effects import SubmitOrder

WANTED = 100

happening = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 30, 59, 60, 61])),
    st.tuples(st.just("quote"), st.sampled_from([-0.3, -0.02, 0.0, 0.02, 0.3, 1.0])),
    st.tuples(st.just("fill"), st.integers(1, 20)),
    st.tuples(st.just("fill"), st.integers(1, WANTED)),
    st.tuples(st.just("wait and quote"), st.sampled_from([-0.3, 0.0, 0.3])),
    st.tuples(st.just("lose"), st.lists(st.sampled_from(["request", "submit", "lookup", "report"]), max_size=3)),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("scramble"), st.integers(0, 2**16)),
    st.tuples(st.just("end"), st.sampled_from([S.CANCELED, S.EXPIRED])),
    st.tuples(st.just("stop passed"), st.none()),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("replace"), st.integers(1, WANTED)),
    st.tuples(st.just("cancel"), st.none()),
    st.tuples(st.just("halt"), st.none()),
    st.tuples(st.just("close"), st.none()),
)


class Chain:
    """One limit order of 100 and what becomes of it. `sign` is -1 for a short."""

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.world = World().ready(price=450.0 + 0.25 * sign)
        self.world.exchange.auto_fill = False
        side = Side.BUY if sign > 0 else Side.SELL
        self.world.place(WANTED, 450.0 - 9 * sign, side=side, limit=450.0)
        self.price = 450.0 + 0.25 * sign

    def happens(self, what: str, value: Any) -> None:
        world, exchange = self.world, self.world.exchange
        alive = [order for order in exchange.working("SPY") if order.order_type is OrderType.LIMIT]
        match what:
            case "wait":
                world.wait(value)
            case "quote":
                self.price += value * self.sign
                self.refresh()
            case "wait and quote":
                world.wait(59)
                self.price += value * self.sign
                self.refresh()
                world.wait(1)
            case "fill" if alive:
                order = alive[0]
                left = order.quantity - order.filled_quantity
                exchange.fill(order.broker_id, min(value, left), order.limit_price_e4)
            case "lose":
                exchange.lose = list(value)
            case "hold":
                world.delivery = not value
            case "scramble":
                box = exchange.outbox
                box += box[: value % 4]
                if value % 3 == 0:
                    box.reverse()
            case "end" if alive:
                exchange.end(alive[0].broker_id, value)
            case "stop passed":
                self.price = 450.0 - 9.1 * self.sign
                self.refresh()
            case "restart":
                world.delivery = True
                restart(world)
            case "replace" | "cancel":
                self._operator(what, value)
            case "halt":
                world.tell(HaltCommand(world.caller(), "tested"))
            case "close":
                world.close()
        if world.delivery:
            world.deliver()
        self.check()

    def _operator(self, what: str, value: Any) -> None:
        entries = self.world.orders(OrderRole.ENTRY)
        caller = self.world.caller()
        if what == "cancel":
            self.world.tell(CancelOrderCommand(caller, entries[-1].id))
        else:
            quantity = min(value, entries[-1].quantity)  # never more: what is wanted stays 100
            self.world.tell(ReplaceOrderCommand(caller, entries[-1].id, quantity, 4_500_500, True))

    def refresh(self) -> None:
        self.world.quote(self.price)
        self.world.snapshot()

    def check(self) -> None:
        """What holds at every moment."""
        exchange = self.world.exchange
        bought = [one for one in exchange.orders.values() if one.order_type is OrderType.LIMIT]
        assert sum(one.filled_quantity for one in bought) <= WANTED
        at_most = sum(one.filled_quantity if one.status.ended else one.quantity for one in bought)
        assert at_most <= WANTED, "what works could fill more than was wanted"
        assert len([one for one in bought if not one.status.ended]) <= 1
        assert len(exchange.submitted) == len(set(exchange.submitted))
        assert "POSITION_REVERSED" not in self.world.alerts()

    def rest(self) -> None:
        """No fault any more, and time for all that is under way."""
        self.world.delivery, self.world.exchange.lose, self.world.exchange.auto_fill = True, [], True
        self.world.deliver()
        for _ in range(40):
            self.refresh()
            self.world.wait(15)
            self.check()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([1, -1]), st.lists(happening, min_size=3, max_size=25))
def test_the_fills_of_a_chain_never_exceed_what_was_wanted_and_at_rest_every_share_is_guarded(
    sign: int, steps: list[tuple[str, Any]]
) -> None:
    chain = Chain(sign)
    for what, value in steps:
        chain.happens(what, value)
    chain.rest()
    world = chain.world
    event(f"{len(world.orders(OrderRole.ENTRY))} orders")
    position = world.position()
    event("flat" if position is None else "guarded")
    world.agree()
    assert world.engine.desk.book.chased == {}
    assert not world.live(OrderRole.ENTRY)
    stops = world.exchange.stops("SPY")
    if position is None:
        assert not stops
    else:
        assert [stop.quantity for stop in stops] == [abs(position.quantity)]
    sent = of(SubmitOrder, world.seen)
    assert all(effect.order.quantity > 0 for effect in sent)
    assert sold(world.exchange, "SPY") <= WANTED
    world.replay()


def test_a_chain_that_is_alive_at_the_close_ends_with_the_session() -> None:
    chain = Chain(1)
    chain.world.until(CLOSE_NS + HOUR_NS)
    chain.world.tell(ResumeCommand(chain.world.caller(), "tested"))
    assert chain.world.engine.desk.book.chased == {}
    assert not chain.world.exchange.working("SPY")
