"""Markets by chance: regimes, gaps, crashes, halts, thin volume, kin symbols, and accounts that such a market ruins."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from backtest.types import DAY_NS, HOUR_NS, MINUTE_NS, Bar, Config, Session

LOWEST, HIGHEST = 1.0, 5_000.0
NAMES = ("SPY", "QQQ", "IBM", "AAPL", "XOM", "GLD")  # not in alphabetical order


@dataclass(frozen=True, slots=True)
class Market:
    """One account's bars and rules, and what was drawn."""

    seed: int
    bars: dict[str, list[Bar]]
    config: Config


def market(seed: int, sessions: dict[str, Session]) -> Market:
    """The market of a seed: 400 to 1,200 bars each of one to six symbols."""
    chance = random.Random(seed)
    config = replace(_rules(chance), entry_order="limit" if seed % 7 == 3 else "market")
    starts = _bar_starts(chance, list(sessions.values()), config.timeframe_ns, chance.randrange(400, 1_200))
    crowd = [chance.gauss(0, 1) for _ in starts]
    how_often, deepest = chance.choice(((0.003, -0.25), (0.003, -0.25), (0.01, -0.6)))
    crashes = {i: chance.uniform(deepest, 0.2) for i in range(len(starts)) if chance.random() < how_often}
    names = NAMES[: chance.choice((1, 1, 2, 3, 4, 6))]
    return Market(seed, {name: _symbol(chance, starts, crowd, crashes) for name in names}, config)


def _rules(chance: random.Random) -> Config:
    config = Config(
        timeframe_ns=chance.choice((HOUR_NS, HOUR_NS, HOUR_NS, 30 * MINUTE_NS, 15 * MINUTE_NS, 5 * MINUTE_NS, DAY_NS)),
        trend_stop=chance.choice((Fraction(5, 2), Fraction(5, 2), Fraction(1))),
        shorts=chance.random() < 0.85,
        neutral_entries=chance.random() < 0.85,
        correlation_basis=chance.choice(("returns", "returns", "prices")),
        daily_loss_bp=chance.choice((300, 150, None, None)),
    )
    if chance.random() < 0.7:
        risk_bp = chance.choice((100, 500, 2_000))
        config = replace(
            config,
            trend_risk_bp=risk_bp,
            mean_reversion_risk_bp=risk_bp * 3 // 4,
            max_position_bp=chance.choice((5_000, 10_000)),
            max_exposure_bp=20_000,
            max_positions=chance.choice((2, 5)),
        )
    if chance.random() < 0.3:
        config = replace(config, warning_bp=500, recovered_bp=400, critical_bp=900)
    if chance.random() < 0.2:
        config = replace(config, cash=chance.choice((1_000_000, 20_000_000, 50_000_000_000)))
    return config


def _bar_starts(
    chance: random.Random, sessions: list[Session], timeframe_ns: int, count: int
) -> list[tuple[int, bool]]:
    """Starts of bars and whether a session begins with each, half-days as they are."""
    first = chance.randrange(0, len(sessions) - count)
    found: list[tuple[int, bool]] = []
    for session in sessions[first:]:
        found += [(start, k == 0) for k, start in enumerate(_starts_of(session, timeframe_ns))]
        if len(found) >= count:
            break
    return found[:count]


def _starts_of(session: Session, timeframe_ns: int) -> Iterator[int]:
    """A daily bar is stamped New York's midnight, an hourly one the full hour."""
    if timeframe_ns == DAY_NS:
        midnight = datetime.fromisoformat(session.day).replace(tzinfo=ZoneInfo("America/New_York"))
        yield int(midnight.astimezone(UTC).timestamp()) * 10**9
        return
    yield from range(session.open_ns // timeframe_ns * timeframe_ns, session.close_ns, timeframe_ns)


def _symbol(
    chance: random.Random, starts: list[tuple[int, bool]], crowd: list[float], crashes: dict[int, float]
) -> list[Bar]:
    """One symbol's bars; it may be listed late, halt, stand still, and print bad bars."""
    beta, tick = chance.choice((0.0, 0.6, 1.5)), chance.choice((100, 100, 1))
    thin = chance.choice((1_000_000, 100_000, 2_000, 40))
    price = math.exp(chance.uniform(math.log(8), math.log(600)))
    patchy = chance.choice((0.01, 0.01, 0.2))
    listed = chance.choice((0, 0, 0, len(starts) // 3))
    anchor, drift, sigma, pull, left, halted = price, 0.0, 0.005, 0.0, 0, 0
    bars: list[Bar] = []
    for i, (start_ns, opens) in enumerate(starts):
        if left == 0:
            drift, sigma, pull, left = _stretch(chance)
            anchor = price
        left -= 1
        jump = crashes.get(i, 0.0) * chance.random() + (chance.gauss(0, 0.006) if opens and sigma else 0.0)
        opening = _within(price * math.exp(jump))
        move = drift + sigma * (beta * crowd[i] + chance.gauss(0, 1)) + pull * math.log(anchor / opening)
        close = _within(opening * math.exp(move))
        bar = _bar(chance, start_ns, (opening, close), sigma * chance.choice((0.2, 1.0)), tick, thin)
        price = bar.close / 10_000
        if halted == 0 and chance.random() < patchy:
            halted = 1 + chance.choice((1, 1, 2, 2, 30, 90))
        halted = max(0, halted - 1)
        if i >= listed and not halted:
            bars += [bar, *_bad(chance, bar)]
    return bars


def _stretch(chance: random.Random) -> tuple[float, float, float, int]:
    """Drift, step, pull to an anchor and length of a stretch: trending, choppy, violent or still."""
    sigma = math.exp(chance.uniform(math.log(0.001), math.log(0.02)))
    kind = chance.choice(("up", "down", "chop", "chop", "walk", "violent", "still"))
    length = chance.randrange(20, 120)
    if kind == "still":
        return 0.0, 0.0, 0.0, length // 2
    if kind == "violent":
        return 0.0, 0.04, 0.1, length // 2
    drift = {"up": 0.5, "down": -0.5}.get(kind, 0.0) * sigma
    return drift, sigma, 0.25 if kind == "chop" else 0.0, length


def _within(price: float) -> float:
    return min(max(price, LOWEST), HIGHEST)


def _bar(chance: random.Random, start_ns: int, ends: tuple[float, float], span: float, tick: int, thin: int) -> Bar:
    opening, close = (max(tick, round(price * 10_000 / tick) * tick) for price in ends)
    high = round(max(opening, close) * (1 + span * chance.random()) / tick) * tick
    low = max(tick, round(min(opening, close) * (1 - span * chance.random()) / tick) * tick)
    volume = 0 if chance.random() < 0.01 else int(thin * chance.choice((1, 1, 6)) * math.exp(chance.gauss(0, 0.3)))
    return Bar(start_ns, opening, max(high, opening, close), min(low, opening, close), close, volume)


def _bad(chance: random.Random, bar: Bar) -> list[Bar]:
    """What the door must reject: a bar again, one of the past, without a price, upside down."""
    if chance.random() > 0.004:
        return []
    return [
        chance.choice(
            (
                bar,
                bar._replace(start_ns=bar.start_ns - 1),
                bar._replace(close=0),
                bar._replace(low=-bar.low),
                bar._replace(high=bar.low - 100),
                bar._replace(volume=-1),
            )
        )
    ]
