import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import account_pb2 as _account_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from fluxhero.v1 import market_pb2 as _market_pb2
from fluxhero.v1 import order_pb2 as _order_pb2
from fluxhero.v1 import position_pb2 as _position_pb2
from fluxhero.v1 import risk_pb2 as _risk_pb2
from fluxhero.v1 import signal_pb2 as _signal_pb2
from fluxhero.v1 import system_pb2 as _system_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WatchRequest(_message.Message):
    __slots__ = ("symbols", "epoch", "from_seq", "min_interval", "topics", "part")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    epoch: str
    from_seq: int
    min_interval: _duration_pb2.Duration
    topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., epoch: _Optional[str] = ..., from_seq: _Optional[int] = ..., min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "prices", "bars", "indicators", "positions", "orders", "signals", "accounts", "risks", "statuses", "alerts")
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
    BARS_FIELD_NUMBER: _ClassVar[int]
    INDICATORS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    RISKS_FIELD_NUMBER: _ClassVar[int]
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    prices: _containers.RepeatedCompositeFieldContainer[_market_pb2.Price]
    bars: _containers.RepeatedCompositeFieldContainer[_market_pb2.Bar]
    indicators: _containers.RepeatedCompositeFieldContainer[_market_pb2.Indicators]
    positions: _containers.RepeatedCompositeFieldContainer[_position_pb2.Position]
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.Order]
    signals: _containers.RepeatedCompositeFieldContainer[_signal_pb2.Signal]
    accounts: _containers.RepeatedCompositeFieldContainer[_account_pb2.Account]
    risks: _containers.RepeatedCompositeFieldContainer[_risk_pb2.Risk]
    statuses: _containers.RepeatedCompositeFieldContainer[_system_pb2.Status]
    alerts: _containers.RepeatedCompositeFieldContainer[_system_pb2.Alert]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., prices: _Optional[_Iterable[_Union[_market_pb2.Price, _Mapping]]] = ..., bars: _Optional[_Iterable[_Union[_market_pb2.Bar, _Mapping]]] = ..., indicators: _Optional[_Iterable[_Union[_market_pb2.Indicators, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[_position_pb2.Position, _Mapping]]] = ..., orders: _Optional[_Iterable[_Union[_order_pb2.Order, _Mapping]]] = ..., signals: _Optional[_Iterable[_Union[_signal_pb2.Signal, _Mapping]]] = ..., accounts: _Optional[_Iterable[_Union[_account_pb2.Account, _Mapping]]] = ..., risks: _Optional[_Iterable[_Union[_risk_pb2.Risk, _Mapping]]] = ..., statuses: _Optional[_Iterable[_Union[_system_pb2.Status, _Mapping]]] = ..., alerts: _Optional[_Iterable[_Union[_system_pb2.Alert, _Mapping]]] = ...) -> None: ...
