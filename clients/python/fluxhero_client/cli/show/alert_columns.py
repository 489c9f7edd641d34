"""The columns of alerts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fluxhero_client.cli.show.figures import Cell, shares, word
from fluxhero_client.cli.show.table import Column
from fluxhero_client.cli.show.times import date_and_time, exchange_zone

if TYPE_CHECKING:
    from fluxhero.v1.system_pb2 import Alert

_SEVERITY_STYLES = {"critical": "bad", "warning": "warn"}


def alert_columns() -> Sequence[Column[Alert]]:
    """Alerts."""
    return (
        Column(f"raised {exchange_zone()[1]}", lambda alert: date_and_time(alert.last_raised_at), least=19),
        Column("severity", _severity, least=8),
        Column("code", lambda alert: alert.code, least=20),
        Column("symbol", lambda alert: alert.symbol, least=6, spare=1),
        Column("times", lambda alert: shares(alert.count), right=True, spare=2),
        Column("id", lambda alert: alert.id, least=10),
        Column("seen by", _seen, least=7, spare=3),
        Column("text", lambda alert: alert.text, cuttable=True),
    )


def _severity(alert: Alert) -> Cell:
    text = word(alert, "severity")
    return Cell(text, "dim" if alert.HasField("acknowledged_at") else _SEVERITY_STYLES.get(text, ""))


def _seen(alert: Alert) -> str:
    if not alert.HasField("acknowledged_at"):
        return ""
    return f"{alert.acknowledged_by} ({alert.note})" if alert.note else alert.acknowledged_by
