"""The model: plain state, fed by the messages of the stream."""

from __future__ import annotations

from tui import world

from fluxhero.v1 import account_pb2, common_pb2, order_pb2
from fluxhero_tui.desk import Desk
from fluxhero_tui.state.link import LATE_S, STALE_S, Freshness, Link, Phase
from fluxhero_tui.state.model import KEPT_ORDERS, TRAIL, Model


def filled(count: int) -> list[order_pb2.Order]:
    return [world.order(f"o{number}", ended_at=world.stamp(world.NOW + number)) for number in range(count)]


def model() -> Model:
    made = Model()
    made.apply(world.snapshot())
    return made


def test_a_snapshot_replaces_just_the_topics_that_it_names() -> None:
    known = model()
    known.apply(
        world.snapshot(snapshot_topics=[common_pb2.TOPIC_PRICES], prices=[world.price("SPY", 460.0)], orders=[])
    )
    assert list(known.prices) == ["SPY"]
    assert "fh-1-QQQ-m1" in known.orders


def test_an_update_replaces_what_has_the_same_id_and_leaves_the_rest() -> None:
    known = model()
    before = dict(known.revisions)
    known.apply(world.update(2, prices=[world.price("SPY", 460.0)]))
    assert known.prices["SPY"].price == 460.0
    assert len(known.prices) == 4
    assert {part for part, count in known.revisions.items() if count != before.get(part, 0)} == {"prices"}


def test_a_position_of_no_shares_is_gone_and_the_log_says_what_it_made() -> None:
    known = model()
    flat = world.position(quantity=0, realized_pnl="-978.75", side=common_pb2.POSITION_SIDE_UNSPECIFIED)
    known.apply(world.update(2, positions=[flat]))
    assert list(known.positions) == ["QQQ"]
    entry = known.happenings.entries[-1]
    assert (entry.text, entry.tone) == ("closed, 44 long; realized $-978.75", "bad")


def test_a_mark_is_no_news_and_a_changed_guard_is() -> None:
    known = model()
    known.apply(world.update(2, positions=[world.position(last_price="453.00")]))
    assert not known.happenings.entries
    known.apply(world.update(3, positions=[world.position(protection=2)]))
    assert known.happenings.entries[-1].text == "guard: daemon watching"


def test_a_snapshot_tells_no_news() -> None:
    assert not model().happenings.entries


def test_what_the_stream_brought_wins_over_a_list_that_came_later() -> None:
    known = model()
    old = world.order("fh-1-QQQ-m1", state=order_pb2.ORDER_STATE_NEW)
    known.history(orders=[old, world.filled_order()])
    assert known.orders["fh-1-QQQ-m1"].state == order_pb2.ORDER_STATE_PARTIALLY_FILLED
    assert next(iter(known.orders)) == "fh-1-SPY-e1"


def test_ended_orders_leave_when_there_are_too_many_and_working_ones_never() -> None:
    known = model()
    for start in range(0, 1_000, 50):
        known.apply(world.update(start + 2, orders=filled(1_000)[start : start + 50]))
    assert len(known.orders) < KEPT_ORDERS + 60
    assert "fh-1-QQQ-m1" in known.orders
    assert "o999" in known.orders


def test_the_trail_of_a_symbol_is_the_closes_of_its_last_bars() -> None:
    known = model()
    for index in range(100):
        bar = world.bar("SPY", index % 48)
        bar.start_time.seconds = world.NOW + 3_600 * index
        known.apply(world.update(index + 2, bars=[bar, bar]))
    assert len(known.trails["SPY"]) == TRAIL
    assert known.trails["SPY"][-1] == bar.close


def test_the_recorded_curve_goes_before_what_came_since() -> None:
    known = model()
    points = [account_pb2.EquityPoint(time=world.stamp(world.NOW - 3_600 * age), equity="100000") for age in (1, 2)]
    known.set_equity(points)
    assert [value for _, value in known.equity] == [100_000.0, 100_000.0, 101_240.68]


def test_a_recording_that_begins_again_goes_back_in_time() -> None:
    known = model()
    known.apply(world.update(500, prices=[]))
    known.apply(world.snapshot())
    assert known.as_of_s == world.NOW


def test_what_is_shown_grows_old_in_two_steps_and_a_loss_makes_it_old_at_once() -> None:
    link = Link().heard(100.0)
    assert link.freshness(100.0 + LATE_S - 0.1) is Freshness.FRESH
    assert link.freshness(100.0 + LATE_S) is Freshness.LATE
    assert link.freshness(100.0 + STALE_S) is Freshness.STALE
    lost = link.lost(101.0, "cut")
    assert lost.freshness(101.0) is Freshness.STALE
    assert lost.lost(105.0, "still").since_s == 101.0
    assert lost.heard(106.0).phase is Phase.LIVE


def test_symbols_are_stepped_through_in_a_circle() -> None:
    class Connected:
        model = model()

    desk = Desk(Connected(), lambda: 0.0)  # type: ignore[arg-type]
    assert desk.current() == "AAPL"
    assert [desk.step(1), desk.step(1), desk.step(-1), desk.step(-1), desk.step(-1)] == [
        "IBM",
        "QQQ",
        "IBM",
        "AAPL",
        "SPY",
    ]


def test_the_time_without_a_connection_counts_from_its_loss_however_often_it_is_tried() -> None:
    lost = Link().heard(100.0).lost(101.0, "gone")
    tried = lost.waiting(105.0, "there", "still gone").refused(106.0, "no token", ()).waiting(109.0, "there", "")
    assert (tried.phase, tried.since_s) == (Phase.CONNECTING, 101.0)
    assert tried.heard(110.0).since_s == 110.0
