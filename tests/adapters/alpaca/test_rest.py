"""REST against servers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import Priority, RateLimiter
from fluxherod.adapters.alpaca.rest import Answer, AuthenticationFailed, NoAnswer, RestClient
from fluxherod.engine.events import Cause, Event, LinkChanged

Reply = httpx.Response | Exception


class Server:
    """Gives the replies of a script in turn, the last one for ever, and keeps the requests."""

    def __init__(self, replies: Iterable[Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply


def client(
    driven: Any,
    server: Callable[[httpx.Request], httpx.Response],
    post: Any = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> RestClient:
    return RestClient(
        "http://alpaca.test",
        Credentials("key", "secret"),
        RateLimiter(monotonic=driven.monotonic, sleep=driven.sleep),
        post=post,
        transport=transport or httpx.MockTransport(server),
        sleep=driven.sleep,
        jitter=lambda: 0.0,
        wall_s=lambda: 1_700_000_000.0,
        monotonic=driven.monotonic,
    )


async def test_the_keys_travel_in_alpacas_headers(driven: Any) -> None:
    server = Server([httpx.Response(200, json={})])
    await client(driven, server).get("/v2/account", Priority.ACCOUNT)
    headers = server.requests[0].headers
    assert (headers["apca-api-key-id"], headers["apca-api-secret-key"]) == ("key", "secret")


async def test_a_post_is_what_the_client_itself_would_send_each_time_with_its_own_body(driven: Any) -> None:
    server = Server([httpx.Response(200, json={})])
    rest = client(driven, server)
    bodies: list[dict[str, Any]] = [{"symbol": "SPY", "qty": "1"}, {"symbol": "Ü", "stop_loss": {"stop_price": "9.00"}}]
    for body in bodies:
        await rest.request("POST", "/v2/orders", Priority.ORDER, body=body)
    async with httpx.AsyncClient(
        base_url="http://alpaca.test",
        headers=Credentials("key", "secret").headers(),
        timeout=httpx.Timeout(10, connect=5),
    ) as plain:
        for sent, body in zip(server.requests, bodies, strict=True):
            wanted = plain.build_request("POST", "/v2/orders", json=body)
            assert (sent.method, sent.url, sent.content) == (wanted.method, wanted.url, wanted.content)
            assert sent.headers == wanted.headers
            assert sent.extensions == wanted.extensions


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(503, html="<html>"),
        httpx.Response(408),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("disconnected"),
    ],
)
async def test_a_get_is_asked_again_after_1_2_and_4_seconds(driven: Any, failure: Reply) -> None:
    server = Server([failure, failure, failure, httpx.Response(200, content=b"ok")])
    outcome = await client(driven, server).get("/v2/account", Priority.ACCOUNT)
    assert isinstance(outcome, Answer)
    assert outcome.body == b"ok"
    assert driven.sleeps == [1.0, 2.0, 4.0]


async def test_a_get_that_is_never_answered_says_so_after_the_last_attempt(driven: Any) -> None:
    server = Server([httpx.ConnectError("refused")])
    outcome = await client(driven, server).get("/v2/account", Priority.ACCOUNT)
    assert outcome == NoAnswer("ConnectError: refused")
    assert len(server.requests) == 4


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("failure", [httpx.Response(504), httpx.ReadTimeout("slow"), httpx.ConnectError("refused")])
async def test_what_changes_something_is_sent_once(driven: Any, method: str, failure: Reply) -> None:
    server = Server([failure])
    await client(driven, server).request(method, "/v2/orders", Priority.ORDER, body={"qty": "1"})
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
async def test_a_429_was_not_carried_out_and_is_sent_again_when_the_server_counts_anew(
    driven: Any, method: str
) -> None:
    busy = httpx.Response(429, json={"code": 42910000}, headers={"X-RateLimit-Reset": "1700000017"})
    server = Server([busy, httpx.Response(200, json={})])
    outcome = await client(driven, server).request(method, "/v2/orders", Priority.ORDER)
    assert isinstance(outcome, Answer)
    assert outcome.status == 200
    assert driven.now == pytest.approx(1017.0)


@pytest.mark.parametrize("reset", [None, "soon", "1600000000", "1900000000"])
async def test_a_429_that_does_not_say_when_is_backed_off_from(driven: Any, reset: str | None) -> None:
    server = Server([httpx.Response(429, headers={"X-RateLimit-Reset": reset} if reset else {})])
    outcome = await client(driven, server).request("POST", "/v2/orders", Priority.ORDER)
    assert isinstance(outcome, Answer)
    assert outcome.status == 429
    assert len(server.requests) == 4
    assert driven.now == pytest.approx(1007.0)


async def test_a_used_up_count_holds_the_next_request_until_it_starts_anew(driven: Any) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000005"}
    rest = client(driven, Server([httpx.Response(200, headers=spent), httpx.Response(200)]))
    await rest.get("/v2/account", Priority.ACCOUNT)
    await rest.get("/v2/account", Priority.ACCOUNT)
    assert driven.now == pytest.approx(1005.0)


async def test_refused_keys_are_terminal_said_once_and_nothing_more_is_sent(driven: Any) -> None:
    events: list[Event] = []
    server = Server([httpx.Response(401, json={"message": "unauthorized."})])
    rest = client(driven, server, events.append)
    for _ in range(3):
        assert await rest.get("/v2/account", Priority.ACCOUNT) == AuthenticationFailed(401, "unauthorized.")
    assert len(server.requests) == 1
    assert events == [LinkChanged("rest", False, "HTTP 401: unauthorized.", fatal=True, cause=Cause.CREDENTIALS)]


async def test_refused_keys_are_said_after_an_outage_too_and_an_answer_that_was_on_its_way_takes_nothing_back(
    driven: Any,
) -> None:
    events: list[Event] = []
    answers = [httpx.Response(503), httpx.Response(401, json={}), httpx.Response(200)]
    arrived, let_go = asyncio.Event(), asyncio.Event()

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/slow":
                arrived.set()
                await let_go.wait()
                return answers[2]
            return answers[request.url.path == "/refused"]

    rest = client(driven, Server([]), events.append, transport=Slow())
    await rest.get("/down", Priority.ACCOUNT)
    slow = asyncio.create_task(rest.get("/slow", Priority.ACCOUNT))
    await arrived.wait()
    await rest.get("/refused", Priority.ACCOUNT)
    let_go.set()
    assert isinstance(await slow, Answer)
    assert [(event.up, event.fatal) for event in events if isinstance(event, LinkChanged)] == [
        (False, False),
        (False, True),
    ]


async def test_the_link_is_told_when_it_changes_and_only_then(driven: Any) -> None:
    events: list[Event] = []
    good, bad = httpx.Response(200), httpx.Response(503, text="maintenance")
    rest = client(driven, Server([good, good, bad, bad, bad, bad, good]), events.append)
    for _ in range(3):
        await rest.get("/v2/account", Priority.ACCOUNT)
    driven.now += 10.0
    for _ in range(2):
        await rest.get("/v2/account", Priority.ACCOUNT)
    assert events == [
        LinkChanged("rest", True),
        LinkChanged("rest", False, "HTTP 503: maintenance"),
        LinkChanged("rest", True),
    ]


async def test_a_host_that_fails_every_other_request_for_minutes_is_down_once_and_up_10_s_after_the_last_failure(
    driven: Any,
) -> None:
    events: list[Event] = []
    good, bad = httpx.Response(200), httpx.Response(500)
    server = Server([bad, *[good, bad] * 60, good])
    rest = client(driven, server, events.append)
    for _ in range(60):
        await rest.request("DELETE", "/v2/orders/1", Priority.ORDER)
        await rest.get("/v2/account", Priority.ACCOUNT)
        driven.now += 4.0
    assert [event.up for event in events if isinstance(event, LinkChanged)] == [False]
    while len(server.replies) > 1:
        await rest.get("/v2/account", Priority.ACCOUNT)
    failed_at = driven.now
    while len(events) == 1:
        driven.now += 1.0
        await rest.get("/v2/account", Priority.ACCOUNT)
    assert events[1:] == [LinkChanged("rest", True)]
    assert driven.now - failed_at <= 10.0


async def test_a_get_that_worked_only_when_asked_again_is_no_proof_that_the_host_is_up(driven: Any) -> None:
    events: list[Event] = []
    good, bad = httpx.Response(200), httpx.Response(500)
    rest = client(driven, Server([bad, bad, good]), events.append)
    await rest.request("POST", "/v2/orders", Priority.ORDER)
    driven.now += 60.0
    await rest.get("/v2/account", Priority.ACCOUNT)
    assert [event.up for event in events if isinstance(event, LinkChanged)] == [False]


async def _served(handler: Any, timeout_s: float, driven: Any) -> tuple[Any, int]:
    """The outcome of one POST to a real server, and how many connections it saw."""
    seen = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        try:
            await handler(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        rest = RestClient(
            f"http://127.0.0.1:{port}",
            Credentials("key", "secret"),
            RateLimiter(),
            timeout_s=timeout_s,
            sleep=driven.sleep,
        )
        outcome = await rest.request("POST", "/v2/orders", Priority.ORDER, body={"qty": "1"})
        await rest.aclose()
    return outcome, seen


async def test_a_reply_that_is_lost_after_the_request_was_read_is_no_answer(driven: Any) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")

    outcome, seen = await _served(hang_up, 5.0, driven)
    assert isinstance(outcome, NoAnswer)
    assert seen == 1


async def test_a_body_that_drips_for_ever_is_no_answer_in_time(driven: Any) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            try:
                await writer.drain()
            except ConnectionError:
                return
            await asyncio.sleep(0)

    outcome, _ = await _served(drip, 0.2, driven)
    assert outcome == NoAnswer("no answer within 0.2 s")
