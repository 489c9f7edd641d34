"""Stock splits: what a share count, a price, bars, a position and a trade are after one. Exact by integers.

A split multiplies shares by `new_rate / old_rate` and divides prices by it. The value of a position and what it risks
stay what they were, up to rounding: a stop is rounded to the tick away from the entry, and what is no whole share (a
reverse split leaves such) is paid out by the broker in cash. That part is taken for sold at the position's last price,
an estimate: the broker's cash comes days later and is adopted then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fluxherod.core.calendar import NEW_YORK, from_datetime
from fluxherod.core.money import tick_e4
from fluxherod.core.portfolio import Position, Trade
from fluxherod.core.types import Bar


@dataclass(frozen=True, slots=True)
class Split:
    """`old_rate` shares become `new_rate` shares: 7 and 1 for a 7:1 split, 1 and 10 for a 1:10 reverse split.

    Both rates are above 0. `ex_date` is the New York date (`YYYY-MM-DD`) of the first session at the new price.
    """

    symbol: str
    ex_date: str
    new_rate: int
    old_rate: int

    @property
    def starts_ns(self) -> int:
        """New York's midnight at which the ex-date begins."""
        return from_datetime(datetime.fromisoformat(self.ex_date).replace(tzinfo=NEW_YORK))

    @property
    def inverse(self) -> Split:
        """The split that undoes this one."""
        return replace(self, new_rate=self.old_rate, old_rate=self.new_rate)

    @property
    def text(self) -> str:
        """As people write it: "7:1"."""
        return f"{self.new_rate}:{self.old_rate}"

    def shares(self, quantity: int) -> int:
        """Whole shares after the split, towards zero; `quantity` is signed."""
        whole = abs(quantity) * self.new_rate // self.old_rate
        return whole if quantity >= 0 else -whole

    def price(self, price: float) -> float:
        """A market price after the split."""
        return price * self.old_rate / self.new_rate

    def price_e4(self, price_e4: int) -> int:
        """The nearest 1/10,000 dollar of a price after the split, never 0 for one that was above it."""
        nearest = (2 * price_e4 * self.old_rate + self.new_rate) // (2 * self.new_rate)
        return max(nearest, 1) if price_e4 > 0 else nearest


def adjusted_bar(bar: Bar, split: Split) -> Bar:
    """A bar of before the split as it would have been after it."""
    return Bar(
        bar.symbol,
        bar.start_ns,
        split.price(bar.open),
        split.price(bar.high),
        split.price(bar.low),
        split.price(bar.close),
        split.shares(bar.volume),
    )


def adjusted_bars(bars: Iterable[Bar], split: Split) -> tuple[Bar, ...]:
    """Bars in the units of after the split: those that began before its ex-date are adjusted."""
    starts_ns = split.starts_ns
    return tuple(adjusted_bar(bar, split) if bar.start_ns < starts_ns else bar for bar in bars)


@dataclass(frozen=True, slots=True)
class CashInLieu:
    """What is paid for the part of a position that is no whole share: its cost and its value, signed as the position's.

    Both are 0 when all shares are whole.
    """

    cost_e4: int = 0
    value_e4: int = 0

    @property
    def realized_e4(self) -> int:
        """The profit or loss on that part."""
        return self.value_e4 - self.cost_e4


def adjusted_position(position: Position, split: Split) -> tuple[Position, CashInLieu]:
    """A position after the split, and what is paid for the rest. Its quantity may be 0: then all of it is paid."""
    side = 1 if position.quantity > 0 else -1
    owned = abs(position.quantity) * split.new_rate
    rest = owned % split.old_rate
    lieu = CashInLieu()
    if rest:
        lieu = CashInLieu(
            position.cost_e4 - position.cost_e4 * (owned - rest) // owned,
            side * (rest * position.price_e4 // split.new_rate),
        )
    part = split.shares(position.exit_quantity)
    gone = position.exit_quantity and not part  # what was to be sold is paid out; 0 would be all of the position
    after = replace(
        position,
        quantity=split.shares(position.quantity),
        cost_e4=position.cost_e4 - lieu.cost_e4,
        stop_e4=_away(position.stop_e4, side, split),
        watched_stop_e4=_away(position.watched_stop_e4, side, split),
        target_e4=None if position.target_e4 is None else split.price_e4(position.target_e4),
        best_e4=split.price_e4(position.best_e4),
        atr=split.price(position.atr),
        price_e4=split.price_e4(position.price_e4),
        exit_reason="" if gone else position.exit_reason,
        exit_quantity=part,
        exit_by="" if gone else position.exit_by,
    )
    return after, lieu


def adjusted_trade(trade: Trade, after: Position, lieu: CashInLieu, split: Split) -> Trade:
    """A round trip in shares of after the split; its money is unchanged but for what is paid in lieu of shares.

    What has entered less what has left is what is open, before and after; so is the sum of the values at its end.
    """
    left = split.shares(trade.exit_quantity)
    return replace(
        trade,
        entry_quantity=left + abs(after.quantity),
        exit_quantity=left,
        exit_value_e4=trade.exit_value_e4 + abs(lieu.value_e4),
        realized_e4=trade.realized_e4 + lieu.realized_e4,
        stop_e4=_away(trade.stop_e4, trade.side, split),
    )


def _away(price_e4: int | None, side: int, split: Split) -> int | None:
    """A stop after the split, rounded to the tick away from the entry: down for a long, up for a short."""
    if price_e4 is None:
        return None
    scaled = price_e4 * split.old_rate
    exact = scaled // split.new_rate if side > 0 else -(-scaled // split.new_rate)
    tick = tick_e4(exact)
    down = exact // tick * tick
    return max(down, 1) if side > 0 or down == exact else down + tick
