"""PositionService: open positions, and closing them."""

from __future__ import annotations

from fluxhero.v1 import common_pb2, position_pb2, position_pb2_grpc
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import Mode
from fluxherod.engine.commands import CloseAllPositionsCommand, ClosePositionCommand
from fluxherod.rpc import validate
from fluxherod.rpc.calls import Context
from fluxherod.rpc.commands import Asker
from fluxherod.rpc.convert import MODES
from fluxherod.rpc.errors import Refused, invalid
from fluxherod.rpc.live import Live
from fluxherod.rpc.pages import Paging
from fluxherod.rpc.stream import Messages, Streams


class PositionService(position_pb2_grpc.PositionServiceServicer):
    """Positions of ours, and those of others at the same broker."""

    def __init__(self, live: Live, asker: Asker, streams: Streams) -> None:
        self._live = live
        self._asker = asker
        self._streams = streams

    async def ListPositions(
        self, request: position_pb2.ListPositionsRequest, context: Context
    ) -> position_pb2.ListPositionsResponse:
        """Open positions, newest first."""
        symbols, modes = validate.symbols(request.symbols), validate.choices(MODES, request.modes, "modes")
        if request.side not in common_pb2.PositionSide.values():
            raise invalid("side", "one of the values that the contract names")
        paging = Paging.of(request)
        wanted = [position for position in self._live.positions(symbols) if _passes(position, request, modes)]
        page = paging.slice(wanted, _order)
        return position_pb2.ListPositionsResponse(positions=page.items, next_page_token=page.next_page_token)

    async def GetPosition(
        self, request: position_pb2.GetPositionRequest, context: Context
    ) -> position_pb2.GetPositionResponse:
        """The position in a symbol."""
        symbol = validate.symbol(request.symbol)
        for position in self._live.positions((symbol,)):
            return position_pb2.GetPositionResponse(position=position)
        raise Refused("POSITION_NOT_FOUND", f"no position in {symbol} is open")

    async def ClosePosition(
        self, request: position_pb2.ClosePositionRequest, context: Context
    ) -> position_pb2.ClosePositionResponse:
        """Close a position of ours at the market."""
        symbol, reason = validate.symbol(request.symbol), validate.reason(request.reason, required=False)
        caller = self._asker.caller("ClosePosition", request.request_id)
        ledger = self._live.engine.ledger
        before = ledger.positions.get(symbol)
        if not self._asker.answered(caller):
            if before is None and symbol in ledger.foreign:
                raise Refused("FOREIGN_POSITION", f"the position in {symbol} was not opened by the daemon")
            if before is not None and before.exit_reason and not before.exit_quantity:
                raise Refused("ALREADY_DONE", f"the position in {symbol} is being closed: {before.exit_reason}")
        await self._asker.ask(ClosePositionCommand(caller, symbol, reason), context)
        return position_pb2.ClosePositionResponse(position=self._closing(symbol), order_id=self._exit_id(symbol))

    async def CloseAllPositions(
        self, request: position_pb2.CloseAllPositionsRequest, context: Context
    ) -> position_pb2.CloseAllPositionsResponse:
        """Close all positions of ours at the market."""
        reason = validate.reason(request.reason, required=False)
        caller = self._asker.caller("CloseAllPositions", request.request_id)
        done = await self._asker.ask_all(CloseAllPositionsCommand(caller, reason), context)
        return position_pb2.CloseAllPositionsResponse(positions=map(self._closing, done))

    def WatchPositions(self, request: position_pb2.WatchPositionsRequest, context: Context) -> Messages:
        """Positions as they change."""
        return self._streams.watch_one(common_pb2.TOPIC_POSITIONS, request)

    def _closing(self, symbol: str) -> position_pb2.Position:
        """The position as it is now; without shares when the exit has filled already."""
        position = self._live.engine.ledger.positions.get(symbol)
        return self._live.position(position) if position is not None else position_pb2.Position(symbol=symbol)

    def _exit_id(self, symbol: str) -> str:
        exits = (order for order in self._live.engine.desk.live(symbol) if order.role is OrderRole.EXIT)
        return next((order.id for order in exits), "")


def _passes(
    position: position_pb2.Position, request: position_pb2.ListPositionsRequest, modes: frozenset[Mode]
) -> bool:
    return (
        (not modes or MODES.from_proto(position.mode) in modes)
        and request.side in (common_pb2.POSITION_SIDE_UNSPECIFIED, position.side)
        and (not request.HasField("foreign") or request.foreign == position.foreign)
    )


def _order(position: position_pb2.Position) -> list[object]:
    opened = position.opened_at
    return [position.foreign, -opened.seconds, -opened.nanos, position.symbol]
