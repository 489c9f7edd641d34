"""Reading the configuration: defaults < file < environment < flags, and every problem of all of them at once."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from fluxherod.configuration.config import SECRET_KEYS, Config, Contradiction, Origin, mode_defaults, value_of
from fluxherod.configuration.directories import Directories, find_directories
from fluxherod.configuration.values import Section
from fluxherod.errors import ConfigurationError
from fluxherod.unshown import HIDDEN, could_be_secret

PREFIX = "FLUXHERO_"
SECRET_REMEDY = (
    "credentials never stand in the configuration; name files that hold them by FLUXHERO_ALPACA_KEY_FILE and "
    "FLUXHERO_ALPACA_SECRET_FILE, or use systemd's LoadCredential= (alpaca.key, alpaca.secret)"
)
_SECRET = re.compile(r"secret|key|token|password|credential")
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?")
_NEXT_URL = re.compile(r",\s*(?=[A-Za-z][\w+.-]*://)")
_KEY = re.compile(r"[\w.-]{1,80}")
_INTEGER = re.compile(r"[+-]?\d{1,30}")


@dataclass(frozen=True, slots=True)
class Flag:
    """A value of the command line: its dotted key, its text, and the option that gave it."""

    key: str
    text: str
    option: str = "--set"


@dataclass(frozen=True, slots=True)
class _Given:
    key: str
    value: Any
    origin: Origin


def _leaves(section: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from _leaves(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


KEYS: Mapping[str, FieldInfo] = dict(_leaves(Config))
SECTIONS = {key.rsplit(".", 1)[0] for key in KEYS}


def load_config(file: Path | None, environment: Mapping[str, str], flags: Sequence[Flag] = ()) -> Config:
    """The configuration of all layers; without `file` the one in the configuration folder, if there is one.

    Raises:
        ConfigurationError: with every problem of every layer.
    """
    directories = find_directories(environment)
    problems: list[str] = []
    given = [*_from_file(file, directories, problems), *_from_environment(environment, problems)]
    given += [_Given(flag.key, flag.text, Origin("flag", flag.option)) for flag in flags]
    known = [one for one in given if one.key in KEYS and not _leaves_default(one)]
    problems += [_unknown(one) for one in given if one.key not in KEYS]
    values = {one.key: one for one in [*_defaults(known, directories), *known]}
    checked = _check(values)
    if isinstance(checked, Config) and not problems:
        checked._origins = {key: values[key].origin for key in KEYS}
        checked._again = partial(load_config, file, dict(environment), tuple(flags))
        return checked
    raise ConfigurationError(problems if isinstance(checked, Config) else [*problems, *checked])


def render(config: Config) -> str:
    """Each key with its value and its origin: TOML, one key a line."""
    lines = [
        (f"{key} = {_shown(key, value_of(config, key))}", config.origins.get(key, Origin("default"))) for key in KEYS
    ]
    width = max(len(line) for line, _ in lines if len(line) <= 60)
    return "\n".join(f"{line:<{width}}  # {origin}" for line, origin in lines)


def _shown(key: str, value: object) -> str:
    """A value as people may see it: of a secret only whether it is set."""
    hidden = key in SECRET_KEYS or (key.endswith("_url") and could_be_secret(value))
    return toml("***") if hidden and value else toml(value)


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False)


def _from_file(file: Path | None, directories: Directories, problems: list[str]) -> Iterator[_Given]:
    path = file or directories.configuration_file
    if file is None and not path.is_file():
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        problems.append(f"configuration file {path}: {error.strerror}; name one with --config FILE")
    except ValueError as error:  # not UTF-8, or not TOML
        problems.append(f"configuration file {path}: {error}; allowed is TOML, in UTF-8")
    else:
        origin = Origin("file", str(path))
        yield from (_Given(key, value, origin) for key, value in _flat(table))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and (value or key in SECTIONS):
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> Iterator[_Given]:
    written = {_variable(key).replace("__", "_"): _variable(key) for key in KEYS}
    for name in sorted(environment):
        if name.startswith(PREFIX) and "__" in name:
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            yield _Given(key, environment[name], Origin("environment", name))
        elif name in written:
            problems.append(f"{name} (environment): is not read; did you mean {written[name]}?")


def _leaves_default(one: _Given) -> bool:
    """An empty path means the default."""
    return one.value == "" and KEYS[one.key].annotation is Path


def _variable(key: str) -> str:
    return PREFIX + key.upper().replace(".", "__")


def _defaults(given: Iterable[_Given], directories: Directories) -> Iterator[_Given]:
    chosen = {one.key: str(one.value) for one in given}
    mode, feed = chosen.get("daemon.mode", "paper"), chosen.get("alpaca.feed", "iex")
    here = {
        "storage.state_dir": directories.state,
        "storage.cache_dir": directories.cache,
        "grpc.unix_socket": directories.unix_socket,
    }
    by_mode = mode_defaults(mode, feed)
    for key, field in KEYS.items():
        if key in by_mode:
            yield _Given(key, by_mode[key], Origin("default", f"of {mode} mode"))
        else:
            yield _Given(key, here.get(key, field.default), Origin("default"))


def _check(values: Mapping[str, _Given]) -> Config | list[str]:
    """The configuration, or what is wrong with each key that is."""
    try:
        return Config.model_validate(_nested(values))
    except ValidationError as error:
        wrong = dict(_refusals(error))
    problems = [_sentence(values[key], allowed) for key, allowed in wrong.items() if key in KEYS]
    try:
        Config.model_validate(_nested({key: one for key, one in values.items() if key not in wrong}))
    except ValidationError as error:
        together = [problem for details in error.errors() for problem in _contradictions(details)]
        founded = [(key, allowed) for key, allowed, other in together if not {key, other} & wrong.keys()]
        problems += [_sentence(values[key], allowed) for key, allowed in founded]
    return problems


def _nested(values: Mapping[str, _Given]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for key, one in values.items():
        *path, name = key.split(".")
        table = root
        for section in path:
            table = table.setdefault(section, {})
        table[name] = _typed(KEYS[key].annotation, one.value)
    return root


def _typed(annotation: Any, value: Any) -> Any:
    """A value in the type of its key where it has that form; else as it is, to be refused."""
    if get_origin(annotation) is tuple:
        if isinstance(value, str):
            value = _items(value)
        return tuple(value) if isinstance(value, list) else value
    if annotation is bool and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    if annotation is int and isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if annotation in (float, Decimal) and not isinstance(value, bool):
        return _number(annotation, value)
    return value


def _items(text: str) -> list[str]:
    """The items of a list that commas separate. URLs may hold commas: there only one before the next URL separates."""
    parts = _NEXT_URL.split(text) if "://" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _number(annotation: type[float] | type[Decimal], value: Any) -> Any:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return value
    return annotation(value) if isinstance(value, str | int | Decimal) else value


def _refusals(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each refused key with what is allowed."""
    for details in error.errors():
        location = ".".join(str(part) for part in details["loc"])
        key = next((key for key in KEYS if location == key or location.startswith(f"{key}.")), "")
        cause = details.get("ctx", {}).get("error")
        yield key, str(cause) if cause is not None and key else allowed_values(key)


