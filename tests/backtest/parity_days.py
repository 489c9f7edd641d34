"""Days of an engine at a tiny exchange, minute by minute, as a journal would have them, and what parity finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, choppy
from simulation.plan import BUSY

from fluxherod.backtest.parity.compare import compare
from fluxherod.backtest.parity.findings import Finding, Kind, Parity
from fluxherod.backtest.parity.recorded import RecordedDay
from fluxherod.backtest.parity.recorder import Recorder
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.engine.codec import encode_effects
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BarsReceived, HistoryLoaded
from fluxherod.engine.ports import JournalEntry

DAY = "2024-01-02"
HISTORY = 60
Act = Callable[[World, int], None]


class Tape:
    """Prices by chance of the symbols of a world; each minute opens where the one before closed."""

    def __init__(self, seed: int, symbols: Iterable[str] = ("SPY",)) -> None:
        self.random = Random(seed)
        self.closes = dict.fromkeys(symbols, 450.0)

    def minute(self, symbol: str, number: int) -> Bar:
        opening, step = self.closes[symbol], self.random.gauss(0.0, 0.35)
        close = round(opening + step, 2)
        high = round(max(opening, close) + abs(self.random.gauss(0.0, 0.1)), 2)
        low = round(min(opening, close) - abs(self.random.gauss(0.0, 0.1)), 2)
        self.closes[symbol] = close
        return Bar(symbol, OPEN_NS + number * MINUTE_NS, opening, high, low, close, self.random.randint(500, 5_000))


def traded(seed: int, minutes: int = 60, act: Act | None = None, world: World | None = None) -> World:
    """A world that has traded a day's first minutes; `act` does something to it before each."""
    world = world or World(strategy=BUSY)
    symbols = world.settings.symbols
    begin(world)
    tape = Tape(seed, symbols)
    for number in range(minutes):
        if act is not None:
            act(world, number)
        play(world, number, [tape.minute(symbol, number) for symbol in symbols])
    world.wait(2)
    return world


def begin(world: World) -> None:
    world.start()
    world.reference()
    for symbol in world.settings.symbols:
        bars = tuple(choppy(symbol, number, 450.0) for number in range(390 - HISTORY, 390))
        world.tell(HistoryLoaded(symbol, bars, CLOSE_NS - DAY_NS))
    world.now_ns = OPEN_NS
    world.connect()
    for symbol in world.settings.symbols:
        world.quote(450.0, symbol)


def play(world: World, number: int, bars: Iterable[Bar]) -> None:
    """A minute in four prices, each quoted and traded, then its bars."""
    bars = tuple(bars)
    for place, second in (("open", 1), ("low", 20), ("high", 40), ("close", 58)):
        world.until(OPEN_NS + number * MINUTE_NS + second * 1_000_000_000)
        for bar in bars:
            world.quote(getattr(bar, place), bar.symbol)
    world.until(OPEN_NS + (number + 1) * MINUTE_NS)
    world.tell(BarsReceived(bars))
    world.snapshot()


def recorded(world: World) -> RecordedDay:
    """The day by a replay of what the world was told."""
    engine, recorder = Engine(), Recorder(DAY)
    for seq, (now_ns, event, effects) in enumerate(world.journal, 1):
        found = engine.process(now_ns, event)
        recorder.take(engine, JournalEntry(seq, now_ns, event, found), encode_effects(found) == effects)
    return recorder.recorded()


def parity(world: World) -> Parity:
    return compare(recorded(world))


def of(found: Parity, kind: Kind) -> list[Finding]:
    return [one for one in found.findings if one.kind is kind]
