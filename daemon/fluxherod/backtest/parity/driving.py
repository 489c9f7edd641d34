"""The backtest's driver over the bars of a recorded day, from whatever the account was at any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from fluxherod.backtest.book import Book, open_book, with_room
from fluxherod.backtest.driver import judge, simulate
from fluxherod.backtest.model import BacktestConfig, Costs, ExitReason, Kind, Outcome
from fluxherod.backtest.parity.recorded import Account, Slot, Step, Stretch
from fluxherod.backtest.tape import Tape, lay_out
from fluxherod.backtest.verdicts import no_verdicts
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.jit import Record
from fluxherod.core.kernel import new_states, warm_up
from fluxherod.core.money import nearest_e4
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.types import Mode
from fluxherod.engine.ledger import EntryPlan

_ALL = np.iinfo(np.int64).max
_KINDS = {Mode.TREND: Kind.TREND, Mode.MEAN_REVERSION: Kind.MEAN_REVERSION, Mode.MANUAL: Kind.MANUAL}
# At Alpaca cash pays no commission, so that both sides have the same equity to size by none is taken here either.
COSTS = Costs(commission_e4=0)


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry that waited for a bar: its fill, or why it ended."""

    quantity: int
    price_e4: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Left:
    """A position that a bar closed."""

    quantity: int
    price_e4: int
    reason: ExitReason


@dataclass(frozen=True, slots=True)
class Decision:
    """What the backtest decides on a bar: an entry (side 0: none), an exit, and where the stop is then.

    `equity_e4` is what the account was worth that it was decided with.
    """

    side: int = 0
    mode: int = 0
    outcome: Outcome = Outcome.ORDERED
    quantity: int = 0
    price_e4: int = 0
    stop_e4: int = 0
    exits: bool = False
    trailed_e4: int = 0
    equity_e4: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """An account as the driver can go on from it; `cash_e4` is after all that filled."""

    slots: Mapping[str, Slot]
    cash_e4: int
    reduced: bool
    disabled: bool
    day_lost: bool
    peak_e4: int
    base_e4: int


