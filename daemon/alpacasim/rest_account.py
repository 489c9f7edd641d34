"""Account, positions, activities, assets, clock and calendar of the trading API."""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.account import Entry, Fill
from alpacasim.book import asset_id
from alpacasim.calendar import Calendar, Session, new_york_day, settlement_day
from alpacasim.fault_injector import Injector
from alpacasim.http_api import Guard, QueryError, Refused, choice, day, flag, instant, integer, names, ok, refuse
from alpacasim.money import decimal_to_e4, decimal_to_e9, parse_decimal
from alpacasim.orders import Order
from alpacasim.player import Player
from alpacasim.refusals import Refusal
from alpacasim.rest_orders import closed_position_body
from alpacasim.timestamps import new_york_text
from alpacasim.wire import Json, account_body, asset_body, entry_body, fill_body, order_body, position_body

_CALENDAR_START, _CALENDAR_END = date(1970, 1, 1), date(2029, 12, 31)


class AccountApi:
    """The endpoints over one exchange; `created_ns` is when the account came to be."""

    def __init__(self, player: Player, injector: Injector, created_ns: int) -> None:
        self._injector = injector
        self._player = player
        self._exchange = player.exchange
        self._created_ns = created_ns

    def routes(self, guard: Guard) -> list[Route]:
        return [
            Route("/v2/account", guard(self.account)),
            Route("/v2/account/activities", guard(self.activities)),
            Route("/v2/account/activities/{kind}", guard(self.activities)),
            Route("/v2/positions", guard(self.positions), methods=["GET"]),
            Route("/v2/positions", guard(self.close_all), methods=["DELETE"]),
            Route("/v2/positions/{symbol}", guard(self.position), methods=["GET"]),
            Route("/v2/positions/{symbol}", guard(self.close), methods=["DELETE"]),
            Route("/v2/assets", guard(self.assets)),
            Route("/v2/assets/{symbol}", guard(self.asset)),
            Route("/v2/clock", guard(self.clock)),
            Route("/v2/calendar", guard(self.calendar)),
        ]

    async def account(self, request: Request) -> Response:
        return ok(account_body(self._exchange, self._created_ns))

    # Positions

    def _symbol(self, text: str) -> str | None:
        """A symbol, from itself or from its asset's id."""
        if text in self._exchange.markets:
            return text
        return next((symbol for symbol in self._exchange.markets if asset_id(symbol) == text), None)

    async def positions(self, request: Request) -> Response:
        positions = self._exchange.account.positions
        return ok([position_body(self._exchange, positions[symbol]) for symbol in sorted(positions)])

    async def position(self, request: Request) -> Response:
        symbol = self._symbol(request.path_params["symbol"])
        position = self._exchange.account.positions.get(symbol or "")
        if position is None:
            return refuse(refusals.not_found("position does not exist"))
        return ok(position_body(self._exchange, position))

    async def close(self, request: Request) -> Response:
        symbol = self._symbol(request.path_params["symbol"]) or ""
        result = self._close(symbol, self._part_e9(request, symbol))
        if isinstance(result, Refusal):
            return refuse(result)
        response = ok(order_body(result))
        self._exchange.activate(result, self._exchange.now_ns)
        return response

    async def close_all(self, request: Request) -> Response:
        now = self._player.now_ns()
        if flag(request, "cancel_orders"):
            self._exchange.cancel_all(now)
        results = [(symbol, self._close(symbol, None)) for symbol in sorted(self._exchange.account.positions)]
        response = ok([closed_position_body(symbol, result) for symbol, result in results], 207)
        for _, result in results:
            if isinstance(result, Order):
                self._exchange.activate(result, now)
        return response

    def _close(self, symbol: str, quantity_e9: int | None) -> Order | Refusal:
        wanted = self._exchange.closing_request(symbol, quantity_e9)
        return wanted if isinstance(wanted, Refusal) else self._exchange.accept(wanted, self._player.now_ns())

    def _part_e9(self, request: Request, symbol: str) -> int | None:
        quantity = request.query_params.get("qty")
        percentage = request.query_params.get("percentage")
        if quantity is None and percentage is None:
            return None
        if quantity is not None and percentage is not None:
            raise Refused(refusals.invalid("only one of qty or percentage is accepted"))
        number = parse_decimal(quantity if quantity is not None else percentage)
        if number is None or not 0 < number < 1_000_000_000 or (percentage is not None and number > 100):
            raise QueryError("invalid qty or percentage")
        if quantity is None:
            return self._exchange.part_of_position_e9(symbol, decimal_to_e4(number))
        part = decimal_to_e9(number)
        if part is None:
            raise QueryError("invalid qty")
        return part

    # Activities

    async def activities(self, request: Request) -> Response:
        kind = request.path_params.get("kind")
        kinds = {kind} if kind else set(names(request, "activity_types"))
        category = choice(request, "category", "", ("", "trade_activity", "non_trade_activity"))
        account = self._exchange.account
        everything: list[Fill | Entry] = [*account.fills, *account.entries]
        after, until = instant(request, "after"), instant(request, "until")
        on_day = request.query_params.get("date")
        records = [
            record
            for record in sorted(everything, key=lambda record: record.at_ns)
            if (not kinds or _kind(record) in kinds)
            and (not category or (category == "trade_activity") == isinstance(record, Fill))
            and (after is None or record.at_ns > after)
            and (until is None or record.at_ns < until)
            and (on_day is None or new_york_day(record.at_ns).isoformat() == on_day)
        ]
        if choice(request, "direction", "desc", ("asc", "desc")) == "desc":
            records.reverse()
        records = _after_id(records, request.query_params.get("page_token"))
        size = integer(request, "page_size", 100, 1, 100)
        return ok([self._activity_body(record) for record in records[:size]])

    def _activity_body(self, record: Fill | Entry) -> Json:
        if isinstance(record, Entry):
            return entry_body(record)
        return fill_body(record, self._exchange.orders[record.order_id].status)

    # Assets

    async def assets(self, request: Request) -> Response:
        bodies = [asset_body(market) for market in self._exchange.markets.values()]
        for name, key in (("status", "status"), ("asset_class", "class"), ("exchange", "exchange")):
            wanted = request.query_params.get(name)
            bodies = [body for body in bodies if wanted is None or body[key] == wanted]
        attributes = set(names(request, "attributes"))
        return ok([body for body in bodies if attributes <= set(body["attributes"])])

    async def asset(self, request: Request) -> Response:
        text = request.path_params["symbol"]
        symbol = self._symbol(text)
        if symbol is None:
            return refuse(refusals.not_found(f"asset not found for {text}"))
        return ok(asset_body(self._exchange.markets[symbol]))

    # Time

    async def clock(self, request: Request) -> Response:
        now, calendar = self._player.now_ns(), self._player.calendar
        return ok(
            {
                "timestamp": new_york_text(now + self._injector.skew_ns()),
                "is_open": calendar.is_open(now),
                "next_open": new_york_text(calendar.next_open(now)),
                "next_close": new_york_text(calendar.next_close(now)),
            }
        )

    async def calendar(self, request: Request) -> Response:
        start = day(request, "start", _CALENDAR_START)
        end = day(request, "end", _CALENDAR_END)
        calendar = self._player.calendar
        return ok([_calendar_body(session, calendar) for session in calendar.sessions(start, end)])


def _kind(record: Fill | Entry) -> str:
    return record.kind if isinstance(record, Entry) else "FILL"


def _after_id(records: list[Fill | Entry], last_id: str | None) -> list[Fill | Entry]:
    if last_id is None:
        return records
    ids = [record.id for record in records]
    return records[ids.index(last_id) + 1 :] if last_id in ids else []


def _calendar_body(session: Session, calendar: Calendar) -> Json:
    return {
        "date": session.day.isoformat(),
        "open": new_york_text(session.open_ns)[11:16],
        "close": new_york_text(session.close_ns)[11:16],
        "session_open": "0400",
        "session_close": "2000" if new_york_text(session.close_ns)[11:16] == "16:00" else "1700",
        "settlement_date": settlement_day(calendar, session.day).isoformat(),
    }
