"""One bar's decision: live, and by the backtest's driver with the account as it really was."""

from __future__ import annotations

import math
from collections.abc import Iterator

from fluxherod.backtest.model import Outcome
from fluxherod.backtest.parity.causes import Cause, Window, around, of_short_fill
from fluxherod.backtest.parity.driving import Decision, leaving
from fluxherod.backtest.parity.findings import Finding, Kind, price
from fluxherod.backtest.parity.recorded import Slot, Step
from fluxherod.core.explain import NOISE_RULES
from fluxherod.core.money import to_e4
from fluxherod.core.orders import OrderRole
from fluxherod.core.signals import RiskVerdict, Signal
from fluxherod.core.strategy.codes import EntryMode
from fluxherod.core.types import Mode, Side, SignalKind, Verdict
from fluxherod.engine.settings import Settings

ORDERED = (Outcome.ORDERED, Outcome.ADJUSTED)
# Where both sides end an entry for the same reason: the live word (of risk the check that failed) and the outcomes.
_SAME = {
    "in_position": (Outcome.IN_POSITION,),
    "noise": (Outcome.NOISE,),
    "shorts_off": (Outcome.SHORTS_OFF,),
    "trading_status": (Outcome.BREAKER, Outcome.DAILY_LOSS),
    "equity_known": (Outcome.NO_EQUITY,),
    "price_valid": (Outcome.NO_PRICE,),
    "stop_loss": (Outcome.NO_STOP,),
    "open_positions": (Outcome.OPEN_POSITIONS,),
    "risk": (Outcome.RISK,),
    "position_value": (Outcome.POSITION_VALUE,),
    "multipliers": (Outcome.MULTIPLIERS,),
    "exposure": (Outcome.EXPOSURE,),
    "buying_power": (Outcome.BUYING_POWER,),
}
# Vetoes of live trading that a backtest does not have.
_LIVE_ONLY = {
    "late": Kind.DATA_LATE,
    "disabled": Kind.OPERATOR,
    "not_followed": Kind.OPERATOR,
    "warming": Kind.DATA_LATE,
    "halted": Kind.HALTED,
    "lost_order": Kind.NO_ANSWER,
    "unknown_order": Kind.NO_ANSWER,
    "foreign_position": Kind.LIVE_RULE,
    "not_tradable": Kind.LIVE_RULE,
    "not_shortable": Kind.LIVE_RULE,
}
_CONNECTION_WORDS = ("connection", "account", "credentials", "written", "stopping", "not known", "database")


def decision_findings(
    step: Step, before: Slot, judged: Decision, predicted: Decision, settings: Settings
) -> Iterator[Finding]:
    """What both sides decided on a bar, where one of them did anything or something differs.

    Args:
        before: what the symbol had as the bar was decided.
        judged: the driver's decision with the account as it really was, `predicted` that with its own.
    """
    entry = entry_finding(step, judged, predicted, settings)
    if entry is not None:
        yield entry
    yield from holding_findings(step, before, judged, predicted, settings)


def entry_finding(step: Step, judged: Decision, predicted: Decision, settings: Settings) -> Finding | None:
    """What became of an entry on both sides; None when neither fired."""
    live = step.entry
    if live is None and not judged.side:
        if predicted.side:  # it can't: what fires hangs on bars alone
            return _entry(step, Cause(Kind.UNEXPLAINED, "the kernel fired on one side alone"), "", _told(predicted))
        return None
    if live is None:
        cause = Cause(Kind.UNEXPLAINED, "the backtest enters, and live nothing fired")
        if step.only_noted:
            text = "the first bar after parameters or history changed only notes what stands"
            cause = Cause(Kind.LIVE_RULE, text, "only_noted")
        return _entry(step, cause, "", _told(judged))
    said = _said(live)
    if not judged.side:
        return _entry(step, Cause(Kind.UNEXPLAINED, "live it fired, and the backtest has no entry"), said, "")
    cause = _of_entry(live, step, judged, settings)
    if cause.kind is Kind.SAME and _differ(judged, predicted):
        equities = f"worth {price(judged.equity_e4)}, by the bars and the model's fills {price(predicted.equity_e4)}"
        text = f"by the same rules on another account: live it was {equities}"
        if live.outcome == "in_position":
            text = "by the same rules: live a position or its entry is open"
        return _entry(step, Cause(Kind.FOLLOWS, text), said, _told(predicted))
    return _entry(step, cause, said, _told(judged))


def _differ(judged: Decision, predicted: Decision) -> bool:
    def shown(one: Decision) -> tuple[object, ...]:
        ordered = one.outcome in ORDERED
        return one.side, ordered, one.quantity, one.stop_e4 if ordered else 0, None if ordered else one.outcome

    return shown(judged) != shown(predicted)


