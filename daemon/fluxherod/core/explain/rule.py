"""How rules are made."""

from __future__ import annotations

import math

from fluxherod.core.signals import Rule
from fluxherod.core.types import Verdict


def compared(
    name: str, value: float, comparison: str, threshold: float, passed: bool, text: str, flips_at: float | None = None
) -> Rule:
    """A figure against its threshold."""
    return Rule(name, value, comparison, threshold, _verdict(passed), text, flips_at)


def stated(name: str, passed: bool, text: str) -> Rule:
    """Something that is or is not so, without a figure."""
    return Rule(name, math.nan, "", math.nan, _verdict(passed), text)


def _verdict(passed: bool) -> Verdict:
    return Verdict.PASSED if passed else Verdict.FAILED
