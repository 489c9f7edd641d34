"""Our own books: cash, positions and trades, and what they are worth now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fluxherod.core.calendar import new_york_day
from fluxherod.core.orders import Fill, Order, OrderRole
from fluxherod.core.portfolio import (
    Position,
    Trade,
    add_shares,
    cash_change_e4,
    open_trade,
    remove_shares,
)
from fluxherod.core.signals import Signal
from fluxherod.core.sizing import buying_power_e4
from fluxherod.core.splits import CashInLieu, Split, adjusted_position, adjusted_trade
from fluxherod.core.types import BrokerAccount, Mode, Regime, Side
from fluxherod.engine.effects import AccountUpdated, AccountView, Effect, PositionUpdated, TradeUpdated


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What a position will be when its entry fills.

    `wanted` is what a limit entry shall fill in all, the orders before it in its chain included; `signal` is the
    decision that it came from, whose words are the reason when none is given, `multipliers` those of its size.
    """

    mode: Mode
    regime: Regime
    stop_e4: int
    target_e4: int | None
    best_e4: int
    atr: float
    price_e4: int
    signal_id: str | None
    reason: str
    stop_factor: float = 1.0
    wanted: int = 0
    signal: Signal | None = None
    multipliers: tuple[tuple[str, int], ...] = ()

    @property
    def why(self) -> str:
        """Why the position is opened, in one line."""
        return self.reason or (self.signal.text.replace("\n", " | ") if self.signal is not None else "")


