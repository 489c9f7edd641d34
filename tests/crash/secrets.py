"""What a first start makes for clients: tokens that are in the list, and a certificate with its key."""

from __future__ import annotations

import json
import ssl

from crash.world import World

from fluxherod.rpc.tokens import digest

ROLES = ("read", "trade", "admin")


def check_secrets(world: World) -> None:
    """Every token of the files is valid, there is no other, and certificate and key belong together."""
    folder = world.folder / "state"
    listed = {token["sha256"] for token in json.loads((folder / "tokens.json").read_text())["tokens"]}
    assert listed == {digest((folder / f"{role}.token").read_text().strip()) for role in ROLES}
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(folder / "tls.cert", folder / "tls.key")
