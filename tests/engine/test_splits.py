"""A split of a symbol that is held: nothing fires, nothing is stopped out, and all is in place before the open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, SESSIONS, World, bar, choppy, of

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.splits import Split, adjusted_bars
from fluxherod.core.types import Bar, Mode, Side
from fluxherod.engine.effects import (
    AlertRaised,
    CancelOrder,
    PositionUpdated,
    RequestHistory,
    RequestReference,
    RequestSnapshot,
    SignalUpdated,
    SubmitOrder,
    TradeUpdated,
)
from fluxherod.engine.events import BarsReceived, CalendarLoaded, HistoryLoaded, SplitsLoaded, TimerFired

STOP, ENTRY = OrderRole.STOP, OrderRole.ENTRY
EX_OPEN_NS = OPEN_NS + DAY_NS
NINE_NS = EX_OPEN_NS - 30 * MINUTE_NS
SPLIT = Split("SPY", "2024-01-03", 7, 1)


def owner(price: float = 450.0, stop: float = 440.5, quantity: int = 100, history: int = 0) -> World:
    """A world at the evening before the split, long since the day's first minutes."""
    world = World().ready(history=history, price=price)
    world.tell(SplitsLoaded((SPLIT,)))
    side = Side.BUY if quantity > 0 else Side.SELL
    world.place(abs(quantity), stop, side)
    for number in range(3):
        world.minute(number, price)
    world.exchange.open = False
    world.until(CLOSE_NS + HOUR_NS)
    world.snapshot()
    return world


def broker_splits(world: World, split: Split = SPLIT) -> None:
    """The exchange adjusts its shares and its price; orders that rest keep theirs."""
    held = world.exchange.position[split.symbol]
    world.exchange.position[split.symbol] = split.shares(held)
    world.exchange.price_e4[split.symbol] = split.price_e4(world.exchange.price_e4[split.symbol])


def morning(world: World, split: Split = SPLIT, told: bool = True) -> None:
    """Half an hour before the open of the ex-date, with what the data host answers then."""
    world.until(NINE_NS)
    if told:
        answer(world, split)


def answer(world: World, split: Split = SPLIT) -> list[object]:
    return list(world.tell(SplitsLoaded((split,)), CalendarLoaded(SESSIONS)))


def reload(world: World, adjusted: bool = True, split: Split = SPLIT) -> None:
    """The history that the cold book asked for: the day before the split."""
    bars = tuple(replace(bar(number, 450.0), start_ns=OPEN_NS + number * MINUTE_NS) for number in range(3))
    bars = adjusted_bars(bars, split) if adjusted else bars
    world.tell(HistoryLoaded("SPY", bars, CLOSE_NS))
    world.connect()


def open_at(world: World, price: float) -> None:
    world.until(EX_OPEN_NS)
    world.exchange.open = True
    world.quote(price)


def test_shares_and_stop_are_adjusted_and_the_stop_stands_at_the_broker_before_the_open() -> None:
    world = owner()
    broker_splits(world)
    morning(world)
    position = world.position()
    assert (position.quantity, position.stop_e4, position.average_e4) == (700, 629_200, 642_857)
    assert world.now_ns < EX_OPEN_NS
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(700, 629_200)]
    assert position.price_e4 == 642_857
    assert world.engine.desk.protection_of(position) == "broker"
    reload(world)
    open_at(world, 64.0)
    assert world.position().quantity == 700
    assert not of(SignalUpdated, world.seen)
    assert [code for code in world.alerts() if code != "SPLIT_APPLIED"] == []
    world.agree()
    world.replay()


def test_the_alert_says_what_became_of_shares_and_stop() -> None:
    world = owner()
    morning(world)
    (alert,) = of(AlertRaised, world.seen)
    assert alert.code == "SPLIT_APPLIED"
    assert alert.text == (
        "SPY split 7:1 on 2024-01-03: 100 shares are 700, the stop $440.50 is $62.92, its bars are loaded anew, "
        "1 of its orders cancelled"
    )


