"""Health follows the trading state."""

from __future__ import annotations

import asyncio

from fluxherod.engine.engine import Engine
from fluxherod.engine.streams.hub import Hub
from fluxherod.rpc.server import RpcServer
from fluxherod.service import garbage

# A halted daemon works: it serves, watches stops and closes positions.
SERVING_STATES = frozenset({"ACTIVE", "HALTED"})


class Health:
    """Has the health service say whether the daemon does its work; it reads no status: a fault in one ends nothing."""

    def __init__(self, engine: Engine, server: RpcServer, hub: Hub) -> None:
        self._engine = engine
        self._server = server
        self._hub = hub
        self._changed = asyncio.Event()
        hub.on_state = self._changed.set

    async def run(self) -> None:
        """Say it, and again with each change of the state, until the daemon stops."""
        while self._hub.drained is None:
            self._changed.clear()
            if self._engine.state == "ACTIVE":
                garbage.spare()  # the history that has been loaded stays, too
            await self._server.set_serving(self._engine.state in SERVING_STATES)
            await self._changed.wait()
