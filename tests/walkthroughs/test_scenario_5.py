"""Scenario 5, the circuit breaker, over HTTP, WebSocket and gRPC: every figure of its walkthrough, and its messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from harness.lockstep import lockstep
from walkthroughs.minutes import HISTORIES, read_minutes
from walkthroughs.test_scenarios import WIDE, Walk, walk

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import risk_pb2_grpc
from fluxherod.core.calendar import SECOND_NS

SETTINGS = (*WIDE, "risk.daily_loss=0")
WARNING = "WARNING: Drawdown at 15.3%. Position sizes reduced 50%. Stops tightened to 2.0× ATR. Review recommended."
CLOSED = "CIRCUIT BREAKER: All positions closed. Drawdown: 20.2%. Trading DISABLED."
BLOCKED = "Trading disabled: 20% drawdown breached. Manual review required."
PRICE, SHARES = Decimal("183.20"), 100


class Losses:
    """Trades of AAPL by hand, each of which loses what the walkthrough says, while SPY is held at what it cost."""

    def __init__(self, both: Walk) -> None:
        self.both = both
        self.count = 0
        self.risks = risk_pb2_grpc.RiskServiceStub(both.daemon.channel)

    def buy(self) -> None:
        self.count += 1
        self.both.quote("AAPL", float(PRICE))
        self.both.fill_next("AAPL", "buy", float(PRICE))
        self.both.daemon.orders.PlaceOrder(
            order.PlaceOrderRequest(
                request_id=f"buy-{self.count}", symbol="AAPL", side=common.SIDE_BUY, quantity=SHARES,
                type=order.ORDER_TYPE_MARKET, stop_loss_price="180.00",
            )
        )  # fmt: skip
        self.both.pair.settle()

    def lose(self, dollars: int) -> tuple[str, float, int]:
        """A round trip that loses so much; equity, drawdown to a tenth of a percent, and the breaker after it."""
        self.buy()
        self.both.fill_next("AAPL", "sell", float(PRICE - Decimal(dollars) / SHARES))
        closed = position.ClosePositionRequest(request_id=f"sell-{self.count}", symbol="AAPL")
        self.both.daemon.positions.ClosePosition(closed)
        self.both.pair.settle()
        found = self.both.risk()
        return found.equity, round(found.drawdown_pct, 1), found.breaker


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """The reason and the words of a call that is refused."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    found = status_pb2.Status.FromString(dict(caught.value.trailing_metadata())["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    assert found.details[0].Unpack(info)
    return info.reason, found.message


