"""Breaker, daily loss and kill switch in the engine: what they stop, what they never stop, and what is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import S, sold
from engine.test_strategist import drive
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, WIDE, World, bar, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, KillSwitch, SafetyState
from fluxherod.core.types import Mode, Side
from fluxherod.engine.commands import (
    CancelOrderCommand,
    Command,
    FlattenCommand,
    HaltCommand,
    ResetBreakerCommand,
    ResumeCommand,
)
from fluxherod.engine.effects import AlertRaised, Reply, ReplyCode, SafetyChanged, SubmitOrder
from fluxherod.engine.events import BarsReceived, LinkChanged, MirrorReported, SplitsLoaded

LIMITS = replace(WIDE, trend_risk_bp=3_000, daily_loss_bp=0)
DISABLED_TEXT = "Trading disabled: 20% drawdown breached. Manual review required."


def owner(**limits: object) -> World:
    """200 SPY bought at 450 with a stop at 300: each dollar of its price is $200 of $100,000."""
    world = World(("SPY", "QQQ"), limits=replace(LIMITS, **limits)).ready()
    assert world.place(200, 300.0).code is ReplyCode.OK
    return world


def equity(world: World, dollars: float) -> list[object]:
    """Quote the price at which the equity is so much."""
    return list(world.quote(450.0 - (100_000 - dollars) / 200))


def do(world: World, command: Command) -> Reply:
    return of(Reply, world.tell(command))[-1]


def texts(world: World, code: str) -> list[str]:
    return [alert.text for alert in of(AlertRaised, world.seen) if alert.code == code]


def state(world: World) -> SafetyState:
    return world.engine.safety.state


def entry(world: World) -> Reply:
    """An operator's order in a symbol that is not held."""
    return world.place(1, 440.0, symbol="QQQ")


def disabled(**limits: object) -> World:
    world = owner(**limits)
    equity(world, 79_800)
    world.wait(6)
    return world


# --- the breaker ------------------------------------------------------------------------------------------
def test_at_the_warning_sizes_and_stops_are_reduced_and_the_seeds_words_say_so() -> None:
    world = owner()
    equity(world, 85_001)
    assert state(world).breaker.status is BreakerStatus.NORMAL
    equity(world, 84_700)
    assert state(world).breaker.status is BreakerStatus.REDUCED
    assert texts(world, "BREAKER_WARNING") == [
        "WARNING: Drawdown at 15.3%. Position sizes reduced 50%. Stops tightened to 2.0× ATR. Review recommended."
    ]
    assert world.engine.state == "ACTIVE"
    assert entry(world).code is ReplyCode.OK
    world.replay()


def test_a_warning_ends_by_itself_below_the_recovery() -> None:
    world = owner()
    equity(world, 84_700)
    equity(world, 88_000)
    assert state(world).breaker.status is BreakerStatus.REDUCED
    equity(world, 88_100)
    assert state(world).breaker.status is BreakerStatus.NORMAL
    assert texts(world, "BREAKER_RECOVERED") == ["Drawdown at 11.9%, below 12%: sizes and stops as usual again."]
    world.replay()


def test_the_first_reading_at_the_critical_limit_stops_entries_at_once_and_closes_nothing() -> None:
    world = owner()
    equity(world, 80_000)
    assert "a drawdown of 20% was read: a second reading decides" in entry(world).text
    assert not world.position().exit_reason
    assert len(texts(world, "BREAKER_REACHED")) == 1
    world.wait(4.9)
    assert state(world).breaker.status is BreakerStatus.REDUCED
    world.replay()


def test_the_second_reading_closes_everything_and_latches_in_the_seeds_words() -> None:
    world = disabled()
    assert state(world).breaker.status is BreakerStatus.DISABLED
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 200
    assert texts(world, "BREAKER_CLOSED") == [
        "CIRCUIT BREAKER: All positions closed. Drawdown: 20.2%. Trading DISABLED."
    ]
    assert "closing SPY at the market" in texts(world, "BREAKER_DISABLED")[0]
    refused = entry(world)
    assert (refused.code, refused.text) == (ReplyCode.TRADING_DISABLED, DISABLED_TEXT)
    assert world.engine.state == "HALTED"
    world.quote(900.0)
    assert entry(world).text == DISABLED_TEXT
    world.agree()
    world.replay()


