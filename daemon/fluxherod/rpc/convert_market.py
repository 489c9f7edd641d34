"""Bars, prices, indicators, rules and signals as protobuf. Market data stays double; NaN is left out."""

from __future__ import annotations

from typing import Any

from fluxhero.v1 import common_pb2, market_pb2, signal_pb2
from fluxherod.core.signals import Indicators, Rule, Signal
from fluxherod.core.strategy.codes import VolatilityState
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.core.types import Bar, Regime
from fluxherod.engine.market.closed_bars import ClosedBar
from fluxherod.rpc.convert import MODES, REGIMES, SIGNAL_KINDS, VERDICTS, known, money, optional_money, timestamp
from fluxherod.rpc.convert_risk import risk_decision

_VOLATILITY = {
    VolatilityState.LOW: common_pb2.VOLATILITY_STATE_LOW,
    VolatilityState.NORMAL: common_pb2.VOLATILITY_STATE_NORMAL,
    VolatilityState.HIGH: common_pb2.VOLATILITY_STATE_HIGH,
}
# Field of the message: field of the kernel's record.
_DECISION_FIELDS = {
    "sma": "sma", "ema": "ema", "kama": "kama", "efficiency_ratio": "kama_er", "rsi": "rsi", "atr": "atr",
    "atr_average": "atr_avg50", "adx": "adx", "plus_di": "plus_di", "minus_di": "minus_di", "upper_band": "bb_upper",
    "lower_band": "bb_lower", "slope": "slope", "r_squared": "r2", "average_volume": "avg_volume",
}  # fmt: skip
_SIGNAL_INDICATORS = (
    "sma", "kama", "efficiency_ratio", "rsi", "atr", "atr_average", "adx", "plus_di", "minus_di", "upper_band",
    "lower_band", "slope", "r_squared", "average_volume",
)  # fmt: skip


def bar_message(bar: Bar, end_ns: int, timeframe: str, regime: int, valid: bool) -> market_pb2.Bar:
    """A completed bar of the strategy timeframe."""
    return market_pb2.Bar(
        symbol=bar.symbol,
        timeframe=timeframe,
        start_time=timestamp(bar.start_ns),
        end_time=timestamp(end_ns),
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume=bar.volume,
        regime=REGIMES.to_proto(Regime(regime)),
        decided=valid,
    )


def closed_bar(closed: ClosedBar, timeframe: str) -> market_pb2.Bar:
    """A remembered bar."""
    decision = closed.decision
    return bar_message(closed.bar, closed.end_ns, timeframe, int(decision["regime"]), bool(decision["valid"]))


def closed_indicators(closed: ClosedBar, timeframe: str, strategy: StrategyParams) -> market_pb2.Indicators:
    """Everything that the kernel made of a bar, and what the parameters in force now make of that."""
    decision = closed.decision
    kama, margin = float(decision["kama"]), strategy.entry_atr * float(decision["atr"])
    values: dict[str, Any] = {field: known(float(decision[name])) for field, name in _DECISION_FIELDS.items()}
    return market_pb2.Indicators(
        symbol=closed.bar.symbol,
        timeframe=timeframe,
        bar_start_time=timestamp(closed.bar.start_ns),
        bar_end_time=timestamp(closed.end_ns),
        close=float(decision["close"]),
        volume=int(decision["volume"]),
        regime=REGIMES.to_proto(Regime(int(decision["regime"]))),
        raw_regime=REGIMES.to_proto(Regime(int(decision["raw_regime"]))),
        volatility=_VOLATILITY[VolatilityState(int(decision["volatility_state"]))],
        valid=bool(decision["valid"]),
        spike_ratio=known(closed.spike),
        volatility_spike=closed.spike > strategy.spike_ratio,
        long_above=known(kama + margin),
        short_below=known(kama - margin),
        **values,
    )


def price_message(
    symbol: str, price: float, bid: float, ask: float, time_ns: int, previous_close: float | None
) -> market_pb2.Price:
    """The newest price; a bid or ask of 0 is none."""
    return market_pb2.Price(
        symbol=symbol,
        price=price,
        bid=bid if bid > 0 else None,
        ask=ask if ask > 0 else None,
        time=timestamp(time_ns),
        previous_close=previous_close,
        change_pct=100 * (price / previous_close - 1) if previous_close else None,
    )


def rule_message(rule: Rule) -> signal_pb2.Rule:
    """One rule with the distance to its threshold."""
    return signal_pb2.Rule(
        name=rule.name,
        value=known(rule.value),
        comparison=rule.comparison,
        threshold=known(rule.threshold),
        distance=known(rule.distance),
        verdict=VERDICTS.to_proto(rule.verdict),
        text=rule.text,
        flips_at=known(rule.flips_at) if rule.flips_at is not None else None,
    )


def signal_message(signal: Signal, timeframe: str) -> signal_pb2.Signal:
    """A decision, explained; orders, fills and the trade that followed come from the tables."""
    entry = bool(signal.risk_bp)
    return signal_pb2.Signal(
        id=signal.id,
        symbol=signal.symbol,
        kind=SIGNAL_KINDS.to_proto(signal.kind),
        mode=MODES.to_proto(signal.mode),
        neutral=signal.neutral,
        regime=REGIMES.to_proto(signal.regime),
        bar_start_time=timestamp(signal.bar_start_ns),
        decided_at=timestamp(signal.decided_ns),
        price=signal.price,
        indicators=_signal_indicators(signal, timeframe),
        rules=map(rule_message, signal.rules),
        entry_trigger=signal.trigger,
        noise_filter_passed=signal.noise_filter_passed,
        volume_validated=signal.volume_validated,
        stop_price=optional_money(signal.stop_e4),
        target_price=optional_money(signal.target_e4),
        risk_amount=money(signal.risk_amount_e4) if entry else None,
        risk_bp=signal.risk_bp,
        risk=risk_decision(signal.risk) if signal.risk is not None else None,
        outcome=signal.outcome,
        outcome_text=signal.outcome_text,
        order_ids=[signal.order_id] if signal.order_id else [],
        text=signal.text,
    )


def _signal_indicators(signal: Signal, timeframe: str) -> market_pb2.Indicators:
    figures: Indicators = signal.indicators
    values: dict[str, Any] = {name: known(getattr(figures, name)) for name in _SIGNAL_INDICATORS}
    return market_pb2.Indicators(
        symbol=signal.symbol,
        timeframe=timeframe,
        bar_start_time=timestamp(signal.bar_start_ns),
        bar_end_time=timestamp(signal.decided_ns),
        close=figures.close,
        volume=figures.volume,
        regime=REGIMES.to_proto(signal.regime),
        volatility=_VOLATILITY[VolatilityState[figures.volatility]],
        valid=True,
        spike_ratio=figures.spike_ratio,
        volatility_spike=figures.volatility_spike,
        **values,
    )
