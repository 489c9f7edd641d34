"""Orders and the account over REST, as the engine's Broker port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from fluxherod.adapters.alpaca import wire
from fluxherod.adapters.alpaca.errors import Unavailable, WireError
from fluxherod.adapters.alpaca.limiter import Priority
from fluxherod.adapters.alpaca.rest import Answer, AuthenticationFailed, NotSent, Outcome, RestClient, describe
from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.risk.approval import ApprovedOrder, ApprovedReplacement
from fluxherod.core.types import BrokerOrder
from fluxherod.engine.events import (
    BrokerSnapshot,
    CancelAnswered,
    LookupAnswered,
    Refusal,
    ReplaceAnswered,
    SubmitAnswered,
)
from fluxherod.failpoints import reach

log = logging.getLogger(__name__)

PAGE = 500
# How far before the last snapshot the next one looks: our clock and the broker's may differ.
SNAPSHOT_MARGIN_NS = 300 * SECOND_NS
# The first snapshot of a process also finds what ended while no process ran.
FIRST_LOOKBACK_NS = 7 * 24 * 3600 * SECOND_NS
# Statuses that don't say whether the request was carried out, though they are 4xx.
_UNCLEAR = frozenset({408, 425})
_PURPOSES = {"e": "entry", "x": "exit", "s": "stop", "f": "stop"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last snapshot saw: when it was asked for, and the orders that were open then."""

    asked_ns: int
    open_ids: frozenset[str] = field(default_factory=frozenset)


class AlpacaBroker:
    """`ports.Broker`: every call returns an event; what has no clear answer says so in `detail`.

    A request that changes something is sent once. Only 429, which was not carried out, is sent again.
    """

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest
        self._seen: _Seen | None = None

    async def submit(self, order: ApprovedOrder, unwanted: Callable[[], str] = lambda: "") -> SubmitAnswered:
        """POST /v2/orders. An id that Alpaca knows already is looked up: an earlier attempt has arrived."""
        body = wire.encode_order(order)
        act = _purpose(order)
        outcome = await self._rest.request("POST", "/v2/orders", Priority.ORDER, body=body, act=act, unwanted=unwanted)
        if isinstance(outcome, NotSent):
            return SubmitAnswered(order.id, unsent=outcome.reason)
        placed, refusal, detail = _order_or_refusal(outcome)
        if _duplicate(refusal):
            known = await self.lookup(order.id)
            if known.order is not None and not _same_order(known.order, order):
                return SubmitAnswered(order.id, refusal=refusal)
            return SubmitAnswered(order.id, known.order, detail=known.detail or "the id is taken, yet not found")
        return SubmitAnswered(order.id, placed, refusal, detail)

    async def cancel(self, order_id: str, broker_id: str) -> CancelAnswered:
        """DELETE /v2/orders/{id}. Accepted is not done."""
        outcome = await self._rest.request("DELETE", f"/v2/orders/{broker_id}", Priority.ORDER, act="cancel")
        if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
            return CancelAnswered(order_id, accepted=True)
        refusal = _refusal(outcome)
        return CancelAnswered(order_id, accepted=False, refusal=refusal, detail="" if refusal else describe(outcome))

    async def replace(self, replacement: ApprovedReplacement) -> ReplaceAnswered:
        """PATCH /v2/orders/{id}; the answer is the new order."""
        path = f"/v2/orders/{replacement.replaces_broker_id}"
        body = wire.encode_replacement(replacement)
        outcome = await self._rest.request("PATCH", path, Priority.ORDER, body=body, act="replace")
        placed, refusal, detail = _order_or_refusal(outcome)
        if _duplicate(refusal):
            known = await self.lookup(replacement.id)
            placed, refusal, detail = known.order, None, known.detail or "the id is taken, yet not found"
        detail = "" if placed is not None or refusal is not None else detail
        return ReplaceAnswered(replacement.replaces_id, replacement.id, placed, refusal, detail)

    async def lookup(self, order_id: str) -> LookupAnswered:
        """GET /v2/orders:by_client_order_id, with legs. Only Alpaca's own 404 means "not found"."""
        params = {"client_order_id": order_id}
        outcome = await self._rest.get("/v2/orders:by_client_order_id", Priority.ORDER, params)
        if not isinstance(outcome, Answer) or outcome.status not in (200, 404):
            return LookupAnswered(order_id, found=False, detail=describe(outcome))
        if outcome.status == 404:
            known = wire.is_error_object(outcome.body)
            return LookupAnswered(order_id, found=False, detail="" if known else describe(outcome))
        try:
            order = wire.decode_order(outcome.body)
            if wire.legs_missing(outcome.body):
                order = await self._order(order.broker_id, Priority.ORDER)
        except (WireError, Unavailable) as error:
            return LookupAnswered(order_id, found=False, detail=str(error))
        return LookupAnswered(order_id, found=True, order=order)

    async def snapshot(self, now_ns: int) -> BrokerSnapshot | None:
        """Account, positions and orders, asked for at once; None when any part is missing."""
        try:
            account, positions, orders = await asyncio.gather(
                self._body("/v2/account"), self._body("/v2/positions"), self._orders(now_ns)
            )
            snapshot = BrokerSnapshot(
                now_ns, wire.decode_account(account), wire.decode_positions(positions), tuple(orders)
            )
        except (WireError, Unavailable) as error:
            log.warning("no snapshot of the broker: %s", error)
            return None
        reach("account.read")
        self._seen = _Seen(now_ns, frozenset(order.broker_id for order in _flat(orders) if not order.status.ended))
        return snapshot

    # --- the orders of a snapshot --------------------------------------------------------------------
    async def _orders(self, now_ns: int) -> list[BrokerOrder]:
        """All that are open, all that are new, and all that were open the last time."""
        seen = self._seen
        after_ns = now_ns - FIRST_LOOKBACK_NS if seen is None else seen.asked_ns - SNAPSHOT_MARGIN_NS
        recent, still_open = await asyncio.gather(
            self._pages({"status": "all", "after": wire.format_time(after_ns)}), self._pages({"status": "open"})
        )
        orders: dict[str, BrokerOrder] = {}
        for order in (*still_open, *recent):
            orders[order.broker_id] = _newer(orders.get(order.broker_id), order)
        listed = {order.broker_id for order in _flat(orders.values())}
        # `after` goes by submission, so an older order that has ended since is in neither list.
        gone = sorted((seen.open_ids if seen else frozenset()) - listed)
        for ended in await asyncio.gather(*(self._gone(broker_id) for broker_id in gone)):
            if ended is not None:
                orders[ended.broker_id] = ended
        return sorted(orders.values(), key=lambda order: (order.submitted_ns, order.broker_id))

    async def _pages(self, query: dict[str, str]) -> list[BrokerOrder]:
        """A list of orders, newest first, page by page: there is no page token, only `until`."""
        params = {**query, "limit": str(PAGE), "nested": "true", "direction": "desc"}
        found: dict[str, BrokerOrder] = {}
        while True:
            page = wire.decode_orders(await self._body("/v2/orders", params))
            fresh = [order for order in page if order.broker_id not in found]
            found.update((order.broker_id, order) for order in fresh)
            if len(page) < PAGE:
                return list(found.values())
            oldest_ns = min(order.submitted_ns for order in page)
            # `until` is exclusive: one nanosecond on, so that orders of the same moment are not lost.
            params["until"] = wire.format_time(oldest_ns + 1 if fresh else oldest_ns)
            if not oldest_ns:
                raise WireError("a page of orders without times: the next page cannot be asked for")

    async def _gone(self, broker_id: str) -> BrokerOrder | None:
        """An order that no list names any more; None when Alpaca no longer knows it either."""
        outcome = await self._rest.get(f"/v2/orders/{broker_id}", Priority.ACCOUNT, {"nested": "true"})
        if isinstance(outcome, Answer) and outcome.status == 404 and wire.is_error_object(outcome.body):
            about = {"broker_order_id": broker_id}
            log.warning("the broker no longer knows order %s, which was open", broker_id, extra=about)
            return None
        return wire.decode_order(_ok(outcome))

    async def _order(self, broker_id: str, priority: Priority) -> BrokerOrder:
        outcome = await self._rest.get(f"/v2/orders/{broker_id}", priority, {"nested": "true"})
        return wire.decode_order(_ok(outcome))

    async def _body(self, path: str, params: dict[str, str] | None = None) -> bytes:
        return _ok(await self._rest.get(path, Priority.ACCOUNT, params))


