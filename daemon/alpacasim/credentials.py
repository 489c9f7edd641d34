"""The one key pair that the simulator accepts."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

KEY_HEADER = "apca-api-key-id"
SECRET_HEADER = "apca-api-secret-key"


@dataclass(frozen=True, slots=True)
class Credentials:
    key: str
    secret: str

    def accept(self, key: object, secret: object) -> bool:
        """Is this the pair."""
        if not isinstance(key, str) or not isinstance(secret, str):
            return False
        same_key = hmac.compare_digest(key.encode(), self.key.encode())
        return hmac.compare_digest(secret.encode(), self.secret.encode()) and same_key

    def accept_headers(self, headers: Mapping[str, str]) -> bool:
        return self.accept(headers.get(KEY_HEADER), headers.get(SECRET_HEADER))


DEFAULT_CREDENTIALS = Credentials("PKDEMO", "demo-secret")
