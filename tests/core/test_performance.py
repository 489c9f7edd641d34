from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from harness.trades import at, trade_of

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, new_york_day, to_datetime
from fluxherod.core.performance import Performance, performance, sharpe_ratio
from fluxherod.core.portfolio import Trade

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08")
FLAT = dict.fromkeys(DAYS, 100_000_0000)


def measured(*trades: Trade, days: Sequence[str] = DAYS, equity: Mapping[str, int] = FLAT) -> Performance:
    return performance(trades, days, equity)


def worked_example() -> tuple[list[Trade], dict[str, int]]:
    """+1 %, nothing, -2 %, +3 % of the equity of the evening before."""
    trades = [
        trade_of(1_000.00, "2024-01-02T10:00", held_ns=HOUR_NS),
        trade_of(-2_020.00, "2024-01-04T15:59", held_ns=2 * HOUR_NS),
        trade_of(2_969.40, "2024-01-05T12:00", held_ns=6 * HOUR_NS),
    ]
    equity_e4 = {"2024-01-02": 100_000_0000, "2024-01-04": 101_000_0000, "2024-01-05": 98_980_0000}
    return trades, equity_e4


def test_an_example_worked_by_hand_has_every_figure() -> None:
    trades, equity_e4 = worked_example()
    figures = measured(*reversed(trades), equity=equity_e4)
    assert (figures.trades, figures.wins, figures.losses) == (3, 2, 1)
    assert (figures.net_e4, figures.gross_profit_e4, figures.gross_loss_e4) == (1_949_4000, 3_969_4000, 2_020_0000)
    assert (figures.commission_e4, figures.best_e4, figures.worst_e4) == (3_0000, 2_969_4000, -2_020_0000)
    assert (figures.average_win_e4, figures.average_loss_e4, figures.expectancy_e4) == (
        1_984_7000,
        2_020_0000,
        649_8000,
    )
    assert figures.average_held_ns == 3 * HOUR_NS
    assert figures.win_rate == pytest.approx(2 / 3)
    assert figures.profit_factor == pytest.approx(3_969.40 / 2_020)
    # 0.01, 0, -0.02, 0.03: mean 0.005, squares of the deviations sum up to 0.0013, divided by 3.
    deviation = math.sqrt(0.0013 / 3)
    assert figures.sharpe_zero_rate == pytest.approx(0.005 / deviation * math.sqrt(252))
    assert figures.sharpe == pytest.approx((0.005 - 0.04 / 252) / deviation * math.sqrt(252))
    assert f"{figures.sharpe_zero_rate:.4f} {figures.sharpe:.4f}" == "3.8129 3.6919"
    # From 1,000.00 above the start, with 101,000.00 in the account, to 1,020.00 below it.
    assert (figures.drawdown.fall_e4, figures.drawdown.equity_e4) == (2_020_0000, 101_000_0000)
    assert figures.drawdown.fraction == pytest.approx(0.02)


def by_pandas(trades: Sequence[Trade], days: Sequence[str], equity_e4: Mapping[str, int]) -> dict[str, float]:
    """The same figures in floats, another way."""
    table = pd.DataFrame(
        {
            "net": [(trade.realized_e4 - 50 * (trade.entry_quantity + trade.exit_quantity)) / 1e4 for trade in trades],
            "closed": pd.to_datetime([trade.closed_ns or 0 for trade in trades], utc=True),
        }
    ).sort_values("closed")
    table["day"] = table["closed"].dt.tz_convert("America/New_York").dt.strftime("%Y-%m-%d")
    daily = table.groupby("day")["net"].sum()
    sessions = [day for day in days if daily.index[0] <= day <= daily.index[-1]]
    equity = pd.Series({day: value / 1e4 for day, value in equity_e4.items()})
    returns = (daily / equity).reindex(sessions).fillna(0.0)
    summed = np.concatenate([[0.0], np.cumsum(table["net"].to_numpy())])
    falls = np.maximum.accumulate(summed) - summed
    peak = int(np.argmax(summed[: int(np.argmax(falls)) + 1]))
    peak_day = table["day"].iloc[max(peak - 1, 0)]
    since = table["net"].iloc[:peak][(table["day"] == peak_day).iloc[:peak]].sum()
    return {
        "sharpe": (returns.mean() - 0.04 / 252) / returns.std(ddof=1) * np.sqrt(252),
        "sharpe_zero_rate": returns.mean() / returns.std(ddof=1) * np.sqrt(252),
        "win_rate": float((table["net"] > 0).mean()),
        "profit_factor": table["net"].clip(lower=0).sum() / -table["net"].clip(upper=0).sum(),
        "fall": falls.max(),
        "fraction": falls.max() / (equity[peak_day] + since),
    }


