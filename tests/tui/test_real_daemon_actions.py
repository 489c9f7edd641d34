"""Each thing that can be done at a terminal, done in a real one, with a real daemon behind it."""

from __future__ import annotations

from pathlib import Path

from harness.lockstep import Lockstep, lockstep
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME
from harness.terminals import Terminal

SETTINGS = ("risk.max_position=1", "risk.max_exposure=2")
ALL_BACKSPACES = ["BSpace"] * 4


def sees(terminal: Terminal, *words: str) -> None:
    """Wait until all of it is on the screen."""
    terminal.until(lambda screen: all(word in screen for word in words))


def leaves(terminal: Terminal, dialog: str) -> None:
    """Escape, and the dialog is gone. A letter right behind it would be Alt and that letter."""
    terminal.press("Escape")
    terminal.until(lambda screen: dialog not in screen)


def yes(terminal: Terminal, key: str, question: str, answer: str) -> None:
    """A key, its question, `y`, and what the terminal says then."""
    terminal.press(key)
    sees(terminal, question)
    terminal.press("y")
    sees(terminal, answer)


def typed(terminal: Terminal, key: str, word: str, answer: str, reason: str = "a test") -> None:
    """A key, its reason and word, and what the terminal says then."""
    terminal.press(key)
    sees(terminal, f"Type {word}")
    if reason:
        terminal.write(reason, "Enter")
    terminal.write(word, "Enter")
    sees(terminal, answer)


def order(pair: Lockstep, terminal: Terminal, symbol: str, shares: str, limit: str, stop: str) -> None:
    """A buy by the ticket, in one go."""
    terminal.press("1", "o")
    sees(terminal, "send, after a question")
    terminal.press("Up", "Up", *ALL_BACKSPACES)
    terminal.write(symbol, "Tab", "Tab")
    terminal.write(shares, "Tab")
    terminal.write(limit, "Tab")
    terminal.write(stop)
    sees(terminal, f"BUY {shares} {symbol}, {f'limit ${limit}' if limit else 'market'}, stop loss ${stop}", "APPROVED")
    terminal.press("C-s")
    sees(terminal, "Send the order")
    terminal.press("y")
    terminal.until(lambda screen: "send, after a question" not in screen)
    pair.settle()


def looks(terminal: Terminal) -> None:
    """What only looks: search, sort, copy, themes, symbols, time frames, palette, help, preview."""
    terminal.press("/")
    sees(terminal, "search: rows with")
    terminal.write("qqq", "Enter")
    terminal.until(lambda screen: "SPY" not in screen and "QQQ" in screen)
    terminal.press("Escape")
    sees(terminal, "SPY")
    terminal.press("s", "S")
    sees(terminal, "▼symbol")
    terminal.press("g", "y")
    sees(terminal, "copied")
    terminal.press("t")
    sees(terminal, "theme", "textual-light")
    terminal.press("g", "]", "]", "[", "2")
    sees(terminal, "AAPL  15Min")
    terminal.press("T")
    sees(terminal, "bars of 1Min are not kept")
    terminal.press("C-p", *"signals", "Enter")
    sees(terminal, "no signal yet")
    terminal.press("?")
    sees(terminal, "On this screen")
    terminal.press("End")
    sees(terminal, "Stop trading", "Reset breaker")
    leaves(terminal, "Keys")
    terminal.press("p")
    sees(terminal, "Order: preview only")
    leaves(terminal, "Order: preview only")
    terminal.press("w")
    sees(terminal, "NO TRADE")


def orders(pair: Lockstep, terminal: Terminal) -> None:
    """A limit order is placed, changed and cancelled, and one is cancelled with all others."""
    order(pair, terminal, "QQQ", "10", "390", "380")
    terminal.press("4", "g", "r")
    sees(terminal, "it has no limit to change")
    yes(terminal, "x", "PROTECTIVE STOP of the entry in QQQ", "order not cancelable")
    terminal.press("j", "r")
    sees(terminal, "Change the order")
    terminal.write("391.5", "Enter", "Enter")
    terminal.write("CHANGE", "Enter")
    sees(terminal, "takes its place", "391.50")
    pair.settle()
    terminal.press("g", "j", "Enter")
    sees(terminal, "limit 391.50", "What happened")
    leaves(terminal, "What happened")
    yes(terminal, "x", "Cancel buy 10 QQQ, limit $391.50", "Its cancel is on its way")
    pair.settle()
    order(pair, terminal, "SPY", "5", "220", "210")
    terminal.press("4")
    yes(terminal, "X", "Cancel all working orders", "1 order being cancelled")
    pair.settle()
    terminal.until(lambda screen: "pending" not in screen)


def positions(pair: Lockstep, terminal: Terminal) -> None:
    """Two positions are closed in one go; a symbol is switched off and on."""
    order(pair, terminal, "QQQ", "5", "", "380")
    order(pair, terminal, "SPY", "5", "", "210")
    terminal.press("3")
    sees(terminal, "QQQ     ▲ long", "SPY     ▲ long")
    typed(terminal, "X", "CLOSE", "2 positions being closed", reason="")
    pair.settle()
    sees(terminal, "no position is open")
    terminal.press("1", "g")
    yes(terminal, "e", "Take no new risk in", "is off")
    yes(terminal, "e", "be entered again?", "is on")


def losses(pair: Lockstep, terminal: Terminal) -> None:
    """A loss that ends the day's trading and reduces sizes is reset as far as it is latched, and its alert is seen."""
    order(pair, terminal, "AAPL", "450", "", "75.30")
    pair.simulator.post("/sim/fills", symbol="AAPL", side="sell", fills=[{"price": 40.0}])
    terminal.press("3")
    yes(terminal, "x", "Close AAPL", "AAPL is being closed")
    pair.settle()
    pair.step(2)
    sees(terminal, "BREAKER REDUCED", "DAILY LOSS")
    terminal.press("6")
    typed(terminal, "B", "RESET", "The breaker is")
    terminal.until(lambda screen: "DAILY LOSS" not in screen)
    terminal.press("8", "g", "a")
    sees(terminal, "acknowledged", "✓ seen")


def backtests(terminal: Terminal) -> None:
    """One is run to its end, one is cancelled, and parameters are swept."""
    terminal.press("7", "r")
    sees(terminal, "total return", "Trades of the run")
    terminal.press("r")
    sees(terminal, "running")
    terminal.press("x")
    sees(terminal, "was ended: canceled by")
    terminal.until(lambda screen: "canceled " in screen and "running " not in screen)
    terminal.press("BTab")
    terminal.write("entry_atr=0.4,0.5", "Tab", "v")
    sees(terminal, "2 combinations", "entry_atr=0.5", "sweep")


def test_each_action_does_what_it_says(tmp_path: Path, terminal: Terminal) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, TIMEFRAME, SETTINGS) as pair:
        pair.step(3)
        terminal.run("tui", "--address", f"unix:{pair.installation.runtime}/fluxherod.sock")
        sees(terminal, "● live", "AAPL")
        looks(terminal)
        orders(pair, terminal)
        positions(pair, terminal)
        losses(pair, terminal)
        backtests(terminal)
        order(pair, terminal, "AAPL", "5", "", "70")
        typed(terminal, "F", "FLATTEN", "HALTED")
        pair.settle()
        terminal.press("3")
        sees(terminal, "no position is open")
