"""Halt, Flatten, Resume and ResetBreaker over the API: who may, what is answered, what is refused and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc
import pytest

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, system_pb2
from fluxherod.core.risk.safety import Breaker, BreakerStatus, DailyLoss

PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION
DISABLED = Breaker(BreakerStatus.DISABLED, True, "drawdown of 20.2% (limit 20%)", 5 * 10**18 // 4, 1_200_000_000)


def latch(world: Any, **parts: Any) -> None:
    """The engine's state, as losses would have made it."""
    world.engine.safety.change(replace(world.engine.safety.state, **parts), [])


async def risk(client: Any) -> risk_pb2.Risk:
    return (await client.risk.GetRisk(risk_pb2.GetRiskRequest())).risk


def flatten(client: Any, request_id: str = "f", **fields: Any) -> Any:
    return client.risk.Flatten(risk_pb2.FlattenRequest(request_id=request_id, **{"reason": "enough", **fields}))


def reset(client: Any, request_id: str = "r", **fields: Any) -> Any:
    return client.risk.ResetBreaker(
        risk_pb2.ResetBreakerRequest(request_id=request_id, **{"reason": "reviewed", **fields})
    )


async def entry(world: Any, client: Any) -> str:
    """An entry in SPY that works; its id."""
    request = order_pb2.PlaceOrderRequest(
        request_id="open", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=10,
        type=order_pb2.ORDER_TYPE_MARKET, stop_loss_price="445",
    )  # fmt: skip
    placed = (await client.order.PlaceOrder(request)).order.id
    await world.settled()
    return str(placed)


async def test_the_state_of_a_daemon_that_nothing_stops(client: Any) -> None:
    found = await risk(client)
    assert (found.breaker, found.breaker_latched, found.breaker_reason) == (risk_pb2.BREAKER_STATE_NORMAL, False, "")
    assert (found.halted, found.daily_loss_reached, found.size_multiplier_bp) == (False, False, 10_000)
    assert not found.HasField("breaker_changed_at")
    assert not found.HasField("halted_at")
    assert found.peak_equity == found.equity


async def test_a_halt_is_shown_with_who_why_and_since_when(world: Any, client: Any) -> None:
    await client.risk.Halt(risk_pb2.HaltRequest(request_id="h", reason="news"))
    found = await risk(client)
    assert (found.halted, found.halt_reason) == (True, "news")
    assert found.halted_by == "unix"
    assert found.halted_at.ToNanoseconds() == world.clock.now_ns()


async def test_flatten_halts_and_can_be_repeated_under_its_id(client: Any, refused: Any) -> None:
    answer = await flatten(client)
    assert (answer.risk.halted, answer.risk.halt_reason) == (True, "enough")
    assert await flatten(client) == answer
    assert (await refused(flatten(client, reason=" "))).fields == {"reason": "may not be empty: it is recorded"}
    again = await refused(flatten(client, include_foreign=True))
    assert again.reason == "REQUEST_ID_REUSED"


async def test_flatten_names_the_entries_that_it_cancels(world: Any, client: Any) -> None:
    placed = await entry(world, client)
    answer = await flatten(client)
    assert list(answer.canceling_order_ids) == [placed]
    assert not answer.closing_symbols


async def test_flatten_names_the_positions_that_it_closes_and_the_stops_that_go_first(world: Any, client: Any) -> None:
    placed = await entry(world, client)
    await world.post(world.broker.filled(placed, 4_500_000))
    await world.settled()
    answer = await flatten(client)
    assert list(answer.closing_symbols) == ["SPY"]
    assert set(answer.canceling_order_ids) <= {order.id for order in world.engine.desk.live("SPY")}


