"""What is written down of who did, and who tried, what. The journal has the commands, with the same names."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from fluxherod.rpc.limits import Windows

if TYPE_CHECKING:
    from fluxherod.rpc.access import Peer

log = logging.getLogger("fluxherod.audit")
LONGEST_ID = 64


class Audit:
    """Lines of the log `fluxherod.audit`: each change, and of what is refused one a minute and kind."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._refusals = Windows(now_s)
        self.alarm: Callable[[str], None] = lambda text: None  # told of what an operator must mend

    def changed(self, peer: Peer, method: str, request: object, outcome: str, seconds: float) -> None:
        """A call that changes something has ended."""
        name, shown = _short(method), _said(request, "request_id")
        who = f"{peer.name} ({peer.role}, {peer.address})"
        about = {field: _said(request, field) for field in ("request_id", "symbol", "order_id")}
        # ascii(): it is the caller's, and must not write lines
        text = "%s by %s, request %s: %s after %.0f ms"
        log.info(text, name, who, ascii(shown), outcome, seconds * 1000, extra={**_about(peer, method), **about})

    def refused(self, peer: Peer, method: str, reason: str) -> None:
        """Somebody known tried what they may not."""
        count, before = self._refusals.count(f"{peer.name} {method}")
        if count == 1:
            who = f"{peer.name} ({peer.role}, {peer.address})"
            text = "%s by %s refused: %s%s"
            log.warning(text, _short(method), who, reason, _more(before), extra=_about(peer, method))

    def failed(self, address: str, reason: str, text: str, count: int, before: int, most: int) -> None:
        """Somebody did not say who they are: the `count`th attempt of their host in this minute."""
        if count == 1:
            log.warning("a call from %s refused: %s, %s%s", address, reason, text, _more(before))
        elif count == most + 1:
            log.warning("%d failed attempts from %s within a minute: it is told to wait", count, address)

    def ended(self, peer: Peer, method: str, text: str) -> None:
        """A running stream is ended because its token is no longer valid."""
        words = "%s of %s (%s) ended: its token %s"
        log.warning(words, _short(method), peer.name, peer.address, text, extra=_about(peer, method))

    def unreadable(self, text: str) -> None:
        """No token can be checked."""
        if self._refusals.count(text)[0] == 1:
            log.error("calls with a token are refused, also those over TCP: %s", text)
            self.alarm(text)


def _short(method: str) -> str:
    return method.rpartition("/")[2]


def _about(peer: Peer, method: str) -> dict[str, str]:
    return {"rpc": _short(method), "principal": peer.name}


def _said(request: object, field: str) -> str:
    """What a caller says in a field; "" where its request has none, or there is no request."""
    value = getattr(request, field, "")
    return value[:LONGEST_ID] if isinstance(value, str) else ""


def _more(before: int) -> str:
    return f" (and {before - 1} more like it in the last minute)" if before > 1 else ""
