"""Sweep, walk-forward and luck as the page shows them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from fluxherod.backtest.page import texts
from fluxherod.backtest.page.inputs import HeatMap, Luck, WalkForward, Window
from fluxherod.backtest.page.tables import Cell, Column, Table, scale, shade
from fluxherod.backtest.page.words import Verdict


def heat_map(sweep: HeatMap) -> Table:
    """The values of a sweep; rows are the values of `down`."""
    pale = _pale(sweep)
    size = scale([value - pale for value in _known(sweep)])
    rows = [
        (
            Cell(name or sweep.figure),
            *(_value(sweep, pale, size, down, across) for across in range(len(sweep.across_values))),
        )
        for down, name in enumerate(sweep.down_values)
    ]
    corner, caption = sweep.across, f"{sweep.figure} by {sweep.across}"
    if sweep.down:
        corner = f"{sweep.down} \\ {sweep.across}"
        caption = f"{sweep.figure} by {sweep.down} (rows) and {sweep.across} (columns)"
    columns = (Column(corner, number=False), *(Column(name) for name in sweep.across_values))
    return Table(caption, columns, tuple(rows))


def _known(sweep: HeatMap) -> list[float]:
    return [value for row in sweep.values for value in row if value is not None and math.isfinite(value)]


def _pale(sweep: HeatMap) -> float:
    """The value without a colour: 0 where there are some on both sides of it, else the middle of all."""
    known = _known(sweep) or [0.0]
    return 0.0 if min(known) < 0.0 < max(known) else median(known)


def _value(sweep: HeatMap, pale: float, size: float, down: int, across: int) -> Cell:
    value = sweep.values[down][across]
    if value is None or not math.isfinite(value):
        return Cell(texts.UNKNOWN)
    return Cell(texts.number(value), shade=shade(value - pale, size), chosen=sweep.chosen == (down, across))


def sweep_words(sweep: HeatMap) -> tuple[str, ...]:
    """What was swept, and where the run of this page lies."""
    return tuple(_sweep_words(sweep))


def _sweep_words(sweep: HeatMap) -> Iterator[str]:
    yield f"{texts.count(sweep.trials, 'combination')} tried."
    if sweep.chosen is not None:
        down, across = sweep.chosen
        pair = f"{sweep.across} {sweep.across_values[across]}"
        if sweep.down:
            pair = f"{sweep.down} {sweep.down_values[down]} and {pair}"
        yield f"The framed value, at {pair}, was taken."
    if sweep.note:
        yield sweep.note
    if pale := _pale(sweep):
        yield f"The colours are around the middle of all values, {texts.number(pale)}."
    yield "Trust a broad field of like colour; a single deep cell among pale ones is chance."


def windows(found: WalkForward) -> Table:
    """The windows of a walk-forward."""
    columns = (
        Column("Tested from", number=False),
        Column("to", number=False),
        Column("Trained from", number=False),
        Column("Chosen", number=False),
        Column(f"{found.figure} in training"),
        Column("Trades"),
        Column("Return in the test"),
        Column("Verdict", number=False),
    )
    rows = tuple(_window(window) for window in found.windows)
    return Table("Windows of the walk-forward; each test comes after its training", columns, rows)


def _window(window: Window) -> tuple[Cell, ...]:
    tested = window.tested
    verdict = "no trade" if tested is None else "profit" if tested > 0 else "no profit"
    tone = "" if not tested else "gain" if tested > 0 else "loss"
    return (
        Cell(window.test.isoformat()),
        Cell(window.end.isoformat()),
        Cell(window.train.isoformat()),
        Cell(window.chosen),
        Cell(texts.number(window.trained)),
        Cell(f"{window.trades:,}"),
        Cell(texts.percent(tested, signed=True), tone),
        Cell(verdict),
    )


def walk_forward_verdict(found: WalkForward) -> Verdict:
    """The walk-forward in a line."""
    title = "Walk-forward: too few trades" if found.passed is None else _passed("Walk-forward", found.passed)
    return Verdict(found.passed, title, found.verdict)


def luck_verdict(found: Luck) -> Verdict:
    """The verdict on luck in a line."""
    titles = {True: "Unlikely to be luck", False: "May well be luck", None: "Too little to tell luck from skill"}
    return Verdict(found.passed, found.title or titles[found.passed], found.verdict)


def _passed(what: str, passed: bool) -> str:
    return f"{what} {'passed' if passed else 'failed'}"
