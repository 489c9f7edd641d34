"""An event of many symbols comes in pieces, and what is decided does not depend on them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from engine.test_overrides import _change
from engine.test_replay import random_session
from engine.test_runner import running
from engine.world import OPEN_NS, World, bar, of

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar
from fluxherod.engine.codec import encode_effects
from fluxherod.engine.effects import BarRejected, SignalUpdated, SubmitOrder
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import BackfillLoaded, BarsReceived, Event, LinkChanged
from fluxherod.engine.market import pieces

SYMBOLS = tuple(f"S{number:02d}" for number in range(23))


def session(seed: int, timeframe: str) -> World:
    """Minutes of many symbols in frames, some of them late or lost, through drops and changes."""
    chance = random.Random(seed)
    symbols = tuple(chance.sample(SYMBOLS, len(SYMBOLS)))
    world = World(symbols, timeframe=timeframe).ready(history=120, five_minute_span=1.0)
    prices, late = dict.fromkeys(symbols, 450.0), list[Bar]()
    for number in range(45):
        world.until(OPEN_NS + (number + 1) * MINUTE_NS)
        came: list[Bar] = []
        for symbol in symbols:
            prices[symbol] *= 1 + chance.gauss(0, 0.004)
            minute = bar(number, prices[symbol], chance.choice((500, 4_000)), symbol, 1.0)
            (came if chance.random() < 0.95 else late).append(minute)
        chance.shuffle(came)
        cut = chance.randrange(len(came))
        world.tell(BarsReceived(tuple(came[:cut])))
        world.tell(BarsReceived((*came[cut:], *late[:3])))
        del late[:3]
        if number % 15 == 7:
            world.tell(LinkChanged("market", False), LinkChanged("market", True))
            world.tell(BackfillLoaded(symbols, tuple(late), OPEN_NS, world.now_ns - world.now_ns % MINUTE_NS))
        if number % 10 == 5:
            _change(world, chance)
        for symbol in chance.sample(symbols, 5):
            world.quote(prices[symbol], symbol)
        world.snapshot()
        world.wait(chance.choice((3, 5, 30)))
    return world


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize(("seed", "timeframe"), [(1, "1Min"), (2, "1Min"), (3, "5Min")])
def test_the_effects_in_pieces_are_those_in_one_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch, seed: int, timeframe: str, size: int
) -> None:
    whole = session(seed, timeframe)
    assert len(of(SignalUpdated, whole.seen)) > 20
    assert of(SubmitOrder, whole.seen)
    monkeypatch.setattr(pieces, "PIECE", size)
    monkeypatch.setattr(pieces, "ENTRIES", size)
    assert session(seed, timeframe).journal == whole.journal
    whole.replay()


def test_a_random_session_in_pieces_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = random_session(5)
    monkeypatch.setattr(pieces, "PIECE", 1)
    assert random_session(5).journal == whole.journal


def paused(engine: Engine, now_ns: int, event: Event) -> tuple[int, bytes]:
    out: list[Any] = []
    return sum(1 for _ in engine.pieces(now_ns, event, out)), encode_effects(out)


def test_only_an_event_of_many_symbols_comes_in_more_than_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(SYMBOLS).ready(history=100)
    minutes = [tuple(bar(number, 450.0, symbol=symbol) for symbol in SYMBOLS) for number in range(2)]
    assert paused(world.engine, OPEN_NS + MINUTE_NS, BarsReceived(minutes[0]))[0] == 0
    monkeypatch.setattr(pieces, "PIECE", 4)
    assert paused(world.engine, OPEN_NS + 2 * MINUTE_NS, BarsReceived(minutes[1][:4]))[0] == 0
    assert paused(world.engine, OPEN_NS + 2 * MINUTE_NS, BarsReceived(minutes[1][4:]))[0] > 4


async def test_what_comes_between_two_pieces_waits_for_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 1)
    async with running() as stage:
        await stage.trading()
        stage.clock.move(OPEN_NS + MINUTE_NS)
        seq, rejections = stage.runner.seq, stage.engine.market.books["SPY"].rejections
        stage.runner.post(BarsReceived((bar(0, 450.0),) * 30))
        await stage.until(lambda: rejections.total() >= 3)
        assert rejections.total() < 29  # the loop turns in the middle of the event
        assert (stage.runner.seq, stage.runner.queued, stage.runner.idle) == (seq, 1, False)
        stage.runner.post(LinkChanged("data", up=False))
        await stage.settled()
        bars, link = stage.store.entries[seq : seq + 2]
        assert (type(bars.event), type(link.event)) == (BarsReceived, LinkChanged)
        assert [type(effect) for effect in bars.effects] == [BarRejected] * 29


async def test_an_exchange_that_stands_between_steps_sees_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 1)
    async with running() as stage:
        await stage.trading()
        stage.clock.rate = 0.0
        stage.clock.move(OPEN_NS + MINUTE_NS)
        seq, seen = stage.runner.seq, set[int]()
        stage.runner.post(BarsReceived((bar(0, 450.0),) * 30))
        while stage.runner.seq == seq:
            seen.add(stage.engine.market.books["SPY"].rejections.total())
            await asyncio.sleep(0)
        assert seen == {0}