def _of_entry(live: Signal, step: Step, judged: Decision, settings: Settings) -> Cause:
    """Whether both did the same with an entry that fired, and if not, why."""
    side = 1 if live.kind is SignalKind.LONG else -1
    modes = {EntryMode.NEUTRAL: (Mode.TREND, True), EntryMode.MEAN_REVERSION: (Mode.MEAN_REVERSION, False)}
    mode = modes.get(EntryMode(judged.mode), (Mode.TREND, False))
    if (side, (live.mode, live.neutral)) != (judged.side, mode):
        return Cause(Kind.UNEXPLAINED, "side or mode of the entry")
    if to_e4(live.price) != judged.price_e4:
        return Cause(Kind.UNEXPLAINED, "the price of the signal")
    code = _code(live)
    if code in _LIVE_ONLY:
        return Cause(_LIVE_ONLY[code], live.outcome_text, code)
    if not math.isnan(step.spike) and step.spike > settings.strategy.spike_ratio:
        text = f"5-minute bars ranged {step.spike:.2f} x the strategy's: wider stop, smaller size"
        if code == "ordered" or live.stop_e4 != (judged.stop_e4 or None):
            return Cause(Kind.LIVE_RULE, text, "volatility_spike")
    if live.stop_e4 != (judged.stop_e4 or None):
        return Cause(Kind.UNEXPLAINED, "the stop of the entry")
    if code == "ordered":
        return _of_order(live, step, judged)
    if judged.outcome in _SAME.get(code, ()):
        return Cause(Kind.SAME, live.outcome_text)
    return _of_veto(live, code, judged)


def _of_order(live: Signal, step: Step, judged: Decision) -> Cause:
    wanted = live.risk.quantity if live.risk is not None else 0
    if step.after is not None and (wrong := _wrong_order(live, step.after, wanted)):
        return Cause(Kind.UNEXPLAINED, wrong)
    if judged.outcome not in ORDERED:
        return Cause(Kind.UNEXPLAINED, f"the backtest declines it: {judged.outcome.name.lower()}")
    if wanted == judged.quantity:
        return Cause(Kind.SAME, "")
    if live.risk is not None and live.risk.verdict is not RiskVerdict.REJECTED and wanted < judged.quantity:
        cut = next((step for step in live.risk.steps if step.name == "buying_power" and step.after < step.before), None)
        if cut is not None:
            return Cause(Kind.LIVE_RULE, cut.text, "buying_power")
    return Cause(Kind.UNEXPLAINED, f"the size: {wanted} live, {judged.quantity} by the same account in the backtest")


def _wrong_order(live: Signal, after: Slot, wanted: int) -> str:
    """What of the order of an entry is not as it was decided; "" when all is."""
    order = after.entry
    if order is None or order.id != live.order_id:
        return f"the order {live.order_id} did not leave"
    side = Side.BUY if live.kind is SignalKind.LONG else Side.SELL
    if (order.side, order.quantity) != (side, wanted):
        return f"the order is {order.side} {order.quantity}, the decision {side} {wanted}"
    return "" if order.leg_stop_e4 in (None, live.stop_e4) else "the stop leg of the order is another one"


def _of_veto(live: Signal, code: str, judged: Decision) -> Cause:
    """Live it was declined for something that the backtest does not see."""
    if code == "noise":
        failed = {rule.name for rule in live.rules if rule.name in NOISE_RULES and rule.verdict is Verdict.FAILED}
        if failed == {"spread"}:
            return Cause(Kind.LIVE_RULE, live.outcome_text, "spread")
    elif code == "trading_status":
        return _of_block(live.outcome_text)
    elif code == "in_position" and "exit of" in live.outcome_text:
        return Cause(Kind.LIVE_RULE, live.outcome_text, "exit_open")
    elif code == "buying_power" and judged.outcome in ORDERED:
        return Cause(Kind.LIVE_RULE, live.outcome_text, "buying_power")
    doing = "orders" if judged.outcome in ORDERED else judged.outcome.name.lower()
    return Cause(Kind.UNEXPLAINED, f"live it was declined ({code}: {live.outcome_text}), the backtest: {doing}")


def _of_block(text: str) -> Cause:
    """What blocked all new risk."""
    if text.startswith("Trading halted"):
        return Cause(Kind.OPERATOR, text, "halted")
    if "disabled" in text or "reading decides" in text or "previous close" in text:
        return Cause(Kind.LOSS_LIMIT, text)
    if "before the close" in text:
        return Cause(Kind.END_OF_DAY, text, "flatten_at_close")
    if any(word in text for word in _CONNECTION_WORDS):
        return Cause(Kind.CONNECTION, text)
    return Cause(Kind.LIVE_RULE, text, "trading_status")


