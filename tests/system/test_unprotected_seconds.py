"""Unprotected share-seconds are explained to the second: what the daemon says is what the exchange's record gives."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.restless import Restless
from harness.unprotected import share_seconds

from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import risk_pb2_grpc

SYMBOLS = ("SPY", "QQQ", "AAPL", "IBM")
PLAYED = ("--synthetic", "11", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27")
SETTINGS = ("risk.max_position=1", "risk.max_exposure=2", "risk.max_positions=20")
ROUNDS, MOST_STEPS_TO_REST = 20, 20
SECOND_NS, MINUTE_NS = 1_000_000_000, 60_000_000_000
# When something is traded within a minute: at each point of its path, and a second later what a part has left over.
MOMENTS_S = (1, 2, 19, 20, 21, 22, 39, 40, 41, 42, 59, 60)


def trade(pair: Lockstep) -> None:
    """Orders that fill in parts, are cancelled and closed, until nothing is open."""
    restless = Restless(pair.daemon, pair.simulator, SYMBOLS, seed=3, replaces=False)
    pair.step(3)
    pair.simulator.post("/sim/faults", seed=3, fault=[{"kind": "partial_fills", "probability": 0.7}])
    for _ in range(ROUNDS):
        restless.act()
        minute(pair)
    for _ in range(MOST_STEPS_TO_REST):
        if restless.wind_up():
            break
        minute(pair)
    minute(pair)


def minute(pair: Lockstep) -> None:
    """Play a minute, and let the daemon hear of each trade when it happens."""
    began_ns = pair.simulator.now_ns // MINUTE_NS * MINUTE_NS
    for moment in MOMENTS_S:
        pair.step_to(began_ns + moment * SECOND_NS)


@pytest.mark.timeout(1200)
def test_unprotected_share_seconds_are_those_of_the_exchanges_own_record(tmp_path: Path) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, "1Min", SETTINGS) as pair:
        trade(pair)
        stub = risk_pb2_grpc.RiskServiceStub(pair.daemon.channel)
        report = stub.GetRiskReport(risk.GetRiskReportRequest(), timeout=CALL_TIMEOUT_S).report
        now = stub.GetRisk(risk.GetRiskRequest(), timeout=CALL_TIMEOUT_S).risk
        theirs = share_seconds(pair.simulator)
    ours: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for span in report.unprotected_spans:
        assert span.cause
        ours[span.symbol] += span.share_seconds
        most[span.symbol] += span.shares  # a second of each span
    assert sum(theirs.values()) > 0, "nothing was ever without a stop: nothing was tested"
    assert abs(sum(ours.values()) - now.unprotected_share_seconds) < 1e-6
    for symbol in SYMBOLS:
        assert abs(ours[symbol] - theirs.get(symbol, 0.0)) <= most[symbol], symbol
