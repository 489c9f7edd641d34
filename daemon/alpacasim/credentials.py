"""The one key pair that the simulator accepts."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

KEY_HEADER = "apca-api-key-id"
SECRET_HEADER = "apca-api-secret-key"
AUTHORIZATION_HEADER = "authorization"


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
        return self.accept(headers.get(KEY_HEADER), headers.get(SECRET_HEADER)) or self._accept_basic(headers)

    def _accept_basic(self, headers: Mapping[str, str]) -> bool:
        """The pair as `Authorization: Basic`, the other form that the market-data API takes."""
        scheme, _, encoded = headers.get(AUTHORIZATION_HEADER, "").partition(" ")
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme == "Basic" and self.accept(key, secret)


def has_credentials(headers: Mapping[str, str]) -> bool:
    """Does a request carry credentials at all, right or wrong."""
    return AUTHORIZATION_HEADER in headers or (KEY_HEADER in headers and SECRET_HEADER in headers)


DEFAULT_CREDENTIALS = Credentials("PKDEMO", "demo-secret")
