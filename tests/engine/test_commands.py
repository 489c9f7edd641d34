"""What operators may do, what is refused and why, and that a request is carried out once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.world import OPEN_NS, World, of
from hypothesis import given
from hypothesis import strategies as st

from fluxherod.core.calendar import SECOND_NS
from fluxherod.core.orders import OrderRole
from fluxherod.core.types import AssetInfo, OrderType, Side
from fluxherod.engine.commands import (
    Caller,
    CancelAllOrdersCommand,
    CancelOrderCommand,
    CloseAllPositionsCommand,
    Command,
    HaltCommand,
    PlaceOrderCommand,
    ResumeCommand,
)
from fluxherod.engine.effects import Reply, ReplyCode, SubmitOrder
from fluxherod.engine.events import AssetsLoaded, LinkChanged, Started
from fluxherod.engine.operators.remembered import KEEP_NS, MOST_OF_ONE, Answered, Remembered


def reply(world: World, command: Command) -> Reply:
    (answer,) = of(Reply, world.tell(command))
    return answer


def order(world: World, **change: object) -> Reply:
    fields: dict[str, object] = {
        "caller": world.caller(),
        "symbol": "SPY",
        "side": Side.BUY,
        "quantity": 10,
        "order_type": OrderType.MARKET,
        "stop_price_e4": 4_430_000,
    }
    return reply(world, PlaceOrderCommand(**{**fields, **change}))  # type: ignore[arg-type]


def test_a_request_id_is_answered_once_and_the_same_again() -> None:
    world = World().ready()
    caller = Caller("once", "tester")
    first = order(world, caller=caller)
    again = order(world, caller=caller)
    assert first == again
    assert first.code is ReplyCode.OK
    assert len(of(SubmitOrder, world.seen)) == 1


def test_a_request_id_of_another_request_is_refused_and_one_of_another_caller_is_not() -> None:
    world = World().ready()
    order(world, caller=Caller("once", "tester"))
    assert order(world, caller=Caller("once", "tester"), quantity=11).code is ReplyCode.REQUEST_ID_REUSED
    assert reply(world, HaltCommand(Caller("once", "other"), "x")).code is ReplyCode.OK


def test_answers_outlive_a_restart_and_old_ones_are_dropped() -> None:
    world = World().ready()
    caller = Caller("once", "tester")
    first = order(world, caller=caller)
    world.start(run=2)
    assert order(world, caller=caller) == first
    for number in range(MOST_OF_ONE + 5):
        world.engine.process(world.now_ns, ResumeCommand(Caller(f"n{number}", "tester"), ""))
    assert len(world.engine.commands.answers) == MOST_OF_ONE


def answered(request_id: str, principal: str, at_ns: int = 0) -> Answered:
    caller = Caller(request_id, principal)
    return Answered(ResumeCommand(caller, ""), Reply(request_id, principal, ReplyCode.OK), at_ns)


def test_an_answer_is_kept_for_seven_days_and_then_its_id_is_new() -> None:
    world = World().ready()
    caller = Caller("once", "tester")
    command = HaltCommand(caller, "news")
    first = reply(world, command)
    assert reply(world, ResumeCommand(Caller("other", "tester"), "")).code is ReplyCode.OK
    world.now_ns += KEEP_NS - 1
    assert reply(world, command) == first
    assert world.engine.state == "ACTIVE"
    world.now_ns += 2
    assert reply(world, command) == first
    assert world.engine.state == "HALTED"
    assert len(world.engine.commands.answers) == 1
    world.replay()


@given(st.lists(st.sampled_from("abc"), max_size=40))
def test_who_asks_much_never_makes_others_forgotten_and_all_is_bounded(asked: list[str]) -> None:
    answers = Remembered(most_of_one=5, most_of_all=9)
    asked_by: dict[str, list[str]] = {name: [] for name in "abc"}
    for number, name in enumerate(asked):
        answers.note(answered(f"n{number}", name))
        asked_by[name].append(f"n{number}")
        assert len(answers) <= 9
        for who, ids in asked_by.items():
            known = [one for one in ids if answers.get(Caller(one, who), 0) is not None]
            assert known == ids[len(ids) - len(known) :]  # the newest
            assert min(3, len(ids)) <= len(known) <= 5


def test_an_answer_takes_the_place_of_one_that_is_too_old_though_time_went_back_between() -> None:
    answers = Remembered(most_of_one=2)
    for request_id, at_ns in (("new", 2 * KEEP_NS), ("once", 0), ("once", 2 * KEEP_NS)):
        answers.note(answered(request_id, "tester", at_ns))
    assert len(answers) == 2
    assert [answers.get(Caller(name, "tester"), 2 * KEEP_NS) is None for name in ("new", "once")] == [False, False]


def test_a_command_for_all_is_carried_out_once_whatever_is_there_later() -> None:
    world = World(("SPY", "QQQ")).ready()
    cancel = CancelAllOrdersCommand(Caller("all", "tester"))
    close = CloseAllPositionsCommand(Caller("close", "tester"), "enough")
    assert reply(world, cancel).text == reply(world, close).text == "there was nothing to do"
    assert world.place(100, 443.0).code is ReplyCode.OK
    assert order(world, symbol="QQQ", order_type=OrderType.LIMIT, limit_price_e4=4_490_000).code is ReplyCode.OK
    assert reply(world, cancel).text == reply(world, close).text == "there was nothing to do"
    assert reply(world, replace(cancel, symbols=("QQQ",))).code is ReplyCode.REQUEST_ID_REUSED
    assert reply(world, replace(close, reason="other")).code is ReplyCode.REQUEST_ID_REUSED
    assert world.live(OrderRole.ENTRY, "QQQ")
    assert not world.position().exit_reason
    assert "QQQ" in reply(world, replace(cancel, caller=Caller("again", "tester"), symbols=("QQQ",))).text
    assert reply(world, replace(close, caller=Caller("again2", "tester"))).text == "done for SPY"
    assert not world.live(OrderRole.ENTRY, "QQQ")
    world.replay()


def test_to_close_all_closes_the_rest_of_a_position_that_is_being_reduced() -> None:
    world = World().ready()
    world.place(100, 443.0)
    world.exchange.auto_fill = False
    order(world, side=Side.SELL, quantity=40, stop_price_e4=None)
    assert world.position().exit_quantity == 40
    assert reply(world, CloseAllPositionsCommand(world.caller())).text == "done for SPY"
    assert not world.position().exit_quantity
    world.replay()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"symbol": "NOPE"}, ReplyCode.SYMBOL_UNKNOWN),
        ({"quantity": 0}, ReplyCode.INVALID_ORDER),
        ({"quantity": -5}, ReplyCode.INVALID_ORDER),
        ({"quantity": 10**12}, ReplyCode.INVALID_ORDER),
        ({"order_type": OrderType.STOP}, ReplyCode.INVALID_ORDER),
        ({"order_type": OrderType.LIMIT}, ReplyCode.INVALID_ORDER),
        ({"limit_price_e4": 4_500_000}, ReplyCode.INVALID_ORDER),
        ({"stop_price_e4": None}, ReplyCode.RISK_REJECTED),
        ({"stop_price_e4": 4_600_000}, ReplyCode.RISK_REJECTED),
        ({"stop_price_e4": -1}, ReplyCode.RISK_REJECTED),
        ({"order_type": OrderType.LIMIT, "limit_price_e4": 0}, ReplyCode.RISK_REJECTED),
        ({"order_type": OrderType.LIMIT, "limit_price_e4": -4}, ReplyCode.RISK_REJECTED),
        ({"order_type": OrderType.LIMIT, "limit_price_e4": 10**30}, ReplyCode.RISK_REJECTED),
    ],
)
def test_an_order_that_can_not_be_is_refused_with_its_reason(change: dict[str, object], code: ReplyCode) -> None:
    world = World().ready()
    answer = order(world, **change)
    assert answer.code is code
    assert answer.text
    assert not of(SubmitOrder, world.seen)


def test_an_order_that_risk_would_cut_is_refused_with_the_waterfall_unless_that_is_accepted() -> None:
    world = World().ready()
    answer = order(world, quantity=200)
    assert answer.code is ReplyCode.RISK_ADJUSTED
    assert answer.text.startswith("risk allows 142 of 200 shares: ")
    assert answer.decision is not None
    assert [step.name for step in answer.decision.steps] == [
        "wanted",
        "risk_per_trade",
        "position_value",
        "exposure",
        "buying_power",
    ]
    accepted = order(world, quantity=200, accept_adjusted=True)
    assert accepted.code is ReplyCode.OK
    assert world.position().quantity == 142


def test_one_position_a_symbol() -> None:
    world = World().ready()
    order(world)
    assert order(world).code is ReplyCode.RISK_REJECTED
    waiting = World().ready()
    order(waiting, order_type=OrderType.LIMIT, limit_price_e4=4_450_000)
    assert order(waiting).code is ReplyCode.RISK_REJECTED


def test_a_market_order_needs_a_fresh_price() -> None:
    world = World().ready()
    world.wait(130)
    world.snapshot()
    assert "no fresh price" in order(world).text
    assert order(world, order_type=OrderType.LIMIT, limit_price_e4=4_500_000).code is ReplyCode.OK


@pytest.mark.parametrize(
    ("asset", "shorts", "text"),
    [
        (AssetInfo("SPY", True, True, True, False), True, "easy to borrow"),
        (AssetInfo("SPY", True, True, False, True), True, "not shortable"),
        (AssetInfo("SPY", True, True, True, True), False, "shorts are switched off"),
        (AssetInfo("SPY", False, False, True, True), True, "not tradable"),
    ],
)
def test_what_may_not_be_shorted_is_not_shorted_by_hand_either(asset: AssetInfo, shorts: bool, text: str) -> None:
    world = World(allow_shorts=shorts).ready()
    world.tell(AssetsLoaded((asset,)))
    answer = order(world, side=Side.SELL, stop_price_e4=4_600_000)
    assert answer.code is ReplyCode.RISK_REJECTED
    assert text in answer.text


def test_a_short_is_opened_and_covered() -> None:
    world = World().ready()
    assert order(world, side=Side.SELL, stop_price_e4=4_600_000).code is ReplyCode.OK
    assert world.position().quantity == -10
    assert world.exchange.stops("SPY")[0].side is Side.BUY
    assert order(world, side=Side.BUY, stop_price_e4=None).code is ReplyCode.OK
    assert world.position() is None
    world.agree()


def test_what_blocks_new_risk_never_stops_a_reduction() -> None:
    world = World().ready()
    order(world)
    reply(world, HaltCommand(world.caller(), "enough"))
    world.tell(LinkChanged("market", False, "gone"))
    world.now_ns += 3600 * SECOND_NS
    assert order(world, side=Side.SELL, quantity=4, stop_price_e4=None).code is ReplyCode.OK
    assert world.close().code is ReplyCode.OK
    world.wait(5)
    assert world.position() is None


def test_a_position_in_a_symbol_that_is_no_longer_configured_can_be_reduced() -> None:
    world = World(("SPY", "QQQ")).ready()
    order(world, symbol="QQQ")
    world.tell(Started("0123456789abcdef", 2, "test", replace(world.settings, symbols=("SPY",))))
    assert order(world, symbol="QQQ", side=Side.SELL, quantity=4, stop_price_e4=None).code is ReplyCode.OK
    assert world.close("QQQ").code is ReplyCode.OK


@pytest.mark.parametrize(
    "change", [{"quantity": 11}, {"order_type": OrderType.LIMIT, "limit_price_e4": 4_500_000, "quantity": 5}]
)
def test_a_reduction_does_not_turn_the_position_around_and_goes_out_at_the_market(change: dict[str, object]) -> None:
    world = World().ready()
    order(world)
    assert order(world, side=Side.SELL, stop_price_e4=None, **change).code is ReplyCode.INVALID_ORDER


def test_a_position_that_is_being_closed_is_not_reduced_as_well() -> None:
    world = World().ready()
    order(world)
    world.exchange.auto_fill = False
    world.close()
    assert order(world, side=Side.SELL, quantity=4, stop_price_e4=None).code is ReplyCode.INVALID_ORDER


def test_what_is_not_there_can_not_be_cancelled_or_closed() -> None:
    world = World().ready()
    assert reply(world, CancelOrderCommand(world.caller(), "x")).code is ReplyCode.ORDER_NOT_FOUND
    assert world.close().code is ReplyCode.POSITION_NOT_FOUND


def test_a_stop_that_guards_a_position_is_not_cancelled() -> None:
    world = World().ready()
    order(world)
    (stop,) = world.live(OrderRole.STOP)
    assert reply(world, CancelOrderCommand(world.caller(), stop.id)).code is ReplyCode.ORDER_NOT_CANCELABLE


def test_the_stop_of_an_entry_that_works_is_not_cancelled_alone() -> None:
    world = World().ready()
    answer = order(world, order_type=OrderType.LIMIT, limit_price_e4=4_450_000)
    (leg,) = world.live(OrderRole.STOP)
    refused = reply(world, CancelOrderCommand(world.caller(), leg.id))
    assert (refused.code, answer.order_id in refused.text) == (ReplyCode.ORDER_NOT_CANCELABLE, True)
    assert reply(world, CancelOrderCommand(world.caller(), answer.order_id)).code is ReplyCode.OK
    assert not world.live(OrderRole.STOP)
    assert not world.exchange.working("SPY")


def test_a_working_entry_is_cancelled_and_then_can_not_be_again() -> None:
    world = World().ready()
    answer = order(world, order_type=OrderType.LIMIT, limit_price_e4=4_450_000)
    assert reply(world, CancelOrderCommand(world.caller(), answer.order_id)).code is ReplyCode.OK
    assert not world.exchange.working("SPY")
    assert reply(world, CancelOrderCommand(world.caller(), answer.order_id)).code is ReplyCode.ORDER_NOT_CANCELABLE


def test_an_exit_that_the_operator_takes_back_leaves_the_position_guarded() -> None:
    world = World().ready()
    order(world)
    world.exchange.auto_fill = False
    world.close()
    (exit_order,) = world.live(OrderRole.EXIT)
    assert reply(world, CancelOrderCommand(world.caller(), exit_order.id)).code is ReplyCode.OK
    assert world.position().exit_reason == ""
    assert not world.live(OrderRole.EXIT)
    assert len(world.exchange.stops("SPY")) == 1


def test_a_halt_is_said_and_ended_by_a_resume() -> None:
    world = World().ready()
    assert reply(world, HaltCommand(world.caller(), "")).text.startswith("trading is halted: halted by the operator")
    assert order(world).code is ReplyCode.TRADING_HALTED
    assert "was halted" in reply(world, ResumeCommand(world.caller(), "seen")).text
    assert reply(world, ResumeCommand(world.caller(), "seen")).text == "trading was not halted"
    assert order(world).code is ReplyCode.OK
    assert world.now_ns == OPEN_NS