def _purpose(order: ApprovedOrder) -> str:
    """What an order is for, in the word of a failpoint: the last part of its id says it."""
    return _PURPOSES.get(order.id.rpartition("-")[2][:1], "entry")


def _ok(outcome: Outcome) -> bytes:
    if isinstance(outcome, Answer) and outcome.status == 200:
        return outcome.body
    raise Unavailable(describe(outcome))


def _order_or_refusal(outcome: Outcome) -> tuple[BrokerOrder | None, Refusal | None, str]:
    """The order, or a clear no, or neither and what happened instead."""
    if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
        try:
            return wire.decode_order(outcome.body), None, ""
        except WireError as error:
            return None, None, f"HTTP {outcome.status}, but the order cannot be read: {error}"
    refusal = _refusal(outcome)
    return None, refusal, "" if refusal else describe(outcome)


def _refusal(outcome: Outcome) -> Refusal | None:
    """Alpaca's no; None when the request may have been carried out."""
    if isinstance(outcome, AuthenticationFailed):
        return Refusal(outcome.status, 0, outcome.message)
    if isinstance(outcome, Answer) and 400 <= outcome.status < 500 and outcome.status not in _UNCLEAR:
        return wire.decode_refusal(outcome.status, outcome.body)
    return None


def _duplicate(refusal: Refusal | None) -> bool:
    """By the text: the code stands for other faults, too, and one source reports 409."""
    return refusal is not None and refusal.status in (409, 422) and "client_order_id must be unique" in refusal.message


def _same_order(found: BrokerOrder, asked: ApprovedOrder) -> bool:
    return (found.symbol, found.side, found.quantity) == (asked.symbol, asked.side, asked.quantity)


def _newer(known: BrokerOrder | None, order: BrokerOrder) -> BrokerOrder:
    """The two lists are asked for at once: of two views of an order the one that knows more."""
    if known is None:
        return order
    rank = (order.status.ended, order.filled_quantity, order.updated_ns, len(order.legs))
    return order if rank >= (known.status.ended, known.filled_quantity, known.updated_ns, len(known.legs)) else known


def _flat(orders: Iterable[BrokerOrder]) -> Iterable[BrokerOrder]:
    for order in orders:
        yield order
        yield from order.legs
