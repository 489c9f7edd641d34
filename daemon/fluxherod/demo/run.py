"""`fluxherod demo`: the production daemon against the simulator, on this machine, without keys."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fluxherod import logs
from fluxherod.adapters.alpaca.credentials import Credentials
from fluxherod.configuration.directories import SOCKET_NAME, find_directories, keep_machine_code, make_private
from fluxherod.configuration.layers import Flag, load_config
from fluxherod.demo.simulator import KEY, SECRET, DemoError, Ending, Simulator

if TYPE_CHECKING:
    from types import FrameType

    from fluxherod.configuration.config import Config

    Daemon = Callable[[Config, Credentials], int]

REAL_SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
REAL_START = "2008-01-08"
SYNTHETIC_SYMBOLS = ("SPY", "QQQ", "AAPL", "MSFT", "IBM")
REQUESTS_PER_MINUTE = 6000
DEFAULT_PORT = 50051
DEFAULT_WEB_PORT = 8050
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SYSTEM_SOCKET = Path("/run/fluxhero", SOCKET_NAME)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the command line asks for; None where it leaves the choice to the demo."""

    speed: float = 5850.0
    symbols: list[str] | None = None
    synthetic: int | None = None
    start: str | None = None
    sessions: int | None = None
    keep: Path | None = None
    port: int = DEFAULT_PORT
    sim_port: int = 0
    log_level: str = "info"

    @property
    def traded(self) -> list[str]:
        """The symbols of the daemon."""
        return self.symbols or list(REAL_SYMBOLS if self.synthetic is None else SYNTHETIC_SYMBOLS)

    def simulator_arguments(self) -> list[str]:
        """The command line of the simulator."""
        listen = f"127.0.0.1:{self.sim_port}"
        arguments = ["--speed", str(self.speed), "--listen", listen, "--rate-limit", "0", "--wait"]
        if self.synthetic is None:
            arguments += ["--sample", "--start", self.start or REAL_START]
        else:
            arguments += ["--synthetic", str(self.synthetic), "--symbols", ",".join(self.traded)]
            arguments += ["--start", self.start] if self.start else []
        return arguments


def run_demo(options: DemoOptions, run: Daemon | None = None) -> int:
    """Run until Ctrl-C, SIGTERM or the end of the prices; `run` is the daemon (`fluxherod.app.run`).

    Raises:
        DemoError: when it can't start, or the simulator ended by itself.
    """
    logs.configure(options.log_level, "text")
    port = _free_port(options.port)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_interruptible())
        folder = stack.enter_context(_folder(options.keep))
        try:
            return _trade(options, folder, port, run or _daemon(), stack)
        except KeyboardInterrupt:  # before the daemon's own handlers
            return 0
        finally:
            _ignore_signals()  # what follows takes seconds at most, and must not be left half done


def _trade(options: DemoOptions, folder: Path, port: int, run: Daemon, stack: contextlib.ExitStack) -> int:
    simulator = stack.enter_context(Simulator.start(options.simulator_arguments()))
    simulator.must_know(options.traded)
    ending = stack.enter_context(Ending(simulator, options.sessions))
    unix_socket = stack.enter_context(demo_socket(port, folder))
    config = demo_config(options, simulator.url, folder, port, unix_socket)
    print(introduction(options, simulator.url, config), flush=True)
    print(f"In a browser: http://{config.http.listen}", flush=True)
    code = run(config, Credentials(KEY, SECRET))
    _ignore_signals()
    if ending.reason:
        print(f"fluxherod demo: {ending.reason}", flush=True)
    if account := simulator.account_line():
        print(f"fluxherod demo: {account}", flush=True)
    return 1 if simulator.died else code


def demo_config(options: DemoOptions, url: str, folder: Path, port: int, unix_socket: Path) -> Config:
    """The configuration of a demo; nothing of the user's own reaches it."""
    streams = url.replace("http://", "ws://")
    values = {
        "daemon.mode": "demo",
        "daemon.log_level": options.log_level,
        "alpaca.trading_url": url,
        "alpaca.data_url": url,
        "alpaca.market_stream_url": f"{streams}/v2/iex",
        "alpaca.trade_stream_url": f"{streams}/stream",
        "alpaca.requests_per_minute": str(REQUESTS_PER_MINUTE),
        "market.symbols": ",".join(options.traded),
        "market.timeframe": "1Hour",
        "grpc.listen": f"127.0.0.1:{port}",
        "grpc.unix_socket": str(unix_socket),
        "http.listen": f"127.0.0.1:{_web_port(port)}",
    }
    environment = {
        "CONFIGURATION_DIRECTORY": str(folder / "configuration"),
        "STATE_DIRECTORY": str(folder / "state"),
        "CACHE_DIRECTORY": str(folder / "cache"),
    }
    config = load_config(None, environment, [Flag(key, text, "of the demo") for key, text in values.items()])
    make_private(config.storage.state_dir)
    make_private(config.storage.cache_dir)
    return config


