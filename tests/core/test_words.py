"""Sentences that name things stay short."""

from __future__ import annotations

import pytest

from fluxherod.core.words import some_of


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, ""),
        (2, "0, 1"),
        (10, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        (11, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"),
        (1_500, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,490 more"),
    ],
)
def test_ten_are_named_and_the_rest_is_counted(count: int, text: str) -> None:
    assert some_of([str(number) for number in range(count)]) == text
