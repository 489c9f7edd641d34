"""What a run came to, as the API's messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from fluxhero.v1 import account_pb2, backtest_pb2, common_pb2, trade_pb2
from fluxherod.backtest.bootstrap import Interval
from fluxherod.backtest.checks import LookAhead, WarmUp
from fluxherod.backtest.luck import Luck, Verdict
from fluxherod.backtest.metrics import Metrics
from fluxherod.backtest.model import ExitReason, Kind, Run
from fluxherod.core.jit import Record
from fluxherod.core.types import Regime
from fluxherod.rpc.convert import REGIMES, duration, money, percent, timestamp
from fluxherod.rpc.statistics import trade_statistics

LONG, SHORT = common_pb2.POSITION_SIDE_LONG, common_pb2.POSITION_SIDE_SHORT
MODES = {
    Kind.MEAN_REVERSION: common_pb2.STRATEGY_MODE_MEAN_REVERSION,
    Kind.TREND: common_pb2.STRATEGY_MODE_TREND,
    Kind.MANUAL: common_pb2.STRATEGY_MODE_MANUAL,
}
VERDICTS = {
    Verdict.NO_EDGE: backtest_pb2.LUCK_VERDICT_NO_EDGE,
    Verdict.TOO_LITTLE: backtest_pb2.LUCK_VERDICT_TOO_LITTLE,
    Verdict.LIKELY_LUCK: backtest_pb2.LUCK_VERDICT_LIKELY_LUCK,
    Verdict.UNDECIDED: backtest_pb2.LUCK_VERDICT_UNDECIDED,
    Verdict.PROBABLY_REAL: backtest_pb2.LUCK_VERDICT_PROBABLY_REAL,
}
_MODES = {kind.name.lower(): number for kind, number in MODES.items()}
_REGIMES = {regime.name.lower(): REGIMES.to_proto(regime) for regime in Regime}


def result_message(
    run: Run, figures: Metrics, ahead: LookAhead, warm: WarmUp, luck: Luck | None
) -> backtest_pb2.BacktestResult:
    """All but the trades."""
    return backtest_pb2.BacktestResult(
        metrics=metrics_message(figures, run, luck),
        equity_curve=_curve(run),
        checks=[_look_ahead(ahead), _warm_up(warm)],
        monthly_returns=[
            backtest_pb2.MonthlyReturn(month=month, return_pct=100 * part) for month, part in figures.monthly.items()
        ],
        luck=luck_message(luck),
    )


def metrics_message(figures: Metrics, run: Run | None = None, luck: Luck | None = None) -> backtest_pb2.BacktestMetrics:
    """The figures of a run; those of its signals and bars where it is at hand."""
    return backtest_pb2.BacktestMetrics(
        final_equity=money(figures.final_e4),
        total_return_pct=100 * figures.total_return,
        annualized_return_pct=percent_of(figures.annualised_return),
        volatility_pct=percent_of(figures.volatility),
        sharpe_ratio=figures.sharpe,
        sharpe_ratio_zero_rate=figures.sharpe_zero_rate,
        sortino_ratio=figures.sortino,
        calmar_ratio=figures.calmar,
        max_drawdown_pct=100 * figures.drawdown.fraction,
        max_drawdown_duration=duration(figures.drawdown.lasted_ns),
        time_in_market_pct=100 * figures.exposure,
        trades=trade_statistics(figures.trades),
        by_mode=[
            trade_pb2.ModeStatistics(mode=_MODES[name], statistics=trade_statistics(some))
            for name, some in figures.by_mode.items()
        ],
        by_regime=[
            trade_pb2.RegimeStatistics(regime=_REGIMES[name], statistics=trade_statistics(some))
            for name, some in figures.by_regime.items()
        ],
        signal_outcomes={} if run is None else run.outcomes,
        deflated_sharpe=None if luck is None else luck.deflated,
        bars=0 if run is None else run.bars,
        sessions=figures.sessions,
        average_exposure_pct=100 * figures.average_exposure,
    )


def luck_message(luck: Luck | None) -> backtest_pb2.Luck | None:
    """How much of a result is luck; None where nothing is known."""
    if luck is None:
        return None
    sharpe, yearly = luck.sharpe_range, luck.return_range
    return backtest_pb2.Luck(
        verdict=VERDICTS[luck.verdict],
        text=luck.text,
        trials=luck.trials,
        sharpe_by_luck=luck.by_luck,
        probabilistic_sharpe=luck.probabilistic,
        deflated_sharpe=luck.deflated,
        overfitting_probability=luck.overfitting,
        sharpe_low=_low(sharpe),
        sharpe_high=_high(sharpe),
        annualized_return_low_pct=percent_of(_low(yearly)),
        annualized_return_high_pct=percent_of(_high(yearly)),
    )


def trade_messages(run: Run) -> Iterator[trade_pb2.Trade]:
    """The trades, newest first: those that are open at the end, then the closed ones."""
    for number, record in enumerate(reversed(run.open)):
        yield _open_trade(run, len(run.trades) + len(run.open) - number, record)
    for number in range(len(run.trades), 0, -1):
        yield _closed_trade(run, number, run.trades[number - 1])


def _closed_trade(run: Run, number: int, record: Record) -> trade_pb2.Trade:
    trade = _trade(run, number, record)
    exit_value_e4 = int(record["quantity"] * record["exit_e4"])
    realized_e4 = int(record["pnl_e4"] + record["commission_e4"])
    _add_result(trade, realized_e4, int(record["commission_e4"]), int(record["pnl_e4"]))
    trade.state = trade_pb2.TRADE_STATE_CLOSED
    trade.closed_at.CopyFrom(timestamp(int(record["exit_ns"])))
    trade.exit_quantity = int(record["quantity"])
    trade.exit_price, trade.exit_value = money(int(record["exit_e4"])), money(exit_value_e4)
    trade.exit_reason = ExitReason(int(record["reason"])).name.lower()
    trade.holding_time.CopyFrom(duration(int(record["exit_ns"] - record["entry_ns"])))
    return trade


def _open_trade(run: Run, number: int, record: Record) -> trade_pb2.Trade:
    trade = _trade(run, number, record)
    moved_e4 = int(record["side"] * record["quantity"] * (record["price_e4"] - record["entry_e4"]))
    _add_result(trade, moved_e4, moved_e4 - int(record["pnl_e4"]), int(record["pnl_e4"]))
    trade.state = trade_pb2.TRADE_STATE_OPEN
    trade.exit_value = money(0)
    trade.holding_time.CopyFrom(duration(int(run.equity_ns[-1]) - int(record["entry_ns"])))
    return trade


def _trade(run: Run, number: int, record: Record) -> trade_pb2.Trade:
    quantity, entry_e4, stop_e4 = int(record["quantity"]), int(record["entry_e4"]), int(record["stop_e4"])
    return trade_pb2.Trade(
        id=f"{number}",
        symbol=run.symbols[int(record["symbol"])],
        side=LONG if record["side"] > 0 else SHORT,
        mode=MODES[Kind(int(record["mode"]))],
        regime=REGIMES.to_proto(Regime(int(record["regime"]))),
        opened_at=timestamp(int(record["entry_ns"])),
        entry_quantity=quantity,
        entry_price=money(entry_e4),
        entry_value=money(quantity * entry_e4),
        stop_price=money(stop_e4) if stop_e4 else None,
    )


def _add_result(trade: trade_pb2.Trade, realized_e4: int, commission_e4: int, net_e4: int) -> None:
    value_e4 = round(float(trade.entry_value) * 10_000)
    trade.realized_pnl, trade.commission, trade.net_pnl = money(realized_e4), money(commission_e4), money(net_e4)
    trade.realized_pnl_pct = percent(realized_e4, value_e4)


def _curve(run: Run) -> Iterator[account_pb2.EquityPoint]:
    """The last mark of each session; cash is not known there."""
    at = np.searchsorted(run.equity_ns, run.session_ns)
    peaks = np.maximum(np.maximum.accumulate(run.equity_e4), run.config.initial_equity_e4) if len(at) else at
    for place in at.tolist():
        equity_e4, peak_e4 = int(run.equity_e4[place]), int(peaks[place])
        yield account_pb2.EquityPoint(
            time=timestamp(int(run.equity_ns[place])),
            equity=money(equity_e4),
            exposure=money(int(run.exposure_e4[place])),
            drawdown_pct=percent(peak_e4 - equity_e4, peak_e4),
        )


def _look_ahead(found: LookAhead) -> backtest_pb2.BacktestCheck:
    text = f"runs over the oldest bars, cut in {found.parts} places, are the beginning of the whole run"
    if not found.clean:
        what = ", ".join(sorted({name for _, name in found.differing}))
        text = f"runs over the oldest bars are not the beginning of the whole run: {what} differ"
    return backtest_pb2.BacktestCheck(name="look_ahead", passed=found.clean, text=text)


def _warm_up(found: WarmUp) -> backtest_pb2.BacktestCheck:
    if not found.places:
        text = f"no symbol has more than {found.history} bars: what comes after a warm-up can't be compared"
    elif found.clean:
        text = f"{found.history} bars warm all indicators up to {found.tolerance:g}, in {found.places} places"
    else:
        what = ", ".join(found.dependent) or "decisions"
        text = f"{found.history} bars do not warm up: {what} depend on where the history began"
    return backtest_pb2.BacktestCheck(name="warm_up", passed=found.clean, text=text)


def percent_of(part: float | None) -> float | None:
    """A part of one in percent."""
    return None if part is None else 100 * part


def _low(interval: Interval | None) -> float | None:
    return None if interval is None else interval.low


def _high(interval: Interval | None) -> float | None:
    return None if interval is None else interval.high


def given(message: backtest_pb2.BacktestConfig, field: str) -> Mapping[str, object]:
    """The fields of a part of the configuration that are set, by name."""
    part = getattr(message, field)
    return {described.name: value for described, value in part.ListFields()}
