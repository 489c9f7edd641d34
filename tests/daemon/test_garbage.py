"""Garbage is looked for in quiet moments."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from fluxherod.service import garbage


@pytest.fixture
def searched() -> Iterator[list[int]]:
    """The generations that were looked through since; Python looks by itself for none of it."""
    generations: list[int] = []

    def note(phase: str, search: dict[str, Any]) -> None:
        if phase == "start":
            generations.append(search["generation"])

    gc.disable()
    gc.callbacks.append(note)
    yield generations
    gc.callbacks.remove(note)
    gc.enable()


class Over(Exception):
    """So many seconds have passed."""


async def test_garbage_is_looked_for_each_second_in_which_nothing_is_urgent(searched: list[int]) -> None:
    seconds, urgent = count(), iter((False, True, True, False, False))

    async def pause(length: float) -> None:
        assert length == 1.0
        if next(seconds) == 5:
            raise Over

    with pytest.raises(Over):
        await garbage.collect(lambda: next(urgent), pause)
    assert searched == [garbage.YOUNG] * 3


async def test_what_lives_long_is_searched_once_an_hour(searched: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()
    monkeypatch.setattr(gc, "collect", searched.append)

    async def pause(length: float) -> None:
        if next(seconds) == 7_200:
            raise Over

    with pytest.raises(Over):
        await garbage.collect(lambda: False, pause)
    assert [number for number, generation in enumerate(searched, 1) if generation == garbage.ALL] == [3_600, 7_200]


def test_a_burst_of_objects_is_still_looked_through_without_a_quiet_moment(searched: list[int]) -> None:
    before = gc.get_threshold()
    garbage.spare()
    try:
        gc.enable()
        kept: list[Any] = [[] for _ in range(3 * garbage.THRESHOLDS[0])]
    finally:
        gc.disable()
        gc.set_threshold(*before)
        gc.unfreeze()
    assert len(kept) == 3 * garbage.THRESHOLDS[0]
    assert set(searched) == {0, garbage.YOUNG}
