"""Where output goes, and what it may use there: colour, width, questions."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TextIO

_CODES = {"good": "32", "bad": "31", "warn": "33", "dim": "2", "bold": "1"}


@dataclass(frozen=True, slots=True)
class Console:
    """Standard streams. `width` is None where lines are never cut; `interactive` when a person can answer."""

    out: TextIO
    err: TextIO
    input: TextIO
    colour: bool = False
    colour_errors: bool = False
    width: int | None = None
    interactive: bool = False

    @classmethod
    def of_process(cls, colour: bool, environment: Mapping[str, str] = os.environ) -> Console:
        """The process's own streams; colour and width only on a terminal."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # A terminal without these characters still gets its answer.
        terminal = sys.stdout.isatty()
        allowed = colour and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        return cls(
            out=sys.stdout,
            err=sys.stderr,
            input=sys.stdin,
            colour=terminal and allowed,
            colour_errors=sys.stderr.isatty() and allowed,
            width=_columns() if terminal else None,
            interactive=sys.stdin.isatty(),
        )

    def print(self, text: str = "") -> None:
        """Answer: one or more lines on standard output, flushed so that a pipe sees them at once."""
        print(text, file=self.out, flush=True)

    def note(self, text: str) -> None:
        """Say something about the answer, on standard error."""
        print(text, file=self.err, flush=True)

    def paint(self, text: str, style: str) -> str:
        """`text` in a style (good, bad, warn, dim, bold), where colours are wanted."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and style and text else text

    def on_errors(self) -> Console:
        """The same console, answering on standard error."""
        return replace(self, out=self.err, colour=self.colour_errors)

    def confirm(self, question: str) -> bool:
        """Ask on standard error; only yes is yes."""
        # asyncio only notes the first Ctrl-C, and a blocked read would not end; here it must end at once.
        handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            print(f"{question} [y/N] ", file=self.err, end="", flush=True)
            return self.input.readline().strip().lower() in ("y", "yes")
        finally:
            signal.signal(signal.SIGINT, handler)


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns
