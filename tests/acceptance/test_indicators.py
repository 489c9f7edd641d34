"""The indicators and the fused kernel on real prices, against TA-Lib: `make acceptance DATA=DIR`."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from harness.prices import Prices, read_prices
from harness.references import REFERENCES, disagreements
from harness.steps import step_through

from fluxherod.core.indicators.averages import ema, kama
from fluxherod.core.indicators.moments import bollinger_bands, linear_regression_slope, population_sigma, r_squared
from fluxherod.core.indicators.wilder import adx, atr, rsi
from fluxherod.core.indicators.windows import average_volume, sma
from fluxherod.core.jit import FloatArray, RecordArray
from fluxherod.core.kernel import DECISION, default_params, load_states, new_states, save_states, step

DATA = os.environ.get("FLUXHERO_DATA", "")
FILES = sorted(path for path in Path(DATA).iterdir() if path.name.endswith((".csv", ".csv.gz"))) if DATA else []
PARAMS = default_params()
PERIODS = dict.fromkeys(REFERENCES, 20) | dict.fromkeys(("rsi", "atr", "adx", "plus_di", "minus_di"), 14)

pytestmark = pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
on_each_file = pytest.mark.parametrize("path", FILES, ids=[path.name.split(".")[0] for path in FILES])
read = cache(read_prices)


def alone(prices: Prices) -> dict[str, FloatArray]:
    """Each indicator by its own batch function, with the periods of the strategy."""
    high, low, close = prices.high, prices.low, prices.close
    upper, middle, lower = bollinger_bands(close, 20, 2.0)
    adx_, plus, minus = adx(high, low, close, 14)
    return {
        "sma": sma(close, 20),
        "avg_volume": average_volume(prices.volume, 20),
        "ema": ema(close, 20),
        "kama": kama(close, 20),
        "rsi": rsi(close, 14),
        "atr": atr(high, low, close, 14),
        "adx": adx_,
        "plus_di": plus,
        "minus_di": minus,
        "bb_upper": upper,
        "bb_middle": middle,
        "bb_lower": lower,
        "close_sigma": population_sigma(close, 20),
        "slope": linear_regression_slope(close, 20),
        "r2": r_squared(close, 20),
    }


def decided(bars: RecordArray) -> RecordArray:
    return step_through(new_states(1, PARAMS), PARAMS, bars)


def streamed(bars: RecordArray) -> tuple[RecordArray, bytes]:
    states, out = new_states(1, PARAMS), np.zeros(bars.size, DECISION)
    for j, bar in enumerate(bars.tolist()):
        step(states, 0, PARAMS, *bar, True, out, j)
    return out, save_states(states)


def test_the_folder_holds_price_files() -> None:
    assert FILES


@on_each_file
def test_each_indicator_alone_and_in_the_kernel_agrees_with_talib(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prices = read(path)
    decisions = decided(prices.bars())
    off, wrong = {}, []
    for name, values in alone(prices).items():
        for ours in (values, np.ascontiguousarray(decisions[name])):
            off[name], text = disagreements(name, ours, prices, PERIODS[name])
            wrong += [text] if text else []
    assert wrong == []
    with capsys.disabled():
        lost = ", ".join(f"{name} {count:,}" for name, count in off.items() if count) or "none"
        print(f"\n  {path.name}: {prices.close.size:,} bars; where long double decided against TA-Lib: {lost}")


@on_each_file
def test_burst_stream_and_a_saved_state_agree_bit_for_bit(path: Path) -> None:
    bars = read(path).bars()
    states = new_states(1, PARAMS)
    out = step_through(states, PARAMS, bars)
    one_by_one, saved = streamed(bars)
    assert one_by_one.tobytes() == out.tobytes()
    assert saved == save_states(states)
    restored, rest = new_states(1, PARAMS), np.zeros(bars.size, DECISION)
    for first in range(0, bars.size, 997):
        restored = load_states(save_states(restored))
        rest[first : first + 997] = step_through(restored, PARAMS, bars[first : first + 997])
    assert rest.tobytes() == out.tobytes()
    assert save_states(restored) == save_states(states)


@on_each_file
def test_no_value_depends_on_a_later_bar(path: Path) -> None:
    prices = read(path)
    whole, decisions = alone(prices), decided(prices.bars())
    for end in np.linspace(1, prices.close.size, 60).astype(int):
        part = prices.part(0, int(end))
        for name, values in alone(part).items():
            assert values.tobytes() == whole[name][:end].tobytes(), (name, end)
        assert decided(part.bars()).tobytes() == decisions[:end].tobytes(), end
