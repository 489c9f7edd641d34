"""A simulated week: simulator and daemon, both real, in one process under virtual time, and a mixture of faults."""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import dataclass
from random import Random

from alpacasim.app import Settings as SimulatorSettings
from alpacasim.app import Simulator, build
from alpacasim.calendar import SECOND_NS
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import Caller, ClosePositionCommand, PlaceOrderCommand
from fluxherod.engine.runner import Stopped
from fluxherod.engine.settings import Settings
from harness.network import Network
from harness.virtual_time import VirtualTimeLoop, run
from harness.weeks_audit import Record, violations
from harness.weeks_daemon import Daemon, ExchangeTime, Journal, MemoryCache
from harness.weeks_plan import ManualOrder, Week, calendar, draw_week, tape_of

# Polls are sparser here than the daemon's own, so an account may be older.
ACCOUNT_MAX_AGE_NS = 1200 * SECOND_NS
# A tape's bars are narrow: without the limit on spreads the strategy trades some times a day.
BUSY = StrategyParams(spread_limit=0.9, spread_limit_illiquid=0.9)
SHARES, STOP_DISTANCE = 10, 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a week came to: `chain` stands for every input and every effect, `sizes` are the daemon's at each close."""

    violations: list[str]
    chain: bytes
    sizes: tuple[int, ...]
    record: Record


class Scene:
    """All that takes part in one week."""

    def __init__(self, week: Week, loop: VirtualTimeLoop, measured: bool) -> None:
        self.week = week
        self.measured = measured
        self.loop = loop
        self.random = Random(f"jitter {week.seed}")
        self.simulator = _simulator(week, loop)
        self.network = Network(self.simulator.app)
        self.clock = ExchangeTime(self.simulator.player)
        self.record = Record()
        self.journal = Journal(self.record.take)
        self.cache = MemoryCache()
        self.settings = Settings(week.symbols, week.timeframe, strategy=BUSY, account_max_age_ns=ACCOUNT_MAX_AGE_NS)
        self.faults: list[str] = []
        self.runs = 0
        self.daemon = self._start()

    def _start(self) -> Daemon:
        self.runs += 1
        return Daemon(
            self.runs,
            self.week,
            self.settings,
            self.network,
            self.clock,
            self.journal,
            self.journal.rows,
            self.cache,
            self.loop,
            self.random,
        )

    async def restart_as_planned(self) -> None:
        """Let the daemon end and begin again where the week says so."""
        for restart in self.week.restarts:
            await self.clock.wait_until(restart.at_ns)
            await (self.daemon.kill() if restart.killed else self.daemon.stop())
            self.faults += self.daemon.faults
            await asyncio.sleep(restart.down_s)
            self.daemon = self._start()

    async def trade_by_hand(self) -> None:
        """Place the week's manual orders, as an operator would; a refusal is an answer."""
        for number, order in enumerate(self.week.orders):
            await self.clock.wait_until(order.at_ns)
            await self._trade(f"order {number}", order)

    async def _trade(self, request_id: str, order: ManualOrder) -> None:
        engine, caller = self.daemon.engine, Caller(request_id, "operator")
        if engine.run == 0:
            return
        book = engine.market.books[order.symbol]
        side = Side.BUY if order.long else Side.SELL
        stop_e4 = round(book.price_e4 * (1 - side.sign * STOP_DISTANCE)) // 100 * 100
        held = order.symbol in engine.ledger.positions
        if not held and not order.opens:
            return
        command: PlaceOrderCommand | ClosePositionCommand = PlaceOrderCommand(
            caller, order.symbol, side, SHARES, OrderType.MARKET, stop_price_e4=stop_e4, accept_adjusted=True
        )
        if held:
            command = ClosePositionCommand(caller, order.symbol)
        try:
            await self.daemon.runner.ask(command)
        except Stopped:
            return

    async def measure(self) -> list[int]:
        """How many objects the daemon holds at each close."""
        sizes = []
        for session in self.week.sessions if self.measured else ():
            await self.clock.wait_until(session.close_ns)
            sizes.append(self.daemon.size())
        return sizes

    async def play(self) -> Outcome:
        """The week, to its end."""
        works = (self.measure(), self.simulator.player.run(), self.restart_as_planned(), self.trade_by_hand())
        sizes, *_ = await asyncio.gather(*works)
        await self.daemon.stop()
        self.faults += [*self.daemon.faults, *self.network.faults, *self.loop.faults]
        found = [*self.faults, *violations(self.week, self.record, self.daemon.engine, self.simulator)]
        return Outcome(found, self.journal.chain, tuple(sizes), self.record)


def _simulator(week: Week, loop: VirtualTimeLoop) -> Simulator:
    settings = SimulatorSettings(
        start_ns=week.begin_ns,
        last_day=week.sessions[-1].day,
        seed=f"week {week.seed}",
        faults={"seed": week.seed, "fault": list(week.faults)},
    )
    return build(tape_of(week), calendar(), settings, wall_s=loop.time, monotonic_ns=loop.monotonic_ns)


def play_week(week: Week, *, measured: bool = False) -> Outcome:
    """Play a week in virtual time; `sizes` are there only where they are to be measured."""

    async def play(loop: VirtualTimeLoop) -> Outcome:
        return await Scene(week, loop, measured).play()

    return run(play)


def play_seed(seed: int) -> Outcome:
    """Play the week of a seed."""
    return play_week(draw_week(seed))


def report(seed: int) -> tuple[list[str], str]:
    """What does not hold in the week of a seed, and the hash of all that it did; for a process of its own."""
    logging.disable()
    gc.freeze()
    gc.disable()  # a week's garbage is some ten megabytes; to look for it all the time takes an eighth of the week
    try:
        outcome = play_seed(seed)
        return outcome.violations, outcome.chain.hex()
    except Exception as fault:
        return [f"it failed: {fault!r}"], ""
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)
        gc.collect()
