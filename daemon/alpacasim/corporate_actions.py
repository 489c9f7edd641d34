"""Splits and dividends: what was announced, when it takes effect, and what it does to the bars before it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from alpacasim.aggregate import Bars
from alpacasim.book import asset_id
from alpacasim.calendar import midnight_ns

KINDS = ("forward_split", "reverse_split", "cash_dividend")
_NAMESPACE = uuid.UUID("0c3f6cf0-4f0b-5b0c-8a59-7c1f8a1f3d52")


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """One announcement; `terms` are the rates that its kind has.

    `in_prices`: the tape's own prices have it from its day on; else a split divides them.
    """

    kind: str
    symbol: str
    ex_day: date
    terms: Mapping[str, float]
    in_prices: bool = True

    @property
    def is_split(self) -> bool:
        return self.kind in ("forward_split", "reverse_split")

    @property
    def ratio(self) -> Fraction:
        """Shares after a split for each share before it."""
        return Fraction(str(self.terms["new_rate"])) / Fraction(str(self.terms["old_rate"]))

    @property
    def id(self) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.kind}/{self.symbol}/{self.ex_day}"))

    @property
    def cusip(self) -> str:
        return asset_id(self.symbol).replace("-", "")[:9].upper()

    def body(self) -> dict[str, Any]:
        cusip = self.cusip
        names = {"old_cusip": cusip, "new_cusip": cusip} if self.kind == "reverse_split" else {"cusip": cusip}
        flags = {"special": False, "foreign": False} if self.kind == "cash_dividend" else {}
        day = self.ex_day.isoformat()
        dates = {"process_date": day, "ex_date": day, "record_date": day, "payable_date": day}
        return {"id": self.id, "symbol": self.symbol, **names, **self.terms, **flags, **dates}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What an action does to the prices and volumes of the days before it."""

    ex_day: date
    price_divisor: float
    volume_factor: float = 1.0


def split_adjustment(split: CorporateAction) -> Adjustment:
    return Adjustment(split.ex_day, float(split.ratio), float(split.ratio))


def dividend_adjustment(dividend: CorporateAction, close_before: float) -> Adjustment | None:
    """Prices lose the share of the last close that the dividend is; None for one that is worth no less than it."""
    left = close_before - dividend.terms["rate"]
    return Adjustment(dividend.ex_day, close_before / left) if left > 0.0 else None


@dataclass(slots=True)
class Announcements:
    """All that was announced, ordered by day, symbol and kind."""

    actions: list[CorporateAction] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _on_effect: dict[str, Callable[[], None]] = field(default_factory=dict)

    def add(self, action: CorporateAction, on_effect: Callable[[], None] = lambda: None) -> None:
        """Announce, or announce anew with other terms; `on_effect` is called when it takes effect."""
        others = [other for other in self.actions if other.id != action.id]
        self.actions = sorted([*others, action], key=lambda one: (one.ex_day, one.symbol, KINDS.index(one.kind)))
        self._on_effect[action.id] = on_effect

    def take_effect(self, after: date, until: date) -> list[CorporateAction]:
        """Those with an ex-date in (after, until] that were not taken yet."""
        due = [action for action in self.actions if after < action.ex_day <= until and action.id not in self._taken]
        self._taken.update(action.id for action in due)
        for action in due:
            self._on_effect[action.id]()
        return due

    def splits_to_play(self, symbol: str) -> list[CorporateAction]:
        """The splits of a symbol that the tape's prices do not have."""
        return [one for one in self.actions if one.symbol == symbol and one.is_split and not one.in_prices]

    def of_symbol(self, symbol: str, until: date) -> list[CorporateAction]:
        """What was announced of a symbol with an ex-date up to a day."""
        return [one for one in self.actions if one.symbol == symbol and one.ex_day <= until]

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


def after_splits(bars: Bars, splits: Sequence[CorporateAction]) -> Bars:
    """A tape's minutes as they are traded after splits that it does not have: from its day on each divides them.

    Prices are whole cents from a dollar on, as on the tape.
    """
    result = bars.copy()
    for split in splits:
        since = result["t_ns"] >= midnight_ns(split.ex_day)
        part = result[since]
        for name in ("open", "high", "low", "close", "vwap"):
            price = part[name] / float(split.ratio)
            part[name] = np.maximum(np.round(np.where(price >= 1.0, np.round(price, 2), price), 4), 0.0001)
        part["vwap"] = np.clip(part["vwap"], part["low"], part["high"])
        part["volume"] = np.maximum(np.rint(part["volume"] * float(split.ratio)), np.minimum(part["volume"], 1))
        part["trades"] = np.minimum(part["trades"], part["volume"])
        result[since] = part
    return result


def adjusted(bars: Bars, adjustments: Sequence[Adjustment]) -> Bars:
    """Bars as if each action had always been: what is before its day is divided, volumes are multiplied."""
    result = bars.copy()
    for adjustment in adjustments:
        before = result["t_ns"] < midnight_ns(adjustment.ex_day)
        for name in ("open", "high", "low", "close", "vwap"):
            result[name][before] = np.round(result[name][before] / adjustment.price_divisor, 4)
        result["volume"][before] = np.rint(result["volume"][before] * adjustment.volume_factor)
    return result
