"""The kinds of runs: what each does with its request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from google.protobuf.message import Message

from fluxhero.v1 import backtest_pb2
from fluxherod.backtest.checks import look_ahead, warm_up
from fluxherod.backtest.dataset import DataSet
from fluxherod.backtest.luck import Luck, assess
from fluxherod.backtest.metrics import metrics, session_returns
from fluxherod.backtest.model import BacktestConfig, Bars
from fluxherod.backtest.page.inputs import Extras
from fluxherod.backtest.report import Report
from fluxherod.backtest.run import run
from fluxherod.backtest.score import score
from fluxherod.core.calendar import MINUTE_NS, Calendar
from fluxherod.core.money import parse_e4
from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.strategy.params import StrategyParams
from fluxherod.jobs.bars import Span, load_bars
from fluxherod.jobs.folder import METRICS, REPORT, RESULT, write_trades, write_whole
from fluxherod.jobs.messages import Task
from fluxherod.jobs.pages import about, luck_of, page
from fluxherod.jobs.results import given, result_message, trade_messages
from fluxherod.jobs.searches import LOADED, ledger_of, run_sweep, run_walk_forward
from fluxherod.jobs.speech import Fault, Speech

RAN, CHECKED, JUDGED = 0.5, 0.8, 0.9  # parts of a single run that are done when each ends


def carry_out(kind: str, request: bytes, task: Task, speech: Speech) -> None:
    """Do a run and keep what it came to.

    Raises:
        Fault: when it can't be made.
        OSError: when its result can't be kept.
    """
    _KINDS[kind](request, task, speech)


def _single(request: bytes, task: Task, speech: Speech) -> None:
    wanted = backtest_pb2.RunBacktestRequest.FromString(request).config
    bars, config = _loaded(wanted, task, speech)
    total = sum(map(len, bars))

    def progress(part: float) -> None:
        speech.tell(LOADED + part * (RAN - LOADED), int(part * total), total, "trading")

    speech.tell(LOADED, 0, total, "trading", at_once=True)
    found = run(bars, config, progress=progress)
    figures = metrics(found)
    speech.tell(RAN, total, total, "looking for a look ahead", at_once=True)
    ahead = look_ahead(bars, config, found)
    speech.tell(CHECKED, total, total, "comparing shorter histories", at_once=True)
    report = Report(found, figures, ahead, warm_up(bars, config))
    luck = _luck_of_one(report, bars, config, task)
    folder = Path(task.folder)
    speech.tell(JUDGED, total, total, "writing the report", at_once=True)
    write_trades(folder, [_of_trade(trade) for trade in trade_messages(found)])
    html = page(report, bars, Extras(about(wanted), luck=luck_of(luck)), speech)
    result = result_message(found, figures, ahead, report.warm_up, luck)
    keep_result(folder, backtest_pb2.GetBacktestResponse(single=result), result.metrics, html)


def _luck_of_one(report: Report, bars: Sequence[Bars], config: BacktestConfig, task: Task) -> Luck:
    """In the light of every trial on these bars, of which this is one."""
    data = DataSet.of(bars, config)
    with ledger_of(task) as ledger:
        ledger.record(data, config, score(report.run))
        return assess(session_returns(report.run), len(report.run.trades), ledger.tried(data))


def _walk_forward(request: bytes, task: Task, speech: Speech) -> None:
    wanted = backtest_pb2.RunWalkForwardRequest.FromString(request)
    bars, config = _loaded(wanted.config, task, speech)
    result, html = run_walk_forward(wanted, bars, config, task, speech)
    keep_result(Path(task.folder), backtest_pb2.GetBacktestResponse(walk_forward=result), result.combined, html)


def _sweep(request: bytes, task: Task, speech: Speech) -> None:
    wanted = backtest_pb2.RunSweepRequest.FromString(request)
    bars, config = _loaded(wanted.config, task, speech)
    result, html = run_sweep(wanted, bars, config, task, speech)
    best = result.points[0].metrics if result.points else backtest_pb2.BacktestMetrics()
    keep_result(Path(task.folder), backtest_pb2.GetBacktestResponse(sweep=result), best, html)


def _loaded(wanted: backtest_pb2.BacktestConfig, task: Task, speech: Speech) -> tuple[list[Bars], BacktestConfig]:
    span = span_of(wanted)
    bars, calendar = load_bars(wanted, task, span, speech, LOADED)
    return bars, run_config(wanted, span, calendar)


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


def keep_result(folder: Path, answer: backtest_pb2.GetBacktestResponse, figures: Message, html: bytes) -> None:
    """Write what the daemon serves; the figures last, as what lists show. Raises OSError."""
    if html:
        write_whole(folder / REPORT, html)
    write_whole(folder / RESULT, answer.SerializeToString())
    write_whole(folder / METRICS, figures.SerializeToString())


def _of_trade(trade: Message) -> bytes:
    """In the answer that it will be a part of: such messages joined are one with all of them."""
    return backtest_pb2.GetBacktestResponse(trades=[trade]).SerializeToString()  # type: ignore[list-item]


_KINDS: Mapping[str, Callable[[bytes, Task, Speech], None]] = {
    "BACKTEST_KIND_SINGLE": _single,
    "BACKTEST_KIND_WALK_FORWARD": _walk_forward,
    "BACKTEST_KIND_SWEEP": _sweep,
}
