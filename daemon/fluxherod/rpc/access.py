"""Who may call what. Every call of every service passes the gate before anything of it is looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from fluxherod.engine.answers import NotDurable
from fluxherod.engine.runner import Stopped
from fluxherod.rpc.audit import Audit
from fluxherod.rpc.calls import Context
from fluxherod.rpc.errors import Refused
from fluxherod.rpc.info import GrpcSection
from fluxherod.rpc.limits import Holds, Loads, Rates, Turns, Windows
from fluxherod.rpc.roles import Role, Rule, rule_of
from fluxherod.rpc.tokens import Token, TokenBook, TokensUnreadable

__all__ = ["Gate", "Peer", "Role", "Visit", "calling"]

UNIX = "unix"
LOOK_AT_STREAMS_EVERY_S = 1.0
MOST_STRANGERS, MOST_OF_ONE_HOST = 64, 16
_HEADER = "authorization"
_HOW = "send it as metadata, authorization: Bearer TOKEN (see `fluxherod token`)"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who calls: the principal, which stays the same over reconnections, a role, where from, by which token."""

    name: str
    role: Role
    address: str = ""
    token_id: str = ""
    expires: datetime | None = None


_CALLING: ContextVar[Peer] = ContextVar("calling")


def calling() -> Peer:
    """Who made the call that this task answers."""
    return _CALLING.get()


