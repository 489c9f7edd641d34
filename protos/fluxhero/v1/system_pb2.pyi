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

class TradingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRADING_MODE_UNSPECIFIED: _ClassVar[TradingMode]
    TRADING_MODE_PAPER: _ClassVar[TradingMode]
    TRADING_MODE_LIVE: _ClassVar[TradingMode]
    TRADING_MODE_DEMO: _ClassVar[TradingMode]

class TradingState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRADING_STATE_UNSPECIFIED: _ClassVar[TradingState]
    TRADING_STATE_STARTING: _ClassVar[TradingState]
    TRADING_STATE_WARMING: _ClassVar[TradingState]
    TRADING_STATE_ACTIVE: _ClassVar[TradingState]
    TRADING_STATE_DEGRADED: _ClassVar[TradingState]
    TRADING_STATE_HALTED: _ClassVar[TradingState]
    TRADING_STATE_STOPPING: _ClassVar[TradingState]

class SessionPhase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_PHASE_UNSPECIFIED: _ClassVar[SessionPhase]
    SESSION_PHASE_CLOSED: _ClassVar[SessionPhase]
    SESSION_PHASE_PRE_MARKET: _ClassVar[SessionPhase]
    SESSION_PHASE_REGULAR: _ClassVar[SessionPhase]
    SESSION_PHASE_AFTER_HOURS: _ClassVar[SessionPhase]

class ConfigOrigin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFIG_ORIGIN_UNSPECIFIED: _ClassVar[ConfigOrigin]
    CONFIG_ORIGIN_DEFAULT: _ClassVar[ConfigOrigin]
    CONFIG_ORIGIN_FILE: _ClassVar[ConfigOrigin]
    CONFIG_ORIGIN_ENVIRONMENT: _ClassVar[ConfigOrigin]
    CONFIG_ORIGIN_FLAG: _ClassVar[ConfigOrigin]
    CONFIG_ORIGIN_RUNTIME: _ClassVar[ConfigOrigin]

class AlertSeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALERT_SEVERITY_UNSPECIFIED: _ClassVar[AlertSeverity]
    ALERT_SEVERITY_INFO: _ClassVar[AlertSeverity]
    ALERT_SEVERITY_WARNING: _ClassVar[AlertSeverity]
    ALERT_SEVERITY_CRITICAL: _ClassVar[AlertSeverity]
TRADING_MODE_UNSPECIFIED: TradingMode
TRADING_MODE_PAPER: TradingMode
TRADING_MODE_LIVE: TradingMode
TRADING_MODE_DEMO: TradingMode
TRADING_STATE_UNSPECIFIED: TradingState
TRADING_STATE_STARTING: TradingState
TRADING_STATE_WARMING: TradingState
TRADING_STATE_ACTIVE: TradingState
TRADING_STATE_DEGRADED: TradingState
TRADING_STATE_HALTED: TradingState
TRADING_STATE_STOPPING: TradingState
SESSION_PHASE_UNSPECIFIED: SessionPhase
SESSION_PHASE_CLOSED: SessionPhase
SESSION_PHASE_PRE_MARKET: SessionPhase
SESSION_PHASE_REGULAR: SessionPhase
SESSION_PHASE_AFTER_HOURS: SessionPhase
CONFIG_ORIGIN_UNSPECIFIED: ConfigOrigin
CONFIG_ORIGIN_DEFAULT: ConfigOrigin
CONFIG_ORIGIN_FILE: ConfigOrigin
CONFIG_ORIGIN_ENVIRONMENT: ConfigOrigin
CONFIG_ORIGIN_FLAG: ConfigOrigin
CONFIG_ORIGIN_RUNTIME: ConfigOrigin
ALERT_SEVERITY_UNSPECIFIED: AlertSeverity
ALERT_SEVERITY_INFO: AlertSeverity
ALERT_SEVERITY_WARNING: AlertSeverity
ALERT_SEVERITY_CRITICAL: AlertSeverity

