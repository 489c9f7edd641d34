"""An oracle of strategy bars in pandas that shares no code with the daemon, and an engine to hold against it."""

from __future__ import annotations

import itertools
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
import talib

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.history import BarGrid
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.wire import format_time, parse_time
from fluxherod.core.bars import DUPLICATE
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, SECOND_NS, Calendar, Session
from fluxherod.core.types import Bar
from fluxherod.engine.effects import BarClosed, Effect, RequestBackfill, RequestHistory, RequestReference
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import AssetsLoaded, BarsReceived, Event, HistoryLoaded, LinkChanged, Started, TimerFired
from fluxherod.engine.market.closed_bars import REMEMBERED_BARS
from fluxherod.engine.market.completed import Completed
from fluxherod.engine.market.market import Market
from fluxherod.engine.settings import Settings

TIMEFRAMES = ("1Min", "5Min", "15Min", "30Min", "1Hour", "1Day")
FREQUENCIES = {"1Min": "1min", "5Min": "5min", "15Min": "15min", "30Min": "30min", "1Hour": "60min"}
PRICES = ("open", "high", "low", "close")
MERGED = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
NEW_YORK = "America/New_York"
FIVE_NS = 5 * MINUTE_NS
NEVER_NS = 2**62
Timed = tuple[Bar, int]  # a bar and its end


