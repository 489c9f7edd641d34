"""Risk under whatever it is asked: an answer with a reason, or a size that keeps every limit; and exits always pass."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position
from fluxherod.core.risk.approve import approve_entry, approve_reduction
from fluxherod.core.risk.assess import AccountState, EntryRequest, assess
from fluxherod.core.risk.correlation import Correlation
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskDecision, RiskVerdict
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce, Verdict

HUGE = 10**40
SANE_REQUEST = EntryRequest("SPY", Side.BUY, 4_512_500, 4_432_500, 100, 80_000)
SANE_ACCOUNT = AccountState(1_000_000_000, 0, 2_000_000_000, 0)
SANE_LIMITS = RiskLimits()
BASIS_POINTS = 10_000
ONLY_SMALLER = {"correlation", "breaker"}  # checks that make an order smaller and don't refuse it
hostile = st.one_of(
    st.sampled_from([None, True, False, 0, -1, HUGE, -HUGE, math.nan, math.inf, -math.inf, 0.0, 1e300, 0.5]),
    st.integers(-(2**80), 2**80),
    st.floats(),
)
# Of what is sane, each number once more in its neighbourhood, far below and far above.
near = st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.99, 1.0, 1.01, 1.5, 2.0, 5.0, 50.0])
names = st.sampled_from(["neutral", "volatility_spike", "breaker", "correlation"])


def numbers(sane: Any) -> list[str]:
    """The fields of a dataclass that are numbers, or may be."""
    values = [(each.name, getattr(sane, each.name)) for each in fields(sane)]
    return [name for name, value in values if value is None or isinstance(value, int | float)]


class Risk(RuleBasedStateMachine):
    """One number after the other changes, to what may be or to what must never be."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, Any] = {"request": SANE_REQUEST, "account": SANE_ACCOUNT, "limits": SANE_LIMITS}
        self.held = 100

    def _change(self, part: str, field: str, value: Any) -> None:
        self.parts[part] = replace(self.parts[part], **{field: value})

    @rule(part=st.sampled_from(["request", "account", "limits"]), data=st.data(), value=hostile)
    def something_hostile(self, part: str, data: st.DataObject, value: Any) -> None:
        self._change(part, data.draw(st.sampled_from(numbers(self.parts[part]))), value)

    @rule(part=st.sampled_from(["request", "account", "limits"]), data=st.data(), factor=near)
    def something_sane(self, part: str, data: st.DataObject, factor: float) -> None:
        sane = {"request": SANE_REQUEST, "account": SANE_ACCOUNT, "limits": SANE_LIMITS}[part]
        field = data.draw(st.sampled_from(numbers(sane)))
        value = getattr(sane, field)
        self._change(part, field, int(value * factor) if isinstance(value, int) else value)

    @rule()
    def all_is_well_again(self) -> None:
        self.parts = {"request": SANE_REQUEST, "account": SANE_ACCOUNT, "limits": SANE_LIMITS}

    @rule(side=st.sampled_from(list(Side)))
    def another_side(self, side: Side) -> None:
        self._change("request", "side", side)

    @rule(wanted=st.one_of(st.none(), st.integers(1, 500)))
    def an_operator_asks(self, wanted: int | None) -> None:
        self._change("request", "wanted", wanted)

    @rule(held=st.integers(0, 200))
    def some_has_filled(self, held: int) -> None:
        self._change("request", "held", held)

    @rule(factors=st.lists(st.tuples(names, st.one_of(st.integers(0, 10_000), hostile)), max_size=3))
    def multipliers(self, factors: list[tuple[str, Any]]) -> None:
        self._change("request", "multipliers", tuple(factors))

    @rule(found=st.lists(st.one_of(st.floats(-1, 1), hostile), max_size=3))
    def others_are_held(self, found: list[Any]) -> None:
        correlations = tuple(Correlation(f"S{number}", rho) for number, rho in enumerate(found))
        self._change("request", "correlations", correlations)

    @rule(held=st.integers(-500, 500).filter(bool))
    def another_position(self, held: int) -> None:
        self.held = held

    @invariant()
    def it_answers_and_what_it_approves_keeps_every_limit(self) -> None:
        request, account, limits = self.parts["request"], self.parts["account"], self.parts["limits"]
        decision = assess(request, account, limits)
        assert decision.checks
        assert all(check.text for check in decision.checks)
        if decision.verdict is RiskVerdict.REJECTED:
            assert decision.quantity == 0
            assert decision.reason
            assert decision.reason_code
        else:
            self._keeps(decision, request, account, limits)

    def _keeps(self, decision: RiskDecision, request: EntryRequest, account: AccountState, limits: RiskLimits) -> None:
        quantity, price_e4, equity_e4 = decision.quantity, request.price_e4, account.equity_e4
        for number in (
            price_e4,
            equity_e4,
            request.stop_e4,
            request.distance_e4,
            request.risk_bp,
            account.exposure_e4,
            account.buying_power_e4,
            account.open_positions,
            limits.max_position_bp,
            limits.max_exposure_bp,
            limits.max_positions,
        ):
            assert type(number) is int, f"{number!r} is no number to decide on"
        assert type(quantity) is int
        assert quantity > 0
        assert equity_e4 is not None
        assert request.stop_e4 is not None
        assert (price_e4 - request.stop_e4) * request.side.sign > 0
        distance_e4 = max(request.distance_e4, abs(price_e4 - request.stop_e4))
        value_e4, total = quantity * price_e4, quantity + request.held
        assert request.held >= 0
        assert total * distance_e4 * BASIS_POINTS <= equity_e4 * request.risk_bp
        assert total * price_e4 * BASIS_POINTS <= equity_e4 * limits.max_position_bp
        assert (value_e4 + account.exposure_e4) * BASIS_POINTS <= equity_e4 * limits.max_exposure_bp
        collar_bp = 10_400 if request.side is Side.BUY else 10_300
        assert value_e4 * collar_bp <= account.buying_power_e4 * BASIS_POINTS
        assert 0 <= account.open_positions < limits.max_positions
        assert not account.blocked
        if request.wanted is not None:
            assert quantity <= request.wanted
        for name, factor_bp in request.multipliers:
            assert type(factor_bp) is int, f"{name} {factor_bp!r} is no factor"
            assert factor_bp > 0
        self._multiplied(total, request, limits, equity_e4 * request.risk_bp // (BASIS_POINTS * distance_e4))
        failed = {check.code for check in decision.checks if check.verdict is Verdict.FAILED}
        assert failed <= ONLY_SMALLER
        assert decision.steps[-1].after == quantity
        assert (decision.verdict is RiskVerdict.APPROVED_WITH_ADJUSTMENT) == bool(decision.reason)
        assert approve_entry(order(OrderRole.ENTRY, quantity, request.side), decision).quantity == quantity

    def _multiplied(self, quantity: int, request: EntryRequest, limits: RiskLimits, by_risk: int) -> None:
        """Every multiplier counts, and that of correlations once: also where nothing is known of them."""
        most = Fraction(by_risk)
        for _, factor_bp in request.multipliers:
            most *= Fraction(min(factor_bp, BASIS_POINTS), BASIS_POINTS)
        if any(not abs(one.rho) <= limits.correlation_limit for one in request.correlations):
            most *= Fraction(min(limits.correlated_size_bp, BASIS_POINTS), BASIS_POINTS)
        assert quantity <= most

    @invariant()
    def an_exit_passes_whatever_the_account_is(self) -> None:
        side = Side.SELL if self.held > 0 else Side.BUY
        position = Position(
            "SPY", self.held, self.held, 1, Mode.TREND, Regime.NEUTRAL, "t", None, None, None, 0, math.nan, 0
        )
        for quantity in (1, abs(self.held)):
            for role in (OrderRole.EXIT, OrderRole.STOP):
                assert approve_reduction(order(role, quantity, side), position).quantity == quantity


def order(role: OrderRole, quantity: int, side: Side) -> Order:
    stop_e4 = 1 if role is OrderRole.ENTRY else None
    kind, force = OrderType.MARKET, TimeInForce.GTC
    return Order("id", "SPY", side, kind, force, role, quantity, OrderState.NEW, 1, 1, leg_stop_e4=stop_e4)


TestRisk = Risk.TestCase
TestRisk.settings = settings(
    max_examples=1_500, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
