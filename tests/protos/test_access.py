"""Who may call what, in words of its own: a role that changes in a .proto file must change here, too."""

import pytest
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from fluxhero.v1 import access_pb2, common_pb2
from fluxherod.rpc.roles import NoRole, Role, rule_by, rule_of

TRADE = """
    PlaceOrder CancelOrder CancelAllOrders ReplaceOrder ClosePosition CloseAllPositions Halt Flatten
    EnableSymbol DisableSymbol AcknowledgeAlert RunBacktest RunWalkForward RunSweep CancelBacktest
"""
ADMIN = "Resume ResetBreaker UpdateLimits UpdateParameters AddSymbol RemoveSymbol ReloadConfig"
ROLES = {**dict.fromkeys(TRADE.split(), Role.TRADE), **dict.fromkeys(ADMIN.split(), Role.ADMIN)}


def test_each_rpc_asks_for_the_role_that_it_is_meant_to(files: list[FileDescriptor]) -> None:
    methods = [method for file in files for service in file.services_by_name.values() for method in service.methods]
    assert len(methods) > 50
    for method in methods:
        assert rule_by(method).role is ROLES.get(method.name, Role.READ), method.full_name


def test_whoever_may_only_read_changes_nothing(files: list[FileDescriptor]) -> None:
    for file in files:
        for service in file.services_by_name.values():
            for method in service.methods:
                assert rule_by(method).changes == (rule_by(method).role > Role.READ), method.full_name


def test_health_needs_no_role_and_reflection_needs_to_read() -> None:
    assert rule_of("/grpc.health.v1.Health/Check").role is Role.NONE
    assert rule_of("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo").role is Role.READ


def test_an_rpc_that_no_proto_file_has_may_be_called_by_nobody() -> None:
    for method in ("/fluxhero.v1.OrderService/Destroy", "/fluxhero.v1.NoService/Get", "", "/", "nonsense"):
        with pytest.raises(NoRole, match="nothing says who may call it"):
            rule_of(method)


@pytest.mark.parametrize("role", [None, access_pb2.ROLE_UNSPECIFIED, 77])
def test_an_rpc_without_a_role_may_be_called_by_nobody(role: int | None) -> None:
    file = FileDescriptorProto(name="new.proto", package="fluxhero.v1", syntax="proto3")
    file.message_type.add(name="Empty")
    service = file.service.add(name="NewService")
    method = service.method.add(name="Get", input_type=".fluxhero.v1.Empty", output_type=".fluxhero.v1.Empty")
    if role is not None:
        method.options.Extensions[access_pb2.required_role] = role  # type: ignore[index]
    pool = DescriptorPool()
    pool.Add(file)
    with pytest.raises(NoRole, match=r"NewService\.Get has no option"):
        rule_by(pool.FindMethodByName("fluxhero.v1.NewService.Get"))


def test_the_option_is_in_the_descriptors_that_reflection_serves() -> None:
    assert access_pb2.required_role.containing_type.full_name == "google.protobuf.MethodOptions"
    assert common_pb2.DESCRIPTOR.package == access_pb2.DESCRIPTOR.package
