from __future__ import annotations

from typing import Any

import grpc
import pytest

from fluxhero.v1 import (
    account_pb2,
    common_pb2,
    market_pb2,
    position_pb2,
    signal_pb2,
    strategy_pb2,
    system_pb2,
    trade_pb2,
)
from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.types import Bar, BrokerPosition
from fluxherod.engine.events import BarsReceived, LinkChanged, StatusesReceived, TradingStatus
from fluxherod.engine.market import closed_bars
from fluxherod.persistence.past import PastUnavailable
from fluxherod.rpc.info import TooManyAsk

OPEN_S = 1_704_205_800


async def trend(world: Any, minutes: int) -> None:
    """A steady climb on rising volume, from quiet: the strategy goes long on it."""
    for number in range(1, minutes):
        price = 450.0 + max(0, number - 20) * 0.8
        start_ns = (OPEN_S + number * 60) * 10**9
        bar = Bar("SPY", start_ns, price - 0.5, price + 0.1, price - 0.6, price, 5000 + 400 * number)
        await world.post(BarsReceived((bar,)))
        await world.clock.move(start_ns + MINUTE_NS)
        await world.post(await world.broker.snapshot(world.clock.now_ns()))
        await world.quote("SPY", price)
        await world.settled()
        if any(signal.kind == "long" for signal in world.store.signal_rows.values()):
            return


async def test_the_status_tells_state_session_feeds_and_progress(world: Any, client: Any) -> None:
    status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert (status.mode, status.state) == (system_pb2.TRADING_MODE_PAPER, system_pb2.TRADING_STATE_ACTIVE)
    assert (status.session.phase, status.session.date) == (system_pb2.SESSION_PHASE_REGULAR, "2024-01-02")
    assert [(feed.name, feed.up, feed.frames) for feed in status.feeds] == [("market", True, 7), ("trading", True, 7)]
    assert (status.feeds[0].bars, status.feeds[0].quotes, status.feeds[1].trade_updates) == (5, 3, 2)
    assert all(part.ready for part in status.parts)
    assert (list(status.symbols), status.timeframe, status.run) == (["SPY", "IBM"], "1Min", 1)
    assert status.progress.journal_seq == world.runner.seq
    assert (status.progress.events_queued, status.progress.requests_in_flight) == (0, 0)


async def test_what_is_not_durable_counts_as_waiting(world: Any, client: Any) -> None:
    world.store.durable.clear()
    world.runner.post(LinkChanged("trading", False, "gone"))
    await world.until(lambda: world.engine.state == "DEGRADED")
    status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert status.progress.events_queued == 1
    assert (status.state, status.state_detail) == (system_pb2.TRADING_STATE_DEGRADED, "no trading connection")
    assert [(part.name, part.ready) for part in status.parts] == [
        ("broker", False),
        ("market_data", True),
        ("strategy", False),
        ("journal", True),
    ]
    world.store.durable.set()


@pytest.mark.parametrize(
    ("minutes_from_open", "phase"),
    [
        (-6 * 60, system_pb2.SESSION_PHASE_CLOSED),
        (-60, system_pb2.SESSION_PHASE_PRE_MARKET),
        (390, system_pb2.SESSION_PHASE_AFTER_HOURS),
        (390 + 240, system_pb2.SESSION_PHASE_CLOSED),
    ],
)
async def test_the_session_has_phases(world: Any, client: Any, minutes_from_open: int, phase: int) -> None:
    next_day_s = OPEN_S + 24 * 3600
    await world.clock.move((next_day_s + minutes_from_open * 60) * 10**9)
    status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert status.session.phase == phase


async def test_the_configuration_shows_each_key_with_its_origin(client: Any) -> None:
    entries = (await client.system.GetConfig(system_pb2.GetConfigRequest(prefix="risk."))).entries
    values = {entry.key: (entry.value, entry.origin, entry.default_value) for entry in entries}
    assert values["risk.max_positions"] == ("5", system_pb2.CONFIG_ORIGIN_DEFAULT, "5")
    assert all(key.startswith("risk.") for key in values)


