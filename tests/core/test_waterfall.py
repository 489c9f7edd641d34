"""The size of an order, step by step: exact against fractions, within every limit, explained by its cuts."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.risk.assess import AccountState, EntryRequest, assess, reduction, refused
from fluxherod.core.risk.correlation import Correlation
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.waterfall import multipliers
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import Side, Verdict

WIDE = RiskLimits(max_position_bp=10_000, max_exposure_bp=20_000)
REQUEST = EntryRequest("QQQ", Side.BUY, 3_800_000, 3_720_000, 104, 80_000)
ACCOUNT = AccountState(1_000_000_000, 0, 2_000_000_000, 1, peak_e4=1_000_000_000)
APPROVED, ADJUSTED, REJECTED = RiskVerdict.APPROVED, RiskVerdict.APPROVED_WITH_ADJUSTMENT, RiskVerdict.REJECTED
TOGETHER = (Correlation("SPY", 0.85),)
SEEDS_TEXT = "Size reduced 50%: QQQ correlated 0.85 with SPY"


def checks(decision: RiskDecision) -> dict[str, tuple[float, float, Verdict]]:
    return {check.code: (check.limit, round(check.actual, 6), check.verdict) for check in decision.checks}


# --- correlation --------------------------------------------------------------------------------------
def test_scenario_7_is_65_of_130_shares_with_the_seeds_text_as_the_reason() -> None:
    decision = assess(replace(REQUEST, correlations=TOGETHER), ACCOUNT, WIDE)
    assert (decision.verdict, decision.quantity) == (ADJUSTED, 65)
    assert (decision.reason_code, decision.reason) == ("correlation", SEEDS_TEXT)
    step = next(step for step in decision.steps if step.name == "multipliers")
    assert (step.before, step.after, step.text) == (130, 65, f"correlation 0.5: {SEEDS_TEXT}")
    assert checks(decision)["correlation"] == (0.7, 0.85, Verdict.FAILED)


@pytest.mark.parametrize(
    ("correlations", "quantity", "text"),
    [
        ((Correlation("SPY", 0.85), Correlation("IWM", 0.8), Correlation("DIA", 0.75)), 65, SEEDS_TEXT),
        ((Correlation("SPY", 0.8), Correlation("SH", -0.92)), 65, "Size reduced 50%: QQQ correlated -0.92 with SH"),
        (
            (Correlation("IWM", 0.3), Correlation("OLD", math.nan, "12 common returns, 50 are needed")),
            65,
            "Size reduced 50%: QQQ counts as correlated with OLD: 12 common returns, 50 are needed",
        ),
        ((Correlation("SPY", 0.85), Correlation("OLD", math.nan, "OLD is not followed")), 65, SEEDS_TEXT),
        ((Correlation("SPY", 0.7), Correlation("IWM", -0.7)), 130, ""),
        ((), 130, ""),
    ],
)
def test_correlation_halves_once_and_names_the_largest(
    correlations: tuple[Correlation, ...], quantity: int, text: str
) -> None:
    decision = assess(replace(REQUEST, correlations=correlations), ACCOUNT, WIDE)
    assert (decision.quantity, decision.reason) == (quantity, text)


@pytest.mark.parametrize(("size_bp", "quantity", "word"), [(2_500, 32, "75%"), (6_665, 86, "33.35%"), (1, 0, "99.99%")])
def test_the_percentage_follows_the_limit(size_bp: int, quantity: int, word: str) -> None:
    decision = assess(replace(REQUEST, correlations=TOGETHER), ACCOUNT, replace(WIDE, correlated_size_bp=size_bp))
    assert decision.quantity == quantity
    assert f"Size reduced {word}: QQQ correlated 0.85 with SPY" in decision.reason


def test_a_correlated_size_of_one_changes_nothing_and_the_check_still_says_what_it_saw() -> None:
    decision = assess(replace(REQUEST, correlations=TOGETHER), ACCOUNT, replace(WIDE, correlated_size_bp=10_000))
    assert (decision.verdict, decision.quantity) == (APPROVED, 130)
    assert checks(decision)["correlation"] == (0.7, 0.85, Verdict.FAILED)


def test_the_correlation_check_shows_the_nearest_to_the_limit_when_none_is_above() -> None:
    quiet = (Correlation("IWM", -0.6), Correlation("TLT", 0.2))
    check = assess(replace(REQUEST, correlations=quiet), ACCOUNT, WIDE).checks[-2]
    assert (check.code, check.actual, check.verdict) == ("correlation", 0.6, Verdict.PASSED)
    assert (round(check.headroom, 9), check.text) == (0.1, "QQQ correlated -0.60 with IWM, limit 0.7")


# --- the other multipliers -------------------------------------------------------------------------------
def test_all_four_multipliers_are_one_product_floored_once() -> None:
    names = ("neutral", "volatility_spike", "breaker")
    factors = tuple(zip(names, (7_000, 7_000, 5_000), strict=True))
    request = replace(REQUEST, risk_bp=112, distance_e4=80_500, multipliers=factors, correlations=TOGETHER)
    decision = assess(request, ACCOUNT, WIDE)
    assert decision.steps[0].after == 139
    assert decision.quantity == 17  # 139 x 0.1225 is 17.03; floored at each factor it is 97, 67, 33 and 16
    step = next(step for step in decision.steps if step.name == "multipliers")
    assert step.text.startswith("neutral 0.7 x volatility_spike 0.7 x breaker 0.5 x correlation 0.5: ")


def test_the_product_is_not_floored_between_its_factors() -> None:
    """Two factors of 0.6667 are 0.44448889; in whole basis points that is 0.4444, and a share is lost."""
    request = replace(REQUEST, risk_bp=10_000, distance_e4=80_000, multipliers=(("a", 6_667), ("b", 6_667)))
    account = replace(ACCOUNT, equity_e4=10**12, buying_power_e4=10**14, peak_e4=0)
    limits = replace(WIDE, max_position_bp=40_000, max_exposure_bp=40_000)
    shares = assess(replace(request, multipliers=()), account, limits).quantity
    assert assess(request, account, limits).quantity == shares * 6_667**2 // 10**8 != shares * 4_444 // 10**4


def test_a_factor_above_one_does_not_make_up_for_another() -> None:
    request = replace(REQUEST, multipliers=(("more", 30_000), ("neutral", 5_000)))
    assert assess(request, ACCOUNT, WIDE).quantity == 65


@pytest.mark.parametrize(("side", "stop_e4", "collar"), [(Side.BUY, 3_720_000, 104), (Side.SELL, 3_880_000, 103)])
def test_buying_power_is_taken_with_the_brokers_collar_of_the_side(side: Side, stop_e4: int, collar: int) -> None:
    power_e4 = 100 * 3_800_000 * collar // 100
    request = replace(REQUEST, side=side, stop_e4=stop_e4)
    quantities = [
        assess(request, replace(ACCOUNT, buying_power_e4=power), WIDE).quantity for power in (power_e4, power_e4 - 1)
    ]
    assert quantities == [100, 99]


def test_the_strategys_own_sizing_is_no_adjustment() -> None:
    request = replace(REQUEST, multipliers=(("neutral", 7_000), ("volatility_spike", 7_000)))
    decision = assess(request, ACCOUNT, WIDE)
    assert (decision.verdict, decision.quantity, decision.reason) == (APPROVED, 63, "")


def test_the_breaker_is_an_adjustment_and_says_so() -> None:
    account = replace(ACCOUNT, equity_e4=847_000_000)
    decision = assess(replace(REQUEST, multipliers=(("breaker", 5_000),)), account, WIDE)
    assert (decision.verdict, decision.reason_code) == (ADJUSTED, "breaker")
    assert decision.reason == "Size reduced 50%: the circuit breaker is REDUCED"
    assert checks(decision)["breaker"] == (15.0, 15.3, Verdict.FAILED)


@pytest.mark.parametrize(
    ("equity_e4", "verdict"), [(850_000_000, Verdict.FAILED), (850_100_000, Verdict.PASSED), (10**9, Verdict.PASSED)]
)
def test_the_breakers_check_is_the_drawdown_against_the_warning_inclusive(equity_e4: int, verdict: Verdict) -> None:
    found = checks(assess(REQUEST, replace(ACCOUNT, equity_e4=equity_e4), WIDE))["breaker"]
    assert found == (15.0, pytest.approx(100 * (10**9 - equity_e4) / 10**9), verdict)


def test_a_breaker_that_still_reduces_fails_its_check_at_whatever_drawdown() -> None:
    decision = assess(replace(REQUEST, multipliers=(("breaker", 5_000),)), ACCOUNT, WIDE)
    assert checks(decision)["breaker"] == (15.0, 0.0, Verdict.FAILED)


def test_every_cut_is_named_and_the_first_one_is_the_code() -> None:
    request = replace(REQUEST, multipliers=(("breaker", 5_000),), correlations=TOGETHER)
    decision = assess(request, replace(ACCOUNT, exposure_e4=1_990_000_000), replace(WIDE, max_position_bp=2_000))
    assert (decision.quantity, decision.reason_code) == (2, "position_value")
    assert decision.reason == (
        "position value at most 20% of equity allows 52 shares; "
        f"Size reduced 50%: the circuit breaker is REDUCED; {SEEDS_TEXT}; "
        "exposure headroom of $1,000.00 allows 2 shares"
    )


def test_every_limit_is_listed_with_its_actual_figure() -> None:
    decision = assess(replace(REQUEST, correlations=TOGETHER), replace(ACCOUNT, exposure_e4=564_100_000), WIDE)
    assert [check.code for check in decision.checks] == [
        "trading_status", "equity_known", "price_valid", "stop_loss", "quantity", "open_positions",
        "risk_per_trade", "position_value", "exposure", "buying_power", "correlation", "breaker",
    ]  # fmt: skip
    found = {check.code: (check.limit, check.actual, check.headroom) for check in decision.checks}
    assert found["risk_per_trade"] == (1_040.0, 520.0, 520.0)
    assert found["position_value"] == (100_000.0, 24_700.0, 75_300.0)
    assert found["exposure"] == (200_000.0, 81_110.0, 118_890.0)
    assert found["buying_power"] == (200_000.0, 25_688.0, 174_312.0)


# --- an operator's quantity ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "quantity", "verdict"), [(130, 65, ADJUSTED), (66, 65, ADJUSTED), (65, 65, APPROVED)]
)
def test_an_operators_quantity_is_held_to_what_the_multipliers_leave(
    wanted: int, quantity: int, verdict: RiskVerdict
) -> None:
    decision = assess(replace(REQUEST, wanted=wanted, correlations=TOGETHER), ACCOUNT, WIDE)
    assert (decision.quantity, decision.verdict) == (quantity, verdict)
    assert decision.reason == (SEEDS_TEXT if verdict is ADJUSTED else "")


# --- hostile figures ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "code"),
    [
        *(
            ({"risk_bp": value}, "risk")
            for value in (math.nan, math.inf, -math.inf, 10**40, 10_001, 0, -1, 1.5, 10**400)
        ),
        *(({"wanted": value}, "quantity") for value in (math.nan, math.inf, 1.5, -math.inf, 10**400)),
        *(({"multipliers": (("x", value),)}, "multipliers") for value in (math.nan, math.inf, None, 0, -(10**40))),
        ({"multipliers": (("x", -5_000), ("y", -5_000))}, "multipliers"),
        *(({"distance_e4": value}, "stop_loss") for value in (math.inf, -math.inf, 10**400)),
        *(({"price_e4": value}, "price_valid") for value in (10**400, -(10**400))),
        *(({"stop_e4": value}, "stop_loss") for value in (10**400, -(10**400), -math.inf)),
    ],
)
def test_a_hostile_figure_is_refused_with_the_reason(change: dict[str, Any], code: str) -> None:
    decision = assess(replace(REQUEST, **change), ACCOUNT, WIDE)
    assert (decision.verdict, decision.quantity, decision.reason_code) == (REJECTED, 0, code)
    assert decision.reason


def test_what_is_no_factor_is_0_and_never_less_or_more_than_1_where_nothing_looked_before() -> None:
    odd: Any = (("below", -5_000), ("more", 30_000), ("odd", math.nan), ("none", None), ("whole", 10_000))
    assert multipliers(replace(REQUEST, multipliers=odd), WIDE) == [("below", 0), ("odd", 0), ("none", 0)]


@pytest.mark.parametrize("change", [{"peak_e4": math.nan}, {"peak_e4": None}, {"open_positions": -1}])
def test_an_account_that_can_not_be_is_refused(change: dict[str, Any]) -> None:
    assert assess(REQUEST, replace(ACCOUNT, **change), WIDE).verdict is REJECTED


@pytest.mark.parametrize("rho", [math.nan, math.inf, -math.inf, 2.0])
def test_a_correlation_that_can_not_be_counts_as_one(rho: float) -> None:
    assert assess(replace(REQUEST, correlations=(Correlation("SPY", rho, "odd"),)), ACCOUNT, WIDE).quantity == 65


# --- for any figures ------------------------------------------------------------------------------------------
BP = st.integers(1, 10_000)
RHO = st.one_of(st.just(math.nan), st.floats(-1, 1))
LIMITS = st.builds(
    RiskLimits,
    max_position_bp=st.integers(1, 40_000),
    max_exposure_bp=st.integers(1, 40_000),
    max_positions=st.integers(1, 10),
    correlation_limit=st.floats(0, 1),
    correlated_size_bp=BP,
)


@st.composite
def requests(draw: Any) -> EntryRequest:
    price = draw(st.integers(1, 10**8))
    away = draw(st.integers(1, max(1, price - 1))) if price > 1 else 1
    side = draw(st.sampled_from(Side)) if price > 1 else Side.SELL
    return EntryRequest(
        "QQQ",
        side,
        price,
        price - away if side is Side.BUY else price + away,
        draw(st.integers(1, 1_000)),
        away + draw(st.integers(0, 10**6)),
        tuple(draw(st.lists(st.tuples(st.sampled_from(("neutral", "volatility_spike", "breaker")), BP), max_size=3))),
        draw(st.one_of(st.none(), st.integers(1, 10**7))),
        tuple(draw(st.lists(st.builds(Correlation, st.sampled_from(("SPY", "IWM")), RHO), max_size=3))),
    )


ACCOUNTS = st.builds(
    AccountState,
    st.integers(1, 10**12),
    st.integers(0, 10**12),
    st.integers(-(10**10), 10**13),
    st.integers(0, 10),
    peak_e4=st.integers(0, 10**12),
)


def oracle(request: EntryRequest, account: AccountState, limits: RiskLimits) -> int:
    """The rule as the specification words it, in fractions."""
    equity, price = Fraction(account.equity_e4 or 0), Fraction(request.price_e4)
    shares = math.floor(equity * request.risk_bp / 10_000 / request.distance_e4)
    shares = min(shares, math.floor(equity * limits.max_position_bp / 10_000 / price))
    product = Fraction(1)
    for _, factor in request.multipliers:
        product *= Fraction(factor, 10_000)
    if any(not abs(one.rho) <= limits.correlation_limit for one in request.correlations):
        product *= Fraction(limits.correlated_size_bp, 10_000)
    shares = math.floor(shares * product)
    if request.wanted is not None:
        shares = min(shares, request.wanted)
    shares = min(shares, math.floor((equity * limits.max_exposure_bp / 10_000 - account.exposure_e4) / price))
    collar = Fraction(104, 100) if request.side is Side.BUY else Fraction(103, 100)
    shares = min(shares, math.floor(account.buying_power_e4 / (collar * price)))
    return max(0, shares) if account.open_positions < limits.max_positions else 0


@settings(max_examples=1_000)
@given(requests(), ACCOUNTS, LIMITS)
def test_the_size_is_exactly_the_specifications_and_within_every_limit(
    request: EntryRequest, account: AccountState, limits: RiskLimits
) -> None:
    decision = assess(request, account, limits)
    assert decision.quantity == oracle(request, account, limits)
    assert (decision.verdict is REJECTED) == (decision.quantity == 0)
    assert all(step.after <= step.before for step in decision.steps)
    if decision.quantity:
        value, equity = decision.quantity * request.price_e4, account.equity_e4 or 0
        assert value * 10_000 <= equity * limits.max_position_bp
        assert (value + account.exposure_e4) * 10_000 <= equity * limits.max_exposure_bp
        assert decision.quantity * request.distance_e4 * 10_000 <= equity * request.risk_bp
        assert value * (104 if request.side is Side.BUY else 103) <= account.buying_power_e4 * 100
        failed = {check.code for check in decision.checks if check.verdict is Verdict.FAILED}
        assert failed <= {"correlation", "breaker"}  # they make it smaller; everything else is kept
    else:
        assert decision.reason


@given(requests(), ACCOUNTS, LIMITS, st.integers(0, 10**11))
def test_more_equity_never_makes_it_smaller(
    request: EntryRequest, account: AccountState, limits: RiskLimits, more: int
) -> None:
    richer = replace(account, equity_e4=(account.equity_e4 or 0) + more)
    assert assess(request, richer, limits).quantity >= assess(request, account, limits).quantity


@given(requests(), ACCOUNTS, LIMITS, st.integers(0, 10**6))
def test_a_wider_distance_never_makes_it_larger(
    request: EntryRequest, account: AccountState, limits: RiskLimits, wider: int
) -> None:
    further = replace(request, distance_e4=request.distance_e4 + wider)
    assert assess(further, account, limits).quantity <= assess(request, account, limits).quantity


@given(requests(), ACCOUNTS, LIMITS)
def test_what_risk_allows_can_be_ordered_and_is_not_cut_once_more(
    request: EntryRequest, account: AccountState, limits: RiskLimits
) -> None:
    allowed = assess(request, account, limits).quantity
    if allowed:
        again = assess(replace(request, wanted=allowed), account, limits)
        assert (again.verdict, again.quantity) == (APPROVED, allowed)


# --- decisions without a size ---------------------------------------------------------------------------------
def test_a_veto_is_one_failed_check() -> None:
    decision = refused("disabled", "SPY is switched off")
    assert (decision.verdict, decision.quantity, decision.reason_code) == (REJECTED, 0, "disabled")
    assert [(check.code, check.verdict) for check in decision.checks] == [("disabled", Verdict.FAILED)]


def test_a_reduction_is_approved_on_what_is_held() -> None:
    decision = reduction(4, 6, 10)
    assert (decision.verdict, decision.quantity, decision.reason) == (APPROVED, 4, "")
    assert [(check.limit, check.actual, check.headroom) for check in decision.checks] == [(10.0, 6.0, 4.0)]
