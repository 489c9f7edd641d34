"""What trades have earned, measured against the account's recorded equity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from fluxhero.v1 import strategy_pb2, trade_pb2
from fluxherod.core.calendar import HOUR_NS, Session, new_york_day
from fluxherod.core.performance import performance
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode
from fluxherod.rpc import validate
from fluxherod.rpc.convert import MODES
from fluxherod.rpc.errors import invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.statistics import by_key, statistics
from fluxherod.rpc.tables import Tables

MOST_TRADES = 100_000
READ_SIZE = 1_000
PRE_MARKET_NS = 6 * HOUR_NS  # what is recorded in the hours before an open is not of the session before
_END_OF_TIME_NS = 1 << 63

Measure = Callable[[Sequence[Trade]], trade_pb2.TradeStatistics]


async def performance_response(
    live: Live, tables: Tables, request: strategy_pb2.GetPerformanceRequest
) -> strategy_pb2.GetPerformanceResponse:
    """What each mode has earned, those without a trade too, and all modes together.

    Raises:
        Refused: INVALID_FIELD, or NOT_READY before the engine was started.
    """
    trades = await closed_trades(live, tables, request)
    measure = await measure_of(live, tables, trades)
    of_mode = by_key(trades, lambda trade: trade.mode)
    return strategy_pb2.GetPerformanceResponse(
        total=measure(trades),
        by_mode=[
            trade_pb2.ModeStatistics(mode=MODES.to_proto(mode), statistics=measure(of_mode.get(mode, [])))
            for mode in Mode
        ],
    )


async def closed_trades(live: Live, tables: Tables, request: Any, modes: Collection[Mode] = ()) -> list[Trade]:
    """The closed trades that a request's `symbols`, `start_time` and `end_time` (of the close) and some modes choose.

    Raises:
        Refused: INVALID_FIELD, or NOT_READY before the engine was started.
    """
    live.refuse_before_start()
    symbols = validate.symbols(request.symbols)
    since_ns = validate.time_ns(request.start_time, "start_time") if request.HasField("start_time") else 0
    until_ns = validate.time_ns(request.end_time, "end_time") if request.HasField("end_time") else _END_OF_TIME_NS
    if since_ns >= until_ns:
        raise invalid("end_time", "must be later than start_time")
    return [
        trade
        for trade in await _all_closed(tables, symbols[0] if len(symbols) == 1 else None)
        if (not symbols or trade.symbol in symbols)
        and (not modes or trade.mode in modes)
        and since_ns <= (trade.closed_ns or 0) < until_ns
    ]


async def _all_closed(tables: Tables, symbol: str | None) -> list[Trade]:
    trades: list[Trade] = []
    token = ""
    while len(trades) < MOST_TRADES:
        page = await tables.trades(symbol=symbol, closed=True, page_size=READ_SIZE, page_token=token)
        trades += page.items
        token = page.next_token
        if not token:
            break
    return trades


async def measure_of(live: Live, tables: Tables, trades: Iterable[Trade]) -> Measure:
    """What turns some of these trades into their figures: it knows the equity that their results are measured by."""
    sessions = live.engine.market.calendar.sessions
    days = [session.day for session in sessions]
    closed_on = {new_york_day(trade.closed_ns) for trade in trades if trade.closed_ns is not None}
    equity_e4: dict[str, int] = {}
    for before, session in zip((None, *sessions), sessions, strict=False):
        if session.day in closed_on:
            equity_e4[session.day] = await _equity_before(live, tables, before, session)
    return lambda some: statistics(performance(some, days, equity_e4))


async def _equity_before(live: Live, tables: Tables, before: Session | None, session: Session) -> int:
    """The account's equity at the end of the session before, as it was recorded; else what comes next to it.

    Where nothing was recorded in that session (the daemon did not run, or not yet), the broker's figure of it counts,
    which each record of the following session carries; without either, the equity now.
    """
    if before is not None:
        page = await tables.equity_curve(since_ns=before.open_ns, until_ns=session.open_ns - PRE_MARKET_NS, page_size=1)
        if page.items:
            return page.items[0].account.equity_e4
    page = await tables.equity_curve(since_ns=session.open_ns, until_ns=session.close_ns + HOUR_NS, page_size=1)
    if page.items:
        account = page.items[0].account
        return account.last_equity_e4 or account.equity_e4
    return live.engine.ledger.equity_e4 or 0
