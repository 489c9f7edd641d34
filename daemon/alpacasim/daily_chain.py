"""Daily prices of generated symbols: a chain of opens and closes, each from the close before it.

The chain is walked day by day. Few symbols are walked one by one in Python's floats, many at once in arrays: the same
operations in the same order, so that the prices are the same bytes either way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alpacasim.minute_path import hash_seed, random_bell, random_uniform

_MARKET_DEVIATION = 0.008
_OWN_DEVIATION = 0.008
_GAP_DEVIATION = 0.003
_PULL_TO_BASE = 0.01
_PULL_IN_A_RANGE = 0.15
_SHOCK_CHANCE = 1 / 40
_LOWEST_PRICE = 2.0
_SHORTEST_REGIME_DAYS = 8

_FEW = 6
_MANY = 128  # at once: bounds the memory

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Character:
    """What distinguishes one symbol from another."""

    base_price: float
    beta: float
    daily_shares: int


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a symbol's days; `shock` is the part of a day's move that comes at once."""

    character: Character
    open: Floats
    close: Floats
    shock: Floats
    shares: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Draws:
    """What chance gives each day of a symbol."""

    drift: Floats
    range_pull: Floats
    is_new_regime: NDArray[np.bool_]
    market_move: Floats
    own_move: Floats
    gap: Floats
    shock: Floats
    activity: Floats

    def inputs(self) -> tuple[NDArray[Any], ...]:
        """What a step of the walk takes, in its order."""
        return (
            self.drift,
            self.range_pull,
            self.is_new_regime,
            self.market_move,
            self.own_move,
            1.0 + self.gap,
            self.shock,
        )


def frames_of(seed: int, symbols: Sequence[str], count: int, first: int) -> Iterator[Frames]:
    """For each symbol the frames of its days `first`..`count` - 1 of a chain that begins at day 0."""
    size = 1 if len(symbols) < _FEW else _MANY
    for begin in range(0, len(symbols), size):
        part = symbols[begin : begin + size]
        characters = [_character(seed, symbol) for symbol in part]
        draws = [_draw(seed, symbol, one, count) for symbol, one in zip(part, characters, strict=True)]
        walked = _walk_one(characters[0], draws[0]) if size == 1 else _walk_many(characters, draws)
        for character, drawn, prices in zip(characters, draws, walked, strict=True):
            opens, closes, moves = prices[:, first:]
            busy = 1.0 + 20.0 * np.abs(moves + drawn.shock[first:])
            shares = (character.daily_shares * (0.7 + 0.6 * drawn.activity[first:]) * busy).astype(np.int64)
            yield Frames(character, opens.copy(), closes.copy(), drawn.shock[first:].copy(), shares)


def _character(seed: int, symbol: str) -> Character:
    price, beta, shares = random_uniform(hash_seed(f"{seed}|{symbol}|character"), 3).tolist()
    return Character(20.0 + 280.0 * price * price, 0.6 + 0.8 * beta, 2_000_000 + int(10_000_000 * shares))


def _draw(seed: int, symbol: str, character: Character, count: int) -> _Draws:
    own = hash_seed(f"{seed}|{symbol}|days")
    return _Draws(
        *_regimes(own + 5, count),
        character.beta * (random_bell(hash_seed(f"{seed}|market|days"), count) * _MARKET_DEVIATION),
        random_bell(own + 1, count) * _OWN_DEVIATION,
        random_bell(own + 2, count) * _GAP_DEVIATION,
        _shocks(own + 3, count),
        random_uniform(own + 4, count),
    )


def _regimes(seed: int, count: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Drift, pull in a range, and whether a regime begins, of each day; a regime lasts 8 to 30 sessions."""
    choice, strength, length = random_uniform(seed, 3 * (count // _SHORTEST_REGIME_DAYS + 1)).reshape(-1, 3).T
    days = _SHORTEST_REGIME_DAYS + (23 * length).astype(np.int64)
    drift = 0.003 + 0.004 * strength
    ranges = choice < 0.4
    signed = np.where(ranges, 0.0, np.where(choice < 0.7, drift, -drift))
    number = np.repeat(np.arange(len(days)), days)[:count]
    begins = np.diff(number, prepend=-1) != 0
    return signed[number], np.where(ranges, _PULL_IN_A_RANGE, 0.0)[number], begins


def _shocks(seed: int, count: int) -> Floats:
    """Mostly 0; now and then 3 to 6 % up or down."""
    sizes = 0.03 + 0.03 * random_uniform(seed + 1, count)
    signs = np.where(random_uniform(seed + 2, count) < 0.5, -1.0, 1.0)
    return np.where(random_uniform(seed, count) < _SHOCK_CHANCE, sizes * signs, 0.0)


def _walk_one(character: Character, draws: _Draws) -> Floats:
    """Opens, closes and moves of one symbol: an array of (1, 3, days)."""

    def to_cents(price: float) -> float:
        return max(_LOWEST_PRICE, round(price, 2))

    rows = zip(*(column.tolist() for column in draws.inputs()), strict=True)
    steps = _steps(character.base_price, rows, to_cents, lambda new, close, level: close if new else level)
    return np.array([list(steps)]).transpose(0, 2, 1)


def _walk_many(characters: Sequence[Character], draws: Sequence[_Draws]) -> Floats:
    """Opens, closes and moves of several symbols: an array of (symbols, 3, days)."""

    def to_cents(price: Floats) -> Floats:
        return np.maximum(_LOWEST_PRICE, np.rint(price * 100.0) / 100.0)

    columns = zip(*(one.inputs() for one in draws), strict=True)
    rows = zip(*(np.array(column).T.copy() for column in columns), strict=True)
    bases = np.array([one.base_price for one in characters])
    walked = np.empty((len(draws[0].drift), 3, len(characters)))
    for day, step in enumerate(_steps(bases, rows, to_cents, np.where)):
        walked[day] = step
    return walked.transpose(2, 1, 0)


def _steps(
    base: Any, rows: Iterable[tuple[Any, ...]], to_cents: Callable[[Any], Any], choose: Callable[[Any, Any, Any], Any]
) -> Iterator[tuple[Any, Any, Any]]:
    """Open, close and move of each day, in floats or in arrays of them."""
    close = level = to_cents(base)
    for drift, range_pull, is_new_regime, market_move, own_move, gap_factor, shock in rows:
        level = choose(is_new_regime, close, level)
        pull = _PULL_TO_BASE * (base / close - 1.0) + range_pull * (level / close - 1.0)
        move = drift + pull + market_move + own_move
        open_ = to_cents(close * gap_factor)
        close = to_cents(open_ * (1.0 + move + shock))
        yield open_, close, move
