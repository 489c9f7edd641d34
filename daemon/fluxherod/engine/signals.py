"""What a decision of the strategy says of itself. What nobody acts on is put into words when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fluxherod.core import explain
from fluxherod.core.calendar import stamp
from fluxherod.core.money import to_e4
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.assess import EntryRequest
from fluxherod.core.signals import RiskDecision, Rule, Signal
from fluxherod.core.strategy.codes import EntryMode
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode, Regime, SignalKind, Verdict
from fluxherod.engine.market.closed_bars import ClosedBar


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that fired, with all that its explanation is made of: nothing of it changes any more."""

    id: str
    closed: ClosedBar
    request: EntryRequest
    params: StrategyParams
    spread_code: int
    equity_e4: int

    @property
    def side(self) -> int:
        """+1 for a long, -1 for a short entry."""
        return int(self.closed.decision["entry"])

    @property
    def kind(self) -> SignalKind:
        """What kind of signal it is."""
        return SignalKind.LONG if self.side > 0 else SignalKind.SHORT

    @property
    def mode(self) -> Mode:
        """Which of the two modes it follows; neutral entries follow the trend."""
        reverting = int(self.closed.decision["entry_mode"]) == EntryMode.MEAN_REVERSION
        return Mode.MEAN_REVERSION if reverting else Mode.TREND

    @property
    def target_e4(self) -> int | None:
        """Where a reverting entry wants to go: the average."""
        return to_e4(float(self.closed.decision["sma"])) if self.mode is Mode.MEAN_REVERSION else None

    @property
    def trigger(self) -> str:
        """What fired it."""
        return explain.entry_trigger(self.closed.decision, self.params)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule with its numbers."""
        closed = self.closed
        return explain.entry_rules(
            closed.decision, self.params, self.side, closed.spread, self.spread_code, None, closed.time
        )


def entry_signal(
    entry: Entry, outcome: str, outcome_text: str = "", risk: RiskDecision | None = None, order_id: str | None = None
) -> Signal:
    """The signal of an entry and what became of it; without a text the outcome is risk's, in its words."""
    return Signal.deferred(
        partial(_explained, entry, outcome, outcome_text, risk, order_id),
        id=entry.id,
        symbol=entry.request.symbol,
    )


def _explained(
    entry: Entry, outcome: str, outcome_text: str, risk: RiskDecision | None, order_id: str | None
) -> Signal:
    closed, decision, request = entry.closed, entry.closed.decision, entry.request
    rules, target_e4 = entry.rules(), entry.target_e4
    noise = {rule.name: rule.verdict for rule in rules if rule.name in explain.NOISE_RULES}
    risk_amount_e4 = entry.equity_e4 * request.risk_bp // 10_000
    return Signal(
        id=entry.id,
        symbol=request.symbol,
        kind=entry.kind,
        bar_start_ns=closed.bar.start_ns,
        decided_ns=closed.end_ns,
        price=closed.bar.close,
        mode=entry.mode,
        neutral=int(decision["entry_mode"]) == EntryMode.NEUTRAL,
        regime=Regime(int(decision["regime"])),
        trigger=entry.trigger,
        indicators=explain.indicators(decision, closed.spike, closed.spike > entry.params.spike_ratio),
        rules=rules,
        noise_filter_passed=Verdict.FAILED not in noise.values(),
        volume_validated=noise["volume"] is Verdict.PASSED,
        stop_e4=request.stop_e4,
        target_e4=target_e4,
        outcome=outcome,
        outcome_text=outcome_text if outcome_text or risk is None else explain.risk_summary(risk),
        text=explain.entry_text(
            request.symbol, decision, entry.params, request.stop_e4 or 0, target_e4, risk_amount_e4, request.risk_bp
        ),
        risk=risk,
        risk_amount_e4=risk_amount_e4,
        risk_bp=request.risk_bp,
        order_id=order_id,
    )


def exit_signal(closed: ClosedBar, position: Position, rule: Rule, params: StrategyParams) -> Signal:
    """The signal of an exit by a rule of its mode."""
    side = 1 if position.quantity > 0 else -1
    kind = SignalKind.EXIT_LONG if side > 0 else SignalKind.EXIT_SHORT
    return Signal(
        id=signal_id(closed, kind),
        symbol=position.symbol,
        kind=kind,
        bar_start_ns=closed.bar.start_ns,
        decided_ns=closed.end_ns,
        price=closed.bar.close,
        mode=position.mode,
        neutral=False,
        regime=Regime(int(closed.decision["regime"])),
        trigger=rule.text,
        indicators=explain.indicators(closed.decision, closed.spike, closed.spike > params.spike_ratio),
        rules=(rule,),
        noise_filter_passed=True,
        volume_validated=True,
        stop_e4=position.stop_e4,
        target_e4=position.target_e4,
        outcome="ordered",
        outcome_text="exits are never vetoed",
        text=explain.exit_text(position.symbol, closed.decision, rule, side),
    )


def signal_id(closed: ClosedBar, kind: SignalKind) -> str:
    """A decision's id: symbol, decision time and kind."""
    return f"{closed.bar.symbol}-{stamp(closed.end_ns)}-{kind}"
