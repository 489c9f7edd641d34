"""A small world that a terminal can look at: four symbols, two positions, orders, signals, an alert."""

from __future__ import annotations

from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1 import (
    account_pb2,
    common_pb2,
    market_pb2,
    order_pb2,
    position_pb2,
    risk_pb2,
    signal_pb2,
    stream_pb2,
    system_pb2,
)

# Monday, 22 January 2024, 10:30 in New York.
NOW = 1_705_937_400
PRICES = {"AAPL": 185.48, "IBM": 173.10, "QQQ": 421.07, "SPY": 451.28}
REGIMES = (common_pb2.REGIME_STRONG_TREND, common_pb2.REGIME_NEUTRAL, common_pb2.REGIME_MEAN_REVERSION)
ALL = [topic for topic in common_pb2.Topic.values() if topic]


def stamp(seconds: float) -> Timestamp:
    return Timestamp(seconds=int(seconds))


def price(symbol: str, value: float) -> market_pb2.Price:
    change = (value / PRICES[symbol] - 1) * 100 + 0.42
    return market_pb2.Price(
        symbol=symbol, price=value, bid=value - 0.01, ask=value + 0.01, time=stamp(NOW), change_pct=change
    )


def bar(symbol: str, index: int, count: int = 48) -> market_pb2.Bar:
    base = PRICES[symbol] - 6 + 6 * index / count
    wave = ((index * 7) % 11 - 5) / 4
    end = NOW - (count - 1 - index) * 3_600
    return market_pb2.Bar(
        symbol=symbol,
        timeframe="1Hour",
        start_time=stamp(end - 3_600),
        end_time=stamp(end),
        open=base,
        high=base + abs(wave) + 0.6,
        low=base - abs(wave) - 0.4,
        close=base + wave,
        volume=1_000_000 + 40_000 * ((index * 5) % 13),
        regime=(common_pb2.REGIME_STRONG_TREND, common_pb2.REGIME_NEUTRAL, common_pb2.REGIME_MEAN_REVERSION)[
            index // 16
        ],
        decided=True,
    )


def indicators(symbol: str, end: float) -> market_pb2.Indicators:
    level = PRICES[symbol] - 3 + (end - NOW) / 3_600 / 12
    return market_pb2.Indicators(
        symbol=symbol,
        timeframe="1Hour",
        bar_end_time=stamp(end),
        close=level,
        kama=level,
        upper_band=level + 4,
        lower_band=level - 4,
        adx=32.0,
        r_squared=0.81,
        rsi=61.5,
        atr=3.2,
        regime=common_pb2.REGIME_STRONG_TREND,
        valid=True,
    )


def position(symbol: str = "SPY", quantity: int = 44, **more: Any) -> position_pb2.Position:
    fields: dict[str, Any] = {
        "side": common_pb2.POSITION_SIDE_LONG,
        "average_price": "451.28",
        "last_price": "452.00",
        "market_value": "19888.00",
        "unrealized_pnl": "31.68",
        "unrealized_pnl_pct": 0.16,
        "stop_price": "443.25",
        "risk_at_stop": "353.32",
        "mode": common_pb2.STRATEGY_MODE_TREND,
        "opened_at": stamp(NOW - 1_800),
        "protection": position_pb2.PROTECTION_STATE_BROKER_STOP,
    }
    return position_pb2.Position(symbol=symbol, quantity=quantity, **(fields | more))


def order(id: str, symbol: str = "SPY", **more: Any) -> order_pb2.Order:
    fields: dict[str, Any] = {
        "side": common_pb2.SIDE_SELL,
        "type": order_pb2.ORDER_TYPE_STOP,
        "role": order_pb2.ORDER_ROLE_STOP,
        "state": order_pb2.ORDER_STATE_PENDING,
        "quantity": 44,
        "remaining_quantity": 44,
        "stop_price": "443.25",
        "created_at": stamp(NOW - 1_790),
        "updated_at": stamp(NOW - 1_790),
        "reason": "protective stop",
        "last_event": "acknowledged",
    }
    return order_pb2.Order(id=id, symbol=symbol, **(fields | more))


def limit_order() -> order_pb2.Order:
    return order(
        "fh-1-QQQ-m1",
        "QQQ",
        side=common_pb2.SIDE_BUY,
        type=order_pb2.ORDER_TYPE_LIMIT,
        role=order_pb2.ORDER_ROLE_ENTRY,
        state=order_pb2.ORDER_STATE_PARTIALLY_FILLED,
        quantity=100,
        filled_quantity=40,
        limit_price="420.50",
        average_fill_price="420.50",
        chase_count=1,
        manual=True,
        requested_by="token:desk",
        created_at=stamp(NOW - 95),
        reason="",
        last_event="part_filled",
    )


