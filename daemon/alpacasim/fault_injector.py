"""Carries faults out: between what happens at the exchange and what its clients see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, cast

from alpacasim.agenda import Agenda
from alpacasim.calendar import SECOND_NS
from alpacasim.corporate_actions import CorporateAction
from alpacasim.data_wire import Channel, Json, stream_bar
from alpacasim.fault_plan import CONNECTION_KINDS, MESSAGE_KINDS, Fault, parse_plan
from alpacasim.faults import Entry, Faults, Message, revised
from alpacasim.line import Line
from alpacasim.outbox import Outbox
from alpacasim.timestamps import parse_time, utc_text

_REVISED_AFTER_NS = 30 * SECOND_NS  # half a minute after the bar, as at Alpaca
# What is stamped when it happens; the time of a bar is its minute.
_STAMPED = frozenset({"trades", "quotes", "statuses", "lulds", "corrections", "cancelErrors"})


class Victim(Protocol):
    """A connection of a stream, to which faults happen; with one in `fault`, data no longer comes."""

    outbox: Outbox
    line: Line | None
    fault: Entry | None


def _suffer(victim: Victim, entry: Entry) -> None:
    """Be cut, or go mute or dead."""
    if entry.fault.kind == "disconnect":
        victim.outbox.cut(victim.line)
        return
    victim.fault = entry
    if entry.fault.kind == "half_dead" and victim.line is not None:
        victim.line.die()


class Exchange(Protocol):
    """What faults need of the exchange that they happen to.

    `now_ns` is the time that everybody sees, `tape_ns` that of the last event: it does not depend on the wall.
    """

    def now_ns(self) -> int: ...
    def tape_ns(self) -> int: ...
    def symbols(self) -> Sequence[str]: ...
    def send_market(self, channel: Channel, messages: Mapping[str, Json]) -> None: ...
    def send_trade(self, content: Json) -> None: ...
    def victims(self, stream: str) -> Sequence[Victim]: ...
    def halt(self, symbol: str, halted: bool) -> None: ...
    def holds_splits(self) -> bool: ...
    def check(self, action: CorporateAction) -> None: ...
    def announce(self, action: CorporateAction, on_effect: Callable[[], None]) -> None: ...
    def revise(self, symbol: str, record: tuple[Any, ...]) -> None: ...


class Injector:
    """The faults in force at one exchange, which is attached once it stands."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.agenda = Agenda()
        self._exchange: Exchange | None = None

    def attach(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @property
    def _there(self) -> Exchange:
        assert self._exchange is not None, "no exchange is attached"
        return self._exchange

    def _now_ns(self) -> int:
        return self._there.now_ns()

    # Plans

    def add(self, content: Mapping[str, Any]) -> None:
        """Put a plan in force. AdminError says what is wrong with it."""
        now_ns = self._now_ns()
        plan = parse_plan(content, self._there.symbols(), now_ns)
        for split in (split for fault in plan.faults for split in self._splits(fault)):
            self._there.check(split)
        for entry in self.faults.add(plan):
            self._begin(entry)
        self.agenda.run(now_ns)

    def body(self) -> Json:
        return {"faults": self.faults.body(self._now_ns())}

    def end(self) -> Json:
        """End all faults; what they did. What they held back still comes, and what was split stays split."""
        now_ns = self._now_ns()
        halted = [entry for entry in self.faults.of("halt") if entry.covers(now_ns)]
        told = self.body()
        self.faults.end()
        for entry in halted:
            self._halt(entry.fault, False)
        return told

    def _begin(self, entry: Entry) -> None:
        fault = entry.fault
        if fault.kind == "split":
            self._announce(entry)
        elif fault.kind == "halt":
            self._plan(entry, fault.from_ns, lambda: self._begin_halt(entry))
            if fault.until_ns is not None:
                self._plan(entry, fault.until_ns, lambda: self._halt(fault, False))
        elif fault.kind in CONNECTION_KINDS:
            self._plan(entry, fault.from_ns, lambda: self._strike(entry))

    def _plan(self, entry: Entry, at_ns: int, action: Callable[[], None]) -> None:
        def act() -> None:
            if not entry.ended:
                action()

        self.agenda.at(at_ns, act)

    def _halt(self, fault: Fault, halted: bool) -> None:
        for symbol in fault.symbols:
            self._there.halt(symbol, halted)

    def _begin_halt(self, entry: Entry) -> None:
        entry.met += 1
        self._halt(entry.fault, True)

    def _announce(self, entry: Entry) -> None:
        def effect() -> None:
            entry.met += 1

        for split in self._splits(entry.fault):
            self._there.announce(split, effect)

    def _splits(self, fault: Fault) -> Iterator[CorporateAction]:
        """The splits that an entry announces."""
        if fault.kind != "split":
            return
        kind = "forward_split" if fault.new_rate > fault.old_rate else "reverse_split"
        terms = {"new_rate": fault.new_rate, "old_rate": fault.old_rate}
        assert fault.ex_date is not None, "a split has its day"
        in_prices = self._there.holds_splits() if fault.in_prices is None else fault.in_prices
        for symbol in fault.symbols:
            yield CorporateAction(kind, symbol, fault.ex_date, terms, in_prices)

    # Connections

    def _strike(self, entry: Entry) -> None:
        for victim in self._there.victims(entry.fault.stream):
            if entry.strikes(self._now_ns()):
                _suffer(victim, entry)

    def connected(self, stream: str, victim: Victim) -> None:
        """A client has come so far that data would flow: what happens to it."""
        entry = self.faults.connection(stream, self._now_ns(), *CONNECTION_KINDS)
        if entry is not None:
            _suffer(victim, entry)

    def refusal(self, stream: str, *, in_band: bool) -> int | None:
        """The status with which an attempt to connect is refused, if it is: 406 in band, others on the upgrade."""
        for entry in self.faults.of("refuse_connection"):
            fault = entry.fault
            if fault.stream == stream and (fault.status == 406) == in_band and entry.strikes(self._now_ns()):
                return fault.status
        return None

    def is_muted(self, entry: Entry | None) -> bool:
        """Is a connection that met a fault still mute."""
        return entry is not None and (entry.fault.kind == "half_dead" or entry.lasts(self._now_ns()))

    # Messages

    @property
    def _meddles(self) -> bool:
        return any(True for _ in self.faults.of(*MESSAGE_KINDS, "clock_skew", "revisions"))

    def market(self, channel: Channel, messages: Mapping[str, Json]) -> None:
        """Messages of a market channel, by symbol, on their way to its subscribers."""
        if not self._meddles:
            self._there.send_market(channel, messages)
            return
        now_ns = self._there.tape_ns()
        if channel == "bars":
            self._revise(messages, now_ns)
        stamped = channel in _STAMPED
        skew_ns = self.faults.skew_ns(now_ns, len(messages)) if stamped else 0
        skew = timedelta(microseconds=skew_ns // 1000)
        sent = [Message(channel, symbol, body | {"t": body["t"] + skew}) for symbol, body in messages.items()]
        for batch_channel, batch in _batches(self._due("market", sent, now_ns)):
            self._there.send_market(batch_channel, batch)

    def trade(self, event: str, symbol: str, content: Json, now_ns: int) -> None:
        """A trade update on its way to those who listen."""
        if not self._meddles:
            self._there.send_trade(content)
            return
        if skew_ns := self.faults.skew_ns(now_ns):
            content = content | {"timestamp": utc_text((parse_time(content["timestamp"]) or 0) + skew_ns)}
        for message in self._due("trade", [Message(event, symbol, content)], now_ns):
            self._there.send_trade(message.content)

    def _due(self, stream: str, messages: Sequence[Message], now_ns: int) -> Iterator[Message]:
        """What is to be sent now; the rest is put off."""
        for message in self.faults.messages(stream, messages, now_ns):
            if message.delay_ns > 0:
                self._put_off(stream, message, now_ns + message.delay_ns)
            else:
                message.sent = True
                yield message

    def _put_off(self, stream: str, message: Message, due_ns: int) -> None:
        def send() -> None:
            if message.sent:
                return
            message.sent = True
            if stream == "market":
                self._there.send_market(cast(Channel, message.channel), {message.symbol: message.content})
            else:
                self._there.send_trade(message.content)

        self.agenda.at(due_ns, send)

    def _revise(self, messages: Mapping[str, Json], now_ns: int) -> None:
        for entry in self.faults.of("revisions"):
            for symbol, body in messages.items():
                wanted = not entry.fault.symbols or symbol in entry.fault.symbols
                if wanted and entry.strikes(now_ns):
                    self._correct(symbol, revised(_record(body), entry.draw("figures")), now_ns)

    def _correct(self, symbol: str, record: tuple[Any, ...], now_ns: int) -> None:
        def send() -> None:
            self._there.revise(symbol, record)
            self.market("updatedBars", {symbol: stream_bar("updatedBars", symbol, record)})

        self.agenda.at(now_ns + _REVISED_AFTER_NS, send)

    # The rest

    def request(self, method: str, path: str) -> Fault | None:
        """The fault that a REST request meets, if any."""
        return self.faults.request(method, path, self._now_ns())

    def portion(self, symbol: str, shares: int) -> int:
        """How many of an order's whole shares execute now."""
        return self.faults.portion(symbol, shares, self._there.tape_ns()) if self.faults.entries else shares

    def skew_ns(self) -> int:
        """By how much the clock that clients are shown is off."""
        return self.faults.skew_ns(self._now_ns()) if self.faults.entries else 0


def _batches(messages: Iterator[Message]) -> Iterator[tuple[Channel, dict[str, Json]]]:
    """Messages as arrays, in their order: one channel each, and each symbol once."""
    channel, batch = "", dict[str, Json]()
    for message in messages:
        if batch and (message.channel != channel or message.symbol in batch):
            yield cast(Channel, channel), batch
            batch = {}
        channel = message.channel
        batch[message.symbol] = message.content
    if batch:
        yield cast(Channel, channel), batch


def _record(body: Json) -> tuple[Any, ...]:
    """A bar on the stream as a MINUTE record."""
    t_ns = int(body["t"].timestamp()) * SECOND_NS
    return (t_ns, *(body[name] for name in ("o", "h", "l", "c", "v", "n", "vw")))