@pytest.mark.parametrize("seed", range(12))
def test_random_trades_have_the_figures_that_pandas_computes(seed: int) -> None:
    random = np.random.default_rng(seed)
    days = [str(day.date()) for day in pd.bdate_range("2023-10-02", "2024-04-30")]  # over both clock changes
    chosen = random.choice(days[5:-5], size=int(random.integers(2, 120)))
    trades = [
        trade_of(round(float(random.normal(20, 400)), 2), at(f"{day}T09:30") + minute * MINUTE_NS)
        for day, minute in zip(chosen, random.permutation(390).tolist(), strict=False)
    ]
    equity_e4 = {day: int(random.integers(50_000, 150_000)) * 10_000 for day in chosen}
    figures, expected = performance(trades, days, equity_e4), by_pandas(trades, days, equity_e4)
    assert figures.sharpe == pytest.approx(expected["sharpe"], rel=1e-9)
    assert figures.sharpe_zero_rate == pytest.approx(expected["sharpe_zero_rate"], rel=1e-9)
    assert figures.win_rate == pytest.approx(expected["win_rate"])
    assert figures.profit_factor == pytest.approx(expected["profit_factor"])
    assert figures.drawdown.fall_e4 / 1e4 == pytest.approx(expected["fall"])
    assert figures.drawdown.fraction == pytest.approx(expected["fraction"])


def test_open_and_partly_closed_trades_never_count() -> None:
    partly = replace(trade_of(500.0, "2024-01-03T10:00"), exit_quantity=40, closed_ns=None)
    untouched = replace(partly, exit_quantity=0, exit_value_e4=0, realized_e4=0)
    trades, equity_e4 = worked_example()
    assert measured(*trades, partly, untouched, equity=equity_e4) == measured(*trades, equity=equity_e4)
    assert measured(partly, untouched) == measured()


def test_no_trade_has_no_ratio_and_no_drawdown() -> None:
    figures = measured()
    assert (figures.trades, figures.wins, figures.losses, figures.net_e4, figures.drawdown.fall_e4) == (0, 0, 0, 0, 0)
    undefined = (figures.win_rate, figures.profit_factor, figures.sharpe, figures.sharpe_zero_rate, figures.best_e4)
    assert undefined == (None,) * 5
    assert (figures.average_win_e4, figures.average_loss_e4, figures.expectancy_e4, figures.average_held_ns) == (
        (None,) * 4
    )


@pytest.mark.parametrize(("net", "wins"), [(-0.01, 0), (0.0, 0), (0.01, 1)])
def test_a_win_is_a_net_result_above_zero_whatever_was_realised(net: float, wins: int) -> None:
    figures = measured(trade_of(net, "2024-01-02T10:00"))
    assert (figures.wins, figures.losses) == (wins, 1 - wins)
    assert figures.commission_e4 == 1_0000


def test_without_a_lost_dollar_there_is_no_profit_factor() -> None:
    assert measured(trade_of(5.0, "2024-01-02T10:00")).profit_factor is None
    assert measured(trade_of(5.0, "2024-01-02T10:00"), trade_of(0.0, "2024-01-02T11:00")).profit_factor is None
    assert measured(trade_of(-5.0, "2024-01-02T10:00")).profit_factor == 0.0