def test_a_second_reading_below_the_limit_closes_nothing_and_says_so() -> None:
    world = owner()
    equity(world, 79_000)
    equity(world, 82_000)
    assert entry(world).code is ReplyCode.RISK_REJECTED
    world.wait(6)
    assert texts(world, "BREAKER_CLEARED") == [
        "Drawdown at 18.0%: the second reading is below the limit. Nothing is closed, entries are taken again."
    ]
    assert entry(world).code is ReplyCode.OK
    assert world.position().quantity == 200
    world.replay()


def test_a_loss_that_the_broker_does_not_have_closes_nothing_blocks_entries_and_is_told_once() -> None:
    world = owner()
    price_e4 = world.exchange.price_e4["SPY"]
    equity(world, 79_000)
    world.exchange.price_e4["SPY"] = price_e4  # the quote was wrong: nobody traded there
    world.wait(30)
    assert world.position().quantity == 200
    assert len(texts(world, "LOSS_NOT_CONFIRMED")) == 1
    assert "Equity is $79,000.00 by our books and $100,000.00 by the broker's" in texts(world, "LOSS_NOT_CONFIRMED")[0]
    assert "a second reading decides" in entry(world).text
    world.quote(450.0)
    world.wait(6)
    assert entry(world).code is ReplyCode.OK
    world.replay()


def test_without_an_answer_of_the_broker_nothing_is_closed_and_it_is_asked_again() -> None:
    world = owner()
    equity(world, 79_000)
    world.exchange.outbox = []
    world.delivery = False
    world.wait(26)
    assert state(world).breaker.status is BreakerStatus.REDUCED
    asked = [event for event in world.exchange.outbox if type(event).__name__ == "BrokerSnapshot"]
    assert len(asked) == 5
    world.delivery = True
    world.deliver()
    world.wait(1)
    assert state(world).breaker.status is BreakerStatus.DISABLED
    world.replay()


def test_an_entry_that_works_is_cancelled_and_one_that_fills_late_is_closed() -> None:
    world = owner()
    assert world.place(10, 400.0, limit=449.0, symbol="QQQ").code is ReplyCode.OK
    world.exchange.lose += ["request", "request"]  # neither cancel arrives, of the stop and of the entry, which fills
    equity(world, 79_000)
    world.wait(6)
    assert state(world).breaker.status is BreakerStatus.DISABLED
    world.quote(448.0, "QQQ")
    world.wait(90)
    assert world.position("QQQ") is None
    assert sold(world.exchange, "QQQ") == 10
    world.agree()
    world.replay()


def test_outside_the_session_closing_waits_for_the_open_and_says_so() -> None:
    world = owner()
    world.exchange.open = False
    world.until(CLOSE_NS + HOUR_NS)
    equity(world, 79_000)
    world.wait(6)
    assert "it is closed, so this waits for the open, 2024-01-03 09:30 New York" in texts(world, "BREAKER_DISABLED")[0]
    assert not texts(world, "BREAKER_CLOSED")
    world.until(OPEN_NS + DAY_NS)
    world.exchange.open = True
    equity(world, 79_000)
    assert world.position() is None
    assert len(texts(world, "BREAKER_CLOSED")) == 1
    world.agree()
    world.replay()


def test_a_reset_makes_the_equity_the_peak_and_reduced_holds_until_normal_is_set() -> None:
    world = disabled()
    cash = world.exchange.cash_e4
    early = do(world, ResetBreakerCommand(world.caller(), "no", "normal"))
    assert early.code is ReplyCode.TRADING_DISABLED
    done = do(world, ResetBreakerCommand(world.caller(), "reviewed"))
    assert (done.code, done.text.split(":")[0]) == (ReplyCode.OK, "the breaker is REDUCED")
    breaker = state(world).breaker
    assert (breaker.status, breaker.latched, breaker.peak_e4) == (BreakerStatus.REDUCED, True, cash)
    assert breaker.reason == "reset by tester: reviewed"
    assert world.engine.state == "ACTIVE"
    assert entry(world).code is ReplyCode.OK
    normal = do(world, ResetBreakerCommand(world.caller(), "sure"))
    assert (normal.code, normal.text) == (ReplyCode.OK, "the breaker is NORMAL")
    assert state(world).breaker.status is BreakerStatus.NORMAL
    assert do(world, ResetBreakerCommand(world.caller(), "more")).code is ReplyCode.ALREADY_DONE
    world.replay()


