"""A simulated week: a tape with thin symbols, and a mixture of faults, restarts and orders drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

import numpy as np

from alpacasim.aggregate import Bars
from alpacasim.calendar import MINUTE_NS, SECOND_NS, Calendar, Session
from alpacasim.minute_path import hash_seed, random_uniform
from alpacasim.synthetic import synthetic
from alpacasim.tape import Series, Tape
from alpacasim.timestamps import utc_text

Fault = dict[str, Any]
Draw = Callable[[Random, Sequence[str]], list[Fault]]

# The share of the minutes in which a symbol trades at all.
TRADED = {"SPY": 1.0, "QQQ": 1.0, "AAPL": 0.995, "MSFT": 0.97, "DIA": 0.85, "IBM": 0.4}
FIRST_MONDAY = date(2023, 7, 3)
WEEKS = 70
QUIET_END_NS = 75 * MINUTE_NS
EPISODE_NS = 12 * MINUTE_NS
SPLIT = 2


class _Thin:
    """A symbol of another tape that doesn't trade in each minute."""

    dropped = 0

    def __init__(self, tape: Tape, symbol: str, share: float) -> None:
        self._tape, self._symbol, self._share = tape, symbol, share

    def days(self) -> Sequence[date]:
        return self._tape.session_dates()

    def minutes(self, day: date) -> Bars:
        bars = self._tape.minutes(self._symbol, day)
        return bars[random_uniform(hash_seed(f"{self._symbol}|{day}|traded"), len(bars)) < self._share]


class _Split:
    """A symbol of another tape whose prices are halved from a day on."""

    dropped = 0

    def __init__(self, tape: Tape, symbol: str, day: date) -> None:
        self._tape, self._symbol, self._day = tape, symbol, day

    def days(self) -> Sequence[date]:
        return self._tape.session_dates()

    def minutes(self, day: date) -> Bars:
        bars = self._tape.minutes(self._symbol, day).copy()
        if day >= self._day:
            for name in ("open", "high", "low", "close", "vwap"):
                bars[name] = np.round(bars[name] / SPLIT, 2)
            bars["volume"] *= SPLIT
        return bars


def split_series(tape: Tape, symbol: str, day: date) -> Series:
    """A symbol of a tape whose prices are halved from a day on."""
    return _Split(tape, symbol, day)


@cache
def calendar() -> Calendar:
    """The exchange's."""
    return Calendar()


@cache
def tape() -> Tape:
    """Two years of all symbols: each week plays its own days and symbols of it."""
    full = synthetic(4, tuple(TRADED), date(2023, 1, 3), date(2024, 12, 31))
    series: dict[str, Series] = {symbol: _Thin(full, symbol, share) for symbol, share in TRADED.items()}
    return Tape(series, calendar())


def tape_of(week: Week) -> Tape:
    """The tape of a week's symbols, one of them split."""
    series: dict[str, Series] = {symbol: _Split(tape(), symbol, date.max) for symbol in week.symbols}
    series |= {symbol: _Split(tape(), symbol, day) for symbol, day in week.splits}
    return Tape(series, calendar())


@dataclass(frozen=True, slots=True)
class Restart:
    """The daemon is gone from `at_ns` on for `down_s`; `killed` by a power cut, or ended in good order."""

    at_ns: int
    down_s: float
    killed: bool


@dataclass(frozen=True, slots=True)
class ManualOrder:
    """An operator closes the position in a symbol; where there is none, he may open one."""

    at_ns: int
    symbol: str
    opens: bool
    long: bool


@dataclass(frozen=True, slots=True)
class Week:
    """All that distinguishes one week from another."""

    seed: int
    symbols: tuple[str, ...]
    timeframe: str
    sessions: tuple[Session, ...]
    begin_ns: int
    faults: tuple[Fault, ...]
    restarts: tuple[Restart, ...]
    orders: tuple[ManualOrder, ...]
    disturbances: tuple[tuple[int, int], ...]
    splits: tuple[tuple[str, date], ...]

    @property
    def minutes(self) -> int:
        """Of a strategy bar."""
        return {"1Min": 1, "5Min": 5}[self.timeframe]

    def disturbed(self, ns: int) -> bool:
        """Does something go wrong now, or did it a moment ago."""
        return any(begin_ns <= ns < end_ns for begin_ns, end_ns in self.disturbances)

    def __str__(self) -> str:
        lines = [f"week {self.seed}: {self.timeframe} of {', '.join(self.symbols)} from {utc_text(self.begin_ns)}"]
        lines += [str(fault) for fault in self.faults]
        lines += [f"restart at {utc_text(one.at_ns)}: {one}" for one in self.restarts]
        return "\n".join(lines)