# --- the oracle ----------------------------------------------------------------------------------------
def schedule_of(first: str, last: str) -> pd.DataFrame:
    """Opens and closes of the New York Stock Exchange by date."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library uses what pandas 3.1 announces to change
        from exchange_calendars import get_calendar

        return get_calendar("XNYS", start=first, end=last).schedule[["open", "close"]]


@dataclass(frozen=True)
class Tape:
    """Minutes of all symbols, ordered by time: extended hours, stray ones on closed days and holes included.

    `session` says which of them bars are made of.
    """

    minutes: pd.DataFrame
    schedule: pd.DataFrame
    session: str = "regular"
    known: dict[str, dict[str, list[Timed]]] = field(default_factory=dict)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        return tuple(sorted(self.minutes["symbol"].unique()))

    @cached_property
    def extended(self) -> pd.DataFrame:
        """From 04:00 to 20:00 New York, on half-days to 17:00."""
        opened, closed = (self.schedule[name].dt.tz_convert(NEW_YORK) for name in ("open", "close"))
        return pd.DataFrame(
            {
                "open": (opened.dt.normalize() + pd.Timedelta(hours=4)).dt.tz_convert("UTC"),
                "close": (closed + pd.Timedelta(hours=4)).dt.tz_convert("UTC"),
            }
        )

    @cached_property
    def hours(self) -> pd.DataFrame:
        """The opens and closes of what bars are made of."""
        return self.extended if self.session == "extended" else self.schedule

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        pairs = zip(self.schedule.iterrows(), self.extended.itertuples(index=False), strict=True)
        return tuple(
            Session(f"{day:%Y-%m-%d}", *(moment.value for moment in (*regular, *extended)))
            for (day, regular), extended in pairs
        )

    @property
    def calendar(self) -> Calendar:
        """What bars are made of."""
        known = Calendar(self.sessions)
        return known.extended() if self.session == "extended" else known

    def settings(self, timeframe: str) -> Settings:
        return Settings(self.symbols, timeframe, self.session)

    @cached_property
    def frames(self) -> list[tuple[Bar, ...]]:
        """The minutes as a stream sends them."""
        bars = [bar for bar, _ in _bars(self.minutes.assign(start=self.minutes["time"], end=self.minutes["time"]))]
        return [tuple(frame) for _, frame in itertools.groupby(bars, key=lambda bar: bar.start_ns)]

    @cached_property
    def regular(self) -> pd.DataFrame:
        """Minutes that bars are made of, with the session's open and close beside each, and New York's time."""
        wall = self.minutes["time"].dt.tz_convert(NEW_YORK)
        days = wall.dt.tz_localize(None).dt.normalize()
        found = self.minutes.assign(
            wall=wall, opened=days.map(self.hours["open"]), closed=days.map(self.hours["close"])
        )
        return found[(found["time"] >= found["opened"]) & (found["time"] < found["closed"])]

    def oracle(self, timeframe: str) -> dict[str, list[Timed]]:
        """What the strategy must see of each symbol."""
        if timeframe not in self.known:
            self.known[timeframe] = self._by_symbol(self._spans(timeframe))
        return self.known[timeframe]

    def _spans(self, timeframe: str) -> pd.DataFrame:
        frame = self.regular
        if timeframe == "1Day":
            return frame.assign(start=frame["opened"], end=frame["closed"])
        start = frame["wall"].dt.floor(FREQUENCIES[timeframe])
        end = (start + pd.Timedelta(FREQUENCIES[timeframe])).dt.tz_convert("UTC")
        return frame.assign(start=start.dt.tz_convert("UTC"), end=end.where(end <= frame["closed"], frame["closed"]))

    def rest(self, timeframe: str) -> dict[str, list[Bar]]:
        """What REST has: bars of all hours on round times, and days that are stamped with midnight."""
        if timeframe == "1Day":
            frame = self.regular.assign(start=self.regular["wall"].dt.normalize().dt.tz_convert("UTC"))
        else:
            frame = self.minutes.assign(start=self.minutes["time"].dt.floor(FREQUENCIES[timeframe]))
        found = self._by_symbol(frame.assign(end=frame["start"]))
        return {symbol: [bar for bar, _ in bars] for symbol, bars in found.items()}

    def _by_symbol(self, frame: pd.DataFrame) -> dict[str, list[Timed]]:
        grouped = frame.groupby(["start", "end", "symbol"], sort=True).agg(MERGED).reset_index()
        found = _bars(grouped)
        return {symbol: [one for one in found if one[0].symbol == symbol] for symbol in self.symbols}


def _bars(frame: pd.DataFrame) -> list[Timed]:
    starts, ends = (frame[name].dt.as_unit("ns").astype("int64").tolist() for name in ("start", "end"))
    columns = [frame[name].tolist() for name in ("symbol", *PRICES, "volume")]
    return [
        (Bar(symbol, start, *prices, int(volume)), end)
        for symbol, *prices, volume, start, end in zip(*columns, starts, ends, strict=True)
    ]


def ranges(bars: Sequence[Bar], period: int = 14) -> list[float]:
    """The average true range after each bar."""
    high, low, close = (np.array([getattr(bar, name) for bar in bars]) for name in ("high", "low", "close"))
    return list(talib.ATR(high, low, close, period)) if len(bars) > period else [np.nan] * len(bars)


# --- Alpaca's data host, and a daemon before it ----------------------------------------------------------
@dataclass
class Host:
    """The data host: it gives what has begun by `now_ns`, in pages; a wait in wall time takes none."""

    tape: Tape
    now_ns: int = 0
    page: int = 900
    rows: dict[str, dict[str, tuple[list[int], list[dict[str, Any]]]]] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if request.url.path == "/v2/calendar":
            wall = [
                (day, *(moment.tz_convert(NEW_YORK) for moment in row)) for day, *row in self.tape.schedule.itertuples()
            ]
            late = {"13:00": "1700", "16:00": "2000"}
            days = [
                {
                    "date": f"{day:%Y-%m-%d}",
                    "open": f"{a:%H:%M}",
                    "close": f"{b:%H:%M}",
                    "session_open": "0400",
                    "session_close": late[f"{b:%H:%M}"],
                }
                for day, a, b in wall
            ]
            return httpx.Response(200, json=[day for day in days if params["start"] <= day["date"] <= params["end"]])
        rows = [(symbol, row) for symbol in sorted(params["symbols"].split(",")) for row in self._rows(symbol, params)]
        first = int(params.get("page_token", "0"))
        last = first + min(self.page, int(params["limit"]))
        grouped = itertools.groupby(rows[first:last], key=lambda pair: pair[0])
        bars = {symbol: [row for _, row in group] for symbol, group in grouped}
        return httpx.Response(200, json={"bars": bars, "next_page_token": str(last) if last < len(rows) else None})

    def _rows(self, symbol: str, params: httpx.QueryParams) -> list[dict[str, Any]]:
        timeframe, since, last = params["timeframe"], params["start"], min(parse_time(params["end"]), self.now_ns)
        since_ns = pd.Timestamp(since, tz=NEW_YORK).value if len(since) == 10 else parse_time(since)
        if timeframe not in self.rows:
            self.rows[timeframe] = {
                name: ([bar.start_ns for bar in bars], [_row(bar) for bar in bars])
                for name, bars in self.tape.rest(timeframe).items()
            }
        starts, rows = self.rows[timeframe][symbol]
        return rows[bisect_left(starts, since_ns) : bisect_left(starts, last + 1)]


def _row(bar: Bar) -> dict[str, Any]:
    prices = {"o": bar.open, "h": bar.high, "l": bar.low, "c": bar.close}
    return {"t": format_time(bar.start_ns), **prices, "v": bar.volume, "n": 1, "vw": bar.close}


class Daemon:
    """An engine with Alpaca's stream and REST behind it; answers and minutes take a while to come.

    `fate` is by how much a minute is later than the others, each time that it comes.
    """

    def __init__(
        self,
        tape: Tape,
        timeframe: str,
        now_ns: int,
        answer_ns: int = SECOND_NS,
        late_ns: int = 0,
        fate: Callable[[Bar], Sequence[int]] = lambda bar: (0,),
    ) -> None:
        self.tape, self.timeframe, self.now_ns = tape, timeframe, now_ns
        self.answer_ns, self.late_ns, self.fate = answer_ns, late_ns, fate
        self.engine, self.runs, self.linked = Engine(), 0, False
        self.host, self.slept_ns = Host(tape), 0
        rest = RestClient(
            "http://alpaca.test",
            Credentials("key", "secret"),
            RateLimiter(monotonic=lambda: self.now_ns / SECOND_NS, sleep=self._sleep),
            transport=httpx.MockTransport(self.host),
        )
        self.data = AlpacaMarketData(rest, rest, extended=tape.session == "extended", sleep=self._sleep)
        self.answers: list[tuple[int, Event]] = []
        self.histories: dict[str, HistoryLoaded] = {}
        self.closed: dict[str, list[tuple[Timed, int]]] = {symbol: [] for symbol in tape.symbols}
        self.sent = bisect_left(tape.frames, now_ns - MINUTE_NS, key=lambda frame: frame[0].start_ns)

    async def _sleep(self, seconds: float) -> None:
        self.slept_ns += round(seconds * SECOND_NS)

    async def start(self) -> None:
        """A process begins (again): calendar and history first, the stream soon after."""
        self.runs, self.linked, self.answers = self.runs + 1, False, []
        await self.tell(Started("0123456789abcdef", self.runs, "test", self.tape.settings(self.timeframe)))
        await self.advance(self.now_ns + self.answer_ns)
        await self.link(True)

    async def link(self, up: bool) -> None:
        self.linked = up
        await self.tell(LinkChanged("market", up))

    async def tell(self, event: Event) -> None:
        if isinstance(event, HistoryLoaded):
            self.histories[event.symbol] = event
        for effect in self.engine.process(self.now_ns, event):
            if isinstance(effect, BarClosed):
                self.closed[effect.bar.symbol].append(((effect.bar, effect.end_ns), self.now_ns))
            self.slept_ns, self.host.now_ns = 0, self.now_ns
            due_ns = self.now_ns + self.answer_ns
            self.answers += [(due_ns + self.slept_ns, answer) for answer in await self._ask(effect)]

    async def _ask(self, effect: Effect) -> Sequence[Event]:
        match effect:
            case RequestReference():
                return AssetsLoaded(()), await self.data.calendar(self.now_ns)
            case RequestHistory():
                return await self.data.history(effect, self.now_ns)
            case RequestBackfill(symbols, since_ns):
                return (await self.data.backfill(symbols, since_ns, self.now_ns),)
        return ()

    async def advance(self, to_ns: int) -> None:
        """Deadlines, answers and the minutes of the stream, each at its time."""
        while True:
            deadline_ns = self.engine.next_deadline_ns() or NEVER_NS
            answer_ns = min((due_ns for due_ns, _ in self.answers), default=NEVER_NS)
            frames = self.tape.frames
            minute_ns = (
                frames[self.sent][0].start_ns + MINUTE_NS + self.late_ns if self.sent < len(frames) else NEVER_NS
            )
            next_ns = min(deadline_ns, answer_ns, minute_ns)
            if next_ns > to_ns:
                break
            self.now_ns = max(self.now_ns, next_ns)
            if next_ns == deadline_ns:
                await self.tell(TimerFired())
            elif next_ns == answer_ns:
                _, answer = self.answers.pop(min(range(len(self.answers)), key=lambda k: self.answers[k][0]))
                if self.linked or not isinstance(answer, BarsReceived):
                    await self.tell(answer)
            else:
                self.sent += 1
                if self.linked:
                    await self._send(frames[self.sent - 1])
        self.now_ns = max(self.now_ns, to_ns)

    async def _send(self, frame: tuple[Bar, ...]) -> None:
        fates = [(bar, late_ns) for bar in frame for late_ns in self.fate(bar)]
        self.answers += [(self.now_ns + late_ns, BarsReceived((bar,))) for bar, late_ns in fates if late_ns]
        if at_once := tuple(bar for bar, late_ns in fates if not late_ns):
            await self.tell(BarsReceived(at_once))

    def check(self, through_ns: int) -> None:
        """Every bar of the oracle that ended by then is there once, in the books and in the kernel's memory."""
        oracle, fives = self.tape.oracle(self.timeframe), self.tape.oracle("5Min")
        control = Market(self.tape.settings(self.timeframe))
        control.set_calendar(Calendar(self.tape.sessions))
        market = self.engine.market
        for symbol, book in market.books.items():
            assert set(book.rejections) <= {DUPLICATE, "its bar is complete already"}  # REST had it before the stream
            loaded = self.histories[symbol]
            before = ended(oracle[symbol], loaded.through_ns)
            assert list(loaded.bars) == [bar for bar, _ in before][len(before) - len(loaded.bars) :]
            expected = ended(oracle[symbol], through_ns)[len(before) - len(loaded.bars) :]
            found = [(closed.bar, closed.end_ns) for closed in book.closed]
            assert len(found) == len(expected) or len(found) >= REMEMBERED_BARS
            assert found == expected[len(expected) - len(found) :]
            told = [bar for bar, _ in self.closed[symbol]]
            fresh = told.index(expected[len(loaded.bars)]) if len(expected) > len(loaded.bars) else len(told)
            assert told[fresh:] == expected[len(loaded.bars) :]
            assert all(bar in before for bar in told[:fresh])  # from before the history was loaded once more
            assert len(set(told)) == len(told)
            control.load_history(symbol, [bar for bar, _ in expected], (), through_ns)
            assert market.states[book.row].tobytes() == control.states[book.row].tobytes()
            first_ns = min(
                (bar.start_ns for bar in loaded.five_minute_bars),
                default=loaded.through_ns - loaded.through_ns % FIVE_NS,
            )
            # What is being built when the last strategy bar ends counts from the next one on; what was loaded counts.
            loaded_ns = max((bar.start_ns + FIVE_NS for bar in loaded.five_minute_bars), default=0)
            counts_ns = max(expected[-1][1], loaded_ns)
            if book.builder.span is not None:
                # The tape ends within a strategy bar: its 5-minute bars count as they end, while minutes come in order.
                if not book.builder.in_order:
                    continue  # they are made anew when it ends
                counts_ns = max(counts_ns, book.newest_minute_ns - book.newest_minute_ns % FIVE_NS)
            by_now = ended(fives[symbol], counts_ns)
            counted = [bar for bar, _ in by_now if bar.start_ns >= first_ns]
            assert book.five_minutes.atr == pytest.approx(ranges(counted)[-1], rel=1e-9, nan_ok=True)