class Session(_message.Message):
    __slots__ = ("phase", "date", "open_time", "close_time", "next_open_time")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    OPEN_TIME_FIELD_NUMBER: _ClassVar[int]
    CLOSE_TIME_FIELD_NUMBER: _ClassVar[int]
    NEXT_OPEN_TIME_FIELD_NUMBER: _ClassVar[int]
    phase: SessionPhase
    date: str
    open_time: _timestamp_pb2.Timestamp
    close_time: _timestamp_pb2.Timestamp
    next_open_time: _timestamp_pb2.Timestamp
    def __init__(self, phase: _Optional[_Union[SessionPhase, str]] = ..., date: _Optional[str] = ..., open_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., close_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_open_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Feed(_message.Message):
    __slots__ = ("name", "up", "detail", "fatal", "since", "last_message_at", "age", "stale", "reconnects", "frames", "bars", "revised_bars", "quotes", "trade_updates")
    NAME_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    FATAL_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    LAST_MESSAGE_AT_FIELD_NUMBER: _ClassVar[int]
    AGE_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    RECONNECTS_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    BARS_FIELD_NUMBER: _ClassVar[int]
    REVISED_BARS_FIELD_NUMBER: _ClassVar[int]
    QUOTES_FIELD_NUMBER: _ClassVar[int]
    TRADE_UPDATES_FIELD_NUMBER: _ClassVar[int]
    name: str
    up: bool
    detail: str
    fatal: bool
    since: _timestamp_pb2.Timestamp
    last_message_at: _timestamp_pb2.Timestamp
    age: _duration_pb2.Duration
    stale: bool
    reconnects: int
    frames: int
    bars: int
    revised_bars: int
    quotes: int
    trade_updates: int
    def __init__(self, name: _Optional[str] = ..., up: _Optional[bool] = ..., detail: _Optional[str] = ..., fatal: _Optional[bool] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_message_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., stale: _Optional[bool] = ..., reconnects: _Optional[int] = ..., frames: _Optional[int] = ..., bars: _Optional[int] = ..., revised_bars: _Optional[int] = ..., quotes: _Optional[int] = ..., trade_updates: _Optional[int] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("epoch", "journal_seq", "events_queued", "requests_in_flight", "last_minute", "last_bar_time", "bars_completed")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_SEQ_FIELD_NUMBER: _ClassVar[int]
    EVENTS_QUEUED_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    LAST_MINUTE_FIELD_NUMBER: _ClassVar[int]
    LAST_BAR_TIME_FIELD_NUMBER: _ClassVar[int]
    BARS_COMPLETED_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    journal_seq: int
    events_queued: int
    requests_in_flight: int
    last_minute: _timestamp_pb2.Timestamp
    last_bar_time: _timestamp_pb2.Timestamp
    bars_completed: int
    def __init__(self, epoch: _Optional[str] = ..., journal_seq: _Optional[int] = ..., events_queued: _Optional[int] = ..., requests_in_flight: _Optional[int] = ..., last_minute: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_bar_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., bars_completed: _Optional[int] = ...) -> None: ...

class TradingClock(_message.Message):
    __slots__ = ("time", "rate")
    TIME_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    rate: float
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rate: _Optional[float] = ...) -> None: ...

class Part(_message.Message):
    __slots__ = ("name", "ready", "detail")
    NAME_FIELD_NUMBER: _ClassVar[int]
    READY_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    ready: bool
    detail: str
    def __init__(self, name: _Optional[str] = ..., ready: _Optional[bool] = ..., detail: _Optional[str] = ...) -> None: ...

class Counts(_message.Message):
    __slots__ = ("open_positions", "foreign_positions", "open_orders", "unknown_orders", "signals_today", "trades_today", "open_alerts", "rejected_bars", "subscribers")
    OPEN_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    FOREIGN_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    OPEN_ORDERS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_ORDERS_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_TODAY_FIELD_NUMBER: _ClassVar[int]
    TRADES_TODAY_FIELD_NUMBER: _ClassVar[int]
    OPEN_ALERTS_FIELD_NUMBER: _ClassVar[int]
    REJECTED_BARS_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBERS_FIELD_NUMBER: _ClassVar[int]
    open_positions: int
    foreign_positions: int
    open_orders: int
    unknown_orders: int
    signals_today: int
    trades_today: int
    open_alerts: int
    rejected_bars: int
    subscribers: int
    def __init__(self, open_positions: _Optional[int] = ..., foreign_positions: _Optional[int] = ..., open_orders: _Optional[int] = ..., unknown_orders: _Optional[int] = ..., signals_today: _Optional[int] = ..., trades_today: _Optional[int] = ..., open_alerts: _Optional[int] = ..., rejected_bars: _Optional[int] = ..., subscribers: _Optional[int] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ("mode", "state", "state_detail", "session", "feeds", "progress", "clock", "parts", "version", "versions", "started_at", "uptime", "run", "symbols", "timeframe", "counts")
    class VersionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    MODE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_DETAIL_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    CLOCK_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    UPTIME_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    TIMEFRAME_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    mode: TradingMode
    state: TradingState
    state_detail: str
    session: Session
    feeds: _containers.RepeatedCompositeFieldContainer[Feed]
    progress: Progress
    clock: TradingClock
    parts: _containers.RepeatedCompositeFieldContainer[Part]
    version: str
    versions: _containers.ScalarMap[str, str]
    started_at: _timestamp_pb2.Timestamp
    uptime: _duration_pb2.Duration
    run: int
    symbols: _containers.RepeatedScalarFieldContainer[str]
    timeframe: str
    counts: Counts
    def __init__(self, mode: _Optional[_Union[TradingMode, str]] = ..., state: _Optional[_Union[TradingState, str]] = ..., state_detail: _Optional[str] = ..., session: _Optional[_Union[Session, _Mapping]] = ..., feeds: _Optional[_Iterable[_Union[Feed, _Mapping]]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., clock: _Optional[_Union[TradingClock, _Mapping]] = ..., parts: _Optional[_Iterable[_Union[Part, _Mapping]]] = ..., version: _Optional[str] = ..., versions: _Optional[_Mapping[str, str]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., uptime: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., run: _Optional[int] = ..., symbols: _Optional[_Iterable[str]] = ..., timeframe: _Optional[str] = ..., counts: _Optional[_Union[Counts, _Mapping]] = ...) -> None: ...

class ConfigEntry(_message.Message):
    __slots__ = ("key", "value", "origin", "secret", "reloadable", "description", "default_value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    RELOADABLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    origin: ConfigOrigin
    secret: bool
    reloadable: bool
    description: str
    default_value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ..., origin: _Optional[_Union[ConfigOrigin, str]] = ..., secret: _Optional[bool] = ..., reloadable: _Optional[bool] = ..., description: _Optional[str] = ..., default_value: _Optional[str] = ...) -> None: ...

class Alert(_message.Message):
    __slots__ = ("id", "code", "severity", "text", "symbol", "raised_at", "last_raised_at", "count", "acknowledged_at", "acknowledged_by", "note", "remedy")
    ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    RAISED_AT_FIELD_NUMBER: _ClassVar[int]
    LAST_RAISED_AT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_BY_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    id: str
    code: str
    severity: AlertSeverity
    text: str
    symbol: str
    raised_at: _timestamp_pb2.Timestamp
    last_raised_at: _timestamp_pb2.Timestamp
    count: int
    acknowledged_at: _timestamp_pb2.Timestamp
    acknowledged_by: str
    note: str
    remedy: str
    def __init__(self, id: _Optional[str] = ..., code: _Optional[str] = ..., severity: _Optional[_Union[AlertSeverity, str]] = ..., text: _Optional[str] = ..., symbol: _Optional[str] = ..., raised_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., last_raised_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., count: _Optional[int] = ..., acknowledged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., acknowledged_by: _Optional[str] = ..., note: _Optional[str] = ..., remedy: _Optional[str] = ...) -> None: ...

class JournalEvent(_message.Message):
    __slots__ = ("seq", "time", "type", "json", "hash")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    seq: int
    time: _timestamp_pb2.Timestamp
    type: str
    json: str
    hash: str
    def __init__(self, seq: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., type: _Optional[str] = ..., json: _Optional[str] = ..., hash: _Optional[str] = ...) -> None: ...

class GetStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("status", "caller")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    CALLER_FIELD_NUMBER: _ClassVar[int]
    status: Status
    caller: Caller
    def __init__(self, status: _Optional[_Union[Status, _Mapping]] = ..., caller: _Optional[_Union[Caller, _Mapping]] = ...) -> None: ...

class Caller(_message.Message):
    __slots__ = ("name", "role", "expires_at")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: _access_pb2.Role
    expires_at: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., role: _Optional[_Union[_access_pb2.Role, str]] = ..., expires_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetConfigRequest(_message.Message):
    __slots__ = ("prefix",)
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    def __init__(self, prefix: _Optional[str] = ...) -> None: ...

class GetConfigResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[ConfigEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[ConfigEntry, _Mapping]]] = ...) -> None: ...

class ReloadConfigRequest(_message.Message):
    __slots__ = ("request_id", "reset_keys")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RESET_KEYS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reset_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., reset_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class ReloadConfigResponse(_message.Message):
    __slots__ = ("changed", "restart_needed")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    RESTART_NEEDED_FIELD_NUMBER: _ClassVar[int]
    changed: _containers.RepeatedCompositeFieldContainer[ConfigEntry]
    restart_needed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, changed: _Optional[_Iterable[_Union[ConfigEntry, _Mapping]]] = ..., restart_needed: _Optional[_Iterable[str]] = ...) -> None: ...

class ListAlertsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "min_severity", "codes", "symbols", "acknowledged", "start_time", "end_time")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_SEVERITY_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    min_severity: AlertSeverity
    codes: _containers.RepeatedScalarFieldContainer[str]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    acknowledged: bool
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_severity: _Optional[_Union[AlertSeverity, str]] = ..., codes: _Optional[_Iterable[str]] = ..., symbols: _Optional[_Iterable[str]] = ..., acknowledged: _Optional[bool] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListAlertsResponse(_message.Message):
    __slots__ = ("alerts", "next_page_token")
    ALERTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    alerts: _containers.RepeatedCompositeFieldContainer[Alert]
    next_page_token: str
    def __init__(self, alerts: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AcknowledgeAlertRequest(_message.Message):
    __slots__ = ("request_id", "alert_id", "note")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ALERT_ID_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    alert_id: str
    note: str
    def __init__(self, request_id: _Optional[str] = ..., alert_id: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class AcknowledgeAlertResponse(_message.Message):
    __slots__ = ("alert",)
    ALERT_FIELD_NUMBER: _ClassVar[int]
    alert: Alert
    def __init__(self, alert: _Optional[_Union[Alert, _Mapping]] = ...) -> None: ...

class WatchStatusRequest(_message.Message):
    __slots__ = ("min_interval",)
    MIN_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    min_interval: _duration_pb2.Duration
    def __init__(self, min_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WatchStatusResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "statuses")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    STATUSES_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    statuses: _containers.RepeatedCompositeFieldContainer[Status]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., statuses: _Optional[_Iterable[_Union[Status, _Mapping]]] = ...) -> None: ...

class WatchAlertsRequest(_message.Message):
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

class WatchAlertsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "alerts")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
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
    alerts: _containers.RepeatedCompositeFieldContainer[Alert]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., alerts: _Optional[_Iterable[_Union[Alert, _Mapping]]] = ...) -> None: ...

