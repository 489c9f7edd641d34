"""docs/access.md says what the protos and the configuration say."""

import re
from pathlib import Path

import pytest
from google.protobuf.descriptor_pool import Default

from fluxherod.configuration.grpc_section import GrpcConfig
from fluxherod.rpc.roles import Role, rule_by
from fluxherod.rpc.server import SERVICE_NAMES


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs/access.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", [Role.TRADE, Role.ADMIN])
def test_the_page_names_each_rpc_of_a_role(page: str, role: Role) -> None:
    [row] = re.findall(rf"^\| {role} \|(.*)\|$", page, re.MULTILINE)
    methods = [method for name in SERVICE_NAMES for method in Default().FindServiceByName(name).methods]
    assert set(re.findall(r"`(\w+)`", row)) == {method.name for method in methods if rule_by(method).role is role}


def test_the_page_names_each_limit_with_its_default(page: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d+)( MiB)?(?: s)? \|$", page, re.MULTILINE)
    found = {name: int(number) * (2**20 if unit else 1) for name, number, unit in rows}
    assert found == {name: getattr(GrpcConfig(), name) for name in found}
    limits = {name for name, field in GrpcConfig.model_fields.items() if field.annotation in (int, float)}
    assert found.keys() == limits
