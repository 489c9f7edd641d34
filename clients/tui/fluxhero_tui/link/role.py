"""What this terminal may do, so that it offers nothing else."""

from __future__ import annotations

from fluxhero.v1 import risk_pb2
from fluxhero_client import AccessDenied, Client, InvalidRequest
from fluxhero_tui.state.role import Role


async def find_role(client: Client) -> Role:
    """The role that the daemon gives this terminal.

    No RPC says it, so one that only an admin may call is called with nothing in it: it names the role that is too low,
    or says that the request is empty. Nothing is changed either way.

    Raises:
        FluxHeroError: when it can't be found out.
    """
    try:
        await client.risk.update_limits(risk_pb2.RiskLimits(), reason="")
    except InvalidRequest:
        return Role.ADMIN
    except AccessDenied as error:
        return {"trade": Role.TRADE, "admin": Role.ADMIN}.get(error.metadata.get("role", ""), Role.READ)
    return Role.ADMIN
