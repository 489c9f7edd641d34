"""Limit entries over sockets: chased through partial fills, races, lost answers and a daemon that is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from harness.audit import (
    alerts,
    check_books,
    check_explained,
    check_journal,
    check_no_difference,
    our_orders,
    our_positions,
    our_signals,
    their_positions,
)
from harness.lockstep import Lockstep, lockstep
from harness.processes import CALL_TIMEOUT_S, wait_for
from harness.receivers import webhook
from harness.tape import PLAYED, SYMBOLS
from walkthroughs.minutes import HISTORIES

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import signal_pb2 as signal
from fluxherod.core.calendar import SECOND_NS

_numbers = count(1)
WIDE = ("risk.max_position=1", "risk.max_exposure=2")


class Hand:
    """An operator and the exchange's own hand, over one symbol that is quoted around 450."""

    def __init__(self, pair: Lockstep) -> None:
        self.pair = pair
        self.simulator = pair.simulator

    def quote(self, price: float) -> None:
        """A quote around a price that the daemon has taken: it takes one a second."""
        self.wait(1)
        self.simulator.post("/sim/quote", symbol="SPY", bid=round(price - 0.01, 2), ask=round(price + 0.01, 2))
        self.pair.settle()
        self.wait(1)

    def wait(self, seconds: float) -> None:
        ns = self.simulator.now_ns + round(seconds * SECOND_NS)
        self.simulator.post("/sim/clock", time_ns=ns)
        self.pair.daemon.wait_for(
            lambda: self.pair.daemon.status().clock.time.ToNanoseconds() >= ns, "the time has come"
        )
        self.pair.settle()

    def place(self, limit: str = "450.00") -> str:
        request = order.PlaceOrderRequest(
            request_id=f"chase-{next(_numbers)}", symbol="SPY", side=common.SIDE_BUY, quantity=100,
            type=order.ORDER_TYPE_LIMIT, limit_price=limit, stop_loss_price="441.00",
        )  # fmt: skip
        placed = self.pair.daemon.orders.PlaceOrder(request, timeout=CALL_TIMEOUT_S).order
        self.pair.settle()
        return str(placed.id)

    def fill(self, price: float, quantity: int | None = None, side: str = "buy") -> None:
        """What works executes, in part or whole."""
        fills = [{"price": price} | ({} if quantity is None else {"qty": str(quantity)})]
        self.simulator.post("/sim/fills", symbol="SPY", side=side, fills=fills)
        self.pair.settle()

    def until(self, condition: Any, what: str) -> None:
        """Until a condition holds, while the clock goes on: a poll may have to bring it."""
        for _ in range(60):
            if condition():
                return
            self.wait(5)
        raise AssertionError(what)

    def bought(self) -> list[tuple[str, str, str]]:
        """Quantity, filled quantity and state of each entry at the exchange, oldest first."""
        entries = [one for one in self.simulator.all_orders() if one["side"] == "buy"]
        return [(one["qty"], one["filled_qty"], one["status"]) for one in entries]

    def stops(self) -> list[tuple[str, str]]:
        """Quantity and price of the stops that work."""
        opened = self.simulator.get("/v2/orders?status=open")
        return [(one["qty"], one["stop_price"]) for one in opened if one["type"] == "stop" and one["status"] == "new"]


@contextmanager
def hand(folder: Path) -> Iterator[Hand]:
    """SPY stands at 450.25; orders execute only when the test says so. All is audited at the end."""
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22")
    with lockstep(folder, played, ("SPY",), "1Hour", WIDE) as pair:
        pair.simulator.post("/sim/quote", symbol="SPY", hold=True)
        pair.simulator.post("/sim/hold", symbol="SPY")
        pair.step()
        one = Hand(pair)
        one.quote(450.25)
        yield one
        check_books(pair.daemon, pair.simulator)
        check_no_difference(pair.installation)
        assert sum(int(filled) for _, filled, _ in one.bought()) <= 100
        ids = [sent["client_order_id"] for sent in pair.simulator.all_orders()]
        assert len(ids) == len(set(ids))
        assert pair.daemon.stop() == 0
        check_journal(pair.installation)


