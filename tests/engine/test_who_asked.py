"""Orders say which operator asked for them; what the daemon does by itself says nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.exchange import HELD, S
from engine.test_chase import newest, refresh, resting
from engine.test_replacing import change
from engine.test_safety import equity, owner
from engine.test_strategist import drive, warm
from engine.world import CLOSE_NS, World

from fluxherod.core.calendar import MINUTE_NS
from fluxherod.core.kernel import StrategyParams
from fluxherod.core.orders import Order, OrderRole
from fluxherod.core.splits import Split, adjusted_position
from fluxherod.core.types import OrderType, Side
from fluxherod.engine.commands import (
    Caller,
    CancelOrderCommand,
    CloseAllPositionsCommand,
    ClosePositionCommand,
    Command,
    FlattenCommand,
    HaltCommand,
    PlaceOrderCommand,
)
from fluxherod.engine.orders.closing import REASON

ENTRY, EXIT, STOP = OrderRole.ENTRY, OrderRole.EXIT, OrderRole.STOP
ANN = Caller("ann-1", "token:ann")
BEN = Caller("ben-1", "token:ben")
SELL_40 = PlaceOrderCommand(ANN, "SPY", Side.SELL, 40, OrderType.MARKET)


def holding() -> World:
    """100 SPY that the tester bought."""
    world = World().ready()
    world.place(100, 443.0)
    return world


def asked(orders: list[Order]) -> list[str]:
    return [order.requested_by for order in orders]


def test_an_entry_and_what_it_is_chased_by_name_the_operator_and_its_stop_does_not() -> None:
    world = resting()
    world.wait(59)
    refresh(world)
    world.wait(1)
    assert asked(world.orders(ENTRY)) == ["tester", "tester"]
    world.exchange.fill(world.exchange.by_id(newest(world).id).broker_id, 30, 4_505_000)
    world.exchange.end(world.exchange.by_id(newest(world).id).broker_id, S.CANCELED)
    world.deliver()
    world.wait(3)
    assert set(asked(world.orders(STOP))) == {""}
    assert all(order.asked_for == (order.role is ENTRY) for order in world.engine.desk.orders.values())
    world.replay()


def test_a_changed_order_names_who_changed_it() -> None:
    world = resting()
    world.caller = lambda: ANN  # type: ignore[method-assign]
    change(world, newest(world).id, 450.1)
    assert asked(world.orders(ENTRY)) == ["tester", "token:ann"]
    world.replay()


def test_an_order_that_someone_changed_at_the_broker_names_nobody_and_stays_an_operators() -> None:
    world = resting()
    old = world.exchange.by_id(newest(world).id)
    new = replace(old, broker_id="b9", client_order_id="theirs", limit_price_e4=4_499_000, replaces=old.broker_id)
    world.exchange.orders[new.broker_id] = new
    world.exchange.orders[old.broker_id] = replace(old, status=S.REPLACED, replaced_by=new.broker_id)
    world.snapshot()
    assert (asked(world.orders(ENTRY)), newest(world).asked_for) == (["tester", ""], True)
    world.replay()


@pytest.mark.parametrize(
    "command",
    [
        ClosePositionCommand(ANN, "SPY"),
        CloseAllPositionsCommand(ANN),
        FlattenCommand(ANN, "enough"),
        SELL_40,
        replace(SELL_40, quantity=100),
    ],
    ids=["close", "close all", "flatten", "reduce", "sell all"],
)
def test_an_exit_names_who_wanted_it(command: Command) -> None:
    world = holding()
    world.tell(command)
    assert asked(world.orders(EXIT)) == ["token:ann"]
    assert set(asked(world.orders(STOP))) == {""}
    world.replay()


def test_an_exit_that_is_refused_or_restarted_still_names_who_wanted_it() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.exchange.refuse = [HELD]
    world.tell(ClosePositionCommand(ANN, "SPY"))
    world.start(run=2)
    world.connect()
    world.wait(10)
    assert len(world.orders(EXIT)) >= 2
    assert set(asked(world.orders(EXIT))) == {"token:ann"}
    world.replay()


def test_an_exit_of_the_strategy_names_nobody() -> None:
    world = warm(strategy=StrategyParams(trend_stop_atr=50.0))
    drive(world)
    for number in range(13, 43):
        world.minute(number, 451.2 - (number - 13) / 10)
        if world.position() is None:
            break
    assert set(asked(list(world.engine.desk.orders.values()))) == {""}
    assert world.orders(EXIT)
    world.replay()


def test_the_daemon_closes_the_rest_of_a_position_in_its_own_name() -> None:
    world = World(flatten_before_close_ns=5 * MINUTE_NS).ready()
    world.place(100, 443.0)
    world.exchange.auto_fill = False
    world.tell(SELL_40)
    world.until(CLOSE_NS - 5 * MINUTE_NS)
    assert world.position().exit_reason == REASON
    world.exchange.fill(world.exchange.by_id(world.orders(EXIT)[0].id).broker_id, 40, 4_500_000)
    world.deliver()
    assert [(order.requested_by, order.quantity) for order in world.orders(EXIT)] == [("token:ann", 40), ("", 60)]
    world.replay()


def test_what_an_operator_has_taken_back_is_later_done_in_the_daemons_own_name() -> None:
    world = World(flatten_before_close_ns=5 * MINUTE_NS).ready()
    world.place(100, 443.0)
    world.exchange.auto_fill = False
    world.tell(ClosePositionCommand(ANN, "SPY"))
    assert world.position().exit_by == "token:ann"
    world.tell(CancelOrderCommand(BEN, world.live(EXIT)[0].id))
    assert (world.position().exit_reason, world.position().exit_by) == ("", "")
    world.until(CLOSE_NS - 5 * MINUTE_NS)
    assert asked(world.orders(EXIT)) == ["token:ann", ""]


def test_a_position_that_is_reduced_forgets_who_wanted_that() -> None:
    world = holding()
    world.tell(SELL_40)
    assert (world.position().quantity, world.position().exit_by) == (60, "")


def test_a_limit_of_the_account_closes_in_the_daemons_own_name_even_while_trading_is_halted() -> None:
    world = owner()
    world.tell(HaltCommand(ANN, "news"))
    equity(world, 79_000)
    world.wait(10)
    assert asked(world.orders(EXIT)) == [""]
    world.replay()


def test_a_flatten_that_closes_what_fills_later_names_who_wanted_it() -> None:
    world = resting()
    world.exchange.lose = ["request"]
    world.tell(FlattenCommand(ANN, "enough"))
    world.exchange.auto_fill = True
    world.exchange.fill(world.exchange.by_id(newest(world).id).broker_id, 100, 4_500_000)
    world.deliver()
    world.wait(3)
    assert asked(world.orders(EXIT)) == ["token:ann"]


def test_what_a_split_pays_out_is_wanted_by_nobody_any_more() -> None:
    world = holding()
    world.exchange.auto_fill = False
    world.tell(replace(SELL_40, quantity=1))
    kept, _ = adjusted_position(world.position(), Split("SPY", "2024-01-02", 2, 1))
    gone, _ = adjusted_position(world.position(), Split("SPY", "2024-01-02", 1, 2))
    assert (kept.exit_by, gone.exit_by) == ("token:ann", "")
