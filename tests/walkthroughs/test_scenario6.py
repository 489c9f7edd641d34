"""Scenario 6 over HTTP, WebSocket and gRPC: a limit order that is chased until it fills, or is given up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.audit import alerts, check_books, check_journal
from harness.lockstep import lockstep
from walkthroughs.minutes import HISTORIES, read_minutes
from walkthroughs.test_scenarios import WIDE, Walk

from fluxhero.v1 import common_pb2 as common
from fluxhero.v1 import order_pb2 as order
from fluxhero.v1 import position_pb2 as position
from fluxherod.core.calendar import MINUTE_NS, SECOND_NS

PATIENCE_NS = 60 * SECOND_NS
# The walkthrough's prices while the first order and each chase work: the last of a row is what is quoted when it ends.
PRICES = ((450.30, 450.35, 450.40, 450.50), (450.80,), (451.00,))
LIMITS = ["450.00", "450.48", "450.78", "450.98"]
ABANDONED = "Order abandoned: SPY BUY 100 @ limit. 3 chases failed. Market moved significantly."


class Chase(Walk):
    """A morning in which nothing but one limit order happens; `began_ns` is when the broker had it."""

    began_ns = 0

    def place(self) -> None:
        """The manual order of the walkthrough: 100 at 450.00 with a stop at 441.00."""
        request = order.PlaceOrderRequest(
            request_id="scenario-6", symbol="SPY", side=common.SIDE_BUY, quantity=100, type=order.ORDER_TYPE_LIMIT,
            limit_price="450.00", stop_loss_price="441.00",
        )  # fmt: skip
        placed = self.daemon.orders.PlaceOrder(request).order
        self.pair.settle()
        self.began_ns = self.order(placed.id).submitted_at.ToNanoseconds()

    def order(self, order_id: str) -> order.Order:
        return self.daemon.orders.GetOrder(order.GetOrderRequest(order_id=order_id)).order

    def entries(self) -> list[order.Order]:
        """The orders of the chain, oldest first."""
        request = order.ListOrdersRequest(symbols=["SPY"], roles=[order.ORDER_ROLE_ENTRY])
        return list(self.daemon.orders.ListOrders(request).orders)[::-1]

    def quoted(self, price: float) -> None:
        """A quote around a price, and the daemon has taken it: one a second."""
        self.move_clock(self.simulator.now_ns + SECOND_NS)
        self.quote("SPY", price)
        self.move_clock(self.simulator.now_ns + SECOND_NS)

    def at(self, seconds: float) -> None:
        """So long after the broker had the order."""
        self.move_clock(self.began_ns + round(seconds * SECOND_NS))

    def chase_to_the_last(self) -> None:
        """Three timeouts, at the walkthrough's prices."""
        for number, prices in enumerate(PRICES, start=1):
            for price in prices:
                self.quoted(price)
            self.at(60 * number - 0.001)
            assert [one.limit_price for one in self.entries()] == LIMITS[:number]
            self.at(60 * number)
            assert [one.limit_price for one in self.entries()] == LIMITS[: number + 1]


@contextmanager
def chase(folder: Path) -> Iterator[Chase]:
    """SPY is quoted at 450.25; no hour ends, so nobody trades but the operator."""
    played = ("--bars", str(HISTORIES), "--start", "2024-01-22")
    with lockstep(folder, played, ("SPY",), "1Hour", WIDE) as pair:
        walk = Chase(pair)
        end_ns = read_minutes("SPY")[-1].start_ns + MINUTE_NS
        pair.simulator.post("/sim/quote", symbol="SPY", hold=True)
        pair.simulator.post("/sim/clock", time_ns=end_ns)
        walk.move_clock(end_ns)
        walk.quoted(450.25)
        walk.place()
        yield walk


def sent(walk: Walk) -> list[tuple[Any, ...]]:
    """What the broker was given to buy."""
    entries = [one for one in walk.orders_sent("SPY") if one["side"] == "buy"]
    return [(one["type"], one["qty"], one["limit_price"], one["time_in_force"], one["status"]) for one in entries]


def test_scenario_6_the_third_chase_fills(tmp_path: Path) -> None:
    with chase(tmp_path) as spy:
        (first,) = spy.entries()
        assert (first.state, first.limit_price, first.stop_loss_price) == (
            order.ORDER_STATE_PENDING,
            "450.00",
            "441.00",
        )
        spy.chase_to_the_last()
        spy.quote("SPY", 450.97)  # asked at 450.98
        spy.pair.settle()
        assert sent(spy) == [
            ("limit", "100", "450", "gtc", "canceled"),
            ("limit", "100", "450.48", "gtc", "canceled"),
            ("limit", "100", "450.78", "gtc", "canceled"),
            ("limit", "100", "450.98", "gtc", "filled"),
        ]
        last = spy.entries()[-1]
        assert (last.state, last.average_fill_price) == (order.ORDER_STATE_FILLED, "450.98")
        assert (last.chase_count, last.parent_id, last.reason) == (3, first.id, "chase 3/3: manual")
        slippage = float(last.average_fill_price) - float(first.limit_price)
        assert f"{slippage:.2f}" == "0.98"
        (held,) = spy.positions("SPY")
        assert (held.quantity, held.average_price, held.stop_price) == (100, "450.98", "441.00")
        assert held.risk_at_stop == "998.00"
        assert held.protection == position.PROTECTION_STATE_BROKER_STOP
        assert [one.entry_quantity for one in spy.trades("SPY")] == [100]
        assert alerts(spy.pair.installation) == []
        check_books(spy.daemon, spy.simulator)
        assert spy.daemon.stop() == 0
        check_journal(spy.pair.installation)


def test_scenario_6_without_a_fill_it_is_given_up_after_240_seconds(tmp_path: Path) -> None:
    with chase(tmp_path) as spy:
        spy.chase_to_the_last()
        spy.quoted(451.20)
        spy.at(239.999)
        assert spy.entries()[-1].state == order.ORDER_STATE_PENDING
        spy.at(240)
        assert [one.state for one in spy.entries()] == [order.ORDER_STATE_CANCELED] * 4
        assert alerts(spy.pair.installation) == [("ORDER_ABANDONED", ABANDONED)]
        assert not spy.positions()
        assert not spy.trades()
        assert not [one for one in spy.orders_sent("SPY") if one["status"] not in ("canceled",)]
        check_books(spy.daemon, spy.simulator)
        assert spy.daemon.stop() == 0
        check_journal(spy.pair.installation)
