"""The running exchange as faults see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alpacasim.admin_fields import AdminError
from alpacasim.corporate_actions import CorporateAction
from alpacasim.data_wire import Channel, Json
from alpacasim.fault_injector import Victim
from alpacasim.market_stream import MarketHub
from alpacasim.player import Player
from alpacasim.trade_stream import TradeHub


class Stage:
    """A player and its streams."""

    def __init__(self, player: Player, market_hub: MarketHub, trade_hub: TradeHub) -> None:
        self._player = player
        self._market_hub = market_hub
        self._trade_hub = trade_hub

    def now_ns(self) -> int:
        return self._player.now_ns()

    def tape_ns(self) -> int:
        return self._player.tape_ns()

    def holds_splits(self) -> bool:
        return self._player.history.holds_splits

    def symbols(self) -> Sequence[str]:
        return self._player.history.symbols

    def send_market(self, channel: Channel, messages: Mapping[str, Json]) -> None:
        self._market_hub.send(channel, messages)

    def send_trade(self, content: Json) -> None:
        self._trade_hub.send(content)

    def victims(self, stream: str) -> Sequence[Victim]:
        return self._market_hub.served() if stream == "market" else self._trade_hub.served()

    def halt(self, symbol: str, halted: bool) -> None:
        self._player.halt(symbol, halted)

    def check(self, action: CorporateAction) -> None:
        if (late := self._player.too_late(action)) is not None:
            raise AdminError(late)

    def announce(self, action: CorporateAction, on_effect: Callable[[], None]) -> None:
        self._player.announce(action, on_effect)

    def revise(self, symbol: str, record: tuple[Any, ...]) -> None:
        self._player.history.add(symbol, record)
