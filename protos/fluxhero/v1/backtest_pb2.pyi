import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import account_pb2 as _account_pb2
from fluxhero.v1 import risk_pb2 as _risk_pb2
from fluxhero.v1 import strategy_pb2 as _strategy_pb2
from fluxhero.v1 import trade_pb2 as _trade_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BarSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BAR_SOURCE_UNSPECIFIED: _ClassVar[BarSource]
    BAR_SOURCE_HISTORY: _ClassVar[BarSource]
    BAR_SOURCE_CACHE: _ClassVar[BarSource]
    BAR_SOURCE_FILES: _ClassVar[BarSource]

class BacktestKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKTEST_KIND_UNSPECIFIED: _ClassVar[BacktestKind]
    BACKTEST_KIND_SINGLE: _ClassVar[BacktestKind]
    BACKTEST_KIND_WALK_FORWARD: _ClassVar[BacktestKind]
    BACKTEST_KIND_SWEEP: _ClassVar[BacktestKind]

class BacktestState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKTEST_STATE_UNSPECIFIED: _ClassVar[BacktestState]
    BACKTEST_STATE_QUEUED: _ClassVar[BacktestState]
    BACKTEST_STATE_RUNNING: _ClassVar[BacktestState]
    BACKTEST_STATE_SUCCEEDED: _ClassVar[BacktestState]
    BACKTEST_STATE_FAILED: _ClassVar[BacktestState]
    BACKTEST_STATE_CANCELED: _ClassVar[BacktestState]

class LuckVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LUCK_VERDICT_UNSPECIFIED: _ClassVar[LuckVerdict]
    LUCK_VERDICT_NO_EDGE: _ClassVar[LuckVerdict]
    LUCK_VERDICT_TOO_LITTLE: _ClassVar[LuckVerdict]
    LUCK_VERDICT_LIKELY_LUCK: _ClassVar[LuckVerdict]
    LUCK_VERDICT_UNDECIDED: _ClassVar[LuckVerdict]
    LUCK_VERDICT_PROBABLY_REAL: _ClassVar[LuckVerdict]

class WalkForwardVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    WALK_FORWARD_VERDICT_UNSPECIFIED: _ClassVar[WalkForwardVerdict]
    WALK_FORWARD_VERDICT_PASSED: _ClassVar[WalkForwardVerdict]
    WALK_FORWARD_VERDICT_FAILED: _ClassVar[WalkForwardVerdict]
    WALK_FORWARD_VERDICT_TOO_FEW_TRADES: _ClassVar[WalkForwardVerdict]

