"""A service for tests, beside the daemon's own and behind the same door, and its messages."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import grpc
import grpc_tools
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from grpc_tools import protoc

FOLDER = Path(__file__).parent
STANDARD = Path(grpc_tools.__file__).with_name("_proto")
INCLUDED = [f"-I{folder}" for folder in (FOLDER, FOLDER.parents[1] / "protos", STANDARD)]
SERVICE = "fluxherotest.v1.ProbeService"
FAILURE = "nein: größer als 5 %"


@cache
def messages() -> Any:
    """The generated module of probe.proto."""
    with tempfile.TemporaryDirectory() as folder:
        assert protoc.main(["protoc", *INCLUDED, f"--python_out={folder}", "probe.proto"]) == 0
        spec = importlib.util.spec_from_file_location("probe_pb2", Path(folder, "probe_pb2.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["probe_pb2"] = module
        spec.loader.exec_module(module)
    return module


class Probe:
    """The service; `cancelled` and `running` count its handlers."""

    def __init__(self) -> None:
        self.cancelled = self.running = self.written = 0

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.running += 1
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        finally:
            self.running -= 1

    async def echo(self, request: Any, context: Any) -> Any:
        pairs = list(context.invocation_metadata())
        await context.send_initial_metadata((("x-initial", "first"), ("x-initial-bin", b"\x00\xff\x01")))
        context.set_trailing_metadata((("x-trailing", "last"), ("x-trailing-bin", b"\x02\xfe")))
        told = [f"{key}={value.hex() if isinstance(value, bytes) else value}" for key, value in pairs]
        return messages().EchoResponse(text=request.text, metadata=told, peer=context.peer())

    async def count(self, request: Any, context: Any) -> AsyncIterator[Any]:
        with self._counted():
            number = 0
            while request.count < 0 or number < request.count:
                if request.fail_after and number == request.fail_after:
                    await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "enough")
                number += 1
                self.written = number
                yield messages().CountResponse(number=number, padding=bytes(request.padding))
                if request.interval_ms:
                    await asyncio.sleep(request.interval_ms / 1000)

    async def fail(self, request: Any, context: Any) -> Any:
        details = [
            error_details_pb2.ErrorInfo(reason="PROBE", domain="test", metadata={"limit": "5"}),
            error_details_pb2.BadRequest(
                field_violations=[error_details_pb2.BadRequest.FieldViolation(field="size", description="größer")]
            ),
        ]
        status = status_pb2.Status(code=3, message=FAILURE)
        for detail in details:
            packed = AnyMessage()
            packed.Pack(detail)
            status.details.append(packed)
        await context.abort_with_status(rpc_status.to_status(status))

    async def hang(self, request: Any, context: Any) -> Any:
        with self._counted():
            await asyncio.get_running_loop().create_future()

    async def ended(self, request: Any, context: Any) -> Any:
        return messages().EndedResponse(cancelled=self.cancelled, running=self.running)

    def handlers(self) -> Mapping[str, Any]:
        """By the names of the methods, as generated code would register them."""
        made = {}
        for method in messages().DESCRIPTOR.services_by_name["ProbeService"].methods:
            kind = (
                grpc.unary_stream_rpc_method_handler if method.server_streaming else grpc.unary_unary_rpc_method_handler
            )
            request = getattr(messages(), method.input_type.name)
            behaviour = getattr(self, method.name.lower())
            made[method.name] = kind(behaviour, request.FromString, lambda answer: answer.SerializeToString())
        return made
