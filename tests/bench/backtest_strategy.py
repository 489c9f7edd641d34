"""The strategy as a user of vectorbt or raptorbt would write it: TA-Lib's indicators, NumPy's rules, the peer's engine.

What they can't express is left out on both sides: short sales, mean reversion (its exits depend on how a position was
opened, so its thresholds are such that it never enters), and stops that trail by ATR (so far away that none binds). The
sizes of the entries come from our run. All that the rules look at is computed, on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import talib

from fluxherod.backtest.model import BacktestConfig, Bars, Costs, Run
from fluxherod.core.jit import FloatArray
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams

Flags: TypeAlias = npt.NDArray[np.bool_]

SLIPPAGE = 1e-4
PARAMS = StrategyParams(rsi_oversold=0.0, rsi_overbought=100.0, trend_stop_atr=100.0)
CONFIG = BacktestConfig(
    initial_equity_e4=10_000_000_000,
    params=PARAMS,
    costs=Costs(commission_e4=0, large_slippage_bp=1),
    limits=RiskLimits(warning_drawdown_bp=9_900, critical_drawdown_bp=9_900, daily_loss_bp=0),
    allow_shorts=False,
)


@dataclass(frozen=True, slots=True)
class Indicators:
    """What the rules look at; each is computed once for all combinations that have its periods."""

    bars: Bars
    volume: FloatArray
    kept: dict[tuple[object, ...], Any]

    @classmethod
    def of(cls, bars: Bars) -> Indicators:
        """Nothing is computed yet."""
        return cls(bars, bars.volume.astype(np.float64), {})

    def get(self, name: str, *arguments: Any) -> Any:
        """TA-Lib's function of that name, of the columns that it takes."""
        key = (name, *arguments)
        if key not in self.kept:
            self.kept[key] = getattr(talib, name)(*self._columns(name), *arguments)
        return self.kept[key]

    def _columns(self, name: str) -> tuple[FloatArray, ...]:
        bars = self.bars
        if name in ("ADX", "ATR"):
            return bars.high, bars.low, bars.close
        if name == "CORREL":
            return bars.close, np.arange(len(bars), dtype=np.float64)
        return (self.volume,) if name == "SMA" else (bars.close,)


@dataclass(frozen=True, slots=True)
class Rules:
    """Where entries pass every rule, and where a long position would end, decided at the bar's close; shape (n,)."""

    entry: Flags
    leave: Flags


def rules(known: Indicators, params: StrategyParams) -> Rules:
    """The rules of a set of parameters."""
    bars, close = known.bars, known.bars.close
    atr, kama = known.get("ATR", params.atr_period), known.get("KAMA", params.kama_period)
    rsi, bands = (
        known.get("RSI", params.rsi_period),
        known.get("BBANDS", params.bollinger_period, params.bollinger_width, params.bollinger_width),
    )
    regime = _regime(known, params)
    above = close > kama + params.entry_atr * atr
    reverts_long = (rsi < params.rsi_oversold) & (close <= bands[2])
    reverts_short = (rsi > params.rsi_overbought) & (close >= bands[0])
    neutral = above & ~reverts_short & (regime == 1)
    edge = _edge(above & (regime == 2)) | _edge(neutral) | _edge(reverts_long & (regime == 0))
    edge[: int(params.to_record()[0]["decision_index"]) + 1] = False
    gap = np.full(len(bars), np.inf)
    gap[1:] = np.abs(bars.open[1:] - close[:-1]) / close[:-1]
    active = known.volume > params.breakout_volume_ratio * known.get("SMA", params.volume_period)
    return Rules(edge & active & (gap < params.gap_limit), close < kama - params.exit_atr * atr)


def _regime(known: Indicators, params: StrategyParams) -> npt.NDArray[np.int8]:
    """0 mean reversion, 1 neutral, 2 strong trend, confirmed by the third bar in a row."""
    adx, r2 = known.get("ADX", params.adx_period), known.get("CORREL", params.regression_period) ** 2
    trending = (adx > params.trend_adx) & (r2 > params.trend_r2)
    ranging = (adx < params.range_adx) & (r2 < params.range_r2)
    raw = np.where(trending, np.int8(2), np.where(ranging, np.int8(0), np.int8(1)))
    sure = ~(np.isnan(adx) | np.isnan(r2))
    sure[2:] &= (raw[2:] == raw[1:-1]) & (raw[1:-1] == raw[:-2]) & sure[:-2]
    sure[:2] = False
    newest = np.maximum.accumulate(np.where(sure, np.arange(len(raw)), -1))
    return np.where(newest >= 0, raw[newest], np.int8(1))


def _edge(flags: Flags) -> Flags:
    found = flags.copy()
    found[1:] &= ~flags[:-1]
    return found


def sizes(run: Run, bars: Bars) -> FloatArray:
    """Our shares at each bar that decided an entry, elsewhere 1; shape (n,)."""
    entries = run.signals[~run.signals["exit"] & (run.signals["quantity"] > 0)]
    found = np.ones(len(bars))
    found[np.searchsorted(bars.start_ns, entries["ns"]) - 1] = entries["quantity"]
    return found


