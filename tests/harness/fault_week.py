"""A week through a mixture of faults, with real processes at a fast exchange: played, traded by hand, and audited."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import grpc

from fluxhero.v1 import account_pb2 as account
from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import system_pb2 as system
from harness.audit import (
    FIRST_CASH,
    check_journal,
    check_no_difference,
    our_orders,
    our_positions,
    pages,
    their_positions,
)
from harness.faults import Bars, buy, check_same_orders, close, of_the_daemon, of_the_tape
from harness.mixtures import DAYS, SYMBOLS, Mixture, draw, label, revised_windows
from harness.processes import CALL_TIMEOUT_S, Daemon, Installation, Simulator

SPEED = 2_000
TIMEFRAME = "5Min"
# The quiet afternoon is 9 s of the wall's time: at its end there is nothing left to wait for.
ACTIVE_AGAIN_S = 5.0
LONGEST_WEEK_S = 500.0
LOOK_EVERY_S = 0.05
# From the end of the second day (the first whole one after a start) to that of the fifth.
MOST_GROWTH_MB = 16.0
ACT_EVERY_MINUTES = 25
HAND_RESTS = f"{DAYS[-1]}T19:30"  # half an hour before the end, so that nothing is left half done
SECOND_NS = 1_000_000_000
# What a daemon says that can't do it now: there is no price, no position any more, no connection.
REFUSALS = (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAVAILABLE)


@dataclass(slots=True)
class Hand:
    """A person who buys and closes now and then; what the daemon refuses is counted by its reason."""

    chance: Random
    next_ns: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def act(self, daemon: Daemon, now_ns: int) -> None:
        """Do something if it is time for it."""
        if now_ns < self.next_ns:
            return
        self.next_ns = now_ns + int(self.chance.uniform(0.2, 1.8) * ACT_EVERY_MINUTES * 60) * SECOND_NS
        symbol = self.chance.choice(SYMBOLS)
        try:
            if symbol in our_positions(daemon):
                close(daemon, symbol)
            else:
                buy(daemon, symbol, self.chance.randrange(2, 30))
        except grpc.RpcError as refusal:
            if refusal.code() not in REFUSALS or not daemon.alive:
                raise
            self.refused[str(refusal.details())] += 1
        else:
            self.accepted += 1


class FaultWeek:
    """One week of one seed. `play` returns when its tape has ended and all was checked; AssertionError otherwise."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.mixture: Mixture = draw(seed)
        self.hand = Hand(Random(seed))
        self.met: Counter[str] = Counter()
        self.resident_mb: dict[str, float] = {}
        self._seed = seed
        self._restarted_on = ""

    def play(self) -> FaultWeek:
        """Play, kill where the plan says so, and check."""
        self.folder.mkdir()
        with ExitStack() as stack:
            played = ("--synthetic", str(self._seed), "--symbols", ",".join(SYMBOLS), "--start", DAYS[0])
            pace = ("--end", DAYS[-1], "--speed", str(SPEED), "--wait")
            simulator = stack.enter_context(Simulator(self.folder, *played, *pace))
            installation = Installation(self.folder, simulator.url, SYMBOLS, TIMEFRAME)
            stack.callback(installation.remove)
            simulator.post("/sim/faults", seed=self._seed, fault=list(self.mixture.faults))
            began_ns = simulator.now_ns
            daemon = self._trade(stack, simulator, installation)
            self._note_met(simulator)
            wait_until_active(daemon)
            self._check(daemon, simulator, installation, began_ns)
            assert daemon.stop() == 0
            check_journal(installation)
        return self

    def _trade(self, stack: ExitStack, simulator: Simulator, installation: Installation) -> Daemon:
        """Until the tape has ended; the daemon that was there at the end."""
        daemon = stack.enter_context(Daemon(installation))
        killed_at, deadline = self.mixture.killed_at, time.monotonic() + LONGEST_WEEK_S
        while (clock := simulator.get("/sim/clock"))["rate"]:
            assert time.monotonic() < deadline, "the week does not end"
            now = clock["timestamp"]
            if killed_at and now > killed_at:
                daemon.kill()
                daemon, killed_at, self._restarted_on = stack.enter_context(Daemon(installation)), "", now[:10]
            elif clock["session"] and now < HAND_RESTS:
                self.hand.act(daemon, clock["time_ns"])
            self.resident_mb[now[:10]] = resident_mb(daemon.process.pid)
            time.sleep(LOOK_EVERY_S)
        return daemon

    def _note_met(self, simulator: Simulator) -> None:
        found = simulator.delete("/sim/faults")["faults"]
        for fault, one in zip(self.mixture.faults, found, strict=True):
            self.met[label(fault)] += one["met"]

    def _check(self, daemon: Daemon, simulator: Simulator, installation: Installation, since_ns: int) -> None:
        check_same_orders(daemon, simulator)
        check_money(daemon, simulator)
        check_no_difference(installation)
        check_protected(daemon, simulator)
        for symbol in SYMBOLS:
            ours = of_the_daemon(daemon, symbol, since_ns)
            check_same_bars(ours, of_the_tape(simulator, symbol, since_ns, TIMEFRAME), self.mixture)
        assert self.growth_mb() < MOST_GROWTH_MB

    def growth_mb(self) -> float:
        """By how much the daemon's memory has grown since the first whole day of its process, the second at least."""
        days = list(self.resident_mb)
        first = days[1] if not self._restarted_on else days[days.index(self._restarted_on) + 1]
        return self.resident_mb[days[-1]] - self.resident_mb[first]


