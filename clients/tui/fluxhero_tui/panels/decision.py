"""Rules, checks and the sizing waterfall: why something was done, or was not."""

from __future__ import annotations

from collections.abc import Sequence

from fluxhero.v1 import common_pb2, risk_pb2, signal_pb2
from fluxhero_tui.draw.bars import balance, bar
from fluxhero_tui.draw.figures import figure, plural, shares, word
from fluxhero_tui.draw.ink import EMPTY, Line, Span, clean, clip, heading, line, pad, wrap

_VERDICTS = {
    common_pb2.VERDICT_PASSED: Span("✓ passed", "good"),
    common_pb2.VERDICT_FAILED: Span("✗ FAILED", "bad"),
    common_pb2.VERDICT_NOT_APPLICABLE: Span("· n/a", "dim"),
}
_ANSWERS = {
    risk_pb2.RISK_VERDICT_APPROVED: Span(" ✓ APPROVED ", "badge-good"),
    risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT: Span(" ! CUT ", "badge-warn"),
    risk_pb2.RISK_VERDICT_REJECTED: Span(" ✗ REJECTED ", "badge-bad"),
}
_BAR, _FIGURES, _WORDS = 17, 31, 24


def rules(found: Sequence[signal_pb2.Rule], room: int) -> list[Line]:
    """Each rule with its verdict, value, threshold and a bar for the distance; its sentence beside it or below."""
    if not found:
        return []
    name = min(max((len(rule.name) for rule in found), default=0), 32 if room >= 100 else 24)
    drawn = min(max(room - name - _FIGURES, 7), _BAR)
    words = room - name - _FIGURES - drawn - 2
    lines = [heading("Rules", room)]
    for rule in found:
        lines.append(_rule(rule, name, drawn, room, words))
        if words < _WORDS:
            lines += [(Span("  "), *one) for one in wrap(rule.text, room - 2, "dim")[:2]]
    return lines


def _rule(rule: signal_pb2.Rule, name: int, drawn: int, room: int, words: int) -> Line:
    verdict = _VERDICTS.get(rule.verdict, Span("?"))
    value = figure(rule.value) if rule.HasField("value") else ""
    threshold = figure(rule.threshold) if rule.HasField("threshold") else ""
    if not value and not threshold:
        called = Span(clean(rule.name.replace("_", " ")), "bad" if verdict.tone == "bad" else "")
        return clip((Span(f"{verdict.text[0]} ", verdict.tone), called), room)
    spans: list[Span] = [
        Span(f"{verdict.text[0]} ", verdict.tone),
        *pad((Span(clean(rule.name.replace("_", " ")), "bad" if verdict.tone == "bad" else ""),), name),
        *pad((Span(f" {value}"),), 12, right=True),
        *pad((Span(f" {rule.comparison or ' '} "),), 4),
        *pad((Span(threshold, "dim"),), 11, right=True),
        Span("  "),
        *_distance(rule, drawn),
    ]
    if words >= _WORDS:
        spans += [Span("  "), Span(clean(rule.text), "dim")]
    return clip(tuple(spans), room)


def _distance(rule: signal_pb2.Rule, drawn: int) -> Line:
    """How far the value is beyond (right) or short of (left) its threshold, in shares of the threshold."""
    if not rule.HasField("distance"):
        return (Span(" " * drawn),)
    scale = max(abs(rule.threshold), abs(rule.value), 1e-12)
    tone = _VERDICTS.get(rule.verdict, Span("", "dim")).tone
    return balance(max(-1.0, min(1.0, rule.distance / scale)), drawn, tone)


def decision(answer: risk_pb2.RiskDecision, room: int) -> list[Line]:
    """The risk engine's answer, the waterfall, the checks."""
    badge = _ANSWERS.get(answer.verdict, Span("?"))
    lines = [line(badge, (f" {plural(answer.quantity, 'share')}", "bold"))]
    if answer.reason:
        lines += wrap(answer.reason, room, badge.tone.removeprefix("badge-"))
    return [*lines, *waterfall(answer.sizing, room), *checks(answer.checks, room)]


