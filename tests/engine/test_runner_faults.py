"""An adapter that breaks is told and survived; a poll that finds nothing new is not journaled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from engine.test_runner import Stage, running
from engine.world import OPEN_NS

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.risk.approval import ApprovedOrder
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import Caller, PlaceOrderCommand
from fluxherod.engine.effects import AlertRaised, ReplyCode, RequestSnapshot
from fluxherod.engine.events import BrokerSnapshot, CalendarLoaded, LinkChanged, LookupAnswered, SubmitAnswered


def of(stage: Stage, kind: type[Any]) -> list[Any]:
    return [entry.event for entry in stage.store.entries if isinstance(entry.event, kind)]


def alerts(stage: Stage) -> list[str]:
    return [update.code for _, _, updates in stage.published for update in updates if isinstance(update, AlertRaised)]


async def test_an_order_whose_submission_breaks_the_adapter_is_unknown_and_is_asked_for() -> None:
    async with running() as stage:
        await stage.trading()

        async def broken(order: ApprovedOrder, unwanted: Callable[[], str]) -> SubmitAnswered:
            raise KeyError("id")

        stage.broker.submit = broken
        faults: list[str] = []
        stage.runner._on_fault = lambda text, fault: faults.append(f"{text}: {fault!r}")
        order = PlaceOrderCommand(
            Caller("r", "tester"),
            "SPY",
            Side.BUY,
            1,
            OrderType.LIMIT,
            limit_price_e4=4_500_000,
            stop_price_e4=4_400_000,
        )
        assert (await stage.runner.ask(order)).code is ReplyCode.OK
        await stage.until(lambda: of(stage, LookupAnswered))
        answer = of(stage, SubmitAnswered)[0]
        assert (answer.order, answer.refusal) == (None, None)
        assert "a fault in the broker's adapter" in answer.detail
        assert faults == ["a fault in the broker's adapter: KeyError('id')"]
        assert alerts(stage) == ["BROKER_LINK_DOWN"]
        await stage.runner.take_snapshot()
        await stage.settled()
        assert stage.engine.links["broker"].up


async def test_a_snapshot_that_breaks_the_adapter_is_an_alert_until_one_is_whole_and_the_engines_ask_stands() -> None:
    async with running() as stage:
        await stage.trading()
        whole = stage.broker.snapshot

        async def broken(now_ns: int) -> BrokerSnapshot | None:
            raise AttributeError("account")

        stage.broker.snapshot = broken
        taken = len(of(stage, BrokerSnapshot))
        for _ in range(3):
            await stage.runner.take_snapshot()
        await stage.settled()
        assert alerts(stage) == ["BROKER_LINK_DOWN"]
        assert len(of(stage, BrokerSnapshot)) == taken
        stage.broker.snapshot = whole
        await stage.runner.take_snapshot(by_poll=True)
        await stage.settled()
        assert len(of(stage, BrokerSnapshot)) > taken
        assert [link.up for link in of(stage, LinkChanged) if link.link == "broker"] == [False, True]


async def test_market_data_that_break_the_adapter_are_told_and_asked_for_again(monkeypatch: Any) -> None:
    monkeypatch.setattr("fluxherod.engine.runner.RETRY_DATA_AFTER_S", 0.0)
    async with running() as stage:
        stage.data.failures = [IndexError("page"), IndexError("page")]
        await stage.trading()
        assert of(stage, CalendarLoaded)
        assert [link.up for link in of(stage, LinkChanged) if link.link == "data"] == [False, True]


async def polls(stage: Stage, seconds: Sequence[int]) -> list[int]:
    """The seconds of those polls that were journaled."""
    journaled = []
    start_ns = stage.clock.now_ns()
    for second in seconds:
        stage.clock.move(start_ns + second * SECOND_NS)
        before = len(of(stage, BrokerSnapshot))
        await stage.runner.take_snapshot(by_poll=True)
        await stage.settled()
        journaled += [second] * (len(of(stage, BrokerSnapshot)) - before)
    return journaled


async def test_a_poll_that_says_what_the_last_two_said_is_journaled_every_30_seconds_only() -> None:
    async with running() as stage:
        await stage.trading()
        await polls(stage, [0, 0])
        start_ns = stage.clock.now_ns()
        assert await polls(stage, range(5, 95, 5)) == [30, 60, 90]
        assert start_ns == OPEN_NS


async def test_a_poll_that_says_something_new_is_journaled_and_so_is_the_one_that_confirms_it() -> None:
    async with running() as stage:
        await stage.trading()
        await polls(stage, [0, 0])
        whole = stage.broker.snapshot

        async def richer(now_ns: int) -> BrokerSnapshot | None:
            snapshot = await whole(now_ns)
            assert snapshot is not None
            return replace(snapshot, account=replace(snapshot.account, cash_e4=snapshot.account.cash_e4 + 1))

        stage.broker.snapshot = richer
        assert await polls(stage, [5, 10, 15, 20]) == [5, 10]


async def test_what_the_engine_asks_for_is_journaled_always_though_a_poll_may_fetch_it() -> None:
    async with running() as stage:
        await stage.trading()
        await polls(stage, [0, 0])
        before = len(of(stage, BrokerSnapshot))
        stage.runner._requests.start(RequestSnapshot("a test"))
        await stage.settled()
        assert len(of(stage, BrokerSnapshot)) == before + 1


async def test_polls_after_an_orders_answer_are_news_again() -> None:
    async with running() as stage:
        await stage.trading()
        await polls(stage, [0, 0])
        stage.runner.post(LookupAnswered("nobody's", found=False))
        await stage.settled()
        assert await polls(stage, [5, 10, 15]) == [5, 10]
