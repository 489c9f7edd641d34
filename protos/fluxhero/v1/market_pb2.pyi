import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SymbolState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SYMBOL_STATE_UNSPECIFIED: _ClassVar[SymbolState]
    SYMBOL_STATE_WARMING: _ClassVar[SymbolState]
    SYMBOL_STATE_ACTIVE: _ClassVar[SymbolState]
    SYMBOL_STATE_DISABLED: _ClassVar[SymbolState]
    SYMBOL_STATE_HALTED: _ClassVar[SymbolState]
    SYMBOL_STATE_FROZEN: _ClassVar[SymbolState]
    SYMBOL_STATE_NOT_TRADABLE: _ClassVar[SymbolState]
SYMBOL_STATE_UNSPECIFIED: SymbolState
SYMBOL_STATE_WARMING: SymbolState
SYMBOL_STATE_ACTIVE: SymbolState
SYMBOL_STATE_DISABLED: SymbolState
SYMBOL_STATE_HALTED: SymbolState
SYMBOL_STATE_FROZEN: SymbolState
SYMBOL_STATE_NOT_TRADABLE: SymbolState

class Price(_message.Message):
    __slots__ = ("symbol", "price", "bid", "ask", "time", "previous_close", "change_pct")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    ASK_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_CLOSE_FIELD_NUMBER: _ClassVar[int]
    CHANGE_PCT_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    price: float
    bid: float
    ask: float
    time: _timestamp_pb2.Timestamp
    previous_close: float
    change_pct: float
    def __init__(self, symbol: _Optional[str] = ..., price: _Optional[float] = ..., bid: _Optional[float] = ..., ask: _Optional[float] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., previous_close: _Optional[float] = ..., change_pct: _Optional[float] = ...) -> None: ...

class Bar(_message.Message):
    __slots__ = ("symbol", "timeframe", "start_time", "end_time", "open", "high", "low", "close", "volume", "regime", "decided")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    timeframe: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    open: float
    high: float
    low: float
    close: float
    volume: int
    regime: _common_pb2.Regime
    decided: bool
    def __init__(self, symbol: _Optional[str] = ..., timeframe: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., open: _Optional[float] = ..., high: _Optional[float] = ..., low: _Optional[float] = ..., close: _Optional[float] = ..., volume: _Optional[int] = ..., regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., decided: _Optional[bool] = ...) -> None: ...

