"""A strategy that the backtest, backtesting.py and backtrader can all express: equal trades and equity, then times.

Long and short, with stops that bind. A peer that is not installed is named; one with other trades ends the benchmark.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from timing import best_s

from fluxherod.backtest.model import BacktestConfig, Bars, Costs, ExitReason, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.money import E4
from fluxherod.core.risk.limits import RiskLimits

os.environ.setdefault("TQDM_DISABLE", "1")  # backtesting.py draws a bar for each run
Columns: TypeAlias = tuple[Sequence[float] | npt.NDArray[Any], ...]
"""Of each closed trade its signed shares, entry and exit; the equity after each bar."""

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


def backtrader(library: Any, bars: Bars, signals: Signals) -> Any:
    """The same as a call of backtrader's; a stop is an order beside the position, which its end cancels."""
    pandas = importlib.import_module("pandas")
    frame = pandas.DataFrame(
        {"open": bars.open, "high": bars.high, "low": bars.low, "close": bars.close, "volume": bars.volume},
        index=pandas.to_datetime(bars.start_ns),
    )
    assert signals.stop_e4 is not None
    side, stop = signals.entry.tolist(), (signals.stop_e4 / E4).tolist()

    class Crossings(library.Strategy):  # type: ignore[misc]
        def __init__(self) -> None:
            self.equity: list[float] = []
            self.fills: list[tuple[float, float]] = []
            self.protection: Any = None

        def notify_order(self, order: Any) -> None:
            """Keep what was executed; `notify_trade` knows no price of the exit."""
            if order.status == order.Completed:
                self.fills.append((order.executed.size, order.executed.price))

        def next(self) -> None:
            """The signal of this bar."""
            self.equity.append(self.broker.getvalue())
            at = len(self) - 1
            if side[at] and self.position:
                self.cancel(self.protection)
                self.close()
            elif side[at]:
                opening, closing = (self.buy, self.sell) if side[at] > 0 else (self.sell, self.buy)
                opening(size=SHARES)
                self.protection = closing(size=SHARES, exectype=library.Order.Stop, price=stop[at])

    def play() -> Any:
        cerebro = library.Cerebro(stdstats=False)
        cerebro.broker.setcash(CONFIG.initial_equity_e4 / E4)
        cerebro.adddata(library.feeds.PandasData(dataname=frame))
        cerebro.addstrategy(Crossings)
        return cerebro.run()[0]

    return play


def of_backtesting_py(theirs: Any) -> Columns:
    """Its result as columns."""
    trades = theirs["_trades"]
    return trades["Size"], trades["EntryPrice"], trades["ExitPrice"], theirs["_equity_curve"]["Equity"]


def of_backtrader(theirs: Any) -> Columns:
    """Its result as columns; a position that is open at the end is no trade."""
    sizes, prices = (np.array(column, float) for column in zip(*theirs.fills, strict=True))
    closed = len(sizes) // 2 * 2
    return sizes[0:closed:2], prices[0:closed:2], prices[1:closed:2], theirs.equity


def same(ours: Run, theirs: Columns) -> bool:
    """Whether trades and equity are equal."""
    mine = (
        ours.trades["side"] * ours.trades["quantity"],
        ours.trades["entry_e4"] / E4,
        ours.trades["exit_e4"] / E4,
        ours.equity_e4 / E4,
    )
    return all(len(a) == len(b) and np.allclose(a, b, rtol=0, atol=1e-6) for a, b in zip(mine, theirs, strict=True))


PEERS: Mapping[str, tuple[str, Callable[..., Any], Callable[[Any], Columns]]] = {
    "backtesting.py": ("backtesting", backtesting_py, of_backtesting_py),
    "backtrader": ("backtrader", backtrader, of_backtrader),
}


def agree() -> None:
    """Go on only if each peer that is installed has our trades and our equity; tell how much slower it is.

    Raises:
        SystemExit: naming the peer that differs.
    """
    bars = prices(BARS)
    signals = crossings(bars)
    ours = run([bars], CONFIG, {"SPY": signals})
    stopped = int((ours.trades["reason"] == ExitReason.STOP).sum())
    print(f"crossings, {BARS:,} bars: {len(ours.trades):,} trades, {stopped:,} of them stopped out")
    for name, (module, peer, columns) in PEERS.items():
        try:
            library = importlib.import_module(module)
        except ImportError as error:
            print(f"skipped {name}: {error}")
            continue
        play = peer(library, bars, signals)
        if not same(ours, columns(play())):
            raise SystemExit(f"{name} has other trades or another equity")
        mine, other = best_s([lambda: run([bars], CONFIG, {"SPY": signals}), play], 3)
        figures = f"{mine * 1e3:8.2f} ms, it {other * 1e3:.0f} ms: {other / mine:.0f}x"
        print(f"{name:14} equal trades and equity {figures}   (target 100x)")
