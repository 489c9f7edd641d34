"""The simulator put together: exchange, player, streams and REST behind one ASGI application."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from alpacasim.admin import AdminApi
from alpacasim.bar_fills import BarFills
from alpacasim.calendar import DAY_NS, Calendar
from alpacasim.clock import Mode
from alpacasim.corporate_actions import Announcements
from alpacasim.credentials import DEFAULT_CREDENTIALS, Credentials
from alpacasim.data_query import DataQuery
from alpacasim.doorway import Doorway
from alpacasim.exchange import Exchange
from alpacasim.fault_injector import Injector
from alpacasim.history import History
from alpacasim.http_api import (
    DATA_REQUESTS_A_MINUTE,
    TRADING_REQUESTS_A_MINUTE,
    Guard,
    RateLimit,
    method_not_allowed,
    not_found,
)
from alpacasim.market_stream import FEED_PATHS, MarketHub, Plan
from alpacasim.player import Player
from alpacasim.rest_account import AccountApi
from alpacasim.rest_announcements import AnnouncementsApi
from alpacasim.rest_configuration import ConfigurationApi
from alpacasim.rest_corporate_actions import CorporateActionsApi
from alpacasim.rest_data import DataApi
from alpacasim.rest_elsewhere import ElsewhereApi
from alpacasim.rest_meta import MetaApi
from alpacasim.rest_orders import OrdersApi
from alpacasim.rest_portfolio import PortfolioApi
from alpacasim.rest_screener import ScreenerApi
from alpacasim.rest_ticks import TicksApi
from alpacasim.rest_watchlists import WatchlistsApi
from alpacasim.stage import Stage
from alpacasim.tape import Tape
from alpacasim.ticks import Ticks
from alpacasim.trade_stream import TradeHub


@dataclass(frozen=True, slots=True)
class Settings:
    """How to play a tape. `seed` fixes every id; `speed` is exchange seconds a wall second (run mode).

    `plan` is the subscription to market data: "basic" has no sip stream, no sip history of the last 15 minutes, trades
    and quotes of 30 symbols, and 200 requests a minute instead of 10,000. Those minutes are the exchange's where it is
    faster than the wall, and step mode has no limit. `rate_limit` is a number of requests a wall minute in the place of
    that, on both hosts; 0 allows any. With `waits` the time stands at the start until a
    client subscribes to market data (run mode). `faults` is a fault plan. With `bar_fills` orders execute as a
    back-tester of such bars has them.
    """

    start_ns: int
    last_day: date
    mode: Mode = "run"
    speed: float = 1.0
    cash_e4: int = 100_000 * 10_000
    quotes_per_minute: int = 1
    spread_bp: float = 2.0
    credentials: Credentials = DEFAULT_CREDENTIALS
    rate_limit: int | None = None
    seed: str = "alpacasim"
    waits: bool = False
    auth_timeout_s: float = 10.0
    plan: Plan = "plus"
    faults: Mapping[str, Any] = field(default_factory=dict)
    bar_fills: BarFills | None = None


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulator at its start; `player.run()` lets it play in run mode."""

    app: Starlette
    player: Player
    market_hub: MarketHub
    trade_hub: TradeHub


def build(
    tape: Tape,
    calendar: Calendar,
    settings: Settings,
    *,
    wall_s: Callable[[], float] = time.time,
    monotonic_ns: Callable[[], int] = time.monotonic_ns,
) -> Simulator:
    """Compose a simulator over a tape. ValueError says what is wrong with its fault plan."""
    injector, announcements = Injector(), Announcements()
    market_hub = MarketHub(settings.credentials, injector, auth_timeout_s=settings.auth_timeout_s, plan=settings.plan)
    trade_hub = TradeHub(settings.credentials, injector)
    exchange = Exchange(
        tape.symbols, settings.cash_e4, seed=settings.seed, listener=trade_hub.publish, spread_bp=settings.spread_bp
    )
    exchange.portion = injector.portion
    exchange.bar_fills = settings.bar_fills
    player = Player(
        exchange,
        History(tape, calendar, announcements),
        calendar,
        market_hub,
        trade_hub,
        start_ns=settings.start_ns,
        last_day=settings.last_day,
        mode=settings.mode,
        speed=settings.speed,
        quotes_per_minute=settings.quotes_per_minute,
        spread_bp=settings.spread_bp,
        waits=settings.waits,
        announcements=announcements,
        agenda=injector.agenda,
        monotonic_ns=monotonic_ns,
    )
    injector.attach(Stage(player, market_hub, trade_hub))
    injector.add(settings.faults)
    ticks = Ticks(player.history, exchange.markets, settings.spread_bp)
    created_ns = settings.start_ns - 365 * DAY_NS
    app = Starlette(
        routes=[
            *_rest_routes(player, settings, announcements, injector, ticks, created_ns, wall_s),
            *AdminApi(player, market_hub, trade_hub, injector, ticks, created_ns).routes(),
            WebSocketRoute("/stream", trade_hub.serve),
            *(WebSocketRoute(path, market_hub.serve) for path in FEED_PATHS),
        ],
        middleware=[Middleware(Doorway)],
        exception_handlers={404: not_found, 405: method_not_allowed},
    )
    return Simulator(app, player, market_hub, trade_hub)


def _limits(settings: Settings) -> tuple[int, int]:
    """Requests a wall minute: Alpaca counts those of the trading API and of the data API apart."""
    if settings.rate_limit is not None:
        return settings.rate_limit, settings.rate_limit
    if settings.mode == "step":
        return 0, 0
    # A bot that asks once a bar asks as often in a fast minute as in an hour at Alpaca.
    pace = max(1.0, settings.speed)
    return round(TRADING_REQUESTS_A_MINUTE * pace), round(DATA_REQUESTS_A_MINUTE[settings.plan] * pace)


def _rest_routes(
    player: Player,
    settings: Settings,
    announcements: Announcements,
    injector: Injector,
    ticks: Ticks,
    created_ns: int,
    wall_s: Callable[[], float],
) -> list[Route]:
    trading_limit, data_limit = (RateLimit(limit, wall_s) for limit in _limits(settings))
    trading = Guard(settings.credentials, trading_limit, injector, fault_code=40010001)
    data = Guard(settings.credentials, data_limit, injector)
    query = DataQuery(player, settings.plan)
    return [
        *OrdersApi(player).routes(trading),
        *PortfolioApi(player).routes(trading),
        *AccountApi(player, injector, created_ns).routes(trading),
        *ConfigurationApi(player.exchange.account).routes(trading),
        *WatchlistsApi(player).routes(trading),
        *AnnouncementsApi(announcements).routes(trading),
        *ElsewhereApi().trading_routes(trading),
        *MetaApi().routes(data),
        *DataApi(player, announcements, query).routes(data),
        *TicksApi(player, ticks, query).routes(data),
        *CorporateActionsApi(player, announcements).routes(data),
        *ScreenerApi(player).routes(data),
        *ElsewhereApi().data_routes(data),
    ]
