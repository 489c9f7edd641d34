import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

CODE = re.compile(r"^```[a-z]*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(
    r"^(?:\$ )?(?:\.venv/bin/)?(make|fluxherod|fluxhero|alpacasim)(?: ([a-z][a-z-]*))?(?= |$)", re.MULTILINE
)


@pytest.fixture(scope="module")
def commands(root: Path) -> set[tuple[str, str]]:
    """Each program that the README runs, with its first word, from its code blocks and inline code."""
    document = (root / "README.md").read_text(encoding="utf-8")
    code = "\n".join(block or inline for block, inline in CODE.findall(document))
    return set(COMMAND.findall(code))


def test_the_readme_names_the_two_commands(commands: set[tuple[str, str]]) -> None:
    assert {("make", "demo"), ("make", "test")} <= commands


def test_each_make_target_of_the_readme_exists(root: Path, commands: set[tuple[str, str]]) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert {word for program, word in commands if program == "make" and word} <= targets


def test_each_command_of_the_readme_is_in_the_help_of_its_program(
    root: Path, commands: set[tuple[str, str]], check: Callable[..., str]
) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shown = {program: check(program, "--help") for program in project["scripts"] if program in dict(commands)}
    missing = [
        f"{program} {word}"
        for program, word in sorted(commands)
        if program in shown and not re.search(rf"\b{re.escape(word)}\b", shown[program])
    ]
    assert missing == []
