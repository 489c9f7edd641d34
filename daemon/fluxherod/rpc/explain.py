"""Why nothing: the rules of a bar without a signal, recomputed from the kernel's record of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from fluxhero.v1 import signal_pb2
from fluxherod.core import explain
from fluxherod.core.portfolio import Position
from fluxherod.core.signals import Rule
from fluxherod.core.types import Mode, Regime, SignalKind, Verdict
from fluxherod.engine.market import ClosedBar, SymbolBook
from fluxherod.rpc.convert import MODES, REGIMES, SIGNAL_KINDS, timestamp
from fluxherod.rpc.convert_market import closed_indicators, rule_message
from fluxherod.rpc.live import Live

_NOISE = frozenset({"volume", "time", "gap", "spread"})


@dataclass(frozen=True, slots=True)
class _Side:
    """One side's entry rules on a bar."""

    kind: SignalKind
    rules: tuple[Rule, ...]

    @property
    def failed(self) -> tuple[Rule, ...]:
        return tuple(sorted((rule for rule in self.rules if rule.verdict is Verdict.FAILED), key=_gap))

    @property
    def distance(self) -> tuple[int, float]:
        """How far from an entry: rules that fail, then how far they are from passing."""
        return len(self.failed), sum(map(_gap, self.failed))


def _gap(rule: Rule) -> float:
    """A rule's distance relative to its threshold; infinite when a figure is not known."""
    gap = abs(rule.distance) / max(abs(rule.threshold), 1e-9)
    return gap if math.isfinite(gap) else math.inf


def explain_nothing(live: Live, book: SymbolBook, closed: ClosedBar) -> signal_pb2.ExplainResponse:
    """The explanation of a bar on which nothing was decided, seen from the side that was nearer to an entry."""
    sides = sorted((_side(live, book, closed, side) for side in (1, -1)), key=lambda side: side.distance)
    position = live.engine.ledger.positions.get(book.symbol)
    held = position if position is not None and closed.end_ns > position.opened_ns else None
    why_not = _why_not(live, closed, sides, held)
    regime = Regime(int(closed.decision["regime"]))
    mode = Mode.MEAN_REVERSION if regime is Regime.MEAN_REVERSION else Mode.TREND
    nearer = sides[0].rules
    noise = [rule.verdict for rule in nearer if rule.name in _NOISE]
    exits = (_exit_rule(live, closed, held),) if held is not None and held.mode is not Mode.MANUAL else ()
    signal = signal_pb2.Signal(
        symbol=book.symbol,
        kind=signal_pb2.SIGNAL_KIND_NONE,
        mode=MODES.to_proto(mode),
        neutral=regime is Regime.NEUTRAL,
        regime=REGIMES.to_proto(regime),
        bar_start_time=timestamp(closed.bar.start_ns),
        decided_at=timestamp(closed.end_ns),
        price=closed.bar.close,
        indicators=closed_indicators(closed, live.timeframe),
        rules=map(rule_message, (*nearer, *exits)),
        noise_filter_passed=Verdict.FAILED not in noise,
        volume_validated=any(rule.name == "volume" and rule.verdict is Verdict.PASSED for rule in nearer),
        outcome="no_signal",
        text=_text(book.symbol, closed, regime, why_not),
    )
    changes = [] if not closed.decision["valid"] else [_smallest_change(side, mode) for side in sides]
    return signal_pb2.ExplainResponse(signal=signal, why_not=why_not, smallest_changes=changes)


def _side(live: Live, book: SymbolBook, closed: ClosedBar, side: int) -> _Side:
    newest = closed is book.closed[-1]
    # A quote is kept for the newest bar only; asked for a time that no quote reaches, the spread is unknown.
    asked_ns = live.now_ns if newest else 1 << 62
    rules = live.engine.strategist.rules(closed, book, side, asked_ns)
    if not newest:
        rules = tuple(_without_quote(rule) if rule.name == "spread" else rule for rule in rules)
    return _Side(SignalKind.LONG if side > 0 else SignalKind.SHORT, rules)


def _without_quote(rule: Rule) -> Rule:
    return replace(rule, verdict=Verdict.NOT_APPLICABLE, text="the quote of that moment is not kept")


def _exit_rule(live: Live, closed: ClosedBar, position: Position) -> Rule:
    side = 1 if position.quantity > 0 else -1
    return explain.exit_rule(closed.decision, live.engine.settings.strategy, position.mode, side)


def _why_not(live: Live, closed: ClosedBar, sides: list[_Side], held: Position | None) -> str:
    decision = closed.decision
    if not decision["valid"]:
        needed = live.engine.settings.strategy.decision_index + 1
        return f"too few bars: the strategy decides from bar {needed} on, this is bar {int(decision['index']) + 1}"
    if held is not None:
        leave = "" if held.mode is Mode.MANUAL else f"; its exit: {_exit_text(live, closed, held)}"
        return f"a position of {abs(held.quantity)} shares is open: no second entry{leave}"
    if decision["entry"]:
        return "an entry fired, but the bar came with the history: nothing is decided on bars from before the start"
    return f"the nearer side is {sides[0].kind}; {_side_text(sides[0])}"


def _exit_text(live: Live, closed: ClosedBar, position: Position) -> str:
    rule = _exit_rule(live, closed, position)
    return f"met: {rule.text}" if rule.verdict is Verdict.PASSED else f"not met: {rule.text}"


def _side_text(side: _Side) -> str:
    return explain.why_not(side.rules)


def _smallest_change(side: _Side, mode: Mode) -> signal_pb2.SmallestChange:
    return signal_pb2.SmallestChange(
        kind=SIGNAL_KINDS.to_proto(side.kind),
        mode=MODES.to_proto(mode),
        rules=map(rule_message, side.failed),
        text=_side_text(side),
    )


def _text(symbol: str, closed: ClosedBar, regime: Regime, why_not: str) -> str:
    adx, r_squared = float(closed.decision["adx"]), float(closed.decision["r2"])
    return "\n".join(
        (
            f"NO TRADE {symbol} @ ${closed.bar.close:.2f}",
            f"Reason: {why_not}",
            f"Regime: {regime.name} (ADX={adx:.0f}, R²={r_squared:.2f})",
        )
    )
