"""What filled between two bars of a symbol: live, and by the backtest's driver from what was there before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fluxherod.backtest.model import ExitReason
from fluxherod.backtest.parity.causes import Cause, Window, of_leaving, of_short_fill
from fluxherod.backtest.parity.driving import Entered, Left, leaving, waiting
from fluxherod.backtest.parity.findings import Finding, Kind, price
from fluxherod.backtest.parity.recorded import Filled, Slot, Step
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.orders import Order, OrderRole

LATE_NS = MINUTE_NS
"""So long after its end a bar that is not known yet is late."""


class Fills:
    """The fills of a symbol in the time before one of its bars ended, by what they were for."""

    def __init__(self, filled: Sequence[Filled]) -> None:
        self.entries = [one for one in filled if one.order.role is OrderRole.ENTRY and not one.order.manual]
        self.manual = [one for one in filled if one.order.role is OrderRole.ENTRY and one.order.manual]
        self.closing = [one for one in filled if one.order.role is not OrderRole.ENTRY]


def fill_findings(
    step: Step, before: Slot, entered: Entered | None, left: Left | None, window: Window
) -> Iterator[Finding]:
    """Every fill of both sides, and every one that is on one side alone."""
    fills = Fills(step.filled)
    if entered is not None or fills.entries:
        yield from _of_entry(step, before, entered, fills.entries, window)
    for one in fills.manual:
        yield _found(step, "fill", Cause(Kind.MANUAL_ORDER, one.order.reason or one.order.id), _told([one]), "")
    if left is not None or fills.closing:
        yield from _of_closing(step, before, left, fills, window)


# --- entries -------------------------------------------------------------------------------------------------------
def _of_entry(
    step: Step, before: Slot, entered: Entered | None, fills: list[Filled], window: Window
) -> Iterator[Finding]:
    wanted, shares = abs(waiting(before)), _shares(fills)
    told = "" if entered is None or not entered.quantity else f"{entered.quantity} @ {price(entered.price_e4)}"
    if not wanted:
        yield _found(step, "fill", _of_late(before, fills, window), _told(fills), told)
        return
    if entered is not None and not entered.quantity:
        ended = entered.outcome.name.lower()
        if shares:
            text = f"the backtest's order ended: {ended}"
            yield _found(step, "fill", Cause(Kind.FILL_TIME, text), _told(fills), ended)
        else:
            order, _ = _newest(step, before.entry)
            works = order is not None and not order.state.ended
            cause = (
                Cause(Kind.UNFILLED, "it works on; the backtest's is good for one bar")
                if works
                else Cause(Kind.SAME, "")
            )
            yield _found(step, "fill", cause, "no fill", ended)
        return
    assert entered is not None, "an entry that waits fills on the next bar, or ends"
    if shares < wanted:
        order, word = _newest(step, before.entry)
        yield _found(step, "fill", of_short_fill(order, word, window), _told(fills) or "no fill", told)
        return
    sign = fills[0].order.side.sign
    chased = next((one.order for one in fills if one.order.chain_id not in (None, one.order.id)), None)
    if chased is not None:
        yield _found(
            step, "fill", Cause(Kind.CHASED, chased.id), _told(fills), told, _worse_bp(sign, fills, entered.price_e4)
        )
    else:
        yield _priced(step, "fill", sign, fills, entered.price_e4, told)


def _of_late(before: Slot, fills: list[Filled], window: Window) -> Cause:
    """Shares of an entry that did not wait as a whole when the bar began."""
    order = fills[-1].order
    if order.signal_id is None:
        return Cause(Kind.UNEXPLAINED, f"{order.id} comes from no signal")
    if order.chain_id not in (None, order.id):
        return Cause(Kind.CHASED, order.id)
    if before.entry is not None and before.entry.id == order.id:
        return Cause(Kind.PARTIAL_FILL, f"{order.id}: more of it")
    adopted = window.of("ORDER_TAKEN_IN", "restart", "link")
    return Cause(Kind.NO_ANSWER, f"{order.id} was not known to work" + (f": {adopted.text}" if adopted else ""))


def _newest(step: Step, entry: Order | None) -> tuple[Order | None, str]:
    """An order of before the bar, or the last one of its chain, as it stood at the bar's end."""
    if entry is None:
        return None, ""
    chain = [
        (order, word) for order, word in step.orders if order.entry_id == entry.entry_id and order.role is entry.role
    ]
    return chain[-1] if chain else (entry, "")


# --- positions ---------------------------------------------------------------------------------------------------
def _of_closing(step: Step, before: Slot, left: Left | None, fills: Fills, window: Window) -> Iterator[Finding]:
    closing, open_still = fills.closing, step.before is not None and step.before.position is not None
    told = "" if left is None else f"{left.reason.name.lower()} {left.quantity} @ {price(left.price_e4)}"
    if left is None:
        yield _found(step, "close", _of_own_close(step, before, closing, window), _told(closing), "")
        return
    if not closing or (open_still and _shares(closing) < left.quantity):
        cause = _of_unclosed(step, before, left, closing, window)
        yield _found(step, "close", cause, _told(closing) or "still open", told)
        return
    if _shares(closing) != left.quantity:
        yield _found(step, "close", Cause(Kind.FOLLOWS, "other shares were held by then"), _told(closing), told)
        return
    sign, stopped = closing[-1].order.side.sign, _is_stop(closing[-1].order)
    if stopped is (left.reason is ExitReason.STOP):
        yield _priced(step, "close", sign, closing, left.price_e4, told)
        return
    cause = Cause(Kind.STOP_PATH, "the stop was hit before the exit could fill")
    if not stopped:
        cause = Cause(Kind.STOP_PATH, "it was closed before the bar touched the stop")
    yield _found(step, "close", cause, _told(closing), told, _worse_bp(sign, closing, left.price_e4))


