"""The bars that were searched for yield what the walkthroughs print, through the kernel and the explanations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from walkthroughs.find_histories import WALKTHROUGHS
from walkthroughs.minutes import SESSION_MINUTES, decide, read_minutes, session_of
from walkthroughs.scenario4 import BEST_MINUTE, BEST_PRICE, MINUTES, STOP_MINUTE, STOP_PRICE

from fluxherod.core.bars import refusal
from fluxherod.core.calendar import to_datetime
from fluxherod.core.explain import entry_rules, entry_text
from fluxherod.core.kernel import default_params
from fluxherod.core.money import to_e4
from fluxherod.core.noise import spread_rule
from fluxherod.core.risk.assess import AccountState, EntryRequest, assess
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.strategy.codes import EntryMode, RuleCode, Trigger, VolatilityState
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.strategy.stops import best_e4, mean_reversion_stop_e4, trail, trend_stop_e4
from fluxherod.core.types import Bar, Regime, Side, Verdict
from fluxherod.core.volatility import spike_ratio

PARAMS = StrategyParams()
SPY, AAPL, QQQ = (read_minutes(symbol) for symbol in ("SPY", "AAPL", "QQQ"))
SPY_SIGNAL, AAPL_SIGNAL = decide(SPY)[-1], decide(AAPL)[-1]
EQUITY_E4 = 100_000 * 10_000
SPY_STOP_E4, AAPL_STOP_E4 = 4_432_500, 1_910_700


def printed(decision: np.void, **digits: int) -> dict[str, str]:
    return {name: f"{float(decision[name]):.{places}f}" for name, places in digits.items()}


def shares(side: Side, price_e4: int, stop_e4: int, risk_bp: int, limits: RiskLimits) -> tuple[RiskVerdict, int]:
    request = EntryRequest("SPY", side, price_e4, stop_e4, risk_bp, abs(price_e4 - stop_e4))
    account = AccountState(EQUITY_E4, 0, 2 * EQUITY_E4, 0)
    decision = assess(request, account, limits)
    return decision.verdict, decision.quantity


WIDE = RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000)


@pytest.mark.parametrize("history", [499, 500, 780])
def test_with_500_minutes_before_it_or_fewer_or_all_spys_bar_has_the_printed_values(history: int) -> None:
    signal = decide(SPY[-1 - history :])[-1]
    assert printed(signal, close=2, kama=2, atr=2, rsi=0, adx=0, r2=2) == {
        "close": "451.25",
        "kama": "448.50",
        "atr": "3.20",
        "rsi": "62",
        "adx": "32",
        "r2": "0.81",
    }
    assert signal["regime"] == Regime.STRONG_TREND
    assert signal["volatility_state"] == VolatilityState.NORMAL
    assert (signal["entry"], signal["entry_mode"], signal["trigger"]) == (1, EntryMode.TREND, Trigger.CROSSOVER)


def test_spys_entry_is_explained_in_the_seeds_words_with_its_stop() -> None:
    stop_e4 = int(trend_stop_e4(1, 451.25, float(SPY_SIGNAL["atr"]), PARAMS.trend_stop_atr))
    assert stop_e4 == SPY_STOP_E4
    assert entry_text("SPY", SPY_SIGNAL, PARAMS, stop_e4, None, EQUITY_E4 // 100, 100) == (
        "BUY SPY @ $451.25\n"
        "Reason: KAMA crossover (Price $451.25 > KAMA+0.5×ATR $450.10)\n"
        "Regime: STRONG_TREND (ADX=32, R²=0.81)\n"
        "Risk: $1,000 (1% account), Stop: $443.25"
    )


@pytest.mark.parametrize("cents", [1, 2, 4])
def test_every_rule_of_spys_entry_passes_with_a_quote_of_a_few_cents(cents: int) -> None:
    spread = cents / 100
    code = spread_rule(spread, float(SPY_SIGNAL["close_sigma"]), bool(SPY_SIGNAL["illiquid"]), default_params())
    rules = entry_rules(SPY_SIGNAL, PARAMS, 1, spread, RuleCode(code))
    assert {rule.verdict for rule in rules} == {Verdict.PASSED}
    assert {rule.name for rule in rules} >= {"volume", "time", "gap", "spread"}


def test_risk_gives_spy_125_shares_with_the_wide_limits_and_44_with_the_default_ones() -> None:
    assert shares(Side.BUY, 4_512_500, SPY_STOP_E4, 100, WIDE) == (RiskVerdict.APPROVED, 125)
    verdict, quantity = shares(Side.BUY, 4_512_500, SPY_STOP_E4, 100, RiskLimits())
    assert (verdict, quantity) == (RiskVerdict.APPROVED_WITH_ADJUSTMENT, 44)


@pytest.mark.parametrize("history", [499, 500, 781])
def test_with_500_minutes_before_it_or_fewer_or_all_aapls_bar_has_the_printed_values(history: int) -> None:
    signal = decide(AAPL[-1 - history :])[-1]
    assert printed(signal, close=2, rsi=0, adx=0, r2=2, bb_upper=2, sma=2, bb_lower=2) == {
        "close": "185.50",
        "rsi": "74",
        "adx": "18",
        "r2": "0.32",
        "bb_upper": "185.20",
        "sma": "182.00",
        "bb_lower": "178.80",
    }
    assert signal["regime"] == Regime.MEAN_REVERSION
    assert (signal["entry"], signal["trigger"]) == (-1, Trigger.RSI_BAND)
    assert signal["entry_mode"] == EntryMode.MEAN_REVERSION


def test_aapls_entry_is_explained_in_the_seeds_words_with_its_stop_and_134_shares() -> None:
    stop_e4 = int(mean_reversion_stop_e4(-1, 185.50, PARAMS.mean_reversion_stop))
    assert stop_e4 == AAPL_STOP_E4
    target_e4 = to_e4(float(AAPL_SIGNAL["sma"]))
    assert target_e4 == 1_820_000
    assert entry_text("AAPL", AAPL_SIGNAL, PARAMS, stop_e4, target_e4, EQUITY_E4 * 75 // 10_000, 75) == (
        "SHORT AAPL @ $185.50\n"
        "Reason: RSI=74 (overbought) + Price at Upper BB\n"
        "Regime: MEAN_REVERSION (ADX=18, R²=0.32)\n"
        "Risk: $750 (0.75% account), Stop: $191.07, Target: $182.00"
    )
    assert shares(Side.SELL, 1_855_000, stop_e4, 75, WIDE) == (RiskVerdict.APPROVED, 134)


def test_every_rule_of_aapls_entry_passes_and_its_live_minute_before_fires_nothing() -> None:
    code = spread_rule(0.02, float(AAPL_SIGNAL["close_sigma"]), bool(AAPL_SIGNAL["illiquid"]), default_params())
    rules = entry_rules(AAPL_SIGNAL, PARAMS, -1, 0.02, RuleCode(code))
    assert {rule.verdict for rule in rules} == {Verdict.PASSED}
    assert decide(AAPL)[-2]["entry"] == 0
    assert f"{to_datetime(AAPL[-2].start_ns):%H:%M}" == "14:30"


@pytest.mark.parametrize("bars", [SPY, AAPL, QQQ], ids=["SPY", "AAPL", "QQQ"])
def test_the_minutes_are_two_whole_sessions_and_the_signals_day_in_whole_cents(bars: list[Bar]) -> None:
    days = [session_of(bar.start_ns).day for bar in bars]
    assert [days.count(day) for day in ("2024-01-18", "2024-01-19")] == [SESSION_MINUTES, SESSION_MINUTES]
    assert set(days) == {"2024-01-18", "2024-01-19", "2024-01-22"}
    assert_sound(bars)


def assert_sound(bars: list[Bar]) -> None:
    newest_ns = 0
    for bar in bars:
        assert refusal(bar, newest_ns) is None
        assert session_of(bar.start_ns).open_ns <= bar.start_ns < session_of(bar.start_ns).close_ns
        assert all(to_e4(price) % 100 == 0 for price in (bar.open, bar.high, bar.low, bar.close))
        newest_ns = bar.start_ns


def test_spys_bar_is_the_message_that_the_walkthrough_prints() -> None:
    bar = SPY[-1]
    assert f"{to_datetime(bar.start_ns):%Y-%m-%dT%H:%M:%SZ}" == "2024-01-22T14:30:00Z"
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (450.00, 451.50, 449.80, 451.25, 1_500_000)


@pytest.mark.parametrize("bars", [SPY, AAPL, QQQ], ids=["SPY", "AAPL", "QQQ"])
def test_the_five_minute_range_is_no_volatility_spike(bars: list[Bar]) -> None:
    fives = [bars[k : k + 5] for k in range(0, 2 * SESSION_MINUTES, 5)]
    merged = [
        Bar(
            five[0].symbol,
            five[0].start_ns,
            five[0].open,
            max(bar.high for bar in five),
            min(bar.low for bar in five),
            five[-1].close,
            sum(bar.volume for bar in five),
        )
        for five in fives
    ]
    five_minute_atr = float(decide(merged)[-1]["atr"])
    assert not math.isnan(five_minute_atr)
    assert spike_ratio(five_minute_atr, float(decide(bars)[-1]["atr"]), 1.0) < PARAMS.spike_ratio


@pytest.mark.parametrize("history", [500, 780])
def test_after_its_entry_spy_gives_no_exit_and_no_other_entry(history: int) -> None:
    after = decide([*SPY[-1 - history :], *MINUTES])[-len(MINUTES) :]
    assert not after["exit_trend_long"].any()
    assert not after["entry"].any()


def test_the_stop_trails_to_444_00_at_452_00_and_is_first_touched_at_443_50() -> None:
    atr, stop, best = float(SPY_SIGNAL["atr"]), SPY_STOP_E4, to_e4(SPY[-1].close)
    trailed = []
    for bar in MINUTES[:-1]:
        assert to_e4(bar.low) > stop
        best = int(best_e4(1, best, to_e4(bar.high), to_e4(bar.low)))
        stop = int(trail(1, stop, best, atr, PARAMS.trend_stop_atr))
        trailed.append(stop)
    before_best = BEST_MINUTE - 1
    assert trailed == [SPY_STOP_E4] * before_best + [4_440_000] * (len(MINUTES) - 1 - before_best)
    assert best == to_e4(BEST_PRICE)
    assert (MINUTES[-1].low, to_e4(MINUTES[-1].open) > stop) == (STOP_PRICE, True)


@pytest.mark.parametrize("history", [500, 781])
def test_qqqs_bar_is_a_kama_crossover_in_a_strong_trend_with_a_stop_at_372(history: int) -> None:
    decisions = decide(QQQ[-1 - history :])
    signal = decisions[-1]
    assert (signal["entry"], signal["entry_mode"], signal["trigger"]) == (1, EntryMode.TREND, Trigger.CROSSOVER)
    assert signal["regime"] == Regime.STRONG_TREND
    assert not decisions[-2]["entry"]
    assert trend_stop_e4(1, QQQ[-1].close, float(signal["atr"]), PARAMS.trend_stop_atr) == 3_720_000
    assert shares(Side.BUY, 3_800_000, 3_720_000, 104, WIDE) == (RiskVerdict.APPROVED, 130)


def test_qqq_goes_with_spy_by_85_percent_over_their_last_50_common_returns() -> None:
    theirs = {bar.start_ns: bar.close for bar in SPY}
    common = [(bar.close, theirs[bar.start_ns]) for bar in QQQ if bar.start_ns in theirs][-51:]
    returns = np.diff(np.log(np.array(common)), axis=0)
    assert f"{np.corrcoef(returns.T)[0, 1]:.4f}" == "0.8500"


def test_spys_afternoon_has_the_walkthroughs_prices_at_its_times() -> None:
    at = {f"{to_datetime(bar.start_ns):%H:%M}": bar for bar in MINUTES}
    assert (at["14:45"].high, at["15:00"].close, at["15:15"].close, at["15:30"].low) == (452.00, 450.50, 448.00, 443.50)
    assert len(MINUTES) == STOP_MINUTE
    assert_sound([SPY[-1], *MINUTES])


@pytest.mark.parametrize("bars", [SPY, AAPL, QQQ], ids=["SPY", "AAPL", "QQQ"])
def test_the_files_meet_the_targets_of_the_search(bars: list[Bar]) -> None:
    signal, walkthrough = decide(bars)[-1], WALKTHROUGHS[bars[0].symbol]
    for target in walkthrough.targets:
        assert float(signal[target.name]) == pytest.approx(target.value, abs=target.tolerance)
    assert (
        tuple(round(100 * getattr(bars[-1], name)) for name in ("open", "high", "low", "close"))
        == (walkthrough.signal[:4])
    )
