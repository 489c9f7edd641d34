"""The main job on real prices: SPY and IBM, hourly, 2008, over sockets, in lock-step: `make acceptance DATA=DIR`."""

import os
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from harness.audit import (
    check_books,
    check_explained,
    check_journal,
    check_no_difference,
    check_orders,
    journal_size,
    our_signals,
)
from harness.lockstep import Lockstep, lockstep

DATA = os.environ.get("FLUXHERO_DATA", "")
FIRST_DAY, LAST_DAY = "2008-01-02", "2008-12-31"
SYMBOLS = ("SPY", "IBM")
PROGRESS_EVERY = 7_800  # twenty sessions


@pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
@pytest.mark.timeout(3600)
def test_a_year_of_spy_and_ibm_trades_and_every_cent_and_every_decision_is_accounted_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = ("--bars", DATA, "--start", FIRST_DAY, "--end", LAST_DAY)
    with lockstep(tmp_path, played, SYMBOLS, "1Hour") as pair, capsys.disabled():
        started = time.monotonic()
        _play(pair, started)
        wall_s = time.monotonic() - started
        _print_figures(pair, wall_s)
        check_books(pair.daemon, pair.simulator)
        check_no_difference(pair.installation)
        assert check_explained(pair.daemon)
        assert check_orders(pair.simulator)
        assert pair.daemon.stop() == 0
    check_journal(pair.installation)


def _play(pair: Lockstep, started: float) -> None:
    """Every session minute of the year."""
    print(flush=True)
    clock = pair.simulator.get("/sim/clock")["timestamp"]
    while clock < f"{LAST_DAY}T20:59:59":
        clock = pair.step()
        if pair.steps % PROGRESS_EVERY == 0:
            rate = pair.steps / (time.monotonic() - started)
            print(f"  {clock[:10]}  {pair.steps:,} minutes, {rate:.0f} a second", flush=True)


def _print_figures(pair: Lockstep, wall_s: float) -> None:
    trades, signals = check_explained(pair.daemon), our_signals(pair.daemon)
    closed = [trade for trade in trades if trade.HasField("closed_at")]
    wins = sum(Decimal(trade.net_pnl) > 0 for trade in closed)
    net = sum((Decimal(trade.net_pnl) for trade in trades), Decimal())
    rows, megabytes = journal_size(pair.installation)
    state = pair.simulator.get("/sim/state")
    outcomes = ", ".join(
        f"{count} {outcome}" for outcome, count in Counter(one.outcome for one in signals).most_common()
    )
    print(f"  {len(signals)} signals: {outcomes}")
    print(f"  {len(trades)} trades, {len(closed)} closed, {wins} won, net {net:.2f}")
    print(f"  equity {state['account']['equity']}, {state['orders_total']} orders, {state['fills_total']} fills")
    print(f"  {pair.steps:,} minutes in {wall_s:.0f} s, {pair.steps / wall_s:.0f} a second")
    print(f"  journal: {rows:,} rows, database {megabytes:.0f} MB", flush=True)
