"""Lines of text in tones. A tone is a meaning (`good`, `dim`); which colour that is the theme says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

# What Textual measures with, too: a letter of Chinese takes two cells, an accent of its own none.
from rich.cells import cell_len, chop_cells, set_cell_size


class Span(NamedTuple):
    """Text in one tone; "" is the plain one."""

    text: str
    tone: str = ""


Line: TypeAlias = tuple[Span, ...]
Piece: TypeAlias = "str | tuple[str, str]"

EMPTY: Line = ()
# Those that turn the direction of writing would change the order in which a line is read.
_DIRECTIONS = (0x61C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
_CONTROLS = {code: "·" for code in (*range(32), *range(127, 160), *_DIRECTIONS)}


def clean(text: str) -> str:
    """Text from elsewhere, safe for a terminal: nothing in it can move the cursor or colour the screen."""
    return text.translate(_CONTROLS)


def line(*pieces: Piece) -> Line:
    """A line of texts and (text, tone) pairs."""
    return tuple(Span(piece) if isinstance(piece, str) else Span(*piece) for piece in pieces if piece and piece[0])


def width(of: Line) -> int:
    """How many cells a line takes."""
    return sum(cell_len(span.text) for span in of)


def plain(of: Line) -> str:
    """Its text alone."""
    return "".join(span.text for span in of)


def clip(of: Line, room: int, ending: str = "…") -> Line:
    """The line, cut to `room` cells; `ending` shows that something is missing."""
    if width(of) <= room:
        return of
    kept: list[Span] = []
    left = max(room - cell_len(ending), 0)
    for span in of:
        if left <= 0:
            break
        size = cell_len(span.text)
        kept.append(span if size <= left else Span(set_cell_size(span.text, left), span.tone))
        left -= size
    tone = kept[-1].tone if kept else ""
    return (*kept, Span(ending[:room], tone))


def pad(of: Line, room: int, right: bool = False) -> Line:
    """The line, exactly `room` cells wide; `right` moves it to the right end."""
    of = clip(of, room)
    missing = room - width(of)
    if missing <= 0:
        return of
    blank = Span(" " * missing)
    return (blank, *of) if right else (*of, blank)


def spread(left: Line, right: Line, room: int) -> Line:
    """Two lines on one row, at both ends of it; the left one gives way."""
    right = clip(right, room)
    return (*pad(left, room - width(right)), *right)


def beside(blocks: Iterable[tuple[list[Line], int]], gap: int = 2) -> list[Line]:
    """Blocks of lines next to each other, each with its width."""
    blocks = list(blocks)
    height = max((len(lines) for lines, _ in blocks), default=0)
    rows: list[Line] = []
    for number in range(height):
        row: list[Span] = []
        for place, (lines, room) in enumerate(blocks):
            if place:
                row.append(Span(" " * gap))
            row.extend(pad(lines[number] if number < len(lines) else EMPTY, room))
        rows.append(tuple(row))
    return rows


def toned(of: Line, tone: str) -> Line:
    """The line in one tone throughout."""
    return tuple(Span(span.text, tone) for span in of)


def wrap(text: str, room: int, tone: str = "", indent: str = "") -> list[Line]:
    """A sentence on as many lines as it needs."""
    found: list[Line] = []
    for paragraph in text.splitlines() or [""]:
        pieces = _wrapped(clean(paragraph), max(room - len(indent), 8))
        found += [line((indent + piece, tone)) if piece else EMPTY for piece in pieces]
    return found


def _wrapped(text: str, room: int) -> list[str]:
    """Whole words where they fit; a longer one, such as a sentence of Chinese, is cut where the row ends."""
    rows = [""]
    for word in text.split():
        joined = f"{rows[-1]} {word}" if rows[-1] else word
        rows[-1:] = [joined] if cell_len(joined) <= room else [rows[-1], *chop_cells(word, room)]
    return rows if rows[0] or len(rows) == 1 else rows[1:]


def heading(text: str, room: int, note: str = "") -> Line:
    """A title with a rule behind it."""
    title = f"{text} "
    ending = f" {note}" if note else ""
    rule = "─" * max(room - cell_len(title) - cell_len(ending), 0)
    return clip(line((title, "title"), (rule, "rule"), (ending, "dim")), room)


def fitted(parts: Iterable[Line], room: int, gap: str = "  ") -> Line:
    """As many of the parts, in their order, as fit on one row: what matters most comes first."""
    row: list[Span] = []
    left = room
    for part in parts:
        need = width(part) + (len(gap) if row else 0)
        if not part or need > left:
            continue
        if row:
            row.append(Span(gap))
        row.extend(part)
        left -= need
    return tuple(row)
