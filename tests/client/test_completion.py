"""Shell completion, asked of the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ASKS = {
    "bash": """
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_fluxhero 2>/dev/null
echo "${{COMPREPLY[@]}}"
""",
    "zsh": """
compadd() {{ for word in ${{@:#--}}; do [[ $word == ${{words[CURRENT]}}* ]] && print -r -- $word; done }}
_files() {{ print -r -- ${{words[CURRENT]}}*(N) }}
words=({words})
CURRENT=${{#words}}
_fluxhero
true
""",
    "fish": "complete -C '{line}'",  # each with a tab and what it is
}
OPTIONS = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}


def completed(shell: str, words: Sequence[str], folder: Path) -> set[str]:
    """What a real shell offers for the last of some words."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    command = [sys.executable, "-m", "fluxhero_client.cli", "completion", shell]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(folder)}
    script = subprocess.check_output(command, env=environment, text=True)
    ask = ASKS[shell].format(words=" ".join(f"'{word}'" for word in words), line=" ".join(words))
    first = "compdef() { true }\n" if shell == "zsh" else ""
    (folder / ".ask").write_text(f"{first}{script}\n{ask}")
    shown = subprocess.check_output([shell, *OPTIONS[shell], ".ask"], cwd=folder, env=environment, text=True)
    offers = (line.partition("\t")[0] for line in shown.splitlines())
    return {word for offer in offers for word in offer.split()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_options_choices_and_files(shell: str, tmp_path: Path) -> None:
    (tmp_path / "read.token").write_text("x")

    def complete(*words: str) -> set[str]:
        return completed(shell, words, tmp_path)

    assert {"status", "watch", "reset-breaker"} <= complete("fluxhero", "")
    assert complete("fluxhero", "canc") == {"cancel", "cancel-all"}
    assert complete("fluxhero", "watch", "p") == {"prices", "positions"}
    assert complete("fluxhero", "-o", "json", "watch", "orders", "al") == {"alerts"}
    assert complete("fluxhero", "alerts", "--severity", "") == {"info", "warning", "critical"}
    assert complete("fluxhero", "status", "-o", "c") == {"csv"}
    assert complete("fluxhero", "status", "--prof") == {"--profile"}
    assert complete("fluxhero", "status", "--token-file", "re") == {"read.token"}