class Indicators(_message.Message):
    __slots__ = ("symbol", "timeframe", "bar_start_time", "bar_end_time", "close", "volume", "sma", "ema", "kama", "efficiency_ratio", "rsi", "atr", "atr_average", "adx", "plus_di", "minus_di", "upper_band", "lower_band", "slope", "r_squared", "average_volume", "regime", "raw_regime", "volatility", "valid", "spike_ratio", "volatility_spike", "long_above", "short_below")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    BAR_START_TIME_FIELD_NUMBER: _ClassVar[int]
    BAR_END_TIME_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    SMA_FIELD_NUMBER: _ClassVar[int]
    EMA_FIELD_NUMBER: _ClassVar[int]
    KAMA_FIELD_NUMBER: _ClassVar[int]
    EFFICIENCY_RATIO_FIELD_NUMBER: _ClassVar[int]
    RSI_FIELD_NUMBER: _ClassVar[int]
    ATR_FIELD_NUMBER: _ClassVar[int]
    ATR_AVERAGE_FIELD_NUMBER: _ClassVar[int]
    ADX_FIELD_NUMBER: _ClassVar[int]
    PLUS_DI_FIELD_NUMBER: _ClassVar[int]
    MINUS_DI_FIELD_NUMBER: _ClassVar[int]
    UPPER_BAND_FIELD_NUMBER: _ClassVar[int]
    LOWER_BAND_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FIELD_NUMBER: _ClassVar[int]
    R_SQUARED_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_VOLUME_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    RAW_REGIME_FIELD_NUMBER: _ClassVar[int]
    VOLATILITY_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    SPIKE_RATIO_FIELD_NUMBER: _ClassVar[int]
    VOLATILITY_SPIKE_FIELD_NUMBER: _ClassVar[int]
    LONG_ABOVE_FIELD_NUMBER: _ClassVar[int]
    SHORT_BELOW_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    timeframe: str
    bar_start_time: _timestamp_pb2.Timestamp
    bar_end_time: _timestamp_pb2.Timestamp
    close: float
    volume: int
    sma: float
    ema: float
    kama: float
    efficiency_ratio: float
    rsi: float
    atr: float
    atr_average: float
    adx: float
    plus_di: float
    minus_di: float
    upper_band: float
    lower_band: float
    slope: float
    r_squared: float
    average_volume: float
    regime: _common_pb2.Regime
    raw_regime: _common_pb2.Regime
    volatility: _common_pb2.VolatilityState
    valid: bool
    spike_ratio: float
    volatility_spike: bool
    long_above: float
    short_below: float
    def __init__(self, symbol: _Optional[str] = ..., timeframe: _Optional[str] = ..., bar_start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., bar_end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., close: _Optional[float] = ..., volume: _Optional[int] = ..., sma: _Optional[float] = ..., ema: _Optional[float] = ..., kama: _Optional[float] = ..., efficiency_ratio: _Optional[float] = ..., rsi: _Optional[float] = ..., atr: _Optional[float] = ..., atr_average: _Optional[float] = ..., adx: _Optional[float] = ..., plus_di: _Optional[float] = ..., minus_di: _Optional[float] = ..., upper_band: _Optional[float] = ..., lower_band: _Optional[float] = ..., slope: _Optional[float] = ..., r_squared: _Optional[float] = ..., average_volume: _Optional[float] = ..., regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., raw_regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., volatility: _Optional[_Union[_common_pb2.VolatilityState, str]] = ..., valid: _Optional[bool] = ..., spike_ratio: _Optional[float] = ..., volatility_spike: _Optional[bool] = ..., long_above: _Optional[float] = ..., short_below: _Optional[float] = ...) -> None: ...

class Symbol(_message.Message):
    __slots__ = ("symbol", "state", "detail", "enabled", "shortable", "easy_to_borrow", "bars", "bars_needed", "last_bar_time", "regime", "rejected_bars", "revised_bars", "outside_bars")
    class RejectedBarsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    SHORTABLE_FIELD_NUMBER: _ClassVar[int]
    EASY_TO_BORROW_FIELD_NUMBER: _ClassVar[int]
    BARS_FIELD_NUMBER: _ClassVar[int]
    BARS_NEEDED_FIELD_NUMBER: _ClassVar[int]
    LAST_BAR_TIME_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    REJECTED_BARS_FIELD_NUMBER: _ClassVar[int]
    REVISED_BARS_FIELD_NUMBER: _ClassVar[int]
    OUTSIDE_BARS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    state: SymbolState
    detail: str
    enabled: bool
    shortable: bool
    easy_to_borrow: bool
    bars: int
    bars_needed: int
    last_bar_time: _timestamp_pb2.Timestamp
    regime: _common_pb2.Regime
    rejected_bars: _containers.ScalarMap[str, int]
    revised_bars: int
    outside_bars: int
    def __init__(self, symbol: _Optional[str] = ..., state: _Optional[_Union[SymbolState, str]] = ..., detail: _Optional[str] = ..., enabled: _Optional[bool] = ..., shortable: _Optional[bool] = ..., easy_to_borrow: _Optional[bool] = ..., bars: _Optional[int] = ..., bars_needed: _Optional[int] = ..., last_bar_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., rejected_bars: _Optional[_Mapping[str, int]] = ..., revised_bars: _Optional[int] = ..., outside_bars: _Optional[int] = ...) -> None: ...

class GetBarsRequest(_message.Message):
    __slots__ = ("symbol", "timeframe", "start_time", "end_time", "page_size", "page_token", "include_indicators")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_INDICATORS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    timeframe: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    include_indicators: bool
    def __init__(self, symbol: _Optional[str] = ..., timeframe: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., include_indicators: _Optional[bool] = ...) -> None: ...

