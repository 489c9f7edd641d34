"""Shares of ours without a working stop at the broker: how many, how long, and why.

A stop counts from the broker's word that it works to our request to cancel or replace it: what happens to it between a
request and its answer is not known. Only the regular session counts. After a restart the journal has given the spans
again, and one that was open goes on over the time in which no process ran.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fluxherod.core.calendar import SECOND_NS, Session
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.types import OrderType
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk

ALERT_AFTER_NS = 5 * SECOND_NS
CHASED = "entry partly filled, being chased"
FILLING = "the entry is partly filled: its leg works once all of it is"
WATCHED = "watched by the daemon"
UNKNOWN_STOP = "no stop of it is known: close it or guard it by hand"
# What lasts as long as it lasts, by design: no alert.
_MEANT = frozenset({CHASED, WATCHED})
# Nothing that the daemon does now ends these.
_LASTING = frozenset({WATCHED, UNKNOWN_STOP})


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which the same shares of a symbol had no working stop for one reason; `end_ns` is 0 while it lasts."""

    symbol: str
    shares: int
    start_ns: int
    end_ns: int
    cause: str

    def within(self, session: Session, now_ns: int) -> Span:
        """Its part in a session; of no length when there is none."""
        start_ns = max(self.start_ns, session.open_ns)
        end_ns = min(self.end_ns or now_ns, session.close_ns)
        lasts = not self.end_ns and now_ns < session.close_ns
        return replace(self, start_ns=start_ns, end_ns=0 if lasts else max(start_ns, end_ns))

    def share_seconds(self, now_ns: int) -> float:
        """Shares x seconds."""
        return self.shares * max(0, (self.end_ns or now_ns) - self.start_ns) / SECOND_NS


