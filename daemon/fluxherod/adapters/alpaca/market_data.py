"""History, gaps, the calendar and the assets over REST."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.bar_pages import BARS, bar_pages
from fluxherod.adapters.alpaca.corporate_actions import load_splits
from fluxherod.adapters.alpaca.errors import AuthenticationRefused, Refused, Unavailable
from fluxherod.adapters.alpaca.history import BarGrid, rest_timeframe, same_bar, session_minutes
from fluxherod.adapters.alpaca.limiter import Priority
from fluxherod.adapters.alpaca.rest import UNCLEAR, Answer, AuthenticationFailed, Outcome, RestClient, describe
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS, Calendar, new_york
from fluxherod.core.types import AssetInfo, Bar
from fluxherod.engine.effects import RequestHistory
from fluxherod.engine.events import AssetsLoaded, BackfillLoaded, CalendarLoaded, HistoryLoaded, SplitsLoaded
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

SYMBOLS_PER_CALL = 500
ASSETS_ONE_BY_ONE = 50
YEARS_BACK = 2
SESSIONS_A_YEAR = 250
# Each start adds the bars since the last one to the cache; what is beyond so many times what is wanted is dropped.
CACHED_TIMES = 2
LEAST_CACHED = 1_000
# Cached bars are fetched on together where the newest ones are about as old; below this they are.
SAME_AGE_NS = 5 * 24 * 3600 * SECOND_NS


class BarCache(Protocol):
    """Completed bars kept between runs. A cache that is too old, damaged or not ours loads as None."""

    def load(self, symbol: str, timeframe: str) -> Sequence[Bar] | None:
        """The cached bars, oldest first."""
        ...

    def store(self, symbol: str, timeframe: str, bars: Sequence[Bar]) -> None:
        """Replace what is cached. Raises OSError or ValueError when it can't, and then the next start fetches more."""
        ...


