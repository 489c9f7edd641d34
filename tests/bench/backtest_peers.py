"""A strategy that the backtest and backtesting.py can both express: equal trades and equity, then the time of each."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from timing import best_s

from fluxherod.backtest.model import BacktestConfig, Bars, Costs, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.money import E4
from fluxherod.core.risk.limits import RiskLimits

BARS = 20_000
SHARES = 100
WINDOW = 20
FIRST_NS = 946_735_200_000_000_000
CONFIG = BacktestConfig(
    initial_equity_e4=10_000_000_000,
    costs=Costs(commission_e4=0, slippage_bp=0, large_slippage_bp=0),
    limits=RiskLimits(warning_drawdown_bp=9_900, critical_drawdown_bp=9_900, daily_loss_bp=0),
)


def prices(count: int) -> Bars:
    """Hours in whole cents, with gaps."""
    chance = np.random.default_rng(3)
    close = np.round(100 * np.exp(np.cumsum(chance.normal(0, 0.004, count))), 2)
    opening = np.round(np.append(100.0, close[:-1]) * np.exp(chance.normal(0, 0.001, count)), 2)
    high = np.round(np.maximum(opening, close) * 1.002, 2)
    low = np.round(np.minimum(opening, close) * 0.998, 2)
    starts = FIRST_NS + HOUR_NS * np.arange(count, dtype=np.int64)
    return Bars("SPY", starts, opening, high, low, close, np.full(count, 1_000_000))


def crossings(bars: Bars) -> Signals:
    """To the side on which the close crosses its mean, out at the next crossing, with a stop 1 % away."""
    mean = np.convolve(bars.close, np.full(WINDOW, 1 / WINDOW))[: len(bars)]
    above = (bars.close > mean).astype(np.int8)
    side = np.append(np.int8(0), 2 * np.diff(above)).clip(-1, 1).astype(np.int8)
    side[:WINDOW] = 0
    stop = np.round(bars.close * (1 - 0.01 * side), 2) * (side != 0)
    stop_e4 = np.round(stop * E4).astype(np.int64)
    return Signals(side, side != 0, np.full(len(bars), SHARES), stop_e4)


def backtesting_py(library: Any, bars: Bars, signals: Signals) -> Any:
    """The same as a call of backtesting.py's."""
    pandas = importlib.import_module("pandas")
    frame = pandas.DataFrame(
        {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close},
        index=pandas.to_datetime(bars.start_ns),
    )
    assert signals.stop_e4 is not None
    side, stop = signals.entry.tolist(), (signals.stop_e4 / E4).tolist()

    class Crossings(library.Strategy):  # type: ignore[misc]
        def init(self) -> None:
            """Nothing to prepare."""

        def next(self) -> None:
            """The signal of this bar."""
            at = len(self.data) - 1
            if side[at] and self.position:
                self.position.close()
            elif side[at]:
                (self.buy if side[at] > 0 else self.sell)(size=SHARES, sl=stop[at])

    cash = CONFIG.initial_equity_e4 // E4
    return lambda: library.Backtest(frame, Crossings, cash=cash, finalize_trades=False).run()


def same(ours: Run, theirs: Any) -> bool:
    """Whether trades and equity are equal."""
    trades = theirs["_trades"]
    columns = (
        (ours.trades["side"] * ours.trades["quantity"], trades["Size"]),
        (ours.trades["entry_e4"] / E4, trades["EntryPrice"]),
        (ours.trades["exit_e4"] / E4, trades["ExitPrice"]),
        (ours.equity_e4 / E4, theirs["_equity_curve"]["Equity"]),
    )
    return all(len(mine) == len(other) and np.allclose(mine, other, rtol=0, atol=1e-6) for mine, other in columns)


def compare() -> None:
    """Print a line: equal, and how much faster; or why it is not measured."""
    try:
        library = importlib.import_module("backtesting")
    except ImportError as error:
        print(f"skipped backtesting.py: {error}")
        return
    bars = prices(BARS)
    signals = crossings(bars)
    peer = backtesting_py(library, bars, signals)
    ours, theirs = run([bars], CONFIG, {"SPY": signals}), peer()
    if not same(ours, theirs):
        raise SystemExit("backtesting.py has other trades or another equity")
    mine, other = best_s([lambda: run([bars], CONFIG, {"SPY": signals}), peer], 3)
    times = f"{mine * 1e3:8.2f} ms, it {other * 1e3:.0f} ms: {other / mine:.0f}x"
    print(f"backtesting.py, {len(ours.trades):,} equal trades  {times}   (target 100x)")