def test_two_sessions_have_a_sharpe_ratio_one_has_none_and_sessions_between_count() -> None:
    first, second = trade_of(100.0, "2024-01-02T10:00"), trade_of(-50.0, "2024-01-02T15:00")
    assert measured(first, second).sharpe is None
    neighbour = measured(first, trade_of(300.0, "2024-01-03T10:00"))
    apart = measured(first, trade_of(300.0, "2024-01-08T10:00"))
    assert neighbour.sharpe_zero_rate == sharpe_ratio([0.001, 0.003], 0.0)
    assert apart.sharpe_zero_rate == sharpe_ratio([0.001, 0.0, 0.0, 0.0, 0.003], 0.0)
    assert apart.sharpe == sharpe_ratio([0.001, 0.0, 0.0, 0.0, 0.003], 0.04)


def test_returns_that_do_not_vary_have_no_sharpe_ratio() -> None:
    assert measured(trade_of(100.0, "2024-01-02T10:00"), trade_of(100.0, "2024-01-03T10:00")).sharpe is None


def test_an_evening_belongs_to_its_new_york_date_and_not_to_utcs() -> None:
    late = trade_of(300.0, "2024-01-03T19:30")
    assert (new_york_day(late.closed_ns or 0), f"{to_datetime(late.closed_ns or 0):%d}") == ("2024-01-03", "04")
    figures = measured(trade_of(100.0, "2024-01-02T10:00"), late)
    assert figures.sharpe_zero_rate == sharpe_ratio([0.001, 0.003], 0.0)


@pytest.mark.parametrize(
    ("days", "equity_e4"),
    [
        (DAYS[1:], FLAT),
        (DAYS[:1], FLAT),
        ((), FLAT),
        (DAYS, {DAYS[0]: 100_000_0000}),
        (DAYS, {**FLAT, DAYS[1]: 0}),
    ],
)
def test_what_is_not_known_makes_no_sharpe_ratio(days: Sequence[str], equity_e4: Mapping[str, int]) -> None:
    trades = (trade_of(100.0, "2024-01-02T10:00"), trade_of(-300.0, "2024-01-03T10:00"))
    figures = measured(*trades, days=days, equity=equity_e4)
    assert (figures.sharpe, figures.sharpe_zero_rate) == (None, None)
    assert (figures.trades, figures.net_e4, figures.drawdown.fall_e4) == (2, -200_0000, 300_0000)


def test_a_fall_from_the_start_is_measured_by_the_equity_before_the_first_trade() -> None:
    figures = measured(trade_of(-500.0, "2024-01-02T10:00"), trade_of(-1_500.0, "2024-01-03T10:00"))
    assert (figures.drawdown.fall_e4, figures.drawdown.equity_e4) == (2_000_0000, 100_000_0000)
    assert figures.drawdown.fraction == 0.02


def test_a_peak_within_a_session_counts_that_sessions_results_so_far() -> None:
    figures = measured(
        trade_of(1_000.0, "2024-01-02T10:00"),
        trade_of(1_500.0, "2024-01-03T10:00"),
        trade_of(500.0, "2024-01-03T11:00"),
        trade_of(-1_020.0, "2024-01-03T12:00"),
        equity={**FLAT, "2024-01-03": 101_000_0000},
    )
    assert (figures.drawdown.fall_e4, figures.drawdown.equity_e4) == (1_020_0000, 103_000_0000)


def test_trades_that_close_at_one_moment_are_one_step_in_whatever_order() -> None:
    win, loss = trade_of(400.0, "2024-01-02T10:00"), trade_of(-300.0, "2024-01-02T10:00")
    assert measured(win, loss).drawdown.fall_e4 == measured(loss, win).drawdown.fall_e4 == 0
    assert measured(win, loss).drawdown.fraction == 0.0


def test_a_fall_without_a_known_equity_is_told_in_dollars_only() -> None:
    figures = measured(trade_of(-500.0, "2024-01-02T10:00"), equity={})
    assert (figures.drawdown.fall_e4, figures.drawdown.fraction) == (500_0000, None)
