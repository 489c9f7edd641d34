"""The seed's walkthroughs over HTTP, WebSocket and gRPC: real programs, scripted prices, every figure to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import Daemon
from walkthroughs.minutes import HISTORIES, read_minutes
from walkthroughs.scenario3 import MINUTES as AAPL_MINUTES
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
SHORT_TEXT = """\
SHORT AAPL @ $185.50
Reason: RSI=74 (overbought) + Price at Upper BB
Regime: MEAN_REVERSION (ADX=18, R²=0.32)
Risk: $750 (0.75% account), Stop: $191.07, Target: $182.00"""


class Walk:
    """A daemon on recorded minutes and a simulator whose prices are scripted from the last recorded one on."""

    def __init__(self, pair: Lockstep) -> None:
        self.pair = pair
        self.simulator = pair.simulator
        self.daemon: Daemon = pair.daemon

    def move_clock(self, ns: int) -> None:
        """Let time pass without prices, until the daemon knows."""
        self.simulator.post("/sim/clock", time_ns=ns)
        self.daemon.wait_for(lambda: self.daemon.status().clock.time.ToNanoseconds() >= ns, "the time has come")
        self.pair.settle()

    def play(self, bar: Bar) -> None:
        """A recorded minute: its prices and bar, a quote of two cents around its close, and the decision on it.

        The daemon takes a quote a second: a second later the quote is taken at once, not when a timer says so.
        """
        end_ns = bar.start_ns + MINUTE_NS
        self.simulator.post("/sim/step", until=end_ns)
        self.pair.settle()
        self.move_clock(end_ns + SECOND_NS)
        self.quote(bar.symbol, bar.close)
        self._decide(bar)

    def quote(self, symbol: str, price: float) -> None:
        """Two cents around a price."""
        self.simulator.post("/sim/quote", symbol=symbol, bid=round(price - 0.01, 2), ask=round(price + 0.01, 2))
        self.pair.settle()

    def script(self, bar: Bar, *prints: float) -> None:
        """A minute that is not recorded: prints in it, its bar at its end, and the decision on it."""
        for price in prints:
            self.simulator.post("/sim/trade", symbol=bar.symbol, price=price, size=100)
        self.pair.settle()
        self.move_clock(bar.start_ns + MINUTE_NS)
        self.simulator.post(
            "/sim/bar", symbol=bar.symbol, open=bar.open, high=bar.high, low=bar.low, close=bar.close,
            volume=bar.volume, timestamp=bar.start_ns,
        )  # fmt: skip
        self.pair.settle()
        self._decide(bar)

    def _decide(self, bar: Bar) -> None:
        """A bar is complete a while after its end; then what it led to has happened."""
        self.move_clock(bar.start_ns + MINUTE_NS + 3 * SECOND_NS)
        self.daemon.wait_for(
            lambda: self.daemon.status().progress.last_bar_time.ToNanoseconds() >= bar.start_ns, "the bar is decided"
        )
        self.pair.settle()

    def fill_next(self, symbol: str, side: str, price: float) -> None:
        """The next order of a symbol and side executes at this price."""
        self.simulator.post("/sim/fills", symbol=symbol, side=side, fills=[{"price": price}])

    def orders_sent(self, symbol: str) -> list[dict[str, Any]]:
        """What the broker was given, stop legs included, oldest first."""
        return [order for order in self.simulator.all_orders() if order["symbol"] == symbol]

    # --- what the API says ---------------------------------------------------------------------------
    def account(self) -> account.Account:
        return self.daemon.account.GetAccount(account.GetAccountRequest()).account

    def positions(self, *symbols: str) -> list[position.Position]:
        return list(self.daemon.positions.ListPositions(position.ListPositionsRequest(symbols=symbols)).positions)

    def signals(self, symbol: str) -> list[signal.Signal]:
        """All of a symbol, newest first, whole."""
        found = self.daemon.signals.ListSignals(signal.ListSignalsRequest(symbols=[symbol])).signals
        return [self.daemon.signals.GetSignal(signal.GetSignalRequest(signal_id=one.id)).signal for one in found]

    def explain(self, symbol: str) -> signal.ExplainResponse:
        """Why it was, or was not, traded on its newest bar."""
        answer: signal.ExplainResponse = self.daemon.signals.Explain(signal.ExplainRequest(symbol=symbol))
        return answer

    def signal(self, symbol: str) -> signal.Signal:
        (found,) = self.signals(symbol)
        return found

    def risk(self) -> risk.Risk:
        return risk_pb2_grpc.RiskServiceStub(self.daemon.channel).GetRisk(risk.GetRiskRequest()).risk

    def earned(self) -> dict[int, trade.TradeStatistics]:
        """The figures of the closed trades by mode."""
        answer = self.daemon.trades.GetStatistics(trade.GetStatisticsRequest())
        return {one.mode: one.statistics for one in answer.by_mode}

    def trades(self, *symbols: str) -> list[trade.Trade]:
        return list(self.daemon.trades.ListTrades(trade.ListTradesRequest(symbols=symbols)).trades)


@contextmanager
def walk(folder: Path, settings: tuple[str, ...], symbols: Sequence[str] = ("SPY",)) -> Iterator[Walk]:
    """The morning of 2024-01-22: what came before is history, the first minute is SPY's signal."""
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22")
    with lockstep(folder, played, symbols, "1Min", settings) as pair:
        walk = Walk(pair)
        walk.fill_next("SPY", "buy", 451.28)
        walk.play(read_minutes("SPY")[-1])
        yield walk


