"""What is not simulated: options, crypto, news and the like, answered as to an account that does not have them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.http_api import Guard, Handler, refuse
from alpacasim.refusals import Refusal

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_NOT_SIMULATED = "alpacasim simulates US equities only"


class ElsewhereApi:
    """Refusals in the form of each host."""

    def trading_routes(self, guard: Guard) -> list[Route]:
        options = guard(_refusing(refusals.forbidden(f"account not eligible to trade options: {_NOT_SIMULATED}")))
        crypto = guard(_refusing(refusals.forbidden(f"account not eligible to trade crypto: {_NOT_SIMULATED}")))
        return [
            Route("/v2/options/{rest:path}", options, methods=_METHODS),
            Route("/v2/positions/{symbol}/exercise", options, methods=["POST"]),
            Route("/v2/positions/{symbol}/do-not-exercise", options, methods=["POST"]),
            Route("/v2/wallets{rest:path}", crypto, methods=_METHODS),
        ]

    def data_routes(self, guard: Guard) -> list[Route]:
        # These are the words that Alpaca has for data of options without an agreement.
        options = guard(_refusing(Refusal(403, None, f"OPRA agreement is not signed: {_NOT_SIMULATED}")))
        others = {
            "/v1beta3/crypto/{rest:path}": "crypto",
            "/v1beta1/crypto-perps/{rest:path}": "crypto",
            "/v1beta1/screener/crypto/{rest:path}": "crypto",
            "/v1beta1/news": "news",
            "/v1beta1/forex/{rest:path}": "forex",
            "/v1beta1/logos/{rest:path}": "logo",
            "/v1beta1/fixed_income/{rest:path}": "fixed income",
        }
        return [
            Route("/v1beta1/options/{rest:path}", options),
            *(
                Route(path, guard(_refusing(Refusal(403, None, _no_data(what)))), methods=["GET"])
                for path, what in others.items()
            ),
        ]


def _no_data(what: str) -> str:
    return f"subscription does not permit querying {what} data: {_NOT_SIMULATED}"


def _refusing(refusal: Refusal) -> Handler:
    async def handle(request: Request) -> Response:
        return refuse(refusal)

    return handle
