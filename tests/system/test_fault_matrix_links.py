"""Faults that are borne for half a minute of the wall's time: each alone, under a pair of its own, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.audit import check_journal, check_no_difference
from harness.faults import (
    SHARES,
    Fault,
    buy,
    check_bars,
    check_trades,
    close,
    disturb,
    named,
    reconnect_through,
    recover,
    until_both_hold,
)
from harness.lockstep import Lockstep, lockstep

from fluxhero.v1 import system_pb2 as system

SYMBOLS = ("SPY", "QQQ")
PLAYED = ("--synthetic", "3", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27")

# A ping goes every 10 s and is waited for 20 s; who is asked for patience waits 20 to 25 s; a request is waited
# for 10 s. Half a second to two are the first attempt's, and the rest is what a busy machine adds.
DEAD_LINE_S, PATIENCE_S, SILENCE_S, REFUSED_S = 36.0, 30.0, 17.0, 9.0
ONE = {"count": 1}
CUT_MARKET, CUT_TRADE = {"kind": "disconnect", "stream": "market"}, {"kind": "disconnect", "stream": "trade"}
BARS = {"kind": "rest", "path": "/v2/stocks/bars"}
SLOW: list[tuple[list[Fault], float]] = [
    ([{"kind": "half_dead", "stream": "market", **ONE}], DEAD_LINE_S),
    ([{"kind": "half_dead", "stream": "trade", **ONE}], DEAD_LINE_S),
    ([CUT_MARKET, {"kind": "refuse_connection", "stream": "market", "status": 429, **ONE}], PATIENCE_S),
    ([CUT_TRADE, {"kind": "refuse_connection", "stream": "trade", "status": 429, **ONE}], PATIENCE_S),
    ([CUT_MARKET, BARS | {"status": 0, **ONE}], SILENCE_S),
    ([CUT_TRADE, {"kind": "rest", "method": "GET", "path": "/v2/account", "status": 0, **ONE}], SILENCE_S),
    ([CUT_MARKET, BARS | {"status": 429, "count": 2}], REFUSED_S),
    ([CUT_MARKET, BARS | {"status": 503, "html": True, "count": 2}], REFUSED_S),
]
# A half-dead client holds the slot until the exchange reaps it.
REAPED_AFTER_S = 90
TAKEN = {"kind": "refuse_connection", "stream": "market", "status": 406, "from": 60.5, "until": 60.5 + REAPED_AFTER_S}
AT_ONCE = 5

Outcomes = dict[str, Future[None]]


@contextmanager
def trading(folder: Path) -> Iterator[Lockstep]:
    """A pair that trades; at the end its journal holds, and the books never differed."""
    folder.mkdir()
    with lockstep(folder, PLAYED, SYMBOLS, "1Min") as pair:
        pair.step(2)
        yield pair
        assert pair.daemon.stop() == 0
        check_no_difference(pair.installation)
        check_journal(pair.installation)


def bear(folder: Path, faults: list[Fault], within_s: float) -> None:
    with trading(folder) as pair:
        since_ns = reconnect_through(pair, *faults, within_s=within_s)
        check_bars(pair, since_ns)
        check_trades(pair)


def wait_for_a_slot(folder: Path) -> None:
    """The slot is taken for 90 s of the exchange's time, which stands until two attempts were refused."""
    with trading(folder) as pair:
        since_ns = pair.simulator.now_ns
        buy(pair.daemon, "SPY")
        until_both_hold(pair, "SPY", SHARES)
        disturb(pair, CUT_MARKET | {"from": 60.5}, TAKEN)
        pair.step(2)
        watch = pair.stopwatch()
        watch.wait_for(lambda: refusals(pair) == 2, "it has asked twice", PATIENCE_S)
        assert watch.wall_s > 20.0, "it does not hammer"
        assert pair.daemon.status().state == system.TRADING_STATE_DEGRADED
        pair.step(2)  # the old client is reaped
        pair.stopwatch().wait_for(
            lambda: pair.daemon.status().state == system.TRADING_STATE_ACTIVE, "it has the slot", PATIENCE_S
        )
        assert refusals(pair) == 2
        close(pair.daemon, "SPY")
        until_both_hold(pair, "SPY", 0)
        recover(pair)
        check_bars(pair, since_ns)
        check_trades(pair)


def refusals(pair: Lockstep) -> int:
    found = pair.simulator.get("/sim/faults")["faults"]
    return sum(one["met"] for one in found if one["kind"] == "refuse_connection")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """All of them at once, since they wait most of the time."""
    folder = tmp_path_factory.mktemp("links")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        taken = {named(TAKEN): threads.submit(wait_for_a_slot, folder / "taken")}  # the longest first
        yield taken | {
            named(faults): threads.submit(bear, folder / str(number), faults, within_s)
            for number, (faults, within_s) in enumerate(SLOW)
        }


@pytest.mark.parametrize("faults", [faults for faults, _ in SLOW], ids=named)
def test_a_link_that_is_had_again_only_after_a_while_loses_and_doubles_nothing(
    outcomes: Outcomes, faults: list[Fault]
) -> None:
    outcomes[named(faults)].result()


def test_a_slot_that_a_half_dead_client_holds_is_waited_for_and_had_once_it_is_free(outcomes: Outcomes) -> None:
    outcomes[named(TAKEN)].result()
