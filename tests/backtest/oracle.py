"""A back-tester that is only meant to be obviously right: section 12 of the specification, one timestamp at a time.

Choices where the words leave room (S.. in strategy, R.. in risk, A.. in account):
O1. Bars of one start time are one timestamp. Its opens, stops and marks are those of the bars that start there; a
    symbol without a bar keeps its last close.
O2. Symbol order is alphabetical.
O3. A market exit or entry waits for the symbol's own next bar. Its time is the bar's start, or the session's open in an
    hour that began before it; so is that of a stop passed by the open. A stop touched inside a bar and a mark have the
    bar's decision time.
O4. A bar that does not overlap the regular session of its New York date is dropped before anything sees it; so is one
    that is not finite, not positive, high < low, or not later than the one before.
O5. CRITICAL and the daily loss cancel entries that work and queue one market exit a position; one that is leaving
    already keeps its reason. When both trip at one mark the reason is the breaker's.
O6. The equity of a signal is that of the mark of its bar; entries signalled at one timestamp share it, and each
    later one sees the earlier ones as working.
O7. An entry whose open is at or beyond its stop is cancelled whatever filled before.
O8. Positions trail only while open after the stops of the timestamp: the fill bar's own high counts at its end. One
    that is leaving trails no more.
O9. No operator: after CRITICAL nothing trades.
O10. A limit entry is at the signal's price, in whole cents as the broker wants it (from a dollar on; never worse than
    the signal's), and good for the symbol's next bar only. Through is strictly beyond; it fills at its price, or at the
    open where that is better, without slippage, and its stop works in the same bar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backtest import risk, strategy
from backtest.account import Account, Position, fill_price, is_large
from backtest.types import LONG, Bar, Config, Order, Run, Session, Signal, View, decision_time

NEW_YORK = ZoneInfo("America/New_York")
VOLUMES = 20
Strategy = Callable[[Sequence[Bar], Sequence[Session], Config], list[View]]


class Entry(NamedTuple):
    """A working entry: a market order for the symbol's next open."""

    signal: Signal
    quantity: int
    price: int
    stop: int


def run(
    bars: Mapping[str, Sequence[Bar]],
    sessions: Mapping[str, Session],
    config: Config,
    decide: Strategy = strategy.views,
) -> Run:
    """Back-test a portfolio on one account; sessions are by New York date."""
    return _Oracle(bars, sessions, config, decide).run()


def usable(bars: Sequence[Bar], sessions: Mapping[str, Session], config: Config) -> list[Bar]:
    """The bars that may enter an indicator."""
    kept: list[Bar] = []
    for bar in bars:
        good = min(bar.open, bar.high, bar.low, bar.close) > 0 and bar.volume >= 0 and bar.high >= bar.low
        later = not kept or bar.start_ns > kept[-1].start_ns
        session = sessions.get(new_york_date(bar.start_ns))
        inside = (
            session is not None
            and bar.start_ns < session.close_ns
            and bar.start_ns + config.timeframe_ns > session.open_ns
        )
        if good and later and inside:
            kept.append(bar)
    return kept


