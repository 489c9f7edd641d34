"""The official SDK and the `alpacasim` command, each in a process of its own, while the time runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import MarketOrderRequest


@pytest.fixture
def url(opened: list[object]) -> Iterator[str]:
    """Where a simulator listens that plays 600 exchange seconds a second once somebody has subscribed."""
    options = ("--synthetic", "7", "--symbols", "SPY,QQQ", "--speed", "600", "--wait", "--listen", "127.0.0.1:0")
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "daemon"), "PATH": ""}
    command = [sys.executable, "-m", "alpacasim", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield process.stdout.readline().rpartition(" ")[2].strip()
        process.terminate()
        assert process.wait(10) == 0


def test_a_bot_waits_for_a_bar_buys_and_hears_of_its_fill(url, open_stream):
    trading = TradingClient("PKDEMO", "demo-secret", url_override=url)
    assert not trading.get_clock().is_open
    updates = open_stream(url, "trade_updates")
    bar = open_stream(url, "bars", "SPY").take(1)[0]
    assert trading.get_clock().is_open
    order = trading.submit_order(MarketOrderRequest(symbol="SPY", qty=3, side="buy", time_in_force="day"))
    pending, new, fill = updates.take(3)
    assert [update.event for update in (pending, new, fill)] == ["pending_new", "new", "fill"]
    assert (fill.order.id, fill.qty, fill.position_qty) == (order.id, 3.0, 3.0)
    assert fill.price == pytest.approx(bar.close, rel=0.01)
    assert trading.get_open_position("SPY").qty == "3"
