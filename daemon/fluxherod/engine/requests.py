"""What effects ask of the broker and of the market data: started at once, answered by an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from fluxherod.engine.answers import OrderRequest, SnapshotFilter, no_answer
from fluxherod.engine.effects import (
    CancelOrder,
    Effect,
    FollowSymbols,
    LookupOrder,
    ReplaceOrder,
    RequestBackfill,
    RequestHistory,
    RequestReference,
    RequestSnapshot,
    SubmitOrder,
)
from fluxherod.engine.events import BrokerSnapshot, Event, LinkChanged
from fluxherod.engine.loading import Loader
from fluxherod.engine.ports import Broker, Clock

# Effects that are carried out here; all others are updates for the tables and the subscribers, or replies.
REQUESTS = (
    SubmitOrder, CancelOrder, ReplaceOrder, LookupOrder, RequestSnapshot,
    RequestReference, RequestHistory, RequestBackfill, FollowSymbols,
)  # fmt: skip
REQUEST_KINDS = frozenset(REQUESTS)
_FAULT = "a fault in the broker's adapter, the log has it"


class Requests:
    """Carries out what effects ask for.

    `post` takes the answers; `on_fault` hears of exceptions that an adapter must not raise: the engine goes on as after
    no answer. `spawn` runs a request, `ended` hears of the end of each. `unwanted` says why an order must not leave any
    more, "" while it may.
    """

    def __init__(
        self,
        broker: Broker,
        loader: Loader,
        clock: Clock,
        follow: Callable[[Sequence[str]], None],
        post: Callable[[Event], None],
        on_fault: Callable[[str, Exception], None],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        ended: Callable[[], None],
        unwanted: Callable[[str], str],
    ) -> None:
        self.in_flight = 0
        self.snapshots = SnapshotFilter()
        self._broker = broker
        self._loader = loader
        self._clock = clock
        self._follow = follow
        self._post = post
        self._on_fault = on_fault
        self._spawn = spawn
        self._tell_ended = ended
        self._unwanted = unwanted
        self._snapshot_wanted = self._snapshot_asked = False
        self._snapshot_lock = asyncio.Lock()
        self._faulty = False

    def start(self, effect: Effect) -> None:
        """Start what an effect asks of the world; its answer comes back as an event."""
        match effect:
            case SubmitOrder() | CancelOrder() | ReplaceOrder() | LookupOrder():
                self._start(self._post_answer(effect))
            case RequestSnapshot():
                self._start(self.take_snapshot())
            case RequestReference() | RequestHistory() | RequestBackfill():
                self._start(self._loader.load(effect))
            case FollowSymbols(symbols):
                self._follow(symbols)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.in_flight += 1
        self._spawn(work).add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.in_flight -= 1
        self._tell_ended()

    async def _post_answer(self, effect: OrderRequest) -> None:
        """A fault of the adapter is no answer: the engine then asks the broker what became of its request."""
        try:
            answer = await self._asked(effect)
        except Exception as fault:
            self._tell_fault(fault)
            answer = no_answer(effect, _FAULT)
        self._post(answer)

    async def _asked(self, effect: OrderRequest) -> Event:
        match effect:
            case SubmitOrder(order):
                return await self._broker.submit(order, lambda: self._unwanted(order.id))
            case CancelOrder(order_id, broker_id):
                return await self._broker.cancel(order_id, broker_id)
            case ReplaceOrder(replacement):
                return await self._broker.replace(replacement)
        asked_ns = self._clock.now_ns()
        return replace(await self._broker.lookup(effect.order_id), asked_ns=asked_ns)

    async def take_snapshot(self, *, by_poll: bool = False) -> None:
        """Ask the broker for account, positions and orders, and hand the answer to the engine.

        One at a time: asked again meanwhile, it is taken once more afterwards. What a poll finds to be as the
        last two snapshots said is posted only every 30 s of trading time: a quiet night must not fill the journal.
        """
        self._snapshot_asked = self._snapshot_asked or not by_poll
        if self._snapshot_wanted:
            return
        self._snapshot_wanted = True
        async with self._snapshot_lock:
            self._snapshot_wanted = False
            asked, self._snapshot_asked = self._snapshot_asked, False
            snapshot = await self._snapshot()
        if snapshot is None:
            self._snapshot_asked = self._snapshot_asked or asked  # the engine still waits for it
        elif asked or self.snapshots.is_news(snapshot):
            self.snapshots.note(snapshot)
            self._post(snapshot)

    async def _snapshot(self) -> BrokerSnapshot | None:
        try:
            snapshot = await self._broker.snapshot(self._clock.now_ns())
        except Exception as fault:
            self._tell_fault(fault)
            return None
        if snapshot is not None and self._faulty:
            self._faulty = False
            self._post(LinkChanged("broker", up=True))
        return snapshot

    def _tell_fault(self, fault: Exception) -> None:
        """Tell each fault, and raise one alert until a snapshot is whole again."""
        self._on_fault("a fault in the broker's adapter", fault)
        if not self._faulty:
            self._faulty = True
            text = f"{_FAULT} ({type(fault).__name__}: {fault}); look after open positions and report it"
            self._post(LinkChanged("broker", up=False, detail=text))
