# ruff: noqa: E501  (golden output is as wide as it is)
"""How a decision reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import common_pb2, market_pb2, order_pb2, risk_pb2, signal_pb2

PASSED, FAILED = common_pb2.VERDICT_PASSED, common_pb2.VERDICT_FAILED
TEXT = """BUY SPY @ $451.25
Reason: KAMA crossover (Price $451.25 > KAMA+0.5×ATR $450.10)
Regime: STRONG_TREND (ADX=32, R²=0.81)
Risk: $1,000 (1% account), Stop: $443.25"""
DECISION = risk_pb2.RiskDecision(
    verdict=risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT,
    quantity=44,
    reason_code="position_value",
    reason="position value at most 20% of equity allows 44 shares",
    checks=[
        risk_pb2.RiskCheck(
            code="stop_loss", actual=443.25, limit=451.25, headroom=8, verdict=PASSED, text="stop $443.25"
        ),
        risk_pb2.RiskCheck(code="exposure", verdict=common_pb2.VERDICT_NOT_APPLICABLE, text="nothing is open"),
    ],
    sizing=[
        risk_pb2.SizingStep(name="risk", before=125, after=125, text="$1,000.00 (1% of equity) / $8.00 a share"),
        risk_pb2.SizingStep(name="position_value", before=125, after=44, text="at most 20% of equity allows 44 shares"),
    ],
)


def at(text: str) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return stamp


def traded() -> signal_pb2.ExplainResponse:
    signal = signal_pb2.Signal(
        id="s1", symbol="SPY", kind=signal_pb2.SIGNAL_KIND_LONG, mode=common_pb2.STRATEGY_MODE_TREND, price=451.25,
        bar_start_time=at("2024-01-22T14:30:00"), text=TEXT, outcome="ordered", outcome_text="44 shares ordered",
        indicators=market_pb2.Indicators(timeframe="1Min", close=451.25, volume=120_000, kama=448.5, atr=3.2, r_squared=0.81),
        rules=[
            signal_pb2.Rule(name="price_beyond_entry_band", value=451.25, comparison=">", threshold=450.10, distance=1.15,
                            verdict=PASSED, text="Price $451.25 > KAMA+0.5×ATR $450.10"),
            signal_pb2.Rule(name="spread", comparison="<=", threshold=0.05, verdict=FAILED, text="no quote"),
        ],
        risk=DECISION, order_ids=["fh-1"], trade_id="t-1",
        fills=[order_pb2.Fill(side=common_pb2.SIDE_BUY, quantity=44, price="451.28", time=at("2024-01-22T14:31:01"))],
    )  # fmt: skip
    return signal_pb2.ExplainResponse(signal=signal)


async def test_a_trade_is_explained_from_its_text_to_its_fills(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SignalService/Explain"] = traded()
    result = await fluxhero("explain spy")
    assert result.out == (
        "SPY, the 1Min bar of 2024-01-22 09:30:00 ET: 44 shares ordered\n"
        "\n" + TEXT + "\n"
        "\n"
        "Rules\n"
        "  rule                      value      threshold  distance  verdict   in words\n"
        "  price beyond entry band  451.25  >      450.10     +1.15  ✓ passed  Price $451.25 > KAMA+0.5×ATR $450.10\n"
        "  spread                        -  <=       0.05         -  ✗ FAILED  no quote\n"
        "\n"
        "Risk: approved with adjustment, 44 shares\n"
        "  position value at most 20% of equity allows 44 shares\n"
        "  check      actual   limit  headroom  verdict   in words\n"
        "  stop loss  443.25  451.25      8.00  ✓ passed  stop $443.25\n"
        "  exposure        -       -         -  · n/a     nothing is open\n"
        "\n"
        "Size, step by step\n"
        "  step            shares  cut  in words\n"
        "  risk               125       $1,000.00 (1% of equity) / $8.00 a share\n"
        "  position value      44  -81  at most 20% of equity allows 44 shares\n"
        "\n"
        "Indicators\n"
        "  close $ 451.25  ·  volume 120,000  ·  KAMA $ 448.50  ·  ATR $ 3.20  ·  R² 0.81\n"
        "\n"
        "What followed\n"
        "  order fh-1\n"
        "  09:31:01  buy 44 at $451.28 (provisional)\n"
        "  trade t-1\n"
    )


async def test_a_bar_without_a_trade_says_why_not_and_what_was_missing(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SignalService/Explain"] = signal_pb2.ExplainResponse(
        signal=signal_pb2.Signal(
            symbol="IBM", kind=signal_pb2.SIGNAL_KIND_NONE, bar_start_time=at("2024-01-22T14:30:00"), outcome="no_signal",
            indicators=market_pb2.Indicators(timeframe="1Hour"),
        ),
        why_not="not met: ADX 19.20 > 25",
        smallest_changes=[
            signal_pb2.SmallestChange(kind=signal_pb2.SIGNAL_KIND_LONG, mode=common_pb2.STRATEGY_MODE_TREND, text="ADX up by 5.80")
        ],
    )  # fmt: skip
    assert (await fluxhero("explain IBM")).out == (
        "IBM, the 1Hour bar of 2024-01-22 09:30:00 ET: no signal\n"
        "\n"
        "Not traded: not met: ADX 19.20 > 25\n"
        "\n"
        "What would have made a signal\n"
        "  long (trend): ADX up by 5.80\n"
    )


async def test_the_time_of_at_is_new_yorks_unless_it_names_a_zone(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SignalService/Explain"] = traded()
    await fluxhero(["explain", "SPY", "--at", "2024-07-22 10:30"])
    await fluxhero(["explain", "SPY", "--at", "2024-07-22T10:30+00:00"])
    first, second = daemon.requests("SignalService/Explain")
    assert first.time == at("2024-07-22T14:30:00")
    assert second.time == at("2024-07-22T10:30:00")


async def test_scripts_get_the_whole_explanation(daemon: Any, fluxhero: Any) -> None:
    daemon.answers["SignalService/Explain"] = traded()
    answer = json.loads((await fluxhero("explain SPY -o json")).out)
    assert answer["signal"]["risk"]["sizing"][1]["after"] == "44"
    assert "value" not in answer["signal"]["rules"][1]


@pytest.mark.parametrize("words", [["--at", "soon"], ["--timeout", "0"], ["--timeout", "nan"]])
async def test_a_wrong_option_is_a_usage_error(fluxhero: Any, words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        await fluxhero(["explain", "SPY", *words])
