"""Symbols and parameters that change while the daemon runs, as a client sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from fluxhero.v1 import common_pb2, market_pb2, order_pb2, strategy_pb2, system_pb2
from fluxherod.core.kernel import StrategyParams
from fluxherod.engine.events import AssetsLoaded, Started
from fluxherod.engine.operators.overrides import parameters_of
from fluxherod.engine.ports import DataRefused, DataUnavailable
from fluxherod.engine.settings import Settings

INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


def add(client: Any, symbol: str = "QQQ", request_id: str = "a1") -> Any:
    return client.market.AddSymbol(market_pb2.AddSymbolRequest(request_id=request_id, symbol=symbol))


def remove(client: Any, symbol: str, request_id: str = "r1") -> Any:
    return client.market.RemoveSymbol(market_pb2.RemoveSymbolRequest(request_id=request_id, symbol=symbol))


def disable(client: Any, symbol: str, reason: str = "odd", request_id: str = "d1") -> Any:
    request = strategy_pb2.DisableSymbolRequest(request_id=request_id, symbol=symbol, reason=reason)
    return client.strategy.DisableSymbol(request)


def enable(client: Any, symbol: str, request_id: str = "e1") -> Any:
    return client.strategy.EnableSymbol(strategy_pb2.EnableSymbolRequest(request_id=request_id, symbol=symbol))


def update(client: Any, request_id: str = "u1", revision: str = "", reason: str = "a test", **values: Any) -> Any:
    request = strategy_pb2.UpdateParametersRequest(
        request_id=request_id,
        parameters=strategy_pb2.StrategyParameters(**values),
        update_mask=FieldMask(paths=list(values)),
        revision=revision,
        reason=reason,
    )
    return client.strategy.UpdateParameters(request)


async def symbols(client: Any) -> dict[str, Any]:
    listed = (await client.market.ListSymbols(market_pb2.ListSymbolsRequest())).symbols
    return {symbol.symbol: symbol for symbol in listed}


async def strategy(client: Any) -> Any:
    (found,) = (await client.strategy.ListStrategies(strategy_pb2.ListStrategiesRequest())).strategies
    return found


async def entries(client: Any, prefix: str = "") -> dict[str, Any]:
    config = await client.system.GetConfig(system_pb2.GetConfigRequest(prefix=prefix))
    return {entry.key: entry for entry in config.entries}


async def test_a_symbol_joins_warms_up_and_trades(world: Any, client: Any) -> None:
    joining = (await add(client)).symbol
    assert (joining.symbol, joining.state) == ("QQQ", market_pb2.SYMBOL_STATE_WARMING)
    await world.settled()
    joined = (await symbols(client))["QQQ"]
    assert (joined.state, joined.enabled, joined.bars) == (market_pb2.SYMBOL_STATE_ACTIVE, True, 300)
    assert world.engine.state == "ACTIVE"
    await world.minute("QQQ", 1, 300.0)
    await world.minute("QQQ", 2, 301.0)
    bars = (await client.market.GetBars(market_pb2.GetBarsRequest(symbol="QQQ", page_size=1))).bars
    assert bars[0].close == 301.0
    status = (await client.system.GetStatus(system_pb2.GetStatusRequest())).status
    assert list(status.symbols) == ["SPY", "IBM", "QQQ"]


async def test_a_symbol_that_the_broker_does_not_know_or_trade_is_refused(
    world: Any, client: Any, refused: Any
) -> None:
    truth = world.data.assets

    async def assets(wanted: Any) -> AssetsLoaded:
        known = (await truth(wanted)).assets
        return AssetsLoaded(tuple(replace(one, found=one.symbol != "NOPE", tradable=False) for one in known))

    world.data.assets = assets
    unknown = await refused(add(client, "NOPE", "a1"))
    assert (unknown.code, unknown.reason) == (INVALID, "SYMBOL_UNKNOWN")
    assert unknown.fields == {"symbol": "the broker does not know NOPE"}
    idle = await refused(add(client, "QQQ", "a2"))
    assert (idle.code, idle.reason) == (PRECONDITION, "SYMBOL_NOT_TRADABLE")
    again = await refused(add(client, "NOPE", "a1"))
    assert (again.code, again.reason) == (INVALID, "SYMBOL_UNKNOWN")


@pytest.mark.parametrize("problem", [DataUnavailable("timed out"), DataRefused("403")])
async def test_without_the_broker_s_word_no_symbol_joins(
    world: Any, client: Any, refused: Any, problem: Exception
) -> None:
    async def assets(wanted: Any) -> AssetsLoaded:
        raise problem

    truth, world.data.assets = world.data.assets, assets
    away = await refused(add(client))
    assert (away.code, away.reason) == (grpc.StatusCode.UNAVAILABLE, "BROKER_UNAVAILABLE")
    assert any("RetryInfo" in part.type_url for part in away.details)
    world.data.assets = truth
    assert (await add(client)).symbol.symbol == "QQQ"


async def test_a_repeated_request_has_the_same_answer_and_does_not_ask_the_broker(world: Any, client: Any) -> None:
    first = await add(client)
    await world.settled()

    async def assets(wanted: Any) -> AssetsLoaded:
        raise AssertionError("the broker was asked again")

    world.data.assets = assets
    assert (await add(client)).symbol.symbol == first.symbol.symbol
    await remove(client, "QQQ")
    assert (await add(client)).symbol.detail == "it has left since"
    assert list((await remove(client, "QQQ")).symbols) == ["IBM", "SPY"]


async def test_joining_and_leaving_say_what_stands_against_it(world: Any, client: Any, refused: Any) -> None:
    assert ((there := await refused(add(client, "SPY"))).code, there.reason) == (PRECONDITION, "ALREADY_DONE")
    assert ((gone := await refused(remove(client, "QQQ"))).code, gone.reason) == (NOT_FOUND, "SYMBOL_UNKNOWN")
    order = order_pb2.PlaceOrderRequest(
        request_id="o",
        symbol="SPY",
        side=common_pb2.SIDE_BUY,
        quantity=1,
        type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price="440.00",
    )
    await client.order.PlaceOrder(order)
    used = await refused(remove(client, "SPY", "r2"))
    assert (used.code, used.reason) == (PRECONDITION, "SYMBOL_IN_USE")
    assert used.text.startswith("SPY is in use: order fh-")


async def test_a_symbol_that_is_switched_off_says_so_and_is_not_entered(world: Any, client: Any, refused: Any) -> None:
    listed = (await disable(client, "SPY", "earnings")).strategy
    assert (list(listed.enabled_symbols), list(listed.disabled_symbols)) == (["IBM"], ["SPY"])
    symbol = (await symbols(client))["SPY"]
    assert (symbol.state, symbol.enabled) == (market_pb2.SYMBOL_STATE_DISABLED, False)
    assert symbol.detail == "switched off: earnings"
    again = await refused(disable(client, "SPY", "earnings", "d2"))
    assert (again.code, again.reason) == (PRECONDITION, "ALREADY_DONE")
    assert list((await enable(client, "SPY")).strategy.disabled_symbols) == []
    assert (await refused(enable(client, "SPY", "e2"))).reason == "ALREADY_DONE"
    assert (await refused(enable(client, "QQQ", "e3"))).code is NOT_FOUND


async def test_the_strategy_tells_every_parameter_and_what_is_allowed(client: Any) -> None:
    found = await strategy(client)
    fields = {field.name for field in strategy_pb2.StrategyParameters.DESCRIPTOR.fields}
    assert fields == set(parameters_of(Settings(())))
    assert {field.name for field, _ in found.parameters.ListFields()} == fields
    infos = {info.name: info for info in found.parameter_infos}
    assert set(infos) == fields
    kama, shorts = infos["kama_period"], infos["allow_shorts"]
    assert (kama.min, kama.max, kama.default_value, kama.changed) == (2, 128, 20, False)
    assert (shorts.min, shorts.max, shorts.default_value) == (0, 1, 1)
    assert (found.name, found.timeframe, list(found.enabled_symbols)) == ("dual_mode", "1Min", ["IBM", "SPY"])


async def test_a_changed_threshold_is_in_force_and_a_changed_period_warms_the_symbols_up_again(
    world: Any, client: Any
) -> None:
    before = await strategy(client)
    changed = (await update(client, "u1", before.revision, trend_adx=30.0, neutral_entries=False)).strategy
    assert (changed.parameters.trend_adx, changed.parameters.neutral_entries) == (30.0, False)
    assert changed.revision != before.revision
    assert [info.name for info in changed.parameter_infos if info.changed] == ["trend_adx", "neutral_entries"]
    assert world.engine.state == "ACTIVE"
    period = (await update(client, "u2", kama_period=10)).strategy
    assert period.parameters.kama_period == 10
    await world.settled()
    assert world.engine.state == "ACTIVE"
    assert world.engine.market.books["SPY"].live


async def test_every_problem_of_a_change_is_named_at_once(client: Any, refused: Any) -> None:
    wrong = await refused(update(client, reason=" ", kama_period=1, trend_r2=2.0, range_adx=26.0))
    assert (wrong.code, wrong.reason) == (INVALID, "INVALID_FIELD")
    assert wrong.fields == {
        "reason": "1 to 500 characters: it is recorded",
        "parameters.kama_period": "allowed is 2 to 128, not 1",
        "parameters.trend_r2": "allowed is 0 to 1, not 2.0",
        "parameters.range_adx": "allowed is at most trend_adx, which is 25.0, not 26.0",
    }
    request = strategy_pb2.UpdateParametersRequest(request_id="m", reason="x")
    empty = await refused(client.strategy.UpdateParameters(request))
    assert list(empty.fields) == ["update_mask"]
    request.update_mask.paths.extend(("kama_period", "nonsense"))
    unset = await refused(client.strategy.UpdateParameters(request))
    assert set(unset.fields) == {"update_mask", "parameters.kama_period"}


@pytest.mark.parametrize("many", [300, 8_000])
async def test_a_refusal_names_some_of_the_symbols_however_many_are_followed(
    world: Any, client: Any, refused: Any, many: int
) -> None:
    books = world.engine.market.books
    books |= {f"Z{number}": books["SPY"] for number in range(many)}
    rest = many - 8
    named = "SPY, IBM, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7"
    expected = f"NOPE is not followed; followed: {named} and {rest:,} more"
    order = order_pb2.PlaceOrderRequest(
        request_id="o",
        symbol="NOPE",
        side=common_pb2.SIDE_BUY,
        quantity=1,
        type=order_pb2.ORDER_TYPE_MARKET,
        stop_loss_price="1.00",
    )
    for call in (
        client.market.GetQuote(market_pb2.GetQuoteRequest(symbol="NOPE")),
        remove(client, "NOPE"),
        client.order.PlaceOrder(order),
    ):
        refusal = await refused(call)
        assert (refusal.code, refusal.reason, refusal.text) == (NOT_FOUND, "SYMBOL_UNKNOWN", expected)


async def test_while_changes_conflict_with_the_configuration_nothing_is_said_to_be_changed(
    world: Any, client: Any
) -> None:
    await update(client, "u1", trend_adx=30.0)
    file = Settings(("SPY", "IBM"), timeframe="1Min", strategy=StrategyParams(range_adx=35.0, trend_adx=40.0))
    await world.post(Started("epoch-0123456789", 2, "1.2.3", file))
    assert world.engine.universe.conflict
    found = await strategy(client)
    assert found.parameters.trend_adx == 40.0
    assert not [info.name for info in found.parameter_infos if info.changed]
    entry = (await entries(client))["strategy.trend_adx"]
    assert entry.origin != system_pb2.CONFIG_ORIGIN_RUNTIME


async def test_a_change_that_is_based_on_what_is_past_conflicts(client: Any, refused: Any) -> None:
    before = await strategy(client)
    await update(client, "u1", before.revision, trend_adx=30.0)
    conflict = await refused(update(client, "u2", before.revision, trend_adx=31.0))
    assert (conflict.code, conflict.reason) == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT")


async def test_a_repeated_change_is_answered_as_before_whatever_holds_now(world: Any, client: Any) -> None:
    await update(client, "u1", range_adx=24.0)
    await update(client, "u2", range_adx=20.0)
    await update(client, "u3", trend_adx=22.0)
    assert (await update(client, "u1", range_adx=24.0)).strategy.parameters.range_adx == 20.0


async def test_the_configuration_shows_what_was_changed_at_run_time(world: Any, client: Any) -> None:
    before = await entries(client)
    await add(client)
    await update(
        *(client, "u1"), neutral_entries=False, allow_shorts=True, illiquid_midday_minute=725, volume_ratio=0.6
    )
    after = await entries(client)
    changed = {key for key, entry in after.items() if entry.origin == system_pb2.CONFIG_ORIGIN_RUNTIME}
    noise = "strategy.noise."
    assert changed == {
        "market.symbols", "strategy.neutral_entries", "strategy.allow_shorts",
        f"{noise}illiquid_midday", f"{noise}volume_ratio",
    }  # fmt: skip
    assert after["market.symbols"].value == '["SPY", "IBM", "QQQ"]'
    assert after["strategy.neutral_entries"].value == '"off"'
    assert (after["strategy.allow_shorts"].value, after[f"{noise}illiquid_midday"].value) == ("true", '"12:05"')
    assert after[f"{noise}volume_ratio"].default_value == before[f"{noise}volume_ratio"].value == "0.5"


async def test_a_restart_shows_the_same(world: Any, client: Any) -> None:
    await add(client)
    await disable(client, "SPY")
    changed = (await update(client, "u1", trend_adx=30.0)).strategy
    await world.post(Started("epoch-0123456789", 2, "1.2.3", Settings(("SPY", "IBM"), timeframe="1Min")))
    again = await strategy(client)
    assert again.revision == changed.revision
    assert (list(again.enabled_symbols), list(again.disabled_symbols)) == (["IBM", "QQQ"], ["SPY"])


async def test_performance_is_served_for_each_mode(client: Any) -> None:
    answer = await client.strategy.GetPerformance(strategy_pb2.GetPerformanceRequest())
    assert answer.total.trades == 0
    assert len(answer.by_mode) == 3
