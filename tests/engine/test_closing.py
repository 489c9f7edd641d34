"""`flatten_at_close`: nothing of ours is held overnight."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import sold
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, SESSIONS, World, of

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Side
from fluxherod.engine.commands import CancelOrderCommand
from fluxherod.engine.effects import AlertRaised, ReplyCode, TradeUpdated
from fluxherod.engine.events import CalendarLoaded

EXIT, ENTRY = OrderRole.EXIT, OrderRole.ENTRY
FIVE_MINUTES = 5 * MINUTE_NS


def trading(**settings: object) -> World:
    return World(symbols=("SPY", "QQQ"), flatten_before_close_ns=FIVE_MINUTES, **settings).ready()


def fresh(world: World) -> None:
    """Account and prices of this moment, as polling and the feed would have them."""
    world.snapshot()
    for symbol in ("SPY", "QQQ"):
        world.quote(450.0, symbol)


def test_entries_are_cancelled_and_positions_closed_at_the_market_in_time_and_told_once() -> None:
    world = trading(chase_after_ns=24 * 60 * MINUTE_NS)  # its limit entry works all day
    world.place(100, 443.0)
    world.place(10, 443.0, limit=449.0, symbol="QQQ")
    world.until(CLOSE_NS - FIVE_MINUTES - 1)
    assert world.position() is not None
    assert world.live(ENTRY, "QQQ")
    world.until(CLOSE_NS - FIVE_MINUTES)
    assert world.position() is None
    assert not world.live(ENTRY, "QQQ")
    (closed,) = [effect.trade for effect in of(TradeUpdated, world.seen) if effect.trade.closed]
    assert "before the close" in closed.exit_reason
    assert closed.closed_ns == CLOSE_NS - FIVE_MINUTES
    world.until(CLOSE_NS)
    assert world.alerts().count("FLATTEN_AT_CLOSE") == 1
    world.agree()
    world.replay()


def test_no_entry_goes_out_until_the_next_session() -> None:
    world = trading()
    world.until(CLOSE_NS - FIVE_MINUTES)
    fresh(world)
    assert "until the next session" in world.place(10, 443.0).text
    world.until(OPEN_NS + DAY_NS + MINUTE_NS)
    fresh(world)
    assert world.place(10, 443.0).code is ReplyCode.OK
    world.until(CLOSE_NS + DAY_NS - FIVE_MINUTES)
    assert world.position() is None
    assert world.alerts().count("FLATTEN_AT_CLOSE") == 2


def test_a_half_day_ends_early() -> None:
    world = trading()
    half = replace(SESSIONS[1], close_ns=OPEN_NS + 210 * MINUTE_NS)
    world.tell(CalendarLoaded((SESSIONS[0], half, *SESSIONS[2:])))
    world.place(100, 443.0)
    world.until(half.close_ns - FIVE_MINUTES - 1)
    assert world.position() is not None
    world.until(half.close_ns - FIVE_MINUTES)
    assert world.position() is None


def test_a_restart_just_before_the_close_closes_what_is_open_and_tells_nothing_twice() -> None:
    world = trading()
    world.place(100, 443.0)
    world.now_ns = CLOSE_NS - 2 * MINUTE_NS  # no process ran when the time came
    world.start(run=2)
    world.reference()
    world.connect()
    world.wait(5)
    assert world.position() is None
    world.start(run=3)
    world.reference()
    world.connect()
    world.until(CLOSE_NS)
    assert world.alerts().count("FLATTEN_AT_CLOSE") == 1
    assert sold(world.exchange, "SPY") == 100
    world.replay()


def test_what_fills_late_or_is_taken_back_is_closed_too() -> None:
    world = trading()
    world.place(100, 443.0)
    world.exchange.auto_fill = False
    world.until(CLOSE_NS - FIVE_MINUTES)
    (exit_order,) = world.live(EXIT)
    world.tell(CancelOrderCommand(world.caller(), exit_order.id))
    world.wait(3)
    (again,) = world.live(EXIT)
    assert again.id != exit_order.id
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100


def test_a_part_that_is_being_closed_becomes_all_of_it() -> None:
    world = trading()
    world.place(100, 443.0)
    world.exchange.auto_fill = False
    world.until(CLOSE_NS - FIVE_MINUTES - SECOND_NS)
    world.place(30, None, Side.SELL)
    world.exchange.auto_fill = True
    world.until(CLOSE_NS - FIVE_MINUTES)
    world.quote(450.0)
    world.wait(5)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 100


def test_without_it_positions_stay_overnight_and_no_deadline_is_set() -> None:
    world = World().ready()
    world.place(100, 443.0)
    assert world.engine.closing.next_due_ns() is None
    world.until(CLOSE_NS + HOUR_NS)
    assert world.position() is not None
    assert not [alert for alert in of(AlertRaised, world.seen) if alert.code == "FLATTEN_AT_CLOSE"]