def test_what_the_drawdown_itself_asks_for_can_not_be_reset() -> None:
    world = owner()
    equity(world, 84_700)
    held = do(world, ResetBreakerCommand(world.caller(), "please", "normal"))
    text = "nothing is latched: at a drawdown of 15.3% REDUCED holds, and ends by itself below 12%"
    assert (held.code, held.text) == (ReplyCode.ALREADY_DONE, text)
    equity(world, 87_000)
    assert do(world, ResetBreakerCommand(world.caller(), "please", "normal")).code is ReplyCode.OK
    assert state(world).breaker.status is BreakerStatus.NORMAL
    assert do(world, ResetBreakerCommand(world.caller(), "please", "reduced")).code is ReplyCode.ALREADY_DONE
    world.replay()


def test_a_halt_is_not_ended_while_the_breaker_is_disabled() -> None:
    world = disabled()
    do(world, HaltCommand(world.caller(), "look"))
    refused = do(world, ResumeCommand(world.caller(), "go"))
    assert (refused.code, refused.text) == (ReplyCode.TRADING_DISABLED, f"{DISABLED_TEXT} Reset the breaker first.")
    do(world, ResetBreakerCommand(world.caller(), "seen"))
    assert entry(world).code is ReplyCode.TRADING_HALTED
    assert do(world, ResumeCommand(world.caller(), "go")).code is ReplyCode.OK
    assert entry(world).code is ReplyCode.OK


def test_an_exit_that_the_breaker_sent_is_not_taken_back() -> None:
    world = owner()
    world.exchange.auto_fill = False
    equity(world, 79_000)
    world.wait(6)
    (leaving,) = world.live(OrderRole.EXIT)
    refused = do(world, CancelOrderCommand(world.caller(), leaving.id))
    assert refused.code is ReplyCode.ORDER_NOT_CANCELABLE
    assert "circuit breaker: drawdown of 21.0% (limit 20%)" in refused.text


# --- reduced --------------------------------------------------------------------------------------------------
def reduced(world: World) -> World:
    """A world that starts with a breaker that is REDUCED, and resumes."""
    breaker = Breaker(BreakerStatus.REDUCED, True, "reset by tester: reviewed", OPEN_NS, 1_000_000_000)
    world.mirror = SafetyState("another", 3, breaker=breaker)
    world.ready(history=200)
    do(world, ResumeCommand(world.caller(), "compared"))
    return world


def test_while_reduced_an_entry_is_half_as_large_and_its_stop_is_tighter() -> None:
    usual, small = drive(World().ready(history=200)), drive(reduced(World()))
    assert (usual.mode, small.mode, usual.price) == (Mode.TREND, Mode.TREND, small.price)
    steps = {step.name: step for step in small.risk.steps}
    whole = {step.name: step for step in usual.risk.steps}
    assert steps["risk"] == whole["risk"]  # the tighter stop buys no more shares
    assert steps["multipliers"].after == steps["multipliers"].before * 35 // 100
    words = "neutral 0.7 x breaker 0.5: Size reduced 50%: the circuit breaker is REDUCED"
    assert steps["multipliers"].text == words
    price_e4 = round(usual.price * 10_000)
    assert price_e4 - small.stop_e4 == pytest.approx((price_e4 - usual.stop_e4) * 2.0 / 2.5, abs=100)


def test_while_reduced_an_operator_may_risk_half() -> None:
    assert World().ready().place(200, 443.0).text.startswith("risk allows 142 of 200 shares")
    world = World()
    reduced(world)
    text = world.place(200, 443.0).text
    assert text.startswith("risk allows 71 of 200 shares: risk of $1,000.00")
    assert text.endswith("Size reduced 50%: the circuit breaker is REDUCED")


def test_open_positions_trail_tighter_while_reduced_and_never_looser_again() -> None:
    world = World().ready(history=200)
    drive(world)
    held = world.position()
    world.engine.safety.change(replace(state(world), breaker=Breaker(BreakerStatus.REDUCED, True, "", 0, 10**9)), [])
    world.minute(30, held.price_e4 / 10_000)
    tight = world.position()
    assert tight.stop_e4 > held.stop_e4
    assert tight.best_e4 - tight.stop_e4 == pytest.approx(2.0 * held.atr * 10_000, abs=100)
    world.engine.safety.change(replace(state(world), breaker=Breaker(peak_e4=10**9)), [])
    world.minute(31, held.price_e4 / 10_000)
    assert world.position().stop_e4 == tight.stop_e4


def test_a_reduced_distance_that_is_wider_changes_nothing() -> None:
    world = World()
    wide = replace(world.settings.strategy, reduced_stop_atr=4.0)
    world.settings = replace(world.settings, strategy=wide)
    assert drive(reduced(world)).stop_e4 == drive(World().ready(history=200)).stop_e4