def draw_week(seed: int) -> Week:
    """The week of a seed."""
    random = Random(f"week {seed}")
    monday = FIRST_MONDAY + timedelta(weeks=seed % WEEKS)
    sessions = tuple(calendar().sessions(monday, monday + timedelta(days=4)))
    symbols = tuple(sorted(random.sample(sorted(TRADED), 3)))
    # Mostly before the first open; sometimes amid a session, so that a part of it is history.
    begin_ns = sessions[0].open_ns + random.choice((-50, -50, -50, 0, 3000, 7325)) * SECOND_NS
    episodes = [_instant(random, sessions, begin_ns) for _ in range(random.randint(4, 9))]
    last_ns = sessions[-1].close_ns - QUIET_END_NS
    faults = [fault for at_ns in episodes for fault in _draw_episode(random, symbols, at_ns, last_ns)]
    splits = [(random.choice(symbols), random.choice(sessions[1:]).day)] if random.random() < 0.2 else []
    faults += [_split(symbol, day) for symbol, day in splits]
    return Week(
        seed,
        symbols,
        "1Min" if seed % 2 else "5Min",
        sessions,
        begin_ns,
        tuple(faults),
        tuple(_draw_restarts(random, sessions, begin_ns)),
        tuple(sorted(_draw_orders(random, symbols, sessions, episodes), key=lambda order: order.at_ns)),
        tuple((at_ns, at_ns + EPISODE_NS) for at_ns in episodes),
        tuple(splits),
    )


# --- when ----------------------------------------------------------------------------------------------


def _instant(random: Random, sessions: Sequence[Session], begin_ns: int) -> int:
    """A moment of a session, not in the week's quiet end; now and then around an open or a close."""
    last_ns = sessions[-1].close_ns - QUIET_END_NS
    while True:
        session = random.choice(sessions)
        edge = random.random()
        if edge < 0.1:
            at_ns = session.open_ns + random.randint(-30, 120) * SECOND_NS
        elif edge < 0.2:
            at_ns = session.close_ns - random.randint(1, 300) * SECOND_NS
        else:
            at_ns = random.randint(session.open_ns, session.close_ns) // 1_000_000 * 1_000_000
        if begin_ns + 5 * MINUTE_NS < at_ns < last_ns:
            return at_ns


def _draw_episode(random: Random, symbols: Sequence[str], at_ns: int, last_ns: int) -> Iterator[Fault]:
    """One to four kinds of faults that overlap, or come shortly one after the other."""
    for draw in random.sample(DRAWS, random.choice((1, 1, 2, 3, 4))):
        from_ns = at_ns + random.randint(0, 120) * SECOND_NS
        until_ns = min(from_ns + random.choice((5, 45, 90, 240, 600, 1500)) * SECOND_NS, last_ns)
        window = {"from": utc_text(from_ns), "until": utc_text(max(until_ns, from_ns + SECOND_NS))}
        yield from (fault | window for fault in draw(random, symbols))


def _draw_restarts(random: Random, sessions: Sequence[Session], begin_ns: int) -> list[Restart]:
    count = random.choice((0, 0, 1, 1, 2))
    times = sorted(_instant(random, sessions, begin_ns) for _ in range(count))
    restarts: list[Restart] = []
    for at_ns in times:
        if not restarts or at_ns - restarts[-1].at_ns > 30 * MINUTE_NS:
            restarts.append(Restart(at_ns, random.choice((0.5, 3.0, 40.0, 300.0, 900.0)), random.random() < 0.7))
    return restarts


