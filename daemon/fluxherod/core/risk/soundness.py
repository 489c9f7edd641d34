"""Whether what risk is asked can be computed with at all: whole numbers where whole numbers belong, nothing else.

NaN, infinities, None and booleans would pass comparisons that they must not pass, and what is beyond reason would not
fit the arithmetic. So they are refused before the first check, each with the check's code that it would have fooled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter

from fluxherod.core.risk.limits import RiskLimits
from fluxherod.core.risk.request import AccountState, EntryRequest

MOST_BP = 10_000
MOST_LIMIT = 1_000_000
MOST_FACTOR_BP = 1_000_000

# The fields that must be whole numbers, and the check that stands on each.
_OF_REQUEST = (
    ("price_e4", "price_valid"),
    ("stop_e4", "stop_loss"),
    ("distance_e4", "stop_loss"),
    ("wanted", "quantity"),
    ("held", "quantity"),
    ("risk_bp", "risk"),
)
_OF_ACCOUNT = (
    ("equity_e4", "equity_known"),
    ("exposure_e4", "equity_known"),
    ("buying_power_e4", "equity_known"),
    ("peak_e4", "equity_known"),
    ("open_positions", "open_positions"),
)
_WHOLE_LIMITS = tuple(field.name for field in fields(RiskLimits) if field.type == "int")
_whole_limits = attrgetter(*_WHOLE_LIMITS)
_LIMITS = tuple(field.name for field in fields(RiskLimits) if field.type == "float")
# None has a meaning of its own there, and a check that knows it.
_MAY_BE_NONE = frozenset({"stop_e4", "wanted", "equity_e4"})


def first_fault(request: EntryRequest, account: AccountState, limits: RiskLimits) -> tuple[str, str] | None:
    """The first thing that can't be computed with, as a check's code and words; None when all is sound."""
    return next(_faults(request, account, limits), None)


def _faults(request: EntryRequest, account: AccountState, limits: RiskLimits) -> Iterator[tuple[str, str]]:
    for part, names in ((account, _OF_ACCOUNT), (request, _OF_REQUEST)):
        for name, code in names:
            value = getattr(part, name)
            if type(value) is not int and not (value is None and name in _MAY_BE_NONE):
                yield code, f"{name} is {value!r}: not a whole number"
    if account.open_positions < 0:
        yield "open_positions", f"{account.open_positions} open positions: there can't be fewer than none"
    if request.held < 0:
        yield "quantity", f"{request.held} shares held already: there can't be fewer than none"
    if not 0 < request.risk_bp <= MOST_BP:
        yield "risk", f"a risk of {request.risk_bp} basis points: it must be above none and at most all of the equity"
    for name, factor_bp in request.multipliers:
        if type(factor_bp) is not int or not 0 <= factor_bp <= MOST_FACTOR_BP:
            yield "multipliers", f"the multiplier {name} is {factor_bp!r}: not a factor in basis points"
    for one in request.correlations:
        if isinstance(one.rho, bool) or not isinstance(one.rho, int | float):
            yield "correlation", f"the correlation with {one.symbol} is {one.rho!r}: not a number"
    whole = _whole_limits(limits)
    if {*map(type, whole)} != {int} or min(whole) < 0 or max(whole) > MOST_LIMIT:  # in one look: they are nearly never
        for name, value in zip(_WHOLE_LIMITS, whole, strict=True):
            if type(value) is not int or not 0 <= value <= MOST_LIMIT:
                yield "limits", f"{name} is {value!r}: not a limit"
    for name in _LIMITS:
        value = getattr(limits, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield "limits", f"{name} is {value!r}: not a limit"