def test_the_profit_of_the_round_trip_is_right_to_the_cent() -> None:
    world = owner()
    cash_e4 = world.engine.ledger.cash_e4
    broker_splits(world)
    morning(world)
    reload(world)
    open_at(world, 65.0)
    world.close()
    trade = of(TradeUpdated, world.seen)[-1].trade
    assert (trade.entry_quantity, trade.exit_quantity, trade.entry_value_e4) == (700, 700, 100 * 4_500_000)
    assert trade.realized_e4 == 700 * 650_000 - 100 * 4_500_000 == trade.exit_value_e4 - trade.entry_value_e4
    assert world.engine.ledger.cash_e4 == cash_e4 + 700 * 650_000
    world.agree()


def test_a_short_position_is_adjusted_too_and_its_stop_is_rounded_up() -> None:
    world = owner(stop=459.5, quantity=-100)
    broker_splits(world)
    morning(world)
    assert (world.position().quantity, world.position().stop_e4) == (-700, 656_500)
    assert [(stop.quantity, stop.side) for stop in world.exchange.stops("SPY")] == [(700, Side.BUY)]
    world.agree()


def test_the_same_answer_again_and_again_changes_nothing() -> None:
    world = owner()
    broker_splits(world)
    morning(world)
    reload(world)
    before = world.position()
    for _ in range(3):
        effects = answer(world)
        assert not of(PositionUpdated, effects)
        assert not of(RequestHistory, effects)
        assert not of(CancelOrder, effects)
    assert world.position() == before
    assert world.engine.market.books["SPY"].warm


def test_a_restart_remembers_that_the_split_was_applied() -> None:
    world = owner()
    broker_splits(world)
    morning(world)
    reload(world)
    open_at(world, 64.0)
    world.start(run=2)
    answer(world)
    world.connect()
    world.snapshot()
    assert world.position().quantity == 700
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(700, 629_200)]
    world.agree()
    world.replay()


def test_nothing_is_placed_until_the_broker_has_the_shares_and_no_difference_is_told() -> None:
    world = owner()
    morning(world)
    assert world.position().quantity == 700
    assert world.exchange.stops("SPY") == []
    for _ in range(5):
        world.wait(60)
        world.snapshot()
    assert world.exchange.stops("SPY") == []
    broker_splits(world)
    world.snapshot()
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(700, 629_200)]
    assert world.alerts() == ["SPLIT_APPLIED"]


@pytest.mark.parametrize("hours", [17, 5])
def test_a_broker_that_adjusts_in_the_night_is_no_difference_and_moves_no_equity(hours: int) -> None:
    world = owner()
    equity_e4 = world.engine.ledger.equity_e4
    world.until(max(world.now_ns, EX_OPEN_NS - hours * HOUR_NS))
    broker_splits(world)
    world.snapshot()
    world.snapshot()
    world.quote(64.3)  # before the market opens it is quoted in new units already
    assert world.alerts() == []
    assert world.engine.ledger.foreign == {}
    assert world.engine.ledger.equity_e4 == equity_e4
    morning(world)
    assert abs(world.engine.ledger.equity_e4 - equity_e4) <= 700
    world.quote(64.3)
    assert world.engine.ledger.equity_e4 == equity_e4 - 100 * 4_500_000 + 700 * 643_000


def test_a_broker_that_has_not_adjusted_by_the_open_is_told_and_the_daemon_watches_the_stop() -> None:
    world = owner()
    morning(world)
    reload(world)
    open_at(world, 64.0)
    world.snapshot()
    world.snapshot()
    assert {"STOP_REFUSED", "POSITION_DIFFERENCE"} <= set(world.alerts())
    assert world.engine.desk.protection_of(world.position()) == "daemon"
    world.exchange.position["SPY"] = 700
    world.wait(120)
    world.snapshot()
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(700, 629_200)]


def test_any_other_count_of_shares_is_still_a_difference() -> None:
    world = owner()
    world.until(EX_OPEN_NS - 5 * HOUR_NS)
    world.exchange.position["SPY"] = 650
    world.snapshot()
    world.snapshot()
    assert world.alerts() == ["POSITION_DIFFERENCE"]


