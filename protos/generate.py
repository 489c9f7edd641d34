"""Generates the Python code of the API: `python protos/generate.py [FOLDER]` (default: beside the .proto files)."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

PROTOS = Path(__file__).resolve().parent


def generate(into: Path) -> None:
    """Writes `*_pb2.py`, `*_pb2.pyi` and `*_pb2_grpc.py` of every .proto file below `into`.

    Raises:
        SystemExit: when protoc refuses a file; it has said why on stderr.
    """
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("fluxhero/**/*.proto"))
    well_known = files("grpc_tools") / "_proto"
    outputs = [f"--{kind}_out={into}" for kind in ("python", "pyi", "grpc_python")]
    if protoc.main(["protoc", f"-I{PROTOS}", f"-I{well_known}", *outputs, *sources]) != 0:
        raise SystemExit("generate: protoc failed")


if __name__ == "__main__":
    generate(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PROTOS)
