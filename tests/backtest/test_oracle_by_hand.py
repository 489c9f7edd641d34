"""The oracle itself, against cases worked out by hand and the figures that the specification prints."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import talib
from backtest import indicators, oracle, risk, series, strategy
from backtest.account import fill_price, is_large
from backtest.data import sessions
from backtest.types import HOUR_NS, LONG, MINUTE_NS, SHORT, Bar, Config, Mode, Regime, Run, Session, Signal, View

DAY, NEXT_DAY, HALF_DAY = "2013-10-08", "2013-10-09", "2013-07-03"
WIDE = replace(Config(), max_position_bp=10_000, max_exposure_bp=20_000)
Prices = tuple[float, float, float, float]
TREND: Mode = "TREND"
REVERSION: Mode = "MEAN_REVERSION"


def dollars(price: float) -> int:
    return round(price * 10_000)


def hours(prices: Sequence[Prices], volume: int = 1_000_000, first: int = 0) -> list[Bar]:
    """Hourly bars (open, high, low, close) from a session's first hour on, over as many sessions as it takes."""
    starts = [start for day in (DAY, NEXT_DAY) for start in _hours_of(sessions()[day])]
    return [Bar(start, *_e4(*four), volume) for start, four in zip(starts[first:], prices, strict=False)]


def _e4(opened: float, high: float, low: float, close: float) -> tuple[int, int, int, int]:
    return dollars(opened), dollars(high), dollars(low), dollars(close)


