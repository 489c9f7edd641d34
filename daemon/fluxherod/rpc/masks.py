"""Changes by a field mask: what it names, by name, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from google.protobuf.message import Message


def changes(message: Message, field: str, paths: Iterable[str], names: Collection[str], wrong: dict[str, str]) -> Any:
    """The named fields of a message with their values; what is wrong with the mask is added to `wrong`.

    Args:
        message: the new values.
        field: the message's own name in the request.
        paths: what the mask names.
        names: what it may name.
    """
    paths = dict.fromkeys(paths)
    if not paths:
        wrong["update_mask"] = f"may not be empty: it names the fields of {field} to set"
    unknown = [path for path in paths if path not in names]
    if unknown:
        example = next(iter(names))
        wrong["update_mask"] = f"fields of {field}, such as {example}; not {', '.join(unknown)[:100]}"
    known = [path for path in paths if path in names]
    wrong |= {f"{field}.{path}": "must be given" for path in known if not message.HasField(path)}
    return {path: getattr(message, path) for path in known if message.HasField(path)}


def reason(text: str, longest: int, wrong: dict[str, str]) -> None:
    """Add to `wrong` what keeps a reason from being recorded."""
    if not text.strip() or len(text) > longest:
        wrong["reason"] = f"1 to {longest} characters: it is recorded"
