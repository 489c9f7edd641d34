"""`/v2/corporate_actions/announcements` of the trading API: the older way to ask for splits and dividends."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.corporate_actions import Announcements, CorporateAction
from alpacasim.http_api import Guard, Refused, choice, names, ok
from alpacasim.wire import Json

_TYPES = {
    "forward_split": ("split", "stock_split"),
    "reverse_split": ("split", "reverse_split"),
    "cash_dividend": ("dividend", "cash"),
}
_ALL_TYPES = ("dividend", "merger", "spinoff", "split")
_DATE_TYPES = ("declaration_date", "ex_date", "record_date", "payable_date")
_LONGEST = timedelta(days=90)


class AnnouncementsApi:
    """The endpoints over what was announced. All four dates of an announcement are its ex-date."""

    def __init__(self, announcements: Announcements) -> None:
        self._announcements = announcements

    def routes(self, guard: Guard) -> list[Route]:
        path = "/v2/corporate_actions/announcements"
        return [Route(path, guard(self.select)), Route(f"{path}/{{announcement_id}}", guard(self.get))]

    async def select(self, request: Request) -> Response:
        kinds = names(request, "ca_types")
        if not kinds or not set(kinds) <= set(_ALL_TYPES):
            raise Refused(refusals.invalid(f"ca_types must be of {', '.join(_ALL_TYPES)}"))
        choice(request, "date_type", "ex_date", _DATE_TYPES)
        since, until = _day(request, "since"), _day(request, "until")
        if not timedelta(0) <= until - since <= _LONGEST:
            raise Refused(refusals.invalid(f"until must be 0 to {_LONGEST.days} days after since"))
        symbol, cusip = request.query_params.get("symbol"), request.query_params.get("cusip")
        found = self._announcements.between(since, until, {symbol} if symbol else (), ())
        bodies = [_body(action) for action in found if _TYPES[action.kind][0] in kinds]
        return ok([body for body in bodies if cusip in (None, body["initiating_original_cusip"])])

    async def get(self, request: Request) -> Response:
        wanted = request.path_params["announcement_id"]
        found = next((action for action in self._announcements.actions if action.id == wanted), None)
        if found is None:
            raise Refused(refusals.not_found(f"announcement not found for {wanted}"))
        return ok(_body(found))


def _day(request: Request, name: str) -> date:
    text = request.query_params.get(name, "")
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Refused(refusals.invalid(f"{name} is required as YYYY-MM-DD")) from None


def _body(action: CorporateAction) -> Json:
    kind, sub_type = _TYPES[action.kind]
    day = action.ex_day.isoformat()
    return {
        "id": action.id,
        "corporate_action_id": f"{action.cusip}_{sub_type}_{day}",
        "ca_type": kind,
        "ca_sub_type": sub_type,
        "initiating_symbol": action.symbol,
        "initiating_original_cusip": action.cusip,
        "target_symbol": action.symbol,
        "target_original_cusip": action.cusip,
        "declaration_date": day,
        "ex_date": day,
        "record_date": day,
        "payable_date": day,
        # Numbers are strings here, as everywhere in the trading API.
        "cash": f"{action.terms.get('rate', 0):g}",
        "old_rate": f"{action.terms.get('old_rate', 1):g}",
        "new_rate": f"{action.terms.get('new_rate', 1):g}",
    }
