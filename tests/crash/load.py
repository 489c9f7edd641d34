"""What goes on when the daemon dies: acts of an operator and of the exchange, while a strategy trades beside them.

Each act may be done again from its beginning: its requests have the same ids then, and change nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crash.world import World
from harness.audit import their_positions
from harness.processes import CALL_TIMEOUT_S, Daemon

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import risk_pb2_grpc

LAKE, POND = "LAKE", "POND"


@dataclass(frozen=True, slots=True)
class Load:
    """The acts of one round; `name` keeps its requests apart from those of other rounds."""

    world: World
    name: str

    @property
    def acts(self) -> tuple[Callable[[], None], ...]:
        """In order; the books are flat in the operator's symbols before and after."""
        return self.minutes, self.buy, self.half, self.chase, self.close, self.halt, self.flatten

    @property
    def trailing(self) -> tuple[Callable[[], None], ...]:
        """Those that leave the strategy's positions alone, so that their stops trail."""
        return self.minutes, self.buy, self.minutes, self.close

    def minutes(self) -> None:
        """The strategy trades: entries, exits, stops that trail."""
        self._step(2)

    def buy(self) -> None:
        """A market entry with its stop leg."""
        self._place("buy", LAKE, 20, order.ORDER_TYPE_MARKET)
        self._step(1)

    def half(self) -> None:
        """A limit entry that fills in part."""
        self._hold(POND, True)
        self._place("chase", POND, 100, order.ORDER_TYPE_LIMIT, "99.50")
        self._fill(POND, 30)

    def chase(self) -> None:
        """It is chased, fills some more, and is called off: its shares get a stop."""
        self._step(2)
        self._fill(POND, 60)
        self.world.ask(f"{self.name}-off", self._daemon.orders.CancelAllOrders, order.CancelAllOrdersRequest())
        self._settle()
        self._hold(POND, False)

    def close(self) -> None:
        """An exit: the stop is cancelled, then the shares are sold. An entry that never left has nothing to sell."""
        request_id = f"{self.name}-close"
        if LAKE in their_positions(self.world.simulator) or request_id in self.world.asked:
            request = position.ClosePositionRequest(symbol=LAKE, reason="a test")
            self.world.ask(request_id, self._daemon.positions.ClosePosition, request)
        self._settle()

    def halt(self) -> None:
        """A halt calls off what works, and ends."""
        self._hold(LAKE, True)
        self._place("halted", LAKE, 10, order.ORDER_TYPE_LIMIT, "99.00")
        self._promise("halt", self._risk.Halt, risk.HaltRequest(reason="a test"), True)
        self._settle()
        self._hold(LAKE, False)
        self._promise("go", self._risk.Resume, risk.ResumeRequest(reason="a test"), False)

    def flatten(self) -> None:
        """All is closed."""
        self._promise("flatten", self._risk.Flatten, risk.FlattenRequest(reason="a test"), True)
        self._settle()
        self._promise("on", self._risk.Resume, risk.ResumeRequest(reason="a test"), False)
        self._settle()
        assert not self._risk.GetRisk(risk.GetRiskRequest(), timeout=CALL_TIMEOUT_S).risk.halted

    # --- what they are made of ---------------------------------------------------------------------------
    @property
    def _daemon(self) -> Daemon:
        return self.world.pair.daemon

    @property
    def _risk(self) -> Any:
        return risk_pb2_grpc.RiskServiceStub(self._daemon.channel)

    def _place(self, what: str, symbol: str, shares: int, kind: order.OrderType, limit: str | None = None) -> None:
        request = order.PlaceOrderRequest(
            symbol=symbol, side=common.SIDE_BUY, quantity=shares, type=kind, limit_price=limit, stop_loss_price="95.00"
        )
        self.world.ask(f"{self.name}-{what}", self._daemon.orders.PlaceOrder, request)
        self._settle()

    def _promise(self, what: str, call: Any, request: Any, halted: bool) -> None:
        self.world.promised = None
        self.world.ask(f"{self.name}-{what}", call, request)
        self.world.promised = halted

    def _hold(self, symbol: str, hold: bool) -> None:
        """While it is held nothing executes there by itself."""
        self.world.simulator.post("/sim/hold", symbol=symbol, hold=hold)

    def _fill(self, symbol: str, shares: int) -> None:
        """What works executes, until the account has so many shares."""
        missing = shares - their_positions(self.world.simulator).get(symbol, 0)
        working = [one for one in self.world.simulator.get(f"/v2/orders?symbols={symbol}") if one["side"] == "buy"]
        if missing > 0 and working:
            self.world.simulator.post("/sim/fills", symbol=symbol, fills=[{"price": 99.5, "qty": str(missing)}])
        self._settle()

    def _step(self, minutes: int) -> None:
        self.world.attempt(lambda: self.world.pair.step(minutes))

    def _settle(self) -> None:
        self.world.attempt(self.world.pair.settle)
