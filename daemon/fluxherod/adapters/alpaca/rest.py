"""One pooled HTTP client of one Alpaca host. What comes back is a value: an answer, none, or bad credentials."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import msgspec

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import Priority, RateLimiter
from fluxherod.engine.events import Cause, Event, LinkChanged
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

RETRIES = 3
LONGEST_PAUSE_S = 60.0
# A host that answers every other request flips all the time: it is up again when nothing has failed for so long.
CALM_S = 10.0
# Request timeout and too early: 4xx that say nothing of the request.
UNCLEAR = frozenset({408, 425})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, whatever its status and whatever its body."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing came back: the request may or may not have been carried out."""

    reason: str


@dataclass(frozen=True, slots=True)
class AuthenticationFailed:
    """The credentials are refused. Terminal: the client sends nothing more."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It was not wanted any more when its turn came: the server has never seen it."""

    reason: str


Outcome = Answer | NoAnswer | AuthenticationFailed | NotSent


class DateListener(Protocol):
    """Compares our clock with the host's."""

    def now_ns(self) -> int:
        """Our clock."""
        ...

    def heard(self, date: str, sent_ns: int) -> None:
        """The Date header of an answer that has just come; its request was sent then, by our clock."""
        ...


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """What every client trusts; reading the certificates takes longer than all else that a client is made of."""
    return httpx.create_ssl_context()


class _Client(httpx.AsyncClient):
    """Without what a request to Alpaca needs none of: redirects, cookies, hooks and other authentication."""

    async def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """Hand a request straight to the transport: each order waits for what is on the way to it."""
        return await self._transport_for_url(request.url).handle_async_request(request)


