"""The account, large."""

from __future__ import annotations

from fluxhero_tui.draw.bars import plot
from fluxhero_tui.draw.digits import large
from fluxhero_tui.draw.figures import NOTHING, gained, gained_percent, money, percent
from fluxhero_tui.draw.ink import EMPTY, Line, Span, beside, fitted, heading, line
from fluxhero_tui.state.model import Model

CURVE = 14


def lines(model: Model, room: int, height: int) -> list[Line]:
    """Equity and the day's profit or loss in large digits, the rest small beside it, the curve where there is room."""
    account = model.account
    if not account.equity:
        return [heading("Equity", room), line(("waiting for the account", "dim"))]
    day = gained(account.day_pnl)
    equity = [line((row, "bold")) for row in large(f"${whole(account.equity)}")]
    pnl = [line((row, day.tone or "bold")) for row in large(_signed(account.day_pnl))]
    wide = max(len(large(f"${whole(account.equity)}")[0]), 18)
    blocks = [
        ([line(("equity", "dim")), *equity], wide),
        (
            [fitted([line(("day P&L", "dim")), (gained_percent(account.day_pnl_pct),)], 24), *pnl],
            max(len(large(_signed(account.day_pnl))[0]), 16),
        ),
        (_facts(model), 26),
    ]
    used = sum(width for _, width in blocks) + 3 * len(blocks)
    while used > room + 3 and len(blocks) > 2:
        blocks.pop()
        used = sum(width for _, width in blocks) + 3 * len(blocks)
    if room - used >= CURVE and height > 1:
        blocks.append((_curve(model, room - used, height), room - used))
    return beside(blocks, gap=3)


def whole(amount: str) -> str:
    """Dollars without the cents: digits that large are read from afar."""
    return money(amount).partition(".")[0]


def _signed(amount: str) -> str:
    shown = whole(amount)
    return shown if shown.startswith("-") or shown == NOTHING or not shown.strip("0") else f"+{shown}"


def _facts(model: Model) -> list[Line]:
    account = model.account
    return [
        _fact("cash", Span(money(account.cash))),
        _fact("exposure", Span(f"{money(account.exposure)} {percent(account.exposure_pct)}")),
        _fact("unrealized", gained(account.unrealized_pnl)),
        _fact("realized", gained(account.realized_pnl_today)),
    ]


def _fact(name: str, value: Span) -> Line:
    return line((f"{name:<11}", "dim"), (f"{value.text:>15}", value.tone))


def _curve(model: Model, room: int, height: int) -> list[Line]:
    values = [value for _, value in model.equity]
    if len(values) < 2:
        return [EMPTY]
    low, high = min(values), max(values)
    rows = plot(values, room, height - 1)
    label = line((f"equity curve  low {low:,.0f}  high {high:,.0f}", "dim"))
    return [label, *(line((row, "accent")) for row in rows)]
