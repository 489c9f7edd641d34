"""Scenario 7 over HTTP, WebSocket and gRPC: QQQ is bought beside SPY, at half the size, and it says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.protobuf.field_mask_pb2 import FieldMask
from walkthroughs.minutes import read_minutes
from walkthroughs.test_scenarios import WIDE, Walk, walk

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import order_pb2_grpc, risk_pb2_grpc, system_pb2_grpc
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import system_pb2 as system

TEXT = "Size reduced 50%: QQQ correlated 0.85 with SPY"
REPORT = """\
Equity $99,996.75, peak $100,000.00: drawdown 0.0%, largest so far 0.0%
Exposure $81,110.00 (81.1%): long $81,110.00, short $0.00, working $0.00
Risk deployed $1,527.00 (1.5%); if every stop is hit at its price, equity is $98,473.00
Positions, largest first:
  SPY LONG 125, $56,410.00 (56.4%), stop $443.25 loses $1,003.75
  QQQ LONG 65, $24,700.00 (24.7%), stop $372.00 loses $523.25
Correlations:
  QQQ SPY 0.85"""


@contextmanager
def walk_with_spy(folder: Path, settings: tuple[str, ...] = WIDE) -> Iterator[Walk]:
    """SPY is held and quoted at its fill; the next minute is QQQ's signal."""
    with walk(folder, settings, ("SPY", "QQQ")) as both:
        both.quote("SPY", 451.28)
        assert not both.signals("QQQ")
        yield both


def risk_more(both: Walk) -> risk.Risk:
    """Set the risk of a trade to 1.04 %, while the daemon runs."""
    request = risk.UpdateLimitsRequest(
        request_id="limits-1",
        limits=risk.RiskLimits(trend_risk_bp=104),
        update_mask=FieldMask(paths=["trend_risk_bp"]),
        reason="scenario 7",
    )
    return risk_pb2_grpc.RiskServiceStub(both.daemon.channel).UpdateLimits(request).risk


def buy(both: Walk) -> None:
    both.fill_next("QQQ", "buy", 380.05)
    both.play(read_minutes("QQQ")[-1])


def test_scenario_7_of_130_shares_65_are_bought_with_the_seeds_reason(tmp_path: Path) -> None:
    with walk_with_spy(tmp_path) as both:
        before = both.risk()
        after = risk_more(both)
        assert (before.limits.trend_risk_bp, after.limits.trend_risk_bp) == (100, 104)
        assert before.limits_revision != after.limits_revision
        config = system_pb2_grpc.SystemServiceStub(both.daemon.channel).GetConfig(
            system.GetConfigRequest(prefix="risk.trend_risk")
        )
        (entry,) = config.entries
        assert (entry.value, entry.origin) == ("0.0104", system.CONFIG_ORIGIN_RUNTIME)

        buy(both)
        decided = both.signal("QQQ")
        assert decided.price == 380.00
        assert decided.entry_trigger.startswith("KAMA crossover")
        assert (decided.risk_amount, decided.stop_price) == ("1040.00", "372.00")
        decision = decided.risk
        assert decision.verdict == risk.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT
        assert (decision.quantity, decision.reason_code, decision.reason) == (65, "correlation", TEXT)
        steps = {step.name: (step.before, step.after) for step in decision.sizing}
        assert (steps["risk"], steps["multipliers"]) == ((130, 130), (130, 65))
        check = next(check for check in decision.checks if check.code == "correlation")
        assert (check.limit, round(check.actual, 2), round(check.headroom, 2)) == (0.7, 0.85, -0.15)

        (sent,) = [one for one in both.orders_sent("QQQ") if one["side"] == "buy"]
        assert (sent["qty"], sent["type"], sent["filled_avg_price"]) == ("65", "market", "380.05")
        held = {one.symbol: (one.quantity, one.average_price, one.cost_basis) for one in both.positions()}
        assert held == {"SPY": (125, "451.28", "56410.00"), "QQQ": (65, "380.05", "24703.25")}
        assert both.account().cash == "18886.75"


def test_scenario_7_the_risk_afterwards_is_in_the_figures_and_in_the_report(tmp_path: Path) -> None:
    with walk_with_spy(tmp_path) as both:
        risk_more(both)
        buy(both)
        both.quote("QQQ", 380.05)
        now = both.risk()
        assert (now.exposure, round(now.exposure_pct, 1), now.open_positions) == ("81113.25", 81.1, 2)
        assert (now.equity, now.risk_deployed) == ("100000.00", "1527.00")
        both.quote("QQQ", 380.00)
        report = risk_pb2_grpc.RiskServiceStub(both.daemon.channel).GetRiskReport(risk.GetRiskReportRequest()).report
        assert report.text.partition("\n")[2] == REPORT
        assert [(one.symbol, one.other_symbol, round(one.rho, 2)) for one in report.correlations] == [
            ("QQQ", "SPY", 0.85)
        ]
        assert [(one.symbol, one.risk_at_stop, one.loss_to_stop) for one in report.positions] == [
            ("SPY", "1003.75", "1003.75"), ("QQQ", "523.25", "520.00"),
        ]  # fmt: skip
        assert (report.largest_position, report.worst_case_equity) == ("SPY", "98473.00")


def test_scenario_7_an_operator_sees_it_before_the_order(tmp_path: Path) -> None:
    with walk_with_spy(tmp_path) as both:
        risk_more(both)
        both.quote("QQQ", 380.00)
        orders = order_pb2_grpc.OrderServiceStub(both.daemon.channel)
        request = order.PreviewOrderRequest(
            symbol="QQQ", side=common.SIDE_BUY, quantity=130, type=order.ORDER_TYPE_MARKET, stop_loss_price="372.00"
        )
        answer = orders.PreviewOrder(request)
        assert answer.role == order.ORDER_ROLE_ENTRY
        assert (answer.decision.quantity, answer.decision.reason) == (65, TEXT)
        assert not [one for one in both.orders_sent("QQQ")]


def test_scenario_7_with_default_limits_is_held_to_the_exposure_too(tmp_path: Path) -> None:
    """44 SPY are 19,856.32; 20 % of the equity are 52 QQQ, half of them 26."""
    with walk_with_spy(tmp_path, ()) as both:
        buy(both)
        decision = both.signal("QQQ").risk
        assert decision.quantity == 26
        assert decision.reason == f"position value at most 20% of equity allows 52 shares; {TEXT}"
