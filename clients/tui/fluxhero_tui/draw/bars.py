"""Bars, meters, sparklines and plots of characters. Each also says its figure somewhere: a bar is never alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fluxhero_tui.draw.ink import Line, Span

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def bar(share: float, room: int) -> str:
    """A bar over `share` (0 to 1) of `room` cells, to an eighth of a cell."""
    eighths = round(min(max(_known(share), 0.0), 1.0) * room * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(room)


def _known(value: float) -> float:
    """0 for what is no number: its figure beside the bar says so."""
    return 0.0 if math.isnan(value) else value


def meter(share: float, room: int, tone: str) -> Line:
    """A bar on a track, so that what is left shows too."""
    filled = bar(share, room).rstrip()
    return (Span(filled, tone), Span("░" * (room - len(filled)), "track"))


def urgency(share: float) -> str:
    """The tone of a limit that is used so far."""
    return "bad" if share >= 1.0 else "warn" if share >= 0.75 else "good"


def balance(share: float, room: int, tone: str) -> Line:
    """A bar from the middle: to the right for what is beyond (up to 1), to the left for what is short (down to -1)."""
    half, share = max((room - 1) // 2, 1), _known(share)
    cells = min(half, max(1, round(abs(share) * half))) if share else 0
    empty = "·" * (half - cells)
    left = (Span(empty, "track"), Span("█" * cells, tone)) if share < 0 else (Span("·" * half, "track"),)
    right = (Span("█" * cells, tone), Span(empty, "track")) if share > 0 else (Span("·" * half, "track"),)
    return (*left, Span("│", "rule"), *right)


def sparkline(values: Iterable[float], room: int) -> str:
    """The last `room` values, from the lowest of them to the highest."""
    shown = [value for value in values if math.isfinite(value)][-room:] if room > 0 else []
    if not shown:
        return ""
    low, high = min(shown), max(shown)
    if high <= low:
        return _LEVELS[3] * len(shown)
    return "".join(_LEVELS[min(int((value - low) / (high - low) * 7), 6)] for value in shown)


def plot(values: Sequence[float], room: int, height: int) -> list[str]:
    """A curve of braille dots, twice as wide and four times as high as its cells."""
    values = [value for value in values if math.isfinite(value)]
    if room <= 0 or height <= 0 or not values:
        return [" " * max(room, 0)] * max(height, 0)
    columns = resampled(values, room * 2)
    low, high = min(columns), max(columns)
    reach = high - low or 1.0
    cells = [[0] * room for _ in range(height)]
    before: int | None = None
    for x, value in enumerate(columns):
        y = round((high - value) / reach * (height * 4 - 1))
        steps = range(min(y, before), max(y, before) + 1) if before is not None else (y,)
        for dot in steps:
            cells[dot // 4][x // 2] |= _DOTS[dot % 4][x % 2]
        before = y
    return ["".join(chr(0x2800 + cell) for cell in row) for row in cells]


def resampled(values: Sequence[float], count: int) -> list[float]:
    """As many values as asked for, evenly taken, the last one always among them."""
    if len(values) == 1 or count == 1:
        return [values[-1]] * count
    step = (len(values) - 1) / (count - 1)
    return [values[round(number * step)] for number in range(count)]
