"""Admin requests that let something happen in the market: halts, bands, corrections, corporate actions, failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from alpacasim.admin_fields import AdminError, day, flag, one_of, positive, price_e4, size
from alpacasim.corporate_actions import KINDS, CorporateAction
from alpacasim.data_wire import Channel, Json, stream_band, stream_cancel, stream_correction
from alpacasim.fault_injector import Injector
from alpacasim.market_stream import MarketHub
from alpacasim.matching import Market
from alpacasim.player import Player
from alpacasim.ticks import Ticks

Action = Callable[[Mapping[str, Any]], Awaitable[None]]

_RATES: dict[str, tuple[str, ...]] = {
    "forward_split": ("new_rate", "old_rate"),
    "reverse_split": ("new_rate", "old_rate"),
    "cash_dividend": ("rate",),
}


class AdminEvents:
    """The actions over one running simulator."""

    def __init__(self, player: Player, market_hub: MarketHub, injector: Injector, ticks: Ticks) -> None:
        self._player = player
        self._exchange = player.exchange
        self._market_hub = market_hub
        self._injector = injector
        self._ticks = ticks

    def actions(self) -> dict[str, Action]:
        return {
            "halt": self.halt,
            "luld": self.luld,
            "correction": self.correction,
            "cancel-trade": self.cancel_trade,
            "corporate-action": self.corporate_action,
            "fail": self.fail,
            "faults": self.faults,
            "pending": self.pending,
        }

    def market(self, body: Mapping[str, Any]) -> Market:
        """The market that a request names."""
        market = self._exchange.markets.get(str(body.get("symbol")))
        if market is None:
            raise AdminError(f"symbol is {body.get('symbol')!r}: {', '.join(self._exchange.markets)} are allowed")
        return market

    async def _publish(self, channel: Channel, symbol: str, message: Json) -> None:
        self._market_hub.publish(channel, {symbol: message})
        await self._player.drain()

    async def halt(self, body: Mapping[str, Any]) -> None:
        market = self.market(body)
        halted = flag(body, "halted", True)
        code, reason = str(body.get("code", "LUDP")), str(body.get("reason", "Volatility Trading Pause"))
        self._player.halt(market.symbol, halted, code, reason)
        await self._player.drain()

    async def pending(self, body: Mapping[str, Any]) -> None:
        market = self.market(body)
        self._exchange.hold_answers(market.symbol, flag(body, "hold", True), self._player.now_ns())

    async def luld(self, body: Mapping[str, Any]) -> None:
        symbol = self.market(body).symbol
        up, down = price_e4(body, "up", lowest=1), price_e4(body, "down", lowest=1)
        indicator = str(body.get("indicator", "B"))
        await self._publish("lulds", symbol, stream_band(symbol, up, down, indicator, self._player.now_ns()))

    async def correction(self, body: Mapping[str, Any]) -> None:
        market = self.market(body)
        price, shares, now_ns = price_e4(body, "price", lowest=1), size(body, "size"), self._player.now_ns()
        corrected_id = market.number(now_ns)
        message = stream_correction(market, price, shares, corrected_id, now_ns)
        self._ticks.correct(market, price, shares, corrected_id, now_ns)
        await self._publish("corrections", market.symbol, message)

    async def cancel_trade(self, body: Mapping[str, Any]) -> None:
        market = self.market(body)
        self._ticks.cancel(market)
        await self._publish("cancelErrors", market.symbol, stream_cancel(market, self._player.now_ns()))

    async def corporate_action(self, body: Mapping[str, Any]) -> None:
        symbol = self.market(body).symbol
        kind = one_of(body, "type", KINDS)
        terms = {name: positive(body, name) for name in _RATES[kind]}
        in_prices = flag(body, "in_prices", self._player.history.holds_splits)
        action = CorporateAction(kind, symbol, day(body, "ex_date"), terms, in_prices)
        if (late := self._player.too_late(action)) is not None:
            raise AdminError(late)
        self._player.announce(action)

    async def fail(self, body: Mapping[str, Any]) -> None:
        times = {"count": body.get("times", 1)}
        given = {name: value for name, value in body.items() if name != "times"}
        self._injector.add({"fault": [{"kind": "rest"} | given | times]})

    async def faults(self, body: Mapping[str, Any]) -> None:
        self._injector.add(body)
        await self._player.drain()
