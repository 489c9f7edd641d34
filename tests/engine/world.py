"""An engine at a tiny exchange under a clock that tests drive; every input is recorded, as the journal would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from engine.exchange import Exchange

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS, Session
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.types import AssetInfo, Bar, OrderType, Quote, Side
from fluxherod.engine.codec import encode_effects
from fluxherod.engine.commands import Caller, ClosePositionCommand, PlaceOrderCommand
from fluxherod.engine.effects import AlertRaised, Effect, Reply, RequestBackfill, SafetyChanged
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import (
    AssetsLoaded,
    BackfillLoaded,
    BarsReceived,
    CalendarLoaded,
    Event,
    HistoryLoaded,
    LinkChanged,
    QuotesReceived,
    Started,
    Stopping,
    TimerFired,
)
from fluxherod.engine.settings import Settings

DAY_NS = 24 * HOUR_NS
OPEN_NS = 1_704_205_800_000_000_000  # 2024-01-02 09:30 New York, a Tuesday
CLOSE_NS = OPEN_NS + 390 * MINUTE_NS
SESSIONS = tuple(
    Session(day, OPEN_NS + shift * DAY_NS, CLOSE_NS + shift * DAY_NS)
    for shift, day in ((-1, "2024-01-01"), (0, "2024-01-02"), (1, "2024-01-03"), (2, "2024-01-04"))
)
EPOCH = "0123456789abcdef"
WIDE = RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000)
Kind = TypeVar("Kind")


def of(kind: type[Kind], effects: list[Effect]) -> list[Kind]:
    return [effect for effect in effects if isinstance(effect, kind)]


class World:
    """`delivery` False keeps what the exchange says in its outbox until a test delivers it.

    `answers_holes` is whether REST says of minutes that do not come that nobody traded in them.
    """

    def __init__(self, symbols: tuple[str, ...] = ("SPY",), **settings: Any) -> None:
        self.settings = Settings(**{"symbols": symbols, "timeframe": "1Min", "limits": WIDE, **settings})
        self.engine = Engine()
        self.exchange = Exchange()
        self.now_ns = OPEN_NS - HOUR_NS
        self.journal: list[tuple[int, Event, bytes]] = []
        self.seen: list[Effect] = []
        self.delivery = True
        self.answers_holes = True
        self.requests = 0
        self.mirror: SafetyState | None = None  # what the plain file beside the database says

    # --- telling the engine ----------------------------------------------------------------------------
    def tell(self, *events: Event) -> list[Effect]:
        """Process events, and whatever the exchange says because of them; return all effects."""
        start = len(self.seen)
        for event in events:
            self._process(event)
            if self.delivery:
                self.deliver()
        return self.seen[start:]

    def deliver(self) -> list[Effect]:
        """Hand over everything that the exchange has said, in order."""
        start, steps = len(self.seen), 0
        while self.exchange.outbox:
            steps += 1
            assert steps < 500, "the engine and the exchange never come to rest"
            self._process(self.exchange.outbox.pop(0))
        return self.seen[start:]

    def _process(self, event: Event) -> None:
        effects = self.engine.process(self.now_ns, event)
        self.journal.append((self.now_ns, event, encode_effects(effects)))
        self.seen += effects
        for changed in of(SafetyChanged, effects):
            self.mirror = changed.state
        self.exchange.carry_out(effects, self.now_ns)
        self.exchange.outbox += [
            self._nobody_traded(request) for request in of(RequestBackfill, effects) if self._is_hole(request)
        ]

    def _is_hole(self, request: RequestBackfill) -> bool:
        return self.answers_holes and all(self.engine.market.books[symbol].holed for symbol in request.symbols)

    def _nobody_traded(self, request: RequestBackfill) -> BackfillLoaded:
        """What REST says of minutes that a test leaves out."""
        return BackfillLoaded(request.symbols, (), request.since_ns, self.now_ns - self.now_ns % MINUTE_NS)

    def until(self, ns: int) -> list[Effect]:
        """Let time pass; every deadline of the engine fires at its own time."""
        start, fired = len(self.seen), 0
        while (due_ns := self.engine.next_deadline_ns()) is not None and due_ns <= ns:
            fired += 1
            assert fired < 2_000, "a deadline fires for ever"
            self.now_ns = max(self.now_ns, due_ns)
            self.tell(TimerFired())
        self.now_ns = max(self.now_ns, ns)
        return self.seen[start:]

    def wait(self, seconds: float) -> list[Effect]:
        return self.until(self.now_ns + int(seconds * SECOND_NS))

    def snapshot(self) -> list[Effect]:
        return self.tell(self.exchange.snapshot(self.now_ns))

    def replay(self) -> None:
        """The journal through a new engine gives the same effects, byte for byte."""
        again = Engine()
        for number, (now_ns, event, effects) in enumerate(self.journal):
            assert encode_effects(again.process(now_ns, event)) == effects, (number, event)

    # --- scenes --------------------------------------------------------------------------------------------
    def start(self, run: int = 1) -> list[Effect]:
        return self.tell(Started(EPOCH, run, "test", self.settings, self.mirror, mirror_read=True))

    def stop(self) -> None:
        """The process ends in good order; without it the next start is one after a crash."""
        self.tell(Stopping("received SIGTERM"))

    def ready(self, history: int = 0, price: float = 450.0, five_minute_span: float = 0.0) -> World:
        """Connected, warm and in the session, with a quote of every symbol.

        With a span the history has 5-minute bars of so many dollars from low to high.
        """
        symbols = self.settings.symbols
        self.start()
        self.reference()
        for symbol in symbols:
            bars = tuple(choppy(symbol, number, price) for number in range(history))
            fives = five_minutes(symbol, price, five_minute_span) if five_minute_span else ()
            self.tell(HistoryLoaded(symbol, bars, CLOSE_NS - DAY_NS, fives))
        self.now_ns = OPEN_NS
        self.connect()
        for symbol in symbols:
            self.quote(price, symbol)
        return self

    def reference(self) -> None:
        symbols = self.settings.symbols
        self.tell(CalendarLoaded(SESSIONS), AssetsLoaded(tuple(AssetInfo(s, True, True, True, True) for s in symbols)))

    def connect(self) -> None:
        self.tell(LinkChanged("trading", True), LinkChanged("market", True))
        self.tell(BackfillLoaded(self.settings.symbols, (), OPEN_NS, self.now_ns - self.now_ns % MINUTE_NS))
        self.snapshot()

    def quote(self, price: float, symbol: str = "SPY", spread: float = 0.01) -> list[Effect]:
        """A price is quoted and traded."""
        quote = Quote(symbol, self.now_ns, price - spread / 2, price + spread / 2)
        self.exchange.trade(symbol, round(price * 10_000))
        return self.tell(QuotesReceived((quote,)))

    def minute(
        self, number: int, close: float, volume: int = 1_000, symbol: str = "SPY", span: float = 0.1
    ) -> list[Effect]:
        """The minute that starts `number` minutes after the open, received as it ends."""
        self.until(OPEN_NS + (number + 1) * MINUTE_NS)
        start = len(self.seen)
        self.quote(close, symbol)
        self.tell(BarsReceived((bar(number, close, volume, symbol, span),)))
        self.snapshot()
        self.wait(2)
        return self.seen[start:]

    # --- commands -------------------------------------------------------------------------------------------
    def caller(self) -> Caller:
        self.requests += 1
        return Caller(f"r{self.requests}", "tester")

    def place(
        self,
        quantity: int,
        stop: float | None,
        side: Side = Side.BUY,
        limit: float | None = None,
        symbol: str = "SPY",
        accept_adjusted: bool = False,
    ) -> Reply:
        command = PlaceOrderCommand(
            self.caller(),
            symbol,
            side,
            quantity,
            OrderType.LIMIT if limit else OrderType.MARKET,
            round(limit * 10_000) if limit else None,
            round(stop * 10_000) if stop else None,
            accept_adjusted,
        )
        return of(Reply, self.tell(command))[-1]

    def close(self, symbol: str = "SPY") -> Reply:
        return of(Reply, self.tell(ClosePositionCommand(self.caller(), symbol)))[-1]

    def trail(self, stop: float, symbol: str = "SPY") -> None:
        """Move a position's stop, as the strategy does on a completed bar."""
        position = self.engine.ledger.positions[symbol]
        self.engine.ledger.positions[symbol] = replace(position, stop_e4=round(stop * 10_000))
        self.snapshot()

    # --- looking ----------------------------------------------------------------------------------------------
    def position(self, symbol: str = "SPY") -> Position | None:
        return self.engine.ledger.positions.get(symbol)

    def orders(self, role: OrderRole, symbol: str = "SPY") -> list[Order]:
        return [o for o in self.engine.desk.orders.values() if o.role is role and o.symbol == symbol]

    def live(self, role: OrderRole, symbol: str = "SPY") -> list[Order]:
        return [order for order in self.orders(role, symbol) if not order.state.ended]

    def alerts(self) -> list[str]:
        return [alert.code for alert in of(AlertRaised, self.seen)]

    def agree(self) -> None:
        """Our books are the exchange's, to the last share and the last 1/10,000 dollar."""
        ours = {symbol: position.quantity for symbol, position in self.engine.ledger.positions.items()}
        assert ours == {symbol: quantity for symbol, quantity in self.exchange.position.items() if quantity}
        assert self.engine.ledger.cash_e4 == self.exchange.cash_e4


def bar(number: int, close: float, volume: int = 1_000, symbol: str = "SPY", span: float = 0.1) -> Bar:
    return Bar(symbol, OPEN_NS + number * MINUTE_NS, close, close + span / 2, close - span / 2, close, volume)


def choppy(symbol: str, number: int, price: float) -> Bar:
    """A minute of the session before that goes nowhere."""
    close = price + (0.05, -0.05, 0.03, -0.04)[number % 4]
    whole = bar(number, close, 1_000, symbol)
    return replace(whole, start_ns=whole.start_ns - DAY_NS)


def five_minutes(symbol: str, price: float, span: float) -> tuple[Bar, ...]:
    """Forty 5-minute bars of the session before, all alike."""
    start_ns, half = OPEN_NS - DAY_NS, span / 2
    return tuple(
        Bar(symbol, start_ns + 5 * number * MINUTE_NS, price, price + half, price - half, price, 5_000)
        for number in range(40)
    )
