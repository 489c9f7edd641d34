"""Nothing is held overnight: some minutes before the close entries are cancelled and all of ours is closed."""

from __future__ import annotations

from fluxherod.core.calendar import Session, new_york
from fluxherod.engine.effects import AlertRaised, Effect, Severity
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.orders.desk import Desk
from fluxherod.engine.orders.guard import Guard

REASON = "closed before the close: orders.flatten_at_close"


class Closing:
    """Does nothing while `flatten_before_close_ns` is 0. Remembers, over restarts, the session that it closed for."""

    market: Market
    desk: Desk
    ledger: Ledger
    guard: Guard

    def __init__(self) -> None:
        self._told = ""
        self._looked_ns = 0

    def connect(self, market: Market, desk: Desk, ledger: Ledger, guard: Guard) -> None:
        """Look after these from now on."""
        self.market, self.desk, self.ledger, self.guard = market, desk, ledger, guard

    def why(self, now_ns: int) -> str:
        """Why nothing is opened any more in this session; "" when it may be."""
        session = self._closing(now_ns)
        if session is None:
            return ""
        return (
            f"all is closed before the close at {new_york(session.close_ns):%H:%M}: no entries until the next session"
        )

    def look(self, now_ns: int, out: list[Effect]) -> None:
        """With each event: close what is open and call off what would open, from the time on and until the close."""
        self._looked_ns = now_ns
        session = self._closing(now_ns)
        if session is None:
            return
        self.guard.call_off(now_ns, True, out)
        leaving = [held for held in self.ledger.positions.values() if not held.exit_reason or held.exit_quantity]
        if self._told != session.day:
            self._told = session.day
            shut = f"{len(leaving)} positions are closed at the market" if leaving else "no position is open"
            text = f"the session ends at {new_york(session.close_ns):%H:%M}: {shut}, no entries until the next session"
            out.append(AlertRaised("FLATTEN_AT_CLOSE", Severity.INFO, text))
        for position in leaving:
            self.desk.leave(position, REASON, now_ns, out)

    def next_due_ns(self) -> int | None:
        """When `look` has something to do that it has not done yet."""
        before_ns, since_ns = self.desk.settings.flatten_before_close_ns, self._looked_ns
        if not before_ns:
            return None
        session = self.market.calendar.at(since_ns)
        if session is None or session.day == self._told:
            session = self.market.calendar.following(since_ns)
        return max(since_ns, session.close_ns - before_ns) if session is not None else None

    def _closing(self, now_ns: int) -> Session | None:
        """The session that is about to end."""
        before_ns = self.desk.settings.flatten_before_close_ns
        session = self.market.calendar.at(now_ns) if before_ns else None
        near = session is not None and now_ns >= session.close_ns - before_ns
        return session if near else None
