"""Whether new risk may be taken now, and the one word for it. Exits never ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fluxherod.core.calendar import SECOND_NS
from fluxherod.engine.events import LinkChanged
from fluxherod.engine.ledger import Ledger
from fluxherod.engine.market.market import Market
from fluxherod.engine.operators.universe import Universe
from fluxherod.engine.orders.closing import Closing
from fluxherod.engine.risk.safety import Safety
from fluxherod.engine.settings import Settings
from fluxherod.engine.storage import Storage

STREAMS = ("market", "trading")


class Engine(Protocol):
    """What is looked at."""

    @property
    def settings(self) -> Settings: ...
    @property
    def market(self) -> Market: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def safety(self) -> Safety: ...
    @property
    def storage(self) -> Storage: ...
    @property
    def universe(self) -> Universe: ...
    @property
    def closing(self) -> Closing: ...
    @property
    def links(self) -> Mapping[str, LinkChanged]: ...
    @property
    def stopping(self) -> str: ...


def blocked(engine: Engine, now_ns: int) -> str:
    """What blocks new risk in every symbol, in words; "" when nothing does."""
    if stops := engine.safety.blocked():
        return stops
    if engine.stopping:
        return "the daemon is stopping"
    if refusal := refused(engine):
        return refusal
    if why := unready(engine, now_ns):
        return why
    if engine.ledger.account is not None and engine.ledger.account.blocked:
        return "the broker has blocked the account"
    return engine.closing.why(now_ns) or engine.universe.conflict


def unready(engine: Engine, now_ns: int) -> str:
    """What blocks new risk and passes by itself, in words; "" when nothing does."""
    if fault := engine.storage.blocked():
        return fault
    if down := _down(engine):
        return f"no {' and no '.join(down)} connection"
    if engine.ledger.account is None or engine.ledger.cash_e4 is None:
        return "the account is not known yet"
    age_ns = now_ns - engine.ledger.account_ns
    if age_ns > engine.settings.account_max_age_ns + engine.settings.latency_ns:
        return f"the account data is {age_ns // SECOND_NS} s old"
    return ""


def state(engine: Engine, warms: bool) -> str:
    """STARTING, WARMING, ACTIVE, DEGRADED, HALTED or STOPPING. `warms` is whether any symbol does, see `warming`."""
    if engine.stopping:
        return "STOPPING"
    if refused(engine):
        return "DEGRADED"  # halted or not, it can do nothing
    if engine.ledger.account is None or not engine.market.calendar.sessions:
        return "STARTING"
    if engine.storage.fault:
        return "DEGRADED"  # halted or not, it can promise nothing
    if engine.safety.stopped:
        return "HALTED"
    if _down(engine):
        return "DEGRADED" if engine.links else "STARTING"
    return "WARMING" if warms else "ACTIVE"


def refused(engine: Engine) -> str:
    """The broker's host does not take the keys: nothing can be sent, exits neither. "" while it does."""
    rest = engine.links.get("rest")
    if rest is None or not rest.fatal:
        return ""
    return f"the broker refuses the credentials ({rest.detail}): only stops that stand at the broker protect positions"


def warming(engine: Engine) -> list[str]:
    """Symbols whose history or back-fill is still on its way; the others don't wait for one that joins them."""
    return [book.symbol for book in engine.market.books.values() if not book.live and not book.joining]


def _down(engine: Engine) -> list[str]:
    return [name for name in STREAMS if not (name in engine.links and engine.links[name].up)]
