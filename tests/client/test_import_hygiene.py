"""A client stays cheap: it never imports what it does not need."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import pytest

from fluxhero.v1 import system_pb2

HEAVY = ("alpacasim", "fluxherod", "numba", "numpy", "pandas", "pyarrow", "rich", "textual", "typer")
_RUN = """
import sys
from fluxhero_client.cli.__main__ import main
try:
    code = main({words!r})
except SystemExit as ended:
    code = ended.code
assert code == 0, code
print("IMPORTED", *sorted(sys.modules))
"""


async def imported_by(*words: str) -> set[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _RUN.format(words=list(words))),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return set(out.decode().rpartition("IMPORTED ")[2].split())


async def test_help_imports_neither_grpc_nor_protobuf_nor_anything_heavy() -> None:
    assert (await imported_by("--help")).isdisjoint({*HEAVY, "grpc", "google.protobuf", "asyncio"})


@pytest.mark.parametrize("line", ["completion bash", "profile list"])
async def test_what_needs_no_daemon_imports_no_grpc(line: str) -> None:
    assert (await imported_by(*line.split())).isdisjoint({*HEAVY, "grpc", "google.protobuf", "asyncio"})


async def test_status_imports_only_the_messages_that_it_shows(daemon: Any) -> None:
    daemon.answers["SystemService/GetStatus"] = system_pb2.GetStatusResponse()
    modules = await imported_by("--address", daemon.target, "status")
    assert modules.isdisjoint({*HEAVY, "google.rpc", "google.protobuf.json_format"})
    assert {name for name in modules if name.startswith("fluxhero.v1.")} == {
        "fluxhero.v1.access_pb2",  # the roles, which are options of the RPCs
        "fluxhero.v1.common_pb2",
        "fluxhero.v1.system_pb2",
    }


@pytest.mark.parametrize("name", ["connect", "Client", "discover", "Follow", "OrderTicket", "FluxHeroError", "Refused"])
def test_the_package_offers_its_public_names(name: str) -> None:
    import fluxhero_client

    assert getattr(fluxhero_client, name).__name__ == name
    assert name in fluxhero_client.__all__


def test_the_package_offers_nothing_else() -> None:
    import fluxhero_client

    with pytest.raises(AttributeError, match="nonsense"):
        fluxhero_client.nonsense  # noqa: B018
