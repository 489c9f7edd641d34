"""`fluxherod demo`, as one types it."""

import importlib.util
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from harness.processes import CALL_TIMEOUT_S, CHANNEL_OPTIONS, Child, environment

from fluxhero.v1 import system_pb2 as system
from fluxhero.v1 import system_pb2_grpc

ADDRESS = re.compile(r"daemon (127\.0\.0\.1:\d+)")
TOKEN = re.compile(r"authorization: Bearer \$\(cat (\S+)\)")
SYNTHETIC = ("--synthetic", "7", "--speed", "5850")


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Child]:
    """A demo on a free port, with its machine code kept between tests."""
    with Child("fluxherod", ["demo", "--port", "0", *options], environment(folder), folder / "demo.log") as child:
        yield child


def status_once_it_trades(child: Child) -> system.Status:
    """What the daemon of a demo says by gRPC, at the address and with the token that it prints, once it is ready."""
    child.wait_for(lambda: TOKEN.search(child.said) is not None, "the demo says where it listens, and with which token")
    found, token = ADDRESS.search(child.said), TOKEN.search(child.said)
    assert found is not None
    assert token is not None
    with grpc.insecure_channel(found[1], CHANNEL_OPTIONS) as channel:
        stub, last = system_pb2_grpc.SystemServiceStub(channel), [system.Status()]

        def trades() -> bool:
            try:
                header = ("authorization", f"Bearer {Path(token[1]).read_text(encoding='ascii').strip()}")
                answer = stub.GetStatus(system.GetStatusRequest(), timeout=CALL_TIMEOUT_S, metadata=(header,))
                last[0] = answer.status
            except (grpc.RpcError, FileNotFoundError):
                return False
            return last[0].state == system.TRADING_STATE_ACTIVE

        child.wait_for(trades, "the daemon of the demo is ready to trade")
    return last[0]


def test_the_demo_says_what_to_do_trades_its_sessions_and_ends_by_itself(tmp_path: Path) -> None:
    with demo(tmp_path, *SYNTHETIC, "--sessions", "2") as child:
        status = status_once_it_trades(child)
        assert status.mode == system.TRADING_MODE_DEMO
        assert status.clock.rate == 5_850
        assert list(status.symbols) == ["SPY", "QQQ", "AAPL", "MSFT", "IBM"]
        assert child.wait_to_end() == 0
    assert "In a second terminal:" in child.said
    assert re.search(r"fluxhero.* status", child.said)
    assert "2 sessions played" in child.said
    assert "Traceback" not in child.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_ends_in_good_order_when_it_is_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    with demo(tmp_path, *SYNTHETIC) as child:
        status_once_it_trades(child)
        assert child.stop(number) == 0
    assert "Traceback" not in child.said


@pytest.mark.skipif(
    importlib.util.find_spec("bokeh_sampledata") is None, reason="needs the real prices: pip install 'fluxhero[demo]'"
)
def test_the_demo_trades_real_prices(tmp_path: Path) -> None:
    with demo(tmp_path, "--sessions", "2") as child:
        status = status_once_it_trades(child)
        assert list(status.symbols) == ["AAPL", "GOOG", "IBM", "MSFT"]
        assert child.wait_to_end() == 0
    assert "2 sessions played" in child.said
    assert "Traceback" not in child.said
