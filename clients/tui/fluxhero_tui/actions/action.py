"""What an action is, and which one a key means where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from fluxhero_tui.state.role import Role

if TYPE_CHECKING:
    from fluxhero_tui.app import FluxHeroTui

Run: TypeAlias = "Callable[[FluxHeroTui], Awaitable[None] | None]"

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "enter": "↵",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}


@dataclass(frozen=True)
class Action:
    """Something that can be done.

    Attributes:
        name: stable and unique.
        keys: by Textual's names; the first one is shown.
        title: a word or two, for the footer.
        text: a sentence, for help and palette.
        group: under which it stands in the help.
        run: what it does.
        role: the least role that may.
        views: the screens where it is offered; none: everywhere.
        rank: lower ones stay in a short footer; None keeps it out of the footer.
    """

    name: str
    keys: tuple[str, ...]
    title: str
    text: str
    group: str
    run: Run
    role: Role = Role.READ
    views: tuple[str, ...] = ()
    rank: int | None = None

    @property
    def key(self) -> str:
        """Its first key, as it is printed on the keyboard."""
        return shown(self.keys[0]) if self.keys else ""

    def allowed(self, role: Role) -> bool:
        """May a terminal with this role do it."""
        return role >= self.role

    def offered(self, view: str, role: Role) -> bool:
        """Is it there, on this screen and for this role."""
        return self.allowed(role) and (not self.views or view in self.views)


class Registry:
    """All actions. A screen's own come before those that are everywhere, so a key may mean something else there."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self.actions = tuple(actions)
        self._by_name = {action.name: action for action in self.actions}
        self._check()

    @property
    def keys(self) -> list[str]:
        """Every key that means anything anywhere."""
        return sorted({key for action in self.actions for key in action.keys})

    def offered(self, view: str, role: Role) -> list[Action]:
        """What can be done here, the screen's own first."""
        found = [action for action in self.actions if action.offered(view, role)]
        return sorted(found, key=lambda action: not action.views)

    def resolve(self, key: str, view: str, role: Role) -> Action | None:
        """What a key means here; None when nothing, or nothing that this role may."""
        return next((action for action in self.offered(view, role) if key in action.keys), None)

    def named(self, name: str) -> Action:
        """The action of a name.

        Raises:
            KeyError: when there is none.
        """
        return self._by_name[name]

    def footer(self, view: str, role: Role) -> list[Action]:
        """What the footer shows, what matters most first."""
        shown_there = [action for action in self.offered(view, role) if action.rank is not None]
        return sorted(shown_there, key=lambda action: (action.rank, not action.views))

    def groups(self, role: Role) -> dict[str, list[Action]]:
        """All that the role may, by group, for the help."""
        found: dict[str, list[Action]] = {}
        for action in self.actions:
            if action.allowed(role):
                found.setdefault(action.group, []).append(action)
        return found

    def _check(self) -> None:
        if len(self._by_name) < len(self.actions):
            raise ValueError("two actions share a name")
        for first, second in _pairs(self.actions):
            meet = (not first.views and not second.views) or set(first.views) & set(second.views)
            if meet and set(first.keys) & set(second.keys):
                raise ValueError(f"{first.name} and {second.name} share a key")


def _pairs(actions: Sequence[Action]) -> Iterable[tuple[Action, Action]]:
    return ((one, other) for place, one in enumerate(actions) for other in actions[place + 1 :])


def shown(key: str) -> str:
    """A key as people write it."""
    *held, last = key.split("+")
    name = _NAMES.get(last, last)
    return "^" + name if held == ["ctrl"] else "+".join([*held, name])