class SweepSearch(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SWEEP_SEARCH_UNSPECIFIED: _ClassVar[SweepSearch]
    SWEEP_SEARCH_GRID: _ClassVar[SweepSearch]
    SWEEP_SEARCH_RANDOM: _ClassVar[SweepSearch]
    SWEEP_SEARCH_OPTIMIZER: _ClassVar[SweepSearch]

class SweepObjective(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SWEEP_OBJECTIVE_UNSPECIFIED: _ClassVar[SweepObjective]
    SWEEP_OBJECTIVE_SHARPE_RATIO: _ClassVar[SweepObjective]
    SWEEP_OBJECTIVE_SORTINO_RATIO: _ClassVar[SweepObjective]
    SWEEP_OBJECTIVE_CALMAR_RATIO: _ClassVar[SweepObjective]
    SWEEP_OBJECTIVE_TOTAL_RETURN: _ClassVar[SweepObjective]
    SWEEP_OBJECTIVE_PROFIT_FACTOR: _ClassVar[SweepObjective]
BAR_SOURCE_UNSPECIFIED: BarSource
BAR_SOURCE_HISTORY: BarSource
BAR_SOURCE_CACHE: BarSource
BAR_SOURCE_FILES: BarSource
BACKTEST_KIND_UNSPECIFIED: BacktestKind
BACKTEST_KIND_SINGLE: BacktestKind
BACKTEST_KIND_WALK_FORWARD: BacktestKind
BACKTEST_KIND_SWEEP: BacktestKind
BACKTEST_STATE_UNSPECIFIED: BacktestState
BACKTEST_STATE_QUEUED: BacktestState
BACKTEST_STATE_RUNNING: BacktestState
BACKTEST_STATE_SUCCEEDED: BacktestState
BACKTEST_STATE_FAILED: BacktestState
BACKTEST_STATE_CANCELED: BacktestState
LUCK_VERDICT_UNSPECIFIED: LuckVerdict
LUCK_VERDICT_NO_EDGE: LuckVerdict
LUCK_VERDICT_TOO_LITTLE: LuckVerdict
LUCK_VERDICT_LIKELY_LUCK: LuckVerdict
LUCK_VERDICT_UNDECIDED: LuckVerdict
LUCK_VERDICT_PROBABLY_REAL: LuckVerdict
WALK_FORWARD_VERDICT_UNSPECIFIED: WalkForwardVerdict
WALK_FORWARD_VERDICT_PASSED: WalkForwardVerdict
WALK_FORWARD_VERDICT_FAILED: WalkForwardVerdict
WALK_FORWARD_VERDICT_TOO_FEW_TRADES: WalkForwardVerdict
SWEEP_SEARCH_UNSPECIFIED: SweepSearch
SWEEP_SEARCH_GRID: SweepSearch
SWEEP_SEARCH_RANDOM: SweepSearch
SWEEP_SEARCH_OPTIMIZER: SweepSearch
SWEEP_OBJECTIVE_UNSPECIFIED: SweepObjective
SWEEP_OBJECTIVE_SHARPE_RATIO: SweepObjective
SWEEP_OBJECTIVE_SORTINO_RATIO: SweepObjective
SWEEP_OBJECTIVE_CALMAR_RATIO: SweepObjective
SWEEP_OBJECTIVE_TOTAL_RETURN: SweepObjective
SWEEP_OBJECTIVE_PROFIT_FACTOR: SweepObjective

class BacktestConfig(_message.Message):
    __slots__ = ("symbols", "timeframe", "start_time", "end_time", "initial_equity", "parameters", "limits", "source", "name", "entry_order")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    INITIAL_EQUITY_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ENTRY_ORDER_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    timeframe: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    initial_equity: str
    parameters: _strategy_pb2.StrategyParameters
    limits: _risk_pb2.RiskLimits
    source: BarSource
    name: str
    entry_order: str
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., timeframe: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., initial_equity: _Optional[str] = ..., parameters: _Optional[_Union[_strategy_pb2.StrategyParameters, _Mapping]] = ..., limits: _Optional[_Union[_risk_pb2.RiskLimits, _Mapping]] = ..., source: _Optional[_Union[BarSource, str]] = ..., name: _Optional[str] = ..., entry_order: _Optional[str] = ...) -> None: ...

class BacktestProgress(_message.Message):
    __slots__ = ("state", "done_pct", "done", "total", "elapsed", "remaining", "text")
    STATE_FIELD_NUMBER: _ClassVar[int]
    DONE_PCT_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    REMAINING_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    state: BacktestState
    done_pct: float
    done: int
    total: int
    elapsed: _duration_pb2.Duration
    remaining: _duration_pb2.Duration
    text: str
    def __init__(self, state: _Optional[_Union[BacktestState, str]] = ..., done_pct: _Optional[float] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., remaining: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class BacktestMetrics(_message.Message):
    __slots__ = ("final_equity", "total_return_pct", "annualized_return_pct", "volatility_pct", "sharpe_ratio", "sharpe_ratio_zero_rate", "sortino_ratio", "calmar_ratio", "max_drawdown_pct", "max_drawdown_duration", "time_in_market_pct", "trades", "by_mode", "by_regime", "signal_outcomes", "deflated_sharpe", "bars", "sessions", "average_exposure_pct")
    class SignalOutcomesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    FINAL_EQUITY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_RETURN_PCT_FIELD_NUMBER: _ClassVar[int]
    ANNUALIZED_RETURN_PCT_FIELD_NUMBER: _ClassVar[int]
    VOLATILITY_PCT_FIELD_NUMBER: _ClassVar[int]
    SHARPE_RATIO_FIELD_NUMBER: _ClassVar[int]
    SHARPE_RATIO_ZERO_RATE_FIELD_NUMBER: _ClassVar[int]
    SORTINO_RATIO_FIELD_NUMBER: _ClassVar[int]
    CALMAR_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_DRAWDOWN_PCT_FIELD_NUMBER: _ClassVar[int]
    MAX_DRAWDOWN_DURATION_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_MARKET_PCT_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    BY_MODE_FIELD_NUMBER: _ClassVar[int]
    BY_REGIME_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    DEFLATED_SHARPE_FIELD_NUMBER: _ClassVar[int]
    BARS_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_EXPOSURE_PCT_FIELD_NUMBER: _ClassVar[int]
    final_equity: str
    total_return_pct: float
    annualized_return_pct: float
    volatility_pct: float
    sharpe_ratio: float
    sharpe_ratio_zero_rate: float
    sortino_ratio: float
    calmar_ratio: float
    max_drawdown_pct: float
    max_drawdown_duration: _duration_pb2.Duration
    time_in_market_pct: float
    trades: _trade_pb2.TradeStatistics
    by_mode: _containers.RepeatedCompositeFieldContainer[_trade_pb2.ModeStatistics]
    by_regime: _containers.RepeatedCompositeFieldContainer[_trade_pb2.RegimeStatistics]
    signal_outcomes: _containers.ScalarMap[str, int]
    deflated_sharpe: float
    bars: int
    sessions: int
    average_exposure_pct: float
    def __init__(self, final_equity: _Optional[str] = ..., total_return_pct: _Optional[float] = ..., annualized_return_pct: _Optional[float] = ..., volatility_pct: _Optional[float] = ..., sharpe_ratio: _Optional[float] = ..., sharpe_ratio_zero_rate: _Optional[float] = ..., sortino_ratio: _Optional[float] = ..., calmar_ratio: _Optional[float] = ..., max_drawdown_pct: _Optional[float] = ..., max_drawdown_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., time_in_market_pct: _Optional[float] = ..., trades: _Optional[_Union[_trade_pb2.TradeStatistics, _Mapping]] = ..., by_mode: _Optional[_Iterable[_Union[_trade_pb2.ModeStatistics, _Mapping]]] = ..., by_regime: _Optional[_Iterable[_Union[_trade_pb2.RegimeStatistics, _Mapping]]] = ..., signal_outcomes: _Optional[_Mapping[str, int]] = ..., deflated_sharpe: _Optional[float] = ..., bars: _Optional[int] = ..., sessions: _Optional[int] = ..., average_exposure_pct: _Optional[float] = ...) -> None: ...

class MonthlyReturn(_message.Message):
    __slots__ = ("month", "return_pct")
    MONTH_FIELD_NUMBER: _ClassVar[int]
    RETURN_PCT_FIELD_NUMBER: _ClassVar[int]
    month: str
    return_pct: float
    def __init__(self, month: _Optional[str] = ..., return_pct: _Optional[float] = ...) -> None: ...

class Luck(_message.Message):
    __slots__ = ("verdict", "text", "trials", "sharpe_by_luck", "probabilistic_sharpe", "deflated_sharpe", "overfitting_probability", "sharpe_low", "sharpe_high", "annualized_return_low_pct", "annualized_return_high_pct")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TRIALS_FIELD_NUMBER: _ClassVar[int]
    SHARPE_BY_LUCK_FIELD_NUMBER: _ClassVar[int]
    PROBABILISTIC_SHARPE_FIELD_NUMBER: _ClassVar[int]
    DEFLATED_SHARPE_FIELD_NUMBER: _ClassVar[int]
    OVERFITTING_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    SHARPE_LOW_FIELD_NUMBER: _ClassVar[int]
    SHARPE_HIGH_FIELD_NUMBER: _ClassVar[int]
    ANNUALIZED_RETURN_LOW_PCT_FIELD_NUMBER: _ClassVar[int]
    ANNUALIZED_RETURN_HIGH_PCT_FIELD_NUMBER: _ClassVar[int]
    verdict: LuckVerdict
    text: str
    trials: int
    sharpe_by_luck: float
    probabilistic_sharpe: float
    deflated_sharpe: float
    overfitting_probability: float
    sharpe_low: float
    sharpe_high: float
    annualized_return_low_pct: float
    annualized_return_high_pct: float
    def __init__(self, verdict: _Optional[_Union[LuckVerdict, str]] = ..., text: _Optional[str] = ..., trials: _Optional[int] = ..., sharpe_by_luck: _Optional[float] = ..., probabilistic_sharpe: _Optional[float] = ..., deflated_sharpe: _Optional[float] = ..., overfitting_probability: _Optional[float] = ..., sharpe_low: _Optional[float] = ..., sharpe_high: _Optional[float] = ..., annualized_return_low_pct: _Optional[float] = ..., annualized_return_high_pct: _Optional[float] = ...) -> None: ...

class BacktestCheck(_message.Message):
    __slots__ = ("name", "passed", "text")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    name: str
    passed: bool
    text: str
    def __init__(self, name: _Optional[str] = ..., passed: _Optional[bool] = ..., text: _Optional[str] = ...) -> None: ...

class BacktestResult(_message.Message):
    __slots__ = ("metrics", "equity_curve", "checks", "monthly_returns", "luck")
    METRICS_FIELD_NUMBER: _ClassVar[int]
    EQUITY_CURVE_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    MONTHLY_RETURNS_FIELD_NUMBER: _ClassVar[int]
    LUCK_FIELD_NUMBER: _ClassVar[int]
    metrics: BacktestMetrics
    equity_curve: _containers.RepeatedCompositeFieldContainer[_account_pb2.EquityPoint]
    checks: _containers.RepeatedCompositeFieldContainer[BacktestCheck]
    monthly_returns: _containers.RepeatedCompositeFieldContainer[MonthlyReturn]
    luck: Luck
    def __init__(self, metrics: _Optional[_Union[BacktestMetrics, _Mapping]] = ..., equity_curve: _Optional[_Iterable[_Union[_account_pb2.EquityPoint, _Mapping]]] = ..., checks: _Optional[_Iterable[_Union[BacktestCheck, _Mapping]]] = ..., monthly_returns: _Optional[_Iterable[_Union[MonthlyReturn, _Mapping]]] = ..., luck: _Optional[_Union[Luck, _Mapping]] = ...) -> None: ...

class WalkForwardWindow(_message.Message):
    __slots__ = ("train_start_time", "test_start_time", "test_end_time", "parameters", "train", "test")
    TRAIN_START_TIME_FIELD_NUMBER: _ClassVar[int]
    TEST_START_TIME_FIELD_NUMBER: _ClassVar[int]
    TEST_END_TIME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    TRAIN_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    train_start_time: _timestamp_pb2.Timestamp
    test_start_time: _timestamp_pb2.Timestamp
    test_end_time: _timestamp_pb2.Timestamp
    parameters: _strategy_pb2.StrategyParameters
    train: BacktestMetrics
    test: BacktestMetrics
    def __init__(self, train_start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., test_start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., test_end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., parameters: _Optional[_Union[_strategy_pb2.StrategyParameters, _Mapping]] = ..., train: _Optional[_Union[BacktestMetrics, _Mapping]] = ..., test: _Optional[_Union[BacktestMetrics, _Mapping]] = ...) -> None: ...

class WalkForwardResult(_message.Message):
    __slots__ = ("verdict", "profitable_pct", "empty_windows", "windows", "combined", "text", "luck")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    PROFITABLE_PCT_FIELD_NUMBER: _ClassVar[int]
    EMPTY_WINDOWS_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    COMBINED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LUCK_FIELD_NUMBER: _ClassVar[int]
    verdict: WalkForwardVerdict
    profitable_pct: float
    empty_windows: int
    windows: _containers.RepeatedCompositeFieldContainer[WalkForwardWindow]
    combined: BacktestMetrics
    text: str
    luck: Luck
    def __init__(self, verdict: _Optional[_Union[WalkForwardVerdict, str]] = ..., profitable_pct: _Optional[float] = ..., empty_windows: _Optional[int] = ..., windows: _Optional[_Iterable[_Union[WalkForwardWindow, _Mapping]]] = ..., combined: _Optional[_Union[BacktestMetrics, _Mapping]] = ..., text: _Optional[str] = ..., luck: _Optional[_Union[Luck, _Mapping]] = ...) -> None: ...

class SweepAxis(_message.Message):
    __slots__ = ("parameter", "values")
    PARAMETER_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    parameter: str
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, parameter: _Optional[str] = ..., values: _Optional[_Iterable[float]] = ...) -> None: ...

class SweepPoint(_message.Message):
    __slots__ = ("parameters", "objective", "metrics")
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    parameters: _strategy_pb2.StrategyParameters
    objective: float
    metrics: BacktestMetrics
    def __init__(self, parameters: _Optional[_Union[_strategy_pb2.StrategyParameters, _Mapping]] = ..., objective: _Optional[float] = ..., metrics: _Optional[_Union[BacktestMetrics, _Mapping]] = ...) -> None: ...

class SweepResult(_message.Message):
    __slots__ = ("points", "combinations", "failed", "luck")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    COMBINATIONS_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    LUCK_FIELD_NUMBER: _ClassVar[int]
    points: _containers.RepeatedCompositeFieldContainer[SweepPoint]
    combinations: int
    failed: int
    luck: Luck
    def __init__(self, points: _Optional[_Iterable[_Union[SweepPoint, _Mapping]]] = ..., combinations: _Optional[int] = ..., failed: _Optional[int] = ..., luck: _Optional[_Union[Luck, _Mapping]] = ...) -> None: ...

class Backtest(_message.Message):
    __slots__ = ("id", "kind", "config", "progress", "requested_by", "created_at", "ended_at", "error", "metrics")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_BY_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    METRICS_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: BacktestKind
    config: BacktestConfig
    progress: BacktestProgress
    requested_by: str
    created_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    error: str
    metrics: BacktestMetrics
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[_Union[BacktestKind, str]] = ..., config: _Optional[_Union[BacktestConfig, _Mapping]] = ..., progress: _Optional[_Union[BacktestProgress, _Mapping]] = ..., requested_by: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[str] = ..., metrics: _Optional[_Union[BacktestMetrics, _Mapping]] = ...) -> None: ...

