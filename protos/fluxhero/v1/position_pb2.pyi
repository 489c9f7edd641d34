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

class ProtectionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PROTECTION_STATE_UNSPECIFIED: _ClassVar[ProtectionState]
    PROTECTION_STATE_BROKER_STOP: _ClassVar[ProtectionState]
    PROTECTION_STATE_DAEMON_WATCHING: _ClassVar[ProtectionState]
    PROTECTION_STATE_UNPROTECTED: _ClassVar[ProtectionState]
PROTECTION_STATE_UNSPECIFIED: ProtectionState
PROTECTION_STATE_BROKER_STOP: ProtectionState
PROTECTION_STATE_DAEMON_WATCHING: ProtectionState
PROTECTION_STATE_UNPROTECTED: ProtectionState

class Position(_message.Message):
    __slots__ = ("symbol", "side", "quantity", "average_price", "last_price", "market_value", "cost_basis", "unrealized_pnl", "unrealized_pnl_pct", "stop_price", "risk_at_stop", "target_price", "mode", "entry_regime", "opened_at", "protection", "stop_order_id", "signal_id", "trade_id", "exit_reason", "foreign", "best_price", "entry_atr", "realized_pnl", "marked_at", "exit_quantity", "watched_stop_price", "stop_factor")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_PRICE_FIELD_NUMBER: _ClassVar[int]
    LAST_PRICE_FIELD_NUMBER: _ClassVar[int]
    MARKET_VALUE_FIELD_NUMBER: _ClassVar[int]
    COST_BASIS_FIELD_NUMBER: _ClassVar[int]
    UNREALIZED_PNL_FIELD_NUMBER: _ClassVar[int]
    UNREALIZED_PNL_PCT_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    RISK_AT_STOP_FIELD_NUMBER: _ClassVar[int]
    TARGET_PRICE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    ENTRY_REGIME_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    PROTECTION_FIELD_NUMBER: _ClassVar[int]
    STOP_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_ID_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    EXIT_REASON_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_FIELD_NUMBER: _ClassVar[int]
    BEST_PRICE_FIELD_NUMBER: _ClassVar[int]
    ENTRY_ATR_FIELD_NUMBER: _ClassVar[int]
    REALIZED_PNL_FIELD_NUMBER: _ClassVar[int]
    MARKED_AT_FIELD_NUMBER: _ClassVar[int]
    EXIT_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    WATCHED_STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    STOP_FACTOR_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    side: _common_pb2.PositionSide
    quantity: int
    average_price: str
    last_price: str
    market_value: str
    cost_basis: str
    unrealized_pnl: str
    unrealized_pnl_pct: float
    stop_price: str
    risk_at_stop: str
    target_price: str
    mode: _common_pb2.StrategyMode
    entry_regime: _common_pb2.Regime
    opened_at: _timestamp_pb2.Timestamp
    protection: ProtectionState
    stop_order_id: str
    signal_id: str
    trade_id: str
    exit_reason: str
    foreign: bool
    best_price: str
    entry_atr: float
    realized_pnl: str
    marked_at: _timestamp_pb2.Timestamp
    exit_quantity: int
    watched_stop_price: str
    stop_factor: float
    def __init__(self, symbol: _Optional[str] = ..., side: _Optional[_Union[_common_pb2.PositionSide, str]] = ..., quantity: _Optional[int] = ..., average_price: _Optional[str] = ..., last_price: _Optional[str] = ..., market_value: _Optional[str] = ..., cost_basis: _Optional[str] = ..., unrealized_pnl: _Optional[str] = ..., unrealized_pnl_pct: _Optional[float] = ..., stop_price: _Optional[str] = ..., risk_at_stop: _Optional[str] = ..., target_price: _Optional[str] = ..., mode: _Optional[_Union[_common_pb2.StrategyMode, str]] = ..., entry_regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., protection: _Optional[_Union[ProtectionState, str]] = ..., stop_order_id: _Optional[str] = ..., signal_id: _Optional[str] = ..., trade_id: _Optional[str] = ..., exit_reason: _Optional[str] = ..., foreign: _Optional[bool] = ..., best_price: _Optional[str] = ..., entry_atr: _Optional[float] = ..., realized_pnl: _Optional[str] = ..., marked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., exit_quantity: _Optional[int] = ..., watched_stop_price: _Optional[str] = ..., stop_factor: _Optional[float] = ...) -> None: ...

class ListPositionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "symbols", "modes", "side", "foreign")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    symbols: _containers.RepeatedScalarFieldContainer[str]
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    side: _common_pb2.PositionSide
    foreign: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., symbols: _Optional[_Iterable[str]] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., side: _Optional[_Union[_common_pb2.PositionSide, str]] = ..., foreign: _Optional[bool] = ...) -> None: ...

class ListPositionsResponse(_message.Message):
    __slots__ = ("positions", "next_page_token")
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    next_page_token: str
    def __init__(self, positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetPositionRequest(_message.Message):
    __slots__ = ("symbol",)
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    def __init__(self, symbol: _Optional[str] = ...) -> None: ...

class GetPositionResponse(_message.Message):
    __slots__ = ("position",)
    POSITION_FIELD_NUMBER: _ClassVar[int]
    position: Position
    def __init__(self, position: _Optional[_Union[Position, _Mapping]] = ...) -> None: ...

class ClosePositionRequest(_message.Message):
    __slots__ = ("request_id", "symbol", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    symbol: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., symbol: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ClosePositionResponse(_message.Message):
    __slots__ = ("position", "order_id")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    position: Position
    order_id: str
    def __init__(self, position: _Optional[_Union[Position, _Mapping]] = ..., order_id: _Optional[str] = ...) -> None: ...

class CloseAllPositionsRequest(_message.Message):
    __slots__ = ("request_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CloseAllPositionsResponse(_message.Message):
    __slots__ = ("positions",)
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...

class WatchPositionsRequest(_message.Message):
    __slots__ = ("symbols", "epoch", "from_seq", "min_interval", "part")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    epoch: str
    from_seq: int
    min_interval: _duration_pb2.Duration
    part: int
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., epoch: _Optional[str] = ..., from_seq: _Optional[int] = ..., min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., part: _Optional[int] = ...) -> None: ...

class WatchPositionsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "positions")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ...) -> None: ...
