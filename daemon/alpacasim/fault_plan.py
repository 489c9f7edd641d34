"""A fault plan: what goes wrong, when and where; read from TOML or JSON and checked. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from alpacasim.admin_fields import AdminError, count, day, positive
from alpacasim.calendar import SECOND_NS
from alpacasim.data_wire import CHANNELS
from alpacasim.timestamps import parse_time, utc_text

NEVER = 0  # as a status: no answer at all
REST_STATUSES = (NEVER, 429, 500, 503, 504)
UPGRADE_STATUSES = (406, 429, 500, 503)
STREAMS = ("market", "trade")
EVENTS = (
    "accepted", "pending_new", "new", "partial_fill", "fill", "canceled", "expired", "rejected", "replaced",
    "pending_cancel", "pending_replace", "order_replace_rejected", "order_cancel_rejected",
)  # fmt: skip

_WINDOW = ("from", "until")
_WHEN = (*_WINDOW, "count", "probability")
_MESSAGES = ("stream", "channel", "event", "symbols", *_WHEN)
_CONNECTIONS = ("stream", *_WINDOW, "count")
KINDS: dict[str, tuple[str, ...]] = {
    "drop": _MESSAGES,
    "delay": ("seconds", *_MESSAGES),
    "duplicate": _MESSAGES,
    "reorder": _MESSAGES,
    "mute": _CONNECTIONS,
    "disconnect": _CONNECTIONS,
    "half_dead": _CONNECTIONS,
    "refuse_connection": ("status", "stream", *_WHEN),
    "rest": ("status", "method", "path", "carried_out", "html", *_WHEN),
    "late_bars": ("seconds", "symbols", *_WHEN),
    "revisions": ("symbols", *_WHEN),
    "partial_fills": ("symbols", *_WHEN),
    "clock_skew": ("seconds", *_WINDOW),
    "halt": ("symbols", *_WINDOW),
    "split": ("symbols", "ex_date", "new_rate", "old_rate", "in_prices"),
}
MESSAGE_KINDS = frozenset({"drop", "delay", "duplicate", "reorder", "late_bars"})
CONNECTION_KINDS = frozenset({"mute", "disconnect", "half_dead"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of a plan. Empty texts and sets mean any, a count of 0 any number, `until_ns` None for ever."""

    kind: str
    from_ns: int = 0
    until_ns: int | None = None
    count: int = 0
    probability: float = 1.0
    stream: str = ""
    channel: str = ""
    event: str = ""
    symbols: tuple[str, ...] = ()
    seconds: float = 0.0
    status: int = 500
    method: str = ""
    path: str = ""
    carried_out: bool = False
    html: bool = False
    ex_date: date | None = None
    new_rate: float = 1.0
    old_rate: float = 1.0
    in_prices: bool | None = None

    @property
    def delay_ns(self) -> int:
        return int(Fraction(str(self.seconds)) * SECOND_NS)

    def body(self) -> dict[str, Any]:
        """The entry as JSON, its own fields only; times are absolute."""
        values: dict[str, Any] = {name: getattr(self, name, None) for name in KINDS[self.kind]}
        values["from"] = utc_text(self.from_ns)
        values["until"] = None if self.until_ns is None else utc_text(self.until_ns)
        return {"kind": self.kind} | {name: values[name] for name in KINDS[self.kind] if values[name] not in ("", ())}


@dataclass(frozen=True, slots=True)
class Plan:
    """Faults, and the seed of every draw that they make."""

    seed: int
    faults: tuple[Fault, ...]


