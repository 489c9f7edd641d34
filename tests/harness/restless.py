"""An operator who never rests: buys, sells, changes, cancels and closes at random, while much goes wrong."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from itertools import count
from random import Random
from typing import Any

import grpc

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from harness.audit import our_positions, pages
from harness.processes import CALL_TIMEOUT_S, KEY, SECRET, Daemon, Simulator

STRANGER = "stranger-"  # orders by another hand, which make those of the other side wash trades
# What can't be done now: something is open already, on its way, or gone.
REFUSALS = (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)


class Restless:
    """Does something in about every second symbol each time; the same for the same seed and the same answers."""

    def __init__(self, daemon: Daemon, simulator: Simulator, symbols: tuple[str, ...], seed: int) -> None:
        self.simulator = simulator
        self.symbols = symbols
        self.done: Counter[str] = Counter()
        self.met: Counter[str] = Counter()  # faults
        self.daemon = daemon
        self._chance = Random(seed)
        self._numbers = count(1)

    def act(self) -> None:
        """One round over the symbols; nothing waits for anything."""
        held = our_positions(self.daemon)
        working = self._working()
        for symbol in self.symbols:
            if self._chance.random() < 0.5:
                continue
            if symbol in working and (symbol not in held or self._chance.random() < 0.5):
                self._meddle(working[symbol])
            elif symbol in held:
                self._try("close", self._leave, symbol, held[symbol])
            elif symbol in working:
                self._try("cancel", self._cancel, working[symbol].id)
            else:
                self._try("enter", self._enter, symbol)

    def _working(self) -> dict[str, order.Order]:
        request = order.ListOrdersRequest(roles=[order.ORDER_ROLE_ENTRY], open=True)
        listed = pages(self.daemon.orders.ListOrders, request, "orders")
        return {one.symbol: one for one in listed}

    def _try(self, what: str, act: Any, *arguments: Any) -> None:
        try:
            act(*arguments)
        except grpc.RpcError as refusal:
            if refusal.code() not in REFUSALS:
                raise
            self.done[f"{what} refused"] += 1
        else:
            self.done[what] += 1

    def _id(self) -> str:
        return f"restless-{next(self._numbers)}"

    def _price(self, symbol: str) -> float:
        request = market.GetQuoteRequest(symbol=symbol)
        price: float = self.daemon.market.GetQuote(request, timeout=CALL_TIMEOUT_S).price.price
        return price

    def _meddle(self, entry: order.Order) -> None:
        """Change a limit entry that works, mostly, or cancel it; it may fill, or be chased, meanwhile."""
        if entry.type == order.ORDER_TYPE_LIMIT and self._chance.random() < 0.7:
            self._try("replace", self._replace, entry)
        else:
            self._try("cancel", self._cancel, entry.id)

    def _replace(self, entry: order.Order) -> None:
        """Another price, or fewer shares: the first order of a decision stays the largest."""
        request = order.ReplaceOrderRequest(request_id=self._id(), order_id=entry.id)
        if self._chance.random() < 0.7:
            away = self._chance.choice((-0.0006, -0.0002, 0.0008))
            sign = 1 if entry.side == common.SIDE_BUY else -1
            request.limit_price = f"{self._price(entry.symbol) * (1 + sign * away):.2f}"
        else:
            request.quantity = self._chance.randrange(1, entry.quantity + 1)
        self.daemon.orders.ReplaceOrder(request, timeout=CALL_TIMEOUT_S)

    def _enter(self, symbol: str) -> None:
        """At the market, or at a limit near it; half of them short; the stop sometimes so near that it is hit soon."""
        price, long = self._price(symbol), self._chance.random() < 0.6
        sign = 1 if long else -1
        away = self._chance.choice((0.0015, 0.05))
        limited = self._chance.random() < 0.5
        request = order.PlaceOrderRequest(
            request_id=self._id(),
            symbol=symbol,
            side=common.SIDE_BUY if long else common.SIDE_SELL,
            quantity=self._chance.randrange(2, 60),
            type=order.ORDER_TYPE_LIMIT if limited else order.ORDER_TYPE_MARKET,
            stop_loss_price=f"{price * (1 - sign * away):.2f}",
        )
        if limited:
            request.limit_price = f"{price * (1 + sign * self._chance.choice((-0.0004, 0.001))):.2f}"
        placed = self.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S).order
        if limited and self._chance.random() < 0.5:
            self._try("replace", self._replace, placed)  # at once: the broker may not have answered yet

    def _leave(self, symbol: str, held: int) -> None:
        """All of a position, or a part of it."""
        if abs(held) > 3 and self._chance.random() < 0.3:
            request = order.PlaceOrderRequest(
                request_id=self._id(),
                symbol=symbol,
                side=common.SIDE_SELL if held > 0 else common.SIDE_BUY,
                quantity=self._chance.randrange(1, abs(held)),
                type=order.ORDER_TYPE_MARKET,
            )
            self.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S)
        elif self._chance.random() < 0.7:
            self._close(symbol)

    def wind_up(self) -> bool:
        """End what works and close what is open; True when nothing is left."""
        working, held = self._working(), our_positions(self.daemon)
        for entry in working.values():
            self._try("cancel", self._cancel, entry.id)
        for symbol in held:
            self._try("close", self._close, symbol)
        return not working and not held

    def _close(self, symbol: str) -> None:
        request = position.ClosePositionRequest(request_id=self._id(), symbol=symbol, reason="restless")
        self.daemon.positions.ClosePosition(request, timeout=CALL_TIMEOUT_S)

    def _cancel(self, order_id: str) -> None:
        request = order.CancelOrderRequest(request_id=self._id(), order_id=order_id)
        self.daemon.orders.CancelOrder(request, timeout=CALL_TIMEOUT_S)

    # --- another hand -----------------------------------------------------------------------------------
    def stand_in_the_way(self) -> None:
        """Someone bids far below the market at the broker itself: nobody may sell at the market beside that.

        Where a stop or an exit works already the bid would be the wash trade, and refused.
        """
        selling = {one["symbol"] for one in self._open() if one["side"] == "sell" and one["status"] != "held"}
        free = [symbol for symbol in self.symbols if symbol not in selling]
        held = our_positions(self.daemon)
        long = [symbol for symbol in free if held.get(symbol, 0) > 0]
        symbol = self._chance.choice(long or free or self.symbols)
        price = 0.5 * self._price(symbol)
        body = {"symbol": symbol, "qty": "1", "side": "buy", "type": "limit", "time_in_force": "gtc"}
        known = {"client_order_id": f"{STRANGER}{next(self._numbers)}", "limit_price": f"{price:.2f}"}
        self._ask("POST", "/v2/orders", body | known)

    def get_out_of_the_way(self) -> None:
        """Those orders go, whatever answers are lost meanwhile."""
        while standing := self._standing():
            for one in standing:
                self._ask("DELETE", f"/v2/orders/{one['id']}")

    def _standing(self) -> list[dict[str, Any]]:
        return [one for one in self._open() if one["client_order_id"].startswith(STRANGER)]

    def _open(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.simulator.get("/v2/orders?status=open&limit=500")
        return listed

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> None:
        """Ask the exchange; a fault may take the request or its answer."""
        headers = {"APCA-API-KEY-ID": KEY, "APCA-API-SECRET-KEY": SECRET, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.simulator.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL_TIMEOUT_S) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as fault:
            fault.close()
            return None
