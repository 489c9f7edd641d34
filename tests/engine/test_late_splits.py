"""A split that the data host tells of only when the symbol trades at its new price: no false stop, no false history."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.test_splits import EX_OPEN_NS, answer, broker_splits, open_at, owner
from engine.world import World, bar, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.splits import Split, adjusted_bars
from fluxherod.core.types import Mode
from fluxherod.engine.effects import RequestHistory, SignalUpdated
from fluxherod.engine.events import BarsReceived, HistoryLoaded, SplitsLoaded

REVERSE = Split("SPY", "2024-01-03", 1, 10)
ATR = 2.0
FORWARD = Split("SPY", "2024-01-03", 7, 1)


def unaware(quantity: int = 100, stop: float = 440.5, trend: bool = False) -> World:
    """Held over a night in which the broker splits the shares, and nobody has announced it."""
    world = owner(quantity=quantity, stop=stop)
    world.engine.splits.take(SplitsLoaded(()), world.now_ns, [])
    if trend:
        best_e4 = 4_500_000
        position = replace(world.position(), mode=Mode.TREND, atr=ATR, best_e4=best_e4)
        world.engine.ledger.positions["SPY"] = position
    world.journal.clear()
    return world


def trade_at(world: World, price: float, minutes: int = 3, first: int = 0) -> None:
    """Minutes of the ex-date at the new price."""
    for number in range(first, first + minutes):
        start_ns = EX_OPEN_NS + number * MINUTE_NS
        world.until(start_ns + MINUTE_NS)
        world.quote(price)
        world.tell(BarsReceived((replace(bar(0, price, span=price / 5_000), start_ns=start_ns),)))
        world.snapshot()
        world.wait(2)


def reload(world: World, split: Split, price: float) -> None:
    """The history that the cold book asks for, as REST has it by now: all of it in new units."""
    day = tuple(bar(number, 450.0) for number in range(3))
    today = tuple(replace(bar(0, price), start_ns=EX_OPEN_NS + number * MINUTE_NS) for number in range(3))
    world.tell(HistoryLoaded("SPY", adjusted_bars((*day, *today), split), EX_OPEN_NS + 3 * MINUTE_NS))
    world.connect()


def closes(world: World) -> list[float]:
    return [closed.bar.close for closed in world.engine.market.books["SPY"].closed]


@pytest.mark.parametrize("trend", [False, True])
@pytest.mark.parametrize(
    ("split", "quantity", "stop", "price"), [(REVERSE, 100, 440.5, 4_500.0), (FORWARD, -100, 459.5, 64.29)]
)
def test_a_held_position_is_converted_once_and_nothing_is_stopped_out(
    split: Split, quantity: int, stop: float, price: float, trend: bool
) -> None:
    world = unaware(quantity, stop, trend)
    broker_splits(world, split)
    open_at(world, price)
    trade_at(world, price)
    # Until then it is told: the broker has other shares, or does not take a stop for ours.
    assert set(world.alerts()) & {"STOP_REFUSED", "POSITION_DIFFERENCE"}
    effects = answer(world, split)
    assert of(RequestHistory, effects)[0].symbols == ("SPY",)
    reload(world, split, price)
    trade_at(world, price, first=3)
    position = world.position()
    assert position is not None
    assert (position.quantity, position.price_e4) == (split.shares(quantity), round(price * 10_000))
    distance = abs(position.stop_e4 - position.price_e4) / position.price_e4
    assert distance == pytest.approx(2.5 * ATR / 450 if trend else abs(stop - 450) / 450, abs=0.0005)
    assert closes(world) == pytest.approx([price] * len(closes(world)), rel=0.001)
    (guarding,) = world.exchange.stops("SPY")
    assert (guarding.quantity, guarding.stop_price_e4) == (abs(position.quantity), position.stop_e4)
    assert world.orders(OrderRole.EXIT) == []
    assert not of(SignalUpdated, world.seen)
    assert world.engine.ledger.foreign == {}
    world.agree()


@pytest.mark.parametrize(("split", "price"), [(REVERSE, 4_500.0), (FORWARD, 64.29)])
def test_a_symbol_that_is_not_held_has_its_history_in_new_units_and_fires_nothing(split: Split, price: float) -> None:
    world = World().ready(history=100)
    for number in range(3):
        world.minute(number, 450.0)
    world.until(EX_OPEN_NS)
    trade_at(world, price)
    answer(world, split)
    assert world.engine.market.books["SPY"].price_e4 == round(price * 10_000)
    reload(world, split, price)
    trade_at(world, price, first=3)
    assert closes(world) == pytest.approx([price] * len(closes(world)), rel=0.001)
    assert world.orders(OrderRole.ENTRY) == []


def test_what_is_quoted_after_a_start_on_another_day_stops_nothing_out_while_nobody_knows_of_splits() -> None:
    world = unaware()
    broker_splits(world)
    world.now_ns = EX_OPEN_NS + MINUTE_NS
    world.start(run=2)
    world.quote(64.29)
    world.wait(10)
    assert world.orders(OrderRole.EXIT) == []
    answer(world, FORWARD)
    assert (world.position().quantity, world.position().stop_e4) == (700, 629_200)
    world.quote(64.29)
    world.wait(10)
    assert world.orders(OrderRole.EXIT) == []
