"""Aligned columns, whole or as they stream in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.figures import Cell

T = TypeVar("T")

_GAP = "  "
_LEAST_TEXT = 12


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A title, and what a row shows under it; numbers stand to the right, `least` keeps streams from jumping."""

    title: str
    cell: Callable[[T], Cell | str]
    right: bool = False
    least: int = 0


class Table(Generic[T]):
    """Prints rows under one header. Later rows may widen a column; on a terminal the last one is cut to fit."""

    def __init__(self, columns: Sequence[Column[T]], console: Console, indent: str = "") -> None:
        self._columns = columns
        self._console = console
        self._indent = indent
        self._widths = [max(len(column.title), column.least) for column in columns]
        self._headed = False

    def print(self, rows: Iterable[T]) -> None:
        """Print the rows, and the header before the first one."""
        cells = [[_as_cell(column.cell(row)) for column in self._columns] for row in rows]
        for index in range(len(self._columns)):
            self._widths[index] = max([self._widths[index], *(len(row[index].text) for row in cells)])
        if not self._headed:
            self._console.print(self._line([Cell(column.title, "dim") for column in self._columns]))
            self._headed = True
        for row in cells:
            self._console.print(self._line(row))

    def _line(self, cells: Sequence[Cell]) -> str:
        parts = [self._part(index, cell) for index, cell in enumerate(cells)]
        return (self._indent + _GAP.join(parts)).rstrip()

    def _part(self, index: int, cell: Cell) -> str:
        width = self._widths[index]
        last = index == len(self._columns) - 1
        text = self._cut(cell.text) if last else cell.text
        padding = " " * (0 if last and not self._columns[index].right else width - len(text))
        painted = self._console.paint(text, cell.style)
        return padding + painted if self._columns[index].right else painted + padding

    def _cut(self, text: str) -> str:
        if self._console.width is None or self._columns[-1].right:
            return text
        used = len(self._indent) + sum(self._widths[:-1]) + len(_GAP) * (len(self._widths) - 1)
        room = max(self._console.width - used, _LEAST_TEXT)
        return text if len(text) <= room else text[: room - 1] + "…"


def print_pairs(console: Console, pairs: Iterable[tuple[str, Cell | str]], right: bool = False) -> None:
    """Labels with their values; amounts stand to the right."""
    rows = [(label, _as_cell(value)) for label, value in pairs]
    labels = max(len(label) for label, _ in rows)
    values = max(len(cell.text) for _, cell in rows) if right else 0
    for label, cell in rows:
        padding = " " * max(values - len(cell.text), 0)
        console.print(f"{console.paint(label.ljust(labels), 'dim')}  {padding}{console.paint(cell.text, cell.style)}")


def _as_cell(value: Cell | str) -> Cell:
    # Text comes from elsewhere too (the broker's words): it must neither break a line nor steer the terminal.
    cell = Cell(value) if isinstance(value, str) else value
    text = "".join(character if character.isprintable() else " " for character in cell.text)
    return Cell(text, cell.style)
