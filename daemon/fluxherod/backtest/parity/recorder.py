"""Writes a day down while its journal is replayed: the engine is looked at after each input, and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from fluxherod.backtest.parity.recorded import EMPTY, Account, Fact, Filled, RecordedDay, Series, Slot, Step, Stretch
from fluxherod.core.jit import RecordArray
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.risk.safety import BreakerStatus
from fluxherod.core.signals import Signal
from fluxherod.core.types import SignalKind
from fluxherod.engine.commands import Command
from fluxherod.engine.effects import (
    AlertRaised,
    BarClosed,
    Effect,
    OrderUpdated,
    PositionUpdated,
    Reply,
    ReplyCode,
    SignalUpdated,
)
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Event, HistoryLoaded, LinkChanged, Started, SubmitAnswered
from fluxherod.engine.market.closed_bars import REMEMBERED_BARS, ClosedBar
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.settings import Settings

_COMMANDS = get_args(Command)
_ENTRIES = (SignalKind.LONG, SignalKind.SHORT)


@dataclass(slots=True)
class _Growing:
    """The bars of a symbol so far, of which the first were there when the stretch began."""

    bars: list[ClosedBar]
    warm: int


@dataclass(slots=True)
class _Since:
    """What happened in a symbol since its last bar."""

    filled: list[Filled] = field(default_factory=list)
    orders: dict[str, tuple[Order, str]] = field(default_factory=dict)


class _Decided:
    """What was decided with an input: of each signal the first word, by the bar's end and the symbol."""

    def __init__(self, effects: Iterable[Effect]) -> None:
        self.entries: dict[tuple[int, str], Signal] = {}
        self.exits: dict[tuple[int, str], Signal] = {}
        sent: list[Order] = []
        for effect in effects:
            if type(effect) is SignalUpdated:
                signal = effect.signal
                kind = self.entries if signal.kind in _ENTRIES else self.exits
                kind.setdefault((signal.decided_ns, signal.symbol), signal)
            elif type(effect) is OrderUpdated and effect.event == "submitted" and effect.order.role is OrderRole.ENTRY:
                sent.append(effect.order)
        self._places = {signal.order_id: place for place, signal in self.entries.items() if signal.order_id}
        self._sent = [order for order in sent if order.id in self._places]
        # Sent once all was decided: an entry that is chased, say.
        self._others = [order for order in sent if order.id not in self._places]

    def undone(self, end_ns: int, symbol: str) -> list[Order]:
        """Entries that had not been sent yet when one of a bar was decided."""
        return self._others + [order for order in self._sent if self._places[order.id] >= (end_ns, symbol)]

    def decides(self, order: Order) -> bool:
        """True for the order of an entry that was decided with the input."""
        return order.id in self._places