def test_the_book_is_loaded_anew_and_no_bar_is_decided_twice() -> None:
    world = owner(history=100)
    closed = [one.end_ns for one in world.engine.market.books["SPY"].closed if one.live]
    assert len(closed) == 3
    broker_splits(world)
    world.until(NINE_NS)
    effects = answer(world)
    assert of(RequestHistory, effects)[0].symbols == ("SPY",)
    history = tuple(choppy("SPY", number, 450.0) for number in range(100))
    day = tuple(bar(number, 450.0) for number in range(3))
    world.tell(HistoryLoaded("SPY", adjusted_bars((*history, *day), SPLIT), CLOSE_NS))
    world.connect()
    book = world.engine.market.books["SPY"]
    assert book.warm
    assert not [one for one in book.closed if one.live]
    assert book.closed[-1].bar.close == pytest.approx(450.0 / 7)
    open_at(world, 64.3)
    for number in range(5):
        start_ns = EX_OPEN_NS + number * MINUTE_NS
        world.until(start_ns + MINUTE_NS)
        world.quote(64.3)
        world.tell(BarsReceived((replace(bar(0, 64.3, span=0.02), start_ns=start_ns),)))
        world.wait(2)
    decided = [one for one in book.closed if one.live]
    assert len(decided) == 5
    assert not of(SignalUpdated, world.seen)
    assert world.position().quantity == 700


def test_history_that_does_not_know_the_split_yet_is_adjusted_here() -> None:
    world = owner()
    broker_splits(world)
    morning(world)
    reload(world, adjusted=False)
    book = world.engine.market.books["SPY"]
    assert book.closed[-1].bar.close == pytest.approx(450.0 / 7)
    assert book.closed[-1].bar.volume == 7_000
    assert "HISTORY_NOT_ADJUSTED" in world.alerts()


def test_a_data_host_that_is_silent_at_nine_leaves_the_split_to_memory() -> None:
    world = owner()
    broker_splits(world)
    morning(world, told=False)
    assert of(RequestReference, world.seen)
    assert world.position().quantity == 100
    effects = world.until(NINE_NS + 10 * MINUTE_NS)
    assert world.position().quantity == 700
    assert of(RequestHistory, effects)
    assert world.exchange.stops("SPY")[0].stop_price_e4 == 629_200


def test_a_split_of_another_day_waits_for_it() -> None:
    world = owner()
    tomorrow = replace(SPLIT, ex_date="2024-01-04")
    morning(world, tomorrow)
    assert world.position().quantity == 100
    assert world.alerts() == []


def test_a_position_that_was_opened_after_the_split_is_left_as_it_is() -> None:
    world = World().ready()
    world.place(100, 441.0)
    world.tell(SplitsLoaded((replace(SPLIT, ex_date="2024-01-02"), replace(SPLIT, ex_date="2023-06-01"))))
    assert world.position().quantity == 100


def test_a_symbol_whose_history_was_loaded_after_the_split_is_in_new_units_already() -> None:
    world = World()
    world.now_ns = EX_OPEN_NS
    world.start()
    world.reference()
    world.tell(HistoryLoaded("SPY", (replace(bar(0, 450.0 / 7), start_ns=OPEN_NS),), CLOSE_NS))
    effects = answer(world)
    assert effects == [effect for effect in effects if not isinstance(effect, RequestHistory | AlertRaised)]
    assert world.engine.market.books["SPY"].warm


def test_an_order_that_was_placed_after_the_split_stays_when_the_split_is_told_late() -> None:
    world = World().ready()
    world.exchange.open = False
    world.until(NINE_NS + 15 * MINUTE_NS)
    world.quote(64.3)
    world.snapshot()
    world.place(100, 62.0, limit=64.0)
    answer(world)
    assert len(world.live(ENTRY)) == 1


def test_a_split_that_nobody_announced_is_applied_to_the_last_closes_price() -> None:
    world = World().ready()
    world.place(100, 440.5)
    world.minute(0, 450.0)
    world.exchange.open = False
    world.until(NINE_NS)
    world.quote(64.3)  # taken for a fall: nobody knows of the split yet
    broker_splits(world, replace(SPLIT, new_rate=1))
    world.exchange.position["SPY"] = 700
    answer(world)
    assert (world.position().quantity, world.position().price_e4) == (700, 642_857)
    assert world.engine.market.books["SPY"].quote is None


def test_a_price_that_may_be_of_before_or_after_marks_nothing() -> None:
    world = owner()
    world.engine.splits._warmed_ns["SPY"] = NINE_NS - HOUR_NS  # history of the early morning
    broker_splits(world)
    morning(world)
    assert world.position().price_e4 == 642_857
    assert world.engine.market.books["SPY"].price_e4 == 0


