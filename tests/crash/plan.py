"""Which place is reached how: in the load that is played, in a first start, in a migration or at the end."""

from __future__ import annotations

from enum import StrEnum

from fluxherod.failpoints import PLACES

# So often a place is reached for certain, by the first part of its name: once, where it is not here.
MOST = {
    "journal": 25,
    "get": 6,
    "account": 2,
    "mirror": 4,
    "update": 8,
    "fill": 3,
    "command": 4,
    "entry": 3,
    "cancel": 2,
    "resume": 2,
}


class Scene(StrEnum):
    """In what the daemon dies."""

    LOAD = "under load"
    START = "start"
    FIRST = "first start"
    MIGRATION = "migration"
    END = "shutdown"
    NIGHT = "night"


_SCENES = {
    "start": Scene.START,
    "backfill": Scene.START,
    "history": Scene.FIRST,
    "cache": Scene.FIRST,
    "tokens": Scene.FIRST,
    "certificate": Scene.FIRST,
    "migration": Scene.MIGRATION,
    "shutdown": Scene.END,
    "seal": Scene.NIGHT,
    "snapshot": Scene.NIGHT,
    "tables": Scene.NIGHT,
}


def scene(place: str) -> Scene:
    """Where it is reached."""
    return _SCENES.get(place.partition(".")[0], Scene.LOAD)


def most(place: str) -> int:
    """How often it is reached for certain."""
    return MOST.get(place.partition(".")[0], 1)


def places(*scenes: Scene) -> list[str]:
    """All that are reached in these."""
    return [place for place in PLACES if scene(place) in scenes]