def _contradictions(details: Any) -> Sequence[tuple[str, str, str]]:
    cause = details.get("ctx", {}).get("error")
    return cause.problems if isinstance(cause, Contradiction) else ()


def allowed_values(key: str) -> str:
    """What a key may be, in words."""
    if key not in KEYS:
        return "what the other keys allow"
    annotation: Any = KEYS[key].annotation
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(map(str, get_args(annotation)))}"
    limits = {type(limit).__name__: limit for limit in KEYS[key].metadata}
    between = f" from {limits['Ge'].ge} to {limits['Le'].le}" if {"Ge", "Le"} <= limits.keys() else ""
    if annotation is Decimal:
        return f"a share{between} in steps of 0.0001 (0.01 is 1 %)"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}
    return names.get(annotation, "a list of texts in quotes") + between


def _sentence(one: _Given, allowed: str) -> str:
    hidden = one.key in SECRET_KEYS or could_be_secret(one.value)
    value = toml(HIDDEN) if hidden else toml(one.value)
    return f"{one.key} = {value} ({one.origin}): allowed is {allowed}"


def _unknown(one: _Given) -> str:
    """Never shows the value: it may be a secret under a wrong name. Nor a key that looks like one."""
    key = one.key if _KEY.fullmatch(one.key) and not could_be_secret(one.key) else toml(HIDDEN)
    where = f"{key} ({one.origin})"
    if one.key in SECTIONS:
        return f"{where}: is a section; write [{one.key}] and its keys below"
    if _SECRET.search(one.key):
        return f"{where}: {SECRET_REMEDY}"
    name = one.key.rsplit(".", 1)[-1]
    elsewhere = [key for key in KEYS if key.rsplit(".", 1)[-1] == name]
    close = elsewhere or difflib.get_close_matches(one.key, KEYS, n=1) or _close_by_name(name)
    return f"{where}: there is no such key" + (f"; did you mean {close[0]}?" if close else "")


def _close_by_name(name: str) -> list[str]:
    names = {key.rsplit(".", 1)[-1]: key for key in KEYS}
    return [names[close] for close in difflib.get_close_matches(name, names, n=1)]
