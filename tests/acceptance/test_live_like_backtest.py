"""A year of SPY by the hour, live through the simulator and in the backtest: `make acceptance DATA=DIR`."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from backtest.agreement import bars_of
from backtest.data import read_bars
from harness.audit import check_books, check_journal, check_no_difference
from harness.like_backtest import SETTINGS, backtest, differences, play, span
from harness.lockstep import lockstep

from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams

DATA = os.environ.get("FLUXHERO_DATA", "")
FILE = "SPY_1Hour.csv.gz"
FIRST, LAST = date(2008, 1, 2), date(2008, 12, 31)
# The defaults trade a few times a year; with a weak volume rule, wide limits and tight stops much happens.
RULES: Mapping[str, tuple[tuple[str, ...], Mapping[str, object], int]] = {
    "the defaults": ((), {}, 16),
    "many trades": (
        (
            "strategy.noise.breakout_volume_ratio=0.5",
            "strategy.trend_stop_atr=1.5",
            "risk.max_position=1",
            "risk.max_exposure=2",
        ),
        {
            "params": StrategyParams(breakout_volume_ratio=0.5, trend_stop_atr=1.5),
            "limits": RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000),
        },
        60,
    ),
}


@pytest.mark.skipif(not DATA, reason="needs a folder of price files: make acceptance DATA=DIR")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("rules", RULES)
def test_a_year_of_spy_is_traded_live_as_in_the_backtest_to_the_last_cent(rules: str, tmp_path: Path) -> None:
    settings, changes, at_least = RULES[rules]
    hours = span(bars_of("SPY", read_bars(Path(DATA) / FILE)), FIRST, LAST)
    found = backtest(hours, **changes)
    (tmp_path / "bars").mkdir()
    (tmp_path / "bars" / FILE).symlink_to(Path(DATA) / FILE)
    played = ("--bars", str(tmp_path / "bars"), "--start", str(FIRST), "--end", str(LAST), "--bar-fills", "1Hour")
    with lockstep(tmp_path, played, ("SPY",), "1Hour", (*SETTINGS, *settings)) as pair:
        play(pair, hours)
        assert not differences(pair, found)
        assert len(found.trades) >= at_least
        check_books(pair.daemon, pair.simulator)
        check_no_difference(pair.installation)
        assert pair.daemon.stop() == 0
    check_journal(pair.installation)
