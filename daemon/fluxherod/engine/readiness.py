"""Whether new risk may be taken now, and the one word for it. Exits never ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxherod.core.calendar import SECOND_NS

if TYPE_CHECKING:
    from fluxherod.engine.engine import Engine

STREAMS = ("market", "trading")


def blocked(engine: Engine, now_ns: int) -> str:
    """What blocks new risk in every symbol, in words; "" when nothing does."""
    if engine.commands.halted:
        return f"Trading halted: {engine.commands.halted}. Resume when reviewed."
    if engine.stopping:
        return "the daemon is stopping"
    if refusal := refused(engine):
        return refusal
    if down := _down(engine):
        return f"no {' and no '.join(down)} connection"
    account = engine.ledger.account
    if account is None or engine.ledger.cash_e4 is None:
        return "the account is not known yet"
    if account.blocked:
        return "the broker has blocked the account"
    age_ns = now_ns - engine.ledger.account_ns
    if age_ns > engine.settings.account_max_age_ns + engine.settings.latency_ns:
        return f"the account data is {age_ns // SECOND_NS} s old"
    return engine.universe.conflict


def state(engine: Engine) -> str:
    """STARTING, WARMING, ACTIVE, DEGRADED, HALTED or STOPPING."""
    if engine.stopping:
        return "STOPPING"
    if refused(engine):
        return "DEGRADED"  # halted or not, it can do nothing
    if engine.ledger.account is None or not engine.market.calendar.sessions:
        return "STARTING"
    if engine.commands.halted:
        return "HALTED"
    if _down(engine):
        return "DEGRADED" if engine.links else "STARTING"
    return "WARMING" if warming(engine) else "ACTIVE"


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
