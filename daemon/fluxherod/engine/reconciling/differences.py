"""What differs between our books and the broker's, how long, and whether it is sure."""

from __future__ import annotations

from dataclasses import dataclass, replace

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what we have, what the broker has, by which rule it is treated, and whether it is `sure`."""

    subject: str
    symbol: str
    ours: str
    theirs: str
    rule: str
    since_ns: int
    sure: bool = False

    @property
    def same_as(self) -> Key:
        """Two snapshots show one difference when these agree."""
        return self.ours, self.theirs


class Differences:
    """Those that the newest snapshot showed, by subject. One that it could not judge stays as it was."""

    def __init__(self) -> None:
        self.standing: dict[str, Difference] = {}
        self._found: dict[str, Difference] = {}
        self._told: dict[str, Key] = {}

    def begin(self) -> None:
        """A snapshot is compared: what it does not show again is over."""
        self._found = {}

    def end(self) -> None:
        """The comparison is over."""
        for subject in self.standing.keys() - self._found.keys():
            self._told.pop(subject, None)
        self.standing = self._found

    def note(self, subject: str, symbol: str, ours: str, theirs: str, rule: str, now_ns: int) -> Difference:
        """A difference is seen; returns it with the time at which it was seen first."""
        known = self.standing.get(subject)
        same = known is not None and known.same_as == (ours, theirs)
        since_ns = known.since_ns if known is not None and same else now_ns
        found = Difference(subject, symbol, ours, theirs, rule, since_ns)
        self._found[subject] = found
        return found

    def again(self, subject: str) -> bool:
        """True when the snapshot before showed the same of a subject as this one."""
        before, found = self.standing.get(subject), self._found.get(subject)
        return before is not None and found is not None and before.same_as == found.same_as

    def confirm(self, difference: Difference) -> bool:
        """It is sure; True when it is to be told."""
        self._found[difference.subject] = replace(difference, sure=True)
        news = self._told.get(difference.subject) != difference.same_as
        self._told[difference.subject] = difference.same_as
        return news

    def keep(self, subject: str) -> None:
        """It can't be judged now."""
        if subject in self.standing:
            self._found[subject] = self.standing[subject]

    def drop(self, subject: str) -> None:
        """It is over: adopted."""
        self._found.pop(subject, None)

    @property
    def doubtful(self) -> bool:
        """True while a position's difference of this snapshot is not sure."""
        return any(found.subject.startswith("position ") and not found.sure for found in self._found.values())
