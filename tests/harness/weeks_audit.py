"""What must hold after a week, whatever went wrong in it: of bars, orders, books, and of how long it was not ACTIVE."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product

from alpacasim.app import Simulator
from alpacasim.calendar import MINUTE_NS, SECOND_NS, new_york_day
from alpacasim.money import E9
from alpacasim.timeline import AFTER_CLOSE_NS, PRE_OPEN_NS
from alpacasim.timestamps import parse_time, utc_text
from fluxherod.adapters.alpaca.link import HANDSHAKE_TIMEOUT_S, ReconnectPolicy
from fluxherod.adapters.alpaca.rest import RETRIES
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.types import Bar
from fluxherod.engine.effects import AlertRaised, BarClosed, OrderUpdated, StatusChanged, SubmitOrder
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import HistoryLoaded
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.runner import RETRY_DATA_AFTER_S
from harness.weeks_plan import SPLIT, Week, tape_of

DIFFERENCES = frozenset(
    {
        "CASH_ADOPTED",
        "POSITION_ADOPTED",
        "POSITION_DIFFERENCE",
        "POSITION_UNCLEAR",
        "FOREIGN_ORDER",
        "ORDER_MISMATCH",
        "ORDER_NOT_IN_JOURNAL",
    }
)
CENT_E4 = 100
# From the start of a minute to the revision of its bar.
REVISED_AFTER_NS = 90 * SECOND_NS
POLICY = ReconnectPolicy()
# So long after the last fault it is ACTIVE again. It may have to find a dead line by its pings, and to close it; it may
# just have begun the longest wait between two attempts (and its jitter); the attempt is made, what was missed is asked
# for, behind a request that was not answered and the longest pause of a repeated one, and waits for its last minute.
AGAIN_S = (
    POLICY.ping_every_s
    + POLICY.ping_timeout_s
    + POLICY.close_timeout_s
    + 1.25 * POLICY.slow_s
    + HANDSHAKE_TIMEOUT_S
    + 10.0
    + 1.25 * 2.0 ** (RETRIES - 1)
    + RETRY_DATA_AFTER_S
    + 2.0
)
Figures = tuple[float, float, float, float, int]


@dataclass(slots=True)
class Record:
    """What the journal of a week tells, entry by entry."""

    decided: dict[tuple[str, int], list[tuple[Bar, int]]] = field(default_factory=lambda: defaultdict(list))
    history: dict[tuple[str, int], Bar] = field(default_factory=dict)
    history_through_ns: dict[str, int] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    submitted: Counter[str] = field(default_factory=Counter)
    alerts: list[tuple[int, AlertRaised]] = field(default_factory=list)
    states: list[tuple[int, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def take(self, entry: JournalEntry) -> None:
        """One more durable entry."""
        self.kinds[type(entry.event).__name__] += 1
        if isinstance(entry.event, HistoryLoaded):
            loaded = entry.event
            if loaded.symbol not in self.history_through_ns:  # not what a split has loaded anew
                self.history |= {(loaded.symbol, bar.start_ns): bar for bar in loaded.bars}
                self.history_through_ns[loaded.symbol] = loaded.through_ns
        for effect in entry.effects:
            match effect:
                case BarClosed(bar):
                    self.decided[bar.symbol, bar.start_ns].append((bar, entry.now_ns))
                case OrderUpdated(order):
                    self.orders[order.id] = order
                case SubmitOrder(approved):
                    self.submitted[approved.id] += 1
                case AlertRaised():
                    self.alerts.append((entry.now_ns, effect))
                case StatusChanged(state):
                    self.states.append((entry.now_ns, state))


def violations(week: Week, record: Record, engine: Engine, simulator: Simulator) -> list[str]:
    """Everything that does not hold at the end of a week; empty when all does."""
    return [
        *_of_bars(week, record, simulator),
        *_of_orders(record, simulator),
        *_of_books(record, engine, simulator),
        *_of_liveness(week, record),
    ]


# --- bars ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Minute:
    """A minute of the tape: as it was first, and as it was after a revision, if there was one."""

    start_ns: int
    first: Figures
    last: Figures


def _minutes(week: Week, simulator: Simulator, symbol: str) -> Iterator[_Minute]:
    begin_ns, end_ns = week.sessions[0].open_ns, week.sessions[-1].close_ns
    first = {one[0]: one[1:6] for one in tape_of(week).between(symbol, begin_ns, end_ns).tolist()}
    for one in simulator.player.history.bars(symbol, "1Min", begin_ns, end_ns, end_ns + MINUTE_NS).tolist():
        yield _Minute(one[0], first[one[0]], one[1:6])


def _strategy_bars(week: Week, simulator: Simulator, symbol: str) -> dict[int, list[_Minute]]:
    """The tape's minutes by the strategy bar that they belong to."""
    length_ns = week.minutes * MINUTE_NS
    bars: dict[int, list[_Minute]] = defaultdict(list)
    for minute in _minutes(week, simulator, symbol):
        bars[minute.start_ns - minute.start_ns % length_ns].append(minute)
    return bars