def _hours_of(session: Session) -> range:
    return range(session.open_ns // HOUR_NS * HOUR_NS, session.close_ns, HOUR_NS)


def played(bars: dict[str, list[Bar]], says: dict[tuple[str, int], View], config: Config = WIDE) -> Run:
    """A run in which the strategy says these views at (symbol, index of its bar) and nothing else."""
    by_first = {id(one[0]): symbol for symbol, one in bars.items()}

    def script(one: Sequence[Bar], _sessions: Sequence[Session], _config: Config) -> list[View]:
        return [says.get((by_first[id(one[0])], i), View()) for i in range(len(one))]

    return oracle.run(bars, sessions(), config, script)


def enter(side: int, mode: Mode = TREND, atr: float = 3.2, regime: Regime = "STRONG_TREND") -> View:
    return View(Signal(side, mode, regime, dollars(atr)))


def leave(side: int, mode: Mode = TREND) -> View:
    return View(exits=frozenset({(side, mode)}))


def flat(price: float) -> Prices:
    return price, price, price, price


# Size and stop: scenarios 2, 3, 5 and 7.


def test_scenario_2_125_shares_with_wide_limits_and_44_with_the_defaults() -> None:
    stop, distance = risk.stop_distance(dollars(451.25), LONG, TREND, dollars(3.2), "NORMAL", WIDE)
    assert (stop, distance) == (dollars(443.25), dollars(8))
    book = risk.Book(dollars(100_000), 0, 0)
    assert risk.size(book, dollars(451.25), distance, LONG, 100, (), WIDE) == 125
    assert risk.size(book, dollars(451.25), distance, LONG, 100, (), Config()) == 44


def test_scenario_3_134_shares_short_with_the_stop_a_cent_away_from_the_entry() -> None:
    stop, distance = risk.stop_distance(dollars(185.50), SHORT, REVERSION, dollars(3), "NORMAL", WIDE)
    assert stop == dollars(191.07)
    book = risk.Book(dollars(100_000), dollars(56_410), 1)
    assert risk.size(book, dollars(185.50), distance, SHORT, 75, (), WIDE) == 134


def test_scenario_5_size_is_halved_and_the_tighter_stop_does_not_give_it_back() -> None:
    stop, distance = risk.stop_distance(dollars(451.25), LONG, TREND, dollars(3.2), "REDUCED", WIDE)
    assert (stop, distance) == (dollars(444.85), dollars(8))
    assert risk.size(risk.Book(dollars(100_000), 0, 0), dollars(451.25), distance, LONG, 100, (5_000,), WIDE) == 62
    assert risk.size(risk.Book(dollars(84_700), 0, 0), dollars(451.25), distance, LONG, 100, (5_000,), WIDE) == 52


def test_scenario_7_130_shares_become_65() -> None:
    book = risk.Book(dollars(100_000), dollars(56_410), 1)
    assert risk.size(book, dollars(380), dollars(8), LONG, 104, (), WIDE) == 130
    assert risk.size(book, dollars(380), dollars(8), LONG, 104, (5_000,), WIDE) == 65


def test_multipliers_are_floored_once() -> None:
    """3 x 0.5 x 0.7 is 1.05; floored at each step nothing would be left."""
    book = risk.Book(dollars(100_000), 0, 0)
    assert risk.size(book, dollars(10), dollars(300), LONG, 100, (5_000, 7_000), WIDE) == 1


@pytest.mark.parametrize(
    ("exposure", "side", "shares"), [(0, LONG, 19), (190_000, LONG, 9), (190_000, SHORT, 9), (199_900, SHORT, 0)]
)
def test_buying_power_is_twice_equity_less_exposure_with_the_brokers_collar(
    exposure: int, side: int, shares: int
) -> None:
    config = replace(WIDE, max_position_bp=2_000, max_exposure_bp=100_000)
    book = risk.Book(dollars(100_000), dollars(exposure), 1)
    assert risk.size(book, dollars(1_000), dollars(10), side, 100, (9_500,), config) == shares


def test_the_sixth_position_is_refused() -> None:
    assert risk.size(risk.Book(dollars(100_000), 0, 5), dollars(10), dollars(1), LONG, 100, (), WIDE) == 0


def test_stops_are_rounded_to_a_ten_thousandth_and_then_away_from_the_entry() -> None:
    assert risk.rounded_stop(4_432_500.4, LONG) == 4_432_500
    assert risk.rounded_stop(4_432_499.4, LONG) == 4_432_400
    assert risk.rounded_stop(4_432_499.6, LONG) == 4_432_500
    assert risk.rounded_stop(4_432_500.4, SHORT) == 4_432_500
    assert risk.rounded_stop(4_432_500.6, SHORT) == 4_432_600
    assert risk.rounded_stop(9_999.4, LONG) == 9_999  # below a dollar


# Guards: scenario 5.


def test_scenario_5_the_breaker_warns_disables_and_stays() -> None:
    guards = risk.Guards(replace(Config(), daily_loss_bp=None))
    assert [guards.mark(dollars(equity)) for equity in (100_000, 85_001, 84_700)] == [[], [], ["warning"]]
    assert [guards.mark(dollars(equity)) for equity in (88_000, 88_001, 85_000)] == [[], ["recovered"], ["warning"]]
    assert [guards.mark(dollars(equity)) for equity in (79_800, 120_000)] == [["critical"], []]
    assert guards.status == "DISABLED"


def test_the_limits_of_the_guards_are_inclusive() -> None:
    guards = risk.Guards(Config())
    assert guards.mark(dollars(97_000) + 1) == []
    assert guards.mark(dollars(97_000)) == ["daily_loss"]
    guards.new_session(dollars(97_000))
    assert guards.mark(dollars(85_000)) == ["warning", "daily_loss"]
    assert guards.mark(dollars(80_000)) == ["critical"]


# Fills: section 12.


def test_fills_are_rounded_against_the_trader() -> None:
    assert fill_price(dollars(142.05), True, False) == 1_420_643  # 142.064205
    assert fill_price(dollars(142.05), False, False) == 1_420_357  # 142.035795
    assert fill_price(dollars(100), True, False) == 1_000_100
    assert fill_price(dollars(100), False, True) == 999_400


def test_an_order_is_large_above_a_tenth_of_the_average_volume() -> None:
    assert not is_large(100, [1_000] * 20)
    assert is_large(101, [1_000] * 20)


def test_a_signal_fills_at_the_next_open_and_its_exit_at_the_one_after_the_next_signal() -> None:
    bars = hours([flat(100), (100.5, 101, 100, 100.8), flat(100.9), (99.5, 100, 99, 99)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4), ("SPY", 2): leave(LONG)}, WIDE)
    (trade,) = run.trades
    assert trade[:3] == ("SPY", LONG, 100)  # 1 % of 100,000 over 10 dollars
    assert (trade.entry_ns, trade.entry) == (bars[1].start_ns, 1_005_101)  # 100.51005
    assert (trade.exit_ns, trade.exit, trade.reason) == (bars[3].start_ns, 994_900, "signal")  # 99.49005
    assert trade.pnl == 100 * (994_900 - 1_005_101) - 100 * 100
    assert [equity for _, equity in run.equity] == [
        dollars(100_000),
        dollars(100_000) + 100 * (1_008_000 - 1_005_101) - 5_000,
        dollars(100_000) + 100 * (1_009_000 - 1_005_101) - 5_000,
        dollars(100_000) + trade.pnl,
    ]


