import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from fluxhero.v1 import market_pb2 as _market_pb2
from fluxhero.v1 import order_pb2 as _order_pb2
from fluxhero.v1 import risk_pb2 as _risk_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SignalKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIGNAL_KIND_UNSPECIFIED: _ClassVar[SignalKind]
    SIGNAL_KIND_NONE: _ClassVar[SignalKind]
    SIGNAL_KIND_LONG: _ClassVar[SignalKind]
    SIGNAL_KIND_SHORT: _ClassVar[SignalKind]
    SIGNAL_KIND_EXIT_LONG: _ClassVar[SignalKind]
    SIGNAL_KIND_EXIT_SHORT: _ClassVar[SignalKind]
SIGNAL_KIND_UNSPECIFIED: SignalKind
SIGNAL_KIND_NONE: SignalKind
SIGNAL_KIND_LONG: SignalKind
SIGNAL_KIND_SHORT: SignalKind
SIGNAL_KIND_EXIT_LONG: SignalKind
SIGNAL_KIND_EXIT_SHORT: SignalKind

class Rule(_message.Message):
    __slots__ = ("name", "value", "comparison", "threshold", "distance", "verdict", "text", "flips_at")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    COMPARISON_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FLIPS_AT_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: float
    comparison: str
    threshold: float
    distance: float
    verdict: _common_pb2.Verdict
    text: str
    flips_at: float
    def __init__(self, name: _Optional[str] = ..., value: _Optional[float] = ..., comparison: _Optional[str] = ..., threshold: _Optional[float] = ..., distance: _Optional[float] = ..., verdict: _Optional[_Union[_common_pb2.Verdict, str]] = ..., text: _Optional[str] = ..., flips_at: _Optional[float] = ...) -> None: ...

class Signal(_message.Message):
    __slots__ = ("id", "symbol", "kind", "mode", "neutral", "regime", "bar_start_time", "decided_at", "price", "indicators", "rules", "entry_trigger", "noise_filter_passed", "volume_validated", "stop_price", "target_price", "risk_amount", "risk_bp", "risk", "outcome", "outcome_text", "order_ids", "fills", "trade_id", "text")
    ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    NEUTRAL_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    BAR_START_TIME_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    ENTRY_TRIGGER_FIELD_NUMBER: _ClassVar[int]
    NOISE_FILTER_PASSED_FIELD_NUMBER: _ClassVar[int]
    VOLUME_VALIDATED_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    TARGET_PRICE_FIELD_NUMBER: _ClassVar[int]
    RISK_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    RISK_BP_FIELD_NUMBER: _ClassVar[int]
    RISK_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_TEXT_FIELD_NUMBER: _ClassVar[int]
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    FILLS_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: str
    symbol: str
    kind: SignalKind
    mode: _common_pb2.StrategyMode
    neutral: bool
    regime: _common_pb2.Regime
    bar_start_time: _timestamp_pb2.Timestamp
    decided_at: _timestamp_pb2.Timestamp
    price: float
    indicators: _market_pb2.Indicators
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    entry_trigger: str
    noise_filter_passed: bool
    volume_validated: bool
    stop_price: str
    target_price: str
    risk_amount: str
    risk_bp: int
    risk: _risk_pb2.RiskDecision
    outcome: str
    outcome_text: str
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    fills: _containers.RepeatedCompositeFieldContainer[_order_pb2.Fill]
    trade_id: str
    text: str
    def __init__(self, id: _Optional[str] = ..., symbol: _Optional[str] = ..., kind: _Optional[_Union[SignalKind, str]] = ..., mode: _Optional[_Union[_common_pb2.StrategyMode, str]] = ..., neutral: _Optional[bool] = ..., regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., bar_start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., price: _Optional[float] = ..., indicators: _Optional[_Union[_market_pb2.Indicators, _Mapping]] = ..., rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ..., entry_trigger: _Optional[str] = ..., noise_filter_passed: _Optional[bool] = ..., volume_validated: _Optional[bool] = ..., stop_price: _Optional[str] = ..., target_price: _Optional[str] = ..., risk_amount: _Optional[str] = ..., risk_bp: _Optional[int] = ..., risk: _Optional[_Union[_risk_pb2.RiskDecision, _Mapping]] = ..., outcome: _Optional[str] = ..., outcome_text: _Optional[str] = ..., order_ids: _Optional[_Iterable[str]] = ..., fills: _Optional[_Iterable[_Union[_order_pb2.Fill, _Mapping]]] = ..., trade_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class SmallestChange(_message.Message):
    __slots__ = ("kind", "mode", "rules", "text")
    KIND_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    kind: SignalKind
    mode: _common_pb2.StrategyMode
    rules: _containers.RepeatedCompositeFieldContainer[Rule]
    text: str
    def __init__(self, kind: _Optional[_Union[SignalKind, str]] = ..., mode: _Optional[_Union[_common_pb2.StrategyMode, str]] = ..., rules: _Optional[_Iterable[_Union[Rule, _Mapping]]] = ..., text: _Optional[str] = ...) -> None: ...

class ListSignalsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "symbols", "kinds", "modes", "outcomes", "start_time", "end_time")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    symbols: _containers.RepeatedScalarFieldContainer[str]
    kinds: _containers.RepeatedScalarFieldContainer[SignalKind]
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    outcomes: _containers.RepeatedScalarFieldContainer[str]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., symbols: _Optional[_Iterable[str]] = ..., kinds: _Optional[_Iterable[_Union[SignalKind, str]]] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., outcomes: _Optional[_Iterable[str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListSignalsResponse(_message.Message):
    __slots__ = ("signals", "next_page_token")
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    signals: _containers.RepeatedCompositeFieldContainer[Signal]
    next_page_token: str
    def __init__(self, signals: _Optional[_Iterable[_Union[Signal, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetSignalRequest(_message.Message):
    __slots__ = ("signal_id",)
    SIGNAL_ID_FIELD_NUMBER: _ClassVar[int]
    signal_id: str
    def __init__(self, signal_id: _Optional[str] = ...) -> None: ...

class GetSignalResponse(_message.Message):
    __slots__ = ("signal",)
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    signal: Signal
    def __init__(self, signal: _Optional[_Union[Signal, _Mapping]] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("symbol", "time")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    time: _timestamp_pb2.Timestamp
    def __init__(self, symbol: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("signal", "why_not", "smallest_changes")
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    WHY_NOT_FIELD_NUMBER: _ClassVar[int]
    SMALLEST_CHANGES_FIELD_NUMBER: _ClassVar[int]
    signal: Signal
    why_not: str
    smallest_changes: _containers.RepeatedCompositeFieldContainer[SmallestChange]
    def __init__(self, signal: _Optional[_Union[Signal, _Mapping]] = ..., why_not: _Optional[str] = ..., smallest_changes: _Optional[_Iterable[_Union[SmallestChange, _Mapping]]] = ...) -> None: ...

class WatchSignalsRequest(_message.Message):
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

class WatchSignalsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "signals")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    signals: _containers.RepeatedCompositeFieldContainer[Signal]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., signals: _Optional[_Iterable[_Union[Signal, _Mapping]]] = ...) -> None: ...
