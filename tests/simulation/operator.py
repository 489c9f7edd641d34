"""A busy operator: orders, closes, cancels, changes, halts and flattens, some of them amid what goes wrong."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from fluxherod.core.orders import OrderRole
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import (
    Caller,
    CancelAllOrdersCommand,
    CancelOrderCommand,
    CloseAllPositionsCommand,
    ClosePositionCommand,
    Command,
    DisableSymbolCommand,
    EnableSymbolCommand,
    FlattenCommand,
    HaltCommand,
    PlaceOrderCommand,
    ReplaceOrderCommand,
    ResetBreakerCommand,
    ResumeCommand,
    UpdateLimitsCommand,
)
from fluxherod.engine.runner import NotDurable, Stopped

if TYPE_CHECKING:
    from simulation.scene import Scene

PRINCIPAL = "operator"
LEAST_S, MOST_S = 3.0, 14.0
STOP_DISTANCES = (0.0015, 0.004, 0.01)
CENT_E4 = 100
MUCH = 1_000


class Operator:
    """Acts every few seconds; what is refused is an answer."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.random = Random(f"operator {scene.plan.seed}")
        self.asked = 0
        self._asking: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Until the calm; then whatever is halted goes on, unless the plan says that it stays so."""
        while self.scene.clock.now_ns() < self.scene.plan.calm_ns:
            await asyncio.sleep(self.random.uniform(LEAST_S, MOST_S))
            self._act()
        await asyncio.sleep(20.0)
        while True:
            self._settle()
            await asyncio.sleep(20.0)

    def _settle(self) -> None:
        engine = self.scene.process.engine
        if engine.run == 0:
            return
        if self.scene.plan.stays_halted:
            if engine.state != "HALTED":
                self._ask(HaltCommand(self._caller(), "for the night"))
            return
        if engine.safety.disabled:
            self._ask(ResetBreakerCommand(self._caller(), "looked at"))
        elif engine.safety.stopped:
            self._ask(ResumeCommand(self._caller(), "looked at"))

    def _caller(self) -> Caller:
        self.asked += 1
        return Caller(f"request {self.asked}", PRINCIPAL)

    def _act(self) -> None:
        engine = self.scene.process.engine
        if engine.run == 0:
            return
        symbol = self.random.choice(self.scene.plan.symbols)
        choice = self.random.random()
        if engine.safety.disabled and choice < 0.3:
            command: Command | None = ResetBreakerCommand(self._caller(), "looked at")
        elif engine.safety.stopped and choice < 0.5:
            command = ResumeCommand(self._caller(), "goes on")
        elif choice < 0.1:
            command = self._on_the_whole(symbol)
        elif symbol in engine.ledger.positions:
            command = self._about_position(symbol)
        else:
            command = self._about_entry(symbol)
        if command is not None:
            self._ask(command)

    def _on_the_whole(self, symbol: str) -> Command:
        caller, choice = self._caller(), self.random.random()
        if choice < 0.3:
            return HaltCommand(caller, "a look")
        if choice < 0.45:
            return FlattenCommand(caller, "out", include_foreign=self.random.random() < 0.5)
        if choice < 0.6:
            return CancelAllOrdersCommand(caller)
        if choice < 0.7:
            return CloseAllPositionsCommand(caller)
        if choice < 0.8:
            changes = (("trend_risk_bp", self.random.choice((50, 100))),)
            return UpdateLimitsCommand(caller, changes, "", "smaller")
        if choice < 0.9:
            return DisableSymbolCommand(caller, symbol, "a look")
        return EnableSymbolCommand(caller, symbol)

    def _about_position(self, symbol: str) -> Command | None:
        engine, choice = self.scene.process.engine, self.random.random()
        position = engine.ledger.positions[symbol]
        if choice < 0.2:
            return ClosePositionCommand(self._caller(), symbol)
        if choice < 0.45 and abs(position.quantity) > 1:
            side = Side.SELL if position.quantity > 0 else Side.BUY
            return PlaceOrderCommand(
                self._caller(), symbol, side, max(1, abs(position.quantity) // 2), OrderType.MARKET
            )
        if choice < 0.6:
            return self._about_order(symbol)
        return None

    def _about_entry(self, symbol: str) -> Command | None:
        engine = self.scene.process.engine
        if engine.desk.live_entry(symbol) is not None:
            return self._about_order(symbol) if self.random.random() < 0.3 else None
        if engine.settings.why_disabled(symbol) is not None:
            return EnableSymbolCommand(self._caller(), symbol)
        book = engine.market.books.get(symbol)
        if book is None or not book.price_e4:
            return None
        side = self.random.choice((Side.BUY, Side.BUY, Side.SELL))
        # As much as risk allows, now and then: then the next one must wait for its share.
        quantity = MUCH if self.random.random() < 0.35 else self.random.randint(2, 80)
        price_e4 = book.price_e4
        distance_e4 = round(price_e4 * self.random.choice(STOP_DISTANCES))
        stop_e4 = (price_e4 - side.sign * distance_e4) // CENT_E4 * CENT_E4
        kind, limit_e4 = OrderType.MARKET, None
        if self.random.random() < 0.6:
            kind = OrderType.LIMIT
            limit_e4 = (price_e4 + side.sign * round(price_e4 * self.random.uniform(-4e-4, 3e-4))) // CENT_E4 * CENT_E4
        return PlaceOrderCommand(self._caller(), symbol, side, quantity, kind, limit_e4, stop_e4, accept_adjusted=True)

    def _about_order(self, symbol: str) -> Command | None:
        engine = self.scene.process.engine
        order = next((one for one in engine.desk.live(symbol) if one.role is not OrderRole.STOP), None)
        if order is None:
            return None
        if order.role is OrderRole.EXIT or order.limit_price_e4 is None or self.random.random() < 0.4:
            return CancelOrderCommand(self._caller(), order.id)
        quantity = max(order.filled_quantity + 1, order.quantity + self.random.randint(-5, 15))
        limit_e4 = order.limit_price_e4 + self.random.randint(-10, 10) * CENT_E4
        decisions = self.scene.standing.decisions
        decisions.change(order.id, decisions.filled(order.id, self.scene.there.filled) + quantity)
        return ReplaceOrderCommand(self._caller(), order.id, quantity, limit_e4, accept_adjusted=True)

    def _ask(self, command: Command) -> None:
        """Ask, without waiting for the answer; where a fault says so, ask twice at once with the same id."""
        repeats = self.scene.trouble.strikes("command_repeated", 0.5)
        for _ in range(2 if repeats else 1):
            task = asyncio.create_task(self._answered(command))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _answered(self, command: Command) -> None:
        try:
            reply = await self.scene.process.runner.ask(command)
        except (NotDurable, Stopped):
            self.scene.standing.put_off(command)
            return
        self.scene.told(command, reply)
