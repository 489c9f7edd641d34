"""What the codes of market data mean: conditions of trades and quotes, and exchanges."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.http_api import Guard, QueryError, choice, ok

EXCHANGES = {
    "A": "NYSE American (AMEX)",
    "B": "NASDAQ OMX BX",
    "C": "National Stock Exchange",
    "D": "FINRA ADF",
    "E": "Market Independent",
    "H": "MIAX",
    "I": "International Securities Exchange",
    "J": "Cboe EDGA",
    "K": "Cboe EDGX",
    "L": "Long Term Stock Exchange",
    "M": "Chicago Stock Exchange",
    "N": "New York Stock Exchange",
    "P": "NYSE Arca",
    "Q": "NASDAQ OMX",
    "S": "NASDAQ Small Cap",
    "T": "NASDAQ Int",
    "U": "Members Exchange",
    "V": "IEX",
    "W": "CBOE",
    "X": "NASDAQ OMX PSX",
    "Y": "Cboe BYX",
    "Z": "Cboe BZ",
}
_REGULAR_SALE = {"A": " ", "B": " ", "C": "@"}
_TRADE_CONDITIONS = {
    "B": "Average Price Trade",
    "C": "Cash Trade (Same Day Clearing)",
    "F": "Intermarket Sweep",
    "H": "Price Variation Trade",
    "I": "Odd Lot Trade",
    "M": "Market Center Official Close",
    "N": "Next Day Trade (Next Day Clearing)",
    "O": "Opening Prints",
    "P": "Prior Reference Price",
    "Q": "Market Center Official Open",
    "R": "Seller",
    "T": "Form T",
    "U": "Extended Trading Hours (Sold Out of Sequence)",
    "V": "Contingent Trade",
    "X": "Cross Trade",
    "Z": "Sold (Out of Sequence)",
    "4": "Derivatively Priced",
    "5": "Re-Opening Prints",
    "6": "Closing Prints",
    "7": "Qualified Contingent Trade",
    "9": "Corrected Consolidated Close",
}
_QUOTE_CONDITIONS = {
    "A": "Slow Quote Offer Side",
    "B": "Slow Quote Bid Side",
    "C": "Closing Quote",
    "H": "Slow Quote Bid And Offer Side",
    "L": "Closed Market Maker",
    "N": "Non Firm Quote",
    "O": "Opening Quote",
    "R": "Regular Market Maker Open",
}


class MetaApi:
    """The endpoints: tables that don't change."""

    def routes(self, guard: Guard) -> list[Route]:
        return [
            Route("/v2/stocks/meta/exchanges", guard(self.exchanges)),
            Route("/v2/stocks/meta/conditions/{ticktype}", guard(self.conditions)),
        ]

    async def exchanges(self, request: Request) -> Response:
        return ok(EXCHANGES)

    async def conditions(self, request: Request) -> Response:
        if "tape" not in request.query_params:
            raise QueryError("tape is required")
        tape = choice(request, "tape", "", ("A", "B", "C"))
        match request.path_params["ticktype"]:
            case "trade":
                return ok({_REGULAR_SALE[tape]: "Regular Sale", **_TRADE_CONDITIONS})
            case "quote":
                return ok(_QUOTE_CONDITIONS)
            case other:
                raise QueryError(f"invalid ticktype: {other}")
