"""Domain values as protobuf: times, money, optional numbers and the enums of both sides."""

from __future__ import annotations

import math
from typing import Generic, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, signal_pb2, system_pb2
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import format_e4
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.types import Mode, OrderType, Regime, Side, SignalKind, TimeInForce, Verdict
from fluxherod.engine.effects import Severity

D = TypeVar("D")
P = TypeVar("P", bound=int)


class Names(Generic[D, P]):
    """A domain enum and its protobuf enum, value by value."""

    def __init__(self, pairs: dict[D, P]) -> None:
        self._to = pairs
        self._from = {number: value for value, number in pairs.items()}

    def to_proto(self, value: D) -> P:
        """The number on the wire."""
        return self._to[value]

    def from_proto(self, number: int) -> D | None:
        """The domain value; None for the zero value and for numbers that this version does not know."""
        return self._from.get(number)  # type: ignore[call-overload,no-any-return]


SIDES = Names({Side.BUY: common_pb2.SIDE_BUY, Side.SELL: common_pb2.SIDE_SELL})
MODES = Names({
    Mode.TREND: common_pb2.STRATEGY_MODE_TREND,
    Mode.MEAN_REVERSION: common_pb2.STRATEGY_MODE_MEAN_REVERSION,
    Mode.MANUAL: common_pb2.STRATEGY_MODE_MANUAL,
})
REGIMES = Names({
    Regime.MEAN_REVERSION: common_pb2.REGIME_MEAN_REVERSION,
    Regime.NEUTRAL: common_pb2.REGIME_NEUTRAL,
    Regime.STRONG_TREND: common_pb2.REGIME_STRONG_TREND,
})
VERDICTS = Names({
    Verdict.PASSED: common_pb2.VERDICT_PASSED,
    Verdict.FAILED: common_pb2.VERDICT_FAILED,
    Verdict.NOT_APPLICABLE: common_pb2.VERDICT_NOT_APPLICABLE,
})
ORDER_TYPES = Names({kind: order_pb2.OrderType.Value(f"ORDER_TYPE_{kind.name}") for kind in OrderType})
TIMES_IN_FORCE = Names({kind: order_pb2.TimeInForce.Value(f"TIME_IN_FORCE_{kind.name}") for kind in TimeInForce})
ORDER_STATES = Names({state: order_pb2.OrderState.Value(f"ORDER_STATE_{state.name}") for state in OrderState})
ORDER_ROLES = Names({role: order_pb2.OrderRole.Value(f"ORDER_ROLE_{role.name}") for role in OrderRole})
SIGNAL_KINDS = Names({kind: signal_pb2.SignalKind.Value(f"SIGNAL_KIND_{kind.name}") for kind in SignalKind})
RISK_VERDICTS = Names({verdict: risk_pb2.RiskVerdict.Value(f"RISK_VERDICT_{verdict.name}") for verdict in RiskVerdict})
SEVERITIES = Names({
    severity: system_pb2.AlertSeverity.Value(f"ALERT_SEVERITY_{severity.name}") for severity in Severity
})


def timestamp(ns: int) -> Timestamp:
    """A time on the wire."""
    seconds, nanos = divmod(ns, SECOND_NS)
    return Timestamp(seconds=seconds, nanos=nanos)


def optional_timestamp(ns: int | None) -> Timestamp | None:
    """A time, or nothing where there is none (None or 0)."""
    return timestamp(ns) if ns else None


def duration(ns: int) -> Duration:
    """A length of time; negative ones have negative nanos, as the contract of Duration wants."""
    seconds, nanos = divmod(abs(ns), SECOND_NS)
    sign = -1 if ns < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * nanos)


def money(value_e4: int) -> str:
    """An exact amount as a decimal string."""
    return format_e4(value_e4)


def optional_money(value_e4: int | None) -> str | None:
    """An exact amount, or nothing."""
    return None if value_e4 is None else format_e4(value_e4)


def known(value: float) -> float | None:
    """A finite number, or nothing: NaN never travels."""
    return float(value) if math.isfinite(value) else None


def percent(part_e4: int, whole_e4: int) -> float:
    """A share in percent, 0 of nothing."""
    return 100 * part_e4 / abs(whole_e4) if whole_e4 else 0.0
