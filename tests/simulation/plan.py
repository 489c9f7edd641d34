"""A simulated session: some minutes of one or two trading days, dense with faults and orders, drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from harness.weeks_plan import TRADED, calendar, split_series, tape

from alpacasim.calendar import MINUTE_NS, SECOND_NS, Session
from alpacasim.tape import Tape
from alpacasim.timestamps import utc_text
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.engine.settings import Settings
from simulation.kinds import KINDS, Entry

FIRST_DAY, DAYS = date(2023, 7, 3), 340
SPLIT = 2
SLOW_LATENCY_S = 1.2
WARM_NS, TROUBLED_NS, CALM_NS = 80 * SECOND_NS, 6 * MINUTE_NS, 4 * MINUTE_NS
HOURS = ("day", "day", "day", "open", "night")
# A kind may be drawn for some sessions alone: those that are there overnight.
PARTS = "partial_fills"
OVERNIGHT = frozenset({"split"})
# Short memories and loose rules: the strategy trades every few minutes.
BUSY = StrategyParams(
    kama_period=5, ema_period=5, rsi_period=5, atr_period=5, adx_period=5, bollinger_period=5, regression_period=5,
    volume_period=5, atr_average_period=10, confirmation_bars=1, entry_atr=0.05, exit_atr=0.05, range_adx=30.0,
    trend_adx=30.0, range_r2=0.5, trend_r2=0.5, rsi_oversold=40.0, rsi_overbought=60.0, volume_ratio=0.0,
    breakout_volume_ratio=0.0, spread_limit=0.9, spread_limit_illiquid=0.9, close_quiet_minutes=2,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a session: its kind, when, and what the exchange's own plan says of it."""

    kind: str
    from_ns: int
    until_ns: int
    entries: tuple[Entry, ...] = ()

    def __str__(self) -> str:
        about = [
            {name: value for name, value in entry.items() if name not in ("from", "until")} for entry in self.entries
        ]
        return f"{utc_text(self.from_ns)[11:19]} to {utc_text(self.until_ns)[11:19]} {self.kind} {about or ''}".rstrip()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that distinguishes one session from another. From `calm_ns` on nothing goes wrong any more."""

    seed: int
    hours: str
    symbols: tuple[str, ...]
    days: tuple[Session, ...]
    begin_ns: int
    calm_ns: int
    end_ns: int
    settings: Settings
    faults: tuple[Fault, ...]
    stays_halted: bool

    @property
    def by_others(self) -> bool:
        """Does anything change the account's positions or cash that is no order of ours."""
        return self.leaves_early or any(KINDS[fault.kind].by_others for fault in self.faults)

    @property
    def leaves_early(self) -> bool:
        """May what reduces risk leave before it is durable: a power cut then takes the daemon's memory of it."""
        return any(fault.kind.startswith("commit") for fault in self.faults)

    @property
    def split(self) -> tuple[str, date] | None:
        """The symbol that is split overnight, and the day from which on."""
        return (self.symbols[0], self.days[-1].day) if any(one.kind == "split" for one in self.faults) else None

    def __str__(self) -> str:
        settings = self.settings
        first = f"seed {self.seed}: {', '.join(self.symbols)} from {utc_text(self.begin_ns)} ({self.hours})"
        how = f"entries {settings.entry_order}, stops {settings.stops}, foreign positions {settings.foreign_positions}"
        return "\n".join((f"{first}, {how}", *map(str, self.faults)))


def draw(seed: int) -> Plan:
    """The session of a seed."""
    random = Random(f"session {seed}")
    hours = random.choice(HOURS)
    days = _days(seed % DAYS, 2 if hours == "night" else 1)
    symbols = tuple(sorted(random.sample(sorted(TRADED), random.choice((1, 2)))))
    begin_ns, calm_ns = _when(random, hours, days)
    faults = tuple(sorted(_faults(random, hours, symbols, days, begin_ns, calm_ns), key=lambda fault: fault.from_ns))
    settings = _settings(random, symbols, hours)
    stays_halted = random.random() < 0.1
    return Plan(seed, hours, symbols, days, begin_ns, calm_ns, calm_ns + CALM_NS, settings, faults, stays_halted)


@cache
def _sessions() -> tuple[Session, ...]:
    return tuple(calendar().sessions(FIRST_DAY, FIRST_DAY + timedelta(days=500)))


def _days(first: int, count: int) -> tuple[Session, ...]:
    return _sessions()[first : first + count]


