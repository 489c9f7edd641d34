"""From figures to a decision in two halves: what a bar says by itself, and what follows with the bars before it.

A sweep goes through the first half for many bars at once, so it must not ask what came before.
"""

from __future__ import annotations

from fluxherod.core.jit import Record, inlined
from fluxherod.core.regime import confirm, raw_regime
from fluxherod.core.strategy.entries import decide_entry, no_entry
from fluxherod.core.strategy.rules import mean_reversion_rules, no_rules, trend_rules


@inlined
def weigh(decision: Record, params: Record) -> None:
    """The bar's own regime and the price rules, by the figures in a DECISION."""
    decision["raw_regime"] = raw_regime(decision["adx"], decision["r2"], params)
    trend_rules(decision, params)
    mean_reversion_rules(decision, params)


@inlined
def conclude(state: Record, decision: Record, params: Record, index: int) -> None:
    """The confirmed regime and the entry; before every figure is valid nothing stands and nothing enters."""
    confirm(state["regime"], decision, params)
    valid = index >= params["decision_index"]
    decision["valid"] = valid
    if valid:
        decide_entry(state["entries"], decision, params)
    else:
        no_rules(decision)
        no_entry(decision)