def wait_until_active(daemon: Daemon) -> None:
    """Return when the daemon has digested the week and would trade; soon."""

    def active() -> bool:
        status = daemon.status()
        busy = status.progress.events_queued or status.progress.requests_in_flight or status.clock.rate
        return status.state == system.TRADING_STATE_ACTIVE and not busy

    daemon.stopwatch().wait_for(active, "fluxherod is ready to trade", ACTIVE_AGAIN_S)


def check_money(daemon: Daemon, simulator: Simulator) -> None:
    """Positions, executions and cash: ours, theirs, and each the sum of the others."""
    fills, signs = simulator.all_fills(), {common.SIDE_BUY: 1, common.SIDE_SELL: -1}
    executed = Counter[str]()
    for fill in fills:
        executed[fill["order_id"]] += int(fill["qty"])
    filled = [one for one in our_orders(daemon) if one.filled_quantity]
    assert {one.broker_order_id: one.filled_quantity for one in filled} == executed
    assert our_positions(daemon) == their_positions(simulator)
    cash = Decimal(daemon.account.GetAccount(account.GetAccountRequest(), timeout=CALL_TIMEOUT_S).account.cash)
    assert cash == Decimal(simulator.get("/v2/account")["cash"])
    spent = sum((signs[one.side] * Decimal(one.filled_value) for one in filled), Decimal())
    assert FIRST_CASH - spent == cash


def check_protected(daemon: Daemon, simulator: Simulator) -> None:
    """Each position has one stop at the exchange, for all its shares."""
    held = our_positions(daemon)
    stops = [one for one in simulator.get("/v2/orders?status=open&limit=500") if one["type"] == "stop"]
    assert sorted((one["symbol"], int(one["qty"])) for one in stops) == sorted(
        (symbol, abs(quantity)) for symbol, quantity in held.items()
    )
    for one in pages(daemon.positions.ListPositions, position.ListPositionsRequest(), "positions"):
        assert one.protection == position.PROTECTION_STATE_BROKER_STOP


def check_same_bars(ours: Bars, theirs: Bars, mixture: Mixture) -> None:
    """Each bar of the exchange is there once, and the same; what was corrected after it was decided may lack that."""
    assert sorted(at for at, _ in ours) == [at for at, _ in theirs], {at for at, _ in theirs} ^ {at for at, _ in ours}
    windows = [[datetime.fromisoformat(at).replace(tzinfo=None) for at in one] for one in revised_windows(mixture)]
    for (at, here), (_, there) in zip(ours, theirs, strict=True):
        if any(since.timestamp() - 300 <= at.timestamp() <= until.timestamp() for since, until in windows):
            (first, high, low, _, volume), (first_there, high_there, low_there, _, volume_there) = here, there
            assert (first, low) == (first_there, low_there)
            assert high <= high_there
            assert volume <= volume_there
        else:
            assert here == there, f"the bar of {at} is {here}, and the exchange has {there}"


def resident_mb(pid: int) -> float:
    """The memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