def test_a_short_earns_what_the_price_falls() -> None:
    bars = hours([flat(100), flat(100), flat(90)])
    run = played({"SPY": bars}, {("SPY", 0): enter(SHORT, atr=4), ("SPY", 1): leave(SHORT)}, WIDE)
    (trade,) = run.trades
    assert (trade.entry, trade.exit) == (999_900, 900_090)
    assert trade.pnl == 100 * (999_900 - 900_090) - 10_000
    assert run.equity[-1][1] == dollars(100_000) + trade.pnl


@pytest.mark.parametrize(
    ("fill_bar", "price"),
    [((100, 101, 90, 95), 899_910), ((100, 101, 90.01, 95), None), ((90.01, 95, 89, 95), 899_910)],
)
def test_a_stop_works_in_the_entry_bar_and_touching_is_a_hit(fill_bar: Prices, price: int | None) -> None:
    run = played({"SPY": hours([flat(100), fill_bar])}, {("SPY", 0): enter(LONG, atr=4)}, WIDE)
    assert [(trade.exit, trade.reason) for trade in run.trades] == ([(price, "stop")] if price else [])


@pytest.mark.parametrize("opened", [90, 89.5])
def test_an_entry_that_opens_at_or_beyond_its_stop_is_cancelled(opened: float) -> None:
    run = played({"SPY": hours([flat(100), flat(opened)])}, {("SPY", 0): enter(LONG, atr=4)}, WIDE)
    assert run.happened["opened beyond the stop"] == 1
    assert not run.trades
    assert not run.still_open


def test_a_stop_that_the_open_has_passed_fills_at_the_open() -> None:
    run = played({"SPY": hours([flat(100), flat(100), (88, 95, 87, 95)])}, {("SPY", 0): enter(LONG, atr=4)}, WIDE)
    assert [(trade.exit, trade.reason) for trade in run.trades] == [(879_912, "stop")]


def test_a_pending_exit_goes_before_the_stop() -> None:
    bars = hours([flat(100), flat(100), (88, 95, 87, 95)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4), ("SPY", 1): leave(LONG)}, WIDE)
    assert [(trade.exit, trade.reason) for trade in run.trades] == [(879_912, "signal")]


def test_the_stop_trails_the_highs_from_the_fill_bar_on_and_works_from_the_next_bar() -> None:
    """2.5 x 4 = 10 dollars under the best: 97 after a high of 107; the low of 96.9 in the same bar is no hit."""
    bars = hours([(100, 130, 100, 100), (100, 107, 96.9, 100), (100, 100, 97, 98), flat(100)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4)}, WIDE)
    assert [(trade.exit_ns, trade.exit, trade.reason) for trade in run.trades] == [(bars[3].start_ns, 969_903, "stop")]


def test_a_trailing_stop_never_loosens_and_mean_reversions_does_not_move() -> None:
    rising = hours([flat(100), (100, 107, 100, 106), (106, 106.5, 105, 105)])
    (trend,) = played({"SPY": rising}, {("SPY", 0): enter(LONG, atr=4)}, WIDE).still_open
    (reversion,) = played({"SPY": rising}, {("SPY", 0): enter(LONG, REVERSION)}, WIDE).still_open
    assert (trend.stop, reversion.stop) == (dollars(97), dollars(97))
    (reversion,) = played({"SPY": rising[:2]}, {("SPY", 0): enter(LONG, REVERSION)}, WIDE).still_open
    assert reversion.stop == dollars(97)


def test_reduced_trails_open_positions_at_two_atr() -> None:
    config = replace(WIDE, warning_bp=100, recovered_bp=50, daily_loss_bp=None)
    bars = hours([flat(100), (100, 100, 90.5, 91), flat(91)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4)}, replace(config, trend_risk_bp=200))
    assert run.happened["warning"] == 1
    assert [(trade.exit, trade.reason) for trade in run.trades] == [
        (909_909, "stop")
    ]  # 92 was passed by the open at 91


def test_after_an_intrabar_stop_the_same_close_may_enter() -> None:
    bars = hours([flat(100), (100, 101, 89, 95), flat(95)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4), ("SPY", 1): enter(LONG, atr=4)}, WIDE)
    assert [order.decision_ns for order in run.orders] == [bars[1].start_ns, bars[2].start_ns]


def test_an_edge_while_an_exit_is_pending_is_lost() -> None:
    both = View(Signal(SHORT, TREND, "STRONG_TREND", dollars(4)), frozenset({(LONG, TREND)}))
    bars = hours([flat(100), flat(100), flat(100), flat(100)])
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4), ("SPY", 1): both}, WIDE)
    assert run.happened["entry: in_position"] == 1
    assert len(run.trades) == len(run.orders) == 1


