"""What `systemctl status` shows of a running daemon: mode, state and why it is no better, equity, positions, feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fluxherod.core.calendar import HOUR_NS, MINUTE_NS
from fluxherod.core.money import dollars
from fluxherod.engine.runner import Runner
from fluxherod.rpc.info import MarketCounters


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Puts the line together. `detail` says at a trading time why no new risk is taken; "" when nothing is in the way.

    Nothing in it changes by itself from second to second, so that a daemon to which nothing happens says nothing.
    """

    mode: str
    runner: Runner
    market: MarketCounters
    detail: Callable[[int], str]

    def text(self) -> str:
        """The line now."""
        return f"{self.head()}; {self.figures()}" if self.runner.engine.run else self.head()

    def head(self) -> str:
        """Mode, state, and why it is no better."""
        runner = self.runner
        if not runner.engine.run:
            return f"{self.mode}, starting"
        state, why = runner.engine.state.lower(), self.detail(runner.clock.now_ns())
        if state == "starting" and not all(link.up for link in runner.engine.links.values()):
            state = "degraded"  # it has tried, and goes on trying
        why = why.rstrip(".")
        return f"{self.mode}, {state}: {why}" if why else f"{self.mode}, {state}"

    def figures(self) -> str:
        """Equity, positions and the age of the feed."""
        ledger = self.runner.engine.ledger
        equity_e4 = ledger.equity_e4
        equity = f"equity {dollars(equity_e4)}" if equity_e4 is not None else "equity unknown"
        count, foreign = len(ledger.positions), len(ledger.foreign)
        positions = f"{count} position{'' if count == 1 else 's'}{f' and {foreign} not ours' if foreign else ''}"
        return f"{equity}; {positions}; {self._feed()}"

    def _feed(self) -> str:
        link, last_ns = self.runner.engine.links.get("market"), self.market.last_message_ns
        if link is None or not link.up:
            return "no market feed"
        if self.market.stale:
            return "market feed mute"
        if not last_ns:
            return "feed connected"
        age_ns = self.runner.clock.now_ns() - last_ns
        if age_ns < MINUTE_NS:
            return "feed live"
        return f"feed {age_ns // MINUTE_NS} min old" if age_ns < HOUR_NS else f"feed {age_ns // HOUR_NS} h old"
