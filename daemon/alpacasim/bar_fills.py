"""Executions as a back-tester of bars has them, so that what traded here can be compared with it to the cent."""

from __future__ import annotations

from dataclasses import dataclass

from alpacasim.matching import Market, waits_for_trigger
from alpacasim.orders import Order, Side

_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class BarFills:
    """Orders execute by the prints of bars of `length_ns`; whatever was ordered meanwhile waits for the next print.

    At the market: at the first print of the next bar. A stop: at its own price, or at the print that opens a bar beyond
    it. Both `slippage_bp` worse, rounded to 1/10,000 dollar against the trader. A limit: when the price goes through
    it (touching is not enough), at its own price or at the print that opens a bar beyond it.
    """

    length_ns: int
    slippage_bp: int = 1

    def same_bar(self, market: Market, now_ns: int) -> bool:
        """Does a print at this time belong to the bar of the last one. Bars begin with the session at the latest."""
        return market.opened and market.last_ns // self.length_ns == now_ns // self.length_ns

    def price_e4(self, order: Order, last_e4: int, path_from_e4: int | None) -> int | None:
        """What the order executes at when the price comes to `last_e4`, from `path_from_e4` or with a bar's open."""
        if order.limit_e4 is not None:
            if waits_for_trigger(order) or (order.limit_e4 - last_e4) * order.sign <= 0:
                return None
            return last_e4 if path_from_e4 is None else order.limit_e4
        if order.type == "market":
            return None if path_from_e4 is not None else self._slipped_e4(order.side, last_e4)
        at_e4 = last_e4 if path_from_e4 is None or order.stop_e4 is None else order.stop_e4
        return self._slipped_e4(order.side, at_e4)

    def _slipped_e4(self, side: Side, price_e4: int) -> int:
        if side == "buy":
            return -(-price_e4 * (_WHOLE_BP + self.slippage_bp) // _WHOLE_BP)
        return price_e4 * (_WHOLE_BP - self.slippage_bp) // _WHOLE_BP
