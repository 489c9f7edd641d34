"""The daemon's error tree: what ends a command, and with which exit code."""

from __future__ import annotations

from collections.abc import Sequence


class FluxHeroError(Exception):
    """A failure whose text says what to do; shown to the operator without a traceback."""

    exit_code = 1


class ConfigurationError(FluxHeroError):
    """What was configured can't be used; `problems` has a sentence each."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class CredentialsError(ConfigurationError):
    """No usable key pair; the text never contains any part of one."""