def _aggregated(minutes: list[Figures]) -> Figures:
    opens, highs, lows, closes, volumes = zip(*minutes, strict=True)
    return opens[0], max(highs), min(lows), closes[-1], sum(volumes)


def _is_of(minutes: list[_Minute], bar: Bar, decided_ns: int) -> bool:
    """Is a bar one of these minutes, each as it was first or, if it was known by then, as it was revised."""
    forms = [
        {minute.first, minute.last} if minute.start_ns + REVISED_AFTER_NS <= decided_ns else {minute.first}
        for minute in minutes
    ]
    found = (bar.open, bar.high, bar.low, bar.close, bar.volume)
    return any(_aggregated(list(chosen)) == found for chosen in product(*forms))


def _of_bars(week: Week, record: Record, simulator: Simulator) -> Iterator[str]:
    known = set[tuple[str, int]]()
    for symbol in week.symbols:
        for start_ns, minutes in _strategy_bars(week, simulator, symbol).items():
            known.add((symbol, start_ns))
            yield from _of_bar(week, record, symbol, start_ns, minutes)
    for symbol, start_ns in record.decided.keys() - known:
        yield f"the bar of {symbol} at {utc_text(start_ns)} is not on the tape"


def _of_bar(week: Week, record: Record, symbol: str, start_ns: int, minutes: list[_Minute]) -> Iterator[str]:
    """It was decided once, or came with the history, and it is what the tape says."""
    key, name = (symbol, start_ns), f"the bar of {symbol} at {utc_text(start_ns)}"
    end_ns, through_ns = start_ns + week.minutes * MINUTE_NS, record.history_through_ns.get(symbol, 0)
    found = list(record.decided.get(key, []))
    if not found and end_ns <= through_ns and key in record.history:
        found = [(record.history[key], through_ns)]
    if len(found) != 1:
        yield f"{name} was decided {len(found)} times"
    for bar, decided_ns in found:
        told = _in_new_units(minutes) if _split_meanwhile(week, symbol, start_ns, decided_ns) else minutes
        if not _is_of(told, bar, decided_ns):
            yield f"{name} is {bar}, the tape's {_aggregated([one.last for one in minutes])}"


def _split_meanwhile(week: Week, symbol: str, start_ns: int, decided_ns: int) -> bool:
    """A bar that is fetched after a split, and is from before it, comes in the new units."""
    days = [day for name, day in week.splits if name == symbol]
    return any(new_york_day(start_ns) < day <= new_york_day(decided_ns) for day in days)


def _in_new_units(minutes: list[_Minute]) -> list[_Minute]:
    def halved(figures: Figures) -> Figures:
        *prices, volume = figures
        opened, high, low, close = (round(price / SPLIT, 4) for price in prices)
        return opened, high, low, close, int(volume * SPLIT)

    return [_Minute(one.start_ns, halved(one.first), halved(one.last)) for one in minutes]


# --- orders and books --------------------------------------------------------------------------------------


