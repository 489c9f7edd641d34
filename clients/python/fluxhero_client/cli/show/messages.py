"""Messages as JSON, with the field names of the protos."""

from __future__ import annotations

import json
from collections.abc import Iterable

from google.protobuf import json_format
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


def _dictionary(message: Message) -> object:
    # Zeros and empty texts are printed too: a script must not have to know what protobuf leaves out.
    return json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
