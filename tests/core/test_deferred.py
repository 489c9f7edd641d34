"""What is put into words only when it is read says the same as if it had been said at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import msgspec
import pytest

from fluxherod.core.deferred import Deferred


@dataclass(frozen=True, slots=True)
class Told(Deferred):
    """An answer and its reason."""

    answer: int
    reason: str
    more: tuple[str, ...] = ()


WHOLE = Told(7, "because", ("of", "it"))


def told(asked: list[int]) -> Told:
    def whole() -> Told:
        asked.append(1)
        return WHOLE

    return Told.deferred(whole, answer=7)


def test_what_is_known_is_there_without_the_words_and_the_words_are_made_once() -> None:
    asked: list[int] = []
    one = told(asked)
    assert (one.answer, asked) == (7, [])
    assert (one.reason, one.more, one.reason) == ("because", ("of", "it"), "because")
    assert asked == [1]


def test_it_equals_encodes_and_is_replaced_like_one_that_was_made_whole() -> None:
    assert told([]) == WHOLE
    assert hash(told([])) == hash(WHOLE)
    assert repr(told([])) == repr(WHOLE)
    assert msgspec.msgpack.encode(told([])) == msgspec.msgpack.encode(WHOLE)
    assert replace(told([]), answer=8) == replace(WHOLE, answer=8)
    assert {field.name for field in fields(Told)} == {"answer", "reason", "more"}


@pytest.mark.parametrize("one", [WHOLE, told([])], ids=["whole", "deferred"])
def test_what_no_such_object_has_is_an_attribute_error(one: Told) -> None:
    with pytest.raises(AttributeError):
        _ = one.nothing  # type: ignore[attr-defined]
    assert not hasattr(one, "_other")
    assert one.reason == "because"


def test_a_fault_while_the_words_are_made_comes_out_and_the_next_reader_asks_again() -> None:
    asked: list[int] = []

    def faulty() -> Told:
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("no words")
        return WHOLE

    one = Told.deferred(faulty, answer=7)
    with pytest.raises(ValueError, match="no words"):
        _ = one.reason
    assert one.reason == "because"
