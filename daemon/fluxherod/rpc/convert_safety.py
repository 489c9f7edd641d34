"""What stops trading, as protobuf."""

from __future__ import annotations

from typing import Any

from fluxhero.v1 import risk_pb2
from fluxherod.core.risk.safety import BreakerStatus
from fluxherod.engine.risk.safety import Safety
from fluxherod.rpc.convert import optional_timestamp
from fluxherod.rpc.errors import invalid

BREAKER_STATES = {
    BreakerStatus.NORMAL: risk_pb2.BREAKER_STATE_NORMAL,
    BreakerStatus.REDUCED: risk_pb2.BREAKER_STATE_REDUCED,
    BreakerStatus.DISABLED: risk_pb2.BREAKER_STATE_DISABLED,
}
_TARGETS: dict[int, str] = {
    risk_pb2.BREAKER_STATE_UNSPECIFIED: "",
    risk_pb2.BREAKER_STATE_REDUCED: "reduced",
    risk_pb2.BREAKER_STATE_NORMAL: "normal",
}


def safety_fields(safety: Safety) -> dict[str, Any]:
    """The fields of `Risk` that say what stops trading."""
    switch, breaker = safety.state.kill_switch, safety.state.breaker
    return {
        "breaker": BREAKER_STATES[breaker.status],
        "breaker_latched": breaker.latched,
        "breaker_reason": breaker.reason,
        "breaker_changed_at": optional_timestamp(breaker.changed_ns),
        "halted": bool(switch.reason),
        "halt_reason": switch.reason,
        "halted_by": switch.by,
        "halted_at": optional_timestamp(switch.since_ns),
        "daily_loss_reached": bool(safety.state.daily_loss.reason),
        "size_multiplier_bp": safety.size_bp,
    }


def breaker_target(state: int) -> str:
    """What a reset aims at, in the engine's word.

    Raises:
        Refused: when nothing can be reset to it.
    """
    if state not in _TARGETS:
        raise invalid("target", "REDUCED, NORMAL, or unspecified for the next one")
    return _TARGETS[state]
