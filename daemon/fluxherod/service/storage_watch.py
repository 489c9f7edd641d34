"""A disk that fails is told at once, by all that needs no disk: log, alert channels, health."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from fluxherod.adapters.channels import Channels
from fluxherod.engine.storage import failed
from fluxherod.rpc.server import RpcServer

log = logging.getLogger(__name__)


class StorageWatch:
    """Hears from the runner by `told`; `run` passes it on to health, which may have to wait.

    Health of a disk that works again follows the engine's word for it, which is durable then.
    """

    def __init__(self, channels: Channels, now_ns: Callable[[], int]) -> None:
        self._channels = channels
        self._now_ns = now_ns
        self._fault = ""
        self._since_s = 0.0
        self._changed = asyncio.Event()

    def told(self, fault: str) -> None:
        """Why the storage fails; "" once everything is durable. Never waits."""
        if fault:
            alert = failed(fault)
            log.critical("%s: %s", alert.code, alert.text, extra={"code": alert.code})
            if not self._fault:
                self._since_s = time.monotonic()
                self._channels.tell_now(alert, self._now_ns())
        else:
            log.warning("the journal is written again, after %.1f s", time.monotonic() - self._since_s)
        self._fault = fault
        self._changed.set()

    async def run(self, server: RpcServer) -> None:
        """Tell each failure, for ever."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._fault:
                await server.set_serving(False)