# --- the daily loss ------------------------------------------------------------------------------------------
def day(**limits: object) -> World:
    return owner(daily_loss_bp=300, **limits)


def test_a_daily_loss_closes_everything_and_no_entry_is_taken_until_an_operator_resets_it() -> None:
    world = day()
    equity(world, 97_001)
    assert not state(world).daily_loss.reached_ns
    equity(world, 97_000)
    assert "a daily loss of 3% was read" in entry(world).text
    world.wait(6)
    assert world.position() is None
    refused = entry(world)
    assert refused.code is ReplyCode.TRADING_DISABLED
    assert refused.text == (
        "Trading disabled: loss of 3.0% since the previous close (limit 3%). No entries until an operator resets it."
    )
    assert texts(world, "DAILY_LOSS_CLOSED") == ["DAILY LOSS: All positions closed. Loss: 3.0%. Trading DISABLED."]
    assert do(world, ResumeCommand(world.caller(), "go")).code is ReplyCode.TRADING_DISABLED
    world.until(OPEN_NS + DAY_NS)
    world.quote(440.0, "QQQ")
    assert entry(world).code is ReplyCode.TRADING_DISABLED
    assert do(world, ResetBreakerCommand(world.caller(), "reviewed")).code is ReplyCode.OK
    world.snapshot()
    world.quote(450.0, "QQQ")
    assert entry(world).code is ReplyCode.OK
    world.replay()


def test_after_a_reset_the_loss_of_the_day_is_counted_from_there() -> None:
    world = day()
    equity(world, 96_000)
    world.wait(6)
    do(world, ResetBreakerCommand(world.caller(), "reviewed"))
    world.wait(20)
    assert state(world).daily_loss.base_e4 == world.exchange.cash_e4
    assert entry(world).code is ReplyCode.OK
    assert state(world).breaker.status is BreakerStatus.NORMAL


def test_a_daily_loss_ends_with_the_next_session_where_it_is_so_configured() -> None:
    world = day(daily_loss_resumes="next_session")
    equity(world, 96_000)
    world.wait(6)
    assert entry(world).text.endswith("No entries until the next session.")
    world.exchange.last_equity_e4 = world.exchange.cash_e4
    world.until(OPEN_NS + DAY_NS)
    world.quote(450.0, "QQQ")
    assert "DAILY_LOSS_ENDED" in world.alerts()
    world.snapshot()
    assert entry(world).code is ReplyCode.OK
    world.replay()


def test_the_overnight_gap_counts_against_the_close_before() -> None:
    world = day()
    world.until(CLOSE_NS)
    world.snapshot()
    world.until(OPEN_NS + DAY_NS - MINUTE_NS)
    assert state(world).daily_loss.base_day == "2024-01-02"
    world.until(OPEN_NS + DAY_NS)
    equity(world, 96_900)
    assert (state(world).daily_loss.base_day, state(world).daily_loss.base_e4) == ("2024-01-03", 1_000_000_000)
    world.wait(6)
    assert world.position() is None


def test_no_entry_is_taken_before_the_base_of_the_session_is_known() -> None:
    world = day()
    world.until(OPEN_NS + DAY_NS)
    world.delivery = False
    world.quote(450.0, "QQQ")
    world.engine.ledger.account_ns = world.now_ns
    assert "the equity at the previous close is not known yet" in world.engine.blocked(world.now_ns)
    world.delivery = True
    world.deliver()
    assert world.engine.blocked(world.now_ns) == ""


def test_switched_off_a_daily_loss_changes_nothing() -> None:
    world = owner()
    equity(world, 86_000)
    world.wait(30)
    assert world.position().quantity == 200
    assert entry(world).code is ReplyCode.OK


# --- cash that comes and goes ------------------------------------------------------------------------------------
@pytest.mark.parametrize("amount", [25_000, -25_000])
def test_a_deposit_or_a_withdrawal_is_no_gain_and_no_loss(amount: int) -> None:
    world = day()
    world.wait(1)
    world.exchange.cash_e4 += amount * 10_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert "CASH_ADOPTED" in world.alerts()
    wanted = (100_000 + amount) * 10_000
    assert (state(world).breaker.peak_e4, state(world).daily_loss.base_e4) == (wanted, wanted)
    assert state(world).breaker.status is BreakerStatus.NORMAL
    assert world.position().quantity == 200
    world.replay()


