"""Symbols that do not trade now: halted by the tape, or in a limit state. No entry, and exits wait.

An exit that an operator asks for waits for nothing: the broker itself refuses what can't trade. Nor does any exit once
the tape has been silent for a minute, as it may have missed the end of a halt.

The stream replays nothing, so a halt is kept over reconnects and restarts until the tape ends it, or until a minute
bar that began after it proves that the symbol trades. A limit state is judged by prices: a bid (or the newest price)
at or above the upper limit, an offer (or the newest price) at or below the lower one. A band holds for its session
and for its connection: one of before says nothing, and a symbol without a band is in no limit state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fluxherod.core.bars import fault
from fluxherod.core.calendar import MINUTE_NS, Session
from fluxherod.core.money import dollars, to_e4
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.types import Bar
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.events import PriceBand, StatusesReceived, TradingStatus
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.market import Market

# The first bands of a day may come a little before the open.
BAND_LEAD_NS = MINUTE_NS
CLOCKS_APART_NS = MINUTE_NS
TRUSTED_NS = MINUTE_NS  # how long a halt holds exits back while the stream that would tell of its end is down
_RELEASED = (
    "the market-data stream has been down for a minute, so nobody knows whether the halt has ended: the exit goes out, "
    "and the broker holds or refuses it if not"
)
CONSEQUENCE = "no entries, entries that work are cancelled, exits wait but for those that you ask for, and stops stay"


class Halts:
    """True while some symbol does not trade."""

    def __init__(self) -> None:
        self._halts: dict[str, TradingStatus] = {}
        self._bands: dict[str, PriceBand] = {}
        self._limits: dict[str, str] = {}  # symbols in a limit state, in words
        self._told: set[str] = set()  # whose waiting exit was told
        self._ended: list[str] = []
        self._insisted: dict[str, str] = {}  # symbol: the trade that an operator has told to close
        self._silent_ns: int | None = None  # since when the stream is down
        self._released = False  # its patience has ended, and what waited goes on

    def __bool__(self) -> bool:
        return bool(self._halts or self._limits)

    def why(self, symbol: str) -> str:
        """Why a symbol does not trade now; "" when it does."""
        halt = self._halts.get(symbol)
        return halt.text if halt is not None else self._limits.get(symbol, "")

    def take_ended(self) -> list[str]:
        """The symbols that trade again since this was asked last: what waited goes on."""
        ended, self._ended = self._ended, []
        return ended

    def holds(self, position: Position) -> str:
        """Why an exit of a position waits; "" when it does not."""
        insisted = self._insisted.get(position.symbol) == position.trade_id
        return "" if insisted else self.unacted(position.symbol)

    def unacted(self, symbol: str) -> str:
        """Why nobody can act on a price of a symbol; "" when somebody can, or when that is not known any more."""
        return "" if self._released else self.why(symbol)

    def insist(self, position: Position) -> bool:
        """An operator closes a position, whatever the tape says; True when its exit has waited until now."""
        waited = bool(position.exit_reason and self.holds(position))
        self._insisted[position.symbol] = position.trade_id
        return waited

    def relent(self, symbol: str) -> None:
        """The operator has taken the exit back."""
        self._insisted.pop(symbol, None)

    def kept(self, position: Position | None, orders: Sequence[Order], out: list[Effect]) -> Position | None:
        """The position as its protection must see it: one that is to be left is guarded on while nothing trades.

        An exit that is at the broker already stays there.
        """
        if position is None or not position.exit_reason:
            return position
        why = self.holds(position)
        if not why or any(order.role is OrderRole.EXIT and not order.state.ended for order in orders):
            if self._released and position.symbol in self._told:
                self._told.discard(position.symbol)
                out.append(AlertRaised("EXIT_DESPITE_HALT", Severity.WARNING, _RELEASED, position.symbol))
            return position
        if position.symbol not in self._told:
            self._told.add(position.symbol)
            text = f"the exit of {position.symbol} waits until it trades again ({why}); its stop stays"
            out.append(AlertRaised("EXIT_WAITS_FOR_HALT", Severity.WARNING, text, position.symbol))
        return replace(position, exit_reason="", exit_quantity=0)

    # --- the stream ----------------------------------------------------------------------------------
    def connection(self, up: bool, now_ns: int) -> None:
        """The stream that tells of halts and of their ends is connected, or is not."""
        if up:
            self._silent_ns, self._released = None, False
        elif self._silent_ns is None:
            self._silent_ns = now_ns

    def due_ns(self, latency_ns: int) -> int | None:
        """When `release` has something to do."""
        if not self._halts or self._released or self._silent_ns is None:
            return None
        return self._silent_ns + TRUSTED_NS + latency_ns

    def release(self, now_ns: int, latency_ns: int) -> list[str]:
        """The symbols whose exits have waited long enough for a stream that is down."""
        due_ns = self.due_ns(latency_ns)
        if due_ns is None or now_ns < due_ns:
            return []
        self._released = True
        return list(self._halts)

    # --- what the tape says --------------------------------------------------------------------------
    def take(self, event: StatusesReceived, market: Market, now_ns: int, out: list[Effect]) -> None:
        """Take halts, their ends and bands of symbols that are followed."""
        latest_ns = now_ns + CLOCKS_APART_NS + market.settings.latency_ns  # or what follows would seem to be before it
        for status in event.statuses:
            if status.symbol in market.books:
                self._take_status(replace(status, time_ns=min(status.time_ns or now_ns, latest_ns)), out)
        for band in event.bands:
            if band.symbol in market.books:
                self._bands[band.symbol] = replace(band, time_ns=min(band.time_ns or now_ns, latest_ns))
        self.look((band.symbol for band in event.bands), market, now_ns, out)

    def _take_status(self, status: TradingStatus, out: list[Effect]) -> None:
        known = self._halts.get(status.symbol)
        if status.trading is None or (known is not None and status.time_ns < known.time_ns):
            return
        if not status.trading:
            self._halts[status.symbol] = status
            if known is None:
                self._tell("SYMBOL_HALTED", status.symbol, f"{status.symbol} is halted: {status.text}", out)
        elif known is not None:
            del self._halts[status.symbol]
            self._end(status.symbol, status.text, out)

    def prove(self, bars: Iterable[Bar], out: list[Effect]) -> None:
        """End the halts of symbols that have a minute after them."""
        for bar in bars if self._halts else ():
            halt = self._halts.get(bar.symbol)
            if halt is not None and bar.start_ns >= halt.time_ns and fault(bar) is None:
                del self._halts[bar.symbol]
                self._end(bar.symbol, "it has traded", out)

    # --- limit states --------------------------------------------------------------------------------
    def look(self, symbols: Iterable[str], market: Market, now_ns: int, out: list[Effect]) -> None:
        """Judge symbols whose price or band has changed; a price from before the band says nothing of it."""
        if not self._bands:
            return
        session = market.calendar.at(now_ns)
        for symbol in symbols:
            band, book = self._bands.get(symbol), market.books.get(symbol)
            if band is not None and book is not None:
                limit = _limit_state(band, book, session)
                if limit is not None:
                    self._set_limit(symbol, limit, out)

    def forget_bands(self, out: list[Effect]) -> None:
        """The connection that brought them has ended: nobody knows what holds now."""
        self._bands.clear()
        limits, self._limits = self._limits, {}
        for symbol in limits:
            self._end(symbol, "its band is not known any more", out)

    def _set_limit(self, symbol: str, limit: str, out: list[Effect]) -> None:
        known = self._limits.pop(symbol, "")
        if limit:
            self._limits[symbol] = limit
            if not known:
                self._tell("SYMBOL_LIMIT_STATE", symbol, f"{symbol} is in a limit state: {limit}", out)
        elif known:
            self._end(symbol, "its price is within its band", out)

    # --- telling -------------------------------------------------------------------------------------
    def _tell(self, code: str, symbol: str, text: str, out: list[Effect]) -> None:
        out.append(AlertRaised(code, Severity.WARNING, f"{text}; {CONSEQUENCE}", symbol))

    def _end(self, symbol: str, text: str, out: list[Effect]) -> None:
        if self.why(symbol):
            return
        self._told.discard(symbol)
        self._ended.append(symbol)
        out.append(AlertRaised("SYMBOL_RESUMED", Severity.INFO, f"{symbol} trades again: {text}", symbol))


def _limit_state(band: PriceBand, book: SymbolBook, session: Session | None) -> str | None:
    """The limit state in words, "" for none; None while no price is newer than the band."""
    if session is None or band.time_ns < session.open_ns - BAND_LEAD_NS:
        return ""
    bids, offers = [], []
    if book.price_ns >= band.time_ns:
        bids, offers = [book.price_e4], [book.price_e4]
    if book.quote is not None and book.quote.time_ns >= band.time_ns:
        bids.append(to_e4(book.quote.bid))
        offers.append(to_e4(book.quote.ask))
    if not bids:
        return None
    if band.high_e4 and max(bids) >= band.high_e4:
        return f"at or above its upper limit {dollars(band.high_e4)}"
    if band.low_e4 and any(0 < price <= band.low_e4 for price in offers):
        return f"at or below its lower limit {dollars(band.low_e4)}"
    return ""
