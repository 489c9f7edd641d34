"""A coarse bar played as minutes: a seeded random bridge that visits its open, extremes and close.

Only additions, multiplications, divisions and integer hashing are used: the same bar gives the same bytes on every
machine. The walk has four points a minute; a minute bar is the open, extremes and close of its four points.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alpacasim.aggregate import MINUTE, Bars
from alpacasim.calendar import MINUTE_NS

POINTS_A_MINUTE = 4

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_LANE = np.uint64(0xFFFF)
# The sum of four uniform 16-bit numbers: mean 2 * 65535, variance 4 * 65536**2 / 12.
_LANES_MEAN = 2.0 * 65535.0
_LANES_DEVIATION = 37836.8
# A free walk of m steps of deviation s covers about 1.6 * s * sqrt(m).
_RANGE_OF_A_WALK = 1.6
_LOW_FIRST_OF_A_RISING_BAR = 0.7


@dataclass(frozen=True, slots=True)
class Bar:
    """Prices and volume of the bar to play; low <= open, close <= high."""

    open: float
    high: float
    low: float
    close: float
    volume: int


def hash_seed(text: str) -> int:
    """A 64-bit seed for `random_bits` out of any text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def random_bits(seed: int, count: int) -> NDArray[np.uint64]:
    """`count` words of SplitMix64, exact on every machine."""
    state = np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN + np.uint64(seed)
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return state ^ (state >> np.uint64(31))


def random_uniform(seed: int, count: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1)."""
    return (random_bits(seed, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def random_bell(seed: int, count: int) -> NDArray[np.float64]:
    """`count` bell-shaped numbers of mean 0 and deviation 1, none beyond 3.5."""
    bits = random_bits(seed, count)
    lanes = sum((bits >> np.uint64(shift)) & _LANE for shift in (16, 32, 48)) + (bits & _LANE)
    return (lanes.astype(np.float64) - _LANES_MEAN) / _LANES_DEVIATION


def session_volume_profile(first_minute: int, count: int, session_minutes: int) -> NDArray[np.float64]:
    """Relative volumes of `count` minutes from `first_minute` of a session: busy at the open and the close."""
    position = (np.arange(first_minute, first_minute + count) + 0.5) / session_minutes
    from_middle = position * 2.0 - 1.0
    return 0.5 + 1.5 * from_middle * from_middle


def minute_path(
    symbol: str, bar_start_ns: int, bar: Bar, first_minute_ns: int, volume_profile: NDArray[np.float64]
) -> Bars:
    """Play `bar` over the minutes from `first_minute_ns`, one for each entry of `volume_profile` (at least one).

    Seeded by the symbol and the bar's start. The minutes aggregate back to exactly `bar`: prices equal as floats,
    volumes sum up. A bar of fewer shares than minutes leaves minutes without a trade out; the first always trades.
    """
    seed = hash_seed(f"{symbol}|{bar_start_ns}")
    chosen = _trading_minutes(seed, len(volume_profile), bar.volume)
    points = _bridge(seed + 1, bar, len(chosen) * POINTS_A_MINUTE)
    volumes = share_out(bar.volume, volume_profile[chosen] * (0.6 + 0.8 * random_uniform(seed + 2, len(chosen))))
    return bars_of_points(first_minute_ns + chosen * MINUTE_NS, points, volumes, seed + 3)


def bars_of_points(t_ns: NDArray[np.int64], points: NDArray[np.float64], volumes: NDArray[np.int64], seed: int) -> Bars:
    """Minute bars of a price path with four points for each minute; the seed draws the sizes of the trades."""
    quarters = points.reshape(-1, POINTS_A_MINUTE)
    bars = np.zeros(len(t_ns), dtype=MINUTE)
    bars["t_ns"] = t_ns
    bars["open"] = quarters[:, 0]
    bars["high"] = quarters.max(axis=1)
    bars["low"] = quarters.min(axis=1)
    bars["close"] = quarters[:, -1]
    bars["volume"] = volumes
    lots = 80 + (random_bits(seed, len(t_ns)) % np.uint64(120)).astype(np.int64)
    bars["trades"] = np.minimum(volumes, 1 + volumes // lots)
    mean = (quarters[:, 0] + quarters[:, 1] + quarters[:, 2] + quarters[:, 3]) / POINTS_A_MINUTE
    bars["vwap"] = np.clip(np.rint(mean * 1e4) / 1e4, bars["low"], bars["high"])
    return bars


def share_out(volume: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole shares by weight that sum to `volume`, at least one each where the volume allows it."""
    count = len(weights)
    if volume < count:
        ones: NDArray[np.int64] = (np.arange(count) < volume).astype(np.int64)
        return ones
    upto = np.cumsum(weights)
    spare = volume - count
    bounds = np.floor(upto / upto[-1] * spare).astype(np.int64)
    bounds[-1] = spare
    shares: NDArray[np.int64] = np.diff(bounds, prepend=0) + 1
    return shares


