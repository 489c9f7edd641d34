"""Write the reference of the API: `python docs/api_reference.py` makes `docs/api/*.md` from the protos."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc

from fluxhero_client.cli.catalog import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/api"
PACKAGE = ".fluxhero.v1."
_SERVICE, _MESSAGE, _ENUM, _INNER, _SYNTAX = 6, 4, 5, 2, 12
_SCALARS = {number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()}
_TITLES = {"errors": "Errors", "common": "What all services share", "access": "Roles"}
_REASON = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


class File:
    """A proto file: what it declares, each with its comment."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self.file = file
        self.name = Path(file.name).stem
        self._comments = {
            tuple(location.path): location.leading_comments.strip()
            for location in file.source_code_info.location
            if location.leading_comments
        }

    def comment(self, *path: int) -> str:
        """What stands above a declaration, its paragraphs kept."""
        return _paragraphs(self._comments.get(path, ""))

    @property
    def head(self) -> str:
        """What stands above all."""
        return self.comment(_SYNTAX)


def load() -> list[File]:
    """The proto files with their comments, in alphabetical order."""
    protos = sorted((ROOT / "protos/fluxhero/v1").glob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "api.binpb"
        include = Path(protoc.__file__).parent / "_proto"
        arguments = ["", f"-I{ROOT / 'protos'}", f"-I{include}", "--include_source_info", f"--descriptor_set_out={out}"]
        if protoc.main([*arguments, *map(str, protos)]):
            raise SystemExit("the protos can't be compiled")
        _role_option()  # before anything is parsed, or the option would be an unknown field
        files = FileDescriptorSet.FromString(out.read_bytes()).file
        return [File(file) for file in sorted(files, key=lambda file: str(file.name))]


def pages() -> dict[str, str]:
    """Every page by its file name."""
    files = load()
    homes = {declared.name: file.name for file in files for declared in (*file.file.message_type, *file.file.enum_type)}
    reasons = {
        value.name.removeprefix("ERROR_REASON_")
        for file in files
        for enum in file.file.enum_type
        for value in enum.value
        if enum.name == "ErrorReason"
    }
    made = {f"{file.name}.md": Page(file, homes, reasons).text() for file in files}
    return {"README.md": _index(files), **made}


class Page:
    """One file's page."""

    def __init__(self, file: File, homes: dict[str, str], reasons: set[str]) -> None:
        self._file = file
        self._homes = homes
        self._reasons = reasons
        self._shown: set[str] = set()

    def text(self) -> str:
        """The page."""
        lines = [f"# {self._title()}", "", _GENERATED, ""]
        if self._file.head:
            lines += [self._linked(self._file.head), ""]
        for index, service in enumerate(self._file.file.service):
            lines += self._service(index, service)
        lines += self._messages()
        for index, enum in enumerate(self._file.file.enum_type):
            lines += self._enum(index, enum)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"

    def _title(self) -> str:
        services = self._file.file.service
        return services[0].name if services else _TITLES.get(self._file.name, f"{self._file.name}.proto")

    def _service(self, index: int, service: Any) -> Iterator[str]:
        yield from (
            self._linked(self._file.comment(_SERVICE, index)),
            "",
            "| RPC | role | command | |",
            "|---|---|---|---|",
        )
        for number, method in enumerate(service.method):
            first = self._file.comment(_SERVICE, index, _INNER, number).split(". ")[0].removesuffix(".")
            what = _cell(f"{'stream: ' if method.server_streaming else ''}{first}")
            link = f"[{method.name}](#{method.name.lower()})"
            yield f"| {link} | {_role(method) or '-'} | {_command(service, method)} | {what} |"
        for number, method in enumerate(service.method):
            yield from self._rpc(service, method, self._file.comment(_SERVICE, index, _INNER, number))
        yield ""

    def _rpc(self, service: Any, method: Any, comment: str) -> Iterator[str]:
        stream = "stream " if method.server_streaming else ""
        request, response = (_short(name) for name in (method.input_type, method.output_type))
        yield from ("", f"## {method.name}", "", self._linked(comment), "")
        yield f"`rpc {service.name}/{method.name}({request}) returns ({stream}{response})`"
        said = [
            f"Needs the role `{role}`" if (role := _role(method)) else "",
            f"Command line: {_command(service, method)}",
        ]
        yield from ("", ". ".join(filter(None, said)) + ".", "")
        for title, name in (("Request", request), ("Each message" if stream else "Response", response)):
            yield from self._fields(name, f"**{title}**")

    def _fields(self, name: str, title: str) -> Iterator[str]:
        self._shown.add(name)
        index, message = next(
            (number, one) for number, one in enumerate(self._file.file.message_type) if one.name == name
        )
        if not message.field:
            yield from (f"{title}: empty.", "")
            return
        yield from (
            f"{title}: {self._linked(self._file.comment(_MESSAGE, index))}",
            "",
            "| field | type | |",
            "|---|---|---|",
        )
        for number, field in enumerate(message.field):
            comment = self._file.comment(_MESSAGE, index, _INNER, number)
            yield f"| `{field.name}` | {self._type(field, message)} | {_cell(self._linked(comment))} |"
        yield ""

    def _messages(self) -> Iterator[str]:
        for index, message in enumerate(self._file.file.message_type):
            if message.name not in self._shown:
                yield from ("", f"## {message.name}", "", self._linked(self._file.comment(_MESSAGE, index)), "")
                yield from list(self._fields(message.name, ""))[2:]

    def _enum(self, index: int, enum: Any) -> Iterator[str]:
        yield from ("", f"## {enum.name}", "", self._linked(self._file.comment(_ENUM, index)), "")
        yield from ("| value | number | |", "|---|---|---|")
        for number, value in enumerate(enum.value):
            comment = _cell(self._linked(self._file.comment(_ENUM, index, _INNER, number)))
            yield f"| `{value.name}` | {value.number} | {comment} |"
        yield ""

    def _type(self, field: Any, message: Any) -> str:
        entry = next((one for one in message.nested_type if one.name == _short(field.type_name)), None)
        if entry is not None and entry.options.map_entry:
            key, value = (self._one(one) for one in entry.field)
            return f"map of {key} to {value}"
        repeated = "repeated " if field.label == FieldDescriptorProto.LABEL_REPEATED else ""
        return ("optional " if field.proto3_optional else repeated) + self._one(field)

    def _one(self, field: Any) -> str:
        if not field.type_name:
            return _SCALARS[field.type]
        name = _short(field.type_name)
        if name not in self._homes:
            return field.type_name.removeprefix(".google.protobuf.")
        home = self._homes[name]
        return f"[{name}]({'' if home == self._file.name else f'{home}.md'}#{name.lower()})"

    def _linked(self, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            return f"[{found[0]}](errors.md#errorreason)" if found[0] in self._reasons else found[0]

        return text if self._file.name == "errors" else _REASON.sub(link, text)


_GENERATED = "Generated from the protos by `docs/api_reference.py`; a test keeps it true. [All services](README.md)."


def _index(files: list[File]) -> str:
    lines = [
        "# The API",
        "",
        "Generated from `protos/fluxhero/v1` by `docs/api_reference.py`; a test keeps it true. How to call it from a",
        "shell is in the [cookbook](../cookbook.md), from Python in the [examples](../examples).",
        "",
        "| service | |",
        "|---|---|",
    ]
    for file in files:
        for index, service in enumerate(file.file.service):
            lines.append(f"| [{service.name}]({file.name}.md) | {_cell(file.comment(_SERVICE, index))} |")
    lines += ["", "Beside them: [errors](errors.md), [what all share](common.md)"]
    lines[-1] += ", [roles](access.md)." if any(file.name == "access" for file in files) else "."
    lines += ["The standard `grpc.health.v1.Health` and server reflection are served, too.", "", "## Conventions", ""]
    lines.append(next(file.head for file in files if file.name == "common"))
    return "\n".join(lines).rstrip() + "\n"


def _role_option() -> Any:
    try:
        return import_module("fluxhero.v1.access_pb2").required_role
    except ImportError:
        return None


def _role(method: Any) -> str:
    """The least role that may call it, where the protos say so."""
    option = _role_option()
    if option is None or not method.options.HasExtension(option):
        return ""
    values = import_module("fluxhero.v1.access_pb2").Role
    return str(values.Name(method.options.Extensions[option])).removeprefix("ROLE_").lower()


def _command(service: Any, method: Any) -> str:
    rpc = f"{service.name}/{method.name}"
    name = next((name for name, command in COMMANDS.items() if rpc in command.rpcs), "")
    return f"`fluxhero {name}`" if name else "-"


def _short(type_name: str) -> str:
    return type_name.rsplit(".", 1)[-1]


def _paragraphs(comment: str) -> str:
    """The lines of a comment joined, its empty lines kept."""
    parts = re.split(r"\n\s*\n", comment)
    return "\n\n".join(" ".join(line.strip() for line in part.splitlines()) for part in parts)


def _cell(text: str) -> str:
    return text.replace("\n\n", " ").replace("|", "\\|")


def main() -> None:
    """Write the pages, and take away those of files that are gone."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
