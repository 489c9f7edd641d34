"""What operators change while an engine runs, and how the outside answers."""

from __future__ import annotations

from dataclasses import replace

from engine.world import CLOSE_NS, DAY_NS, OPEN_NS, World, choppy, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import AssetInfo, Bar
from fluxherod.engine.commands import AddSymbolCommand, Command, UpdateParametersCommand
from fluxherod.engine.effects import (
    BarClosed,
    Effect,
    Reply,
    ReplyCode,
    RequestBackfill,
)
from fluxherod.engine.events import BackfillLoaded, FeedFollows, HistoryLoaded

THROUGH_NS = CLOSE_NS - DAY_NS


def asset(symbol: str = "QQQ", **changes: object) -> AssetInfo:
    return replace(AssetInfo(symbol, True, True, True, True), **changes)  # type: ignore[arg-type]


def reply(effects: list[Effect]) -> Reply:
    (answer,) = of(Reply, effects)
    return answer


def code(world: World, command: Command) -> ReplyCode:
    return reply(world.tell(command)).code


def add(world: World, symbol: str = "QQQ") -> list[Effect]:
    return world.tell(AddSymbolCommand(world.caller(), symbol, asset(symbol)))


def history(symbol: str = "QQQ", count: int = 100) -> HistoryLoaded:
    return HistoryLoaded(symbol, tuple(choppy(symbol, number, 300.0) for number in range(count)), THROUGH_NS)


def followed(world: World) -> FeedFollows:
    return FeedFollows(world.engine.settings.symbols)


def answer(world: World, request: RequestBackfill, bars: tuple[Bar, ...] = ()) -> BackfillLoaded:
    return BackfillLoaded(request.symbols, bars, request.since_ns, world.now_ns - world.now_ns % MINUTE_NS)


def join(world: World, symbol: str = "QQQ") -> None:
    """A symbol joins and trades."""
    add(world, symbol)
    world.tell(history(symbol))
    (request,) = of(RequestBackfill, world.tell(followed(world)))
    world.tell(answer(world, request))
    assert world.engine.market.books[symbol].live


def update(world: World, revision: str = "", **changes: bool | int | float) -> list[Effect]:
    return world.tell(UpdateParametersCommand(world.caller(), tuple(changes.items()), revision, "a test"))


def closed(effects: list[Effect], symbol: str) -> list[int]:
    """The minutes after the open at which bars of a symbol closed."""
    return [(done.end_ns - OPEN_NS) // MINUTE_NS for done in of(BarClosed, effects) if done.bar.symbol == symbol]
