"""Random sessions with faults: books that agree, no share sold twice, and a replay that is the same."""

from __future__ import annotations

import random

import pytest
from engine.exchange import S
from engine.world import OPEN_NS, World, bar
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import HaltCommand
from fluxherod.engine.effects import (
    SubmitOrder,
)
from fluxherod.engine.events import BackfillLoaded, BarsReceived, LinkChanged


def random_session(seed: int, symbols: tuple[str, ...] = ("SPY", "QQQ")) -> World:
    """A session of random prices, orders by hand, lost, repeated and reordered messages, drops and restarts."""
    chance = random.Random(seed)
    world = World(symbols).ready(history=120)
    prices = dict.fromkeys(symbols, 450.0)
    for number in range(60):
        world.until(OPEN_NS + (number + 1) * MINUTE_NS)
        world.exchange.lose = chance.choices(["request", "submit", "lookup", "report"], k=chance.choice((0, 0, 1, 2)))
        world.exchange.auto_fill = chance.random() < 0.8
        for symbol in symbols:
            prices[symbol] *= 1 + chance.gauss(0, 0.004)
            _quote(world, chance, prices[symbol], symbol)
            world.tell(BarsReceived((bar(number, prices[symbol], chance.choice((500, 4_000)), symbol, 1.0),)))
        _operator(world, chance, prices)
        _mishap(world, chance)
        world.snapshot()
        world.wait(chance.choice((2, 5, 30)))
    return world


def _quote(world: World, chance: random.Random, price: float, symbol: str) -> None:
    world.delivery = False
    world.quote(price, symbol)
    box = world.exchange.outbox
    box += [event for event in box if chance.random() < 0.2]
    if chance.random() < 0.3:
        chance.shuffle(box)
    world.delivery = True
    world.deliver()


def _operator(world: World, chance: random.Random, prices: dict[str, float]) -> None:
    symbol = chance.choice(list(prices))
    match chance.randrange(8):
        case 0:
            world.place(chance.randint(1, 40), prices[symbol] * 0.99, symbol=symbol, accept_adjusted=True)
        case 1:
            world.place(chance.randint(1, 40), prices[symbol] * 1.01, Side.SELL, symbol=symbol, accept_adjusted=True)
        case 2:
            world.close(symbol)
        case 3:
            world.place(chance.randint(1, 20), None, chance.choice(list(Side)), symbol=symbol)


def _mishap(world: World, chance: random.Random) -> None:
    alive = [order for order in world.exchange.orders.values() if order.status in (S.ACCEPTED, S.WORKING)]
    match chance.randrange(10):
        case 0 if alive:
            world.exchange.end(chance.choice(alive).broker_id, chance.choice((S.CANCELED, S.EXPIRED)))
            world.deliver()
        case 1 if alive:
            order = chance.choice(alive)
            if order.quantity - order.filled_quantity > 1 and order.order_type is OrderType.MARKET:
                world.exchange.fill(order.broker_id, 1, world.exchange.price_e4[order.symbol])
                world.deliver()
        case 2:
            world.tell(LinkChanged("market", False, "reset"), LinkChanged("market", True))
            through_ns = world.now_ns - world.now_ns % MINUTE_NS
            world.tell(BackfillLoaded(world.settings.symbols, (), OPEN_NS, through_ns))
        case 3:
            world.start(run=world.engine.run + 1)
            world.reference()
            world.connect()


@pytest.mark.parametrize("seed", range(12))
def test_a_random_session_ends_with_equal_books_and_its_replay_is_the_same_byte_for_byte(seed: int) -> None:
    world = random_session(seed)
    world.exchange.lose, world.exchange.auto_fill = [], True
    world.tell(HaltCommand(world.caller(), "the end"))
    for number in range(16):
        if number == 4:
            for symbol in world.settings.symbols:
                world.close(symbol)
        world.snapshot()
        for symbol in world.settings.symbols:
            world.quote(world.exchange.price_e4[symbol] / 10_000, symbol)
        world.wait(30)
    assert world.engine.ledger.positions == {}
    assert not any(world.exchange.position.values())
    assert world.engine.ledger.cash_e4 == world.exchange.cash_e4
    assert "POSITION_REVERSED" not in world.alerts()
    assert not [order for order in world.exchange.orders.values() if not order.status.ended]
    world.replay()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_while_a_random_session_runs_no_shares_are_sold_twice(seed: int) -> None:
    world = random_session(seed, ("SPY",))
    assert "POSITION_REVERSED" not in world.alerts()
    assert len(world.exchange.submitted) == len(set(world.exchange.submitted))


def test_every_order_that_leaves_was_recorded_first() -> None:
    world = random_session(3)
    recorded: set[str] = set()
    for effect in world.seen:
        if isinstance(effect, SubmitOrder):
            assert effect.order.id in recorded
        elif hasattr(effect, "order") and hasattr(effect, "event"):
            recorded.add(effect.order.id)
