"""Which role each RPC asks for. The table is the contract: the option `required_role` of each RPC in the protos."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from fluxhero.v1 import access_pb2
from fluxherod.errors import FluxHeroError


class Role(IntEnum):
    """What a caller may do; each role may do all that the roles below it may."""

    NONE = access_pb2.ROLE_UNSPECIFIED
    READ = access_pb2.ROLE_READ
    TRADE = access_pb2.ROLE_TRADE
    ADMIN = access_pb2.ROLE_ADMIN

    def __str__(self) -> str:
        return self.name.lower()


class NoRole(FluxHeroError):
    """An RPC of which nobody has said who may call it: a daemon that has one does not start."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The least role that an RPC asks for, and whether it changes something (then its request has a `request_id`)."""

    role: Role
    changes: bool


# The standard services, whose protos are not ours. Whoever asks for health may have no token.
_STANDARD = {
    "grpc.health.v1.Health": Role.NONE,
    "grpc.reflection.v1alpha.ServerReflection": Role.READ,
}


def rule_of(method: str) -> Rule:
    """The rule of `/package.Service/Method`.

    Raises:
        NoRole: when it has none.
    """
    service, _, name = method.removeprefix("/").partition("/")
    if service in _STANDARD:
        return Rule(_STANDARD[service], changes=False)
    try:
        return rule_by(descriptor_pool.Default().FindMethodByName(f"{service}.{name}"))
    except KeyError:
        raise NoRole(f"{method} is in no .proto file, so nothing says who may call it") from None


def rule_by(method: MethodDescriptor) -> Rule:
    """The rule that a method's own options give it.

    Raises:
        NoRole: when they give it none.
    """
    options: Any = method.GetOptions()  # the stubs know no extension
    role = options.Extensions[access_pb2.required_role]
    if role not in (Role.READ, Role.TRADE, Role.ADMIN):
        raise NoRole(f"{method.full_name} has no option (required_role) in its .proto file: nobody may call it")
    return Rule(Role(role), changes="request_id" in method.input_type.fields_by_name)
