"""Splits: value and risk stay what they were, and there and back again is the identity."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.money import tick_e4
from fluxherod.core.orders import Fill
from fluxherod.core.portfolio import Position, open_trade, remove_shares
from fluxherod.core.splits import CashInLieu, Split, adjusted_bar, adjusted_bars, adjusted_position, adjusted_trade
from fluxherod.core.types import Bar, Mode, Regime, Side

AAPL = Split("AAPL", "2014-06-09", 7, 1)
REVERSE = Split("AAPL", "2014-06-09", 1, 10)

rates = st.integers(1, 60)
splits = st.builds(Split, st.just("AAPL"), st.just("2014-06-09"), rates, rates)
prices_e4 = st.integers(100_000, 50_000_000)


def held(
    quantity: int = 100, price: float = 645.57, stop: float | None = 600.0, cost_e4: int | None = None
) -> Position:
    price_e4 = round(price * 10_000)
    return Position(
        symbol="AAPL",
        quantity=quantity,
        cost_e4=quantity * price_e4 if cost_e4 is None else cost_e4,
        opened_ns=1,
        mode=Mode.TREND,
        regime=Regime.NEUTRAL,
        trade_id="t",
        signal_id=None,
        stop_e4=None if stop is None else round(stop * 10_000),
        target_e4=None,
        best_e4=price_e4,
        atr=7.0,
        price_e4=price_e4,
    )


@st.composite
def positions(draw: st.DrawFn) -> Position:
    quantity = draw(st.integers(1, 5_000)) * draw(st.sampled_from((1, -1)))
    price_e4, entry_e4, stop_e4 = draw(prices_e4), draw(prices_e4), draw(prices_e4)
    position = held(quantity, stop=None, cost_e4=quantity * entry_e4)
    return replace(position, price_e4=price_e4, stop_e4=stop_e4, best_e4=draw(prices_e4), target_e4=draw(prices_e4))


def test_a_part_that_was_to_be_sold_and_is_less_than_a_new_share_does_not_become_the_whole_position() -> None:
    leaving = replace(held(105), exit_reason="reduced by the operator", exit_quantity=5)
    after, _ = adjusted_position(leaving, REVERSE)
    assert (after.quantity, after.exit_reason, after.exit_quantity) == (10, "", 0)
    after, _ = adjusted_position(replace(leaving, exit_quantity=15), REVERSE)
    assert (after.exit_reason, after.exit_quantity) == ("reduced by the operator", 1)
    after, _ = adjusted_position(replace(leaving, exit_quantity=0), REVERSE)
    assert (after.exit_reason, after.exit_quantity) == ("reduced by the operator", 0)


def test_a_seven_to_one_split_makes_seven_shares_of_one_at_a_seventh_of_the_price() -> None:
    position = replace(held(), target_e4=7_000_000, watched_stop_e4=6_300_007, exit_quantity=30)
    after, lieu = adjusted_position(position, AAPL)
    assert (after.quantity, after.cost_e4, lieu) == (700, position.cost_e4, CashInLieu())
    assert (after.average_e4, after.price_e4, after.best_e4) == (922_243, 922_243, 922_243)
    assert (after.stop_e4, after.watched_stop_e4, after.target_e4) == (857_100, 900_000, 1_000_000)
    assert (after.atr, after.exit_quantity) == (1.0, 210)


def test_a_reverse_split_pays_what_is_no_whole_share_at_its_last_price() -> None:
    position = held(quantity=105, price=2.0, stop=1.85)
    after, lieu = adjusted_position(replace(position, price_e4=21_000), REVERSE)
    assert (after.quantity, after.price_e4, after.stop_e4) == (10, 210_000, 185_000)
    assert lieu == CashInLieu(cost_e4=5 * 20_000, value_e4=5 * 21_000)
    assert after.cost_e4 == 100 * 20_000


def test_a_position_smaller_than_one_new_share_is_paid_out_whole() -> None:
    position = held(quantity=-4, price=2.0, stop=2.2)
    after, lieu = adjusted_position(position, REVERSE)
    assert (after.quantity, after.cost_e4) == (0, 0)
    assert lieu == CashInLieu(position.cost_e4, position.value_e4)


def test_a_stop_is_rounded_to_the_tick_away_from_the_entry() -> None:
    assert adjusted_position(held(stop=600.0), AAPL)[0].stop_e4 == 857_100
    assert adjusted_position(held(quantity=-100, stop=700.01), AAPL)[0].stop_e4 == 1_000_100
    assert adjusted_position(held(price=3.0, stop=2.0), AAPL)[0].stop_e4 == 2_857  # below a dollar a tick is 1/10,000
    assert adjusted_position(held(stop=None), AAPL)[0].stop_e4 is None


def test_an_ex_date_begins_at_new_yorks_midnight() -> None:
    assert AAPL.starts_ns == 1_402_286_400_000_000_000


@given(positions(), splits)
def test_value_and_cost_stay_but_for_what_is_paid_in_cash(position: Position, split: Split) -> None:
    after, lieu = adjusted_position(position, split)
    assert after.cost_e4 + lieu.cost_e4 == position.cost_e4
    assert abs(after.quantity) * split.old_rate <= abs(position.quantity) * split.new_rate
    # Half of 1/10,000 dollar a share, and what the estimate of the rest is rounded by.
    assert abs(after.value_e4 + lieu.value_e4 - position.value_e4) <= abs(after.quantity) / 2 + 2
    assert abs(lieu.value_e4) <= after.price_e4 + 1  # less than one new share


@given(positions(), splits)
def test_risk_stays_within_a_tick_a_share_and_a_stop_never_comes_nearer(position: Position, split: Split) -> None:
    after, _ = adjusted_position(position, split)
    assert position.stop_e4 is not None
    assert after.stop_e4 is not None
    side = 1 if position.quantity > 0 else -1
    assert after.stop_e4 % tick_e4(after.stop_e4) == 0
    away = side * (position.stop_e4 * split.old_rate - after.stop_e4 * split.new_rate)
    assert 0 <= away <= 101 * split.new_rate


@given(positions(), splits)
def test_forward_and_then_reverse_is_the_identity(position: Position, split: Split) -> None:
    multiple = split.new_rate * split.old_rate * 100
    exact = replace(
        position,
        quantity=position.quantity * split.old_rate,
        stop_e4=multiple * ((position.stop_e4 or 0) // 1_000 + 100),
        best_e4=multiple * 77,
        target_e4=multiple * 81,
        price_e4=multiple * 80,
    )
    there, paid = adjusted_position(exact, split)
    back, also_paid = adjusted_position(there, split.inverse)
    assert paid == also_paid == CashInLieu()
    assert back.atr == pytest.approx(exact.atr, rel=1e-12)
    assert replace(back, atr=exact.atr) == exact


@given(positions(), splits, st.integers(0, 100), prices_e4)
def test_a_trades_quantities_and_values_still_add_up_when_the_rest_is_sold(
    position: Position, split: Split, sold_percent: int, exit_e4: int
) -> None:
    trade = open_trade(position, "reason")
    sold = abs(position.quantity) * sold_percent // 100
    if 0 < sold < abs(position.quantity):
        fill = Fill("x", "AAPL", Side.SELL if position.quantity > 0 else Side.BUY, sold, sold * exit_e4, True)
        position, realized = remove_shares(position, fill)
        trade = replace(trade, exit_quantity=sold, exit_value_e4=sold * exit_e4, realized_e4=realized)
    after, lieu = adjusted_position(position, split)
    trade = adjusted_trade(trade, after, lieu, split)
    assert trade.entry_quantity - trade.exit_quantity == abs(after.quantity)
    if after.quantity:
        fill = Fill(
            "y",
            "AAPL",
            Side.SELL if after.quantity > 0 else Side.BUY,
            abs(after.quantity),
            7 * abs(after.quantity),
            True,
        )
        _, realized = remove_shares(after, fill)
        trade = replace(
            trade, exit_value_e4=trade.exit_value_e4 + fill.value_e4, realized_e4=trade.realized_e4 + realized
        )
    assert trade.realized_e4 == trade.side * (trade.exit_value_e4 - trade.entry_value_e4)


@given(st.floats(1.0, 10_000.0), st.integers(0, 10**9), splits)
def test_a_bar_keeps_its_shape_and_comes_back_as_it_was(price: float, volume: int, split: Split) -> None:
    bar = Bar("AAPL", 0, price, price * 1.01, price * 0.99, price * 1.005, volume * split.old_rate)
    there = adjusted_bar(bar, split)
    assert there.low <= there.open <= there.close <= there.high
    assert there.close * there.volume == pytest.approx(bar.close * bar.volume, rel=1e-12)
    back = adjusted_bar(there, split.inverse)
    assert (back.open, back.close) == pytest.approx((bar.open, bar.close), rel=1e-12)
    assert back.volume == bar.volume


def test_only_bars_of_before_the_ex_date_are_adjusted() -> None:
    before, after = (Bar("AAPL", AAPL.starts_ns + shift, 7.0, 7.0, 7.0, 7.0, 10) for shift in (-60, 0))
    assert adjusted_bars((before, after), AAPL) == (Bar("AAPL", before.start_ns, 1.0, 1.0, 1.0, 1.0, 70), after)
