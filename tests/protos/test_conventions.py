"""What buf does not know: the rules of this API, and that it carries what the daemon knows."""

from dataclasses import fields
from enum import EnumType
from typing import Any

import pytest
from google.protobuf.descriptor import FileDescriptor, MethodDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from fluxhero.v1 import backtest_pb2, common_pb2, errors_pb2, order_pb2, risk_pb2, signal_pb2, strategy_pb2, system_pb2
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Mode, OrderType, Regime, Side, SignalKind, TimeInForce, Verdict
from fluxherod.engine.effects import ReplyCode, Severity

READS = ("Get", "List", "Watch", "Preview", "Explain", "Export")
SERVICES = {
    "SystemService": "GetStatus GetConfig ReloadConfig ListAlerts AcknowledgeAlert WatchStatus WatchAlerts WatchEvents",
    "MarketService": "GetBars GetQuote GetIndicators ListSymbols AddSymbol RemoveSymbol "
    "WatchPrices WatchBars WatchIndicators",
    "AccountService": "GetAccount GetEquityCurve WatchAccount",
    "PositionService": "ListPositions GetPosition ClosePosition CloseAllPositions WatchPositions",
    "OrderService": "PreviewOrder PlaceOrder CancelOrder CancelAllOrders ReplaceOrder GetOrder ListOrders WatchOrders",
    "SignalService": "ListSignals GetSignal Explain WatchSignals",
    "StrategyService": "ListStrategies GetPerformance EnableSymbol DisableSymbol UpdateParameters",
    "RiskService": "GetRisk GetRiskReport UpdateLimits Halt Resume Flatten ResetBreaker WatchRisk",
    "TradeService": "ListTrades GetTrade GetStatistics ExportTrades",
    "BacktestService": "GetBacktest ListBacktests CancelBacktest RunBacktest RunWalkForward RunSweep",
    "StreamService": "Watch",
}


@pytest.fixture(scope="module")
def methods(files: list[FileDescriptor]) -> list[MethodDescriptor]:
    return [method for file in files for service in file.services_by_name.values() for method in service.methods]


def test_the_services_are_those_of_the_documented_table(files: list[FileDescriptor]) -> None:
    found = {
        name: {method.name for method in service.methods}
        for file in files
        for name, service in file.services_by_name.items()
    }
    assert found == {name: set(rpcs.split()) for name, rpcs in SERVICES.items()}


def test_every_call_that_changes_something_starts_with_a_request_id(
    methods: list[MethodDescriptor],
) -> None:
    for method in methods:
        first = method.input_type.fields_by_number.get(1)
        carries = first is not None and first.name == "request_id"
        assert carries != method.name.startswith(READS), method.full_name


def test_every_list_is_paged(methods: list[MethodDescriptor]) -> None:
    paged = [method for method in methods if method.name.startswith("List")]
    paged += [method for method in methods if method.name in ("GetBars", "GetEquityCurve", "GetBacktest")]
    for method in paged:
        assert {"page_size", "page_token"} <= set(method.input_type.fields_by_name), method.full_name
        assert "next_page_token" in method.output_type.fields_by_name, method.full_name


MONEY = ("pnl", "equity", "cash", "exposure", "commission", "value", "cost_basis", "buying_power")


@pytest.mark.parametrize(
    "name", ["Account", "EquityPoint", "Position", "Order", "Fill", "Trade", "TradeStatistics", "Risk"]
)
def test_money_and_prices_of_trading_objects_are_decimal_strings(files: list[FileDescriptor], name: str) -> None:
    message = next(file.message_types_by_name[name] for file in files if name in file.message_types_by_name)
    for field in message.fields:
        if field.name.endswith(("_price", "_pnl", *(f"_{word}" for word in MONEY))) or field.name in MONEY:
            assert field.type == field.TYPE_STRING, field.full_name
        if field.name.endswith("quantity"):
            assert field.type == field.TYPE_INT64, field.full_name


def test_every_strategy_parameter_of_the_daemon_has_its_field() -> None:
    names = {field.name for field in fields(StrategyParams)}
    assert names <= set(strategy_pb2.StrategyParameters.DESCRIPTOR.fields_by_name)


def test_every_risk_limit_of_the_daemon_has_its_field() -> None:
    assert {field.name for field in fields(RiskLimits)} <= set(risk_pb2.RiskLimits.DESCRIPTOR.fields_by_name)


@pytest.mark.parametrize("settings", [strategy_pb2.StrategyParameters, risk_pb2.RiskLimits])
def test_settings_tell_zero_from_unset(settings: Any) -> None:
    assert all(field.has_presence for field in settings.DESCRIPTOR.fields)


@pytest.mark.parametrize(
    ("domain", "wire", "prefix"),
    [
        (Side, common_pb2.Side, "SIDE_"),
        (Mode, common_pb2.StrategyMode, "STRATEGY_MODE_"),
        (Regime, common_pb2.Regime, "REGIME_"),
        (Verdict, common_pb2.Verdict, "VERDICT_"),
        (SignalKind, signal_pb2.SignalKind, "SIGNAL_KIND_"),
        (OrderType, order_pb2.OrderType, "ORDER_TYPE_"),
        (TimeInForce, order_pb2.TimeInForce, "TIME_IN_FORCE_"),
        (OrderState, order_pb2.OrderState, "ORDER_STATE_"),
        (OrderRole, order_pb2.OrderRole, "ORDER_ROLE_"),
        (RiskVerdict, risk_pb2.RiskVerdict, "RISK_VERDICT_"),
        (Severity, system_pb2.AlertSeverity, "ALERT_SEVERITY_"),
    ],
)
def test_every_word_of_the_daemon_has_its_value(domain: EnumType, wire: EnumTypeWrapper, prefix: str) -> None:
    assert {prefix + member.name for member in domain} <= set(wire.keys())


def test_every_refusal_of_the_daemon_has_its_reason() -> None:
    refusals = {f"ERROR_REASON_{code.name}" for code in ReplyCode if code is not ReplyCode.OK}
    assert refusals <= set(errors_pb2.ErrorReason.keys())


def test_a_sweep_can_vary_every_strategy_parameter() -> None:
    names = strategy_pb2.StrategyParameters.DESCRIPTOR.fields_by_name
    assert all(field.type in (field.TYPE_INT32, field.TYPE_DOUBLE, field.TYPE_BOOL) for field in names.values())
    assert backtest_pb2.SweepAxis.DESCRIPTOR.fields_by_name["values"].type == 1
