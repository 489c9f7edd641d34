"""What every REST endpoint shares: credentials, the rate limit with its headers, JSON, query parameters."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from alpacasim import refusals
from alpacasim.credentials import Credentials, has_credentials
from alpacasim.fault_injector import Injector
from alpacasim.fault_plan import Fault
from alpacasim.faults import answer_of
from alpacasim.refusals import Refusal
from alpacasim.timestamps import parse_time

Handler = Callable[[Request], Awaitable[Response]]

_encode = msgspec.json.Encoder().encode
_WINDOW_S = 60
TRADING_REQUESTS_A_MINUTE = 200
DATA_REQUESTS_A_MINUTE = {"basic": 200, "plus": 10_000}
# What Alpaca's proxy answers, before its API sees the request, when there are no credentials at all.
_NGINX_401 = (
    "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n"
    "<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class QueryError(ValueError):
    """A query parameter that can't be read; its text goes to the client."""


class Refused(Exception):
    """Carries a refusal out of a handler."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def ok(body: object, status: int = 200) -> Response:
    return Response(_encode(body), status, media_type="application/json")


def refuse(refusal: Refusal) -> Response:
    return ok(refusal.body(), refusal.http_status)


def answer(result: object) -> Response:
    """A body, or the refusal in its place."""
    return refuse(result) if isinstance(result, Refusal) else ok(result)


@dataclass(slots=True)
class RateLimit:
    """Requests in a window of a minute of the wall's time; a limit of 0 allows any number."""

    limit: int
    wall_s: Callable[[], float] = time.time
    _window: int = 0
    _used: int = field(default=0)

    def take(self) -> bool:
        """Count a request; False when the window is used up."""
        window = int(self.wall_s()) // _WINDOW_S
        if window != self._window:
            self._window, self._used = window, 0
        if self._used >= self.limit > 0:
            return False
        self._used += 1
        return True

    def headers(self) -> dict[str, str]:
        if self.limit == 0:
            return {}
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self._used),
            "X-RateLimit-Reset": str((self._window + 1) * _WINDOW_S),
        }


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets a request through to its handler: credentials first, then the rate limit.

    `fault_code` is the code of a query that can't be read; the market-data API sends none.
    """

    credentials: Credentials
    rate_limit: RateLimit
    injector: Injector
    fault_code: int | None = None

    def __call__(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            headers = request.headers
            if not has_credentials(headers):
                return Response(_NGINX_401, 401, media_type="text/html")
            if not self.credentials.accept_headers(headers):
                return refuse(refusals.unauthorized())
            fault = self.injector.request(request.method, request.url.path)
            if fault is not None:
                return await self._failed(fault, handler, request)
            if not self.rate_limit.take():
                return self._too_many()
            response = await self._answered(handler, request)
            response.headers.update(self.rate_limit.headers())
            return response

        return guarded

    def _too_many(self) -> Response:
        """The hosts say it differently, and that of market data without the headers."""
        if self.fault_code is None:
            return refuse(Refusal(429, None, "too many requests."))
        response = refuse(Refusal(429, 42910000, "rate limit exceeded"))
        response.headers.update(self.rate_limit.headers())
        return response

    async def _failed(self, fault: Fault, handler: Handler, request: Request) -> Response:
        if fault.carried_out:
            await self._answered(handler, request)
        said = answer_of(fault)
        if said is None:
            return await _gone(request)
        return Response(said[0], fault.status, media_type=said[1])

    async def _answered(self, handler: Handler, request: Request) -> Response:
        try:
            return await handler(request)
        except QueryError as fault:
            return refuse(Refusal(400, self.fault_code, str(fault)))
        except Refused as refused:
            return refuse(refused.refusal)


async def _gone(request: Request) -> Response:
    """Wait until the client has gone; what is returned then reaches nobody."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=499)


async def json_body(request: Request) -> Any:
    """The decoded body; None when it is not JSON."""
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def flag(request: Request, name: str) -> bool:
    """A boolean, in any case: the official SDK sends `True`."""
    return request.query_params.get(name, "").lower() in ("true", "1", "t")


def integer(request: Request, name: str, default: int, lowest: int, highest: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise QueryError(f"invalid {name}: {text}") from None
    if not lowest <= value <= highest:
        raise QueryError(f"{name} must be between {lowest} and {highest}")
    return value


def choice(request: Request, name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = request.query_params.get(name, default)
    if value not in allowed:
        raise QueryError(f"invalid {name}: {value}")
    return value


def instant(request: Request, name: str) -> int | None:
    """A time in ns UTC; None when it is not given."""
    text = request.query_params.get(name)
    if not text:
        return None
    value = parse_time(text)
    if value is None:
        raise QueryError(f"invalid {name}: {text}")
    return value


def day(request: Request, name: str, default: date) -> date:
    """A date, or the date of a time."""
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise QueryError(f"invalid {name}: {text}") from None


def names(request: Request, name: str) -> list[str]:
    """A comma-separated list, empty when it is not given."""
    return [part.strip() for part in request.query_params.get(name, "").split(",") if part.strip()]


async def not_found(request: Request, error: Exception) -> Response:
    """The answer to a path that the simulator does not serve."""
    return ok({"message": "endpoint not found."}, 404)


async def method_not_allowed(request: Request, error: Exception) -> Response:
    return ok({"message": "method not allowed"}, 405)
