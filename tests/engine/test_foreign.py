"""Shares and orders at the broker that are not ours: watched, guarded or a reason to halt; ids of ours that we lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import WASH, S, sold
from engine.world import CLOSE_NS, DAY_NS, EPOCH, OPEN_NS, SESSIONS, World, of

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.approve import NotApproved, approve_foreign_stop
from fluxherod.core.splits import Split
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.commands import CancelOrderCommand, FlattenCommand, ResumeCommand
from fluxherod.engine.effects import AlertRaised, ReplyCode, SubmitOrder
from fluxherod.engine.events import CalendarLoaded, SplitsLoaded, Started
from fluxherod.engine.orders import drafts

FOREIGN_STOP = OrderRole.FOREIGN_STOP
SPLIT = Split("SPY", "2024-01-03", 7, 1)


def polled(world: World, times: int = 3) -> None:
    for _ in range(times):
        world.wait(5)
        world.snapshot()


def with_foreign(policy: str, quantity: int = 30, price: float = 450.0) -> World:
    world = World(foreign_positions=policy)
    world.exchange.position["SPY"] = quantity
    world.exchange.price_e4["SPY"] = round(price * 10_000)
    return world.ready(price=price)


def stops(world: World) -> list[tuple[Side, int, int | None]]:
    return [(stop.side, stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")]


def test_watch_sends_nothing() -> None:
    world = with_foreign("watch")
    polled(world)
    assert not of(SubmitOrder, world.seen)
    assert "POSITION_DIFFERENCE" in world.alerts()
    assert "SPY" in world.place(10, 443.0).text


@pytest.mark.parametrize(
    ("quantity", "guarded"), [(30, (Side.SELL, 30, 4_365_000)), (-30, (Side.BUY, 30, 4_635_000))], ids=["long", "short"]
)
def test_protect_guards_them_by_one_stop_from_the_price_at_first_sight(
    quantity: int, guarded: tuple[Side, int, int]
) -> None:
    world = with_foreign("protect", quantity)
    polled(world)
    assert stops(world) == [guarded]
    world.quote(460.0 if quantity > 0 else 440.0)
    polled(world)
    assert stops(world) == [guarded]  # it does not trail
    assert len(of(SubmitOrder, world.seen)) == 1
    assert world.place(10, 443.0).code is ReplyCode.RISK_REJECTED
    (order,) = world.live(FOREIGN_STOP)
    assert order.id.split("-")[-1] == "f1"
    assert world.tell(CancelOrderCommand(world.caller(), order.id))[-1].code is ReplyCode.ORDER_NOT_CANCELABLE
    world.replay()


def test_their_stop_is_kept_in_size_and_goes_with_them() -> None:
    world = with_foreign("protect")
    world.exchange.position["SPY"] = 50
    polled(world)
    assert stops(world) == [(Side.SELL, 50, 4_365_000)]
    world.exchange.position["SPY"] = 20
    polled(world)
    assert stops(world) == [(Side.SELL, 20, 4_365_000)]
    world.exchange.position = {}
    polled(world)
    assert stops(world) == []
    world.exchange.position["SPY"] = 20  # a new first sight
    world.quote(400.0)
    polled(world)
    assert stops(world) == [(Side.SELL, 20, 3_880_000)]
    world.replay()


def test_a_stop_that_fills_closes_them_and_cash_agrees() -> None:
    world = with_foreign("protect")
    polled(world)
    world.quote(436.0)
    polled(world)
    assert world.engine.ledger.foreign == {}
    assert world.position() is None
    assert not {"CASH_ADOPTED", "POSITION_REVERSED"} & set(world.alerts())
    world.agree()


def test_a_stop_of_somebody_else_means_no_second_one_and_a_part_of_one_only_the_rest() -> None:
    world = World(foreign_positions="protect")
    other = BrokerOrder("o1", "theirs", "SPY", Side.SELL, OrderType.STOP, S.WORKING, 30, 0, 0, None, 4_000_000)
    world.exchange.orders["o1"] = other
    world.exchange.position["SPY"] = 30
    world.ready()
    polled(world)
    assert not world.orders(FOREIGN_STOP)
    world.exchange.orders["o1"] = replace(other, quantity=10)
    polled(world)
    assert [order.quantity for order in world.live(FOREIGN_STOP)] == [20]
    assert not world.exchange.orders["o1"].status.ended


def test_beside_a_position_of_ours_each_has_its_own_stop() -> None:
    world = World(foreign_positions="protect").ready()
    world.place(100, 443.0)
    world.exchange.position["SPY"] = 130
    world.exchange.cash_e4 -= 30 * 4_500_000
    polled(world)
    assert sorted(stops(world)) == [(Side.SELL, 30, 4_365_000), (Side.SELL, 100, 4_430_000)]
    world.close()
    polled(world)
    assert world.position() is None
    assert world.exchange.position["SPY"] == 30
    assert stops(world) == [(Side.SELL, 30, 4_365_000)]
    world.replay()


def test_a_flatten_that_crosses_the_fill_of_their_stop_opens_no_short() -> None:
    world = with_foreign("protect", 50)
    polled(world)
    (stop,) = world.exchange.stops("SPY")
    world.delivery = False
    world.exchange.price_e4["SPY"] = 4_360_000
    world.exchange.fill(stop.broker_id, 50, 4_360_000)  # its report is under way
    world.exchange.outbox, late = [], world.exchange.outbox
    world.tell(FlattenCommand(world.caller(), "enough", include_foreign=True))
    world.exchange.outbox = late + world.exchange.outbox
    world.delivery = True
    world.deliver()
    polled(world, 10)
    assert {order.role for order in world.engine.desk.orders.values()} == {FOREIGN_STOP}
    assert world.exchange.position["SPY"] == 0
    assert (world.position(), world.engine.ledger.foreign) == (None, {})
    world.agree()
    world.replay()


def test_while_the_end_of_their_stop_is_not_heard_of_nothing_else_sells_them() -> None:
    world = with_foreign("protect", 50)
    polled(world)
    world.exchange.lose = ["request"] * 3  # the cancel, and what repeats it, never arrive
    world.tell(FlattenCommand(world.caller(), "enough", include_foreign=True))
    polled(world, 2)
    assert {order.role for order in world.engine.desk.orders.values()} == {FOREIGN_STOP}
    world.wait(120)
    polled(world)
    assert sold(world.exchange, "SPY") == 50
    assert world.exchange.position["SPY"] == 0
    world.agree()
    world.replay()


def test_a_flatten_leaves_what_others_hold_and_sells_ours_at_once_and_theirs_when_they_get_free() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.exchange.position["SPY"] += 50
    world.exchange.cash_e4 -= 50 * 4_500_000
    other = BrokerOrder("o1", "theirs", "SPY", Side.SELL, OrderType.LIMIT, S.WORKING, 40, 0, 0, 5_000_000, None)
    world.exchange.orders["o1"] = other
    polled(world)
    world.tell(FlattenCommand(world.caller(), "enough", include_foreign=True))
    assert sold(world.exchange, "SPY") == 100
    polled(world, 10)
    assert sold(world.exchange, "SPY") == 110
    assert (world.position(), world.engine.ledger.foreign["SPY"][0]) == (None, 40)
    assert not world.exchange.orders["o1"].status.ended
    assert world.alerts().count("FOREIGN_SHARES_HELD") == 1
    assert not {"ORDER_ENDED_BY_BROKER", "STOP_REFUSED", "FLATTEN_CLOSED"} & set(world.alerts())
    world.exchange.end("o1", S.CANCELED)
    world.deliver()
    polled(world, 5)
    assert sold(world.exchange, "SPY") == 150
    assert world.alerts().count("FLATTEN_CLOSED") == 1
    world.agree()
    world.replay()


def test_a_resume_ends_the_closing_and_guards_what_is_left_again() -> None:
    world = with_foreign("protect")
    other = BrokerOrder("o1", "theirs", "SPY", Side.SELL, OrderType.LIMIT, S.WORKING, 30, 0, 0, 5_000_000, None)
    world.exchange.orders["o1"] = other
    polled(world)
    world.tell(FlattenCommand(world.caller(), "enough", include_foreign=True))
    polled(world, 3)
    world.tell(ResumeCommand(world.caller(), "go on"))
    world.exchange.end("o1", S.CANCELED)
    world.deliver()
    polled(world, 3)
    assert stops(world) == [(Side.SELL, 30, 4_365_000)]
    assert sold(world.exchange, "SPY") == 0
    world.replay()


def on_the_eve_of_a_split() -> World:
    """Guarded by a stop at the price of before, in the evening before a 7:1 split."""
    world = with_foreign("protect", 100)
    world.tell(SplitsLoaded((SPLIT,)))
    polled(world)
    assert stops(world) == [(Side.SELL, 100, 4_365_000)]
    world.exchange.open = False
    world.until(CLOSE_NS + HOUR_NS)
    world.snapshot()
    return world


def test_a_split_adjusts_them_and_their_stop_so_that_the_open_sells_nothing() -> None:
    world = on_the_eve_of_a_split()
    world.exchange.position["SPY"] = 700
    world.exchange.price_e4["SPY"] = SPLIT.price_e4(4_500_000)
    polled(world, 5)
    assert stops(world) == [(Side.SELL, 100, 4_365_000)]  # nothing is moved before it is applied
    world.until(OPEN_NS + DAY_NS - 30 * MINUTE_NS)
    world.tell(SplitsLoaded((SPLIT,)), CalendarLoaded(SESSIONS))
    assert world.engine.ledger.foreign["SPY"] == (700, 642_857)
    polled(world, 5)
    assert stops(world) == [(Side.SELL, 700, 623_500)]
    world.until(OPEN_NS + DAY_NS)
    world.exchange.open = True
    world.quote(450 / 7)
    polled(world)
    assert stops(world) == [(Side.SELL, 700, 623_500)]
    assert sold(world.exchange, "SPY") == 0
    assert world.exchange.position["SPY"] == 700
    world.replay()


def test_a_broker_that_splits_at_the_open_only_is_waited_for() -> None:
    world = on_the_eve_of_a_split()
    world.until(OPEN_NS + DAY_NS - 30 * MINUTE_NS)
    world.tell(SplitsLoaded((SPLIT,)), CalendarLoaded(SESSIONS))
    polled(world, 5)
    assert world.engine.ledger.foreign["SPY"] == (700, 642_857)
    assert stops(world) == []
    world.exchange.position["SPY"] = 700
    world.exchange.price_e4["SPY"] = SPLIT.price_e4(4_500_000)
    polled(world)
    assert stops(world) == [(Side.SELL, 700, 623_500)]
    world.replay()


def test_splits_are_asked_for_symbols_that_are_not_followed_but_guarded() -> None:
    world = World(foreign_positions="protect")
    world.exchange.position["QQQ"] = 30
    world.exchange.price_e4["QQQ"] = 4_000_000
    world.ready()
    polled(world)
    assert world.engine.splits.symbols == ("SPY", "QQQ")
    assert len(world.exchange.stops("QQQ")) == 1
    world.replay()


def test_a_refused_stop_is_told_and_placed_later() -> None:
    world = World(foreign_positions="protect")
    world.exchange.position["SPY"] = 30
    world.exchange.price_e4["SPY"] = 4_500_000
    world.exchange.refuse = [WASH]
    world.ready()
    assert "STOP_REFUSED" in world.alerts()
    polled(world)
    assert stops(world) == [(Side.SELL, 30, 4_365_000)]


def test_a_restart_keeps_the_price_of_the_first_sight_and_another_policy_ends_the_stop() -> None:
    world = with_foreign("protect")
    polled(world)
    world.quote(440.0)
    world.start(run=2)
    world.reference()
    world.connect()
    polled(world)
    assert stops(world) == [(Side.SELL, 30, 4_365_000)]
    world.tell(Started(EPOCH, 3, "test", replace(world.settings, foreign_positions="watch")))
    world.reference()
    world.connect()
    polled(world)
    assert stops(world) == []
    world.replay()


def test_halt_halts_trading_once_for_each_such_position() -> None:
    world = with_foreign("halt")
    assert "+30 SPY at the broker are not ours" in world.engine.blocked(world.now_ns)
    world.tell(ResumeCommand(world.caller(), "seen"))
    polled(world)
    world.start(run=2)
    world.reference()
    world.connect()
    polled(world)
    assert world.engine.blocked(world.now_ns) == ""
    world.exchange.position["SPY"] = 31
    polled(world)
    assert "+31 SPY" in world.engine.blocked(world.now_ns)
    assert not of(SubmitOrder, world.seen)
    world.replay()


@pytest.mark.parametrize(
    ("held", "change"),
    [
        (30, {"quantity": 31}),
        (30, {"side": Side.BUY}),
        (-30, {}),
        (0, {}),
        (30, {"role": OrderRole.ENTRY}),
        (30, {"stop_price_e4": None}),
        (30, {"quantity": 0}),
    ],
)
def test_a_stop_that_would_not_only_reduce_them_is_not_approved(held: int, change: dict[str, object]) -> None:
    order = drafts.foreign_stop("f", "SPY", Side.SELL, 30, 4_365_000, 1)
    assert approve_foreign_stop(order, 30).quantity == 30
    with pytest.raises(NotApproved):
        approve_foreign_stop(replace(order, **change), held)


@pytest.mark.parametrize(("epoch", "why"), [(EPOCH[:8], "a restored backup"), ("99999999", "another journal")])
def test_an_order_with_an_id_of_ours_that_no_journal_has_freezes_its_symbol_until_it_is_gone(
    epoch: str, why: str
) -> None:
    world = World(symbols=("SPY", "QQQ")).ready()
    lost = BrokerOrder(
        "l1", f"fh-{epoch}-SPY-20240102143000-e1", "SPY", Side.BUY, OrderType.LIMIT, S.WORKING, 5, 0, 0, 4_000_000
    )
    world.ready()  # in the first snapshot of a first start it would halt trading, see test_starts.py
    world.exchange.orders["l1"] = lost
    world.snapshot()
    (alert,) = [alert for alert in of(AlertRaised, world.seen) if alert.code == "ORDER_NOT_IN_JOURNAL"]
    assert why in alert.text
    assert "not in our books" in world.place(10, 443.0).text
    assert world.place(10, 443.0, symbol="QQQ").code is ReplyCode.OK
    assert "FOREIGN_ORDER" not in world.alerts()
    world.exchange.end("l1", S.CANCELED)
    world.deliver()
    polled(world)
    assert world.place(10, 443.0).code is ReplyCode.OK
    world.replay()


def test_an_operator_who_resumes_has_seen_such_orders() -> None:
    world = World().ready()
    world.exchange.orders["l1"] = BrokerOrder(
        "l1", "fh-99999999-SPY-20240102143000-e1", "SPY", Side.SELL, OrderType.LIMIT, S.WORKING, 5, 0, 0, 9_000_000
    )
    polled(world)
    assert world.place(10, 443.0).code is ReplyCode.RISK_REJECTED
    world.tell(ResumeCommand(world.caller(), "it is known"))
    polled(world)
    world.start(run=2)
    world.reference()
    world.connect()
    assert "not in our books" not in world.place(10, 443.0).text
    assert not world.exchange.orders["l1"].status.ended
