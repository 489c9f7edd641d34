"""The app: it holds the screens, redraws what has moved ten times a second, and turns keys into actions."""

from __future__ import annotations

import asyncio
import inspect
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence, Set
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.markup import escape
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Input

from fluxhero.v1 import signal_pb2
from fluxhero_client import Client, FluxHeroError
from fluxhero_tui.actions.action import Action
from fluxhero_tui.actions.catalog import REGISTRY
from fluxhero_tui.desk import Desk
from fluxhero_tui.dialogs.commands import Commands
from fluxhero_tui.draw.ink import Line, clean
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.link.failure import said
from fluxhero_tui.panels import absent
from fluxhero_tui.state.link import Freshness, Phase
from fluxhero_tui.typed_ahead import TypedAhead
from fluxhero_tui.views import VIEWS
from fluxhero_tui.views.chart import ChartView
from fluxhero_tui.views.risk import Risk
from fluxhero_tui.views.signals import Signals
from fluxhero_tui.views.view import View
from fluxhero_tui.widgets.bars import Footer, Header
from fluxhero_tui.widgets.field import Field
from fluxhero_tui.widgets.palette import Palette
from fluxhero_tui.widgets.pane import Pane
from fluxhero_tui.widgets.surface import Surface
from fluxhero_tui.widgets.table import Table
from fluxhero_tui.widgets.work import start

TICK_S, TICKS_A_CLOCK, TICKS_A_REPORT = 0.1, 5, 20


