"""How long `fluxhero status` takes beside `python -c "import grpc"` and one call: at most half as much again."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from fluxhero.v1 import system_pb2

ALLOWED = 1.5
# What nobody can do without: the interpreter, gRPC, a channel, one call whose answer is not even looked at.
FLOOR = """
import grpc, sys
with grpc.insecure_channel(sys.argv[1]) as channel:
    channel.unary_unary("/fluxhero.v1.SystemService/GetStatus")(b"", timeout=10)
"""


# What pip writes into `bin/fluxhero`.
ENTRY = "import sys; from fluxhero_client.cli.__main__ import main; sys.exit(main())"


class Status(grpc.GenericRpcHandler):
    """Answers every call with a status."""

    def service(self, details: Any) -> Any:
        status = system_pb2.Status(version="1", symbols=["SPY"], feeds=[system_pb2.Feed(name="market", up=True)])
        answer = system_pb2.GetStatusResponse(status=status).SerializeToString()
        return grpc.unary_unary_rpc_method_handler(lambda request, context: answer)


def seconds(command: list[str]) -> float:
    """Wall time of a process from its start to its end."""
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": "/nowhere"}
    began = time.perf_counter()
    subprocess.run(command, check=True, env=variables, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> int:
    """Measure in turns, so that both see the same noise; the medians, and whether their ratio is allowed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=25)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        target = f"unix:{folder}/fluxherod.sock"
        server = grpc.server(ThreadPoolExecutor(2), handlers=[Status()])
        server.add_insecure_port(target)
        server.start()
        floor = [sys.executable, "-c", FLOOR, target]
        status = [sys.executable, "-c", ENTRY, "--address", target, "status"]
        for command in (floor, status):  # the first run compiles bytecode
            seconds(command)
        pairs = [(seconds(floor), seconds(status)) for _ in range(runs)]
        server.stop(None)
    floor_s, status_s = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / least for least, mine in pairs)
    print(f"import grpc and one call: {1000 * floor_s:.0f} ms; fluxhero status: {1000 * status_s:.0f} ms")
    print(f"ratio {ratio:.2f} (allowed: {ALLOWED}), median of {runs} pairs")
    return 0 if ratio <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