class Recorder:
    """Takes a day's inputs in order. `look` comes before the first, `take` after each, `recorded` at the end."""

    def __init__(self, day: str) -> None:
        self._day = day
        self._open = False
        self._seqs = (0, 0)
        self._slots: dict[str, Slot] = {}
        self._opening: dict[str, Slot] = {}
        self._cash_e4 = self._first_cash_e4 = 0
        self._filled: dict[str, tuple[int, int]] = {}  # by order: shares and value that are known
        self._seen: dict[str, int] = {}  # bars of each symbol that are known, as `ClosedBars.appended` counts them
        self._memory: dict[str, RecordArray] = {}
        self._settings: Settings | None = None
        self._stretches: list[tuple[Stretch, dict[str, _Growing]]] = []
        self._begins_anew = True
        self._since: defaultdict[str, _Since] = defaultdict(_Since)
        self._fills: list[Filled] = []
        self._flows: list[tuple[int, int]] = []
        self._facts: list[Fact] = []
        self._differs: tuple[int, int, str] | None = None

    # --- the day ---------------------------------------------------------------------------------------------
    def look(self, engine: Engine) -> None:
        """Begin with what is there, once the account is known."""
        if self._open or not engine.run or engine.ledger.cash_e4 is None:
            return
        self._open = True
        symbols = {*engine.market.books, *engine.ledger.positions, *(order.symbol for order in engine.desk.live())}
        self._slots = {symbol: slot_of(engine, symbol) for symbol in sorted(symbols)}
        self._opening = dict(self._slots)
        self._cash_e4 = self._first_cash_e4 = engine.ledger.cash_e4
        known = engine.desk.orders.values()
        self._filled = {order.id: (order.filled_quantity, order.filled_value_e4) for order in known}
        self._remember(engine)

    def take(self, engine: Engine, entry: JournalEntry, as_recorded: bool) -> None:
        """One more input, which the engine has just processed; `as_recorded` is whether its effects are the same."""
        self._seqs = self._seqs[0] or entry.seq, entry.seq
        if not as_recorded and self._differs is None:
            self._differs = entry.seq, entry.now_ns, type(entry.event).__name__
        self._note_facts(entry)
        if not self._open:
            self.look(engine)
            return
        self._note_memory(engine, entry.event)
        self._steps(engine, entry)
        self._absorb(engine, entry)

    def recorded(self) -> RecordedDay:
        """The day, whole."""
        differs_at, differs_ns, differing = self._differs or (None, 0, "")
        return RecordedDay(
            day=self._day,
            first_seq=self._seqs[0],
            last_seq=self._seqs[1],
            opening=self._opening,
            cash_e4=self._first_cash_e4,
            closing=dict(self._slots),
            final_cash_e4=self._cash_e4,
            stretches=tuple(_finished(stretch, growing) for stretch, growing in self._stretches),
            fills=tuple(self._fills),
            flows=tuple(self._flows),
            facts=tuple(self._facts),
            differs_at=differs_at,
            differs_ns=differs_ns,
            differing=differing,
        )

    # --- what the kernel remembers -------------------------------------------------------------------------------
    def _note_memory(self, engine: Engine, event: Event) -> None:
        if engine.settings is not self._settings and engine.settings != self._settings:
            self._remember(engine)
        elif isinstance(event, HistoryLoaded):
            book = engine.market.books.get(event.symbol)
            if book is not None and book.closed.appended != self._seen.get(event.symbol):
                self._remember(engine, (event.symbol,))
        self._settings = engine.settings

    def _remember(self, engine: Engine, symbols: Iterable[str] | None = None) -> None:
        """The memory of symbols (None: all) is another one from here on."""
        self._settings, self._begins_anew = engine.settings, True
        for symbol in list(engine.market.books) if symbols is None else symbols:
            book = engine.market.books[symbol]
            self._seen[symbol] = book.closed.appended
            self._memory[symbol] = engine.market.states[book.row : book.row + 1].copy()

    def _stretch(self, engine: Engine, new: Mapping[str, int]) -> tuple[Stretch, dict[str, _Growing]]:
        """The stretch that goes on, or the next one: it begins with the bars that are remembered, but for new ones."""
        if self._begins_anew:
            growing = {}
            for symbol, book in sorted(engine.market.books.items()):
                bars = book.closed[: len(book.closed) - new.get(symbol, 0)][-REMEMBERED_BARS:]
                growing[symbol] = _Growing(bars, len(bars))
            memory = {symbol: self._memory[symbol] for symbol in growing if symbol in self._memory}
            self._stretches.append((Stretch(engine.settings, engine.market.calendar, {}, memory), growing))
            self._begins_anew = False
        return self._stretches[-1]

    # --- bars ------------------------------------------------------------------------------------------------
    def _steps(self, engine: Engine, entry: JournalEntry) -> None:
        new = self._new_bars(engine, entry.effects)
        if not new:
            return
        stretch, growing = self._stretch(engine, {symbol: len(bars) for symbol, bars in new.items()})
        rows: list[tuple[int, str, int, ClosedBar]] = []
        for symbol, bars in new.items():
            begin = len(growing[symbol].bars)
            growing[symbol].bars += bars
            self._seen[symbol] = engine.market.books[symbol].closed.appended
            rows += [(bar.end_ns, symbol, begin + number, bar) for number, bar in enumerate(bars)]
        rows.sort(key=lambda one: one[:2])
        decided = _Decided(entry.effects)
        known = {symbol: len(bars.bars) for symbol, bars in growing.items()}
        met: set[str] = set()
        for _, symbol, row, bar in rows:
            before = None if symbol in met else self._slots.get(symbol, EMPTY)
            after = slot_of(engine, symbol) if row + 1 == known[symbol] else None
            stretch.steps.append(self._step(engine, entry, decided, known, symbol, row, bar, before, after))
            met.add(symbol)

    def _step(
        self,
        engine: Engine,
        entry: JournalEntry,
        decided: _Decided,
        known: Mapping[str, int],
        symbol: str,
        row: int,
        bar: ClosedBar,
        before: Slot | None,
        after: Slot | None,
    ) -> Step:
        since = self._since.pop(symbol, _Since())
        return Step(
            seq=entry.seq,
            now_ns=entry.now_ns,
            symbol=symbol,
            row=row,
            end_ns=bar.end_ns,
            live=bar.live,
            only_noted=bar.only_noted,
            spike=bar.spike,
            before=before,
            after=after,
            account=_account(engine, symbol, decided.undone(bar.end_ns, symbol), decided),
            known=known,
            entry=decided.entries.get((bar.end_ns, symbol)),
            exit=decided.exits.get((bar.end_ns, symbol)),
            filled=tuple(since.filled),
            orders=tuple(since.orders.values()),
        )

    def _new_bars(self, engine: Engine, effects: Iterable[Effect]) -> dict[str, list[ClosedBar]]:
        """The bars that were completed with an input; those that nothing was decided on come with the next live one."""
        found: dict[str, list[ClosedBar]] = {}
        for symbol in sorted({effect.bar.symbol for effect in effects if type(effect) is BarClosed}):
            closed = engine.market.books[symbol].closed
            found[symbol] = closed[len(closed) - (closed.appended - self._seen.get(symbol, 0)) :]
        return found

    # --- between them --------------------------------------------------------------------------------------------
    def _absorb(self, engine: Engine, entry: JournalEntry) -> None:
        """Orders, fills and cash of an input, and what its symbols have then."""
        touched: dict[str, None] = {}
        moved_e4 = 0
        for effect in entry.effects:
            if type(effect) is OrderUpdated:
                touched[effect.order.symbol] = None
                moved_e4 += self._note_order(effect, entry)
            elif type(effect) is PositionUpdated:
                touched[effect.position.symbol] = None
        for symbol in touched:
            self._slots[symbol] = slot_of(engine, symbol)
        cash_e4 = engine.ledger.cash_e4 or 0
        if cash_e4 != self._cash_e4 + moved_e4:
            self._flows.append((entry.seq, cash_e4 - self._cash_e4 - moved_e4))
        self._cash_e4 = cash_e4

    def _note_order(self, update: OrderUpdated, entry: JournalEntry) -> int:
        order = update.order
        since = self._since[order.symbol]
        since.orders[order.id] = order, update.event
        quantity, value_e4 = self._filled.get(order.id, (0, 0))
        self._filled[order.id] = order.filled_quantity, order.filled_value_e4
        if order.filled_quantity == quantity or order.role is OrderRole.FOREIGN_STOP:
            return 0
        shares, paid_e4 = order.filled_quantity - quantity, order.filled_value_e4 - value_e4
        filled = Filled(entry.seq, entry.now_ns, order, shares, paid_e4)
        since.filled.append(filled)
        self._fills.append(filled)
        return filled.cash_e4

    def _note_facts(self, entry: JournalEntry) -> None:
        self._facts += (Fact(entry.seq, entry.now_ns, *about) for about in _facts(entry))


