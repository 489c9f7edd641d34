"""Everything in the cookbook works, as it stands there, against a real daemon: over each transport, by both tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool
from harness.lockstep import Lockstep, lockstep
from harness.processes import CHECKOUT, Daemon
from harness.tape import FIRST_ENTRY_MINUTE, PLAYED, SYMBOLS, TIMEFRAME

from fluxhero.v1 import backtest_pb2, stream_pb2, system_pb2  # noqa: F401
from fluxherod.configuration.layers import KEYS
from fluxherod.rpc.server import SERVICE_NAMES

TEXT = (CHECKOUT / "docs/cookbook.md").read_text(encoding="utf-8")
# buf's own program: what npm puts before it starts Node for each call.
BUF = next(CHECKOUT.glob("node_modules/@bufbuild/buf-linux-*/bin"), CHECKOUT / "node_modules/.bin")
TOOLS = {"grpcurl": CHECKOUT / ".venv/bin", "buf": BUF, "jq": Path("/usr/bin")}
EXAMPLES = CHECKOUT / "docs/examples"
AT_ONCE_S = 100.0


@dataclass(frozen=True)
class Transport:
    """How a daemon is set up to be reached so, and what the definitions of `call` then need besides their own."""

    name: str
    settings: tuple[str, ...] = ()
    needs: str = ""


TRANSPORTS = (
    Transport("unix"),
    Transport("tcp", needs="grpc.tls"),
    Transport("tls", ("grpc.tls=self", "grpc.listen=localhost:0"), "grpc.tls"),
    Transport(
        "mtls", ("grpc.tls=self", "grpc.listen=localhost:0", "grpc.tls_client_ca={folder}/client.cert"), "grpc.tls"
    ),
)
SERVED = [transport for transport in TRANSPORTS if not transport.needs or transport.needs in KEYS]


def sections() -> dict[str, list[str]]:
    """The blocks of each section."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found[title] = re.findall(r"^```sh\n(.*?)^```", body, flags=re.MULTILINE | re.DOTALL)
    return found


SECTIONS = sections()


def definition(tool: str, transport: str) -> str:
    """The block that defines `call`, without the paths that a reader replaces by their own."""
    first = f"# {tool} {transport}\n"
    (block,) = [block for blocks in SECTIONS.values() for block in blocks if block.startswith(first)]
    return "\n".join(line for line in block.splitlines() if line.startswith("call()"))


def lines(*titles: str) -> list[str]:
    """The one-liners of some sections; all but the definitions of `call`."""
    blocks = [block for title in titles for block in SECTIONS[title] if not block.startswith("# ")]
    return [line for block in blocks for line in block.splitlines()]


def tool_path() -> str:
    """Where the tools are; each must be there, as `make setup-test` sees to it."""
    for name, folder in TOOLS.items():
        if not shutil.which(name, path=f"{folder}{os.pathsep}{os.environ['PATH']}"):
            pytest.skip(f"{name} is not installed: `make setup-test` installs it where it can")
    return os.pathsep.join([*map(str, TOOLS.values()), os.environ["PATH"]])


@dataclass(frozen=True)
class Place:
    """A daemon that is reached by some transport."""

    transport: Transport
    variables: dict[str, str]

    def run(self, tool: str, recipes: Sequence[str]) -> list[tuple[str, int, str]]:
        """Each recipe with its exit code and all that it printed, in one shell, so that what one sets the next has."""
        script = [definition(tool, self.transport.name), "set -o pipefail"]
        for recipe in recipes:
            script += [recipe, 'printf "\\n\\036%s\\036\\n" $?']
        done = self._bash(script)
        outcomes = re.split(r"\n\x1e(\d+)\x1e\n", done.stdout)
        codes = [int(code) for code in outcomes[1::2]]
        assert len(codes) == len(recipes), done.stdout[-2000:]
        return list(zip(recipes, codes, outcomes[::2], strict=False))

    def start(self, tool: str, recipe: str) -> subprocess.Popen[str]:
        """A stream that goes on until it is killed."""
        script = "\n".join([definition(tool, self.transport.name), recipe])
        return subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env=self._environment, start_new_session=True)  # fmt: skip

    def _bash(self, script: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-c", "\n".join(script)], env=self._environment, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": tool_path(), "HOME": "/tmp", **self.variables}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lockstep]:
    """A daemon that has sold QQQ short, and has an alert."""
    with lockstep(tmp_path_factory.mktemp("cookbook"), PLAYED, SYMBOLS, TIMEFRAME) as made:
        made.step(FIRST_ENTRY_MINUTE + 2)
        made.simulator.post("/sim/halt", symbol="AAPL", halted=True)
        made.simulator.post("/sim/halt", symbol="AAPL", halted=False)
        made.settle()
        made.daemon.wait_for(lambda: alert_codes(made.daemon) >= {"SYMBOL_HALTED", "SYMBOL_RESUMED"}, "both are told")
        yield made


def alert_codes(daemon: Daemon) -> set[str]:
    return {alert.code for alert in daemon.system.ListAlerts(system_pb2.ListAlertsRequest()).alerts}


