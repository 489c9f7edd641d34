"""Domain values as protobuf: times, money, optional numbers and the enums of both sides."""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, Generic, TypeVar

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, order_pb2, risk_pb2, signal_pb2, system_pb2
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.money import format_e4
from fluxherod.core.orders import OrderRole, OrderState
from fluxherod.core.signals import RiskVerdict
from fluxherod.core.types import Mode, OrderType, Regime, Side, SignalKind, TimeInForce, Verdict
from fluxherod.engine.effects import Severity
from fluxherod.engine.streams.hub import Published

D = TypeVar("D")
P = TypeVar("P", bound=int)
E = TypeVar("E", bound=Enum)


class Names(Generic[D, P]):
    """A domain enum and its protobuf enum, value by value."""

    def __init__(self, pairs: dict[D, P]) -> None:
        self._to = pairs
        self._from: dict[int, D] = {number: value for value, number in pairs.items()}

    def to_proto(self, value: D) -> P:
        """The number on the wire."""
        return self._to[value]

    def from_proto(self, number: int) -> D | None:
        """The domain value; None for the zero value and for numbers that this version does not know."""
        return self._from.get(number)


def _by_name(kinds: type[E], numbers: Any, prefix: str) -> dict[E, Any]:
    """Each member with the number of the wire's name for it."""
    return {kind: numbers.Value(f"{prefix}_{kind.name}") for kind in kinds}


SIDES = Names({Side.BUY: common_pb2.SIDE_BUY, Side.SELL: common_pb2.SIDE_SELL})
MODES = Names(
    {
        Mode.TREND: common_pb2.STRATEGY_MODE_TREND,
        Mode.MEAN_REVERSION: common_pb2.STRATEGY_MODE_MEAN_REVERSION,
        Mode.MANUAL: common_pb2.STRATEGY_MODE_MANUAL,
    }
)
REGIMES = Names(
    {
        Regime.MEAN_REVERSION: common_pb2.REGIME_MEAN_REVERSION,
        Regime.NEUTRAL: common_pb2.REGIME_NEUTRAL,
        Regime.STRONG_TREND: common_pb2.REGIME_STRONG_TREND,
    }
)
VERDICTS = Names(
    {
        Verdict.PASSED: common_pb2.VERDICT_PASSED,
        Verdict.FAILED: common_pb2.VERDICT_FAILED,
        Verdict.NOT_APPLICABLE: common_pb2.VERDICT_NOT_APPLICABLE,
    }
)
ORDER_TYPES = Names(_by_name(OrderType, order_pb2.OrderType, "ORDER_TYPE"))
TIMES_IN_FORCE = Names(_by_name(TimeInForce, order_pb2.TimeInForce, "TIME_IN_FORCE"))
ORDER_STATES = Names(_by_name(OrderState, order_pb2.OrderState, "ORDER_STATE"))
ORDER_ROLES = Names(_by_name(OrderRole, order_pb2.OrderRole, "ORDER_ROLE"))
SIGNAL_KINDS = Names(_by_name(SignalKind, signal_pb2.SignalKind, "SIGNAL_KIND"))
RISK_VERDICTS = Names(_by_name(RiskVerdict, risk_pb2.RiskVerdict, "RISK_VERDICT"))
SEVERITIES = Names(_by_name(Severity, system_pb2.AlertSeverity, "ALERT_SEVERITY"))


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


def encode_update(update: Published) -> bytes | None:
    """What a hub encodes with until its server takes over, when nobody can subscribe yet."""
    return None
