"""A symbol joins real processes while others trade, misses no minute, leaves, and is remembered over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from harness.audit import check_books, check_journal, check_no_difference, pages
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S
from harness.tape import FIRST_DAY, PLAYED

from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import strategy_pb2 as strategy
from fluxhero.v1 import system_pb2 as system

BAR_MINUTES = 5


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Lockstep]:
    with lockstep(tmp_path, PLAYED, ("SPY", "QQQ"), f"{BAR_MINUTES}Min") as pair:
        yield pair


def symbols(pair: Lockstep) -> dict[str, Any]:
    listed = pages(pair.daemon.market.ListSymbols, market.ListSymbolsRequest(), "symbols")
    return {symbol.symbol: symbol for symbol in listed}


def add(pair: Lockstep, symbol: str, request_id: str) -> None:
    request = market.AddSymbolRequest(request_id=request_id, symbol=symbol)
    pair.daemon.market.AddSymbol(request, timeout=CALL_TIMEOUT_S)


def remove(pair: Lockstep, symbol: str, request_id: str) -> None:
    request = market.RemoveSymbolRequest(request_id=request_id, symbol=symbol)
    pair.daemon.market.RemoveSymbol(request, timeout=CALL_TIMEOUT_S)


def settle_in(pair: Lockstep, symbol: str) -> None:
    """Until a symbol trades. The exchange stands meanwhile."""
    traded = market.SYMBOL_STATE_ACTIVE
    pair.daemon.wait_for(lambda: symbols(pair)[symbol].state == traded, f"{symbol} trades")
    pair.settle()


def of_the_daemon(pair: Lockstep, symbol: str) -> dict[datetime, tuple[float, ...]]:
    """The day's completed bars, as the daemon remembers them."""
    found = pages(pair.daemon.market.GetBars, market.GetBarsRequest(symbol=symbol), "bars")
    return {
        bar.start_time.ToDatetime(): (bar.open, bar.high, bar.low, bar.close, bar.volume)
        for bar in found
        if bar.start_time.ToDatetime().date().isoformat() == FIRST_DAY
    }


def of_the_tape(pair: Lockstep, symbol: str) -> dict[datetime, tuple[float, ...]]:
    """The same bars, from each minute that the exchange has played."""
    path = f"/v2/stocks/{symbol}/bars?timeframe=1Min&start={FIRST_DAY}T13:30:00Z&limit=10000&feed=iex"
    bars: dict[datetime, tuple[float, ...]] = {}
    for minute in pair.simulator.get(path)["bars"]:
        at = datetime.fromisoformat(minute["t"]).replace(tzinfo=None)
        start = at - timedelta(minutes=at.minute % BAR_MINUTES)
        opened, high, low, _, volume = bars.get(start, (minute["o"], minute["h"], minute["l"], 0.0, 0))
        bars[start] = (opened, max(high, minute["h"]), min(low, minute["l"]), minute["c"], volume + minute["v"])
    return bars


def check_bars(pair: Lockstep, symbol: str, at_least: int) -> None:
    """Every bar that is complete is the tape's, minute by minute, and none is lacking."""
    ours, theirs = of_the_daemon(pair, symbol), of_the_tape(pair, symbol)
    assert len(ours) >= at_least
    complete = [start for start in theirs if start <= max(ours)]
    assert {start: theirs[start] for start in complete} == ours


def sent_a_minute(pair: Lockstep) -> int:
    before = pair.simulator.post("/sim/account")["bars_sent"]
    pair.step()
    sent: int = pair.simulator.post("/sim/account")["bars_sent"] - before
    return sent


def test_a_symbol_joins_while_others_trade_and_misses_no_minute(pair: Lockstep) -> None:
    pair.step(12)
    add(pair, "AAPL", "join")
    pair.step(2)  # the exchange does not wait for it
    assert pair.daemon.status().state == system.TRADING_STATE_ACTIVE
    settle_in(pair, "AAPL")
    pair.step(30)
    for symbol in ("AAPL", "SPY", "QQQ"):
        check_bars(pair, symbol, 8)
    assert sent_a_minute(pair) == 3


def test_the_set_and_the_parameters_are_the_same_after_restarts(pair: Lockstep) -> None:
    pair.step(3)
    add(pair, "AAPL", "join")
    settle_in(pair, "AAPL")
    change = strategy.UpdateParametersRequest(
        request_id="change",
        parameters=strategy.StrategyParameters(kama_period=12, trend_adx=30.0),
        update_mask=FieldMask(paths=["kama_period", "trend_adx"]),
        reason="a test",
    )
    revision = pair.daemon.strategy.UpdateParameters(change, timeout=CALL_TIMEOUT_S).strategy.revision
    settle_in(pair, "SPY")
    pair.step(9)
    pair.daemon.kill()
    pair.start()
    (found,) = pages(pair.daemon.strategy.ListStrategies, strategy.ListStrategiesRequest(), "strategies")
    assert (found.revision, list(found.enabled_symbols)) == (revision, ["AAPL", "QQQ", "SPY"])
    pair.step(10)
    for symbol in ("AAPL", "SPY"):
        check_bars(pair, symbol, 4)
    remove(pair, "AAPL", "leave")
    assert sent_a_minute(pair) == 2
    pair.daemon.stop()
    pair.start()
    assert list(symbols(pair)) == ["QQQ", "SPY"]
    assert sent_a_minute(pair) == 2
    add(pair, "AAPL", "join-again")
    settle_in(pair, "AAPL")
    pair.step(5)
    check_bars(pair, "AAPL", 5)
    check_books(pair.daemon, pair.simulator)
    pair.daemon.stop()
    check_no_difference(pair.installation)
    check_journal(pair.installation)
