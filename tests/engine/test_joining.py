"""Random days on which symbols join, leave and warm up again while connections drop: no minute is lost or doubled."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

import pytest
from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.types import AssetInfo, Bar
from fluxherod.engine.commands import AddSymbolCommand, RemoveSymbolCommand, UpdateParametersCommand
from fluxherod.engine.effects import BarClosed, Effect, FollowSymbols, Reply, ReplyCode, RequestBackfill, RequestHistory
from fluxherod.engine.events import (
    BackfillLoaded,
    BarsReceived,
    Event,
    FeedFollows,
    HistoryLoaded,
    LinkChanged,
    TimerFired,
)

BAR = 5
BAR_NS = BAR * MINUTE_NS
LENGTH = 60
THROUGH_NS = CLOSE_NS - DAY_NS


def minute(symbol: str, number: int) -> Bar:
    """A minute that no other minute looks like."""
    return bar(number, 100.0 + number / 8, 1 << (number % BAR), symbol)


def whole(symbol: str, number: int) -> Bar:
    """The strategy's bar of the minutes from `number` on."""
    parts = [minute(symbol, number + offset) for offset in range(BAR)]
    high, low = max(part.high for part in parts), min(part.low for part in parts)
    volume = sum(part.volume for part in parts)
    return Bar(symbol, parts[0].start_ns, parts[0].open, high, low, parts[-1].close, volume)


@dataclass
class Day:
    """A feed and a REST host with random delays. The stream keeps its order; the host's answers come when they come."""

    seed: int
    world: World = field(init=False)
    chance: random.Random = field(init=False)
    due: list[tuple[int, int, Event]] = field(default_factory=list)
    wanted: frozenset[str] = frozenset({"SPY"})
    subscribed: frozenset[str] = frozenset({"SPY"})
    up: bool = True
    spoken_ns: int = 0
    count: int = 0
    closed: dict[str, list[Bar]] = field(default_factory=dict)
    ended: list[list[Bar]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.world = World(timeframe=f"{BAR}Min").ready(history=20)

    # --- the outside -----------------------------------------------------------------------------------
    def post(self, delay_s: float, event: Event) -> None:
        self.count += 1
        heapq.heappush(self.due, (self.world.now_ns + int(delay_s * SECOND_NS), self.count, event))

    def say(self, *events: Event) -> None:
        """The stream says something: in order, a moment later."""
        self.spoken_ns = max(self.spoken_ns, self.world.now_ns + int(self.chance.uniform(0.01, 1.0) * SECOND_NS))
        for event in events:
            self.count += 1
            heapq.heappush(self.due, (self.spoken_ns, self.count, event))

    def answer(self, effects: list[Effect]) -> None:
        now_ns, delay_s = self.world.now_ns, self.chance.choice((0.05, 1.0, 20.0, 90.0))
        for effect in effects:
            match effect:
                case FollowSymbols(symbols):
                    self.wanted = frozenset(symbols)
                    self._subscribe()
                case RequestBackfill(symbols, since_ns):
                    through_ns = now_ns - now_ns % MINUTE_NS
                    numbers = range(max(0, (since_ns - OPEN_NS) // MINUTE_NS), (through_ns - OPEN_NS) // MINUTE_NS)
                    bars = tuple(minute(symbol, number) for number in numbers for symbol in symbols)
                    self.post(delay_s, BackfillLoaded(symbols, bars, since_ns, through_ns))
                case RequestHistory(symbols=symbols):
                    bars_done = (now_ns - OPEN_NS) // BAR_NS
                    through_ns = OPEN_NS + bars_done * BAR_NS if bars_done > 0 else THROUGH_NS
                    for symbol in symbols:
                        bars = tuple(whole(symbol, number * BAR) for number in range(bars_done))
                        self.post(delay_s, HistoryLoaded(symbol, bars, through_ns))

    def _subscribe(self) -> None:
        if self.up and self.subscribed != self.wanted:
            self.subscribed = self.wanted
            self.say(FeedFollows(tuple(sorted(self.subscribed))))

    def drop(self) -> None:
        self.up, self.subscribed = False, frozenset()
        self.say(LinkChanged("market", False, "reset"))

    def connect(self) -> None:
        self.up, self.subscribed = True, self.wanted
        self.say(FeedFollows(tuple(sorted(self.subscribed))), LinkChanged("market", True))

    # --- the day ---------------------------------------------------------------------------------------
    def tell(self, event: Event) -> list[Effect]:
        effects = self.world.tell(event)
        for done in of(BarClosed, effects):
            self.closed.setdefault(done.bar.symbol, []).append(done.bar)
        self.answer(effects)
        return effects

    def until(self, ns: int) -> None:
        """Everything that is due, each at its time; the engine's own deadlines first."""
        while True:
            deadline_ns = self.world.engine.next_deadline_ns()
            timer = deadline_ns is not None and deadline_ns <= min(ns, self.due[0][0] if self.due else ns)
            if not timer and (not self.due or self.due[0][0] > ns):
                break
            if timer:
                self.world.now_ns = max(self.world.now_ns, deadline_ns or 0)
                self.tell(TimerFired())
            else:
                due_ns, _, event = heapq.heappop(self.due)
                self.world.now_ns = max(self.world.now_ns, due_ns)
                self.tell(event)
        self.world.now_ns = max(self.world.now_ns, ns)

    def operate(self) -> None:
        """Somebody joins, leaves, changes a period, or pulls the plug."""
        world, symbol = self.world, self.chance.choice(("QQQ", "IBM"))
        match self.chance.randrange(9):
            case 0 | 1 | 2:
                self.tell(AddSymbolCommand(world.caller(), symbol, AssetInfo(symbol, True, True, True, True)))
            case 3:
                (reply,) = of(Reply, self.tell(RemoveSymbolCommand(world.caller(), symbol)))
                if reply.code is ReplyCode.OK:
                    self.ended.append(self.closed.pop(symbol, []))
            case 4:
                changes = (("kama_period", self.chance.randint(5, 15)),)
                self.tell(UpdateParametersCommand(world.caller(), changes, "", "a test"))
            case 5 if self.up:
                self.drop()
            case 6 | 7 if not self.up:
                self.connect()

    def play(self) -> None:
        for number in range(LENGTH):
            for _ in range(3):
                self.until(self.world.now_ns + int(self.chance.uniform(1, 18) * SECOND_NS))
                if number < LENGTH - 15:
                    self.operate()
            self.until(OPEN_NS + (number + 1) * MINUTE_NS)
            if number == LENGTH - 15 and not self.up:
                self.connect()
            if self.up:
                bars = tuple(minute(symbol, number) for symbol in sorted(self.subscribed))
                self.say(BarsReceived(bars))
        self.until(self.world.now_ns + 200 * SECOND_NS)


@pytest.mark.parametrize("seed", range(40))
def test_each_bar_of_each_symbol_is_whole_and_comes_once_in_order(seed: int) -> None:
    day = Day(seed)
    day.play()
    books = day.world.engine.market.books
    assert all(book.live for book in books.values())
    for bars in (*day.closed.values(), *day.ended):
        for done in bars:
            assert done == whole(done.symbol, (done.start_ns - OPEN_NS) // MINUTE_NS)
        starts = [done.start_ns for done in bars]
        assert starts == [starts[0] + number * BAR_NS for number in range(len(starts))] if starts else True
    last = OPEN_NS + (LENGTH - BAR) * MINUTE_NS
    assert all(book.closed[-1].bar.start_ns == last for book in books.values())
    day.world.replay()