class WatchEventsRequest(_message.Message):
    __slots__ = ("types", "epoch", "from_seq")
    TYPES_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    types: _containers.RepeatedScalarFieldContainer[str]
    epoch: str
    from_seq: int
    def __init__(self, types: _Optional[_Iterable[str]] = ..., epoch: _Optional[str] = ..., from_seq: _Optional[int] = ...) -> None: ...

class WatchEventsResponse(_message.Message):
    __slots__ = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part", "events")
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PREV_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CONFLATED_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_REASON_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_TOPICS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    epoch: str
    seq: int
    prev_seq: int
    kind: _common_pb2.StreamKind
    conflated: int
    snapshot_reason: _common_pb2.SnapshotReason
    as_of: _timestamp_pb2.Timestamp
    snapshot_topics: _containers.RepeatedScalarFieldContainer[_common_pb2.Topic]
    part: int
    events: _containers.RepeatedCompositeFieldContainer[JournalEvent]
    def __init__(self, epoch: _Optional[str] = ..., seq: _Optional[int] = ..., prev_seq: _Optional[int] = ..., kind: _Optional[_Union[_common_pb2.StreamKind, str]] = ..., conflated: _Optional[int] = ..., snapshot_reason: _Optional[_Union[_common_pb2.SnapshotReason, str]] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., snapshot_topics: _Optional[_Iterable[_Union[_common_pb2.Topic, str]]] = ..., part: _Optional[int] = ..., events: _Optional[_Iterable[_Union[JournalEvent, _Mapping]]] = ...) -> None: ...