class RestClient:
    """REST of one host.

    Only what is safe to repeat is repeated, three times after 1, 2 and 4 s with jitter: a GET without a
    usable answer, and anything that was turned away with 429, which was not carried out.
    `post` gets LinkChanged("rest") when the host stops answering, and when it has answered again without a failure
    for 10 s; give it to one client only. `dates` hears when the host made each answer.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        limiter: RateLimiter,
        *,
        post: Callable[[Event], None] | None = None,
        dates: DateListener | None = None,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        wall_s: Callable[[], float] = time.time,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        self.requests = 0
        self.retries = 0
        self._limiter = limiter
        self._post = post
        self._dates = dates
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._jitter = jitter
        self._wall_s = wall_s
        self._monotonic = monotonic or _loop_time
        self._refused: AuthenticationFailed | None = None
        self._link_up: bool | None = None
        self._failed_at = 0.0
        self._posts: dict[str, httpx.Request] = {}  # what is the same in each
        self._host = urlsplit(base_url).netloc
        self._client = _Client(
            base_url=base_url,
            headers=credentials.headers(),
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=30.0),
            transport=transport,
            verify=tls_context(),
        )

    async def get(self, path: str, priority: Priority, params: Mapping[str, str] | None = None) -> Outcome:
        """GET, with retries."""
        return await self.request("GET", path, priority, params=params)

    async def request(
        self,
        method: str,
        path: str,
        priority: Priority,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        act: str = "get",
        unwanted: Callable[[], str] = lambda: "",
    ) -> Outcome:
        """One call, repeated only where that is safe. Raises nothing but cancellation.

        `act` names it to failpoints; `unwanted` is asked right before it leaves, each time: why it must not any more.
        """
        for attempt in range(RETRIES + 1):
            if self._refused is not None:
                return self._refused
            outcome = await self._once(method, path, priority, params, body, act, unwanted)
            if isinstance(outcome, NotSent):
                return outcome
            if not _works(outcome):
                self._failed_at = self._monotonic()
            if attempt == RETRIES or not _repeatable(method, outcome):
                break
            self.retries += 1
            await self._wait(attempt, outcome)
        self._tell(outcome)
        return outcome

    async def aclose(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def _once(
        self,
        method: str,
        path: str,
        priority: Priority,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        act: str,
        unwanted: Callable[[], str],
    ) -> Outcome:
        await self._limiter.acquire(priority)
        if reason := unwanted():
            return NotSent(reason)
        self.requests += 1
        sent_ns = self._dates.now_ns() if self._dates else 0
        try:
            # httpx limits each read; this limits the whole, so a dripping body can't hold us.
            async with asyncio.timeout(self._timeout_s):
                reach(f"{act}.before")
                response = await self._client.send(self._built(method, path, params, body), stream=True)
                try:
                    reach(f"{act}.sent")
                    await response.aread()
                finally:
                    await response.aclose()
                reach(f"{act}.after")
        except TimeoutError:
            return NoAnswer(f"no answer within {self._timeout_s:g} s")
        except (httpx.HTTPError, OSError) as error:
            return NoAnswer(f"{type(error).__name__}: {error}".rstrip(": "))
        if self._dates:
            self._dates.heard(response.headers.get("date", ""), sent_ns)
        if response.headers.get("x-ratelimit-remaining") == "0":
            self._limiter.pause(self._until_reset(response.headers) or 0.0)
        if wire.refuses_credentials(response.status_code, response.content):
            message = wire.decode_refusal(response.status_code, response.content).message
            return AuthenticationFailed(response.status_code, message)
        return Answer(response.status_code, response.content, response.headers)

    def _built(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Mapping[str, Any] | None
    ) -> httpx.Request:
        """A request. Of a POST, an order, all but the body is made once: the client takes four times as long."""
        if method != "POST":
            return self._client.build_request(method, path, params=params, json=body)
        made = self._posts.get(path)
        if made is None:
            made = self._posts[path] = self._client.build_request(method, path, json={})
            del made.headers["content-length"]
        content = msgspec.json.encode(body)
        stream = httpx.ByteStream(content)
        request = httpx.Request(method, made.url, headers=made.headers, stream=stream, extensions=made.extensions)
        request.headers["content-length"] = str(len(content))
        return request

    async def _wait(self, attempt: int, outcome: Outcome) -> None:
        delay = float(2**attempt) * (1 + self._jitter() / 4)
        if isinstance(outcome, Answer) and outcome.status == 429:
            # The limit is the account's: everyone waits, and the order of the queue holds.
            self._limiter.pause(self._until_reset(outcome.headers) or delay)
        else:
            log.info("asking again in %.1f s: %s", delay, describe(outcome))
            await self._sleep(delay)

    def _until_reset(self, headers: Mapping[str, str]) -> float | None:
        """Wall seconds until the server's count starts anew; None when it does not say, or says nonsense."""
        try:
            seconds = float(headers.get("x-ratelimit-reset", "")) - self._wall_s()
        except ValueError:
            return None
        return seconds if 0 < seconds <= LONGEST_PAUSE_S else None

    def _tell(self, outcome: Outcome) -> None:
        if self._refused is not None:
            return  # an answer that was on its way when the keys were refused: that is final
        if isinstance(outcome, AuthenticationFailed):
            self._refused = outcome
            log.error("the credentials are refused, nothing more is sent to %s: %s", self._host, outcome.message)
            self._say(LinkChanged("rest", False, describe(outcome), fatal=True, cause=Cause.CREDENTIALS))
            return
        up = _works(outcome)
        still_down = up and self._link_up is False and self._monotonic() - self._failed_at < CALM_S
        if up != self._link_up and not still_down:
            self._link_up = up
            self._say(LinkChanged("rest", up, "" if up else describe(outcome)))

    def _say(self, change: LinkChanged) -> None:
        if self._post is not None:
            self._post(change)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _works(outcome: Outcome) -> bool:
    return isinstance(outcome, Answer) and outcome.status < 500


def _repeatable(method: str, outcome: Outcome) -> bool:
    if isinstance(outcome, Answer):
        return outcome.status == 429 or (method == "GET" and (outcome.status >= 500 or outcome.status in UNCLEAR))
    return method == "GET" and isinstance(outcome, NoAnswer)


def describe(outcome: Outcome) -> str:
    """What came back, in one line."""
    if isinstance(outcome, NoAnswer | NotSent):
        return outcome.reason
    if isinstance(outcome, AuthenticationFailed):
        return f"HTTP {outcome.status}: {outcome.message}"
    return f"HTTP {outcome.status}: {wire.decode_refusal(outcome.status, outcome.body).message}"