class GetBacktestRequest(_message.Message):
    __slots__ = ("backtest_id", "page_size", "page_token", "include_report")
    BACKTEST_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_REPORT_FIELD_NUMBER: _ClassVar[int]
    backtest_id: str
    page_size: int
    page_token: str
    include_report: bool
    def __init__(self, backtest_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., include_report: _Optional[bool] = ...) -> None: ...

class GetBacktestResponse(_message.Message):
    __slots__ = ("backtest", "single", "walk_forward", "sweep", "trades", "next_page_token", "report_html")
    BACKTEST_FIELD_NUMBER: _ClassVar[int]
    SINGLE_FIELD_NUMBER: _ClassVar[int]
    WALK_FORWARD_FIELD_NUMBER: _ClassVar[int]
    SWEEP_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REPORT_HTML_FIELD_NUMBER: _ClassVar[int]
    backtest: Backtest
    single: BacktestResult
    walk_forward: WalkForwardResult
    sweep: SweepResult
    trades: _containers.RepeatedCompositeFieldContainer[_trade_pb2.Trade]
    next_page_token: str
    report_html: str
    def __init__(self, backtest: _Optional[_Union[Backtest, _Mapping]] = ..., single: _Optional[_Union[BacktestResult, _Mapping]] = ..., walk_forward: _Optional[_Union[WalkForwardResult, _Mapping]] = ..., sweep: _Optional[_Union[SweepResult, _Mapping]] = ..., trades: _Optional[_Iterable[_Union[_trade_pb2.Trade, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., report_html: _Optional[str] = ...) -> None: ...

class ListBacktestsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "kinds", "states", "start_time", "end_time")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    kinds: _containers.RepeatedScalarFieldContainer[BacktestKind]
    states: _containers.RepeatedScalarFieldContainer[BacktestState]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[BacktestKind, str]]] = ..., states: _Optional[_Iterable[_Union[BacktestState, str]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListBacktestsResponse(_message.Message):
    __slots__ = ("backtests", "next_page_token")
    BACKTESTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    backtests: _containers.RepeatedCompositeFieldContainer[Backtest]
    next_page_token: str
    def __init__(self, backtests: _Optional[_Iterable[_Union[Backtest, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelBacktestRequest(_message.Message):
    __slots__ = ("request_id", "backtest_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    BACKTEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    backtest_id: str
    def __init__(self, request_id: _Optional[str] = ..., backtest_id: _Optional[str] = ...) -> None: ...

class CancelBacktestResponse(_message.Message):
    __slots__ = ("backtest",)
    BACKTEST_FIELD_NUMBER: _ClassVar[int]
    backtest: Backtest
    def __init__(self, backtest: _Optional[_Union[Backtest, _Mapping]] = ...) -> None: ...

class RunBacktestRequest(_message.Message):
    __slots__ = ("request_id", "config")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    config: BacktestConfig
    def __init__(self, request_id: _Optional[str] = ..., config: _Optional[_Union[BacktestConfig, _Mapping]] = ...) -> None: ...

class RunBacktestResponse(_message.Message):
    __slots__ = ("backtest_id", "progress", "result")
    BACKTEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    backtest_id: str
    progress: BacktestProgress
    result: BacktestResult
    def __init__(self, backtest_id: _Optional[str] = ..., progress: _Optional[_Union[BacktestProgress, _Mapping]] = ..., result: _Optional[_Union[BacktestResult, _Mapping]] = ...) -> None: ...

class RunWalkForwardRequest(_message.Message):
    __slots__ = ("request_id", "config", "train_months", "test_months", "axes", "objective")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    TRAIN_MONTHS_FIELD_NUMBER: _ClassVar[int]
    TEST_MONTHS_FIELD_NUMBER: _ClassVar[int]
    AXES_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    config: BacktestConfig
    train_months: int
    test_months: int
    axes: _containers.RepeatedCompositeFieldContainer[SweepAxis]
    objective: SweepObjective
    def __init__(self, request_id: _Optional[str] = ..., config: _Optional[_Union[BacktestConfig, _Mapping]] = ..., train_months: _Optional[int] = ..., test_months: _Optional[int] = ..., axes: _Optional[_Iterable[_Union[SweepAxis, _Mapping]]] = ..., objective: _Optional[_Union[SweepObjective, str]] = ...) -> None: ...

class RunWalkForwardResponse(_message.Message):
    __slots__ = ("backtest_id", "progress", "result")
    BACKTEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    backtest_id: str
    progress: BacktestProgress
    result: WalkForwardResult
    def __init__(self, backtest_id: _Optional[str] = ..., progress: _Optional[_Union[BacktestProgress, _Mapping]] = ..., result: _Optional[_Union[WalkForwardResult, _Mapping]] = ...) -> None: ...

class RunSweepRequest(_message.Message):
    __slots__ = ("request_id", "config", "axes", "objective", "max_points", "search", "combinations", "seed")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    AXES_FIELD_NUMBER: _ClassVar[int]
    OBJECTIVE_FIELD_NUMBER: _ClassVar[int]
    MAX_POINTS_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    COMBINATIONS_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    config: BacktestConfig
    axes: _containers.RepeatedCompositeFieldContainer[SweepAxis]
    objective: SweepObjective
    max_points: int
    search: SweepSearch
    combinations: int
    seed: int
    def __init__(self, request_id: _Optional[str] = ..., config: _Optional[_Union[BacktestConfig, _Mapping]] = ..., axes: _Optional[_Iterable[_Union[SweepAxis, _Mapping]]] = ..., objective: _Optional[_Union[SweepObjective, str]] = ..., max_points: _Optional[int] = ..., search: _Optional[_Union[SweepSearch, str]] = ..., combinations: _Optional[int] = ..., seed: _Optional[int] = ...) -> None: ...

class RunSweepResponse(_message.Message):
    __slots__ = ("backtest_id", "progress", "result")
    BACKTEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    backtest_id: str
    progress: BacktestProgress
    result: SweepResult
    def __init__(self, backtest_id: _Optional[str] = ..., progress: _Optional[_Union[BacktestProgress, _Mapping]] = ..., result: _Optional[_Union[SweepResult, _Mapping]] = ...) -> None: ...
