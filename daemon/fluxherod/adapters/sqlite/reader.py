"""Questions to the tables: newest first, in pages, as domain values, over a read-only connection."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar

import aiosqlite

from fluxherod.adapters.sqlite.archive_files import FOLDER, Archive, ArchiveFileError, Listed
from fluxherod.adapters.sqlite.filters import Filters
from fluxherod.adapters.sqlite.projections import ACCOUNT, ALERT, ORDER, POSITION, TRADE, Record, Row, from_json
from fluxherod.adapters.sqlite.schema import StorageError, database_uri
from fluxherod.core.orders import Order, OrderState
from fluxherod.core.portfolio import Position, Trade
from fluxherod.core.signals import Signal
from fluxherod.engine.effects import AccountView, Alert, Severity

if TYPE_CHECKING:
    from fluxherod.adapters.journal_files import JournalFiles

T = TypeVar("T")
DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1_000


class PageTokenError(ValueError):
    """A page token that this list did not give out."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, newest first, and the token of the page after them (empty on the last one)."""

    items: tuple[T, ...]
    next_token: str = ""


@dataclass(frozen=True, slots=True)
class OrderChange:
    """One change of an order and how the order stood after it."""

    seq: int
    now_ns: int
    order_id: str
    event: str
    state: OrderState
    quantity: int
    filled_quantity: int
    filled_value_e4: int
    limit_price_e4: int | None
    stop_price_e4: int | None
    reason: str


class JournalRecord(NamedTuple):
    """One input of the journal: `payload` decodes with the codec, `chain` is the hash over it and all before it."""

    seq: int
    now_ns: int
    kind: str
    payload: bytes
    chain: bytes


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """The account as it was recorded at a time."""

    seq: int
    now_ns: int
    account: AccountView


_ORDER_CHANGE = Record(OrderChange)


