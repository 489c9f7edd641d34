"""One process of a session: the real adapters and the Runner, a plain file, and a look at every event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from harness.network import Network
from harness.virtual_time import VirtualTimeLoop
from harness.weeks_daemon import EPOCH, Daemon, ExchangeTime, MemoryCache

from fluxherod.core.risk.safety import SafetyState
from fluxherod.engine.effects import Effect
from fluxherod.engine.engine import Engine
from fluxherod.engine.events import Event, Started
from fluxherod.engine.market.pieces import Pieces
from fluxherod.engine.settings import Settings
from simulation.storage import Disk, PlainFile

Look = Callable[[int, Event, list[Effect]], None]
POLL_S = 20.0


class Process(Daemon):
    """It lives until it is stopped, killed, or its disk fails."""

    def __init__(
        self,
        run: int,
        settings: Settings,
        network: Network,
        clock: ExchangeTime,
        disk: Disk,
        file: PlainFile,
        cache: MemoryCache,
        loop: VirtualTimeLoop,
        random: Random,
        begin: Callable[[Engine], None],
        look: Look,
    ) -> None:
        self._mirrored: tuple[SafetyState | None, str] = file.read()

        def watch(engine: Engine) -> None:
            begin(engine)
            watched(engine, look)

        super().__init__(run, None, settings, network, clock, disk, disk.rows, cache, loop, random, file, watch)

    def _started(self, run: int, settings: Settings) -> Started:
        return Started(EPOCH, run, "test", settings, *self._mirrored, mirror_read=True)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            await self.runner.take_snapshot(by_poll=True)

    @property
    def running(self) -> asyncio.Task[None]:
        """Done when the runner has ended, for whatever reason."""
        return self._running


def watched(engine: Engine, look: Look) -> None:
    """Let `look` see each event that the engine has taken, and what it wants."""
    pieces = engine.pieces

    def look_after(now_ns: int, event: Event, out: list[Effect]) -> Pieces:
        yield from pieces(now_ns, event, out)
        look(now_ns, event, out)

    engine.pieces = look_after
