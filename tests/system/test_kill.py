"""A daemon that is killed and started again is the same daemon: same books, no second order, and it trades on."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from harness.audit import (
    check_books,
    check_explained,
    check_journal,
    check_no_difference,
    check_orders,
    our_orders,
    our_positions,
    our_signals,
    their_positions,
)
from harness.lockstep import Lockstep, lockstep
from harness.processes import Daemon, Installation, Simulator, wait_for
from harness.tape import (
    BOTH_ARE_SHORT,
    END,
    FIRST_ENTRY_MINUTE,
    LAST_DAY,
    NIGHT,
    PLAYED,
    QQQ_IS_SHORT,
    SYMBOLS,
    TIMEFRAME,
)
from harness.wire import Wire

from fluxhero.v1 import position_pb2 as position
from fluxherod.adapters.journal_files import JournalFiles


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run, without what differs between two journals."""

    signals: list[tuple[Any, ...]]
    fills: list[tuple[Any, ...]]
    positions: dict[str, int]
    cash: str


def outcome(pair: Lockstep) -> Outcome:
    """All that was decided and executed."""
    signals = [
        (one.symbol, one.kind, one.bar_start_time.seconds, one.outcome, one.text) for one in our_signals(pair.daemon)
    ]
    fills = [
        (one["transaction_time"], one["symbol"], one["side"], one["qty"], one["price"])
        for one in pair.simulator.all_fills()
    ]
    return Outcome(signals, fills, our_positions(pair.daemon), pair.simulator.get("/v2/account")["cash"])


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Lockstep]:
    with lockstep(tmp_path, PLAYED, SYMBOLS, TIMEFRAME) as pair:
        yield pair


def test_a_daemon_that_is_killed_again_and_again_trades_as_one_that_is_not(
    pair: Lockstep, undisturbed: Lockstep
) -> None:
    for moment, missed_minutes in ((QQQ_IS_SHORT, 0), (BOTH_ARE_SHORT, 6), (NIGHT, 0)):
        pair.step_until(moment)
        held = our_positions(pair.daemon)
        assert held
        pair.daemon.kill()
        if missed_minutes:
            pair.simulator.post("/sim/step", minutes=missed_minutes)
        pair.start()
        assert our_positions(pair.daemon) == held == their_positions(pair.simulator)
        assert pair.daemon.status().run > 1
    pair.step_until(END)
    assert outcome(pair) == outcome(undisturbed)
    check_books(pair.daemon, pair.simulator)
    check_no_difference(pair.installation)
    check_explained(pair.daemon)
    check_orders(pair.simulator)
    assert pair.daemon.stop() == 0
    check_journal(pair.installation)


def test_an_entry_that_fills_while_the_daemon_is_dead_is_found_and_protected(pair: Lockstep) -> None:
    pair.simulator.post("/sim/hold", symbol="QQQ", hold=True)
    pair.step(FIRST_ENTRY_MINUTE)
    working = pair.simulator.get("/v2/orders?status=open")
    assert [(one["symbol"], one["side"], one["filled_qty"]) for one in working] == [("QQQ", "sell", "0")]
    pair.daemon.kill()
    pair.simulator.post("/sim/hold", symbol="QQQ", hold=False)
    pair.simulator.post("/sim/step", minutes=2)
    shares = -int(working[0]["qty"])
    assert their_positions(pair.simulator) == {"QQQ": shares}
    pair.start()
    assert our_positions(pair.daemon) == {"QQQ": shares}
    _check_protected(pair)
    pair.step(60)
    check_books(pair.daemon, pair.simulator)
    check_no_difference(pair.installation)
    assert len(check_orders(pair.simulator)) == 1