class _Search(Field):
    """Words to search for; Escape goes back to the list and shows all rows again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "app.give_up_search", show=False)]


class FluxHeroTui(TypedAhead):
    """The terminal. `connection` is run here; `follow` False leaves it, and the ticks, to a test."""

    CSS_PATH = "app.tcss"
    TITLE = "FluxHero"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  (Textual's own declaration)
        (0, "-narrow"),
        (110, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-short"),
        (36, "-tall"),
    ]
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"press('{key}')", show=False) for key in REGISTRY.keys if key != "ctrl+p"),
        Binding("tab", "focus_next", show=False, priority=True),
        Binding("shift+tab", "focus_previous", show=False, priority=True),
    ]

    def __init__(
        self,
        connection: Connection,
        clock: Callable[[], float] = time.monotonic,
        *,
        follow: bool = True,
        theme: str = "textual-dark",
    ) -> None:
        super().__init__()
        self.connection = connection
        self.desk = Desk(connection, clock)
        self.registry = REGISTRY
        self.palette = Palette(self.theme_variables)
        self.chosen = 0
        self.stale = False
        self._follow = follow
        self._first_theme = theme
        self._seen: Counter[str] = Counter()
        self._ticks = 0
        self._report_old = False
        self._fault = ""
        self._head: tuple[Any, ...] = ()

    @property
    def titles(self) -> list[str]:
        """The screens' names, in the order of their keys."""
        return [view.TITLE for view in VIEWS]

    @property
    def view_name(self) -> str:
        """The screen that is shown."""
        return VIEWS[self.chosen].NAME

    @property
    def view(self) -> View:
        """The screen that is shown, itself."""
        return self.base.query_one(f"#{self.view_name}", View)

    @property
    def base(self) -> Screen[Any]:
        """The screen below all dialogs."""
        return self.screen_stack[0]

    def compose(self) -> ComposeResult:
        yield Header()
        yield Pane(self._absent, ("clock", "link"), id="absent")
        with Container(id="body"), ContentSwitcher(initial=None, id="views"):
            pass
        yield _Search(id="search", placeholder="search: rows with all these words", compact=True)
        yield Footer()

    async def on_mount(self) -> None:
        self.theme = self._first_theme
        self.palette = Palette(self.theme_variables)
        self.theme_changed_signal.subscribe(self, lambda _: self._new_theme())
        await self.mount_view(0)
        self.tick()
        if self._follow:
            start(self, self.connection.run, "connection")
            self.set_interval(TICK_S, self.tick)

    def tick(self) -> None:
        """Redraw what has moved since the last tick."""
        if not self.screen_stack or not self.base.query(Header):
            return  # the screen is being taken down
        self._ticks += 1
        changed = {part for part, count in self.connection.model.revisions.items() if count != self._seen[part]}
        self._seen = Counter(self.connection.model.revisions)
        if self._ticks % TICKS_A_CLOCK == 1 or not self._follow:
            changed.add("clock")
        self._ask_again(changed)
        if changed:
            with self.batch_update():
                self._show_link()
                self._redraw_head()
                self.view.redraw(changed)

    async def mount_view(self, number: int) -> None:
        """Make a screen when it is first looked at."""
        switcher = self.base.query_one("#views", ContentSwitcher)
        kind = VIEWS[number]
        if not self.base.query(f"#{kind.NAME}"):
            view = kind(self.desk)
            # Another key may end this before it is brought to the front; then it must not be seen.
            view.display = False
            await switcher.mount(view)
        self.chosen = number
        switcher.current = kind.NAME
        self.view.repaint()
        self._redraw_head()
        self.view.shown()
        table = self.view.table()
        if table is not None:
            table.focus()
        else:
            self.base.set_focus(None)

    def show(self, number: int) -> None:
        """Bring a screen to the front; the next key is meant for it."""
        start(self, partial(self._changed, partial(self.mount_view, number), self.hold()), "views", alone=True)

    def show_named(self, name: str) -> None:
        """The same, by its name."""
        self.show(next(number for number, view in enumerate(VIEWS) if name == view.NAME))

    def look_at(self, symbol: str) -> None:
        """Look at another symbol, on the screen that is shown."""
        self.desk.symbol = symbol
        view = self.view
        if isinstance(view, ChartView):
            view.look()
        elif isinstance(view, Signals):
            view.ask(symbol)
        elif (table := view.table()) is not None:
            table.choose_key(symbol)

    def explain(self, symbol: str) -> None:
        """Why a symbol is traded, or is not: on the screen of signals."""
        self.desk.symbol = symbol
        start(self, partial(self._changed, partial(self._explain, symbol), self.hold()), "views", alone=True)

    async def _changed(self, change: Callable[[], Awaitable[None]], hold: int) -> None:
        try:
            await change()
        finally:
            self.release(hold)

    async def _explain(self, symbol: str) -> None:
        await self.mount_view(next(number for number, kind in enumerate(VIEWS) if kind is Signals))
        view = self.view
        if isinstance(view, Signals):
            view.ask(symbol)

    def explain_signal(self, signal: signal_pb2.Signal) -> None:
        """All reasons of one signal."""
        self.desk.signal_id = signal.id
        self.show_named(Signals.NAME)

    def on_table_opened(self) -> None:
        self.perform_named("open")

    def on_table_moved(self, event: Table.Moved) -> None:
        if symbol := getattr(event.table.chosen, "symbol", ""):
            self.desk.symbol = symbol

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "search" and (table := self.view.table()) is not None:
            table.find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "search":
            self.close_search()

    def action_give_up_search(self) -> None:
        """Back to the list, all of it."""
        self.base.query_one("#search", Input).value = ""
        self.close_search()

    def close_search(self) -> None:
        """Back to the list; what was searched for stays."""
        self.base.query_one("#search", Input).remove_class("-open")
        if (table := self.view.table()) is not None:
            table.focus()

    async def action_press(self, key: str) -> None:
        """A key that means something here, or nothing."""
        if (action := self.registry.resolve(key, self.view_name, self.desk.role)) is not None:
            await self.perform(action)

    async def perform(self, action: Action) -> None:
        """Do it; what the daemon refuses is said, in its own words."""
        if not action.allowed(self.desk.role):
            self.notify(f"{action.title}: this terminal is read-only", severity="warning")
            return
        answer = action.run(self)
        if inspect.isawaitable(answer):
            # A dialog waits for a person: keys, ticks and the stream must go on meanwhile.
            start(self, partial(self._when_painted, answer, self.hold()), "actions")

    async def pressed(self, key: str) -> bool:
        """Act on a key at once: by way of the focused widget the next ones would overtake what it opens."""
        if len(self.screen_stack) != 1 or isinstance(self.focused, Input):
            return False
        action = self.registry.resolve(key, self.view_name, self.desk.role)
        if action is not None:
            await self.perform(action)
        return action is not None

    async def _when_painted(self, work: Awaitable[None], hold: int) -> None:
        """Do it when a change of screens is done: what lies below a dialog stays as it was painted last."""
        changing = [worker for worker in self.workers if worker.group == "views" and not worker.is_finished]
        await asyncio.gather(*(worker.wait() for worker in changing), return_exceptions=True)
        painted = asyncio.Event()
        self.base.call_after_refresh(painted.set)
        await painted.wait()
        await self.opening(lambda: work, hold)

    def perform_named(self, name: str) -> None:
        """The same, by its name."""
        start(self, partial(self.perform, self.registry.named(name)), "actions")

    async def _load(self, load: Callable[[Client], Awaitable[None]]) -> None:
        try:
            await load(self.connection.client)
        except FluxHeroError as error:
            self.connection.model.tell("link", error.text, "warn")

    def notify(self, message: str, **how: Any) -> None:
        """Say something at the corner of the screen, letter by letter: what came from elsewhere is no markup."""
        super().notify(clean(message), **{"markup": False, **how})

    def refused(self, error: FluxHeroError) -> None:
        """Say what went wrong, and keep it in the log."""
        text = said(error)
        self.notify(text, title=error.reason.replace("_", " ").lower() or "failed", severity="error", timeout=10)
        self.connection.model.tell("refused", text, "bad")

    def fault(self, error: Exception) -> str:
        """Say what is wrong with this terminal itself, where it happened, and keep it in the log; the same once."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__} at {place.name}:{place.lineno}: {error}"
        if text != self._fault:
            self._fault = text
            self.notify(text, title="a fault of this terminal; it goes on", severity="error", timeout=10)
            self.connection.model.tell("fault", text, "bad")
        return text

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        for action in self.registry.offered(self.view_name, self.desk.role):
            key = f"  (key {escape(action.key)})" if action.keys else ""
            yield SystemCommand(f"{action.group}: {action.title}", f"{action.text}{key}", self._performer(action))
        for theme in sorted(self.available_themes):
            yield SystemCommand(f"Theme: {theme}", "Use these colours", self._themer(theme))

    def open_palette(self) -> None:
        """All that can be done, to be searched."""
        # Above a dialog it would put a second question over the first one.
        if len(self.screen_stack) == 1:
            self.push_screen(Commands(partial(self.release, self.hold())))

    def action_command_palette(self) -> None:
        self.open_palette()

    def _performer(self, action: Action) -> Callable[[], Any]:
        # In the place of its key: what is typed next is held by it when it opens a dialog.
        return partial(self.perform, action)

    def _themer(self, name: str) -> Callable[[], None]:
        return lambda: setattr(self, "theme", name)

    def _ask_again(self, changed: Set[str]) -> None:
        """What no stream brings is asked for again when it may have changed."""
        connection = self.connection
        self._report_old |= bool(changed & {"positions", "risk"})
        if self.desk.link.phase is not Phase.LIVE:
            return
        if self._report_old and self.view_name == Risk.NAME and self._ticks % TICKS_A_REPORT == 0:
            self._report_old = False
            start(self, partial(self._load, connection.load_report), "report", alone=True)
        if "closed" in changed:
            start(self, partial(self._load, connection.load_trades), "trades", alone=True)

    def _absent(self, room: int, height: int) -> Sequence[Line]:
        return absent.lines(self.desk.link, self.desk.clock(), room)

    def _show_link(self) -> None:
        link, loaded = self.desk.link, self.desk.model.loaded
        self.base.set_class(not loaded, "-absent")
        if not loaded:
            self.base.query_one("#absent", Pane).redraw()
        stale = loaded and (link.phase is not Phase.LIVE or link.freshness(self.desk.clock()) is Freshness.STALE)
        if stale != self.stale:
            self.stale = stale
            self.view.repaint()
            for dialog in self.screen_stack[1:]:
                for surface in dialog.query(Surface):
                    surface.repaint()

    def _redraw_head(self) -> None:
        self.base.query_one(Header).redraw()
        head = (self.view_name, self.desk.role)
        if head != self._head:
            self._head = head
            self.base.query_one(Footer).redraw()

    def _new_theme(self) -> None:
        self.palette = Palette(self.theme_variables)
        for surface in self.base.query(Surface):
            surface.repaint()