class GetBarsResponse(_message.Message):
    __slots__ = ("bars", "next_page_token", "indicators")
    BARS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    bars: _containers.RepeatedCompositeFieldContainer[Bar]
    next_page_token: str
    indicators: _containers.RepeatedCompositeFieldContainer[Indicators]
    def __init__(self, bars: _Optional[_Iterable[_Union[Bar, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., indicators: _Optional[_Iterable[_Union[Indicators, _Mapping]]] = ...) -> None: ...

class GetQuoteRequest(_message.Message):
    __slots__ = ("symbol",)
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    def __init__(self, symbol: _Optional[str] = ...) -> None: ...

class GetQuoteResponse(_message.Message):
    __slots__ = ("price",)
    PRICE_FIELD_NUMBER: _ClassVar[int]
    price: Price
    def __init__(self, price: _Optional[_Union[Price, _Mapping]] = ...) -> None: ...

class GetIndicatorsRequest(_message.Message):
    __slots__ = ("symbol", "time")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    time: _timestamp_pb2.Timestamp
    def __init__(self, symbol: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetIndicatorsResponse(_message.Message):
    __slots__ = ("indicators",)
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    indicators: Indicators
    def __init__(self, indicators: _Optional[_Union[Indicators, _Mapping]] = ...) -> None: ...

class ListSymbolsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "states")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    states: _containers.RepeatedScalarFieldContainer[SymbolState]
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., states: _Optional[_Iterable[_Union[SymbolState, str]]] = ...) -> None: ...

class ListSymbolsResponse(_message.Message):
    __slots__ = ("symbols", "next_page_token")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedCompositeFieldContainer[Symbol]
    next_page_token: str
    def __init__(self, symbols: _Optional[_Iterable[_Union[Symbol, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AddSymbolRequest(_message.Message):
    __slots__ = ("request_id", "symbol")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    symbol: str
    def __init__(self, request_id: _Optional[str] = ..., symbol: _Optional[str] = ...) -> None: ...

class AddSymbolResponse(_message.Message):
    __slots__ = ("symbol",)
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    symbol: Symbol
    def __init__(self, symbol: _Optional[_Union[Symbol, _Mapping]] = ...) -> None: ...

class RemoveSymbolRequest(_message.Message):
    __slots__ = ("request_id", "symbol")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    symbol: str
    def __init__(self, request_id: _Optional[str] = ..., symbol: _Optional[str] = ...) -> None: ...

class RemoveSymbolResponse(_message.Message):
    __slots__ = ("symbols",)
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, symbols: _Optional[_Iterable[str]] = ...) -> None: ...

class WatchPricesRequest(_message.Message):
    __slots__ = ("symbols", "min_interval")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    min_interval: _duration_pb2.Duration
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchPricesResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "prices")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    prices: _containers.RepeatedCompositeFieldContainer[Price]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., prices: _Optional[_Iterable[_Union[Price, _Mapping]]] = ...) -> None: ...

class WatchBarsRequest(_message.Message):
    __slots__ = ("symbols", "epoch", "from_seq", "part")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    epoch: str
    from_seq: int
    part: int
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., epoch: _Optional[str] = ..., from_seq: _Optional[int] = ..., part: _Optional[int] = ...) -> None: ...

class WatchBarsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "bars")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    BARS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    bars: _containers.RepeatedCompositeFieldContainer[Bar]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., bars: _Optional[_Iterable[_Union[Bar, _Mapping]]] = ...) -> None: ...

class WatchIndicatorsRequest(_message.Message):
    __slots__ = ("symbols", "min_interval")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    min_interval: _duration_pb2.Duration
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchIndicatorsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "indicators")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    indicators: _containers.RepeatedCompositeFieldContainer[Indicators]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., indicators: _Optional[_Iterable[_Union[Indicators, _Mapping]]] = ...) -> None: ...
