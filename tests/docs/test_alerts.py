"""Every alert that the daemon can raise is in the table and in the docs, with its severity and what to do."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fluxherod.engine.alert_codes import CODES
from fluxherod.engine.effects import Severity

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
ANY = re.compile(r"[A-Z0-9_]+")


@dataclass(frozen=True)
class Raised:
    """An alert as the source raises it: the codes that it may have, and its severities where they stand there."""

    where: str
    codes: frozenset[str]
    severities: frozenset[Severity]


def raised() -> Iterator[Raised]:
    for path in sorted((ROOT / "daemon" / "fluxherod").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AlertRaised":
                    code, severity = arguments(node)
                    where = f"{path.name}:{node.lineno}"
                    yield Raised(where, codes_of(code, function, tree), severities_of(severity))


def arguments(call: ast.Call) -> tuple[ast.expr, ast.expr]:
    given = dict(zip(("code", "severity"), call.args, strict=False))
    given.update({word.arg: word.value for word in call.keywords if word.arg})
    return given["code"], given["severity"]


def codes_of(node: ast.expr, function: ast.FunctionDef, tree: ast.AST) -> frozenset[str]:
    """What an expression may be: literals, a pattern of a known code, a variable, or what callers hand in."""
    match node:
        case ast.Constant(value=str(text)):
            return frozenset({text})
        case ast.IfExp():
            return codes_of(node.body, function, tree) | codes_of(node.orelse, function, tree)
        case ast.JoinedStr():
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else ANY.pattern for part in node.values
            ]
            matching = frozenset(code for code in CODES if re.fullmatch("".join(parts), code))
            return matching or frozenset({ast.unparse(node)})
        case ast.Name(id=name):
            return from_variable(name, function) | from_callers(name, function, tree)
        case ast.Attribute(attr=name):
            return from_fields(name, tree)
    return frozenset({ast.unparse(node)})


def from_variable(name: str, function: ast.FunctionDef) -> frozenset[str]:
    values = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(name in names(target) for target in node.targets)
    ]
    return frozenset(code for value in values for code in words(value))


def from_callers(name: str, function: ast.FunctionDef, tree: ast.AST) -> frozenset[str]:
    parameters = [argument.arg for argument in function.args.args if argument.arg != "self"]
    if name not in parameters:
        return frozenset()
    return from_calls(function.name, parameters.index(name), tree)


def from_fields(name: str, tree: ast.AST) -> frozenset[str]:
    """What the module hands to the classes of its own that have a field of the name."""
    found: set[str] = set()
    for kind in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        fields = [
            part.target.id
            for part in kind.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        ]
        if name in fields:
            found |= from_calls(kind.name, fields.index(name), tree)
    return frozenset(found)


def from_calls(name: str, place: int, tree: ast.AST) -> frozenset[str]:
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))
    ]
    return frozenset(code for call in calls if len(call.args) > place for code in words(call.args[place]))


def names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def words(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value


def severities_of(node: ast.expr) -> frozenset[Severity]:
    found = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return frozenset(severity for severity in Severity if severity.name in found)


def test_every_code_that_is_raised_is_in_the_table_with_its_severity() -> None:
    problems = []
    for one in raised():
        if not one.codes:
            problems.append(f"{one.where}: no code found; name it as a literal")
        for code in one.codes:
            if code not in CODES:
                problems.append(f"{one.where}: {code} is missing in engine/alert_codes.py")
            elif not one.severities <= frozenset(CODES[code].severities):
                problems.append(
                    f"{one.where}: {code} is raised as {', '.join(one.severities)}, the table says otherwise"
                )
    assert problems == []


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    assert CODES.keys() - {code for one in raised() for code in one.codes} == set()


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_says_what_it_means_and_what_to_do(code: str) -> None:
    assert ANY.fullmatch(code)
    assert CODES[code].severities
    for text in (CODES[code].meaning, CODES[code].remedy):
        assert re.fullmatch(r"[A-Z].*\.", text)
        assert "|" not in text


def test_the_page_in_the_docs_is_made_from_the_table() -> None:
    made: str = runpy.run_path(str(ROOT / "docs" / "alert_codes.py"))["page"]()
    assert (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8") == made
