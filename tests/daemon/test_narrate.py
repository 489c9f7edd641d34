"""What an operator reads in the log at level info."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode, OrderType, Regime, Side, TimeInForce
from fluxherod.engine.effects import AlertRaised, OrderUpdated, Severity, StatusChanged, TradeUpdated, Update
from fluxherod.narrate import Narrator

NOW_NS = 1_704_207_660 * 10**9
ORDER = Order(
    id="fh-1",
    symbol="SPY",
    side=Side.BUY,
    order_type=OrderType.MARKET,
    time_in_force=TimeInForce.GTC,
    role=OrderRole.ENTRY,
    quantity=44,
    state=OrderState.SUBMITTING,
    created_ns=NOW_NS,
    updated_ns=NOW_NS,
    leg_stop_e4=4_432_500,
    reason="KAMA crossover",
)


class Heard:
    def __init__(self) -> None:
        self.updates: list[Update] = []

    def publish(self, seq: int, now_ns: int, updates: Any) -> None:
        self.updates += updates


def told(caplog: pytest.LogCaptureFixture, *updates: Update, **options: bool) -> list[tuple[str, str]]:
    heard = Heard()
    with caplog.at_level(logging.INFO, "fluxherod.trading"):
        Narrator(heard, **options).publish(1, NOW_NS, updates)
    assert heard.updates == list(updates)
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_an_order_is_told_when_it_is_sent_and_when_it_fills_and_each_once(caplog: pytest.LogCaptureFixture) -> None:
    pending = replace(ORDER, state=OrderState.PENDING)
    part = replace(ORDER, state=OrderState.PARTIALLY_FILLED, filled_quantity=10, filled_value_e4=45_128_000)
    full = replace(ORDER, state=OrderState.FILLED, filled_quantity=44, filled_value_e4=44 * 4_512_800)
    assert told(caplog, *(OrderUpdated(order, "x") for order in (ORDER, ORDER, pending, part, full, full))) == [
        ("INFO", "sending entry buy 44 SPY, market with a stop at $443.25 (fh-1): KAMA crossover"),
        ("INFO", "partially filled entry buy 44 SPY, 10 at $451.28 (fh-1)"),
        ("INFO", "filled entry buy 44 SPY, at $451.28 (fh-1)"),
    ]


def test_each_line_says_in_fields_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    about = ("symbol", "order_id", "broker_order_id", "code")
    order = replace(ORDER, broker_id="b-1", state=OrderState.FILLED, filled_quantity=44, filled_value_e4=44)
    told(caplog, OrderUpdated(order, "x"), AlertRaised("STOP_REFUSED", Severity.CRITICAL, "look", "SPY"))
    assert [tuple(record.__dict__.get(name, "") for name in about) for record in caplog.records] == [
        ("SPY", "fh-1", "b-1", ""),
        ("SPY", "", "", "STOP_REFUSED"),
    ]


def test_an_order_that_ended_as_nobody_wanted_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    lost = replace(ORDER, state=OrderState.UNKNOWN, reason="no answer within 10 s")
    assert told(caplog, OrderUpdated(lost, "x")) == [
        ("WARNING", "unknown entry buy 44 SPY (fh-1): no answer within 10 s")
    ]


def test_a_closed_trade_is_told_with_its_profit_or_loss(caplog: pytest.LogCaptureFixture) -> None:
    trade = Trade(
        "t1", "SPY", 1, Mode.TREND, Regime.STRONG_TREND, None, "", 0, 125, 125 * 4_512_800, None,
        125, 125 * 4_434_500, -9_787_500, NOW_NS, "trailing stop",
    )  # fmt: skip
    assert told(caplog, TradeUpdated(replace(trade, closed_ns=None)), TradeUpdated(trade)) == [
        ("INFO", "closed long 125 SPY, $451.28 to $443.45, P&L -$978.75: trailing stop")
    ]


def test_alerts_have_their_severity_and_the_trading_time_is_told_where_it_is_not_the_walls(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alert = AlertRaised("MARKET_LINK_DOWN", Severity.CRITICAL, "look")
    assert told(caplog, alert, StatusChanged("HALTED", "by hand"), dated=True) == [
        ("CRITICAL", "2024-01-02 10:01:00 ET: MARKET_LINK_DOWN: look"),
        ("INFO", "2024-01-02 10:01:00 ET: now halted: by hand"),
    ]
