"""What a terminal may do."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """As `fluxhero.v1.Role`: each may do what those below it may."""

    READ = 1
    TRADE = 2
    ADMIN = 3
