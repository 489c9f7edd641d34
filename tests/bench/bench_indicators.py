"""Each indicator against TA-Lib and tulipy, on one core, in turns. `make bench`, which has the peers.

All compute over the same array with the usual periods and allocate their results. Ratios are the peer's time by ours:
above 1 we are faster.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from timing import best_s, one_core, random_walk

from fluxherod.core.indicators.averages import ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import sma

BARS = 100_000
ROUNDS = 150
SUM_TARGET, EACH_TARGET = 1.5, 0.67

Call = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator and the calls that yield it; `counts` when it is one of the eight."""

    name: str
    ours: Call
    talib: Call | None
    tulipy: Call | None
    counts: bool = True


def peer(name: str) -> Any:
    """A library, or None with a line that says why it is not measured."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"skipped {name}: {error} (see .venv-bench/install.log)")
        return None


def rows(ta: Any, tu: Any) -> list[Row]:
    """The eight, and beside them what the peers need several calls for."""
    _, high, low, close = random_walk(BARS)
    ramp = np.arange(BARS, dtype=np.float64)
    table: list[tuple[str, Call, Call, Call | None, bool]] = [
        ("SMA 20", lambda: sma(close, 20), lambda: ta.SMA(close, 20), lambda: tu.sma(close, 20), True),
        ("EMA 20", lambda: ema(close, 20), lambda: ta.EMA(close, 20), lambda: tu.ema(close, 20), True),
        ("KAMA 20", lambda: kama(close, 20), lambda: ta.KAMA(close, 20), lambda: tu.kama(close, 20), True),
        ("RSI 14", lambda: rsi(close, 14), lambda: ta.RSI(close, 14), lambda: tu.rsi(close, 14), True),
        (
            "ATR 14",
            lambda: atr(high, low, close, 14),
            lambda: ta.ATR(high, low, close, 14),
            lambda: tu.atr(high, low, close, 14),
            True,
        ),
        (
            "ADX 14 (ours with +DI, -DI)",
            lambda: adx(high, low, close, 14),
            lambda: ta.ADX(high, low, close, 14),
            lambda: tu.adx(high, low, close, 14),
            True,
        ),
        (
            "Bollinger bands 20",
            lambda: bollinger_bands(close, 20, 2.0),
            lambda: ta.BBANDS(close, 20, 2.0, 2.0),
            lambda: tu.bbands(close, 20, 2.0),
            True,
        ),
        (
            "regression slope 20",
            lambda: linear_regression_slope(close, 20),
            lambda: ta.LINEARREG_SLOPE(close, 20),
            lambda: tu.linregslope(close, 20),
            True,
        ),
        (
            "ADX, +DI and -DI 14",
            lambda: adx(high, low, close, 14),
            lambda: (
                ta.ADX(high, low, close, 14),
                ta.PLUS_DI(high, low, close, 14),
                ta.MINUS_DI(high, low, close, 14),
            ),
            lambda: (tu.adx(high, low, close, 14), tu.di(high, low, close, 14)),
            False,
        ),
        ("R2 20 (CORREL squared)", lambda: r_squared(close, 20), lambda: ta.CORREL(close, ramp, 20) ** 2, None, False),
    ]
    return [
        Row(name, ours, by_ta if ta else None, by_tu if tu else None, counts)
        for name, ours, by_ta, by_tu, counts in table
    ]


def measured(row: Row) -> tuple[float, float, float]:
    """Nanoseconds a bar: ours, TA-Lib's, tulipy's; NaN where there is none."""
    calls = (row.ours, row.talib, row.tulipy)
    present = [call for call in calls if call is not None]
    for call in present:
        call()
    best = iter(best_s(present, ROUNDS))
    ours, by_ta, by_tu = (next(best) / BARS * 1e9 if call is not None else float("nan") for call in calls)
    return ours, by_ta, by_tu


def line(name: str, ours: float, *peers: float) -> str:
    """A line of the table."""
    cells = (f"{'-':>8} {'':8}" if math.isnan(peer) else f"{peer:8.2f} {peer / ours:7.2f}x" for peer in peers)
    return f"{name:28} {ours:8.2f} {' '.join(cells)}"


def main() -> None:
    """Print the table and what it says of the targets."""
    one_core()
    table = rows(peer("talib"), peer("tulipy"))
    print(f"{'ns a bar':28} {'ours':>8} {'TA-Lib':>8} {'':>8} {'tulipy':>8}")
    times = {row.name: measured(row) for row in table}
    eight = [times[row.name] for row in table if row.counts]
    for row in table:
        if row.counts:
            print(line(row.name, *times[row.name]))
    total = [sum(column) for column in zip(*eight, strict=True)]
    print(line("sum of the eight", *total))
    for row in table:
        if not row.counts:
            print(line(row.name, *times[row.name]))
    ratio, slowest = total[1] / total[0], min(by_ta / ours for ours, by_ta, _ in eight)
    print(f"sum {ratio:.2f}x TA-Lib's speed (target {SUM_TARGET}), none below {slowest:.2f}x (target {EACH_TARGET})")


if __name__ == "__main__":
    main()
