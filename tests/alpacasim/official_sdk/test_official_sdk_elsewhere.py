"""What is not simulated is refused in words, so that the official SDK's user knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from alpaca.data.enums import MarketType
from alpaca.data.historical import CryptoHistoricalDataClient, NewsClient, OptionHistoricalDataClient
from alpaca.data.historical.screener import ScreenerClient
from alpaca.data.live import CryptoDataStream, NewsDataStream, OptionDataStream
from alpaca.data.requests import (
    CryptoBarsRequest,
    CryptoLatestQuoteRequest,
    MarketMoversRequest,
    NewsRequest,
    OptionBarsRequest,
    OptionChainRequest,
)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.enums import AssetClass
from alpaca.trading.requests import GetAssetsRequest, GetOptionContractsRequest

CONTRACT = "SPY240119C00450000"
START = datetime(2024, 1, 2, tzinfo=UTC)
ONLY = "alpacasim simulates US equities only"


def client(kind: type[Any], desk: Any) -> Any:
    return kind("PKDEMO", "demo-secret", url_override=desk.stage.url)


@pytest.mark.parametrize(
    ("kind", "call", "request_", "message"),
    [
        (
            CryptoHistoricalDataClient,
            "get_crypto_bars",
            CryptoBarsRequest(symbol_or_symbols="BTC/USD", timeframe=TimeFrame.Day, start=START),
            f"subscription does not permit querying crypto data: {ONLY}",
        ),
        (
            CryptoHistoricalDataClient,
            "get_crypto_latest_quote",
            CryptoLatestQuoteRequest(symbol_or_symbols="BTC/USD"),
            f"subscription does not permit querying crypto data: {ONLY}",
        ),
        (
            OptionHistoricalDataClient,
            "get_option_bars",
            OptionBarsRequest(symbol_or_symbols=CONTRACT, timeframe=TimeFrame.Day, start=START),
            f"OPRA agreement is not signed: {ONLY}",
        ),
        (
            OptionHistoricalDataClient,
            "get_option_chain",
            OptionChainRequest(underlying_symbol="SPY"),
            f"OPRA agreement is not signed: {ONLY}",
        ),
        (
            NewsClient,
            "get_news",
            NewsRequest(symbols="SPY"),
            f"subscription does not permit querying news data: {ONLY}",
        ),
        (
            ScreenerClient,
            "get_market_movers",
            MarketMoversRequest(market_type=MarketType.CRYPTO),
            f"subscription does not permit querying crypto data: {ONLY}",
        ),
    ],
)
def test_data_of_other_classes_is_403_with_a_reason(desk, kind, call, request_, message):
    error = desk.refused(getattr(client(kind, desk), call), request_)
    assert (error.status_code, error.message) == (403, message)


def test_option_contracts_are_403_with_a_code_and_a_reason(desk):
    message = f"account not eligible to trade options: {ONLY}"
    many = desk.refused(desk.trading.get_option_contracts, GetOptionContractsRequest(underlying_symbols=["SPY"]))
    one = desk.refused(desk.trading.get_option_contract, CONTRACT)
    exercise = desk.refused(desk.trading.exercise_options_position, CONTRACT)
    for error in (many, one, exercise):
        assert (error.status_code, error.code, error.message) == (403, 40310000, message)


def test_an_order_for_another_class_is_refused_as_for_an_unknown_asset(desk):
    error = desk.refused(desk.submit, symbol=CONTRACT)
    assert (error.status_code, error.message) == (422, f'asset "{CONTRACT}" not found')


@pytest.mark.parametrize("kind", [AssetClass.CRYPTO, AssetClass.US_OPTION])
def test_there_are_no_assets_of_other_classes(desk, kind):
    assert desk.trading.get_all_assets(GetAssetsRequest(asset_class=kind)) == []


@pytest.mark.parametrize(
    ("kind", "path", "subscribe"),
    [
        (CryptoDataStream, "/v1beta3/crypto/us", lambda stream: stream.subscribe_bars(_ignore, "BTC/USD")),
        (NewsDataStream, "/v1beta1/news", lambda stream: stream.subscribe_news(_ignore, "*")),
        (OptionDataStream, "/v1beta1/indicative", lambda stream: stream.subscribe_trades(_ignore, CONTRACT)),
    ],
)
def test_streams_of_other_classes_tell_the_sdk_to_give_up(desk, caplog, kind, path, subscribe):
    stream = kind("PKDEMO", "demo-secret", url_override=desk.stage.ws_url + path)
    subscribe(stream)
    stream.run()
    assert "insufficient subscription" in caplog.text


async def _ignore(message: object) -> None:
    """Never called: nothing comes."""
