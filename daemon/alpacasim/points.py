"""The four prints of a minute: its open, the extreme nearer to the open, the other one, and its close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alpacasim.aggregate import Bars
from alpacasim.calendar import SECOND_NS
from alpacasim.money import E4

POINT_OFFSETS_NS = (1 * SECOND_NS, 20 * SECOND_NS, 40 * SECOND_NS, 59 * SECOND_NS)
"""When they come, from the minute's start."""


def point_prices_e4(bars: Bars) -> NDArray[np.int64]:
    """Prices in 1/10,000 dollar, a row of four for each minute."""
    prices = {name: np.rint(bars[name] * E4).astype(np.int64) for name in ("open", "high", "low", "close")}
    high_first = prices["high"] - prices["open"] <= prices["open"] - prices["low"]
    first = np.where(high_first, prices["high"], prices["low"])
    second = np.where(high_first, prices["low"], prices["high"])
    return np.stack((prices["open"], first, second, prices["close"]), axis=1)


def point_sizes(bars: Bars) -> NDArray[np.int64]:
    """Shares of each print of a minute: the same for its four, at least one."""
    sizes: NDArray[np.int64] = np.maximum(bars["volume"] // 4, 1)
    return sizes
