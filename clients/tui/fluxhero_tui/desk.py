"""What the person at the terminal is looking at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fluxhero_tui.draw.times import seconds_of
from fluxhero_tui.link.connection import Connection
from fluxhero_tui.panels.header import Top
from fluxhero_tui.state.link import Link
from fluxhero_tui.state.model import Model
from fluxhero_tui.state.role import Role


@dataclass
class Desk:
    """One place where screens and actions find everything. `clock` is the terminal's own, in seconds."""

    connection: Connection
    clock: Callable[[], float]
    symbol: str = ""
    signal_id: str = ""
    timeframe: str = ""
    # Orders that got no answer may have arrived: sent again under these ids they can't be placed twice.
    unanswered: dict[str, str] = field(default_factory=dict)

    @property
    def model(self) -> Model:
        return self.connection.model

    @property
    def link(self) -> Link:
        return self.connection.link

    @property
    def role(self) -> Role:
        return self.connection.role

    @property
    def top(self) -> Top:
        return Top(self.model, self.link, self.role, self.clock())

    def exchange_s(self) -> float:
        """The exchange's time in seconds: what the stream has said last."""
        return max(self.model.as_of_s, seconds_of(self.model.status.clock.time))

    def symbols(self) -> list[str]:
        """All symbols that can be looked at, in alphabetical order."""
        known = {*self.model.prices, *self.model.symbols, *self.model.status.symbols}
        return sorted(known)

    def current(self) -> str:
        """The symbol that is looked at: the first one until one was chosen; empty while none is known."""
        if not self.symbol:
            return next(iter(self.symbols()), "")
        return self.symbol

    def step(self, by: int) -> str:
        """Go to the next symbol, or the one before."""
        symbols = self.symbols()
        if symbols:
            here = symbols.index(self.current()) if self.current() in symbols else 0
            self.symbol = symbols[(here + by) % len(symbols)]
        return self.symbol