def test_an_entry_that_still_works_when_the_daemon_comes_back_is_not_sent_again(pair: Lockstep) -> None:
    pair.simulator.post("/sim/hold", symbol="QQQ", hold=True)
    pair.step(FIRST_ENTRY_MINUTE)
    pair.daemon.kill()
    pair.start()
    orders = pair.simulator.all_orders()
    assert [one["client_order_id"] for one in orders if one["type"] == "market"] == [
        one.id for one in our_orders(pair.daemon) if not one.parent_id
    ]
    pair.simulator.post("/sim/hold", symbol="QQQ", hold=False)
    pair.step(5)
    assert set(our_positions(pair.daemon)) == {"QQQ"}
    check_books(pair.daemon, pair.simulator)
    check_no_difference(pair.installation)
    assert len(check_orders(pair.simulator)) == 1


def test_an_order_that_leaves_as_the_daemon_dies_is_found_and_never_sent_again(tmp_path: Path) -> None:
    with Simulator(tmp_path, "--step", *PLAYED) as simulator, Wire(simulator.url) as wire:
        settings = (f"alpaca.trading_url={wire.url}",)
        with Lockstep(simulator, Installation(tmp_path, simulator.url, SYMBOLS, TIMEFRAME, settings)) as pair:
            pair.step(FIRST_ENTRY_MINUTE - 1)
            wire.before_order = pair.daemon.kill
            simulator.post("/sim/step", minutes=1)
            wait_for(lambda: bool(simulator.all_fills()), "the order has reached the exchange and is filled")
            assert not pair.daemon.alive
            pair.start()
            assert our_positions(pair.daemon) == their_positions(simulator) != {}
            _check_protected(pair)
            pair.step(60)
            check_books(pair.daemon, simulator)
            check_no_difference(pair.installation)
            assert len(check_orders(simulator)) == 1


def test_a_daemon_that_is_killed_while_the_exchange_runs_on_comes_back_to_the_same_books(tmp_path: Path) -> None:
    # A session in 12 s, from when the daemon is connected: both starts must be over well before the tape is.
    played = (*PLAYED, "--end", LAST_DAY, "--speed", "2000", "--wait")
    with Simulator(tmp_path, *played) as simulator:
        installation = Installation(tmp_path, simulator.url, SYMBOLS, TIMEFRAME)
        try:
            with Daemon(installation) as daemon:
                daemon.wait_for(lambda: daemon.status().counts.open_positions > 0, "a position is open")
                daemon.kill()
            with Daemon(installation) as daemon:
                daemon.wait_for(lambda: _caught_up(daemon, simulator), "the tape has ended and is digested")
                # Nobody counts what is still on its way when the exchange runs by itself.
                daemon.wait_for(lambda: _holds(check_books, daemon, simulator), "the books are the exchange's")
                assert _decisions_of_run(installation, 2) > 0
                check_books(daemon, simulator)
                check_no_difference(installation)
                check_orders(simulator)
                assert daemon.stop() == 0
        finally:
            installation.remove()
    check_journal(installation)


def _check_protected(pair: Lockstep) -> None:
    """The short position in QQQ has one stop at the exchange, for all its shares."""
    held = pair.daemon.positions.GetPosition(position.GetPositionRequest(symbol="QQQ")).position
    assert held.protection == position.PROTECTION_STATE_BROKER_STOP
    stops = [one for one in pair.simulator.get("/v2/orders?status=open") if one["side"] == "buy"]
    assert [(one["symbol"], one["type"], one["qty"]) for one in stops] == [("QQQ", "stop", str(held.quantity))]


def _holds(check: Callable[..., None], *arguments: Any) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return False
    return True


def _caught_up(daemon: Daemon, simulator: Simulator) -> bool:
    clock = simulator.get("/sim/clock")
    status = daemon.status()
    digested = not status.progress.events_queued and not status.progress.requests_in_flight
    return digested and clock["rate"] == 0 and status.clock.rate == 0


def _decisions_of_run(installation: Installation, run: int) -> int:
    """Signals that a later process of the same journal has decided."""
    started = (row.seq for row in JournalFiles(installation.database.parent).rows() if row.kind == "Started")
    first = next(islice(started, run - 1, None))
    with sqlite3.connect(f"{installation.database.as_uri()}?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM signals WHERE seq > ?", (first,)).fetchone()
    return int(count)
