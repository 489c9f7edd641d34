"""Rows that have left the tables for files: every answer is as it was, and a file that can't be trusted is named."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from adapters.test_sqlite_tables import ORDER_A, RISK, SIGNAL_A, same
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fluxherod.adapters.journal_files import epoch_of
from fluxherod.adapters.sqlite import SqliteStore, TableReader, archive_files
from fluxherod.adapters.sqlite.archive_files import (
    ArchiveFile,
    ArchiveFileError,
    Listed,
    columns,
    listed,
    merged,
    month_ns,
    month_of,
    write_file,
)
from fluxherod.adapters.sqlite.projections import ORDER
from fluxherod.adapters.sqlite.schema import MIGRATIONS, connect
from fluxherod.adapters.sqlite.tidying import Archived, Tidier
from fluxherod.core.calendar import HOUR_NS, from_datetime
from fluxherod.core.orders import OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode, Regime
from fluxherod.engine.effects import AccountUpdated, AccountView, Effect, OrderUpdated, SignalUpdated, TradeUpdated
from fluxherod.engine.events import TimerFired
from fluxherod.engine.ports import JournalEntry
from fluxherod.persistence.retention import archive_rows, before_ns

DAY_NS = 24 * HOUR_NS
EXAMPLES = int(os.environ.get("ARCHIVE_EXAMPLES", "4"))
FIRST_NS = 1_704_200_000 * 1_000_000_000  # January 2024
DAYS = st.integers(0, 60)
STATES = (OrderState.PENDING, OrderState.UNKNOWN, OrderState.FILLED, OrderState.CANCELED)
SYMBOLS = st.sampled_from(["SPY", "IBM", "QQQ"])
TRADE = Trade("t", "SPY", 1, Mode.TREND, Regime.NEUTRAL, None, "", 1, 44, 100, None)
ACCOUNT = AccountView(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)


class Updates(list[Effect]):
    """Told in a few words: whole they are more than Hypothesis prints."""

    def __repr__(self) -> str:
        return f"{len(self)} updates"


@st.composite
def updates(draw: st.DrawFn) -> Updates:
    """Orders, trades, signals and records of some days, most in the order of their times, as an engine makes them."""
    made = Updates()
    days = sorted(draw(st.lists(DAYS, min_size=20, max_size=40)))
    for number, day in enumerate(days):
        at = FIRST_NS + day * DAY_NS + number
        later = at + draw(st.sampled_from([0, 1, 40])) * DAY_NS
        symbol = draw(SYMBOLS)
        match draw(st.integers(0, 3)):
            case 0:
                order = replace(ORDER_A, id=f"o{number}", symbol=symbol, created_ns=at, updated_ns=at)
                made.append(OrderUpdated(order, "new"))
                state = draw(st.sampled_from(STATES))
                made.append(OrderUpdated(replace(order, state=state, updated_ns=later), "then"))
            case 1:
                closed_ns = draw(st.sampled_from([None, later]))
                trade = replace(TRADE, id=f"t{number}", symbol=symbol, opened_ns=at, closed_ns=closed_ns)
                made.append(TradeUpdated(trade))
            case 2:
                risk = draw(st.sampled_from([None, RISK]))
                made.append(SignalUpdated(replace(SIGNAL_A, id=f"s{number}", symbol=symbol, decided_ns=at, risk=risk)))
            case 3:
                made.append(AccountUpdated(replace(ACCOUNT, cash_e4=number), record=True))
    return Updates(reversed(made)) if draw(st.booleans()) else made


async def fill(store: SqliteStore, effects: Sequence[Effect]) -> None:
    """One entry an update, at the time that it is about."""
    seq = store.tail().seq
    entries = []
    for number, effect in enumerate(effects, 1):
        now_ns = FIRST_NS + (seq + number) * 3 * DAY_NS
        entries.append(JournalEntry(seq + number, now_ns, TimerFired(), (effect,)))
    await store.append(entries)


def archive(database: Path, cut: int, kept: Sequence[str] = ()) -> Archived:
    with closing(connect(database, read_only=True)) as connection:
        (last,) = connection.execute("SELECT max(seq) FROM journal").fetchone()
    archived, faults = archive_rows(database, kept, last, before_ns(FIRST_NS + cut * DAY_NS, 0))
    assert faults == []
    return archived


def drop(database: Path, archived: Archived, steps: int = 10_000) -> None:
    """Delete as the store's thread does, so many transactions."""
    tidier = Tidier()
    tidier.archived = archived
    with closing(connect(database)) as connection:
        while tidier.busy and steps:
            tidier.step(connection)
            steps -= 1


async def whole(ask: Callable[..., Awaitable[Any]], size: int, **filters: Any) -> list[Any]:
    """All pages of a list."""
    pages, token = [], ""
    while True:
        page = await ask(page_size=size, page_token=token, **filters)
        pages.append(page.items)
        token = page.next_token
        if not token:
            return pages


