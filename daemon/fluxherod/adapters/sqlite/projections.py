"""Updates as table rows: the only place that knows how a domain value lies in a table."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from enum import Enum, IntEnum
from typing import Any, Generic, Protocol, TypeVar, get_args, get_type_hints

import msgspec

from fluxherod.core.orders import Order
from fluxherod.core.portfolio import Position, Trade
from fluxherod.engine.effects import (
    AccountUpdated,
    AccountView,
    Alert,
    AlertUpdated,
    Effect,
    OrderUpdated,
    PositionUpdated,
    SignalUpdated,
    TradeUpdated,
)
from fluxherod.engine.events import Started
from fluxherod.engine.ports import JournalEntry

T = TypeVar("T")


class Row(Protocol):
    """Cells by the names of their columns."""

    def __getitem__(self, name: str, /) -> Any: ...


class Record(Generic[T]):
    """A frozen dataclass as a row: one column a field, in the field's own name."""

    def __init__(self, kind: type[T]) -> None:
        hints = get_type_hints(kind)
        self._kind = kind
        self.columns = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]
        self._readers = {name: _reader(hints[name]) for name in self.columns}

    def cells(self, value: T) -> list[object]:
        """The row of a value."""
        return [cell(getattr(value, name)) for name in self.columns]

    def value(self, row: Row) -> T:
        """The value of a row that has (at least) these columns."""
        return self._kind(**{name: read(row[name]) for name, read in self._readers.items()})


def cell(value: object) -> object:
    """A field as SQLite keeps it: an enum by its text, a NumPy scalar by its number."""
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    item = getattr(value, "item", None)
    return item() if item is not None else value


def _reader(hint: Any) -> Callable[[Any], Any]:
    options = [option for option in get_args(hint) if option is not type(None)]
    if options:
        read = _reader(options[0])
        return lambda value: None if value is None else read(value)
    if issubclass(hint, IntEnum):
        return lambda text: hint[text.upper()]
    if hint is float:
        return lambda number: math.nan if number is None else number
    return hint if issubclass(hint, Enum) or hint is bool else lambda value: value


ORDER, POSITION, TRADE = Record(Order), Record(Position), Record(Trade)
ACCOUNT, ALERT = Record(AccountView), Record(Alert)


def to_json(value: object) -> str:
    """A value whole, as JSON that any reader takes: NaN and the infinities are strings."""
    return msgspec.json.encode(_finite(msgspec.to_builtins(value, enc_hook=cell))).decode()


def from_json(text: str, kind: type[T]) -> T:
    """The value that `to_json` wrote."""
    # Not strict, for the sake of the strings "nan" and "inf" where a float belongs.
    return msgspec.convert(json.loads(text), kind, strict=False)


def _finite(value: Any) -> Any:
    """Plain values with texts for the numbers that JSON does not know; dictionaries are changed in place."""
    if isinstance(value, dict):
        for key, item in value.items():
            if type(item) in _LOOKED_INTO:
                value[key] = _finite(item)
        return value
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


_LOOKED_INTO = frozenset({dict, list, tuple, float})


def _insert(table: str, columns: Sequence[str], key: str | None = None) -> str:
    marks = ", ".join("?" * len(columns))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    if key is None:
        return sql
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    return f"{sql} ON CONFLICT ({key}) DO UPDATE SET {changes}"


_EVENT_FIELDS = ("state", "quantity", "filled_quantity", "filled_value_e4", "limit_price_e4", "stop_price_e4", "reason")
_SIGNAL_KEYS = ("id", "symbol", "kind", "bar_start_ns", "decided_ns")
_SIGNAL_FIELDS = (*_SIGNAL_KEYS, "price", "mode", "regime", "outcome", "order_id")
_RISK_FIELDS = ("verdict", "quantity", "reason_code", "reason")

