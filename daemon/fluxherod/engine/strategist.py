"""From a completed bar to an order: trailing, exits, entries, each with its explanation.

The order at one timestamp is fixed: first every stop trails, then exits are decided, then entries, in
symbol order, so that a replay and a backtest decide alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fluxherod.core import explain
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import on_tick_e4, to_e4
from fluxherod.core.noise import spread_rule
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approve import approve_entry
from fluxherod.core.risk.assess import AccountState, EntryRequest, assess
from fluxherod.core.risk.correlation import Correlation
from fluxherod.core.signals import RiskDecision, RiskVerdict, Rule, Signal
from fluxherod.core.strategy.codes import EntryMode, RuleCode
from fluxherod.core.strategy.stops import (
    best_e4,
    distance_e4,
    mean_reversion_stop_e4,
    stop_atr,
    trail,
    trend_stop_e4,
)
from fluxherod.core.types import Mode, OrderType, Regime, Side, SignalKind, TimeInForce, Verdict
from fluxherod.engine.effects import Effect, SignalUpdated
from fluxherod.engine.ledger import EntryPlan, Ledger
from fluxherod.engine.market import pieces
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.engine.market.market import Market
from fluxherod.engine.market.pieces import Pieces
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.drafts import opening_side
from fluxherod.engine.risk.correlations import correlations
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.settings import Settings
from fluxherod.engine.signals import Entry, entry_signal, exit_signal, signal_id


class Strategist:
    """Turns completed bars into signals and orders."""

    def __init__(self, settings: Settings, market: Market, desk: Desk, ledger: Ledger, safety: Safety) -> None:
        self.settings = settings
        self.market = market
        self.desk = desk
        self.ledger = ledger
        self.safety = safety
        self.signals: dict[str, Signal] = {}  # the newest entry or exit signal of each symbol

    def decide(self, closed: Sequence[ClosedBar], blocked: str, now_ns: int, out: list[Effect]) -> Pieces:
        """All that follows from bars completed at one time; `closed` are those that something can follow from."""
        for bar in closed:
            if (held := self.ledger.positions.get(bar.bar.symbol)) is not None:
                bar.held = held
                self.market.books[held.symbol].closed.hold({bar.end_ns: held})
        for bar in closed:
            self._trail(bar, now_ns, out)
        for bar in closed:
            self._exit(bar, now_ns, out)
        entries = [bar for bar in closed if bar.decision["valid"] and bar.decision["entry"]]
        for number, bar in enumerate(entries, 1):
            self._enter(bar, blocked, now_ns, out)
            if number % pieces.ENTRIES == 0:
                yield

    # --- open positions ----------------------------------------------------------------------------
    def _trail(self, closed: ClosedBar, now_ns: int, out: list[Effect]) -> None:
        """Ratchet the stop of a trend position; it works from the next bar on."""
        position = self._trailing(closed.bar.symbol)
        if position is None or closed.end_ns <= position.opened_ns:
            return
        if self.market.calendar.at(closed.end_ns - 1) is None:
            return  # a bar of extended hours: stops follow the regular session's prices
        side = 1 if position.quantity > 0 else -1
        best = int(best_e4(side, position.best_e4, to_e4(closed.bar.high), to_e4(closed.bar.low)))
        stop = self._trailed(position, best)
        if (best, stop) != (position.best_e4, position.stop_e4):
            moved = replace(position, best_e4=best, stop_e4=stop, watched_stop_e4=None)
            self.ledger.positions[position.symbol] = moved
            out.append(self.ledger.told(moved))
            self.desk.protect(position.symbol, now_ns, out)

    def trail_price(self, symbol: str, out: list[Effect]) -> None:
        """The same rule on a price: a tighter stop that the daemon watches until the bar's end moves the broker's."""
        position = self._trailing(symbol)
        if position is None:
            return
        side = 1 if position.quantity > 0 else -1
        best = int(best_e4(side, position.best_e4, position.price_e4, position.price_e4))
        if best == position.best_e4:
            return
        stop = self._trailed(position, best)
        watched = stop if stop != position.stop_e4 else None
        self.ledger.positions[symbol] = replace(position, best_e4=best, watched_stop_e4=watched)
        out.append(self.ledger.told(self.ledger.positions[symbol], mark=True))

    def _trailing(self, symbol: str) -> Position | None:
        """The position in a symbol, when it is one whose stop trails."""
        position = self.ledger.positions.get(symbol)
        if position is None or position.stop_e4 is None or position.exit_reason:
            return None
        return position if position.mode is Mode.TREND else None

    def _trailed(self, position: Position, best: int) -> int:
        """The position's tightest stop with a new best price."""
        side = 1 if position.quantity > 0 else -1
        multiple = self._stop_atr() * position.stop_factor
        return int(trail(side, position.tightest_stop_e4 or 0, best, position.atr, multiple))

    def _stop_atr(self) -> float:
        """How many ATR a trend stop is from the best price; while the breaker reduces, the tighter of two."""
        params = self.settings.strategy
        return stop_atr(self.safety.reduced, params.trend_stop_atr, params.reduced_stop_atr)

    def _exit(self, closed: ClosedBar, now_ns: int, out: list[Effect]) -> None:
        """End a position whose mode says so on this bar. A halt or a lost feed never stops an exit."""
        position = self.ledger.positions.get(closed.bar.symbol)
        if position is None or position.exit_reason or not closed.decision["valid"] or position.mode is Mode.MANUAL:
            return
        if closed.end_ns <= position.opened_ns or not self.exits_are_decided(closed):
            return
        side = 1 if position.quantity > 0 else -1
        rule = explain.exit_rule(closed.decision, self.settings.strategy, position.mode, side)
        if rule.verdict is not Verdict.PASSED:
            return
        self._tell(exit_signal(closed, position, rule, self.settings.strategy), out)
        self.desk.leave(position, rule.text, now_ns, out)

    def exits_are_decided(self, closed: ClosedBar) -> bool:
        """False for a bar that ends in extended hours: nothing could be sold before the open, which decides anew."""
        session = self.market.calendar.last_opened(closed.end_ns)
        return session is not None and closed.end_ns <= session.close_ns

    # --- entries -----------------------------------------------------------------------------------
    def _enter(self, closed: ClosedBar, blocked: str, now_ns: int, out: list[Effect]) -> None:
        """An entry fired: look for vetoes, ask risk, and order."""
        entry = self._fired(closed)
        veto = self._veto(entry, now_ns)
        if veto is not None:
            self._tell(entry_signal(entry, *veto), out)
            return
        request = entry.request.beside(self.correlations(closed.bar.symbol, closed.end_ns))
        decision = assess(request, self.account_state(blocked), self.settings.limits)
        if decision.verdict is RiskVerdict.REJECTED:
            self._tell(entry_signal(entry, "risk", decision.reason, decision), out)
            return
        kind, limit_e4 = self._pricing(request)
        order = self.entry_order(request, decision, kind, limit_e4, closed.end_ns, now_ns, entry.id, entry.trigger)
        signal = entry_signal(entry, "ordered", risk=decision, order_id=order.id)
        self.desk.plans[order.id] = self._plan(entry, signal, order.quantity)
        self._tell(signal, out)
        self.desk.submit(order, approve_entry(order, decision, request.stop_e4), now_ns, out)

    def _pricing(self, request: EntryRequest) -> tuple[OrderType, int | None]:
        """How an entry goes out: at the market, or never worse than the signal's price."""
        if self.settings.entry_order == "market":
            return OrderType.MARKET, None
        return OrderType.LIMIT, on_tick_e4(request.price_e4, up=request.side is Side.SELL)

    def _fired(self, closed: ClosedBar) -> Entry:
        decision = closed.decision
        side, mode = int(decision["entry"]), int(decision["entry_mode"])
        request = self._request(closed, side, mode == EntryMode.MEAN_REVERSION, mode == EntryMode.NEUTRAL)
        name = signal_id(closed, SignalKind.LONG if side > 0 else SignalKind.SHORT)
        spread_code, equity_e4 = self._spread_code(closed), self.ledger.equity_e4 or 0
        return Entry(name, closed, request, self.settings.strategy, spread_code, equity_e4)

    def _request(self, closed: ClosedBar, side: int, reverting: bool, neutral: bool) -> EntryRequest:
        params, limits, close = self.settings.strategy, self.settings.limits, closed.bar.close
        wider = self._stop_factor(closed)
        if reverting:
            stop_e4 = normal_e4 = int(mean_reversion_stop_e4(side, close, wider * params.mean_reversion_stop))
        else:
            atr = float(closed.decision["atr"])
            stop_e4 = normal_e4 = int(trend_stop_e4(side, close, atr, wider * params.trend_stop_atr))
            if self.safety.reduced:
                stop_e4 = int(trend_stop_e4(side, close, atr, wider * self._stop_atr()))
        multipliers = [("neutral", limits.neutral_size_bp)] if neutral else []
        if self._spikes(closed):
            multipliers.append(("volatility_spike", limits.spike_size_bp))
        if self.safety.reduced:
            multipliers.append(("breaker", limits.reduced_size_bp))
        price_e4 = to_e4(close)
        return EntryRequest(
            symbol=closed.bar.symbol,
            side=opening_side(side > 0),
            price_e4=price_e4,
            stop_e4=stop_e4 or None,
            risk_bp=limits.mean_reversion_risk_bp if reverting else limits.trend_risk_bp,
            distance_e4=distance_e4(price_e4, normal_e4, stop_e4),
            multipliers=tuple(multipliers),
        )

    def _spikes(self, closed: ClosedBar) -> bool:
        """True when volatility spiked on a bar; False without 5-minute bars, where the rule is not applicable."""
        return closed.spike > self.settings.strategy.spike_ratio

    def _stop_factor(self, closed: ClosedBar) -> float:
        """How much wider than usual the stops of a position are that is opened on a bar, for as long as it lives."""
        return self.settings.strategy.spike_stop_factor if self._spikes(closed) else 1.0

    def rules(self, closed: ClosedBar, side: int, regime: Regime | None = None) -> tuple[Rule, ...]:
        """Every rule of an entry on a side on a completed bar, with its numbers; live, a missing quote fails.

        They are those of the confirmed regime, or of another one as if it held.
        """
        code, params = self._spread_code(closed), self.settings.strategy
        return explain.entry_rules(closed.decision, params, side, closed.spread, code, regime, closed.time)

    def _spread_code(self, closed: ClosedBar) -> int:
        """The verdict of the spread rule on a bar, a `RuleCode`: not applicable to one of the history."""
        if not closed.live:
            return int(RuleCode.NOT_APPLICABLE)
        decision = closed.decision
        return spread_rule(
            closed.spread, float(decision["close_sigma"]), bool(decision["illiquid"]), self.market.params
        )

    def _veto(self, entry: Entry, now_ns: int) -> tuple[str, str] | None:
        """What ends an entry before risk is asked: its code and its words."""
        symbol, closed = entry.request.symbol, entry.closed
        age_ns = now_ns - closed.end_ns
        if age_ns > self.settings.signal_max_age_ns + self.settings.latency_ns:
            return "late", f"the bar was known {_span(age_ns)} after its end: too late to trade on"
        if symbol in self.ledger.positions or self.desk.live_entry(symbol) is not None:
            return "in_position", f"a position in {symbol} or its entry is open"
        if veto := self.symbol_veto(symbol, entry.request.side):
            return veto
        breakout = int(closed.decision["regime"]) != Regime.MEAN_REVERSION
        if not explain.noise_passed(closed.decision, entry.spread_code, breakout=breakout):
            rules = (rule for rule in entry.rules() if rule.name in explain.NOISE_RULES)
            failed = [rule.text for rule in rules if rule.verdict is Verdict.FAILED]
            return "noise", "noise filter: not met: " + "; ".join(failed)
        return None

    def symbol_veto(self, symbol: str, side: Side) -> tuple[str, str] | None:
        """What keeps a symbol from being opened on a side, by whomever: its code and its words."""
        book, account = self.market.books.get(symbol), self.ledger.account
        if book is None:
            return "not_followed", f"{symbol} is not followed any more"
        why = self.settings.why_disabled(symbol)
        if why is not None:
            return "disabled", f"{symbol} is switched off" + (f": {why}" if why else "")
        if book.joining:
            return "warming", f"{symbol} joins: its history is being loaded"
        if why := self.desk.halts.why(symbol):
            return "halted", f"{symbol} does not trade at the exchange: {why}"
        if any(order.role is OrderRole.EXIT for order in self.desk.live(symbol)):
            return "in_position", f"an exit of {symbol} is still open"
        if why := self.desk.doubts.why_frozen(symbol):
            return "lost_order", why
        if symbol in self.ledger.foreign:
            return "foreign_position", f"a position in {symbol} that is not ours is at the broker"
        if self.desk.uncertain(symbol):
            return "unknown_order", f"an order of {symbol} has an unknown outcome"
        if not book.tradable:
            return "not_tradable", f"{symbol} is not tradable at the broker"
        if side is Side.SELL and not self.settings.allow_shorts:
            return "shorts_off", "shorts are switched off"
        if side is Side.SELL and not (book.shortable and account is not None and account.shorting_enabled):
            return "not_shortable", f"{symbol} is not shortable and easy to borrow, or the account may not short"
        return None

    def correlations(self, symbol: str, until_ns: int) -> tuple[Correlation, ...]:
        """How a symbol goes with each other one that is held or being opened, by bars that ended by a time."""
        return correlations(
            symbol, until_ns, self.settings.limits.correlation_basis, self.market, self.desk, self.ledger
        )

    def account_state(self, blocked: str, own: Order | None = None) -> AccountState:
        """What risk must know, by our own books. `own` is an entry that goes on in another order: it does not count."""
        exposure_e4 = self.ledger.held_e4 + self.desk.working_e4()
        if own is not None:
            exposure_e4 -= self.desk.working_e4(own)
        entering, equity_e4 = self.desk.book.entering(), self.ledger.equity_e4
        return AccountState(
            equity_e4=equity_e4,
            exposure_e4=exposure_e4,
            buying_power_e4=self.ledger.buying_power_e4(exposure_e4, equity_e4 or 0),
            open_positions=len((entering | {*self.ledger.positions, *self.ledger.foreign}) - {own and own.symbol}),
            blocked=blocked,
            peak_e4=self.ledger.peak_e4,
        )

    def entry_order(
        self,
        request: EntryRequest,
        decision: RiskDecision,
        order_type: OrderType,
        limit_e4: int | None,
        decided_ns: int,
        now_ns: int,
        signal: str | None,
        reason: str,
    ) -> Order:
        """The order of an approved entry: one OTO with its stop leg, or a plain one whose stop the daemon watches."""
        oto = self.settings.stops == "broker"
        return Order(
            id=self.desk.next_id(request.symbol, decided_ns, OrderRole.ENTRY),
            symbol=request.symbol,
            side=request.side,
            order_type=order_type,
            time_in_force=TimeInForce.GTC if oto else TimeInForce.DAY,
            role=OrderRole.ENTRY,
            quantity=decision.quantity,
            state=OrderState.NEW,
            created_ns=now_ns,
            updated_ns=now_ns,
            limit_price_e4=limit_e4,
            leg_stop_e4=request.stop_e4 if oto else None,
            signal_id=signal,
            reason=reason,
        )

    def _plan(self, entry: Entry, signal: Signal, wanted: int) -> EntryPlan:
        closed, request = entry.closed, entry.request
        return EntryPlan(
            mode=entry.mode,
            regime=Regime(int(closed.decision["regime"])),
            stop_e4=request.stop_e4 or 0,
            target_e4=entry.target_e4,
            best_e4=request.price_e4,
            atr=float(closed.decision["atr"]),
            price_e4=request.price_e4,
            signal_id=signal.id,
            reason="",  # the signal says it
            stop_factor=self._stop_factor(closed),
            wanted=wanted,
            signal=signal,
            multipliers=request.multipliers,
        )

    def remember(self, signal: Signal) -> None:
        """What became of a signal, unless a newer one of its symbol is known."""
        known = self.signals.get(signal.symbol)
        if known is None or known.id == signal.id:
            self.signals[signal.symbol] = signal

    def _tell(self, signal: Signal, out: list[Effect]) -> None:
        self.signals[signal.symbol] = signal
        out.append(SignalUpdated(signal))


def _span(ns: int) -> str:
    """A length of time in the words of people: "45 s", "6 min", "17 h 31 min"."""
    seconds = ns // SECOND_NS
    if seconds < 120:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