def _trading_minutes(seed: int, minutes: int, volume: int) -> NDArray[np.int64]:
    count = min(minutes, max(1, volume))
    if count == minutes:
        return np.arange(minutes, dtype=np.int64)
    order = np.argsort(random_uniform(seed, minutes)[1:], kind="stable") + 1
    return np.sort(np.concatenate(([0], order[: count - 1]))).astype(np.int64)


def _bridge(seed: int, bar: Bar, count: int) -> NDArray[np.float64]:
    span = bar.high - bar.low
    if span <= 0.0:
        return np.full(count, bar.open)
    at, price = _anchors(seed, bar, count)
    step = span / (_RANGE_OF_A_WALK * float(np.sqrt(count)))
    walk = np.cumsum(random_bell(seed + 1, count)) * step
    index = np.arange(count)
    segment = np.minimum(np.searchsorted(at, index, side="right"), len(at) - 1)
    before, after = at[segment - 1], at[segment]
    share = (index - before) / (after - before)
    offset = price - walk[at]
    points = walk + offset[segment - 1] * (1.0 - share) + offset[segment] * share
    points = np.clip(_on_ticks(_reflect(points, bar.low, span), bar), bar.low, bar.high)
    points[at] = price
    return points


def _anchors(seed: int, bar: Bar, count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where the walk must be at which price: the open, the extremes that are neither open nor close, the close."""
    first, second, order = random_uniform(seed, 3).tolist()
    low_first = (order < _LOW_FIRST_OF_A_RISING_BAR) == (bar.close >= bar.open)
    extremes = (bar.low, bar.high) if low_first else (bar.high, bar.low)
    inner = [price for price in extremes if price not in (bar.open, bar.close)]
    # Anchors keep a distance, so that the walk does not leap from one to the next.
    gap = max(1, count // 12)
    places = [0]
    for number, draw in enumerate((first, second)[: len(inner)], start=1):
        earliest = places[-1] + gap
        latest = count - 1 - gap * (len(inner) - number + 1)
        # Walks have their extremes near the ends more often than in the middle: so has this curve.
        places.append(earliest + int(draw * draw * (3.0 - 2.0 * draw) * (latest - earliest + 1)))
    places.append(count - 1)
    return np.array(places, dtype=np.int64), np.array([bar.open, *inner, bar.close])


def _reflect(points: NDArray[np.float64], low: float, span: float) -> NDArray[np.float64]:
    folded = np.mod(points - low, 2.0 * span)
    return low + np.minimum(folded, 2.0 * span - folded)


def _on_ticks(points: NDArray[np.float64], bar: Bar) -> NDArray[np.float64]:
    cents = all(round(price * 100.0) / 100.0 == price for price in (bar.open, bar.high, bar.low, bar.close))
    scale = 100.0 if cents else 1e4
    return np.rint(points * scale) / scale