@contextmanager
def walk_to_the_short(folder: Path) -> Iterator[Walk]:
    """SPY is held and quoted at its fill, and the next minute is AAPL's signal."""
    with walk(folder, WIDE, ("SPY", "AAPL")) as both:
        both.quote("SPY", 451.28)
        assert not both.signals("AAPL")
        both.fill_next("AAPL", "sell", 185.48)
        both.play(read_minutes("AAPL")[-1])
        yield both


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
        decided = spy.signal("SPY")
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

        (order,) = [one for one in spy.orders_sent("SPY") if one["side"] == "buy"]
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
        decision = spy.signal("SPY").risk
        assert decision.verdict == risk.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT
        assert decision.quantity == 44
        steps = {step.name: (step.before, step.after) for step in decision.sizing}
        assert steps["risk"] == (125, 125)
        assert steps["position_value"] == (125, 44)
        assert decision.reason == "position value at most 20% of equity allows 44 shares"
        assert [one.quantity for one in spy.positions()] == [44]


def test_scenario_3_a_mean_reversion_short_is_decided_and_explained_in_the_seeds_words(tmp_path: Path) -> None:
    with walk_to_the_short(tmp_path) as both:
        decided = both.signal("AAPL")
        assert decided.text == SHORT_TEXT
        assert (decided.kind, decided.mode, decided.regime) == (
            signal.SIGNAL_KIND_SHORT,
            common.STRATEGY_MODE_MEAN_REVERSION,
            common.REGIME_MEAN_REVERSION,
        )
        assert decided.entry_trigger == "RSI overbought + Upper BB touch"
        assert decided.noise_filter_passed
        assert decided.volume_validated
        values = decided.indicators
        printed = (f"{values.rsi:.0f}", f"{values.adx:.0f}", f"{values.r_squared:.2f}")
        assert printed == ("74", "18", "0.32")
        bands = (values.lower_band, values.sma, values.upper_band)
        assert tuple(f"{band:.2f}" for band in bands) == ("178.80", "182.00", "185.20")
        assert decided.price == 185.50
        assert (decided.risk_amount, decided.risk_bp) == ("750.00", 75)
        assert (decided.stop_price, decided.target_price) == ("191.07", "182.00")
        assert (decided.risk.verdict, decided.risk.quantity) == (risk.RISK_VERDICT_APPROVED, 134)
        assert [step.after for step in decided.risk.sizing if step.name == "risk"] == [134]
        explained = both.explain("AAPL")
        assert explained.signal == decided
        assert not explained.why_not
        assert not explained.smallest_changes


