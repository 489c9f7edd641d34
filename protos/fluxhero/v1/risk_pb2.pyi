import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RiskVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RISK_VERDICT_UNSPECIFIED: _ClassVar[RiskVerdict]
    RISK_VERDICT_APPROVED: _ClassVar[RiskVerdict]
    RISK_VERDICT_APPROVED_WITH_ADJUSTMENT: _ClassVar[RiskVerdict]
    RISK_VERDICT_REJECTED: _ClassVar[RiskVerdict]

class BreakerState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BREAKER_STATE_UNSPECIFIED: _ClassVar[BreakerState]
    BREAKER_STATE_NORMAL: _ClassVar[BreakerState]
    BREAKER_STATE_REDUCED: _ClassVar[BreakerState]
    BREAKER_STATE_DISABLED: _ClassVar[BreakerState]
RISK_VERDICT_UNSPECIFIED: RiskVerdict
RISK_VERDICT_APPROVED: RiskVerdict
RISK_VERDICT_APPROVED_WITH_ADJUSTMENT: RiskVerdict
RISK_VERDICT_REJECTED: RiskVerdict
BREAKER_STATE_UNSPECIFIED: BreakerState
BREAKER_STATE_NORMAL: BreakerState
BREAKER_STATE_REDUCED: BreakerState
BREAKER_STATE_DISABLED: BreakerState

class RiskCheck(_message.Message):
    __slots__ = ("code", "limit", "actual", "headroom", "verdict", "text")
    CODE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    code: str
    limit: float
    actual: float
    headroom: float
    verdict: _common_pb2.Verdict
    text: str
    def __init__(self, code: _Optional[str] = ..., limit: _Optional[float] = ..., actual: _Optional[float] = ..., headroom: _Optional[float] = ..., verdict: _Optional[_Union[_common_pb2.Verdict, str]] = ..., text: _Optional[str] = ...) -> None: ...

