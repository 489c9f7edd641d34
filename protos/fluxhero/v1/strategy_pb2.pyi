import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from fluxhero.v1 import trade_pb2 as _trade_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StrategyParameters(_message.Message):
    __slots__ = ("kama_period", "kama_fast", "kama_slow", "ema_period", "rsi_period", "atr_period", "adx_period", "bollinger_period", "bollinger_width", "regression_period", "volume_period", "atr_average_period", "trend_adx", "trend_r2", "range_adx", "range_r2", "confirmation_bars", "high_volatility", "low_volatility", "spike_ratio", "spike_stop_factor", "entry_atr", "exit_atr", "trend_stop_atr", "reduced_stop_atr", "rsi_oversold", "rsi_overbought", "mean_reversion_stop", "neutral_entries", "spread_limit", "spread_limit_illiquid", "volume_ratio", "breakout_volume_ratio", "gap_limit", "close_quiet_minutes", "illiquid_before_minute", "illiquid_midday_minute", "illiquid_midday_end_minute", "illiquid_from_minute", "allow_shorts")
    KAMA_PERIOD_FIELD_NUMBER: _ClassVar[int]
    KAMA_FAST_FIELD_NUMBER: _ClassVar[int]
    KAMA_SLOW_FIELD_NUMBER: _ClassVar[int]
    EMA_PERIOD_FIELD_NUMBER: _ClassVar[int]
    RSI_PERIOD_FIELD_NUMBER: _ClassVar[int]
    ATR_PERIOD_FIELD_NUMBER: _ClassVar[int]
    ADX_PERIOD_FIELD_NUMBER: _ClassVar[int]
    BOLLINGER_PERIOD_FIELD_NUMBER: _ClassVar[int]
    BOLLINGER_WIDTH_FIELD_NUMBER: _ClassVar[int]
    REGRESSION_PERIOD_FIELD_NUMBER: _ClassVar[int]
    VOLUME_PERIOD_FIELD_NUMBER: _ClassVar[int]
    ATR_AVERAGE_PERIOD_FIELD_NUMBER: _ClassVar[int]
    TREND_ADX_FIELD_NUMBER: _ClassVar[int]
    TREND_R2_FIELD_NUMBER: _ClassVar[int]
    RANGE_ADX_FIELD_NUMBER: _ClassVar[int]
    RANGE_R2_FIELD_NUMBER: _ClassVar[int]
    CONFIRMATION_BARS_FIELD_NUMBER: _ClassVar[int]
    HIGH_VOLATILITY_FIELD_NUMBER: _ClassVar[int]
    LOW_VOLATILITY_FIELD_NUMBER: _ClassVar[int]
    SPIKE_RATIO_FIELD_NUMBER: _ClassVar[int]
    SPIKE_STOP_FACTOR_FIELD_NUMBER: _ClassVar[int]
    ENTRY_ATR_FIELD_NUMBER: _ClassVar[int]
    EXIT_ATR_FIELD_NUMBER: _ClassVar[int]
    TREND_STOP_ATR_FIELD_NUMBER: _ClassVar[int]
    REDUCED_STOP_ATR_FIELD_NUMBER: _ClassVar[int]
    RSI_OVERSOLD_FIELD_NUMBER: _ClassVar[int]
    RSI_OVERBOUGHT_FIELD_NUMBER: _ClassVar[int]
    MEAN_REVERSION_STOP_FIELD_NUMBER: _ClassVar[int]
    NEUTRAL_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    SPREAD_LIMIT_FIELD_NUMBER: _ClassVar[int]
    SPREAD_LIMIT_ILLIQUID_FIELD_NUMBER: _ClassVar[int]
    VOLUME_RATIO_FIELD_NUMBER: _ClassVar[int]
    BREAKOUT_VOLUME_RATIO_FIELD_NUMBER: _ClassVar[int]
    GAP_LIMIT_FIELD_NUMBER: _ClassVar[int]
    CLOSE_QUIET_MINUTES_FIELD_NUMBER: _ClassVar[int]
    ILLIQUID_BEFORE_MINUTE_FIELD_NUMBER: _ClassVar[int]
    ILLIQUID_MIDDAY_MINUTE_FIELD_NUMBER: _ClassVar[int]
    ILLIQUID_MIDDAY_END_MINUTE_FIELD_NUMBER: _ClassVar[int]
    ILLIQUID_FROM_MINUTE_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SHORTS_FIELD_NUMBER: _ClassVar[int]
    kama_period: int
    kama_fast: int
    kama_slow: int
    ema_period: int
    rsi_period: int
    atr_period: int
    adx_period: int
    bollinger_period: int
    bollinger_width: float
    regression_period: int
    volume_period: int
    atr_average_period: int
    trend_adx: float
    trend_r2: float
    range_adx: float
    range_r2: float
    confirmation_bars: int
    high_volatility: float
    low_volatility: float
    spike_ratio: float
    spike_stop_factor: float
    entry_atr: float
    exit_atr: float
    trend_stop_atr: float
    reduced_stop_atr: float
    rsi_oversold: float
    rsi_overbought: float
    mean_reversion_stop: float
    neutral_entries: bool
    spread_limit: float
    spread_limit_illiquid: float
    volume_ratio: float
    breakout_volume_ratio: float
    gap_limit: float
    close_quiet_minutes: int
    illiquid_before_minute: int
    illiquid_midday_minute: int
    illiquid_midday_end_minute: int
    illiquid_from_minute: int
    allow_shorts: bool
    def __init__(self, kama_period: _Optional[int] = ..., kama_fast: _Optional[int] = ..., kama_slow: _Optional[int] = ..., ema_period: _Optional[int] = ..., rsi_period: _Optional[int] = ..., atr_period: _Optional[int] = ..., adx_period: _Optional[int] = ..., bollinger_period: _Optional[int] = ..., bollinger_width: _Optional[float] = ..., regression_period: _Optional[int] = ..., volume_period: _Optional[int] = ..., atr_average_period: _Optional[int] = ..., trend_adx: _Optional[float] = ..., trend_r2: _Optional[float] = ..., range_adx: _Optional[float] = ..., range_r2: _Optional[float] = ..., confirmation_bars: _Optional[int] = ..., high_volatility: _Optional[float] = ..., low_volatility: _Optional[float] = ..., spike_ratio: _Optional[float] = ..., spike_stop_factor: _Optional[float] = ..., entry_atr: _Optional[float] = ..., exit_atr: _Optional[float] = ..., trend_stop_atr: _Optional[float] = ..., reduced_stop_atr: _Optional[float] = ..., rsi_oversold: _Optional[float] = ..., rsi_overbought: _Optional[float] = ..., mean_reversion_stop: _Optional[float] = ..., neutral_entries: _Optional[bool] = ..., spread_limit: _Optional[float] = ..., spread_limit_illiquid: _Optional[float] = ..., volume_ratio: _Optional[float] = ..., breakout_volume_ratio: _Optional[float] = ..., gap_limit: _Optional[float] = ..., close_quiet_minutes: _Optional[int] = ..., illiquid_before_minute: _Optional[int] = ..., illiquid_midday_minute: _Optional[int] = ..., illiquid_midday_end_minute: _Optional[int] = ..., illiquid_from_minute: _Optional[int] = ..., allow_shorts: _Optional[bool] = ...) -> None: ...

