"""The list of failpoints is the code's: none is missing in it, none is a mere name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from crash.plan import Scene, places

from fluxherod.failpoints import PLACES

PACKAGE = Path(__file__).resolve().parents[2] / "daemon/fluxherod"
WORD = "[a-z_]+"


def reached() -> Iterator[tuple[Path, str]]:
    """Each call of `reach`: where, and its name as a pattern, with a word for each part that is known only then."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "reach":
                yield path, pattern(node.args[0])


def pattern(name: ast.expr) -> str:
    if isinstance(name, ast.JoinedStr):
        return "".join(pattern(part) for part in name.values)
    return re.escape(str(name.value)) if isinstance(name, ast.Constant) else WORD


def test_each_place_that_the_code_reaches_is_in_the_list_and_each_of_the_list_is_reached() -> None:
    patterns = [name for _, name in reached()]
    assert [name for name in patterns if not any(re.fullmatch(name, place) for place in PLACES)] == []
    assert [place for place in PLACES if not any(re.fullmatch(name, place) for name in patterns)] == []


def test_the_core_and_the_engine_know_no_failpoint() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path, _ in reached()}.isdisjoint({"core", "engine"})


def test_each_place_is_one_in_which_a_test_kills_the_daemon() -> None:
    assert sorted(place for scene in Scene for place in places(scene)) == sorted(PLACES)
    assert len(PLACES) >= 25
