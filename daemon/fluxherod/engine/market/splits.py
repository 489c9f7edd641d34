"""Stock splits: applied to our books once, half an hour before the first bar of the ex-date, whatever the broker does.

| what | rule |
|---|---|
| when | with the data host's answer from then on; if it owes one, 10 minutes later, as it was announced |
| bars | the symbol's book goes cold and is loaded anew, split-adjusted; what was decided is not decided once more |
| a position | shares, stops, target, best price and ATR are adjusted, its cost is not; a part share is paid in cash |
| shares not ours | adjusted with their price, their stop is fixed anew; from that close on none is placed |
| orders of before | cancelled; nothing is placed until the broker has our shares, or a minute before the open |
| shares at the broker | from the close before the ex-date to its open, both counts are right: no difference is told |
| quotes | from that close on they may be in new units: they mark nothing until the split is applied |
| told after the open | prices in new units are not converted once more, a stop that trailed with them is made anew |
| a start on a later day | what the broker says waits for the answer, for a minute at most: fills are in new shares |

A split belongs to what is older than its time: a book whose history was loaded after it, and a position that was opened
after it, are in new units already. So an answer that comes twice changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Session, new_york_day
from fluxherod.core.money import dollars, to_e4
from fluxherod.core.portfolio import Position
from fluxherod.core.splits import CashInLieu, Split, adjusted_bars
from fluxherod.core.strategy.stops import trail
from fluxherod.core.types import Mode, Side
from fluxherod.core.words import some_of
from fluxherod.engine.effects import AlertRaised, Effect, RequestHistory, RequestSnapshot, Severity
from fluxherod.engine.events import BrokerSnapshot, HistoryLoaded, SplitsLoaded
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.volatility import FIVE_MINUTE_HISTORY
from fluxherod.engine.orders.desk import Desk

REFERENCE_LEAD_NS = 30 * MINUTE_NS
FROM_MEMORY_AFTER_NS = 10 * MINUTE_NS
PLACED_BEFORE_OPEN_NS = MINUTE_NS
PATIENCE_NS = 60 * SECOND_NS

Key = tuple[str, str]


class Splits:
    """What is known of splits, and which were applied: to how many shares of ours."""

    market: Market
    desk: Desk
    ledger: Ledger
    _foreign_stops: dict[str, tuple[Side, int]]

    def __init__(self) -> None:
        self._waiting: dict[Key, Split] = {}
        self._applied: dict[Key, tuple[Split, int, int]] = {}  # shares of ours, and those not ours, before it
        self._warmed_ns: dict[str, int] = {}  # symbol: when its history was loaded last
        self._before: dict[str, tuple[Split, int, float]] = {}  # symbol: a bar's start and close in old units
        self._held: set[str] = set()  # symbols that wait for the broker to have our shares
        self._known_ns = 0
        self._patience_ends_ns = 0  # the broker's word waits until then for the splits

    def connect(self, market: Market, desk: Desk, ledger: Ledger, foreign_stops: dict[str, tuple[Side, int]]) -> None:
        """Look after these from now on."""
        self.market, self.desk, self.ledger, self._foreign_stops = market, desk, ledger, foreign_stops

    def begin(self, now_ns: int, out: list[Effect]) -> None:
        """A process begins: what is due by memory is applied; on another day than the last the splits come first."""
        self._known_ns = self._known_ns or now_ns
        self._patience_ends_ns = 0
        self.apply(now_ns, out)
        held = self.ledger.positions or self.ledger.foreign or self._foreign_stops
        if held and new_york_day(self._known_ns) != new_york_day(now_ns):
            self._patience_ends_ns = now_ns + PATIENCE_NS + self.market.settings.latency_ns

    @property
    def symbols(self) -> tuple[str, ...]:
        """All that must be asked for: what is followed, and what is held without being followed."""
        followed = self.market.settings.symbols
        held = self.ledger.positions.keys() | self.ledger.foreign.keys() | self._foreign_stops.keys()
        return (*followed, *sorted(held - set(followed)))

    # --- what the data host says -----------------------------------------------------------------------
    def take(self, event: SplitsLoaded, now_ns: int, out: list[Effect]) -> None:
        """Take the newest answer; what was applied stays applied."""
        if event.refusal:
            self._unknown(event.refusal, out)
        else:
            self._known_ns = now_ns
            new = {(split.symbol, split.ex_date): split for split in event.splits}
            self._waiting = {key: split for key, split in new.items() if key not in self._applied}
            self.apply(now_ns, out)
        if self._patience_ends_ns:
            self._patience_ends_ns = 0
            out.append(RequestSnapshot("the splits are known"))

    def _unknown(self, why: str, out: list[Effect]) -> None:
        text = (
            f"splits can't be had from the data host ({why}): look for splits of {some_of(self.symbols)} yourself, "
            "and close positions in them before the ex-date"
        )
        out.append(AlertRaised("SPLITS_UNKNOWN", Severity.WARNING, text))

    def fitting(self, history: HistoryLoaded, now_ns: int, out: list[Effect]) -> HistoryLoaded:
        """History in new units, even when the host has not adjusted it yet: a bar that we know shows it."""
        self._warmed_ns[history.symbol] = now_ns
        known = self._before.pop(history.symbol, None)
        if known is None:
            return history
        split, start_ns, close = known
        same = next((bar.close for bar in history.bars if bar.start_ns == start_ns), None)
        if same is None or abs(same - split.price(close)) <= abs(same - close):
            return history
        text = f"history of {history.symbol} does not know its {split.text} split yet: adjusted here"
        out.append(AlertRaised("HISTORY_NOT_ADJUSTED", Severity.WARNING, text, history.symbol))
        bars, fives = (adjusted_bars(rows, split) for rows in (history.bars, history.five_minute_bars))
        return replace(history, bars=bars, five_minute_bars=fives)

    # --- applying --------------------------------------------------------------------------------------
    def apply(self, now_ns: int, out: list[Effect]) -> None:
        """Apply each split whose time has come; without a calendar no time is known."""
        if not self.market.calendar.sessions:
            return
        due = [key for key, split in self._waiting.items() if self._due_ns(split) <= now_ns]
        for key in sorted(due, key=lambda key: (key[1], key[0])):
            self._apply(key, self._waiting.pop(key), now_ns, out)

    def _apply(self, key: Key, split: Split, now_ns: int, out: list[Effect]) -> None:
        due_ns = self._due_ns(split)
        position = self.ledger.positions.get(split.symbol)
        held = position is not None and position.opened_ns < due_ns
        foreign = self.ledger.foreign.get(split.symbol, (0, 0))[0]
        self._applied[key] = (split, position.quantity if position is not None and held else 0, foreign)
        book = self.market.books.get(split.symbol)
        stale = book is not None and self._outdate(book, split, due_ns)
        cancelled = self._cancel_orders(split.symbol, due_ns, now_ns, out)
        words = ["its bars are loaded anew"] if stale else []
        if position is not None and held:
            if book is not None and self._trades_anew(book, split):
                self.ledger.positions[split.symbol] = self._as_before(position, split, book.price_e4)
            after, lieu = self.ledger.split(split, now_ns, out)
            self._convert_foreign(split, after.quantity - position.quantity)
            if book is not None:
                self.ledger.mark(split.symbol, book.price_e4, out)
            self._hold(split, now_ns)
            out.append(RequestSnapshot(f"{split.symbol} was split"))
            words = [_told(position, after, lieu), *words]
        elif foreign:
            self._convert_foreign(split, 0)
            self._hold(split, now_ns)
            out.append(RequestSnapshot(f"{split.symbol} was split"))
            words = [f"{abs(foreign)} shares that are not ours are adjusted", *words]
        self._foreign_stops.pop(split.symbol, None)  # its price is of before: it is fixed anew
        if cancelled:
            words.append(f"{cancelled} of its orders cancelled")
        if words:
            text = f"{split.symbol} split {split.text} on {split.ex_date}: {', '.join(words)}"
            out.append(AlertRaised("SPLIT_APPLIED", Severity.INFO, text, split.symbol))

    def _convert_foreign(self, split: Split, grown: int) -> None:
        """Put shares that are not ours in shares of after, where ours have become `grown` more (or fewer)."""
        held, price_e4 = self.ledger.foreign.get(split.symbol, (0, 0))
        session = self._session(split)
        if session is not None and self.ledger.account_ns >= session.open_ns:
            held -= grown  # the broker counts in shares of after: what was too much is ours now
        elif held == grown:
            held = 0  # the shares that were not in our books are in them now
        else:
            held, price_e4 = split.shares(held), split.price_e4(price_e4)
        if held:
            self.ledger.foreign[split.symbol] = (held, price_e4)
        else:
            self.ledger.foreign.pop(split.symbol, None)

    def _outdate(self, book: SymbolBook, split: Split, due_ns: int) -> bool:
        """Let a book in old units be cold, its price that of its last bar in new ones, or none. True if it was warm."""
        warmed_ns = self._warmed_ns.get(split.symbol, 0)
        if warmed_ns >= due_ns:
            return False
        book.quote = None  # it may be of before or of after
        # Only bars that were loaded before the ex-date are in old units for sure, and only for one split at a time.
        last = next((closed.bar for closed in reversed(book.closed) if closed.bar.start_ns < split.starts_ns), None)
        sure = last is not None and warmed_ns < split.starts_ns and split.symbol not in self._before
        if last is not None and sure:
            self._before[split.symbol] = (split, last.start_ns, last.close)
        else:
            self._before.pop(split.symbol, None)
        if self._trades_anew(book, split):
            pass  # told late: its price is of after
        elif last is not None and sure:
            book.price_e4 = to_e4(split.price(last.close))
        else:
            book.price_e4 = book.price_ns = 0
        if not book.warm:
            return False
        self.market.begin_again((split.symbol,))
        return True

    def _trades_anew(self, book: SymbolBook, split: Split) -> bool:
        """True when the newest price is of after the split for sure: it comes from a session at the new price."""
        session = self.market.bar_calendar.following(split.starts_ns - 1)
        return session is not None and book.price_e4 > 0 and book.price_ns > session.open_ns

    def _as_before(self, position: Position, split: Split, price_e4: int) -> Position:
        """A position that prices of after the split have moved already, all in units of before: it is converted once.

        A stop that trailed with them was made of prices of after and an ATR of before: it is made anew.
        """
        back = split.inverse
        moved = replace(position, price_e4=back.price_e4(price_e4))
        stop_e4 = self.ledger.trades[position.trade_id].stop_e4
        trails = position.mode is Mode.TREND and stop_e4 is not None and position.best_e4 > 0
        if not trails or not _is_of_after(position.best_e4, split, price_e4):
            return moved
        best_e4, side = back.price_e4(position.best_e4), 1 if position.quantity > 0 else -1
        multiple = self.market.settings.strategy.trend_stop_atr * position.stop_factor
        stop_e4 = int(trail(side, stop_e4 or 0, best_e4, position.atr, multiple))
        return replace(moved, best_e4=best_e4, stop_e4=stop_e4, watched_stop_e4=None)

    def _cancel_orders(self, symbol: str, due_ns: int, now_ns: int, out: list[Effect]) -> int:
        """Ask for the end of every order in old shares and prices; the legs of one that works end with it."""
        live = {order.id: order for order in self.desk.live(symbol)}
        old = [
            order
            for order in live.values()
            if order.settled and order.broker_id and order.created_ns < due_ns and order.parent_id not in live
        ]
        for order in old:
            self.desk.cancel(order, now_ns, out)
        return len(old)

    def _hold(self, split: Split, now_ns: int) -> None:
        session = self._session(split)
        if session is not None and now_ns < session.open_ns - PLACED_BEFORE_OPEN_NS:
            self.desk.holds[split.symbol] = session.open_ns - PLACED_BEFORE_OPEN_NS
            self._held.add(split.symbol)

    def _session(self, split: Split) -> Session | None:
        """The first session at the new price."""
        return self.market.calendar.following(split.starts_ns - 1)

    def _eve_ns(self, split: Split) -> int:
        """The close of the last session at the old price: the broker may adjust from then on."""
        before = self.market.calendar.last_opened(split.starts_ns)
        return min(before.close_ns, split.starts_ns) if before is not None else split.starts_ns

    def _due_ns(self, split: Split) -> int:
        """Before the first bar at the new price, which in extended hours comes long before the open."""
        session = self.market.bar_calendar.following(split.starts_ns - 1)
        return session.open_ns - REFERENCE_LEAD_NS if session is not None else split.starts_ns

    # --- what the broker says --------------------------------------------------------------------------
    def admits(self, snapshot: BrokerSnapshot, now_ns: int) -> bool:
        """False while a snapshot may tell of shares after a split that is not known yet.

        A symbol whose shares the broker has by now is held no longer.
        """
        if now_ns < self._patience_ends_ns:
            return False
        theirs = {position.symbol: position.quantity for position in snapshot.positions}
        for symbol in sorted(self._held):
            position = self.ledger.positions.get(symbol)
            ours = position.quantity if position is not None else 0
            foreign = self.ledger.foreign.get(symbol, (0, 0))[0]
            if (position is None and not foreign) or theirs.get(symbol, 0) in (ours, ours + foreign):
                self._held.discard(symbol)
                self.desk.holds.pop(symbol, None)
        return True

    def explains(self, symbol: str, theirs: int, now_ns: int, foreign: bool = False) -> bool:
        """True when a split explains the broker's count of shares, between the close before it and its open.

        It is compared with the shares of our position, with `foreign` together with those that are not ours.

        A part share that the broker has not paid out yet is reported as one share more.
        """
        position = self.ledger.positions.get(symbol)
        now = (position.quantity if position is not None else 0, self.ledger.foreign.get(symbol, (0, 0))[0])
        for split, ours, others in (*self._applied.values(), *((split, *now) for split in self._waiting.values())):
            session = self._session(split)
            if split.symbol != symbol or session is None or not self._eve_ns(split) <= now_ns < session.open_ns:
                continue
            shares = ours + others if foreign else ours
            whole = split.shares(shares)
            exact = whole * split.old_rate == shares * split.new_rate
            rounded = whole if exact else whole + (1 if shares > 0 else -1)
            if shares and theirs in (shares, whole, rounded):
                return True
        return False

    def pending(self, symbol: str, now_ns: int) -> bool:
        """True while prices may come in new units and our books are in old ones, or nobody knows of splits yet."""
        if now_ns < self._patience_ends_ns:
            return True
        return any(split.symbol == symbol and self._eve_ns(split) <= now_ns for split in self._waiting.values())

    # --- time ------------------------------------------------------------------------------------------
    def next_due_ns(self) -> int | None:
        """When `timer` has something to do."""
        known = self._waiting.values() if self.market.calendar.sessions else ()
        dues = [self._due_ns(split) + FROM_MEMORY_AFTER_NS for split in known]
        dues += [self._patience_ends_ns] if self._patience_ends_ns else []
        return min(dues, default=None)

    def timer(self, now_ns: int, out: list[Effect]) -> None:
        """Go on without an answer of the data host that is overdue."""
        if any(self._due_ns(split) + FROM_MEMORY_AFTER_NS <= now_ns for split in self._waiting.values()):
            self.apply(now_ns, out)  # without a calendar nothing: then history is on its way anyhow
            cold = tuple(book.symbol for book in self.market.books.values() if not book.warm)
            settings = self.market.settings
            if cold:
                out.append(RequestHistory(cold, settings.timeframe, settings.history_bars, FIVE_MINUTE_HISTORY))
        if self._patience_ends_ns and self._patience_ends_ns <= now_ns:
            self._patience_ends_ns = 0
            self._unknown("no answer yet", out)
            out.append(RequestSnapshot("the splits are not known, and are waited for no longer"))


def _is_of_after(figure_e4: int, split: Split, price_e4: int) -> bool:
    """True when a figure is in units of after the split: nearer to a price of then as it is than when converted."""
    return abs(math.log(figure_e4 / price_e4)) < abs(math.log(split.price_e4(figure_e4) / price_e4))


def _told(before: Position, after: Position, lieu: CashInLieu) -> str:
    text = f"{abs(before.quantity)} shares are {abs(after.quantity)}"
    if before.stop_e4 is not None and after.quantity and after.stop_e4 is not None:
        text += f", the stop {dollars(before.stop_e4)} is {dollars(after.stop_e4)}"
    if lieu.value_e4:
        text += f", the broker pays about {dollars(abs(lieu.value_e4))} in cash for the part of a share"
    return text
