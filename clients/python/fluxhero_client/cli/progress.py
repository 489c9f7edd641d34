"""How far something is: a bar that moves on a terminal, and nothing elsewhere."""

from __future__ import annotations

from typing import Any

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.times import span

WIDTH = 24


class Bar:
    """On standard error, so that the answer stays what scripts read."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._moves = console.err.isatty()
        self._shown = 0

    def show(self, progress: Any) -> None:
        """Draw it anew."""
        if not self._moves:
            return
        filled = round(WIDTH * min(1.0, max(0.0, progress.done_pct / 100)))
        left = f", {span(progress.remaining)} left" if progress.HasField("remaining") else ""
        count = f" {progress.done:,} of {progress.total:,}" if progress.total else ""
        words = "".join(letter if letter.isprintable() else " " for letter in progress.text)
        self._draw(f"[{'#' * filled}{'.' * (WIDTH - filled)}] {progress.done_pct:3.0f} % {words}{count}{left}")

    def end(self) -> None:
        """Take it away."""
        if self._shown:
            self._draw("")
            self._console.err.write("\r")
            self._console.err.flush()
            self._shown = 0

    def _draw(self, line: str) -> None:
        width = self._console.width or 80
        line = line[: width - 1]
        self._console.err.write(f"\r{line.ljust(self._shown)}")
        self._console.err.flush()
        self._shown = len(line)