@pytest.mark.parametrize("sign", [1, -1])
def test_shares_that_someone_else_trades_for_cash_change_neither_peak_nor_base(sign: int) -> None:
    world = day()
    world.wait(1)
    world.exchange.position["QQQ"] = sign * 40
    world.exchange.cash_e4 -= sign * 40 * 4_500_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert {"CASH_ADOPTED", "POSITION_DIFFERENCE"} <= set(world.alerts())
    assert (state(world).breaker.peak_e4, state(world).daily_loss.base_e4) == (10**9, 10**9)
    world.exchange.position["QQQ"] = 0
    world.exchange.cash_e4 += sign * 40 * 4_500_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert world.engine.ledger.equity_e4 == 10**9
    assert (state(world).breaker.peak_e4, state(world).daily_loss.base_e4) == (10**9, 10**9)
    assert not state(world).breaker.reached_ns
    world.replay()


def test_a_withdrawal_overnight_is_in_the_base_of_the_next_session() -> None:
    world = day()
    world.until(CLOSE_NS + HOUR_NS)
    world.exchange.cash_e4 -= 20_000 * 10_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert state(world).daily_loss.carried_e4 == -200_000_000
    world.until(OPEN_NS + DAY_NS)
    world.quote(450.0)
    daily = state(world).daily_loss
    assert (daily.base_day, daily.base_e4, daily.carried_e4) == ("2024-01-03", 800_000_000, 0)
    world.wait(10)
    assert world.position().quantity == 200


# --- the kill switch ---------------------------------------------------------------------------------------------
def test_a_halt_says_who_why_and_since_when() -> None:
    world = owner()
    do(world, HaltCommand(world.caller(), "news"))
    assert state(world).kill_switch == KillSwitch("news", "tester", world.now_ns)
    assert texts(world, "KILL_SWITCH") == ["Trading halted by tester: news"]
    assert world.position().stop_e4 == 3_000_000
    assert len(world.exchange.stops("SPY")) == 1


def test_after_a_halt_an_entry_that_has_not_left_is_unwanted_and_an_exit_never_is() -> None:
    world = World(("SPY", "QQQ")).ready()
    world.place(100, 443.0)
    world.delivery = False
    entry = world.place(10, 440.0, symbol="QQQ").order_id or ""
    world.close()
    (leaving,) = world.orders(OrderRole.EXIT) or world.orders(OrderRole.STOP)
    assert [world.engine.unwanted(each) for each in (entry, leaving.id, "unknown")] == ["", "", ""]
    do(world, HaltCommand(world.caller(), "look"))
    assert [world.engine.unwanted(each) for each in (entry, leaving.id)] == ["look", ""]


def test_flatten_halts_cancels_and_closes_all_of_ours_and_leaves_what_is_not() -> None:
    world = owner()
    world.place(10, 400.0, limit=440.0, symbol="QQQ")
    world.exchange.position["AAPL"] = 7
    world.exchange.price_e4["AAPL"] = 1_800_000
    for _ in range(2):
        world.wait(5)
        world.snapshot()
    done = do(world, FlattenCommand(world.caller(), "enough"))
    assert done.code is ReplyCode.OK
    assert "closing SPY at the market; not ours, so left alone: AAPL" in done.text
    assert world.position() is None
    assert not world.exchange.working("QQQ")
    assert world.exchange.position["AAPL"] == 7
    assert world.engine.state == "HALTED"
    assert texts(world, "FLATTEN_CLOSED") == ["All positions closed: enough"]
    world.replay()


@pytest.mark.parametrize("shares", [7, -7])
def test_flatten_closes_what_is_not_ours_when_asked(shares: int) -> None:
    world = owner()
    world.exchange.position["AAPL"] = shares
    world.exchange.price_e4["AAPL"] = 1_800_000
    world.exchange.cash_e4 -= shares * 1_800_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    before = world.engine.ledger.equity_e4
    done = do(world, FlattenCommand(world.caller(), "enough", include_foreign=True))
    assert "closing AAPL, SPY at the market" in done.text
    world.wait(5)
    assert (world.position(), world.position("AAPL"), world.engine.ledger.foreign) == (None, None, {})
    assert world.engine.ledger.equity_e4 == before
    world.snapshot()
    world.agree()
    world.replay()


