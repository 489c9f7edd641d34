"""Tables, as values: columns, which of them fit, sorting, searching. The widget only scrolls and paints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from fluxhero_tui.draw.ink import Line, Span, clean, pad

R = TypeVar("R")
Cell: TypeAlias = "str | Span"


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column. Those with a low `rank` stay when the room is short; `flexible` ones take what is left.

    `sort` is what rows are ordered by, where the text won't do.
    """

    title: str
    cell: Callable[[R], Cell]
    width: int
    right: bool = False
    rank: int = 0
    flexible: bool = False
    sort: Callable[[R], Any] | None = None


@dataclass(frozen=True)
class Order:
    """By which column rows are ordered (None: as they come), and which way."""

    column: int | None = None
    descending: bool = False

    def next(self, columns: int) -> Order:
        """The column after it; after the last one, the order in which the rows come."""
        following = 0 if self.column is None else self.column + 1
        return Order(following if following < columns else None, self.descending)

    def toggled(self, column: int) -> Order:
        """By a column that was pointed at; the other way round when it was that one already."""
        return Order(column, not self.descending if column == self.column else False)

    def reversed(self) -> Order:
        """The other way round."""
        return Order(self.column, not self.descending)


def arranged(rows: Sequence[R], columns: Sequence[Column[R]], order: Order, search: str = "") -> list[R]:
    """The rows that match a search, in order. Each word of the search must be somewhere in the row's cells."""
    words = search.lower().split()
    found = [row for row in rows if all(word in _searched(row, columns) for word in words)] if words else list(rows)
    if order.column is not None and order.column < len(columns):
        column = columns[order.column]
        found.sort(key=lambda row: _key(column, row), reverse=order.descending)
    elif order.descending:
        found.reverse()
    return found


def fitted(columns: Sequence[Column[Any]], room: int, gap: int = 2) -> list[tuple[int, int]]:
    """Which columns are shown, each with its number and its width: those of the lowest rank first."""
    by_rank = sorted(range(len(columns)), key=lambda number: (columns[number].rank, number))
    kept: list[int] = []
    left = room
    for number in by_rank:
        need = columns[number].width + (gap if kept else 0)
        if need <= left or not kept:
            kept.append(number)
            left -= need
    flexible = [number for number in sorted(kept) if columns[number].flexible]
    extra = {number: max(left, 0) // len(flexible) for number in flexible}
    return [(number, columns[number].width + extra.get(number, 0)) for number in sorted(kept)]


def header(columns: Sequence[Column[Any]], shown: Sequence[tuple[int, int]], order: Order, gap: int = 2) -> Line:
    """The titles, each behind a gap, the first one too; an arrow in front of one says what the rows are ordered by.

    It may stand in the gap, so a title that is as wide as its column is whole with it.
    """
    spans: list[Span] = []
    for number, room in shown:
        column = columns[number]
        arrow = ("▼" if order.descending else "▲") if number == order.column else ""
        spans.append(Span(" " * (gap - len(arrow))))
        spans.extend(pad((Span(arrow + column.title, "header"),), room + len(arrow), column.right))
    return tuple(spans)


def row_line(row: R, columns: Sequence[Column[R]], shown: Sequence[tuple[int, int]], gap: int = 2) -> Line:
    """One row."""
    spans: list[Span] = []
    for place, (number, room) in enumerate(shown):
        column = columns[number]
        if place:
            spans.append(Span(" " * gap))
        spans.extend(pad((_span(column.cell(row)),), room, column.right))
    return tuple(spans)


def copied(row: R, columns: Sequence[Column[R]]) -> str:
    """A row as text for the clipboard: every column, shown or not, between tabs."""
    return "\t".join(_span(column.cell(row)).text.strip() for column in columns)


def column_at(x: int, shown: Sequence[tuple[int, int]], gap: int = 2) -> int | None:
    """The column under a cell of its rows; the cell in front of it, where its arrow stands, is its own."""
    left = -1
    for number, room in shown:
        if left <= x < left + room + gap:
            return number
        left += room + gap
    return None


def _span(cell: Cell) -> Span:
    return Span(clean(cell)) if isinstance(cell, str) else Span(clean(cell.text), cell.tone)


def _searched(row: R, columns: Sequence[Column[R]]) -> str:
    return " ".join(_span(column.cell(row)).text for column in columns).lower()


def _key(column: Column[R], row: R) -> Any:
    return column.sort(row) if column.sort is not None else _span(column.cell(row)).text
