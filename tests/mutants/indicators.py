"""Mutants of the indicators."""

from __future__ import annotations

from mutants.mutant import Mutant, mutants_of

MUTANTS: tuple[Mutant, ...] = mutants_of("indicators/averages.py", ("test_indicators",), [])
