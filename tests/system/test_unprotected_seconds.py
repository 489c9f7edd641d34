"""Unprotected share-seconds are explained to the second: what the daemon says is what the exchange's record gives."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.restless import Restless
from harness.unprotected import share_seconds

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import risk_pb2_grpc

SYMBOLS = ("SPY", "QQQ", "AAPL", "IBM")
PLAYED = ("--synthetic", "11", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27")
SETTINGS = ("risk.max_position=1", "risk.max_exposure=2", "risk.max_positions=20")
SEED, ROUNDS, MOST_STEPS_TO_REST = 3, 20, 20
SECOND_NS, MINUTE_NS = 1_000_000_000, 60_000_000_000
# When something is traded within a minute: at each point of its path, and a second later what a part has left over.
MOMENTS_S = (1, 2, 19, 20, 21, 22, 39, 40, 41, 42, 59, 60)
# After these nothing happens for a while, but that the daemon acts where the broker has not for five seconds.
BEFORE_A_LEAP_S, GRACE_S = (2, 22, 42), (2, 3, 4, 5)


def trade(pair: Lockstep) -> None:
    """Orders that fill in parts, are changed, cancelled and closed, until nothing is open."""
    restless = Restless(pair.daemon, pair.simulator, SYMBOLS, seed=SEED)
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
    """Play a minute, and let the daemon hear of each trade when it happens, and act when it means to."""
    pair.settle()  # what was asked for is done at the time at which it was
    began_ns = pair.simulator.now_ns // MINUTE_NS * MINUTE_NS
    for moment in MOMENTS_S:
        pair.step_to(began_ns + moment * SECOND_NS)
        if moment in BEFORE_A_LEAP_S and passed_stops(pair):
            for later in GRACE_S:
                pair.wake_at(began_ns + (moment + later) * SECOND_NS)


def passed_stops(pair: Lockstep) -> bool:
    """True when the price of an open position is through its stop: the daemon closes it, if the broker does not."""
    listed = pair.daemon.positions.ListPositions(position.ListPositionsRequest(), timeout=CALL_TIMEOUT_S).positions
    return any(one.stop_price and not one.exit_reason and _is_passed(one) for one in listed)


def _is_passed(held: position.Position) -> bool:
    sign = -1 if held.side == common.POSITION_SIDE_SHORT else 1
    return sign * (Decimal(held.last_price) - Decimal(held.stop_price)) <= 0


@pytest.mark.timeout(1200)
def test_unprotected_share_seconds_are_those_of_the_exchanges_own_record(tmp_path: Path) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, "1Min", SETTINGS) as pair:
        trade(pair)
        stub = risk_pb2_grpc.RiskServiceStub(pair.daemon.channel)
        report = stub.GetRiskReport(risk.GetRiskReportRequest(), timeout=CALL_TIMEOUT_S).report
        now = stub.GetRisk(risk.GetRiskRequest(), timeout=CALL_TIMEOUT_S).risk
        theirs = share_seconds(pair.simulator)
    ours: Counter[str] = Counter()
    for span in report.unprotected_spans:
        assert span.cause
        ours[span.symbol] += span.share_seconds
    assert sum(theirs.values()) > 0, "nothing was ever without a stop: nothing was tested"
    assert abs(sum(ours.values()) - now.unprotected_share_seconds) < 1e-6
    for symbol in SYMBOLS:
        assert abs(ours[symbol] - theirs.get(symbol, 0.0)) < 1, symbol
