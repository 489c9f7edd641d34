"""The simulator put together: exchange, player, streams and REST behind one ASGI application."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from alpacasim.admin import AdminApi
from alpacasim.calendar import DAY_NS, Calendar
from alpacasim.clock import Mode
from alpacasim.corporate_actions import Announcements
from alpacasim.credentials import DEFAULT_CREDENTIALS, Credentials
from alpacasim.exchange import Exchange
from alpacasim.fault_injector import Injector
from alpacasim.history import History
from alpacasim.http_api import Guard, RateLimit, not_found
from alpacasim.market_stream import MarketHub, Plan
from alpacasim.player import Player
from alpacasim.rest_account import AccountApi
from alpacasim.rest_configuration import ConfigurationApi
from alpacasim.rest_corporate_actions import CorporateActionsApi
from alpacasim.rest_data import DataApi
from alpacasim.rest_orders import OrdersApi
from alpacasim.rest_portfolio import PortfolioApi
from alpacasim.stage import Stage
from alpacasim.tape import Tape
from alpacasim.trade_stream import TradeHub


@dataclass(frozen=True, slots=True)
class Settings:
    """How to play a tape. `seed` fixes every id; `speed` is exchange seconds a wall second (run mode).

    `plan` is the subscription to market data: "basic" has no sip stream, no sip history of the last 15 minutes, and
    trades and quotes of 30 symbols. With `waits` the time stands at the start until a client subscribes to market
    data (run mode). `faults` is a fault plan.
    """

    start_ns: int
    last_day: date
    mode: Mode = "run"
    speed: float = 1.0
    cash_e4: int = 100_000 * 10_000
    quotes_per_minute: int = 1
    spread_bp: float = 2.0
    credentials: Credentials = DEFAULT_CREDENTIALS
    rate_limit: int = 200
    seed: str = "alpacasim"
    waits: bool = False
    auth_timeout_s: float = 10.0
    plan: Plan = "plus"
    faults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulator at its start; `player.run()` lets it play in run mode."""

    app: Starlette
    player: Player
    market_hub: MarketHub
    trade_hub: TradeHub


def build(tape: Tape, calendar: Calendar, settings: Settings, *, wall_s: Callable[[], float] = time.time) -> Simulator:
    """Compose a simulator over a tape. ValueError says what is wrong with its fault plan."""
    injector, announcements = Injector(), Announcements()
    market_hub = MarketHub(settings.credentials, injector, auth_timeout_s=settings.auth_timeout_s, plan=settings.plan)
    trade_hub = TradeHub(settings.credentials, injector)
    exchange = Exchange(
        tape.symbols, settings.cash_e4, seed=settings.seed, listener=trade_hub.publish, spread_bp=settings.spread_bp
    )
    exchange.portion = injector.portion
    player = Player(
        exchange,
        History(tape, calendar),
        calendar,
        market_hub,
        trade_hub,
        start_ns=settings.start_ns,
        last_day=settings.last_day,
        mode=settings.mode,
        speed=settings.speed,
        quotes_per_minute=settings.quotes_per_minute,
        waits=settings.waits,
        announcements=announcements,
        agenda=injector.agenda,
    )
    injector.attach(Stage(player, market_hub, trade_hub, announcements))
    injector.add(settings.faults)
    created_ns = settings.start_ns - 365 * DAY_NS
    app = Starlette(
        routes=[
            *_rest_routes(player, settings, announcements, injector, created_ns, wall_s),
            *AdminApi(player, market_hub, trade_hub, announcements, injector, created_ns).routes(),
            WebSocketRoute("/stream", trade_hub.serve),
            WebSocketRoute("/v2/{feed}", market_hub.serve),
        ],
        exception_handlers={404: not_found},
    )
    return Simulator(app, player, market_hub, trade_hub)


def _rest_routes(
    player: Player,
    settings: Settings,
    announcements: Announcements,
    injector: Injector,
    created_ns: int,
    wall_s: Callable[[], float],
) -> list[Route]:
    # Alpaca counts the requests of the trading API and of the data API apart.
    trading = Guard(settings.credentials, RateLimit(settings.rate_limit, wall_s), injector, fault_code=40010001)
    data = Guard(settings.credentials, RateLimit(settings.rate_limit, wall_s), injector)
    return [
        *OrdersApi(player).routes(trading),
        *PortfolioApi(player).routes(trading),
        *AccountApi(player, injector, created_ns).routes(trading),
        *ConfigurationApi(player.exchange.account).routes(trading),
        *DataApi(player, announcements, settings.plan).routes(data),
        *CorporateActionsApi(player, announcements).routes(data),
    ]
