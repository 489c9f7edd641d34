"""/v2/account/configurations: what the account's user may switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim import refusals
from alpacasim.account import Account
from alpacasim.http_api import Guard, answer, json_body
from alpacasim.refusals import Refusal
from alpacasim.wire import Json

_SWITCHES = ("suspend_trade", "no_shorting", "fractional_trading", "ptp_no_exception_entry")
_MULTIPLIERS = ("1", "2", "4")
_EMAILS = ("all", "none")


class ConfigurationApi:
    """The endpoint over one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        # Nothing in the simulator depends on these two: they are kept as they were set.
        self._email = "all"
        self._ptp_entry = False

    def routes(self, guard: Guard) -> list[Route]:
        path = "/v2/account/configurations"
        return [Route(path, guard(self.get), methods=["GET"]), Route(path, guard(self.patch), methods=["PATCH"])]

    async def get(self, request: Request) -> Response:
        return answer(self._body())

    async def patch(self, request: Request) -> Response:
        wanted = await json_body(request)
        if not isinstance(wanted, Mapping):
            return answer(refusals.malformed())
        # The SDK sends the fields that it does not know the value of as null.
        changes = {**self._body(), **{name: value for name, value in wanted.items() if value is not None}}
        return answer(_fault(changes) or self._set(changes))

    def _body(self) -> Json:
        return {
            "trade_confirm_email": self._email,
            "suspend_trade": self._account.suspended,
            "no_shorting": not self._account.shorting_enabled,
            "fractional_trading": self._account.fractions_enabled,
            "max_margin_multiplier": str(self._account.multiplier),
            "ptp_no_exception_entry": self._ptp_entry,
        }

    def _set(self, changes: Mapping[str, Any]) -> Json:
        self._email = changes["trade_confirm_email"]
        self._ptp_entry = changes["ptp_no_exception_entry"]
        self._account.suspended = changes["suspend_trade"]
        self._account.shorting_enabled = not changes["no_shorting"]
        self._account.fractions_enabled = changes["fractional_trading"]
        self._account.multiplier = int(changes["max_margin_multiplier"])
        return self._body()


def _fault(changes: Mapping[str, Any]) -> Refusal | None:
    for name in _SWITCHES:
        if not isinstance(changes[name], bool):
            return refusals.invalid(f"{name} must be true or false")
    if changes["max_margin_multiplier"] not in _MULTIPLIERS:
        return refusals.invalid(f"max_margin_multiplier must be one of {', '.join(_MULTIPLIERS)}")
    if changes["trade_confirm_email"] not in _EMAILS:
        return refusals.invalid(f"trade_confirm_email must be one of {', '.join(_EMAILS)}")
    return None