def _of_own_close(step: Step, before: Slot, closing: list[Filled], window: Window) -> Cause:
    """Live alone it was closed, or a part of it."""
    order = closing[-1].order
    if order.role is OrderRole.STOP:
        return _of_own_stop(step, before, closing[-1])
    if before.leaving is not None and before.leaving.id == order.id:
        return Cause(Kind.PARTIAL_FILL, f"{order.id}: more of an exit of before: {order.reason}")
    cause = of_leaving(order.reason, order, window)
    position = before.position
    if cause.kind is Kind.UNEXPLAINED and position is not None and position.exit_reason:
        return Cause(Kind.UNFILLED, f"{order.id}: an exit that was decided before: {order.reason}")
    return cause


def _of_own_stop(step: Step, before: Slot, filled: Filled) -> Cause:
    order = filled.order
    if order.parent_id is None and order.signal_id is None and before.position is None and before.entry is None:
        return Cause(Kind.MANUAL_ORDER, f"the stop of a person's position: {order.id}")
    hit = f"{order.id} was hit at {price(order.stop_price_e4 or 0)}"
    if filled.now_ns > step.end_ns + LATE_NS:
        return Cause(Kind.DATA_LATE, f"{hit} {(filled.now_ns - step.end_ns) // SECOND_NS} s after a bar not known yet")
    return Cause(Kind.STOP_PATH, f"{hit}; the bars don't show it")


def _of_unclosed(step: Step, before: Slot, left: Left, closing: list[Filled], window: Window) -> Cause:
    """The backtest alone closed it, or closed more of it."""
    if closing:
        return Cause(Kind.PARTIAL_FILL, f"{_shares(closing)} of {left.quantity} are closed")
    if left.reason is ExitReason.STOP:
        if before.position is None:
            return Cause(Kind.STOP_PATH, "the bar touched the stop; live it filled later in the bar, or not at all")
        return Cause(Kind.STOP_PATH, "the bar touched the stop, and the broker did not fill it")
    now = before if step.before is None else step.before
    if now.stop is not None and now.leaving is None:
        return Cause(Kind.UNFILLED, f"the exit waits for the end of the stop {now.stop.id}, which is {now.stop.state}")
    orders = [(order, word) for order, word in step.orders if order.role is OrderRole.EXIT]
    order, word = orders[-1] if orders else (before.leaving, "")
    return of_short_fill(order, word, window)


def _is_stop(order: Order) -> bool:
    return order.role is OrderRole.STOP or "(watched by the daemon)" in order.reason


def of_late_fill(one: Filled, slot: Slot, window: Window) -> Cause:
    """Why something filled after the last bar of its symbol. `slot` is what that bar left."""
    order = one.order
    if order.manual:
        return Cause(Kind.MANUAL_ORDER, order.reason or order.id)
    if order.role is OrderRole.EXIT and not (slot.position is not None and leaving(slot.position)):
        return of_leaving(order.reason, order, window)
    if order.role is OrderRole.ENTRY and order.signal_id is None:
        return Cause(Kind.UNEXPLAINED, f"{order.id} comes from no signal")
    return Cause(Kind.END_OF_DAY, f"{order.id}: after the last bar; in the backtest it waits for the next day")


# --- words ---------------------------------------------------------------------------------------------------------
def _priced(step: Step, what: str, sign: int, fills: list[Filled], price_e4: int, told: str) -> Finding:
    """Both sides filled all of it: at the same price, or not."""
    same = _value_e4(fills) == _shares(fills) * price_e4
    cause = Cause(Kind.SAME if same else Kind.FILL_PRICE, "")
    return _found(step, what, cause, _told(fills), told, _worse_bp(sign, fills, price_e4))


def _worse_bp(sign: int, fills: list[Filled], price_e4: int) -> float:
    """How much worse than a price the fills were, in basis points; negative when they were better."""
    average_e4 = _value_e4(fills) / _shares(fills)
    return sign * (average_e4 - price_e4) / price_e4 * 10_000


def _shares(fills: list[Filled]) -> int:
    return sum(one.quantity for one in fills)


def _value_e4(fills: list[Filled]) -> int:
    return sum(one.value_e4 for one in fills)


def _told(fills: list[Filled]) -> str:
    if not fills:
        return ""
    shares = _shares(fills)
    parts = f" in {len(fills)} parts" if len(fills) > 1 else ""
    return f"{fills[-1].order.side} {shares} @ {price(round(_value_e4(fills) / shares))}{parts}"


def _found(step: Step, what: str, cause: Cause, live: str, backtest: str, bp: float | None = None) -> Finding:
    return Finding(step.seq, step.end_ns, step.symbol, what, cause.kind, live, backtest, cause.text, cause.rule, bp)