class AlpacaMarketData:
    """`ports.MarketData` over two hosts: trading (calendar, assets) and data (bars), one feed for all bars.

    `extended` bars hold the minutes before the open and after the close as well, and `cache` must be theirs.
    `settle_s` is how long a finished minute may take to appear over REST: 2 s at Alpaca, 0 against the
    simulator. `reached` waits until it is a time at the exchange, where our clock may be ahead of it. Every call
    raises `Unavailable`, `Refused` or `WireError` when it got no usable answer.
    """

    def __init__(
        self,
        trading: RestClient,
        data: RestClient,
        *,
        feed: str = "iex",
        cache: BarCache | None = None,
        extended: bool = False,
        settle_s: float = 2.0,
        reached: Callable[[int], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._trading = trading
        self._data = data
        self._feed = feed
        self._cache = cache
        self._extended = extended
        self._settle_ns = int(settle_s * SECOND_NS)
        self._reached = reached or _at_once
        self._sleep = sleep
        self._calendar = Calendar(())  # of the sessions that bars are made of
        self._cache_fault = ""

    async def calendar(self, now_ns: int) -> CalendarLoaded:
        """The sessions from two years back to a year ahead."""
        calendar = await self._load_calendar(now_ns, YEARS_BACK)
        self._calendar = self._of_bars(calendar)
        return CalendarLoaded(calendar.sessions)

    def _of_bars(self, calendar: Calendar) -> Calendar:
        return calendar.extended() if self._extended else calendar

    async def assets(self, symbols: Sequence[str]) -> AssetsLoaded:
        """What may be done with each symbol, in the order of the symbols."""
        if len(symbols) > ASSETS_ONE_BY_ONE:
            body = await self._get(self._trading, "/v2/assets", {"status": "active", "asset_class": "us_equity"})
            known = {asset.symbol: asset for asset in wire.decode_assets(body)}
            return AssetsLoaded(tuple(known.get(symbol) or _unknown(symbol) for symbol in symbols))
        return AssetsLoaded(tuple(await asyncio.gather(*(self._asset(symbol) for symbol in symbols))))

    async def splits(self, symbols: Sequence[str], now_ns: int) -> SplitsLoaded:
        """The splits of the past year and those that are announced; a host that refuses to tell is told of."""
        try:
            return SplitsLoaded(await load_splits(partial(self._get, self._data), symbols, now_ns))
        except AuthenticationRefused:
            raise
        except Refused as refusal:
            return SplitsLoaded((), str(refusal))

    async def history(self, wanted: RequestHistory, now_ns: int) -> Sequence[HistoryLoaded]:
        """The newest completed strategy bars of each symbol, and 5-minute bars (fewer when there are not as many)."""
        symbols = wanted.symbols
        bars, through_ns = await self._newest(symbols, wanted.timeframe, wanted.bars, now_ns)
        fives: dict[str, list[Bar]] = {}
        if wanted.five_minute_bars:
            fives, _ = await self._newest(symbols, "5Min", wanted.five_minute_bars, now_ns)
        reach("history.loaded")
        return [
            HistoryLoaded(symbol, tuple(bars[symbol]), through_ns, tuple(fives.get(symbol, ()))) for symbol in symbols
        ]

    async def _newest(
        self, symbols: Sequence[str], timeframe: str, bars: int, now_ns: int
    ) -> tuple[dict[str, list[Bar]], int]:
        """The newest bars of each symbol that are complete, and up to when they are."""
        calendar = await self._calendar_for(bars, timeframe, now_ns)
        grid = BarGrid(timeframe, calendar)
        through_ns = grid.through_ns(now_ns - self._settle_ns)
        await self._reached(through_ns + self._settle_ns)
        found = await self._cached_history(symbols, timeframe, bars, grid, through_ns)
        missing = [symbol for symbol in symbols if symbol not in found]
        found |= await self._fetched_history(missing, timeframe, bars, grid, through_ns)
        return {symbol: found[symbol][-bars:] for symbol in symbols}, through_ns

    async def backfill(self, symbols: Sequence[str], since_ns: int, now_ns: int) -> BackfillLoaded:
        """The session's minutes from `since_ns` to the last full minute, ordered by time, then by symbol."""
        through_ns = now_ns - now_ns % MINUTE_NS
        calendar = await self._calendar_for(0, "1Min", now_ns)
        session = calendar.last_opened(max(through_ns - 1, 0))
        if session is None or session.close_ns <= since_ns or through_ns <= since_ns:
            return BackfillLoaded(tuple(symbols), (), since_ns, max(through_ns, since_ns))
        # A minute that is claimed as filled is not asked for again: wait until REST has the newest one.
        settled_ns = min(through_ns, session.close_ns) + self._settle_ns
        if settled_ns > now_ns:
            await self._sleep((settled_ns - now_ns) / SECOND_NS)
        await self._reached(settled_ns)
        rows = await self._bars(symbols, "1Min", since_ns, through_ns)
        minutes = [bar for found in rows.values() for bar in session_minutes(found, calendar, since_ns, through_ns)]
        minutes.sort(key=lambda bar: (bar.start_ns, bar.symbol))
        reach("backfill.loaded")
        return BackfillLoaded(tuple(symbols), tuple(minutes), since_ns, through_ns)

    async def newest_minutes(self, symbols: Sequence[str]) -> dict[str, int]:
        """When the newest minute bar of each symbol began; a symbol that has none is left out."""
        found: dict[str, int] = {}
        for first in range(0, len(symbols), SYMBOLS_PER_CALL):
            group = {"symbols": ",".join(symbols[first : first + SYMBOLS_PER_CALL]), "feed": self._feed}
            found |= wire.decode_latest_minutes(await self._get(self._data, "/v2/stocks/bars/latest", group))
        return found

    # --- history and its cache -----------------------------------------------------------------------
    async def _fetched_history(
        self, symbols: Sequence[str], timeframe: str, bars: int, grid: BarGrid, through_ns: int
    ) -> dict[str, list[Bar]]:
        """From REST. A symbol with holes (a thin feed) is looked for further back, twice."""
        found: dict[str, list[Bar]] = {}
        wanting = list(symbols)
        for factor in (1, 2, 4):
            if not wanting:
                break
            start_ns = grid.lookback_ns(through_ns, bars * factor)
            rows = await self._bars(wanting, rest_timeframe(timeframe), start_ns or grid.first_ns, through_ns)
            for symbol in wanting:
                found[symbol] = grid.completed_bars(rows.get(symbol, ()), through_ns)
                await asyncio.sleep(0)  # thousands of symbols must not keep the streams' pings waiting
            # A symbol without any bar is unknown or brand-new: looking further back finds nothing either.
            wanting = [symbol for symbol in wanting if start_ns is not None and 0 < len(found[symbol]) < bars]
        for symbol in symbols:
            await self._store(symbol, timeframe, found[symbol])
        return found

    async def _cached_history(
        self, symbols: Sequence[str], timeframe: str, bars: int, grid: BarGrid, through_ns: int
    ) -> dict[str, list[Bar]]:
        """From the cache, with the tail that it lacks; symbols whose cache does not serve are left out."""
        cached = {}
        for symbol in symbols:
            known = await self._load(symbol, timeframe)
            usable = [bar for bar in known if grid.ended(bar, through_ns)]
            if len(usable) >= bars:
                cached[symbol] = usable
        for group in _by_age(cached, through_ns):
            # The newest cached bar is fetched again, too: a split since then shows in it, and nowhere else.
            since_ns = min(cached[symbol][-1].start_ns for symbol in group)
            rows = await self._bars(group, rest_timeframe(timeframe), since_ns, through_ns)
            for symbol in group:
                tail = grid.completed_bars(rows.get(symbol, ()), through_ns)
                await self._extend(cached, symbol, timeframe, tail, max(CACHED_TIMES * bars, LEAST_CACHED))
        return cached

    async def _extend(
        self, cached: dict[str, list[Bar]], symbol: str, timeframe: str, tail: list[Bar], most: int
    ) -> None:
        newest = cached[symbol][-1]
        tail = [bar for bar in tail if bar.start_ns >= newest.start_ns]
        if not tail or not same_bar(tail[0], newest):
            text = "the cached bars of %s do not meet the new ones: fetched anew"
            log.info(text, symbol, extra={"symbol": symbol})
            del cached[symbol]
            return
        cached[symbol] += tail[1:]
        if len(tail) > 1:
            await self._store(symbol, timeframe, cached[symbol][-most:])

    async def _load(self, symbol: str, timeframe: str) -> Sequence[Bar]:
        if self._cache is None:
            return ()
        return await asyncio.to_thread(self._cache.load, symbol, timeframe) or ()

    async def _store(self, symbol: str, timeframe: str, bars: list[Bar]) -> None:
        """Keep the bars for the next start; where that can't be, trading goes on without."""
        if self._cache is None or not bars:
            return
        try:
            await asyncio.to_thread(self._cache.store, symbol, timeframe, bars)
            self._cache_fault = ""
        except (OSError, ValueError) as error:
            fault = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            if fault != self._cache_fault:  # a full disk is told once, not for each symbol
                log.warning("bars can't be cached (%s of %s): the next start fetches them again", fault, symbol)
            self._cache_fault = fault

    # --- REST ----------------------------------------------------------------------------------------
    async def _bars(
        self, symbols: Sequence[str], timeframe: str, since_ns: int, through_ns: int
    ) -> dict[str, list[Bar]]:
        """All pages of all symbols: bars that begin in `[since_ns, through_ns)`."""
        if through_ns <= since_ns or not symbols:
            return {}
        groups = [symbols[first : first + SYMBOLS_PER_CALL] for first in range(0, len(symbols), SYMBOLS_PER_CALL)]
        found: dict[str, list[Bar]] = {}
        for rows in await asyncio.gather(*(self._pages(group, timeframe, since_ns, through_ns) for group in groups)):
            found |= rows
        return found

    async def _pages(
        self, symbols: Sequence[str], timeframe: str, since_ns: int, through_ns: int
    ) -> dict[str, list[Bar]]:
        get = partial(self._get, self._data)
        return await bar_pages(get, symbols, timeframe, since_ns, through_ns, self._feed)

    async def research(self, path: str, params: Mapping[str, str]) -> bytes:
        """The answer of the host of market data to a request for bars that can wait for all that trading asks.

        Raises:
            DataUnavailable: when there is no usable answer, or the request is for anything else.
        """
        if path != BARS:
            raise Refused(f"{path} is not asked for research: {BARS} is")
        return _body(await self._data.get(path, Priority.RESEARCH, params))

    async def _load_calendar(self, now_ns: int, years_back: int) -> Calendar:
        today = new_york(now_ns).date()
        span = {
            "start": (today - timedelta(days=366 * years_back)).isoformat(),
            "end": (today + timedelta(days=366)).isoformat(),
        }
        return Calendar(wire.decode_calendar(await self._get(self._trading, "/v2/calendar", span)))

    async def _calendar_for(self, bars: int, timeframe: str, now_ns: int) -> Calendar:
        """The loaded calendar, or one that reaches far enough back for so many bars."""
        if not self._calendar.sessions:
            await self.calendar(now_ns)
        grid = BarGrid(timeframe, self._calendar)
        if grid.lookback_ns(grid.through_ns(now_ns - self._settle_ns), bars) is not None:
            return self._calendar
        return self._of_bars(await self._load_calendar(now_ns, YEARS_BACK + 1 + bars // SESSIONS_A_YEAR))

    async def _asset(self, symbol: str) -> AssetInfo:
        outcome = await self._trading.get(f"/v2/assets/{symbol}", Priority.DATA)
        if isinstance(outcome, Answer) and outcome.status == 404 and wire.is_error_object(outcome.body):
            return _unknown(symbol)
        return wire.decode_asset(_body(outcome))

    async def _get(self, client: RestClient, path: str, params: dict[str, str]) -> bytes:
        return _body(await client.get(path, Priority.DATA, params))


def _by_age(cached: Mapping[str, list[Bar]], through_ns: int) -> list[list[str]]:
    """The symbols by the age of their newest bar, twice as old from group to group.

    So one that stopped trading months ago makes no other fetch months, and a few requests serve all ages.
    """
    groups: dict[int, list[str]] = defaultdict(list)
    for symbol, known in cached.items():
        groups[((through_ns - known[-1].start_ns) // SAME_AGE_NS).bit_length()].append(symbol)
    return list(groups.values())


def _unknown(symbol: str) -> AssetInfo:
    return AssetInfo(symbol, found=False, tradable=False, shortable=False, easy_to_borrow=False)


async def _at_once(ns: int) -> None:
    """The wall clock's time is the exchange's."""


def _body(outcome: Outcome) -> bytes:
    if isinstance(outcome, Answer) and outcome.status == 200:
        return outcome.body
    if isinstance(outcome, AuthenticationFailed):
        raise AuthenticationRefused(describe(outcome))
    if isinstance(outcome, Answer) and _is_clear_no(outcome):
        raise Refused(describe(outcome))
    raise Unavailable(describe(outcome))


def _is_clear_no(answer: Answer) -> bool:
    """Alpaca's own no, which asking again won't change; a page of a proxy on the way is none, unless it forbids."""
    if not 400 <= answer.status < 500 or answer.status == 429 or answer.status in UNCLEAR:
        return False
    return answer.status == 403 or wire.is_error_object(answer.body)
