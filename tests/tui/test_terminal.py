"""The command in a real terminal, made by tmux."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.terminals import Terminal


def test_the_recording_plays_in_a_terminal_and_q_leaves_it_as_it_was(terminal: Terminal) -> None:
    terminal.run("tui", "--demo")
    terminal.until(lambda screen: "RECORDING" in screen and "Quotes" in screen and "● live" in screen)
    terminal.press("2")
    terminal.until(lambda screen: "KAMA" in screen and "regime" in screen)
    terminal.press("6")
    terminal.until(lambda screen: "Correlations" in screen)
    terminal.press("q")
    terminal.until(lambda screen: "The daemon goes on" in screen)
    terminal.press("y")
    screen = terminal.until(lambda screen: "CODE=" in screen)
    assert "CODE=0" in screen
    assert "Correlations" not in screen


def test_without_colours_everything_is_still_said(terminal: Terminal) -> None:
    terminal.run("tui", "--demo", NO_COLOR="1")
    terminal.until(lambda screen: "RECORDING" in screen and "breaker" in screen and "▸ AAPL" in screen)


def test_output_that_goes_elsewhere_is_refused_with_a_reason() -> None:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-m", "fluxhero_client.cli", "tui", "--demo"]
    done = subprocess.run(words, capture_output=True, text=True, env=variables, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "fluxhero: the terminal UI needs a terminal: its output goes elsewhere\n",
    )


def test_without_textual_the_command_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "textual.py").write_text("raise ModuleNotFoundError('No module named textual', name='textual')")
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    words = [sys.executable, "-m", "fluxhero_client.cli", "tui"]
    done = subprocess.run(words, capture_output=True, text=True, env=variables, stdin=subprocess.DEVNULL, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "fluxhero: the terminal UI needs Textual: pip install 'fluxhero[tui]'\n",
    )


def test_the_terminal_never_imports_the_daemon_or_anything_that_computes() -> None:
    heavy = ("fluxherod", "alpacasim", "numba", "numpy", "pandas", "pyarrow")
    code = f"import fluxhero_tui.launch, sys; sys.exit(', '.join(set({heavy!r}) & set(sys.modules)) or None)"
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=False)
    assert (done.returncode, done.stderr) == (0, "")
