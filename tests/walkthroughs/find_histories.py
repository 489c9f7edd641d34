"""Finds the minute bars that yield the indicator values which the walkthroughs print.

From the repository's root: `PYTHONPATH=tests python -m walkthroughs.find_histories [SYMBOL ...]`. It takes about 20 s a
symbol and writes `histories/<SYMBOL>_1Min.csv` anew, the same file each time. QQQ goes with SPY's file.

Two sessions of 390 minutes come first, then the bar of the signal, whose prices the walkthrough gives. All prices are
whole cents. The minutes wander around a level until the last TAIL of them, which simulated annealing moves: one
proposal changes a close or a wick by some cents, and the kernel, from its state before the tail, says how far every
indicator of the signal's bar then is from its printed value, in tolerances, and which condition of the walkthrough
fails (a regime that is not confirmed, a price rule that stood already on the bar before). A loss below 1 is every
figure within its tolerance, which is far inside of the printed digits; not each seed of the generator gets there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from harness.steps import step_through
from numpy.typing import NDArray
from walkthroughs.minutes import SESSION_MINUTES, read_minutes, records, write_minutes

from fluxherod.core.calendar import MINUTE_NS, from_datetime
from fluxherod.core.jit import RecordArray
from fluxherod.core.kernel import default_params, new_states
from fluxherod.core.risk.correlation import correlation
from fluxherod.core.types import Bar

CENTS = 100
TAIL = 90
WIDEST = 300.0
GOOD = 0.2
LONGEST_WICK = 400
LARGEST_MOVE = 3.5
PARAMS = default_params()
SESSION_OPENS = (datetime(2024, 1, 18, 14, 30, tzinfo=UTC), datetime(2024, 1, 19, 14, 30, tzinfo=UTC))
SIGNAL_DAY_OPENS = datetime(2024, 1, 22, 14, 30, tzinfo=UTC)

Cents = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of the walkthrough on the signal's bar, and how near to `value` it must come."""

    name: str
    value: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Another symbol that the closes follow: `share` of their wandering is its own, at the end rho is this."""

    symbol: str
    share: float
    rho: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """What is searched. Prices are in cents; `signal` is the given bar: open, high, low, close and volume.

    `minutes_before` are the minutes of the signal's day before it, which are searched as well.
    """

    symbol: str
    seed: int
    minutes_before: int
    level: int
    drift: int
    change: float
    wick: float
    volume: int
    signal: tuple[int, int, int, int, int]
    targets: tuple[Target, ...]
    failings: Callable[[RecordArray], float]
    beside: Beside | None = None


def above(value: float, limit: float, scale: float) -> float:
    """How far a value is below a limit, in scales; 0 when it is not."""
    return max(0.0, (limit - value) / scale)


def _crossover_failings(decisions: RecordArray) -> float:
    """STRONG_TREND on the last four bars, and the price rule false on the bar before the signal's."""
    before = decisions[-2]
    band = float(before["kama"]) + 0.5 * float(before["atr"])
    failing = above(band - 0.25, float(before["close"]), 0.1)
    for decision in decisions[-4:]:
        failing += above(float(decision["adx"]), 26.0, 1.0) + above(float(decision["r2"]), 0.63, 0.02)
    return failing + _implausible(decisions)


def _band_touch_failings(decisions: RecordArray) -> float:
    """MEAN_REVERSION on the last four bars, and no short entry standing on the bar before the signal's."""
    before = decisions[-2]
    failing = above(float(before["bb_upper"]) - 0.25, float(before["close"]), 0.1)
    failing += above(float(before["close"]), 182.0, 0.5)  # the gap to the signal's open stays small
    failing += above(5.0, float(decisions[-1]["atr"]), 1.0)  # not printed: it keeps the wicks short
    for decision in decisions[-4:]:
        failing += above(19.5, float(decision["adx"]), 1.0) + above(0.38, float(decision["r2"]), 0.02)
    return failing + _implausible(decisions)


def _implausible(decisions: RecordArray) -> float:
    """Volatility near to HIGH or LOW on the signal's bar, and closes that jump."""
    ratio = float(decisions[-1]["atr"]) / float(decisions[-1]["atr_avg50"])
    jump = float(np.abs(np.diff(decisions["close"])).max())
    return above(ratio, 0.8, 0.1) + above(1.35, ratio, 0.1) + above(LARGEST_MOVE, jump, 1.0)


