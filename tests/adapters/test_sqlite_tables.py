from __future__ import annotations

import asyncio
import dataclasses
import json
import math
import re
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.adapters.sqlite import PageTokenError, SqliteStore, StorageError, TableReader
from fluxherod.adapters.sqlite.projections import ACCOUNT, ALERT, ORDER, POSITION, TRADE, from_json, to_json
from fluxherod.core.orders import Order, OrderRole, OrderState
from fluxherod.core.portfolio import Position, Trade
from fluxherod.core.signals import Check, Indicators, RiskDecision, RiskVerdict, Rule, Signal, SizingStep
from fluxherod.core.types import Mode, OrderType, Regime, Side, SignalKind, TimeInForce, Verdict
from fluxherod.engine.codec import decode_event
from fluxherod.engine.effects import (
    AccountUpdated,
    AccountView,
    Alert,
    AlertUpdated,
    Effect,
    OrderUpdated,
    PositionUpdated,
    Severity,
    SignalUpdated,
    TradeUpdated,
)
from fluxherod.engine.events import Event, LinkChanged, Started, TimerFired
from fluxherod.engine.ports import JournalEntry
from fluxherod.engine.settings import Settings

INTEGERS = st.integers(-(2**63), 2**63 - 1)


def values(kind: Any, **given_fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any value of a flat dataclass; its integers fit 64 bits, its floats may be NaN."""
    leaves: dict[str, st.SearchStrategy[Any]] = {}
    for name, hint in get_type_hints(kind).items():
        if name in {field.name for field in dataclasses.fields(kind)}:
            options = [INTEGERS if option is int else st.from_type(option) for option in get_args(hint) or (hint,)]
            leaves[name] = st.one_of(options)
    return st.builds(kind, **{**leaves, **given_fields})


IDS = st.sampled_from(["a", "b", "c"])
UPDATES = st.one_of(
    st.builds(OrderUpdated, values(Order, id=IDS), st.text(max_size=5)),
    st.builds(PositionUpdated, values(Position, symbol=IDS, quantity=st.integers(-2, 2)), st.booleans()),
    st.builds(TradeUpdated, values(Trade, id=IDS)),
    st.builds(AccountUpdated, values(AccountView), st.booleans()),
)
ORDER_A = Order(
    "a", "SPY", Side.BUY, OrderType.LIMIT, TimeInForce.DAY, OrderRole.ENTRY, 44, OrderState.NEW, 1_000, 1_000, 4_512_800
)
INDICATORS = Indicators(
    451.28, 450.0, 449.5, 0.61, 55.0, 2.5, 31.5, 28.0, 12.0, 460.0, 440.0, 0.02, 0.7, 1e6, 5, math.nan, "normal"
)
RISK = RiskDecision(
    RiskVerdict.APPROVED_WITH_ADJUSTMENT,
    44,
    (Check("max_position", 20.0, math.inf, Verdict.FAILED, "19.9 % of equity"),),
    (SizingStep("position limit", 50, 44, "cut to 20 %"),),
    "cut",
    "POSITION_LIMIT",
)
SIGNAL_A = Signal(
    id="s1",
    symbol="SPY",
    kind=SignalKind.LONG,
    bar_start_ns=10,
    decided_ns=1_000,
    price=451.28,
    mode=Mode.TREND,
    neutral=False,
    regime=Regime.STRONG_TREND,
    trigger="cross",
    indicators=INDICATORS,
    rules=(Rule("adx", 31.5, ">", 25.0, Verdict.PASSED, "nan"),),
    noise_filter_passed=True,
    volume_validated=True,
    stop_e4=4_400_000,
    target_e4=None,
    outcome="ordered",
    outcome_text="null",
    text="why",
    risk=RISK,
)


def same(one: object, other: object) -> bool:
    """Equal, where NaN equals NaN; SQLite keeps no sign of a zero."""
    return _unsigned_zeros(one) == _unsigned_zeros(other)


def _unsigned_zeros(value: object) -> str:
    return re.sub(r"-0\.0(?![\d])", "0.0", repr(value))


@asynccontextmanager
async def tables(
    path: Path, groups: Sequence[Sequence[Effect]], event: Event | None = None
) -> AsyncIterator[TableReader]:
    """The tables after one journal entry a group."""
    store = SqliteStore.open(path)
    try:
        event = event or TimerFired()
        await store.append([JournalEntry(seq, seq * 1000, event, group) for seq, group in enumerate(groups, 1)])
        async with await TableReader.open(path) as reader:
            yield reader
    finally:
        store.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(UPDATES, max_size=4), max_size=6))
def test_a_table_holds_the_last_update_of_each_key(groups: list[list[Any]]) -> None:
    orders: dict[str, Order] = {}
    trades: dict[str, Trade] = {}
    positions: dict[str, Position] = {}
    points: list[AccountView] = []
    for update in (update for group in groups for update in group):
        if isinstance(update, OrderUpdated):
            orders[update.order.id] = update.order
        elif isinstance(update, TradeUpdated):
            trades[update.trade.id] = update.trade
        elif isinstance(update, AccountUpdated):
            points.extend([update.account] if update.record else [])
        elif not update.mark:
            positions.pop(update.position.symbol, None)
            if update.position.quantity:
                positions[update.position.symbol] = update.position

    async def check(path: Path) -> None:
        async with tables(path, groups) as reader:
            assert (await reader.orders()).items == tuple(reversed(orders.values()))
            assert (await reader.trades()).items == tuple(reversed(trades.values()))
            assert same(await reader.positions(), tuple(positions[key] for key in sorted(positions)))
            curve = (await reader.equity_curve()).items
            assert [point.account for point in curve] == list(reversed(points))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder) / "db"))


@pytest.mark.parametrize(
    ("table", "record"),
    [("orders", ORDER), ("positions", POSITION), ("trades", TRADE), ("equity_curve", ACCOUNT), ("alerts", ALERT)],
)
def test_a_table_has_a_column_for_every_field(tmp_path: Path, table: str, record: Any) -> None:
    SqliteStore.open(tmp_path / "db").close()
    with closing(sqlite3.connect(tmp_path / "db")) as connection:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    assert columns - {"number", "seq", "now_ns"} == set(record.columns)


async def test_a_signal_comes_back_whole_with_its_risk_decision_beside_it(tmp_path: Path) -> None:
    before = replace(SIGNAL_A, risk=None)
    async with tables(tmp_path / "db", [[SignalUpdated(before)], [SignalUpdated(SIGNAL_A)]]) as reader:
        assert same(await reader.signal("s1"), SIGNAL_A)
        assert same((await reader.signals(symbol="SPY")).items, (SIGNAL_A,))
        assert await reader.signal("s2") is None
        with closing(sqlite3.connect(tmp_path / "db")) as connection:
            row = connection.execute("SELECT signal_id, verdict, quantity, reason_code FROM risk_decisions").fetchall()
            regime = connection.execute("SELECT regime, json_extract(detail, '$.rules[0].threshold') FROM signals")
            assert row == [("s1", "approved_with_adjustment", 44, "POSITION_LIMIT")]
            assert regime.fetchall() == [("strong_trend", 25.0)]


@given(st.floats(), st.text(), st.none() | st.text())
def test_json_keeps_a_signal_exactly(number: float, text: str, order_id: str | None) -> None:
    signal = replace(
        SIGNAL_A, price=number, text=text, order_id=order_id, indicators=replace(INDICATORS, atr_average=number)
    )
    written = to_json(signal)
    json.loads(written, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert same(from_json(written, Signal), signal)


async def test_the_story_of_an_order_is_kept_change_by_change(tmp_path: Path) -> None:
    sent = replace(ORDER_A, state=OrderState.SUBMITTING)
    filled = replace(sent, state=OrderState.FILLED, filled_quantity=44, filled_value_e4=44 * 4_512_800)
    steps = [[OrderUpdated(ORDER_A, "new"), OrderUpdated(sent, "sent")], [OrderUpdated(filled, "filled")]]
    async with tables(tmp_path / "db", steps) as reader:
        changes = (await reader.order_events("a")).items
        assert [(change.seq, change.event, change.state) for change in changes] == [
            (2, "filled", OrderState.FILLED),
            (1, "sent", OrderState.SUBMITTING),
            (1, "new", OrderState.NEW),
        ]
        assert (changes[0].filled_quantity, changes[0].filled_value_e4) == (44, 44 * 4_512_800)
        assert await reader.order("a") == filled
        assert (await reader.order_events("b")).items == ()


async def test_pages_give_each_row_once_newest_first_while_rows_are_added(tmp_path: Path) -> None:
    def order(number: int) -> OrderUpdated:
        return OrderUpdated(replace(ORDER_A, id=f"o{number}", created_ns=number), "new")

    async with tables(tmp_path / "db", [[order(number) for number in range(7)]]) as reader:
        seen, token = [], ""
        while True:
            page = await reader.orders(page_size=3, page_token=token)
            seen.append([one.id for one in page.items])
            token = page.next_token
            if not token:
                break
        assert seen == [["o6", "o5", "o4"], ["o3", "o2", "o1"], ["o0"]]


async def test_filters_narrow_a_list_down(tmp_path: Path) -> None:
    orders = [
        replace(ORDER_A, id="a", symbol="SPY", state=OrderState.FILLED, created_ns=1),
        replace(ORDER_A, id="b", symbol="IBM", state=OrderState.PENDING, created_ns=2),
        replace(ORDER_A, id="c", symbol="SPY", state=OrderState.PENDING, created_ns=3),
    ]
    async with tables(tmp_path / "db", [[OrderUpdated(order, "new") for order in orders]]) as reader:

        async def ids(**filters: Any) -> str:
            return "".join(order.id for order in (await reader.orders(**filters)).items)

        assert await ids(symbol="SPY") == "ca"
        assert await ids(states=[OrderState.PENDING]) == "cb"
        assert await ids(states=[OrderState.PENDING, OrderState.FILLED], symbol="SPY") == "ca"
        assert await ids(since_ns=2) == "cb"
        assert await ids(since_ns=2, until_ns=3) == "b"
        assert await ids(symbol="X") == ""


async def test_trades_can_be_asked_for_by_whether_they_are_closed(tmp_path: Path) -> None:
    still_open = Trade("t1", "SPY", 1, Mode.TREND, Regime.NEUTRAL, None, "", 1, 44, 100, None)
    closed = replace(still_open, id="t2", closed_ns=5)
    async with tables(tmp_path / "db", [[TradeUpdated(still_open), TradeUpdated(closed)]]) as reader:
        assert (await reader.trades(closed=True)).items == (closed,)
        assert (await reader.trades(closed=False)).items == (still_open,)
        assert await reader.trade("t2") == closed


def alert(number: int, raised_ns: int, **fields: Any) -> Alert:
    plain = Alert(f"a-{number}", "A", Severity.WARNING, "look", "SPY", raised_ns, raised_ns)
    return replace(plain, **fields)


async def test_an_alert_is_one_row_however_often_it_was_raised(tmp_path: Path) -> None:
    first, other = alert(1, 1_000), alert(2, 2_000, symbol="")
    again = replace(first, count=2, last_raised_ns=3_000, severity=Severity.CRITICAL, text="look now")
    seen = replace(again, acknowledged_ns=4_000, acknowledged_by="unix", note="called the broker")
    async with tables(tmp_path / "db", [[AlertUpdated(one)] for one in (first, other, again, seen)]) as reader:
        assert (await reader.alerts()).items == (seen, other)
        assert await reader.alert("a-1") == seen
        assert await reader.alert("a-3") is None


async def test_alerts_come_by_the_time_they_were_raised_last_in_pages_that_hold_each_once(tmp_path: Path) -> None:
    alerts = [alert(number, 1_000 + number // 3, code=f"C{number}") for number in range(8)]
    again = replace(alerts[0], last_raised_ns=9_000, count=2)
    async with tables(tmp_path / "db", [[AlertUpdated(one) for one in (*alerts, again)]]) as reader:
        seen, token = [], ""
        while True:
            page = await reader.alerts(page_size=3, page_token=token)
            seen.append([one.id for one in page.items])
            token = page.next_token
            if not token:
                break
    assert seen == [["a-0", "a-7", "a-6"], ["a-5", "a-4", "a-3"], ["a-2", "a-1"]]


async def test_filters_narrow_alerts_down(tmp_path: Path) -> None:
    alerts = [
        alert(1, 1_000, severity=Severity.INFO),
        alert(2, 2_000, code="B", symbol="IBM"),
        replace(alert(3, 3_000, severity=Severity.CRITICAL, symbol=""), acknowledged_ns=5_000),
    ]
    async with tables(tmp_path / "db", [[AlertUpdated(one) for one in alerts]]) as reader:

        async def ids(**filters: Any) -> str:
            return "".join(one.id[2:] for one in (await reader.alerts(**filters)).items)

        assert await ids(severities=[Severity.WARNING, Severity.CRITICAL]) == "32"
        assert await ids(codes=["A"]) == "31"
        assert await ids(codes=["A", "B"], symbols=["SPY", "IBM"]) == "21"
        assert await ids(acknowledged=False) == "21"
        assert await ids(acknowledged=True) == "3"
        assert await ids(since_ns=2_000, until_ns=3_000) == "2"
        assert await ids(symbols=["X"]) == ""


async def test_the_settings_table_holds_what_the_last_start_was_told(tmp_path: Path) -> None:
    started = Started("epoch", 1, "0.1", Settings(("SPY", "IBM")))
    async with tables(tmp_path / "db", [[]], started):
        with closing(sqlite3.connect(tmp_path / "db")) as connection:
            found = dict(connection.execute("SELECT key, value FROM settings"))
    assert found["symbols"] == '["SPY","IBM"]'
    assert found["limits.max_positions"] == "5"
    assert found["strategy.trend_adx"] == "25.0"


@pytest.mark.parametrize(
    "token", ["nonsense", "bm9uc2Vuc2U=", "WyJzaWduYWxzIiwgM10=", "WyJvcmRlcnMiLCAiMyJd", "\xff", "W1tb" * 30_000]
)
async def test_a_foreign_page_token_is_refused(tmp_path: Path, token: str) -> None:
    async with tables(tmp_path / "db", [[]]) as reader:
        with pytest.raises(PageTokenError):
            await reader.orders(page_token=token)


async def test_a_page_size_out_of_range_is_brought_into_it(tmp_path: Path) -> None:
    orders = [OrderUpdated(replace(ORDER_A, id=f"o{number}"), "new") for number in range(3)]
    async with tables(tmp_path / "db", [orders]) as reader:
        assert len((await reader.orders(page_size=-1)).items) == 1
        assert len((await reader.orders(page_size=10**9)).items) == 3


async def test_a_reader_needs_a_store_and_can_not_write(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open"):
        await TableReader.open(tmp_path / "none")
    async with tables(tmp_path / "db", [[]]) as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader._connection.execute("DELETE FROM journal")


async def test_the_journal_is_read_between_two_numbers_by_kind_with_its_chain(tmp_path: Path) -> None:
    groups: list[list[Effect]] = [[], [], []]
    async with tables(tmp_path / "db", groups, LinkChanged("market", True)) as reader:
        records = await reader.journal(1, 3)
        kind = "LinkChanged"
        assert [(one.seq, one.now_ns, one.kind) for one in records] == [(2, 2000, kind), (3, 3000, kind)]
        assert decode_event(records[0].kind, records[0].payload) == LinkChanged("market", True)
        with closing(sqlite3.connect(tmp_path / "db")) as connection:
            chains = [row[0] for row in connection.execute("SELECT chain FROM journal ORDER BY seq")]
        assert [one.chain for one in await reader.journal(0, 3)] == chains
        assert await reader.journal(0, 3, ["TimerFired"]) == ()
        assert len(await reader.journal(0, 3, ["TimerFired", "LinkChanged"])) == 3
        assert await reader.journal(3, 3) == ()


async def test_signals_as_of_a_number_are_those_that_have_not_changed_since(tmp_path: Path) -> None:
    later = replace(SIGNAL_A, id="s2")
    groups = [[SignalUpdated(SIGNAL_A)], [SignalUpdated(later)], [SignalUpdated(SIGNAL_A)]]
    async with tables(tmp_path / "db", groups) as reader:
        assert [one.id for one in (await reader.signals(until_seq=3)).items] == ["s2", "s1"]
        assert [one.id for one in (await reader.signals(until_seq=2)).items] == ["s2"]
