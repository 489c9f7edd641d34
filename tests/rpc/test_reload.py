"""ReloadConfig: what changed, what waits for a restart, and why nothing did."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import grpc
import pytest

from fluxhero.v1 import risk_pb2, system_pb2
from fluxherod.configuration.config import AlertsConfig, Config, DaemonConfig, MarketConfig, RiskConfig, StrategyConfig
from fluxherod.engine.ports import DataUnavailable

PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION


def reload(client: Any, request_id: str = "l1", *reset: str) -> Any:
    return client.system.ReloadConfig(system_pb2.ReloadConfigRequest(request_id=request_id, reset_keys=reset))


def file(world: Any, **sections: Any) -> Config:
    """The configuration of the world's daemon, with some sections changed."""
    config: Config = world.info.config
    return config.model_copy(update={"market": MarketConfig(symbols=("SPY", "IBM"), timeframe="1Min"), **sections})


async def settled(world: Any, client: Any) -> None:
    """The configuration in force is that of a file."""
    world.sources.config = file(world)
    await reload(client, "first")
    world.sources.applied.clear()


async def entries(client: Any, prefix: str = "") -> dict[str, Any]:
    config = await client.system.GetConfig(system_pb2.GetConfigRequest(prefix=prefix))
    return {entry.key: entry for entry in config.entries}


async def test_it_says_what_has_a_new_value_and_what_waits_for_a_restart(world: Any, client: Any) -> None:
    await settled(world, client)
    world.sources.config = file(
        world,
        daemon=DaemonConfig(log_level="debug", log_format="json"),
        market=MarketConfig(symbols=("SPY", "IBM", "QQQ"), history_bars=600),
        risk=RiskConfig(max_positions=3, max_position=Decimal("0.10")),
        strategy=StrategyConfig(entry_atr=0.9),
        alerts=AlertsConfig(urls=("json://secret@example.org",)),
    )
    answer = await reload(client)
    assert {entry.key: entry.value for entry in answer.changed} == {
        "daemon.log_level": '"debug"',
        "market.symbols": '["SPY", "IBM", "QQQ"]',
        "strategy.entry_atr": "0.9",
        "risk.max_position": "0.10",
        "risk.max_positions": "3",
        "alerts.urls": '"***"',
    }
    assert list(answer.restart_needed) == ["daemon.log_format", "market.history_bars"]
    assert world.engine.settings.limits.max_position_bp == 1000
    assert "QQQ" in world.engine.market.books
    assert world.sources.applied == [("daemon.log_level", "alerts.urls")]
    shown = await entries(client)
    assert shown["risk.max_positions"].value == "3"
    assert shown["daemon.log_format"].value == '"auto"'
    assert (shown["risk.max_positions"].reloadable, shown["market.history_bars"].reloadable) == (True, False)


async def test_the_same_request_gives_the_same_answer_and_reads_nothing(world: Any, client: Any) -> None:
    await settled(world, client)
    world.sources.config = file(world, risk=RiskConfig(max_positions=3))
    first = await reload(client, "l1")
    world.sources.problems = ("the file is gone",)
    world.sources.applied.clear()
    assert await reload(client, "l1") == first
    assert world.sources.applied == []


async def test_a_change_at_run_time_wins_until_its_key_is_reset(world: Any, client: Any) -> None:
    await settled(world, client)
    limits = risk_pb2.RiskLimits(max_positions=4)
    await client.risk.UpdateLimits(
        risk_pb2.UpdateLimitsRequest(
            request_id="u1", limits=limits, update_mask={"paths": ["max_positions"]}, reason="a test"
        )
    )
    world.sources.config = file(world, risk=RiskConfig(max_positions=3))
    assert list((await reload(client, "l1")).changed) == []
    entry = (await entries(client))["risk.max_positions"]
    assert (entry.value, entry.origin) == ("4", system_pb2.CONFIG_ORIGIN_RUNTIME)
    (changed,) = (await reload(client, "l2", "risk.max_positions")).changed
    assert (changed.key, changed.value) == ("risk.max_positions", "3")
    assert changed.origin != system_pb2.CONFIG_ORIGIN_RUNTIME


async def test_a_file_that_is_not_valid_changes_nothing_and_names_each_key(
    world: Any, client: Any, refused: Any
) -> None:
    await settled(world, client)
    before = world.engine.settings
    world.sources.problems = (
        "risk.max_positions = 0 (file f): allowed is 1 to 5000",
        "configuration file f: not TOML",
    )
    refusal = await refused(reload(client))
    assert (refusal.code, refusal.reason) == (PRECONDITION, "CONFIG_INVALID")
    assert refusal.fields.keys() == {"risk.max_positions", "file"}
    assert world.engine.settings == before
    world.sources.problems = tuple(f"risk.key_{number} (file f): {'x' * 5_000}" for number in range(500))
    refusal = await refused(reload(client))
    assert (refusal.reason, len(refusal.fields)) == ("CONFIG_INVALID", 5)
    assert refusal.text.endswith("; and 495 more")


async def test_a_broker_that_can_not_be_asked_of_new_symbols_changes_nothing(
    world: Any, client: Any, refused: Any
) -> None:
    await settled(world, client)
    truth = world.data.assets

    async def none(_: Any) -> Any:
        raise DataUnavailable("no route")

    world.data.assets = none
    world.sources.config = file(world, market=MarketConfig(symbols=("SPY", "IBM", "QQQ"), timeframe="1Min"))
    refusal = await refused(reload(client))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "BROKER_UNAVAILABLE")
    assert "QQQ" not in world.engine.market.books
    world.data.assets = truth
    assert [entry.key for entry in (await reload(client, "l2")).changed] == ["market.symbols"]


async def test_only_what_the_api_can_change_can_be_reset(client: Any, refused: Any) -> None:
    refusal = await refused(reload(client, "l1", "daemon.mode", "risk.nonsense"))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert "daemon.mode" in refusal.fields["reset_keys"]
    assert "risk.nonsense" in refusal.fields["reset_keys"]


async def test_who_leaves_before_the_answer_is_durable_leaves_nothing_half_done(world: Any, client: Any) -> None:
    await settled(world, client)
    world.sources.config = file(world, risk=RiskConfig(max_positions=3), alerts=AlertsConfig(min_severity="critical"))
    world.store.durable.clear()
    request = system_pb2.ReloadConfigRequest(request_id="l1")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.system.ReloadConfig(request, timeout=0.05)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert world.sources.applied == []
    world.store.durable.set()
    answer = await reload(client, "l1")
    assert [entry.key for entry in answer.changed] == ["risk.max_positions", "alerts.min_severity"]
    assert world.sources.applied == [("alerts.min_severity",)]
    assert (await entries(client))["risk.max_positions"].value == "3"


async def test_a_fault_of_a_reload_whose_asker_has_left_is_in_the_log(
    world: Any, client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await settled(world, client)
    go_on, read = threading.Event(), world.sources.read

    def slow() -> Any:
        go_on.wait(5)
        return read()

    def broken(config: Any) -> Any:
        raise ValueError("a fault")

    world.sources.read, world.sources.settings = slow, broken
    with pytest.raises(grpc.aio.AioRpcError):
        await client.system.ReloadConfig(system_pb2.ReloadConfigRequest(request_id="l1"), timeout=0.05)
    go_on.set()
    await world.until(lambda: "a reload failed, and who asked for it has left" in caplog.text)
    assert "ValueError: a fault" in caplog.text