WALKTHROUGHS = {
    "SPY": Walkthrough(
        symbol="SPY",
        seed=12,
        minutes_before=0,
        level=44_500,
        drift=450,
        change=80.0,
        wick=100.0,
        volume=420_000,
        signal=(45_000, 45_150, 44_980, 45_125, 1_500_000),
        targets=(
            Target("kama", 448.50, 0.0015),
            Target("atr", 3.1996, 0.0003),
            Target("rsi", 62.0, 0.1),
            Target("adx", 32.0, 0.1),
            Target("r2", 0.81, 0.001),
        ),
        failings=_crossover_failings,
    ),
    "AAPL": Walkthrough(
        symbol="AAPL",
        seed=3,
        minutes_before=1,
        level=18_150,
        drift=100,
        change=50.0,
        wick=70.0,
        volume=310_000,
        signal=(18_320, 18_565, 18_305, 18_550, 640_000),
        targets=(
            Target("rsi", 74.0, 0.1),
            Target("adx", 18.0, 0.1),
            Target("r2", 0.32, 0.001),
            Target("sma", 182.00, 0.0001),
            Target("bb_upper", 185.20, 0.001),
        ),
        failings=_band_touch_failings,
    ),
    "QQQ": Walkthrough(
        symbol="QQQ",
        seed=1,
        minutes_before=1,
        level=37_500,
        drift=200,
        change=75.0,
        wick=100.0,
        volume=350_000,
        signal=(37_900, 38_040, 37_870, 38_000, 1_200_000),
        targets=(Target("atr", 3.1996, 0.0003), Target("kama", 377.60, 0.002)),
        failings=_crossover_failings,
        beside=Beside("SPY", share=0.8, rho=0.85, tolerance=0.0005),
    ),
}


@dataclass(slots=True)
class Path:
    """Minute bars in cents: closes, the wicks beyond the bodies, and the steps from a close to the next open."""

    closes: Cents
    upper: Cents
    lower: Cents
    steps: Cents
    volumes: Cents

    def prices(self) -> tuple[Cents, Cents, Cents, Cents]:
        """Open, high, low and close of each bar."""
        opens = self.closes.copy()
        opens[1:] = self.closes[:-1]
        opens += self.steps
        highs = np.maximum(opens, self.closes) + self.upper
        lows = np.minimum(opens, self.closes) - self.lower
        return opens, highs, lows, self.closes