def ended(bars: Sequence[Timed], through_ns: int) -> list[Timed]:
    return [one for one in bars if one[1] <= through_ns]


def around(tape: Tape) -> tuple[int, int]:
    """From before the first minute to after the last."""
    return tape.frames[0][0].start_ns - HOUR_NS, tape.frames[-1][0].start_ns + HOUR_NS


# --- what is held against the oracle ---------------------------------------------------------------------
@dataclass(frozen=True)
class Outage:
    """The stream goes down, or the whole process; some seconds later it is back."""

    at_ns: int
    seconds: int
    restart: bool


async def live_through(daemon: Daemon, broken: Iterable[Outage]) -> None:
    """Start, and go on through outages to the tape's end; one that begins within another is left out."""
    await daemon.start()
    for outage in sorted(broken, key=lambda one: one.at_ns):
        if outage.at_ns < daemon.now_ns:
            continue
        await daemon.advance(outage.at_ns)
        await daemon.link(False)
        await daemon.advance(outage.at_ns + outage.seconds * SECOND_NS)
        await (daemon.start() if outage.restart else daemon.link(True))
    last_ns = around(daemon.tape)[1]
    await daemon.advance(max(daemon.now_ns, last_ns) + HOUR_NS)
    daemon.check(last_ns)


async def follow(tape: Tape, timeframe: str) -> None:
    """Every minute at its time. A bar with a hole in it waits for what REST says of the hole."""
    first_ns, last_ns = around(tape)
    daemon = Daemon(tape, timeframe, first_ns)
    await daemon.start()
    await daemon.advance(last_ns)
    daemon.check(last_ns)
    for symbol, bars in tape.oracle(timeframe).items():
        assert [bar for bar, _ in daemon.closed[symbol]] == bars
        traded = set(tape.regular.loc[tape.regular["symbol"] == symbol, "time"].dt.as_unit("ns").astype("int64"))
        opens = [session.open_ns for session in tape.calendar.sessions]
        for (bar, end_ns), now_ns in daemon.closed[symbol]:
            first_ns = max(bar.start_ns, opens[bisect_right(opens, end_ns - 1) - 1])
            whole = traded.issuperset(range(first_ns, end_ns, MINUTE_NS))
            assert 0 <= now_ns - end_ns <= 2 * SECOND_NS + (0 if whole else daemon.answer_ns)