def test_a_restart_between_nine_and_the_open_applies_what_was_announced_before_the_broker_is_asked() -> None:
    world = owner()
    broker_splits(world)
    world.now_ns = NINE_NS + 20 * MINUTE_NS
    world.stop()
    world.start(run=2)
    assert world.position().quantity == 700
    assert world.live(STOP) == []
    answer(world)
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(700, 629_200)]
    assert world.alerts() == ["SPLIT_APPLIED"]


def test_splits_are_asked_for_of_what_is_held_though_it_is_followed_no_more() -> None:
    world = World(("QQQ", "SPY")).ready()
    world.place(10, 441.0, symbol="QQQ")
    world.settings = replace(world.settings, symbols=("SPY",))
    effects = world.start(run=2)
    assert of(RequestReference, effects) == [RequestReference(("SPY", "QQQ"))]


def test_an_entry_that_waits_for_the_open_is_cancelled() -> None:
    world = World().ready()
    world.exchange.open = False
    world.until(CLOSE_NS + HOUR_NS)
    world.quote(450.0)
    world.snapshot()
    world.place(100, 441.0, limit=449.0)
    assert world.live(ENTRY)
    morning(world)
    assert world.live(ENTRY) == []
    assert not world.exchange.working("SPY")
    assert of(AlertRaised, world.seen)[-1].text.endswith("1 of its orders cancelled")


def test_an_exit_that_waits_for_the_open_is_placed_again_for_all_shares() -> None:
    world = owner()
    world.close()
    assert [order.quantity for order in world.live(OrderRole.EXIT)] == [100]
    broker_splits(world)
    morning(world)
    assert [order.quantity for order in world.live(OrderRole.EXIT)] == [700]
    open_at(world, 64.0)
    assert world.position() is None
    world.agree()


def test_a_reverse_split_that_leaves_a_part_share_says_what_the_broker_pays() -> None:
    reverse = Split("SPY", "2024-01-03", 1, 10)
    world = owner(quantity=105)
    broker_splits(world, reverse)
    morning(world, reverse)
    position = world.position()
    assert (position.quantity, position.stop_e4, position.cost_e4) == (10, 44_050_000, 100 * 4_500_000)
    assert "about $2,250.00 in cash" in of(AlertRaised, world.seen)[-1].text
    world.exchange.position["SPY"] = 11  # ten and a half, as long as it is not paid
    for _ in range(2):
        world.wait(10)
        world.snapshot()
    assert world.alerts() == ["SPLIT_APPLIED"]
    world.exchange.position["SPY"] = 10
    world.exchange.cash_e4 += 22_500_000  # days later
    world.until(EX_OPEN_NS)
    world.snapshot()
    world.snapshot()
    assert world.engine.ledger.cash_e4 == world.exchange.cash_e4
    world.agree()


def test_a_position_of_less_than_one_new_share_is_closed_by_the_split() -> None:
    reverse = Split("SPY", "2024-01-03", 1, 10)
    world = owner(quantity=5)
    broker_splits(world, reverse)
    morning(world, reverse)
    assert world.position() is None
    assert world.live(STOP) == []
    trade = of(TradeUpdated, world.seen)[-1].trade
    assert (trade.closed, trade.realized_e4) == (True, 0)
    assert trade.exit_reason == "paid out in cash by the 1:10 split"
    world.agree()


def test_fills_of_a_day_on_which_nobody_was_here_are_booked_in_new_shares() -> None:
    """The old stop stood over the open: 100 of 700 shares were sold. The splits are asked for before that is booked."""
    world = owner()
    world.engine.splits.take(SplitsLoaded(()), world.now_ns, [])  # nothing was announced then
    world.journal.clear()
    broker_splits(world)
    world.now_ns = EX_OPEN_NS + HOUR_NS
    world.exchange.open = True
    world.exchange.trade("SPY", 640_000)
    world.exchange.outbox = []
    world.start(run=2)
    world.snapshot()
    assert world.position().quantity == 100
    effects = answer(world)
    assert of(RequestSnapshot, effects)
    assert world.position().quantity == 600
    reload(world)
    world.wait(3)
    assert [(stop.quantity, stop.stop_price_e4) for stop in world.exchange.stops("SPY")] == [(600, 629_200)]
    world.agree()


