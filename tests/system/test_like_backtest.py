"""Live trading over sockets and the backtest of the same hours: a small share of what `make acceptance` compares."""

from datetime import date
from pathlib import Path

from harness.audit import check_books
from harness.hours import hours, write
from harness.like_backtest import SETTINGS, backtest, differences, play, span
from harness.lockstep import lockstep

from fluxherod.backtest.model import ExitReason
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams

HISTORY_FROM, FIRST, LAST = date(2023, 1, 3), date(2023, 6, 27), date(2023, 6, 29)
# Six trades in three days, long and short, ended by trailing stops and by the strategy; one is open at the end.
SEED = 1966
BUSY = (
    "strategy.noise.breakout_volume_ratio=0.5",
    "strategy.trend_stop_atr=1.5",
    "risk.max_position=1",
    "risk.max_exposure=2",
)


def test_three_days_are_traded_live_as_in_the_backtest_to_the_last_cent(tmp_path: Path) -> None:
    bars = hours(SEED, HISTORY_FROM, LAST)
    known = span(bars, FIRST, LAST)
    found = backtest(
        known,
        params=StrategyParams(breakout_volume_ratio=0.5, trend_stop_atr=1.5),
        limits=RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000),
    )
    assert {int(reason) for reason in found.trades["reason"]} == {ExitReason.SIGNAL, ExitReason.STOP}
    assert {int(side) for side in found.trades["side"]} == {-1, 1}
    assert len(found.trades) == 6
    write(bars, tmp_path / "bars")
    played = ("--bars", str(tmp_path / "bars"), "--start", str(FIRST), "--end", str(LAST), "--bar-fills", "1Hour")
    with lockstep(tmp_path, played, ("SPY",), "1Hour", (*SETTINGS, *BUSY)) as pair:
        play(pair, known)
        assert not differences(pair, found)
        check_books(pair.daemon, pair.simulator)
