import datetime

from fluxhero.v1 import access_pb2 as _access_pb2
from fluxhero.v1 import common_pb2 as _common_pb2
from fluxhero.v1 import order_pb2 as _order_pb2
from fluxhero.v1 import signal_pb2 as _signal_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TradeState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRADE_STATE_UNSPECIFIED: _ClassVar[TradeState]
    TRADE_STATE_OPEN: _ClassVar[TradeState]
    TRADE_STATE_CLOSED: _ClassVar[TradeState]

class ExportFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPORT_FORMAT_UNSPECIFIED: _ClassVar[ExportFormat]
    EXPORT_FORMAT_CSV: _ClassVar[ExportFormat]
    EXPORT_FORMAT_PARQUET: _ClassVar[ExportFormat]
TRADE_STATE_UNSPECIFIED: TradeState
TRADE_STATE_OPEN: TradeState
TRADE_STATE_CLOSED: TradeState
EXPORT_FORMAT_UNSPECIFIED: ExportFormat
EXPORT_FORMAT_CSV: ExportFormat
EXPORT_FORMAT_PARQUET: ExportFormat

class Trade(_message.Message):
    __slots__ = ("id", "symbol", "side", "state", "mode", "regime", "signal_id", "signal_reason", "opened_at", "closed_at", "entry_quantity", "entry_price", "entry_value", "exit_quantity", "exit_price", "exit_value", "realized_pnl", "realized_pnl_pct", "commission", "net_pnl", "stop_price", "exit_reason", "holding_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    REGIME_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_REASON_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_AT_FIELD_NUMBER: _ClassVar[int]
    ENTRY_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    ENTRY_PRICE_FIELD_NUMBER: _ClassVar[int]
    ENTRY_VALUE_FIELD_NUMBER: _ClassVar[int]
    EXIT_QUANTITY_FIELD_NUMBER: _ClassVar[int]
    EXIT_PRICE_FIELD_NUMBER: _ClassVar[int]
    EXIT_VALUE_FIELD_NUMBER: _ClassVar[int]
    REALIZED_PNL_FIELD_NUMBER: _ClassVar[int]
    REALIZED_PNL_PCT_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_FIELD_NUMBER: _ClassVar[int]
    NET_PNL_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    EXIT_REASON_FIELD_NUMBER: _ClassVar[int]
    HOLDING_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    symbol: str
    side: _common_pb2.PositionSide
    state: TradeState
    mode: _common_pb2.StrategyMode
    regime: _common_pb2.Regime
    signal_id: str
    signal_reason: str
    opened_at: _timestamp_pb2.Timestamp
    closed_at: _timestamp_pb2.Timestamp
    entry_quantity: int
    entry_price: str
    entry_value: str
    exit_quantity: int
    exit_price: str
    exit_value: str
    realized_pnl: str
    realized_pnl_pct: float
    commission: str
    net_pnl: str
    stop_price: str
    exit_reason: str
    holding_time: _duration_pb2.Duration
    def __init__(self, id: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_common_pb2.PositionSide, str]] = ..., state: _Optional[_Union[TradeState, str]] = ..., mode: _Optional[_Union[_common_pb2.StrategyMode, str]] = ..., regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., signal_id: _Optional[str] = ..., signal_reason: _Optional[str] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., entry_quantity: _Optional[int] = ..., entry_price: _Optional[str] = ..., entry_value: _Optional[str] = ..., exit_quantity: _Optional[int] = ..., exit_price: _Optional[str] = ..., exit_value: _Optional[str] = ..., realized_pnl: _Optional[str] = ..., realized_pnl_pct: _Optional[float] = ..., commission: _Optional[str] = ..., net_pnl: _Optional[str] = ..., stop_price: _Optional[str] = ..., exit_reason: _Optional[str] = ..., holding_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class TradeStatistics(_message.Message):
    __slots__ = ("trades", "wins", "losses", "win_rate_pct", "net_pnl", "gross_profit", "gross_loss", "commission", "average_win", "average_loss", "profit_factor", "expectancy", "sharpe_ratio", "max_drawdown_pct", "average_holding_time", "best_pnl", "worst_pnl", "sharpe_ratio_zero_rate", "max_drawdown")
    TRADES_FIELD_NUMBER: _ClassVar[int]
    WINS_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    WIN_RATE_PCT_FIELD_NUMBER: _ClassVar[int]
    NET_PNL_FIELD_NUMBER: _ClassVar[int]
    GROSS_PROFIT_FIELD_NUMBER: _ClassVar[int]
    GROSS_LOSS_FIELD_NUMBER: _ClassVar[int]
    COMMISSION_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_WIN_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_LOSS_FIELD_NUMBER: _ClassVar[int]
    PROFIT_FACTOR_FIELD_NUMBER: _ClassVar[int]
    EXPECTANCY_FIELD_NUMBER: _ClassVar[int]
    SHARPE_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_DRAWDOWN_PCT_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_HOLDING_TIME_FIELD_NUMBER: _ClassVar[int]
    BEST_PNL_FIELD_NUMBER: _ClassVar[int]
    WORST_PNL_FIELD_NUMBER: _ClassVar[int]
    SHARPE_RATIO_ZERO_RATE_FIELD_NUMBER: _ClassVar[int]
    MAX_DRAWDOWN_FIELD_NUMBER: _ClassVar[int]
    trades: int
    wins: int
    losses: int
    win_rate_pct: float
    net_pnl: str
    gross_profit: str
    gross_loss: str
    commission: str
    average_win: str
    average_loss: str
    profit_factor: float
    expectancy: str
    sharpe_ratio: float
    max_drawdown_pct: float
    average_holding_time: _duration_pb2.Duration
    best_pnl: str
    worst_pnl: str
    sharpe_ratio_zero_rate: float
    max_drawdown: str
    def __init__(self, trades: _Optional[int] = ..., wins: _Optional[int] = ..., losses: _Optional[int] = ..., win_rate_pct: _Optional[float] = ..., net_pnl: _Optional[str] = ..., gross_profit: _Optional[str] = ..., gross_loss: _Optional[str] = ..., commission: _Optional[str] = ..., average_win: _Optional[str] = ..., average_loss: _Optional[str] = ..., profit_factor: _Optional[float] = ..., expectancy: _Optional[str] = ..., sharpe_ratio: _Optional[float] = ..., max_drawdown_pct: _Optional[float] = ..., average_holding_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., best_pnl: _Optional[str] = ..., worst_pnl: _Optional[str] = ..., sharpe_ratio_zero_rate: _Optional[float] = ..., max_drawdown: _Optional[str] = ...) -> None: ...