def test_shares_of_both_are_closed_together() -> None:
    world = owner()
    world.exchange.position["SPY"] += 30
    world.exchange.cash_e4 -= 30 * 4_500_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    do(world, FlattenCommand(world.caller(), "enough", include_foreign=True))
    assert sold(world.exchange, "SPY") == 200  # ours leave at once
    world.wait(5)
    world.snapshot()
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 230
    world.wait(5)
    assert texts(world, "FLATTEN_CLOSED") == ["All positions closed: enough"]
    world.agree()
    world.replay()


def test_an_entry_that_fills_after_the_flatten_is_closed_too_until_trading_is_resumed() -> None:
    world = owner()
    world.delivery = False
    world.place(10, 400.0, symbol="QQQ")  # its answer is on the way
    world.tell(FlattenCommand(world.caller(), "enough"))
    world.delivery = True
    world.deliver()
    world.wait(60)
    assert (world.position(), world.position("QQQ")) == (None, None)
    assert sold(world.exchange, "QQQ") == 10
    do(world, ResumeCommand(world.caller(), "again"))
    assert entry(world).code is ReplyCode.OK
    world.wait(30)
    assert world.position("QQQ").quantity == 1
    world.replay()


def test_flatten_outside_the_session_waits_for_the_open_and_says_so() -> None:
    world = owner()
    world.exchange.open = False
    world.until(CLOSE_NS + HOUR_NS)
    done = do(world, FlattenCommand(world.caller(), "enough"))
    assert done.text.endswith("it is closed, so this waits for the open, 2024-01-03 09:30 New York")


def test_a_halt_after_a_flatten_goes_on_closing() -> None:
    world = owner()
    world.exchange.auto_fill = False
    do(world, FlattenCommand(world.caller(), "enough"))
    do(world, HaltCommand(world.caller(), "and stay"))
    assert state(world).kill_switch.flatten
    world.exchange.auto_fill = True
    world.quote(450.0)
    assert world.position() is None


# --- what is never stopped ---------------------------------------------------------------------------------------
def stopped_by_halt(world: World) -> None:
    do(world, HaltCommand(world.caller(), "x"))


def stopped_by_reading(world: World) -> None:
    equity(world, 79_000)


def stopped_by_mirror(world: World) -> None:
    world.tell(MirrorReported("no space left"))


def stopped_by_everything(world: World) -> None:
    stopped_by_halt(world)
    stopped_by_mirror(world)
    world.tell(LinkChanged("market", False, "gone"))
    world.engine.ledger.cash_e4 = None  # the equity is not known


@pytest.mark.parametrize("stop", [stopped_by_halt, stopped_by_reading, stopped_by_mirror, stopped_by_everything])
def test_exits_stops_and_cancels_pass_whatever_stops_entries(stop: object) -> None:
    world = owner()
    assert world.place(10, 400.0, limit=440.0, symbol="QQQ").code is ReplyCode.OK
    (waiting,) = world.live(OrderRole.ENTRY, "QQQ")
    stop(world)
    assert entry(world).code is not ReplyCode.OK
    world.trail(310.0)
    assert world.exchange.stops("SPY")[0].stop_price_e4 == 3_100_000
    if not world.engine.desk.orders[waiting.id].state.ended:
        assert do(world, CancelOrderCommand(world.caller(), waiting.id)).code is ReplyCode.OK
    assert not world.exchange.working("QQQ")
    assert world.close().code is ReplyCode.OK
    world.wait(5)
    assert world.position() is None
    assert sold(world.exchange, "SPY") == 200


# --- the file ----------------------------------------------------------------------------------------------------
def test_each_change_goes_to_the_file_and_a_growing_peak_only_in_steps() -> None:
    world = owner()
    start = len(of(SafetyChanged, world.seen))
    for number in range(1, 41):
        world.quote(450.0 + number * 0.01)  # up to 0.08 %
        world.snapshot()
    assert len(of(SafetyChanged, world.seen)) == start
    assert state(world).breaker.peak_e4 == 10**9 + 800_000
    world.quote(450.6)
    world.snapshot()
    assert world.mirror.breaker.peak_e4 == 10**9 + 1_200_000
    do(world, HaltCommand(world.caller(), "x"))
    assert world.mirror.kill_switch.reason == "x"
    assert world.mirror.inputs <= len(world.journal)


def test_while_the_file_can_not_be_written_no_entry_is_taken() -> None:
    world = owner()
    world.tell(MirrorReported("no space left on device"))
    assert "can't be written beside the database (no space left on device)" in entry(world).text
    world.tell(MirrorReported("no space left on device"), MirrorReported())
    assert entry(world).code is ReplyCode.OK
    assert world.alerts().count("MIRROR_FAILED") == 1
    assert world.alerts().count("MIRROR_WRITTEN") == 1


