"""Requests for backtests: what may be asked for, and what the daemon fills in where nothing is said."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict
from decimal import Decimal
from typing import TypeAlias

from google.protobuf.message import Message

from fluxhero.v1 import backtest_pb2
from fluxherod.core.calendar import SECOND_NS, to_datetime
from fluxherod.core.money import format_e4, parse_e4
from fluxherod.core.risk.limits import limit_problems
from fluxherod.core.risk.request import MAX_EQUITY_E4
from fluxherod.engine.operators.overrides import parameter_range, parameters_of, problems
from fluxherod.engine.settings import TIMEFRAME_MINUTES, Settings
from fluxherod.rpc import validate
from fluxherod.rpc.convert import timestamp
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.runs import Bounds

Config: TypeAlias = backtest_pb2.BacktestConfig
Wrong: TypeAlias = dict[str, str]
RunRequest: TypeAlias = (
    backtest_pb2.RunBacktestRequest | backtest_pb2.RunWalkForwardRequest | backtest_pb2.RunSweepRequest
)

INITIAL_EQUITY = "100000"
ENTRY_ORDERS = ("market", "limit")
LONGEST_NAME = 100
TRAIN_MONTHS, TEST_MONTHS, MOST_MONTHS = 3, 1, 120
MAX_POINTS, MOST_POINTS = 100, 1_000
MOST_VALUES = 1_000
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_SESSIONS_A_YEAR, _YEAR_S, _SESSION_MINUTES = 252, 365.25 * 24 * 3600, 390


def complete(request: RunRequest, settings: Settings, bounds: Bounds, now_ns: int) -> RunRequest:
    """The request with all that it left to the daemon.

    Raises:
        Refused: INVALID_FIELD with every field that is wrong, LIMIT_EXCEEDED when it is too large.
    """
    made = deepcopy(request)
    wrong: Wrong = {}
    _complete_config(made.config, settings, bounds, now_ns, wrong)
    if isinstance(made, backtest_pb2.RunWalkForwardRequest):
        _complete_walk_forward(made, settings, wrong)
    elif isinstance(made, backtest_pb2.RunSweepRequest):
        _complete_sweep(made, settings, wrong)
    if wrong:
        text = "; ".join(f"{field}: {allowed}" for field, allowed in wrong.items())
        raise Refused("INVALID_FIELD", text, fields=wrong)
    _check_size(made, bounds, now_ns)
    return made


def _complete_config(config: Config, settings: Settings, bounds: Bounds, now_ns: int, wrong: Wrong) -> None:
    _note(wrong, "config.symbols", lambda: _check_symbols(config, bounds))
    config.timeframe = config.timeframe or settings.timeframe
    if config.timeframe not in TIMEFRAME_MINUTES:
        wrong["config.timeframe"] = f"one of {', '.join(TIMEFRAME_MINUTES)}, or empty for the strategy's"
    config.initial_equity = config.initial_equity or INITIAL_EQUITY
    if not _is_equity(config.initial_equity):
        wrong["config.initial_equity"] = (
            f'dollars as a decimal string, above 0 and at most {format_e4(MAX_EQUITY_E4)}, such as "100000"'
        )
    config.entry_order = config.entry_order or settings.entry_order
    if config.entry_order not in ENTRY_ORDERS:
        wrong["config.entry_order"] = "market, limit, or empty for what is in force"
    config.source = config.source or backtest_pb2.BAR_SOURCE_HISTORY
    if config.source not in backtest_pb2.BarSource.values():
        wrong["config.source"] = "one of the values that the contract names"
    if len(config.name) > LONGEST_NAME or not config.name.isprintable():
        wrong["config.name"] = f"at most {LONGEST_NAME} printable characters"
    _check_times(config, now_ns, wrong)
    _complete_parameters(config, settings, wrong)
    _complete_limits(config, settings, wrong)


def _note(wrong: Wrong, field: str, check: Callable[[], object]) -> None:
    """What one check refuses, under the field's whole name."""
    try:
        check()
    except Refused as refusal:
        wrong[field] = next(iter(refusal.fields.values()))


