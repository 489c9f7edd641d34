"""Splits as the data host tells them: in pages, with fields missing, among actions of other kinds."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.corporate_actions import SYMBOLS_PER_CALL, load_splits
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.errors import AuthenticationRefused, Unavailable, WireError
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.core.splits import Split
from fluxherod.engine.events import SplitsLoaded

NOW_NS = wire.parse_time("2014-06-09T09:00:00-04:00")
FORWARD: dict[str, Any] = {
    "id": "1b7e5a3c",
    "symbol": "AAPL",
    "cusip": "037833100",
    "new_rate": 7,
    "old_rate": 1,
    "process_date": "2014-06-09",
    "ex_date": "2014-06-09",
    "record_date": "2014-06-02",
    "payable_date": "2014-06-06",
    "due_bill_redemption_date": None,
}
REVERSE = {**FORWARD, "symbol": "XYZ", "new_rate": 1.0, "old_rate": 10.0, "ex_date": "2014-06-20"}


def body(token: str | None = None, **actions: Any) -> bytes:
    return json.dumps({"corporate_actions": actions, "next_page_token": token}).encode()


class Host:
    """Answers in order; keeps what it was asked for."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, str]] = []

    async def get(self, path: str, params: dict[str, str]) -> bytes:
        assert path == "/v1/corporate-actions"
        self.asked.append(dict(params))
        return self.answers.pop(0)


async def test_all_pages_and_both_kinds_are_read_in_order_of_their_days() -> None:
    host = Host(body("next", reverse_splits=[REVERSE]), body(forward_splits=[FORWARD], reverse_splits=None))
    assert await load_splits(host.get, ("AAPL", "XYZ"), NOW_NS) == (
        Split("AAPL", "2014-06-09", 7, 1),
        Split("XYZ", "2014-06-20", 1, 10),
    )
    asked = {
        "symbols": "AAPL,XYZ",
        "types": "forward_split,reverse_split",
        "start": "2013-06-08",
        "end": "2014-07-10",
        "limit": "1000",
    }
    assert host.asked == [asked, {**asked, "page_token": "next"}]


async def test_many_symbols_are_asked_for_in_several_requests() -> None:
    symbols = [f"S{number}" for number in range(SYMBOLS_PER_CALL + 1)]
    host = Host(body(), body(forward_splits=[FORWARD]))
    assert len(await load_splits(host.get, symbols, NOW_NS)) == 1
    assert [len(asked["symbols"].split(",")) for asked in host.asked] == [SYMBOLS_PER_CALL, 1]


async def test_a_page_token_that_comes_twice_ends_the_reading() -> None:
    host = Host(body("again"), body("again"), body())
    with pytest.raises(WireError, match="came twice"):
        await load_splits(host.get, ("AAPL",), NOW_NS)


@pytest.mark.parametrize(
    ("new", "old", "ratio"),
    [("3", "2", (3, 2)), (1.5, 1, (3, 2)), (4, 2, (2, 1)), ("1.034", "1", (517, 500)), (1, 30.0, (1, 30))],
)
def test_a_ratio_is_exact_integers_in_lowest_terms(new: Any, old: Any, ratio: tuple[int, int]) -> None:
    (split,), faults, _ = wire.decode_splits(body(forward_splits=[{**FORWARD, "new_rate": new, "old_rate": old}]))
    assert (split.new_rate, split.old_rate) == ratio
    assert faults == []


@pytest.mark.parametrize(
    "change",
    [
        *({"new_rate": None}, {"old_rate": 0}, {"new_rate": -7}, {"new_rate": "NaN"}, {"new_rate": 1e-118}),
        *({"ex_date": None}, {"symbol": None}),
    ],
)
def test_a_split_that_can_not_be_read_is_named_and_the_others_are_taken(change: dict[str, Any]) -> None:
    splits, faults, _ = wire.decode_splits(body(forward_splits=[{**FORWARD, **change}, FORWARD]))
    assert splits == [Split("AAPL", "2014-06-09", 7, 1)]
    assert len(faults) == 1


@pytest.mark.parametrize(
    "answer",
    [
        body(),
        b'{"corporate_actions": null, "next_page_token": null}',
        b"{}",
        body(cash_dividends=[{"symbol": "AAPL", "rate": 0.47}], unit_splits=[{}], from_next_year=[1]),
    ],
)
def test_actions_of_other_kinds_and_empty_answers_are_no_splits(answer: bytes) -> None:
    assert wire.decode_splits(answer) == ([], [], None)


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b""])
def test_an_answer_of_another_shape_is_an_error(answer: bytes) -> None:
    with pytest.raises(WireError):
        wire.decode_splits(answer)


async def splits_of(status: int, content: bytes) -> SplitsLoaded:
    async def no_pause(seconds: float) -> None:
        return None

    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=content))
    clients = [
        RestClient(f"http://{name}", Credentials("k", "s"), RateLimiter(200), transport=transport, sleep=no_pause)
        for name in ("trading", "data")
    ]
    try:
        return await AlpacaMarketData(*clients).splits(("AAPL",), NOW_NS)
    finally:
        for client in clients:
            await client.aclose()


async def test_a_host_that_refuses_to_tell_is_an_answer_and_refused_keys_and_silence_are_not() -> None:
    assert await splits_of(200, body(forward_splits=[FORWARD])) == SplitsLoaded((Split("AAPL", "2014-06-09", 7, 1),))
    refused = await splits_of(403, b'{"message": "subscription does not permit querying corporate actions"}')
    assert refused.splits == ()
    assert "subscription" in refused.refusal
    with pytest.raises(AuthenticationRefused):
        await splits_of(401, b'{"message": "unauthorized."}')
    with pytest.raises(Unavailable):
        await splits_of(503, b'{"message": "service unavailable"}')