# --- over a restart ----------------------------------------------------------------------------------------------
def again(world: World) -> World:
    world.start(run=2)
    world.reference()
    world.connect()
    return world


def test_a_restart_keeps_every_latch() -> None:
    for make in (disabled, lambda: _after_flatten(), lambda: _after_daily_loss()):
        world = make()
        before = state(world)
        again(world)
        assert replace(state(world), run=1, inputs=before.inputs) == before
        assert entry(world).code in (ReplyCode.TRADING_DISABLED, ReplyCode.TRADING_HALTED)
        assert not [code for code in world.alerts() if code.startswith("START_")]
        world.replay()


def _after_flatten() -> World:
    world = owner()
    do(world, FlattenCommand(world.caller(), "enough"))
    return world


def _after_daily_loss() -> World:
    world = day()
    equity(world, 96_000)
    world.wait(6)
    return world


def test_a_restart_between_the_two_readings_still_needs_a_second_one() -> None:
    world = owner()
    equity(world, 79_000)
    again(world)
    assert state(world).breaker.status is BreakerStatus.REDUCED
    assert "a second reading decides" in entry(world).text
    world.wait(6)
    assert state(world).breaker.status is BreakerStatus.DISABLED
    world.replay()


def test_the_breaker_is_read_at_each_mark_before_anything_is_decided_on_it() -> None:
    world = owner()
    world.wait(60)
    price = 450.0 - 15_300 / 200
    world.exchange.trade("SPY", round(price * 10_000))
    effects = world.tell(BarsReceived((bar((world.now_ns - OPEN_NS) // MINUTE_NS - 1, price, 1_000),)))
    assert "BREAKER_WARNING" in [alert.code for alert in of(AlertRaised, effects)]
    assert not of(SubmitOrder, effects)


def test_a_short_position_loses_when_the_price_rises() -> None:
    world = World(limits=LIMITS).ready()
    assert world.place(200, 600.0, Side.SELL).code is ReplyCode.OK
    world.quote(450.0 + 20_200 / 200)
    world.wait(6)
    assert world.position() is None
    assert state(world).breaker.status is BreakerStatus.DISABLED
    world.agree()


def test_the_state_of_a_fresh_daemon_is_active() -> None:
    assert state(World().ready()) == SafetyState(
        "0123456789abcdef",
        1,
        breaker=Breaker(peak_e4=10**9),
        daily_loss=DailyLoss(base_e4=10**9, base_day="2024-01-02"),
    )


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[str, int]]:
    names = ("quote", "wait", "halt", "resume", "flatten", "reset", "normal", "mirror", "link", "restart", "cash")
    return draw(st.lists(st.tuples(st.sampled_from(names), st.integers(0, 100)), max_size=12))


def happen(world: World, name: str, number: int) -> None:
    match name:
        case "quote":
            equity(world, 75_000 + 300 * number)
        case "wait":
            world.wait(1 + number // 10)
        case "halt":
            do(world, HaltCommand(world.caller(), "x"))
        case "resume":
            do(world, ResumeCommand(world.caller(), "x"))
        case "flatten":
            do(world, FlattenCommand(world.caller(), "x"))
        case "reset":
            do(world, ResetBreakerCommand(world.caller(), "x"))
        case "normal":
            do(world, ResetBreakerCommand(world.caller(), "x", "normal"))
        case "mirror":
            world.tell(MirrorReported("full" if number % 2 else ""))
        case "link":
            world.tell(LinkChanged("market", bool(number % 2)))
        case "restart":
            world.start(run=world.engine.run + 1)
            world.tell(LinkChanged("trading", True), LinkChanged("market", True))
        case "cash":
            world.exchange.cash_e4 += (number - 50) * 10_000_000
            world.snapshot()
            world.snapshot()


@settings(max_examples=60, deadline=None)
@given(happenings())
def test_whatever_happens_latches_hold_the_peak_is_kept_and_a_close_closes(steps: list[tuple[str, int]]) -> None:
    world = owner(daily_loss_bp=300)
    for count, (name, number) in enumerate(steps):
        before = state(world)
        happen(world, name, number)
        after = state(world)
        if before.breaker.status is BreakerStatus.DISABLED and name not in ("reset", "normal"):
            assert after.breaker.status is BreakerStatus.DISABLED
        if before.daily_loss.reason and name not in ("reset", "normal"):
            assert after.daily_loss.reason == before.daily_loss.reason
        if before.kill_switch.reason and name != "resume":
            assert after.kill_switch.reason
        if name not in ("reset", "normal") and "cash" not in dict(steps[: count + 1]):
            assert after.breaker.peak_e4 >= before.breaker.peak_e4
        assert world.engine.safety.stopped == "" or world.place(1, 440.0, symbol="QQQ").code is not ReplyCode.OK
    assert world.close().code in (ReplyCode.OK, ReplyCode.POSITION_NOT_FOUND)
    world.wait(60)
    assert world.position() is None
    assert world.exchange.position["SPY"] == 0
    world.replay()


def test_flatten_closes_shares_that_are_not_ours_though_a_stop_of_ours_guards_them() -> None:
    world = World(("SPY", "QQQ"), limits=LIMITS, foreign_positions="protect").ready()
    world.exchange.position["QQQ"] = 30
    world.exchange.cash_e4 -= 30 * 4_500_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    assert len(world.exchange.stops("QQQ")) == 1
    do(world, FlattenCommand(world.caller(), "enough", include_foreign=True))
    world.wait(5)
    world.snapshot()
    world.wait(30)
    assert world.position("QQQ") is None
    assert not world.exchange.working("QQQ")
    assert sold(world.exchange, "QQQ") == 30
    world.snapshot()
    world.agree()
    world.replay()


def test_a_foreign_position_that_halts_says_so_in_the_file_and_outlives_a_restart() -> None:
    world = World(("SPY", "QQQ"), limits=LIMITS, foreign_positions="halt").ready()
    world.exchange.position["QQQ"] = 30
    world.exchange.cash_e4 -= 30 * 4_500_000
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    switch = KillSwitch("+30 QQQ at the broker are not ours", "fluxherod", state(world).kill_switch.since_ns)
    assert state(world).kill_switch == world.mirror.kill_switch == switch
    again(world)
    assert state(world).kill_switch == switch
    assert world.place(1, 440.0).code is ReplyCode.TRADING_HALTED
    world.replay()


@pytest.mark.parametrize("amount", [10_000, -10_000])
@pytest.mark.parametrize("hours", [1, -1])
def test_cash_that_came_or_went_over_a_close_while_nothing_ran_is_no_loss(amount: int, hours: int) -> None:
    world = World(limits=replace(WIDE, daily_loss_bp=300)).ready()
    for _ in range(3):
        world.wait(5)
        world.snapshot()
    world.stop()
    world.exchange.cash_e4 += amount * 10_000
    world.exchange.last_equity_e4 = (100_000 + amount) * 10_000  # the close has it
    world.now_ns = OPEN_NS + DAY_NS + hours * HOUR_NS
    world.start(2)
    world.reference()
    world.tell(LinkChanged("trading", True), LinkChanged("market", True))
    for _ in range(4):
        world.wait(5)
        world.snapshot()
    world.until(max(world.now_ns, OPEN_NS + DAY_NS + 5 * SECOND_NS))
    for _ in range(4):
        world.wait(5)
        world.snapshot()
    assert state(world).daily_loss.reason == ""
    assert state(world).daily_loss.base_e4 <= (100_000 + amount) * 10_000
    assert state(world).breaker.peak_e4 == (100_000 + amount) * 10_000
    assert "DAILY_BASE_UNCERTAIN" in world.alerts()
    world.replay()


@pytest.mark.parametrize("dropped", [False, True])
def test_a_loss_in_a_symbol_that_no_feed_prices_is_seen_by_the_brokers_prices(dropped: bool) -> None:
    world = World(symbols=("SPY", "QQQ"), limits=replace(WIDE, daily_loss_bp=50)).ready()
    world.tell(SplitsLoaded(()))
    assert world.place(100, 443.0).code is ReplyCode.OK
    for stop in world.exchange.stops("SPY"):
        world.exchange.end(stop.broker_id, S.CANCELED, tell=False)  # it would have acted
    world.exchange.auto_fill = False
    if dropped:
        world.stop()
        world.settings = replace(world.settings, symbols=("QQQ",))
        world.start(2)
        world.reference()
        world.tell(SplitsLoaded(()))
        world.connect()
    else:
        world.tell(LinkChanged("market", False))
    world.exchange.price_e4["SPY"] = 4_440_000
    for _ in range(40):
        world.wait(5)
        world.snapshot()
    assert "DAILY_LOSS" in world.alerts()
    world.replay()
