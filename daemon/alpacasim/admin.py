"""`/sim/...`: the clock, the state, and the hand that scripts prices and executions. For this machine only, no keys.

    GET  /sim/clock    {"time_ns", "timestamp", "rate", "mode", "session"}; rate is exchange seconds a wall second, and
                       0.0 in step mode
    POST /sim/clock    {"time_ns": int} or {"timestamp": RFC 3339}: move the time without playing the tape (step mode)
    POST /sim/step     {"minutes": n} or {"until": RFC 3339 or ns}: play the tape (step mode), n minutes of sessions or
                       up to an instant; answers when all frames were handed to the sockets
    GET  /sim/state    counters, account, positions, open orders
    POST /sim/quote    {"symbol", "bid", "ask", "bid_size"?, "ask_size"?, "hold"?}: a quote, now; with hold the tape
                       does not move it until {"symbol", "hold": false}
    POST /sim/trade    {"symbol", "price", "size"?}: a print, now; hits stops and moves the quote unless it is held
    POST /sim/bar      {"symbol", "open", "high", "low", "close", "volume", "timestamp"?, "channel"?}: a minute bar on
                       the stream, kept for REST; the default timestamp is the minute that has just ended, channel is
                       bars, updatedBars or dailyBars
    POST /sim/fills    {"symbol", "side"?, "fills": [{"price", "qty"?}, ...]}: the next executions in the symbol happen
                       at these prices; a qty smaller than what is left makes a part
    POST /sim/hold     {"symbol", "hold": bool}: while true, nothing executes by itself, and scripted fills happen at
                       once to whatever is working (stops only after they were hit)
    POST /sim/pending  {"symbol", "hold": bool}: while true, new orders stay pending_new, cancels pending_cancel and
                       replacements pending_replace; working orders may fill meanwhile; false carries all of it out
    POST /sim/asset    {"symbol", "tradable"?, "shortable"?, "easy_to_borrow"?, "fractionable"?}: change an asset
    POST /sim/account  {"cash"?, "shorting_enabled"?}: change the account
    POST /sim/halt     {"symbol", "halted"?: bool, "code"?, "reason"?}: stop (or resume) trading in a symbol
    POST /sim/luld     {"symbol", "up", "down", "indicator"?}: a limit-up-limit-down band
    POST /sim/correction, /sim/cancel-trade  {"symbol", "price"?, "size"?}: correct or cancel the last print
    POST /sim/corporate-action  {"type": "forward_split" | "reverse_split" | "cash_dividend", "symbol", "ex_date",
                       "new_rate", "old_rate" or "rate", "in_prices"?}: announce one; it takes effect in the night
                       before. A split divides the prices that are played from its day on, unless in_prices says that
                       they have it already: the default is true with --bars, false with --synthetic and --sample
    POST /sim/fail     {"status": 0 | 429 | 500 | 503 | 504, "method"?, "path"?, "times"?, "carried_out"?, "html"?}:
                       the next requests fail so, 0 is no answer at all; with carried_out they take effect and only
                       their answer is lost (a fault plan of the kind rest)
    GET  /sim          this text
    POST /sim/faults   {"seed"?, "fault": [{"kind", ...}, ...]}: put a fault plan in force, as `--faults` does; GET
                       tells what is in force and how often each was met, DELETE ends all and tells the same

Every POST answers the clock and the counters; a request that makes no sense gets 422 {"message"}, one from another
machine 403.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alpacasim.admin_events import Action, AdminEvents
from alpacasim.admin_fields import (
    SIZE_BELOW,
    AdminError,
    check_fields,
    count,
    dollars,
    flag,
    instant,
    one_of,
    price_e4,
    size,
)
from alpacasim.calendar import LAST_DAY, MINUTE_NS
from alpacasim.data_wire import Channel, Json, stream_bar, stream_quote, stream_trade
from alpacasim.fault_injector import Injector
from alpacasim.http_api import json_body, ok
from alpacasim.market_stream import MarketHub
from alpacasim.matching import Market, ScriptedFill
from alpacasim.money import decimal_to_e9, parse_decimal
from alpacasim.orders import SIDES, Side
from alpacasim.player import Player
from alpacasim.ticks import Ticks
from alpacasim.timestamps import utc_text
from alpacasim.trade_stream import TradeHub
from alpacasim.wire import account_body, order_body, position_body


class AdminApi:
    """The endpoints over one running simulator."""

    def __init__(
        self,
        player: Player,
        market_hub: MarketHub,
        trade_hub: TradeHub,
        injector: Injector,
        ticks: Ticks,
        created_ns: int,
    ) -> None:
        self._events = AdminEvents(player, market_hub, injector, ticks)
        self._ticks = ticks
        self._injector = injector
        self._player = player
        self._exchange = player.exchange
        self._market_hub = market_hub
        self._trade_hub = trade_hub
        self._created_ns = created_ns

    def routes(self) -> list[Route]:
        actions: dict[str, Action] = {
            "clock": self.set_clock,
            "step": self.step,
            "quote": self.quote,
            "trade": self.trade,
            "bar": self.bar,
            "fills": self.fills,
            "hold": self.hold,
            "asset": self.asset,
            "account": self.account,
            **self._events.actions(),
        }
        return [
            Route("/sim", self.get_help, methods=["GET"]),
            Route("/sim/clock", self.get_clock, methods=["GET"]),
            Route("/sim/state", self.get_state, methods=["GET"]),
            Route("/sim/faults", self.get_faults, methods=["GET"]),
            Route("/sim/faults", self.end_faults, methods=["DELETE"]),
            *(Route(f"/sim/{name}", self._post(name, action), methods=["POST"]) for name, action in actions.items()),
        ]

    def _post(self, name: str, action: Action) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            body = await json_body(request)
            try:
                if not isinstance(body, Mapping):
                    raise AdminError("the body is not a JSON object")
                check_fields(name, body)
                await action(body)
            except AdminError as fault:
                return ok({"message": str(fault)}, 422)
            return ok({**self.clock(), **self.counters()})

        return handle

    async def get_help(self, request: Request) -> Response:
        return Response(__doc__, media_type="text/plain")

    # Time

    def clock(self) -> Json:
        now = self._player.now_ns()
        session = self._player.calendar.session_at(now)
        return {
            "time_ns": now,
            "timestamp": utc_text(now),
            "rate": self._player.rate,
            "mode": self._player.mode,
            "session": {"open_ns": session.open_ns, "close_ns": session.close_ns} if session else None,
        }

    async def get_clock(self, request: Request) -> Response:
        return ok(self.clock())

    async def set_clock(self, body: Mapping[str, Any]) -> None:
        self._must_step()
        await self._player.advance_to(self._later(body.get("time_ns", body.get("timestamp"))))

    async def step(self, body: Mapping[str, Any]) -> None:
        self._must_step()
        if "until" in body:
            await self._player.step_to(self._later(body["until"]))
            return
        try:
            await self._player.step_minutes(count(body, "minutes"))
        except LookupError as fault:
            raise AdminError(f"minutes is {body['minutes']!r}: {fault}") from None

    def _must_step(self) -> None:
        if self._player.mode != "step":
            raise AdminError("the exchange's clock runs by itself: start alpacasim with --step")

    def _later(self, value: object) -> int:
        ns = instant(value)
        if ns is None:
            raise AdminError(f"{value!r} is no time up to {LAST_DAY}: RFC 3339 or integer nanoseconds are allowed")
        if ns < self._player.now_ns():
            raise AdminError(f"the clock cannot go back: now is {utc_text(self._player.now_ns())}")
        return ns

    # State

    def counters(self) -> Json:
        messages = self._market_hub.messages
        return {
            "minutes_played": self._player.minutes_played,
            "market_frames_sent": self._market_hub.frames,
            "bars_sent": messages["bars"],
            "quotes_sent": messages["quotes"],
            "trades_sent": messages["trades"],
            "trade_updates_sent": self._trade_hub.updates,
            "market_connections": self._market_hub.connections,
            "trade_connections": self._trade_hub.connections,
            "finished": self._player.finished,
        }

    async def get_state(self, request: Request) -> Response:
        positions = self._exchange.account.positions
        return ok(
            {
                **self.clock(),
                **self.counters(),
                "account": account_body(self._exchange, self._created_ns),
                "positions": [position_body(self._exchange, positions[symbol]) for symbol in sorted(positions)],
                "orders_total": len(self._exchange.orders),
                "fills_total": len(self._exchange.account.fills),
                "open_orders": [order_body(order) for order in self._exchange.open_orders()],
            }
        )

    async def get_faults(self, request: Request) -> Response:
        return ok(self._injector.body())

    async def end_faults(self, request: Request) -> Response:
        told = self._injector.end()
        await self._player.drain()
        return ok(told)

    # Prices and executions

    def _market(self, body: Mapping[str, Any]) -> Market:
        return self._events.market(body)

    async def quote(self, body: Mapping[str, Any]) -> None:
        market = self._market(body)
        now_ns = self._player.now_ns()
        if "hold" in body:
            self._exchange.hold_quote(market.symbol, flag(body, "hold", True), now_ns)
            if "bid" not in body and "ask" not in body:
                return
        self._exchange.quote(
            market.symbol,
            price_e4(body, "bid"),
            price_e4(body, "ask"),
            now_ns,
            bid_size=size(body, "bid_size"),
            ask_size=size(body, "ask_size"),
        )
        self._ticks.add_quote(market)
        self._market_hub.publish("quotes", {market.symbol: stream_quote(market)})
        await self._player.drain()

    async def trade(self, body: Mapping[str, Any]) -> None:
        market = self._market(body)
        price = price_e4(body, "price", lowest=1)
        self._exchange.trade(market.symbol, price, self._player.now_ns(), size=size(body, "size"))
        self._ticks.add_trade(market)
        self._market_hub.publish("trades", {market.symbol: stream_trade(market)})
        if not market.quote_held:
            self._ticks.add_quote(market)
            self._market_hub.publish("quotes", {market.symbol: stream_quote(market)})
        await self._player.drain()

    async def bar(self, body: Mapping[str, Any]) -> None:
        market = self._market(body)
        channel = one_of(body, "channel", ("bars", "updatedBars", "dailyBars"), "bars")
        prices = [price_e4(body, name, lowest=1) / 10_000 for name in ("open", "high", "low", "close")]
        volume = size(body, "volume")
        record = (self._minute(body), *prices, volume, max(1, volume // 100), sum(prices) / 4)
        if channel != "dailyBars":
            self._player.history.add(market.symbol, record)
        message = stream_bar(cast(Channel, channel), market.symbol, record)
        self._market_hub.publish(cast(Channel, channel), {market.symbol: message})
        await self._player.drain()

    def _minute(self, body: Mapping[str, Any]) -> int:
        if "timestamp" not in body:
            return (self._player.now_ns() // MINUTE_NS - 1) * MINUTE_NS
        value = body["timestamp"]
        ns = instant(value)
        if ns is None:
            raise AdminError(f"timestamp is {value!r}: RFC 3339 or integer nanoseconds up to {LAST_DAY} are allowed")
        return ns

    async def fills(self, body: Mapping[str, Any]) -> None:
        market = self._market(body)
        side = None if body.get("side") is None else one_of(body, "side", SIDES)
        fills = body.get("fills")
        if not isinstance(fills, list) or not all(isinstance(fill, Mapping) for fill in fills):
            raise AdminError("fills is not a list of objects")
        scripts = [_scripted_fill(fill, cast("Side | None", side)) for fill in fills]
        self._exchange.script(market.symbol, scripts, self._player.now_ns())
        await self._player.drain()

    async def hold(self, body: Mapping[str, Any]) -> None:
        self._market(body).fills_held = flag(body, "hold", True)

    async def asset(self, body: Mapping[str, Any]) -> None:
        market = self._market(body)
        for name in ("tradable", "shortable", "easy_to_borrow", "fractionable"):
            if name in body:
                setattr(market, name, flag(body, name, True))

    async def account(self, body: Mapping[str, Any]) -> None:
        if "cash" in body:
            self._exchange.account.cash_e4 = dollars(body, "cash")
        if "shorting_enabled" in body:
            self._exchange.account.shorting_enabled = flag(body, "shorting_enabled", True)


def _scripted_fill(fill: Mapping[str, Any], side: Side | None) -> ScriptedFill:
    price = price_e4(fill, "price", lowest=1)
    if fill.get("qty") is None:
        return ScriptedFill(price, None, side)
    number = parse_decimal(fill["qty"])
    quantity = None if number is None or not 0 < number < SIZE_BELOW else decimal_to_e9(number)
    if quantity is None:
        raise AdminError(f"qty is {fill['qty']!r}: a number above 0 is allowed")
    return ScriptedFill(price, quantity, side)