def test_splits_that_stay_unknown_are_told_and_waited_for_a_minute_at_most() -> None:
    world = owner()
    world.now_ns = EX_OPEN_NS + 25 * HOUR_NS
    world.engine.splits.take(SplitsLoaded(()), CLOSE_NS, [])
    world.start(run=2)
    effects = world.wait(61)
    assert "SPLITS_UNKNOWN" in [alert.code for alert in of(AlertRaised, effects)]
    assert of(RequestSnapshot, effects)
    assert world.engine.ledger.account_ns == world.now_ns - SECOND_NS


def test_a_data_host_that_refuses_to_tell_is_told_and_nothing_is_forgotten() -> None:
    world = owner()
    effects = world.tell(SplitsLoaded((), "403 forbidden"))
    (alert,) = of(AlertRaised, effects)
    assert (alert.code, "403 forbidden" in alert.text) == ("SPLITS_UNKNOWN", True)
    broker_splits(world)
    world.until(NINE_NS + 10 * MINUTE_NS)
    assert world.position().quantity == 700


def test_splits_that_are_not_known_name_ten_symbols_and_count_the_others() -> None:
    world = World(tuple(f"S{number:02}" for number in range(300)))
    world.start()
    (alert,) = of(AlertRaised, world.tell(SplitsLoaded((), "403 forbidden")))
    assert "splits of S00, S01, S02, S03, S04, S05, S06, S07, S08, S09 and 290 more yourself" in alert.text


def test_the_stop_trails_on_from_adjusted_figures() -> None:
    world = owner()
    position = replace(world.position(), mode=Mode.TREND, atr=7.0, best_e4=4_550_000)
    world.engine.ledger.positions["SPY"] = position
    world.journal.clear()
    broker_splits(world)
    morning(world)
    reload(world)
    after = world.position()
    assert (after.best_e4, after.atr) == (650_000, 1.0)
    open_at(world, 64.0)
    start_ns = EX_OPEN_NS
    minute = Bar("SPY", start_ns, 64.0, 66.0, 63.9, 65.9, 700)
    world.until(start_ns + MINUTE_NS)
    world.tell(BarsReceived((minute,)))
    world.wait(3)
    assert world.position().best_e4 == 660_000
    assert world.position().stop_e4 == 635_000  # 66 less 2.5 x an ATR of 1


def test_a_symbol_without_a_position_is_loaded_anew_all_the_same() -> None:
    world = World().ready(history=70)
    world.until(NINE_NS)
    effects = answer(world)
    assert of(RequestHistory, effects)[0].symbols == ("SPY",)
    assert not of(SubmitOrder, effects)
    assert of(AlertRaised, effects)[-1].text == "SPY split 7:1 on 2024-01-03: its bars are loaded anew"
    assert world.tell(TimerFired()) is not None


def test_an_old_split_waits_for_the_first_calendar_without_a_deadline() -> None:
    world = World()
    world.start()
    world.tell(SplitsLoaded((replace(SPLIT, ex_date="2023-06-01"),)))
    assert world.engine.next_deadline_ns() is None
    world.reference()
    assert world.alerts() == []
    assert world.engine.next_deadline_ns() == NINE_NS - DAY_NS  # the next load


def test_with_extended_hours_a_split_is_applied_before_the_first_bar_of_the_early_morning() -> None:
    early, late = 330 * MINUTE_NS, 240 * MINUTE_NS
    sessions = tuple(replace(one, early_ns=one.open_ns - early, late_ns=one.close_ns + late) for one in SESSIONS)
    world = World(session="extended").ready()
    world.place(100, 440.5)
    world.tell(CalendarLoaded(sessions))
    world.until(EX_OPEN_NS - early - 31 * MINUTE_NS)
    asked = len(of(RequestReference, world.seen))
    effects = world.until(EX_OPEN_NS - early - 30 * MINUTE_NS)
    assert of(RequestReference, effects)
    assert asked < len(of(RequestReference, world.seen))
    world.tell(SplitsLoaded((SPLIT,)), CalendarLoaded(sessions))
    assert world.position().quantity == 700
    assert of(RequestReference, world.until(NINE_NS))
