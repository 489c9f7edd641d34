"""The seed's walkthroughs over HTTP, WebSocket and gRPC: real programs, scripted prices, every figure to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import Daemon
from walkthroughs.minutes import HISTORIES
from walkthroughs.scenario4 import BEST_MINUTE, MINUTES, STOP_MINUTE, STOP_PRICE

from fluxhero.v1 import account_pb2 as account
from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import market_pb2_grpc, risk_pb2_grpc
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import signal_pb2 as signal
from fluxhero.v1 import system_pb2 as system
from fluxhero.v1 import trade_pb2 as trade
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.types import Bar

WIDE = ("risk.max_position=1", "risk.max_exposure=2")
SIGNAL_TEXT = """\
BUY SPY @ $451.25
Reason: KAMA crossover (Price $451.25 > KAMA+0.5×ATR $450.10)
Regime: STRONG_TREND (ADX=32, R²=0.81)
Risk: $1,000 (1% account), Stop: $443.25"""


class Walk:
    """A daemon on SPY's minutes and a simulator whose prices are scripted from the signal's bar on."""

    def __init__(self, pair: Lockstep) -> None:
        self.pair = pair
        self.simulator = pair.simulator
        self.daemon: Daemon = pair.daemon

    def move_clock(self, ns: int) -> None:
        """Let time pass without prices, until the daemon knows."""
        self.simulator.post("/sim/clock", time_ns=ns)
        self.daemon.wait_for(lambda: self.daemon.status().clock.time.ToNanoseconds() >= ns, "the time has come")
        self.pair.settle()

    def script(self, bar: Bar, *prints: float) -> None:
        """A minute: prints in it, its bar at its end, and the decision on it."""
        for price in prints:
            self.simulator.post("/sim/trade", symbol=bar.symbol, price=price, size=100)
        self.pair.settle()
        end_ns = bar.start_ns + MINUTE_NS
        self.move_clock(end_ns)
        self.simulator.post(
            "/sim/bar", symbol=bar.symbol, open=bar.open, high=bar.high, low=bar.low, close=bar.close,
            volume=bar.volume, timestamp=bar.start_ns,
        )  # fmt: skip
        self.pair.settle()
        self.move_clock(end_ns + 3 * SECOND_NS)
        self.daemon.wait_for(
            lambda: self.daemon.status().progress.last_bar_time.ToNanoseconds() >= bar.start_ns, "the bar is decided"
        )
        self.pair.settle()

    # --- what the API says ---------------------------------------------------------------------------
    def account(self) -> account.Account:
        return self.daemon.account.GetAccount(account.GetAccountRequest()).account

    def positions(self) -> list[position.Position]:
        return list(self.daemon.positions.ListPositions(position.ListPositionsRequest()).positions)

    def signal(self) -> signal.Signal:
        found = self.daemon.signals.ListSignals(signal.ListSignalsRequest(symbols=["SPY"])).signals
        assert len(found) == 1
        return self.daemon.signals.GetSignal(signal.GetSignalRequest(signal_id=found[0].id)).signal

    def risk(self) -> risk.Risk:
        return risk_pb2_grpc.RiskServiceStub(self.daemon.channel).GetRisk(risk.GetRiskRequest()).risk

    def trades(self) -> list[trade.Trade]:
        return list(self.daemon.trades.ListTrades(trade.ListTradesRequest()).trades)


@contextmanager
def walk(folder: Path, settings: tuple[str, ...]) -> Iterator[Walk]:
    """The morning of 2024-01-22: 500 minutes are history, the next bar is the signal's."""
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22")
    with lockstep(folder, played, ("SPY",), "1Min", settings) as pair:
        walk = Walk(pair)
        pair.simulator.post("/sim/fills", symbol="SPY", side="buy", fills=[{"price": 451.28}])
        first_end_ns = MINUTES[0].start_ns
        pair.simulator.post("/sim/step", until=first_end_ns)
        pair.simulator.post("/sim/quote", symbol="SPY", bid=451.24, ask=451.26)
        pair.settle()
        walk.move_clock(first_end_ns + 3 * SECOND_NS)
        pair.daemon.wait_for(lambda: bool(walk.daemon.status().progress.last_bar_time.seconds), "the bar is decided")
        pair.settle()
        yield walk


