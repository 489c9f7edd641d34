"""Where our books may not be the broker's: symbols that are left alone, and the shares that may leave at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate

from fluxherod.core.calendar import MINUTE_NS, SECOND_NS
from fluxherod.core.portfolio import Position
from fluxherod.engine.settings import Settings

MOST_DOUBLINGS = 5
CONFIRMED_WITHIN_NS = 10 * SECOND_NS
LAGS_FOR_NS = MINUTE_NS  # how long after a fill the broker's positions and cash may be those of before it


class Doubts:
    """By symbol. After trouble nothing leaves until a hold is over and a snapshot of after it has come.

    Without such a snapshot what we know is acted on after ten seconds: shares must not stay unguarded for long. A word
    of the broker's that it has fewer shares than we holds an exit up for no longer than that either where fills of the
    last minute are what it lacks; else no exit is for more until the broker says otherwise.
    """

    def __init__(self) -> None:
        self.holds: dict[str, int] = {}  # leave it alone until then
        self.lost: dict[str, dict[str, str]] = {}  # orders with an id of ours that no journal of ours has, in words
        self.resumed: set[str] = set()  # such orders that an operator has seen
        self._trouble: dict[str, int] = {}  # refusals in a row, each doubles the next hold
        self._unconfirmed: dict[
            str, tuple[int, int]
        ] = {}  # the last trouble, and when its snapshot is waited for no more
        self._theirs: dict[str, int] = {}  # signed shares at the broker, where they are fewer than ours
        self.fresh: dict[str, int] = {}  # until when that word counts for an exit in any case
        self._lacks: dict[str, int] = {}  # what is missing there, and no fill that it has not counted explains
        self._lagging: set[str] = set()  # fills that the broker has not counted yet may be all that is missing
        self._reserved: Mapping[str, int] = {}
        self._fills: dict[str, list[tuple[int, int]]] = {}  # fills of the last minute: when, and signed shares

    # --- trouble -------------------------------------------------------------------------------------
    def hold(self, symbol: str, now_ns: int, settings: Settings) -> None:
        """Something is not as we thought: leave the symbol alone, longer each time."""
        times = self._trouble.get(symbol, 0)
        self._trouble[symbol] = times + 1
        pause_ns = settings.refusal_pause_ns * 2 ** min(times, MOST_DOUBLINGS)
        self.holds[symbol] = now_ns + pause_ns + settings.latency_ns
        self._unconfirmed[symbol] = now_ns, self.holds[symbol] + CONFIRMED_WITHIN_NS

    def suspect(self, symbol: str, now_ns: int) -> None:
        """Someone else may have traded our shares: the next step waits for a snapshot."""
        self._unconfirmed[symbol] = now_ns, now_ns + CONFIRMED_WITHIN_NS

    def freed(self, symbol: str, now_ns: int, settings: Settings) -> None:
        """Someone else's order, which may have held shares of ours, is over: a hold is now no longer than the first."""
        self.is_well(symbol)
        if symbol in self.holds:
            self.holds[symbol] = min(self.holds[symbol], now_ns + settings.refusal_pause_ns + settings.latency_ns)

    def is_well(self, symbol: str) -> None:
        """The broker took an order of it: the next trouble is the first again."""
        self._trouble.pop(symbol, None)

    def take(self, asked_ns: int) -> frozenset[str]:
        """A snapshot that was asked for after the trouble says what may be done: for these symbols."""
        answered = frozenset(symbol for symbol, (since_ns, _) in self._unconfirmed.items() if since_ns <= asked_ns)
        for symbol in answered:
            del self._unconfirmed[symbol]
        return answered

    def awaits_snapshot(self, symbol: str, now_ns: int, settings: Settings) -> bool:
        """True when the next step must wait for a snapshot; it is then looked at again after a pause."""
        waits = self._unconfirmed.get(symbol)
        if waits is None:
            return False
        if waits[1] <= now_ns:
            del self._unconfirmed[symbol]
            return False
        self.holds[symbol] = min(now_ns + settings.refusal_pause_ns + settings.latency_ns, waits[1])
        return True

    # --- how many shares there are -------------------------------------------------------------------
    def fewer(self, symbol: str, ours: int, theirs: int, now_ns: int) -> None:
        """The broker's newest word is that it has fewer shares of ours than we think, or none, or the other side."""
        self._theirs[symbol] = theirs
        self.fresh[symbol] = now_ns + CONFIRMED_WITHIN_NS
        lacks, newest_first = ours - theirs, reversed(self._fills.get(symbol, []))
        recent = accumulate(signed for at_ns, signed in newest_first if now_ns - at_ns < LAGS_FOR_NS)
        if lacks != self._lacks.get(symbol) and lacks in recent:
            self._lagging.add(symbol)
        else:
            self._lagging.discard(symbol)
            self._lacks[symbol] = lacks  # it stays what it is, whatever fills come to meanwhile

    def traded(self, symbol: str, ours: int, theirs: int, now_ns: int) -> None:
        """What the broker has after someone else's fill: no lag of its books explains that it is less than ours."""
        if theirs * ours < ours * ours:
            self.fewer(symbol, ours, theirs, now_ns)
            self._lagging.discard(symbol)
            self._lacks[symbol] = ours - theirs

    def enough(self, symbol: str) -> None:
        """The broker has at least the shares that we think, or its word was of a position that is no more."""
        self._theirs.pop(symbol, None)
        self.fresh.pop(symbol, None)
        self._lacks.pop(symbol, None)

    def expire(self, now_ns: int) -> list[str]:
        """The symbols whose word has just become too old for an exit."""
        old = [symbol for symbol, until_ns in self.fresh.items() if until_ns <= now_ns]
        for symbol in old:
            del self.fresh[symbol]
        return old

    def filled(self, symbol: str, signed: int, now_ns: int) -> None:
        """Shares of an order of ours were traded."""
        if symbol in self._theirs:
            self._theirs[symbol] += signed
        recent = [fill for fill in self._fills.get(symbol, []) if now_ns - fill[0] < LAGS_FOR_NS]
        self._fills[symbol] = [*recent, (now_ns, signed)]

    def settled_ns(self, symbol: str) -> int:
        """From when on the broker's figures surely have all that we have filled of a symbol."""
        fills = self._fills.get(symbol)
        return fills[-1][0] + LAGS_FOR_NS if fills else 0

    def reserve(self, reserved: Mapping[str, int]) -> None:
        """The shares that orders of others are to sell of our positions, or to buy back, by the newest snapshot."""
        self._reserved = reserved

    def most(self, position: Position | None) -> int | None:
        """How many shares of a position may leave at most; None when all of them.

        Of shares that an order of someone else holds the broker takes no second one. Where it holds all of ours, all
        are tried: it may be over by now.
        """
        if position is None:
            return None
        theirs = self._theirs.get(position.symbol)
        if position.exit_reason and position.symbol in self._lagging and position.symbol not in self.fresh:
            theirs = None
        there = position.quantity if theirs is None else theirs
        most = max(0, there if position.quantity > 0 else -there)
        if 0 < self._reserved.get(position.symbol, 0) < most:
            return most - self._reserved[position.symbol]
        return most if theirs is not None else None

    def confirmed(self, position: Position) -> Position:
        """The position as far as the broker has it."""
        most = self.most(position)
        if most is None or most >= abs(position.quantity):
            return position
        return replace(position, quantity=most if position.quantity > 0 else -most)

    # --- orders that nobody remembers ------------------------------------------------------------------
    def why_frozen(self, symbol: str) -> str:
        """Why a symbol takes no new risk; "" when nothing is lost there."""
        return next(iter(self.lost.get(symbol, {}).values()), "")

    def resume(self) -> None:
        """An operator lets trading go on: what is lost now stops it no longer."""
        self.resumed.update(broker_id for orders in self.lost.values() for broker_id in orders)
        self.lost.clear()