def read_file(path: Path) -> Mapping[str, Any]:
    """The content of a TOML file. OSError or ValueError say why it can't be had."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:  # TOML or UTF-8
        raise ValueError(f"{path}: {fault}") from None


def parse_plan(content: Mapping[str, Any], symbols: Collection[str], now_ns: int) -> Plan:
    """Check a plan. Times that are numbers count exchange seconds from `now_ns`.

    Raises:
        AdminError: names the entry, the field and what is allowed.
    """
    for name in content:
        if name not in ("seed", "fault"):
            raise AdminError(f"{name} is unknown: seed and fault are allowed")
    seed, entries = content.get("seed", 0), content.get("fault", [])
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise AdminError(f"seed is {seed!r}: a whole number is allowed")
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise AdminError("fault is not a list of entries")
    return Plan(seed, tuple(_entry(number, entry, symbols, now_ns) for number, entry in enumerate(entries, 1)))


def _entry(number: int, entry: Mapping[str, Any], symbols: Collection[str], now_ns: int) -> Fault:
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise AdminError(f"fault {number}: kind is {kind!r}: {', '.join(KINDS)} are allowed")
    try:
        return _Reader(kind, entry, symbols, now_ns).fault()
    except AdminError as wrong:
        raise AdminError(f"fault {number} ({kind}): {wrong}") from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one entry, field by field."""

    kind: str
    entry: Mapping[str, Any]
    symbols: Collection[str]
    now_ns: int

    def fault(self) -> Fault:
        allowed = KINDS[self.kind]
        for name in self.entry:
            if name != "kind" and name not in allowed:
                raise AdminError(f"{name} is unknown: {', '.join(allowed)} are allowed")
        readers: dict[str, Callable[[], Any]] = {
            "from": self._from,
            "until": self._until,
            "count": lambda: count(self.entry, "count") if "count" in self.entry else self._any_count(),
            "probability": self._probability,
            "stream": self._stream,
            "channel": lambda: self._choice("channel", CHANNELS, ""),
            "event": lambda: self._choice("event", EVENTS, ""),
            "symbols": self._symbols,
            "seconds": self._seconds,
            "status": self._status,
            "method": lambda: self._text("method").upper(),
            "path": lambda: self._text("path"),
            "carried_out": lambda: self._flag("carried_out"),
            "html": lambda: self._flag("html"),
            "ex_date": lambda: day(self.entry, "ex_date"),
            "new_rate": lambda: positive(self.entry, "new_rate"),
            "old_rate": lambda: positive(self.entry, "old_rate"),
            "in_prices": lambda: self._flag("in_prices") if "in_prices" in self.entry else None,
        }
        values = {name: readers[name]() for name in allowed}
        for name in _WINDOW:
            if name in values:
                values[f"{name}_ns"] = values.pop(name)
        if self.kind == "late_bars":
            values |= {"stream": "market", "channel": "bars"}
        return Fault(self.kind, **values)

    def _any_count(self) -> int:
        # Without an end, a connection would be cut again and again and nobody would ever be connected.
        return 1 if self.kind == "disconnect" and "until" not in self.entry else 0

    def _from(self) -> int:
        return self._time("from") if "from" in self.entry else self.now_ns

    def _until(self) -> int | None:
        if "until" not in self.entry:
            return None
        until_ns = self._time("until")
        if until_ns <= self._from():
            raise AdminError(f"until is {self.entry['until']!r}: a time after from is allowed")
        return until_ns

    def _time(self, name: str) -> int:
        value = self.entry[name]
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9:
            return self.now_ns + int(Fraction(str(value)) * SECOND_NS)
        text = value.isoformat() if isinstance(value, (datetime, date)) else value
        ns = parse_time(text) if isinstance(text, str) else None
        if ns is None:
            raise AdminError(f"{name} is {value!r}: an RFC 3339 time, or exchange seconds from now, is allowed")
        return ns

    def _probability(self) -> float:
        value = self.entry.get("probability", 1.0)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value <= 1:
            raise AdminError(f"probability is {value!r}: a number above 0 and up to 1 is allowed")
        return float(value)

    def _seconds(self) -> float:
        if self.kind != "clock_skew":
            return positive(self.entry, "seconds")
        value = self.entry.get("seconds")
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not -1e9 < value < 1e9:
            raise AdminError(f"seconds is {value!r}: a number is allowed, below 0 for a clock that is behind")
        return float(value)

    def _stream(self) -> str:
        implied = "market" if "channel" in self.entry else "trade" if "event" in self.entry else ""
        needed = self.kind in CONNECTION_KINDS or self.kind == "refuse_connection"
        stream = self._choice("stream", STREAMS, None if needed else implied)
        if implied and stream != implied:
            name = "channel" if implied == "market" else "event"
            raise AdminError(f"{name} is {self.entry[name]!r}: the {stream} stream has none")
        return stream

    def _choice(self, name: str, allowed: tuple[str, ...], default: str | None) -> str:
        if name not in self.entry and default is not None:
            return default
        value = self.entry.get(name)
        if value not in allowed:
            raise AdminError(f"{name} is {value!r}: {', '.join(allowed)} are allowed")
        return str(value)

    def _symbols(self) -> tuple[str, ...]:
        needed = self.kind in ("halt", "split")
        value = self.entry.get("symbols", [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not set(map(str, names)) <= set(self.symbols) or (needed and not names):
            raise AdminError(f"symbols is {self.entry.get('symbols')!r}: {', '.join(self.symbols)} are allowed")
        return tuple(names)

    def _status(self) -> int:
        allowed: tuple[int, ...] = REST_STATUSES if self.kind == "rest" else UPGRADE_STATUSES
        if self.kind == "refuse_connection" and self.entry.get("stream") == "trade":
            allowed = tuple(status for status in allowed if status != 406)  # the market stream's own error
        value = self.entry.get("status", 500)
        if isinstance(value, bool) or value not in allowed:
            raise AdminError(f"status is {value!r}: {', '.join(map(str, allowed))} are allowed")
        return int(value)

    def _text(self, name: str) -> str:
        value = self.entry.get(name, "")
        if not isinstance(value, str):
            raise AdminError(f"{name} is {value!r}: a text is allowed")
        return value

    def _flag(self, name: str) -> bool:
        value = self.entry.get(name, False)
        if not isinstance(value, bool):
            raise AdminError(f"{name} is {value!r}: true or false is allowed")
        return value
