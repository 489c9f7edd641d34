"""Each fault alone, under real processes: afterwards the daemon trades, and no bar and no order is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.audit import DIFFERENCES, alerts, check_journal, check_no_difference, our_orders
from harness.faults import (
    MOST_POLLS,
    PIECE,
    SHARES,
    Fault,
    buy,
    check_bars,
    check_same_orders,
    check_trades,
    close,
    disturb,
    named,
    of_the_daemon,
    of_the_tape,
    reconnect_through,
    reconnects,
    recover,
    trade_through,
    until_both_hold,
)
from harness.lockstep import Lockstep, lockstep
from harness.processes import Daemon, Installation, Simulator

from fluxhero.v1 import order_pb2 as order

SYMBOLS = ("SPY", "QQQ")
PLAYED = ("--synthetic", "3", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27")
MINUTE_NS = 60_000_000_000
# So soon is a connection had again that breaks, is refused once, or whose first requests fail twice.
CONNECTED_AGAIN_S = 8.0
# A bar is missed a minute after it was due, which is a second at 60 x, and REST is asked every half second.
MUTE_FOUND_S = 10.0

ONE = {"count": 1}
POST = {"kind": "rest", "method": "POST", **ONE}
DELETE = {"kind": "rest", "method": "DELETE", **ONE}
GET = {"kind": "rest", "method": "GET", "count": 2}
MESSAGES_AND_REQUESTS: list[Fault] = [
    {"kind": "drop", "channel": "quotes", "probability": 0.5},
    {"kind": "drop", "stream": "trade"},
    {"kind": "duplicate", "stream": "market"},
    {"kind": "duplicate", "stream": "trade"},
    {"kind": "delay", "channel": "quotes", "seconds": 75},
    {"kind": "delay", "stream": "trade", "seconds": 90},
    {"kind": "reorder", "stream": "trade"},
    {"kind": "late_bars", "seconds": 20},
    {"kind": "mute", "stream": "trade"},
    {"kind": "clock_skew", "seconds": 30},
    {"kind": "clock_skew", "seconds": -30},
    {"kind": "partial_fills"},
    {"kind": "halt", "symbols": "QQQ", "from": 90, "until": 240},
    POST | {"status": 429},
    POST | {"status": 500, "carried_out": True},
    POST | {"status": 504, "carried_out": True, "html": True},
    POST | {"status": 0, "carried_out": True},
    DELETE | {"status": 500, "carried_out": True},
    DELETE | {"status": 503, "html": True},
]
# Met by the polls, on which all hangs while the stream is silent.
FAILING_POLLS: list[Fault] = [
    GET | {"status": 429, "path": "/v2/account"},
    GET | {"status": 429, "html": True, "path": "/v2/orders"},
    GET | {"status": 503, "html": True, "path": "/v2/positions"},
]
LOST_BARS: list[Fault] = [
    {"kind": "drop", "channel": "bars", "symbols": "SPY", "from": 120, **ONE},
    {"kind": "delay", "channel": "bars", "seconds": 75, "probability": 0.3},
    {"kind": "late_bars", "seconds": 200, "probability": 0.3},
    {"kind": "reorder", "channel": "bars"},
]
CUT_MARKET, CUT_TRADE = {"kind": "disconnect", "stream": "market"}, {"kind": "disconnect", "stream": "trade"}
REFUSED: list[list[Fault]] = [
    [CUT_MARKET, {"kind": "refuse_connection", "stream": "market", "status": 500, **ONE}],
    [CUT_TRADE, {"kind": "refuse_connection", "stream": "trade", "status": 503, **ONE}],
]
FAILING_REQUESTS: list[list[Fault]] = [
    [CUT_MARKET, {"kind": "rest", "status": 500, "path": "/v2/stocks/bars", "count": 2}],
    [CUT_TRADE, {"kind": "rest", "status": 503, "html": True, "method": "GET", "count": 3}],
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lockstep]:
    with lockstep(tmp_path_factory.mktemp("matrix"), PLAYED, SYMBOLS, "1Min") as pair:
        pair.step(2)
        yield pair


# After some attempts in a row the daemon waits longer for the next, so what breaks its connections is spread out.


@pytest.mark.parametrize("faults", [[CUT_MARKET], [CUT_TRADE]], ids=named)
def test_a_connection_that_breaks_loses_and_doubles_nothing(pair: Lockstep, faults: list[Fault]) -> None:
    since_ns = reconnect_through(pair, *faults, within_s=CONNECTED_AGAIN_S)
    check_bars(pair, since_ns)
    check_trades(pair)


@pytest.mark.parametrize("fault", MESSAGES_AND_REQUESTS, ids=named)
def test_a_fault_of_messages_or_requests_loses_and_doubles_nothing(pair: Lockstep, fault: Fault) -> None:
    since_ns = trade_through(pair, fault)
    check_bars(pair, since_ns)
    check_trades(pair)


@pytest.mark.parametrize("fault", FAILING_POLLS, ids=named)
def test_what_only_polls_can_tell_is_asked_for_until_it_is_told(pair: Lockstep, fault: Fault) -> None:
    since_ns = trade_through(pair, {"kind": "drop", "stream": "trade"}, fault)
    check_bars(pair, since_ns)
    check_trades(pair)


@pytest.mark.parametrize("faults", REFUSED, ids=named)
def test_a_connection_that_is_not_had_at_once_loses_and_doubles_nothing(pair: Lockstep, faults: list[Fault]) -> None:
    since_ns = reconnect_through(pair, *faults, within_s=CONNECTED_AGAIN_S)
    check_bars(pair, since_ns)
    check_trades(pair)


@pytest.mark.parametrize("fault", LOST_BARS, ids=named)
def test_bars_that_a_standing_connection_loses_or_turns_around_are_fetched(pair: Lockstep, fault: Fault) -> None:
    since_ns = trade_through(pair, fault)
    check_bars(pair, since_ns)
    check_trades(pair)


def test_revisions_change_no_decided_bar_and_lose_none(pair: Lockstep) -> None:
    before = {feed.name: feed.revised_bars for feed in pair.daemon.status().feeds}
    since_ns = trade_through(pair, {"kind": "revisions", "probability": 0.5})
    check_trades(pair)
    revised = {feed.name: feed.revised_bars for feed in pair.daemon.status().feeds}
    assert revised["market"] > before["market"]
    for symbol in SYMBOLS:
        theirs = [at for at, _ in of_the_tape(pair.simulator, symbol, since_ns, "1Min")]
        assert [at for at, _ in of_the_daemon(pair.daemon, symbol, since_ns)] in (theirs, theirs[:-1])


def test_a_revision_that_comes_while_its_bar_is_open_is_in_the_bar(tmp_path: Path) -> None:
    with lockstep(tmp_path, PLAYED, SYMBOLS, "5Min") as pair:
        pair.step_until("2023-06-27T13:36")
        since_ns = pair.simulator.now_ns - MINUTE_NS
        original = of_the_tape(pair.simulator, "SPY", since_ns, "5Min")[0]
        disturb(pair, {"kind": "revisions", "symbols": "SPY", **ONE})
        pair.step(PIECE)
        recover(pair)
        assert of_the_tape(pair.simulator, "SPY", since_ns, "5Min")[0] != original
        assert of_the_daemon(pair.daemon, "SPY", since_ns)[0] == of_the_tape(pair.simulator, "SPY", since_ns, "5Min")[0]
        check_bars(pair, since_ns)


def test_an_order_that_never_arrived_is_given_up_and_not_sent_again(pair: Lockstep) -> None:
    sent = len(pair.simulator.all_orders())
    disturb(pair, POST | {"status": 500})
    buy(pair.daemon, "SPY")
    lost = max(our_orders(pair.daemon), key=lambda one: one.created_at.ToNanoseconds())

    def given_up() -> bool:
        states = {one.id: one.state for one in our_orders(pair.daemon)}
        return states[lost.id] == order.ORDER_STATE_NOT_RECEIVED

    for _ in range(MOST_POLLS):
        if given_up():
            break
        pair.step()
        pair.settle()
    assert given_up()
    recover(pair)
    assert len(pair.simulator.all_orders()) == sent
    check_trades(pair)


@pytest.mark.parametrize("faults", FAILING_REQUESTS, ids=named)
def test_what_was_missed_is_asked_for_until_it_is_had(pair: Lockstep, faults: list[Fault]) -> None:
    since_ns = reconnect_through(pair, *faults, within_s=CONNECTED_AGAIN_S)
    check_bars(pair, since_ns)
    check_trades(pair)


def test_after_all_of_them_the_journal_holds_and_the_books_never_differed(pair: Lockstep) -> None:
    pair.daemon.stop()
    check_no_difference(pair.installation)
    check_journal(pair.installation)


def test_a_mute_market_stream_is_found_and_what_it_kept_is_fetched(tmp_path: Path) -> None:
    with Simulator(tmp_path, "--speed", "60", *PLAYED) as simulator:
        there = Installation(tmp_path, simulator.url, SYMBOLS, "1Min")
        with Daemon(there) as daemon:
            daemon.wait_for(lambda: count_bars(daemon) > 2, "bars come")
            simulator.post("/sim/faults", fault=[{"kind": "mute", "stream": "market", **ONE}])
            since_ns = simulator.now_ns
            before = reconnects(daemon)
            daemon.stopwatch().wait_for(lambda: reconnects(daemon) > before, "it has found out", MUTE_FOUND_S)
            daemon.wait_for(
                lambda: all(len(of_the_daemon(daemon, symbol, since_ns)) > 2 for symbol in SYMBOLS), "bars come again"
            )
            for symbol in SYMBOLS:
                ours = of_the_daemon(daemon, symbol, since_ns)
                assert ours == of_the_tape(simulator, symbol, since_ns, "1Min")[: len(ours)]
    there.remove()


def count_bars(daemon: Daemon) -> int:
    return sum(feed.bars for feed in daemon.status().feeds)


def pass_time(pair: Lockstep, time: str) -> None:
    """Let the exchange's time pass without a message, until the daemon knows it."""
    there_ns = pair.simulator.post("/sim/clock", timestamp=time)["time_ns"]
    pair.daemon.wait_for(lambda: pair.daemon.status().clock.time.ToNanoseconds() >= there_ns, f"it is {time}")
    pair.settle()