def _check_symbols(config: Config, bounds: Bounds) -> None:
    symbols = validate.symbols(config.symbols)
    if not symbols or len(symbols) < len(config.symbols):
        raise invalid("symbols", f"1 to {bounds.max_symbols} ticker symbols, each once")


def _is_equity(text: str) -> bool:
    return _MONEY.fullmatch(text) is not None and 0 < parse_e4(text) <= MAX_EQUITY_E4


def _check_times(config: Config, now_ns: int, wrong: Wrong) -> None:
    for field in ("start_time", "end_time"):
        if config.HasField(field):
            _note(wrong, f"config.{field}", lambda field=field: validate.time_ns(getattr(config, field), field))  # type: ignore[misc]
    if {"config.start_time", "config.end_time"} & wrong.keys():
        return
    if config.HasField("start_time") and config.start_time.ToNanoseconds() >= now_ns:
        wrong["config.start_time"] = f"must be in the past: now it is {to_datetime(now_ns):%Y-%m-%d %H:%M} UTC"
    elif config.HasField("end_time") and config.start_time.ToNanoseconds() >= config.end_time.ToNanoseconds():
        wrong["config.end_time"] = "must be later than start_time, and than 1970"
    if config.source == backtest_pb2.BAR_SOURCE_HISTORY and not config.HasField("start_time"):
        wrong["config.start_time"] = "must be given: the broker is asked for bars from then on"
    if config.source == backtest_pb2.BAR_SOURCE_HISTORY and not config.HasField("end_time"):
        config.end_time.CopyFrom(timestamp(now_ns))  # a sweep that goes on tomorrow goes on with the same bars


def _complete_parameters(config: Config, settings: Settings, wrong: Wrong) -> None:
    changes = _given(config.parameters)
    found = problems(settings, changes)  # type: ignore[arg-type]
    wrong |= {f"config.parameters.{name}": allowed for name, allowed in found.items()}
    if not found:
        for name, value in {**parameters_of(settings), **changes}.items():
            setattr(config.parameters, name, value)


def _complete_limits(config: Config, settings: Settings, wrong: Wrong) -> None:
    changes = _given(config.limits)
    found = limit_problems(settings.limits, changes)  # type: ignore[arg-type]
    wrong |= {f"config.limits.{name}": allowed for name, allowed in found.items()}
    if not found:
        for name, value in {**asdict(settings.limits), **changes}.items():
            setattr(config.limits, name, value)


def _given(message: Message) -> dict[str, object]:
    return {field.name: value for field, value in message.ListFields()}


# --- walk-forward and sweep ----------------------------------------------------------------------
def _complete_walk_forward(made: backtest_pb2.RunWalkForwardRequest, settings: Settings, wrong: Wrong) -> None:
    made.train_months, made.test_months = made.train_months or TRAIN_MONTHS, made.test_months or TEST_MONTHS
    for field in ("train_months", "test_months"):
        if not 1 <= getattr(made, field) <= MOST_MONTHS:
            wrong[field] = f"1 to {MOST_MONTHS}, or 0 for the usual"
    _complete_search(made, settings, wrong)


def _complete_sweep(made: backtest_pb2.RunSweepRequest, settings: Settings, wrong: Wrong) -> None:
    made.max_points = made.max_points or MAX_POINTS
    if not 1 <= made.max_points <= MOST_POINTS:
        wrong["max_points"] = f"1 to {MOST_POINTS}, or 0 for {MAX_POINTS}"
    made.search = made.search or backtest_pb2.SWEEP_SEARCH_GRID
    if made.search not in backtest_pb2.SweepSearch.values():
        wrong["search"] = "one of the values that the contract names"
    if not made.axes:
        wrong["axes"] = "at least one parameter to try values of"
    all_run = made.search == backtest_pb2.SWEEP_SEARCH_GRID
    if all_run and made.combinations:
        wrong["combinations"] = "leave it out: all combinations run"
    elif not all_run and made.combinations < 1:
        wrong["combinations"] = "how many to try, 1 or more"
    if made.seed < 0:
        wrong["seed"] = "0 or more"
    _complete_search(made, settings, wrong)