def _when(random: Random, hours: str, days: tuple[Session, ...]) -> tuple[int, int]:
    """The first and the last moment of trouble, or so."""
    first, last = days[0], days[-1]
    if hours == "open":
        begin_ns = first.open_ns - 50 * SECOND_NS
        return begin_ns, begin_ns + WARM_NS + TROUBLED_NS
    if hours == "night":
        return first.close_ns - 5 * MINUTE_NS, last.open_ns + 3 * MINUTE_NS
    latest_ns = first.close_ns - WARM_NS - TROUBLED_NS - CALM_NS - 3 * MINUTE_NS
    begin_ns = random.randint((first.open_ns + MINUTE_NS) // SECOND_NS, latest_ns // SECOND_NS) * SECOND_NS
    return begin_ns, begin_ns + WARM_NS + TROUBLED_NS


def _settings(random: Random, symbols: tuple[str, ...], hours: str) -> Settings:
    tight = random.random() < 0.2  # losses reach the limits within minutes
    limits = RiskLimits(
        max_exposure_bp=5_000 if tight else random.choice((1_000, 2_500, 5_000)),
        max_position_bp=4_000 if tight else random.choice((1_000, 2_000)),
        daily_loss_bp=random.choice((0, 10)) if tight else 300,
        warning_drawdown_bp=10 if tight else 1_500,
        recovery_drawdown_bp=10 if tight else 1_200,
        critical_drawdown_bp=10 if tight else 2_000,
    )
    return Settings(
        symbols,
        "1Min",
        history_bars=40,
        strategy=BUSY,
        limits=limits,
        trail_on=random.choice(("bar", "price")),
        entry_order=random.choice(("market", "limit", "limit")),
        stops=random.choice(("broker",) * 9 + ("daemon",)),
        foreign_positions=random.choice(("watch", "watch", "protect", "halt")),
        flatten_before_close_ns=random.choice((0, 120 * SECOND_NS)) if hours == "night" else 0,
        chase_after_ns=random.choice((15, 60)) * SECOND_NS,
        lookup_interval_ns=10 * SECOND_NS,
    )


def _faults(
    random: Random, hours: str, symbols: tuple[str, ...], days: tuple[Session, ...], begin_ns: int, calm_ns: int
) -> Iterator[Fault]:
    """Two to six kinds, some of them at the same time as others."""
    names = [name for name in KINDS if hours == "night" or name not in OVERNIGHT]
    chosen = random.sample(names, random.randint(2, 6))
    if random.random() < 0.35 and PARTS not in chosen:  # orders that fill at once leave little to do
        yield _fault(random, PARTS, symbols, days, begin_ns + WARM_NS, calm_ns, whole=True)
    last_ns = 0
    for name in chosen:
        beside = last_ns and random.random() < 0.5
        from_ns = last_ns + random.randint(0, 20) * SECOND_NS if beside else _moment(random, days, begin_ns, calm_ns)
        from_ns = last_ns = min(from_ns, calm_ns - 6 * SECOND_NS)
        yield _fault(random, name, symbols, days, from_ns, calm_ns)


def _fault(
    random: Random,
    name: str,
    symbols: tuple[str, ...],
    days: tuple[Session, ...],
    from_ns: int,
    calm_ns: int,
    whole: bool = False,
) -> Fault:
    """One fault of a kind; `whole`: it lasts until the calm."""
    kind = KINDS[name]
    if name == "split":
        entry = {"kind": name, "symbols": [symbols[0]], "ex_date": days[-1].day.isoformat()}
        opens_ns = days[-1].open_ns
        return Fault(name, opens_ns - MINUTE_NS, opens_ns, (entry | {"new_rate": SPLIT, "old_rate": 1},))
    lasts_s = random.choice((5, 20, 45, 90, 150, 400))
    until_ns = max(from_ns + SECOND_NS, min(from_ns + min(lasts_s, kind.most_s) * SECOND_NS, calm_ns))
    until_ns = calm_ns if whole else until_ns
    window: dict[str, Any] = {"from": utc_text(from_ns), "until": utc_text(until_ns)}
    entries = kind.draw(random, symbols) if kind.draw is not None else []
    return Fault(name, from_ns, until_ns, tuple(entry | window for entry in entries))


def _moment(random: Random, days: tuple[Session, ...], begin_ns: int, calm_ns: int) -> int:
    """When the exchange is open, or within a minute of it, once the daemon has had time to warm up."""
    while True:
        day = random.choice(days)
        earliest_ns, latest_ns = max(begin_ns + WARM_NS, day.open_ns - 30 * SECOND_NS), min(calm_ns, day.close_ns)
        if earliest_ns < latest_ns:
            return random.randint(earliest_ns // SECOND_NS, latest_ns // SECOND_NS) * SECOND_NS


def tape_of(plan: Plan) -> Tape:
    """The tape of a session's symbols, one of them split where the plan says so."""
    day = plan.split[1] if plan.split is not None else date.max
    series = {
        name: split_series(tape(), name, day if index == 0 else date.max) for index, name in enumerate(plan.symbols)
    }
    return Tape(series, calendar())