def _code(live: Signal) -> str:
    if live.outcome != "risk":
        return live.outcome
    return live.risk.reason_code if live.risk is not None else "risk"


def _entry(step: Step, cause: Cause, live: str, backtest: str) -> Finding:
    return Finding(step.seq, step.end_ns, step.symbol, "entry", cause.kind, live, backtest, cause.text, cause.rule)


def _said(live: Signal) -> str:
    if live.outcome == "ordered" and live.risk is not None:
        return f"{live.kind} {live.risk.quantity} @ {price(to_e4(live.price))}, stop {price(live.stop_e4 or 0)}"
    return f"{live.kind}: {_code(live)}"


def _told(decision: Decision) -> str:
    kind = SignalKind.LONG if decision.side > 0 else SignalKind.SHORT
    if not decision.side:
        return ""
    if decision.outcome in ORDERED:
        return f"{kind} {decision.quantity} @ {price(decision.price_e4)}, stop {price(decision.stop_e4)}"
    return f"{kind}: {decision.outcome.name.lower()}"


# --- open positions ------------------------------------------------------------------------------------------------
def holding_findings(
    step: Step, before: Slot, judged: Decision, predicted: Decision, settings: Settings
) -> Iterator[Finding]:
    """The exit and the stop of an open position, where there is something to tell of them."""
    if step.exit is not None or judged.exits:
        yield _of_exit(step, judged, predicted)
    elif predicted.exits:
        cause = Cause(Kind.FOLLOWS, "the backtest holds a position that there is not")
        if before.position is not None and before.position.exit_reason:
            cause = Cause(Kind.FOLLOWS, f"it is being closed already: {before.position.exit_reason}")
        yield Finding(step.seq, step.end_ns, step.symbol, "exit", cause.kind, "", "exit", cause.text)
    position = step.after.position if step.after is not None else None
    if position is None or before.position is None or position.trade_id != before.position.trade_id:
        return
    live_e4 = position.stop_e4 or 0
    if live_e4 != judged.trailed_e4:
        cause = Cause(Kind.UNEXPLAINED, "where the stop is after this bar")
        yield _stop(step, cause, live_e4, judged.trailed_e4)
    elif predicted.trailed_e4 and live_e4 != predicted.trailed_e4:
        cause = Cause(Kind.FOLLOWS, "the same rule on another position, or another best price")
        if settings.trail_on == "price":
            cause = Cause(Kind.LIVE_RULE, "the stop follows each price, not the bars alone", "trail_on_price")
        yield _stop(step, cause, live_e4, predicted.trailed_e4)


def resting_stop(step: Step, was: Slot, window: Window) -> Iterator[Finding]:
    """The stop that stands at the broker where it is not the strategy's, as that was after the bar before."""
    now, before = step.before, was.position
    if now is None or now.stop is None or now.position is None or before is None or leaving(now.position):
        return
    stop, wanted_e4 = now.stop, before.stop_e4
    if not stop.settled or stop.stop_price_e4 == wanted_e4 or now.position.trade_id != before.trade_id:
        return
    tried = [order for order, _ in step.orders if order.role is OrderRole.STOP and order.id != stop.id]
    cause = of_short_fill(tried[-1], "", window) if tried else around(window)
    here, there = price(stop.stop_price_e4 or 0), price(wanted_e4 or 0)
    text = f"the stop at the broker, {stop.id}: {cause.text}"
    yield Finding(step.seq, step.end_ns, step.symbol, "stop", cause.kind, here, there, text, cause.rule)


def _of_exit(step: Step, judged: Decision, predicted: Decision) -> Finding:
    live = step.exit.trigger if step.exit is not None else ""
    told = "exit" if judged.exits else ""
    if bool(live) != judged.exits:
        kind, why = Kind.UNEXPLAINED, "the rule of the position's mode on this bar"
    elif judged.exits != predicted.exits:
        kind, why, told = Kind.FOLLOWS, "the backtest holds no such position by then", ""
    else:
        kind, why = Kind.SAME, ""
    return Finding(step.seq, step.end_ns, step.symbol, "exit", kind, live, told, why)


def _stop(step: Step, cause: Cause, live_e4: int, backtest_e4: int) -> Finding:
    live, told = price(live_e4), price(backtest_e4)
    return Finding(step.seq, step.end_ns, step.symbol, "stop", cause.kind, live, told, cause.text, cause.rule)