def test_the_daily_loss_closes_all_cancels_entries_and_ends_with_the_next_session() -> None:
    """SPY falls 3 % of equity in the third hour while IBM, which skips that hour, has an entry at work.

    IBM's bar 6 is the first of the next session, and decides at the start of its bar 7.
    """
    spy = hours([flat(100), flat(100), flat(97), flat(97), *[flat(97)] * 3, flat(97), flat(97)])
    ibm = [bar for bar in hours([flat(50)] * 9) if bar.start_ns != spy[2].start_ns]
    config = replace(WIDE, trend_risk_bp=1_000)
    says = {
        ("SPY", 0): enter(LONG, atr=4),
        ("IBM", 1): enter(LONG, atr=4),
        ("IBM", 3): enter(LONG, atr=4),
        ("IBM", 6): enter(LONG, atr=4),
    }
    run = played({"SPY": spy, "IBM": ibm}, says, config)
    assert run.happened["cancelled by the daily_loss"] == 1
    assert run.happened["entry: daily loss"] == 1
    assert [(trade.exit_ns, trade.reason) for trade in run.trades] == [(spy[3].start_ns, "daily_loss")]
    assert [order.decision_ns for order in run.orders if order.symbol == "IBM"] == [
        spy[2].start_ns,
        ibm[7].start_ns,
    ]


def test_critical_closes_all_at_the_next_open_and_nothing_enters_again() -> None:
    bars = hours([flat(100), flat(100), flat(80), flat(80), flat(80)])
    config = replace(WIDE, trend_risk_bp=10_000, trend_stop=Fraction(24), daily_loss_bp=None)
    run = played({"SPY": bars}, {("SPY", 0): enter(LONG, atr=4), ("SPY", 3): enter(LONG, atr=1)}, config)
    assert [(trade.quantity, trade.exit_ns, trade.reason) for trade in run.trades] == [
        (1_000, bars[3].start_ns, "breaker")
    ]
    assert run.happened["entry: breaker"] == 1


def test_entries_of_one_timestamp_count_against_each_other_in_alphabetical_order() -> None:
    bars = {name: hours([flat(100)] * 2) for name in ("SPY", "IBM", "QQQ")}
    run = played(bars, {(name, 0): enter(LONG, atr=1) for name in bars}, replace(Config(), correlated_size_bp=10_000))
    assert [(order.symbol, order.quantity) for order in run.orders] == [("IBM", 200), ("QQQ", 200), ("SPY", 100)]


def test_unknown_correlation_halves_the_second_entry() -> None:
    bars = {name: hours([flat(100)] * 2) for name in ("SPY", "IBM")}
    run = played(bars, {(name, 0): enter(LONG, atr=1) for name in bars}, Config())
    assert [(order.symbol, order.quantity) for order in run.orders] == [("IBM", 200), ("SPY", 100)]


def test_a_limit_entry_fills_only_when_the_bar_trades_through() -> None:
    config = replace(WIDE, entry_order="limit")
    for bar, price in (((101, 102, 100, 101), None), ((101, 102, 99.99, 101), 1_000_000), ((99, 99, 98, 98), 990_000)):
        run = played({"SPY": hours([flat(100), bar, flat(100)])}, {("SPY", 0): enter(LONG, atr=4)}, config)
        assert [held.entry for held in run.still_open] == ([price] if price else [])


# What may enter an indicator, and when something may be entered.


def test_a_bad_bar_and_one_outside_the_session_are_dropped() -> None:
    good = hours([flat(100)] * 3)
    half = sessions()[HALF_DAY]
    stray = Bar(half.close_ns, *_e4(*flat(100)), 1_000)
    bad = [
        good[1]._replace(close=0),
        good[1]._replace(low=-1),
        good[1]._replace(high=1),
        good[0],
        good[1]._replace(volume=-1),
    ]
    assert oracle.usable([stray, good[0], *bad, good[1], good[0], good[2]], sessions(), Config()) == good


