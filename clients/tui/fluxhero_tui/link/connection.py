"""The connection: it feeds the model from one stream, makes itself anew when it breaks, and never ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from fluxhero.v1 import account_pb2, common_pb2
from fluxhero_client import (
    AccessDenied,
    Address,
    Client,
    FluxHeroError,
    Follow,
    Misconfigured,
    Unavailable,
)
from fluxhero_client.errors import Failure
from fluxhero_tui.state.link import STALE_S, Link, Phase
from fluxhero_tui.state.model import TRAIL, Model
from fluxhero_tui.state.role import Role

# A person can't read faster; 2,000 prices a second then come in ten messages.
PACE_S = 0.1
LONGEST_DELAY_S, ABSENT_DELAY_S, REFUSED_DELAY_S, MOVED_CHECK_S = 0.4, 0.5, 3.0, 1.0
HISTORY, TRAILS, TRADES, CURVE = 200, 40, 100, 500
T = TypeVar("T")


class _Moved(Exception):
    """The daemon is somewhere else now."""


class Connection:
    """Keeps `model` and `link` up to date. All of it happens on one event loop, so readers never see half a message.

    Args:
        open_client: makes a client; called again for each new attempt, as the daemon may have moved.
        find_address: where a daemon would be looked for now.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        model: Model,
        open_client: Callable[[], Client],
        find_address: Callable[[], Address],
        clock: Callable[[], float],
    ) -> None:
        self.model = model
        self.link = Link(since_s=clock())
        self.role = Role.READ
        self._open_client = open_client
        self._find_address = find_address
        self._clock = clock
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        """The client of the daemon.

        Raises:
            Unavailable: while there is none.
        """
        if self._client is None or self.link.phase is not Phase.LIVE:
            raise Unavailable(Failure("UNAVAILABLE", "not connected to the daemon: nothing was sent"))
        return self._client

    async def run(self) -> None:
        """Connect, follow, and begin anew, for ever."""
        while True:
            delay_s = await self._attempt()
            await asyncio.sleep(delay_s)

    async def _attempt(self) -> float:
        """One connection up to its end; how long to wait before the next one."""
        now = self._clock
        try:
            async with self._open_client() as client:
                self._client = client
                self._note(self.link.waiting(now(), client.address.target, self.link.why, self.link.remedy))
                await self._follow(client)
        except AccessDenied as error:
            self._note(self.link.refused(now(), error.text, (error.remedy,)))
            return REFUSED_DELAY_S
        except Misconfigured as error:
            self._note(self.link.refused(now(), error.text, ()))
            return REFUSED_DELAY_S
        except (Unavailable, _Moved) as error:
            self._absent(error)
        except FluxHeroError as error:
            self._note(self.link.waiting(now(), self.link.target, error.text))
            return REFUSED_DELAY_S
        except Exception as error:
            # A message that can't be taken in: begin anew with a whole snapshot, and say so.
            text = f"a fault of this terminal: {type(error).__name__}: {error}"
            self.model.tell("fault", text, "bad")
            self._note(self.link.waiting(now(), self.link.target, text))
            return REFUSED_DELAY_S
        finally:
            self._client = None
        return ABSENT_DELAY_S

    async def _follow(self, client: Client) -> None:
        options = Follow(
            longest_delay_s=LONGEST_DELAY_S,
            silence_s=STALE_S,
            on_lost=self._on_lost,
            on_heard=self._on_heard,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._watch_address(client))
                stream = client.watch.topics(min_interval_s=PACE_S, options=options)
                async with aclosing(stream) as messages:
                    async for message in messages:
                        self.model.apply(message)
                        if message.kind != common_pb2.STREAM_KIND_SNAPSHOT:
                            continue
                        # A daemon that was started anew may let this terminal do less.
                        resumed = message.snapshot_reason == common_pb2.SNAPSHOT_REASON_RESUMED
                        more = self._part("role", self._learn_role(client)) if resumed else self._fill(client)
                        tasks.create_task(more)
        except BaseExceptionGroup as group:
            # One task ends for a reason, the others because of it.
            known = group.subgroup((FluxHeroError, _Moved))
            raise (known or group).exceptions[0] from None

    async def _watch_address(self, client: Client) -> None:
        """A daemon that was started anew may listen elsewhere."""
        while True:
            await asyncio.sleep(MOVED_CHECK_S)
            if self.link.phase is Phase.LIVE:
                continue
            found = self._find_address()
            if found.origin != "default" and found.target != client.address.target:
                raise _Moved

    async def _fill(self, client: Client) -> None:
        """What the stream's snapshot does not hold. Each part stands for itself: what fails is said."""
        await self._part("role", self._learn_role(client))
        await asyncio.gather(
            self._part("orders", self._load_orders(client)),
            self._part("signals", self._load_signals(client)),
            self._part("alerts", self._load_alerts(client)),
            self._part("symbols", self._load_symbols(client)),
            self._part("equity curve", self._load_equity(client)),
            self._part("trades", self.load_trades(client)),
            self._part("risk report", self.load_report(client)),
        )

    async def _part(self, name: str, work: Awaitable[None]) -> None:
        try:
            await work
        except FluxHeroError as error:
            self.model.tell("link", f"{name}: {error.text}", "warn")

    async def _learn_role(self, client: Client) -> None:
        self.role = Role(max((await client.system.caller()).role, Role.READ))
        self.model.revisions["link"] += 1

    async def _load_orders(self, client: Client) -> None:
        self.model.history(orders=await client.orders.list(limit=HISTORY))

    async def _load_signals(self, client: Client) -> None:
        self.model.history(signals=await client.signals.list(limit=HISTORY))

    async def _load_alerts(self, client: Client) -> None:
        self.model.history(alerts=await client.system.alerts(limit=HISTORY))

    async def _load_symbols(self, client: Client) -> None:
        symbols = await client.market.symbols()
        self.model.set_symbols(symbols)
        for symbol in symbols[:TRAILS]:
            if symbol.bars:
                bars = await client.market.bars(symbol.symbol, limit=TRAIL)
                self.model.set_trail(symbol.symbol, [bar.close for bar in reversed(bars)])

    async def _load_equity(self, client: Client) -> None:
        resolution = account_pb2.EQUITY_RESOLUTION_HOUR
        self.model.set_equity(await client.account.equity_curve(resolution=resolution, limit=CURVE))

    async def load_trades(self, client: Client) -> None:
        """The newest round trips."""
        self.model.set_trades(await client.trades.list(limit=TRADES))

    async def load_report(self, client: Client) -> None:
        """The risk report as it is now."""
        self.model.set_report(await client.risk.report())

    def _on_heard(self) -> None:
        if self.link.phase is not Phase.LIVE:
            back = self.link.phase is Phase.LOST
            self.model.tell("link", f"connected to {self.link.target}" + (" again" if back else ""), "good")
        self._note(self.link.heard(self._clock()))

    def _on_lost(self, error: FluxHeroError) -> None:
        if self.link.phase is Phase.LIVE:
            self.model.tell("link", f"connection lost: {cause(error)}", "bad")
        self._note(self.link.lost(self._clock(), cause(error)))

    def _absent(self, error: BaseException) -> None:
        why = cause(error) if isinstance(error, FluxHeroError) else "the daemon has moved"
        looked = tuple(f"{place}: {found}" for place, found in self._find_address().considered)
        self._note(self.link.waiting(self._clock(), self.link.target, why, looked))

    def _note(self, link: Link) -> None:
        if link.phase is not self.link.phase or link.why != self.link.why:
            self.model.revisions["link"] += 1
        self.link = link


def cause(error: FluxHeroError) -> str:
    """Why, without gRPC's own preface."""
    return error.text.rpartition("last error: ")[2]
