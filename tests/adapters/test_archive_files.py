"""Rows that have left the tables for files: every answer is as it was, and a file that can't be trusted is named."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from adapters.test_sqlite_tables import ORDER_A, RISK, SIGNAL_A, same
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from fluxherod.adapters.sqlite import SqliteStore, TableReader, archive_files
from fluxherod.adapters.sqlite.schema import connect
from fluxherod.adapters.sqlite.tidying import Archived, Tidier
from fluxherod.core.calendar import HOUR_NS
from fluxherod.core.orders import OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.types import Mode, Regime
from fluxherod.engine.effects import AccountUpdated, AccountView, Effect, OrderUpdated, SignalUpdated, TradeUpdated
from fluxherod.engine.events import TimerFired
from fluxherod.engine.ports import JournalEntry
from fluxherod.retention import archive_rows, before_ns

DAY_NS = 24 * HOUR_NS
FIRST_NS = 1_704_200_000 * 1_000_000_000  # January 2024
DAYS = st.integers(0, 100)
SYMBOLS = st.sampled_from(["SPY", "IBM", "QQQ"])
TRADE = Trade("t", "SPY", 1, Mode.TREND, Regime.NEUTRAL, None, "", 1, 44, 100, None)
ACCOUNT = AccountView(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)


@st.composite
def updates(draw: st.DrawFn) -> list[Effect]:
    """Orders, trades, signals and records of some days, most in the order of their times, as an engine makes them."""
    made: list[Effect] = []
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=25)))
    for number, day in enumerate(days):
        at = FIRST_NS + day * DAY_NS + number
        later = at + draw(st.integers(0, 40)) * DAY_NS
        symbol = draw(SYMBOLS)
        match draw(st.integers(0, 3)):
            case 0:
                order = replace(ORDER_A, id=f"o{number}", symbol=symbol, created_ns=at, updated_ns=at)
                made.append(OrderUpdated(order, "new"))
                state = draw(st.sampled_from(OrderState))
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
    return draw(st.sampled_from([made, made[::-1]]))


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
        for states in ([OrderState.PENDING], [OrderState.FILLED, OrderState.PENDING], [OrderState.CANCELED]):
            found.append(await whole(reader.orders, size, states=states))
        found += [await whole(reader.signals, size, until_seq=day // 4, outcome=out) for out in ("ordered", "no")]
        for number in range(26):
            found += [await reader.order(f"o{number}"), await reader.trade(f"t{number}")]
            found += [await reader.signal(f"s{number}"), await reader.order_events(f"o{number}", page_size=1)]
    return found


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(updates(), updates(), st.lists(st.integers(0, 160), min_size=2, max_size=2), st.integers(1, 7), DAYS, st.data())
def test_answers_over_tables_and_archive_are_those_of_tables_alone(
    first: list[Effect], second: list[Effect], cuts: list[int], size: int, day: int, data: st.DataObject
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
                drop(database, archived, data.draw(st.integers(0, 6)))
                assert same(await answers(database, size, day), expected)  # rows are in both
                archived = archive(database, cut)  # once more, as after a process that died
                drop(database, archived)
                assert same(await answers(database, size, day), expected)
        finally:
            for store in stores:
                store.close()

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_files, "ROWS_AT_ONCE", data.draw(st.sampled_from([1, 3, 2048])))
        asyncio.run(run(Path(name)))


def _renamed(effect: Any) -> Effect:
    """The same of other rows: what was archived never changes."""
    for name in ("order", "trade", "signal"):
        if (value := getattr(effect, name, None)) is not None:
            effect = replace(effect, **{name: replace(value, id=f"{value.id[0]}1{value.id[1:]}")})
    return effect
