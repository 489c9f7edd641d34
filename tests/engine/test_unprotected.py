"""Shares without a working stop at the broker: each second of the session is counted and has its cause."""

from __future__ import annotations

from dataclasses import replace

from engine.exchange import WASH, S
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.types import Side
from fluxherod.engine.effects import AlertRaised
from fluxherod.engine.orders.unprotected import Span


def holding() -> World:
    world = World().ready()
    world.place(100, 443.0)
    return world


def spans(world: World) -> list[tuple[str, int, float]]:
    now_ns = world.now_ns
    return [
        (span.cause, span.shares, ((span.end_ns or now_ns) - span.start_ns) / SECOND_NS)
        for span in world.engine.unprotected.spans(now_ns)
    ]


def seconds(world: World) -> float:
    return world.engine.unprotected.share_seconds(world.now_ns)


def test_a_position_whose_leg_works_from_its_fill_on_counts_nothing() -> None:
    world = holding()
    world.wait(600)
    assert spans(world) == []
    assert world.engine.unprotected.shares == 0


def test_a_stop_that_ends_at_the_broker_counts_until_the_next_one_works() -> None:
    world = holding()
    world.wait(1)
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    assert world.engine.unprotected.shares == 100
    world.wait(10)
    assert spans(world) == [("the stop has ended at the broker", 100, 2.0)]
    assert seconds(world) == 200
    assert world.engine.unprotected.shares == 0
    world.replay()


def test_a_refused_stop_counts_with_its_cause_and_is_told_after_five_seconds_once() -> None:
    world = holding()
    world.wait(1)
    start_ns = world.now_ns
    world.exchange.refuse = [WASH, WASH]
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    world.until(start_ns + 5 * SECOND_NS - 1)
    assert "UNPROTECTED_SHARES" not in world.alerts()
    world.until(start_ns + 5 * SECOND_NS)
    (alert,) = [alert for alert in of(AlertRaised, world.seen) if alert.code == "UNPROTECTED_SHARES"]
    assert "the broker refused the stop" in alert.text
    world.wait(30)
    assert world.alerts().count("UNPROTECTED_SHARES") == 1
    assert [cause for cause, *_ in spans(world)] == ["the stop has ended at the broker", "the broker refused the stop"]
    total = sum(length for *_, length in spans(world))
    assert seconds(world) == 100 * total
    assert world.engine.unprotected.shares == 0
    world.replay()


def test_the_way_out_counts_step_by_step() -> None:
    world = holding()
    world.wait(1)
    world.delivery = False
    world.close()
    world.now_ns += SECOND_NS
    world.delivery = True
    world.exchange.auto_fill = False
    world.deliver()
    world.now_ns += SECOND_NS
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert spans(world) == [
        ("the stop's cancel is awaited for the exit", 100, 1.0),
        ("being sold at the market", 100, 1.0),
    ]
    assert world.position() is None


def test_a_stop_that_fills_in_part_counts_from_the_cancel_with_which_the_daemon_takes_over() -> None:
    """The price has been through it for five seconds, to the nanosecond: the rest is guarded no longer."""
    world = holding()
    world.wait(1)
    world.exchange.auto_fill = False
    world.exchange.fill(world.exchange.stops("SPY")[0].broker_id, 60, 4_430_000)
    world.quote(442.9)
    passed_ns = world.now_ns
    world.until(passed_ns + 5 * SECOND_NS - 1)
    assert spans(world) == []
    world.delivery = False  # the cancel takes 13 seconds
    world.until(passed_ns + 18 * SECOND_NS)
    world.delivery = True
    world.deliver()
    world.wait(20)
    world.exchange.auto_fill = True
    world.quote(442.9)
    assert spans(world) == [
        ("the stop's cancel is awaited for the exit", 40, 13.0),
        ("being sold at the market", 40, 20.0),
    ]
    (first, _) = world.engine.unprotected.spans(world.now_ns)
    assert first.start_ns == passed_ns + 5 * SECOND_NS
    assert world.position() is None
    world.replay()


def test_a_part_filled_entry_counts_its_shares_and_a_chase_is_not_told() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0, limit=450.0)
    (entry,) = world.exchange.working("SPY")
    for shares in (30, 20):
        world.exchange.fill(entry.broker_id, shares, 4_500_000)
        world.deliver()
        world.wait(10)
    assert spans(world) == [
        ("entry partly filled, being chased", 30, 10.0),
        ("entry partly filled, being chased", 50, 10.0),
    ]
    assert seconds(world) == 800
    assert "UNPROTECTED_SHARES" not in world.alerts()


