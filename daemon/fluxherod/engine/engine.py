"""The engine: one event in, a list of effects out. Synchronous, total and deterministic.

It reads no clock, draws no number and touches nothing outside itself: the same events in the same
order give the same effects, byte for byte, which is what restart and replay stand on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Calendar
from fluxherod.core.types import Bar, BrokerOrder
from fluxherod.engine.commands import Commands
from fluxherod.engine.desk import Desk
from fluxherod.engine.effects import (
    AccountUpdated,
    AlertRaised,
    BarClosed,
    BarRejected,
    Effect,
    OrderUpdated,
    PositionUpdated,
    QuotesUpdated,
    RequestBackfill,
    RequestHistory,
    RequestReference,
    RequestSnapshot,
    Severity,
    StatusChanged,
)
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BarsReceived,
    BarsRevised,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    CancelOrderCommand,
    ClosePositionCommand,
    Event,
    HaltCommand,
    HistoryLoaded,
    LinkChanged,
    LookupAnswered,
    OrderReported,
    PlaceOrderCommand,
    QuotesReceived,
    ReplaceAnswered,
    ResumeCommand,
    Started,
    Stopping,
    SubmitAnswered,
    TimerFired,
)
from fluxherod.engine.guard import Guard
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market import ClosedBar, Market, SymbolBook
from fluxherod.engine.reconcile import Reconciler
from fluxherod.engine.settings import Settings
from fluxherod.engine.strategist import Strategist

REFERENCE_LEAD_NS = 30 * MINUTE_NS
REMEMBER_ORDERS_NS = 3 * 24 * 3600 * SECOND_NS
RELOAD_AFTER_NS = 5 * 24 * 3600 * SECOND_NS
SANE_SPREAD = 0.02


class Engine:
    """One account's trading. Before `Started` it knows nothing and takes nothing else."""

    settings: Settings
    market: Market
    ledger: Ledger
    desk: Desk
    strategist: Strategist
    commands: Commands
    guard: Guard
    reconciler: Reconciler

    def __init__(self) -> None:
        self.epoch = ""
        self.run = 0
        self.links: dict[str, LinkChanged] = {}
        self.state = "STARTING"
        self.stopping = ""
        self.revisions = 0
        self._reference_due_ns: int | None = None
        self._linked_ns = 0  # when the market link came up last
        self._handlers: dict[type, Callable[[int, Any, list[Effect]], None]] = {
            Started: self._started,
            CalendarLoaded: self._calendar_loaded,
            AssetsLoaded: self._assets_loaded,
            HistoryLoaded: self._history_loaded,
            BackfillLoaded: self._backfill_loaded,
            BarsReceived: self._bars_received,
            BarsRevised: self._bars_revised,
            QuotesReceived: self._quotes_received,
            OrderReported: self._order_reported,
            SubmitAnswered: lambda now_ns, event, out: self.desk.submit_answered(event, now_ns, out),
            CancelAnswered: lambda now_ns, event, out: self.desk.cancel_answered(event, now_ns, out),
            ReplaceAnswered: lambda now_ns, event, out: self.desk.replace_answered(event, now_ns, out),
            LookupAnswered: lambda now_ns, event, out: self.desk.lookup_answered(event, now_ns, out),
            BrokerSnapshot: self._snapshot,
            LinkChanged: self._link_changed,
            TimerFired: self._timer_fired,
            Stopping: self._stopping,
        }
        for command in (
            PlaceOrderCommand,
            CancelOrderCommand,
            ClosePositionCommand,
            HaltCommand,
            ResumeCommand,
        ):
            self._handlers[command] = self._command

    def process(self, now_ns: int, event: Event) -> list[Effect]:
        """Take one event; return what must happen because of it, in order."""
        out: list[Effect] = []
        self._handlers[type(event)](now_ns, event, out)
        if self.run and self.commands.halted:
            self.guard.call_off(now_ns, out)  # an entry that was on its way when trading was halted, too
        for symbol in _touched(out):
            self.desk.protect(symbol, now_ns, out)
        if any(isinstance(effect, PositionUpdated) for effect in out):
            out.append(self.ledger.updated(self.desk.working_e4(), now_ns))
        self._tell_state(out)
        return out

    def next_deadline_ns(self) -> int | None:
        """When `TimerFired` is wanted next, or None."""
        if self.run == 0:
            return None
        due = (
            self.market.next_due_ns(),
            self.desk.next_due_ns(),
            self.guard.next_due_ns(),
            self._reference_due_ns,
        )
        return min((ns for ns in due if ns is not None), default=None)

    # --- starting ------------------------------------------------------------------------------------
    def _started(self, now_ns: int, event: Started, out: list[Effect]) -> None:
        first = self.run == 0
        same = not first and _market_settings(event.settings) == _market_settings(self.settings)
        self.epoch, self.run, self.settings = event.epoch, event.run, event.settings
        self.stopping = ""
        self.links = {}
        if first:
            self.ledger = Ledger()
            self.desk = Desk(event.settings, event.epoch, self.ledger)
        calendar = Calendar(()) if first else self.market.calendar
        if not same:
            self.market = Market(event.settings)
            self.market.calendar = calendar
        self._assemble(first)
        for book in self.market.books.values():
            stale = now_ns - book.newest_minute_ns > RELOAD_AFTER_NS
            book.warm, book.waiting = book.warm and not stale, []
        self.desk.resume(now_ns, out)
        self._reference_due_ns = None
        out.append(RequestReference(event.settings.symbols))
        out.append(RequestSnapshot("start"))

    def _assemble(self, first: bool) -> None:
        """Connect the parts; what they remember over a restart is kept."""
        settings = self.settings
        halted, answers = ("", {}) if first else self.commands.memory
        self.market.settings = self.desk.settings = settings
        self.strategist = Strategist(settings, self.market, self.desk, self.ledger)
        self.commands = Commands(settings, self.market, self.desk, self.ledger, self.strategist, self.blocked)
        self.commands.memory = (halted, answers)
        self.guard = Guard(settings, self.market, self.desk, self.ledger)
        self.reconciler = Reconciler(settings, self.desk, self.ledger)

    def _calendar_loaded(self, now_ns: int, event: CalendarLoaded, out: list[Effect]) -> None:
        self.market.calendar = Calendar(event.sessions)
        following = self.market.calendar.following(now_ns + REFERENCE_LEAD_NS)
        self._reference_due_ns = following.open_ns - REFERENCE_LEAD_NS if following is not None else None
        self.desk.forget(now_ns - REMEMBER_ORDERS_NS)
        cold = tuple(book.symbol for book in self.market.books.values() if not book.warm)
        if cold:
            out.append(RequestHistory(cold, self.settings.timeframe, self.settings.history_bars))
        self._request_backfill(out)

    def _assets_loaded(self, now_ns: int, event: AssetsLoaded, out: list[Effect]) -> None:
        for asset in event.assets:
            book = self.market.books.get(asset.symbol)
            if book is None:
                continue
            book.tradable = asset.found and asset.tradable
            book.shortable = asset.found and asset.shortable and asset.easy_to_borrow
            if not book.tradable:
                fault = "not tradable" if asset.found else "unknown"
                text = f"{asset.symbol} is {fault} at the broker: remove it from market.symbols"
                out.append(AlertRaised("SYMBOL_NOT_TRADABLE", Severity.WARNING, text, asset.symbol))

    def _history_loaded(self, now_ns: int, event: HistoryLoaded, out: list[Effect]) -> None:
        book = self.market.books.get(event.symbol)
        if book is None or book.warm:
            return
        rejected = self.market.load_history(event.symbol, event.bars, event.through_ns)
        out += (BarRejected(bar, reason) for bar, reason in rejected)
        if all(other.warm for other in self.market.books.values()):
            self._request_backfill(out)

    def _request_backfill(self, out: list[Effect]) -> None:
        """Close the gap of every warm symbol that waits, in one request."""
        gaps = [book for book in self.market.books.values() if book.warm and book.waiting is not None]
        if gaps:
            since_ns = min(self.market.gap_start_ns(book) for book in gaps)
            out.append(RequestBackfill(tuple(book.symbol for book in gaps), since_ns))

    # --- the market ------------------------------------------------------------------------------------
    def _backfill_loaded(self, now_ns: int, event: BackfillLoaded, out: list[Effect]) -> None:
        link = self.links.get("market")
        if link is not None and (not link.up or event.through_ns < self._linked_ns - self._linked_ns % MINUTE_NS):
            return  # asked for before the newest gap: another answer, which covers both, is on its way
        completed: list[ClosedBar] = []
        for symbol in event.symbols:
            book = self.market.books.get(symbol)
            if book is None or book.waiting is None or not book.warm:
                continue
            known_ns = book.newest_minute_ns
            missed = [bar for bar in event.bars if bar.symbol == symbol and bar.start_ns > known_ns]
            waiting, book.waiting = book.waiting, None
            newest_ns = missed[-1].start_ns if missed else known_ns
            fresh = [bar for bar in waiting if bar.start_ns > newest_ns]
            completed += self._take(book, [*missed, *fresh], out)
        self._closed(completed, now_ns, out)

    def _bars_received(self, now_ns: int, event: BarsReceived, out: list[Effect]) -> None:
        completed: list[ClosedBar] = []
        for bar in event.bars:
            book = self.market.books.get(bar.symbol)
            if book is None:
                continue
            if book.waiting is not None:
                book.waiting.append(bar)
            else:
                completed += self._take(book, (bar,), out)
        self._closed(completed, now_ns, out)

    def _take(self, book: SymbolBook, bars: Iterable[Bar], out: list[Effect]) -> list[ClosedBar]:
        completed: list[ClosedBar] = []
        for bar in bars:
            reason, closed = self.market.take_minute(book, bar)
            completed += closed
            if reason is not None:
                out.append(BarRejected(bar, reason))
        return completed

    def _closed(self, completed: list[ClosedBar], now_ns: int, out: list[Effect]) -> None:
        """Marks, then guards, then decisions on what was completed, in symbol order."""
        for symbol, position in list(self.ledger.positions.items()):
            book = self.market.books.get(symbol)
            if book is not None and book.price_e4 != position.price_e4:
                self.ledger.mark(symbol, book.price_e4, out)
        self.guard.watch(now_ns, out)
        if not completed:
            return
        completed.sort(key=lambda closed: (closed.end_ns, self.market.books[closed.bar.symbol].row))
        for closed in completed:
            out.append(
                BarClosed(closed.bar, closed.end_ns, int(closed.decision["regime"]), bool(closed.decision["valid"]))
            )
        self.strategist.decide(completed, self.blocked(now_ns), now_ns, out)
        out.append(self.ledger.updated(self.desk.working_e4(), now_ns, record=True))

    def _bars_revised(self, now_ns: int, event: BarsRevised, out: list[Effect]) -> None:
        self.revisions += len(event.bars)

    def _quotes_received(self, now_ns: int, event: QuotesReceived, out: list[Effect]) -> None:
        for quote in event.quotes:
            book = self.market.books.get(quote.symbol)
            if book is None:
                continue
            book.quote = quote
            two_sided = quote.bid > 0 and quote.ask > quote.bid
            if two_sided and quote.ask - quote.bid <= SANE_SPREAD * quote.mid:
                book.mark(quote.mid, quote.time_ns)
                self.ledger.mark(quote.symbol, book.price_e4, out)
        out.append(QuotesUpdated(event.quotes))
        self.guard.watch(now_ns, out)

    # --- the broker --------------------------------------------------------------------------------------
    def _order_reported(self, now_ns: int, event: OrderReported, out: list[Effect]) -> None:
        order: BrokerOrder = event.order
        self.desk.report(order, event.execution, event.event, now_ns, out)

    def _snapshot(self, now_ns: int, event: BrokerSnapshot, out: list[Effect]) -> None:
        self.reconciler.take(event, now_ns, out)
        for symbol in list(self.ledger.positions):
            self.desk.protect(symbol, now_ns, out)

    def _link_changed(self, now_ns: int, event: LinkChanged, out: list[Effect]) -> None:
        before = self.links.get(event.link)
        self.links[event.link] = event
        if event.link == "market":  # minutes are missing from now on, or were: a bar waits until they are known
            for book in self.market.books.values():
                book.waiting = [] if book.waiting is None else book.waiting
        if not event.up:
            if before is None or before.up or event.fatal:
                severity = Severity.CRITICAL if event.fatal else Severity.WARNING
                out.append(AlertRaised(f"{event.link.upper()}_LINK_DOWN", severity, event.detail or "connection lost"))
            return
        if event.link == "market":
            self._linked_ns = now_ns
            self._request_backfill(out)
        out.append(RequestSnapshot(f"{event.link} link is up"))

    # --- time ----------------------------------------------------------------------------------------------
    def _timer_fired(self, now_ns: int, event: TimerFired, out: list[Effect]) -> None:
        self._closed(self.market.finish_due(now_ns), now_ns, out)
        self.desk.timer(now_ns, out)
        self.guard.timer(now_ns, out)
        if self._reference_due_ns is not None and self._reference_due_ns <= now_ns:
            self._reference_due_ns = None
            out.append(RequestReference(self.settings.symbols))

    def _stopping(self, now_ns: int, event: Stopping, out: list[Effect]) -> None:
        self.stopping = event.reason

    def _command(self, now_ns: int, event: Any, out: list[Effect]) -> None:
        self.commands.take(event, now_ns, out)

    # --- what it says of itself ------------------------------------------------------------------------------
    def blocked(self, now_ns: int) -> str:
        """What blocks new risk now, in words; "" when nothing does. Never asked for exits."""
        if self.commands.halted:
            return f"Trading halted: {self.commands.halted}. Resume when reviewed."
        if self.stopping:
            return "the daemon is stopping"
        down = [name for name in ("market", "trading") if not (name in self.links and self.links[name].up)]
        if down:
            return f"no {' and no '.join(down)} connection"
        account = self.ledger.account
        if account is None or self.ledger.cash_e4 is None:
            return "the account is not known yet"
        if account.blocked:
            return "the broker has blocked the account"
        age_ns = now_ns - self.ledger.account_ns
        if age_ns > self.settings.account_max_age_ns + self.settings.latency_ns:
            return f"the account data is {age_ns // SECOND_NS} s old"
        return ""

    @property
    def warming(self) -> list[str]:
        """Symbols whose history or back-fill is still on its way."""
        return [book.symbol for book in self.market.books.values() if not book.live]

    def _tell_state(self, out: list[Effect]) -> None:
        state = self._trading_state()
        if state != self.state:
            self.state = state
            out.append(StatusChanged(state, self.commands.halted))

    def _trading_state(self) -> str:
        if self.stopping:
            return "STOPPING"
        if self.ledger.account is None or not self.market.calendar.sessions:
            return "STARTING"
        if self.commands.halted:
            return "HALTED"
        if any(name not in self.links or not self.links[name].up for name in ("market", "trading")):
            return "DEGRADED" if self.links else "STARTING"
        return "WARMING" if self.warming else "ACTIVE"


def _touched(out: list[Effect]) -> list[str]:
    """Symbols whose orders or positions changed, in order of first mention."""
    symbols: dict[str, None] = {}
    for effect in out:
        match effect:
            case OrderUpdated(order=order):
                symbols[order.symbol] = None
            case PositionUpdated(position=position, mark=False):
                symbols[position.symbol] = None
            case AccountUpdated():
                pass
    return list(symbols)


def _market_settings(settings: Settings) -> tuple[object, ...]:
    """What the market's state depends on: with other values it must be built anew."""
    return (settings.symbols, settings.timeframe, settings.history_bars, settings.strategy)