class ModeStatistics(_message.Message):
    __slots__ = ("mode", "statistics")
    MODE_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    mode: _common_pb2.StrategyMode
    statistics: TradeStatistics
    def __init__(self, mode: _Optional[_Union[_common_pb2.StrategyMode, str]] = ..., statistics: _Optional[_Union[TradeStatistics, _Mapping]] = ...) -> None: ...

class RegimeStatistics(_message.Message):
    __slots__ = ("regime", "statistics")
    REGIME_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    regime: _common_pb2.Regime
    statistics: TradeStatistics
    def __init__(self, regime: _Optional[_Union[_common_pb2.Regime, str]] = ..., statistics: _Optional[_Union[TradeStatistics, _Mapping]] = ...) -> None: ...

class SymbolStatistics(_message.Message):
    __slots__ = ("symbol", "statistics")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    statistics: TradeStatistics
    def __init__(self, symbol: _Optional[str] = ..., statistics: _Optional[_Union[TradeStatistics, _Mapping]] = ...) -> None: ...

class ListTradesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "symbols", "modes", "regimes", "state", "side", "start_time", "end_time")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    REGIMES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    symbols: _containers.RepeatedScalarFieldContainer[str]
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    regimes: _containers.RepeatedScalarFieldContainer[_common_pb2.Regime]
    state: TradeState
    side: _common_pb2.PositionSide
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., symbols: _Optional[_Iterable[str]] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., regimes: _Optional[_Iterable[_Union[_common_pb2.Regime, str]]] = ..., state: _Optional[_Union[TradeState, str]] = ..., side: _Optional[_Union[_common_pb2.PositionSide, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListTradesResponse(_message.Message):
    __slots__ = ("trades", "next_page_token")
    TRADES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    trades: _containers.RepeatedCompositeFieldContainer[Trade]
    next_page_token: str
    def __init__(self, trades: _Optional[_Iterable[_Union[Trade, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetTradeRequest(_message.Message):
    __slots__ = ("trade_id",)
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    def __init__(self, trade_id: _Optional[str] = ...) -> None: ...

class GetTradeResponse(_message.Message):
    __slots__ = ("trade", "signal", "orders", "fills")
    TRADE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    FILLS_FIELD_NUMBER: _ClassVar[int]
    trade: Trade
    signal: _signal_pb2.Signal
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.Order]
    fills: _containers.RepeatedCompositeFieldContainer[_order_pb2.Fill]
    def __init__(self, trade: _Optional[_Union[Trade, _Mapping]] = ..., signal: _Optional[_Union[_signal_pb2.Signal, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[_order_pb2.Order, _Mapping]]] = ..., fills: _Optional[_Iterable[_Union[_order_pb2.Fill, _Mapping]]] = ...) -> None: ...

class GetStatisticsRequest(_message.Message):
    __slots__ = ("symbols", "modes", "start_time", "end_time")
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, symbols: _Optional[_Iterable[str]] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetStatisticsResponse(_message.Message):
    __slots__ = ("total", "by_mode", "by_regime", "by_symbol")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    BY_MODE_FIELD_NUMBER: _ClassVar[int]
    BY_REGIME_FIELD_NUMBER: _ClassVar[int]
    BY_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    total: TradeStatistics
    by_mode: _containers.RepeatedCompositeFieldContainer[ModeStatistics]
    by_regime: _containers.RepeatedCompositeFieldContainer[RegimeStatistics]
    by_symbol: _containers.RepeatedCompositeFieldContainer[SymbolStatistics]
    def __init__(self, total: _Optional[_Union[TradeStatistics, _Mapping]] = ..., by_mode: _Optional[_Iterable[_Union[ModeStatistics, _Mapping]]] = ..., by_regime: _Optional[_Iterable[_Union[RegimeStatistics, _Mapping]]] = ..., by_symbol: _Optional[_Iterable[_Union[SymbolStatistics, _Mapping]]] = ...) -> None: ...

class ExportTradesRequest(_message.Message):
    __slots__ = ("format", "symbols", "modes", "start_time", "end_time")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    MODES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    format: ExportFormat
    symbols: _containers.RepeatedScalarFieldContainer[str]
    modes: _containers.RepeatedScalarFieldContainer[_common_pb2.StrategyMode]
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, format: _Optional[_Union[ExportFormat, str]] = ..., symbols: _Optional[_Iterable[str]] = ..., modes: _Optional[_Iterable[_Union[_common_pb2.StrategyMode, str]]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExportTradesResponse(_message.Message):
    __slots__ = ("data", "file_name", "content_type")
    DATA_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    file_name: str
    content_type: str
    def __init__(self, data: _Optional[bytes] = ..., file_name: _Optional[str] = ..., content_type: _Optional[str] = ...) -> None: ...