async def answers(database: Path, size: int, day: int) -> list[Any]:
    """Answers to all kinds of questions."""
    since, until = FIRST_NS + day * DAY_NS, FIRST_NS + (day + 30) * DAY_NS
    async with await TableReader.open(database) as reader:
        found: list[Any] = []
        for ask in (reader.orders, reader.trades, reader.signals):
            for filters in ({}, {"symbol": "SPY"}, {"since_ns": since}, {"since_ns": since, "until_ns": until}):
                found.append(await whole(ask, size, **filters))
        found.append(await whole(reader.equity_curve, size))
        found.append(await whole(reader.equity_curve, size, since_ns=since, until_ns=until))
        found += [await whole(reader.trades, size, closed=closed) for closed in (True, False)]
        for states in (STATES[:2], STATES[1:3], STATES[3:]):
            found.append(await whole(reader.orders, size, states=states))
        found += [await whole(reader.signals, size, until_seq=day // 4, outcome=out) for out in ("ordered", "no")]
        for number in (*range(0, 40, 3), "1b", "7b", "9b"):
            found += [await reader.order(f"o{number}"), await reader.trade(f"t{number}")]
            found += [await reader.signal(f"s{number}"), await reader.order_events(f"o{number}", page_size=1)]
    return found


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    updates(),
    updates(),
    st.lists(st.integers(20, 110), min_size=2, max_size=2),
    st.integers(1, 5),
    DAYS,
    st.integers(0, 6),
    st.sampled_from([1, 3, 2048]),
)
def test_answers_over_tables_and_archive_are_those_of_tables_alone(
    first: list[Effect], second: list[Effect], cuts: list[int], size: int, day: int, steps: int, at_once: int
) -> None:
    second = [_renamed(effect) for effect in second]

    async def run(folder: Path) -> None:
        plain, database = folder / "plain" / "fluxhero.db", folder / "fluxhero.db"
        stores = SqliteStore.open(plain), SqliteStore.open(database)
        try:
            for effects, cut in zip((first, second), sorted(cuts), strict=True):
                for store in stores:
                    await fill(store, effects)
                expected = await answers(plain, size, day)
                archived = archive(database, cut)
                assert same(await answers(database, size, day), expected)  # files that nobody has heard of
                drop(database, archived, steps)
                assert same(await answers(database, size, day), expected)  # rows are in both
                archived = archive(database, cut)  # once more, as after a process that died
                drop(database, archived)
                assert same(await answers(database, size, day), expected)
        finally:
            for store in stores:
                store.close()

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_files, "ROWS_AT_ONCE", at_once)
        asyncio.run(run(Path(name)))


def _renamed(effect: Any) -> Effect:
    """The same of other rows: what was archived never changes."""
    for name in ("order", "trade", "signal"):
        if (value := getattr(effect, name, None)) is not None:
            effect = replace(effect, **{name: replace(value, id=f"{value.id}b")})
    return effect


# --- damage -----------------------------------------------------------------------------------------------------------
def database_with_a_file(folder: Path) -> tuple[Path, Path]:
    """A database of which all trades but the newest are in a file."""
    database = folder / "fluxhero.db"
    store = SqliteStore.open(database)
    trades = [replace(TRADE, id=f"t{day}", opened_ns=FIRST_NS + day, closed_ns=FIRST_NS + day) for day in range(4)]
    asyncio.run(fill(store, [TradeUpdated(trade) for trade in trades]))
    drop(database, archive(database, 40))
    store.close()
    return database, database.parent / "archive" / "trades-2024-01.parquet"


async def all_trades(database: Path, told: list[str] | None = None, **filters: Any) -> list[str]:
    async with await TableReader.open(database, told.append if told is not None else None) as reader:
        return [trade.id for page in await whole(reader.trades, 2, **filters) for trade in page]


def test_a_changed_byte_is_never_read_as_a_row(tmp_path: Path) -> None:
    database, path = database_with_a_file(tmp_path)
    content = path.read_bytes()
    with closing(connect(database)) as connection:
        (known,), epoch = listed(connection).values(), epoch_of(connection)
    assert len(list(ArchiveFile.open(path.parent, known, epoch).tuples())) == 4
    for place in range(0, len(content), 11):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(ArchiveFileError, match=str(path)):
            ArchiveFile.open(path.parent, known, epoch)


