import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from websockets.sync.client import connect

from fluxherod.adapters.alpaca import frames
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.configuration.config import Config
from fluxherod.demo.run import DemoOptions, demo_config, demo_socket, introduction, run_demo
from fluxherod.demo.simulator import DemoError, Ending, Simulator


@pytest.fixture(autouse=True)
def _checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2] / "daemon"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", os.environ.get("NUMBA_CACHE_DIR", str(tmp_path)))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Daemon:
    """Stands where the daemon runs: sees what it is given, and leaves on SIGTERM."""

    def __init__(self) -> None:
        self.config = Config()
        self.folder_existed = False
        self.received: list[int] = []

    def __call__(self, config: Config, credentials: Credentials) -> int:
        self.config = config
        self.folder_existed = config.storage.state_dir.is_dir()
        if config.daemon.mode == "demo":
            self._subscribe(config, credentials)
        stop = threading.Event()
        before = signal.signal(signal.SIGTERM, lambda number, frame: (self.received.append(number), stop.set())[-1])
        try:
            assert stop.wait(60)
        finally:
            signal.signal(signal.SIGTERM, before)
        return 0

    def _subscribe(self, config: Config, credentials: Credentials) -> None:
        """The exchange stands until somebody watches."""
        with connect(config.alpaca.market_stream_url) as socket:
            socket.send(frames.encode_authentication(credentials))
            socket.send(frames.encode_subscription(config.market.symbols, quotes=False))
            while '"subscription"' not in str(socket.recv(timeout=60)):
                pass


def test_the_demo_ends_by_itself_after_its_sessions_and_leaves_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    daemon = Daemon()
    assert run_demo(DemoOptions(speed=200_000, sessions=2, port=0), daemon) == 0
    assert daemon.received == [signal.SIGTERM]
    shown = capfd.readouterr().out
    assert "2 sessions played" in shown
    assert f"fluxhero --address {daemon.config.grpc.unix_socket} status" in shown
    assert f"Bearer $(cat {daemon.config.storage.state_dir}/read.token)" in shown
    assert f"In a browser: http://{daemon.config.http.listen}\n" in shown
    assert daemon.folder_existed
    assert not daemon.config.storage.state_dir.parent.exists()
    assert not listens(int(daemon.config.alpaca.trading_url.rsplit(":", 1)[1]))


def test_the_demo_names_its_address_only_where_another_daemon_would_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("RUNTIME_DIRECTORY", "STATE_DIRECTORY", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr("fluxherod.demo.run.SYSTEM_SOCKET", tmp_path / "none")
    usual, own = tmp_path / "run" / "fluxhero" / "fluxherod.sock", tmp_path / "demo" / "fluxherod.sock"

    def shown(port: int, expected: Path) -> str:
        with demo_socket(port, own.parent) as unix_socket:
            assert unix_socket == expected
            config = demo_config(DemoOptions(), "http://127.0.0.1:1", own.parent, port, unix_socket)
            return introduction(DemoOptions(), "http://127.0.0.1:1", config)

    assert "--address" not in shown(50051, usual)
    assert not usual.parent.exists()
    assert f"--address {own} status" in shown(5005, own)
    usual.parent.mkdir(parents=True)
    usual.touch()
    assert f"--address {own} status" in shown(50051, own)


def test_ctrl_c_before_the_daemon_is_up_ends_the_demo_with_0() -> None:
    def interrupted(config: Config, credentials: Credentials) -> int:
        os.kill(os.getpid(), signal.SIGTERM)
        return 3

    assert run_demo(DemoOptions(port=0), interrupted) == 0


def test_a_taken_port_is_said_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DemoError, match=f"127.0.0.1:{port} can't be had .*--port"):
            run_demo(DemoOptions(port=port))


def test_a_symbol_without_prices_is_named() -> None:
    with pytest.raises(DemoError, match="no prices of SPY"):
        run_demo(DemoOptions(port=0, symbols=["IBM", "SPY"]))


def test_what_the_simulator_refuses_ends_the_demo(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DemoError, match=r"did not start \(exit code 2\)"):
        run_demo(DemoOptions(port=0, synthetic=1, start="yesterday"))
    assert "yesterday" in capfd.readouterr().err


def test_a_kept_folder_of_an_earlier_demo_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal").touch()
    with pytest.raises(DemoError, match="name an empty folder"):
        run_demo(DemoOptions(port=0, keep=tmp_path))


def test_the_demo_is_the_production_daemon_but_for_its_urls_and_its_clock(tmp_path: Path) -> None:
    config = demo_config(DemoOptions(), "http://127.0.0.1:4321", tmp_path, 5005, tmp_path / "s")
    assert config.alpaca.trading_url == config.alpaca.data_url == "http://127.0.0.1:4321"
    assert config.alpaca.market_stream_url == "ws://127.0.0.1:4321/v2/iex"
    changed = {key for key, origin in config.origins.items() if origin.layer == "flag"}
    assert {key for key in changed if key.startswith(("strategy", "risk", "orders"))} == set()
    assert (config.daemon.mode, config.alpaca.clock) == ("demo", "exchange")
    assert config.storage.state_dir == tmp_path / "state"


def test_a_simulator_that_dies_ends_the_demo() -> None:
    daemon = Daemon()
    with Simulator.start(DemoOptions().simulator_arguments()) as simulator, Ending(simulator, None) as ending:
        simulator.process.kill()
        daemon(Config(), Credentials("key", "secret"))
    assert ending.reason == "the simulator ended by itself"
    assert simulator.died


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_demo_that_is_killed_takes_its_simulator_along() -> None:
    script = (
        "import os, signal; from fluxherod.demo.run import DemoOptions; "
        "from fluxherod.demo.simulator import Simulator; "
        "print(Simulator.start(DemoOptions().simulator_arguments()).url, flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False, timeout=60)
    port = int(done.stdout.strip().rsplit(":", 1)[1])
    deadline = time.monotonic() + 60
    while listens(port):
        assert time.monotonic() < deadline
