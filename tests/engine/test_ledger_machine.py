"""The ledger against an oracle that computes with fractions: cash, profit, average cost, trades, to 1/10,000 dollar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fluxherod.core.orders import Fill, Order, OrderRole, OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.splits import Split
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce
from fluxherod.engine.effects import Effect, PositionUpdated, TradeUpdated
from fluxherod.engine.ledger import EntryPlan, Ledger

FIRST_CASH_E4 = 1_000_000_000
SYMBOLS = ("AAPL", "QQQ", "SPY")
PLAN = EntryPlan(Mode.TREND, Regime.STRONG_TREND, 4_000_000, None, 4_500_000, 3.0, 4_500_000, "s", "r")
symbols = st.sampled_from(SYMBOLS)
sides = st.sampled_from(list(Side))
shares = st.one_of(st.integers(1, 9), st.integers(1, 100_000))
prices = st.one_of(st.integers(1, 100), st.integers(1, 50_000_000))
rates = st.integers(1, 20)


@dataclass
class Holding:
    """Shares at their average cost, exactly. `roundings` is how often the ledger had to round its own."""

    quantity: int = 0
    cost: Fraction = Fraction(0)
    roundings: int = 0

    def fill(self, signed: int, price: Fraction) -> Fraction:
        """Take shares; the profit that this realises."""
        realized = Fraction(0)
        if self.quantity * signed < 0:
            closed = min(abs(signed), abs(self.quantity)) * (1 if signed > 0 else -1)
            average = self.cost / self.quantity
            realized = -closed * (price - average)
            self.quantity, self.cost, signed = self.quantity + closed, self.cost + closed * average, signed - closed
            self.roundings = self.roundings + 1 if self.quantity else 0
        self.quantity, self.cost = self.quantity + signed, self.cost + signed * price
        return realized


class Books(RuleBasedStateMachine):
    """Fills of any size on any side, prices and splits, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.ledger.cash_e4 = FIRST_CASH_E4
        self.cash = FIRST_CASH_E4
        self.lieu = 0  # paid out for parts of shares: not yet in the cash, which the broker tells of
        self.held = {symbol: Holding() for symbol in SYMBOLS}
        self.realized = Fraction(0)
        self.filled = dict.fromkeys(SYMBOLS, 0)
        self.trades: dict[str, Trade] = {}
        self.number = 0

    def _take(self, out: list[Effect]) -> None:
        for effect in out:
            if isinstance(effect, TradeUpdated):
                self.trades[effect.trade.id] = effect.trade
        for effect in out:
            if isinstance(effect, PositionUpdated):
                assert effect.realized_e4 == self.trades[effect.position.trade_id].realized_e4

    @rule(symbol=symbols, side=sides, quantity=shares, price_e4=prices, extra=st.integers(0, 3))
    def fill(self, symbol: str, side: Side, quantity: int, price_e4: int, extra: int) -> None:
        """At a price, or at an average that is no whole 1/10,000 dollar."""
        self._book(symbol, side, quantity, quantity * price_e4 + min(extra, quantity - 1))

    @precondition(lambda self: any(self.filled.values()))
    @rule(symbol=symbols, price_e4=prices)
    def close(self, symbol: str, price_e4: int) -> None:
        """All of a position."""
        quantity = self.filled[symbol]
        if quantity:
            self._book(symbol, Side.SELL if quantity > 0 else Side.BUY, abs(quantity), abs(quantity) * price_e4)

    def _book(self, symbol: str, side: Side, quantity: int, value_e4: int) -> None:
        self.number += 1
        adds = self.filled[symbol] * side.sign >= 0
        role = OrderRole.ENTRY if adds else OrderRole.EXIT
        fill = Fill(f"o{self.number}", symbol, side, quantity, value_e4, exact=True)
        out: list[Effect] = []
        opened = self.ledger.book(order_of(fill, role), fill, PLAN if adds else None, self.number, out)
        self._take(out)
        assert opened == (adds or quantity > abs(self.filled[symbol]))
        self.cash -= side.sign * value_e4
        self.filled[symbol] += side.sign * quantity
        # Where it turns the position around, the ledger parts the value at the rounded price.
        crosses = not adds and quantity > abs(self.held[symbol].quantity)
        holding = self.held[symbol]
        if crosses:
            inner = abs(holding.quantity)
            at = fill.price_e4 * inner
            self.realized += holding.fill(side.sign * inner, Fraction(at, inner))
            rest = quantity - inner
            holding.fill(side.sign * rest, Fraction(value_e4 - at, rest))
        else:
            self.realized += holding.fill(side.sign * quantity, Fraction(value_e4, quantity))

    @rule(symbol=symbols, price_e4=prices)
    def trade_at(self, symbol: str, price_e4: int) -> None:
        """A price is traded."""
        out: list[Effect] = []
        self.ledger.mark(symbol, price_e4, out)
        self._take(out)

    @rule(symbol=symbols, new=rates, old=rates)
    def split(self, symbol: str, new: int, old: int) -> None:
        """A split; parts of shares are paid out."""
        position = self.ledger.positions.get(symbol)
        if position is None:
            return
        out: list[Effect] = []
        after, lieu = self.ledger.split(Split(symbol, "2024-01-02", new, old), self.number, out)
        self._take(out)
        holding = self.held[symbol]
        owned = abs(position.quantity) * new
        rest = Fraction(owned % old, owned)
        assert abs(lieu.cost_e4 - holding.cost * rest) <= holding.roundings + 1
        assert abs(after.quantity) == owned // old
        self.realized += lieu.value_e4 - holding.cost * rest
        self.lieu += lieu.value_e4
        holding.cost *= 1 - rest
        holding.quantity = self.filled[symbol] = after.quantity
        holding.roundings = holding.roundings + (1 if rest else 0) if after.quantity else 0

    @invariant()
    def cash_and_shares_are_the_sums_of_the_fills(self) -> None:
        assert self.ledger.cash_e4 == self.cash
        held = {symbol: position.quantity for symbol, position in self.ledger.positions.items()}
        assert held == {symbol: quantity for symbol, quantity in self.filled.items() if quantity}

    @invariant()
    def what_was_made_is_what_is_there(self) -> None:
        """Realised and unrealised profit are the change of the equity, to the last 1/10,000 dollar."""
        realized = sum(trade.realized_e4 for trade in self.trades.values())
        unrealized = sum(position.unrealized_e4 for position in self.ledger.positions.values())
        assert self.ledger.equity_e4 is not None
        assert realized + unrealized == self.ledger.equity_e4 + self.lieu - FIRST_CASH_E4
        assert realized == self.ledger.realized_e4

    @invariant()
    def the_average_cost_is_the_oracles(self) -> None:
        """Each part that was sold is rounded by less than 1/10,000 dollar; what is rounded away is not lost."""
        for symbol, position in self.ledger.positions.items():
            holding = self.held[symbol]
            assert abs(position.cost_e4 - holding.cost) <= holding.roundings
        open_roundings = sum(holding.roundings for holding in self.held.values())
        assert abs(self.ledger.realized_e4 - self.realized) <= open_roundings

    @invariant()
    def trades_are_whole(self) -> None:
        for symbol, position in self.ledger.positions.items():
            trade = self.ledger.trades[position.trade_id]
            assert not trade.closed
            assert (trade.symbol, trade.side) == (symbol, 1 if position.quantity > 0 else -1)
            assert trade.entry_quantity - trade.exit_quantity == abs(position.quantity)
        assert len(self.ledger.trades) == len(self.ledger.positions)
        for trade in self.trades.values():
            if trade.closed:
                assert trade.entry_quantity == trade.exit_quantity
                assert trade.realized_e4 == trade.side * (trade.exit_value_e4 - trade.entry_value_e4)


def order_of(fill: Fill, role: OrderRole) -> Order:
    """The order that a fill completes."""
    kind, force = OrderType.MARKET, TimeInForce.GTC
    whole = Order(fill.order_id, fill.symbol, fill.side, kind, force, role, fill.quantity, OrderState.FILLED, 1, 1)
    return replace(whole, filled_quantity=fill.quantity, filled_value_e4=fill.value_e4)


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=1_500, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