@pytest.mark.parametrize(
    "damage", ["missing", "cut", "an old copy", "another table", "another journal", "newer schema"]
)
def test_a_file_that_can_not_be_trusted_is_named_and_only_what_needs_it_is_refused(tmp_path: Path, damage: str) -> None:
    database, path = database_with_a_file(tmp_path)
    content = path.read_bytes()
    with closing(connect(database)) as connection:
        (known,), epoch = listed(connection).values(), epoch_of(connection)
    rows = list(ArchiveFile.open(path.parent, known, epoch).tuples())
    match damage:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(content[:100])
        case "an old copy":
            write_file(path.parent, "trades", "2024-01", epoch, iter(rows[:1]), lambda place: None)
        case "another table":
            write_file(path.parent, "orders", "2024-01", epoch, iter([ORDER_ROW]), lambda place: None)
            (path.parent / "orders-2024-01.parquet").replace(path)
        case "another journal":
            write_file(path.parent, "trades", "2024-01", "other", iter(rows), lambda place: None)
        case "newer schema":
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(archive_files, "MIGRATIONS", range(99))
                write_file(path.parent, "trades", "2024-01", epoch, iter(rows), lambda place: None)
    told: list[str] = []
    assert asyncio.run(all_trades(database, told, since_ns=FIRST_NS + 4)) == []
    assert asyncio.run(all_trades(database, told, closed=False)) == []
    assert told == []
    for ask in (all_trades(database, told), one_trade(database, told, "t1")):
        with pytest.raises(ArchiveFileError, match=f"{path}: .*fluxherod rebuild"):
            asyncio.run(ask)
    assert len(told) == 2
    assert asyncio.run(one_trade(database, told, "t3")) is not None


async def one_trade(database: Path, told: list[str], trade_id: str) -> Trade | None:
    async with await TableReader.open(database, told.append) as reader:
        return await reader.trade(trade_id)


def test_a_column_that_is_newer_than_a_file_has_its_default_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = columns("orders")
    monkeypatch.setattr(
        archive_files, "columns", lambda table: tuple(one for one in added if one.name in _FIRST_COLUMNS)
    )
    monkeypatch.setattr(archive_files, "MIGRATIONS", MIGRATIONS[:1])
    row = tuple(value for column, value in zip(added, ORDER_ROW, strict=True) if column.name in _FIRST_COLUMNS)
    write_file(tmp_path, "orders", "2024-01", "epoch", iter([row]), lambda place: None)
    monkeypatch.undo()
    known = Listed("orders-2024-01.parquet", 1, 1, 1, 0, 0)
    (row,) = ArchiveFile.open(tmp_path, known, "epoch").tuples()
    chase_count, chain_id, acknowledged_ns, sequel, requested_by = row[-5:]
    assert (chase_count, chain_id, acknowledged_ns, sequel, requested_by) == (0, None, 0, "", "")


_CELLS = {"number": 1, "seq": 1, **dict(zip(ORDER.columns, ORDER.cells(ORDER_A), strict=True)), "manual": 0}
ORDER_ROW = tuple(_CELLS[column.name] for column in columns("orders"))
_FIRST_COLUMNS = {column.name for column in columns("orders")} - {
    "chase_count",
    "chain_id",
    "acknowledged_ns",
    "sequel",
    "requested_by",
}


@pytest.mark.parametrize(("day", "month"), [("2024-01-01T04:59:59", "2023-12"), ("2024-01-01T05:00:00", "2024-01")])
def test_a_month_is_new_yorks(day: str, month: str) -> None:
    ns = from_datetime(datetime.fromisoformat(f"{day}+00:00"))
    begins, ends = month_ns(month)
    assert month_of(ns) == month
    assert begins <= ns < ends


def test_of_rows_with_one_number_the_newer_is_kept() -> None:
    assert list(merged([(1, "new"), (4, "new")], [(1, "old"), (2, "old"), (5, "old")])) == [
        (1, "new"), (2, "old"), (4, "new"), (5, "old"),
    ]  # fmt: skip


async def test_the_number_of_a_row_is_never_given_again(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "fluxhero.db")
    order = replace(ORDER_A, state=OrderState.FILLED)
    orders = [replace(order, id="o0"), replace(order, id="o1"), replace(order, id="o0", updated_ns=2_000)]
    await fill(store, [OrderUpdated(one, "then") for one in orders])
    drop(store.path, archive(store.path, 40))
    await fill(store, [OrderUpdated(replace(order, id="o2"), "new")])
    async with await TableReader.open(store.path) as reader:
        assert [one.id for one in (await reader.orders()).items] == ["o2", "o1", "o0"]
        assert [one.seq for one in (await reader.order_events("o0")).items] == [3, 1]
        assert [one.seq for one in (await reader.order_events("o2")).items] == [4]
    with closing(connect(store.path)) as connection:
        query = "SELECT number FROM order_events WHERE order_id = 'o2'"
        assert connection.execute(query).fetchall() == [(4,)]
    store.close()


def test_rows_of_a_file_that_nobody_has_heard_of_are_told_with_it_the_next_night(tmp_path: Path) -> None:
    database, _ = database_with_a_file(tmp_path)
    store = SqliteStore.open(database)
    trades = [replace(TRADE, id=f"t{day}", opened_ns=FIRST_NS + day, closed_ns=FIRST_NS + day) for day in range(4, 8)]
    asyncio.run(fill(store, [TradeUpdated(trade) for trade in trades]))
    archive(database, 40)  # and the process dies before it says so
    drop(database, archive(database, 40))
    assert asyncio.run(all_trades(database)) == [f"t{day}" for day in reversed(range(8))]
    store.close()
