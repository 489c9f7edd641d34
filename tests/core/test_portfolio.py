"""The ledger to the cent: nothing is made and nothing is lost, long and short, in whole and in parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import Fill, Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position, Trade, add_shares, cash_change_e4, remove_shares
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce
from fluxherod.engine.effects import Effect, TradeUpdated
from fluxherod.engine.ledger import EntryPlan, Ledger

PLAN = EntryPlan(Mode.TREND, Regime.STRONG_TREND, 4_432_500, None, 4_512_500, 3.2, 4_512_500, "s1", "KAMA crossover")


def fill(side: Side, quantity: int, price: float, order_id: str = "o1") -> Fill:
    return Fill(order_id, "SPY", side, quantity, quantity * round(price * 10_000), exact=True)


def order(each: Fill, role: OrderRole, filled: int | None = None) -> Order:
    return Order(
        each.order_id,
        each.symbol,
        each.side,
        OrderType.MARKET,
        TimeInForce.GTC,
        role,
        each.quantity,
        OrderState.FILLED,
        1,
        1,
        filled_quantity=each.quantity if filled is None else filled,
        reason=f"{role} of a test",
    )


def book(ledger: Ledger, each: Fill, role: OrderRole, plan: EntryPlan | None = PLAN) -> list[Effect]:
    out: list[Effect] = []
    ledger.book(order(each, role), each, plan, 5, out)
    return out


def funded(cash: float = 100_000.0) -> Ledger:
    ledger = Ledger()
    ledger.cash_e4 = round(cash * 10_000)
    return ledger


def last_trade(out: list[Effect]) -> Trade:
    return [effect.trade for effect in out if isinstance(effect, TradeUpdated)][-1]


def test_scenarios_2_and_4_come_out_to_the_cent() -> None:
    ledger = funded()
    book(ledger, fill(Side.BUY, 125, 451.28), OrderRole.ENTRY)
    position = ledger.positions["SPY"]
    assert ledger.cash_e4 == 435_900_000
    assert ledger.equity_e4 == 1_000_000_000
    assert position.risk_e4 == 10_037_500
    ledger.mark("SPY", 4_435_000, [])
    assert ledger.positions["SPY"].unrealized_e4 == 125 * (4_435_000 - 4_512_800)
    trade = last_trade(book(ledger, fill(Side.SELL, 125, 443.45, "o2"), OrderRole.STOP))
    assert trade.realized_e4 == -9_787_500
    assert trade.commission_e4 == 12_500
    assert trade.net_e4 == -9_800_000
    assert round(100 * trade.realized_e4 / trade.entry_value_e4, 2) == -1.74
    assert trade.closed
    assert ledger.cash_e4 == 990_212_500 == ledger.equity_e4
    assert ledger.positions == {}


def test_scenario_3_a_short_is_cash_now_and_a_debt_of_shares() -> None:
    ledger = funded(68_444.32 - 134 * 185.48)
    plan = EntryPlan(
        Mode.MEAN_REVERSION, Regime.MEAN_REVERSION, 1_910_700, 1_820_000, 1_854_800, 2.0, 1_854_800, "s", "r"
    )
    book(ledger, fill(Side.SELL, 134, 185.48), OrderRole.ENTRY, plan)
    position = ledger.positions["SPY"]
    assert ledger.cash_e4 == 684_443_200
    assert (position.quantity, position.value_e4, position.average_e4) == (-134, -248_543_200, 1_854_800)
    assert position.risk_e4 == 134 * (1_910_700 - 1_854_800)
    trade = last_trade(book(ledger, fill(Side.BUY, 134, 182.00, "o2"), OrderRole.EXIT))
    assert trade.realized_e4 == 134 * 34_800
    assert trade.side == -1


def test_a_position_grows_by_its_own_side_and_keeps_its_plan() -> None:
    ledger = funded()
    book(ledger, fill(Side.BUY, 40, 450.0), OrderRole.ENTRY)
    out = book(ledger, fill(Side.BUY, 60, 451.0), OrderRole.ENTRY)
    position = ledger.positions["SPY"]
    assert (position.quantity, position.average_e4, position.stop_e4) == (100, 4_506_000, 4_432_500)
    assert (last_trade(out).entry_quantity, last_trade(out).entry_value_e4) == (100, 450_600_000)


def test_more_than_is_held_closes_ours_and_opens_the_rest_the_other_way() -> None:
    ledger = funded()
    book(ledger, fill(Side.BUY, 100, 450.0), OrderRole.ENTRY)
    book(ledger, fill(Side.SELL, 150, 451.0, "o2"), OrderRole.STOP, None)
    assert ledger.positions["SPY"].quantity == -50
    assert ledger.positions["SPY"].stop_e4 is None
    assert ledger.cash_e4 == 1_000_000_000 - 450_000_000 + 676_500_000
    assert ledger.realized_e4 == 1_000_000


def test_realised_is_of_the_new_york_day() -> None:
    ledger = funded()
    book(ledger, fill(Side.BUY, 10, 450.0), OrderRole.ENTRY)
    book(ledger, fill(Side.SELL, 5, 451.0, "o2"), OrderRole.EXIT)
    assert ledger.view(0, 5).realized_today_e4 == 50_000
    assert ledger.view(0, 5 + 2 * 86_400 * 10**9).realized_today_e4 == 0


def test_a_mark_at_no_price_changes_nothing() -> None:
    ledger = funded()
    book(ledger, fill(Side.BUY, 10, 450.0), OrderRole.ENTRY)
    out: list[Effect] = []
    for price_e4 in (0, -5, 4_500_000):
        ledger.mark("SPY", price_e4, out)
    ledger.mark("QQQ", 1_000, out)
    assert out == []
    assert ledger.equity_e4 == 1_000_000_000


def test_equity_is_unknown_until_cash_is() -> None:
    assert Ledger().equity_e4 is None
    assert Ledger().view(0, 1).equity_e4 == 0


@pytest.mark.parametrize(("held", "side", "quantity"), [(10, Side.BUY, 5), (10, Side.SELL, 11), (-10, Side.SELL, 5)])
def test_what_does_not_reduce_a_position_can_not_be_taken_from_it(held: int, side: Side, quantity: int) -> None:
    position = Position("SPY", held, held * 100, 1, Mode.TREND, Regime.NEUTRAL, "t", None, None, None, 0, 0.0, 100)
    with pytest.raises(ValueError, match="does not reduce"):
        remove_shares(position, fill(side, quantity, 1.0))


PARTS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 10**8)), min_size=1, max_size=6)


@given(st.sampled_from(list(Side)), PARTS, st.lists(st.integers(1, 10**8), min_size=1, max_size=8), st.data())
def test_cash_and_cost_and_realised_are_conserved(
    side: Side, parts: list[tuple[int, int]], prices: list[int], data: st.DataObject
) -> None:
    fills = [Fill("o1", "SPY", side, quantity, quantity * price, True) for quantity, price in parts]
    position = Position("SPY", 0, 0, 1, Mode.TREND, Regime.NEUTRAL, "t", None, None, None, 0, 0.0, 1)
    cash = 0
    for each in fills:
        position = add_shares(position, each)
        cash += cash_change_e4(each)
    assert cash + position.cost_e4 == 0
    realised = 0
    for number, price in enumerate(prices):
        held = abs(position.quantity)
        if held == 0:
            break
        last = number == len(prices) - 1
        quantity = held if last else data.draw(st.integers(1, held))
        each = Fill("o2", "SPY", side.opposite, quantity, quantity * price, True)
        position, part = remove_shares(position, each)
        cash += cash_change_e4(each)
        realised += part
        assert cash + position.cost_e4 == realised
        assert position.cost_e4 * position.quantity >= 0
    assert (position.quantity, position.cost_e4) == (0, 0)
    assert cash == realised


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(list(Side)), st.integers(1, 300), st.integers(1, 10**7)), max_size=25))
def test_after_any_fills_equity_is_cash_and_what_is_held_and_profit_is_their_change(
    fills: list[tuple[Side, int, int]],
) -> None:
    ledger, shares = funded(), 0
    for number, (side, quantity, price) in enumerate(fills):
        each = Fill(f"o{number}", "SPY", side, quantity, quantity * price, True)
        book(ledger, each, OrderRole.ENTRY if shares * side.sign >= 0 else OrderRole.STOP)
        shares += side.sign * quantity
        position = ledger.positions.get("SPY")
        assert (position.quantity if position else 0) == shares
        unrealized = position.unrealized_e4 if position else 0
        assert ledger.equity_e4 == 1_000_000_000 + ledger.realized_e4 + unrealized
        assert set(ledger.trades) == ({position.trade_id} if position else set())
