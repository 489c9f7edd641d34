"""The kinds of runs: what each does with its request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from google.protobuf.message import Message

from fluxhero.v1 import backtest_pb2
from fluxherod.backtest.checks import look_ahead, warm_up
from fluxherod.backtest.metrics import metrics
from fluxherod.backtest.model import BacktestConfig
from fluxherod.backtest.run import run
from fluxherod.core.calendar import MINUTE_NS, Calendar
from fluxherod.core.money import parse_e4
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.jobs.bars import Span, load_bars
from fluxherod.jobs.folder import METRICS, RESULT, write_trades, write_whole
from fluxherod.jobs.messages import Task
from fluxherod.jobs.results import given, result_message, trade_messages
from fluxherod.jobs.speech import Fault, Speech

LOADING, RUNNING, CHECKING = 0.2, 0.6, 0.9  # parts of a single run that are done when each ends


def carry_out(kind: str, request: bytes, task: Task, speech: Speech) -> None:
    """Do a run and keep what it came to.

    Raises:
        Fault: when it can't be made.
        OSError: when its result can't be kept.
    """
    _KINDS[kind](request, task, speech)


def _single(request: bytes, task: Task, speech: Speech) -> None:
    wanted = backtest_pb2.RunBacktestRequest.FromString(request).config
    span = span_of(wanted)
    bars, calendar = load_bars(wanted, task, span, speech, LOADING)
    config, total = run_config(wanted, span, calendar), sum(map(len, bars))

    def progress(part: float) -> None:
        speech.tell(LOADING + part * (RUNNING - LOADING), int(part * total), total, "trading")

    speech.tell(LOADING, 0, total, "trading", at_once=True)
    found = run(bars, config, progress=progress)
    figures = metrics(found)
    speech.tell(RUNNING, total, total, "looking for a look ahead", at_once=True)
    ahead = look_ahead(bars, config, found)
    speech.tell(CHECKING, total, total, "comparing shorter histories", at_once=True)
    warm = warm_up(bars, config)
    folder = Path(task.folder)
    write_trades(folder, [_of_trade(trade) for trade in trade_messages(found)])
    result = result_message(found, figures, ahead, warm, None)
    keep_result(folder, backtest_pb2.GetBacktestResponse(single=result), result.metrics)


def span_of(wanted: backtest_pb2.BacktestConfig) -> Span:
    """The time and the timeframe of a request."""
    start_ns = wanted.start_time.ToNanoseconds() if wanted.HasField("start_time") else None
    end_ns = wanted.end_time.ToNanoseconds() if wanted.HasField("end_time") else None
    return Span(wanted.timeframe, start_ns, end_ns)


def run_config(wanted: backtest_pb2.BacktestConfig, span: Span, calendar: Calendar) -> BacktestConfig:
    """The rules of a complete request."""
    values = dict(given(wanted, "parameters"))
    shorts = bool(values.pop("allow_shorts"))
    try:
        return BacktestConfig(
            timeframe_ns=span.minutes * MINUTE_NS,
            initial_equity_e4=parse_e4(wanted.initial_equity),
            params=StrategyParams(**values),  # type: ignore[arg-type]
            limits=RiskLimits(**given(wanted, "limits")),  # type: ignore[arg-type]
            start_ns=span.start_ns,
            calendar=calendar,
            allow_shorts=shorts,
            entry_order=wanted.entry_order,
        )
    except (TypeError, ValueError) as error:
        raise Fault("INVALID_FIELD", f"config: {error}") from error


def keep_result(folder: Path, answer: backtest_pb2.GetBacktestResponse, figures: Message) -> None:
    """Write what the daemon serves; the figures last, as what lists show. Raises OSError."""
    write_whole(folder / RESULT, answer.SerializeToString())
    write_whole(folder / METRICS, figures.SerializeToString())


def _of_trade(trade: Message) -> bytes:
    """In the answer that it will be a part of: such messages joined are one with all of them."""
    return backtest_pb2.GetBacktestResponse(trades=[trade]).SerializeToString()  # type: ignore[list-item]


_KINDS: Mapping[str, Callable[[bytes, Task, Speech], None]] = {"BACKTEST_KIND_SINGLE": _single}
