"""Which colour a tone has: made of the theme, so that every theme is a whole one."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from fluxhero_tui.draw.ink import Line

# What each mode looks like is the same in every theme: it must never be mistaken.
_PAPER, _DEMO, _LIVE = Color.parse("#0b6bcb"), Color.parse("#7a3ff2"), Color.parse("#d00000")
_WHITE, _BLACK = Color.parse("#ffffff"), Color.parse("#000000")

_NEVER_GREY = ("badge", "tab", "live", "paper", "demo")


class Palette:
    """Styles by tone. `greyed` is the same without colours, for what is old."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.styles = _styles(variables)
        grey = self.styles["dim"]
        kept = {tone: style for tone, style in self.styles.items() if tone.startswith(_NEVER_GREY)}
        self.greyed = {tone: grey for tone in self.styles} | kept

    def strip(self, of: Line, room: int, ground: str = "ground", stale: bool = False) -> Strip:
        """A line as the screen wants it, `room` cells of it; `ground` is the tone behind it, such as a chosen row's."""
        styles, under = self.greyed if stale else self.styles, self.styles[ground]
        plain = styles[""]
        segments = [Segment(span.text, under + styles.get(span.tone, plain)) for span in of]
        return Strip(segments).adjust_cell_length(room, under)


def _styles(variables: Mapping[str, str]) -> dict[str, Style]:
    ground = _colour(variables, "background", "#121212")
    text = _colour(variables, "foreground", "#e0e0e0")
    good, bad = _colour(variables, "success", "#4ebf71"), _colour(variables, "error", "#ba3c5b")
    warn, accent = _colour(variables, "warning", "#ffa62b"), _colour(variables, "accent", "#ffa62b")
    primary, panel = _colour(variables, "primary", "#0178d4"), _colour(variables, "panel", "#242f38")
    dim, track = ground.blend(text, 0.6), ground.blend(text, 0.25)
    good, bad, warn, accent = (_readable(one, ground, text) for one in (good, bad, warn, accent))
    title = _readable(primary, ground, text)
    return {
        "": _style(text),
        "good": _style(good),
        "bad": _style(bad),
        "warn": _style(warn),
        "accent": _style(accent),
        "dim": _style(dim),
        "bold": _style(text, bold=True),
        "title": _style(title, bold=True),
        "header": _style(dim, underline=True),
        "rule": _style(track),
        "track": _style(track),
        "key": _style(title, bold=True),
        "paper": _badge(_PAPER),
        "demo": _badge(_DEMO),
        "live": _badge(_LIVE),
        "badge-good": _badge(good),
        "badge-bad": _badge(_colour(variables, "error", "#ba3c5b")),
        "badge-warn": _badge(_colour(variables, "warning", "#ffa62b")),
        "badge-dim": _style(text, ground.blend(text, 0.3), bold=True),
        "tab": _style(dim, panel),
        "tab-on": _style(_contrast(primary), primary, bold=True),
        "ground": Style(bgcolor=ground.rich_color),
        "panel": Style(bgcolor=panel.rich_color),
        "live-ground": Style(bgcolor=ground.blend(_LIVE, 0.3).rich_color),
        "cursor": Style(bgcolor=ground.blend(primary, 0.45).rich_color),
        "cursor-away": Style(bgcolor=ground.blend(text, 0.12).rich_color),
    }


def _colour(variables: Mapping[str, str], name: str, otherwise: str) -> Color:
    try:
        found = Color.parse(variables.get(name, otherwise))
    except ValueError:
        return Color.parse(otherwise)
    # A theme of the terminal's own colours names them without saying what they are.
    return Color.parse(otherwise) if found.ansi is not None or found.a < 1 else found


def _readable(colour: Color, ground: Color, text: Color) -> Color:
    """Moved towards the text's colour until it stands out from the ground."""
    for step in range(6):
        moved = colour.blend(text, 0.15 * step)
        if abs(moved.brightness - ground.brightness) >= 0.34:
            return moved
    return text


def _style(colour: Color, ground: Color | None = None, bold: bool = False, underline: bool = False) -> Style:
    return Style(
        color=colour.rich_color,
        bgcolor=ground.rich_color if ground else None,
        bold=bold or None,
        underline=underline or None,
    )


def _badge(ground: Color) -> Style:
    return _style(_contrast(ground), ground, bold=True)


def _contrast(ground: Color) -> Color:
    return _BLACK if ground.brightness > 0.55 else _WHITE