class ParameterInfo(_message.Message):
    __slots__ = ("name", "min", "max", "default_value", "changed")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    name: str
    min: float
    max: float
    default_value: float
    changed: bool
    def __init__(self, name: _Optional[str] = ..., min: _Optional[float] = ..., max: _Optional[float] = ..., default_value: _Optional[float] = ..., changed: _Optional[bool] = ...) -> None: ...

class Strategy(_message.Message):
    __slots__ = ("name", "description", "modes", "timeframe", "parameters", "revision", "parameter_infos", "enabled_symbols", "disabled_symbols")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_INFOS_FIELD_NUMBER: _ClassVar[int]
    ENABLED_SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    DISABLED_SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    timeframe: str
    parameters: StrategyParameters
    revision: str
    parameter_infos: _containers.RepeatedCompositeFieldContainer[ParameterInfo]
    enabled_symbols: _containers.RepeatedScalarFieldContainer[str]
    disabled_symbols: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., timeframe: _Optional[str] = ..., parameters: _Optional[_Union[StrategyParameters, _Mapping]] = ..., revision: _Optional[str] = ..., parameter_infos: _Optional[_Iterable[_Union[ParameterInfo, _Mapping]]] = ..., enabled_symbols: _Optional[_Iterable[str]] = ..., disabled_symbols: _Optional[_Iterable[str]] = ...) -> None: ...

class ListStrategiesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStrategiesResponse(_message.Message):
    __slots__ = ("strategies", "next_page_token")
    STRATEGIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    strategies: _containers.RepeatedCompositeFieldContainer[Strategy]
    next_page_token: str
    def __init__(self, strategies: _Optional[_Iterable[_Union[Strategy, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetPerformanceRequest(_message.Message):
    __slots__ = ("symbols", "start_time", "end_time")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetPerformanceResponse(_message.Message):
    __slots__ = ("total", "by_mode")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    BY_MODE_FIELD_NUMBER: _ClassVar[int]
    total: _trade_pb2.TradeStatistics
    by_mode: _containers.RepeatedCompositeFieldContainer[_trade_pb2.ModeStatistics]
    def __init__(self, total: _Optional[_Union[_trade_pb2.TradeStatistics, _Mapping]] = ..., by_mode: _Optional[_Iterable[_Union[_trade_pb2.ModeStatistics, _Mapping]]] = ...) -> None: ...

class EnableSymbolRequest(_message.Message):
    __slots__ = ("request_id", "symbol")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    symbol: str
    def __init__(self, request_id: _Optional[str] = ..., symbol: _Optional[str] = ...) -> None: ...

class EnableSymbolResponse(_message.Message):
    __slots__ = ("strategy",)
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    strategy: Strategy
    def __init__(self, strategy: _Optional[_Union[Strategy, _Mapping]] = ...) -> None: ...

class DisableSymbolRequest(_message.Message):
    __slots__ = ("request_id", "symbol", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    symbol: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., symbol: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DisableSymbolResponse(_message.Message):
    __slots__ = ("strategy",)
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    strategy: Strategy
    def __init__(self, strategy: _Optional[_Union[Strategy, _Mapping]] = ...) -> None: ...

class UpdateParametersRequest(_message.Message):
    __slots__ = ("request_id", "parameters", "update_mask", "revision", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    parameters: StrategyParameters
    update_mask: _field_mask_pb2.FieldMask
    revision: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., parameters: _Optional[_Union[StrategyParameters, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., revision: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateParametersResponse(_message.Message):
    __slots__ = ("strategy",)
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    strategy: Strategy
    def __init__(self, strategy: _Optional[_Union[Strategy, _Mapping]] = ...) -> None: ...
