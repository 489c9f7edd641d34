"""What hands do at the broker, over sockets: positions and orders that are not ours, and ours that are closed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from harness.audit import alerts, check_journal, our_orders, our_positions, our_trades, their_positions
from harness.faults import SHARES, buy, close, until_both_hold
from harness.lockstep import Lockstep
from harness.processes import CALL_TIMEOUT_S, Installation, Simulator
from harness.tape import PLAYED, SYMBOLS

from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxhero.v1 import risk_pb2 as risk
from fluxhero.v1 import system_pb2 as system

WARM_MINUTES = 5
MOST_MINUTES = 20
POLL_S = 2.0
TIMEFRAME = "1Hour"


@contextmanager
def prepared(folder: Path, foreign: int = 0, *settings: str) -> Iterator[Lockstep]:
    """A daemon on a session that is open; with so many shares of SPY at the broker that someone bought by hand."""
    with Simulator(folder, "--step", *PLAYED) as simulator:
        simulator.post("/sim/step", minutes=WARM_MINUTES)
        if foreign:
            by_hand(simulator, qty=str(foreign))
        with Lockstep(simulator, Installation(folder, simulator.url, SYMBOLS, TIMEFRAME, settings)) as pair:
            pair.step(2)
            yield pair
            pair.settle()
            assert pair.daemon.stop() == 0
            check_journal(pair.installation)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Lockstep]:
    with prepared(tmp_path) as pair:
        yield pair


def by_hand(simulator: Simulator, **change: str) -> dict[str, Any]:
    """Someone places an order at the broker."""
    body = {"symbol": "SPY", "side": "buy", "type": "market", "time_in_force": "day", "qty": "7"}
    placed: dict[str, Any] = simulator.post("/v2/orders", **{**body, **change})
    return placed


def open_orders(simulator: Simulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = simulator.get("/v2/orders?status=open")
    return found


def until(pair: Lockstep, condition: Callable[[], bool], what: str) -> None:
    """Until something holds, by the stream or by polls, to which time must move on."""
    for _ in range(MOST_MINUTES):
        try:
            pair.stopwatch().wait_for(condition, what, POLL_S)
        except TimeoutError:
            pair.step()
        else:
            pair.settle()
            return
    raise AssertionError(what)


def until_told(pair: Lockstep, code: str) -> str:
    """Until an alert of this code was raised; its text."""
    until(pair, lambda: code in dict(alerts(pair.installation)), f"{code} is told")
    return dict(alerts(pair.installation))[code]


def risk_now(pair: Lockstep) -> risk.Risk:
    now: risk.Risk = pair.daemon.risk.GetRisk(risk.GetRiskRequest(), timeout=CALL_TIMEOUT_S).risk
    return now


def spy_of(pair: Lockstep) -> position.Position:
    request = position.GetPositionRequest(symbol="SPY")
    found: position.Position = pair.daemon.positions.GetPosition(request, timeout=CALL_TIMEOUT_S).position
    return found


def foreign_spy(pair: Lockstep) -> position.Position:
    found = spy_of(pair)
    assert found.foreign
    return found


# --- positions that are not ours ------------------------------------------------------------------------------------
def test_a_foreign_position_is_watched_counted_and_never_traded(tmp_path: Path) -> None:
    with prepared(tmp_path, 7) as pair:
        until_told(pair, "POSITION_DIFFERENCE")
        assert foreign_spy(pair).protection == position.PROTECTION_STATE_UNPROTECTED
        (difference,) = risk_now(pair).differences
        assert (difference.subject, difference.ours, difference.theirs) == ("position SPY", "0", "7")
        assert "watched" in difference.rule
        assert float(risk_now(pair).exposure) > 0
        pair.step(5)
        assert our_orders(pair.daemon) == []
        assert their_positions(pair.simulator) == {"SPY": 7}


def test_a_foreign_position_is_guarded_by_one_stop_kept_in_size_and_let_go(tmp_path: Path) -> None:
    with prepared(tmp_path, 7, "orders.foreign_positions=protect", "orders.foreign_stop=0.05") as pair:
        until(pair, lambda: len(open_orders(pair.simulator)) == 1, "a stop stands")
        (stop,) = open_orders(pair.simulator)
        assert (stop["type"], stop["side"], stop["qty"], stop["time_in_force"]) == ("stop", "sell", "7", "gtc")
        assert stop["client_order_id"].rsplit("-", 1)[1] == "f1"
        until(
            pair, lambda: foreign_spy(pair).protection == position.PROTECTION_STATE_BROKER_STOP, "it is known to stand"
        )
        assert [one.role for one in our_orders(pair.daemon)] == [order.ORDER_ROLE_FOREIGN_STOP]
        pair.simulator.delete(f"/v2/orders/{stop['id']}")  # in the way of someone who buys more by hand
        by_hand(pair.simulator, qty="3")
        until(pair, lambda: [one["qty"] for one in open_orders(pair.simulator)] == ["10"], "the stop has the new size")
        (larger,) = open_orders(pair.simulator)
        assert larger["stop_price"] == stop["stop_price"]
        pair.simulator.delete("/v2/positions?cancel_orders=true")
        until(pair, lambda: our_positions(pair.daemon) == {} == their_positions(pair.simulator), "all is gone")
        until(pair, lambda: not open_orders(pair.simulator), "no stop is left")
        pair.step(3)
        assert open_orders(pair.simulator) == []
        assert their_positions(pair.simulator) == {}


def test_a_foreign_position_halts_trading(tmp_path: Path) -> None:
    with Simulator(tmp_path, "--step", *PLAYED) as simulator:
        simulator.post("/sim/step", minutes=WARM_MINUTES)
        by_hand(simulator)
        installation = Installation(tmp_path, simulator.url, SYMBOLS, TIMEFRAME, ("orders.foreign_positions=halt",))
        pair = Lockstep(simulator, installation)
        pair._ready = lambda: pair.daemon.status().state == system.TRADING_STATE_HALTED  # type: ignore[method-assign]
        with pair:
            assert "+7 SPY at the broker are not ours" in risk_now(pair).halt_reason
            pair.step(3)
            assert our_orders(pair.daemon) == []
            assert their_positions(simulator) == {"SPY": 7}


# --- orders by hand -------------------------------------------------------------------------------------------------
def test_an_order_placed_by_hand_is_told_and_left_alone(pair: Lockstep) -> None:
    placed = by_hand(pair.simulator, type="limit", limit_price="1.00")
    text = until_told(pair, "FOREIGN_ORDER")
    assert "buy 7 SPY" in text
    assert [one["id"] for one in open_orders(pair.simulator)] == [placed["id"]]
    (difference,) = risk_now(pair).differences
    assert (difference.subject, difference.theirs) == (f"order {placed['id']}", "buy 7 SPY")
    pair.simulator.delete(f"/v2/orders/{placed['id']}")
    until(pair, lambda: not risk_now(pair).differences, "it is over")


def test_an_order_of_another_journal_freezes_its_symbol_until_it_is_gone(pair: Lockstep) -> None:
    placed = by_hand(
        pair.simulator, type="limit", limit_price="1.00", client_order_id="fh-00000000-SPY-20230627133000-e1"
    )
    assert "another journal" in until_told(pair, "ORDER_NOT_IN_JOURNAL")
    with pytest.raises(Exception, match="not in our books"):
        buy(pair.daemon, "SPY")
    pair.simulator.delete(f"/v2/orders/{placed['id']}")
    until(pair, lambda: not risk_now(pair).differences, "it is over")
    buy(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", SHARES)
    close(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", 0)


def test_a_stop_cancelled_by_hand_is_placed_again(pair: Lockstep) -> None:
    buy(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", SHARES)
    (stop,) = open_orders(pair.simulator)
    pair.simulator.delete(f"/v2/orders/{stop['id']}")
    until(pair, lambda: len(open_orders(pair.simulator)) == 1, "a stop stands again")
    (again,) = open_orders(pair.simulator)
    assert (again["qty"], again["stop_price"]) == (stop["qty"], stop["stop_price"])
    assert again["id"] != stop["id"]
    until_told(pair, "ORDER_ENDED_BY_BROKER")
    pair.step(2)
    assert risk_now(pair).unprotected_shares == 0
    assert risk_now(pair).reconciliation_differences == 0
    close(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", 0)


@pytest.mark.parametrize("shares", [SHARES, SHARES + 3, SHARES - 3])
def test_an_entry_changed_by_hand_keeps_its_one_stop_which_is_for_all_that_it_fills(
    pair: Lockstep, shares: int
) -> None:
    buy(pair.daemon, "SPY", at=0.97)
    until(pair, lambda: len(open_orders(pair.simulator)) == 1, "the entry works")
    (entry,) = open_orders(pair.simulator)
    change = {"qty": str(shares)} if shares != SHARES else {}
    pair.simulator.patch(f"/v2/orders/{entry['id']}", limit_price=f"{1.05 * float(entry['limit_price']):.2f}", **change)
    until_both_hold(pair, "SPY", shares)
    pair.step(2)
    (stop,) = open_orders(pair.simulator)
    assert (stop["type"], stop["qty"]) == ("stop", str(shares))
    assert spy_of(pair).protection == position.PROTECTION_STATE_BROKER_STOP
    assert risk_now(pair).unprotected_shares == 0
    (ours,) = [one for one in our_orders(pair.daemon) if one.broker_order_id == stop["id"] and one.remaining_quantity]
    assert (ours.role, ours.quantity) == (order.ORDER_ROLE_STOP, shares)
    assert "STOP_REFUSED" not in dict(alerts(pair.installation))
    close(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", 0)


# --- ours, closed by hand -------------------------------------------------------------------------------------------
def check_adopted(pair: Lockstep, shares: int = SHARES) -> None:
    """The trade ended at the broker, the books are the exchange's, and no share was sold twice."""
    (trade,) = our_trades(pair.daemon)
    assert trade.exit_reason == "closed at the broker, not by us"
    assert trade.exit_quantity == shares
    assert our_positions(pair.daemon) == {} == their_positions(pair.simulator)
    assert open_orders(pair.simulator) == []
    fills = pair.simulator.all_fills()
    assert sum(int(fill["qty"]) for fill in fills if fill["side"] == "sell") == shares
    assert sum(float(fill["price"]) * int(fill["qty"]) for fill in fills if fill["side"] == "sell") == pytest.approx(
        float(trade.exit_value)
    )
    told = dict(alerts(pair.installation))
    assert "POSITION_ADOPTED" in told
    assert not {"CASH_ADOPTED", "POSITION_DIFFERENCE", "POSITION_UNCLEAR"} & set(told)
    assert risk_now(pair).reconciliation_differences == 0