_PUT_ORDER = _insert("orders", ("seq", *ORDER.columns), "id")
_ADD_ORDER_EVENT = _insert("order_events", ("seq", "now_ns", "order_id", "event", *_EVENT_FIELDS))
_PUT_POSITION = _insert("positions", ("seq", *POSITION.columns), "symbol")
_PUT_TRADE = _insert("trades", ("seq", *TRADE.columns), "id")
_PUT_SIGNAL = _insert("signals", ("seq", *_SIGNAL_FIELDS, "detail"), "id")
_PUT_RISK = _insert("risk_decisions", ("signal_id", "seq", *_RISK_FIELDS, "detail"), "signal_id")
_ADD_EQUITY = _insert("equity_curve", ("seq", "now_ns", *ACCOUNT.columns))
_PUT_ALERT = _insert("alerts", ("seq", *ALERT.columns), "id")
_PUT_SETTING = _insert("settings", ("key", "seq", "value"), "key")


def _cells(value: object, names: Sequence[str]) -> list[object]:
    return [cell(getattr(value, name)) for name in names]


def _order(connection: sqlite3.Connection, seq: int, now_ns: int, update: OrderUpdated) -> None:
    order = update.order
    connection.execute(_PUT_ORDER, (seq, *ORDER.cells(order)))
    connection.execute(_ADD_ORDER_EVENT, (seq, now_ns, order.id, update.event, *_cells(order, _EVENT_FIELDS)))


def _position(connection: sqlite3.Connection, seq: int, now_ns: int, update: PositionUpdated) -> None:
    position = update.position
    if update.mark:  # only its price moved: the journal has the price
        return
    if position.quantity == 0:
        connection.execute("DELETE FROM positions WHERE symbol = ?", (position.symbol,))
    else:
        connection.execute(_PUT_POSITION, (seq, *POSITION.cells(position)))


def _trade(connection: sqlite3.Connection, seq: int, now_ns: int, update: TradeUpdated) -> None:
    connection.execute(_PUT_TRADE, (seq, *TRADE.cells(update.trade)))


def _signal(connection: sqlite3.Connection, seq: int, now_ns: int, update: SignalUpdated) -> None:
    signal, risk = update.signal, update.signal.risk
    connection.execute(_PUT_SIGNAL, (seq, *_cells(signal, _SIGNAL_FIELDS), to_json(signal)))
    if risk is not None:
        connection.execute(_PUT_RISK, (signal.id, seq, *_cells(risk, _RISK_FIELDS), to_json(risk)))


def _account(connection: sqlite3.Connection, seq: int, now_ns: int, update: AccountUpdated) -> None:
    if update.record:
        connection.execute(_ADD_EQUITY, (seq, now_ns, *ACCOUNT.cells(update.account)))


def _alert(connection: sqlite3.Connection, seq: int, now_ns: int, update: AlertUpdated) -> None:
    connection.execute(_PUT_ALERT, (seq, *ALERT.cells(update.alert)))


_PROJECTIONS: dict[type[Effect], Callable[[sqlite3.Connection, int, int, Any], None]] = {
    OrderUpdated: _order,
    PositionUpdated: _position,
    TradeUpdated: _trade,
    SignalUpdated: _signal,
    AccountUpdated: _account,
    AlertUpdated: _alert,
}


def _settings(connection: sqlite3.Connection, seq: int, event: Started) -> None:
    connection.execute("DELETE FROM settings")
    for key, value in asdict(event.settings).items():
        parts = {f"{key}.{name}": part for name, part in value.items()} if isinstance(value, dict) else {key: value}
        connection.executemany(_PUT_SETTING, [(name, seq, to_json(part)) for name, part in parts.items()])


def project(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    """Bring the tables up to an entry; what has no table is left to the journal."""
    if isinstance(entry.event, Started):
        _settings(connection, entry.seq, entry.event)
    for effect in entry.effects:
        projection = _PROJECTIONS.get(type(effect))
        if projection is not None:
            projection(connection, entry.seq, entry.now_ns, effect)
