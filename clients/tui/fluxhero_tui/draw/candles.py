"""A chart of candles: rising bodies are thin, falling ones are solid, so that the shape says it without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fluxhero_tui.draw.figures import price as price_text
from fluxhero_tui.draw.ink import Line, Span

AXIS = 13
# Room behind the last bar for what happened since.
_NOW = 2
_RISING = {"  ": " ", "ww": "│", "bb": "┃", "wb": "╽", "bw": "╿", " w": "╷", "w ": "╵", " b": "╻", "b ": "╹"}
_FALLING = {"  ": " ", "ww": "│", "bb": "█", "wb": "▄", "bw": "▀", " w": "╷", "w ": "╵", " b": "▄", "b ": "▀"}


class Candle(NamedTuple):
    """What a bar did."""

    open: float
    high: float
    low: float
    close: float


class Level(NamedTuple):
    """A price that runs across the chart."""

    price: float
    label: str
    tone: str
    glyph: str = "─"


class Mark(NamedTuple):
    """Something at one candle: a fill."""

    place: int
    price: float
    glyph: str
    tone: str


@dataclass(frozen=True)
class Chart:
    """What is drawn. `curves` are by their glyph and tone; each has a value (or None) for each candle."""

    candles: Sequence[Candle]
    curves: Mapping[tuple[str, str], Sequence[float | None]] = field(default_factory=dict)
    levels: Sequence[Level] = ()
    marks: Sequence[Mark] = ()


class _Scale:
    """From prices to half cells, 0 at the top."""

    def __init__(self, low: float, high: float, rows: int) -> None:
        margin = (high - low) * 0.02 or abs(high) * 0.001 or 1.0
        self.low, self.high, self.rows = low - margin, high + margin, rows

    def half(self, price: float) -> int:
        share = (self.high - price) / (self.high - self.low)
        return min(max(int(share * self.rows * 2), 0), self.rows * 2 - 1)

    def row(self, price: float) -> int:
        return self.half(price) // 2

    def price(self, row: int) -> float:
        return self.high - (row + 0.5) / self.rows * (self.high - self.low)

    def shows(self, price: float) -> bool:
        return self.low <= price <= self.high


def draw(chart: Chart, room: int, rows: int) -> list[Line]:
    """The chart with its axis, `rows` lines of `room` cells."""
    columns = room - AXIS
    if columns < 4 or rows < 3 or not chart.candles:
        return []
    step = spacing(len(chart.candles), columns)
    scale = _scale(chart, rows)
    grid: list[list[Span]] = [[Span(" ")] * columns for _ in range(rows)]
    labels: dict[int, Span] = {}
    _levels(chart, scale, grid, labels)
    _curves(chart, scale, grid, step)
    _candles(chart, scale, grid, step)
    _marks(chart, scale, grid, step)
    return [tuple([*_joined(cells), _axis(scale, row, rows, labels)]) for row, cells in enumerate(grid)]


def spacing(count: int, columns: int) -> int:
    """Cells from a candle to the next."""
    return max(1, min(3, columns // max(count, 1)))


def fitting(columns: int) -> int:
    """How many candles a width shows when there are more than enough."""
    return max(columns - AXIS - _NOW, 1)


def _scale(chart: Chart, rows: int) -> _Scale:
    low, high = min(candle.low for candle in chart.candles), max(candle.high for candle in chart.candles)
    reach = high - low
    # A stop that is near belongs on the picture; one that is far away must not flatten it.
    near = [level.price for level in chart.levels if low - 0.6 * reach <= level.price <= high + 0.6 * reach]
    values = [value for curve in chart.curves.values() for value in curve if value is not None]
    return _Scale(min([low, *near, *values]), max([high, *near, *values]), rows)


def _levels(chart: Chart, scale: _Scale, grid: list[list[Span]], labels: dict[int, Span]) -> None:
    for level in chart.levels:
        if scale.shows(level.price):
            row = scale.row(level.price)
            grid[row] = [Span(level.glyph, level.tone)] * len(grid[row])
            labels[row] = Span(f" {level.label:>{AXIS - 1}}"[:AXIS], level.tone)


def _curves(chart: Chart, scale: _Scale, grid: list[list[Span]], step: int) -> None:
    for (glyph, tone), values in chart.curves.items():
        for index, value in enumerate(values):
            if value is not None and scale.shows(value) and index * step < len(grid[0]):
                grid[scale.row(value)][index * step] = Span(glyph, tone)


def _candles(chart: Chart, scale: _Scale, grid: list[list[Span]], step: int) -> None:
    for index, candle in enumerate(chart.candles):
        column = index * step
        if column >= len(grid[0]):
            break
        rising = candle.close >= candle.open
        shapes, tone = (_RISING, "good") if rising else (_FALLING, "bad")
        body = sorted((scale.half(candle.open), scale.half(candle.close)))
        wick = (scale.half(candle.high), scale.half(candle.low))
        for row in range(wick[0] // 2, wick[1] // 2 + 1):
            grid[row][column] = Span(shapes[_half(2 * row, body, wick) + _half(2 * row + 1, body, wick)], tone)


def _half(half: int, body: Sequence[int], wick: Sequence[int]) -> str:
    if body[0] <= half <= body[1]:
        return "b"
    return "w" if wick[0] <= half <= wick[1] else " "


def _marks(chart: Chart, scale: _Scale, grid: list[list[Span]], step: int) -> None:
    for mark in chart.marks:
        column = mark.place * step
        if 0 <= column < len(grid[0]) and scale.shows(mark.price):
            grid[scale.row(mark.price)][column] = Span(mark.glyph, mark.tone)


def _axis(scale: _Scale, row: int, rows: int, labels: Mapping[int, Span]) -> Span:
    if row in labels:
        return labels[row]
    every = max(rows // 6, 2)
    return Span(f" {price_text(scale.price(row)):>{AXIS - 1}}" if row % every == 0 else " " * AXIS, "dim")


def _joined(cells: Sequence[Span]) -> list[Span]:
    """Neighbours of one tone as one span: a line of a chart is then a few pieces, not a hundred."""
    found: list[Span] = []
    for cell in cells:
        if found and found[-1].tone == cell.tone:
            found[-1] = Span(found[-1].text + cell.text, cell.tone)
        else:
            found.append(cell)
    return found