class Driving:
    """The driver over one stretch. `at` is how many bars of each symbol it has gone by."""

    def __init__(self, stretch: Stretch) -> None:
        warm_up()
        settings = stretch.settings
        self.config = BacktestConfig(
            timeframe_ns=settings.timeframe_minutes * MINUTE_NS,
            params=settings.strategy,
            limits=settings.limits,
            costs=COSTS,
            calendar=stretch.calendar,
            allow_shorts=settings.allow_shorts,
            entry_order=settings.entry_order,
        )
        self.symbols = tuple(sorted(stretch.series))
        self.number = {symbol: number for number, symbol in enumerate(self.symbols)}
        self.params = settings.strategy.to_record()
        self.sessions = lay_out((), self.config).sessions
        self.tape = self._tape(stretch)
        self.at = self.tape.first.copy()
        self.states = new_states(len(self.symbols), self.params)
        self.verdicts = no_verdicts(len(self.symbols), ahead=1)
        self._members = np.zeros(len(self.symbols), np.int64)
        self._warm(stretch)

    def _tape(self, stretch: Stretch) -> Tape:
        parts = [stretch.series[symbol] for symbol in self.symbols]
        names = ("start_ns", "end_ns", "open", "high", "low", "close", "volume")
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts] or [np.empty(0, np.int64)]) for name in names
        }
        last = np.cumsum([len(part.start_ns) for part in parts], dtype=np.int64)
        first = last - np.array([len(part.start_ns) for part in parts], np.int64)
        known = np.searchsorted(self.sessions.open_ns, columns["end_ns"] - 1, "right") - 1
        none = (np.empty(0, np.int8), np.empty(0, np.bool_), np.empty(0, np.int64), np.empty(0, np.int64))
        return Tape(
            columns["start_ns"],
            columns["end_ns"],
            np.maximum(known, 0).astype(np.int32),
            columns["open"],
            columns["high"],
            columns["low"],
            columns["close"],
            columns["volume"],
            first,
            last,
            first + np.array([part.warm for part in parts], np.int64),
            first.copy(),
            *none,
        )

    def _warm(self, stretch: Stretch) -> None:
        """The kernel over the bars that were remembered as the stretch began: nothing is traded on them."""
        book = open_book(self.config, self.tape, len(self.sessions.day))
        tape = self.tape._replace(last=self.tape.warm, next=self.at)
        simulate(tape, self.sessions, self.params, self.states, self.verdicts, self._members, book, _ALL)

    # --- going on ------------------------------------------------------------------------------------------------
    def step(self, state: State, steps: Iterable[Step]) -> Book:
        """Go on by one bar of each of some symbols, which end at one time, from a state of before them."""
        last = self.at.copy()
        for step in steps:
            last[self.number[step.symbol]] += 1
        book = self.book(state)
        tape = self.tape._replace(last=last, next=self.at)
        simulate(tape, self.sessions, self.params, self.states, self.verdicts, self._members, book, _ALL)
        return book

    def result_e4(self, book: Book) -> int:
        """What the account is worth at the stretch's end when the driver goes on alone from a book as of now."""
        tape, states, verdicts = self.tape._replace(next=self.at.copy()), self.states.copy(), self.verdicts.copied()
        while not simulate(tape, self.sessions, self.params, states, verdicts, self._members, book, _ALL):
            book = with_room(book)
        account = book.account[0]
        held = sum(
            int(slot["quantity"]) * self._last_price_e4(number, int(self.tape.last[number]))
            for number, slot in enumerate(book.slots)
        )
        return int(account["cash_e4"]) + held

    def judge(self, step: Step, before: Slot, account: Account) -> tuple[Decision, Record]:
        """What the driver decides on a bar with the account as it really was; nothing fills. Also its slot then."""
        number = self.number[step.symbol]
        book = open_book(self.config, self.tape, len(self.sessions.day))
        for other in account.beside:
            if other in self.number:
                book.slots[self.number[other]]["quantity"] = 1
        self._put(book, number, before)
        slot, record = book.slots[number], book.account[0]
        if before.position is None and before.entry is not None:
            slot["wanted"] = 1  # whosever it is: one position a symbol
        if before.position is None and before.leaving is not None:
            slot["wanted"] = 1
        record["equity_e4"], record["gross_e4"] = account.equity_e4, account.exposure_e4
        record["working_e4"], record["open"] = 0, account.open_positions
        record["reduced"], record["disabled"], record["day_lost"] = account.reduced, account.disabled, account.day_lost
        known = [self.tape.first[k] + step.known.get(symbol, 0) for k, symbol in enumerate(self.symbols)]
        tape = self.tape._replace(next=np.array(known, np.int64))
        tape.next[number] = self.tape.first[number] + step.row + 1
        record["signals"] = len(self.symbols)
        judge(tape, self.params, self.verdicts, number, book)
        return self.decided(book, number), slot.copy()

    @contextmanager
    def remembering(self, stretch: Stretch, step: Step) -> Iterator[None]:
        """While it lasts the kernel's word on a bar is that of what the live kernel remembered as the stretch began."""
        number, verdicts = self.number[step.symbol], self.verdicts
        states, row = self.states.copy(), int(self.tape.first[number]) + step.row
        if step.symbol in stretch.memory:
            states[number] = stretch.memory[step.symbol][0]
        begin, end = self.tape.last.copy(), self.tape.last.copy()
        begin[number], end[number] = self.tape.warm[number], row + 1
        tape = self.tape._replace(next=begin, last=end, warm=end)
        book = open_book(self.config, self.tape, len(self.sessions.day))
        self.verdicts = verdicts.copied()
        simulate(tape, self.sessions, self.params, states, self.verdicts, self._members, book, _ALL)
        yield
        self.verdicts = verdicts

    def decided(self, book: Book, number: int) -> Decision:
        """What a book has as the newest decision on a symbol."""
        slot, found = book.slots[number], book.signals[len(self.symbols) : book.account[0]["signals"]]
        of_symbol = [signal for signal in found if signal["symbol"] == number]
        exits = any(signal["exit"] for signal in of_symbol)
        trailed_e4 = int(slot["stop_e4"]) if slot["quantity"] else 0
        equity_e4 = int(book.account[0]["equity_e4"])
        for signal in of_symbol:
            if not signal["exit"]:
                return Decision(
                    int(signal["side"]),
                    int(signal["mode"]),
                    Outcome(int(signal["outcome"])),
                    int(signal["quantity"]),
                    int(signal["price_e4"]),
                    int(signal["stop_e4"]),
                    exits,
                    trailed_e4,
                    equity_e4,
                )
        return Decision(exits=exits, trailed_e4=trailed_e4, equity_e4=equity_e4)

    def filled(self, book: Book, before: Slot, number: int) -> tuple[Entered | None, Left | None]:
        """What a step has filled in a symbol, by the book after it."""
        slot = book.slots[number]
        trades = [one for one in book.trades[: book.account[0]["trades"]] if one["symbol"] == number]
        entered, waited = None, waiting(before)
        if waited:
            opened = next((one for one in trades if one["bars"] == 0), None)
            if opened is not None:
                entered = Entered(abs(waited), int(opened["entry_e4"]), Outcome.ORDERED)
            elif slot["quantity"]:
                entered = Entered(abs(waited), int(slot["entry_e4"]), Outcome.ORDERED)
            else:
                entered = Entered(0, 0, Outcome(int(book.signals[number]["outcome"])))
        if not trades:
            return entered, None
        left = trades[-1]
        return entered, Left(int(left["quantity"]), int(left["exit_e4"]), ExitReason(int(left["reason"])))

    # --- books -----------------------------------------------------------------------------------------------------
    def book(self, state: State) -> Book:
        """The driver's book of a state, marked at the closes of the bars that it has gone by."""
        book = open_book(self.config, self.tape, len(self.sessions.day))
        account = book.account[0]
        for symbol, slot in state.slots.items():
            if symbol in self.number:
                self._put(book, self.number[symbol], slot)
        account["cash_e4"], account["peak_e4"], account["base_e4"] = state.cash_e4, state.peak_e4, state.base_e4
        account["reduced"], account["disabled"], account["day_lost"] = state.reduced, state.disabled, state.day_lost
        self._sum_up(book)
        account["signals"] = len(self.symbols)  # the entries that wait are those of the first
        begun = int(self.at.max(initial=0))
        account["session"] = self._session(begun)
        account["sessions"] = 1
        # The state is another one than that the guards saw last.
        account["session_begins"] = True
        return book

    def _session(self, row: int) -> int:
        """That of the next bars: whatever was lost before them is in the base already."""
        ahead = [int(at) for at, last in zip(self.at, self.tape.last, strict=True) if at < last]
        rows = ahead or ([row - 1] if row else [])
        return int(self.tape.session[min(rows, key=lambda one: int(self.tape.end_ns[one]))]) if rows else -1

    def _sum_up(self, book: Book) -> None:
        account, slots = book.account[0], book.slots
        held = slots["quantity"] * slots["price_e4"]
        account["holdings_e4"], account["gross_e4"] = held.sum(), np.abs(held).sum()
        account["working_e4"] = (np.abs(slots["wanted"]) * slots["signal_e4"]).sum()
        account["open"] = np.count_nonzero(slots["quantity"]) + np.count_nonzero(slots["wanted"])
        account["equity_e4"] = account["cash_e4"] + account["holdings_e4"]

    def mixed(self, book: Book, other: Book, number: int, cash_e4: int) -> Book:
        """A book with one symbol as another has it, and so much more cash."""
        mixed = book._replace(account=book.account.copy(), slots=book.slots.copy())
        mixed.slots[number] = other.slots[number]
        mixed.account[0]["cash_e4"] += cash_e4
        self._sum_up(mixed)
        return mixed

    def differing(self, book: Book, other: Book) -> list[int]:
        """The symbols that two books have otherwise."""
        pairs = enumerate(zip(book.slots, other.slots, strict=True))
        return [number for number, (one, two) in pairs if _compared(one) != _compared(two)]

    def alike(self, book: Book, other: Book) -> bool:
        """True when a driver goes on from both to the same result."""
        one, two = book.account[0], other.account[0]
        names = ("reduced", "disabled", "day_lost", "peak_e4", "base_e4", "cash_e4")
        trailing = book.slots["trails"] & (book.slots["best_e4"] != other.slots["best_e4"])
        return all(int(one[name]) == int(two[name]) for name in names) and not trailing.any()

    def copied(self, book: Book) -> Book:
        """A book to go on from that leaves the one it was made of as it is."""
        return book._replace(
            account=book.account.copy(),
            slots=book.slots.copy(),
            trades=book.trades.copy(),
            signals=book.signals.copy(),
            guards=book.guards.copy(),
        )

    def price_e4(self, number: int) -> int:
        """The close of the newest bar that it has gone by of a symbol; 0 before the first."""
        return self._last_price_e4(number, int(self.at[number]))

    def _last_price_e4(self, number: int, last: int) -> int:
        return int(nearest_e4(self.tape.close[last - 1])) if last > self.tape.first[number] else 0

    def _put(self, book: Book, number: int, found: Slot) -> None:
        slot, position = book.slots[number], found.position
        slot["signal"] = number
        price_e4 = self._last_price_e4(number, int(self.at[number]))
        if position is not None:
            _hold(slot, position, price_e4, int(self.at[number]) - 1)
        elif waiting(found) and found.entry is not None and found.plan is not None:
            _wait(slot, found.entry, found.plan, waiting(found))


