"""Plays the timeline through the exchange and the streams: at the clock's speed, or step by step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from alpacasim.agenda import Agenda
from alpacasim.calendar import Calendar, midnight_ns, new_york_day
from alpacasim.clock import ExchangeClock, Mode
from alpacasim.corporate_actions import Announcements, CorporateAction
from alpacasim.data_wire import Json, stream_bar, stream_quote, stream_status, stream_trade
from alpacasim.equity import EquityCurve
from alpacasim.exchange import Exchange
from alpacasim.fakepaca import publish_test_minute
from alpacasim.history import History
from alpacasim.hours import trading_day
from alpacasim.market_stream import MarketHub
from alpacasim.money import float_to_e4
from alpacasim.ticks import know_last_print
from alpacasim.timeline import PRE_OPEN_NS, Event, Kind, MinuteOf, minutes_later, timeline
from alpacasim.trade_stream import TradeHub

# Which of a minute's four points send a quote, by quotes a minute.
_QUOTED_POINTS: dict[int, frozenset[int]] = {
    1: frozenset({3}),
    2: frozenset({1, 3}),
    3: frozenset({0, 1, 3}),
    4: frozenset({0, 1, 2, 3}),
}
_SHORTEST_SLEEP_S = 0.002
# Further behind than this, the clock is set back to the tape: a slow machine plays slower instead of ever later.
_LARGEST_LAG_NS = 250_000_000
_DRAIN_TIMEOUT_S = 10.0
# Wall time before the night is skipped: a client may still be busy with the session's last bar.
_EVENING_S = 0.4

_ONE_DAY = timedelta(days=1)


class Player:
    """The tape's hand on the exchange. `now_ns` is the exchange time that everybody sees."""

    def __init__(
        self,
        exchange: Exchange,
        history: History,
        calendar: Calendar,
        market_hub: MarketHub,
        trade_hub: TradeHub,
        *,
        start_ns: int,
        last_day: date,
        mode: Mode = "step",
        speed: float = 1.0,
        quotes_per_minute: int = 1,
        spread_bp: float = 2.0,
        waits: bool = False,
        announcements: Announcements | None = None,
        agenda: Agenda | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._agenda = agenda or Agenda()
        self._woken = asyncio.Event()
        self._agenda.on_put_off = self._woken.set
        self._announcements = announcements or Announcements()
        self.exchange = exchange
        self.history = history
        self.calendar = calendar
        self.equity_curve = EquityCurve()
        self.ended = asyncio.Event()
        self.minutes_played = 0
        self._clock = ExchangeClock(start_ns, speed=speed, mode=mode, monotonic_ns=monotonic_ns)
        self._monotonic_ns = monotonic_ns
        self._waiting = waits
        self._market_hub = market_hub
        self._trade_hub = trade_hub
        self._last_day = last_day
        self._quoted_points = _QUOTED_POINTS[quotes_per_minute]
        self._spread_bp = spread_bp
        self._last_ns = start_ns
        self._daily: dict[str, tuple[Any, ...]] = {}
        self._silenced: set[str] = set()  # halted at some point of the minute that is under way
        self._events: Iterator[Event] = timeline(history, calendar, self._last_ns, last_day)
        self._next: Event | None = next(self._events, None)
        self._stepping = asyncio.Lock()
        self._prepare()

    def _prepare(self) -> None:
        """The state of the exchange at the start: last prints, and the session if one is trading."""
        start_ns = self._last_ns
        self.exchange.now_ns = start_ns
        for symbol in self.history.symbols:
            bars = self.history.last_bar(symbol, "1Min", start_ns)
            if len(bars):
                self.exchange.know_price(symbol, float_to_e4(float(bars["close"][0])))
        self._know_last_prints(start_ns)
        session = self.calendar.session_at(start_ns)
        if session is not None and start_ns > session.open_ns:
            self.exchange.open_session(session, start_ns)
        today = new_york_day(start_ns)
        self._plan_trading_day(today)
        if self._next is not None and self._next.session.day != today:
            self._plan_trading_day(self._next.session.day)

    def _plan_trading_day(self, day: date) -> None:
        """Orders for extended hours begin and end with their trading day, also where the tape has no prints then."""
        turns = (self.exchange.begin_extended_hours, self.exchange.end_extended_hours)
        for at_ns, turn in zip(trading_day(day) or (), turns, strict=False):
            if at_ns > self._last_ns:
                self._agenda.at(at_ns, partial(turn, at_ns))

    def _know_last_prints(self, ns: int) -> None:
        for symbol in self.history.symbols:
            bars = self.history.last_bar(symbol, "1Min", ns)
            if len(bars):
                know_last_print(self.exchange.markets[symbol], bars, self._spread_bp)

    # Time

    @property
    def mode(self) -> str:
        return self._clock.mode

    @property
    def finished(self) -> bool:
        """Has the tape come to its end (run mode)."""
        return self.ended.is_set()

    @property
    def rate(self) -> float:
        return 0.0 if self.finished else self._clock.rate

    def now_ns(self) -> int:
        """Exchange time: never before what was played, never at or after what is still to be played."""
        if self._waiting:
            return self._last_ns
        if self._clock.mode == "step":
            return max(self._clock.now_ns(), self._last_ns)
        if self._next is None:
            return self._last_ns
        return max(self._last_ns, min(self._clock.now_ns(), self._next.at_ns - 1))

    def tape_ns(self) -> int:
        """The time of what was played last; in step mode also the time that it was moved to."""
        return max(self._last_ns, self._clock.now_ns()) if self._clock.mode == "step" else self._last_ns

    async def run(self) -> None:
        """Play at the clock's speed until the tape ends; then time stands still."""
        if self._waiting:
            await self._market_hub.subscribed.wait()
            self._waiting = False
        self._clock = self._running_from(self._last_ns)
        while self._next is not None and self._next.session.day <= self._last_day:
            event = self._next
            due_ns = self._agenda_ns(event.at_ns)
            wait_s = self._clock.wall_seconds_until(due_ns or event.at_ns)
            if wait_s > _SHORTEST_SLEEP_S:
                await self._sleep(wait_s)
                continue
            if due_ns is not None:
                self._carry_out(due_ns)
                continue
            if wait_s <= _SHORTEST_SLEEP_S and event.point == 0 and event.at_ns > self._last_ns:
                await self._let_others_run()
            self._catch_up(event.at_ns)
            self._play(event)
            if event.kind is Kind.NIGHT:
                await asyncio.sleep(_EVENING_S)
                self._skip_night()
        self._next = None
        self.ended.set()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not past what is put on the agenda meanwhile."""
        self._woken.clear()
        timer = asyncio.get_running_loop().call_later(seconds, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            timer.cancel()

    async def _let_others_run(self) -> None:
        await asyncio.sleep(0)
        if self._market_hub.crowded():
            await self._market_hub.drain(_DRAIN_TIMEOUT_S)

    def _catch_up(self, at_ns: int) -> None:
        lag_ns = (self._clock.now_ns() - at_ns) / self._clock.rate
        if lag_ns > _LARGEST_LAG_NS:
            self._clock = self._running_from(at_ns)

    def _running_from(self, ns: int) -> ExchangeClock:
        return ExchangeClock(ns, speed=self._clock.rate, monotonic_ns=self._monotonic_ns)

    def _skip_night(self) -> None:
        if self._next is not None:
            self._clock.skip_to(self._next.at_ns)

    async def step_minutes(self, count: int) -> None:
        """Play `count` session minutes."""
        await self.step_to(minutes_later(self.calendar, self.now_ns(), count))

    async def step_to(self, ns: int) -> None:
        """Play the tape up to an instant (step mode) and hand every frame to the sockets."""
        await self._advance(ns, silent=False)

    async def advance_to(self, ns: int) -> None:
        """Move the time (step mode) without playing the tape; sessions open and close as they should.

        What the tape printed last before it is known then, and has executed nothing.
        """
        await self._advance(ns, silent=True)
        self._know_last_prints(ns)

    async def _advance(self, ns: int, *, silent: bool) -> None:
        async with self._stepping:
            while True:
                event = self._next
                played_to_ns = ns if event is None else min(ns, event.at_ns)
                if (due_ns := self._agenda_ns(played_to_ns)) is not None:
                    self._clock.advance_to(max(due_ns, self._clock.now_ns()))
                    self._carry_out(due_ns)
                    continue
                if event is None or event.at_ns > ns:
                    break
                self._clock.advance_to(max(event.at_ns, self._clock.now_ns()))
                self._play(event, silent=silent)
                if event.kind is Kind.BARS:
                    await self._let_others_run()
            self._clock.advance_to(max(ns, self._clock.now_ns()))
        await self.drain()

    def _agenda_ns(self, until_ns: int) -> int | None:
        """When the agenda has something to carry out, if that is before the tape goes on."""
        due_ns = self._agenda.next_ns
        return due_ns if due_ns is not None and due_ns <= until_ns else None

    def _carry_out(self, due_ns: int) -> None:
        self._last_ns = max(self._last_ns, due_ns)
        self._agenda.run(due_ns)

    async def drain(self) -> None:
        """Return when all frames were handed to the sockets."""
        await self._market_hub.drain(_DRAIN_TIMEOUT_S)
        await self._trade_hub.drain(_DRAIN_TIMEOUT_S)

    # Events

    def too_late(self, action: CorporateAction) -> str | None:
        """Why an action can't be announced any more; None where it can, as what is history to the tape always can."""
        after = self._next
        if action.in_prices and action.ex_day < new_york_day(self.now_ns()):
            return None
        if after is None:
            return "the tape has come to its end: nothing takes effect any more"
        first = after.session.day if after.kind is Kind.DAY else after.session.day + _ONE_DAY
        if action.ex_day >= first:
            return None
        return f"ex_date is {action.ex_day}: it can't take effect any more, a day from {first} on is allowed"

    def announce(self, action: CorporateAction, on_effect: Callable[[], None] = lambda: None) -> None:
        """Announce an action that is not too late."""
        self._announcements.add(action, on_effect)
        if self._next is not None and self._next.kind is Kind.DAY:
            # The day that comes was cut out of the tape before this was known.
            self._events = timeline(self.history, self.calendar, self._next.at_ns, self._last_day)
            self._next = next(self._events, None)

    def halt(self, symbol: str, halted: bool, code: str = "LUDP", reason: str = "Volatility Trading Pause") -> None:
        """Stop or resume trading in a symbol, and say so on the stream."""
        now_ns = self.now_ns()
        self.exchange.halt(symbol, halted, now_ns)
        self._market_hub.publish("statuses", {symbol: stream_status(symbol, halted, code, reason, now_ns)})

    def _play(self, event: Event, *, silent: bool = False) -> None:
        self._last_ns = event.at_ns
        self._next = next(self._events, None)
        match event.kind:
            case Kind.DAY:
                self._take_effect(event.session.day - _ONE_DAY, event.session.day)
                self.exchange.begin_day()
                self._daily.clear()
            case Kind.OPEN:
                self.exchange.open_session(event.session, event.at_ns)
            case Kind.CLOSE:
                if silent:
                    self._know_last_prints(event.at_ns)
                self.exchange.close_session(event.at_ns)
                self.equity_curve.close(event.session.day, event.at_ns, self.exchange.equity_e4())
            case Kind.NIGHT:
                # Overnight: before anybody is there in the morning.
                following = new_york_day(self.calendar.next_open(event.at_ns))
                self._take_effect(event.session.day, following)
                self._plan_trading_day(following)
            case Kind.POINT if not silent:
                self._play_point(event)
            case Kind.BARS if not silent:
                self._play_bars(event)

    def _take_effect(self, after: date, until: date) -> None:
        for action in self._announcements.take_effect(after, until):
            if action.is_split:
                self.exchange.split(action.symbol, action.ratio, self._last_ns)
            else:
                rate_e4 = float_to_e4(action.terms["rate"])
                self.exchange.pay_dividend(action.symbol, rate_e4, self._last_ns)

    def _play_point(self, event: Event) -> None:
        trade = self.exchange.trade
        point, at_ns = event.point, event.at_ns
        halted = {minute.symbol for minute in event.minutes if self.exchange.markets[minute.symbol].halted}
        self._silenced |= halted
        markets = [
            trade(minute.symbol, minute.points_e4[point], at_ns, size=minute.size, continuous=point > 0)
            for minute in event.minutes
            if minute.symbol not in halted
        ]
        hub = self._market_hub
        if hub.wants("trades"):
            hub.publish("trades", {market.symbol: stream_trade(market) for market in markets})
        if point in self._quoted_points and hub.wants("quotes"):
            moved = [market for market in markets if not market.quote_held]
            hub.publish("quotes", {market.symbol: stream_quote(market) for market in moved})

    def _play_bars(self, event: Event) -> None:
        self.minutes_played += 1
        if event.is_regular:
            self.equity_curve.minute(event.at_ns, self.exchange.equity_e4())
        self._publish_minutes(self._traded(event.minutes), daily=event.is_regular)
        if self._market_hub.has_test_feed():
            publish_test_minute(self._market_hub, event.at_ns)

    def _traded(self, minutes: Sequence[MinuteOf]) -> Sequence[MinuteOf]:
        """The minutes of symbols that were not halted: a minute that a halt touched has no bar."""
        if not self._silenced:
            return minutes
        for minute in minutes:
            if minute.symbol in self._silenced:
                self.history.silence(minute.symbol, minute.record[0])
        traded = [minute for minute in minutes if minute.symbol not in self._silenced]
        self._silenced.clear()
        return traded

    def _publish_minutes(self, minutes: Sequence[MinuteOf], *, daily: bool) -> None:
        """Send minute bars, all symbols in one frame, and the daily bars so far to those who want them."""
        hub = self._market_hub
        days = [(minute.symbol, self._day_so_far(minute)) for minute in minutes] if daily else []
        if hub.wants("bars"):
            hub.publish("bars", {m.symbol: stream_bar("bars", m.symbol, m.record) for m in minutes})
        if days and hub.wants("dailyBars"):
            messages: dict[str, Json] = {symbol: stream_bar("dailyBars", symbol, record) for symbol, record in days}
            hub.publish("dailyBars", messages)

    def _day_so_far(self, minute: MinuteOf) -> tuple[Any, ...]:
        t_ns, o, h, low, c, volume, trades, vwap = minute.record
        before = self._daily.get(minute.symbol)
        if before is None:
            record: tuple[Any, ...] = (midnight_ns(new_york_day(t_ns)), o, h, low, c, volume, trades, vwap)
        else:
            day_ns, day_open, day_high, day_low, _, day_volume, day_trades, day_vwap = before
            total = day_volume + volume
            mean = (day_vwap * day_volume + vwap * volume) / total if total else vwap
            record = (day_ns, day_open, max(day_high, h), min(day_low, low), c, total, day_trades + trades, mean)
        self._daily[minute.symbol] = record
        return record


def start_of_day(calendar: Calendar, day: date) -> int:
    """A minute before the first open on or after a New York date."""
    sessions = calendar.sessions(day, date(day.year + 1, day.month, 1))
    if not sessions:
        raise ValueError(f"no session follows {day}")
    return sessions[0].open_ns - PRE_OPEN_NS
