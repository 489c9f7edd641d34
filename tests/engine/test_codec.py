from __future__ import annotations

import dataclasses
import enum
import math
import struct
import time
import types
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxherod.core.kernel import StrategyParams
from fluxherod.core.types import Bar, BrokerOrder, BrokerStatus, OrderType, Quote, Side
from fluxherod.engine.codec import CodecError, decode_effects, decode_event, encode_effects, encode_event
from fluxherod.engine.effects import BrokerEffect, DataEffect, Effect, QuotesUpdated, Reply, Update
from fluxherod.engine.events import BarsReceived, Event, OrderReported, QuotesReceived, Started, TimerFired
from fluxherod.engine.settings import Settings

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(),
    bool: st.booleans(),
    str: st.text(max_size=8),
    type(None): st.none(),
    # It refuses values out of range, so only some of its fields vary.
    StrategyParams: st.builds(
        StrategyParams,
        kama_period=st.integers(2, 128),
        trend_adx=st.floats(20, 100),
        spread_limit=st.floats(0, 1000),
        neutral_entries=st.booleans(),
    ),
}
_made: dict[Any, st.SearchStrategy[Any]] = {}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, built from its type hints alone."""
    if hint in LEAVES:
        return LEAVES[hint]
    if get_origin(hint) is types.UnionType:
        return st.one_of([values(option) for option in get_args(hint)])
    if get_origin(hint) is tuple:
        options = get_args(hint)
        if options[1:] == (...,):
            return st.lists(values(options[0]), max_size=2).map(tuple)
        return st.tuples(*map(values, options))
    if issubclass(hint, enum.Enum):
        return st.sampled_from(list(hint))
    if hint not in _made:
        _made[hint] = st.deferred(lambda: _dataclass(hint))
    return _made[hint]


def _dataclass(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name]) for field in dataclasses.fields(kind)})


def bits(value: Any) -> Any:
    """A value with each float as its bits, so that NaN equals itself and -0.0 differs from 0.0."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if dataclasses.is_dataclass(value):
        return type(value), [bits(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple | list):
        return [bits(item) for item in value]
    return type(value), value


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was(kind: Any) -> None:
    @settings(max_examples=20, deadline=None)
    @given(values(kind))
    def check(event: Event) -> None:
        name, payload = encode_event(event)
        again = decode_event(name, payload)
        assert bits(again) == bits(event)
        assert encode_event(again) == (name, payload)

    check()


@pytest.mark.parametrize("kind", get_args(Effect), ids=lambda kind: kind.__name__)
def test_every_effect_comes_back_as_it_was_and_in_its_order(kind: Any) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.lists(values(kind), max_size=2), st.lists(values(Reply), max_size=1))
    def check(first: list[Effect], last: list[Effect]) -> None:
        effects = [*last, *first]
        payload = encode_effects(effects)
        again = decode_effects(payload)
        assert bits(again) == bits(effects)
        assert encode_effects(again) == payload

    check()


def test_no_effect_is_left_out_of_the_union() -> None:
    assert set(get_args(Effect)) == {*get_args(BrokerEffect), *get_args(DataEffect), *get_args(Update), Reply}


def test_the_order_of_effects_is_part_of_their_bytes() -> None:
    one, two = (QuotesUpdated((Quote(symbol, 1, 1.0, 2.0),)) for symbol in ("SPY", "IBM"))
    assert encode_effects([one, two]) != encode_effects([two, one])


@pytest.mark.parametrize("count", [0, 1, 15, 16, 255, 256, 257, 600, 2**16 - 1, 2**16])
def test_many_effects_are_one_array_of_msgpack_however_many_pieces_they_are_made_in(count: int) -> None:
    effects: list[Effect] = [QuotesUpdated((Quote("SPY", 1, 1.0, 2.0),))] * count
    frames = [(type(effect).__name__, effect) for effect in effects]
    assert encode_effects(effects) == msgspec.msgpack.encode(frames, order="deterministic")


def test_nan_and_infinities_survive() -> None:
    quote = Quote("SPY", 1, math.nan, -math.inf)
    again = decode_event(*encode_event(QuotesReceived((quote,))))
    assert isinstance(again, QuotesReceived)
    assert math.isnan(again.quotes[0].bid)
    assert again.quotes[0].ask == -math.inf


def test_a_kernels_numpy_scalar_is_the_number_that_it_holds() -> None:
    plain = QuotesReceived((Quote("SPY", 7, 1.5, 2.5),))
    scalars = QuotesReceived((Quote("SPY", np.int64(7), np.float64(1.5), np.float64(2.5)),))  # type: ignore[arg-type]
    assert encode_event(scalars) == encode_event(plain)


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(CodecError, match="Quote is no event"):
        encode_event(Quote("SPY", 1, 1.0, 2.0))  # type: ignore[arg-type]
    with pytest.raises(CodecError, match="TimerFired is no effect"):
        encode_effects([TimerFired()])  # type: ignore[list-item]
    with pytest.raises(CodecError, match="can't encode"):
        encode_event(BarsReceived(object()))  # type: ignore[arg-type]


def test_bytes_that_do_not_fit_are_refused() -> None:
    kind, payload = encode_event(TimerFired())
    with pytest.raises(CodecError, match="no kind of event"):
        decode_event("Nonsense", payload)
    with pytest.raises(CodecError, match=kind):
        decode_event(kind, payload + b"\x00")
    with pytest.raises(CodecError, match="effects"):
        decode_effects(b"\x01")
    with pytest.raises(CodecError, match="no kind of effect"):
        decode_effects(b"\x91\x92\xa1X\x80")


def test_a_start_that_an_older_version_recorded_still_decodes() -> None:
    started = Started("epoch", 1, "1.0", Settings(("SPY",)))
    kind, payload = encode_event(started)
    older = msgspec.msgpack.decode(payload)
    older["settings"]["neutral_entries"] = True  # this version has it in the strategy's parameters alone
    assert decode_event(kind, msgspec.msgpack.encode(older)) == started


def test_a_report_that_an_older_version_recorded_still_decodes() -> None:
    order = BrokerOrder("b1", "id", "SPY", Side.BUY, OrderType.MARKET, BrokerStatus.WORKING, 100, 0, 0)
    kind, payload = encode_event(OrderReported("new", order))
    older = msgspec.msgpack.decode(payload)
    del older["order"]["time_in_force"]
    assert decode_event(kind, msgspec.msgpack.encode(older)) == OrderReported("new", order)


def test_eight_thousand_bars_take_milliseconds() -> None:
    event = BarsReceived(tuple(Bar(f"S{i}", i, 1.1, 2.2, 0.5, 1.5, i) for i in range(8_000)))
    encode_event(event)

    def best(times: int) -> float:
        spent = []
        for _ in range(times):
            start = time.perf_counter()
            decode_event(*encode_event(event))
            spent.append(time.perf_counter() - start)
        return min(spent)

    assert best(5) < 0.05