def waiting(slot: Slot) -> int:
    """The signed shares of an entry of the strategy that waits for a fill, and nothing of it has filled; else 0."""
    entry = slot.entry
    if slot.position is not None or entry is None or slot.plan is None or slot.plan.signal is None or entry.manual:
        return 0
    if entry.role is not OrderRole.ENTRY or entry.chain_id not in (None, entry.id):
        return 0
    return entry.side.sign * entry.remaining


def leaving(position: Position) -> bool:
    """True when all of a position is to be closed."""
    return bool(position.exit_reason) and not position.exit_quantity


def _compared(slot: Record) -> tuple[int, int, int, bool]:
    """What of a symbol must be the same."""
    quantity, wanted = int(slot["quantity"]), int(slot["wanted"])
    return quantity, wanted, int(slot["stop_e4"]) if quantity or wanted else 0, bool(quantity and slot["leaving"])


def _hold(slot: Record, position: Position, price_e4: int, row: int) -> None:
    slot["quantity"], slot["cost_e4"] = position.quantity, position.cost_e4
    slot["price_e4"], slot["entry_e4"] = price_e4 or position.price_e4, position.average_e4
    slot["entry_ns"], slot["entry_row"] = position.opened_ns, row
    slot["first_stop_e4"] = slot["stop_e4"] = position.stop_e4 or 0
    slot["best_e4"], slot["atr"] = position.best_e4, position.atr * position.stop_factor
    slot["mode"], slot["regime"] = int(_KINDS[position.mode]), int(position.regime)
    slot["leaving"] = int(ExitReason.SIGNAL) if leaving(position) else 0
    slot["trails"] = position.mode is Mode.TREND and position.stop_e4 is not None


def _wait(slot: Record, entry: Order, plan: EntryPlan, wanted: int) -> None:
    slot["wanted"], slot["limit_e4"] = wanted, entry.limit_price_e4 or 0
    slot["signal_e4"], slot["signal_ns"] = plan.price_e4, entry.created_ns
    slot["first_stop_e4"] = slot["stop_e4"] = plan.stop_e4
    slot["best_e4"], slot["atr"] = plan.best_e4, plan.atr * plan.stop_factor
    slot["mode"], slot["regime"] = int(_KINDS[plan.mode]), int(plan.regime)
    slot["trails"] = plan.mode is Mode.TREND
