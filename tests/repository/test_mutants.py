"""`make mutants` is run by hand, so whether its list still fits the source is tried here, without running a mutant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mutants.every import MUTANTS, unfit


def test_each_mutants_text_is_in_the_source_exactly_once(root: Path) -> None:
    assert unfit(root / "daemon") == []


def test_a_text_that_is_gone_is_there_twice_or_becomes_itself_is_told_with_its_file(root: Path) -> None:
    one = next(mutant for mutant in MUTANTS if mutant.file == "fluxherod/core/sizing.py")
    gone, twice = replace(one, old="no such text"), replace(one, old="return 0")
    moved, same = replace(one, file="fluxherod/core/moved.py"), replace(one, new=one.old)
    told = unfit(root / "daemon", [one, gone, twice, moved, same])
    assert [(text.split(": ")[0], text.split(" (")[0].rpartition("' ")[2]) for text in told] == [
        ("fluxherod/core/sizing.py", "occurs 0 times"),
        ("fluxherod/core/sizing.py", "occurs 2 times"),
        ("fluxherod/core/moved.py", "occurs 0 times"),
        ("fluxherod/core/sizing.py", "becomes itself"),
    ]


def test_each_mutant_has_tests_that_are_there(root: Path) -> None:
    assert {path for mutant in MUTANTS for path in mutant.tests if not (root / path).is_file()} == set()
