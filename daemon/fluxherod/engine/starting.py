"""What a process begins with: its parts, connected; then the calendar and the history that the start asks for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fluxherod.core.calendar import SECOND_NS, Calendar
from fluxherod.engine import readiness
from fluxherod.engine.effects import BarRejected, Effect, RequestHistory, RequestReference, RequestSnapshot
from fluxherod.engine.events import CalendarLoaded, HistoryLoaded, Started
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market import gaps
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.splits import REFERENCE_LEAD_NS
from fluxherod.engine.market.volatility import FIVE_MINUTE_HISTORY
from fluxherod.engine.operators.commands import Commands
from fluxherod.engine.orders.chase import Chaser
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.guard import Guard
from fluxherod.engine.reconciling.reconcile import Reconciler
from fluxherod.engine.settings import Settings
from fluxherod.engine.strategist import Strategist

if TYPE_CHECKING:
    from fluxherod.engine.engine import Engine

REMEMBER_ORDERS_NS = 3 * 24 * 3600 * SECOND_NS


def begin(engine: Engine, event: Started, now_ns: int, out: list[Effect]) -> None:
    """A process starts: what an earlier one has made of the journal is kept, and the world is asked for the rest."""
    first = engine.run == 0
    settings = engine.universe.begin(event.settings)
    before = settings if first else engine.settings
    engine.epoch, engine.run, engine.settings = event.epoch, event.run, settings
    engine.ending.cancel()
    engine.links = {}
    engine.storage.begin()
    if first:
        engine.began_ns = now_ns
        engine.ledger = Ledger()
        engine.desk = Desk(settings, event.epoch, engine.ledger)
    _begin_market(engine, first, before, settings)
    if before.strategy != settings.strategy:
        engine.universe.changed_ns = now_ns
    _connect(engine, first)
    engine.desk.halts.connection(False, now_ns)
    doubts = engine.safety.begin(event, first, _untouched(engine, now_ns), now_ns, out)
    if first:
        engine.stream_epoch = event.epoch
    elif doubts:  # the numbers after the lost end are given again; the time tells two restores of a backup apart
        engine.stream_epoch = f"{event.epoch}-{event.run}-{now_ns}"
    gaps.begin(engine.market, now_ns)
    engine.splits.begin(now_ns, out)
    engine.desk.resume(now_ns, out)
    engine.alerts.begin(event, now_ns, engine.desk, engine.ledger, out)
    engine.reference_due_ns = None
    out.append(RequestReference(engine.splits.symbols))
    out.append(RequestSnapshot("start"))
    engine.universe.tell(out)


def _begin_market(engine: Engine, first: bool, before: Settings, settings: Settings) -> None:
    """Bars of another kind are begun anew; the calendar stays."""
    if first or (before.timeframe, before.session) != (settings.timeframe, settings.session):
        calendar = Calendar(()) if first else engine.market.calendar
        engine.market = Market(settings)
        engine.market.set_calendar(calendar)
    else:
        engine.market.adopt(settings)
        engine.market.follow_only(settings.symbols)


def _untouched(engine: Engine, now_ns: int) -> bool:
    """By the journal there has been no order and no command; it began so lately that both are still remembered."""
    young = now_ns - engine.began_ns < REMEMBER_ORDERS_NS
    return young and not (engine.desk.book.all or engine.ledger.positions or engine.commands.answers)


def _connect(engine: Engine, first: bool) -> None:
    """Connect the parts; what they remember over a restart is kept."""
    settings, market, desk, ledger = engine.settings, engine.market, engine.desk, engine.ledger
    answers = None if first else engine.commands.answers
    market.settings = desk.settings = settings
    engine.safety.connect(settings, market, desk, ledger)
    engine.strategist = Strategist(settings, market, desk, ledger, engine.safety)
    engine.chaser = Chaser(engine.strategist, engine.blocked, partial(readiness.unready, engine))
    parts = market, desk, ledger, engine.strategist, engine.universe, engine.alerts, engine.safety
    engine.commands = Commands(settings, *parts, engine.blocked, engine.chaser)
    if answers is not None:
        engine.commands.answers = answers
    engine.guard = Guard(settings, market, desk, ledger)
    engine.splits.connect(market, desk, ledger, engine.foreign.stops)
    engine.reconciler = Reconciler(settings, market, desk, ledger, engine.splits)
    engine.foreign.connect(desk, ledger, engine.safety, engine.splits)
    engine.closing.connect(market, desk, ledger, engine.guard)
    engine.unprotected.connect(market, desk, ledger)
    engine.universe.connect(market, desk, ledger)


def calendar_loaded(engine: Engine, event: CalendarLoaded, now_ns: int, out: list[Effect]) -> None:
    """The sessions are known: history is asked for, and what to know of the next session before it opens."""
    market = engine.market
    market.set_calendar(Calendar(event.sessions))
    market.bars_ended_by(now_ns)
    engine.safety.look_again()
    engine.splits.apply(now_ns, out)
    # Before the open and, where bars are made of extended hours, before the first of them: splits come in time.
    following = [one.following(now_ns + REFERENCE_LEAD_NS) for one in (market.calendar, market.bar_calendar)]
    opens = [session.open_ns - REFERENCE_LEAD_NS for session in following if session is not None]
    engine.reference_due_ns = min(opens, default=None)
    engine.desk.forget(now_ns - REMEMBER_ORDERS_NS)
    cold, settings = tuple(book.symbol for book in market.books.values() if not book.warm), engine.settings
    if cold:
        out.append(RequestHistory(cold, settings.timeframe, settings.history_bars, FIVE_MINUTE_HISTORY))
    gaps.request(market, out)


def history_loaded(engine: Engine, event: HistoryLoaded, now_ns: int, out: list[Effect]) -> None:
    """A symbol is warm; with the last one the minutes since are asked for."""
    book = engine.market.books.get(event.symbol)
    if book is None or book.warm:
        return
    event = engine.splits.fitting(event, now_ns, out)
    rejected = engine.market.load_history(event.symbol, event.bars, event.five_minute_bars, event.through_ns)
    out += (BarRejected(bar, reason) for bar, reason in rejected)
    if all(other.warm or other.joining for other in engine.market.books.values()):
        gaps.request(engine.market, out)