def test_scenario_5_losses_reduce_then_disable_until_an_operator_resets(tmp_path: Path) -> None:
    with walk(tmp_path, SETTINGS, ("SPY", "AAPL")) as both:
        losses = Losses(both)
        both.quote("SPY", 451.28)
        assert losses.lose(980) == ("99020.00", 1.0, risk.BREAKER_STATE_NORMAL)
        assert losses.lose(1_200) == ("97820.00", 2.2, risk.BREAKER_STATE_NORMAL)
        assert losses.lose(1_500) == ("96320.00", 3.7, risk.BREAKER_STATE_NORMAL)
        assert losses.lose(8_720) == ("87600.00", 12.4, risk.BREAKER_STATE_NORMAL)  # trades 4 to 9
        assert losses.lose(2_100) == ("85500.00", 14.5, risk.BREAKER_STATE_NORMAL)

        assert losses.lose(800) == ("84700.00", 15.3, risk.BREAKER_STATE_REDUCED)
        both.daemon.until_said(re.escape(f"BREAKER_WARNING: {WARNING}"))
        warned = both.risk()
        assert (warned.peak_equity, warned.size_multiplier_bp, warned.breaker_latched) == ("100000.00", 5_000, False)
        assert warned.breaker_reason == "drawdown of 15.3% (limit 15%)"

        assert losses.lose(1_800) == ("82900.00", 17.1, risk.BREAKER_STATE_REDUCED)
        assert losses.lose(2_500) == ("80400.00", 19.6, risk.BREAKER_STATE_REDUCED)
        assert losses.lose(600) == ("79800.00", 20.2, risk.BREAKER_STATE_REDUCED)  # the first reading
        both.daemon.until_said("BREAKER_REACHED: ")
        reason, words = refusal(losses.buy)
        assert (reason, "a second reading decides" in words) == ("RISK_REJECTED", True)
        assert [one.symbol for one in both.positions()] == ["SPY"]

        both.fill_next("SPY", "sell", 451.28)
        both.move_clock(both.simulator.now_ns + 6 * SECOND_NS)
        assert not both.positions()
        both.daemon.until_said(re.escape(f"BREAKER_CLOSED: {CLOSED}"))
        found = both.risk()
        assert (found.breaker, found.breaker_latched, found.size_multiplier_bp) == (
            risk.BREAKER_STATE_DISABLED, True, 0,
        )  # fmt: skip
        assert (found.equity, found.breaker_reason) == ("79800.00", "drawdown of 20.2% (limit 20%)")
        assert refusal(losses.buy) == ("TRADING_DISABLED", BLOCKED)
        sent = both.orders_sent("AAPL")
        both.play(read_minutes("AAPL")[-1])
        rejected = both.signal("AAPL")
        assert (rejected.risk.verdict, rejected.risk.reason) == (risk.RISK_VERDICT_REJECTED, BLOCKED)
        assert both.orders_sent("AAPL") == sent

        go_on = risk.ResumeRequest(request_id="go-on", reason="let us see")
        assert refusal(lambda: losses.risks.Resume(go_on)) == (
            "TRADING_DISABLED",
            f"{BLOCKED} Reset the breaker first.",
        )
        reset = risk.ResetBreakerRequest(request_id="reset", reason="losing trades reviewed")
        after = losses.risks.ResetBreaker(reset).risk
        assert (after.breaker, after.breaker_latched) == (risk.BREAKER_STATE_REDUCED, True)
        assert (after.peak_equity, after.drawdown_pct, after.size_multiplier_bp) == ("79800.00", 0.0, 5_000)
        normal = risk.ResetBreakerRequest(request_id="n", reason="calm", target=risk.BREAKER_STATE_NORMAL)
        assert losses.risks.ResetBreaker(normal).risk.breaker == risk.BREAKER_STATE_NORMAL
        assert refusal(lambda: losses.risks.ResetBreaker(risk.ResetBreakerRequest(request_id="x", reason="x")))[0] == (
            "ALREADY_DONE"
        )


@contextmanager
def reduced(folder: Path, cash: str, **breaker: Any) -> Iterator[Walk]:
    """A daemon whose file says of the breaker what a test wants when the minute of SPY's signal is about to come."""
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22", "--cash", cash)
    with lockstep(folder, played, ("SPY",), "1Min", SETTINGS) as pair:
        assert pair.daemon.stop() == 0
        state = pair.installation.database.parent
        file = json.loads((state / "safety.json").read_text())
        file["breaker"] |= breaker
        (state / "safety.json").write_text(json.dumps(file))
        for path in state.glob("fluxhero.db*"):
            path.unlink()
        daemon = pair.restart()
        halted = risk.ResumeRequest(request_id="resume", reason="compared")
        risks = risk_pb2_grpc.RiskServiceStub(daemon.channel)
        daemon.wait_for(lambda: risks.GetRisk(risk.GetRiskRequest()).risk.halted, "it starts halted")
        risks.Resume(halted)
        pair.rejoin()
        yield Walk(pair)


@pytest.mark.parametrize(
    ("cash", "breaker", "shares", "small"),
    [
        ("100000", {"status": "reduced", "latched": True, "reason": "reset"}, 125, 62),
        ("84700", {"peak_equity": "100000.00"}, 105, 52),
    ],
)
def test_scenario_5_a_new_trade_has_half_of_the_size_and_a_tighter_stop(
    tmp_path: Path, cash: str, breaker: dict[str, Any], shares: int, small: int
) -> None:
    with reduced(tmp_path, cash, **breaker) as spy:
        spy.fill_next("SPY", "buy", 451.28)
        spy.play(read_minutes("SPY")[-1])
        decided = spy.signal("SPY")
        assert [(step.before, step.after) for step in decided.risk.sizing if step.name == "risk"] == [(shares, shares)]
        steps = {step.name: step for step in decided.risk.sizing}
        assert (steps["multipliers"].before, steps["multipliers"].after) == (shares, small)
        assert steps["multipliers"].text == "breaker 0.5: Size reduced 50%: the circuit breaker is REDUCED"
        assert decided.risk.quantity == small
        assert decided.stop_price == "444.85"  # 451.25 - 2.0 x 3.20
        assert [(one.quantity, one.stop_price) for one in spy.positions()] == [(small, "444.85")]
        assert spy.risk().breaker == risk.BREAKER_STATE_REDUCED