def waterfall(steps: Sequence[risk_pb2.SizingStep], room: int) -> list[Line]:
    """From the shares that the risk budget allows to those that every limit allows: a bar a step."""
    if not steps:
        return []
    most = max(max(step.before, step.after) for step in steps) or 1
    name = min(max(len(step.name) for step in steps), 22)
    drawn = min(24, max(room - name - 19, 4))
    words = room - name - drawn - 21
    lines = [heading("Size, step by step", room)]
    for step in steps:
        cut = step.before - step.after
        tone = "warn" if cut else "accent"
        spans: list[Span] = [
            *pad((Span(clean(step.name.replace("_", " "))),), name),
            *pad((Span(f" {shares(step.after)}", "bold"),), 9, right=True),
            Span(" "),
            Span(bar(step.after / most, drawn), tone),
            *pad((Span(f"-{shares(cut)}" if cut else "", "warn"),), 9, right=True),
        ]
        if words >= 20:
            spans += [Span("  "), Span(clean(step.text), "dim")]
        lines.append(clip(tuple(spans), room))
    return lines


def checks(found: Sequence[risk_pb2.RiskCheck], room: int) -> list[Line]:
    """Every check, with its figure, its limit and what is left."""
    if not found:
        return []
    lines = [heading("Checks", room)]
    for check in found:
        verdict = _VERDICTS.get(check.verdict, Span("?"))
        lines.append(clip((*pad((verdict,), 9), Span(clean(check.text))), room))
    return lines


def explanation(
    signal: signal_pb2.Signal, why_not: str, changes: Sequence[signal_pb2.SmallestChange], room: int
) -> list[Line]:
    """Everything about one decision: words, rules, what was missing, the risk engine's answer, the indicators."""
    lines: list[Line] = []
    for text in (signal.text or signal.entry_trigger).splitlines():
        lines += wrap(text, room, "bold" if not lines else "")
    if why_not and why_not not in signal.text:
        lines += wrap(f"Not traded: {why_not}", room, "warn")
    lines += [EMPTY, *rules(signal.rules, room)] if signal.rules else []
    if changes:
        lines += [EMPTY, heading("What would have made a signal", room)]
        for change in changes:
            head = f"{word(change, 'kind')} ({word(change, 'mode')}): "
            lines += wrap(head + change.text, room)
    if signal.HasField("risk"):
        lines += [EMPTY, *decision(signal.risk, room)]
    return [*lines, *_followed(signal, room), *indicators(signal, room)]


def _followed(signal: signal_pb2.Signal, room: int) -> list[Line]:
    if not signal.order_ids and not signal.fills:
        return []
    lines = [EMPTY, heading("What followed", room)]
    lines += [line(("order ", "dim"), clean(order_id)) for order_id in signal.order_ids]
    lines += [
        line(("fill  ", "dim"), f"{word(fill, 'side')} {shares(fill.quantity)} at ${fill.price}")
        for fill in signal.fills
    ]
    return lines


def indicators(signal: signal_pb2.Signal, room: int) -> list[Line]:
    """The indicators at that bar, as many beside each other as fit."""
    found: list[tuple[str, str]] = []
    for field, value in signal.indicators.ListFields():
        if isinstance(value, float):
            found.append((field.name.replace("_", " "), figure(value)))
    if not found:
        return []
    across = max(room // 32, 1)
    lines = [EMPTY, heading("Indicators", room)]
    for start in range(0, len(found), across):
        spans: list[Span] = []
        for name, text in found[start : start + across]:
            spans += [*pad((Span(name, "dim"),), 18), *pad((Span(text),), 12, right=True), Span("  ")]
        lines.append(clip(tuple(spans), room))
    return lines
