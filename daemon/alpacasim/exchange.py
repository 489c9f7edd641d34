"""The exchange as its clients and its tape use it: orders in, prices in, sessions. Pure: no clock, no I/O.

Requests are answered with a value or a `Refusal`. `accept` and `replace` book an order in, `activate` lets it work: a
server answers its client with the order as it stood between the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from alpacasim import hours, payouts, pending, refusals, replacing, rules
from alpacasim.book import Book, Listener
from alpacasim.calendar import Session
from alpacasim.matching import Market, ScriptedFill, quote_around
from alpacasim.money import E9, divide_half_up
from alpacasim.orders import Order, OrderType, Side, Status
from alpacasim.refusals import Refusal
from alpacasim.requests import OrderRequest, ReplaceRequest


class Exchange(Book):
    """One account trading some symbols; `spread_bp` is the width of the quotes that the tape's prices get."""

    def __init__(
        self, symbols: Iterable[str], cash_e4: int, *, seed: str, listener: Listener, spread_bp: float = 2.0
    ) -> None:
        super().__init__(symbols, cash_e4, seed=seed, listener=listener)
        self._spread_bp = spread_bp
        self._close_equity_e4 = cash_e4

    # Orders

    def accept(self, request: OrderRequest, now_ns: int) -> Order | Refusal:
        """Check an order and book it in as `pending_new` (`accepted` outside of the session)."""
        self.now_ns = now_ns
        if request.client_order_id is not None and request.client_order_id in self.order_of_client:
            return refusals.invalid("client_order_id must be unique")
        fault = rules.account_fault(self, request) or rules.asset_fault(self, request.symbol)
        if fault:
            return fault
        quantity = self._quantity_e9(request)
        if isinstance(quantity, Refusal):
            return quantity
        fault = (
            rules.intent_fault(self, request)
            or rules.quantity_fault(self, request, quantity)
            or rules.wash_trade_fault(self, request)
            or rules.buying_power_fault(self, request, quantity)
        )
        return fault or self._book_in(request, quantity)

    def activate(self, order: Order, now_ns: int) -> None:
        """Let an accepted order work, and execute it if the market allows."""
        self.now_ns = now_ns
        if order.status not in (Status.PENDING_NEW, Status.ACCEPTED):
            return
        if order.status is Status.PENDING_NEW and self.markets[order.symbol].answers_held:
            return
        if rules.is_late_for_auction(order.time_in_force, now_ns):
            self.end_group(order, Status.REJECTED)
            return
        if order.status is Status.ACCEPTED:
            return
        self.begin(order)
        self.match(order.symbol, on_trade=True)

    def submit(self, request: OrderRequest, now_ns: int) -> Order | Refusal:
        """Accept and activate."""
        order = self.accept(request, now_ns)
        if isinstance(order, Order):
            self.activate(order, now_ns)
        return order

    def replace(self, order_id: str, change: ReplaceRequest, now_ns: int) -> Order | Refusal:
        """Put a changed order in the place of an open one; `activate` lets the new one work."""
        self.now_ns = now_ns
        order = self.orders.get(order_id)
        if order is None:
            return refusals.order_not_found(order_id)
        return replacing.replace(self, order, change)

    def cancel(self, order_id: str, now_ns: int) -> Refusal | None:
        """Cancel an order and its group; None when it is canceled (again)."""
        self.now_ns = now_ns
        order = self.orders.get(order_id)
        if order is None:
            return refusals.order_not_found(order_id)
        return pending.cancel(self, order)

    def cancel_all(self, now_ns: int, symbol: str | None = None) -> list[tuple[Order, Refusal | None]]:
        """Cancel every open order (of a symbol); each that was open, with the refusal if it could not be."""
        self.now_ns = now_ns
        return [(order, pending.cancel(self, order)) for order in self.open_orders(symbol)]

    def hold_answers(self, symbol: str, held: bool, now_ns: int) -> None:
        """Let what is asked in a symbol stay pending; the end of that carries it out in its order."""
        self.now_ns = now_ns
        self.markets[symbol].answers_held = held
        if not held:
            for order in pending.carry_out(self, symbol):
                self.activate(order, now_ns)

    def closing_request(self, symbol: str, quantity_e9: int | None = None) -> OrderRequest | Refusal:
        """The market order that closes a position, or a part of it."""
        existing = self.account.quantity_e9(symbol)
        if existing == 0:
            return refusals.not_found("position does not exist")
        quantity = abs(existing) if quantity_e9 is None else quantity_e9
        side: Side = "sell" if existing > 0 else "buy"
        return OrderRequest(symbol, side, "market", "day", quantity_e9=quantity)

    def _quantity_e9(self, request: OrderRequest) -> int | Refusal:
        if request.quantity_e9 is not None:
            whole = request.quantity_e9 % E9 == 0
            if not whole and not self.markets[request.symbol].fractionable:
                return refusals.unprocessable(f'asset "{request.symbol}" is not fractionable')
            return request.quantity_e9
        price = request.limit_e4 or rules.reference_e4(self.markets[request.symbol], request.side)
        if price == 0:
            return refusals.unprocessable(f'no price is known for asset "{request.symbol}"')
        return max(1, (request.notional_e4 or 0) * E9 // price)

    def _book_in(self, request: OrderRequest, quantity_e9: int) -> Order:
        head = self._new_order(request, quantity_e9, request.side, request.type, request.client_order_id)
        head.limit_e4 = request.limit_e4
        head.stop_e4 = request.stop_e4
        if request.order_class == "oco":
            head.role = "take_profit"
            head.limit_e4 = request.take_profit_e4 or request.limit_e4
        self.record(head)
        self._add_legs(head, request)
        if self.session is None and not (request.extended_hours and hours.is_extended(self.now_ns)):
            head.move(Status.ACCEPTED, self.now_ns)
            self.tell("accepted", head)
        else:
            self.tell("pending_new", head)
        return head

    def _new_order(
        self, request: OrderRequest, quantity_e9: int, side: Side, kind: OrderType, client_id: str | None
    ) -> Order:
        now = self.now_ns
        sequence = len(self.orders) + 1
        return Order(
            id=self.identifier("order"),
            client_order_id=client_id or self.identifier("client"),
            sequence=sequence,
            symbol=request.symbol,
            side=side,
            type=kind,
            time_in_force=request.time_in_force,
            order_class=request.order_class,
            created_ns=now,
            quantity_e9=quantity_e9,
            notional_e4=request.notional_e4,
            trail_e4=request.trail_e4,
            trail_percent_e4=request.trail_percent_e4,
            extended_hours=request.extended_hours,
            position_intent=request.position_intent or rules.intent_of(self, request.symbol, side),
            updated_ns=now,
            submitted_ns=now,
            expires_ns=hours.expiry_ns(request.time_in_force, now),
        )

    def _add_legs(self, head: Order, request: OrderRequest) -> None:
        if request.order_class == "simple":
            return
        is_exit_group = request.order_class == "oco"
        side: Side = request.side if is_exit_group else ("sell" if request.side == "buy" else "buy")
        if request.take_profit_e4 is not None and not is_exit_group:
            leg = self._add_leg(head, request, side, "limit")
            leg.role = "take_profit"
            leg.limit_e4 = request.take_profit_e4
        if request.stop_loss_e4 is not None:
            limited = request.stop_loss_limit_e4 is not None
            leg = self._add_leg(head, request, side, "stop_limit" if limited else "stop")
            leg.role = "stop_loss"
            leg.stop_e4, leg.limit_e4 = request.stop_loss_e4, request.stop_loss_limit_e4

    def _add_leg(self, head: Order, request: OrderRequest, side: Side, kind: OrderType) -> Order:
        leg = self._new_order(request, head.quantity_e9, side, kind, None)
        leg.position_intent = "buy_to_close" if side == "buy" else "sell_to_close"
        leg.status = Status.HELD
        leg.parent = head
        head.legs.append(leg)
        self.record(leg)
        return leg

    # Prices

    def trade(self, symbol: str, price_e4: int, now_ns: int, *, size: int = 100, continuous: bool = False) -> Market:
        """A print. It moves the quote with it unless one is held, hits stops, and executes what it reaches.

        `continuous`: the price moved here through every price in between; else it is a gap.
        """
        self.now_ns = now_ns
        market = self.markets[symbol]
        if self.bar_fills is not None:
            continuous = self.bar_fills.same_bar(market, now_ns)
        came_from = market.last_e4 if continuous and market.opened else None
        market.last_e4, market.last_size, market.last_ns = price_e4, size, now_ns
        market.trade_id = market.number(now_ns)
        market.halts.heard(now_ns)
        market.opened = self.session is not None and not market.halted
        if not market.quote_held:
            market.bid_e4, market.ask_e4 = quote_around(price_e4, self._spread_bp)
            market.bid_size = market.ask_size = size
            market.quote_ns = now_ns
            market.quote_holds.heard(now_ns)
        if self._live[symbol]:
            self.match(symbol, came_from, on_trade=True, printed=True)
        return market

    def quote(
        self, symbol: str, bid_e4: int, ask_e4: int, now_ns: int, *, bid_size: int = 100, ask_size: int = 100
    ) -> Market:
        """A quote; a side at 0 is not quoted. It executes what it reaches, but hits no stop."""
        self.now_ns = now_ns
        market = self.markets[symbol]
        market.bid_e4, market.ask_e4, market.quote_ns = bid_e4, ask_e4, now_ns
        market.bid_size, market.ask_size = bid_size, ask_size
        market.opened = self.session is not None and not market.halted
        if self._live[symbol]:
            self.match(symbol)
        return market

    def halt(self, symbol: str, halted: bool, now_ns: int) -> None:
        """Stop or resume trading in a symbol; after that orders wait for its first price, as at an open."""
        self.now_ns = now_ns
        market = self.markets[symbol]
        market.halted = halted
        market.opened = False
        if halted:
            market.halts.begin(now_ns, market.last_ns)
        else:
            market.halts.end(now_ns)

    def hold_quote(self, symbol: str, held: bool, now_ns: int) -> None:
        """Let the tape no longer move the quote of a symbol, or again."""
        market = self.markets[symbol]
        market.quote_held = held
        if held:
            market.quote_holds.begin(now_ns, market.last_ns)
        else:
            market.quote_holds.end(now_ns)

    def script(self, symbol: str, fills: Iterable[ScriptedFill], now_ns: int) -> None:
        """Fix the prices (and parts) of the next executions; where fills are held, they happen at once."""
        self.now_ns = now_ns
        market = self.markets[symbol]
        market.scripts.extend(fills)
        if market.fills_held:
            self.match(symbol)

    def know_price(self, symbol: str, close_e4: int) -> None:
        """The last close before the exchange's first session."""
        market = self.markets[symbol]
        market.last_e4 = market.previous_close_e4 = market.last_day_e4 = close_e4

    # Sessions

    def begin_day(self) -> None:
        """A new trading day: yesterday's close becomes what profit and change are measured from."""
        self.account.last_equity_e4 = self._close_equity_e4
        for market in self.markets.values():
            market.last_day_e4 = market.previous_close_e4 or market.last_e4
        for position in self.account.positions.values():
            position.begin_day()

    def open_session(self, session: Session, now_ns: int) -> None:
        """The opening: parked orders begin to work, and execute with their symbol's first price."""
        self.now_ns = now_ns
        self.session = session
        for order in self.open_orders():
            if order.status is Status.ACCEPTED:
                self.begin(order)

    def begin_extended_hours(self, now_ns: int) -> None:
        """In the early morning: parked orders for extended hours begin to work, and execute with the first price."""
        self.now_ns = max(self.now_ns, now_ns)
        for order in self.open_orders():
            if order.status is Status.ACCEPTED and order.extended_hours:
                self.begin(order)

    def end_extended_hours(self, now_ns: int) -> None:
        """The end of the trading day: day orders for extended hours expire."""
        self.now_ns = max(self.now_ns, now_ns)
        for order in self.open_orders():
            if order.open and order.extended_hours and order.time_in_force == "day":
                self.end_group(order, Status.EXPIRED)

    def close_session(self, now_ns: int) -> None:
        """The close: on-close orders execute, day orders (not those for extended hours) and aged ones expire."""
        self.now_ns = now_ns
        for order in self.open_orders():
            if order.open and order.time_in_force == "cls" and order.status is Status.NEW:
                self._close_auction(order)
        for order in self.open_orders():
            aged = order.expires_ns is not None and order.expires_ns <= now_ns
            works_on = order.time_in_force == "gtc" or (order.extended_hours and order.time_in_force == "day")
            if order.open and (aged or not works_on):
                self.end_group(order, Status.EXPIRED)
        self.session = None
        self._close_equity_e4 = self.equity_e4()
        for market in self.markets.values():
            market.opened = False
            market.previous_close_e4 = market.last_e4

    def _close_auction(self, order: Order) -> None:
        price = self.markets[order.symbol].last_e4
        reached = order.limit_e4 is None or (order.limit_e4 - price) * order.sign >= 0
        if price and reached:
            self.execute(order, order.remaining_e9, price)

    # Corporate actions

    def split(self, symbol: str, ratio: Fraction, now_ns: int) -> None:
        """A split takes effect: each share becomes `ratio` shares."""
        self.now_ns = now_ns
        payouts.split(self, symbol, ratio)

    def pay_dividend(self, symbol: str, rate_e4: int, now_ns: int) -> None:
        """A dividend is paid for each share, from a short position to whom it was borrowed from."""
        self.now_ns = now_ns
        payouts.pay_dividend(self, symbol, rate_e4)

    # Parts of a position

    def part_of_position_e9(self, symbol: str, percentage_e4: int) -> int:
        """A percentage (in 1/10,000 percent) of a position, in whole 1/1,000,000,000 shares."""
        return divide_half_up(abs(self.account.quantity_e9(symbol)) * percentage_e4, 1_000_000)
