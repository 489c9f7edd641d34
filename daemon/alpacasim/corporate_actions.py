"""Announcements of splits and dividends, as GET /v1/corporate-actions tells them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from alpacasim.book import asset_id

KINDS = ("forward_split", "reverse_split", "cash_dividend")
_NAMESPACE = uuid.UUID("0c3f6cf0-4f0b-5b0c-8a59-7c1f8a1f3d52")


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """One announcement; `terms` are the rates that its kind has."""

    kind: str
    symbol: str
    ex_day: date
    terms: Mapping[str, float]

    @property
    def id(self) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.kind}/{self.symbol}/{self.ex_day}"))

    def body(self) -> dict[str, Any]:
        cusip = _cusip(self.symbol)
        names = {"old_cusip": cusip, "new_cusip": cusip} if self.kind == "reverse_split" else {"cusip": cusip}
        flags = {"special": False, "foreign": False} if self.kind == "cash_dividend" else {}
        day = self.ex_day.isoformat()
        dates = {"process_date": day, "ex_date": day, "record_date": day, "payable_date": day}
        return {"id": self.id, "symbol": self.symbol, **names, **self.terms, **flags, **dates}


@dataclass(slots=True)
class Announcements:
    """All that was announced, ordered by day, symbol and kind."""

    actions: list[CorporateAction] = field(default_factory=list)

    def add(self, action: CorporateAction) -> None:
        """Announce, or announce anew with other terms."""
        others = [other for other in self.actions if other.id != action.id]
        self.actions = sorted([*others, action], key=lambda one: (one.ex_day, one.symbol, KINDS.index(one.kind)))

    def between(
        self, start: date, end: date, symbols: Collection[str], kinds: Collection[str]
    ) -> list[CorporateAction]:
        """Those with an ex-date in start..end; without symbols or kinds, of all of them."""
        return [
            action
            for action in self.actions
            if start <= action.ex_day <= end
            and (not symbols or action.symbol in symbols)
            and (not kinds or action.kind in kinds)
        ]


def _cusip(symbol: str) -> str:
    return asset_id(symbol).replace("-", "")[:9].upper()
