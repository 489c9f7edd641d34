"""Faults of all kinds over a week, drawn from a seed. The last afternoon is quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from harness.faults import Fault, named

DAYS = ("2023-06-26", "2023-06-27", "2023-06-28", "2023-06-29", "2023-06-30")
SYMBOLS = ("SPY", "QQQ", "AAPL")
OPEN_UTC = "13:30"
QUIET_DAY, QUIET_MINUTE = 4, 90  # from 11:00 in New York on
SESSION_MINUTES = 390

# A split is left out: the exchange skips the night up to a minute before the open, and a fast one leaves no time for
# what must be done before it.
_MESSAGES: tuple[Fault, ...] = (
    {"kind": "drop", "channel": "quotes", "probability": 0.5},
    {"kind": "drop", "channel": "bars", "probability": 0.2},
    {"kind": "drop", "stream": "trade", "probability": 0.7},
    {"kind": "duplicate", "stream": "market"},
    {"kind": "duplicate", "stream": "trade"},
    {"kind": "delay", "channel": "bars", "seconds": 75, "probability": 0.3},
    {"kind": "delay", "channel": "quotes", "seconds": 75},
    {"kind": "delay", "stream": "trade", "seconds": 90},
    {"kind": "reorder", "channel": "bars", "probability": 0.3},
    {"kind": "reorder", "stream": "trade"},
    {"kind": "late_bars", "seconds": 20},
    {"kind": "late_bars", "seconds": 200, "probability": 0.3},
    {"kind": "revisions", "probability": 0.5},
    {"kind": "partial_fills"},
    {"kind": "clock_skew", "seconds": 30},
    {"kind": "clock_skew", "seconds": -30},
    {"kind": "halt"},
)
_REQUESTS: tuple[Fault, ...] = (
    {"method": "POST", "status": 429, "count": 1},
    {"method": "POST", "status": 500, "count": 1},
    {"method": "POST", "status": 500, "carried_out": True, "count": 1},
    {"method": "POST", "status": 504, "carried_out": True, "html": True, "count": 1},
    {"method": "DELETE", "status": 500, "carried_out": True, "count": 1},
    {"method": "DELETE", "status": 503, "html": True, "count": 1},
    {"method": "GET", "status": 429, "path": "/v2/account", "count": 2},
    {"method": "GET", "status": 503, "html": True, "path": "/v2/orders", "count": 2},
    {"method": "GET", "status": 500, "path": "/v2/stocks/bars", "count": 2},
)


def _cut(stream: str) -> Fault:
    return {"kind": "disconnect", "stream": stream, "count": 1}


def _refused(stream: str, status: int) -> Fault:
    return {"kind": "refuse_connection", "stream": stream, "status": status, "count": 1}


# One a day and stream: a connection that has lived for a morning is no repeated failure.
_LINKS: dict[str, list[list[Fault]]] = {
    "market": [
        [{"kind": "mute", "stream": "market", "count": 1}],
        [{"kind": "half_dead", "stream": "market", "count": 1}],
        [_cut("market")],
        [_cut("market"), _refused("market", 500)],
    ],
    "trade": [
        [{"kind": "mute", "stream": "trade", "count": 1}],
        [_cut("trade")],
        [_cut("trade"), _refused("trade", 503)],
        [],
    ],
}
# What is borne for 10 to 30 s of the wall's time is one or two days of the exchange's: one a week, on its first day.
_SLOW: tuple[list[Fault], ...] = (
    [{"kind": "half_dead", "stream": "trade", "count": 1}],
    [_cut("market"), _refused("market", 429)],
    [_cut("market"), _refused("market", 406)],
    [_cut("trade"), _refused("trade", 429)],
    [
        {"kind": "rest", "method": "POST", "status": 0, "carried_out": True, "count": 1},
        {"kind": "rest", "method": "GET", "path": "/v2/stocks/bars", "status": 0, "count": 1},
    ],
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """The faults of a week, and when the daemon is killed (RFC 3339; "" for never)."""

    faults: tuple[Fault, ...]
    killed_at: str


def time_of(day: int, minute: float) -> str:
    """An RFC 3339 time: so many minutes after the open of a day of the week."""
    opened = datetime.fromisoformat(f"{DAYS[day]}T{OPEN_UTC}").replace(tzinfo=UTC)
    return (opened + timedelta(minutes=minute)).isoformat()


def draw(seed: int) -> Mixture:
    """A week's faults; the same for the same seed."""
    chance = Random(seed)
    slow = _SLOW[seed % len(_SLOW)]
    faults = [*_messages(chance), *_requests(chance), *_links(chance, slow[0].get("stream")), *_slow(chance, slow)]
    killed_at = time_of(chance.choice((1, 2)), chance.uniform(30, 360)) if seed % 2 else ""
    return Mixture(tuple(faults), killed_at)


def label(fault: Fault) -> str:
    """What a fault is, without when it is."""
    return named({name: value for name, value in fault.items() if name not in ("from", "until", "symbols")})


def revised_windows(mixture: Mixture) -> list[tuple[str, str]]:
    """When minutes were corrected after they had come."""
    return [(fault["from"], fault["until"]) for fault in mixture.faults if fault["kind"] == "revisions"]


def _moment(chance: Random, longest: float) -> tuple[int, float]:
    """A day and a minute of it after which so many minutes are left before the close, or before all is quiet."""
    day = chance.randrange(QUIET_DAY + (longest < QUIET_MINUTE - 5))
    return day, chance.uniform(5, (QUIET_MINUTE if day == QUIET_DAY else SESSION_MINUTES - 5) - longest)


def _messages(chance: Random) -> Iterator[Fault]:
    for fault in _MESSAGES:
        about_orders = fault.get("stream") == "trade" or fault["kind"] == "partial_fills"  # which come now and then
        minutes = chance.uniform(120, 300) if about_orders else chance.uniform(20, 80)
        day, minute = _moment(chance, minutes)
        window = {"from": time_of(day, minute), "until": time_of(day, minute + minutes)}
        symbol = {"symbols": chance.choice(SYMBOLS)} if fault["kind"] == "halt" else {}
        yield fault | symbol | window


def _requests(chance: Random) -> Iterator[Fault]:
    """In force until met."""
    for fault in _REQUESTS:
        day, minute = _moment(chance, 0)
        yield {"kind": "rest", **fault, "from": time_of(min(day, QUIET_DAY - 1), minute)}


def _links(chance: Random, slow_stream: str | None) -> Iterator[Fault]:
    """For each stream one a day; none on the days on which it is only just there again, or is not yet."""
    for stream, each in _LINKS.items():
        days = (0, 3) if stream == slow_stream else (0, 1, 2, 3)
        for day, faults in zip(days, chance.sample(each, len(days)), strict=True):
            minute = chance.uniform(15, 100)
            for fault in faults:
                yield fault | {"from": time_of(day, minute), "until": time_of(day, minute + 60)}


def _slow(chance: Random, faults: list[Fault]) -> Iterator[Fault]:
    minute = chance.uniform(120, 200)
    for fault in faults:
        yield fault | {"from": time_of(0, minute)}