def stops_there(pair: Lockstep) -> list[dict[str, Any]]:
    return [one for one in pair.simulator.get("/v2/orders?status=open") if one["type"] == "stop"]


def test_a_split_in_the_night_leaves_the_shares_guarded_and_every_bar_and_cent_right(tmp_path: Path) -> None:
    evening = (*PLAYED[:-1], "2023-06-27T15:40:00-04:00")
    with lockstep(tmp_path, evening, SYMBOLS, "1Min") as pair:
        disturb(pair, {"kind": "split", "symbols": "SPY", "ex_date": "2023-06-28", "new_rate": 2, "old_rate": 1})
        pair.step(2)
        buy(pair.daemon, "SPY")
        until_both_hold(pair, "SPY", SHARES)
        pair.step_until("2023-06-27T20:00")
        # The prices of the morning are those after the split: in the night the stop is made one of the new units.
        pass_time(pair, "2023-06-28T12:59:00Z")
        pass_time(pair, "2023-06-28T13:00:00Z")
        doubled = [str(2 * SHARES)]
        pair.daemon.wait_for(lambda: [one["qty"] for one in stops_there(pair)] == doubled, "the stop is converted")
        pair.settle()
        until_both_hold(pair, "SPY", 2 * SHARES)
        pair.step(2)
        assert [one["qty"] for one in stops_there(pair)] == doubled
        since_ns = pair.simulator.now_ns
        pair.step(PIECE)
        close(pair.daemon, "SPY")
        until_both_hold(pair, "SPY", 0)
        check_bars(pair, since_ns)
        check_same_orders(pair.daemon, pair.simulator)
        told = [code for code, _ in alerts(pair.installation) if code in (*DIFFERENCES, "SPLIT_APPLIED")]
        assert told == ["SPLIT_APPLIED"]
        assert pair.daemon.stop() == 0
        check_journal(pair.installation)
