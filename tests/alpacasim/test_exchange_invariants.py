"""Random trading at the bare exchange: what must hold after each action."""

from __future__ import annotations

import random

import pytest

from alpacasim.calendar import Calendar
from alpacasim.matching import ScriptedFill
from alpacasim.money import value_e4
from alpacasim.orders import PENDING, Order, Status
from alpacasim.rules import held_shares

CASH_E4 = 100_000 * 10_000


def random_fields(draw, price):
    side = draw.choice(["buy", "sell"])
    sign = 1 if side == "buy" else -1
    kind = draw.choice(["market", "limit", "stop", "stop_limit", "trailing_stop"])
    fields = {"side": side, "qty": draw.randint(1, 120), "type": kind, "time_in_force": draw.choice(["day", "gtc"])}
    if kind in ("limit", "stop_limit"):
        fields["limit_price"] = round(price + draw.uniform(-3, 3), 2)
    if kind in ("stop", "stop_limit"):
        fields["stop_price"] = round(price + sign * draw.uniform(0.1, 3), 2)
    if kind == "trailing_stop":
        fields["trail_price"] = round(draw.uniform(0.1, 3), 2)
    if kind in ("market", "limit"):
        fields["order_class"] = draw.choice(["simple", "oto", "bracket", "oco"])
        if fields["order_class"] != "simple":
            fields["stop_loss"] = {"stop_price": round(price - sign * draw.uniform(0.1, 6), 2)}
        if fields["order_class"] in ("bracket", "oco"):
            fields["take_profit"] = {"limit_price": round(price + sign * draw.uniform(0.1, 6), 2)}
    return fields


def random_change(draw):
    name = draw.choice(["limit_price", "stop_price", "qty", "time_in_force"])
    return {name: draw.choice(["day", "gtc", "ioc", "opg"]) if name == "time_in_force" else draw.randint(440, 460)}


def act(desk, draw, price):
    """One random action; returns the price after it."""
    choice = draw.random()
    live = desk.exchange.open_orders("SPY")
    if choice < 0.35:
        desk.ask(**random_fields(draw, price))
    elif choice < 0.45 and live:
        desk.cancel(draw.choice(live))
    elif choice < 0.55 and live:
        desk.patch(draw.choice(live), **random_change(draw))
    elif choice < 0.57:
        sleep_over_night(desk)
    else:
        price = round(price + draw.uniform(-2, 2), 2)
        desk.trade(price, continuous=draw.random() < 0.7)
    return price


def upset(desk, draw, price):
    """Now and then the exchange stops to answer, halts, or fills a part that nobody expected."""
    market, choice = desk.exchange.markets["SPY"], draw.random()
    if choice < 0.10:
        desk.exchange.hold_answers("SPY", not market.answers_held, desk.now_ns)
    elif choice < 0.13:
        desk.exchange.halt("SPY", not market.halted, desk.now_ns)
    elif choice < 0.20:
        market.fills_held = True
        part = ScriptedFill(round(price * 10_000), draw.randint(1, 40) * 10**9)
        desk.exchange.script("SPY", [part], desk.now_ns)
        market.scripts.clear()
        market.fills_held = False


def sleep_over_night(desk):
    calendar = Calendar()
    desk.exchange.close_session(desk.exchange.session.close_ns)
    session = calendar.session_at(calendar.next_open(desk.exchange.now_ns))
    desk.exchange.begin_day()
    desk.now_ns = session.open_ns
    desk.exchange.open_session(session, desk.now_ns)


def check(desk):
    account = desk.exchange.account
    signed = [fill.quantity_e9 * (1 if fill.side == "buy" else -1) for fill in account.fills]
    paid = sum(value_e4(fill.price_e4, quantity) for fill, quantity in zip(account.fills, signed, strict=True))
    assert sum(signed) == account.quantity_e9("SPY")
    assert account.cash_e4 == CASH_E4 - paid
    held = held_shares(desk.exchange, "SPY")
    assert 0 <= held.held_e9 <= abs(held.existing_e9)
    for order in desk.exchange.orders.values():
        assert 0 <= order.filled_e9 <= order.quantity_e9
        assert (order.filled_e9 == order.quantity_e9) == (order.status is Status.FILLED)
        assert order.open == (order in desk.exchange.open_orders("SPY"))
        assert not order.open or (order.expires_ns is not None) == (order.time_in_force == "gtc")
        assert not order.open or order.successor is None or order.successor.open
        assert exits_once(order)


def exits_once(order: Order) -> bool:
    """Of the exits of a group at most one executes as a whole, and all of them never more than the entry."""
    if order.order_class not in ("bracket", "oto") or order.parent is not None:
        return True
    return sum(leg.filled_e9 for leg in order.legs) <= order.quantity_e9


@pytest.mark.parametrize("seed", range(8))
def test_fills_cash_positions_and_groups_always_agree(desk, seed):
    draw = random.Random(seed)
    price = 450.0
    for _ in range(250):
        price = act(desk, draw, price)
        check(desk)
    assert len(desk.exchange.account.fills) > 5


@pytest.mark.parametrize("seed", range(12))
def test_cancels_and_replacements_that_wait_halts_and_odd_parts_change_nothing_of_that(desk, seed):
    draw = random.Random(200 + seed)
    price = 450.0
    for _ in range(250):
        upset(desk, draw, price)
        price = act(desk, draw, price)
        check(desk)
    desk.exchange.hold_answers("SPY", False, desk.now_ns)
    check(desk)
    assert all(order.status not in PENDING for order in desk.exchange.orders.values())
    assert all(order.successor is order.predecessor is None for order in desk.exchange.orders.values())


@pytest.mark.parametrize("seed", range(8))
def test_no_execution_turns_a_position_around(desk, seed):
    draw = random.Random(100 + seed)
    price = 450.0
    for _ in range(250):
        price = act(desk, draw, price)
    position = 0
    for fill in desk.exchange.account.fills:
        after = position + fill.quantity_e9 * (1 if fill.side == "buy" else -1)
        assert position * after >= 0
        assert after == fill.position_e9
        position = after