def _draw_orders(
    random: Random, symbols: Sequence[str], sessions: Sequence[Session], episodes: Sequence[int]
) -> Iterator[ManualOrder]:
    """Some throughout each session, and some in the midst of what goes wrong."""
    for session in sessions:
        at_ns = session.open_ns
        while (at_ns := at_ns + random.randint(5, 60) * MINUTE_NS) < session.close_ns:
            yield _draw_order(random, symbols, at_ns, opens=random.random() < 0.3)
    for at_ns in episodes:
        for half_minutes in (0, 1, 2, 3, 4, 6, 8, 12, 16):
            yield _draw_order(random, symbols, at_ns + half_minutes * MINUTE_NS // 2, opens=True)


def _draw_order(random: Random, symbols: Sequence[str], at_ns: int, *, opens: bool) -> ManualOrder:
    within_ns = random.randint(0, 29_000) * 1_000_000
    return ManualOrder(at_ns + within_ns, random.choice(symbols), opens, random.random() < 0.7)


# --- what ----------------------------------------------------------------------------------------------


def _chance(random: Random) -> float:
    return random.choice((0.1, 0.5, 1.0))


def _of_messages(kind: str) -> Draw:
    """Of bars, of quotes, of all market data, or of trade updates."""

    def draw(random: Random, symbols: Sequence[str]) -> list[Fault]:
        about = random.choice(({"channel": "bars"}, {"channel": "quotes"}, {"stream": "market"}, {"stream": "trade"}))
        fault: Fault = {"kind": kind, "probability": _chance(random)} | about
        if kind == "delay":
            fault["seconds"] = random.choice((1, 7, 30, 75, 200))
        if random.random() < 0.4:
            fault["symbols"] = random.choice(symbols)
        return [fault]

    return draw


def _of_connections(kind: str) -> Draw:
    def draw(random: Random, symbols: Sequence[str]) -> list[Fault]:
        stream = random.choice(("market", "trade"))
        return [{"kind": kind, "stream": stream} | ({"count": 1} if random.random() < 0.6 else {})]

    return draw


def _refused(random: Random, symbols: Sequence[str]) -> list[Fault]:
    """A connection that breaks and is not had again at once."""
    stream = random.choice(("market", "trade"))
    status = random.choice((406, 429, 500, 503) if stream == "market" else (429, 500, 503))
    cut = {"kind": "disconnect", "stream": stream, "count": 1}
    return [cut, {"kind": "refuse_connection", "stream": stream, "status": status}]


def _rest(random: Random, symbols: Sequence[str]) -> list[Fault]:
    status = random.choice((0, 429, 500, 503, 504))
    path = random.choice(("", "", "/v2/orders", "/v2/stocks", "/v2/account", "/v2/positions"))
    fault: Fault = {"kind": "rest", "status": status, "probability": _chance(random), "path": path}
    if status != 429 and random.random() < 0.5:  # what is refused for its number is never carried out
        fault["carried_out"] = True
    if status and random.random() < 0.3:
        fault["html"] = True
    if random.random() < 0.3:
        fault["method"] = random.choice(("GET", "POST", "DELETE", "PATCH"))
    return [fault]


def _late_bars(random: Random, symbols: Sequence[str]) -> list[Fault]:
    return [{"kind": "late_bars", "seconds": random.choice((2, 20, 55, 130)), "probability": _chance(random)}]


def _revisions(random: Random, symbols: Sequence[str]) -> list[Fault]:
    return [{"kind": "revisions", "probability": _chance(random)}]


def _partial_fills(random: Random, symbols: Sequence[str]) -> list[Fault]:
    return [{"kind": "partial_fills", "probability": _chance(random)}]


def _halt(random: Random, symbols: Sequence[str]) -> list[Fault]:
    return [{"kind": "halt", "symbols": random.choice(symbols)}]


def _clock_skew(random: Random, symbols: Sequence[str]) -> list[Fault]:
    return [{"kind": "clock_skew", "seconds": random.choice((-45, -3, 3, 45))}]


def _split(symbol: str, day: date) -> Fault:
    return {"kind": "split", "symbols": [symbol], "ex_date": day.isoformat(), "new_rate": SPLIT, "old_rate": 1}


DRAWS: tuple[Draw, ...] = (
    _of_messages("drop"),
    _of_messages("delay"),
    _of_messages("duplicate"),
    _of_messages("reorder"),
    _of_connections("mute"),
    _of_connections("half_dead"),
    _of_connections("disconnect"),
    _refused,
    _refused,
    _rest,
    _rest,
    _late_bars,
    _revisions,
    _partial_fills,
    _halt,
    _clock_skew,
)
