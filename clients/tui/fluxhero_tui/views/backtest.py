"""Backtest: a form, the run's progress, its figures, and the runs before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import ClassVar

from google.protobuf.timestamp_pb2 import Timestamp
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label

from fluxhero.v1 import backtest_pb2
from fluxhero_client import FluxHeroError
from fluxhero_client.cli.show.times import read_time
from fluxhero_client.services.backtests import sweep_axis
from fluxhero_client.values import timestamp
from fluxhero_tui.desk import Desk
from fluxhero_tui.dialogs import fields
from fluxhero_tui.draw.ink import Line
from fluxhero_tui.link.failure import said
from fluxhero_tui.panels import backtest, columns
from fluxhero_tui.state.run import Message, Run
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.field import Field
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.table import Table
from fluxhero_tui.widgets.work import start

_FIELDS = (
    ("symbols", "symbols", "the daemon's"),
    ("start", "from", "2007-01-01"),
    ("end", "to", "all there is"),
    ("timeframe", "time frame", "the strategy's"),
    ("equity", "equity $", "100000"),
    ("name", "name", ""),
    ("axes", "vary (v, f)", "entry_atr=0.4,0.5 …"),
)
_LONGEST = {"axes": 400}


class _Leavable(Field):
    """A field that Escape leaves, so that the keys mean actions again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.blur", show=False)]


class BacktestView(View):
    """The strategy on past bars, as the daemon computes it."""

    NAME, TITLE = "backtest", "Backtest"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.run = Run()
        self._earlier: list[backtest_pb2.Backtest] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="backtest-left"):
            for name, label, hint in _FIELDS:
                with Horizontal(classes="field"):
                    yield Label(label, classes="label")
                    yield _Leavable(id=f"bt-{name}", placeholder=hint, compact=True, max_length=_LONGEST.get(name, 60))
            yield Table(
                "Runs, newest first",
                columns.backtests(),
                self._runs,
                lambda one: one.id,
                ("backtests",),
                empty="none yet",
                id="runs",
            )
        with Vertical(id="backtest-right"):
            yield Pane(self._lines, ("backtest",), focusable=True, id="result")
            yield Table(
                "Trades of the run",
                columns.trades(),
                lambda: self.run.trades,
                lambda one: one.id,
                ("backtest",),
                empty="none yet",
                id="run-trades",
            )

    def shown(self) -> None:
        symbols = self.query_one("#bt-symbols", Input)
        if not symbols.value:
            symbols.value = " ".join(self.desk.symbols()[:4])
            now = datetime.fromtimestamp(self.desk.exchange_s(), UTC)
            self.query_one("#bt-start", Input).value = f"{now.year - 1}-01-01"
        start(self, self._list, "runs", alone=True)

    def start(self, kind: str = "single") -> None:
        """Run what the form says: a `single` backtest, a `sweep`, a `walk_forward`."""
        start(self, partial(self._start, kind), "form")

    async def _start(self, kind: str) -> None:
        # Letters that were typed before the key are still on their way to their fields.
        for field in self.query(Input):
            reached = asyncio.Event()
            field.call_later(reached.set)
            await reached.wait()
        try:
            messages = self._asked(kind)
        except fields.Wrong as wrong:
            self.notify(wrong.text, title=wrong.field, severity="warning")
            return
        start(self, partial(self._run, messages), "backtest", alone=True)

    def _asked(self, kind: str) -> AsyncIterator[Message]:
        calls, config = self.desk.connection.client.backtests, self.config()
        if kind == "single":
            return calls.run(config)
        return calls.sweep(config, self.axes()) if kind == "sweep" else calls.walk_forward(config, self.axes())

    def axes(self) -> list[backtest_pb2.SweepAxis]:
        """What is tried, as the command line takes it, one parameter behind the other.

        Raises:
            Wrong: when one can't be read.
        """
        try:
            return [sweep_axis(text) for text in self._text("axes").split()]
        except ValueError:
            raise fields.Wrong("vary", "NAME=VALUE,VALUE,... is wanted, such as entry_atr=0.4,0.5,0.6") from None

    def config(self) -> backtest_pb2.BacktestConfig:
        """The form, as the daemon wants it.

        Raises:
            Wrong: when a field can't be read.
        """
        start, end = self._time("start"), self._time("end")
        equity = fields.dollars("equity", self._text("equity"))
        return backtest_pb2.BacktestConfig(
            symbols=self._text("symbols").upper().replace(",", " ").split(),
            timeframe=self._text("timeframe"),
            start_time=start,
            end_time=end,
            initial_equity=str(equity if equity is not None else Decimal(100_000)),
            name=self._text("name"),
        )

    async def cancel(self) -> None:
        """End the run that goes on."""
        await self.desk.connection.client.backtests.cancel(self.run.id)

    async def open(self, backtest_id: str) -> None:
        """Show a run of before."""
        try:
            self.run.load(await self.desk.connection.client.backtests.get(backtest_id))
        except FluxHeroError as error:
            self.run.error = error.text
        self._redraw()

    def chosen(self) -> str:
        """The id of the run under the cursor; empty without one."""
        row: backtest_pb2.Backtest | None = self.query_one("#runs", Table).chosen
        return row.id if row is not None else ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.terminal.perform_named("run_backtest")

    async def _run(self, messages: AsyncIterator[Message]) -> None:
        self.run = Run(started=True)
        self._redraw()
        try:
            async for message in messages:
                new = not self.run.id
                self.run.take(message)
                self._redraw()
                if new:
                    await self._list()
            if self.run.id:
                answer = await self.desk.connection.client.backtests.get(self.run.id)
                self.run.trades = list(answer.trades)
        except FluxHeroError as error:
            self.run.error = said(error)
        await self._list()

    async def _list(self) -> None:
        try:
            self._earlier = await self.desk.connection.client.backtests.list(limit=50)
        except FluxHeroError as error:
            if not self.run.started:
                self.run.error = error.text
        self._redraw()

    def _redraw(self) -> None:
        self.query_one("#result", Pane).redraw()
        for table in self.query(Table):
            table.redraw()

    def _lines(self, room: int, height: int) -> Sequence[Line]:
        return backtest.lines(self.run, room, height)

    def _runs(self) -> Iterable[backtest_pb2.Backtest]:
        return self._earlier

    def _text(self, name: str) -> str:
        return self.query_one(f"#bt-{name}", Input).value.strip()

    def _time(self, name: str) -> Timestamp | None:
        text = self._text(name)
        try:
            return timestamp(read_time(text)) if text else None
        except ValueError:
            raise fields.Wrong(name, "a date is wanted, such as 2007-01-31") from None