def next_bar(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What was decided at a bar, at the bar after it."""
    later = np.zeros_like(array)
    later[1:] = array[:-1]
    return later


def vectorbt(library: Any, bars: Bars, size: FloatArray) -> Any:
    """Decide and trade with vectorbt's Rust engine."""
    found = rules(Indicators.of(bars), PARAMS)
    return portfolio(library, bars, next_bar(found.entry), next_bar(found.leave), size)


def portfolio(library: Any, bars: Bars, entries: Flags, exits: Flags, size: Any) -> Any:
    """vectorbt's portfolio of signals that are already at the bar that they trade on."""
    return library.Portfolio.from_signals(
        bars.close if entries.ndim == 1 else bars.close[:, None],
        entries,
        exits,
        price=bars.open if entries.ndim == 1 else bars.open[:, None],
        size=size,
        slippage=SLIPPAGE,
        init_cash=CONFIG.initial_equity_e4 / 1e4,
        freq="1h",
        upon_long_conflict="ignore",
        engine="rust",
    )


def raptorbt(library: Any, bars: Bars) -> Any:
    """Decide and trade with raptorbt, which puts all that it has into each trade; its figures are always computed."""
    found = rules(Indicators.of(bars), PARAMS)
    config = library.BacktestConfig(1e6, fees=0.0, slippage=SLIPPAGE, fill_timing="next_bar_open")
    columns = (bars.start_ns, bars.open, bars.high, bars.low, bars.close, bars.volume.astype(np.float64))
    return library.run_single_backtest(*columns, found.entry, found.leave, 1, 1.0, "SPY", config)


def backtesting_py(library: Any, bars: Bars, size: FloatArray) -> Any:
    """Decide and trade with backtesting.py."""
    pandas = __import__("pandas")
    found = rules(Indicators.of(bars), PARAMS)
    entry, leave, shares = found.entry.tolist(), found.leave.tolist(), size.tolist()

    class Strategy(library.Strategy):  # type: ignore[misc]
        def init(self) -> None:
            """All is computed."""

        def next(self) -> None:
            """The signal of this bar."""
            at = len(self.data) - 1
            if self.position:
                if leave[at]:
                    self.position.close()
            elif entry[at]:
                self.buy(size=shares[at])

    frame = pandas.DataFrame(
        {"Open": bars.open, "High": bars.high, "Low": bars.low, "Close": bars.close},
        index=pandas.to_datetime(bars.start_ns),
    )
    cash = CONFIG.initial_equity_e4 // 10_000
    return library.Backtest(frame, Strategy, cash=cash, spread=SLIPPAGE, finalize_trades=False).run()


def same_prices(ours: Run, entry: Any, leave: Any, bound: float = 1.001e-4) -> bool:
    """Whether a peer's closed trades are ours: as many, at the same prices but for our rounding of fills."""
    count = len(ours.trades)
    return len(entry) >= count >= len(entry) - 1 and all(
        np.allclose(np.asarray(theirs, float)[:count], ours.trades[name] / 1e4, rtol=0, atol=bound)
        for name, theirs in (("entry_e4", entry), ("exit_e4", leave))
    )


def same_equity(ours: Run, theirs: FloatArray) -> bool:
    """Whether each mark is ours, but for what the rounding of fills so far may come to."""
    shares = np.concatenate([ours.trades["quantity"], ours.open["quantity"]])
    begun = np.searchsorted(np.concatenate([ours.trades["entry_ns"], ours.open["entry_ns"]]), ours.equity_ns, "right")
    rounded = 2e-4 * np.concatenate([[0], np.cumsum(shares)])[begun] + 1e-3
    return len(theirs) == len(ours.equity_e4) and bool((np.abs(theirs - ours.equity_e4 / 1e4) <= rounded).all())


SWEEPS: Mapping[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "indicators vary": (
        ("kama_period", (10, 15, 20, 25, 30)),
        ("atr_period", (7, 10, 14, 21)),
        ("adx_period", (7, 10, 14, 20, 28)),
        ("entry_atr", (0.4, 0.6)),
    ),
    "thresholds vary": (
        ("entry_atr", (0.3, 0.4, 0.5, 0.6, 0.7)),
        ("exit_atr", (0.1, 0.2, 0.3, 0.4)),
        ("trend_adx", (22.0, 24.0, 26.0, 28.0, 30.0)),
        ("trend_r2", (0.5, 0.7)),
    ),
}


def combinations(name: str) -> Iterator[BacktestConfig]:
    """The 200 configurations of a sweep."""
    axes = SWEEPS[name]
    for values in product(*(values for _, values in axes)):
        chosen = dict(zip((axis for axis, _ in axes), values, strict=True))
        yield replace(CONFIG, params=replace(PARAMS, **chosen))


FIGURES: tuple[Callable[[Any], Any], ...] = (
    lambda found: found.total_return(),
    lambda found: found.annualized_volatility(),
    lambda found: found.sharpe_ratio(),
    lambda found: found.sortino_ratio(),
    lambda found: found.max_drawdown(),
    lambda found: found.trades.win_rate(),
    lambda found: found.trades.profit_factor(),
    lambda found: found.trades.expectancy(),
)
"""About what a score keeps of a trial."""


def vectorbt_sweep(library: Any, bars: Bars, name: str) -> Any:
    """All combinations in one portfolio of as many columns, indicators shared, and the figures of each."""
    known = Indicators.of(bars)
    found = [rules(known, config.params) for config in combinations(name)]
    entries, exits = (np.column_stack([next_bar(one) for one in of]) for of in _parts(found))
    played = portfolio(library, bars, entries, exits, 100.0)
    for figure in FIGURES:
        figure(played)
    return played


def _parts(found: list[Rules]) -> tuple[list[Flags], list[Flags]]:
    return [one.entry for one in found], [one.leave for one in found]
