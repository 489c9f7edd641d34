"""A real terminal, made by tmux."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 60.0


class Terminal:
    """A terminal of 120 x 40, and the keyboard before it."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def close(self) -> None:
        """End it and what runs in it."""
        subprocess.run(["tmux", "-S", str(self._socket), "kill-server"], capture_output=True, check=False)

    def tmux(self, *words: str) -> str:
        """What tmux itself says to a command."""
        done = subprocess.run(["tmux", "-S", str(self._socket), *words], capture_output=True, text=True, check=True)
        return done.stdout

    def run(self, *words: str, **environment: str) -> None:
        """Start `fluxhero` with these words in it."""
        variables = {"PYTHONPATH": os.pathsep.join(sys.path), **environment}
        given = [f"{name}={value}" for name, value in variables.items()]
        command = shlex.join(
            ["env", "-u", "COLUMNS", "-u", "LINES", *given, sys.executable, "-m", "fluxhero_client.cli", *words]
        )
        # What the command leaves on the screen stays to be read.
        self.tmux("new-session", "-d", "-x", "120", "-y", "40", f"{command}; echo CODE=$?; sleep 600")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names or letter by letter."""
        self.tmux("send-keys", *keys)

    def write(self, text: str, *then: str) -> None:
        """Type letter by letter, then press keys."""
        self.tmux("send-keys", "-l", text)
        self.press(*then)

    def screen(self) -> str:
        """What is on the screen."""
        return self.tmux("capture-pane", "-p")

    def until(self, true: Callable[[str], bool]) -> str:
        """The screen as soon as something holds of it."""
        end_s = time.monotonic() + PATIENCE_S
        while not true(screen := self.screen()):
            assert time.monotonic() < end_s, screen
            time.sleep(0.05)
        return screen
