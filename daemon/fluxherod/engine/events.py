"""Everything that can happen to the engine. The journal holds these, in order, and nothing else decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fluxherod.core.calendar import Session
from fluxherod.core.risk.safety import SafetyState
from fluxherod.core.splits import Split
from fluxherod.core.types import (
    AssetInfo,
    Bar,
    BrokerAccount,
    BrokerOrder,
    BrokerPosition,
    Execution,
    Quote,
)
from fluxherod.engine.commands import Command
from fluxherod.engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Started:
    """A process begins (again). `epoch` is the journal's id, `run` counts the processes of this journal.

    `mirror` is what the plain file beside the database says of the kill switch and the breaker, `mirror_fault` why it
    can't be read ("" when it can, or when there is none). `mirror_read` is False in journals of before there was one.
    `code` is a fingerprint of what decides from here on, "" in older journals: a replay by other code may differ.
    """

    epoch: str
    run: int
    version: str
    settings: Settings
    mirror: SafetyState | None = None
    mirror_fault: str = ""
    mirror_read: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class MirrorReported:
    """The plain file beside the database could not be written (`fault`), or could again ("")."""

    fault: str = ""


@dataclass(frozen=True, slots=True)
class StorageReported:
    """The journal could not be made durable (`fault`), or could again (""); told when that is durable itself."""

    fault: str = ""


@dataclass(frozen=True, slots=True)
class CalendarLoaded:
    """The exchange's sessions, as the broker gives them; replaces what was known."""

    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class AssetsLoaded:
    """What the broker says of the configured symbols."""

    assets: tuple[AssetInfo, ...]