def _account(engine: Engine, symbol: str, undone: list[Order], decided: _Decided) -> Account:
    """What risk knew before a symbol's entry was decided: entries that were sent since don't count."""
    state, desk, safety = engine.strategist.account_state(""), engine.desk, engine.safety
    of_symbols = {order.symbol for order in undone if decided.decides(order)}
    beside = {*desk.book.entering(), *engine.ledger.positions, *engine.ledger.foreign} - of_symbols - {symbol}
    return Account(
        equity_e4=state.equity_e4 or 0,
        exposure_e4=state.exposure_e4 - sum(desk.working_e4(order) for order in undone),
        open_positions=state.open_positions - len(of_symbols),
        beside=frozenset(beside),
        reduced=safety.reduced,
        disabled=safety.state.breaker.status is BreakerStatus.DISABLED,
        day_lost=bool(safety.state.daily_loss.reason),
        peak_e4=safety.state.breaker.peak_e4,
        base_e4=safety.state.daily_loss.base_e4,
        foreign_e4=engine.ledger.foreign_e4,
    )


def slot_of(engine: Engine, symbol: str) -> Slot:
    """What a symbol has now."""
    desk = engine.desk
    entry = desk.live_entry(symbol)
    works = {order.role: order for order in desk.live(symbol)}
    plan = desk.plans.get(entry.id) if entry is not None else None
    position = engine.ledger.positions.get(symbol)
    return Slot(position, entry, plan, works.get(OrderRole.EXIT), works.get(OrderRole.STOP))


def _facts(entry: JournalEntry) -> Iterator[tuple[str, str, str]]:
    event = entry.event
    if isinstance(event, Started) and event.run > 1:
        yield "restart", "", f"process {event.run} began"
    elif isinstance(event, LinkChanged) and not event.up:
        yield "link", "", f"no {event.link} connection: {event.detail}"
    elif isinstance(event, SubmitAnswered) and event.refusal is not None:
        yield "refused", "", f"{event.order_id}: {event.refusal.message}"
    for effect in entry.effects:
        if type(effect) is Reply and effect.code is ReplyCode.OK and isinstance(event, _COMMANDS):
            said = f" ({event.reason})" if getattr(event, "reason", "") else ""
            yield "operator", getattr(event, "symbol", ""), type(event).__name__.removesuffix("Command") + said
        elif type(effect) is AlertRaised:
            yield effect.code, effect.symbol, effect.text


def _finished(stretch: Stretch, growing: Mapping[str, _Growing]) -> Stretch:
    stretch.series = {symbol: _series(one) for symbol, one in growing.items()}
    return stretch


def _series(growing: _Growing) -> Series:
    bars = growing.bars

    def floats(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([getattr(one.bar, name) for one in bars], np.float64)

    return Series(
        start_ns=np.array([one.bar.start_ns for one in bars], np.int64),
        end_ns=np.array([one.end_ns for one in bars], np.int64),
        open=floats("open"),
        high=floats("high"),
        low=floats("low"),
        close=floats("close"),
        volume=floats("volume"),
        warm=growing.warm,
    )
