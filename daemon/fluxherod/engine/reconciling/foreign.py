"""Shares at the broker that are not ours, by `foreign_positions`: watched, guarded, or a reason to halt."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from fluxherod.core import protection
from fluxherod.core.money import dollars, from_e4
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.risk.approve import NotApproved, approve_foreign_stop
from fluxherod.core.strategy.stops import mean_reversion_stop_e4
from fluxherod.core.types import BrokerOrder, BrokerStatus, Side
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.events import BrokerSnapshot
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.splits import Splits
from fluxherod.engine.orders import drafts
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.settings import Settings

BASIS_POINTS = 10_000


class Foreign:
    """Remembers, over restarts, where the stop of each such position stands: it was fixed at the first sight."""

    desk: Desk
    ledger: Ledger
    safety: Safety
    splits: Splits

    def __init__(self) -> None:
        self.stops: dict[str, tuple[Side, int]] = {}  # symbol: the side that closes, and the stop's price
        self._told_held: dict[str, int] = {}  # symbol: shares that orders of others keep from being closed

    def connect(self, desk: Desk, ledger: Ledger, safety: Safety, splits: Splits) -> None:
        """Look after these from now on."""
        self.desk, self.ledger, self.safety, self.splits = desk, ledger, safety, splits

    def take(
        self, new: Iterable[str], sure: AbstractSet[str], snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]
    ) -> None:
        """What follows from a snapshot whose differences are in the books.

        Args:
            new: the symbols of which it told other shares that are not ours.
            sure: those of which it says for sure how many shares are there: none of their orders is under way.
        """
        policy = self.desk.settings.foreign_positions
        if policy == "halt":
            for symbol in new:
                self.safety.halt(
                    f"{self.ledger.foreign[symbol][0]:+d} {symbol} at the broker are not ours", now_ns, out
                )
        closes = self.safety.state.kill_switch.foreign
        if not closes:
            self._told_held.clear()
        for symbol in sorted(self.stops.keys() | self.ledger.foreign.keys() | self._guarded()):
            if self.splits.pending(symbol, now_ns):
                continue  # shares and prices may be of before or of after
            if closes:
                self._close(symbol, symbol in sure, snapshot, now_ns, out)
            else:
                self._guard(symbol, snapshot, policy == "protect", now_ns, out)

    def working_stops(self, symbol: str) -> list[Order]:
        """Our stops that guard such shares at the broker now."""
        return [order for order in self._stops(symbol) if order.settled and order.id not in self.desk.book.idle]

    def _stops(self, symbol: str) -> list[Order]:
        return [order for order in self.desk.live(symbol) if order.role is OrderRole.FOREIGN_STOP]

    def _guarded(self) -> set[str]:
        return {order.symbol for order in self.desk.live() if order.role is OrderRole.FOREIGN_STOP}

    def _close(self, symbol: str, sure: bool, snapshot: BrokerSnapshot, now_ns: int, out: list[Effect]) -> None:
        """Close what no order of others holds, once our own stop has ended and what is there after it is sure."""
        self.stops.pop(symbol, None)
        stops = self._stops(symbol)
        for order in stops:
            if order.settled and not self.desk.held(symbol, now_ns):
                self.desk.cancel(order, now_ns, out)
        held = self.ledger.foreign.get(symbol, (0, 0))[0]
        if stops or not sure or not held or self._missing(symbol, held):
            return
        taken = min(abs(held), self._held_by_others(symbol, Side.SELL if held > 0 else Side.BUY, snapshot))
        self._tell_held(symbol, taken, out)
        if taken < abs(held):
            self.safety.close_also(symbol, abs(held) - taken, now_ns, out)

    def _tell_held(self, symbol: str, shares: int, out: list[Effect]) -> None:
        """Say how many shares stay because others' orders hold them, once for each count."""
        if shares and self._told_held.get(symbol) != shares:
            text = f"{shares} {symbol} that are not ours are held by orders of others: left alone until those end"
            out.append(AlertRaised("FOREIGN_SHARES_HELD", Severity.WARNING, text, symbol))
        self._told_held[symbol] = shares

    def _missing(self, symbol: str, held: int) -> bool:
        """True when they are shares of ours that the broker does not have: there is nothing to guard or close."""
        position = self.ledger.positions.get(symbol)
        return position is not None and position.quantity * held < 0

    def _guard(self, symbol: str, snapshot: BrokerSnapshot, wanted: bool, now_ns: int, out: list[Effect]) -> None:
        held, price_e4 = self.ledger.foreign.get(symbol, (0, 0))
        if self._missing(symbol, held):
            held = 0
        if not held or not wanted:
            self.stops.pop(symbol, None)
        elif self._stop(symbol, held)[1] <= 0:
            self.stops[symbol] = self._first_stop(held, price_e4, self.desk.settings)
        side, stop_e4 = self._stop(symbol, held)
        stops = self._stops(symbol)
        shares = max(0, abs(held) - self._held_by_others(symbol, side, snapshot)) if stop_e4 > 0 else 0
        action = protection.plan_foreign(shares, side, stop_e4, stops)
        if action is None or self.desk.held(symbol, now_ns):
            return
        if isinstance(action, protection.Cancel):
            self.desk.cancel(action.order, now_ns, out)
        else:
            self._place(symbol, side, action, held, now_ns, out)

    def _stop(self, symbol: str, held: int) -> tuple[Side, int]:
        """The side and the price of its stop; no price when none is fixed for shares on this side."""
        side = Side.SELL if held > 0 else Side.BUY
        known = self.stops.get(symbol)
        return known if known is not None and known[0] is side else (side, 0)

    def _first_stop(self, held: int, price_e4: int, settings: Settings) -> tuple[Side, int]:
        side = 1 if held > 0 else -1
        stop_e4 = mean_reversion_stop_e4(side, from_e4(price_e4), settings.foreign_stop_bp / BASIS_POINTS)
        return (Side.SELL if held > 0 else Side.BUY), int(stop_e4)

    def _held_by_others(self, symbol: str, side: Side, snapshot: BrokerSnapshot) -> int:
        """Shares that orders of others close already: another order for them would be refused, or sell them twice."""
        reports = [each for report in snapshot.orders for each in (report, *report.legs)]
        return sum(report.quantity - report.filled_quantity for report in reports if self._closes(report, symbol, side))

    def _closes(self, report: BrokerOrder, symbol: str, side: Side) -> bool:
        works = not report.status.ended and report.status is not BrokerStatus.HELD
        return works and (report.symbol, report.side) == (symbol, side) and self.desk.book.of(report) is None

    def _place(
        self, symbol: str, side: Side, action: protection.PlaceStop, held: int, now_ns: int, out: list[Effect]
    ) -> None:
        order_id = self.desk.next_id(symbol, now_ns, OrderRole.FOREIGN_STOP)
        order: Order = drafts.foreign_stop(order_id, symbol, side, action.quantity, action.price_e4, now_ns)
        try:
            approved = approve_foreign_stop(order, held)
        except NotApproved as refusal:
            out.append(AlertRaised("ORDER_NOT_APPROVED", Severity.CRITICAL, str(refusal), symbol))
            return
        text = f"{order.quantity} {symbol} that are not ours get a stop at {dollars(action.price_e4)}"
        out.append(AlertRaised("FOREIGN_POSITION_GUARDED", Severity.INFO, text, symbol))
        self.desk.submit(order, approved, now_ns, out)