def filled_order() -> order_pb2.Order:
    return order(
        "fh-1-SPY-e1",
        side=common_pb2.SIDE_BUY,
        type=order_pb2.ORDER_TYPE_MARKET,
        role=order_pb2.ORDER_ROLE_ENTRY,
        state=order_pb2.ORDER_STATE_FILLED,
        filled_quantity=44,
        average_fill_price="451.28",
        created_at=stamp(NOW - 1_802),
        ended_at=stamp(NOW - 1_800),
        reason="KAMA crossover",
        last_event="filled",
    )


def rule(name: str, value: float, comparison: str, threshold: float, passed: bool, text: str) -> signal_pb2.Rule:
    beyond = value - threshold if comparison.startswith(">") else threshold - value
    verdict = common_pb2.VERDICT_PASSED if passed else common_pb2.VERDICT_FAILED
    return signal_pb2.Rule(
        name=name, value=value, comparison=comparison, threshold=threshold, distance=beyond, verdict=verdict, text=text
    )


def decision(quantity: int = 44) -> risk_pb2.RiskDecision:
    steps = [
        ("risk", 125, 125, "risk of $1,000.00 allows 125 shares"),
        ("position_value", 125, quantity, "20 % of equity"),
    ]
    return risk_pb2.RiskDecision(
        verdict=risk_pb2.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT,
        reason_code="position_value",
        reason=f"a position of 20 % of equity allows {quantity} shares",
        quantity=quantity,
        checks=[
            risk_pb2.RiskCheck(code="trading", verdict=common_pb2.VERDICT_PASSED, text="trading is active"),
            risk_pb2.RiskCheck(
                code="exposure",
                limit=50_000,
                actual=19_829,
                headroom=30_171,
                verdict=common_pb2.VERDICT_PASSED,
                text="$19,829.00 (19.8 %), limit $50,000.00",
            ),
        ],
        sizing=[
            risk_pb2.SizingStep(name=name, before=before, after=after, text=text) for name, before, after, text in steps
        ],
    )


def signal(id: str = "s1", symbol: str = "SPY", outcome: str = "ordered") -> signal_pb2.Signal:
    ordered = outcome == "ordered"
    return signal_pb2.Signal(
        id=id,
        symbol=symbol,
        kind=signal_pb2.SIGNAL_KIND_LONG,
        mode=common_pb2.STRATEGY_MODE_TREND,
        regime=common_pb2.REGIME_STRONG_TREND,
        bar_start_time=stamp(NOW - 5_400),
        decided_at=stamp(NOW - 1_805),
        price=451.25,
        rules=[
            rule("trend_adx", 32.0, ">", 25.0, True, "ADX 32.0 > 25"),
            rule("price_beyond_entry_band", 451.25, ">", 450.1, True, "Price $451.25 > KAMA+0.5×ATR $450.10"),
            rule("volume", 900_000.0, ">", 1_500_000.0, ordered, "volume 900,000 > 1.5 x average 1,000,000"),
        ],
        entry_trigger="KAMA crossover",
        outcome=outcome,
        outcome_text="" if ordered else "noise filter: volume",
        risk=decision() if ordered else None,
        order_ids=["fh-1-SPY-e1"] if ordered else [],
        text="BUY SPY @ $451.25\nReason: KAMA crossover (Price $451.25 > KAMA+0.5×ATR $450.10)\n"
        "Regime: STRONG_TREND (ADX=32, R²=0.81)\nRisk: $1,000 (1% account), Stop: $443.25",
    )


def alert() -> system_pb2.Alert:
    return system_pb2.Alert(
        id="a1",
        code="UNPROTECTED_SHARES",
        severity=system_pb2.ALERT_SEVERITY_WARNING,
        text="44 shares of SPY have had no stop at the broker for 6 s",
        remedy="look whether the broker answers; close the position if it does not",
        symbol="SPY",
        raised_at=stamp(NOW - 600),
        last_raised_at=stamp(NOW - 300),
        count=2,
    )


def account() -> account_pb2.Account:
    return account_pb2.Account(
        equity="101240.68",
        cash="80152.68",
        day_pnl="1240.68",
        day_pnl_pct=1.24,
        exposure="40120.00",
        exposure_pct=39.6,
        unrealized_pnl="31.68",
        realized_pnl_today="1209.00",
        as_of=stamp(NOW),
    )