def place(transport: Transport, daemon: Daemon, folder: Path) -> Place:
    """How a daemon is reached."""
    installation = daemon.installation
    state = installation.folder / "state"
    variables = {"SOCKET": f"{installation.runtime}/fluxherod.sock"}
    if transport.name != "unix":
        port = daemon.until_said(r"serving gRPC on port (\d+)")[1]
        variables |= {"ADDRESS": f"localhost:{port}", "TOKEN_FILE": f"{state}/admin.token", "CA": f"{state}/tls.cert"}
        variables |= {"CERT": f"{folder}/client.cert", "KEY": f"{folder}/client.key"}
    return Place(transport, variables)


@pytest.fixture(scope="module", params=SERVED, ids=lambda transport: transport.name)
def reached(request: Any, pair: Lockstep, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The daemon, started anew where it must be set up otherwise to serve a transport."""
    transport: Transport = request.param
    folder = tmp_path_factory.mktemp(transport.name)
    if transport.settings:
        self_signed(folder, "client")
        assert pair.daemon.stop() == 0
        settings = tuple(setting.format(folder=folder) for setting in transport.settings)
        pair.installation = replace(pair.installation, settings=settings)
        pair.start()
    return place(transport, pair.daemon, folder)


def self_signed(folder: Path, name: str) -> None:
    """A client's certificate that is its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.cert"],
        check=True, capture_output=True,
    )  # fmt: skip


def failed(outcomes: Sequence[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    return [(recipe, code, said[-600:]) for recipe, code, said in outcomes if code or not said.strip()]


def test_every_rpc_that_is_served_is_in_the_cookbook() -> None:
    served = {
        f"{method.containing_service.full_name}/{method.name}"
        for name in SERVICE_NAMES
        for method in descriptor_pool.Default().FindServiceByName(name).methods
    }
    used = set(re.findall(r"fluxhero\.v1\.\w+/\w+", TEXT))
    assert used == served


def test_everything_that_only_looks_works_over_each_transport(reached: Place) -> None:
    assert failed(reached.run("grpcurl", lines("Look"))) == []


def test_buf_curl_does_the_same(reached: Place) -> None:
    few = slice(None) if reached.transport.name == "unix" else slice(0, 6)
    assert failed(reached.run("buf", lines("Look")[few])) == []


def test_each_stream_begins_with_what_is(pair: Lockstep, tmp_path: Path) -> None:
    here = place(TRANSPORTS[0], pair.daemon, tmp_path)
    streams = {recipe: here.start("grpcurl", recipe) for recipe in lines("Watch")}
    timer = threading.Timer(AT_ONCE_S, lambda: [os.killpg(stream.pid, 9) for stream in streams.values()])
    timer.start()
    try:
        silent = [recipe for recipe, stream in streams.items() if not begins(stream)]
    finally:
        timer.cancel()
        for stream in streams.values():
            os.killpg(stream.pid, 9)
            stream.communicate()
    assert silent == []


def begins(stream: subprocess.Popen[str]) -> bool:
    assert stream.stdout is not None
    return any('"kind": "STREAM_KIND_SNAPSHOT"' in line or '"status": "SERVING"' in line for line in stream.stdout)


@pytest.mark.parametrize(
    ("example", "words", "expected"),
    [
        ("status.py", (), "QQQ: "),
        ("follow.py", ("1",), "orders known"),
        ("order.py", ("SPY", "100.00", "90.00"), "cancelling"),
        ("export.py", ("{folder}/trades.parquet",), "trades.parquet: "),
        ("export.py", ("{folder}/trades.csv",), "trades.csv: "),
    ],
)
def test_each_example_of_the_sdk_works(
    pair: Lockstep, tmp_path: Path, example: str, words: Sequence[str], expected: str
) -> None:
    done = run_example(example, [word.format(folder=tmp_path) for word in words], pair)
    assert (done.returncode, done.stderr) == (0, "")
    assert expected in done.stdout


def test_every_example_is_run() -> None:
    tried = set(re.findall(r'"(\w+\.py)", \(', Path(__file__).read_text(encoding="utf-8"))) | {"remote.py"}
    assert {path.name for path in EXAMPLES.glob("*.py")} == tried


def test_the_example_of_a_remote_daemon_says_what_is_wrong_before_it_sends_a_token(
    pair: Lockstep, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("x\n")
    done = run_example("remote.py", ["trader:50051", f"{tmp_path}/token", f"{tmp_path}/no.cert"], pair)
    assert done.returncode == 1
    assert "no.cert can't be read" in done.stderr


def run_example(example: str, words: Sequence[str], pair: Lockstep) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "FLUXHERO_ADDRESS": f"unix:{pair.installation.runtime}/fluxherod.sock",
        "HOME": "/nowhere",
    }
    command = [sys.executable, EXAMPLES / example, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_everything_that_changes_something_works(pair: Lockstep, tmp_path: Path) -> None:
    pair.settle()
    here = place(TRANSPORTS[0], pair.daemon, tmp_path)
    titles = list(SECTIONS)
    changing = lines("Unix socket", *titles[titles.index("Trade") :])
    outcomes = here.run("grpcurl", changing)
    quiet = ("new()", "ORDER=")
    assert [one for one in failed(outcomes) if not (one[0].startswith(quiet) and not one[1])] == []
    said = dict((recipe, text) for recipe, _, text in outcomes)
    assert "nothing is latched" in next(text for recipe, text in said.items() if "ResetBreaker" in recipe)
    assert "ended with 67" in next(text for recipe, text in said.items() if "-format-error" in recipe)
    pair.settle()
    status = pair.daemon.status()
    assert sorted(status.symbols) == sorted(SYMBOLS)
