"""Alerts, for the SystemService: what was raised, and who has seen it."""

from __future__ import annotations

from collections.abc import Iterable

from fluxhero.v1 import system_pb2
from fluxherod.engine.alerts import urgency
from fluxherod.engine.commands import AcknowledgeAlertCommand
from fluxherod.engine.effects import Alert, Severity
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert import SEVERITIES, timestamp
from fluxherod.rpc.convert_alerts import alert_message
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.tables import Tables

MOST_CODES = 100


class Alerts:
    """Lists and acknowledges them, for the SystemService."""

    def __init__(self, tables: Tables, asker: Asker) -> None:
        self._tables = tables
        self._asker = asker

    async def list(self, request: system_pb2.ListAlertsRequest) -> system_pb2.ListAlertsResponse:
        """Alerts, last raised first."""
        least = validate.optional_choice(SEVERITIES, request.min_severity, "min_severity")
        severities = [one for one in Severity if least is not None and urgency(one) >= urgency(least)]
        codes, symbols = _codes(request.codes), validate.symbols(request.symbols)
        paging = Paging.of(request)
        page = await paging.collect(
            lambda size, token: self._tables.alerts(
                severities=severities,
                codes=codes,
                symbols=symbols,
                acknowledged=request.acknowledged if request.HasField("acknowledged") else None,
                since_ns=paging.since_ns,
                until_ns=paging.until_ns,
                page_size=size,
                page_token=token,
            )
        )
        return system_pb2.ListAlertsResponse(
            alerts=map(alert_message, page.items), next_page_token=page.next_page_token
        )

    async def acknowledge(
        self, request: system_pb2.AcknowledgeAlertRequest, context: Context
    ) -> system_pb2.AcknowledgeAlertResponse:
        """A person has seen an alert."""
        alert_id = validate.identifier(request.alert_id, "alert_id")
        note = validate.text(request.note, "note")
        caller = self._asker.caller("AcknowledgeAlert", request.request_id)
        if not self._asker.answered(caller):
            self._refuse_again(await self._tables.alert(alert_id))
        await self._asker.ask(AcknowledgeAlertCommand(caller, alert_id, note), context)
        alert = await self._tables.alert(alert_id)
        assert alert is not None  # the answer is durable, and the row with it
        return system_pb2.AcknowledgeAlertResponse(alert=alert_message(alert))

    def _refuse_again(self, alert: Alert | None) -> None:
        if alert is not None and alert.acknowledged_ns is not None:
            at = timestamp(alert.acknowledged_ns).ToJsonString()
            note = f": {alert.note}" if alert.note else ""
            raise Refused("ALREADY_DONE", f"{alert.id} was acknowledged by {alert.acknowledged_by} at {at}{note}")


def _codes(texts: Iterable[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(validate.identifier(text, "codes") for text in texts))
    if len(codes) > MOST_CODES:
        raise invalid("codes", f"at most {MOST_CODES}")
    return codes
