"""What a start makes of what it finds: database, plain file, orders at the broker, and each without the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import Exchange, S
from engine.test_safety import do, entry, state, texts
from engine.world import CLOSE_NS, DAY_NS, EPOCH, OPEN_NS, WIDE, World

from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss, KillSwitch, SafetyState
from fluxherod.core.types import BrokerOrder, OrderType, Side
from fluxherod.engine.commands import HaltCommand, ResumeCommand
from fluxherod.engine.effects import ReplyCode
from fluxherod.engine.events import HistoryLoaded, Started, TimerFired

DISABLED = Breaker(BreakerStatus.DISABLED, True, "drawdown of 20.2% (limit 20%)", 5, 1_300_000_000)
REDUCED = Breaker(BreakerStatus.REDUCED, False, "drawdown", 5, 1_300_000_000)


def starts(world: World) -> list[str]:
    """The codes of what starts found."""
    return [code for code in world.alerts() if code.startswith("START_")]


def begin(world: World, run: int, mirror: SafetyState | None, fault: str = "") -> None:
    """A process starts and finds this."""
    world.tell(Started(EPOCH, run, "test", world.settings, mirror, fault, mirror_read=True))
    world.reference()
    world.connect()


def lived() -> World:
    """A daemon that has traded: SPY is held."""
    world = World(("SPY", "QQQ")).ready()
    assert world.place(100, 443.0).code is ReplyCode.OK
    return world


def check_halted(world: World, code: str, words: str) -> None:
    """It is halted for its own reason, holds on to what is open, and an operator can resume."""
    assert starts(world) == [code]
    assert words in texts(world, code)[0]
    assert words in state(world).kill_switch.reason
    assert state(world).kill_switch.by == "fluxherod"
    assert world.engine.state == "HALTED"
    assert entry(world).code is ReplyCode.TRADING_HALTED
    assert world.mirror.kill_switch == state(world).kill_switch
    assert do(world, ResumeCommand(world.caller(), "compared")).code is ReplyCode.OK
    assert world.mirror.kill_switch == KillSwitch()
    world.replay()


def test_a_first_start_is_active_and_writes_the_file() -> None:
    world = World(("SPY", "QQQ")).ready()
    assert starts(world) == []
    assert world.engine.state == "ACTIVE"
    assert (world.mirror.epoch, world.mirror.run) == (EPOCH, 1)
    world.replay()


def test_a_restart_that_finds_both_is_active_and_writes_the_file() -> None:
    world = lived()
    begin(world, 2, world.mirror)
    assert starts(world) == []
    assert world.engine.state == "ACTIVE"
    assert world.mirror.run == 2
    world.replay()


def test_a_crash_before_the_file_was_written_is_no_finding() -> None:
    world = lived()
    first = world.mirror
    begin(world, 2, first)
    begin(world, 3, first)
    assert starts(world) == []


def test_a_first_start_that_was_killed_before_the_file_was_written_is_a_first_start_again() -> None:
    world = World(("SPY", "QQQ")).ready()
    begin(world, 2, None)
    assert starts(world) == []
    assert world.engine.state == "ACTIVE"
    world.replay()


def test_a_first_start_that_was_killed_and_finds_orders_of_ours_at_the_broker_is_none() -> None:
    before = lived()
    world = World(("SPY", "QQQ"))
    world.start()
    world.exchange = before.exchange
    begin(world, 2, None)
    assert starts(world) == ["START_ORDERS_UNKNOWN"]
    assert state(world).kill_switch.reason
    world.replay()


def test_a_database_in_which_somebody_gave_a_command_is_no_first_start_without_the_file() -> None:
    world = World(("SPY", "QQQ")).ready()
    assert do(world, HaltCommand(world.caller(), "news")).code is ReplyCode.OK
    assert do(world, ResumeCommand(world.caller(), "over")).code is ReplyCode.OK
    begin(world, 2, None)
    check_halted(world, "START_WITHOUT_MIRROR", "safety.json is missing beside the database")


def test_a_halt_that_was_ended_stays_so_when_the_process_died_before_the_file_said_it() -> None:
    world = lived()
    assert do(world, HaltCommand(world.caller(), "news")).code is ReplyCode.OK
    halted = world.mirror
    assert do(world, ResumeCommand(world.caller(), "over")).code is ReplyCode.OK
    begin(world, 2, halted)
    assert state(world).kill_switch == KillSwitch()
    assert world.engine.state == "ACTIVE"
    world.replay()


def test_a_file_that_is_behind_and_in_which_somebody_wrote_a_reason_halts() -> None:
    world = lived()
    assert do(world, HaltCommand(world.caller(), "news")).code is ReplyCode.OK
    halted = world.mirror
    assert do(world, ResumeCommand(world.caller(), "over")).code is ReplyCode.OK
    begin(world, 2, replace(halted, kill_switch=replace(halted.kill_switch, reason="typed into the file")))
    assert state(world).kill_switch.reason == "typed into the file"
    world.replay()


def test_a_database_without_the_file_starts_halted() -> None:
    world = lived()
    begin(world, 2, None)
    assert world.position().quantity == 100
    check_halted(world, "START_WITHOUT_MIRROR", "safety.json is missing beside the database")


def test_the_file_without_a_database_starts_halted_with_what_it_says() -> None:
    daily = DailyLoss(base_e4=990_000_000, base_day="2024-01-02")
    world = World(("SPY", "QQQ"))
    world.now_ns = OPEN_NS
    world.mirror = SafetyState("of-before", 7, 900, breaker=Breaker(peak_e4=1_100_000_000), daily_loss=daily)
    world.ready()
    assert state(world).breaker.peak_e4 == 1_100_000_000
    assert state(world).daily_loss == daily
    check_halted(world, "START_WITHOUT_DATABASE", "a database that is not there")


def test_a_lost_database_does_not_open_the_latches() -> None:
    world = World(("SPY", "QQQ"))
    daily = DailyLoss("loss of 3.0% since the previous close (limit 3%)", "2024-01-02", 10**9, "2024-01-02")
    world.mirror = SafetyState("of-before", 7, 900, KillSwitch("news", "ann", 4, flatten=True), DISABLED, daily)
    world.ready()
    assert (state(world).breaker, state(world).daily_loss) == (DISABLED, daily)
    switch = state(world).kill_switch
    assert switch.reason.endswith("(halted before by ann: news)")
    assert switch.flatten
    assert entry(world).code is ReplyCode.TRADING_DISABLED
    assert starts(world) == ["START_WITHOUT_DATABASE"]
    world.replay()


def test_the_file_of_another_database_starts_halted_and_its_peak_is_not_ours() -> None:
    world = lived()
    begin(world, 2, replace(world.mirror, epoch="another-epoch", breaker=Breaker(peak_e4=9 * 10**9)))
    assert state(world).breaker.peak_e4 == 10**9
    assert world.position().quantity == 100
    check_halted(world, "START_OTHER_MIRROR", "another database (another-, this one is 01234567)")


@pytest.mark.parametrize("newer", [{"run": 2}, {"inputs": 10_000}])
def test_a_database_that_is_older_than_the_file_starts_halted_with_the_higher_peak(newer: dict[str, int]) -> None:
    world = lived()
    peak = replace(world.mirror.breaker, peak_e4=1_050_000_000)
    begin(world, 2, replace(world.mirror, **newer, breaker=peak))
    assert state(world).breaker.peak_e4 == 1_050_000_000
    check_halted(world, "START_OLD_DATABASE", "the database is older than safety.json")


@pytest.mark.parametrize("newer", [{"run": 9}, {"inputs": 10_000}])
def test_streams_have_another_epoch_after_each_restored_backup_and_keep_it(newer: dict[str, int]) -> None:
    world = lived()
    epochs = [world.engine.stream_epoch]
    begin(world, 2, world.mirror)
    assert world.engine.stream_epoch == epochs[0] == EPOCH
    for run in (3, 4):
        world.now_ns += 1
        begin(world, run, replace(world.mirror, **newer))
        assert world.engine.stream_epoch not in epochs
        epochs.append(world.engine.stream_epoch)
    begin(world, 5, replace(world.mirror, run=4, inputs=0))
    assert world.engine.stream_epoch == epochs[-1]
    assert world.engine.desk.epoch == world.engine.epoch == EPOCH  # orders are named as before
    world.replay()


def test_two_restores_of_the_same_backup_give_streams_two_epochs() -> None:
    worlds = [lived(), lived()]
    for world in worlds:
        begin(world, 2, replace(world.mirror, inputs=10_000))
        worlds[1].now_ns += 1
    assert worlds[0].engine.stream_epoch != worlds[1].engine.stream_epoch


def test_a_file_that_can_not_be_read_starts_halted_and_is_never_silently_fresh() -> None:
    world = lived()
    begin(world, 2, None, "safety.json is damaged: no JSON")
    check_halted(world, "START_MIRROR_DAMAGED", "safety.json is damaged: no JSON. What stopped trading may be lost")
    fresh = World(("SPY", "QQQ"))
    fresh.tell(Started(EPOCH, 1, "test", fresh.settings, None, "safety.json is damaged: no JSON", mirror_read=True))
    assert starts(fresh) == ["START_MIRROR_DAMAGED"]


def test_neither_database_nor_file_but_orders_of_ours_at_the_broker_starts_halted() -> None:
    before = lived()
    world = World(("SPY", "QQQ"))
    world.exchange = before.exchange
    world.ready()
    check_halted(world, "START_ORDERS_UNKNOWN", "the broker has 1 orders of FluxHero, such as fh-01234567-SPY-")


def test_orders_of_others_are_no_finding_at_a_first_start() -> None:
    before = lived()
    world = World(("SPY", "QQQ"))
    orders = {name: replace(order, client_order_id="by-hand") for name, order in before.exchange.orders.items()}
    world.exchange = Exchange(orders=orders, position={"SPY": 100}, price_e4={"SPY": 4_500_000})
    world.ready()
    assert starts(world) == []
    assert world.engine.state == "ACTIVE"


@pytest.mark.parametrize(
    ("kill", "breaker", "daily", "code"),
    [
        (KillSwitch("typed into the file", "ann", 3), Breaker(), DailyLoss(), ReplyCode.TRADING_HALTED),
        (KillSwitch(), DISABLED, DailyLoss(), ReplyCode.TRADING_DISABLED),
        (KillSwitch(), Breaker(), DailyLoss("loss", "2024-01-02"), ReplyCode.TRADING_DISABLED),
    ],
)
def test_where_file_and_database_part_the_stricter_holds(
    kill: KillSwitch, breaker: Breaker, daily: DailyLoss, code: ReplyCode
) -> None:
    world = lived()
    said = replace(world.mirror, kill_switch=kill, breaker=breaker, daily_loss=daily)
    begin(world, 2, said)
    assert starts(world) == []
    assert entry(world).code is code
    assert state(world).breaker.peak_e4 == 10**9
    world.replay()


def test_what_the_database_stops_is_not_ended_by_a_file_that_does_not_say_so() -> None:
    world = lived()
    before = world.mirror
    do(world, HaltCommand(world.caller(), "news"))
    begin(world, 2, before)
    assert state(world).kill_switch.reason == "news"
    assert entry(world).code is ReplyCode.TRADING_HALTED


def test_a_breaker_that_reduces_by_the_file_reduces() -> None:
    world = lived()
    latched = replace(REDUCED, latched=True, peak_e4=10**9)
    begin(world, 2, replace(world.mirror, breaker=latched))
    assert state(world).breaker == latched


def test_a_journal_of_before_there_was_a_file_is_replayed_as_it_was() -> None:
    world = lived()
    world.tell(Started(EPOCH, 2, "test", world.settings))
    assert starts(world) == []
    world.replay()


def test_a_reading_that_is_pending_waits_for_the_first_snapshot_without_a_deadline_that_stands_still() -> None:
    world = World()
    world.mirror = SafetyState("of-before", 7, 900, breaker=Breaker(peak_e4=1_100_000_000, reached_ns=5))
    world.delivery = False  # the broker does not answer
    world.start()
    begun_ns = world.now_ns
    world.wait(60)
    fired = [now_ns for now_ns, event, _ in world.journal if isinstance(event, TimerFired)]
    assert len(fired) <= 15
    assert all(now_ns > begun_ns for now_ns in fired[1:])
    world.replay()


def test_losses_of_before_there_was_a_breaker_are_not_read_when_they_are_replayed() -> None:
    world = World(limits=replace(WIDE, daily_loss_bp=50))
    world.tell(Started(EPOCH, 1, "test", world.settings))  # as a journal of before has it
    world.reference()
    world.tell(HistoryLoaded("SPY", (), CLOSE_NS - DAY_NS, ()))
    world.now_ns = OPEN_NS
    world.connect()
    world.quote(450.0)
    assert world.place(100, 443.0).code is ReplyCode.OK
    world.quote(444.0)
    world.snapshot()
    world.wait(6)
    world.snapshot()
    assert world.position().exit_reason == ""
    assert state(world).breaker == Breaker()
    world.quote(450.0)
    begin(world, 2, None)
    assert starts(world) == ["START_WITHOUT_MIRROR"]
    world.reference()
    world.connect()
    world.snapshot()
    assert state(world).breaker.peak_e4 == world.engine.ledger.equity_e4
    assert state(world).breaker.status is BreakerStatus.NORMAL
    assert world.position().exit_reason == ""
    world.replay()


def test_what_an_old_database_does_not_know_is_no_withdrawal_and_reduced_holds() -> None:
    world = World().ready()
    before = world.mirror
    newer = replace(before, inputs=before.inputs + 1_000, breaker=replace(REDUCED, peak_e4=1_000_000_000))
    world.exchange.cash_e4 -= 154_000_000  # lost since the backup was made
    begin(world, 2, newer)
    assert starts(world) == ["START_OLD_DATABASE"]
    world.reference()
    world.connect()
    for _ in range(4):
        world.wait(5)
        world.snapshot()
    assert world.engine.ledger.cash_e4 == world.exchange.cash_e4
    assert state(world).breaker.peak_e4 == 1_000_000_000
    assert (state(world).breaker.status, state(world).breaker.latched) == (BreakerStatus.REDUCED, True)
    world.exchange.cash_e4 += 50_000_000  # a deposit, now that the books agree
    for _ in range(4):
        world.wait(5)
        world.snapshot()
    assert state(world).breaker.peak_e4 == 1_050_000_000
    world.replay()


def test_orders_of_ours_are_looked_for_until_a_snapshot_has_come_whoever_started_first() -> None:
    world = World()
    world.delivery = False  # the broker does not answer the first process
    world.start()
    world.stop()
    world.exchange.outbox.clear()
    world.delivery = True
    world.exchange.orders["l1"] = BrokerOrder(
        "l1", "fh-99999999-SPY-20240102143000-e1", "SPY", Side.SELL, OrderType.LIMIT, S.WORKING, 5, 0, 0, 9_000_000
    )
    begin(world, 2, world.mirror)
    world.reference()
    world.connect()
    assert starts(world) == ["START_ORDERS_UNKNOWN"]
    assert state(world).kill_switch.reason
    world.replay()
