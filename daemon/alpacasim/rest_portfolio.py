"""GET /v2/account/portfolio/history: the equity curve."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.calendar import DAY_NS, HOUR_NS, MINUTE_NS, SECOND_NS
from alpacasim.http_api import Guard, QueryError, choice, instant, ok
from alpacasim.money import E4
from alpacasim.player import Player

_STEPS_NS = {"1Min": MINUTE_NS, "5Min": 5 * MINUTE_NS, "15Min": 15 * MINUTE_NS, "1H": HOUR_NS}
_PERIOD_DAYS = {"D": 1, "W": 7, "M": 31, "A": 366}
_INTRADAY_DAYS = 30


class PortfolioApi:
    """The endpoint over one player's equity curve."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._base_e4 = player.exchange.account.last_equity_e4

    def routes(self, guard: Guard) -> list[Route]:
        return [Route("/v2/account/portfolio/history", guard(self.history))]

    async def history(self, request: Request) -> Response:
        end = instant(request, "end") or _end_of_day(request) or self._player.now_ns()
        start = instant(request, "start") or end - _period_ns(request.query_params.get("period", "1M"))
        timeframe = choice(request, "timeframe", _usual_timeframe(end - start), (*_STEPS_NS, "1D"))
        if timeframe != "1D" and end - start > (_INTRADAY_DAYS + 1) * DAY_NS:
            raise QueryError(f"period must be at most {_INTRADAY_DAYS} days for timeframe {timeframe}")
        points = [point for point in self._points(timeframe) if start <= point[0] <= end]
        base = self._base_before(start)
        return ok(
            {
                "timestamp": [at_ns // SECOND_NS for at_ns, _ in points],
                "equity": [equity / E4 for _, equity in points],
                "profit_loss": [(equity - base) / E4 for _, equity in points],
                "profit_loss_pct": [(equity - base) / base if base else 0.0 for _, equity in points],
                "base_value": base / E4,
                "timeframe": timeframe,
            }
        )

    def _points(self, timeframe: str) -> list[tuple[int, int]]:
        curve = self._player.equity_curve
        if timeframe == "1D":
            return [(at_ns, equity) for _, at_ns, equity in curve.days]
        step_ns = _STEPS_NS[timeframe]
        return [(at_ns, equity) for at_ns, equity in curve.minutes if at_ns % step_ns == 0]

    def _base_before(self, start_ns: int) -> int:
        before = [equity for _, at_ns, equity in self._player.equity_curve.days if at_ns < start_ns]
        return before[-1] if before else self._base_e4


def _usual_timeframe(period_ns: int) -> str:
    """What is answered when no timeframe is asked for."""
    if period_ns < 7 * DAY_NS:
        return "1Min"
    return "15Min" if period_ns < 30 * DAY_NS else "1D"


def _end_of_day(request: Request) -> int | None:
    """The end of `date_end`, the older way to bound the curve."""
    midnight = instant(request, "date_end")
    return None if midnight is None else midnight + DAY_NS - 1


def _period_ns(text: str) -> int:
    match = re.fullmatch(r"(\d{1,3})([DWMA])", text)
    if match is None:
        raise QueryError(f"invalid period: {text}")
    return int(match[1]) * _PERIOD_DAYS[match[2]] * DAY_NS
