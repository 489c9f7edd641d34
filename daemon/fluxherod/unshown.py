"""What may be shown of a text that somebody gave in a wrong place: nothing that could be a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "..."
_URL = re.compile(r"[A-Za-z][\w+.-]*:/{1,2}[^\s\"']*")  # a path that was made of a URL has one slash
# An address of Alpaca's, or of something in its place: a host, and a path of words that are no secret.
_ADDRESS = re.compile(
    r"(https?|wss?)://[A-Za-z0-9.\[\]:-]+(/(stream|v\d(beta\d)?|iex|sip|otc|test|delayed_sip|boats|overnight))*/?"
)
_RUN = re.compile(r"[A-Za-z0-9+_-]{16,}")


def could_be_secret(value: object) -> bool:
    """True for a URL that is more than an address, for what has an "@", and for a long mix of letters and digits."""
    if isinstance(value, list | tuple):
        return any(map(could_be_secret, value))
    text = str(value)
    return isinstance(value, Mapping) or "@" in text or without_secrets(text) != text


def without_secrets(text: str) -> str:
    """A text with each part hidden that could be a secret."""
    text = _URL.sub(lambda found: found[0] if _ADDRESS.fullmatch(found[0]) else HIDDEN, text)
    return _RUN.sub(lambda found: HIDDEN if _is_mixed(found[0]) else found[0], text)


def _is_mixed(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text))
