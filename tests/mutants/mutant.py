"""A mutant: one small wrong change of the source, and the tests that must notice it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    """`old`, which occurs once in the file, becomes `new`, which breaks the sentence `breaks`."""

    file: str
    old: str
    new: str
    breaks: str
    tests: tuple[str, ...]


def mutants_of(
    file: str, tests: tuple[str, ...], changes: Iterable[tuple[str, str, str]], package: str = "core"
) -> tuple[Mutant, ...]:
    """Mutants of one file of a package, each as (sentence it breaks, old text, new text)."""
    paths = tuple(f"tests/{package}/{name}.py" for name in tests)
    return tuple(Mutant(f"fluxherod/{package}/{file}", old, new, breaks, paths) for breaks, old, new in changes)
