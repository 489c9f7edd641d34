"""The operations guide names commands, options, units and alerts that there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fluxherod.engine.alert_codes import CODES

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?<![\w/-])(fluxherod|fluxhero) ([a-z]+(?:-[a-z]+)*)((?: (?:--[a-z-]+|[^\s;#`]+))*)")


@pytest.fixture(scope="module")
def guide() -> str:
    return (ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def code(guide: str) -> str:
    """What stands in code blocks and between backticks."""
    blocks = re.findall(r"^    (.*)$", guide, flags=re.MULTILINE)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", guide)])


def test_each_command_is_in_the_help_of_its_program_and_each_option_in_that_of_the_command(code: str) -> None:
    modules = {"fluxherod": "fluxherod", "fluxhero": "fluxhero_client.cli"}
    found = {(match[1], match[2], tuple(re.findall(r"--[a-z-]+", match[3]))) for match in COMMAND.finditer(code)}
    assert len(found) > 15
    for program, word, options in sorted(found):
        command = [sys.executable, "-m", modules[program], word, "--help"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{program} {word}: {done.stderr}"
        assert [option for option in options if option not in done.stdout] == [], f"{program} {word}"


def test_each_alert_is_one_that_can_come(code: str) -> None:
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", code)) - {"START"}
    assert len(named) > 20
    assert named <= set(CODES)


def test_each_timer_and_script_is_there(code: str) -> None:
    for name in set(re.findall(r"fluxherod-[a-z]+", code)):
        assert any((ROOT / "systemd").glob(f"{name}.*")), name
    for script in set(re.findall(r"systemd/[a-z]+\.sh", code)):
        assert (ROOT / script).exists()
