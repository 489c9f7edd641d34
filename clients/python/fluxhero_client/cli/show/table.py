"""Aligned columns, whole or as they stream in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fluxhero_client.cli.console import Console
from fluxhero_client.cli.show.figures import Cell

T = TypeVar("T")

_GAP = "  "
_LEAST_TEXT = 12


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A title, and what a row shows under it.

    Numbers stand to the right; `least` keeps streams from jumping. On a terminal that is too narrow, columns with the
    highest `spare` go first (0 never goes), then the last column is cut if it is `cuttable`.
    """

    title: str
    cell: Callable[[T], Cell | str]
    right: bool = False
    least: int = 0
    spare: int = 0
    cuttable: bool = False


class Table(Generic[T]):
    """Prints rows under one header. Later rows may widen a column."""

    def __init__(self, columns: Sequence[Column[T]], console: Console, indent: str = "") -> None:
        self._columns = list(columns)
        self._console = console
        self._indent = indent
        self._widths = {column.title: max(len(column.title), column.least) for column in columns}
        self._headed = False

    def print(self, rows: Iterable[T]) -> None:
        """Print the rows, and the header before the first one."""
        cells = [{column.title: _as_cell(column.cell(row)) for column in self._columns} for row in rows]
        for column in self._columns:
            longest = max((len(row[column.title].text) for row in cells), default=0)
            self._widths[column.title] = max(self._widths[column.title], longest)
        if not self._headed:
            self._fit()
            self._console.print(self._line({column.title: Cell(column.title, "dim") for column in self._columns}))
            self._headed = True
        for row in cells:
            self._console.print(self._line(row))

    def _fit(self) -> None:
        """Leave out what a narrow terminal has no room for."""
        while self._console.width is not None and self._room() < 0:
            candidate = max(self._columns, key=lambda column: column.spare)
            if candidate.spare == 0:
                return
            self._columns.remove(candidate)

    def _room(self) -> int:
        """Characters that the line leaves free with the last column at its shortest."""
        last = self._columns[-1]
        shortest = min(self._widths[last.title], _LEAST_TEXT) if last.cuttable else self._widths[last.title]
        return (self._console.width or 0) - self._before_last() - shortest

    def _before_last(self) -> int:
        return len(self._indent) + sum(self._widths[column.title] + len(_GAP) for column in self._columns[:-1])

    def _line(self, row: Mapping[str, Cell]) -> str:
        return (self._indent + _GAP.join(self._part(column, row[column.title]) for column in self._columns)).rstrip()

    def _part(self, column: Column[T], cell: Cell) -> str:
        last = column is self._columns[-1]
        text = self._cut(cell.text) if last and column.cuttable else cell.text
        padding = " " * (0 if last and not column.right else self._widths[column.title] - len(text))
        painted = self._console.paint(text, cell.style)
        return padding + painted if column.right else painted + padding

    def _cut(self, text: str) -> str:
        if self._console.width is None:
            return text
        room = max(self._console.width - self._before_last(), _LEAST_TEXT)
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
