"""The risk engine: each cap at, below and above its limit; what is unknown is refused; what reduces risk is not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approve import NotApproved, approve_entry, approve_reduction, approve_replacement
from fluxherod.core.risk.assess import MAX_EQUITY_E4, MAX_QUANTITY, AccountState, EntryRequest, assess
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce, Verdict

WIDE = RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000)
DEFAULT = RiskLimits()
REQUEST = EntryRequest("SPY", Side.BUY, 4_512_500, 4_432_500, 100, 80_000)
ACCOUNT = AccountState(1_000_000_000, 0, 2_000_000_000, 0)
APPROVED, ADJUSTED, REJECTED = RiskVerdict.APPROVED, RiskVerdict.APPROVED_WITH_ADJUSTMENT, RiskVerdict.REJECTED


def order(role: OrderRole = OrderRole.ENTRY, quantity: int = 125, side: Side = Side.BUY, **change: Any) -> Order:
    base = Order(
        "id",
        "SPY",
        side,
        OrderType.MARKET,
        TimeInForce.GTC,
        role,
        quantity,
        OrderState.NEW,
        1,
        1,
        leg_stop_e4=4_432_500 if role is OrderRole.ENTRY else None,
    )
    return replace(base, **change)


def position(quantity: int = 125) -> Position:
    return Position("SPY", quantity, quantity * 4_512_800, 1, Mode.TREND, Regime.NEUTRAL, "t", None, 1, None, 0, 0.0, 1)


# --- the walkthroughs ---------------------------------------------------------------------------------
def test_with_wide_limits_scenario_2_is_approved_with_125_shares() -> None:
    decision = assess(REQUEST, ACCOUNT, WIDE)
    assert (decision.verdict, decision.quantity, decision.reason) == (APPROVED, 125, "")
    assert decision.steps[0].text == "$1,000.00 (1% of equity) / $8.00 a share"


def test_with_default_limits_scenario_2_is_cut_to_44_shares_with_the_reason() -> None:
    decision = assess(REQUEST, ACCOUNT, DEFAULT)
    assert (decision.verdict, decision.quantity, decision.reason_code) == (ADJUSTED, 44, "position_value")
    assert decision.reason == "position value at most 20% of equity allows 44 shares"
    assert [(step.name, step.before, step.after) for step in decision.steps] == [
        ("risk", 125, 125),
        ("position_value", 125, 44),
        ("exposure", 44, 44),
        ("buying_power", 44, 44),
    ]
    assert {check.code: check.verdict for check in decision.checks}["position_value"] is Verdict.PASSED


def test_scenario_7_is_130_shares_at_1_04_percent_and_65_at_half_size() -> None:
    request = replace(REQUEST, risk_bp=104)
    assert assess(request, ACCOUNT, WIDE).quantity == 130
    half = assess(replace(request, multipliers=(("correlation", 5_000),)), ACCOUNT, WIDE)
    assert half.quantity == 65


def test_scenario_3_is_134_shares_short() -> None:
    request = EntryRequest("AAPL", Side.SELL, 1_854_800, 1_910_700, 75, 55_900)
    assert assess(request, ACCOUNT, WIDE).quantity == 134


def test_scenario_5s_multiplier_makes_62_of_125_and_52_of_105() -> None:
    half = replace(REQUEST, multipliers=(("breaker", 5_000),))
    assert assess(half, ACCOUNT, WIDE).quantity == 62
    assert assess(half, replace(ACCOUNT, equity_e4=847_000_000), WIDE).quantity == 52


def test_multipliers_are_multiplied_and_floored_once() -> None:
    both = replace(REQUEST, multipliers=(("neutral", 7_000), ("spike", 7_000)))
    assert assess(both, ACCOUNT, WIDE).quantity == 125 * 4_900 // 10_000


# --- each cap at, below and above -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("shares", "quantity", "verdict"),
    [(126, 125, APPROVED), (125, 125, APPROVED), (124, 124, ADJUSTED), (0, 0, REJECTED)],
)
def test_exposure_headroom_at_below_and_above(shares: int, quantity: int, verdict: RiskVerdict) -> None:
    account = replace(ACCOUNT, exposure_e4=2_000_000_000 - shares * REQUEST.price_e4)
    decision = assess(REQUEST, account, WIDE)
    assert (decision.quantity, decision.verdict) == (quantity, verdict)
    assert verdict is APPROVED or decision.reason_code == "exposure"


@pytest.mark.parametrize(
    ("shares", "quantity", "verdict"),
    [(126, 125, APPROVED), (125, 125, APPROVED), (124, 124, ADJUSTED), (0, 0, REJECTED)],
)
def test_buying_power_at_below_and_above(shares: int, quantity: int, verdict: RiskVerdict) -> None:
    account = replace(ACCOUNT, buying_power_e4=shares * REQUEST.price_e4 * 104 // 100)
    decision = assess(REQUEST, account, WIDE)
    assert (decision.quantity, decision.verdict) == (quantity, verdict)
    assert verdict is APPROVED or decision.reason_code == "buying_power"


@pytest.mark.parametrize(
    ("bp", "quantity", "verdict"), [(5_641, 125, APPROVED), (5_640, 124, ADJUSTED), (45, 0, REJECTED)]
)
def test_position_value_at_below_and_above(bp: int, quantity: int, verdict: RiskVerdict) -> None:
    decision = assess(REQUEST, ACCOUNT, replace(WIDE, max_position_bp=bp))
    assert (decision.quantity, decision.verdict) == (quantity, verdict)


@pytest.mark.parametrize(("held", "verdict"), [(0, APPROVED), (4, APPROVED), (5, REJECTED), (6, REJECTED)])
def test_at_most_five_positions(held: int, verdict: RiskVerdict) -> None:
    decision = assess(REQUEST, replace(ACCOUNT, open_positions=held), WIDE)
    assert decision.verdict is verdict
    assert verdict is APPROVED or decision.reason_code == "open_positions"


@pytest.mark.parametrize(
    ("wanted", "quantity", "verdict"), [(124, 124, APPROVED), (125, 125, APPROVED), (126, 125, ADJUSTED)]
)
def test_an_operators_quantity_is_held_to_the_risk_of_a_trade(wanted: int, quantity: int, verdict: RiskVerdict) -> None:
    decision = assess(replace(REQUEST, wanted=wanted), ACCOUNT, WIDE)
    assert (decision.quantity, decision.verdict) == (quantity, verdict)
    assert decision.steps[0].name == "wanted"


# --- fail closed ------------------------------------------------------------------------------------------
HUGE = 10**40
HOSTILE_ACCOUNTS: list[tuple[dict[str, Any], str]] = [
    *(
        ({"equity_e4": value}, "equity_known")
        for value in (None, 0, -1, HUGE, MAX_EQUITY_E4 + 1, math.nan, math.inf, 1e9)
    ),
    *(({"exposure_e4": value}, "equity_known") for value in (math.nan, math.inf, -1, None)),
    *(({"buying_power_e4": value}, "equity_known") for value in (math.nan, math.inf, None)),
    ({"exposure_e4": HUGE}, "exposure"),
    ({"buying_power_e4": 0}, "buying_power"),
    ({"buying_power_e4": -HUGE}, "buying_power"),
    ({"open_positions": HUGE}, "open_positions"),
    ({"blocked": "trading is halted"}, "trading_status"),
]
HOSTILE_REQUESTS: list[tuple[dict[str, Any], str]] = [
    *(({"price_e4": value}, "price_valid") for value in (0, -1, HUGE, math.nan, math.inf, -math.inf)),
    *(({"stop_e4": value}, "stop_loss") for value in (None, 0, -1, HUGE, math.nan, math.inf, 4_512_500, 4_600_000)),
    *(({"distance_e4": value}, "stop_loss") for value in (0, -1, 79_999, HUGE, math.nan)),
    *(({"wanted": value}, "quantity") for value in (0, -1, MAX_QUANTITY + 1, HUGE)),
    *(({"risk_bp": value}, "risk") for value in (0, -100)),
    ({"multipliers": (("zero", 0),)}, "multipliers"),
    ({"multipliers": (("negative", -5_000),)}, "multipliers"),
    ({"side": Side.SELL}, "stop_loss"),
]


@pytest.mark.parametrize(("change", "code"), HOSTILE_ACCOUNTS)
def test_a_hostile_account_is_rejected_with_the_reason(change: dict[str, Any], code: str) -> None:
    decision = assess(REQUEST, replace(ACCOUNT, **change), WIDE)
    assert (decision.verdict, decision.quantity, decision.reason_code) == (REJECTED, 0, code)
    assert decision.reason
    with pytest.raises(NotApproved):
        approve_entry(order(), decision)


@pytest.mark.parametrize(("change", "code"), HOSTILE_REQUESTS)
def test_a_hostile_request_is_rejected_with_the_reason(change: dict[str, Any], code: str) -> None:
    decision = assess(replace(REQUEST, **change), ACCOUNT, WIDE)
    assert (decision.verdict, decision.quantity, decision.reason_code) == (REJECTED, 0, code)
    assert decision.reason


@pytest.mark.parametrize("buying_power_e4", [HUGE, MAX_EQUITY_E4 * 3])
def test_more_buying_power_than_anyone_needs_is_no_fault(buying_power_e4: int) -> None:
    assert assess(REQUEST, replace(ACCOUNT, buying_power_e4=buying_power_e4), WIDE).verdict is APPROVED


def test_a_multiplier_above_one_never_enlarges() -> None:
    assert assess(replace(REQUEST, multipliers=(("more", 30_000),)), ACCOUNT, WIDE).quantity == 125


ANY = st.one_of(st.none(), st.integers(-(2**70), 2**70), st.floats(), st.integers(0, 10**9))


@settings(max_examples=300)
@given(
    ANY,
    ANY,
    ANY,
    ANY,
    ANY,
    ANY,
    st.sampled_from(list(Side)),
    st.integers(-10, 10**5),
    st.one_of(st.none(), st.integers()),
)
def test_whatever_it_is_asked_it_answers_and_what_it_approves_keeps_every_limit(
    equity: Any,
    exposure: Any,
    power: Any,
    price: Any,
    stop: Any,
    distance: Any,
    side: Side,
    risk_bp: int,
    wanted: int | None,
) -> None:
    if price is None or distance is None:
        price, distance = 100_000, 1_000
    request = EntryRequest("SPY", side, price, stop, risk_bp, distance, (), wanted)
    decision = assess(request, AccountState(equity, exposure, power, 0), DEFAULT)
    if decision.verdict is REJECTED:
        assert decision.quantity == 0
        assert decision.reason
        return
    value = decision.quantity * price
    assert decision.quantity > 0
    assert value * 10_000 <= equity * DEFAULT.max_position_bp
    assert (value + exposure) * 10_000 <= equity * DEFAULT.max_exposure_bp
    assert decision.quantity * distance * 10_000 <= equity * risk_bp
    assert value <= power
    assert all(check.verdict is Verdict.PASSED for check in decision.checks)


# --- what leaves ----------------------------------------------------------------------------------------------
def test_an_approved_entry_carries_its_stop() -> None:
    approved = approve_entry(order(), assess(REQUEST, ACCOUNT, WIDE))
    assert (approved.quantity, approved.leg_stop_e4) == (125, 4_432_500)


@pytest.mark.parametrize(
    "change", [{"quantity": 126}, {"quantity": 0}, {"quantity": -1}, {"leg_stop_e4": None}, {"role": OrderRole.EXIT}]
)
def test_an_entry_that_the_decision_does_not_cover_does_not_leave(change: dict[str, Any]) -> None:
    with pytest.raises(NotApproved):
        approve_entry(order(**change), assess(REQUEST, ACCOUNT, WIDE))


@pytest.mark.parametrize("held", [1, 125, -1, -125])
def test_an_exit_is_approved_on_the_position_alone(held: int) -> None:
    side = Side.SELL if held > 0 else Side.BUY
    assert approve_reduction(order(OrderRole.EXIT, abs(held), side), position(held)).quantity == abs(held)


@pytest.mark.parametrize(
    ("held", "quantity", "side", "symbol"),
    [
        (125, 126, Side.SELL, "SPY"),
        (125, 5, Side.BUY, "SPY"),
        (-125, 5, Side.SELL, "SPY"),
        (125, 0, Side.SELL, "SPY"),
        (125, -5, Side.SELL, "SPY"),
        (0, 1, Side.SELL, "SPY"),
        (125, 5, Side.SELL, "QQQ"),
    ],
)
def test_what_does_not_only_reduce_does_not_leave(held: int, quantity: int, side: Side, symbol: str) -> None:
    with pytest.raises(NotApproved):
        approve_reduction(order(OrderRole.EXIT, quantity, side, symbol=symbol), position(held))


def test_a_replacement_is_of_the_same_stop_and_never_of_more_shares_than_are_held() -> None:
    stop = order(OrderRole.STOP, 125, Side.SELL, stop_price_e4=4_440_000, broker_id="b1")
    approved = approve_replacement(replace(stop, id="new"), stop, position())
    assert (approved.replaces_broker_id, approved.stop_price_e4) == ("b1", 4_440_000)
    for wrong in ({"stop_price_e4": None}, {"side": Side.BUY}, {"role": OrderRole.EXIT}, {"quantity": 126}):
        with pytest.raises(NotApproved):
            approve_replacement(replace(stop, id="new", **wrong), stop, position())
