"""What the engine knows of one symbol: its bars, its prices, and what was turned away at its door."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from fluxherod.core.bars import DUPLICATE, MOST_DOLLARS, BarBuilder
from fluxherod.core.money import E4
from fluxherod.core.types import Bar, Quote
from fluxherod.engine.market.closed_bars import ClosedBars
from fluxherod.engine.market.volatility import FiveMinuteRange

SANE_SPREAD = 0.02


def sane(quote: Quote) -> bool:
    """True for a quote with two sides that are not crossed and not far apart: its middle is a price."""
    return quote.bid > 0 and quote.ask > quote.bid and quote.ask - quote.bid <= SANE_SPREAD * quote.mid


@dataclass(slots=True)
class SymbolBook:
    """One symbol. While `waiting` is not None, live minutes are kept in it until the gap before them is filled.

    Such a gap is a hole when it lies in what a standing connection brings: `holed` until each minute before
    `hole_end_ns` is known, `asking` while REST is asked, with minutes behind it since `delayed_ns`. Every minute before
    `known_ns` is here, or REST says that nobody traded in it. `corrections` are revisions that came meanwhile.

    `joining` is a symbol that was added while others traded, until it trades itself. `followed_ns` is since when its
    minutes come: None while there is no connection or no subscription. What was decided through `silent_through_ns` is
    not decided once more when its bars are loaded again.
    """

    symbol: str
    row: int
    builder: BarBuilder
    five_minutes: FiveMinuteRange
    closed: ClosedBars = field(default_factory=ClosedBars)
    waiting: dict[int, Bar] | None = field(default_factory=dict)
    corrections: dict[int, Bar] = field(default_factory=dict)
    holed: bool = False
    hole_end_ns: int = 0
    delayed_ns: int = 0
    asking: bool = False
    warm: bool = False
    noted: bool = False  # what stood on the newest bar is known, as the kernel's edge memory has it
    newest_minute: Bar | None = None
    newest_minute_ns: int = 0
    known_ns: int = 0
    decided_through_ns: int = 0
    silent_through_ns: int = 0
    joining: bool = False
    followed_ns: int | None = None
    price_e4: int = 0
    price_ns: int = 0
    quote: Quote | None = None
    tradable: bool = False
    shortable: bool = False
    rejections: Counter[str] = field(default_factory=Counter)
    revised: int = 0
    outside: int = 0

    @property
    def live(self) -> bool:
        """True when history is loaded and no gap is open; a hole delays bars for five minutes at most."""
        return self.warm and (self.waiting is None or self.holed)

    def hold(self) -> None:
        """Keep what comes until the minutes before it are known."""
        if self.waiting is None:
            self.waiting = {}

    def keep(self, minute: Bar) -> None:
        """Keep a minute until those before it are known."""
        self.hold()
        assert self.waiting is not None
        self.waiting[minute.start_ns] = minute

    def release(self, missed: Iterable[Bar] = ()) -> list[Bar]:
        """The minutes that waited and those that were missed, in order; nothing is kept any more.

        A minute by both roads counts once, as REST has it; one that only the stream had is not lost.
        """
        minutes = (self.waiting or {}) | {bar.start_ns: bar for bar in missed} | self.corrections
        self.waiting, self.corrections, self.holed = None, {}, False
        news = (start_ns for start_ns, bar in minutes.items() if self.builder.minutes.get(start_ns) != bar)
        return [minutes[start_ns] for start_ns in sorted(news) if start_ns >= self.decided_through_ns]

    @property
    def followed(self) -> bool:
        """True when its minutes come, or will with the connection."""
        return self.followed_ns is not None

    @property
    def rejected(self) -> int:
        """Bars turned away at the door; one that came twice is no fault."""
        return self.rejections.total() - self.rejections[DUPLICATE]

    def mark(self, price: float, now_ns: int) -> None:
        """Take a price; 0 is none, and one older than the known price (a back-filled minute) changes nothing."""
        if 0 < price <= MOST_DOLLARS and now_ns >= self.price_ns:
            self.price_e4, self.price_ns = round(price * E4), now_ns

    def spread(self, oldest_ns: int) -> float:
        """Ask minus bid of a two-sided quote that is not older than a time, else NaN."""
        quote = self.quote
        if quote is None or quote.bid <= 0 or quote.ask <= 0 or quote.time_ns < oldest_ns:
            return math.nan
        return quote.ask - quote.bid
