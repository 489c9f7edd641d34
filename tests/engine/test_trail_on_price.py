"""`trail_on = "price"`: the stop follows each price; between two bars the daemon watches the tighter one itself."""

from __future__ import annotations

from engine.test_strategist import drive
from engine.world import CLOSE_NS, OPEN_NS, World, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.portfolio import Trade
from fluxherod.core.strategy.stops import trail
from fluxherod.engine.effects import CancelOrder, ReplaceOrder, SubmitOrder, TradeUpdated


def trending(slope: float = 0.1, trail_on: str = "price") -> World:
    """A trend position that has just been opened and is guarded."""
    world = World(trail_on=trail_on).ready(history=200)
    assert drive(world, slope).outcome == "ordered"
    world.wait(1)
    assert world.position() is not None
    return world


def test_a_price_tightens_the_stop_that_the_daemon_watches_and_leaves_the_brokers_alone() -> None:
    world = trending()
    held = world.position()
    effects = world.quote(held.price_e4 / 10_000 + 2.0)
    moved = world.position()
    assert moved.best_e4 == held.price_e4 + 20_000
    assert moved.stop_e4 == held.stop_e4
    assert moved.watched_stop_e4 == trail(1, held.stop_e4, moved.best_e4, held.atr, 2.5)
    assert moved.watched_stop_e4 > held.stop_e4
    assert not of(ReplaceOrder, effects)
    assert not of(CancelOrder, effects)


def test_the_end_of_the_bar_moves_the_brokers_stop_to_where_the_price_has_brought_it() -> None:
    world = trending()
    number = (world.now_ns - OPEN_NS) // MINUTE_NS
    price = world.position().price_e4 / 10_000
    world.quote(price + 2.0)
    watched = world.position().watched_stop_e4
    world.minute(number, price + 1.9, 5_000, span=0.02)  # the bar's own high lies below the best price
    moved = world.position()
    assert (moved.stop_e4, moved.watched_stop_e4) == (watched, None)
    (stop,) = world.live(OrderRole.STOP)
    assert stop.stop_price_e4 == watched


def test_a_price_through_the_watched_stop_is_sold_at_once() -> None:
    world = trending()
    price = world.position().price_e4 / 10_000
    world.quote(price + 2.0)
    watched = world.position().watched_stop_e4
    world.quote(watched / 10_000 + 0.01)
    assert not world.position().exit_reason
    world.quote(watched / 10_000)
    world.wait(1)
    assert world.position() is None
    (trade,) = {t.id: t for t in trades(world)}.values()
    assert trade.exit_reason == f"stop ${watched / 10_000:,.2f} hit (watched by the daemon)"
    world.agree()
    world.replay()


def trades(world: World) -> list[Trade]:
    return [effect.trade for effect in of(TradeUpdated, world.seen) if effect.trade.closed]


def test_by_default_only_a_bar_moves_the_stop() -> None:
    world = trending(trail_on="bar")
    held = world.position()
    world.quote(held.price_e4 / 10_000 + 2.0)
    assert (world.position().best_e4, world.position().watched_stop_e4) == (held.best_e4, None)


@given(moves=st.lists(st.floats(-0.05, 0.3), min_size=1, max_size=30), slope=st.sampled_from([0.1, -0.1]))
@settings(max_examples=20, deadline=None)
def test_the_tightest_stop_never_loosens_whatever_the_price_does(moves: list[float], slope: float) -> None:
    world = trending(slope)
    side = 1 if slope > 0 else -1
    price, tightest = world.position().price_e4 / 10_000, world.position().tightest_stop_e4
    for move in moves:
        price += side * move
        world.now_ns += SECOND_NS // 10
        world.quote(round(price, 2))
        held = world.position()
        if held is None:
            break
        assert (held.tightest_stop_e4 - tightest) * side >= 0
        tightest = held.tightest_stop_e4
    assert of(SubmitOrder, world.seen)
    world.replay()


def test_a_price_outside_the_session_moves_no_stop() -> None:
    world = trending()
    price = world.position().price_e4 / 10_000
    world.until(CLOSE_NS + MINUTE_NS)
    held = world.position()
    world.quote(price + 6.0)
    assert (world.position().best_e4, world.position().watched_stop_e4) == (held.best_e4, held.watched_stop_e4)