def new_york_date(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns // 10**9, UTC).astimezone(NEW_YORK).date().isoformat()


class _Oracle:
    def __init__(
        self, bars: Mapping[str, Sequence[Bar]], sessions: Mapping[str, Session], config: Config, decide: Strategy
    ) -> None:
        self.config = config
        self.sessions = sessions
        self.symbols = sorted(bars)
        self.bars = {symbol: usable(bars[symbol], sessions, config) for symbol in self.symbols}
        self.closes = {symbol: risk.closes_by_time(self.bars[symbol]) for symbol in self.symbols}
        self.index = {symbol: {bar.start_ns: i for i, bar in enumerate(self.bars[symbol])} for symbol in self.symbols}
        self.views = {
            symbol: decide(
                self.bars[symbol], [sessions[new_york_date(bar.start_ns)] for bar in self.bars[symbol]], config
            )
            for symbol in self.symbols
        }
        self.account = Account(config.cash)
        self.guards = risk.Guards(config)
        self.working: dict[str, Entry] = {}
        self.last: dict[str, int] = {}
        self.result = Run()

    def run(self) -> Run:
        day = ""
        for now in sorted({bar.start_ns for bars in self.bars.values() for bar in bars}):
            if new_york_date(now) != day:
                day = new_york_date(now)
                for event in self.guards.new_session(self._last_mark()):
                    self.result.guards.append((self._opening(now), event))
            here = {symbol: self.index[symbol][now] for symbol in self.symbols if now in self.index[symbol]}
            for step in (
                self._exits_at_the_open,
                self._entries_at_the_open,
                self._stops,
                self._marks_and_guards,
                self._trailing,
                self._exit_signals,
                self._entry_signals,
            ):
                step(now, here)
        self.result.trades = self.account.trades
        self.result.still_open = self.account.still_open()
        return self.result

    def _fill(self, symbol: str, i: int, price: int, buys: bool, quantity: int) -> int:
        """The price of an order that fills in bar i."""
        large = is_large(quantity, [bar.volume for bar in self.bars[symbol][max(0, i - VOLUMES) : i]])
        self.result.happened["large order"] += large
        return fill_price(price, buys, large)

    def _last_mark(self) -> int:
        return self.result.equity[-1][1] if self.result.equity else self.config.cash

    def _opening(self, start_ns: int) -> int:
        return max(start_ns, self.sessions[new_york_date(start_ns)].open_ns)

    def _end(self, start_ns: int) -> int:
        return decision_time(start_ns, self.sessions[new_york_date(start_ns)], self.config)

    def _leave(self, symbol: str, i: int, price: int, time_ns: int, reason: str) -> None:
        held = self.account.positions[symbol]
        price = self._fill(symbol, i, price, held.side != LONG, held.quantity)
        self.account.leave(symbol, price, time_ns, reason)
        self.result.happened[f"exit: {reason}"] += 1

    def _exits_at_the_open(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            held = self.account.positions.get(symbol)
            if held is not None and held.leaving:
                self._leave(symbol, i, self.bars[symbol][i].open, self._opening(now), held.leaving)

    def _entries_at_the_open(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            if symbol not in self.working:
                continue
            entry = self.working.pop(symbol)
            opened, side = self.bars[symbol][i].open, entry.signal.side
            if side * (opened - entry.stop) <= 0:
                self.result.happened["opened beyond the stop"] += 1
                continue
            price = self._entry_price(symbol, i, entry)
            if price is None:
                self.result.happened["limit not reached"] += 1
                continue
            self.account.enter(
                Position(
                    symbol, side, entry.quantity, self._opening(now), price, entry.stop, entry.price,
                    entry.signal.atr, entry.signal.mode, entry.signal.regime,
                )
            )  # fmt: skip

    def _entry_price(self, symbol: str, i: int, entry: Entry) -> int | None:
        """Of an entry that fills in bar i; None for a limit through which the bar does not trade."""
        bar, side = self.bars[symbol][i], entry.signal.side
        if self.config.entry_order == "market":
            return self._fill(symbol, i, bar.open, side == LONG, entry.quantity)
        step = risk.CENT if entry.price >= risk.DOLLAR else 1
        if side == LONG:
            limit = entry.price // step * step
            return min(bar.open, limit) if bar.low < limit else None
        limit = -(-entry.price // step) * step
        return max(bar.open, limit) if bar.high > limit else None

    def _stops(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            held = self.account.positions.get(symbol)
            if held is None:
                continue
            bar = self.bars[symbol][i]
            worst = bar.low if held.side == LONG else bar.high
            if held.side * (bar.open - held.stop) <= 0:
                self._leave(symbol, i, bar.open, self._opening(now), "stop")
                self.result.happened["stop passed by the open"] += 1
            elif held.side * (worst - held.stop) <= 0:
                self.result.happened["stop in the entry bar"] += held.entry_ns == self._opening(now)
                self._leave(symbol, i, held.stop, self._end(now), "stop")

    def _marks_and_guards(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            self.last[symbol] = self.bars[symbol][i].close
        equity = self.account.equity(self.last)
        self.result.equity.append((self._end(now), equity))
        for event in self.guards.mark(equity):
            self.result.happened[event] += 1
            self.result.guards.append((self._end(now), event))
            if event in ("critical", "daily_loss"):
                self._close_all("breaker" if event == "critical" else "daily_loss")

    def _close_all(self, reason: str) -> None:
        self.result.happened[f"cancelled by the {reason}"] += len(self.working)
        self.working.clear()
        for held in self.account.positions.values():
            held.leaving = held.leaving or reason

    def _trailing(self, now: int, here: Mapping[str, int]) -> None:
        multiple = float(risk.stop_multiple(self.config, self.guards.status))
        for symbol, i in here.items():
            held = self.account.positions.get(symbol)
            if held is None or held.leaving:
                continue
            bar = self.bars[symbol][i]
            if held.side == LONG:
                best = max(held.best, bar.high)
                moved = max(held.stop, risk.rounded_stop(best - multiple * held.atr, LONG))
            else:
                best = min(held.best, bar.low)
                moved = min(held.stop, risk.rounded_stop(best + multiple * held.atr, held.side))
            trails = held.mode == "TREND"
            self.result.happened["trailed" if trails else "stop stayed"] += moved != held.stop
            if trails:
                held.best, held.stop = best, moved

    def _exit_signals(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            held = self.account.positions.get(symbol)
            if held is not None and not held.leaving and (held.side, held.mode) in self.views[symbol][i].exits:
                held.leaving = "signal"

    def _entry_signals(self, now: int, here: Mapping[str, int]) -> None:
        for symbol, i in here.items():
            signal = self.views[symbol][i].signal
            self.result.happened["close on a band"] += self.views[symbol][i].on_band
            if signal is None:
                continue
            refusal = self._refusal(symbol, signal)
            if not refusal:
                refusal = self._submit(symbol, self.bars[symbol][i].close, signal, now)
            self.result.happened[f"entry: {refusal or 'sent'}"] += 1

    def _refusal(self, symbol: str, signal: Signal) -> str:
        if symbol in self.account.positions or symbol in self.working:
            return "in_position"
        if signal.vetoes:
            return f"noise {signal.vetoes[0]}"
        if signal.side != LONG and not self.config.shorts:
            return "shorts are off"
        if self.guards.status == "DISABLED":
            return "breaker"
        return "daily loss" if self.guards.day_lost else ""

    def _submit(self, symbol: str, price: int, signal: Signal, now: int) -> str:
        """Size an entry and let it work; else the reason why it has no size."""
        config, status = self.config, self.guards.status
        stop, distance = risk.stop_distance(price, signal.side, signal.mode, signal.atr, status, config)
        working = sum(entry.quantity * entry.price for entry in self.working.values())
        held = self.account.exposure(self.last)
        book = risk.Book(
            equity=self.account.equity(self.last),
            exposure=held + working,
            open_or_working=len(self.account.positions) + len(self.working),
        )
        trend = signal.mode == "TREND"
        risk_bp = config.trend_risk_bp if trend else config.mean_reversion_risk_bp
        multipliers = self._multipliers(symbol, signal, now)
        quantity = risk.size(book, price, distance, signal.side, risk_bp, multipliers, config)
        if quantity == 0:
            return "no size" if book.open_or_working < config.max_positions else "positions"
        for exposure, what in ((0, "cut by exposure"), (held, "cut by what is at work")):
            more = risk.size(
                replace(book, exposure=exposure), price, distance, signal.side, risk_bp, multipliers, config
            )
            self.result.happened[what] += quantity < more
        self.result.orders.append(Order(symbol, signal.side, self._end(now), price, stop, quantity))
        self.working[symbol] = Entry(signal, quantity, price, stop)
        return ""

    def _multipliers(self, symbol: str, signal: Signal, now: int) -> list[int]:
        config, found = self.config, []
        if signal.regime == "NEUTRAL":
            found.append(config.neutral_size_bp)
        if self.guards.status == "REDUCED":
            found.append(config.reduced_size_bp)
            self.result.happened["entry while reduced"] += 1
        mine = self.bars[symbol][: self.index[symbol][now] + 1]
        others = [*self.account.positions, *self.working]
        rhos = [risk.correlation(mine, self.closes[other], config.correlation_basis) for other in others]
        if any(risk.correlated(rho, config) for rho in rhos):
            found.append(config.correlated_size_bp)
            self.result.happened["correlated"] += 1
        return found
