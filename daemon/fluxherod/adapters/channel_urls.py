"""What may be said of an Apprise URL, which is a secret: its kind, and its host where that is no secret itself."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Kinds whose host is a machine. Of others it is a part of the secret: Telegram's token, Slack's, a topic of ntfy.sh.
_WITH_HOST = frozenset(
    ["json", "xml", "form", "mailto", "ntfy", "gotify", "matrix", "rocket", "mmost", "apprise", "rsyslog", "mqtt"]
)
_URL = re.compile(r"(?P<kind>[A-Za-z][\w+.-]*)://(?:[^@/?#]*@)?(?P<host>[^@/:?#]*)(?P<rest>.*)", re.DOTALL)
_MACHINE = re.compile(r"localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SHORTEST_SECRET = 6


def label(number: int, url: str) -> str:
    """The channel in a sentence: `channel 2 (mailtos at smtp.example.com)`."""
    kind, host = _shown(url)
    return f"channel {number} ({kind} at {host})" if host else f"channel {number} ({kind})"


def secret_parts(url: str) -> set[str]:
    """The URL and all parts of it that a log might show by themselves, as they stand and decoded."""
    shown = set(_shown(url))
    parts = {part for part in re.split(r"[/:@?&=,;#]+", url) if len(part) >= _SHORTEST_SECRET} - shown
    return {url} | parts | {unquote(part) for part in parts}


def _shown(url: str) -> tuple[str, str]:
    found = _URL.fullmatch(url)
    if found is None:
        return "unknown kind", ""
    kind, host = found["kind"].lower(), found["host"]
    told = kind.removesuffix("s") in _WITH_HOST and _MACHINE.fullmatch(host) and url.partition("?")[0].count("@") <= 1
    return kind, host if told else ""