async def test_the_account_is_told_by_our_own_books(world: Any, client: Any) -> None:
    account = (await client.account.GetAccount(account_pb2.GetAccountRequest())).account
    assert (account.account_id, account.cash, account.equity, account.exposure) == (
        "account-1",
        "100000.00",
        "100000.00",
        "0.00",
    )
    assert (account.broker_cash, account.multiplier, account.day_pnl) == ("100000.00", 2, "0.00")


async def test_the_equity_curve_comes_newest_first_in_pages(world: Any, client: Any) -> None:
    for number in range(1, 5):
        await world.minute("SPY", number, 450.0 + number)
    everything = await client.account.GetEquityCurve(account_pb2.GetEquityCurveRequest())
    times = [point.time.seconds for point in everything.points]
    assert len(times) >= 3
    assert times == sorted(times, reverse=True)
    first = await client.account.GetEquityCurve(account_pb2.GetEquityCurveRequest(page_size=1))
    assert first.next_page_token
    session = account_pb2.GetEquityCurveRequest(resolution=account_pb2.EQUITY_RESOLUTION_SESSION)
    assert len((await client.account.GetEquityCurve(session)).points) == 1


async def test_a_quote_has_its_price_and_the_close_before(world: Any, client: Any) -> None:
    await world.quote("SPY", 452.0)
    price = (await client.market.GetQuote(market_pb2.GetQuoteRequest(symbol="SPY"))).price
    assert (price.price, price.bid, price.ask) == (452.0, 451.99, 452.01)
    assert price.previous_close == world.engine.market.books["SPY"].closed[-1].bar.close
    assert price.change_pct == pytest.approx(100 * (452.0 / price.previous_close - 1))


async def test_bars_come_newest_first_with_their_regime(world: Any, client: Any) -> None:
    page = await client.market.GetBars(market_pb2.GetBarsRequest(symbol="SPY", page_size=200))
    rest = await client.market.GetBars(
        market_pb2.GetBarsRequest(symbol="SPY", page_size=200, page_token=page.next_page_token)
    )
    starts = [bar.start_time.seconds for bar in (*page.bars, *rest.bars)]
    assert (len(starts), rest.next_page_token) == (300, "")
    assert starts == sorted(set(starts), reverse=True)
    assert page.bars[0].decided
    assert page.bars[0].regime != common_pb2.REGIME_UNSPECIFIED


