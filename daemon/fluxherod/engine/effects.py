"""Everything the engine can want. Effects are data; the runner carries them out, after the commit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Position, Trade
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.signals import RiskDecision, Signal
from fluxherod.core.types import Bar, Quote


# --- to the broker -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SubmitOrder:
    """Send an approved order; answered by SubmitAnswered."""

    order: ApprovedOrder


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Ask the broker to cancel; answered by CancelAnswered."""

    order_id: str
    broker_id: str


@dataclass(frozen=True, slots=True)
class ReplaceOrder:
    """Move a working stop; answered by ReplaceAnswered."""

    replacement: ApprovedReplacement


@dataclass(frozen=True, slots=True)
class LookupOrder:
    """Ask the broker for an order by our id; answered by LookupAnswered."""

    order_id: str


@dataclass(frozen=True, slots=True)
class RequestSnapshot:
    """Ask for the account, positions and orders now; answered by BrokerSnapshot."""

    reason: str


# --- to the market data ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RequestReference:
    """Load what must be known before an open; answered by AssetsLoaded, SplitsLoaded and CalendarLoaded, in order."""

    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """Load history of the strategy timeframe, and newest 5-minute bars; answered by one HistoryLoaded a symbol."""

    symbols: tuple[str, ...]
    timeframe: str
    bars: int
    five_minute_bars: int = 0


@dataclass(frozen=True, slots=True)
class RequestBackfill:
    """Load minutes from `since_ns` on; answered by BackfillLoaded."""

    symbols: tuple[str, ...]
    since_ns: int


@dataclass(frozen=True, slots=True)
class FollowSymbols:
    """Subscribe to exactly these symbols, now and at each connect; answered by FeedFollows."""

    symbols: tuple[str, ...]


# --- to the plain file beside the database, and to whoever watches risk ------------------------------
@dataclass(frozen=True, slots=True)
class SafetyChanged:
    """The kill switch, the breaker or the daily loss changed: the mirror must say so before any reply leaves."""

    state: SafetyState


# --- to the tables and the subscribers -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class OrderUpdated:
    """An order is new or changed; `event` says how."""

    order: Order
    event: str


@dataclass(frozen=True, slots=True)
class PositionUpdated:
    """A position opened, changed, was marked (`mark=True`: only its price moved) or closed (quantity 0).

    `realized_e4` is what its closed shares had brought by then.
    """

    position: Position
    mark: bool = False
    realized_e4: int = 0


@dataclass(frozen=True, slots=True)
class TradeUpdated:
    """A round trip opened, grew or closed."""

    trade: Trade


@dataclass(frozen=True, slots=True)
class SignalUpdated:
    """A decision, or what became of it."""

    signal: Signal


@dataclass(frozen=True, slots=True)
class QuotesUpdated:
    """Prices moved."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class BarClosed:
    """A bar of the strategy timeframe is complete and its decision made."""

    bar: Bar
    end_ns: int
    regime: int
    valid: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account by our own books; the broker's cash and equity beside it. `peak_e4` is the highest equity so far."""

    cash_e4: int
    equity_e4: int
    exposure_e4: int
    unrealized_e4: int
    realized_today_e4: int
    last_equity_e4: int
    buying_power_e4: int
    broker_cash_e4: int
    broker_equity_e4: int
    as_of_ns: int
    peak_e4: int = 0


@dataclass(frozen=True, slots=True)
class AccountUpdated:
    """The account changed or was marked. `record` asks for a point of the equity curve."""

    account: AccountView
    record: bool = False


class Severity(StrEnum):
    """How urgent an alert is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """Something a person should know, with a stable code and a text that says what to do."""

    code: str
    severity: Severity
    text: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands: raised once or more often, and seen by a person or not. Its id is unique for ever."""

    id: str
    code: str
    severity: Severity
    text: str
    symbol: str
    raised_ns: int
    last_raised_ns: int
    count: int = 1
    acknowledged_ns: int | None = None
    acknowledged_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlertUpdated:
    """An alert was raised, raised again or acknowledged, or still stands as a process starts.

    Each AlertRaised of an event is followed by one.
    """

    alert: Alert


@dataclass(frozen=True, slots=True)
class BarRejected:
    """A bar that was turned away at the door, and why."""

    bar: Bar
    reason: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """The trading state changed."""

    state: str
    detail: str = ""


# --- to the caller of a command --------------------------------------------------------------------
class ReplyCode(StrEnum):
    """What became of a command: done, or the reason it was refused for."""

    OK = "OK"
    RISK_REJECTED = "RISK_REJECTED"
    RISK_ADJUSTED = "RISK_ADJUSTED"
    TRADING_HALTED = "TRADING_HALTED"
    TRADING_DISABLED = "TRADING_DISABLED"
    NOT_READY = "NOT_READY"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    ORDER_NOT_CANCELABLE = "ORDER_NOT_CANCELABLE"
    ORDER_NOT_REPLACEABLE = "ORDER_NOT_REPLACEABLE"
    ALERT_NOT_FOUND = "ALERT_NOT_FOUND"
    POSITION_NOT_FOUND = "POSITION_NOT_FOUND"
    SYMBOL_UNKNOWN = "SYMBOL_UNKNOWN"
    SYMBOL_NOT_TRADABLE = "SYMBOL_NOT_TRADABLE"
    SYMBOL_IN_USE = "SYMBOL_IN_USE"
    ALREADY_DONE = "ALREADY_DONE"
    INVALID_ORDER = "INVALID_ORDER"
    INVALID_FIELD = "INVALID_FIELD"
    REVISION_CONFLICT = "REVISION_CONFLICT"
    CONFIG_INVALID = "CONFIG_INVALID"
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; `decision` is risk's, when it was asked."""

    request_id: str
    principal: str
    code: ReplyCode
    text: str = ""
    order_id: str | None = None
    decision: RiskDecision | None = None


BrokerEffect = SubmitOrder | CancelOrder | ReplaceOrder | LookupOrder | RequestSnapshot
DataEffect = RequestReference | RequestHistory | RequestBackfill | FollowSymbols
Update = (
    OrderUpdated
    | PositionUpdated
    | TradeUpdated
    | SignalUpdated
    | QuotesUpdated
    | BarClosed
    | AccountUpdated
    | SafetyChanged
    | AlertRaised
    | AlertUpdated
    | BarRejected
    | StatusChanged
)
Effect = BrokerEffect | DataEffect | Update | Reply


def touched_symbols(out: list[Effect]) -> list[str]:
    """Symbols whose orders or positions changed, in order of first mention."""
    symbols: dict[str, None] = {}
    for effect in out:  # nearly always bars, and many
        if type(effect) is OrderUpdated:
            symbols[effect.order.symbol] = None
        elif type(effect) is PositionUpdated and not effect.mark:
            symbols[effect.position.symbol] = None
    return list(symbols)
