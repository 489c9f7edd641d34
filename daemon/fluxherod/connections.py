"""The connections to Alpaca, made from the configuration: REST, both streams, and what looks after them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from fluxherod.adapters.alpaca.broker import AlpacaBroker
from fluxherod.adapters.alpaca.clock import ClockOffset, ExchangeClock, WallClock
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.adapters.alpaca.limiter import RateLimiter
from fluxherod.adapters.alpaca.market_data import AlpacaMarketData
from fluxherod.adapters.alpaca.market_stream import MarketStream
from fluxherod.adapters.alpaca.rest import RestClient
from fluxherod.adapters.alpaca.trade_stream import TradeStream
from fluxherod.adapters.alpaca.watchdog import FeedWatchdog
from fluxherod.adapters.parquet import BarCache
from fluxherod.configuration.config import Config
from fluxherod.core.calendar import SECOND_NS, Session
from fluxherod.engine.events import Event
from fluxherod.engine.runner import Runner

POLL_EVERY_NS = 5 * SECOND_NS
LEAST_POLL_PAUSE_S = 0.5
Edges = dict[str, Callable[[], Coroutine[Any, Any, None]]]
"""What brings events in or carries effects out until it is cancelled, by name."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What asks Alpaca over HTTP: of account and orders, and of bars. Both share the rate limit."""

    broker: AlpacaBroker
    market_data: AlpacaMarketData


def connect_rest(
    config: Config,
    credentials: Credentials,
    clock: WallClock | ExchangeClock,
    post: Callable[[Event], None],
    stack: AsyncExitStack,
) -> Rest:
    """Make the clients of both hosts; the stack closes them."""
    limiter = RateLimiter(config.alpaca.requests_per_minute)
    at_exchange = clock if isinstance(clock, ExchangeClock) else ClockOffset(clock.now_ns, post)
    dates = at_exchange if isinstance(at_exchange, ClockOffset) else None
    trading = RestClient(config.alpaca.trading_url, credentials, limiter, post=post, dates=dates)
    data = RestClient(config.alpaca.data_url, credentials, limiter, dates=dates)
    stack.push_async_callback(trading.aclose)
    stack.push_async_callback(data.aclose)
    return Rest(AlpacaBroker(trading), _market_data(config, trading, data, at_exchange))


def _market_data(
    config: Config, trading: RestClient, data: RestClient, at_exchange: ClockOffset | ExchangeClock
) -> AlpacaMarketData:
    cache = BarCache(
        config.storage.cache_dir / "bars",
        feed=config.alpaca.feed,
        adjustment="split",
        session=config.market.session,
        source=config.alpaca.data_url,
    )
    return AlpacaMarketData(
        trading,
        data,
        feed=config.alpaca.feed,
        cache=cache,
        extended=config.market.session == "extended",
        settle_s=0.0 if isinstance(at_exchange, ExchangeClock) else 2.0,
        reached=at_exchange.reached,
    )


@dataclass(frozen=True, slots=True)
class Feeds:
    """Both WebSockets."""

    market: MarketStream
    trades: TradeStream


def make_feeds(
    config: Config,
    credentials: Credentials,
    symbols: Sequence[str],
    clock: WallClock | ExchangeClock,
    post: Callable[[Event], None],
) -> Feeds:
    """Make the streams of bars and of order updates; they connect as their edges run."""
    return Feeds(
        MarketStream(config.alpaca.market_stream_url, credentials, symbols, post, clock),
        TradeStream(config.alpaca.trade_stream_url, credentials, post, clock),
    )


def edges(feeds: Feeds, market_data: AlpacaMarketData, clock: WallClock | ExchangeClock, runner: Runner) -> Edges:
    """What runs of all this."""
    found: Edges = {
        "market stream": feeds.market.run,
        "trade stream": feeds.trades.run,
        "poll": lambda: _poll(runner, clock),
        "feed watchdog": _feed_watchdog(feeds.market, market_data, clock, runner).run,
    }
    return found | {"clock": clock.run} if isinstance(clock, ExchangeClock) else found


async def _poll(runner: Runner, clock: WallClock | ExchangeClock) -> None:
    """The truth every 5 s of exchange time, whatever the stream says; never too often for the wall."""
    while True:
        await clock.wait_until(clock.now_ns() + POLL_EVERY_NS)
        if not runner.engine.refused:  # the client would answer itself, once in 5 s, for ever
            await runner.take_snapshot(by_poll=True)
        if isinstance(clock, ExchangeClock):
            await asyncio.sleep(LEAST_POLL_PAUSE_S)


def _feed_watchdog(
    stream: MarketStream, market_data: AlpacaMarketData, clock: WallClock | ExchangeClock, runner: Runner
) -> FeedWatchdog:
    def session(ns: int) -> Session | None:
        engine = runner.engine
        return engine.market.calendar.last_opened(ns) if engine.run else None  # it knows one once it has started

    pause_s = LEAST_POLL_PAUSE_S if isinstance(clock, ExchangeClock) else 0.0
    return FeedWatchdog(stream, market_data.newest_minutes, clock, session, runner.post, least_pause_s=pause_s)
