"""Where a close would meet the average or the band that contains it, while the other closes of the window stay.

With x the close, n the period, m and s the average and population sigma of the window, d = x - m: the other n - 1
closes have the average m - d / (n - 1), and their squares about it add up to q = n s^2 - d^2 n / (n - 1). Another close
that is u from their average is u (n - 1) / n from the new one, and the new variance is q / n + u^2 (n - 1) / n^2. So it
is on a band of width w where u^2 = w^2 n q / ((n - 1) (n - 1 - w^2)).
"""

from __future__ import annotations

import math


def average_met_at(close: float, average: float, period: int) -> float:
    """The close that equals the average over `period` closes that contains it: the average of the others."""
    return average - (close - average) / (period - 1)


def band_met_at(close: float, average: float, sigma: float, period: int, width: float, side: int) -> float:
    """The close that lies on its own band, `width` sigmas above (side +1) or below (-1) the average.

    Infinite when no close does: with few closes a band widens faster than the close moves.
    """
    others, deviation = period - 1, close - average
    if others <= width * width:
        return side * math.inf
    squares = max(period * sigma * sigma - deviation * deviation * period / others, 0.0)
    distance = width * math.sqrt(period * squares / (others * (others - width * width)))
    return average_met_at(close, average, period) + side * distance
