"""The key pair of one Alpaca account."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret; the secret never shows in a repr, so never in a log or a traceback."""

    key: str
    secret: str = field(repr=False)

    def headers(self) -> dict[str, str]:
        """The REST headers that carry them."""
        return {"APCA-API-KEY-ID": self.key, "APCA-API-SECRET-KEY": self.secret}
