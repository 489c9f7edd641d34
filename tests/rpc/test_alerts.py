"""Alerts over the API: what is listed, watched and acknowledged."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, stream_pb2, system_pb2
from fluxherod.configuration.config import AlertsConfig, MarketConfig
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.engine.alert_codes import remedy
from fluxherod.engine.effects import Alert, Severity
from fluxherod.engine.events import LinkChanged, StatusesReceived, TradingStatus

WARNING, CRITICAL = system_pb2.ALERT_SEVERITY_WARNING, system_pb2.ALERT_SEVERITY_CRITICAL


async def halted(world: Any, symbol: str, trading: bool = False) -> None:
    await world.post(StatusesReceived((TradingStatus(symbol, trading, "news pending", world.clock.now_ns()),), ()))


async def listed(client: Any, **fields: Any) -> list[system_pb2.Alert]:
    return list((await client.system.ListAlerts(system_pb2.ListAlertsRequest(**fields))).alerts)


async def acknowledge(client: Any, alert_id: str, request_id: str = "r", note: str = "") -> system_pb2.Alert:
    request = system_pb2.AcknowledgeAlertRequest(request_id=request_id, alert_id=alert_id, note=note)
    return (await client.system.AcknowledgeAlert(request)).alert


async def open_alerts(client: Any) -> int:
    count: int = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.counts.open_alerts
    return count


async def test_an_alert_is_listed_with_all_that_is_known_of_it(world: Any, client: Any) -> None:
    await halted(world, "SPY")
    first_ns = world.clock.now_ns()
    await world.clock.move(first_ns + MINUTE_NS)
    await halted(world, "SPY", trading=True)
    await halted(world, "SPY")
    resumed, alert = await listed(client)
    assert (alert.id, alert.code, alert.severity, alert.symbol) == ("epoch-01-1", "SYMBOL_HALTED", WARNING, "SPY")
    assert alert.text.startswith("SPY is halted: news pending")
    assert (alert.raised_at.ToNanoseconds(), alert.last_raised_at.ToNanoseconds()) == (first_ns, first_ns + MINUTE_NS)
    assert (alert.count, alert.acknowledged_by, alert.HasField("acknowledged_at")) == (2, "", False)
    assert alert.remedy == remedy("SYMBOL_HALTED")
    assert resumed.code == "SYMBOL_RESUMED"
    assert await open_alerts(client) == 2


async def test_alerts_are_filtered_and_paged(world: Any, client: Any) -> None:
    await halted(world, "SPY")
    await world.clock.move(world.clock.now_ns() + MINUTE_NS)
    between = Timestamp()
    between.FromNanoseconds(world.clock.now_ns())
    await halted(world, "IBM")
    await world.post(LinkChanged("rest", False, "no route", fatal=True))
    await acknowledge(client, "epoch-01-2")

    async def codes(**fields: Any) -> list[str]:
        return [f"{alert.code}{alert.symbol}" for alert in await listed(client, **fields)]

    assert await codes() == ["REST_LINK_DOWN", "SYMBOL_HALTEDIBM", "SYMBOL_HALTEDSPY"]
    assert await codes(min_severity=CRITICAL) == ["REST_LINK_DOWN"]
    assert await codes(symbols=["SPY"]) == ["SYMBOL_HALTEDSPY"]
    assert await codes(codes=["SYMBOL_HALTED"], acknowledged=False) == ["SYMBOL_HALTEDSPY"]
    assert await codes(acknowledged=True) == ["SYMBOL_HALTEDIBM"]
    assert await codes(end_time=between) == ["SYMBOL_HALTEDSPY"]
    assert await codes(start_time=between, min_severity=WARNING) == ["REST_LINK_DOWN", "SYMBOL_HALTEDIBM"]
    first = await client.system.ListAlerts(system_pb2.ListAlertsRequest(page_size=2))
    rest = await client.system.ListAlerts(system_pb2.ListAlertsRequest(page_size=2, page_token=first.next_page_token))
    assert [alert.code for alert in (*first.alerts, *rest.alerts)] == [
        "REST_LINK_DOWN",
        "SYMBOL_HALTED",
        "SYMBOL_HALTED",
    ]
    assert rest.next_page_token == ""


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"min_severity": 9}, "min_severity"),
        ({"codes": ["x" * 200]}, "codes"),
        ({"codes": [f"C{number}" for number in range(101)]}, "codes"),
        ({"symbols": ["spy!"]}, "symbols"),
        ({"page_size": -1}, "page_size"),
    ],
)
async def test_what_can_not_be_listed_is_refused_with_the_field(
    client: Any, refused: Any, fields: dict[str, Any], field: str
) -> None:
    refusal = await refused(client.system.ListAlerts(system_pb2.ListAlertsRequest(**fields)))
    assert (refusal.code, list(refusal.fields)) == (grpc.StatusCode.INVALID_ARGUMENT, [field])


async def test_an_acknowledgement_says_who_and_why_and_is_made_once(world: Any, client: Any, refused: Any) -> None:
    await halted(world, "SPY")
    alert = await acknowledge(client, "epoch-01-1", note="called the desk")
    assert alert.acknowledged_at.ToNanoseconds() == world.clock.now_ns()
    assert (alert.acknowledged_by, alert.note) == ("unix", "called the desk")
    assert await acknowledge(client, "epoch-01-1", note="called the desk") == alert
    assert await open_alerts(client) == 0
    again = await refused(acknowledge(client, "epoch-01-1", request_id="other"))
    assert (again.code, again.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ALREADY_DONE")
    assert "by unix" in again.text
    assert again.text.endswith(": called the desk")
    reused = await refused(acknowledge(client, "epoch-01-2"))
    assert reused.reason == "REQUEST_ID_REUSED"


async def test_an_alert_that_there_is_not_can_not_be_acknowledged(client: Any, refused: Any) -> None:
    refusal = await refused(acknowledge(client, "epoch-01-1"))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "ALERT_NOT_FOUND")
    for request in (
        system_pb2.AcknowledgeAlertRequest(request_id="r2", alert_id=""),
        system_pb2.AcknowledgeAlertRequest(request_id="r2", alert_id="x", note="n" * 501),
    ):
        assert (await refused(client.system.AcknowledgeAlert(request))).reason == "INVALID_FIELD"


async def test_an_alert_of_an_older_version_has_been_acknowledged_already(
    world: Any, client: Any, refused: Any
) -> None:
    world.store.alert_rows["old-1"] = Alert("old-1", "A", Severity.INFO, "t", "", 1, 1, 1, 1, "fluxherod", "before")
    assert (await refused(acknowledge(client, "old-1"))).reason == "ALREADY_DONE"


async def test_watching_starts_with_the_open_alerts_and_goes_on_with_each_change(world: Any, client: Any) -> None:
    await halted(world, "SPY")
    await halted(world, "IBM")
    await acknowledge(client, "epoch-01-1")
    stream = client.system.WatchAlerts(system_pb2.WatchAlertsRequest())
    snapshot = await stream.read()
    assert (snapshot.kind, [alert.id for alert in snapshot.alerts]) == (common_pb2.STREAM_KIND_SNAPSHOT, ["epoch-01-2"])
    assert list(snapshot.snapshot_topics) == [common_pb2.TOPIC_ALERTS]
    await world.post(LinkChanged("market", False, "reset"))
    await acknowledge(client, "epoch-01-2", request_id="r2", note="fine")
    changes: list[tuple[str, str]] = []
    previous = snapshot.seq
    async with asyncio.timeout(60):
        while len(changes) < 2:
            message = await stream.read()
            assert message.prev_seq == previous
            previous = message.seq
            changes += [(alert.code, alert.note) for alert in message.alerts]
    assert changes == [("MARKET_LINK_DOWN", ""), ("SYMBOL_HALTED", "fine")]
    stream.cancel()


async def test_a_watch_of_a_symbol_also_tells_what_is_about_none(world: Any, client: Any) -> None:
    for symbol in ("SPY", "IBM"):
        await halted(world, symbol)
    await world.post(LinkChanged("market", False, "reset"))
    stream = client.stream.Watch(stream_pb2.WatchRequest(topics=[common_pb2.TOPIC_ALERTS], symbols=["IBM"]))
    snapshot = await stream.read()
    assert [(alert.code, alert.symbol) for alert in snapshot.alerts] == [
        ("SYMBOL_HALTED", "IBM"),
        ("MARKET_LINK_DOWN", ""),
    ]
    stream.cancel()


async def test_the_configuration_shows_of_a_secret_only_that_it_is_set(world: Any, client: Any) -> None:
    async def entry() -> system_pb2.ConfigEntry:
        return (await client.system.GetConfig(system_pb2.GetConfigRequest(prefix="alerts.urls"))).entries[0]

    assert ((await entry()).value, (await entry()).secret) == ("[]", True)
    alerts, market = AlertsConfig(urls=("json://user:hunter2@example.com",)), MarketConfig(symbols=("SPY", "IBM"))
    config = world.info.config.model_copy(update={"alerts": alerts, "market": market})
    world.sources.config = config
    answer = await client.system.ReloadConfig(system_pb2.ReloadConfigRequest(request_id="l1"))
    assert "hunter2" not in str(answer)
    shown = await entry()
    assert (shown.value, shown.secret) == ('"***"', True)
    assert "hunter2" not in str(shown)
    assert "hunter2" not in repr(config)