async def receive(tape: Tape, timeframe: str, pieces: Sequence[Sequence[tuple[Bar, ...]]], late_ns: int | None) -> None:
    """Minutes in pieces, each so late; None is a process that slept: no deadline fires before the end."""
    first_ns, last_ns = around(tape)
    daemon = Daemon(tape, timeframe, first_ns)
    await daemon.start()
    daemon.sent = len(tape.frames)
    for piece in pieces:
        ends_ns = piece[-1][0].start_ns + MINUTE_NS
        if late_ns is not None:
            await daemon.advance(ends_ns + late_ns)
        daemon.now_ns = max(daemon.now_ns, ends_ns)
        await daemon.tell(BarsReceived(tuple(itertools.chain(*piece))))
    await daemon.advance(max(daemon.now_ns, last_ns) + HOUR_NS)
    daemon.check(last_ns)


def check_ranges(tape: Tape, timeframe: str) -> None:
    """Each bar knows the average true range of the 5-minute bars that ended by its own end, and of no later one."""
    market = Market(tape.settings(timeframe))
    market.set_calendar(Calendar(tape.sessions))
    for book in market.books.values():
        book.waiting, book.known_ns = None, NEVER_NS  # nobody traded in any other minute
    completed: list[Completed] = []
    for bar in itertools.chain(*tape.frames):
        market.take_minute(market.books[bar.symbol], bar, bar.start_ns + MINUTE_NS, completed)
    for book in market.books.values():
        market.finish(book, completed)
    for symbol, bars in tape.oracle(timeframe).items():
        fives = tape.oracle("5Min")[symbol]
        found = [(one.bar, one.end_ns) for one in completed if one.book.symbol == symbol]
        assert found == bars
        by_count = [np.nan, *ranges([bar for bar, _ in fives])]
        expected = [by_count[bisect_right(fives, end_ns, key=lambda five: five[1])] for _, end_ns in bars]
        atrs = [one.five_minute_atr for one in completed if one.book.symbol == symbol]
        assert atrs == pytest.approx(expected, rel=1e-9, nan_ok=True)


def check_history(tape: Tape, timeframe: str, rest: str) -> None:
    """One second before and at the end of bars: exactly those that have ended, from bars of REST that have begun."""
    rows, oracle = tape.rest(rest), tape.oracle(timeframe)
    grid = BarGrid(timeframe, tape.calendar)
    ends = sorted({end_ns for bars in oracle.values() for _, end_ns in bars})
    for now_ns in (end_ns + after for end_ns in ends[:: 1 + len(ends) // 12] for after in (-SECOND_NS, 0)):
        through_ns = grid.through_ns(now_ns)
        for symbol, bars in oracle.items():
            begun = [row for row in rows[symbol] if row.start_ns < now_ns]
            found = grid.completed_bars(begun, through_ns)
            assert found == [bar for bar, _ in ended(bars, now_ns)]
            assert all(grid.ended(bar, through_ns) is (end_ns <= now_ns) for bar, end_ns in bars)