def test_scenario_3_the_short_is_filled_and_both_positions_hold_to_the_cent(tmp_path: Path) -> None:
    with walk_to_the_short(tmp_path) as both:
        order, leg = both.orders_sent("AAPL")
        assert (order["side"], order["qty"], order["type"]) == ("sell", "134", "market")
        assert (order["order_class"], order["time_in_force"]) == ("oto", "gtc")
        assert (order["status"], order["filled_qty"], order["filled_avg_price"]) == ("filled", "134", "185.48")
        assert (leg["side"], leg["qty"], leg["type"], leg["stop_price"]) == ("buy", "134", "stop", "191.07")
        assert (leg["status"], leg["time_in_force"]) == ("new", "gtc")

        held = {one.symbol: one for one in both.positions()}
        assert set(held) == {"SPY", "AAPL"}
        long, short = held["SPY"], held["AAPL"]
        assert (long.side, long.quantity, long.average_price) == (common.POSITION_SIDE_LONG, 125, "451.28")
        assert (long.last_price, long.unrealized_pnl, long.stop_price) == ("451.28", "0.00", "443.25")
        assert (short.side, short.quantity, short.average_price) == (common.POSITION_SIDE_SHORT, 134, "185.48")
        assert (short.last_price, short.unrealized_pnl) == ("185.48", "0.00")
        assert (short.stop_price, short.target_price, short.risk_at_stop) == ("191.07", "182.00", "749.06")
        assert short.mode == common.STRATEGY_MODE_MEAN_REVERSION
        assert {one.protection for one in held.values()} == {position.PROTECTION_STATE_BROKER_STOP}

        books, usage = both.account(), both.risk()
        assert (books.cash, books.equity) == ("68444.32", "100000.00")
        assert (usage.exposure, f"{usage.exposure_pct:.1f}") == ("81264.32", "81.3")
        assert (usage.open_positions, usage.risk_deployed) == (2, "1752.81")
        assert {one.text for one in usage.usage if one.verdict != common.VERDICT_PASSED} == set()
        (opened,) = both.trades("AAPL")
        assert opened.state == trade.TRADE_STATE_OPEN
        assert opened.signal_reason == SHORT_TEXT.replace("\n", " | ")


def test_scenario_3_goes_on_to_the_cover_at_the_average_with_every_figure_to_the_cent(tmp_path: Path) -> None:
    with walk_to_the_short(tmp_path) as both:
        *waiting, back_at_average = AAPL_MINUTES
        for bar in waiting:
            both.script(bar, bar.close)
            assert "not met: Price $" in both.explain("AAPL").why_not
            (held,) = both.positions("AAPL")
            assert (held.quantity, held.stop_price, held.exit_reason) == (134, "191.07", "")
        both.fill_next("AAPL", "buy", 181.97)
        both.script(back_at_average, back_at_average.close)

        leave, _ = both.signals("AAPL")
        assert leave.kind == signal.SIGNAL_KIND_EXIT_SHORT
        assert [(rule.name, rule.text) for rule in leave.rules] == [
            ("price_back_at_average", "Price $181.90 <= SMA $182.34")
        ]
        assert [one.symbol for one in both.positions()] == ["SPY"]
        _, leg, cover = both.orders_sent("AAPL")
        assert (leg["status"], leg["filled_qty"]) == ("canceled", "0")
        assert (cover["side"], cover["qty"], cover["type"], cover["status"]) == ("buy", "134", "market", "filled")
        (closed,) = both.trades("AAPL")
        figures = (closed.entry_price, closed.exit_price, closed.realized_pnl, closed.commission, closed.net_pnl)
        assert figures == ("185.48", "181.97", "470.34", "1.34", "469.00")
        assert closed.realized_pnl_pct == pytest.approx(100 * 470.34 / 24_854.32)
        assert (closed.state, closed.exit_reason) == (trade.TRADE_STATE_CLOSED, "Price $181.90 <= SMA $182.34")
        books = both.account()
        assert (books.cash, books.equity) == ("44060.34", "100470.34")
        assert both.risk().exposure == "56410.00"
        ((mode, earned),) = both.earned().items()
        assert mode == common.STRATEGY_MODE_MEAN_REVERSION
        assert (earned.trades, earned.wins, earned.net_pnl, earned.max_drawdown) == (1, 1, "469.00", "0.00")


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
        spy.fill_next("SPY", "sell", 443.45)
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
        earned = spy.earned()[common.STRATEGY_MODE_TREND]
        assert (earned.trades, earned.losses, earned.net_pnl, earned.max_drawdown) == (1, 1, "-980.00", "980.00")
        assert earned.max_drawdown_pct == pytest.approx(0.98)
        assert not earned.HasField("sharpe_ratio")