def test_a_market_entry_that_stays_partly_filled_is_told() -> None:
    world = World().ready()
    world.exchange.auto_fill = False
    world.place(100, 443.0)
    (entry,) = world.exchange.working("SPY")
    world.exchange.fill(entry.broker_id, 30, 4_500_000)
    world.deliver()
    world.wait(6)
    assert "UNPROTECTED_SHARES" in world.alerts()


def test_a_move_of_the_stop_without_an_answer_counts_until_the_broker_has_said_which_one_works() -> None:
    world = holding()
    world.trail(444.0)
    assert spans(world) == []
    world.exchange.lose = ["request"]
    world.wait(1)
    world.trail(445.0)
    world.wait(70)
    assert spans(world) == [("the stop has no answer yet", 100, 60.0)]
    assert world.alerts().count("UNPROTECTED_SHARES") == 1
    assert world.exchange.stops("SPY")[0].stop_price_e4 == 4_450_000
    assert world.engine.unprotected.shares == 0


def test_only_the_regular_session_counts() -> None:
    world = holding()
    world.until(CLOSE_NS - SECOND_NS)
    world.exchange.open = False
    world.exchange.refuse = [WASH] * 1_000
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    world.until(CLOSE_NS + 3_600 * SECOND_NS)
    assert seconds(world) == 100
    assert "UNPROTECTED_SHARES" not in world.alerts()
    world.until(OPEN_NS + DAY_NS - 1)
    assert seconds(world) == 100  # the session that was last
    world.until(OPEN_NS + DAY_NS)
    assert seconds(world) == 0
    assert "UNPROTECTED_SHARES" not in world.alerts()
    world.until(OPEN_NS + DAY_NS + 5 * SECOND_NS)
    assert "UNPROTECTED_SHARES" in world.alerts()
    assert seconds(world) == 500
    world.replay()


def test_a_restart_keeps_what_was_counted() -> None:
    world = holding()
    world.wait(1)
    world.exchange.end(world.exchange.stops("SPY")[0].broker_id, S.CANCELED)
    world.deliver()
    world.wait(10)
    world.start(run=2)
    world.reference()
    world.connect()
    assert seconds(world) == 200


def test_a_span_is_cut_to_its_session() -> None:
    world = holding()
    session = world.engine.market.calendar.at(OPEN_NS)
    before = Span("SPY", 5, OPEN_NS - 9 * SECOND_NS, OPEN_NS + SECOND_NS, "x")
    assert before.within(session, CLOSE_NS).share_seconds(CLOSE_NS) == 5
    over = replace(before, start_ns=CLOSE_NS - SECOND_NS, end_ns=0).within(session, CLOSE_NS + DAY_NS)
    assert (over.end_ns, over.share_seconds(CLOSE_NS + DAY_NS)) == (CLOSE_NS, 5)
    outside = replace(before, end_ns=OPEN_NS - SECOND_NS).within(session, CLOSE_NS)
    assert outside.share_seconds(CLOSE_NS) == 0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["cancel", "refuse", "close", "place", "drop", "wait"]), st.integers(0, 7)),
        max_size=9,
    )
)
def test_the_seconds_are_those_in_which_the_exchange_had_no_stop_and_a_request_was_under_way(
    steps: list[tuple[str, int]],
) -> None:
    """Against a count of our own, taken each second from the exchange; answers come at once here."""
    world = World().ready()
    world.place(100, 443.0)
    counted = 0
    for step, amount in steps:
        if step == "cancel":
            for stop in world.exchange.stops("SPY"):
                world.exchange.end(stop.broker_id, S.CANCELED)
            world.deliver()
        elif step == "refuse":
            world.exchange.refuse.append(WASH)
        elif step == "close" and world.position() is not None:
            world.close()
        elif step == "place" and world.position() is None:
            world.place(50, 443.0, Side.BUY)
        elif step == "drop":
            world.quote(450.0 - amount)
        for _ in range(amount):
            held = world.exchange.position.get("SPY", 0)
            counted += max(0, held - sum(stop.quantity for stop in world.exchange.stops("SPY")))
            world.wait(1)
            world.snapshot()
    assert seconds(world) == counted
    world.replay()
