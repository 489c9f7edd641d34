"""Actions that only look: screens, symbols, help, colours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fluxhero.v1 import backtest_pb2, order_pb2, signal_pb2
from fluxhero_tui.actions.action import Run
from fluxhero_tui.views.backtest import BacktestView
from fluxhero_tui.views.chart import ChartView
from fluxhero_tui.widgets.work import start

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


def to_screen(number: int) -> Run:
    """Bring a screen to the front."""
    return lambda terminal: terminal.show(number)


def help(terminal: FluxHeroTui) -> None:
    """All keys."""
    from fluxhero_tui.dialogs.help import Help

    terminal.push_screen(Help(terminal.registry, terminal.view_name, terminal.desk.role))


def palette(terminal: FluxHeroTui) -> None:
    """All commands."""
    terminal.open_palette()


def next_symbol(terminal: FluxHeroTui) -> None:
    """The next symbol."""
    terminal.desk.step(1)
    terminal.look_at(terminal.desk.symbol)


def previous_symbol(terminal: FluxHeroTui) -> None:
    """The symbol before."""
    terminal.desk.step(-1)
    terminal.look_at(terminal.desk.symbol)


def next_theme(terminal: FluxHeroTui) -> None:
    """The next colours."""
    names = sorted(terminal.available_themes)
    terminal.theme = names[(names.index(terminal.theme) + 1) % len(names)]
    terminal.notify(terminal.theme, title="theme", timeout=2)


async def quit(terminal: FluxHeroTui) -> None:
    """Leave, when the person really wants to."""
    from fluxhero_tui.dialogs.confirm import Confirm

    text = "Leave the terminal? The daemon goes on as it is; nothing is stopped."
    if await terminal.push_screen_wait(Confirm("Quit", [text], "leave")):
        terminal.exit()


def next_timeframe(terminal: FluxHeroTui) -> None:
    """Bars of another length; the daemon says whether it has them."""
    if isinstance(view := terminal.view, ChartView):
        terminal.notify(view.next_timeframe(), title="time frame", timeout=2)


def explain(terminal: FluxHeroTui) -> None:
    """Why the symbol is traded, or is not, at its last bar."""
    terminal.explain(terminal.view.subject())


def open_row(terminal: FluxHeroTui) -> None:
    """More about what is under the cursor: an order's life, a signal's reasons, a symbol's chart."""
    table = terminal.view.table()
    chosen = table.chosen if table is not None else None
    if isinstance(chosen, order_pb2.Order):
        start(terminal, partial(_life, terminal, chosen.id), "actions")
    elif isinstance(chosen, signal_pb2.Signal):
        terminal.explain_signal(chosen)
    elif isinstance(chosen, backtest_pb2.Backtest) and isinstance(view := terminal.view, BacktestView):
        start(terminal, partial(view.open, chosen.id), "actions")
    elif symbol := getattr(chosen, "symbol", ""):
        terminal.desk.symbol = symbol
        terminal.show_named("chart")


async def _life(terminal: FluxHeroTui, order_id: str) -> None:
    from fluxhero_tui.dialogs.life import Life

    await terminal.push_screen_wait(Life(await terminal.connection.client.orders.get(order_id)))


def run_backtest(terminal: FluxHeroTui) -> None:
    """What the form says."""
    if isinstance(view := terminal.view, BacktestView):
        view.start()


def sweep(terminal: FluxHeroTui) -> None:
    """All combinations of what the form varies."""
    if isinstance(view := terminal.view, BacktestView):
        view.start("sweep")


def walk_forward(terminal: FluxHeroTui) -> None:
    """The form on rolling windows."""
    if isinstance(view := terminal.view, BacktestView):
        view.start("walk_forward")


async def cancel_backtest(terminal: FluxHeroTui) -> None:
    """The run that goes on ends."""
    if isinstance(view := terminal.view, BacktestView) and view.run.id:
        await view.cancel()