async def test_bars_come_with_their_indicators_when_asked(client: Any) -> None:
    request = market_pb2.GetBarsRequest(symbol="SPY", page_size=50, include_indicators=True)
    page = await client.market.GetBars(request)
    assert [one.bar_end_time for one in page.indicators] == [bar.end_time for bar in page.bars]
    alone = market_pb2.GetIndicatorsRequest(symbol="SPY", time=page.bars[7].end_time)
    one = (await client.market.GetIndicators(alone)).indicators
    assert one == page.indicators[7]
    assert one.long_above == pytest.approx(one.kama + 0.5 * one.atr)
    assert one.short_below == pytest.approx(one.kama - 0.5 * one.atr)
    assert not (await client.market.GetBars(market_pb2.GetBarsRequest(symbol="SPY"))).indicators


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The symbol of each remembered bar that is made anew, as it happens."""
    unpacked, found = closed_bars._unpacked, list[str]()

    def noted(symbol: str, content: bytes) -> closed_bars.ClosedBar:
        found.append(symbol)
        return unpacked(symbol, content)

    monkeypatch.setattr(closed_bars, "_unpacked", noted)
    return found


async def test_a_page_of_bars_makes_no_other_bars(client: Any, decoded: list[str]) -> None:
    request = market_pb2.GetBarsRequest(symbol="SPY", page_size=2)
    pages = [await client.market.GetBars(request)]
    assert len(decoded) == 2
    request.start_time.CopyFrom(
        (await client.market.GetBars(market_pb2.GetBarsRequest(symbol="SPY"))).bars[6].start_time
    )
    request.end_time.CopyFrom(pages[0].bars[0].start_time)
    pages.clear()
    decoded.clear()
    while not pages or request.page_token:
        pages.append(await client.market.GetBars(request))
        request.page_token = pages[-1].next_page_token
    assert [len(page.bars) for page in pages] == [2, 2, 2]
    assert len(decoded) == 6
    starts = [bar.start_time.seconds for page in pages for bar in page.bars]
    assert starts == [request.end_time.seconds - 60 * number for number in range(1, 7)]


async def test_the_status_and_a_past_bar_make_no_bars_but_the_one_that_is_shown(
    world: Any, client: Any, decoded: list[str]
) -> None:
    await client.system.GetStatus(system_pb2.GetStatusRequest())
    assert decoded == []
    await client.market.GetIndicators(market_pb2.GetIndicatorsRequest(symbol="IBM"))
    assert decoded == ["IBM"]


async def test_a_page_of_symbols_looks_at_no_others(client: Any, decoded: list[str]) -> None:
    await client.market.ListSymbols(market_pb2.ListSymbolsRequest(page_size=1))
    assert set(decoded) == {"IBM"}


async def test_bars_of_a_range_or_of_a_timeframe_that_is_not_kept(client: Any, refused: Any) -> None:
    request = market_pb2.GetBarsRequest(symbol="SPY")
    newest = (await client.market.GetBars(request)).bars[0]
    request.start_time.CopyFrom(newest.start_time)
    assert len((await client.market.GetBars(request)).bars) == 1
    refusal = await refused(client.market.GetBars(market_pb2.GetBarsRequest(symbol="SPY", timeframe="1Day")))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "NO_DATA")
    refusal = await refused(client.market.GetBars(market_pb2.GetBarsRequest(symbol="SPY", timeframe="1Week")))
    assert list(refusal.fields) == ["timeframe"]


async def test_a_range_that_ends_before_it_starts_is_refused(client: Any, refused: Any) -> None:
    request = trade_pb2.ListTradesRequest(start_time={"seconds": 5}, end_time={"seconds": 5})
    assert list((await refused(client.trade.ListTrades(request))).fields) == ["end_time"]
    request = trade_pb2.ListTradesRequest(start_time={"seconds": -5})
    assert list((await refused(client.trade.ListTrades(request))).fields) == ["start_time"]
    request = trade_pb2.ListTradesRequest(start_time={"seconds": 2**62})
    assert list((await refused(client.trade.ListTrades(request))).fields) == ["start_time"]


async def test_indicators_are_those_of_the_kernel(world: Any, client: Any) -> None:
    found = (await client.market.GetIndicators(market_pb2.GetIndicatorsRequest(symbol="IBM"))).indicators
    record = world.engine.market.books["IBM"].closed[-1].decision
    assert (found.kama, found.adx, found.r_squared, found.valid) == (record["kama"], record["adx"], record["r2"], True)
    early = market_pb2.GetIndicatorsRequest(symbol="IBM")
    early.time.seconds = world.engine.market.books["IBM"].closed[0].end_ns // 10**9
    first = (await client.market.GetIndicators(early)).indicators
    assert not first.HasField("adx")
    assert not first.valid


async def test_symbols_are_listed_in_alphabetical_order(client: Any) -> None:
    page = await client.market.ListSymbols(market_pb2.ListSymbolsRequest(page_size=1))
    rest = await client.market.ListSymbols(market_pb2.ListSymbolsRequest(page_size=1, page_token=page.next_page_token))
    symbols = [*page.symbols, *rest.symbols]
    assert [(one.symbol, one.state, one.bars) for one in symbols] == [
        ("IBM", market_pb2.SYMBOL_STATE_ACTIVE, 300),
        ("SPY", market_pb2.SYMBOL_STATE_ACTIVE, 300),
    ]


async def test_a_symbol_that_does_not_trade_is_listed_as_halted_with_the_reason(world: Any, client: Any) -> None:
    status = TradingStatus("SPY", False, "Trading Halt: News Pending (H, T1)", world.clock.now_ns())
    await world.post(StatusesReceived((status,)))
    wanted = market_pb2.ListSymbolsRequest(states=[market_pb2.SYMBOL_STATE_HALTED])
    (halted,) = (await client.market.ListSymbols(wanted)).symbols
    assert (halted.symbol, halted.enabled) == ("SPY", True)
    assert halted.detail == "Trading Halt: News Pending (H, T1): no entries, exits wait"


async def test_a_position_of_somebody_else_is_shown_as_foreign_and_not_closed(
    world: Any, client: Any, refused: Any
) -> None:
    world.broker.positions = (BrokerPosition("IBM", -5, 1_600_000),)
    for _ in range(2):  # a difference counts when two snapshots in a row show it
        await world.post(await world.broker.snapshot(world.clock.now_ns()))
    listed = (await client.position.ListPositions(position_pb2.ListPositionsRequest(foreign=True))).positions
    assert [(one.symbol, one.quantity, one.side, one.foreign) for one in listed] == [
        ("IBM", 5, common_pb2.POSITION_SIDE_SHORT, True)
    ]
    refusal = await refused(
        client.position.ClosePosition(position_pb2.ClosePositionRequest(request_id="x", symbol="IBM"))
    )
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "FOREIGN_POSITION")


async def test_a_signal_is_explained_with_its_rules_sizing_orders_and_fills(world: Any, client: Any) -> None:
    await trend(world, 120)
    longs = signal_pb2.ListSignalsRequest(kinds=[signal_pb2.SIGNAL_KIND_LONG])
    signals = (await client.signal.ListSignals(longs)).signals
    assert len(signals) == 1
    assert signals[0].outcome == "ordered", signals[0].outcome_text
    await world.post(world.broker.filled(signals[0].order_ids[0], round(signals[0].price * 10_000)))
    whole = (await client.signal.GetSignal(signal_pb2.GetSignalRequest(signal_id=signals[0].id))).signal
    assert whole.trade_id == whole.order_ids[0]
    assert sum(fill.quantity for fill in whole.fills) == whole.risk.quantity > 0
    assert {"price_beyond_entry_band", "volume", "time", "gap", "spread"} <= {rule.name for rule in whole.rules}
    assert whole.text.startswith("BUY SPY @")
    request = signal_pb2.ExplainRequest(symbol="SPY", time=whole.decided_at)
    counts = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status.counts
    assert (counts.signals_today, counts.trades_today) == (len(world.store.signal_rows), 1)
    explained = await client.signal.Explain(request)
    assert (explained.signal.id, explained.why_not) == (whole.id, "")


async def test_a_bar_without_a_signal_is_explained_by_the_rules_that_kept_it(world: Any, client: Any) -> None:
    explained = await client.signal.Explain(signal_pb2.ExplainRequest(symbol="IBM"))
    assert (explained.signal.kind, explained.signal.outcome) == (signal_pb2.SIGNAL_KIND_NONE, "no_signal")
    assert explained.why_not
    assert explained.signal.rules
    assert [change.kind for change in explained.smallest_changes] != []
    assert {change.kind for change in explained.smallest_changes} == {
        signal_pb2.SIGNAL_KIND_LONG,
        signal_pb2.SIGNAL_KIND_SHORT,
    }
    for change in explained.smallest_changes:
        assert all(rule.verdict == common_pb2.VERDICT_FAILED for rule in change.rules)
    assert explained.signal.text.splitlines()[0].startswith("NO TRADE IBM @ $")


async def test_an_early_bar_is_explained_by_what_is_missing_and_an_older_one_by_the_range(
    world: Any, client: Any, refused: Any
) -> None:
    first_s = world.engine.market.books["SPY"].closed[0].end_ns // 10**9
    request = signal_pb2.ExplainRequest(symbol="SPY", time={"seconds": first_s})
    assert "too few bars" in (await client.signal.Explain(request)).why_not
    request.time.seconds = first_s - 1
    refusal = await refused(client.signal.Explain(request))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "NO_DATA")
    assert "2023-12-29T14:31:00Z" in refusal.text


async def test_a_bar_that_is_no_longer_remembered_is_explained_from_the_journal_in_the_same_words(
    world: Any, client: Any
) -> None:
    book = world.engine.market.books["IBM"]
    times = [closed.end_ns for closed in book.closed]
    requests = [signal_pb2.ExplainRequest(symbol="IBM", time={"seconds": ns // 10**9}) for ns in (times[-1], times[70])]
    remembered = [await client.signal.Explain(request) for request in requests]
    await world.minute("IBM", len(times), 160.0)
    newest = book.closed._bytes(book.closed._count - 1, 1)
    book.closed.clear()
    book.closed.append(newest)
    assert [await client.signal.Explain(request) for request in requests] == remembered
    assert all(answer.why_not for answer in remembered)


async def test_a_bar_is_explained_by_the_parameters_that_it_was_decided_by(world: Any, client: Any) -> None:
    await world.minute("IBM", 1, 160.0)
    request = signal_pb2.ExplainRequest(
        symbol="IBM", time={"seconds": world.engine.market.books["IBM"].closed[-1].end_ns // 10**9}
    )
    before = await client.signal.Explain(request)
    change = strategy_pb2.UpdateParametersRequest(
        request_id="p1", parameters={"gap_limit": 0.5}, update_mask={"paths": ["gap_limit"]}, reason="a test"
    )
    await client.strategy.UpdateParameters(change)
    assert await client.signal.Explain(request) == before
    await world.minute("IBM", 3, 160.0)
    after = await client.signal.Explain(signal_pb2.ExplainRequest(symbol="IBM"))
    limits = [next(rule.threshold for rule in a.signal.rules if rule.name == "gap") for a in (before, after)]
    assert limits == [0.02, 0.5]


async def test_a_signal_whose_bar_is_no_longer_remembered_is_still_that_signal(world: Any, client: Any) -> None:
    await trend(world, 120)
    (found,) = (await client.signal.ListSignals(signal_pb2.ListSignalsRequest(symbols=["SPY"], page_size=1))).signals
    request = signal_pb2.ExplainRequest(symbol="SPY", time=found.decided_at)
    remembered = await client.signal.Explain(request)
    world.engine.market.books["SPY"].closed.clear()
    assert await client.signal.Explain(request) == remembered
    assert remembered.signal.id == found.id


async def test_a_journal_that_cannot_be_replayed_is_no_data_with_its_reason(
    world: Any, client: Any, refused: Any
) -> None:
    world.past.failure = PastUnavailable("the journal could not be replayed: disk I/O error")
    request = signal_pb2.ExplainRequest(symbol="IBM", time={"seconds": 1})
    refusal = await refused(client.signal.Explain(request))
    assert (refusal.reason, refusal.text) == ("NO_DATA", "the journal could not be replayed: disk I/O error")


async def test_when_too_many_ask_for_old_bars_the_next_one_is_told_to_come_back(
    world: Any, client: Any, refused: Any
) -> None:
    world.past.failure = TooManyAsk("4 explanations of old bars are being made already: ask again later")
    refusal = await refused(client.signal.Explain(signal_pb2.ExplainRequest(symbol="IBM", time={"seconds": 1})))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
    assert any("RetryInfo" in part.type_url for part in refusal.details)


async def test_a_symbol_that_has_left_is_still_explained(world: Any, client: Any, refused: Any) -> None:
    await world.minute("IBM", 1, 160.0)
    request = signal_pb2.ExplainRequest(
        symbol="IBM", time={"seconds": world.engine.market.books["IBM"].closed[-1].end_ns // 10**9}
    )
    followed = await client.signal.Explain(request)
    await client.market.RemoveSymbol(market_pb2.RemoveSymbolRequest(request_id="r1", symbol="IBM"))
    assert await client.signal.Explain(request) == followed
    assert await client.signal.Explain(signal_pb2.ExplainRequest(symbol="IBM")) == followed
    request.time.seconds = 1
    refusal = await refused(client.signal.Explain(request))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "SYMBOL_UNKNOWN")


@pytest.mark.parametrize(
    ("service", "method", "request_", "reason"),
    [
        ("signal", "GetSignal", signal_pb2.GetSignalRequest(signal_id="nope"), "SIGNAL_NOT_FOUND"),
        ("trade", "GetTrade", trade_pb2.GetTradeRequest(trade_id="nope"), "TRADE_NOT_FOUND"),
        ("position", "GetPosition", position_pb2.GetPositionRequest(symbol="SPY"), "POSITION_NOT_FOUND"),
        ("market", "GetQuote", market_pb2.GetQuoteRequest(symbol="TSLA"), "SYMBOL_UNKNOWN"),
        ("signal", "Explain", signal_pb2.ExplainRequest(symbol="TSLA"), "SYMBOL_UNKNOWN"),
    ],
)
async def test_what_is_not_there_is_not_found(
    client: Any, refused: Any, service: str, method: str, request_: Any, reason: str
) -> None:
    refusal = await refused(getattr(getattr(client, service), method)(request_))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, reason)
