"""A daemon whose keys the broker does not take: it says so everywhere, and asks no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from harness.processes import CALL_TIMEOUT_S, Daemon, Installation, Simulator, wait_for
from harness.relay import Relay
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME

from fluxhero.v1 import system_pb2 as system


@dataclass(frozen=True, slots=True)
class WrongKeys(Installation):
    """With another secret than the exchange's."""

    @property
    def variables(self) -> dict[str, str]:
        # By name: a dataclass with slots is made twice, and `super()` knows the first.
        return {**Installation.variables.__get__(self), "APCA_API_SECRET_KEY": "of-another-account"}


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Relay]:
    with Simulator(tmp_path, "--step", *PLAYED) as simulator, Relay(simulator.url) as relay:
        yield relay


def test_refused_keys_are_told_by_status_health_and_an_alert_and_are_never_tried_again(
    tmp_path: Path, relay: Relay
) -> None:
    there = WrongKeys(tmp_path, relay.url, SYMBOLS, TIMEFRAME)
    with Daemon(there) as daemon:
        daemon.wait_for(lambda: sum(feed.fatal for feed in daemon.status().feeds) == 3, "it is refused everywhere")
        status = daemon.status()
        assert status.state == system.TRADING_STATE_DEGRADED
        assert status.state_detail.startswith("the broker refuses the credentials (HTTP 401: unauthorized.)")
        assert {feed.name for feed in status.feeds if feed.fatal} == {"market", "trading", "rest"}
        assert [part.name for part in status.parts if part.ready] == ["journal"]
        health = health_pb2_grpc.HealthStub(daemon.channel)
        answer = health.Check(health_pb2.HealthCheckRequest(), timeout=CALL_TIMEOUT_S)
        assert answer.status == health_pb2.HealthCheckResponse.NOT_SERVING
        daemon.until_said(r"AUTHENTICATION_FAILED: The credentials are refused \(rest: HTTP 401: unauthorized\.\)")
        daemon.until_said("no exit either: stops that stand at the broker stand")
        clock = relay.paths["/sim/clock"]
        wait_for(lambda: relay.paths["/sim/clock"] > clock + 5, "what was on its way is answered")
        asked, clock = relay.statuses[401], relay.paths["/sim/clock"]
        # It polls on, by its own clock: ten more looks at that, and not one more at what is refused.
        wait_for(lambda: relay.paths["/sim/clock"] > clock + 10, "time goes on")
        assert relay.statuses[401] == asked
        assert daemon.said.count("no snapshot of the broker") <= 3  # what was on its way, and not one for each look
        assert daemon.alive
    there.remove()
