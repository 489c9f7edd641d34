"""What the services ask of the tables. The reader that answers lives with the database; here is only its shape."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from fluxherod.core.orders import Order, OrderState
from fluxherod.core.portfolio import Trade
from fluxherod.core.signals import Signal
from fluxherod.engine.effects import AccountView, Alert, Severity

T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """Some items, newest first, and the token of the page after them ("" on the last one)."""

    @property
    def items(self) -> tuple[T_co, ...]: ...

    @property
    def next_token(self) -> str: ...


class OrderChange(Protocol):
    """One change of an order and how the order stood after it."""

    @property
    def seq(self) -> int: ...
    @property
    def now_ns(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def state(self) -> OrderState: ...
    @property
    def filled_quantity(self) -> int: ...
    @property
    def filled_value_e4(self) -> int: ...
    @property
    def reason(self) -> str: ...


class EquityPoint(Protocol):
    """The account as it was recorded at a time."""

    @property
    def now_ns(self) -> int: ...
    @property
    def account(self) -> AccountView: ...


class JournalRecord(Protocol):
    """One input of the journal: `payload` decodes with the codec, `chain` is the hash over it and all before it."""

    @property
    def seq(self) -> int: ...
    @property
    def now_ns(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def chain(self) -> bytes: ...


class Tables(Protocol):
    """Lists are newest first, `since_ns <= time < until_ns`; a foreign `page_token` raises ValueError."""

    async def orders(
        self,
        *,
        symbol: str | None = None,
        states: Iterable[OrderState] = (),
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page[Order]: ...

    async def order(self, order_id: str, /, *, since_ns: int = 0) -> Order | None:
        """One order; `since_ns` is a time, where one is known, before which it was not created: so less is read."""
        ...

    async def order_events(
        self, order_id: str, /, *, page_size: int = 100, page_token: str = ""
    ) -> Page[OrderChange]: ...

    async def signals(
        self,
        *,
        symbol: str | None = None,
        outcome: str | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        until_seq: int | None = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page[Signal]: ...

    async def signal(self, signal_id: str, /) -> Signal | None: ...

    async def trades(
        self,
        *,
        symbol: str | None = None,
        closed: bool | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page[Trade]: ...

    async def trade(self, trade_id: str, /, *, since_ns: int = 0) -> Trade | None:
        """One trade; `since_ns` is a time, where one is known, before which it was not opened: so less is read."""
        ...

    async def equity_curve(
        self,
        *,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page[EquityPoint]: ...

    async def alerts(
        self,
        *,
        severities: Iterable[Severity] = (),
        codes: Iterable[str] = (),
        symbols: Iterable[str] = (),
        acknowledged: bool | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        page_size: int = 100,
        page_token: str = "",
    ) -> Page[Alert]: ...

    async def alert(self, alert_id: str, /) -> Alert | None: ...

    async def journal(self, after_seq: int, until_seq: int, kinds: Collection[str], /) -> Sequence[JournalRecord]:
        """The rows of some kinds (none: of all) after a number, up to another and with it, in order."""
        ...
