"""Large digits, three rows high: read from across the room."""

from __future__ import annotations

_ROWS = {
    "0": ("┏━┓", "┃ ┃", "┗━┛"),
    "1": (" ╻ ", " ┃ ", " ╹ "),
    "2": ("╺━┓", "┏━┛", "┗━╸"),
    "3": ("╺━┓", " ━┫", "╺━┛"),
    "4": ("╻ ╻", "┗━┫", "  ╹"),
    "5": ("┏━╸", "┗━┓", "╺━┛"),
    "6": ("┏━╸", "┣━┓", "┗━┛"),
    "7": ("╺━┓", "  ┃", "  ╹"),
    "8": ("┏━┓", "┣━┫", "┗━┛"),
    "9": ("┏━┓", "┗━┫", "╺━┛"),
    ",": (" ", " ", "╻"),
    ".": (" ", " ", "▪"),
    "-": ("   ", "╺━╸", "   "),
    "+": (" ╷ ", "╺╋╸", " ╵ "),
    " ": (" ", " ", " "),
}
HEIGHT = 3


def large(text: str) -> list[str]:
    """Three rows of a figure; a character without a large form stands small on the middle row."""
    shapes = [_ROWS.get(character, (" ", character, " ")) for character in text]
    return [" ".join(shape[row] for shape in shapes) for row in range(HEIGHT)]
