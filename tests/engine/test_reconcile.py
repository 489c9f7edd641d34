"""Our books against the broker's: what is adopted, what is flagged, and when nothing may be concluded."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import S
from engine.world import World, of

from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.types import BrokerOrder, BrokerPosition, OrderType, Side
from fluxherod.engine.effects import AlertRaised, LookupOrder
from fluxherod.engine.events import LookupAnswered, SubmitAnswered


def differing(world: World, **change: object) -> list[AlertRaised]:
    """A snapshot, some seconds on, that differs from what the exchange would say."""
    world.wait(5)
    return of(AlertRaised, world.tell(replace(world.exchange.snapshot(world.now_ns), **change)))


def holding() -> World:
    world = World().ready()
    world.place(100, 443.0)
    return world


def test_a_position_that_is_there_at_the_first_start_is_watched_counted_and_never_traded() -> None:
    world = World()
    world.exchange.position["SPY"] = 7
    world.exchange.price_e4["SPY"] = 4_000_000
    world.ready()
    assert world.engine.ledger.foreign == {"SPY": (7, 4_500_000)}
    assert world.alerts().count("POSITION_DIFFERENCE") == 1
    assert world.engine.ledger.held_e4 == 7 * 4_500_000
    assert "in SPY" in world.place(10, 443.0).text
    assert not world.exchange.submitted


def test_a_difference_counts_when_two_snapshots_in_a_row_show_it_and_is_told_once() -> None:
    world = holding()
    more = (BrokerPosition("SPY", 130, 4_500_000),)
    assert differing(world, positions=more) == []
    assert world.engine.ledger.foreign == {}
    (alert,) = differing(world, positions=more)
    assert alert.code == "POSITION_DIFFERENCE"
    assert "+30 shares" in alert.text
    assert differing(world, positions=more) == []
    assert world.engine.ledger.foreign == {"SPY": (30, 4_500_000)}
    differing(world)
    assert world.engine.ledger.foreign == {}
    differing(world, positions=more)
    assert len(differing(world, positions=more)) == 1


def test_two_snapshots_that_show_different_differences_count_as_none() -> None:
    world = holding()
    assert differing(world, positions=(BrokerPosition("SPY", 130, 4_500_000),)) == []
    assert differing(world, positions=(BrokerPosition("SPY", 120, 4_500_000),)) == []
    assert differing(world) == []


def test_a_position_closed_by_hand_leaves_equity_what_it_is() -> None:
    world = holding()
    equity_e4 = world.engine.ledger.equity_e4
    world.wait(60)  # after a fill cash alone says nothing for a minute: it may lag as the positions do
    world.exchange.position = {}
    world.exchange.cash_e4 += 100 * 4_500_000
    for _ in range(2):
        world.wait(5)
        world.snapshot()
    assert world.position() is None
    assert world.engine.ledger.foreign == {}
    assert world.engine.ledger.equity_e4 == equity_e4
    world.quote(449.0)
    assert world.engine.ledger.equity_e4 == equity_e4


def test_cash_that_moved_without_an_order_is_adopted_after_two_snapshots_and_told() -> None:
    world = World().ready()
    world.exchange.cash_e4 += 5_000_000
    assert differing(world) == []
    (alert,) = differing(world)
    assert alert.code == "CASH_ADOPTED"
    assert "$100,500.00" in alert.text
    assert world.engine.ledger.cash_e4 == world.exchange.cash_e4
    assert differing(world) == []


def test_nothing_is_concluded_while_an_order_is_on_its_way_or_has_just_moved() -> None:
    world = holding()
    asked = world.exchange.snapshot(world.now_ns)
    more = replace(asked, positions=(BrokerPosition("SPY", 130, 4_500_000),))
    world.tell(more, more, more)
    assert world.engine.reconciler.differences == {}
    world.exchange.auto_fill = False
    world.close()
    for _ in range(3):
        assert differing(world, positions=(BrokerPosition("SPY", 130, 4_500_000),)) == []


def test_an_order_that_is_not_ours_is_told_once_and_left_alone() -> None:
    world = World().ready()
    foreign = BrokerOrder("f1", "by-hand", "SPY", Side.BUY, OrderType.LIMIT, S.WORKING, 5, 0, 0, 4_000_000)
    world.exchange.orders["f1"] = foreign
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert world.alerts().count("FOREIGN_ORDER") == 1
    assert world.exchange.orders["f1"] == foreign


def test_a_fill_that_no_message_told_is_found_by_the_snapshot() -> None:
    world = holding()
    world.exchange.lose = ["report"]
    world.exchange.trade("SPY", 4_420_000)
    assert world.position() is not None
    world.snapshot()
    assert world.position() is None
    world.agree()


def test_an_order_that_the_broker_no_longer_lists_is_asked_for() -> None:
    world = holding()
    (stop,) = world.live(OrderRole.STOP)
    world.wait(5)
    effects = world.tell(replace(world.exchange.snapshot(world.now_ns), orders=()))
    assert of(LookupOrder, effects) == [LookupOrder(stop.parent_id)]


def test_an_order_that_the_broker_no_longer_knows_has_ended_and_the_shares_are_guarded_again() -> None:
    world = holding()
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    world.wait(3)
    (simple,) = world.live(OrderRole.STOP)
    world.wait(5)
    del world.exchange.orders[simple.broker_id]
    world.tell(LookupAnswered(simple.id, False))
    assert world.orders(OrderRole.STOP)[-1].state is OrderState.CANCELED
    world.wait(5)
    assert len(world.exchange.stops("SPY")) == 1


def test_a_stop_that_is_missing_is_placed_with_the_next_snapshot() -> None:
    world = holding()
    (leg,) = world.live(OrderRole.STOP)
    world.engine.desk.book.put(replace(leg, state=OrderState.CANCELED))
    world.exchange.end(leg.broker_id, S.CANCELED, tell=False)
    world.snapshot()
    assert len(world.exchange.stops("SPY")) == 1


def test_a_leg_that_is_listed_before_its_entry_is_known_is_no_foreign_order() -> None:
    world = World().ready()
    world.exchange.lose = ["submit", "lookup"]
    world.delivery = False
    world.place(100, 443.0)
    answer = next(event for event in world.exchange.outbox if isinstance(event, SubmitAnswered))
    world.exchange.outbox = []
    world.tell(answer)
    world.exchange.outbox = []
    for _ in range(3):
        whole = world.exchange.snapshot(world.now_ns)
        (entry,) = whole.orders
        apart = replace(whole, orders=(*entry.legs, replace(entry, legs=())))  # a filled entry nests no leg
        world.tell(apart)
        world.exchange.outbox = []
        world.now_ns += 1_000_000_000
    assert "FOREIGN_ORDER" not in world.alerts()
    world.delivery = True
    world.tell(LookupAnswered(world.orders(OrderRole.ENTRY)[0].id, True, entry))
    assert len(world.live(OrderRole.STOP)) == 1
    assert "FOREIGN_ORDER" not in world.alerts()