def test_a_position_closed_by_hand_is_adopted(pair: Lockstep) -> None:
    buy(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", SHARES)
    pair.simulator.delete("/v2/positions?cancel_orders=true")
    until_told(pair, "POSITION_ADOPTED")
    pair.step(2)
    check_adopted(pair)


def test_a_position_closed_by_hand_while_no_daemon_runs_is_adopted_at_the_start(pair: Lockstep) -> None:
    buy(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", SHARES)
    pair.daemon.kill()
    pair.simulator.delete("/v2/positions?cancel_orders=true")
    pair.simulator.post("/sim/step", minutes=1)
    pair.start()
    until_told(pair, "POSITION_ADOPTED")
    pair.step(2)
    check_adopted(pair)


def test_a_part_sold_by_hand_leaves_the_rest_guarded(pair: Lockstep) -> None:
    buy(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", SHARES)
    (stop,) = open_orders(pair.simulator)
    pair.simulator.delete(f"/v2/orders/{stop['id']}")
    pair.simulator.delete("/v2/positions/SPY?qty=1")
    until_told(pair, "POSITION_ADOPTED")
    until(pair, lambda: len(open_orders(pair.simulator)) == 1, "the rest is guarded")
    assert our_positions(pair.daemon) == {"SPY": SHARES - 1} == their_positions(pair.simulator)
    assert [one["qty"] for one in open_orders(pair.simulator)] == [str(SHARES - 1)]
    close(pair.daemon, "SPY")
    until_both_hold(pair, "SPY", 0)
