"""What the page's charts draw, as one small JSON text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from fluxherod.backtest.model import Guard, Outcome, Run
from fluxherod.backtest.page.candles import Candles, TimeLine, candles, time_line
from fluxherod.backtest.page.figures import Rolling, drawdowns, holding_e4
from fluxherod.backtest.page.packing import pack, pack_steps
from fluxherod.backtest.tape import Laid
from fluxherod.core.calendar import MINUTE_NS, new_york
from fluxherod.core.jit import RowArray
from fluxherod.core.money import CENT_E4

MOST_BYTES = 1_300_000
"""The charts' share of the page; the page doubles the bars in a candle until they keep it."""
MOST_REFUSED = 20_000
"""Refused entries that are drawn; they are a mark each."""
_SHARPE_DIGITS = 1_000
_DRAWDOWN_DIGITS = 100_000
_UNDEFINED = -1_000_000_000


@dataclass(frozen=True, slots=True)
class Payload:
    """The text, the marks in a slot, and how many of the refused entries are in it."""

    text: str
    width: int
    refused: int


def payload(run: Run, laid: Laid, rolling: Rolling) -> Payload:
    """The charts' data, coarser the more of it there is."""
    width = 1
    while True:
        data = _data(run, laid, rolling, time_line(run, width))
        # `<` could end the element that holds it.
        text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
        if len(text) <= MOST_BYTES or width >= len(run.equity_ns):
            return Payload(text, width, data["refused"]["count"])
        width *= 2


def _data(run: Run, laid: Laid, rolling: Rolling, line: TimeLine) -> dict[str, Any]:
    return {
        "time": pack_steps(line.end_ns // MINUTE_NS),
        "offsets": _offsets(line.end_ns),
        **_account(run, laid, line),
        "sharpe": _sharpe(run, rolling, line),
        "symbols": [_candles(candles(laid, line, symbol)) for symbol in range(len(laid.symbols))],
        "trades": _trades(run, laid, line),
        "refused": _refused(run, line),
        "guards": [
            [int(line.ending(record["ns"])), Guard(record["what"]).name.lower().replace("_", " ")]
            for record in run.guards
        ],
    }


def _offsets(end_ns: RowArray) -> list[list[int]]:
    """From which slot on New York is how many minutes off UTC."""
    changes: list[list[int]] = []
    for slot in _changes(end_ns):
        wall = new_york(int(end_ns[slot]))
        offset = wall.utcoffset()
        assert offset is not None
        minutes = round(offset.total_seconds() / 60)
        if not changes or changes[-1][1] != minutes:
            changes.append([slot, minutes])
    return changes


def _changes(end_ns: RowArray) -> list[int]:
    """The first slot of each day of UTC: New York changes its clocks at night."""
    return np.flatnonzero(np.diff(end_ns // (1440 * MINUTE_NS), prepend=np.int64(-1))).tolist()


def _account(run: Run, laid: Laid, line: TimeLine) -> dict[str, Any]:
    equity_e4, firsts = run.equity_e4[line.last], np.arange(0, len(run.equity_ns), line.width)
    lost = drawdowns(run)
    worst = np.maximum.reduceat(lost, firsts) if len(lost) else lost
    share = np.where(equity_e4 > 0, run.exposure_e4[line.last] / np.maximum(equity_e4, 1), 0.0)
    return {
        "initial": run.config.initial_equity_e4 / 10_000,
        "equity": pack_steps(np.rint(equity_e4 / CENT_E4)),
        "drawdown": pack_steps(np.rint(worst * _DRAWDOWN_DIGITS)),
        "exposure": pack_steps(np.rint(share * 1_000)),
        "holding": pack_steps(np.rint(holding_e4(run, laid)[line.last] / 10_000)),
    }


def _sharpe(run: Run, rolling: Rolling, line: TimeLine) -> dict[str, Any]:
    columns = (
        np.where(np.isnan(values), _UNDEFINED, np.rint(np.nan_to_num(values) * _SHARPE_DIGITS))
        for values in (rolling.sharpe, rolling.sharpe_zero_rate)
    )
    slots = line.ending(run.session_ns[rolling.session])
    own, zero = (pack_steps(column) for column in columns)
    return {"window": rolling.window, "slot": pack_steps(slots), "own": own, "zero": zero}


def _candles(drawn: Candles) -> dict[str, Any]:
    step = _price_step(drawn)
    opens, highs, lows, closes = (
        np.rint(column / step).astype(np.int64) for column in (drawn.open, drawn.high, drawn.low, drawn.close)
    )
    return {
        "name": drawn.symbol,
        "step": step,
        "slot": pack_steps(drawn.slot),
        "gap": pack(opens - np.concatenate([np.zeros(1, np.int64), closes[:-1]])[: len(opens)]),
        "body": pack(closes - opens),
        "above": pack(highs - np.maximum(opens, closes)),
        "below": pack(np.minimum(opens, closes) - lows),
    }


def _price_step(drawn: Candles) -> float:
    """A cent for most shares; else a ten-thousandth of the price, about."""
    middle = float(np.median(drawn.close)) if len(drawn.close) else 1.0
    return 0.01 if 5 <= middle <= 2_000 else float(10.0 ** (math.floor(math.log10(middle)) - 4))


def _trades(run: Run, laid: Laid, line: TimeLine) -> dict[str, Any]:
    trades = run.trades
    entered, left = line.starting(trades["entry_ns"]), line.ending(_ends_of_exits(run, laid))
    return {
        "symbol": pack(trades["symbol"]),
        "side": pack(trades["side"]),
        "entered": pack_steps(entered),
        "left": pack_steps(left),
        "enteredBefore": pack((line.end_ns[entered] - trades["entry_ns"]) // MINUTE_NS),
        "leftBefore": pack((line.end_ns[left] - trades["exit_ns"]) // MINUTE_NS),
        "entry": pack(trades["entry_e4"]),
        "exit": pack(trades["exit_e4"]),
        "stop": pack(trades["stop_e4"]),
        "shares": pack(trades["quantity"]),
        "net": pack(np.rint(trades["pnl_e4"] / CENT_E4)),
        "mode": pack(trades["mode"]),
        "reason": pack(trades["reason"]),
    }


def _ends_of_exits(run: Run, laid: Laid) -> RowArray:
    """The ends of the bars on which trades ended: an exit's time may be the end of one bar or the open of the next."""
    trades, tape = run.trades, laid.tape
    ends_ns = np.empty(len(trades), np.int64)
    for symbol in range(len(laid.symbols)):
        mine, ends = trades["symbol"] == symbol, tape.end_ns[tape.first[symbol] : tape.last[symbol]]
        entered = np.searchsorted(ends, trades["entry_ns"][mine], "right")
        ends_ns[mine] = ends[entered + trades["bars"][mine]]
    return ends_ns


def _refused(run: Run, line: TimeLine) -> dict[str, Any]:
    signals = run.signals
    made = (signals["outcome"] == Outcome.ORDERED) | (signals["outcome"] == Outcome.ADJUSTED)
    refused = signals[~signals["exit"] & ~made][-MOST_REFUSED:]
    return {
        "count": len(refused),
        "symbol": pack(refused["symbol"]),
        "side": pack(refused["side"]),
        "slot": pack_steps(line.ending(refused["ns"])),
        "price": pack_steps(refused["price_e4"]),
        "outcome": pack(refused["outcome"]),
        "names": {int(code): code.name.lower().replace("_", " ") for code in Outcome},
    }