def test_a_daemon_that_is_stopped_leaves_the_shares_of_a_chase_behind_their_stop(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.fill(450.0, 30)
        assert spy.stops() == []
        assert spy.pair.daemon.stop() == 0
        assert spy.stops() == [("30", "441")]
        assert spy.bought() == [("100", "30", "canceled")]
        spy.pair.start()
        assert spy.stops() == [("30", "441")]
        assert [code for code, _ in alerts(spy.pair.installation)] == ["ORDER_ABANDONED"]


def test_a_daemon_that_is_stopped_while_the_broker_is_silent_tells_whose_shares_have_no_stop(tmp_path: Path) -> None:
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22")
    with webhook() as hook, lockstep(tmp_path, played, ("SPY",), "1Hour", (*WIDE, f"alerts.urls={hook.url}")) as pair:
        for halted in (True, False):
            pair.simulator.post("/sim/halt", symbol="SPY", halted=halted)
        wait_for(lambda: bool(hook.answered), "the channel has begun: it loads for a while")
        pair.simulator.post("/sim/hold", symbol="SPY")
        pair.step()
        spy = Hand(pair)
        spy.place()
        spy.fill(450.0, 30)
        pair.simulator.kill()
        watch = pair.daemon.stopwatch()
        pair.daemon.process.terminate()
        watch.wait_for(lambda: not pair.daemon.alive, "it ends", 8)
        assert pair.daemon.wait_to_end() == 0
        text = "The daemon ends, and 30 SPY have no working stop at the broker (entry partly filled, being chased)"
        assert text in pair.daemon.said
        assert "[FluxHero DEMO] CRITICAL: LEFT_UNPROTECTED" in hook.titles
        check_journal(pair.installation)


def test_an_entry_that_fills_in_parts_is_chased_for_the_rest_and_ends_behind_one_stop(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.fill(450.0, 30)
        spy.wait(50)
        spy.quote(450.5)
        assert spy.stops() == []
        spy.wait(10)
        assert spy.bought() == [("100", "30", "canceled"), ("70", "0", "new")]
        spy.fill(450.48)
        assert our_positions(spy.pair.daemon) == {"SPY": 100} == their_positions(spy.simulator)
        assert spy.stops() == [("100", "441")]
        assert alerts(spy.pair.installation) == []


def test_what_fills_while_the_cancel_is_on_its_way_counts(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.wait(50)
        spy.quote(450.5)
        spy.simulator.post("/sim/pending", symbol="SPY")
        spy.wait(10)
        assert spy.bought() == [("100", "0", "pending_cancel")]
        spy.fill(450.0, 40)
        spy.wait(5)
        assert spy.bought() == [("100", "40", "pending_cancel")]
        spy.simulator.post("/sim/pending", symbol="SPY", hold=False)
        spy.until(lambda: len(spy.bought()) == 2, "the rest is sent again")
        assert spy.bought() == [("100", "40", "canceled"), ("60", "0", "new")]
        spy.fill(450.48)
        assert spy.stops() == [("100", "441")]


@pytest.mark.parametrize(
    "failure",
    [
        {"method": "DELETE", "status": 500, "carried_out": True},
        {"method": "DELETE", "status": 503},
        {"method": "POST", "status": 504, "carried_out": True},
        {"method": "POST", "status": 500},
    ],
    ids=["cancel carried out", "cancel lost", "chase carried out", "chase lost"],
)
def test_a_lost_answer_never_makes_two_of_one(tmp_path: Path, failure: dict[str, Any]) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.fill(450.0, 30)
        spy.wait(50)
        spy.quote(450.5)
        spy.simulator.post("/sim/fail", **failure)
        spy.wait(10)
        arrives = failure["method"] == "DELETE" or "carried_out" in failure
        if arrives:
            spy.until(lambda: len(spy.bought()) == 2, "the rest is sent again")
            spy.until(lambda: our_orders(spy.pair.daemon)[1].state == order.ORDER_STATE_PENDING, "it is known")
            assert spy.bought() == [("100", "30", "canceled"), ("70", "0", "new")]
            spy.fill(450.48)
            spy.until(lambda: spy.stops() == [("100", "441")], "all is guarded")
        else:
            spy.until(lambda: spy.stops() == [("30", "441")], "what was filled is guarded")
            (told,) = [text for code, text in alerts(spy.pair.installation) if code == "ORDER_ABANDONED"]
            assert "It never arrived at the broker. 30 of 100 are filled." in told


def test_a_daemon_that_is_killed_between_cancel_and_confirmation_goes_on(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.fill(450.0, 30)
        spy.wait(50)
        spy.quote(450.5)
        spy.simulator.post("/sim/pending", symbol="SPY")
        spy.wait(10)
        spy.pair.daemon.kill()
        spy.simulator.post("/sim/pending", symbol="SPY", hold=False)
        spy.pair.start()
        spy.quote(450.6)
        spy.until(lambda: len(spy.bought()) == 2, "the rest is sent again")
        assert spy.bought() == [("100", "30", "canceled"), ("70", "0", "new")]
        spy.fill(450.58)
        assert spy.stops() == [("100", "441")]


def test_an_operator_changes_a_limit_order(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        order_id = spy.place()
        spy.fill(450.0, 30)
        request = order.ReplaceOrderRequest(request_id="change", order_id=order_id, quantity=90, limit_price="450.20")
        changed = spy.pair.daemon.orders.ReplaceOrder(request, timeout=CALL_TIMEOUT_S).order
        assert (changed.replaces_id, changed.quantity) == (order_id, 60)
        spy.pair.settle()
        assert spy.bought() == [("100", "30", "canceled"), ("60", "0", "new")]
        spy.fill(450.2)
        assert our_positions(spy.pair.daemon) == {"SPY": 90}
        assert spy.stops() == [("90", "441")]


def test_a_stop_that_is_passed_while_an_entry_is_chased_sells_what_was_filled(tmp_path: Path) -> None:
    with hand(tmp_path) as spy:
        spy.place()
        spy.fill(450.0, 30)
        spy.wait(50)
        spy.quote(450.5)
        spy.wait(10)
        assert spy.bought() == [("100", "30", "canceled"), ("70", "0", "new")]
        spy.quote(440.9)
        assert spy.bought() == [("100", "30", "canceled"), ("70", "0", "canceled")]
        spy.fill(440.89, side="sell")
        assert our_positions(spy.pair.daemon) == {} == their_positions(spy.simulator)
        assert spy.stops() == []


def test_a_morning_of_limit_entries_with_partial_fills_and_lost_answers_ends_with_equal_books(tmp_path: Path) -> None:
    noise = ("strategy.noise.volume_ratio=0.01", "strategy.noise.breakout_volume_ratio=0.01", "strategy.entry_atr=0.1")
    settings = ("orders.entry_order=limit", "strategy.noise.spread_limit=1", *noise)
    with lockstep(tmp_path, PLAYED, SYMBOLS, "1Min", settings) as pair:
        faults = (
            {"kind": "partial_fills"},
            {"kind": "rest", "method": "DELETE", "status": 500, "carried_out": True, "probability": 0.2},
            {"kind": "rest", "method": "POST", "status": 504, "carried_out": True, "probability": 0.2},
            {"kind": "duplicate", "stream": "trade", "probability": 0.2},
        )  # fmt: skip
        pair.simulator.post("/sim/faults", seed=3, fault=list(faults))
        pair.step(150)
        pair.simulator.delete("/sim/faults")
        pair.rejoin()
        pair.step(8)
        entries = [one for one in our_orders(pair.daemon) if one.role == order.ORDER_ROLE_ENTRY]
        assert {one.type for one in entries} == {order.ORDER_TYPE_LIMIT}
        wanted = {one.id: one.quantity for one in entries if not one.chase_count}
        filled = dict.fromkeys(wanted, 0)
        for one in entries:
            filled[one.parent_id or one.id] += one.filled_quantity
        assert all(filled[order_id] <= wanted[order_id] for order_id in wanted)
        assert max(one.chase_count for one in entries) >= 1
        assert any(filled.values())
        for decided in our_signals(pair.daemon):
            if decided.outcome == "expired":
                assert not filled[decided.order_ids[0]]
            if decided.order_ids:
                asked = signal.GetSignalRequest(signal_id=decided.id)
                whole = pair.daemon.signals.GetSignal(asked, timeout=CALL_TIMEOUT_S).signal
                chain = [one.id for one in entries if decided.order_ids[0] in (one.id, one.parent_id)]
                assert sorted(whole.order_ids) == sorted(chain)
                assert sum(fill.quantity for fill in whole.fills) == filled[decided.order_ids[0]]
                assert bool(whole.trade_id) == bool(whole.fills)
        assert check_explained(pair.daemon)
        check_books(pair.daemon, pair.simulator)
        check_no_difference(pair.installation)
        assert Decimal(pair.simulator.get("/v2/account")["cash"]) > 0
        assert pair.daemon.stop() == 0
        check_journal(pair.installation)
