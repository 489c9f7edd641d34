"""The report of a run: one page with what was made besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from fluxhero.v1 import backtest_pb2
from fluxherod.backtest.luck import Luck, Verdict
from fluxherod.backtest.model import Bars
from fluxherod.backtest.page import inputs
from fluxherod.backtest.page.render import render
from fluxherod.backtest.report import Report
from fluxherod.backtest.score import objective_of
from fluxherod.backtest.space import Value
from fluxherod.backtest.sweep import Trial
from fluxherod.backtest.walkforward import Step, WalkForward
from fluxherod.jobs.speech import Speech

PASSED = {Verdict.PROBABLY_REAL: True, Verdict.LIKELY_LUCK: False, Verdict.NO_EDGE: False}
WALKED = "The figures are of the parameters as they were, over all bars; each window of the walk-forward chose its own."
SWEPT = "The figures are of the best of {} combinations, chosen on these same bars: of others expect less."
Axes = Mapping[str, Sequence[Value]]


def page(report: Report, bars: Sequence[Bars], extras: inputs.Extras, speech: Speech) -> bytes:
    """The page; empty, with a word in the daemon's log, where it can't be made: the figures are there all the same."""
    try:
        return render(report, bars, extras).encode()
    except ValueError as error:
        speech.note(f"there is no report: {error}")
        return b""


def about(config: backtest_pb2.BacktestConfig, note: str = "") -> inputs.About:
    """The page's title."""
    return inputs.About(title=config.name, note=note)


def luck_of(luck: Luck | None) -> inputs.Luck | None:
    """The verdict on luck with the figures behind it."""
    if luck is None:
        return None
    title = "No edge" if luck.verdict == Verdict.NO_EDGE else ""
    return inputs.Luck(PASSED.get(luck.verdict), luck.text, tuple(_figures(luck)), title)


def _figures(luck: Luck) -> list[tuple[str, str, str]]:
    found = [("Trials", f"{luck.trials:,}", "Different trials on these bars so far.")]
    if luck.deflated is not None:
        text = "Probability that the true Sharpe ratio is above what the best of so many trials without an edge shows."
        found.append(("Deflated Sharpe ratio", f"{luck.deflated:.2f}", text))
    if luck.overfitting is not None:
        text = "Probability that the best in one half of the time is below the middle in the other."
        found.append(("Probability of overfitting", f"{luck.overfitting:.2f}", text))
    if luck.sharpe_range is not None:
        low, high = luck.sharpe_range.low, luck.sharpe_range.high
        found.append(("Sharpe ratio, 95 %", f"{low:.2f} to {high:.2f}", "By block bootstrap of the sessions' returns."))
    return found


def walk_forward_of(found: WalkForward, objective: str, figure: str) -> inputs.WalkForward:
    """The windows of a walk-forward; `figure` is what people call the objective."""
    windows = tuple(_window(step, objective) for step in found.steps)
    return inputs.WalkForward(figure, windows, found.passed, found.text)


def _window(step: Step, objective: str) -> inputs.Window:
    window, test = step.window, step.test
    return inputs.Window(
        train=window.train,
        test=window.test,
        end=window.end,
        chosen=words(step.values or {}),
        trained=objective_of(objective, step.train),
        tested=None if step.empty else test.final_e4 / test.config.initial_equity_e4 - 1.0,
        trades=len(test.trades),
    )


def heat_map(figure: str, axes: Axes, trials: Sequence[Trial], winner: Trial | None) -> inputs.HeatMap | None:
    """The best of each pair of the first two axes' values; a single axis is a row. None without one."""
    if not axes:
        return None
    alone = [("", ("",))] if len(axes) == 1 else []
    (down, down_values), (across, across_values) = [*alone, *axes.items()][:2]
    found: dict[tuple[Value, Value], float] = {}
    for trial in trials:
        if trial.objective is not None:
            key = trial.values.get(down, ""), trial.values[across]
            found[key] = max(found.get(key, trial.objective), trial.objective)
    values = [found.get(pair) for pair in product(down_values, across_values)]
    width = len(across_values)
    chosen = None
    if winner is not None:
        chosen = (
            list(down_values).index(winner.values.get(down, "")),
            list(across_values).index(winner.values[across]),
        )
    return inputs.HeatMap(
        figure=figure,
        across=across,
        across_values=tuple(map(word, across_values)),
        down=down,
        down_values=tuple(map(word, down_values)),
        values=tuple(tuple(values[row * width : (row + 1) * width]) for row in range(len(down_values))),
        trials=len(trials),
        chosen=chosen,
        note="Each value is the best over the other parameters." if len(axes) > 2 else "",
    )


def words(values: Mapping[str, Value]) -> str:
    """`entry_atr 0.6, exit_atr 0.3`."""
    return ", ".join(f"{name} {word(value)}" for name, value in values.items()) or "as they were"


def word(value: Value) -> str:
    """A value as a person writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
