"""Days over sockets, compared with the backtest of the same bars: clean ones, and one in which much goes otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.tape import FIRST_DAY, LAST_DAY, PLAYED

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import risk_pb2_grpc
from fluxherod.__main__ import main

# Short memories and loose rules: the strategy trades every few minutes.
BUSY = (
    "kama_period=5", "ema_period=5", "rsi_period=5", "atr_period=5", "adx_period=5", "bollinger_period=5",
    "regression_period=5", "volume_period=5", "atr_average_period=10", "confirmation_bars=1", "entry_atr=0.05",
    "exit_atr=0.05", "noise.volume_ratio=0", "noise.breakout_volume_ratio=0",
    "noise.spread_limit=0.9", "noise.spread_limit_illiquid=0.9",
)  # fmt: skip


def compared(pair: Lockstep, day: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    state = str(pair.installation.database.parent)
    code = main(["backtest", "--like-day", day, "--state-dir", state, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert [one for one in found["findings"] if one["class"] == "unexplained"] == []
    assert code == 0
    return found


@pytest.mark.parametrize("day", [FIRST_DAY, "2023-06-28", LAST_DAY])
def test_of_days_that_nobody_disturbed_prices_and_the_spread_are_all_that_differs(
    undisturbed: Lockstep, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compared(undisturbed, day, capsys)
    assert found["history_bars"] == 500
    differing = [one for one in found["findings"] if one["class"] not in ("same", "fill_price")]
    assert {(one["class"], one["rule"]) for one in differing} <= {("live_rule", "spread")}
    assert sum(one["money"] for one in found["classes"]) == pytest.approx(found["live"] - found["backtest"])


def test_what_goes_otherwise_on_a_day_is_told_by_its_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["strategy." + value for value in BUSY]
    with lockstep(tmp_path, PLAYED, ("SPY", "QQQ"), "1Min", settings) as pair:
        pair.step(1)
        _place(pair)
        pair.simulator.post("/sim/asset", symbol="SPY", tradable=False)  # the daemon asks in the morning
        pair.step(6)
        pair.simulator.post("/sim/asset", symbol="SPY", tradable=True)
        pair.simulator.post("/sim/faults", seed=1, fault=[{"kind": "partial_fills", "probability": 1.0}])
        pair.step(12)
        pair.simulator.delete("/sim/faults")
        pair.daemon.stop()
        for _ in range(8):
            pair.simulator.post("/sim/step", minutes=1)
        pair.start()
        pair.step(3)
        halt = risk.HaltRequest(request_id="halt", reason="a look")
        risk_pb2_grpc.RiskServiceStub(pair.daemon.channel).Halt(halt, timeout=CALL_TIMEOUT_S)
        pair.step(10)
        found = compared(pair, FIRST_DAY, capsys)
    classes = {one["class"] for one in found["classes"]}
    assert classes >= {"refused", "partial_fill", "manual_order", "operator", "data_late"}


def _place(pair: Lockstep) -> None:
    request = order.PlaceOrderRequest(
        request_id="by-hand", symbol="QQQ", side=common.SIDE_BUY, quantity=5,
        type=order.ORDER_TYPE_MARKET, stop_loss_price="300.00",
    )  # fmt: skip
    pair.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)
    pair.settle()
