from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class StreamKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STREAM_KIND_UNSPECIFIED: _ClassVar[StreamKind]
    STREAM_KIND_SNAPSHOT: _ClassVar[StreamKind]
    STREAM_KIND_UPDATE: _ClassVar[StreamKind]
    STREAM_KIND_HEARTBEAT: _ClassVar[StreamKind]

class SnapshotReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SNAPSHOT_REASON_UNSPECIFIED: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_SUBSCRIBED: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_RESUMED: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_PAST_GONE: _ClassVar[SnapshotReason]
    SNAPSHOT_REASON_EPOCH_CHANGED: _ClassVar[SnapshotReason]

class Topic(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOPIC_UNSPECIFIED: _ClassVar[Topic]
    TOPIC_PRICES: _ClassVar[Topic]
    TOPIC_BARS: _ClassVar[Topic]
    TOPIC_INDICATORS: _ClassVar[Topic]
    TOPIC_POSITIONS: _ClassVar[Topic]
    TOPIC_ORDERS: _ClassVar[Topic]
    TOPIC_SIGNALS: _ClassVar[Topic]
    TOPIC_ACCOUNT: _ClassVar[Topic]
    TOPIC_RISK: _ClassVar[Topic]
    TOPIC_STATUS: _ClassVar[Topic]
    TOPIC_ALERTS: _ClassVar[Topic]

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BUY: _ClassVar[Side]
    SIDE_SELL: _ClassVar[Side]

class PositionSide(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POSITION_SIDE_UNSPECIFIED: _ClassVar[PositionSide]
    POSITION_SIDE_LONG: _ClassVar[PositionSide]
    POSITION_SIDE_SHORT: _ClassVar[PositionSide]

class StrategyMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STRATEGY_MODE_UNSPECIFIED: _ClassVar[StrategyMode]
    STRATEGY_MODE_TREND: _ClassVar[StrategyMode]
    STRATEGY_MODE_MEAN_REVERSION: _ClassVar[StrategyMode]
    STRATEGY_MODE_MANUAL: _ClassVar[StrategyMode]

class Regime(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REGIME_UNSPECIFIED: _ClassVar[Regime]
    REGIME_MEAN_REVERSION: _ClassVar[Regime]
    REGIME_NEUTRAL: _ClassVar[Regime]
    REGIME_STRONG_TREND: _ClassVar[Regime]

class VolatilityState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOLATILITY_STATE_UNSPECIFIED: _ClassVar[VolatilityState]
    VOLATILITY_STATE_LOW: _ClassVar[VolatilityState]
    VOLATILITY_STATE_NORMAL: _ClassVar[VolatilityState]
    VOLATILITY_STATE_HIGH: _ClassVar[VolatilityState]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_PASSED: _ClassVar[Verdict]
    VERDICT_FAILED: _ClassVar[Verdict]
    VERDICT_NOT_APPLICABLE: _ClassVar[Verdict]
STREAM_KIND_UNSPECIFIED: StreamKind
STREAM_KIND_SNAPSHOT: StreamKind
STREAM_KIND_UPDATE: StreamKind
STREAM_KIND_HEARTBEAT: StreamKind
SNAPSHOT_REASON_UNSPECIFIED: SnapshotReason
SNAPSHOT_REASON_SUBSCRIBED: SnapshotReason
SNAPSHOT_REASON_RESUMED: SnapshotReason
SNAPSHOT_REASON_PAST_GONE: SnapshotReason
SNAPSHOT_REASON_EPOCH_CHANGED: SnapshotReason
TOPIC_UNSPECIFIED: Topic
TOPIC_PRICES: Topic
TOPIC_BARS: Topic
TOPIC_INDICATORS: Topic
TOPIC_POSITIONS: Topic
TOPIC_ORDERS: Topic
TOPIC_SIGNALS: Topic
TOPIC_ACCOUNT: Topic
TOPIC_RISK: Topic
TOPIC_STATUS: Topic
TOPIC_ALERTS: Topic
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side
POSITION_SIDE_UNSPECIFIED: PositionSide
POSITION_SIDE_LONG: PositionSide
POSITION_SIDE_SHORT: PositionSide
STRATEGY_MODE_UNSPECIFIED: StrategyMode
STRATEGY_MODE_TREND: StrategyMode
STRATEGY_MODE_MEAN_REVERSION: StrategyMode
STRATEGY_MODE_MANUAL: StrategyMode
REGIME_UNSPECIFIED: Regime
REGIME_MEAN_REVERSION: Regime
REGIME_NEUTRAL: Regime
REGIME_STRONG_TREND: Regime
VOLATILITY_STATE_UNSPECIFIED: VolatilityState
VOLATILITY_STATE_LOW: VolatilityState
VOLATILITY_STATE_NORMAL: VolatilityState
VOLATILITY_STATE_HIGH: VolatilityState
VERDICT_UNSPECIFIED: Verdict
VERDICT_PASSED: Verdict
VERDICT_FAILED: Verdict
VERDICT_NOT_APPLICABLE: Verdict
