"""Messages for scripts: JSON with the field names of the protos, or CSV with a column for each figure."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message


def one(message: Message) -> str:
    """One message as a document."""
    return json.dumps(_dictionary(message), indent=2, ensure_ascii=False)


def many(messages: Iterable[Message]) -> str:
    """A list as one array."""
    return json.dumps([_dictionary(message) for message in messages], indent=2, ensure_ascii=False)


def line(message: Message) -> str:
    """One message of a stream, on one line."""
    return json.dumps(_dictionary(message), ensure_ascii=False)


def descriptor(name: str) -> Descriptor:
    """The type of a message of the API whose module is imported."""
    from google.protobuf import descriptor_pool

    found: Descriptor = descriptor_pool.Default().FindMessageTypeByName(f"fluxhero.v1.{name}")
    return found


def csv(messages: Iterable[Message], kind: Descriptor, header: bool = True) -> str:
    """A line a message, the same columns whatever is set; messages in messages have dotted names, lists are JSON."""
    import csv as writing

    columns = list(_columns(kind))
    out = io.StringIO()
    writer = writing.writer(out, lineterminator="\n")
    if header:
        writer.writerow(columns)
    for message in messages:
        values = _dictionary(message)
        writer.writerow([_cell(values, column.split(".")) for column in columns])
    return out.getvalue().removesuffix("\n")


def _columns(kind: Any, prefix: str = "") -> Iterator[str]:
    for field in kind.fields:
        inner = field.message_type
        single = inner is not None and not field.is_repeated
        if single and not inner.full_name.startswith("google.protobuf."):
            yield from _columns(inner, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


def _cell(values: Any, path: list[str]) -> str:
    for name in path:
        if not isinstance(values, dict) or name not in values:
            return ""
        values = values[name]
    if isinstance(values, bool):
        return "true" if values else "false"
    return json.dumps(values, ensure_ascii=False) if isinstance(values, dict | list) else str(values)


def _dictionary(message: Message) -> Any:
    # Zeros and empty texts are printed too: a script must not have to know what protobuf leaves out.
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
