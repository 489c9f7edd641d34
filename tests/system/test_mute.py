"""A market stream that is connected and silent, two minutes of exchange time a second: found, told, and made good."""

from pathlib import Path

import pytest
from harness.processes import CALL_TIMEOUT_S, Daemon, Installation, Simulator

from fluxhero.v1 import market_pb2 as market
from fluxhero.v1 import system_pb2 as system

SYMBOLS = ("SPY", "QQQ")
PLAYED = ("--synthetic", "3", "--symbols", ",".join(SYMBOLS), "--start", "2023-06-27T10:00:00-04:00", "--wait")
SPEED = "120"
MINUTE_S = 60


def minutes(daemon: Daemon, symbol: str) -> list[int]:
    """The starts of the newest minutes that the daemon knows, oldest first, in minutes."""
    request = market.GetBarsRequest(symbol=symbol, timeframe="1Min", page_size=60)
    bars = daemon.market.GetBars(request, timeout=CALL_TIMEOUT_S).bars
    return sorted(bar.start_time.seconds // MINUTE_S for bar in bars)


def unbroken(found: list[int]) -> bool:
    return found == list(range(found[0], found[0] + 20))


def market_feed(daemon: Daemon) -> system.Feed:
    return next(feed for feed in daemon.status().feeds if feed.name == "market")


@pytest.mark.parametrize("kind", ["mute", "half_dead"])
def test_a_silent_stream_is_told_and_connected_anew_and_no_minute_is_missing(tmp_path: Path, kind: str) -> None:
    with Simulator(tmp_path, "--speed", SPEED, *PLAYED) as simulator:
        there = Installation(tmp_path, simulator.url, SYMBOLS, "1Min")
        with Daemon(there) as daemon:
            daemon.wait_for(lambda: market_feed(daemon).bars >= 6, "bars come")
            assert not market_feed(daemon).stale
            simulator.post("/sim/faults", fault=[{"kind": kind, "stream": "market", "count": 1}])
            daemon.until_said("MARKET_FEED_STALE")
            brought = market_feed(daemon).bars
            daemon.wait_for(lambda: market_feed(daemon).bars >= brought + 6, "bars come again")
            assert market_feed(daemon).reconnects == 1
            daemon.until_said("the market stream is connected and mute: it brought no bar since the minute")
            daemon.wait_for(
                lambda: all(unbroken(minutes(daemon, one)[-20:]) for one in SYMBOLS), "no minute is missing"
            )
        there.remove()
