"""Every mutant, and which of them no longer fit the source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mutants import backtest, breaker, columns, driver, figures, indicators, risk, rules
from mutants.mutant import Mutant

_LISTS = (rules, risk, breaker, figures, indicators, columns, backtest, driver)
MUTANTS = tuple(mutant for one in _LISTS for mutant in one.MUTANTS)


def unfit(source: Path, mutants: Sequence[Mutant] = MUTANTS) -> list[str]:
    """What is wrong with the list: an old text that is not in the source exactly once, or that becomes itself.

    Args:
        source: the folder that the package is in.
        mutants: those to look at.
    """
    texts = {file: _text(source / file) for file in {one.file for one in mutants}}
    counted = [(one, texts[one.file].count(one.old)) for one in mutants]
    wrong = [f"{one.file}: {one.old!r} occurs {count} times ({one.breaks})" for one, count in counted if count != 1]
    return wrong + [f"{one.file}: {one.old!r} becomes itself ({one.breaks})" for one in mutants if one.old == one.new]


def _text(path: Path) -> str:
    """Empty for a file that is gone: then no old text is in it."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""
