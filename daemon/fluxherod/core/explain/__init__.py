"""Why: a kernel decision as rules with their numbers, and as the texts that people read."""

from fluxherod.core.explain.entry import edge_rule, entry_rules, stands
from fluxherod.core.explain.exits import exit_rule, exit_rules
from fluxherod.core.explain.figures import indicators
from fluxherod.core.explain.noise import NOISE_RULES, noise_passed, noise_rules
from fluxherod.core.explain.text import change_needed, entry_text, entry_trigger, exit_text, risk_summary, why_not

__all__ = [
    "NOISE_RULES",
    "change_needed",
    "edge_rule",
    "entry_rules",
    "entry_text",
    "entry_trigger",
    "exit_rule",
    "exit_rules",
    "exit_text",
    "indicators",
    "noise_passed",
    "noise_rules",
    "risk_summary",
    "stands",
    "why_not",
]
