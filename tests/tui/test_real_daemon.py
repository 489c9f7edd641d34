"""The terminal against a real daemon that trades on the simulator: every screen, orders by hand, a halt, a kill."""

from __future__ import annotations

from pathlib import Path

from harness.lockstep import Lockstep, lockstep
from harness.tape import PLAYED, SYMBOLS, TIMEFRAME
from harness.terminals import Terminal

SCREENS = {
    "1": ("Quotes", "Positions", "Signals"),
    "2": ("KAMA", "regime"),
    "3": ("Positions", "Trades"),
    "4": ("Orders",),
    "5": ("Signals",),
    "6": ("drawdown", "unprotected"),
    "7": ("Backtest",),
    "8": ("Alerts",),
}


def buy(pair: Lockstep, terminal: Terminal) -> None:
    """An order by hand, first one that risk refuses."""
    terminal.press("1", "o")
    terminal.until(lambda screen: "send, after a question" in screen)
    terminal.write("20")
    terminal.until(lambda screen: "BUY 20 AAPL" in screen and "a protective stop is mandatory" in screen)
    terminal.press("Tab", "Enter", "Down", "Up")
    terminal.write("75")
    terminal.until(lambda screen: "stop loss $75" in screen and "APPROVED" in screen)
    terminal.press("C-s")
    terminal.until(lambda screen: "Send the order" in screen)
    terminal.press("y")
    terminal.until(lambda screen: "on its way" in screen and "send, after a question" not in screen)
    pair.step()
    terminal.press("3")
    terminal.until(lambda screen: "AAPL    ▲ long" in screen)


def close(pair: Lockstep, terminal: Terminal) -> None:
    """The position becomes a trade."""
    terminal.press("x")
    terminal.until(lambda screen: "Close AAPL" in screen)
    terminal.press("y")
    terminal.until(lambda screen: "Close AAPL" not in screen)
    pair.step(2)
    terminal.until(lambda screen: "no position is open" in screen and "no trade yet" not in screen)
    terminal.press("4")
    terminal.until(lambda screen: "filled" in screen and "canceled" in screen)


def halt_and_resume(terminal: Terminal) -> None:
    """Both take a word and a reason."""
    for key, word, shown in (("H", "HALT", "HALTED"), ("R", "RESUME", "ACTIVE")):
        terminal.press(key)
        terminal.until(lambda screen, word=word: f"Type {word}" in screen)
        terminal.write("as a test", "Tab")
        terminal.write(word, "Enter")
        terminal.until(lambda screen, shown=shown: shown in screen.splitlines()[0])


def test_a_day_in_front_of_it(tmp_path: Path, terminal: Terminal) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, TIMEFRAME) as pair:
        pair.step(3)
        terminal.run("tui", "--address", f"unix:{pair.installation.runtime}/fluxherod.sock")
        terminal.until(lambda screen: "● live" in screen and "DEMO" in screen)
        for key, words in SCREENS.items():
            terminal.press(key)
            terminal.until(lambda screen, words=words: all(word in screen for word in words))
        buy(pair, terminal)
        halt_and_resume(terminal)
        pair.daemon.kill()
        terminal.until(lambda screen: "CONNECTION LOST" in screen)
        pair.start()
        terminal.until(lambda screen: "● live" in screen and "CONNECTION LOST" not in screen and "AAPL" in screen)
        close(pair, terminal)
        terminal.press("q")
        terminal.until(lambda screen: "The daemon goes on" in screen)
        terminal.press("y")
        terminal.until(lambda screen: "CODE=0" in screen)
