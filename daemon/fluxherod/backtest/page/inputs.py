"""What a report shows besides the run itself: its title, a sweep, the windows of a walk-forward, a verdict on luck.

All texts are shown as they are, escaped; numbers are formatted by the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class About:
    """The report's own particulars.

    Args:
        title: shown in place of "SPY, hourly bars".
        note: a sentence of whoever made the run.
        made: when, with a zone; it is shown in New York's time. None: not shown, so that equal runs give equal bytes.
    """

    title: str = ""
    note: str = ""
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Two parameters of a sweep and what came of each pair; of more parameters, a cut or the best over the others.

    Args:
        figure: what the values are, such as "Sharpe ratio".
        across, down: names of the parameters; `across_values`, `down_values` their values as text. Where one alone was
            varied, `down` is "" with the value "".
        values: shape (down, across); None where a pair was not tried or has no figure.
        trials: how many combinations were tried in all.
        chosen: (down, across) of the pair that was taken, when one was.
        note: how the other parameters were treated.
    """

    figure: str
    across: str
    across_values: tuple[str, ...]
    down: str
    down_values: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    trials: int
    chosen: tuple[int, int] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        shape = (len(self.down_values), len(self.across_values))
        if len(self.values) != shape[0] or any(len(row) != shape[1] for row in self.values):
            raise ValueError(f"values of {self.figure}: allowed is shape {shape}, one row a value of {self.down}")


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a walk-forward: trained from `train` up to `test`, tested from `test` up to `end`, New York dates.

    Args:
        chosen: the parameters that the training took, as text.
        trained: the figure that was optimised, on the training bars.
        tested: the return on the test bars; None when no trade was closed.
        trades: closed in the test.
    """

    train: date
    test: date
    end: date
    chosen: str
    trained: float | None
    tested: float | None
    trades: int


@dataclass(frozen=True, slots=True)
class WalkForward:
    """The windows in order, the verdict in words, and whether it passed; None: too few trades to tell."""

    figure: str
    windows: tuple[Window, ...]
    passed: bool | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Luck:
    """Whether the result could be luck: one verdict in words and the figures behind it.

    Args:
        passed: None when there is too little to tell.
        figures: of each its name, its value as text, and what it means in a sentence.
        title: in place of what `passed` says.
    """

    passed: bool | None
    verdict: str
    figures: tuple[tuple[str, str, str], ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """All of it; what was not made is not shown."""

    about: About = field(default_factory=About)
    sweep: HeatMap | None = None
    walk_forward: WalkForward | None = None
    luck: Luck | None = None