class TableReader:
    """Reads the tables beside the writer, and the archive of them. Made by `open`; it holds a thread until `close`.

    Each list takes `page_size` (at most 1,000) and the `page_token` of the page before, and raises
    PageTokenError for another list's token. Times filter as `since_ns <= time < until_ns`.
    """

    def __init__(
        self,
        connection: aiosqlite.Connection,
        files: JournalFiles,
        archive: Archive,
        on_fault: Callable[[str], None] | None,
    ) -> None:
        self._connection = connection
        self._files = files
        self._archive = archive
        self._on_fault = on_fault
        self._told: set[str] = set()
        self._one_at_a_time = asyncio.Lock()  # what many callers read of the archive is not in the memory at once

    @classmethod
    async def open(cls, path: Path, on_fault: Callable[[str], None] | None = None) -> Self:
        """Open a file that a SqliteStore has made.

        Args:
            on_fault: hears of each file of the archive that can't be read, once.

        Raises:
            StorageError: when there is none.
        """
        try:
            connection = await aiosqlite.connect(database_uri(path, "ro"), uri=True)
        except sqlite3.Error as error:
            raise StorageError(f"{path}: {error}") from error
        connection.row_factory = sqlite3.Row
        from fluxherod.adapters.journal_files import JournalFiles  # which reads this package's database itself

        epoch = await _epoch(connection)
        archive = Archive(path.parent / FOLDER, epoch)
        return cls(connection, JournalFiles(path.parent, path.name), archive, on_fault)

    async def close(self) -> None:
        """End the connection and its thread."""
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def orders(
        self,
        *,
        symbol: str | None = None,
        states: Iterable[OrderState] = (),
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Order]:
        """Orders by the time they were created."""
        chosen = list(states)
        filters = Filters().add("symbol", "=", symbol).one_of("state", chosen).between("created_ns", since_ns, until_ns)
        filters.alive = bool(chosen) and not any(state.ended for state in chosen)
        return await self._page("orders", filters, ORDER.value, page_size, page_token)

    async def order(self, order_id: str, *, since_ns: int = 0) -> Order | None:
        """One order by our id; `since_ns` is a time, where one is known, before which it was not created."""
        return await self._one("orders", order_id, ORDER.value, since_ns)

    async def order_events(
        self, order_id: str, *, page_size: int = DEFAULT_PAGE_SIZE, page_token: str = ""
    ) -> Page[OrderChange]:
        """What happened to an order."""
        filters = Filters().add("order_id", "=", order_id)
        files = partial(self._files_of_events, order_id)
        return await self._page("order_events", filters, _ORDER_CHANGE.value, page_size, page_token, files=files)

    async def signals(
        self,
        *,
        symbol: str | None = None,
        outcome: str | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        until_seq: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Signal]:
        """Decisions by the time they were made; those that have not changed after `until_seq`, if it is given."""
        filters = Filters().add("symbol", "=", symbol).add("outcome", "=", outcome).add("seq", "<=", until_seq)
        filters.between("decided_ns", since_ns, until_ns)
        return await self._page("signals", filters, _signal, page_size, page_token)

    async def signal(self, signal_id: str) -> Signal | None:
        """One decision by its id, whole."""
        return await self._one("signals", signal_id, _signal)

    async def trades(
        self,
        *,
        symbol: str | None = None,
        closed: bool | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Trade]:
        """Round trips by the time they were opened."""
        filters = Filters().add("symbol", "=", symbol).between("opened_ns", since_ns, until_ns)
        filters.add("closed_ns", "KNOWN", closed).alive = closed is False
        return await self._page("trades", filters, TRADE.value, page_size, page_token)

    async def trade(self, trade_id: str, *, since_ns: int = 0) -> Trade | None:
        """One round trip by its id; `since_ns` is a time, where one is known, before which it was not opened."""
        return await self._one("trades", trade_id, TRADE.value, since_ns)

    async def positions(self) -> tuple[Position, ...]:
        """The open positions as of their last real change, by symbol."""
        rows = await self._connection.execute_fetchall("SELECT * FROM positions ORDER BY symbol")
        return tuple(map(POSITION.value, rows))

    async def equity_curve(
        self,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        page_token: str = "",
    ) -> Page[EquityPoint]:
        """The recorded points of the account."""
        filters = Filters().between("now_ns", since_ns, until_ns)
        return await self._page("equity_curve", filters, _equity_point, page_size, page_token)

    async def alerts(
        self,
        *,
        severities: Iterable[Severity] = (),
        codes: Iterable[str] = (),
        symbols: Iterable[str] = (),
        acknowledged: bool | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        page_token: str = "",
    ) -> Page[Alert]:
        """What was raised, by the time it was raised last; what is raised again meanwhile moves to the first page."""
        filters = Filters().one_of("severity", severities).one_of("code", codes).one_of("symbol", symbols)
        filters.add("acknowledged_ns", "KNOWN", acknowledged)
        filters.between("last_raised_ns", since_ns, until_ns)
        return await self._page("alerts", filters, ALERT.value, page_size, page_token, by="last_raised_ns")

    async def alert(self, alert_id: str) -> Alert | None:
        """One alert by its id."""
        return await self._one("alerts", alert_id, ALERT.value)

    async def journal(self, after_seq: int, until_seq: int, kinds: Collection[str] = ()) -> tuple[JournalRecord, ...]:
        """The rows of some kinds (none: of all) after a number, up to another and with it, in order; sealed ones, too.

        Raises:
            StorageError: when a sealed file is damaged or missing.
        """
        filters = Filters().add("seq", ">=", after_seq + 1).add("seq", "<=", until_seq).one_of("kind", kinds)
        sql = f"SELECT seq, now_ns, kind, payload, chain FROM journal {filters.sql} ORDER BY seq"
        rows = await self._connection.execute_fetchall(sql, filters.values)
        # Rows leave while others look: what is still here afterwards was here before.
        ((oldest,),) = await self._connection.execute_fetchall("SELECT min(seq) FROM journal")
        if oldest is not None and oldest > after_seq + 1:
            return await asyncio.to_thread(self._sealed, after_seq, until_seq, frozenset(kinds))
        return tuple(map(JournalRecord._make, rows))

    def _sealed(self, after_seq: int, until_seq: int, kinds: Collection[str]) -> tuple[JournalRecord, ...]:
        records = self._files.records(after_seq, until_seq)
        return tuple(
            JournalRecord(row.seq, row.now_ns, row.kind, row.payload, chain)
            for row, chain in records
            if not kinds or row.kind in kinds
        )

    # --- the tables and their archive --------------------------------------------------------------------------
    async def _one(self, table: str, key: str, make: Callable[[Row], T], since_ns: int = 0) -> T | None:
        """The row with an id; `since_ns` is a time that is not after the row's."""
        rows = list(await self._connection.execute_fetchall(f"SELECT * FROM {table} WHERE id = ?", (key,)))
        if rows:
            return make(rows[0])
        found = await self._find(await self._listed(table), key, since_ns)
        return make(found[0]) if found is not None else None

    async def _page(
        self,
        table: str,
        filters: Filters,
        make: Callable[[Row], T],
        page_size: int,
        page_token: str,
        by: str = "number",
        files: Callable[[], Awaitable[Sequence[Listed]]] | None = None,
    ) -> Page[T]:
        """Rows by a column, and by their number where that is the same; `files` says which files may matter."""
        size = min(max(page_size, 1), MAX_PAGE_SIZE)
        if page_token:
            filters.go_on(by, _read_token(table, page_token))
        sql = f"SELECT * FROM {table} {filters.sql} ORDER BY {by} DESC, number DESC LIMIT ?"
        rows: list[Row] = list(await self._connection.execute_fetchall(sql, [*filters.values, size + 1]))
        # Rows leave while others look: those that were gone just now are in a file that is named by now.
        if not filters.alive and (known := await (self._listed(table) if files is None else files())):
            rows = await self._read(partial(self._archive.newest, known, filters, rows, size + 1))
        token = _write_token(table, rows[size - 1][by], rows[size - 1]["number"]) if len(rows) > size else ""
        return Page(tuple(map(make, rows[:size])), token)

    async def _files_of_events(self, order_id: str) -> Sequence[Listed]:
        """The file with what happened to an order: it leaves with the order."""
        files = await self._listed("orders")
        if not files or await self._connection.execute_fetchall("SELECT 1 FROM orders WHERE id = ?", (order_id,)):
            return ()
        found = await self._find(files, order_id, 0)
        name = found[1].name.replace("orders", "order_events") if found is not None else ""
        return [known for known in await self._listed("order_events") if known.name == name]

    async def _find(self, files: Sequence[Listed], key: str, since_ns: int) -> tuple[Row, Listed] | None:
        return await self._read(partial(self._archive.find, files, key, since_ns)) if files else None

    async def _listed(self, table: str) -> Sequence[Listed]:
        """The files that a table has rows in."""
        rows = await self._connection.execute_fetchall("SELECT * FROM archive_files")
        return [known for known in map(Listed._make, rows) if known.table == table]

    async def _read(self, read: Callable[[], T]) -> T:
        """Read files of the archive in a thread: the event loop is for trading."""
        try:
            async with self._one_at_a_time:
                return await asyncio.to_thread(read)
        except ArchiveFileError as error:
            if self._on_fault is not None and str(error) not in self._told:
                self._told.add(str(error))
                self._on_fault(str(error))
            raise


async def _epoch(connection: aiosqlite.Connection) -> str:
    rows = list(await connection.execute_fetchall("SELECT value FROM meta WHERE key = 'epoch'"))
    return str(rows[0][0]) if rows else ""


def _write_token(table: str, value: int, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([table, value, number]).encode()).decode()


def _read_token(table: str, token: str) -> tuple[int, int]:
    try:
        owner, value, number = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise PageTokenError(f"{token!r} is no page token") from error
    if owner != table or not all(type(part) is int and 0 <= part < 1 << 63 for part in (value, number)):
        raise PageTokenError(f"{token!r} is not of this list")
    return value, number


def _signal(row: Row) -> Signal:
    return from_json(row["detail"], Signal)


def _equity_point(row: Row) -> EquityPoint:
    return EquityPoint(row["seq"], row["now_ns"], ACCOUNT.value(row))
