"""A 7:1 split played with real processes: held over it, and beside it the same day without a split.

The second run gets prices that were adjusted before, and starts in the morning, when the first has loaded its history
anew: what the strategy decides from then on must be the same, or the split had a part in it.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from fluxhero.v1 import account_pb2 as account
from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import signal_pb2 as signal
from harness.audit import alerts, check_journal, our_positions, our_signals, our_trades, pages, their_positions
from harness.lockstep import Lockstep
from harness.processes import CALL_TIMEOUT_S, Installation, Simulator

RATIO = 7
COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
DIFFERENCES = (
    "POSITION_ADOPTED",
    "POSITION_DIFFERENCE",
    "CASH_ADOPTED",
    "FOREIGN_ORDER",
    "STOP_REFUSED",
    "STOP_NOT_ACTED",
)
Row = tuple[str, float, float, float, float, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """Minutes of a symbol as they were traded, and what is done in them; times are RFC 3339 in UTC, of one summer."""

    symbol: str
    rows: Sequence[Row]
    first_day: str
    ex_date: str
    entry_time: str
    exit_time: str
    shares: int
    stop: Decimal

    @property
    def stop_after(self) -> Decimal:
        """The stop in new units, rounded down to the cent."""
        return (self.stop / RATIO).quantize(Decimal("0.01"), rounding="ROUND_DOWN")

    def write(self, folder: Path, adjusted: bool) -> Path:
        """A folder with the minutes, as they were traded or as if the split had always been."""
        folder.mkdir()
        with gzip.open(folder / f"{self.symbol}_1Min.csv.gz", "wt", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(_adjusted(row) if adjusted and row[0] < self.ex_date else row for row in self.rows)
        return folder


def _adjusted(row: Row) -> tuple[Any, ...]:
    time, *prices, volume = row
    return (time, *(round(price / RATIO, 4) for price in prices), volume * RATIO)


@contextmanager
def _running(scene: Scene, folder: Path, day: str, *, adjusted: bool) -> Iterator[Lockstep]:
    """The exchange from a day on, which has announced the split unless its prices are adjusted, and the daemon."""
    folder.mkdir()
    played = ("--bars", str(scene.write(folder / "bars", adjusted)), "--start", day, "--end", scene.ex_date)
    with Simulator(folder, "--step", *played) as simulator:
        if not adjusted:
            simulator.post(
                "/sim/corporate-action",
                type="forward_split",
                symbol=scene.symbol,
                ex_date=scene.ex_date,
                new_rate=RATIO,
                old_rate=1,
            )
        installation = Installation(folder, simulator.url, (scene.symbol,), "1Min")
        with Lockstep(simulator, installation) as pair:
            yield pair


def check_split(scene: Scene, folder: Path) -> None:
    """Hold shares over the split, sell them later, and compare the day's decisions with those without a split."""
    with _running(scene, folder / "split", scene.first_day, adjusted=False) as pair:
        pair.step_until(scene.entry_time)
        _buy(pair, scene)
        pair.step_until(f"{scene.first_day}T20:00")
        _sleep_to(pair, f"{scene.ex_date}T12:59:00Z")
        assert our_positions(pair.daemon) == {scene.symbol: scene.shares}
        _sleep_to(pair, f"{scene.ex_date}T13:00:00Z")
        pair.daemon.wait_for(lambda: len(_stops(pair)) == 1 and _stops(pair)[0]["qty"] != str(scene.shares), "a stop")
        pair.settle()
        _check_before_the_open(pair, scene)
        history = _bars(pair, scene.symbol)
        pair.step_until(scene.exit_time)
        _check_before_the_close(pair, scene)
        decided = _decisions(pair, scene)
        _sell(pair, scene)
        _check_result(pair, scene)
        told = [alert for alert in alerts(pair.installation) if alert[0] in (*DIFFERENCES, "SPLIT_APPLIED")]
        assert [code for code, _ in told] == ["SPLIT_APPLIED"]
        assert pair.daemon.stop() == 0
    check_journal(pair.installation)
    with _running(scene, folder / "without", scene.ex_date, adjusted=True) as control:
        assert _bars(control, scene.symbol) == history
        control.step_until(scene.exit_time)
        assert _decisions(control, scene) == decided
    assert decided, "the day has signals to compare"


def _sleep_to(pair: Lockstep, time: str) -> None:
    """Let the exchange's time pass without a message; return when the daemon knows it and has nothing to do."""
    there_ns = pair.simulator.post("/sim/clock", timestamp=time)["time_ns"]
    pair.daemon.wait_for(lambda: pair.daemon.status().clock.time.ToNanoseconds() >= there_ns, f"it is {time}")
    pair.settle()