def _complete_search(
    made: backtest_pb2.RunWalkForwardRequest | backtest_pb2.RunSweepRequest, settings: Settings, wrong: Wrong
) -> None:
    made.objective = made.objective or backtest_pb2.SWEEP_OBJECTIVE_SHARPE_RATIO
    if made.objective not in backtest_pb2.SweepObjective.values():
        wrong["objective"] = "one of the values that the contract names"
    known = parameters_of(settings)
    seen: set[str] = set()
    for number, axis in enumerate(made.axes):
        if axis.parameter not in known or axis.parameter in seen:
            wrong[f"axes[{number}].parameter"] = "a field of StrategyParameters, each once, such as entry_atr"
        elif allowed := _wrong_values(axis, known):
            wrong[f"axes[{number}].values"] = allowed
        seen.add(axis.parameter)


def _wrong_values(axis: backtest_pb2.SweepAxis, known: Mapping[str, object]) -> str:
    """What the values of an axis may be, where they are something else."""
    low, high = parameter_range(axis.parameter)
    whole = isinstance(known[axis.parameter], int)
    fits = all(low <= value <= high and (not whole or value.is_integer()) for value in axis.values)
    if 0 < len(axis.values) <= MOST_VALUES and len(set(axis.values)) == len(axis.values) and fits:
        return ""
    numbers = "whole numbers" if whole else "numbers"
    return f"1 to {MOST_VALUES} {numbers} from {low:g} to {high:g}, each once"


def combinations(made: RunRequest) -> int:
    """How many runs a complete request asks for in each window."""
    if isinstance(made, backtest_pb2.RunBacktestRequest):
        return 1
    if isinstance(made, backtest_pb2.RunSweepRequest) and made.combinations:
        return made.combinations
    return math.prod(len(axis.values) for axis in made.axes)


# --- size ----------------------------------------------------------------------------------------
def _check_size(made: RunRequest, bounds: Bounds, now_ns: int) -> None:
    """Refuse what is plainly too large before anything is loaded; what is only seen then is refused then."""
    config = made.config
    if len(config.symbols) > bounds.max_symbols:
        raise _too_many("config.symbols", f"{len(config.symbols)} symbols", "max_symbols", bounds.max_symbols)
    if (count := combinations(made)) > bounds.max_combinations:
        raise _too_many("axes", f"{count} combinations", "max_combinations", bounds.max_combinations)
    bars = _likely_bars(config, now_ns)
    if bars > bounds.max_bars:
        raise _too_many("config", f"about {bars} bars", "max_bars", bounds.max_bars)


def _likely_bars(config: Config, now_ns: int) -> int:
    """Bars of the regular sessions in the time that is asked for; 0 where the bars say themselves how many they are."""
    if not config.HasField("start_time"):
        return 0
    end_ns = min(now_ns, config.end_time.ToNanoseconds()) if config.HasField("end_time") else now_ns
    years = (end_ns - config.start_time.ToNanoseconds()) / SECOND_NS / _YEAR_S
    a_session = math.ceil(_SESSION_MINUTES / TIMEFRAME_MINUTES[config.timeframe])
    return int(years * _SESSIONS_A_YEAR * a_session) * len(config.symbols)


def _too_many(field: str, what: str, key: str, most: int) -> Refused:
    text = f"{field}: {what} are more than {most} (research.{key}): ask for less, or run it by fluxherod itself"
    return Refused("LIMIT_EXCEEDED", text, fields={field: f"at most {most}"}, metadata={"limit": str(Decimal(most))})