def test_scenario_1_the_daemon_starts_loads_500_bars_and_streams(tmp_path: Path) -> None:
    symbols = ("SPY", "AAPL", "MSFT")
    with lockstep(tmp_path, ("--synthetic", "7", "--symbols", ",".join(symbols)), symbols, "1Hour") as pair:
        status = pair.daemon.status()
        assert status.state == system.TRADING_STATE_ACTIVE
        assert {feed.name: feed.up for feed in status.feeds}["market"]
        books = pair.daemon.account.GetAccount(account.GetAccountRequest()).account
        assert (books.equity, books.cash) == ("100000.00", "100000.00")
        assert not pair.daemon.positions.ListPositions(position.ListPositionsRequest()).positions
        stub = market_pb2_grpc.MarketServiceStub(pair.daemon.channel)
        for symbol in symbols:
            bars = stub.GetBars(market.GetBarsRequest(symbol=symbol, page_size=500)).bars
            assert len(bars) == 500
        pair.step()
        assert {feed.name: feed.bars for feed in pair.daemon.status().feeds}["market"] == len(symbols)


def test_scenario_2_a_trend_entry_with_every_figure_to_the_cent(tmp_path: Path) -> None:
    with walk(tmp_path, WIDE) as spy:
        decided = spy.signal()
        assert decided.text == SIGNAL_TEXT
        assert decided.entry_trigger == "KAMA crossover (Price > KAMA + 0.5×ATR)"
        assert decided.noise_filter_passed
        assert decided.volume_validated
        values = decided.indicators
        printed = (
            f"{values.kama:.2f}",
            f"{values.atr:.2f}",
            f"{values.rsi:.0f}",
            f"{values.adx:.0f}",
            f"{values.r_squared:.2f}",
        )
        assert printed == ("448.50", "3.20", "62", "32", "0.81")
        assert decided.regime == common.REGIME_STRONG_TREND
        assert (decided.risk_amount, decided.stop_price) == ("1000.00", "443.25")
        assert decided.risk.verdict == risk.RISK_VERDICT_APPROVED
        assert decided.risk.quantity == 125

        (order,) = [one for one in spy.simulator.all_orders() if one["side"] == "buy"]
        assert (order["qty"], order["type"], order["order_class"]) == ("125", "market", "oto")
        assert (order["filled_qty"], order["filled_avg_price"]) == ("125", "451.28")
        (held,) = spy.positions()
        assert (held.side, held.quantity, held.average_price) == (common.POSITION_SIDE_LONG, 125, "451.28")
        assert (held.cost_basis, held.stop_price, held.risk_at_stop) == ("56410.00", "443.25", "1003.75")
        assert (held.last_price, held.market_value, held.unrealized_pnl) == ("451.28", "56410.00", "0.00")
        books = spy.account()
        assert (books.cash, books.equity) == ("43590.00", "100000.00")
        (opened,) = spy.trades()
        assert opened.state == trade.TRADE_STATE_OPEN
        assert opened.signal_reason == SIGNAL_TEXT.replace("\n", " | ")


def test_scenario_2_with_default_limits_is_cut_to_44_shares_and_says_why(tmp_path: Path) -> None:
    with walk(tmp_path, ()) as spy:
        decision = spy.signal().risk
        assert decision.verdict == risk.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT
        assert decision.quantity == 44
        steps = {step.name: (step.before, step.after) for step in decision.sizing}
        assert steps["risk"] == (125, 125)
        assert steps["position_value"] == (125, 44)
        assert decision.reason == "position value at most 20% of equity allows 44 shares"
        assert [one.quantity for one in spy.positions()] == [44]


def test_scenario_4_the_stop_trails_and_is_hit_with_every_figure_to_the_cent(tmp_path: Path) -> None:
    with walk(tmp_path, WIDE) as spy:
        for number, bar in enumerate(MINUTES, start=1):
            if number == STOP_MINUTE:
                break
            spy.script(bar, bar.close)
            (held,) = spy.positions()
            assert held.stop_price == ("443.25" if number < BEST_MINUTE else "444.00")
        working = spy.simulator.get("/v2/orders?status=open&symbols=SPY")
        assert [(one["type"], one["stop_price"], one["qty"], one["time_in_force"]) for one in working] == [
            ("stop", "444", "125", "gtc")
        ]
        spy.simulator.post("/sim/fills", symbol="SPY", side="sell", fills=[{"price": 443.45}])
        spy.simulator.post("/sim/trade", symbol="SPY", price=STOP_PRICE, size=100)
        spy.pair.settle()
        assert not spy.positions()
        (closed,) = spy.trades()
        figures: tuple[Any, ...] = (closed.entry_price, closed.exit_price, closed.realized_pnl, closed.net_pnl)
        assert figures == ("451.28", "443.45", "-978.75", "-980.00")
        assert closed.realized_pnl_pct == pytest.approx(-1.74, abs=0.005)
        assert (closed.commission, closed.state) == ("1.25", trade.TRADE_STATE_CLOSED)
        books = spy.account()
        assert (books.cash, books.equity) == ("99021.25", "99021.25")
        usage = spy.risk()
        assert (usage.peak_equity, f"{usage.drawdown_pct:.2f}") == ("100000.00", "0.98")