def risk(**more: Any) -> risk_pb2.Risk:
    def usage(code: str, actual: float, limit: float, text: str) -> risk_pb2.RiskCheck:
        passed = common_pb2.VERDICT_PASSED
        return risk_pb2.RiskCheck(
            code=code, actual=actual, limit=limit, headroom=limit - actual, verdict=passed, text=text
        )

    fields: dict[str, Any] = {
        "limits": risk_pb2.RiskLimits(warning_drawdown_bp=1500, critical_drawdown_bp=2000, correlation_limit=0.7),
        "usage": [
            usage("open_positions", 2, 5, "2 of 5 positions"),
            usage("exposure", 40_120, 50_620, "39.6 % of 50 %"),
            usage("daily_loss", 0.4, 3.0, "0.4 % of 3 %"),
        ],
        "breaker": risk_pb2.BREAKER_STATE_NORMAL,
        "equity": "101240.68",
        "peak_equity": "102000.00",
        "drawdown_pct": 0.74,
        "day_pnl": "1240.68",
        "day_pnl_pct": 1.24,
        "exposure": "40120.00",
        "exposure_pct": 39.6,
        "risk_deployed": "612.40",
        "size_multiplier_bp": 10_000,
        "unprotected_share_seconds": 88.0,
        "as_of": stamp(NOW),
    }
    return risk_pb2.Risk(**(fields | more))


def halted() -> risk_pb2.Risk:
    return risk(halted=True, halt_reason="fire alarm", halted_by="token:desk", halted_at=stamp(NOW - 60))


def report() -> risk_pb2.RiskReport:
    return risk_pb2.RiskReport(
        equity="101240.68",
        worst_case_equity="100628.28",
        max_drawdown_pct=2.9,
        positions=[
            risk_pb2.PositionRisk(
                symbol="SPY",
                side=common_pb2.POSITION_SIDE_LONG,
                quantity=44,
                value="19888.00",
                value_pct=19.6,
                risk_at_stop="353.32",
                loss_to_stop="385.00",
            ),
        ],
        correlations=[risk_pb2.Correlation(symbol="QQQ", other_symbol="SPY", rho=0.85)],
    )


def status(mode: system_pb2.TradingMode = system_pb2.TRADING_MODE_PAPER, **more: Any) -> system_pb2.Status:
    fields: dict[str, Any] = {
        "state": system_pb2.TRADING_STATE_ACTIVE,
        "session": system_pb2.Session(phase=system_pb2.SESSION_PHASE_REGULAR, date="2024-01-22"),
        "feeds": [system_pb2.Feed(name="market", up=True)],
        "clock": system_pb2.TradingClock(time=stamp(NOW), rate=1.0),
        "symbols": sorted(PRICES),
        "timeframe": "1Hour",
    }
    return system_pb2.Status(mode=mode, **(fields | more))


def heartbeat(seq: int) -> stream_pb2.WatchResponse:
    """Nothing has changed since `seq`."""
    return stream_pb2.WatchResponse(epoch="e", seq=seq, prev_seq=seq, kind=common_pb2.STREAM_KIND_HEARTBEAT)


def snapshot(**parts: Any) -> stream_pb2.WatchResponse:
    """The first message of a stream; `parts` replace fields of it."""
    fields: dict[str, Any] = {
        "epoch": "e",
        "seq": 1,
        "kind": common_pb2.STREAM_KIND_SNAPSHOT,
        "snapshot_reason": common_pb2.SNAPSHOT_REASON_SUBSCRIBED,
        "snapshot_topics": ALL,
        "as_of": stamp(NOW),
        "prices": [price(symbol, value) for symbol, value in PRICES.items()],
        "bars": [bar(symbol, 47) for symbol in PRICES],
        "indicators": [indicators(symbol, NOW) for symbol in PRICES],
        "positions": [
            position(),
            position(
                "QQQ",
                40,
                average_price="420.50",
                last_price="421.07",
                unrealized_pnl="22.80",
                protection=position_pb2.PROTECTION_STATE_DAEMON_WATCHING,
            ),
        ],
        "orders": [order("fh-1-SPY-e1-leg"), limit_order()],
        "signals": [signal("s0", "AAPL", "noise"), signal()],
        "accounts": [account()],
        "risks": [risk()],
        "statuses": [status()],
        "alerts": [alert()],
    }
    return stream_pb2.WatchResponse(**(fields | parts))


def update(seq: int, **parts: Any) -> stream_pb2.WatchResponse:
    """A message that follows the one with the number before."""
    return stream_pb2.WatchResponse(
        epoch="e", seq=seq, prev_seq=seq - 1, kind=common_pb2.STREAM_KIND_UPDATE, as_of=stamp(NOW + seq), **parts
    )
