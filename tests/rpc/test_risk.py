"""RiskService and PreviewOrder as a client sees them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, stream_pb2, system_pb2
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.engine.events import Started
from fluxherod.engine.settings import Settings

INVALID = grpc.StatusCode.INVALID_ARGUMENT
PASSED, FAILED = common_pb2.VERDICT_PASSED, common_pb2.VERDICT_FAILED


async def opened(world: Any, client: Any) -> None:
    """Ten shares of SPY at 450.00 with a stop at 445.00."""
    placed = await client.order.PlaceOrder(
        order_pb2.PlaceOrderRequest(
            request_id="p1", symbol="SPY", side=common_pb2.SIDE_BUY, quantity=10, type=order_pb2.ORDER_TYPE_MARKET,
            stop_loss_price="445.00",
        )
    )  # fmt: skip
    await world.settled()
    await world.post(world.broker.filled(placed.order.id, 4_500_000))


def preview(client: Any, symbol: str = "SPY", side: Any = common_pb2.SIDE_BUY, quantity: int = 10, **more: Any) -> Any:
    request = order_pb2.PreviewOrderRequest(
        symbol=symbol, side=side, quantity=quantity, **{"type": order_pb2.ORDER_TYPE_MARKET, **more}
    )
    return client.order.PreviewOrder(request)


def limit(client: Any, request_id: str = "l1", revision: str = "", reason: str = "a test", **values: Any) -> Any:
    request = risk_pb2.UpdateLimitsRequest(
        request_id=request_id, limits=risk_pb2.RiskLimits(**values), update_mask=FieldMask(paths=list(values)),
        revision=revision, reason=reason,
    )  # fmt: skip
    return client.risk.UpdateLimits(request)


async def risk(client: Any) -> Any:
    return (await client.risk.GetRisk(risk_pb2.GetRiskRequest())).risk


async def config(client: Any, prefix: str = "risk.") -> dict[str, tuple[str, int]]:
    entries = (await client.system.GetConfig(system_pb2.GetConfigRequest(prefix=prefix))).entries
    return {entry.key: (entry.value, entry.origin) for entry in entries}


# --- risk ---------------------------------------------------------------------------------------------
async def test_every_limit_is_shown(client: Any) -> None:
    limits = (await risk(client)).limits
    for field in fields(RiskLimits):
        assert getattr(limits, field.name) == getattr(RiskLimits(), field.name), field.name
    assert {one.name for one in limits.DESCRIPTOR.fields} == {field.name for field in fields(RiskLimits)}


async def test_each_limit_has_its_usage_and_its_headroom(world: Any, client: Any) -> None:
    await opened(world, client)
    await world.quote("SPY", 440.0)
    found = await risk(client)
    usage = {check.code: check for check in found.usage}
    assert {code: round(check.actual, 6) for code, check in usage.items()} == {
        "open_positions": 1, "exposure": 4_400.0, "position_value": 4_400.0, "warning_drawdown": 0.1,
        "critical_drawdown": 0.1, "daily_loss": 0.1,
    }  # fmt: skip
    assert {code: round(check.headroom, 6) for code, check in usage.items()} == {
        "open_positions": 4, "exposure": 45_550.0, "position_value": 15_580.0, "warning_drawdown": 14.9,
        "critical_drawdown": 19.9, "daily_loss": 2.9,
    }  # fmt: skip
    assert {check.verdict for check in usage.values()} == {PASSED}
    assert usage["position_value"].text == "$4,400.00 of $19,980.00 (20% of equity): the largest position, SPY"


async def test_a_limit_that_is_exceeded_says_so_and_a_rule_that_is_off_is_not_applicable(
    world: Any, client: Any
) -> None:
    await opened(world, client)
    await limit(client, max_exposure_bp=100, daily_loss_bp=0)
    usage = {check.code: check for check in (await risk(client)).usage}
    assert (usage["exposure"].verdict, usage["exposure"].headroom) == (FAILED, -3_500.0)
    assert usage["daily_loss"].verdict == common_pb2.VERDICT_NOT_APPLICABLE
    assert not usage["daily_loss"].HasField("actual")


async def test_the_report_says_what_is_deployed_and_what_the_worst_case_is(world: Any, client: Any) -> None:
    await opened(world, client)
    await world.quote("SPY", 448.0)
    report = (await client.risk.GetRiskReport(risk_pb2.GetRiskReportRequest())).report
    assert (report.equity, report.peak_equity) == ("99980.00", "100000.00")
    assert (round(report.drawdown_pct, 6), round(report.max_drawdown_pct, 6)) == (0.02, 0.02)
    assert (report.long_exposure, report.short_exposure, report.working_exposure) == ("4480.00", "0.00", "0.00")
    assert (report.risk_deployed, report.worst_case_equity) == ("50.00", "99950.00")
    (held,) = report.positions
    assert (held.symbol, held.side, held.quantity) == ("SPY", common_pb2.POSITION_SIDE_LONG, 10)
    assert (held.risk_at_stop, held.loss_to_stop) == ("50.00", "30.00")
    assert report.largest_position == "SPY"
    assert "  SPY LONG 10, $4,480.00 (4.5%), stop $445.00 loses $50.00" in report.text.splitlines()
    await world.quote("SPY", 452.0)
    recovered = (await client.risk.GetRiskReport(risk_pb2.GetRiskReportRequest())).report
    assert (recovered.drawdown_pct, round(recovered.max_drawdown_pct, 6)) == (0.0, 0.02)


async def test_a_report_of_nothing_is_a_report(client: Any) -> None:
    report = (await client.risk.GetRiskReport(risk_pb2.GetRiskReportRequest())).report
    assert (report.largest_position, list(report.positions), list(report.correlations)) == ("", [], [])
    assert report.text.splitlines()[-1] == "No position is open"


async def test_risk_is_watched_from_a_snapshot_on(world: Any, client: Any) -> None:
    stream = client.risk.WatchRisk(risk_pb2.WatchRiskRequest())
    first = await stream.read()
    assert (first.kind, list(first.snapshot_topics)) == (common_pb2.STREAM_KIND_SNAPSHOT, [common_pb2.TOPIC_RISK])
    assert first.risks[-1].limits.max_positions == 5
    await limit(client, max_positions=3)
    message = await stream.read()
    assert (message.prev_seq, message.risks[-1].limits.max_positions) == (first.seq, 3)
    await opened(world, client)
    while message.risks[-1].exposure != "4500.00":
        message = await stream.read()
    await world.quote("SPY", 451.0)
    while message.risks[-1].exposure != "4510.00":
        message = await stream.read()
    stream.cancel()


async def test_a_slow_watcher_gets_the_newest_risk_and_a_count(world: Any, client: Any) -> None:
    await opened(world, client)
    request = risk_pb2.WatchRiskRequest()
    request.min_interval.FromMilliseconds(300)
    stream = client.risk.WatchRisk(request)
    await stream.read()
    for price in (451.0, 452.0, 453.0, 454.0):
        await world.quote("SPY", price)
    conflated, message = 0, await stream.read()
    while message.risks[-1].exposure != "4540.00":
        conflated, message = conflated + message.conflated, await stream.read()
    assert conflated + message.conflated > 0
    stream.cancel()


async def test_risk_comes_with_other_topics_on_one_stream(world: Any, client: Any) -> None:
    topics = [common_pb2.TOPIC_RISK, common_pb2.TOPIC_ORDERS]
    stream = client.stream.Watch(stream_pb2.WatchRequest(topics=topics))
    assert len((await stream.read()).risks) == 1
    await opened(world, client)
    whole = stream_pb2.WatchResponse()
    while not (whole.risks and whole.orders):
        whole.MergeFrom(await stream.read())
    stream.cancel()


# --- limits ----------------------------------------------------------------------------------------------
async def test_limits_change_at_run_time_and_the_configuration_shows_the_origin(world: Any, client: Any) -> None:
    before = await config(client)
    first = await risk(client)
    changes = {"max_position_bp": 2_500, "trend_risk_bp": 104, "max_positions": 7, "correlation_limit": 0.8}
    answer = (await limit(client, **changes, correlation_basis="prices")).risk
    assert answer.limits_revision != first.limits_revision
    assert (answer.limits.max_position_bp, answer.limits.correlation_basis) == (2_500, "prices")
    runtime = system_pb2.CONFIG_ORIGIN_RUNTIME
    assert await config(client) == {
        **before,
        "risk.max_position": ("0.25", runtime),
        "risk.trend_risk": ("0.0104", runtime),
        "risk.max_positions": ("7", runtime),
        "risk.correlation_limit": ("0.8", runtime),
        "risk.correlation_basis": ('"prices"', runtime),
    }


async def test_a_repeated_change_has_the_same_answer_and_another_one_under_its_id_is_refused(
    world: Any, client: Any, refused: Any
) -> None:
    await limit(client, "l1", max_positions=7)
    await limit(client, "l2", max_positions=8)
    assert (await limit(client, "l1", max_positions=7)).risk.limits.max_positions == 8
    assert (await refused(limit(client, "l1", max_positions=9))).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"max_positions": 0}, "limits.max_positions", "allowed is 1 to 5000, not 0"),
        ({"max_position_bp": -1}, "limits.max_position_bp", "allowed is 1 to 40000, not -1"),
        ({"correlation_limit": float("nan")}, "limits.correlation_limit", "allowed is 0 to 1, not nan"),
        ({"correlation_limit": float("inf")}, "limits.correlation_limit", "allowed is 0 to 1, not inf"),
        ({"correlation_basis": "x"}, "limits.correlation_basis", "allowed is returns or prices, not x"),
        (
            {"warning_drawdown_bp": 1_000},
            "limits.warning_drawdown_bp",
            "allowed is at least recovery_drawdown_bp, which is 1200, not 1000",
        ),
    ],
)
async def test_a_limit_that_can_not_be_is_refused_by_its_field(
    client: Any, refused: Any, values: dict[str, Any], field: str, text: str
) -> None:
    revision = (await risk(client)).limits_revision
    refusal = await refused(limit(client, **values))
    assert (refusal.code, refusal.reason, refusal.fields) == (INVALID, "INVALID_FIELD", {field: text})
    assert (await risk(client)).limits_revision == revision


async def test_a_change_needs_a_mask_and_a_reason_and_names_each_fault(client: Any, refused: Any) -> None:
    request = risk_pb2.UpdateLimitsRequest(
        request_id="l1", reason=" ", update_mask=FieldMask(paths=["odd", "max_positions"])
    )
    refusal = await refused(client.risk.UpdateLimits(request))
    assert set(refusal.fields) == {"update_mask", "limits.max_positions", "reason"}
    assert refusal.fields["update_mask"] == "fields of limits, such as trend_risk_bp; not odd"
    empty = await refused(client.risk.UpdateLimits(risk_pb2.UpdateLimitsRequest(request_id="l2", reason="why")))
    assert list(empty.fields) == ["update_mask"]
    assert (await refused(limit(client, "l3", reason="x" * 501, max_positions=3))).fields.keys() == {"reason"}


async def test_a_change_of_older_limits_is_a_conflict(client: Any, refused: Any) -> None:
    first = (await risk(client)).limits_revision
    await limit(client, "l1", first, max_positions=7)
    refusal = await refused(limit(client, "l2", first, max_positions=8))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT")
    assert (
        await limit(client, "l3", (await risk(client)).limits_revision, max_positions=8)
    ).risk.limits.max_positions == 8


async def test_limits_survive_a_restart(world: Any, client: Any) -> None:
    await limit(client, max_positions=7)
    settings: Settings = world.engine.settings
    await world.post(Started("epoch-0123456789", 2, "1.2.3", replace(settings, limits=RiskLimits())))
    assert (await risk(client)).limits.max_positions == 7


# --- previews -----------------------------------------------------------------------------------------------
async def test_a_preview_shows_the_decision_with_its_waterfall_and_records_nothing(world: Any, client: Any) -> None:
    seq = world.runner.seq
    answer = await preview(client, quantity=100, stop_loss_price="445.00")
    assert answer.role == order_pb2.ORDER_ROLE_ENTRY
    assert (answer.decision.verdict, answer.decision.quantity) == (
        risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT, 44,
    )  # fmt: skip
    assert [step.name for step in answer.decision.sizing][:3] == ["wanted", "risk_per_trade", "position_value"]
    assert {check.code for check in answer.decision.checks} >= {"correlation", "breaker", "exposure", "buying_power"}
    assert world.runner.seq == seq
    assert not world.store.order_rows


async def test_a_preview_of_a_sale_of_what_is_held_is_an_exit(world: Any, client: Any) -> None:
    await opened(world, client)
    answer = await preview(client, side=common_pb2.SIDE_SELL, quantity=4)
    assert (answer.role, answer.decision.verdict, answer.decision.quantity) == (
        order_pb2.ORDER_ROLE_EXIT, risk_pb2.RISK_VERDICT_APPROVED, 4,
    )  # fmt: skip
    assert [check.code for check in answer.decision.checks] == ["position"]


async def test_a_veto_is_a_failed_check_of_a_preview(world: Any, client: Any) -> None:
    world.engine.ledger.foreign["IBM"] = (5, 1_600_000)
    answer = await preview(client, "IBM", stop_loss_price="155.00")
    (check,) = answer.decision.checks
    assert (answer.decision.verdict, check.code, check.verdict) == (
        risk_pb2.RISK_VERDICT_REJECTED, "foreign_position", FAILED,
    )  # fmt: skip
    assert check.text == "a position in IBM that is not ours is at the broker"


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        ({"symbol": "TSLA"}, grpc.StatusCode.NOT_FOUND, "SYMBOL_UNKNOWN"),
        ({"symbol": "x"}, INVALID, "INVALID_FIELD"),
        ({"quantity": 0}, INVALID, "INVALID_FIELD"),
        ({"quantity": -(2**63)}, INVALID, "INVALID_FIELD"),
        ({"side": common_pb2.SIDE_UNSPECIFIED}, INVALID, "INVALID_FIELD"),
        ({"stop_loss_price": "NaN"}, INVALID, "INVALID_FIELD"),
        ({"limit_price": "450.00"}, INVALID, "INVALID_ORDER"),
        ({"type": order_pb2.ORDER_TYPE_STOP, "stop_price": "455.00"}, INVALID, "INVALID_ORDER"),
        ({"time_in_force": order_pb2.TIME_IN_FORCE_GTC}, INVALID, "INVALID_FIELD"),
    ],
)
async def test_what_is_no_order_is_refused_as_if_it_were_placed(
    client: Any, refused: Any, change: dict[str, Any], code: grpc.StatusCode, reason: str
) -> None:
    refusal = await refused(preview(client, **{"stop_loss_price": "445.00", **change}))
    assert (refusal.code, refusal.reason) == (code, reason)
