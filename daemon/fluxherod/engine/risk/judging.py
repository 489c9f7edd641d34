"""What would become of an operator's order: judged alike whether it is placed or only looked at. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fluxherod.core.money import dollars
from fluxherod.core.orders import OrderRole
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.assess import MAX_QUANTITY, EntryRequest, assess, reduction, refused
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import OrderType
from fluxherod.core.words import some_of
from fluxherod.engine.commands import PlaceOrderCommand
from fluxherod.engine.effects import ReplyCode
from fluxherod.engine.strategist import Strategist


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to an order, and what it would be for.

    Args:
        code: OK when it may go out, else why not.
        decision: risk's; a veto is a failed check of it. None for what is no order at all.
        request: what risk was asked; None for an order that reduces a position.
        part: how many shares of the position such an order closes; 0 is all of them.
    """

    code: ReplyCode
    text: str
    role: OrderRole = OrderRole.ENTRY
    decision: RiskDecision | None = None
    request: EntryRequest | None = None
    part: int = 0


class Judge:
    """Judges by the books of a strategist. `blocked` tells what blocks new risk."""

    def __init__(self, strategist: Strategist, blocked: Callable[[int], str]) -> None:
        self._strategist = strategist
        self._blocked = blocked

    def judge(self, order: PlaceOrderCommand, now_ns: int) -> Judgement:
        """What becomes of an order that is placed now."""
        if not 0 < order.quantity <= MAX_QUANTITY:
            return Judgement(ReplyCode.INVALID_ORDER, f"quantity {order.quantity}: allowed is 1 to {MAX_QUANTITY}")
        position = self._strategist.ledger.positions.get(order.symbol)
        if position is not None and (order.side.sign > 0) != (position.quantity > 0):
            return _reduction(order, position)
        books = self._strategist.market.books
        if order.symbol not in books:
            return Judgement(ReplyCode.SYMBOL_UNKNOWN, f"{order.symbol} is not followed; followed: {some_of(books)}")
        if wrong := _malformed(order):
            return Judgement(ReplyCode.INVALID_ORDER, wrong)
        if veto := self._veto(order, now_ns):
            return Judgement(ReplyCode.RISK_REJECTED, veto[1], decision=refused(*veto))
        return self._entry(order, now_ns)

    def _veto(self, order: PlaceOrderCommand, now_ns: int) -> tuple[str, str] | None:
        """What ends an entry before risk is asked: its code and its words."""
        strategist, symbol = self._strategist, order.symbol
        if symbol in strategist.ledger.positions or strategist.desk.live_entry(symbol):
            return "in_position", f"a position in {symbol} or its entry is open: one position a symbol"
        if veto := strategist.symbol_veto(symbol, order.side):
            return veto
        book, settings = strategist.market.books[symbol], strategist.settings
        oldest_ns = now_ns - settings.price_max_age_ns - settings.latency_ns
        fresh = book.price_ns >= oldest_ns and book.price_e4 > 0
        if order.limit_price_e4 is None and not fresh:
            return "price_valid", f"no fresh price of {symbol}: give a limit price or wait for the market"
        if fresh and _stopped_at_once(order, book.price_e4):
            stop, price = dollars(order.stop_price_e4 or 0), dollars(book.price_e4)
            text = f"at this limit it fills at the market, {price}, and the stop {stop} is on the wrong side of that"
            return "stop_loss", text
        return None

    def _entry(self, order: PlaceOrderCommand, now_ns: int) -> Judgement:
        """Judged by its limit price, or by the market's."""
        strategist, limits = self._strategist, self._strategist.settings.limits
        price_e4 = order.limit_price_e4
        if price_e4 is None:
            price_e4 = strategist.market.books[order.symbol].price_e4
        request = EntryRequest(
            symbol=order.symbol,
            side=order.side,
            price_e4=price_e4,
            stop_e4=order.stop_price_e4,
            risk_bp=limits.trend_risk_bp,
            distance_e4=abs(price_e4 - (order.stop_price_e4 or price_e4)),
            multipliers=strategist.safety.multipliers,
            wanted=order.quantity,
            correlations=strategist.correlations(order.symbol, now_ns),
        )
        decision = assess(request, strategist.account_state(self._blocked(now_ns)), limits)
        code, text = ReplyCode.OK, ""
        if decision.verdict is RiskVerdict.REJECTED:
            code, text = strategist.safety.refusal, decision.reason
        elif decision.quantity < order.quantity and not order.accept_adjusted:
            code = ReplyCode.RISK_ADJUSTED
            text = f"risk allows {decision.quantity} of {order.quantity} shares: {decision.reason}"
        return Judgement(code, text, decision=decision, request=request)


def _stopped_at_once(order: PlaceOrderCommand, price_e4: int) -> bool:
    """Is its limit so far beyond the market that it fills there, where its stop would be hit already?"""
    limit_e4, stop_e4, sign = order.limit_price_e4, order.stop_price_e4, order.side.sign
    if limit_e4 is None or stop_e4 is None:
        return False
    return sign * limit_e4 >= sign * price_e4 and sign * stop_e4 >= sign * price_e4


def _malformed(order: PlaceOrderCommand) -> str:
    """What is wrong with the form of an order that opens a position."""
    if order.order_type is OrderType.STOP:
        return "open with a market or a limit order and a protective stop"
    if (order.order_type is OrderType.LIMIT) != (order.limit_price_e4 is not None):
        return "a limit order needs a limit price, a market order takes none"
    return ""


def _reduction(order: PlaceOrderCommand, position: Position) -> Judgement:
    """An order against a position closes shares of it: on what is held alone, whatever blocks new risk."""
    held = abs(position.quantity)
    leaving = position.exit_quantity + order.quantity  # a part that is being closed already counts
    wrong = ""
    if order.order_type is not OrderType.MARKET:
        wrong = "an order that reduces a position goes out at the market: leave the prices out"
    elif position.exit_reason and not position.exit_quantity:
        wrong = f"the whole position in {order.symbol} is being closed already"
    elif leaving > held:
        wrong = f"{leaving} shares would turn the position of {held} around: close it first"
    if wrong:
        return Judgement(ReplyCode.INVALID_ORDER, wrong, OrderRole.EXIT)
    part = 0 if leaving == held else leaving
    return Judgement(ReplyCode.OK, "", OrderRole.EXIT, reduction(order.quantity, leaving, held), part=part)