def _of_orders(record: Record, simulator: Simulator) -> Iterator[str]:
    theirs = simulator.player.exchange.orders
    ours = {one.broker_id: one for one in record.orders.values() if one.broker_id}
    for broker_id in theirs.keys() ^ ours.keys():
        yield f"order {broker_id} is known to one side only"
    for broker_id in theirs.keys() & ours.keys():
        here, there = ours[broker_id], theirs[broker_id]
        if here.filled_quantity * E9 != there.filled_e9:
            yield f"order {here.id}: {here.filled_quantity} filled here, {there.filled_e9 / E9:g} there"
        if here.state.ended == there.open:
            yield f"order {here.id} is {here.state} here, {there.status} there"
    entries = Counter(
        one.id.rpartition("-")[0] for one in record.orders.values() if one.role is OrderRole.ENTRY and one.broker_id
    )
    for decision, count in entries.items():
        if count > 1:
            yield f"{count} entries for the decision {decision}"
    for order_id, times in record.submitted.items():
        if times > 1 and record.orders[order_id].role is OrderRole.ENTRY:
            yield f"the entry {order_id} was sent {times} times"


def _of_books(record: Record, engine: Engine, simulator: Simulator) -> Iterator[str]:
    account = simulator.player.exchange.account
    ours = {symbol: position.quantity for symbol, position in engine.ledger.positions.items()}
    theirs = {symbol: one.quantity_e9 // E9 for symbol, one in account.positions.items() if one.quantity_e9}
    if ours != theirs:
        yield f"positions are {ours} here, {theirs} there"
    cash_e4 = engine.ledger.cash_e4 or 0
    if abs(cash_e4 - account.cash_e4) >= CENT_E4:
        yield f"cash is {cash_e4 / 1e4} here, {account.cash_e4 / 1e4} there"
    for at_ns, alert in record.alerts:
        if alert.code in DIFFERENCES and not _less_than_a_cent(alert):
            yield f"{alert.code} at {utc_text(at_ns)}: {alert.text}"


def _less_than_a_cent(alert: AlertRaised) -> bool:
    """Cash that was adopted, of an average that the broker rounds: by a fill that the stream lost."""
    amounts = re.findall(r"\$[\d,.]+\d", alert.text)
    return alert.code == "CASH_ADOPTED" and len(amounts) == 2 and amounts[0] == amounts[1]


# --- liveness ----------------------------------------------------------------------------------------------


def running_s(week: Week, ns: int) -> float:
    """How long the week has run by an exchange time: its nights are left out."""
    passed_ns = 0
    for session in week.sessions:
        morning_ns = max(session.open_ns - PRE_OPEN_NS, week.begin_ns)
        passed_ns += min(max(ns - morning_ns, 0), session.close_ns + AFTER_CLOSE_NS - morning_ns)
    return passed_ns / SECOND_NS


def _disturbed(week: Week) -> Iterator[tuple[float, float]]:
    """When the daemon may be anything but ACTIVE: from the beginning of a fault to the stated time after its end."""
    yield 0.0, AGAIN_S
    for restart in week.restarts:
        at_s = running_s(week, restart.at_ns)
        yield at_s, at_s + restart.down_s + AGAIN_S
    for session in week.sessions:
        if any(day == session.day for _, day in week.splits):  # its history is loaded anew
            yield running_s(week, session.open_ns - PRE_OPEN_NS), running_s(week, session.open_ns) + AGAIN_S
    for fault in (fault for fault in week.faults if "from" in fault):
        from_ns, until_ns = parse_time(fault["from"]), parse_time(fault["until"])
        yield running_s(week, from_ns or 0), running_s(week, until_ns or 0) + AGAIN_S


def _merged(spans: Iterator[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for begin_s, end_s in sorted(spans):
        if merged and begin_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end_s))
        else:
            merged.append((begin_s, end_s))
    return merged


def _of_liveness(week: Week, record: Record) -> Iterator[str]:
    """Each span in which it was not ACTIVE lies in one in which it was disturbed, or had just been."""
    allowed = _merged(_disturbed(week))
    end_s = running_s(week, week.sessions[-1].close_ns)
    changes = [(running_s(week, at_ns), state) for at_ns, state in record.states]
    for (from_s, state), (until_s, _) in pairwise([*changes, (end_s, "")]):
        fits = any(begin_s <= from_s and until_s <= last_s for begin_s, last_s in allowed)
        if state != "ACTIVE" and from_s < end_s and not fits:
            yield f"{state} from {from_s:.1f} s to {until_s:.1f} s of the week, undisturbed"
    if not changes or [state for at_s, state in changes if at_s <= end_s][-1] != "ACTIVE":
        yield "not ACTIVE at the end"
