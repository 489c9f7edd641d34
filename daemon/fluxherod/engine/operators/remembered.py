"""Answers that are given again: of each request its command, its reply, and when it was answered."""

from __future__ import annotations

from dataclasses import dataclass

from fluxherod.core.calendar import HOUR_NS
from fluxherod.engine.commands import Caller, Command
from fluxherod.engine.effects import Reply

KEEP_NS = 7 * 24 * HOUR_NS
MOST_OF_ONE = 10_000
MOST_OF_ALL = 50_000


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer; `names` are the orders or symbols for which a command that is for all of them was carried out."""

    command: Command
    reply: Reply
    at_ns: int
    names: tuple[str, ...] = ()


class Remembered:
    """The answers of 7 days. Of one caller the newest 10,000; of all 50,000, and beyond that who has most loses first.

    So nobody who asks much makes the daemon forget what others were answered.
    """

    def __init__(self, most_of_one: int = MOST_OF_ONE, most_of_all: int = MOST_OF_ALL) -> None:
        self._most_of_one = most_of_one
        self._most_of_all = most_of_all
        self._by_principal: dict[str, dict[str, Answered]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, caller: Caller, now_ns: int) -> Answered | None:
        """What a request was answered; None when it is new, or so old that its id may be used again."""
        found = self._by_principal.get(caller.principal, {}).get(caller.request_id)
        return None if found is None or now_ns - found.at_ns > KEEP_NS else found

    def note(self, answered: Answered) -> None:
        """Keep an answer, and of the older ones what there is room for."""
        self._forget(answered.at_ns)
        caller = answered.command.caller
        own = self._by_principal.setdefault(caller.principal, {})
        self._count += own.pop(caller.request_id, None) is None  # one that is too old stays where time went back
        own[caller.request_id] = answered
        if len(own) > self._most_of_one:
            self._drop(caller.principal)
        elif self._count > self._most_of_all:
            self._drop(max(self._by_principal, key=lambda name: len(self._by_principal[name])))

    def _forget(self, now_ns: int) -> None:
        for principal, answers in list(self._by_principal.items()):
            while answers and now_ns - next(iter(answers.values())).at_ns > KEEP_NS:
                self._drop(principal)

    def _drop(self, principal: str) -> None:
        answers = self._by_principal[principal]
        del answers[next(iter(answers))]
        self._count -= 1
        if not answers:
            del self._by_principal[principal]