@dataclass(frozen=True, slots=True)
class SplitsLoaded:
    """All splits of the followed and held symbols, of the past year and announced; replaces what was known.

    `refusal` is the data host's clear no to the question: then nothing is known of them.
    """

    splits: tuple[Split, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLoaded:
    """Completed bars of the strategy timeframe, oldest first, of the sessions that the settings name.

    All bars end at or before `through_ns`; minutes after it come by back-fill. `five_minute_bars` are the newest
    completed 5-minute bars (none when there are none, or when nothing is told from them).
    """

    symbol: str
    bars: tuple[Bar, ...]
    through_ns: int
    five_minute_bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class BarsReceived:
    """Minute bars of one frame of the stream."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BackfillLoaded:
    """Minute bars over REST that close a gap: all completed minutes of `symbols` from `since_ns` to `through_ns`."""

    symbols: tuple[str, ...]
    bars: tuple[Bar, ...]
    since_ns: int
    through_ns: int


@dataclass(frozen=True, slots=True)
class BackfillRefused:
    """The data host will not say what the minutes of some symbols were, and asking again now won't change it."""

    symbols: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class BarsRevised:
    """Late corrections of minutes already received. Recorded; they never rewrite a decision."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class QuotesReceived:
    """The newest quote of each symbol since the last such event."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class TradingStatus:
    """What the tape says of trading in a symbol.

    `trading` is False from a halt on (quotes alone are no trading yet), True when it trades again, None when the
    word says nothing of it. `time_ns` is 0 when none came.
    """

    symbol: str
    trading: bool | None
    text: str
    time_ns: int


@dataclass(frozen=True, slots=True)
class PriceBand:
    """The prices (limit down, limit up) that a symbol may trade between; 0 is no limit."""

    symbol: str
    low_e4: int
    high_e4: int
    time_ns: int


@dataclass(frozen=True, slots=True)
class StatusesReceived:
    """Halts, their ends, and price bands of one frame of the stream."""

    statuses: tuple[TradingStatus, ...] = ()
    bands: tuple[PriceBand, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderReported:
    """The trade-updates stream says something of an order; `event` is the broker's own word."""

    event: str
    order: BrokerOrder
    execution: Execution | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The broker's clear no. `code` is Alpaca's (0 when it gave none), `status` the HTTP status."""

    status: int
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class SubmitAnswered:
    """The end of a submission: accepted (`order`), refused (`refusal`), or, with neither, no answer.

    `unsent` says why it never left and never will: the broker can't know it.
    """

    order_id: str
    order: BrokerOrder | None = None
    refusal: Refusal | None = None
    detail: str = ""
    unsent: str = ""


@dataclass(frozen=True, slots=True)
class CancelAnswered:
    """The end of a cancel request. Accepted is not done: the end comes as a report."""

    order_id: str
    accepted: bool
    refusal: Refusal | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReplaceAnswered:
    """The end of a replace request: the new order, a refusal, or, with neither, no answer."""

    order_id: str
    new_order_id: str
    order: BrokerOrder | None = None
    refusal: Refusal | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LookupAnswered:
    """What the broker says when asked for an order by our id: it, `found=False`, or no answer (`detail`).

    `asked_ns` is when it was asked, 0 when that is not known: what has been heard since is newer than a "not found".
    """

    order_id: str
    found: bool
    order: BrokerOrder | None = None
    detail: str = ""
    asked_ns: int = 0


@dataclass(frozen=True, slots=True)
class BrokerSnapshot:
    """Account, positions and orders over REST, asked for at `asked_ns`.

    `orders` holds every order that is open or was updated since the last snapshot, legs nested.
    """

    asked_ns: int
    account: BrokerAccount
    positions: tuple[BrokerPosition, ...]
    orders: tuple[BrokerOrder, ...]


class Cause(StrEnum):
    """Why a connection is down, where that changes what must be done."""

    ANY = ""
    CREDENTIALS = "credentials"  # they are refused
    STALE = "stale"  # it was mute while REST had newer data
    LASTING = "lasting"  # the quick attempts are used up


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """A connection came up (authenticated and subscribed) or went down.

    `link` is "market" or "trading" (the streams), "rest" (the broker's host), "data" (loads of history and gaps) or
    "clock" (the machine's agrees with the exchange's, or not); `fatal` means that only an operator can mend it.
    """

    link: str
    up: bool
    detail: str = ""
    fatal: bool = False
    cause: Cause = Cause.ANY


@dataclass(frozen=True, slots=True)
class ArchiveReported:
    """What the archive found: the first input (`differs_at`, 0 for none) whose effects a replay by the same code does
    not give again, why it can't do its work (`fault`), or which of its files is damaged or missing (`lost`)."""

    differs_at: int = 0
    fault: str = ""
    lost: str = ""


@dataclass(frozen=True, slots=True)
class ChannelFailed:
    """A channel did not take an alert, after all attempts. `channel` names it without what is secret in its URL."""

    channel: str
    detail: str


@dataclass(frozen=True, slots=True)
class TokensFailed:
    """The list of tokens can't be read: nobody is let in by one. `detail` says why, and what to do."""

    detail: str


@dataclass(frozen=True, slots=True)
class ReloadFailed:
    """A reload that nobody waits for (SIGHUP) was not done. `detail` says why, and of which keys."""

    detail: str


@dataclass(frozen=True, slots=True)
class AlertTold:
    """A channel has taken an alert, as urgent as it was then: a restart need not send it again so soon."""

    alert_id: str
    severity: str


@dataclass(frozen=True, slots=True)
class FeedFollows:
    """The market stream has confirmed a subscription: the bars of exactly these symbols come from now on.

    `refusal` is the server's clear no to what more was wanted.
    """

    symbols: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A deadline of the engine has come."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The process is told to end. It does when open shares lack no stop that they should have, with this event or soon.

    `reason` is what it was told by.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class DrainEnded:
    """The process ends now: what open shares lacked when it was told to end has been waited for long enough."""


Event = (
    Started
    | MirrorReported
    | StorageReported
    | CalendarLoaded
    | AssetsLoaded
    | SplitsLoaded
    | HistoryLoaded
    | BarsReceived
    | BackfillLoaded
    | BackfillRefused
    | BarsRevised
    | QuotesReceived
    | StatusesReceived
    | OrderReported
    | SubmitAnswered
    | CancelAnswered
    | ReplaceAnswered
    | LookupAnswered
    | BrokerSnapshot
    | LinkChanged
    | ArchiveReported
    | ChannelFailed
    | TokensFailed
    | ReloadFailed
    | AlertTold
    | FeedFollows
    | TimerFired
    | Stopping
    | DrainEnded
    | Command
)
