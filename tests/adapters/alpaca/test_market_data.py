"""History, gaps, calendar and assets against a server that serves a made-up tape in pages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import AuthenticationRefused, Refused, Unavailable, WireError
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.wire import format_time, parse_time
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.types import Bar
from fluxherod.engine.effects import RequestHistory as Wanted

HOLIDAYS = {"2024-07-04", "2024-09-02", "2024-11-28", "2024-12-25", "2025-01-01"}
HALF_DAYS = {"2024-07-03", "2024-11-29", "2024-12-24"}
DAYS = [date(2023, 1, 1) + timedelta(days=number) for number in range(900)]
TRADED = [day for day in DAYS if day.weekday() < 5 and day.isoformat() not in HOLIDAYS]
# New York's offset changes within the tape: summer time from March 10 to November 3, 2024.
SUMMER = [("2023-03-12", "2023-11-05"), ("2024-03-10", "2024-11-03"), ("2025-03-09", "2025-11-02")]
SIZES = {"1Min": 1, "5Min": 5, "30Min": 30}


def at(text: str) -> int:
    """Nanoseconds of a New York wall time, `YYYY-MM-DDTHH:MM`."""
    offset = "-04:00" if any(first <= text[:10] < last for first, last in SUMMER) else "-05:00"
    return parse_time(f"{text}:00{offset}")


def close_of(day: str) -> str:
    return "13:00" if day in HALF_DAYS else "16:00"


def row(ns: int, price: float) -> dict[str, Any]:
    return {"t": format_time(ns), "o": price, "h": price + 2, "l": price - 2, "c": price + 1, "v": 10, "n": 1, "vw": 1}


class Server:
    """Alpaca's two hosts in one: bars from 04:00 to 20:00 New York, stray ones after a half-day's close included."""

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self.bar_requests: list[httpx.URL] = []
        self.requests: list[httpx.URL] = []
        self.replies: dict[str, httpx.Response] = {}
        self.first_days = {"NEW": "2024-11-20"}
        self.last_days: dict[str, str] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url)
        path = request.url.path
        if path in self.replies:
            return self.replies[path]
        if path == "/v2/calendar":
            return httpx.Response(200, json=self._calendar(request.url.params))
        if path.startswith("/v2/assets"):
            return self._assets(path)
        assert path == "/v2/stocks/bars"
        self.bar_requests.append(request.url)
        return httpx.Response(200, json=self._bars(request.url.params))

    def _calendar(self, params: httpx.QueryParams) -> list[dict[str, str]]:
        days = [day.isoformat() for day in TRADED if params["start"] <= day.isoformat() <= params["end"]]
        late = {"13:00": "1700", "16:00": "2000"}
        hours = {day: {"close": close_of(day), "session_close": late[close_of(day)]} for day in days}
        return [{"date": day, "open": "09:30", "session_open": "0400", **hours[day]} for day in days]

    def _assets(self, path: str) -> httpx.Response:
        asset = {"class": "us_equity", "status": "active", "tradable": True, "shortable": True, "easy_to_borrow": True}
        if path == "/v2/assets":
            return httpx.Response(200, json=[{"symbol": f"S{number}", **asset} for number in range(60)])
        symbol = path.rpartition("/")[2]
        if symbol == "NONE":
            return httpx.Response(404, json={"code": 40410000, "message": "asset not found for NONE"})
        return httpx.Response(200, json={"symbol": symbol, **asset})

    def _bars(self, params: httpx.QueryParams) -> dict[str, Any]:
        start = at(f"{params['start']}T00:00") if len(params["start"]) == 10 else parse_time(params["start"])
        end, symbols = parse_time(params["end"]), sorted(params["symbols"].split(","))
        rows = [
            (symbol, item)
            for symbol in symbols
            if symbol != "NONE"
            for item in self._rows(symbol, params["timeframe"], start, end)
        ]
        first = int(params.get("page_token", "0"))
        page = rows[first : first + min(self.limit, int(params["limit"]))]
        bars = {key: [item for _, item in group] for key, group in itertools.groupby(page, key=lambda pair: pair[0])}
        token = str(first + len(page)) if first + len(page) < len(rows) else None
        return {"bars": bars, "next_page_token": token}

    def _rows(self, symbol: str, timeframe: str, start: int, end: int) -> list[dict[str, Any]]:
        first_day, last_day = self.first_days.get(symbol, ""), self.last_days.get(symbol, "9999")
        days = [day.isoformat() for day in TRADED if first_day <= day.isoformat() <= last_day]
        if timeframe == "1Day":
            return [row(at(f"{day}T00:00"), 100.0) for day in days if start <= at(f"{day}T00:00") <= end]
        step = SIZES[timeframe] * MINUTE_NS
        found = []
        for day in days:
            first, last = at(f"{day}T04:00"), at(f"{day}T20:00")
            if first > end or last < start:
                continue
            # The price is the bar's start in minutes since four, so that each bar can be told apart.
            starts = [ns for ns in range(first, last, step) if start <= ns <= end]
            found += [row(ns, 1000.0 + (ns - first) // MINUTE_NS) for ns in starts]
        return found


class Shelf:
    """A cache in memory."""

    def __init__(self, bars: dict[str, Sequence[Bar]] | None = None) -> None:
        self.bars = dict(bars or {})

    def load(self, symbol: str, timeframe: str) -> Sequence[Bar] | None:
        return self.bars.get(f"{symbol} {timeframe}")

    def store(self, symbol: str, timeframe: str, bars: Sequence[Bar]) -> None:
        self.bars[f"{symbol} {timeframe}"] = list(bars)


@pytest.fixture
def data(driven: Any) -> Callable[..., AlpacaMarketData]:
    def build(server: Server, **options: Any) -> AlpacaMarketData:
        rest = RestClient(
            "http://alpaca.test",
            Credentials("key", "secret"),
            RateLimiter(monotonic=driven.monotonic, sleep=driven.sleep),
            transport=httpx.MockTransport(server),
            sleep=driven.sleep,
            jitter=lambda: 0.0,
        )
        return AlpacaMarketData(rest, rest, sleep=driven.sleep, **({"settle_s": 0.0} | options))

    return build


async def test_the_calendar_reaches_two_years_back_and_a_year_ahead(data: Any) -> None:
    server = Server()
    loaded = await data(server).calendar(at("2024-12-02T10:00"))
    assert dict(server.requests[0].params) == {"start": "2022-12-01", "end": "2025-12-03"}
    days = {session.day: session for session in loaded.sessions}
    assert days["2024-11-29"].close_ns == at("2024-11-29T13:00")


async def test_hours_are_built_from_half_hours_so_nine_o_clock_holds_half_an_hour(data: Any) -> None:
    server = Server()
    history = (await data(server).history(Wanted(("SPY",), "1Hour", 500), at("2024-12-02T12:20")))[0]
    assert server.bar_requests[0].params["timeframe"] == "30Min"
    assert len(history.bars) == 500
    assert history.through_ns == at("2024-12-02T12:00")
    nine, ten, eleven = history.bars[-3:]
    assert [bar.start_ns for bar in (nine, ten, eleven)] == [at(f"2024-12-02T{hour}:00") for hour in ("09", "10", "11")]
    # 09:30 is minute 330 of the tape's day, 10:00 is 360 and 10:30 is 390.
    assert (nine.open, nine.high, nine.low, nine.close, nine.volume) == (1330.0, 1332.0, 1328.0, 1331.0, 10)
    assert (ten.open, ten.high, ten.low, ten.close, ten.volume) == (1360.0, 1392.0, 1358.0, 1391.0, 20)


async def test_no_bar_lies_outside_the_sessions_and_every_hour_inside_is_there(data: Any) -> None:
    history = (await data(Server()).history(Wanted(("SPY",), "1Hour", 60), at("2024-12-02T09:45")))[0]
    starts = [bar.start_ns for bar in history.bars]
    expected = [
        at(f"{day}T{hour:02d}:00")
        for day in (day.isoformat() for day in TRADED if day.isoformat() < "2024-12-02")
        for hour in range(9, 13 if day in HALF_DAYS else 16)
    ]
    assert starts == expected[-60:]
    assert history.through_ns == at("2024-12-02T09:30")


async def test_extended_hours_are_built_from_half_hours_from_four_to_the_evening(data: Any) -> None:
    server = Server()
    port = data(server, extended=True)
    history = (await port.history(Wanted(("SPY",), "1Hour", 60), at("2024-12-02T05:20")))[0]
    assert {url.params["timeframe"] for url in server.bar_requests} == {"30Min"}
    assert history.through_ns == at("2024-12-02T05:00")
    expected = [
        at(f"{day}T{hour:02d}:00")
        for day in ("2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29")
        for hour in range(4, 17 if day in HALF_DAYS else 20)
    ]
    assert [bar.start_ns for bar in history.bars] == [*expected, at("2024-12-02T04:00")][-60:]
    # Minute 300 of the tape's day is 09:00: what is before the open is in the hour.
    nine = next(bar for bar in history.bars if bar.start_ns == at("2024-11-29T09:00"))
    assert (nine.open, nine.high, nine.low, nine.close, nine.volume) == (1300.0, 1332.0, 1298.0, 1331.0, 20)
    assert {session.day: session.open_ns for session in (await port.calendar(at("2024-12-02T05:20"))).sessions}[
        "2024-11-29"
    ] == at("2024-11-29T09:30")


async def test_a_gap_in_extended_hours_is_filled_up_to_their_end_and_not_beyond(data: Any) -> None:
    port = data(Server(), extended=True)
    filled = await port.backfill(("SPY",), at("2024-11-29T16:55"), at("2024-12-02T04:02"))
    assert [bar.start_ns for bar in filled.bars] == [
        *(at("2024-11-29T16:55") + number * MINUTE_NS for number in range(5)),
        at("2024-12-02T04:00"),
        at("2024-12-02T04:01"),
    ]


@pytest.mark.parametrize(
    ("now", "through", "newest"),
    [
        ("2024-12-02T09:29", "2024-11-29T13:00", "2024-11-29T12:00"),
        ("2024-12-02T09:30", "2024-12-02T09:30", "2024-11-29T12:00"),
        ("2024-12-02T09:59", "2024-12-02T09:30", "2024-11-29T12:00"),
        ("2024-12-02T10:00", "2024-12-02T10:00", "2024-12-02T09:00"),
        ("2024-12-02T16:00", "2024-12-02T16:00", "2024-12-02T15:00"),
        ("2024-12-01T12:00", "2024-11-29T13:00", "2024-11-29T12:00"),
    ],
)
async def test_history_ends_with_the_newest_completed_bar(data: Any, now: str, through: str, newest: str) -> None:
    history = (await data(Server()).history(Wanted(("SPY",), "1Hour", 5), at(now)))[0]
    assert (history.through_ns, history.bars[-1].start_ns) == (at(through), at(newest))


async def test_a_bar_that_has_only_just_ended_is_left_to_the_back_fill(data: Any) -> None:
    now_ns = at("2024-12-02T11:00") + SECOND_NS
    history = (await data(Server(), settle_s=2.0).history(Wanted(("SPY",), "1Hour", 5), now_ns))[0]
    assert history.through_ns == at("2024-12-02T10:00")


async def test_daily_bars_begin_with_their_session_and_today_is_not_among_them(data: Any) -> None:
    server = Server()
    history = (await data(server).history(Wanted(("SPY",), "1Day", 300), at("2024-12-02T15:59")))[0]
    assert len(history.bars) == 300
    assert history.bars[-1].start_ns == at("2024-11-29T09:30")
    assert history.through_ns == at("2024-12-02T09:30")
    after_close = (await data(server).history(Wanted(("SPY",), "1Day", 2), at("2024-12-02T16:00")))[0]
    assert [bar.start_ns for bar in after_close.bars] == [at("2024-11-29T09:30"), at("2024-12-02T09:30")]


async def test_intraday_bars_are_cut_to_a_half_day(data: Any) -> None:
    history = (await data(Server()).history(Wanted(("SPY",), "5Min", 42), at("2024-11-29T18:00")))[0]
    assert [history.bars[0].start_ns, history.bars[-1].start_ns] == [at("2024-11-29T09:30"), at("2024-11-29T12:55")]


async def test_all_symbols_come_in_one_call_and_all_pages_are_followed(data: Any) -> None:
    server = Server(limit=700)
    histories = await data(server).history(Wanted(("SPY", "IBM", "NONE"), "1Hour", 200), at("2024-12-02T16:00"))
    assert [(history.symbol, len(history.bars)) for history in histories] == [("SPY", 200), ("IBM", 200), ("NONE", 0)]
    assert {url.params["symbols"] for url in server.bar_requests} == {"SPY,IBM,NONE"}
    assert len(server.bar_requests) > 1
    assert {(url.params["feed"], url.params["adjustment"], url.params["limit"]) for url in server.bar_requests} == {
        ("iex", "split", "10000")
    }


async def test_a_young_symbol_gives_what_there_is(data: Any) -> None:
    histories = await data(Server()).history(Wanted(("NEW", "SPY"), "1Hour", 100), at("2024-12-02T16:00"))
    assert [len(history.bars) for history in histories] == [7 * 7 + 4, 100]


async def test_more_daily_bars_than_the_calendar_holds_make_it_look_further_back(data: Any) -> None:
    server = Server()
    port = data(server)
    await port.calendar(at("2025-05-01T17:00"))
    history = (await port.history(Wanted(("SPY",), "1Day", 550), at("2025-05-01T17:00")))[0]
    assert len(history.bars) == 550


async def test_a_cache_saves_all_but_the_tail(data: Any) -> None:
    server, shelf = Server(), Shelf()
    cold = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-12-02T12:00")))[0]
    server.bar_requests.clear()
    warm = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-12-02T14:00")))[0]
    assert [url.params["start"] for url in server.bar_requests] == [format_time(at("2024-12-02T11:00"))]
    assert warm.bars[:-2] == cold.bars[2:]
    assert [bar.start_ns for bar in warm.bars[-2:]] == [at("2024-12-02T12:00"), at("2024-12-02T13:00")]
    assert shelf.bars["SPY 1Hour"][-1] == warm.bars[-1]


async def test_a_cache_that_is_up_to_date_is_only_checked_by_its_newest_bar(data: Any) -> None:
    server, shelf = Server(), Shelf()
    friday = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-11-29T13:00")))[0]
    server.bar_requests.clear()
    weekend = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-12-01T12:00")))[0]
    assert weekend == friday
    assert [url.params["start"] for url in server.bar_requests] == [format_time(at("2024-11-29T12:00"))]


async def test_cached_bars_from_after_now_are_ignored(data: Any) -> None:
    server, shelf = Server(), Shelf()
    await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 200), at("2024-12-02T14:00"))
    earlier = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-11-27T12:00")))[0]
    assert earlier.bars[-1].start_ns == at("2024-11-27T11:00")


async def test_a_cache_that_a_split_has_overtaken_is_fetched_anew(data: Any) -> None:
    server, shelf = Server(), Shelf()
    true = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-12-02T12:00")))[0]
    shelf.bars["SPY 1Hour"] = [
        Bar(bar.symbol, bar.start_ns, bar.open * 7, bar.high * 7, bar.low * 7, bar.close * 7, bar.volume)
        for bar in true.bars
    ]
    mended = (await data(server, cache=shelf).history(Wanted(("SPY",), "1Hour", 100), at("2024-12-02T12:00")))[0]
    assert mended == true
    assert tuple(shelf.bars["SPY 1Hour"][-100:]) == true.bars


async def test_a_back_fill_holds_every_regular_minute_once_and_only_completed_ones(data: Any) -> None:
    server = Server(limit=100)
    since, now = at("2024-11-29T12:50"), at("2024-12-02T09:40") + 30 * SECOND_NS
    filled = await data(server).backfill(["SPY", "IBM"], since, now)
    minutes = [
        *range(since, at("2024-11-29T13:00"), MINUTE_NS),
        *range(at("2024-12-02T09:30"), at("2024-12-02T09:40"), MINUTE_NS),
    ]
    assert [(bar.start_ns, bar.symbol) for bar in filled.bars] == [(ns, s) for ns in minutes for s in ("IBM", "SPY")]
    assert (filled.since_ns, filled.through_ns) == (since, at("2024-12-02T09:40"))


async def test_a_gap_without_any_session_time_needs_no_request(data: Any) -> None:
    server = Server()
    port = data(server)
    for since, now in (("2024-11-29T13:00", "2024-12-02T09:30"), ("2024-12-02T10:00", "2024-12-02T10:00")):
        filled = await port.backfill(["SPY"], at(since), at(now))
        assert (filled.bars, filled.through_ns) == ((), at(now))
    assert server.bar_requests == []


async def test_a_back_fill_waits_until_the_newest_minute_has_settled(data: Any, driven: Any) -> None:
    port = data(Server(), settle_s=2.0)
    filled = await port.backfill(["SPY"], at("2024-12-02T10:00"), at("2024-12-02T10:05") + SECOND_NS // 2)
    assert driven.sleeps == [1.5]
    assert filled.bars[-1].start_ns == at("2024-12-02T10:04")


async def test_bars_are_asked_for_when_the_exchange_has_reached_what_they_are_asked_through(data: Any) -> None:
    server, reached = Server(), list[tuple[int, int]]()

    async def reach(ns: int) -> None:
        reached.append((ns, len(server.bar_requests)))

    port, now_ns = data(server, reached=reach), at("2024-11-27T11:03") + 20 * SECOND_NS
    (history,) = await port.history(Wanted(("SPY",), "1Hour", 5), now_ns)
    asked = len(server.bar_requests)
    filled = await port.backfill(("SPY",), history.through_ns, now_ns)
    assert reached == [(at("2024-11-27T11:00"), 0), (at("2024-11-27T11:03"), asked)]
    assert (history.through_ns, filled.through_ns) == tuple(ns for ns, _ in reached)


async def test_assets_are_asked_for_one_by_one_and_an_unknown_one_is_not_found(data: Any) -> None:
    loaded = await data(Server()).assets(["SPY", "NONE"])
    assert [(asset.symbol, asset.found, asset.shortable) for asset in loaded.assets] == [
        ("SPY", True, True),
        ("NONE", False, False),
    ]


async def test_many_assets_come_in_one_list(data: Any) -> None:
    server = Server()
    loaded = await data(server).assets([f"S{number}" for number in range(70)])
    assert sum(asset.found for asset in loaded.assets) == 60
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(503), Unavailable),
        (httpx.Response(429), Unavailable),
        (httpx.Response(408, json={"message": "timed out"}), Unavailable),
        (httpx.Response(404, html="<html>"), Unavailable),
        (httpx.Response(400, json={"message": "invalid timeframe"}), Refused),
        (httpx.Response(403, html="<html>"), Refused),
        (httpx.Response(403, json={"message": "subscription does not permit querying recent SIP data"}), Refused),
        (httpx.Response(401, json={"message": "unauthorized."}), AuthenticationRefused),
        (httpx.Response(200, html="<html>"), WireError),
        (httpx.Response(200, json={"bars": {}, "next_page_token": "again"}), WireError),
    ],
)
async def test_each_failure_is_said_by_its_kind(data: Any, reply: httpx.Response, error: type[Exception]) -> None:
    server = Server()
    server.replies["/v2/stocks/bars"] = reply
    with pytest.raises(error):
        await data(server).history(Wanted(("SPY",), "1Hour", 5), at("2024-12-02T12:00"))


async def test_research_is_given_bars_and_nothing_else_of_the_account(data: Any) -> None:
    server = Server()
    server.replies["/v2/stocks/bars"] = httpx.Response(200, json={"bars": {}, "next_page_token": None})
    made = data(server)
    assert await made.research("/v2/stocks/bars", {"symbols": "SPY"}) == b'{"bars":{},"next_page_token":null}'
    for path in ("/v2/account", "/v2/orders", "/v2/stocks/bars/../../orders", "http://elsewhere/v2/stocks/bars"):
        with pytest.raises(Refused, match="is not asked for research"):
            await made.research(path, {})
    assert len(server.requests) == 1