class SizingStep(_message.Message):
    __slots__ = ("name", "before", "after", "text")
    NAME_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    name: str
    before: int
    after: int
    text: str
    def __init__(self, name: _Optional[str] = ..., before: _Optional[int] = ..., after: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class RiskDecision(_message.Message):
    __slots__ = ("verdict", "reason_code", "reason", "checks", "sizing", "quantity")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REASON_CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    SIZING_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    verdict: RiskVerdict
    reason_code: str
    reason: str
    checks: _containers.RepeatedCompositeFieldContainer[RiskCheck]
    sizing: _containers.RepeatedCompositeFieldContainer[SizingStep]
    quantity: int
    def __init__(self, verdict: _Optional[_Union[RiskVerdict, str]] = ..., reason_code: _Optional[str] = ..., reason: _Optional[str] = ..., checks: _Optional[_Iterable[_Union[RiskCheck, _Mapping]]] = ..., sizing: _Optional[_Iterable[_Union[SizingStep, _Mapping]]] = ..., quantity: _Optional[int] = ...) -> None: ...

class RiskLimits(_message.Message):
    __slots__ = ("trend_risk_bp", "mean_reversion_risk_bp", "max_position_bp", "max_exposure_bp", "max_positions", "neutral_size_bp", "spike_size_bp", "correlation_limit", "correlated_size_bp", "warning_drawdown_bp", "recovery_drawdown_bp", "critical_drawdown_bp", "reduced_size_bp", "daily_loss_bp", "correlation_basis", "daily_loss_resumes")
    TREND_RISK_BP_FIELD_NUMBER: _ClassVar[int]
    MEAN_REVERSION_RISK_BP_FIELD_NUMBER: _ClassVar[int]
    MAX_POSITION_BP_FIELD_NUMBER: _ClassVar[int]
    MAX_EXPOSURE_BP_FIELD_NUMBER: _ClassVar[int]
    MAX_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    NEUTRAL_SIZE_BP_FIELD_NUMBER: _ClassVar[int]
    SPIKE_SIZE_BP_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_LIMIT_FIELD_NUMBER: _ClassVar[int]
    CORRELATED_SIZE_BP_FIELD_NUMBER: _ClassVar[int]
    WARNING_DRAWDOWN_BP_FIELD_NUMBER: _ClassVar[int]
    RECOVERY_DRAWDOWN_BP_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_DRAWDOWN_BP_FIELD_NUMBER: _ClassVar[int]
    REDUCED_SIZE_BP_FIELD_NUMBER: _ClassVar[int]
    DAILY_LOSS_BP_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_BASIS_FIELD_NUMBER: _ClassVar[int]
    DAILY_LOSS_RESUMES_FIELD_NUMBER: _ClassVar[int]
    trend_risk_bp: int
    mean_reversion_risk_bp: int
    max_position_bp: int
    max_exposure_bp: int
    max_positions: int
    neutral_size_bp: int
    spike_size_bp: int
    correlation_limit: float
    correlated_size_bp: int
    warning_drawdown_bp: int
    recovery_drawdown_bp: int
    critical_drawdown_bp: int
    reduced_size_bp: int
    daily_loss_bp: int
    correlation_basis: str
    daily_loss_resumes: str
    def __init__(self, trend_risk_bp: _Optional[int] = ..., mean_reversion_risk_bp: _Optional[int] = ..., max_position_bp: _Optional[int] = ..., max_exposure_bp: _Optional[int] = ..., max_positions: _Optional[int] = ..., neutral_size_bp: _Optional[int] = ..., spike_size_bp: _Optional[int] = ..., correlation_limit: _Optional[float] = ..., correlated_size_bp: _Optional[int] = ..., warning_drawdown_bp: _Optional[int] = ..., recovery_drawdown_bp: _Optional[int] = ..., critical_drawdown_bp: _Optional[int] = ..., reduced_size_bp: _Optional[int] = ..., daily_loss_bp: _Optional[int] = ..., correlation_basis: _Optional[str] = ..., daily_loss_resumes: _Optional[str] = ...) -> None: ...

class Risk(_message.Message):
    __slots__ = ("limits", "limits_revision", "usage", "breaker", "breaker_latched", "breaker_reason", "breaker_changed_at", "halted", "halt_reason", "halted_by", "halted_at", "daily_loss_reached", "equity", "peak_equity", "drawdown_pct", "day_pnl", "day_pnl_pct", "exposure", "exposure_pct", "open_positions", "risk_deployed", "size_multiplier_bp", "unprotected_shares", "unprotected_share_seconds", "reconciliation_differences", "as_of", "differences")
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_REVISION_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    BREAKER_FIELD_NUMBER: _ClassVar[int]
    BREAKER_LATCHED_FIELD_NUMBER: _ClassVar[int]
    BREAKER_REASON_FIELD_NUMBER: _ClassVar[int]
    BREAKER_CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    HALT_REASON_FIELD_NUMBER: _ClassVar[int]
    HALTED_BY_FIELD_NUMBER: _ClassVar[int]
    HALTED_AT_FIELD_NUMBER: _ClassVar[int]
    DAILY_LOSS_REACHED_FIELD_NUMBER: _ClassVar[int]
    EQUITY_FIELD_NUMBER: _ClassVar[int]
    PEAK_EQUITY_FIELD_NUMBER: _ClassVar[int]
    DRAWDOWN_PCT_FIELD_NUMBER: _ClassVar[int]
    DAY_PNL_FIELD_NUMBER: _ClassVar[int]
    DAY_PNL_PCT_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_PCT_FIELD_NUMBER: _ClassVar[int]
    OPEN_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    RISK_DEPLOYED_FIELD_NUMBER: _ClassVar[int]
    SIZE_MULTIPLIER_BP_FIELD_NUMBER: _ClassVar[int]
    UNPROTECTED_SHARES_FIELD_NUMBER: _ClassVar[int]
    UNPROTECTED_SHARE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    RECONCILIATION_DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    limits: RiskLimits
    limits_revision: str
    usage: _containers.RepeatedCompositeFieldContainer[RiskCheck]
    breaker: BreakerState
    breaker_latched: bool
    breaker_reason: str
    breaker_changed_at: _timestamp_pb2.Timestamp
    halted: bool
    halt_reason: str
    halted_by: str
    halted_at: _timestamp_pb2.Timestamp
    daily_loss_reached: bool
    equity: str
    peak_equity: str
    drawdown_pct: float
    day_pnl: str
    day_pnl_pct: float
    exposure: str
    exposure_pct: float
    open_positions: int
    risk_deployed: str
    size_multiplier_bp: int
    unprotected_shares: int
    unprotected_share_seconds: float
    reconciliation_differences: int
    as_of: _timestamp_pb2.Timestamp
    differences: _containers.RepeatedCompositeFieldContainer[ReconciliationDifference]
    def __init__(self, limits: _Optional[_Union[RiskLimits, _Mapping]] = ..., limits_revision: _Optional[str] = ..., usage: _Optional[_Iterable[_Union[RiskCheck, _Mapping]]] = ..., breaker: _Optional[_Union[BreakerState, str]] = ..., breaker_latched: _Optional[bool] = ..., breaker_reason: _Optional[str] = ..., breaker_changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., halted: _Optional[bool] = ..., halt_reason: _Optional[str] = ..., halted_by: _Optional[str] = ..., halted_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., daily_loss_reached: _Optional[bool] = ..., equity: _Optional[str] = ..., peak_equity: _Optional[str] = ..., drawdown_pct: _Optional[float] = ..., day_pnl: _Optional[str] = ..., day_pnl_pct: _Optional[float] = ..., exposure: _Optional[str] = ..., exposure_pct: _Optional[float] = ..., open_positions: _Optional[int] = ..., risk_deployed: _Optional[str] = ..., size_multiplier_bp: _Optional[int] = ..., unprotected_shares: _Optional[int] = ..., unprotected_share_seconds: _Optional[float] = ..., reconciliation_differences: _Optional[int] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., differences: _Optional[_Iterable[_Union[ReconciliationDifference, _Mapping]]] = ...) -> None: ...

class ReconciliationDifference(_message.Message):
    __slots__ = ("subject", "symbol", "ours", "theirs", "rule", "since", "confirmed")
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    OURS_FIELD_NUMBER: _ClassVar[int]
    THEIRS_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    subject: str
    symbol: str
    ours: str
    theirs: str
    rule: str
    since: _timestamp_pb2.Timestamp
    confirmed: bool
    def __init__(self, subject: _Optional[str] = ..., symbol: _Optional[str] = ..., ours: _Optional[str] = ..., theirs: _Optional[str] = ..., rule: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., confirmed: _Optional[bool] = ...) -> None: ...

class PositionRisk(_message.Message):
    __slots__ = ("symbol", "side", "quantity", "value", "value_pct", "risk_at_stop", "loss_to_stop")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUE_PCT_FIELD_NUMBER: _ClassVar[int]
    RISK_AT_STOP_FIELD_NUMBER: _ClassVar[int]
    LOSS_TO_STOP_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    side: _common_pb2.PositionSide
    quantity: int
    value: str
    value_pct: float
    risk_at_stop: str
    loss_to_stop: str
    def __init__(self, symbol: _Optional[str] = ..., side: _Optional[_Union[_common_pb2.PositionSide, str]] = ..., quantity: _Optional[int] = ..., value: _Optional[str] = ..., value_pct: _Optional[float] = ..., risk_at_stop: _Optional[str] = ..., loss_to_stop: _Optional[str] = ...) -> None: ...

class UnprotectedSpan(_message.Message):
    __slots__ = ("symbol", "shares", "start_time", "end_time", "cause", "share_seconds")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    SHARE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    shares: int
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    cause: str
    share_seconds: float
    def __init__(self, symbol: _Optional[str] = ..., shares: _Optional[int] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cause: _Optional[str] = ..., share_seconds: _Optional[float] = ...) -> None: ...

class Correlation(_message.Message):
    __slots__ = ("symbol", "other_symbol", "rho")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    OTHER_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    RHO_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    other_symbol: str
    rho: float
    def __init__(self, symbol: _Optional[str] = ..., other_symbol: _Optional[str] = ..., rho: _Optional[float] = ...) -> None: ...

class RiskReport(_message.Message):
    __slots__ = ("as_of", "equity", "peak_equity", "drawdown_pct", "max_drawdown_pct", "long_exposure", "short_exposure", "working_exposure", "exposure_pct", "risk_deployed", "risk_deployed_pct", "worst_case_equity", "largest_position", "positions", "correlations", "text", "unprotected_spans")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    EQUITY_FIELD_NUMBER: _ClassVar[int]
    PEAK_EQUITY_FIELD_NUMBER: _ClassVar[int]
    DRAWDOWN_PCT_FIELD_NUMBER: _ClassVar[int]
    MAX_DRAWDOWN_PCT_FIELD_NUMBER: _ClassVar[int]
    LONG_EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    SHORT_EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    WORKING_EXPOSURE_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_PCT_FIELD_NUMBER: _ClassVar[int]
    RISK_DEPLOYED_FIELD_NUMBER: _ClassVar[int]
    RISK_DEPLOYED_PCT_FIELD_NUMBER: _ClassVar[int]
    WORST_CASE_EQUITY_FIELD_NUMBER: _ClassVar[int]
    LARGEST_POSITION_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    CORRELATIONS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    UNPROTECTED_SPANS_FIELD_NUMBER: _ClassVar[int]
    as_of: _timestamp_pb2.Timestamp
    equity: str
    peak_equity: str
    drawdown_pct: float
    max_drawdown_pct: float
    long_exposure: str
    short_exposure: str
    working_exposure: str
    exposure_pct: float
    risk_deployed: str
    risk_deployed_pct: float
    worst_case_equity: str
    largest_position: str
    positions: _containers.RepeatedCompositeFieldContainer[PositionRisk]
    correlations: _containers.RepeatedCompositeFieldContainer[Correlation]
    text: str
    unprotected_spans: _containers.RepeatedCompositeFieldContainer[UnprotectedSpan]
    def __init__(self, as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., equity: _Optional[str] = ..., peak_equity: _Optional[str] = ..., drawdown_pct: _Optional[float] = ..., max_drawdown_pct: _Optional[float] = ..., long_exposure: _Optional[str] = ..., short_exposure: _Optional[str] = ..., working_exposure: _Optional[str] = ..., exposure_pct: _Optional[float] = ..., risk_deployed: _Optional[str] = ..., risk_deployed_pct: _Optional[float] = ..., worst_case_equity: _Optional[str] = ..., largest_position: _Optional[str] = ..., positions: _Optional[_Iterable[_Union[PositionRisk, _Mapping]]] = ..., correlations: _Optional[_Iterable[_Union[Correlation, _Mapping]]] = ..., text: _Optional[str] = ..., unprotected_spans: _Optional[_Iterable[_Union[UnprotectedSpan, _Mapping]]] = ...) -> None: ...

class GetRiskRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRiskResponse(_message.Message):
    __slots__ = ("risk",)
    RISK_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ...) -> None: ...

class GetRiskReportRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetRiskReportResponse(_message.Message):
    __slots__ = ("report",)
    REPORT_FIELD_NUMBER: _ClassVar[int]
    report: RiskReport
    def __init__(self, report: _Optional[_Union[RiskReport, _Mapping]] = ...) -> None: ...

class UpdateLimitsRequest(_message.Message):
    __slots__ = ("request_id", "limits", "update_mask", "revision", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    limits: RiskLimits
    update_mask: _field_mask_pb2.FieldMask
    revision: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., limits: _Optional[_Union[RiskLimits, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., revision: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UpdateLimitsResponse(_message.Message):
    __slots__ = ("risk",)
    RISK_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ...) -> None: ...

class HaltRequest(_message.Message):
    __slots__ = ("request_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class HaltResponse(_message.Message):
    __slots__ = ("risk", "canceling_order_ids")
    RISK_FIELD_NUMBER: _ClassVar[int]
    CANCELING_ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    canceling_order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ..., canceling_order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ResumeRequest(_message.Message):
    __slots__ = ("request_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ResumeResponse(_message.Message):
    __slots__ = ("risk",)
    RISK_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ...) -> None: ...

class FlattenRequest(_message.Message):
    __slots__ = ("request_id", "reason", "include_foreign")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FOREIGN_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    include_foreign: bool
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ..., include_foreign: _Optional[bool] = ...) -> None: ...

class FlattenResponse(_message.Message):
    __slots__ = ("risk", "canceling_order_ids", "closing_symbols")
    RISK_FIELD_NUMBER: _ClassVar[int]
    CANCELING_ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    CLOSING_SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    canceling_order_ids: _containers.RepeatedScalarFieldContainer[str]
    closing_symbols: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ..., canceling_order_ids: _Optional[_Iterable[str]] = ..., closing_symbols: _Optional[_Iterable[str]] = ...) -> None: ...

class ResetBreakerRequest(_message.Message):
    __slots__ = ("request_id", "reason", "target")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    target: BreakerState
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ..., target: _Optional[_Union[BreakerState, str]] = ...) -> None: ...

class ResetBreakerResponse(_message.Message):
    __slots__ = ("risk",)
    RISK_FIELD_NUMBER: _ClassVar[int]
    risk: Risk
    def __init__(self, risk: _Optional[_Union[Risk, _Mapping]] = ...) -> None: ...

class WatchRiskRequest(_message.Message):
    __slots__ = ("min_interval",)
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    min_interval: _duration_pb2.Duration
    def __init__(self, min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchRiskResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "risks")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    RISKS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    risks: _containers.RepeatedCompositeFieldContainer[Risk]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., risks: _Optional[_Iterable[_Union[Risk, _Mapping]]] = ...) -> None: ...
