from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf.descriptor import FileDescriptor


@pytest.fixture(scope="session")
def protos() -> Path:
    return Path(__file__).resolve().parents[2] / "protos"


@pytest.fixture(scope="session")
def files(protos: Path) -> list[FileDescriptor]:
    """The descriptors of all .proto files."""
    names = sorted(path.stem for path in (protos / "fluxhero/v1").glob("*.proto"))
    return [import_module(f"fluxhero.v1.{name}_pb2").DESCRIPTOR for name in names]
