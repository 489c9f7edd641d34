"""Five hundred orders of a restless operator over sockets, through races and lost replies.

New orders, cancels and changes wait at the exchange while orders fill; answers are lost after the request was met, and
before; messages of the trade stream are lost, doubled, late and turned around; another hand makes orders wash trades.
In the end the daemon's orders, executions, positions and cash are the exchange's, to the last cent, and nothing was
doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from harness.audit import alerts, check_books, check_journal, our_orders, our_positions
from harness.faults import Fault, positions_there
from harness.lockstep import Lockstep, lockstep
from harness.restless import STRANGER, Restless

SYMBOLS = ("SPY", "QQQ", "AAPL", "IBM", "MSFT", "GE", "XOM", "KO")
PLAYED = ("--synthetic", "11", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27")
SETTINGS = ("risk.max_position=1", "risk.max_exposure=2", "risk.max_positions=20")
ORDERS = 500
MOST_ROUNDS = 360
MOST_STEPS_TO_REST = 20
LOST: tuple[Fault, ...] = (
    {"kind": "partial_fills", "probability": 0.5},
    {"kind": "rest", "method": "POST", "path": "/v2/orders", "status": 500, "carried_out": True, "probability": 0.08},
    {"kind": "rest", "method": "POST", "path": "/v2/orders", "status": 503, "probability": 0.04},
    {"kind": "rest", "method": "DELETE", "status": 500, "carried_out": True, "probability": 0.1},
    {"kind": "rest", "method": "DELETE", "status": 503, "probability": 0.05},
    {"kind": "drop", "stream": "trade", "probability": 0.08},
    {"kind": "duplicate", "stream": "trade", "probability": 0.1},
    {"kind": "reorder", "stream": "trade", "probability": 0.1},
    {"kind": "delay", "stream": "trade", "seconds": 75, "probability": 0.05},
)
# What may be told of all this. Money that moved without an order, or an order that is another one, may not.
NEVER = {"CASH_ADOPTED", "ORDER_MISMATCH", "POSITION_REVERSED", "ORDER_NOT_APPROVED"}


def refused_as_wash_trade(pair: Lockstep) -> bool:
    """True when the other hand has stood in the way of an order: how often it does is chance."""
    # Of an alert only its newest text is kept: an order keeps why it was refused.
    return any("wash trade" in one.reason for one in our_orders(pair.daemon))


def play(pair: Lockstep) -> Restless:
    """Until there are enough orders, and then until all is quiet."""
    chance, restless = Random(5), Restless(pair.daemon, pair.simulator, SYMBOLS, seed=5)
    pair.step(3)
    pair.simulator.post("/sim/faults", seed=7, fault=list(LOST))
    for number in range(MOST_ROUNDS):
        waits = chance.choice(SYMBOLS)
        pair.simulator.post("/sim/pending", symbol=waits, hold=True)
        if number % 6 == 0:
            restless.stand_in_the_way()
        restless.act()
        pair.step()
        pair.simulator.post("/sim/pending", symbol=waits, hold=False)
        if number % 6 == 3:
            restless.get_out_of_the_way()
        if len(pair.simulator.all_orders()) >= ORDERS and refused_as_wash_trade(pair):
            break
    restless.get_out_of_the_way()
    for fault in pair.simulator.delete("/sim/faults")["faults"]:
        restless.met[
            f"{fault['kind']} {fault.get('method', fault.get('stream', ''))} {fault.get('carried_out', '')}"
        ] += fault["met"]
    pair.step(4)
    for _ in range(MOST_STEPS_TO_REST):
        if restless.wind_up():
            break
        pair.step()
    pair.step(2)
    return restless


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lockstep, Restless]]:
    """What was played, when all is at rest."""
    folder: Path = tmp_path_factory.mktemp("restless")
    with lockstep(folder, PLAYED, SYMBOLS, "1Min", SETTINGS) as pair:
        yield pair, play(pair)


@pytest.mark.timeout(1200)
def test_after_hundreds_of_orders_through_faults_there_is_no_difference(played: tuple[Lockstep, Restless]) -> None:
    pair, restless = played
    print(restless.done, restless.met, len(pair.simulator.all_orders()))
    assert len(pair.simulator.all_orders()) >= ORDERS
    assert restless.done["replace"] >= 10
    check_same_orders(pair)
    check_nothing_doubled(pair)
    check_books(pair.daemon, pair.simulator)
    assert our_positions(pair.daemon) == positions_there(pair.simulator) == {}
    told = alerts(pair.installation)
    assert {code for code, _ in told} & NEVER == set()
    assert refused_as_wash_trade(pair)
    assert all(restless.met.values()), "a fault was never met"
    assert pair.daemon.stop() == 0
    check_journal(pair.installation)


def check_same_orders(pair: Lockstep) -> None:
    """The daemon's orders are the exchange's, each once and filled alike; those by another hand are none of ours."""
    listed = [one for one in pair.simulator.all_orders() if not one["client_order_id"].startswith(STRANGER)]
    ended = ("filled", "canceled", "expired", "rejected", "replaced")
    theirs = {one["id"]: (one["status"] in ended, int(one["filled_qty"])) for one in listed}
    ours = [one for one in our_orders(pair.daemon) if one.broker_order_id]
    assert len(ours) == len(theirs) == len({one["client_order_id"] for one in listed})
    assert {one.broker_order_id: (one.HasField("ended_at"), one.filled_quantity) for one in ours} == theirs


def check_nothing_doubled(pair: Lockstep) -> None:
    """All entries of one decision, chased ones too, have filled no more than the first of them wanted."""
    filled, wanted = Counter[str](), dict[str, int]()
    for one in pair.simulator.all_orders():
        stem, _, leg = one["client_order_id"].rpartition("-")
        if stem.startswith("fh-") and leg.startswith("e"):
            wanted.setdefault(stem, int(one["qty"]))
            filled[stem] += int(one["filled_qty"])
    assert {stem: quantity for stem, quantity in filled.items() if quantity > wanted[stem]} == {}
