"""Risk is the only way out: nothing but core/risk makes what the broker port accepts."""

from __future__ import annotations

import ast
from pathlib import Path

DAEMON = Path(__file__).parents[2] / "daemon" / "fluxherod"
APPROVED = {"ApprovedOrder", "ApprovedReplacement"}


def _makers(path: Path) -> set[str]:
    """The names of approved types that a file constructs."""
    calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    names = (func.id if isinstance(func, ast.Name) else getattr(func, "attr", "") for func in calls)
    return APPROVED & set(names)


def test_only_the_risk_engine_makes_approved_orders() -> None:
    makers = {path.relative_to(DAEMON).as_posix(): made for path in DAEMON.rglob("*.py") if (made := _makers(path))}
    assert makers == {"core/risk/approve.py": APPROVED}
