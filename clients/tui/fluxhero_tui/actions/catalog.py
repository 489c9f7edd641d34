"""The registry: everything that can be done at this terminal."""

from __future__ import annotations

from fluxhero_tui.actions import lists, look, safety, trade
from fluxhero_tui.actions.action import Action, Registry
from fluxhero_tui.link.role import Role

_TABLES = ("dashboard", "positions", "orders", "signals", "risk", "log", "backtest")
_SYMBOLS = ("dashboard", "chart", "positions", "orders", "signals")

REGISTRY = Registry(
    [
        *(
            Action(f"screen_{name.lower()}", (str(number + 1),), name, text, "Go to", look.to_screen(number))
            for number, (name, text) in enumerate(
                [
                    ("Dashboard", "Account, quotes, positions, latest signals"),
                    ("Chart", "Candles with indicators, stop, fills, regime"),
                    ("Positions", "Open positions, what guards them, closed trades"),
                    ("Orders", "Orders with their state, chase and age"),
                    ("Signals", "Why a symbol was traded, or was not"),
                    ("Risk", "Limits, drawdown, breaker, correlations"),
                    ("Backtest", "The strategy on past bars"),
                    ("Log", "Alerts and what has happened"),
                ]
            )
        ),
        Action("help", ("question_mark", "f1"), "Help", "All keys of this terminal", "Terminal", look.help, rank=0),
        Action("palette", ("ctrl+p", "colon"), "Commands", "Search all that can be done", "Terminal", look.palette, rank=1),
        Action("search", ("slash",), "Search", "Show only rows with these words", "Lists", lists.search, views=_TABLES, rank=2),
        Action("clear", ("escape",), "Clear search", "Show all rows again", "Lists", lists.clear, views=_TABLES),
        Action("down", ("j", "down"), "Down", "A row down", "Lists", lists.down),
        Action("up", ("k", "up"), "Up", "A row up", "Lists", lists.up),
        Action("half_down", ("ctrl+d", "pagedown"), "Page down", "Half a page down", "Lists", lists.page_down),
        Action("half_up", ("ctrl+u", "pageup"), "Page up", "Half a page up", "Lists", lists.page_up),
        Action("first", ("g", "home"), "First", "The first row", "Lists", lists.first),
        Action("last", ("G", "end"), "Last", "The last row", "Lists", lists.last),
        Action("sort", ("s",), "Sort", "Order the rows by the next column", "Lists", lists.sort, views=_TABLES, rank=7),
        Action("reverse", ("S",), "Reverse", "Order the rows the other way round", "Lists", lists.reverse, views=_TABLES),
        Action("copy", ("y",), "Copy", "Copy the row to the clipboard", "Lists", lists.copy, views=_TABLES, rank=8),
        Action("next_symbol", ("right_square_bracket", "l"), "Next symbol", "Look at the next symbol", "Look", look.next_symbol),
        Action("previous_symbol", ("left_square_bracket", "h"), "Previous symbol", "Look at the symbol before", "Look", look.previous_symbol),
        Action("timeframe", ("T",), "Time frame", "Bars of another length", "Look", look.next_timeframe, views=("chart",), rank=3),
        Action("explain", ("w",), "Why", "Why the symbol is traded, or is not, at its last bar", "Look", look.explain, views=_SYMBOLS, rank=4),
        Action("open", ("enter",), "Open", "More: an order's life, a signal's reasons, a symbol's chart", "Look", look.open_row, views=_TABLES, rank=6),
        Action("run_backtest", ("r",), "Run", "Run the backtest of the form", "Trade", look.run_backtest, Role.TRADE, ("backtest",), rank=3),
        Action("cancel_backtest", ("x",), "Cancel", "End the run that goes on", "Trade", look.cancel_backtest, Role.TRADE, ("backtest",), rank=4),
        Action("theme", ("t",), "Theme", "The next colour theme", "Terminal", look.next_theme),
        Action("quit", ("q", "ctrl+q"), "Quit", "Leave; the daemon goes on trading", "Terminal", look.quit, rank=9),
        Action("order", ("o",), "Order", "Write an order, with what risk says to it", "Trade", trade.order, Role.TRADE, rank=3),
        Action("preview", ("p",), "Preview", "What risk would say to an order", "Trade", trade.order, views=_SYMBOLS, rank=6),
        Action("close", ("x",), "Close", "Close the position at the market", "Trade", trade.close, Role.TRADE, ("positions", "dashboard"), rank=4),
        Action("close_all", ("X",), "Close all", "Close all positions of FluxHero; trading goes on", "Trade", trade.close_all, Role.TRADE, ("positions",), rank=6),
        Action("cancel", ("x",), "Cancel", "Cancel the order", "Trade", trade.cancel, Role.TRADE, ("orders",), rank=4),
        Action("cancel_all", ("X",), "Cancel all", "Cancel all working orders but protective stops", "Trade", trade.cancel_all, Role.TRADE, ("orders",), rank=6),
        Action("replace", ("r",), "Change", "Change price or quantity of an operator's limit order", "Trade", trade.replace, Role.TRADE, ("orders",), rank=5),
        Action("acknowledge", ("a",), "Acknowledge", "Say that you have seen to the alert", "Trade", trade.acknowledge, Role.TRADE, ("log",), rank=3),
        Action("toggle", ("e",), "Enable/disable", "Let the symbol be entered, or not", "Trade", trade.toggle, Role.TRADE, ("dashboard", "chart"), rank=8),
        Action("halt", ("H",), "HALT", "Kill switch: no new risk; entries are cancelled, stops stay", "Stop trading", safety.halt, Role.TRADE, rank=5),
        Action("flatten", ("F",), "FLATTEN", "Halt, cancel all orders, close all positions at the market", "Stop trading", safety.flatten, Role.TRADE, rank=5),
        Action("resume", ("R",), "Resume", "End a halt", "Stop trading", safety.resume, Role.ADMIN),
        Action("reset", ("B",), "Reset breaker", "End what losses have latched", "Stop trading", safety.reset, Role.ADMIN),
    ]
)