class Unprotected:
    """The spans of the session that is open, or was last. Looks only at symbols whose orders or position changed."""

    market: Market
    desk: Desk
    ledger: Ledger

    def __init__(self) -> None:
        self._open: dict[str, Span] = {}
        self._ended: list[Span] = []
        self._since: dict[str, int] = {}  # symbol: since when it lacks a stop that it should have
        self._told: set[str] = set()
        self._day = ""

    def connect(self, market: Market, desk: Desk, ledger: Ledger) -> None:
        """Look after these from now on."""
        self.market, self.desk, self.ledger = market, desk, ledger

    # --- noting --------------------------------------------------------------------------------------
    def note(self, symbols: Iterable[str], now_ns: int) -> None:
        """Orders or positions of these symbols have changed."""
        for symbol in symbols:
            shares, cause = self._now(symbol)
            span = self._open.get(symbol)
            if (span.shares, span.cause) == (shares, cause) if span is not None else not shares:
                continue
            if span is not None:
                self._end(span, now_ns)
            if shares:
                self._open[symbol] = self._begun(Span(symbol, shares, now_ns, 0, cause))
            self._note_lack(symbol, shares > 0 and cause not in _MEANT, now_ns)

    def _begun(self, span: Span) -> Span:
        """A span, or the one that it goes on with: what lay between took no time."""
        last = self._ended[-1] if self._ended else span
        if replace(last, start_ns=0, end_ns=0) == replace(span, start_ns=0) and last.end_ns == span.start_ns:
            return replace(self._ended.pop(), end_ns=0)
        return span

    def _end(self, span: Span, now_ns: int) -> None:
        del self._open[span.symbol]
        session = self.market.calendar.last_opened(now_ns)
        if session is not None and session.day != self._day:
            self._day = session.day
            self._ended = [ended for ended in self._ended if ended.end_ns > session.open_ns]
        if now_ns > span.start_ns and (session is None or now_ns > session.open_ns):
            self._ended.append(replace(span, end_ns=now_ns))

    def _note_lack(self, symbol: str, lacks: bool, now_ns: int) -> None:
        if lacks:
            self._since.setdefault(symbol, now_ns)
        else:
            self._since.pop(symbol, None)
            self._told.discard(symbol)

    def _now(self, symbol: str) -> tuple[int, str]:
        position = self.ledger.positions.get(symbol)
        if position is None:
            return 0, ""
        guarded = sum(stop.remaining for stop in self.desk.book.working_stops(symbol))
        shares = max(0, abs(position.quantity) - guarded)
        return (shares, self._cause(position)) if shares else (0, "")

    def _cause(self, position: Position) -> str:
        if self.desk.settings.stops == "daemon":
            return WATCHED
        live: dict[OrderRole, Order] = {order.role: order for order in self.desk.live(position.symbol)}
        entry = self.desk.live_entry(position.symbol)
        if entry is not None:
            return CHASED if entry.order_type is OrderType.LIMIT else FILLING
        if position.exit_reason:
            return _leaving(live.get(OrderRole.EXIT), live.get(OrderRole.STOP))
        stop = live.get(OrderRole.STOP)
        if stop is not None:
            return "the broker does not work the stop now" if stop.id in self.desk.book.idle else _moving(stop)
        if position.stop_e4 is None:
            return UNKNOWN_STOP
        if self.desk.awaits_leg(position.symbol):
            return "the broker is asked for its stop leg"
        return self._why_no_stop(position.symbol)

    def _why_no_stop(self, symbol: str) -> str:
        stops = [one for one in self.desk.orders.values() if one.role is OrderRole.STOP and one.symbol == symbol]
        newest = max(stops, key=lambda stop: stop.created_ns, default=None)
        if newest is None:
            return "the stop is placed"
        refused = newest.state is OrderState.REJECTED
        return "the broker refused the stop" if refused else "the stop has ended at the broker"

    # --- telling -------------------------------------------------------------------------------------
    def next_due_ns(self) -> int | None:
        """When `timer` has something to do."""
        dues = (self._due_ns(symbol) for symbol in self._since if symbol not in self._told)
        return min((due_ns for due_ns in dues if due_ns is not None), default=None)

    def _due_ns(self, symbol: str) -> int | None:
        """When shares have lacked a stop for too long, by the hours of the regular session."""
        since_ns, patience_ns = self._since[symbol], ALERT_AFTER_NS + 2 * self.desk.settings.latency_ns
        session = self.market.calendar.at(since_ns)
        if session is not None and since_ns + patience_ns < session.close_ns:
            return since_ns + patience_ns
        following = self.market.calendar.following(since_ns)
        return following.open_ns + patience_ns if following is not None else None

    def timer(self, now_ns: int, out: list[Effect]) -> None:
        """Tell of shares that have lacked a stop for too long, once until they have one."""
        for symbol in [symbol for symbol in self._since if symbol not in self._told]:
            due_ns, span = self._due_ns(symbol), self._open.get(symbol)
            if due_ns is None or due_ns > now_ns or span is None:
                continue
            self._told.add(symbol)
            text = (
                f"{span.shares} {symbol} have had no working stop at the broker for {ALERT_AFTER_NS // SECOND_NS} s "
                f"({span.cause}): the daemon watches the price and sells by itself; look at the orders of {symbol}"
            )
            out.append(AlertRaised("UNPROTECTED_SHARES", Severity.CRITICAL, text, symbol))

    # --- looking -------------------------------------------------------------------------------------
    @property
    def shares(self) -> int:
        """Shares without a working stop now."""
        return sum(span.shares for span in self._open.values())

    @property
    def now(self) -> list[Span]:
        """The spans that last, at whatever hour, by symbol."""
        return sorted(self._open.values(), key=lambda span: span.symbol)

    @property
    def mending(self) -> bool:
        """True while shares lack a stop and are on the way to get one, or to be sold."""
        return any(span.cause not in _LASTING for span in self._open.values())

    def spans(self, now_ns: int) -> list[Span]:
        """Those of the session that is open, or was last, cut to its hours, oldest first."""
        session = self.market.calendar.last_opened(now_ns)
        if session is None:
            return []
        cut = [span.within(session, now_ns) for span in (*self._ended, *self._open.values())]
        lasting = [span for span in cut if (span.end_ns or now_ns) > span.start_ns]
        return sorted(lasting, key=lambda span: (span.start_ns, span.symbol))

    def share_seconds(self, now_ns: int) -> float:
        """The sum of the spans' share-seconds."""
        return sum(span.share_seconds(now_ns) for span in self.spans(now_ns))


def _leaving(exit_order: Order | None, stop: Order | None) -> str:
    if exit_order is not None:
        return "the exit has no answer yet" if exit_order.state is OrderState.UNKNOWN else "being sold at the market"
    if stop is not None:
        return "the stop's cancel is awaited for the exit"
    return "the exit is placed"


def _moving(stop: Order) -> str:
    match stop.state:
        case OrderState.NEW | OrderState.SUBMITTING:
            return "the stop is being placed"
        case OrderState.UNKNOWN:
            return "the stop has no answer yet"
        case OrderState.PENDING | OrderState.PARTIALLY_FILLED:
            return "the stop is for fewer shares"
    return "the stop is being moved"