class Ledger:
    """Cash, positions and open trades. Only `book` changes them by a fill, only `mark` by a price."""

    def __init__(self) -> None:
        self.cash_e4: int | None = None
        self.positions: dict[str, Position] = {}
        self.trades: dict[str, Trade] = {}
        self.foreign: dict[str, tuple[int, int]] = {}  # symbol: signed quantity, last price (at first the average)
        self.account: BrokerAccount | None = None
        self.account_ns = 0
        self.peak_e4 = 0  # the highest equity so far, adjusted by cash flows: `Safety` keeps it
        self.adopted_e4 = 0  # cash that came or went by no trade of ours, until `Safety` has taken it
        self._deepest = (0, 1)  # the largest drawdown so far: dollars below the peak, and the peak
        self.realized_e4 = 0
        self._realized_day = ""

    def book(self, order: Order, fill: Fill, plan: EntryPlan | None, now_ns: int, out: list[Effect]) -> bool:
        """Book a fill: cash, position and trade. True when it opened or enlarged a position."""
        self.cash_e4 = (self.cash_e4 or 0) + cash_change_e4(fill)
        if order.role is OrderRole.FOREIGN_STOP:
            self._book_foreign(fill)
            return False
        position = self.positions.get(fill.symbol)
        if position is None:
            self._open(order, fill, plan, now_ns, out)
        elif (position.quantity > 0) == (fill.side.sign > 0):
            self._add(position, fill, out)
        elif fill.quantity > abs(position.quantity):
            self._cross(order, position, fill, now_ns, out)
        else:
            self._reduce(order, position, fill, now_ns, out)
            return False
        return True

    def _book_foreign(self, fill: Fill) -> None:
        """A stop of ours closed shares that are not ours; more than there were are told by the next snapshot."""
        held, price_e4 = self.foreign.get(fill.symbol, (0, 0))
        left = held + fill.side.sign * fill.quantity
        if left * held > 0:
            self.foreign[fill.symbol] = (left, price_e4)
        else:
            self.foreign.pop(fill.symbol, None)

    def _cross(self, order: Order, position: Position, fill: Fill, now_ns: int, out: list[Effect]) -> None:
        """More was sold than we held (an order placed by hand, say): close ours, keep the rest as what it is."""
        price_e4 = fill.price_e4
        held = replace(fill, quantity=abs(position.quantity), value_e4=price_e4 * abs(position.quantity))
        rest = replace(fill, quantity=fill.quantity - held.quantity, value_e4=fill.value_e4 - held.value_e4)
        self._reduce(order, position, held, now_ns, out)
        self._open(order, rest, None, now_ns, out)

    def _open(self, order: Order, fill: Fill, plan: EntryPlan | None, now_ns: int, out: list[Effect]) -> None:
        signed = fill.side.sign
        # An order whose late shares open a position again must not overwrite the trade it opened first.
        earlier = order.filled_quantity - fill.quantity
        position = Position(
            symbol=fill.symbol,
            quantity=signed * fill.quantity,
            cost_e4=signed * fill.value_e4,
            opened_ns=now_ns,
            mode=plan.mode if plan else Mode.MANUAL,
            regime=plan.regime if plan else Regime.NEUTRAL,
            trade_id=f"{order.id}+{earlier}" if earlier > 0 else order.id,
            signal_id=plan.signal_id if plan else None,
            stop_e4=plan.stop_e4 if plan else None,
            target_e4=plan.target_e4 if plan else None,
            best_e4=plan.best_e4 if plan else fill.price_e4,
            atr=plan.atr if plan else 0.0,
            stop_factor=plan.stop_factor if plan else 1.0,
            price_e4=fill.price_e4,
        )
        self._begin(position, plan.why if plan else "opened without a plan of ours", out)

    def _begin(self, position: Position, reason: str, out: list[Effect]) -> None:
        trade = open_trade(position, reason)
        self.positions[position.symbol] = position
        self.trades[trade.id] = trade
        out += (PositionUpdated(position, realized_e4=trade.realized_e4), TradeUpdated(trade))

    def _add(self, position: Position, fill: Fill, out: list[Effect]) -> None:
        position = add_shares(position, fill)
        trade = self.trades[position.trade_id]
        trade = replace(
            trade,
            entry_quantity=trade.entry_quantity + fill.quantity,
            entry_value_e4=trade.entry_value_e4 + fill.value_e4,
        )
        self.positions[fill.symbol] = position
        self.trades[trade.id] = trade
        out += (PositionUpdated(position, realized_e4=trade.realized_e4), TradeUpdated(trade))

    def _reduce(self, order: Order, position: Position, fill: Fill, now_ns: int, out: list[Effect]) -> None:
        position, realized_e4 = remove_shares(position, fill)
        if order.role is OrderRole.EXIT and position.exit_quantity:
            left = max(0, position.exit_quantity - fill.quantity)  # a part is to be closed, the rest stays
            reason, by = (position.exit_reason, position.exit_by) if left else ("", "")
            position = replace(position, exit_quantity=left, exit_reason=reason, exit_by=by)
        self._realize(realized_e4, now_ns)
        closed = position.quantity == 0
        trade = self.trades[position.trade_id]
        trade = replace(
            trade,
            exit_quantity=trade.exit_quantity + fill.quantity,
            exit_value_e4=trade.exit_value_e4 + fill.value_e4,
            realized_e4=trade.realized_e4 + realized_e4,
            closed_ns=now_ns if closed else None,
            exit_reason=order.reason if closed else "",
        )
        self.positions[fill.symbol], self.trades[trade.id] = position, trade
        if closed:
            del self.positions[fill.symbol], self.trades[trade.id]
        out += (PositionUpdated(position, realized_e4=trade.realized_e4), TradeUpdated(trade))

    def split(self, split: Split, now_ns: int, out: list[Effect]) -> tuple[Position, CashInLieu]:
        """Put a position and its trade in shares of after a split; one of less than a new share is closed by it."""
        position, lieu = adjusted_position(self.positions[split.symbol], split)
        trade = adjusted_trade(self.trades[position.trade_id], position, lieu, split)
        self._realize(lieu.realized_e4, now_ns)
        if position.quantity == 0:
            trade = replace(trade, closed_ns=now_ns, exit_reason=f"paid out in cash by the {split.text} split")
            del self.positions[split.symbol], self.trades[trade.id]
        else:
            self.positions[split.symbol], self.trades[trade.id] = position, trade
        out += (PositionUpdated(position, realized_e4=trade.realized_e4), TradeUpdated(trade))
        return position, lieu

    def _realize(self, amount_e4: int, now_ns: int) -> None:
        day = new_york_day(now_ns)
        if day != self._realized_day:
            self._realized_day, self.realized_e4 = day, 0
        self.realized_e4 += amount_e4

    def adopt_cash(self, theirs_e4: int) -> None:
        """Take the broker's cash for ours: the difference came or went by no trade of ours."""
        self.adopted_e4 += theirs_e4 - (self.cash_e4 or 0)
        self.cash_e4 = theirs_e4

    def adopt(self, symbol: str, shares: int, reason: str, now_ns: int, out: list[Effect]) -> None:
        """Take so many of the shares that the daemon did not open into our books, to close them; the equity stays.

        Where shares of ours are missing at the broker nothing is adopted: ours are closed by what is there.
        """
        held, price_e4 = self.foreign[symbol]
        quantity = shares if held > 0 else -shares
        ours = self.positions.get(symbol)
        if ours is not None and (ours.quantity > 0) != (quantity > 0):
            return
        if quantity == held:
            del self.foreign[symbol]
        else:
            self.foreign[symbol] = (held - quantity, price_e4)
        side = Side.BUY if quantity > 0 else Side.SELL
        if ours is not None:
            self._add(ours, Fill("", symbol, side, abs(quantity), abs(quantity) * price_e4, exact=False), out)
            return
        trade_id = f"adopted-{symbol}-{now_ns}"
        mode, regime = Mode.MANUAL, Regime.NEUTRAL
        self._begin(
            Position(
                symbol,
                quantity,
                quantity * price_e4,
                now_ns,
                mode,
                regime,
                trade_id,
                None,
                None,
                None,
                price_e4,
                0.0,
                price_e4,
            ),
            reason,
            out,
        )

    def mark(self, symbol: str, price_e4: int, out: list[Effect]) -> None:
        """Value a position at a new price."""
        if symbol in self.foreign and price_e4 > 0:
            self.foreign[symbol] = (self.foreign[symbol][0], price_e4)
        position = self.positions.get(symbol)
        if position is not None and price_e4 > 0 and position.price_e4 != price_e4:
            self.positions[symbol] = replace(position, price_e4=price_e4)
            out.append(self.told(self.positions[symbol], mark=True))

    def told(self, position: Position, *, mark: bool = False) -> PositionUpdated:
        """The effect that tells an open position of ours."""
        return PositionUpdated(position, mark, self.realized_by_e4(position))

    def realized_by_e4(self, position: Position) -> int:
        """What the closed shares of an open position of ours have brought."""
        return self.trades[position.trade_id].realized_e4

    @property
    def equity_e4(self) -> int | None:
        """Cash and positions at their last price; None until the broker's cash is known."""
        if self.cash_e4 is None:
            return None
        equity_e4 = self.cash_e4 + (self.foreign_e4 if self.foreign else 0)
        for position in self.positions.values():  # at each price of each position: a sum() takes twice as long
            equity_e4 += position.quantity * position.price_e4
        return equity_e4

    @property
    def foreign_e4(self) -> int:
        """Signed value of the positions that are not ours."""
        return sum(quantity * price_e4 for quantity, price_e4 in self.foreign.values())

    @property
    def max_drawdown(self) -> float:
        """The largest drawdown at a mark so far, as a share of the peak before it."""
        return self._deepest[0] / self._deepest[1]

    @property
    def held_e4(self) -> int:
        """Gross value of all positions, foreign ones too."""
        held_e4 = sum(abs(quantity * price_e4) for quantity, price_e4 in self.foreign.values()) if self.foreign else 0
        for position in self.positions.values():
            held_e4 += abs(position.quantity * position.price_e4)
        return held_e4

    def view(self, working_e4: int, now_ns: int) -> AccountView:
        """The account as we show it; `working_e4` is what working entries may still add to the exposure."""
        equity_e4, unrealized_e4 = self.equity_e4 or 0, 0
        for position in self.positions.values():
            unrealized_e4 += position.quantity * position.price_e4 - position.cost_e4
        account = self.account
        exposure_e4 = self.held_e4 + working_e4
        return AccountView(
            cash_e4=self.cash_e4 or 0,
            equity_e4=equity_e4,
            exposure_e4=exposure_e4,
            unrealized_e4=unrealized_e4,
            realized_today_e4=self.realized_e4 if new_york_day(now_ns) == self._realized_day else 0,
            last_equity_e4=account.last_equity_e4 if account else 0,
            buying_power_e4=self.buying_power_e4(exposure_e4, equity_e4),
            broker_cash_e4=account.cash_e4 if account else 0,
            broker_equity_e4=account.equity_e4 if account else 0,
            as_of_ns=now_ns,
            peak_e4=self.peak_e4,
        )

    def buying_power_e4(self, exposure_e4: int, equity_e4: int) -> int:
        """Overnight buying power by our own books: at most twice the equity, less the exposure."""
        multiplier = min(2, self.account.multiplier) if self.account else 1
        return buying_power_e4(multiplier, equity_e4, exposure_e4)

    def updated(self, working_e4: int, now_ns: int, record: bool = False) -> AccountUpdated:
        """The effect that tells the account; the largest drawdown of the equity is taken here, at each mark."""
        view, (deepest_e4, its_peak_e4) = self.view(working_e4, now_ns), self._deepest
        below_e4 = self.peak_e4 - view.equity_e4
        if self.cash_e4 is not None and below_e4 * its_peak_e4 > deepest_e4 * self.peak_e4:
            self._deepest = (below_e4, self.peak_e4)
        return AccountUpdated(view, record)
