"""Types of arguments that several commands have."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    """A number above 0 of a kind."""

    def parse(text: str) -> float:
        number = kind(text)
        if not 0 < number < 1e9:
            raise argparse.ArgumentTypeError(f"{text}: allowed is a number above 0")
        return number

    parse.__name__ = kind.__name__  # argparse names it when the text is no number
    return parse
