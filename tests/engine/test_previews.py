"""An order that is only looked at: judged by the code that places it, and nothing is different afterwards."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from engine.test_strategist import drive
from engine.world import WIDE, World, of
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.orders import OrderRole
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.types import OrderType, Side, Verdict
from fluxherod.engine.codec import encode_effects
from fluxherod.engine.commands import Caller, DisableSymbolCommand, HaltCommand, PlaceOrderCommand
from fluxherod.engine.effects import Reply, ReplyCode, SubmitOrder
from fluxherod.engine.events import LinkChanged
from fluxherod.engine.risk.judging import Judgement


def order(**change: Any) -> PlaceOrderCommand:
    fields = {"symbol": "SPY", "side": Side.BUY, "quantity": 10, "order_type": OrderType.MARKET}
    return PlaceOrderCommand(Caller("", "tester"), **{**fields, "stop_price_e4": 4_430_000, **change})  # type: ignore[arg-type]


def preview(world: World, **change: Any) -> Judgement:
    return world.engine.commands.judge(order(**change), world.now_ns)


def state_of(value: Any, seen: set[int] | None = None) -> Any:
    """Everything that an object holds, to the last array, as plain values that can be compared."""
    seen = set() if seen is None else seen
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.str, value.tobytes()
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return repr(value)
    if id(value) in seen or callable(value):
        return type(value).__name__
    seen.add(id(value))
    if isinstance(value, dict):
        return [(repr(key), state_of(one, seen)) for key, one in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, list | tuple | deque):
        return [state_of(one, seen) for one in value]
    names = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
    names += list(getattr(value, "__dict__", ()))
    names = [name for name in names if name != "_closes"]  # what was read of the bars last: a copy
    return type(value).__name__, [(name, state_of(getattr(value, name, None), seen)) for name in names]


def test_the_snapshot_of_a_state_sees_every_kind_of_change() -> None:
    world = World(("SPY", "QQQ")).ready(history=100)
    before = state_of(world.engine)
    assert state_of(world.engine) == before
    world.engine.desk.due["x"] = 1
    assert state_of(world.engine) != before
    del world.engine.desk.due["x"]
    assert state_of(world.engine) == before
    world.engine.ledger.peak_e4 += 1
    assert state_of(world.engine) != before
    world.engine.ledger.peak_e4 -= 1
    world.engine.market.states["entries"]["seen"][0] += 1
    assert state_of(world.engine) != before


ORDERS = st.fixed_dictionaries(
    {
        "symbol": st.sampled_from(("SPY", "QQQ", "TSLA", "")),
        "side": st.sampled_from(Side),
        "quantity": st.one_of(st.integers(-5, 500), st.just(10**12)),
        "order_type": st.sampled_from(OrderType),
        "limit_price_e4": st.one_of(st.none(), st.integers(-1, 9_000_000)),
        "stop_price_e4": st.one_of(st.none(), st.integers(-1, 9_000_000), st.sampled_from((4_430_000, 4_600_000))),
        "accept_adjusted": st.booleans(),
    }
)
SCENES = st.lists(st.sampled_from(("buy", "short", "work", "close", "halt", "off", "down", "wait", "lose")), max_size=5)


def play(world: World, scene: str) -> None:
    match scene:
        case "buy":
            world.place(10, 443.0, symbol="QQQ")
        case "short":
            world.place(10, 460.0, Side.SELL)
        case "work":
            world.place(10, 430.0, limit=440.0)
        case "close":
            world.close("QQQ")
        case "halt":
            world.tell(HaltCommand(world.caller(), "enough"))
        case "off":
            world.tell(DisableSymbolCommand(world.caller(), "SPY", "odd"))
        case "down":
            world.tell(LinkChanged("market", False, "gone"))
        case "wait":
            world.wait(150)
        case "lose":
            world.exchange.lose.append("submit")


@settings(max_examples=150, deadline=None)
@given(SCENES, ORDERS)
def test_a_preview_changes_nothing_and_says_what_placing_the_order_then_does(
    scenes: list[str], wanted: dict[str, Any]
) -> None:
    world = World(("SPY", "QQQ")).ready(history=60)
    for scene in scenes:
        play(world, scene)
    before, due_ns = state_of(world.engine), world.engine.next_deadline_ns()
    judged = preview(world, **wanted)
    assert state_of(world.engine) == before
    assert world.engine.next_deadline_ns() == due_ns
    submitted = len(of(SubmitOrder, world.seen))
    placed = of(Reply, world.tell(order(**{**wanted})))[-1]
    assert placed.code is judged.code
    if judged.code is not ReplyCode.OK:
        assert (placed.text, placed.decision) == (judged.text, judged.decision)
        assert len(of(SubmitOrder, world.seen)) == submitted
    elif judged.role is OrderRole.ENTRY:
        assert placed.decision == judged.decision
    else:
        assert placed.text.startswith(f"closing {judged.part or abs(_held(world, wanted['symbol']))} ")
    world.replay()


def _held(world: World, symbol: str) -> int:
    """What was held when the last order came: its exit may have filled since."""
    exits = world.orders(OrderRole.EXIT, symbol)
    return exits[-1].quantity if exits else world.position(symbol).quantity


def test_with_previews_in_between_the_same_day_has_the_same_effects() -> None:
    plain, curious = (World(("SPY", "QQQ")).ready(history=200) for _ in range(2))

    def look(number: int) -> None:
        preview(curious, quantity=number + 1)
        preview(curious, symbol="QQQ", side=Side.SELL, stop_price_e4=4_700_000)

    assert drive(plain).outcome == drive(curious, before=look).outcome == "ordered"
    assert encode_effects(plain.seen) == encode_effects(curious.seen)
    assert of(SubmitOrder, plain.seen)


def test_a_preview_has_the_waterfall_and_the_role() -> None:
    world = World().ready(history=100)
    judged = preview(world, quantity=200)
    assert (judged.code, judged.role) == (ReplyCode.RISK_ADJUSTED, OrderRole.ENTRY)
    assert judged.decision is not None
    assert (judged.decision.verdict, judged.decision.quantity) == (RiskVerdict.APPROVED_WITH_ADJUSTMENT, 142)
    assert [step.name for step in judged.decision.steps][:2] == ["wanted", "risk_per_trade"]
    assert preview(world, quantity=200, accept_adjusted=True).code is ReplyCode.OK


def test_a_preview_of_a_reduction_says_that_it_is_an_exit() -> None:
    world = World().ready()
    world.place(10, 443.0)
    world.tell(HaltCommand(world.caller(), "enough"))
    judged = preview(world, side=Side.SELL, quantity=4, stop_price_e4=None)
    assert (judged.code, judged.role, judged.part) == (ReplyCode.OK, OrderRole.EXIT, 4)
    assert judged.decision is not None
    assert (judged.decision.verdict, judged.decision.quantity) == (RiskVerdict.APPROVED, 4)
    assert preview(world, side=Side.SELL, stop_price_e4=None).part == 0


@pytest.mark.parametrize(
    ("scene", "code", "text"),
    [
        ("off", "disabled", "SPY is switched off: odd"),
        ("work", "in_position", "a position in SPY or its entry is open: one position a symbol"),
        ("wait", "price_valid", "no fresh price of SPY: give a limit price or wait for the market"),
        ("halt", "trading_status", "Trading halted: enough. Resume when reviewed."),
    ],
)
def test_a_veto_is_a_failed_check(scene: str, code: str, text: str) -> None:
    world = World().ready()
    play(world, scene)
    decision = preview(world).decision
    assert decision is not None
    failed = next(check for check in decision.checks if check.verdict is Verdict.FAILED)
    assert (decision.verdict, failed.code, failed.text, decision.reason) == (RiskVerdict.REJECTED, code, text, text)


def test_wide_limits_let_the_whole_risk_through_and_default_ones_a_fifth_of_the_equity() -> None:
    sizes = {}
    for name, limits in (("wide", WIDE), ("default", RiskLimits())):
        decision = preview(World(limits=limits).ready(), quantity=10_000).decision
        assert decision is not None
        sizes[name] = decision.quantity
    assert sizes == {"wide": 142, "default": 44}
