"""Scripts in any language: grpcurl, buf curl and the `fluxhero` command against a running daemon, by reflection."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.lockstep import Lockstep, lockstep

CHECKOUT = Path(__file__).resolve().parents[2]
SYMBOLS = ("SPY", "IBM")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lockstep]:
    played = ("--synthetic", "7", "--symbols", ",".join(SYMBOLS))
    with lockstep(tmp_path_factory.mktemp("scripts"), played, SYMBOLS, "1Hour") as pair:
        pair.step(2)
        yield pair


def tool(*places: str) -> str:
    """The first of some programs that is there."""
    for place in places:
        found = shutil.which(place) or (place if Path(place).exists() else None)
        if found:
            return found
    pytest.skip(f"{Path(places[0]).name} is not installed (make setup-test installs it where it can)")


def output(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def socket(pair: Lockstep) -> str:
    return f"{pair.installation.runtime}/fluxherod.sock"


def test_grpcurl_lists_describes_and_calls_by_reflection(pair: Lockstep) -> None:
    grpcurl = tool("grpcurl", str(Path(sys.executable).with_name("grpcurl")))
    call = (grpcurl, "-plaintext", "-unix")
    assert "fluxhero.v1.OrderService" in output(*call, socket(pair), "list")
    assert "Position" in output(*call, socket(pair), "describe", "fluxhero.v1.ListPositionsResponse")
    answer = json.loads(output(*call, socket(pair), "fluxhero.v1.SystemService/GetStatus"))
    assert answer["status"]["symbols"] == list(SYMBOLS)
    health = json.loads(output(*call, socket(pair), "grpc.health.v1.Health/Check"))
    assert health == {"status": "SERVING"}


def test_buf_curl_calls_and_streams_by_reflection(pair: Lockstep) -> None:
    buf = tool(str(CHECKOUT / "node_modules/.bin/buf"), "buf")
    call = (buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "--unix-socket", socket(pair))
    answer = json.loads(output(*call, "http://localhost/fluxhero.v1.AccountService/GetAccount"))
    assert answer["account"]["equity"] == "100000.00"
    words = (*call, "-d", "{}", "http://localhost/fluxhero.v1.MarketService/WatchPrices")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as stream:
        assert stream.stdout is not None
        first = _document(stream.stdout)
        stream.terminate()
    assert first["kind"] == "STREAM_KIND_SNAPSHOT"
    assert {price["symbol"] for price in first["prices"]} == set(SYMBOLS)


def _document(lines: Any) -> dict[str, Any]:
    """The first JSON document of a stream."""
    text = ""
    for line in lines:
        text += line
        try:
            found: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError:
            continue
        return found
    raise AssertionError(f"no document in {text!r}")


def test_the_command_shows_the_running_daemon(pair: Lockstep) -> None:
    fluxhero = (sys.executable, "-m", "fluxhero_client.cli", "--address", f"unix:{socket(pair)}")
    assert "ACTIVE" in output(*fluxhero, "status")
    account = json.loads(output(*fluxhero, "-o", "json", "account"))
    assert account["equity"] == "100000.00"
    placed = output(*fluxhero, "place", "buy", "SPY", "1", "--stop", "1", "--yes")
    assert "SPY" in placed
    pair.settle()
    assert "SPY" in output(*fluxhero, "positions")
    output(*fluxhero, "halt", "--reason", "tested", "--yes")
    assert "HALTED" in output(*fluxhero, "status")
    output(*fluxhero, "resume", "--reason", "tested")
    output(*fluxhero, "close", "SPY", "--yes")
    pair.settle()
    assert "no open positions" in output(*fluxhero, "positions")
