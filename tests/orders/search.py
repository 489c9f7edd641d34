"""Breadth first through every state of a `Scope` up to a depth; what is found comes with the way that leads to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from orders.acts import Choice
from orders.checks import faults, unsettled
from orders.keys import Key
from orders.memory import Saved
from orders.scope import NeverRests, Scope


@dataclass(slots=True)
class Found:
    """What a search has seen. `faults` are texts, each with the choices that lead to it."""

    states: int = 0
    transitions: int = 0
    settled: int = 0
    by_depth: list[int] = field(default_factory=list)
    faults: list[tuple[str, tuple[Choice, ...]]] = field(default_factory=list)


class Search:
    """All states that are reached from a start in at most `depth` choices. It stops at the first `most_faults`."""

    def __init__(self, scope: Scope, most_faults: int = 1) -> None:
        self.scope = scope
        self.found = Found()
        self._most = most_faults
        self._seen: set[Key] = set()
        self._at_rest: set[Key] = set()  # states from which rest was reached, and all was well there

    def run(self, depth: int) -> Found:
        """Search; see `found`."""
        level: list[tuple[Saved, tuple[Choice, ...]]] = []
        self._reached(level, (), last=depth == 0)
        for number in range(depth):
            self.found.by_depth.append(len(level))
            following: list[tuple[Saved, tuple[Choice, ...]]] = []
            for saved, way in level:
                self.scope.restore(saved)
                for choice in self.scope.choices():
                    if len(self.found.faults) >= self._most:
                        return self.found
                    self.scope.restore(saved)
                    self.scope.take(choice)
                    self.found.transitions += 1
                    self._reached(following, (*way, choice), last=number == depth - 1)
            level = following
        self.found.by_depth.append(len(level))
        return self.found

    def _reached(self, level: list[tuple[Saved, tuple[Choice, ...]]], way: tuple[Choice, ...], last: bool) -> None:
        """Note a state that is new, look at it, and let it come to rest."""
        scope = self.scope
        key = scope.key()
        if key in self._seen:
            return
        self._seen.add(key)
        self.found.states += 1
        saved = scope.save() if not last else []  # from there it does not go on
        fault = next(faults(scope.engine, scope.broker, scope.wanted, scope.entries), "") or self._settles(key)
        if fault:
            self.found.faults.append((fault, way))
        else:
            level.append((saved, way))

    def _settles(self, key: Key) -> str:
        """What is wrong once an exchange that answers honestly and time had their way; "" for nothing."""
        if key in self._at_rest:
            return ""
        on_the_way = [key]

        def known(passed: Key) -> bool:
            if passed in self._at_rest:
                return True
            on_the_way.append(passed)
            return False

        self.found.settled += 1
        try:
            reached = self.scope.settle(known)
        except NeverRests as fault:
            return str(fault)
        fault = self.scope.wrong or (next(unsettled(self.scope.engine, self.scope.broker), "") if reached else "")
        if not fault:
            self._at_rest.update(on_the_way)
        return fault
