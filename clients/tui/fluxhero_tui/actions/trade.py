"""Actions that trade. Each one asks first: no single key ever sends anything that moves money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxhero.v1 import market_pb2, order_pb2
from fluxhero_tui.dialogs.confirm import Confirm, TypedWord
from fluxhero_tui.dialogs.replace import Replace
from fluxhero_tui.dialogs.ticket import Ticket
from fluxhero_tui.draw.figures import NOTHING, maybe, money, plural, shares, word
from fluxhero_tui.views.log import Log
from fluxhero_tui.views.orders import Orders

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui


async def order(terminal: FluxHeroTui) -> None:
    """The order ticket."""
    await terminal.push_screen_wait(Ticket(terminal.desk, terminal.view.subject()))


async def preview(terminal: FluxHeroTui) -> None:
    """The ticket that only asks."""
    await terminal.push_screen_wait(Ticket(terminal.desk, terminal.view.subject(), sends=False))


async def close(terminal: FluxHeroTui) -> None:
    """Close the position under the cursor."""
    symbol = terminal.view.subject()
    position = terminal.desk.model.positions.get(symbol)
    if position is None:
        terminal.notify(f"there is no open position in {symbol or 'any symbol'}", severity="warning")
        return
    text = (
        f"Close {word(position, 'side')} {shares(position.quantity)} {symbol} at the market? Entry "
        f"${money(position.average_price)}, last ${money(position.last_price)}, P&L ${money(position.unrealized_pnl)}. "
        "Its stop is cancelled first."
    )
    if await terminal.push_screen_wait(Confirm(f"Close {symbol}", [text], f"close {symbol}", danger=True)):
        now = terminal.desk.model.positions.get(symbol)
        if now is None or now.side != position.side:
            terminal.notify(f"{symbol} has changed meanwhile: nothing was sent", severity="warning")
            return
        await terminal.connection.client.positions.close(symbol, reason="closed at the terminal")
        terminal.notify(f"{symbol} is being closed.", title="close")


async def close_all(terminal: FluxHeroTui) -> None:
    """Close all positions of ours."""
    held = [one for one in terminal.desk.model.positions.values() if not one.foreign]
    texts = [f"Close {plural(len(held), 'position')} of FluxHero at the market. Trading goes on afterwards."]
    word_typed = TypedWord("Close all positions", texts, "CLOSE", needs_reason=False)
    if await terminal.push_screen_wait(word_typed) is not None:
        answer = await terminal.connection.client.positions.close_all(reason="closed at the terminal")
        terminal.notify(f"{plural(len(answer.positions), 'position')} being closed.", title="close all")


async def cancel(terminal: FluxHeroTui) -> None:
    """Cancel the order under the cursor."""
    view = terminal.view
    chosen = view.order() if isinstance(view, Orders) else None
    if chosen is None:
        return
    prices = [(name, maybe(chosen, f"{name}_price")) for name in ("limit", "stop")]
    at = "".join(f", {name} ${price}" for name, price in prices if price != NOTHING)
    texts = [
        f"Cancel {word(chosen, 'side')} {shares(chosen.quantity)} {chosen.symbol}{at}? "
        f"{shares(chosen.filled_quantity)} are filled; it may still fill until its end is confirmed."
    ]
    if chosen.role == order_pb2.ORDER_ROLE_STOP:
        guarded = chosen.symbol in terminal.desk.model.positions
        texts.append(
            f"It is the PROTECTIVE STOP of the {'position' if guarded else 'entry'} in {chosen.symbol}. While that is "
            f"open this is refused: {'close the position' if guarded else 'cancel the entry'} instead."
        )
    if await terminal.push_screen_wait(Confirm("Cancel the order", texts, "cancel the order")):
        await terminal.connection.client.orders.cancel(chosen.id)
        terminal.notify("Its cancel is on its way.", title=f"{chosen.symbol} order")


async def cancel_all(terminal: FluxHeroTui) -> None:
    """Cancel every working order but protective stops."""
    text = "Cancel all working orders but protective stops?"
    if await terminal.push_screen_wait(Confirm("Cancel all orders", [text], "cancel all", danger=True)):
        answer = await terminal.connection.client.orders.cancel_all()
        terminal.notify(f"{plural(len(answer.orders), 'order')} being cancelled.", title="cancel all")


async def replace(terminal: FluxHeroTui) -> None:
    """Change price or quantity of the order under the cursor."""
    view = terminal.view
    chosen = view.order() if isinstance(view, Orders) else None
    if chosen is None:
        return
    if not chosen.HasField("limit_price"):
        terminal.notify("it has no limit to change: only a limit order can be changed", severity="warning")
        return
    change = await terminal.push_screen_wait(Replace(chosen))
    if change is not None:
        answer = await terminal.connection.client.orders.replace(
            chosen.id, quantity=change.quantity, limit_price=change.limit_price, accept_adjusted=change.accept_adjusted
        )
        terminal.notify(f"{answer.order.id} takes its place.", title=f"{chosen.symbol} order")


async def acknowledge(terminal: FluxHeroTui) -> None:
    """A person has seen to the alert under the cursor."""
    view = terminal.view
    alert = view.alert() if isinstance(view, Log) else None
    if alert is not None:
        await terminal.connection.client.system.acknowledge_alert(alert.id)
        terminal.notify(alert.code, title="acknowledged", timeout=3)


async def toggle(terminal: FluxHeroTui) -> None:
    """Let the symbol be entered by the strategy, or not."""
    symbol = terminal.view.subject()
    client = terminal.connection.client
    known = {one.symbol: one for one in await client.market.symbols()}
    off = known.get(symbol, market_pb2.Symbol()).enabled
    what = f"take no new risk in {symbol}" if off else f"let {symbol} be entered again"
    text = f"{what[0].upper()}{what[1:]}? An open position is managed as before."
    if await terminal.push_screen_wait(Confirm(f"Strategy: {symbol}", [text], what)):
        if off:
            await client.strategy.disable(symbol, reason="switched off at the terminal")
        else:
            await client.strategy.enable(symbol)
        terminal.connection.model.set_symbols(await client.market.symbols())
        terminal.notify(f"{symbol} is {'off' if off else 'on'}.", title="strategy", timeout=3)
