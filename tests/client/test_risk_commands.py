"""Risk, its report, the limits and previews from the command line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2
from fluxhero_client.cli.arguments import parse

AT = Timestamp()
AT.FromDatetime(datetime(2024, 1, 22, 14, 31, tzinfo=UTC))
PASSED, FAILED = common_pb2.VERDICT_PASSED, common_pb2.VERDICT_FAILED
RISK = risk_pb2.Risk(
    limits=risk_pb2.RiskLimits(max_position_bp=2_000, correlation_limit=0.7, correlation_basis="returns"),
    limits_revision="abc123",
    usage=[
        risk_pb2.RiskCheck(
            code="exposure", limit=50_000, actual=28_200, headroom=21_800, verdict=PASSED, text="working entries too"
        ),
        risk_pb2.RiskCheck(code="open_positions", limit=5, actual=6, headroom=-1, verdict=FAILED, text="6 of 5"),
        risk_pb2.RiskCheck(code="daily_loss", verdict=common_pb2.VERDICT_NOT_APPLICABLE, text="switched off"),
        risk_pb2.RiskCheck(code="critical_drawdown", limit=20, verdict=FAILED, text="equity is not known"),
        risk_pb2.RiskCheck(code="warning_drawdown", limit=15, actual=12.3, headroom=2.7, verdict=PASSED, text="near"),
    ],
    breaker=risk_pb2.BREAKER_STATE_REDUCED,
    breaker_reason="drawdown 15.3%",
    equity="84700",
    peak_equity="100000",
    drawdown_pct=15.3,
    day_pnl="-700",
    day_pnl_pct=-0.82,
    exposure="28200",
    exposure_pct=33.29,
    open_positions=2,
    risk_deployed="1003.75",
    size_multiplier_bp=5_000,
    as_of=AT,
)
DECISION = risk_pb2.RiskDecision(
    verdict=risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT,
    quantity=65,
    reason_code="correlation",
    reason="Size reduced 50%: QQQ correlated 0.85 with SPY",
)


async def test_risk_shows_each_limit_with_a_bar_of_what_is_used(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["RiskService/GetRisk"] = risk_pb2.GetRiskResponse(risk=RISK)
    assert (await fluxhero("risk")).out == (
        "Risk, 2024-01-22 09:31:00 ET\n"
        "drawdown 15.3%\n"
        "equity $             84,700.00\n"
        "peak equity $       100,000.00\n"
        "drawdown %               15.30\n"
        "day P&L $              -700.00\n"
        "day P&L %                -0.82\n"
        "exposure $           28,200.00\n"
        "exposure %               33.29\n"
        "risk deployed $       1,003.75\n"
        "breaker                reduced\n"
        "size of entries %           50\n"
        "unprotected shares           0\n"
        "\n"
        "limit                used      of                               left  in words\n"
        "exposure           28,200  50,000  ███████████░░░░░░░░░ 56%   21,800  working entries too\n"
        "open positions       6.00    5.00  ████████████████████ 120%   -1.00  6 of 5\n"
        "daily loss              -       -  -                               -  switched off\n"
        "critical drawdown       -   20.00  unknown                         -  equity is not known\n"
        "warning drawdown    12.30   15.00  ████████████████░░░░ 82%     2.70  near\n"
    )
    assert json.loads((await fluxhero("risk -o json")).out)["limits_revision"] == "abc123"


async def test_a_bar_says_by_its_colour_how_near_the_limit_is(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["RiskService/GetRisk"] = risk_pb2.GetRiskResponse(risk=RISK)
    lines = (await fluxhero("risk", colour=True)).out.splitlines()[-5:]
    green, red, _, unknown, yellow = (
        line.split("\x1b[", 1)[1].split("m", 1)[0] if "\x1b[" in line else "" for line in lines
    )
    assert red == unknown
    assert len({green, red, yellow}) == 3


async def test_the_report_is_the_daemons_own_text(daemon: Any, fluxhero: Any) -> None:
    report = risk_pb2.RiskReport(text="Risk report\nPositions", largest_position="SPY")
    daemon.answers["RiskService/GetRiskReport"] = risk_pb2.GetRiskReportResponse(report=report)
    assert (await fluxhero("risk-report")).out == "Risk report\nPositions\n"
    assert json.loads((await fluxhero("risk-report -o json")).out)["largest_position"] == "SPY"


async def test_the_limits_are_listed_with_their_revision(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["RiskService/GetRisk"] = risk_pb2.GetRiskResponse(risk=RISK)
    assert (await fluxhero("limits")).out == (
        "max_position_bp    2000 (20%)\n"
        "correlation_limit  0.7\n"
        "correlation_basis  returns\n"
        "revision abc123; change one with: fluxhero limits set NAME=VALUE --reason REASON\n"
    )
    assert json.loads((await fluxhero("limits -o json")).out)["max_position_bp"] == 2000


async def test_limits_are_set_by_name_in_basis_points_or_percent(daemon: Any, fluxhero: Any) -> None:
    changed = risk_pb2.Risk(
        limits=risk_pb2.RiskLimits(
            max_position_bp=2_500, trend_risk_bp=104, daily_loss_bp=0, correlation_limit=0.8, correlation_basis="prices"
        ),
        limits_revision="def456",
    )
    daemon.answers["RiskService/UpdateLimits"] = risk_pb2.UpdateLimitsResponse(risk=changed)
    words = ["max_position_bp=25%", "trend_risk_bp=1.04%", "daily_loss_bp=0", "correlation_limit=0.8"]
    line = ["limits", "set", *words, "correlation_basis=prices", "--reason", "a try", "--revision", "abc123"]
    assert (await fluxhero(line)).out == (
        "trend_risk_bp = 104 (1.04%)\n"
        "max_position_bp = 2500 (25%)\n"
        "correlation_limit = 0.8\n"
        "daily_loss_bp = 0 (0%)\n"
        "correlation_basis = prices\n"
        "in force for new orders; revision def456\n"
    )
    [request] = daemon.requests("RiskService/UpdateLimits")
    assert sorted(request.update_mask.paths) == [
        "correlation_basis", "correlation_limit", "daily_loss_bp", "max_position_bp", "trend_risk_bp",
    ]  # fmt: skip
    assert (request.limits.max_position_bp, request.limits.trend_risk_bp) == (2_500, 104)
    assert (request.limits.HasField("daily_loss_bp"), request.limits.daily_loss_bp) == (True, 0)
    assert (request.reason, request.revision) == ("a try", "abc123")
    assert json.loads((await fluxhero([*line, "-o", "json"])).out)["limits_revision"] == "def456"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("nonsense=1", "'nonsense' is no limit: see fluxhero limits"),
        ("max_positions=5.5", "max_positions takes a whole number, not '5.5'"),
        ("max_positions=50%", "max_positions takes a whole number, not '50%'"),
        ("max_position_bp=0.001%", "max_position_bp takes a whole number, or such as 2.5%, not '0.001%'"),
        ("max_position_bp=x%", "max_position_bp takes a whole number, or such as 2.5%, not 'x%'"),
        ("correlation_limit=high", "correlation_limit takes a number, not 'high'"),
        ("max_position_bp", "max_position_bp takes a whole number, or such as 2.5%, not ''"),
        (f"max_positions={2**40}", f"max_positions takes a whole number, not '{2**40}'"),
    ],
)
async def test_a_limit_that_can_not_be_is_refused_here(daemon: Any, fluxhero: Any, change: str, text: str) -> None:
    result = await fluxhero(["limits", "set", change, "--reason", "a try"])
    assert (result.code, result.out, result.err) == (2, "", f"fluxhero: {text}\n")
    assert daemon.received == []


async def test_a_refusal_names_the_field(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    text = "limits.max_positions: allowed is 1 to 5000, not 0"
    daemon.answers["RiskService/UpdateLimits"] = refusal(grpc.StatusCode.INVALID_ARGUMENT, text, "INVALID_FIELD")
    result = await fluxhero(["limits", "set", "max_positions=0", "--reason", "a try"])
    assert (result.code, result.err) == (2, f"fluxhero: {text} [INVALID_FIELD]\n")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("limits set max_positions=5", "limits set needs NAME=VALUE and --reason"),
        ("limits set --reason x", "limits set needs NAME=VALUE and --reason"),
        ("limits drop", "invalid choice"),
        ("watch risk --symbol SPY", "--symbol: risk is that of the whole account"),
        ("preview buy SPY 1.5", "argument QTY: '1.5' is not a whole number above 0"),
        ("preview hold SPY 1", "invalid choice"),
    ],
)
def test_wrong_usage_is_said_without_a_daemon(line: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(line.split())
    assert ended.value.code == 2
    assert text in capsys.readouterr().err


@pytest.mark.parametrize("line", ["preview BUY 130 qqq --stop 372", "preview buy QQQ 130 --stop 372"])
async def test_a_preview_shows_the_decision_and_places_nothing(daemon: Any, fluxhero: Any, line: str) -> None:
    answer = order_pb2.PreviewOrderResponse(decision=DECISION, role=order_pb2.ORDER_ROLE_ENTRY)
    daemon.answers["OrderService/PreviewOrder"] = answer
    result = await fluxhero(line)
    assert (result.code, result.out) == (
        0,
        "Buy 130 QQQ at the market, protective stop $372.00, good for the session: entry\n"
        "\n"
        "Risk: approved with adjustment, 65 shares\n"
        "  Size reduced 50%: QQQ correlated 0.85 with SPY\n",
    )
    [request] = daemon.requests("OrderService/PreviewOrder")
    assert (request.symbol, request.quantity, request.stop_loss_price) == ("QQQ", 130, "372")
    assert [name for name, _ in daemon.received] == ["OrderService/PreviewOrder"]
    assert json.loads((await fluxhero(f"{line} -o json")).out)["decision"]["quantity"] == "65"


async def test_watch_risk_is_a_line_for_each_change(daemon: Any, fluxhero: Any, refusal: Any) -> None:
    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        yield risk_pb2.WatchRiskResponse(epoch="e", seq=1, kind=common_pb2.STREAM_KIND_SNAPSHOT, risks=[RISK])
        halted = risk_pb2.Risk(equity="84700", halted=True, halt_reason="news", as_of=AT)
        yield risk_pb2.WatchRiskResponse(
            epoch="e", seq=2, prev_seq=1, kind=common_pb2.STREAM_KIND_UPDATE, risks=[halted]
        )
        yield refusal(grpc.StatusCode.INVALID_ARGUMENT, "enough", "INVALID_FIELD")

    daemon.streams["RiskService/WatchRisk"] = stream
    result = await fluxhero("watch risk --every 2")
    assert [line.rstrip() for line in result.out.splitlines()] == [
        "at ET                    equity $   day P&L $  drawdown %  exposure %  positions  deployed $  state",
        "2024-01-22 09:31:00     84,700.00     -700.00       15.30       33.29          2    1,003.75  reduced",
        "2024-01-22 09:31:00     84,700.00           -        0.00        0.00          0           -  HALTED: news",
    ]
    assert daemon.requests("RiskService/WatchRisk")[0].min_interval.seconds == 2
