"""The SDK of FluxHero: `async with connect() as client: await client.positions.list()`.

Every call answers with the API's own protobuf messages (`fluxhero.v1`); every failure is a `FluxHeroError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxhero_client.access import Access
    from fluxhero_client.address import Address, discover
    from fluxhero_client.client import Client, connect
    from fluxhero_client.errors import (
        AccessDenied,
        DaemonFault,
        DeadlineExceeded,
        FieldViolation,
        FluxHeroError,
        InvalidRequest,
        LimitExceeded,
        Misconfigured,
        NotFound,
        Refused,
        Unavailable,
        Unsupported,
    )
    from fluxhero_client.follow import Follow
    from fluxhero_client.services.orders import OrderTicket

_HOMES = {
    "Access": "access",
    "Address": "address",
    "Client": "client",
    "Follow": "follow",
    "OrderTicket": "services.orders",
    "connect": "client",
    "discover": "address",
}

__all__ = [
    "Access",
    "AccessDenied",
    "Address",
    "Client",
    "DaemonFault",
    "DeadlineExceeded",
    "FieldViolation",
    "FluxHeroError",
    "Follow",
    "InvalidRequest",
    "LimitExceeded",
    "Misconfigured",
    "NotFound",
    "OrderTicket",
    "Refused",
    "Unavailable",
    "Unsupported",
    "connect",
    "discover",
]


def __getattr__(name: str) -> object:
    # `fluxhero --help` passes through here and must not pay for gRPC.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
