"""A failed call in one sentence."""

from __future__ import annotations

from fluxhero_client.errors import FluxHeroError


def said(error: FluxHeroError) -> str:
    """What the daemon said, and of which fields, nothing twice."""
    fields = [f"{one.field}: {one.text}" for one in error.violations]
    return "; ".join([error.text, *(one for one in fields if one not in error.text)])
