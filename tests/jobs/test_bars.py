"""The bars of a run: files of the data folder and nothing else, the cache, and the broker's history."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from rpc.market_files import hours, write_hours

from fluxhero.v1 import backtest_pb2
from fluxherod.adapters.parquet import BarCache
from fluxherod.backtest.model import Bars
from fluxherod.backtest.sessions import new_york_sessions
from fluxherod.core.calendar import HOUR_NS, MINUTE_NS, from_datetime, to_datetime
from fluxherod.core.types import Bar
from fluxherod.jobs.bars import Span, load_bars
from fluxherod.jobs.messages import Task
from fluxherod.jobs.speech import Fault, Speech

FILES, CACHE, HISTORY = (
    backtest_pb2.BAR_SOURCE_FILES, backtest_pb2.BAR_SOURCE_CACHE, backtest_pb2.BAR_SOURCE_HISTORY,
)  # fmt: skip
SESSIONS = new_york_sessions(date(2022, 12, 1), date(2023, 3, 31)).sessions


def session_of(day: str) -> Any:
    return next(session for session in SESSIONS if session.day == day)


def morning_of(day: str) -> int:
    """Some hours before the open."""
    return int(session_of(day).open_ns - 8 * HOUR_NS)


START_NS, NOW_NS = morning_of("2023-03-01"), session_of("2023-03-10").close_ns


class Broker(Speech):
    """The daemon's end of the pipe: half-hours of a market by a formula, in pages of 300."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__(io.BytesIO())
        self.factor = factor
        self.asked: list[dict[str, str]] = []
        self.knows = True

    async def ask(self, path: str, params: dict[str, str]) -> bytes:
        self.asked.append(dict(params))
        assert path == "/v2/stocks/bars"
        assert params["adjustment"] == "split"
        since, until = (ns_of(params[name]) for name in ("start", "end"))
        starts = [
            ns for one in SESSIONS for ns in range(one.open_ns, one.close_ns, 30 * MINUTE_NS) if since <= ns <= until
        ]
        first = int(params.get("page_token", "0"))
        rows = [self.row(ns) for ns in starts[first : first + 300]] if self.knows else []
        more = str(first + 300) if self.knows and len(starts) > first + 300 else None
        return msgspec.json.encode({"bars": {params["symbols"]: rows}, "next_page_token": more})

    def row(self, ns: int) -> dict[str, Any]:
        price = self.factor * (100 + ns // MINUTE_NS % 97)
        text = f"{to_datetime(ns):%Y-%m-%dT%H:%M:%SZ}"
        return {"t": text, "o": price, "h": 1.01 * price, "l": 0.99 * price, "c": price, "v": 1000, "n": 1, "vw": price}


def ns_of(text: str) -> int:
    from datetime import datetime

    return from_datetime(datetime.fromisoformat(text))


@dataclass
class Place:
    """A data folder and a cache."""

    folder: Path
    broker: Broker = field(default_factory=Broker)
    history_bars: int = 20
    max_bars: int = 100_000

    def load(
        self, source: int, *symbols: str, start_ns: int | None = START_NS, end_ns: int | None = None
    ) -> list[Bars]:
        config = backtest_pb2.BacktestConfig(symbols=symbols, source=source)  # type: ignore[arg-type]
        task = Task(
            1, str(self.folder), NOW_NS, self.history_bars, self.max_bars, 1024,
            str(self.folder / "data"), str(self.folder / "cache"), "iex", "http://127.0.0.1",
        )  # fmt: skip
        bars, calendar = load_bars(config, task, Span("1Hour", start_ns, end_ns), self.broker, 0.1)
        for one in bars:
            assert all(calendar.at(int(ns) + 59 * MINUTE_NS) is not None for ns in one.start_ns[:: len(one) // 5])
        return bars

    def fault(self, source: int, *symbols: str, **span: Any) -> tuple[str, str]:
        with pytest.raises(Fault) as caught:
            self.load(source, *symbols, **span)
        return caught.value.reason, str(caught.value)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_file_gives_the_bars_of_the_time_and_as_many_before_as_warm_up(place: Place) -> None:
    write_hours(place.folder / "data", "SPY", 1, date(2022, 12, 1), date(2023, 3, 31))
    end_ns = morning_of("2023-03-03")
    (bars,) = place.load(FILES, "SPY", end_ns=end_ns)
    days = [session_of(day) for day in ("2023-03-01", "2023-03-02")]
    wanted = [ns for one in days for ns in hours(one.open_ns, one.close_ns)]
    assert bars.start_ns[bars.start_ns >= START_NS].tolist() == wanted
    assert len(bars) == len(wanted) + place.history_bars
    everything = place.load(FILES, "SPY", start_ns=None)[0]
    assert everything.start_ns[0] == hours(SESSIONS[0].open_ns, SESSIONS[0].close_ns)[0]


def test_nothing_but_files_of_the_data_folder_is_read(place: Place) -> None:
    outside = write_hours(place.folder / "outside", "SPY", 1)
    data = place.folder / "data"
    data.mkdir()
    (data / "SPY_1Hour.parquet").symlink_to(outside)
    reason, text = place.fault(FILES, "SPY")
    assert (reason, "is a link out of the data folder" in text) == ("SYMBOL_UNKNOWN", True)
    assert place.fault(FILES, "../outside/SPY")[0] == "SYMBOL_UNKNOWN"
    reason, text = place.fault(FILES, "IBM")
    assert (reason, "IBM_1Hour.parquet, IBM_1Hour.csv, IBM_1Hour.csv.gz, IBM.parquet" in text) == (
        "SYMBOL_UNKNOWN",
        True,
    )
    (data / "inside.parquet").write_bytes(outside.read_bytes())
    (data / "A%2FB.parquet").symlink_to(data / "inside.parquet")
    assert place.load(FILES, "A/B", start_ns=None)[0].symbol == "A/B"


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"", "IBM.csv"), (b"time,open\n1,2\n", "missing is high, low, close, volume"), (b"\xff\xfe\x00", "IBM.csv")],
)
def test_a_file_that_holds_no_bars_is_named_without_its_folder(place: Place, content: bytes, text: str) -> None:
    (place.folder / "data").mkdir()
    (place.folder / "data" / "IBM.csv").write_bytes(content)
    reason, said = place.fault(FILES, "IBM")
    assert reason == "BACKTEST_FAILED"
    assert text in said
    assert str(place.folder) not in said


