"""The engine: one event in, a list of effects out. Synchronous, total and deterministic.

It reads no clock, draws no number and touches nothing outside itself: the same events in the same
order give the same effects, byte for byte, which is what restart and replay stand on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from fluxherod.core.types import Bar
from fluxherod.engine import links, readiness, starting
from fluxherod.engine.alerts import AlertBook, archive_reported, channel_failed, reload_failed, tokens_failed
from fluxherod.engine.commands import Command, ResumeCommand
from fluxherod.engine.effects import (
    BarClosed,
    BarRejected,
    Effect,
    PositionUpdated,
    QuotesUpdated,
    Reply,
    ReplyCode,
    RequestReference,
    StatusChanged,
    touched_symbols,
)
from fluxherod.engine.events import (
    AlertTold,
    ArchiveReported,
    AssetsLoaded,
    BackfillLoaded,
    BackfillRefused,
    BarsReceived,
    BarsRevised,
    BrokerSnapshot,
    CalendarLoaded,
    CancelAnswered,
    ChannelFailed,
    DrainEnded,
    Event,
    FeedFollows,
    HistoryLoaded,
    LinkChanged,
    LookupAnswered,
    MirrorReported,
    OrderReported,
    QuotesReceived,
    ReloadFailed,
    ReplaceAnswered,
    SplitsLoaded,
    Started,
    StatusesReceived,
    Stopping,
    StorageReported,
    SubmitAnswered,
    TimerFired,
    TokensFailed,
)
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market import gaps
from fluxherod.engine.market.books import SymbolBook, sane
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.engine.market.completed import Completed
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.pieces import Pieces, in_pieces, many
from fluxherod.engine.market.splits import Splits
from fluxherod.engine.operators.commands import Commands
from fluxherod.engine.operators.universe import Universe
from fluxherod.engine.orders.chase import Chaser
from fluxherod.engine.orders.closing import Closing
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.ending import Ending
from fluxherod.engine.orders.guard import Guard
from fluxherod.engine.orders.unprotected import Unprotected
from fluxherod.engine.reconciling.foreign import Foreign
from fluxherod.engine.reconciling.reconcile import Reconciler
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.settings import Settings
from fluxherod.engine.storage import Storage
from fluxherod.engine.strategist import Strategist

# They come all the time and make no symbol warm or cold: nobody has to look at each of 8,000 symbols because of one.
_FREQUENT = frozenset({BarsReceived, BarsRevised, QuotesReceived, StatusesReceived})
_WARM_NOTHING = _FREQUENT | {OrderReported, SubmitAnswered, CancelAnswered, ReplaceAnswered, LookupAnswered}


class Engine:
    """One account's trading. Before `Started` it knows nothing and takes nothing else."""

    settings: Settings
    market: Market
    ledger: Ledger
    desk: Desk
    strategist: Strategist
    commands: Commands
    guard: Guard
    chaser: Chaser
    reconciler: Reconciler

    def __init__(self) -> None:
        self.epoch = ""
        self.stream_epoch = ""  # what streams name; new after a start that doubts that the journal is whole
        self.run = 0
        self.began_ns = 0  # when the journal's first process started
        self.links: dict[str, LinkChanged] = {}
        self.state = "STARTING"
        self.ending = Ending()
        self.alerts = AlertBook()
        self.universe = Universe(self._adopt)
        self.safety = Safety()
        self.storage = Storage()
        self.splits = Splits()
        self.foreign = Foreign()
        self.closing = Closing()
        self.unprotected = Unprotected()
        self.reference_due_ns: int | None = None
        self._warms = False  # whether any symbol is warming up
        self._handlers = self._own_handlers()

    def _own_handlers(self) -> dict[type, Callable[[int, Any, list[Effect]], Pieces | None]]:
        handlers: dict[type, Callable[[int, Any, list[Effect]], Pieces | None]] = {
            Started: lambda now_ns, event, out: starting.begin(self, event, now_ns, out),
            MirrorReported: lambda now_ns, event, out: self.safety.mirrored(event, out),
            StorageReported: lambda now_ns, event, out: self.storage.take(event, now_ns, out),
            CalendarLoaded: lambda now_ns, event, out: starting.calendar_loaded(self, event, now_ns, out),
            AssetsLoaded: lambda now_ns, event, out: self.universe.describe(event, out),
            SplitsLoaded: lambda now_ns, event, out: self.splits.take(event, now_ns, out),
            HistoryLoaded: lambda now_ns, event, out: starting.history_loaded(self, event, now_ns, out),
            BackfillLoaded: self._backfill_loaded,
            BackfillRefused: lambda now_ns, event, out: gaps.refused(self.market, event),
            BarsReceived: self._bars_received,
            BarsRevised: self._bars_revised,
            QuotesReceived: self._quotes_received,
            StatusesReceived: lambda now_ns, event, out: self.desk.halts.take(event, self.market, now_ns, out),
            OrderReported: self._order_reported,
            SubmitAnswered: lambda now_ns, event, out: self.desk.answered(event.order_id, event, now_ns, out),
            CancelAnswered: lambda now_ns, event, out: self.desk.cancel_answered(event, now_ns, out),
            ReplaceAnswered: lambda now_ns, event, out: self.desk.answered(event.new_order_id, event, now_ns, out),
            LookupAnswered: lambda now_ns, event, out: self.desk.lookup_answered(event, now_ns, out),
            BrokerSnapshot: self._snapshot,
            LinkChanged: lambda now_ns, event, out: links.take(self, event, now_ns, out),
            ArchiveReported: lambda now_ns, event, out: out.append(archive_reported(event)),
            ChannelFailed: lambda now_ns, event, out: out.append(channel_failed(event)),
            TokensFailed: lambda now_ns, event, out: out.append(tokens_failed(event)),
            ReloadFailed: lambda now_ns, event, out: out.append(reload_failed(event)),
            AlertTold: lambda now_ns, event, out: self.alerts.note_told(event, now_ns),
            FeedFollows: self._feed_follows,
            TimerFired: self._timer_fired,
            Stopping: lambda now_ns, event, out: self.ending.begin(event.reason),
            DrainEnded: lambda now_ns, event, out: self.ending.hurry(),
        }
        return handlers | dict.fromkeys(get_args(Command), self._command)

    def __getstate__(self) -> dict[str, Any]:
        """All that a snapshot keeps."""
        return {name: value for name, value in vars(self).items() if name != "_handlers"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._handlers = self._own_handlers()

    def process(self, now_ns: int, event: Event) -> list[Effect]:
        """Take one event; return what must happen because of it, in order."""
        out: list[Effect] = []
        for _ in self.pieces(now_ns, event, out):
            pass
        return out

    def pieces(self, now_ns: int, event: Event, out: list[Effect]) -> Pieces:
        """`process` in pieces, where it is of many symbols; after the last `out` has the event's effects.

        Between two of them the event loop may turn, but no other event may come.
        """
        self.safety.inputs += 1
        work = self._handlers[type(event)](now_ns, event, out)
        if work is not None:
            yield from work
        if self.run and type(event) not in _FREQUENT:
            self.safety.watch(now_ns, out)
        if self.run and (self.safety.stopped or self.settings.disabled or self.desk.halts):
            # An entry that was on its way when trading was halted, or in its symbol alone, too.
            self.guard.call_off(now_ns, bool(self.safety.stopped), out)
        if self.run:
            self.closing.look(now_ns, out)
        if self.run and self.desk.book.chased:
            self.chaser.step(now_ns, out, ends=bool(self.stopping))
        touched, before = touched_symbols(out), len(out)
        for symbol in (*touched, *(self.desk.halts.take_ended() if self.run else ())):
            self.desk.protect(symbol, now_ns, out)
        if self.run:
            self.unprotected.note((*touched, *touched_symbols(out[before:])), now_ns)
        if PositionUpdated in map(type, out):
            out.append(self.ledger.updated(self.desk.working_e4(), now_ns))
        if type(event) not in _WARM_NOTHING:
            self._warms = bool(self.run and self.warming)
        if self.stopping and (not self.run or self.ending.look(self.desk, self.unprotected, out)):
            self.alerts.ended()
        self._tell_state(out)
        self.alerts.note(now_ns, out)

    def lean(self, event: Event) -> Event:
        """An event without what changes nothing, as it is journaled."""
        return gaps.without_known(self.market, event) if self.run and isinstance(event, BackfillLoaded) else event

    def next_deadline_ns(self) -> int | None:
        """When `TimerFired` is wanted next, or None."""
        if self.run == 0:
            return None
        due = (
            self.market.next_due_ns(),
            self.desk.next_due_ns(),
            self.guard.next_due_ns(),
            None if self.stopping else self.chaser.next_due_ns(),
            self.safety.next_due_ns(),
            self.splits.next_due_ns(),
            self.reconciler.next_due_ns(),
            self.closing.next_due_ns(),
            self.unprotected.next_due_ns(),
            self.reference_due_ns,
        )
        return min((ns for ns in due if ns is not None), default=None)

    # --- the market ------------------------------------------------------------------------------------
    def _backfill_loaded(self, now_ns: int, event: BackfillLoaded, out: list[Effect]) -> Pieces:
        completed: list[Completed] = []
        yield from gaps.take(self.market, gaps.closed_by(self.market, event), now_ns, completed, out)
        gaps.request_missing(self.market, out)
        self._look(event.bars, now_ns, out)
        yield from self._closed(completed, now_ns, out)

    def _bars_received(self, now_ns: int, event: BarsReceived, out: list[Effect]) -> Pieces:
        completed: list[Completed] = []
        for bars in in_pieces(event.bars):
            out += (BarRejected(bar, reason) for bar, reason in self.market.take(bars, now_ns, completed))
            if many(event.bars):
                yield
        gaps.request_missing(self.market, out)
        self._look(event.bars, now_ns, out)
        yield from self._closed(completed, now_ns, out)

    def _look(self, bars: tuple[Bar, ...], now_ns: int, out: list[Effect]) -> None:
        """What minutes say of halts and limit states, before anything is decided on them."""
        self.desk.halts.prove(bars, out)
        self.desk.halts.look((bar.symbol for bar in bars), self.market, now_ns, out)

    def _closed(self, completed: list[Completed], now_ns: int, out: list[Effect]) -> Pieces:
        """Marks, then guards, then decisions on what was completed, in time and then in symbol order."""
        self._mark_all(now_ns, out)
        if not completed:
            return
        told: list[BarClosed] = []
        closed: list[ClosedBar] = []  # those on which something may be decided: an entry fired, or we hold the symbol
        for piece in in_pieces(completed):
            decided = self.market.step(piece, now_ns)
            for number, bar, end_ns, regime, valid, fired in decided.live():
                told.append(BarClosed(bar, end_ns, regime, valid))
                if fired or bar.symbol in self.ledger.positions:
                    closed.append(decided.closed(number))
            if many(completed):
                yield
        told.sort(key=lambda one: (one.end_ns, one.bar.symbol))
        closed.sort(key=lambda bar: (bar.end_ns, bar.bar.symbol))
        out += told
        if many(completed):
            yield
        yield from self.strategist.decide(closed, self.blocked(now_ns), now_ns, out)
        out.append(self.ledger.updated(self.desk.working_e4(), now_ns, record=True))

    def _mark_all(self, now_ns: int, out: list[Effect]) -> None:
        for symbol in list(self.ledger.positions):
            if (book := self.market.books.get(symbol)) is not None:
                self._mark(book, now_ns, out)
        self.guard.watch(now_ns, out)
        self.safety.watch(now_ns, out)

    def _mark(self, book: SymbolBook, now_ns: int, out: list[Effect]) -> None:
        self.ledger.mark(book.symbol, book.price_e4, out)
        if self.settings.trail_on == "price" and self.market.calendar.at(now_ns) is not None:
            self.strategist.trail_price(book.symbol, out)

    def _bars_revised(self, now_ns: int, event: BarsRevised, out: list[Effect]) -> None:
        for bar in event.bars:
            if (reason := self.market.revise(bar, now_ns)) is not None:
                out.append(BarRejected(bar, reason))

    def _quotes_received(self, now_ns: int, event: QuotesReceived, out: list[Effect]) -> None:
        for quote in event.quotes:
            book = self.market.books.get(quote.symbol)
            if book is None:
                continue
            book.quote = quote
            if sane(quote) and not self.splits.pending(quote.symbol, now_ns):
                book.mark(quote.mid, quote.time_ns)
                self._mark(book, now_ns, out)
        self.desk.halts.look((quote.symbol for quote in event.quotes), self.market, now_ns, out)
        out.append(QuotesUpdated(event.quotes))
        self.guard.watch(now_ns, out)
        self.safety.watch(now_ns, out)

    # --- the broker --------------------------------------------------------------------------------------
    def _order_reported(self, now_ns: int, event: OrderReported, out: list[Effect]) -> None:
        order, execution = event.order, event.execution
        book = self.market.books.get(order.symbol)
        if book is not None and execution is not None:
            book.mark(execution.price_e4 / 10_000, execution.time_ns)  # newer than the quote that it was traded at
        self.desk.report(order, execution, event.event, now_ns, out)

    def _snapshot(self, now_ns: int, event: BrokerSnapshot, out: list[Effect]) -> None:
        if not self.splits.admits(event, now_ns):
            return  # asked for again when the splits are known
        before_e4 = self.ledger.foreign_e4
        self.reconciler.take(event, now_ns, out)
        changed_e4 = self.ledger.foreign_e4 - before_e4
        self.foreign.take(self.reconciler.new_foreign, self.reconciler.sure, event, now_ns, out)
        self.safety.snapshot(event, changed_e4, now_ns, out)
        for symbol in list(self.ledger.positions):
            self.desk.protect(symbol, now_ns, out)

    def _feed_follows(self, now_ns: int, event: FeedFollows, out: list[Effect]) -> None:
        symbols = frozenset(event.symbols)
        if event.refusal:
            self.universe.feed_refused(symbols, event.refusal, out)
        anew = gaps.follow(self.market, symbols, now_ns)
        if anew and "market" in self.links and self.links["market"].up:  # else its coming up asks
            gaps.request(self.market, out)

    # --- time ----------------------------------------------------------------------------------------------
    def _timer_fired(self, now_ns: int, event: TimerFired, out: list[Effect]) -> Pieces:
        completed: list[Completed] = []
        yield from gaps.take(self.market, gaps.give_up(self.market, now_ns, out), now_ns, completed, out)
        gaps.look_for_holes(self.market, now_ns)
        due = self.market.due(now_ns)
        for piece in in_pieces(due):
            self.market.finish_due(piece, completed)
            if many(due):
                yield
        yield from self._closed(completed, now_ns, out)
        gaps.request_missing(self.market, out)
        for part in (self.desk, self.guard, self.splits, self.reconciler, self.unprotected):
            part.timer(now_ns, out)
        if self.reference_due_ns is not None and self.reference_due_ns <= now_ns:
            self.reference_due_ns = None
            out.append(RequestReference(self.splits.symbols))

    # --- what operators ask for --------------------------------------------------------------------------
    def _command(self, now_ns: int, event: Any, out: list[Effect]) -> None:
        before = self.settings
        self.commands.take(event, now_ns, out)
        reply = out[-1]
        if isinstance(event, ResumeCommand) and isinstance(reply, Reply) and reply.code is ReplyCode.OK:
            self.desk.doubts.resume()
        if self.settings is not before and isinstance(reply, Reply):
            out.append(StatusChanged(self.state, reply.text))

    def _adopt(self, settings: Settings) -> None:
        """Put settings in force that an operator changed."""
        self.settings = self.desk.settings = self.guard.settings = self.reconciler.settings = settings
        self.strategist.settings = self.commands.settings = settings
        self.safety.adopt(settings)

    # --- what it says of itself ------------------------------------------------------------------------------
    @property
    def stopping(self) -> str:
        """Why the process ends; "" while it does not."""
        return self.ending.reason

    @property
    def over(self) -> bool:
        """True when the process was told to end and has nothing more to do for open shares."""
        return self.ending.over or bool(self.stopping and not self.run)

    def blocked(self, now_ns: int) -> str:
        """What blocks new risk now, in words; "" when nothing does. Never asked for exits."""
        return readiness.blocked(self, now_ns)

    def unwanted(self, order_id: str) -> str:
        """Why an order that has not left yet must not any more; "" while it may. Never said of what reduces risk."""
        return self.guard.unwanted(order_id, self.safety.stopped)

    @property
    def refused(self) -> str:
        """Why nothing can be sent to the broker, exits neither, until an operator mends it; "" when it can."""
        return readiness.refused(self)

    @property
    def warming(self) -> list[str]:
        """Symbols whose history or back-fill is still on its way; the others don't wait for one that joins them."""
        return readiness.warming(self)

    def _tell_state(self, out: list[Effect]) -> None:
        state = readiness.state(self, self._warms)
        if state != self.state:
            self.state = state
            out.append(StatusChanged(state, self.refused or self.storage.blocked() or self.safety.stopped))
