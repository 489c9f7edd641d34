"""What must hold after any run: our books are the exchange's, each trade is explained, the journal can be trusted."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from fluxhero.v1 import account_pb2 as account
from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import signal_pb2 as signal
from fluxhero.v1 import trade_pb2 as trade
from fluxherod.adapters.journal_files import JournalFiles
from fluxherod.persistence.verify import database_rows, sealed_files
from harness.processes import CALL_TIMEOUT_S, Daemon, Installation, Simulator, environment

PAGE_SIZE = 200
REPLAY_TIMEOUT_S = 300.0
FIRST_CASH = Decimal(100_000)
# A difference between our books and the broker's is told by one of these.
DIFFERENCES = (
    "CASH_ADOPTED",
    "POSITION_ADOPTED",
    "POSITION_DIFFERENCE",
    "POSITION_UNCLEAR",
    "FOREIGN_ORDER",
    "ORDER_MISMATCH",
    "ORDER_NOT_IN_JOURNAL",
)
_TIMES_IN_FORCE = {"day": order.TIME_IN_FORCE_DAY, "gtc": order.TIME_IN_FORCE_GTC}
SAME = "every effect is the same, byte for byte"


def pages(call: Callable[..., Any], request: Any, field: str) -> Iterator[Any]:
    """Every item of a list that comes in pages."""
    request.page_size = PAGE_SIZE
    while True:
        answer = call(request, timeout=CALL_TIMEOUT_S)
        yield from getattr(answer, field)
        if not answer.next_page_token:
            return
        request.page_token = answer.next_page_token


def our_orders(daemon: Daemon) -> list[order.Order]:
    """Every order of the daemon, stop legs included."""
    return list(pages(daemon.orders.ListOrders, order.ListOrdersRequest(), "orders"))


def our_trades(daemon: Daemon) -> list[trade.Trade]:
    """Every trade of the daemon."""
    return list(pages(daemon.trades.ListTrades, trade.ListTradesRequest(), "trades"))


def our_signals(daemon: Daemon) -> list[signal.Signal]:
    """Every signal of the daemon."""
    return list(pages(daemon.signals.ListSignals, signal.ListSignalsRequest(), "signals"))


def our_positions(daemon: Daemon) -> dict[str, int]:
    """Signed shares by symbol."""
    listed = pages(daemon.positions.ListPositions, position.ListPositionsRequest(), "positions")
    return {one.symbol: -one.quantity if one.side == common.POSITION_SIDE_SHORT else one.quantity for one in listed}


def their_positions(simulator: Simulator) -> dict[str, int]:
    """Signed shares by symbol."""
    return {one["symbol"]: int(one["qty"]) for one in simulator.get("/v2/positions")}


def check_books(daemon: Daemon, simulator: Simulator) -> None:
    """Executions, positions and cash: ours, theirs, and each the sum of the others; how long each order works."""
    orders, fills = our_orders(daemon), simulator.all_fills()
    there = {one["id"]: _TIMES_IN_FORCE.get(one["time_in_force"]) for one in simulator.all_orders()}
    assert {one.broker_order_id: one.time_in_force for one in orders if one.broker_order_id}.items() <= there.items()
    signs = {common.SIDE_BUY: 1, common.SIDE_SELL: -1}
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    for one in orders:
        ours[one.symbol] += signs[one.side] * one.filled_quantity
    for fill in fills:
        theirs[fill["symbol"]] += int(fill["qty"]) * (1 if fill["side"] == "buy" else -1)
    held = {symbol: quantity for symbol, quantity in ours.items() if quantity}
    assert held == {symbol: quantity for symbol, quantity in theirs.items() if quantity}
    assert held == our_positions(daemon) == their_positions(simulator)
    spent = sum((signs[one.side] * Decimal(one.filled_value) for one in orders), Decimal())
    cash = Decimal(daemon.account.GetAccount(account.GetAccountRequest(), timeout=CALL_TIMEOUT_S).account.cash)
    assert cash == FIRST_CASH - spent
    assert cash == Decimal(simulator.get("/v2/account")["cash"])


def check_orders(simulator: Simulator) -> list[str]:
    """No client id came twice, and no decision gave two entries; the decisions that gave one, in order."""
    ids = [one["client_order_id"] for one in simulator.all_orders()]
    assert len(ids) == len(set(ids))
    entries = [stem for stem, leg in (one.rsplit("-", 1) for one in ids if one.startswith("fh-")) if leg[0] == "e"]
    assert len(entries) == len(set(entries)), "two entries for one decision"
    return entries


def check_explained(daemon: Daemon) -> list[trade.Trade]:
    """Each trade can be asked why: its signal with rules and text, its risk decision, its orders and fills."""
    trades = our_trades(daemon)
    for one in trades:
        full = daemon.trades.GetTrade(trade.GetTradeRequest(trade_id=one.id), timeout=CALL_TIMEOUT_S)
        why = full.signal
        assert why.id == one.signal_id
        assert why.symbol == one.symbol
        assert one.signal_reason
        assert "Reason: " in why.text
        assert "Risk: " in why.text
        assert why.rules
        assert all(rule.text for rule in why.rules)
        assert why.risk.verdict in (risk.RISK_VERDICT_APPROVED, risk.RISK_VERDICT_APPROVED_WITH_ADJUSTMENT)
        assert why.risk.checks
        assert why.risk.sizing
        assert why.risk.quantity >= one.entry_quantity
        assert sum(fill.quantity for fill in full.fills) == one.entry_quantity + one.exit_quantity
    return trades


def alerts(installation: Installation) -> list[tuple[str, str]]:
    """Every alert, raised once or more often: code and newest text."""
    with sqlite3.connect(f"{installation.database.as_uri()}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT code, text FROM alerts ORDER BY number").fetchall()


def check_no_difference(installation: Installation) -> None:
    """Our books and the broker's never differed."""
    assert [alert for alert in alerts(installation) if alert[0] in DIFFERENCES] == []


def journal_size(installation: Installation) -> tuple[int, float]:
    """Rows of the journal, and MB of the files that it is in."""
    files = JournalFiles(installation.database.parent)
    paths = [installation.database, *(file.path for file in files.sealed())]
    return files.in_database()[1], sum(path.stat().st_size for path in paths) / 1e6


def check_journal(installation: Installation) -> None:
    """Of a daemon that has ended: the hash chain holds, and a replay wants the same, byte for byte."""
    files = JournalFiles(installation.database.parent)
    assert [one.text for check in (sealed_files, database_rows) for one in check(files) if one.fault] == []
    replay = subprocess.run(
        [sys.executable, "-m", "fluxherod", "replay", str(installation.database.parent)],
        env=environment(installation.folder),
        capture_output=True,
        text=True,
        timeout=REPLAY_TIMEOUT_S,
        check=False,
    )
    assert SAME in replay.stdout, replay.stdout + replay.stderr
    assert replay.returncode == 0
