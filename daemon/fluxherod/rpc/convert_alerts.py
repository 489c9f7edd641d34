"""Alerts as protobuf."""

from __future__ import annotations

from fluxhero.v1 import system_pb2
from fluxherod.engine.alert_codes import remedy
from fluxherod.engine.effects import Alert
from fluxherod.rpc.convert import SEVERITIES, optional_timestamp, timestamp


def alert_message(alert: Alert) -> system_pb2.Alert:
    """An alert with what to do about it."""
    return system_pb2.Alert(
        id=alert.id,
        code=alert.code,
        severity=SEVERITIES.to_proto(alert.severity),
        text=alert.text,
        symbol=alert.symbol,
        raised_at=timestamp(alert.raised_ns),
        last_raised_at=timestamp(alert.last_raised_ns),
        count=alert.count,
        acknowledged_at=optional_timestamp(alert.acknowledged_ns),
        acknowledged_by=alert.acknowledged_by,
        note=alert.note,
        remedy=remedy(alert.code),
    )
