"""What holds of any honest backtest, with signals from outside: what was earned is the prices' and the costs' doing."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from backtest import made

from fluxherod.backtest.metrics import metrics
from fluxherod.backtest.model import BacktestConfig, Bars, Costs, ExitReason, Outcome, Run, Signals
from fluxherod.backtest.run import run
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.risk.limits import RiskLimits

FEE_E4 = 50
E4 = 10_000


def walk(count: int, seed: int, drift: float = 0.0) -> list[float]:
    """Prices in cents whose next step is as likely up as down."""
    steps = np.random.default_rng(seed).normal(drift, 0.004, count)
    return [round(price, 2) for price in (100 * np.exp(np.cumsum(steps))).tolist()]


def paid_e4(price: float, buys: bool, slippage_bp: int = 1) -> int:
    """A fill to 1/10,000 dollar against the trader, worked out in fractions."""
    exact = Fraction(str(price)) * E4 * (E4 + slippage_bp if buys else E4 - slippage_bp) / E4
    return math.ceil(exact) if buys else math.floor(exact)


def alternating(count: int, side: int, quantity: int) -> Signals:
    """An entry on every other bar, left on the bar between."""
    return made.signals(count, dict.fromkeys(range(0, count - 2, 2), side), range(1, count - 1, 2), quantity)


@pytest.mark.parametrize("seed", range(5))
def test_buy_and_hold_is_the_price_return_within_costs(seed: int) -> None:
    prices = walk(2_000, seed, drift=0.0001)
    bars = made.bars(prices)
    quantity = made.FREE.initial_equity_e4 // paid_e4(prices[1], buys=True)
    found = run([bars], made.FREE, {"SPY": made.signals(2_000, {0: 1}, [], quantity)})
    bought, last = prices[1], bars.close[-1]
    (held,) = found.open
    assert held["entry_e4"] == paid_e4(bought, buys=True)
    gained_e4 = quantity * round((last - bought) * E4)
    costs_e4 = quantity * (paid_e4(bought, buys=True) - round(bought * E4) + FEE_E4)
    assert found.final_e4 == made.FREE.initial_equity_e4 + gained_e4 - costs_e4
    earned, price_return = metrics(found).total_return, last / bought - 1
    # Whole shares leave less than one in cash: what that would have earned is no cost.
    idle = abs(price_return) / quantity
    assert abs(earned - price_return) <= costs_e4 / made.FREE.initial_equity_e4 + idle
    assert earned < price_return + idle


def test_buy_and_hold_pays_nothing_where_nothing_costs_anything() -> None:
    prices = walk(500, 7)
    free = replace(made.FREE, costs=Costs(0, 0, 0), initial_equity_e4=round(prices[1] * E4) * 1_000)
    found = run([made.bars(prices)], free, {"SPY": made.signals(500, {0: 1}, [], 1_000)})
    assert metrics(found).total_return == pytest.approx(prices[-1] / prices[1] - 1, rel=1e-12)


def test_a_random_strategy_loses_its_costs_within_its_confidence_interval() -> None:
    """Thousands of entries to either side in prices without a drift: their mean is minus the mean of what they cost."""
    count, quantity = 20_001, 100
    bars = made.bars(walk(count, 42))
    chance = np.random.default_rng(43)
    entry = np.where(np.arange(count) % 2 == 0, chance.choice([-1, 1], count), 0).astype(np.int8)
    given = replace(alternating(count, 1, quantity), entry=entry)
    wealthy = replace(made.FREE, initial_equity_e4=10_000_000_000_000)
    trades = run([bars], wealthy, {"SPY": given}).trades
    assert len(trades) == count // 2
    costs_e4 = [quantity * (2 * FEE_E4 + slipped) for slipped in _slipped_e4(bars, trades)]
    nets = trades["pnl_e4"].astype(np.float64)
    without_costs = nets + np.array(costs_e4)
    error = nets.std(ddof=1) / math.sqrt(len(nets))
    assert abs(nets.mean() + np.mean(costs_e4)) < 2.58 * error  # 99 %
    assert abs(without_costs.mean()) < 2.58 * error
    assert np.mean(costs_e4) > 2.58 * error  # so a run that charged nothing would fail


def _slipped_e4(bars: Bars, trades: np.ndarray) -> list[int]:
    """What slippage took from each trade a share, by the opens at which its orders filled."""
    opens = dict(zip(bars.start_ns.tolist(), bars.open.tolist(), strict=True))
    taken = []
    for trade in trades:
        first, last = opens[int(trade["entry_ns"])], opens[int(trade["exit_ns"])]
        long = trade["side"] > 0
        at_entry = abs(int(trade["entry_e4"]) - round(first * E4))
        at_exit = abs(int(trade["exit_e4"]) - round(last * E4))
        assert int(trade["entry_e4"]) == paid_e4(first, buys=long)
        taken.append(at_entry + at_exit)
    return taken


@pytest.mark.parametrize(("volume", "slippage_bp"), [(1_000_000, 1), (1_001, 1), (1_000, 1), (999, 6), (1, 6)])
def test_a_perfect_predictor_pays_the_stated_slippage_exactly(volume: int, slippage_bp: int) -> None:
    """It knows each next hour; 100 shares exceed 10 % of the average volume from 999 on."""
    count, quantity = 401, 100
    prices = walk(count, 3)
    bars = made.bars(prices, volume=volume)
    sides = {at: 1 if prices[at + 2] > prices[at + 1] else -1 for at in range(0, count - 2, 2)}
    given = made.signals(count, sides, range(1, count - 1, 2), quantity)
    found = run([bars], made.FREE, {"SPY": given})
    expected = []
    for at, side in sides.items():
        enters, leaves = paid_e4(prices[at + 1], side > 0, slippage_bp), paid_e4(prices[at + 2], side < 0, slippage_bp)
        expected.append(quantity * (side * (leaves - enters) - 2 * FEE_E4))
    assert found.trades["pnl_e4"].tolist() == expected
    assert found.final_e4 == made.FREE.initial_equity_e4 + sum(expected)
    gross_e4 = sum(quantity * abs(round((prices[at + 2] - prices[at + 1]) * E4)) for at in sides)
    slipped_e4 = gross_e4 - sum(expected) - 2 * FEE_E4 * quantity * len(sides)
    traded_e4 = sum(quantity * round((prices[at + 1] + prices[at + 2]) * E4) for at in sides)
    # Rounding takes less than 1/10,000 dollar a share and fill on top of what is stated.
    assert 0 <= slipped_e4 - traded_e4 * slippage_bp / E4 < 2 * quantity * len(sides)


def test_an_order_before_any_volume_is_known_is_a_large_one() -> None:
    bars = made.bars([100.0, 100.0, 100.0])
    early = Signals(np.array([1, 0, 0], np.int8), np.array([False, True, False]), np.full(3, 10), np.zeros(3, np.int64))
    (trade,) = run([bars], made.FREE, {"SPY": early}).trades
    assert trade["entry_e4"] == paid_e4(100, buys=True)  # one bar of volume is known here
    assert trade["exit_e4"] == paid_e4(100, buys=False)


def test_doing_nothing_earns_nothing() -> None:
    found = run([made.bars(walk(300, 1))], made.FREE, {"SPY": made.signals(300, {}, [], 1)})
    assert set(found.equity_e4.tolist()) == {made.FREE.initial_equity_e4}
    assert len(found.trades) == len(found.signals) == len(found.open) == 0


def test_a_signal_from_outside_meets_breaker_and_daily_loss_and_says_so() -> None:
    """A fall of 25 %: the position leaves at the next open, later signals are refused with the reason."""
    prices = [100.0] * 4 + [75.0] * 20
    bars = made.bars(prices)
    given = {"SPY": made.signals(24, {0: 1, 8: 1}, [], 1_000)}
    guarded = run([bars], BacktestConfig(), given)
    assert [ExitReason(reason).name for reason in guarded.trades["reason"]] == ["BREAKER"]
    assert guarded.trades["exit_ns"].tolist() == [bars.start_ns[4]]
    assert guarded.outcomes == {"ordered": 1, "breaker": 1}
    daily = run([bars], BacktestConfig(limits=replace(made.OFF, daily_loss_bp=300)), given)
    assert [ExitReason(reason).name for reason in daily.trades["reason"]] == ["DAILY_LOSS"]
    assert daily.outcomes == {"ordered": 1, "daily_loss": 1}


def test_a_size_left_open_is_risks_and_a_stop_left_open_is_the_trends() -> None:
    prices = walk(200, 5)
    entry = np.zeros(200, np.int8)
    entry[100] = 1
    given = {"SPY": Signals(entry, np.zeros(200, np.bool_))}
    found = run([made.bars(prices)], BacktestConfig(), given)
    signal = found.signals[0]
    distance_e4 = int(signal["price_e4"]) - int(signal["stop_e4"])
    by_risk, by_value = 10_000_000 // distance_e4, 200_000_000 // int(signal["price_e4"])
    assert signal["quantity"] == min(by_risk, by_value)
    assert signal["stop_e4"] % 100 == 0
    no_stop = {"SPY": Signals(entry, np.zeros(200, np.bool_), stop_e4=np.zeros(200, np.int64))}
    refused = run([made.bars(prices)], BacktestConfig(), no_stop)
    assert refused.signals["outcome"].tolist() == [Outcome.NO_STOP]


@pytest.mark.parametrize("limits", [RiskLimits(), made.OFF])
def test_the_order_in_which_symbols_are_given_does_not_matter(limits: RiskLimits) -> None:
    config = BacktestConfig(limits=limits)
    several = [made.bars(walk(600, seed, 0.0005), symbol=name) for seed, name in ((1, "B"), (2, "A"), (3, "C"))]
    one, other = run(several, config), run(several[::-1], config)
    assert one.symbols == other.symbols == ("A", "B", "C")
    assert _bytes(one) == _bytes(other)


def _bytes(found: Run) -> list[bytes]:
    return [getattr(found, name).tobytes() for name in ("trades", "signals", "equity_e4", "exposure_e4")]


def test_bars_that_only_warm_up_are_known_to_the_indicators_and_not_to_the_account() -> None:
    bars = made.bars(walk(900, 11, 0.0005))
    whole = run([bars], BacktestConfig())
    later = run([bars], BacktestConfig(start_ns=int(bars.start_ns[400])))
    assert (later.warm_up, later.bars, len(later.equity_ns)) == (400, 500, 500)
    assert later.equity_ns[0] == whole.equity_ns[400]
    ordered = whole.signals[whole.signals["ns"] > bars.start_ns[400]]
    assert {(int(one["ns"]), int(one["side"])) for one in later.signals if not one["exit"]} == {
        (int(one["ns"]), int(one["side"])) for one in ordered if not one["exit"]
    }


def test_the_first_bar_that_is_traded_may_enter() -> None:
    bars = made.bars(walk(900, 11, 0.0005))
    whole = run([bars], BacktestConfig())
    entries = whole.signals[~whole.signals["exit"]]["ns"]
    assert len(entries) > 5
    for ns in entries.tolist():
        later = run([bars], BacktestConfig(start_ns=ns - HOUR_NS))
        assert later.signals["ns"][0] == later.equity_ns[0] == ns
