"""The engine's state of this moment as messages. One event loop runs everything, so each read is a consistent cut.

While the bars of thousands of symbols are being decided it is one between two of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fluxhero.v1 import account_pb2, market_pb2, order_pb2, position_pb2, system_pb2
from fluxherod.core.calendar import new_york_day
from fluxherod.core.money import from_e4
from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Position
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Quote
from fluxherod.core.words import some_of
from fluxherod.engine.engine import Engine
from fluxherod.engine.market.books import SymbolBook
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.engine.runner import Runner
from fluxherod.rpc.convert import money, optional_timestamp
from fluxherod.rpc.convert_alerts import alert_message
from fluxherod.rpc.convert_market import closed_indicators, price_message
from fluxherod.rpc.convert_orders import account_message, foreign_position, order_message, position_message
from fluxherod.rpc.errors import Refused, not_ready


class Live:
    """Reads an engine. Before the engine was told to start, everything is refused with NOT_READY."""

    def __init__(self, engine: Engine, runner: Runner) -> None:
        self._engine = engine
        self.runner = runner
        self._previous_closes: dict[str, tuple[str, float | None]] = {}

    @property
    def started(self) -> bool:
        """True once the engine has its settings."""
        return self._engine.run > 0

    @property
    def engine(self) -> Engine:
        """The engine, started.

        Raises:
            Refused: NOT_READY before that.
        """
        self.refuse_before_start()
        return self._engine

    def refuse_before_start(self) -> None:
        """Raise NOT_READY while the engine would answer nothing."""
        if not self.started:
            raise not_ready("the daemon is starting")

    @property
    def now_ns(self) -> int:
        """Trading time."""
        return self.runner.clock.now_ns()

    @property
    def timeframe(self) -> str:
        """The strategy timeframe."""
        return self.engine.settings.timeframe

    @property
    def strategy(self) -> StrategyParams:
        """The strategy's parameters in force."""
        return self.engine.settings.strategy

    # --- the market ----------------------------------------------------------------------------------
    def book(self, symbol: str) -> SymbolBook:
        """A symbol that is followed.

        Raises:
            Refused: SYMBOL_UNKNOWN.
        """
        books = self.engine.market.books
        if symbol not in books:
            raise Refused("SYMBOL_UNKNOWN", f"{symbol} is not followed; followed: {some_of(books)}")
        return books[symbol]

    def books(self, symbols: Iterable[str] = ()) -> Iterator[SymbolBook]:
        """The books of some symbols, or of all."""
        wanted = frozenset(symbols)
        return (book for book in self.engine.market.books.values() if not wanted or book.symbol in wanted)

    def bar_at(self, symbol: str, time_ns: int) -> ClosedBar:
        """The last remembered bar that was complete at a time.

        Raises:
            Refused: SYMBOL_UNKNOWN, or NO_DATA with the range that is remembered.
        """
        closed = self.book(symbol).closed
        index = closed.ended_by(time_ns) - 1
        if index < 0:
            raise self._no_bar(symbol, closed)
        return closed[index]

    def _no_bar(self, symbol: str, closed: Sequence[ClosedBar]) -> Refused:
        if not closed:
            return Refused("NO_DATA", f"no bar of {symbol} has completed yet")
        first, last = (optional_timestamp(bar.end_ns) for bar in (closed[0], closed[-1]))
        assert first is not None
        assert last is not None
        range_ = {"first_time": first.ToJsonString(), "last_time": last.ToJsonString()}
        text = f"no bar of {symbol} is remembered there; remembered: {range_['first_time']} to {range_['last_time']}"
        return Refused("NO_DATA", text, metadata=range_)

    def indicators(self, symbol: str, end_ns: int) -> market_pb2.Indicators | None:
        """The indicators of the bar that ended then; None when it is no longer remembered."""
        book = self._engine.market.books.get(symbol)
        index = book.closed.ended_by(end_ns) - 1 if book is not None else -1
        if book is None or index < 0 or book.closed.end_ns(index) != end_ns:
            return None
        return closed_indicators(book.closed[index], self.timeframe, self.strategy)

    def price(self, symbol: str, quote: Quote | None = None) -> market_pb2.Price | None:
        """The newest price of a symbol, with its newest quote or the given one; None while there is none."""
        book = self._engine.market.books.get(symbol)
        if book is None or book.price_e4 <= 0:
            return None
        quote = quote or book.quote
        bid, ask, quoted_ns = (quote.bid, quote.ask, quote.time_ns) if quote is not None else (0.0, 0.0, 0)
        time_ns = max(book.price_ns, quoted_ns)
        return price_message(symbol, from_e4(book.price_e4), bid, ask, time_ns, self._previous_close(book, time_ns))

    def _previous_close(self, book: SymbolBook, now_ns: int) -> float | None:
        """The close of the last bar of the session before the day's own, kept for the day."""
        day = new_york_day(now_ns)
        known = self._previous_closes.get(book.symbol)
        if known is not None and known[0] == day and known[1] is not None:
            return known[1]
        session = self._engine.market.calendar.last_opened(now_ns)
        before = self._engine.market.calendar.last_opened(session.open_ns - 1) if session is not None else None
        close = None
        if before is not None:
            index = book.closed.ended_by(before.close_ns) - 1
            close = book.closed[index].bar.close if index >= 0 else None
        self._previous_closes[book.symbol] = (day, close)
        return close

    # --- our books -----------------------------------------------------------------------------------
    def accounts(self) -> list[account_pb2.Account]:
        """The account now; nothing before the broker was read."""
        ledger = self.engine.ledger
        if ledger.account is None:
            return []
        view = ledger.view(self.engine.desk.working_e4(), self.now_ns)
        return [account_message(view, ledger.account, ledger.account_ns)]

    def position(self, position: Position) -> position_pb2.Position:
        """An open position with what guards it and what it has realised."""
        return self.position_then(position, self._engine.ledger.realized_by_e4(position))

    def position_then(self, position: Position, realized_e4: int) -> position_pb2.Position:
        """A position that may have closed since, with what it had realised by then, and what guards it now."""
        message = position_message(position)
        message.realized_pnl = money(realized_e4)
        book = self._engine.market.books.get(position.symbol)
        marked = optional_timestamp(book.price_ns) if book is not None else None
        if marked is not None:
            message.marked_at.CopyFrom(marked)
        if position.quantity:
            self._protect(message, position)
        return message

    def _protect(self, message: position_pb2.Position, position: Position) -> None:
        stops = self._engine.desk.book.working_stops(position.symbol)
        if stops:
            message.stop_order_id = stops[0].id
        if sum(stop.remaining for stop in stops) >= abs(position.quantity):
            message.protection = position_pb2.PROTECTION_STATE_BROKER_STOP
        elif position.stop_e4 is not None:
            message.protection = position_pb2.PROTECTION_STATE_DAEMON_WATCHING
        else:
            message.protection = position_pb2.PROTECTION_STATE_UNPROTECTED

    def positions(self, symbols: Iterable[str] = ()) -> list[position_pb2.Position]:
        """All open positions, newest first, those last that are not ours."""
        wanted, ledger = frozenset(symbols), self.engine.ledger
        ours = sorted(ledger.positions.values(), key=lambda position: (-position.opened_ns, position.symbol))
        messages = [self.position(position) for position in ours]
        messages += [self._foreign(symbol, *held) for symbol, held in sorted(ledger.foreign.items())]
        return [message for message in messages if not wanted or message.symbol in wanted]

    def _foreign(self, symbol: str, quantity: int, price_e4: int) -> position_pb2.Position:
        """Shares that are not ours, with the stop that guards them, if any."""
        message = foreign_position(symbol, quantity, price_e4)
        for stop in self._engine.foreign.working_stops(symbol):
            message.stop_order_id = stop.id
            message.stop_price = money(stop.stop_price_e4 or 0)
            if stop.remaining >= abs(quantity):
                message.protection = position_pb2.PROTECTION_STATE_BROKER_STOP
        return message

    def open_orders(self, symbols: Iterable[str] = ()) -> list[order_pb2.Order]:
        """The orders that have not ended, oldest first."""
        wanted = frozenset(symbols)
        orders: list[Order] = [order for order in self.engine.desk.live() if not wanted or order.symbol in wanted]
        return [order_message(order) for order in sorted(orders, key=lambda order: order.created_ns)]

    def open_alerts(self, symbols: Iterable[str] = ()) -> list[system_pb2.Alert]:
        """The alerts that nobody has acknowledged, last raised last; those about no symbol pass every filter."""
        wanted = frozenset(symbols)
        alerts = self.engine.alerts.open
        return [alert_message(alert) for alert in alerts if not (wanted and alert.symbol) or alert.symbol in wanted]

    def order(self, order_id: str) -> Order | None:
        """An order that the engine still remembers, by our id or the broker's."""
        orders = self.engine.desk.orders
        found = orders.get(order_id)
        return found or next((order for order in orders.values() if order.broker_id == order_id), None)
