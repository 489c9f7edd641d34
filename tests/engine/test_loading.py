"""What the runner carries out for symbols that join: the subscription after the commit, the broker's word at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from engine.test_runner import running

from fluxherod.core.types import AssetInfo
from fluxherod.engine.commands import AddSymbolCommand, Caller
from fluxherod.engine.effects import ReplyCode
from fluxherod.engine.events import AssetsLoaded
from fluxherod.engine.ports import DataUnavailable


async def test_the_stream_is_told_what_to_follow_only_when_the_command_is_durable() -> None:
    async with running() as stage:
        await stage.trading()
        told: list[Sequence[str]] = []
        stage.runner._follow = told.append
        stage.store.gate.clear()
        command = AddSymbolCommand(Caller("r", "tester"), "QQQ", AssetInfo("QQQ", True, True, True, True))
        reply = asyncio.create_task(stage.runner.ask(command))
        await stage.until(lambda: "QQQ" in stage.runner.engine.market.books)
        assert told == []
        stage.store.gate.set()
        assert (await reply).code is ReplyCode.OK
        await stage.until(lambda: told == [("SPY", "QQQ")])


async def test_the_broker_is_asked_once_about_a_symbol_and_its_silence_is_passed_on() -> None:
    async with running() as stage:
        assert await stage.runner.asset("QQQ") == AssetInfo("QQQ", True, True, True, True)
        asked: list[Sequence[str]] = []

        async def silent(symbols: Sequence[str]) -> AssetsLoaded:
            asked.append(symbols)
            raise DataUnavailable("timed out")

        stage.data.assets = silent
        with pytest.raises(DataUnavailable, match="timed out"):
            await stage.runner.asset("QQQ")
        assert asked == [("QQQ",)]
