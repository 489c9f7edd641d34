"""When an order executes and at which price: pure decisions on one order and its symbol's market."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from alpacasim.money import CENT_E4, DOLLAR_E4, divide_half_up
from alpacasim.orders import Order, Side
from alpacasim.pauses import Pauses

# Alpaca turns a buy stop into a stop-limit this far above the stop: 4 % below 50 dollars, else 2.5 %.
_BUY_STOP_COLLAR_CHEAP_E4 = 10_400
_BUY_STOP_COLLAR_E4 = 10_250
_CHEAP_BELOW_E4 = 50 * DOLLAR_E4


@dataclass(frozen=True, slots=True)
class ScriptedFill:
    """An execution to come: the whole remainder when `quantity_e9` is None."""

    price_e4: int
    quantity_e9: int | None = None
    side: Side | None = None


@dataclass(slots=True)
class Market:
    """What is known of one symbol now. A side at 0 is not quoted; `last_e4` is 0 before the first price."""

    symbol: str
    last_e4: int = 0
    last_size: int = 0
    last_ns: int = 0
    trade_id: int = 0
    """Of the last print."""
    newest_id: int = 0
    bid_e4: int = 0
    ask_e4: int = 0
    bid_size: int = 0
    ask_size: int = 0
    quote_ns: int = 0
    previous_close_e4: int = 0
    last_day_e4: int = 0
    opened: bool = False
    """Has traded in this session: parked orders wait for that."""
    quote_held: bool = False
    """A scripted quote that the tape does not move."""
    halted: bool = False
    """Trading is halted: nothing executes, the tape does not print."""
    answers_held: bool = False
    """What is asked stays pending: orders don't begin to work, cancels and replacements wait."""
    fills_held: bool = False
    """Nothing executes by itself: only scripted fills do."""
    scripts: deque[ScriptedFill] = field(default_factory=deque)
    tradable: bool = True
    shortable: bool = True
    easy_to_borrow: bool = True
    fractionable: bool = True
    halts: Pauses = field(default_factory=Pauses)
    quote_holds: Pauses = field(default_factory=Pauses)

    def quoted(self, side: Side) -> int:
        """The price at which a market order of that side executes now; 0 when nobody quotes it."""
        return self.ask_e4 if side == "buy" else self.bid_e4

    def number(self, now_ns: int) -> int:
        """The id of a new print: its microsecond, or the next number where two prints share one."""
        self.newest_id = max(now_ns // 1000, self.newest_id + 1)
        return self.newest_id

    def take_script(self, side: Side) -> ScriptedFill | None:
        for script in self.scripts:
            if script.side is None or script.side == side:
                self.scripts.remove(script)
                return script
        return None


def collared_e4(price_e4: int) -> int:
    """The price up to which a buy at `price_e4` may run, and at which its buying power is reckoned."""
    collar = _BUY_STOP_COLLAR_CHEAP_E4 if price_e4 < _CHEAP_BELOW_E4 else _BUY_STOP_COLLAR_E4
    return divide_half_up(price_e4 * collar, 10_000)


def quote_around(price_e4: int, spread_bp: float) -> tuple[int, int]:
    """Bid and ask in whole cents (1/10,000 below one dollar) around a price, at least one tick apart."""
    tick = CENT_E4 if price_e4 >= DOLLAR_E4 else 1
    half = price_e4 * spread_bp / 20_000
    bid = max(tick, int((price_e4 - half) // tick) * tick)
    ask = -int(-(price_e4 + half) // tick) * tick
    if ask - bid < tick:
        ask = bid + tick
    return bid, ask


def waits_for_trigger(order: Order) -> bool:
    return order.type in ("stop", "stop_limit", "trailing_stop") and not order.triggered


def trail(order: Order, last_e4: int) -> None:
    """Move a trailing stop behind the best price since it began to work."""
    best = order.high_water_e4
    if best is None or (last_e4 - best) * order.sign < 0:
        order.high_water_e4 = best = last_e4
    distance = order.trail_e4
    if distance is None:
        distance = divide_half_up(best * (order.trail_percent_e4 or 0), 1_000_000)
    order.stop_e4 = best + order.sign * distance


def is_hit(order: Order, last_e4: int) -> bool:
    """A buy stop is hit by a trade at or above it, a sell stop by one at or below it."""
    return order.stop_e4 is not None and (last_e4 - order.stop_e4) * order.sign >= 0


def trigger_shift_e4(order: Order, market: Market, path_from_e4: int | None) -> int:
    """How far the market was from its present place when the stop was hit.

    On a continuous path from `path_from_e4` to the last price the stop was hit at its own price. After a gap, or
    when a quote is held, it is hit where the market is.
    """
    if path_from_e4 is None or market.quote_held or order.stop_e4 is None:
        return 0
    low, high = sorted((path_from_e4, market.last_e4))
    return order.stop_e4 - market.last_e4 if low <= order.stop_e4 <= high else 0


def execution_price(order: Order, market: Market, shift_e4: int = 0, *, continuous: bool = False) -> int | None:
    """The price at which the order executes in the present market (moved by `shift_e4`), or None.

    A limit order that has rested executes at its own price when a continuous path reaches it; one that arrives
    marketable, or is met by a gap, at the quote.
    """
    quoted = market.quoted(order.side)
    if quoted == 0:
        return None
    quoted += shift_e4
    limit = order.limit_e4
    if order.type == "stop" and order.side == "buy" and order.stop_e4 is not None:
        limit = collared_e4(order.stop_e4)
    if limit is None:
        return quoted
    if (limit - quoted) * order.sign < 0:
        return None
    rests = order.rested and continuous and order.type in ("limit", "stop_limit")
    return limit if rests and not market.quote_held else quoted