async def test_while_disabled_entries_and_a_resume_are_refused_and_a_reset_comes_first(
    world: Any, client: Any, refused: Any
) -> None:
    latch(world, breaker=DISABLED)
    found = await risk(client)
    assert (found.breaker, found.breaker_latched) == (risk_pb2.BREAKER_STATE_DISABLED, True)
    assert (found.breaker_reason, found.size_multiplier_bp) == ("drawdown of 20.2% (limit 20%)", 0)
    assert found.HasField("breaker_changed_at")
    order = order_pb2.PlaceOrderRequest(
        request_id="o", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=1, type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price="445",
    )  # fmt: skip
    text = "Trading disabled: 20% drawdown breached. Manual review required."
    blocked = await refused(client.order.PlaceOrder(order))
    assert (blocked.code, blocked.reason, blocked.text) == (PRECONDITION, "TRADING_DISABLED", text)
    resume = await refused(client.risk.Resume(risk_pb2.ResumeRequest(request_id="go", reason="go")))
    assert (resume.code, resume.reason) == (PRECONDITION, "TRADING_DISABLED")
    early = await refused(reset(client, target=risk_pb2.BREAKER_STATE_NORMAL))
    assert early.reason == "TRADING_DISABLED"
    after = (await reset(client, "r2")).risk
    assert (after.breaker, after.breaker_latched, after.size_multiplier_bp) == (
        risk_pb2.BREAKER_STATE_REDUCED, True, 5_000,
    )  # fmt: skip
    assert after.peak_equity == after.equity
    normal = (await reset(client, "r3", target=risk_pb2.BREAKER_STATE_NORMAL)).risk
    assert normal.breaker == risk_pb2.BREAKER_STATE_NORMAL
    assert (await refused(reset(client, "r4"))).reason == "ALREADY_DONE"


async def test_a_daily_loss_is_shown_and_reset(world: Any, client: Any) -> None:
    latch(world, daily_loss=DailyLoss("loss of 3.1%", "2024-01-02", 1_000_000_000, "2024-01-02"))
    found = await risk(client)
    assert (found.daily_loss_reached, found.breaker) == (True, risk_pb2.BREAKER_STATE_NORMAL)
    assert not (await reset(client)).risk.daily_loss_reached


async def test_who_watches_risk_hears_of_a_halt_with_its_reason(world: Any, client: Any) -> None:
    stream = client.risk.WatchRisk(risk_pb2.WatchRiskRequest())
    assert (await stream.read()).risks[-1].breaker == risk_pb2.BREAKER_STATE_NORMAL
    await client.risk.Halt(risk_pb2.HaltRequest(request_id="h", reason="news"))
    seen = await stream.read()
    while not seen.risks or not seen.risks[-1].halted:
        seen = await stream.read()
    assert seen.risks[-1].halt_reason == "news"


@pytest.mark.parametrize("target", [risk_pb2.BREAKER_STATE_DISABLED, 9])
async def test_a_reset_to_what_can_not_be_set_is_refused(client: Any, refused: Any, target: int) -> None:
    wrong = await refused(reset(client, target=target))
    assert wrong.fields == {"target": "REDUCED, NORMAL, or unspecified for the next one"}


async def test_the_days_loss_is_shown_against_what_the_daily_loss_is_counted_from(world: Any, client: Any) -> None:
    """A deposit moved the base, or a reset set it: `last_equity` says nothing then."""
    daily = replace(world.engine.safety.state.daily_loss, base_e4=1_010_000_000)
    latch(world, daily_loss=daily)
    found = await risk(client)
    assert (found.equity, found.day_pnl) == ("100000.00", "-1000.00")
    assert round(found.day_pnl_pct, 4) == -0.9901
    (check,) = [check for check in found.usage if check.code == "daily_loss"]
    assert round(check.actual, 4) == 0.9901
    assert check.text == "0.99% lost, counted from $101,000.00, limit 3%"
    latch(world, daily_loss=replace(daily, base_e4=0))
    found = await risk(client)
    assert (found.day_pnl, found.day_pnl_pct) == ("0.00", 0.0)
    (check,) = [check for check in found.usage if check.code == "daily_loss"]
    assert (check.verdict, check.HasField("actual")) == (common_pb2.VERDICT_FAILED, False)


@pytest.mark.parametrize(
    ("latched", "ends"), [(False, "a drawdown below 12%"), (True, "an operator sets it to normal")]
)
async def test_the_status_of_an_active_daemon_says_that_the_breaker_reduces(
    world: Any, client: Any, latched: bool, ends: str
) -> None:
    breaker = replace(world.engine.safety.state.breaker, status=BreakerStatus.REDUCED, latched=latched)
    latch(world, breaker=breaker)
    status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert status.state == system_pb2.TRADING_STATE_ACTIVE
    text = f"the breaker is REDUCED: entries of 50% of their size and tighter stops, until {ends}"
    assert status.state_detail == text