@pytest.mark.parametrize(
    ("day", "hour", "refused"),
    [(DAY, 4, False), (DAY, 5, False), (DAY, 6, True), (HALF_DAY, 2, False), (HALF_DAY, 3, True)],
)
def test_no_entry_from_fifteen_minutes_before_the_real_close_on(day: str, hour: int, refused: bool) -> None:
    session = sessions()[day]
    bars = [Bar(session.open_ns // HOUR_NS * HOUR_NS + k * HOUR_NS, *_e4(*flat(100)), 10) for k in range(-20, hour + 1)]
    bars[-1] = bars[-1]._replace(volume=1_000)
    assert ("time" in strategy.noise(bars, len(bars) - 1, TREND, session, Config())) == refused


@pytest.mark.parametrize(
    ("volume", "mode", "refused"),
    [(30, TREND, True), (31, TREND, False), (10, REVERSION, True), (11, REVERSION, False)],
)
def test_volume_must_exceed_its_share_of_the_average(volume: int, mode: Mode, refused: bool) -> None:
    others = 20 * 20 - volume  # so that the average is 20
    bars = [bar._replace(volume=others if i == 5 else 0) for i, bar in enumerate(_twenty_one())]
    bars[-1] = bars[-1]._replace(volume=volume)
    assert ("volume" in strategy.noise(bars, 20, mode, sessions()[DAY], Config())) == refused


@pytest.mark.parametrize(("opened", "refused"), [(101.9999, False), (102, True), (98, True), (98.0001, False)])
def test_a_gap_of_two_percent_is_one(opened: float, refused: bool) -> None:
    bars = _twenty_one()
    bars[-1] = bars[-1]._replace(open=dollars(opened))
    assert ("gap" in strategy.noise(bars, 20, TREND, sessions()[DAY], Config())) == refused


def _twenty_one() -> list[Bar]:
    first = sessions()[DAY].open_ns
    return [Bar(first + k * MINUTE_NS, *_e4(*flat(100)), 100) for k in range(21)]


def test_the_third_equal_class_is_confirmed_in_its_own_bar() -> None:
    strong, weak = (30.0, Fraction(7, 10)), (15.0, Fraction(3, 10))
    given = [
        (None, None),
        strong,
        strong,
        weak,
        strong,
        strong,
        strong,
        weak,
        weak,
        (22.0, Fraction(1, 2)),
        weak,
        weak,
        weak,
    ]
    regimes = strategy.confirmed_regimes([adx for adx, _ in given], [r2 for _, r2 in given])
    assert regimes == ["NEUTRAL"] * 6 + ["STRONG_TREND"] * 6 + ["MEAN_REVERSION"]


def test_nothing_fires_before_bar_64() -> None:
    first = min(
        next(
            (i for i, view in enumerate(strategy.views(one, _days(one, market.config), market.config)) if view.signal),
            99,
        )
        for market in (series.market(seed, sessions()) for seed in range(4))
        for one in [oracle.usable(next(iter(market.bars.values()))[:80], sessions(), market.config)]
    )
    assert first == 64


def _days(bars: Sequence[Bar], _config: Config) -> list[Session]:
    return [sessions()[oracle.new_york_date(bar.start_ns)] for bar in bars]


def test_the_indicators_are_talibs_where_no_window_is_flat() -> None:
    """Its sums of squares cost digits: the tolerance is for them. On flat windows the specification differs from it."""
    bars = _walk(2_000)
    high, low, close = (np.array([bar[k] for bar in bars], dtype=float) for k in range(2, 5))
    closes = [bar.close for bar in bars]
    correlation = talib.CORREL(np.arange(len(close), dtype=float), close, 20)
    for mine, theirs in (
        (indicators.sma(closes, 20), talib.SMA(close, 20)),
        (indicators.rsi(closes, 14), talib.RSI(close, 14)),
        (indicators.atr(bars, 14), talib.ATR(high, low, close, 14)),
        (indicators.adx(bars, 14), talib.ADX(high, low, close, 14)),
        (indicators.kama(closes, 20), talib.KAMA(close, 20)),
        (indicators.population_variance(closes, 20), talib.VAR(close, 20)),
        (indicators.r_squared(closes, 20), correlation**2),
    ):
        got = [np.nan if value is None else float(value) for value in mine]
        assert np.allclose(got, theirs, rtol=1e-7, atol=1e-7, equal_nan=True)


def _walk(count: int) -> list[Bar]:
    chance = random.Random(1)
    bars, price = [], dollars(100)
    for k in range(count):
        opened, price = price, max(10_000, price + chance.choice((-1, 1)) * chance.randrange(1, 5_000))
        high, low = max(opened, price) + chance.randrange(3_000), min(opened, price) - chance.randrange(3_000)
        bars.append(Bar(k * HOUR_NS, opened, high, low, price, 1_000))
    return bars


def test_a_price_that_never_moves_is_no_signal() -> None:
    bars = [Bar(k, *_e4(*flat(100)), 1_000) for k in range(70)]
    closes = [bar.close for bar in bars]
    assert indicators.rsi(closes, 14)[-1] == 50
    assert indicators.r_squared(closes, 20)[-1] == indicators.population_variance(closes, 20)[-1] == 0
    assert indicators.kama(closes, 20)[-1] == dollars(100)
    assert indicators.adx(bars, 14)[-1] == 0