class Gate:
    """Knows who calls, by token or by socket, what each may do, and how much of it."""

    def __init__(
        self,
        settings: GrpcSection,
        book: TokenBook,
        now_s: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.audit = Audit(now_s)
        self.loads = Loads(settings.calls_in_flight, settings.streams_per_caller)
        # Whoever asks for health may have no token: apart, and few, so that nobody with one finds no room.
        few = min(MOST_OF_ONE_HOST, settings.streams_per_caller)
        self.strangers = Loads(MOST_STRANGERS, few, of="without a token")
        self.turns = Turns()
        self._rules: dict[str, Rule] = {}
        self._book = book
        self._now = now
        self._unix_role = Role[settings.unix_role.upper()]
        self._rates = Rates(settings.requests_per_second, now_s)
        self._failures = Windows(now_s)
        # Few beside the calls that one connection may have: those with a valid token may share it with a flood.
        self.holds = Holds(settings.max_concurrent_streams // 4)
        self._most_failures = settings.failed_attempts_per_minute
        self._streams: set[Visit] = set()
        self._look: asyncio.TimerHandle | None = None

    def guard(self, method: str, rule: Rule | None = None) -> None:
        """Take a method in, by the rule that is given for it, now or before, or else by that of the contract.

        Raises:
            NoRole: when nothing says who may call it.
        """
        if rule is not None or method not in self._rules:
            self._rules[method] = rule or rule_of(method)

    def enter(self, method: str, context: Context, *, streams: bool = False) -> Visit:
        """Let a call in for as long as it lasts: the visit is a context manager.

        Raises:
            Refused: when the caller may not, or not now.
        """
        peer, rule = self.admit(method, context), self._rules[method]
        loads = self._loads(rule)
        if full := loads.full(peer.name, streams) if not rule.changes else "":
            raise Refused("LIMIT_EXCEEDED", full)
        loads.take(peer.name, streams)
        return Visit(self, method, peer, rule, streams)

    def _loads(self, rule: Rule) -> Loads:
        return self.strangers if rule.role is Role.NONE else self.loads

    def admit(self, method: str, context: Context) -> Peer:
        """Who calls `/package.Service/Method`; `calling()` says it from then on in the task of the call.

        Raises:
            Refused: when the caller may not.
        """
        rule = self._rules[method]
        peer = self._identify(context, rule)
        kind = "changes" if rule.changes else "reads"  # apart: whoever reads too much must still be able to halt
        if wait_s := self._rates.wait_s(f"{peer.name} {kind}"):
            text = f"{peer.name} asks more often than it may (grpc.requests_per_second)"
            raise Refused("LIMIT_EXCEEDED", text, retry_s=wait_s)
        if peer.role < rule.role:
            self.audit.refused(peer, method, "ROLE_INSUFFICIENT")
            text = f"{method.removeprefix('/')} needs the role {rule.role}, and {peer.name} has {peer.role}"
            raise Refused("ROLE_INSUFFICIENT", text, metadata={"role": str(peer.role), "required": str(rule.role)})
        _CALLING.set(peer)
        return peer

    def knows(self, metadata: Iterable[tuple[str, str | bytes]]) -> bool:
        """Whether a call comes with a valid token. Nothing is counted, and nobody told: `enter` does that."""
        try:
            token = self._book.find(_bearer([value for key, value in metadata if key.lower() == _HEADER]))
        except TokensUnreadable:
            return False
        return token is not None and not token.ended(self._now())

    def look_at_tokens(self) -> None:
        """Raise the alarm when they can't be read; `enter` would at the first call that brings one."""
        try:
            self._book.get("")
        except TokensUnreadable as problem:
            self.audit.unreadable(str(problem))

    # --- who it is ---------------------------------------------------------------------------------
    def _identify(self, context: Context, rule: Rule) -> Peer:
        address = context.peer()
        host = _host(address)
        if rule.role is Role.NONE:
            return Peer(host, Role.NONE, address)
        try:
            return self._known(host, address, list(context.invocation_metadata() or ()))
        except TokensUnreadable as problem:
            self.audit.unreadable(str(problem))
            text = "the daemon can't read its tokens, so it can check none; its log says what to do"
            raise Refused("TOKENS_UNREADABLE", text) from problem

    def _known(self, host: str, address: str, metadata: Iterable[tuple[str, str | bytes]]) -> Peer:
        given = [value for key, value in metadata if key.lower() == _HEADER]
        if not given:
            if host == UNIX:
                return Peer(UNIX, self._unix_role, address)
            raise self._failed(host, address, "TOKEN_MISSING", f"a token is needed: {_HOW}")
        secret = _bearer(given)
        token = self._book.find(secret) if secret else None
        if token is None:
            text = "this is no token of the daemon's" if secret else f"the token can't be read: {_HOW}"
            raise self._failed(host, address, "TOKEN_INVALID", text)
        if ended := token.ended(self._now()):
            raise self._failed(host, address, "TOKEN_INVALID", f"the token {token.name} {ended}")
        return Peer(f"token:{token.name}", Role[token.role.upper()], address, token.id, token.expires)

    def _failed(self, host: str, address: str, reason: str, text: str) -> Refused:
        """How a failed attempt is refused: after some in a minute only with when to come back.

        A valid token is let in whatever others on its host did: 256 random bits can't be found by trying, so all that
        the limit saves is work and log, and to lock a host out would let any program on it lock out those that trade.
        """
        count, before = self._failures.count(host)
        self.audit.failed(address, reason, text, count, before, self._most_failures)
        if count <= self._most_failures:
            return Refused(reason, text)
        text = f"too many failed attempts from {host} (grpc.failed_attempts_per_minute); this one: {text}"
        return Refused("LIMIT_EXCEEDED", text, retry_s=self._failures.left_s(host), held=True)

    # --- streams, which outlast what they were admitted by -----------------------------------------
    def follow(self, visit: Visit) -> None:
        """Look at the token of a stream again and again."""
        self._streams.add(visit)
        self._look_later()

    def leave(self, visit: Visit) -> None:
        """A call has ended."""
        self._streams.discard(visit)
        self._loads(visit.rule).give_back(visit.peer.name, visit.streams)

    def _look_later(self) -> None:
        if self._streams and self._look is None:
            self._look = asyncio.get_running_loop().call_later(LOOK_AT_STREAMS_EVERY_S, self._look_at_streams)

    def _look_at_streams(self) -> None:
        self._look = None
        for visit in self._streams:
            try:
                self._look_at(visit, self._book.get(visit.peer.token_id))
            except TokensUnreadable as problem:
                self.audit.unreadable(str(problem))
                visit.end(Refused("TOKENS_UNREADABLE", "the daemon can no longer read its tokens"))
        self._look_later()

    def _look_at(self, visit: Visit, token: Token | None) -> None:
        ended = token.ended(self._now()) if token is not None else "is no longer in the list"
        if ended:
            self.audit.ended(visit.peer, visit.method, ended)
            visit.end(Refused("TOKEN_INVALID", f"{visit.peer.name} {ended}"))


class Visit:
    """A call that was let in, for as long as it lasts."""

    def __init__(self, gate: Gate, method: str, peer: Peer, rule: Rule, streams: bool) -> None:
        self.peer = peer
        self.method = method
        self.streams = streams
        self.request: Any = None  # once it was read
        self._gate = gate
        self.rule = rule
        self._until: asyncio.Timeout | None = None
        self._ended: Refused | None = None
        self._since_s = time.monotonic()

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._gate.leave(self)
        if self.rule.changes:
            seconds = time.monotonic() - self._since_s
            self._gate.audit.changed(self.peer, self.method, self.request, _outcome(error), seconds)

    async def turn(self) -> None:
        """Wait for the caller's turn to read; what changes something does not wait."""
        if not self.rule.changes:
            await self._gate.turns.take(self.peer.name)

    @asynccontextmanager
    async def while_valid(self) -> AsyncIterator[None]:
        """What runs inside ends with a refusal once the caller's token is no longer valid."""
        if not self.peer.token_id:
            yield
            return
        try:
            async with asyncio.timeout(None) as self._until:
                self._gate.follow(self)
                yield
        except TimeoutError:
            raise self._ended or TimeoutError() from None

    def end(self, refused: Refused) -> None:
        """End the stream with this refusal."""
        if self._until is not None and self._ended is None:
            self._ended = refused
            self._until.reschedule(asyncio.get_running_loop().time())


def _outcome(error: BaseException | None) -> str:
    match error:
        case None:
            return "OK"
        case Refused(reason=reason):
            return reason
        case TimeoutError():
            return "DEADLINE_EXCEEDED"
        case asyncio.CancelledError():
            return "CANCELLED"
        case Stopped():
            return "SHUTTING_DOWN"
        case NotDurable():
            return "NOT_DURABLE"
    return "INTERNAL"


def _host(address: str) -> str:
    """Whom failures are counted for: the socket, or the host of ipv4:127.0.0.1:5123 or web:[::1]:5123."""
    kind, _, rest = address.partition(":")
    return UNIX if kind == UNIX else f"host:{unquote(rest.rpartition(':')[0] or rest)}"


def _bearer(given: list[str | bytes]) -> str:
    """The token of the one authorization header; empty when there are more, or it is none of ours."""
    if len(given) != 1 or isinstance(given[0], bytes):
        return ""
    scheme, _, secret = given[0].strip().partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""