def wandering_path(plan: Walkthrough, rng: np.random.Generator) -> Path:
    """Minutes around the level; over the last third of the tail the closes drift."""
    count = 2 * SESSION_MINUTES + plan.minutes_before
    closes = np.zeros(count)
    deviation = 0.0
    for index in range(count):
        deviation = 0.93 * deviation + plan.change * rng.normal()
        closes[index] = plan.level + deviation
    closes[-TAIL // 3 :] += np.linspace(0.0, plan.drift, TAIL // 3)
    if plan.beside is not None:
        theirs = CENTS * np.array([bar.close for bar in read_minutes(plan.beside.symbol)])[:count]
        closes = plan.level + plan.beside.share * (theirs - theirs.mean()) + 0.5 * (closes - plan.level)
    minute = np.arange(count) % SESSION_MINUTES / (SESSION_MINUTES - 1)
    busy = 0.7 + 1.2 * (2 * minute - 1) ** 2  # more is traded at the open and the close
    return Path(
        closes.round().astype(np.int64),
        rng.gamma(4.0, plan.wick / 4.0, count).round().astype(np.int64),
        rng.gamma(4.0, plan.wick / 4.0, count).round().astype(np.int64),
        rng.integers(-4, 5, count),
        (plan.volume * busy * rng.uniform(0.8, 1.2, count)).round().astype(np.int64),
    )


def minute_starts(count: int) -> list[int]:
    """Starts of the minutes of both sessions and of the signal's day, `count` in all."""
    opens = [from_datetime(moment) for moment in (*SESSION_OPENS, SIGNAL_DAY_OPENS)]
    return [opens[k // SESSION_MINUTES] + k % SESSION_MINUTES * MINUTE_NS for k in range(count)]


def to_bars(plan: Walkthrough, path: Path) -> list[Bar]:
    """The path and the signal's bar as the minutes of a symbol."""
    rows = [*zip(*(part.tolist() for part in (*path.prices(), path.volumes)), strict=True), plan.signal]
    return [
        Bar(plan.symbol, start_ns, opening / CENTS, high / CENTS, low / CENTS, close / CENTS, volume)
        for start_ns, (opening, high, low, close, volume) in zip(minute_starts(len(rows)), rows, strict=True)
    ]


class Search:
    """Annealing of a path's tail. `rows` is the tail and the signal's bar in the kernel's form."""

    def __init__(self, plan: Walkthrough) -> None:
        self.plan = plan
        self.rng = np.random.default_rng(plan.seed)
        self.path = wandering_path(plan, self.rng)
        bars = records(to_bars(plan, self.path))
        cut = len(self.path.closes) - TAIL
        self.before = new_states(1, PARAMS)
        self.rows = bars[cut:]
        step_through(self.before, PARAMS, bars[:cut])
        self.starts = np.array(minute_starts(len(bars)))
        others = read_minutes(plan.beside.symbol) if plan.beside is not None else []
        self.others = np.array([bar.start_ns for bar in others]), np.array([bar.close for bar in others])

    def rho(self) -> float:
        """How the closes, with the signal's, go with those of the symbol beside them, as risk sees it."""
        closes = np.append(self.path.closes, self.plan.signal[3]) / CENTS
        return correlation("", self.starts[-TAIL:], closes[-TAIL:], self.others).rho

    def measure(self) -> tuple[float, float]:
        """The squared distances from the targets, in tolerances, and how far the conditions are from holding."""
        for name, prices in zip(("open", "high", "low", "close"), self.path.prices(), strict=True):
            self.rows[name][:TAIL] = prices[-TAIL:] / CENTS
        out = step_through(self.before.copy(), PARAMS, self.rows)
        signal = out[-1]
        distance = sum(((float(signal[one.name]) - one.value) / one.tolerance) ** 2 for one in self.plan.targets)
        if (beside := self.plan.beside) is not None:
            distance += ((self.rho() - beside.rho) / beside.tolerance) ** 2
        return distance, self.plan.failings(out)

    def propose(self) -> Callable[[], None]:
        """Move a close, a pair of closes or a wick of the tail; the answer takes it back."""
        rng, path = self.rng, self.path
        size = int(60.0 ** rng.random()) * int(rng.choice((-1, 1)))
        index = -1 - int(rng.integers(TAIL))
        kind = rng.integers(4)
        if kind < 2:
            other = -1 - int(rng.integers(TAIL)) if kind else index
            parts = [(path.closes, index, size)] + ([(path.closes, other, -size)] if other != index else [])
        else:
            wick = path.upper if kind == 2 else path.lower
            held = int(wick[index])
            parts = [(wick, index, min(max(held + size, 0), max(held, LONGEST_WICK)) - held)]
        for cents, place, change in parts:
            cents[place] += change

        def undo() -> None:
            for cents, place, change in parts:
                cents[place] -= change

        return undo

    def anneal(self, proposals: int) -> float:
        """The loss reached. Tolerances begin WIDEST times as wide; what is a little worse is taken until the end."""
        distance, failing = self.measure()
        for count in range(proposals):
            widening = WIDEST ** max(0.0, 1.0 - 1.25 * count / proposals)
            undo = self.propose()
            new_distance, new_failing = self.measure()
            worse = (new_distance - distance) / widening**2 + 100.0 * (new_failing**2 - failing**2)
            if worse <= (self.rng.exponential() if widening > 1.0 else 0.0):
                distance, failing = new_distance, new_failing
            else:
                undo()
            if widening == 1.0 and distance + failing < GOOD:
                break
        self.measure()
        return distance + failing


def find(plan: Walkthrough, proposals: int = 300_000) -> list[Bar]:
    """The minute bars of a walkthrough.

    Raises:
        RuntimeError: the search ended outside of a tolerance.
    """
    search = Search(plan)
    loss = search.anneal(proposals)
    figures = ", ".join(f"{one.name} {float(search.out[-1][one.name]):.5f}" for one in plan.targets)
    figures += f", rho {search.rho():.5f}" if plan.beside is not None else ""
    print(f"{plan.symbol}: loss {loss:.3f}, {figures}")
    if loss > 1.0:
        raise RuntimeError(f"{plan.symbol}: a figure is out of its tolerance; try another seed")
    return to_bars(plan, search.path)


if __name__ == "__main__":
    for name in sys.argv[1:] or list(WALKTHROUGHS):
        write_minutes(find(WALKTHROUGHS[name]))