def test_bars_of_a_shorter_timeframe_are_not_taken_for_hours(place: Place) -> None:
    (place.folder / "data").mkdir()
    rows = "".join(f"{START_NS + number * MINUTE_NS},1,1,1,1,5\n" for number in range(50))
    (place.folder / "data" / "IBM.csv").write_text(f"start_ns,open,high,low,close,volume\n{rows}")
    assert place.fault(FILES, "IBM") == (
        "BACKTEST_FAILED",
        "IBM.csv holds bars that are nearer to each other than 1Hour",
    )


def test_a_file_with_the_newest_bar_first_is_to_be_sorted(place: Place) -> None:
    (place.folder / "data").mkdir()
    rows = "".join(f"{START_NS - number * HOUR_NS},1,1,1,1,5\n" for number in range(50))
    (place.folder / "data" / "IBM.csv").write_text(f"start_ns,open,high,low,close,volume\n{rows}")
    assert place.fault(FILES, "IBM") == (
        "BACKTEST_FAILED",
        "IBM.csv holds bars that are not later than the one before: sort them",
    )


def test_no_bars_in_the_time_and_too_many_are_told(place: Place) -> None:
    write_hours(place.folder / "data", "SPY", 1, date(2022, 12, 1), date(2022, 12, 30))
    reason, text = place.fault(FILES, "SPY")
    assert reason == "NO_DATA"
    assert "there are bars from 2022-12-01 to 2022-12-30" in text
    place.max_bars = 100
    assert place.fault(FILES, "SPY", start_ns=None)[0] == "LIMIT_EXCEEDED"


def test_history_comes_in_pages_once_and_then_only_what_is_new(place: Place) -> None:
    place.history_bars = 150
    (first,) = place.load(HISTORY, "SPY", end_ns=morning_of("2023-03-06"))
    assert len(place.broker.asked) == 2
    assert len(first) == 3 * 7 + place.history_bars
    asked = len(place.broker.asked)
    (again,) = place.load(HISTORY, "SPY", end_ns=morning_of("2023-03-06"))
    assert again.start_ns.tolist() == first.start_ns.tolist()
    (more,) = place.load(HISTORY, "SPY")
    since = [ns_of(params["start"]) for params in place.broker.asked[asked:]]
    assert min(since) >= first.start_ns[-1]
    assert more.start_ns[: len(first)].tolist() == first.start_ns.tolist()
    assert more.start_ns[-1] == hours(session_of("2023-03-10").open_ns, NOW_NS)[-1]
    asked = len(place.broker.asked)
    (kept,) = place.load(CACHE, "SPY")
    assert [kept.close.tolist(), len(place.broker.asked)] == [more.close.tolist(), asked]


def test_history_is_fetched_anew_after_a_split_and_further_back(place: Place) -> None:
    (before,) = place.load(HISTORY, "SPY", end_ns=morning_of("2023-03-06"))
    place.broker.factor = 0.5
    (after,) = place.load(HISTORY, "SPY")
    assert np.array_equal(after.close[: len(before)], before.close / 2)
    place.history_bars = 200
    assert len(place.load(HISTORY, "SPY")[0]) == len(after) + 180


def test_a_symbol_that_the_broker_does_not_have_is_told(place: Place) -> None:
    place.broker.knows = False
    reason, text = place.fault(HISTORY, "NOPE")
    assert (reason, "the broker has no bars of NOPE" in text) == ("NO_DATA", True)


def test_the_cache_alone_takes_what_trading_has_kept_however_old(place: Place) -> None:
    assert place.fault(CACHE, "SPY")[0] == "SYMBOL_UNKNOWN"
    about = {"feed": "iex", "adjustment": "split", "session": "regular", "source": "http://127.0.0.1"}
    cache = BarCache(place.folder / "cache" / "bars", **about)
    starts = [ns for one in SESSIONS for ns in hours(one.open_ns, one.close_ns)]
    cache.store("SPY", "1Hour", [Bar("SPY", ns, 1.0, 1.0, 1.0, 1.0, 5) for ns in starts])
    os.utime(cache.path("SPY", "1Hour"), (1, 1))
    assert len(place.load(CACHE, "SPY", start_ns=None)[0]) == len(starts)
