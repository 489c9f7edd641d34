"""Faults in force: which message, request or connection meets which, drawn from the plan's seed. Pure.

Each entry draws for itself, from the seed, its number and how many it has looked at before: the same plan and the
same messages give the same faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from alpacasim.calendar import SECOND_NS
from alpacasim.fault_plan import MESSAGE_KINDS, NEVER, Fault, Plan
from alpacasim.minute_path import hash_seed

# Alpaca's own errors; an error of the proxy before it is a page of HTML.
_ERRORS: dict[int, tuple[int, str]] = {
    429: (42910000, "rate limit exceeded"),
    500: (50010000, "internal server error occurred"),
    503: (50310000, "service unavailable"),
    504: (50410000, "request timed out"),
}
# A message that was to be overtaken comes by itself when nothing follows it.
_LONGEST_KEPT_NS = 90 * SECOND_NS


@dataclass(slots=True, eq=False)
class Message:
    """A message of a stream on its way: `channel` is the market's, or the event of a trade update."""

    channel: str
    symbol: str
    content: dict[str, Any]
    delay_ns: int = 0
    sent: bool = False

    def copy(self) -> Message:
        return Message(self.channel, self.symbol, self.content, self.delay_ns)


@dataclass(slots=True, eq=False)
class Entry:
    """A fault in force; `met` counts the messages, requests or connections that met it."""

    fault: Fault
    seed: str
    met: int = 0
    ended: bool = False
    _looked: int = 0
    kept: dict[tuple[str, str], Message] = field(default_factory=dict)
    """The messages that wait for the one after them (reorder)."""

    def covers(self, now_ns: int) -> bool:
        """Is it in force."""
        fault = self.fault
        if self.ended or now_ns < fault.from_ns or (fault.count and self.met >= fault.count):
            return False
        return fault.until_ns is None or now_ns < fault.until_ns

    def lasts(self, now_ns: int) -> bool:
        """Has what met it still to bear it: until its time is over, whatever its count says."""
        until_ns = self.fault.until_ns
        return not self.ended and (until_ns is None or now_ns < until_ns)

    def strikes(self, now_ns: int) -> bool:
        """Draw for one that it may meet; counts it if it does."""
        if not self.covers(now_ns):
            return False
        self._looked += 1
        if self.fault.probability < 1.0 and self.draw("meets") >= self.fault.probability:
            return False
        self.met += 1
        return True

    def draw(self, purpose: str) -> float:
        """A number in [0, 1) for the one that it looks at."""
        return (hash_seed(f"{self.seed}/{purpose}/{self._looked}") >> 11) * 2.0**-53

    def concerns(self, stream: str, message: Message) -> bool:
        """Is it one that the entry is about."""
        fault = self.fault
        channel = fault.channel if stream == "market" else fault.event
        return (
            fault.stream in ("", stream)
            and channel in ("", message.channel)
            and (not fault.symbols or message.symbol in fault.symbols)
        )


@dataclass(slots=True)
class Faults:
    """All entries that were put in force, in order; those that are over still tell what they did."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, plan: Plan) -> list[Entry]:
        """Put a plan in force, beside those that are."""
        first = len(self.entries) + 1
        added = [Entry(fault, f"{plan.seed}/{number}") for number, fault in enumerate(plan.faults, first)]
        self.entries += added
        return added

    def end(self) -> list[Entry]:
        """End all; what they did is forgotten with them."""
        ended, self.entries = self.entries, []
        for entry in ended:
            entry.ended = True
        return ended

    def of(self, *kinds: str) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.fault.kind in kinds)

    def body(self, now_ns: int) -> list[dict[str, Any]]:
        """What is in force, and what each did."""
        return [entry.fault.body() | {"in_force": entry.covers(now_ns), "met": entry.met} for entry in self.entries]

    # Messages

    def messages(self, stream: str, messages: Sequence[Message], now_ns: int) -> list[Message]:
        """What becomes of messages: those to send, in this order, some after a delay."""
        passed = list(messages)
        for entry in self.of(*MESSAGE_KINDS):
            passed = [out for message in passed for out in _meet(entry, stream, message, now_ns)]
        return passed

    # Requests

    def request(self, method: str, path: str, now_ns: int) -> Fault | None:
        """The fault that a request meets, if any."""
        for entry in self.of("rest"):
            fault = entry.fault
            if method.startswith(fault.method) and path.startswith(fault.path) and entry.strikes(now_ns):
                return fault
        return None

    # Connections and executions

    def connection(self, stream: str, now_ns: int, *kinds: str) -> Entry | None:
        """The fault of some kinds that a connection meets, if any."""
        for entry in self.of(*kinds):
            if entry.fault.stream == stream and entry.strikes(now_ns):
                return entry
        return None

    def portion(self, symbol: str, shares: int, now_ns: int) -> int:
        """How many of an order's whole shares execute now."""
        for entry in self.of("partial_fills"):
            fits = not entry.fault.symbols or symbol in entry.fault.symbols
            if shares > 1 and fits and entry.strikes(now_ns):
                return 1 + int(entry.draw("size") * (shares - 1))
        return shares

    def skew_ns(self, now_ns: int, stamps: int = 1) -> int:
        """By how much the exchange's clock is off; counts the time stamps that are made by it."""
        skewed = [entry for entry in self.of("clock_skew") if entry.covers(now_ns)]
        for entry in skewed:
            entry.met += stamps
        return sum(entry.fault.delay_ns for entry in skewed)


def _meet(entry: Entry, stream: str, message: Message, now_ns: int) -> list[Message]:
    if not entry.concerns(stream, message):
        return [message]
    # On the market stream the next of its channel and symbol, on the other the next update of its symbol.
    key = (message.channel if stream == "market" else stream, message.symbol)
    if (kept := entry.kept.pop(key, None)) is not None and not kept.sent:
        kept.delay_ns = 0
        return [message, kept]
    if not entry.strikes(now_ns):
        return [message]
    match entry.fault.kind:
        case "drop":
            message.sent = True  # also where it waited to be overtaken
            return []
        case "duplicate":
            return [message, message.copy()]
        case "reorder":
            entry.kept[key] = message
            message.delay_ns += _LONGEST_KEPT_NS
        case _:
            message.delay_ns += entry.fault.delay_ns
    return [message]


def answer_of(fault: Fault) -> tuple[bytes, str] | None:
    """The body and the media type of a REST fault; None when there is no answer."""
    if fault.status == NEVER:
        return None
    code, message = _ERRORS[fault.status]
    if fault.html:
        title = f"{fault.status} {message.title()}"
        return f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode(), "text/html"
    return msgspec.json.encode({"code": code, "message": message}), "application/json"


def revised(record: tuple[Any, ...], draw: float) -> tuple[Any, ...]:
    """A minute's record after late trades: more volume, a higher high, another close."""
    t_ns, o, h, low, c, volume, trades, vwap = record
    ticks = 1 + int(draw * 5)
    high = round(h + ticks / 100, 4)
    return t_ns, o, high, low, round(min(c + ticks / 100, high), 4), volume + 1 + int(draw * 900), trades + 1, vwap
