"""GET /v1/corporate-actions of the market-data API."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.calendar import new_york_day
from alpacasim.corporate_actions import Announcements, CorporateAction
from alpacasim.http_api import Guard, QueryError, choice, day, integer, names, ok
from alpacasim.player import Player
from alpacasim.wire import Json


class CorporateActionsApi:
    """The endpoint over what was announced; without a start or an end it tells today's."""

    def __init__(self, player: Player, announcements: Announcements) -> None:
        self._player = player
        self._announcements = announcements

    def routes(self, guard: Guard) -> list[Route]:
        return [Route("/v1/corporate-actions", guard(self.get))]

    async def get(self, request: Request) -> Response:
        found = self._found(request)
        limit = integer(request, "limit", 100, 1, 1000)
        first = _read_token(request)
        page = found[first : first + limit]
        token = str(first + limit) if first + limit < len(found) else None
        grouped: dict[str, list[Json]] = {}
        for action in page:
            grouped.setdefault(f"{action.kind}s", []).append(action.body())
        return ok({"corporate_actions": grouped, "next_page_token": token})

    def _found(self, request: Request) -> list[CorporateAction]:
        wanted = set(names(request, "ids"))
        if wanted:
            return [action for action in self._announcements.actions if action.id in wanted]
        today = new_york_day(self._player.now_ns())
        start, end = day(request, "start", today), day(request, "end", max(today, day(request, "start", today)))
        symbols, kinds = set(names(request, "symbols")), set(names(request, "types"))
        found = self._announcements.between(start, end, symbols, kinds)
        return found[:: -1 if choice(request, "sort", "asc", ("asc", "desc")) == "desc" else 1]


def _read_token(request: Request) -> int:
    text = request.query_params.get("page_token") or "0"
    if not text.isdecimal():
        raise QueryError("invalid page_token")
    return int(text)
