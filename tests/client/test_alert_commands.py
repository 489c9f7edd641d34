# ruff: noqa: E501  (golden output is as wide as it is)
"""`alerts`, `ack` and `watch alerts`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, system_pb2
from fluxhero_client.client import connect


def at(text: str) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return stamp


REFUSED = system_pb2.Alert(
    id="a1b7eeab-2", code="STOP_REFUSED", severity=system_pb2.ALERT_SEVERITY_CRITICAL, text="the stop of SPY was refused",
    symbol="SPY", raised_at=at("2024-01-22T14:31:00"), last_raised_at=at("2024-01-22T14:36:00"), count=3,
    remedy="Read the reason.",
)  # fmt: skip
DOWN = system_pb2.Alert(
    id="a1b7eeab-1", code="MARKET_LINK_DOWN", severity=system_pb2.ALERT_SEVERITY_WARNING, text="reset",
    raised_at=at("2024-01-22T14:00:00"), last_raised_at=at("2024-01-22T14:00:00"), count=1,
    acknowledged_at=at("2024-01-22T14:01:00"), acknowledged_by="unix", note="router",
)  # fmt: skip


async def test_alerts_are_a_table_with_their_ids(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SystemService/ListAlerts"] = system_pb2.ListAlertsResponse(alerts=[REFUSED, DOWN])
    result = await fluxhero("alerts")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "raised ET            severity  code                  symbol  times  id          seen by        text\n"
        "2024-01-22 09:36:00  critical  STOP_REFUSED          SPY         3  a1b7eeab-2                 the stop of SPY was refused\n"
        "2024-01-22 09:00:00  warning   MARKET_LINK_DOWN                  1  a1b7eeab-1  unix (router)  reset\n"
        "\n"
        "What to do\n"
        "STOP_REFUSED  Read the reason.\n"
    )
    [request] = daemon.requests("SystemService/ListAlerts")
    assert not request.HasField("acknowledged")
    assert request.min_severity == system_pb2.ALERT_SEVERITY_UNSPECIFIED


async def test_alerts_are_filtered_by_the_daemon(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SystemService/ListAlerts"] = system_pb2.ListAlertsResponse()
    result = await fluxhero("alerts --open --severity warning --symbol spy --limit 5")
    assert result.out == "no open alerts\n"
    [request] = daemon.requests("SystemService/ListAlerts")
    assert request.HasField("acknowledged")
    assert (request.acknowledged, request.min_severity) == (False, system_pb2.ALERT_SEVERITY_WARNING)
    assert (list(request.symbols), request.page_size) == (["SPY"], 5)


async def test_alerts_for_scripts_are_one_array(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SystemService/ListAlerts"] = system_pb2.ListAlertsResponse(alerts=[REFUSED])
    (alert,) = json.loads((await fluxhero("alerts -o json")).out)
    assert (alert["severity"], alert["count"], alert["remedy"]) == ("ALERT_SEVERITY_CRITICAL", "3", "Read the reason.")


async def test_ack_says_who_has_seen_what(daemon: Any, fluxhero: Any) -> None:
    seen = system_pb2.Alert(acknowledged_by="unix", note="called")
    seen.MergeFrom(REFUSED)
    daemon.answers["SystemService/AcknowledgeAlert"] = system_pb2.AcknowledgeAlertResponse(alert=seen)
    result = await fluxhero(["ack", "a1b7eeab-2", "--note", "called the desk", "--request-id", "r1"])
    assert (result.code, result.out) == (
        0,
        "a1b7eeab-2 acknowledged by unix: STOP_REFUSED of SPY; raised again it is new\nwhat to do: Read the reason.\n",
    )
    [request] = daemon.requests("SystemService/AcknowledgeAlert")
    assert (request.alert_id, request.note, request.request_id) == ("a1b7eeab-2", "called the desk", "r1")


async def test_ack_of_an_alert_that_there_is_not_is_an_error_of_its_own(
    daemon: Any, fluxhero: Any, refusal: Any
) -> None:
    daemon.answers["SystemService/AcknowledgeAlert"] = refusal(
        grpc.StatusCode.NOT_FOUND, "there is no alert x", "ALERT_NOT_FOUND"
    )
    result = await fluxhero("ack x")
    assert (result.code, result.out, result.err) == (5, "", "fluxhero: there is no alert x [ALERT_NOT_FOUND]\n")


async def test_the_sdk_follows_alerts(daemon: Any) -> None:
    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        yield system_pb2.WatchAlertsResponse(
            epoch="e",
            seq=4,
            kind=common_pb2.STREAM_KIND_SNAPSHOT,
            alerts=[REFUSED],
            snapshot_topics=[common_pb2.TOPIC_ALERTS],
        )
        yield system_pb2.WatchAlertsResponse(
            epoch="e", seq=5, prev_seq=4, kind=common_pb2.STREAM_KIND_UPDATE, alerts=[DOWN]
        )

    daemon.streams["SystemService/WatchAlerts"] = stream
    seen: list[str] = []
    async with connect(daemon.target) as client:
        messages = client.watch.alerts(["SPY"])
        async for message in messages:
            seen += [alert.code for alert in message.alerts]
            if len(seen) == 2:
                break
        await messages.aclose()
    assert seen == ["STOP_REFUSED", "MARKET_LINK_DOWN"]
    [request] = daemon.requests("SystemService/WatchAlerts")
    assert list(request.symbols) == ["SPY"]


async def test_watch_prints_a_line_for_each_change(daemon: Any, fluxhero_process: Any) -> None:
    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        yield system_pb2.WatchAlertsResponse(
            epoch="e", seq=4, kind=common_pb2.STREAM_KIND_SNAPSHOT, alerts=[DOWN, REFUSED]
        )
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the test ends")

    daemon.streams["SystemService/WatchAlerts"] = stream
    process = await fluxhero_process("watch", "alerts")
    out, _ = await process.communicate()
    header, *lines = out.decode().splitlines()
    assert header.split() == ["raised", "ET", "severity", "code", "symbol", "times", "id", "seen", "by", "text"]
    assert [line.split()[3] for line in lines] == ["MARKET_LINK_DOWN", "STOP_REFUSED"]
