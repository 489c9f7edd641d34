"""The worlds in which daemons die: one serves many crashes, until one of them fails or its journal is long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash.world import World, Worlds
from system.conftest import _machine_code  # noqa: F401 - compiled before the first start


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    worlds = Worlds(lambda: tmp_path_factory.mktemp("world"))
    yield worlds
    worlds.close()


@pytest.fixture(scope="session")
def unchased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for old databases: nothing is ever chased in it, which their tables could not say."""
    with World(tmp_path_factory.mktemp("unchased")) as world:
        yield world


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which nothing has ever been ordered."""
    with World(tmp_path_factory.mktemp("fresh"), ("grpc.tls=self",)) as world:
        yield world