def introduction(options: DemoOptions, url: str, config: Config) -> str:
    """What runs, and what to type in a second terminal."""
    address, unix_socket = config.grpc.listen, config.grpc.unix_socket
    command = _shown("fluxhero")
    if unix_socket != find_directories(os.environ).unix_socket:
        command += f" --address {unix_socket}"
    seconds = 23_400 / options.speed
    prices = "real prices" if options.synthetic is None else f"generated prices (seed {options.synthetic})"
    return "\n".join(
        [
            f"fluxherod demo: {', '.join(options.traded)} on {prices}, {seconds:.3g} s a session; Ctrl-C ends it",
            f"  simulator {url}   daemon {address}",
            "In a second terminal:",
            f"  {command} status",
            f"  {command} watch positions",
            f"  {command} signals",
            f"  {command} explain {options.traded[-1]}",
            f"  {_by_reflection(address, config.storage.state_dir / 'read.token')}",
        ]
    )


@contextlib.contextmanager
def demo_socket(port: int, folder: Path) -> Iterator[Path]:
    """Where the daemon's socket is: where `fluxhero` looks by itself, unless it would find another daemon there."""
    place = find_directories(os.environ).unix_socket
    if port != DEFAULT_PORT or _another_answers():
        place = folder / SOCKET_NAME
    made = not place.parent.exists()
    make_private(place.parent)
    try:
        yield place
    finally:
        if made:
            with contextlib.suppress(OSError):  # somebody has put something there
                place.parent.rmdir()


def _another_answers() -> bool:
    """Would `fluxhero`, which finds a local daemon by itself, find another one than this."""
    directories = find_directories(os.environ)
    sockets = (SYSTEM_SOCKET, directories.unix_socket, directories.state / SOCKET_NAME)
    return bool(os.environ.get("FLUXHERO_ADDRESS")) or any(path.exists() for path in sockets)


def _by_reflection(address: str, token: Path) -> str:
    header = f'-H "authorization: Bearer $(cat {token})"'
    grpcurl = Path(sys.executable).with_name("grpcurl")
    if grpcurl.exists() or shutil.which("grpcurl"):
        return f"{_shown('grpcurl')} -plaintext {header} {address} fluxhero.v1.SystemService/GetStatus"
    buf = "node_modules/.bin/buf" if Path("node_modules/.bin/buf").exists() else "buf"
    url = f"http://{address}/fluxhero.v1.SystemService/GetStatus"
    return f"{buf} curl --protocol grpc --http2-prior-knowledge {header} --reflect-header '*' {url}"


def _shown(command: str) -> str:
    """A command as it can be typed here: by its path where that is not searched."""
    beside = Path(sys.executable).with_name(command)
    if shutil.which(command) or not beside.exists():
        return command
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)


def _free_port(port: int) -> int:
    """The port, or any free one for 0.

    Raises:
        DemoError: when it is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError as error:
            other = port + 1 if port < 65_535 else 0
            raise DemoError(
                f"127.0.0.1:{port} can't be had ({error.strerror}), perhaps another daemon runs: end it, or use "
                f"another port: fluxherod demo --port {other} (make demo ARGS='--port {other}')"
            ) from None
        taken: int = probe.getsockname()[1]
    return taken


def _web_port(port: int) -> int:
    """The usual one, or any free one where it is taken, or where the daemon's own is not the usual one."""
    try:
        return _free_port(DEFAULT_WEB_PORT if port == DEFAULT_PORT else 0)
    except DemoError:
        return _free_port(0)


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="fluxhero-demo-") as temporary:
            yield Path(temporary)
        return
    folder = keep.expanduser().absolute()
    if (folder / "state").is_dir() and any((folder / "state").iterdir()):
        # Its journal tells of positions that a new simulator does not have.
        raise DemoError(f"--keep {keep}: {folder / 'state'} holds an earlier demo; name an empty folder")
    make_private(folder)
    yield folder


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM, and the terminal's end, do what Ctrl-C does while the daemon's own handlers are not set."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _daemon() -> Daemon:
    cache = find_directories(os.environ).cache
    keep_machine_code(os.environ, cache)
    if not any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi")):
        print("fluxherod demo: the first start compiles the strategy, that takes half a minute", flush=True)
    from fluxherod import app  # imports Numba, which must find its cache folder set

    return partial(app.run, reloads=False)  # it has no configuration that could be read again
