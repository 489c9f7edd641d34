"""Why nothing: the rules of a bar without a signal, from what was known when it was decided."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fluxhero.v1 import signal_pb2
from fluxherod.core import explain
from fluxherod.core.portfolio import Position
from fluxherod.core.signals import Rule
from fluxherod.core.types import Mode, Regime, SignalKind, Verdict
from fluxherod.engine.engine import Engine
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.rpc.convert import MODES, REGIMES, SIGNAL_KINDS, timestamp
from fluxherod.rpc.convert_market import closed_indicators, rule_message

_NOISE = frozenset({"volume", "time", "gap", "spread"})
_HISTORY = "the bar came with the history: nothing is decided on bars from before the start"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One side's entry in one mode, with its rules on a bar."""

    kind: SignalKind
    mode: Mode
    confirmed: bool
    rules: tuple[Rule, ...]

    @property
    def failed(self) -> tuple[Rule, ...]:
        """The rules that kept it, nearest first."""
        return tuple(sorted((rule for rule in self.rules if rule.verdict is Verdict.FAILED), key=_gap))

    @property
    def distance(self) -> tuple[int, float]:
        """How far from firing: rules that fail, then how far they are from passing."""
        return len(self.failed), sum(map(_gap, self.failed))


def _gap(rule: Rule) -> float:
    """A rule's distance relative to its threshold; infinite when a figure is not known."""
    gap = abs(rule.target - rule.value) / max(abs(rule.target), 1e-9)
    return gap if math.isfinite(gap) else math.inf


def explain_nothing(engine: Engine, closed: ClosedBar) -> signal_pb2.ExplainResponse:
    """The explanation of a bar on which nothing was decided, seen from the entry that was nearest to firing."""
    entries = _entries(engine, closed)
    nearest = next(entry for entry in entries if entry.confirmed)
    why_not = _why_not(engine, closed, nearest)
    settings, regime = engine.settings, Regime(int(closed.decision["regime"]))
    noise = [rule.verdict for rule in nearest.rules if rule.name in _NOISE]
    signal = signal_pb2.Signal(
        symbol=closed.bar.symbol,
        kind=signal_pb2.SIGNAL_KIND_NONE,
        mode=MODES.to_proto(nearest.mode),
        neutral=regime is Regime.NEUTRAL,
        regime=REGIMES.to_proto(regime),
        bar_start_time=timestamp(closed.bar.start_ns),
        decided_at=timestamp(closed.end_ns),
        price=closed.bar.close,
        indicators=closed_indicators(closed, settings.timeframe, settings.strategy),
        rules=map(rule_message, (*nearest.rules, *_exit_rules(engine, closed))),
        noise_filter_passed=Verdict.FAILED not in noise,
        volume_validated=any(rule.name == "volume" and rule.verdict is Verdict.PASSED for rule in nearest.rules),
        outcome="no_signal",
        text=_text(closed, regime, why_not),
    )
    decided = closed.decision["valid"] and not closed.decision["entry"]
    changes = map(_smallest_change, entries if decided else ())
    return signal_pb2.ExplainResponse(signal=signal, why_not=why_not, smallest_changes=changes)


def _entries(engine: Engine, closed: ClosedBar) -> list[_Entry]:
    """Each side in each mode, nearest to firing first: under the confirmed regime, or one that its mode trades in."""
    confirmed = Regime(int(closed.decision["regime"]))
    trending = Regime.STRONG_TREND if confirmed is Regime.MEAN_REVERSION else confirmed
    found = [
        _entry(engine, closed, side, mode, regime)
        for mode, regime in ((Mode.TREND, trending), (Mode.MEAN_REVERSION, Regime.MEAN_REVERSION))
        for side in (1, -1)
    ]
    return sorted(found, key=lambda entry: entry.distance)


def _entry(engine: Engine, closed: ClosedBar, side: int, mode: Mode, regime: Regime) -> _Entry:
    decision, params = closed.decision, engine.settings.strategy
    confirmed = regime == int(decision["regime"])
    rules = engine.strategist.rules(closed, side, regime)
    stood = confirmed and not decision["entry"] and explain.stands(decision, params, side)
    if closed.only_noted or stood:
        rules = (*rules, explain.edge_rule(decision, params, only_noted=closed.only_noted))
    return _Entry(SignalKind.LONG if side > 0 else SignalKind.SHORT, mode, confirmed, rules)


def _exit_rules(engine: Engine, closed: ClosedBar) -> tuple[Rule, ...]:
    """The rules of the mode that held the symbol then, what was met first."""
    held = closed.held
    if held is None or held.mode is Mode.MANUAL or closed.end_ns <= held.opened_ns:
        return ()
    side = 1 if held.quantity > 0 else -1
    return explain.exit_rules(closed.decision, engine.settings.strategy, held.mode, side)


def _why_not(engine: Engine, closed: ClosedBar, nearest: _Entry) -> str:
    decision = closed.decision
    if not decision["valid"]:
        needed = engine.settings.strategy.decision_index + 1
        return f"too few bars: the strategy decides from bar {needed} on, this is bar {int(decision['index']) + 1}"
    if closed.held is not None:
        return _held_text(engine, closed, closed.held)
    if decision["entry"]:
        return f"an entry fired, but {_HISTORY}"
    return f"the nearer side is {nearest.kind}; {explain.why_not(nearest.rules)}"


def _held_text(engine: Engine, closed: ClosedBar, held: Position) -> str:
    text = f"a position of {abs(held.quantity)} shares was open: no second entry"
    rules = _exit_rules(engine, closed)
    if not rules:
        return text
    passed = [rule.text for rule in rules if rule.verdict is Verdict.PASSED]
    met = "met" if passed else "not met"
    if not engine.strategist.exits_are_decided(closed):
        met += " (exits are decided in the regular session alone)"
    return f"{text}; its exit: {met}: {', or '.join(passed[:1] or [rule.text for rule in rules])}"


def _smallest_change(entry: _Entry) -> signal_pb2.SmallestChange:
    return signal_pb2.SmallestChange(
        kind=SIGNAL_KINDS.to_proto(entry.kind),
        mode=MODES.to_proto(entry.mode),
        rules=map(rule_message, entry.failed),
        text="; ".join(map(explain.change_needed, entry.failed)) or explain.why_not(entry.rules),
    )


def _text(closed: ClosedBar, regime: Regime, why_not: str) -> str:
    adx, r_squared = float(closed.decision["adx"]), float(closed.decision["r2"])
    return "\n".join(
        (
            f"NO TRADE {closed.bar.symbol} @ ${closed.bar.close:.2f}",
            f"Reason: {why_not}",
            f"Regime: {regime.name} (ADX={adx:.0f}, R²={r_squared:.2f})",
        )
    )