def _buy(pair: Lockstep, scene: Scene) -> None:
    request = order.PlaceOrderRequest(
        request_id="buy",
        symbol=scene.symbol,
        side=common.SIDE_BUY,
        quantity=scene.shares,
        type=order.ORDER_TYPE_MARKET,
        stop_loss_price=str(scene.stop),
    )
    pair.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)
    pair.daemon.wait_for(lambda: our_positions(pair.daemon) == {scene.symbol: scene.shares}, "the shares are bought")
    pair.settle()


def _sell(pair: Lockstep, scene: Scene) -> None:
    request = position.ClosePositionRequest(request_id="sell", symbol=scene.symbol, reason="the day is over")
    pair.daemon.positions.ClosePosition(request, timeout=CALL_TIMEOUT_S)
    pair.daemon.wait_for(lambda: our_positions(pair.daemon) == {}, "the shares are sold")
    pair.settle()


def _stops(pair: Lockstep) -> list[dict[str, Any]]:
    return [one for one in pair.simulator.get("/sim/state")["open_orders"] if one["type"] == "stop"]


def _check_before_the_open(pair: Lockstep, scene: Scene) -> None:
    """Half an hour before the open all is in place: shares here and there, the stop here and there, value and cost."""
    now = pair.simulator.get("/sim/clock")["timestamp"]
    assert f"{scene.ex_date}T13:00" <= now < f"{scene.ex_date}T13:30"
    after = {scene.symbol: RATIO * scene.shares}
    assert our_positions(pair.daemon) == after == their_positions(pair.simulator)
    assert [(one["qty"], Decimal(one["stop_price"])) for one in _stops(pair)] == [
        (str(RATIO * scene.shares), scene.stop_after)
    ]
    held = _position(pair, scene)
    assert Decimal(held.stop_price) == scene.stop_after
    assert Decimal(held.cost_basis) == sum(_values(pair, "buy"))
    before = next(float(row[4]) for row in reversed(scene.rows) if row[0] < f"{scene.first_day}T20:00")
    assert abs(float(held.market_value) - before * scene.shares) <= 0.0001 * RATIO * scene.shares


def _check_before_the_close(pair: Lockstep, scene: Scene) -> None:
    """The day has gone by: no stop was hit, nothing was sold, the stop is where it was."""
    assert our_positions(pair.daemon) == {scene.symbol: RATIO * scene.shares} == their_positions(pair.simulator)
    assert [Decimal(one["stop_price"]) for one in _stops(pair)] == [scene.stop_after]
    assert _values(pair, "sell") == []


def _check_result(pair: Lockstep, scene: Scene) -> None:
    """Profit, quantities and cash, to the cent, against the exchange's own executions."""
    bought, sold = sum(_values(pair, "buy")), sum(_values(pair, "sell"))
    (trade,) = our_trades(pair.daemon)
    assert (trade.entry_quantity, trade.exit_quantity) == (RATIO * scene.shares, RATIO * scene.shares)
    assert (Decimal(trade.entry_value), Decimal(trade.exit_value)) == (bought, sold)
    assert Decimal(trade.realized_pnl) == sold - bought
    cash = Decimal(pair.daemon.account.GetAccount(account.GetAccountRequest(), timeout=CALL_TIMEOUT_S).account.cash)
    assert cash == 100_000 - bought + sold == Decimal(pair.simulator.get("/v2/account")["cash"])
    assert their_positions(pair.simulator) == {}


def _values(pair: Lockstep, side: str) -> list[Decimal]:
    return [Decimal(one["price"]) * int(one["qty"]) for one in pair.simulator.all_fills() if one["side"] == side]


def _position(pair: Lockstep, scene: Scene) -> position.Position:
    listed = pages(pair.daemon.positions.ListPositions, position.ListPositionsRequest(), "positions")
    held: position.Position = next(one for one in listed if one.symbol == scene.symbol)
    return held


def _bars(pair: Lockstep, symbol: str) -> list[bytes]:
    """The remembered bars, to the last bit."""
    listed = pages(pair.daemon.market.GetBars, market.GetBarsRequest(symbol=symbol), "bars")
    return [one.SerializeToString(deterministic=True) for one in listed]


def _decisions(pair: Lockstep, scene: Scene) -> list[tuple[Any, ...]]:
    """The entry signals of the ex-date: what the strategy decides whether it holds shares or not."""
    entries = (signal.SIGNAL_KIND_LONG, signal.SIGNAL_KIND_SHORT)
    return sorted(
        (one.id, one.price, one.regime, one.entry_trigger, one.indicators.SerializeToString(deterministic=True))
        for one in our_signals(pair.daemon)
        if one.kind in entries and one.decided_at.ToJsonString() >= scene.ex_date
    )
