"""What operators do about trading as a whole: halt, resume, flatten, and reset what the breaker has latched."""

from __future__ import annotations

from dataclasses import replace

from fluxherod.core.orders import OrderRole
from fluxherod.core.risk import breaker as rules
from fluxherod.core.risk.breaker import limit, percent
from fluxherod.core.risk.safety import BreakerStatus, KillSwitch
from fluxherod.core.words import some_of
from fluxherod.engine.commands import FlattenCommand, HaltCommand, ResetBreakerCommand, ResumeCommand, SafetyCommand
from fluxherod.engine.effects import AlertRaised, Effect, ReplyCode, RequestSnapshot, Severity
from fluxherod.engine.risk.safety import Safety

Outcome = tuple[ReplyCode, str]
STAYS_REDUCED = "positions stay small and stops tight until an operator sets NORMAL"


def take(safety: Safety, command: SafetyCommand, now_ns: int, out: list[Effect]) -> Outcome:
    """Carry a command out."""
    match command:
        case HaltCommand():
            return _halt(safety, command, now_ns, out)
        case ResumeCommand():
            return _resume(safety, command, out)
        case FlattenCommand():
            return _flatten(safety, command, now_ns, out)
        case ResetBreakerCommand():
            return _reset(safety, command, now_ns, out)


def _halt(safety: Safety, command: HaltCommand, now_ns: int, out: list[Effect]) -> Outcome:
    """No new risk: stops stay, and the engine cancels what entries work, now or later."""
    reason, by = command.reason or "halted by the operator", command.caller.principal
    before = safety.state.kill_switch
    switch = KillSwitch(reason, by, now_ns, before.flatten, before.foreign)
    safety.change(replace(safety.state, kill_switch=switch), out)
    out.append(AlertRaised("KILL_SWITCH", Severity.WARNING, f"Trading halted by {by}: {reason}"))
    return ReplyCode.OK, f"trading is halted: {reason}; positions keep their stops"


def _resume(safety: Safety, command: ResumeCommand, out: list[Effect]) -> Outcome:
    was = safety.state.kill_switch.reason
    if safety.disabled:
        return ReplyCode.TRADING_DISABLED, f"{safety.stopped} Reset the breaker first."
    if not was:
        return ReplyCode.OK, "trading was not halted"
    safety.change(replace(safety.state, kill_switch=KillSwitch()), out)
    why = f": {command.reason}" if command.reason else ""
    out.append(AlertRaised("KILL_SWITCH_OFF", Severity.INFO, f"Trading resumed by {command.caller.principal}{why}"))
    return ReplyCode.OK, f"trading resumed (was halted: {was})"


def _flatten(safety: Safety, command: FlattenCommand, now_ns: int, out: list[Effect]) -> Outcome:
    """Halt and close: entries are cancelled because trading is halted, stops as their positions leave."""
    reason, by = command.reason or "flattened by the operator", command.caller.principal
    everything = command.include_foreign or safety.state.kill_switch.foreign
    safety.change(replace(safety.state, kill_switch=KillSwitch(reason, by, now_ns, True, everything)), out)
    foreign = sorted(safety.ledger.foreign)
    words = safety.in_words(now_ns, foreign if everything else ())
    safety.close_all(now_ns, out)
    if everything:
        _free_foreign(safety, now_ns, out)
    if everything and foreign:
        words += (
            f"; of what is not ours ({some_of(foreign)}) the shares that no order of others holds, as they get free"
        )
    elif foreign:
        words += f"; not ours, so left alone: {some_of(foreign)}"
    out.append(AlertRaised("KILL_SWITCH", Severity.CRITICAL, f"Flattened by {by}: {reason}; {words}"))
    return ReplyCode.OK, f"trading is halted, all orders are cancelled; {words}"


def _free_foreign(safety: Safety, now_ns: int, out: list[Effect]) -> None:
    """Our stops hold the shares; `Foreign` closes what a snapshot of after their end says is there."""
    for order in list(safety.desk.live()):
        if order.role is OrderRole.FOREIGN_STOP and order.settled:
            safety.desk.cancel(order, now_ns, out)
    out.append(RequestSnapshot("shares that are not ours are to be closed"))


def _reset(safety: Safety, command: ResetBreakerCommand, now_ns: int, out: list[Effect]) -> Outcome:
    """Of the two that latch: the daily loss ends, and the breaker takes one step towards NORMAL.

    Where the daily loss ends and no step is named, a breaker that is REDUCED stays so.
    """
    equity_e4, limits, state = safety.ledger.equity_e4, safety.settings.limits, safety.state
    if equity_e4 is None:
        return ReplyCode.NOT_READY, "the equity is not known yet: the drawdown could not be counted from it"
    breaker, daily, said = state.breaker, state.daily_loss, []
    disabled = breaker.status is BreakerStatus.DISABLED
    if disabled and command.target == "normal":
        return ReplyCode.TRADING_DISABLED, "after DISABLED comes REDUCED: reset it to that first"
    if daily.reason:
        daily = replace(daily, reason="", day="", base_e4=equity_e4, reached_ns=0)
        said.append("the daily loss is counted from here until the session's end")
    if disabled:
        breaker = rules.reset(breaker, equity_e4, now_ns, f"reset by {command.caller.principal}: {command.reason}")
        said.append(f"the breaker is REDUCED: {STAYS_REDUCED}")
    elif breaker.status is BreakerStatus.REDUCED and (command.target == "normal" or not (said or command.target)):
        breaker = rules.normal(breaker, equity_e4, now_ns, limits)
        if breaker.status is BreakerStatus.NORMAL:
            said.append("the breaker is NORMAL")
        elif state.breaker.latched:
            said.append(_holds(breaker.peak_e4, equity_e4, limits.recovery_drawdown_bp))
    if not said:
        text = "the breaker is NORMAL"
        if breaker.status is BreakerStatus.REDUCED:
            text = _holds(breaker.peak_e4, equity_e4, limits.recovery_drawdown_bp)
        return ReplyCode.ALREADY_DONE, f"nothing is latched: {text}"
    safety.change(replace(state, breaker=breaker, daily_loss=daily), out)
    text = "; ".join(said)
    why = f"Reset by {command.caller.principal}: {command.reason}; {text}"
    out.append(AlertRaised("BREAKER_RESET", Severity.INFO, why))
    return ReplyCode.OK, text


def _holds(peak_e4: int, equity_e4: int, recovery_bp: int) -> str:
    lost = percent(peak_e4 - equity_e4, peak_e4)
    return f"at a drawdown of {lost} REDUCED holds, and ends by itself below {limit(recovery_bp)}"
