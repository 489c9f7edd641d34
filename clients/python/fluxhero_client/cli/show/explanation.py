"""A decision, explained: its text, its rules, the risk checks and how the size came about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.columns import indicator_figures
from fluxhero_client.cli.show.figures import NOTHING, Cell, figure, money, optional, plural, shares, word
from fluxhero_client.cli.show.table import Column, Table
from fluxhero_client.cli.show.times import clock_time, date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.order_pb2 import Fill
    from fluxhero.v1.risk_pb2 import RiskCheck, RiskDecision, SizingStep
    from fluxhero.v1.signal_pb2 import ExplainResponse, Rule, Signal

_VERDICTS = {
    "passed": Cell("✓ passed", "good"),
    "failed": Cell("✗ FAILED", "bad"),
    "not applicable": Cell("· n/a", "dim"),
}


def print_explanation(answer: ExplainResponse, console: Console) -> None:
    """Why, or why not."""
    signal = answer.signal
    _print_head(signal, console)
    for line in (signal.text or signal.entry_trigger).splitlines():
        console.print(line)
    if answer.why_not and answer.why_not not in signal.text:
        console.print(f"{console.paint('Not traded:', 'warn')} {answer.why_not}")
    if signal.rules:
        print_rules(signal.rules, console)
    _print_changes(answer, console)
    _print_decided(signal, console)


def print_signal(signal: Signal, console: Console) -> None:
    """A signal with its rules, the risk engine's decision, and what became of it."""
    _print_head(signal, console)
    for line in (signal.text or signal.entry_trigger).splitlines():
        console.print(line)
    if signal.rules:
        print_rules(signal.rules, console)
    _print_decided(signal, console)


def _print_changes(answer: ExplainResponse, console: Console) -> None:
    if answer.smallest_changes:
        _heading("What would have made a signal", console)
        for change in answer.smallest_changes:
            kind, mode = word(change, "kind"), word(change, "mode")
            console.print(f"  {kind} ({mode}): {change.text}")


def _print_decided(signal: Signal, console: Console) -> None:
    if signal.HasField("risk"):
        print_decision(signal.risk, console)
    if figures := indicator_figures(signal.indicators):
        _heading("Indicators", console)
        _print_wrapped([f"{name} {value}" for name, value in figures], console)
    _print_consequences(signal, console)


def print_rules(rules: Iterable[Rule], console: Console) -> None:
    """Each rule with its value, its threshold and how far apart they are."""
    _heading("Rules", console)
    columns: Sequence[Column[Rule]] = (
        Column("rule", lambda rule: rule.name.replace("_", " ")),
        Column("value", lambda rule: optional(rule, "value"), right=True),
        Column("", lambda rule: rule.comparison),
        Column("threshold", lambda rule: optional(rule, "threshold"), right=True),
        Column("distance", _distance, right=True),
        Column("verdict", lambda rule: _verdict(word(rule, "verdict"))),
        Column("in words", lambda rule: rule.text, cuttable=True),
    )
    Table(columns, console, indent="  ").print(rules)


def print_decision(decision: RiskDecision, console: Console) -> None:
    """The risk engine's answer, its checks, and the sizing waterfall."""
    verdict = word(decision, "verdict")
    style = {"approved": "good", "rejected": "bad"}.get(verdict, "warn")
    _heading(f"Risk: {console.paint(verdict, style)}, {plural(decision.quantity, 'share')}", console)
    if decision.reason:
        console.print(f"  {decision.reason}")
    if decision.checks:
        columns: Sequence[Column[RiskCheck]] = (
            Column("check", lambda check: check.code.replace("_", " ")),
            Column("actual", lambda check: optional(check, "actual"), right=True),
            Column("limit", lambda check: optional(check, "limit"), right=True),
            Column("headroom", lambda check: optional(check, "headroom"), right=True),
            Column("verdict", lambda check: _verdict(word(check, "verdict"))),
            Column("in words", lambda check: check.text, cuttable=True),
        )
        Table(columns, console, indent="  ").print(decision.checks)
    if decision.sizing:
        _print_waterfall(decision.sizing, console)


def _print_waterfall(steps: Sequence[SizingStep], console: Console) -> None:
    _heading("Size, step by step", console)
    columns: Sequence[Column[SizingStep]] = (
        Column("step", lambda step: step.name.replace("_", " ")),
        Column("shares", lambda step: shares(step.after), right=True),
        Column("cut", _cut, right=True),
        Column("in words", lambda step: step.text, cuttable=True),
    )
    Table(columns, console, indent="  ").print(steps)


def _print_head(signal: Signal, console: Console) -> None:
    bar = date_and_time(signal.bar_start_time)
    parts = [f"{signal.symbol}, the {signal.indicators.timeframe} bar of {bar} {exchange_zone()[1]}".replace("  ", " ")]
    if signal.outcome:
        parts.append(signal.outcome_text or signal.outcome.replace("_", " "))
    console.print(console.paint(": ".join(parts), "bold"))
    console.print()


def _print_consequences(signal: Signal, console: Console) -> None:
    if signal.order_ids or signal.fills:
        _heading("What followed", console)
    for order_id in signal.order_ids:
        console.print(f"  order {order_id}")
    for fill in signal.fills:
        console.print(f"  {_fill(fill)}")
    if signal.trade_id:
        console.print(f"  trade {signal.trade_id}")


def _fill(fill: Fill) -> str:
    provisional = "" if fill.exact else " (provisional)"
    return f"{clock_time(fill.time)}  {word(fill, 'side')} {shares(fill.quantity)} at ${money(fill.price)}{provisional}"


def _heading(text: str, console: Console) -> None:
    console.print()
    console.print(console.paint(text, "bold"))


def _verdict(text: str) -> Cell:
    return _VERDICTS.get(text, Cell(text))


def _distance(rule: Rule) -> str:
    if not rule.HasField("distance"):
        return NOTHING
    return ("+" if rule.distance > 0 else "") + figure(rule.distance)


def _cut(step: SizingStep) -> Cell | str:
    return Cell(shares(step.after - step.before), "warn") if step.after < step.before else ""


def _print_wrapped(parts: Iterable[str], console: Console) -> None:
    room, line = (console.width or 100) - 2, ""
    for part in parts:
        longer = f"{line}  ·  {part}" if line else part
        if len(longer) > room:
            console.print(f"  {line}")
            longer = part
        line = longer
    console.print(f"  {line}")
