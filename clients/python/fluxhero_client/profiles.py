"""Profiles: the daemons that a person talks to, each under a name, in `$XDG_CONFIG_HOME/fluxhero/profiles.toml`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from fluxhero_client.errors import Misconfigured

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a daemon is, and what opens it. Paths are those of files; "" leaves a value to the environment.

    `ca` is a PEM file with the certificate that the daemon's is signed by (its own, when it made one by itself), or
    "system" for those that this machine trusts.
    """

    address: str = ""
    token_file: str = ""
    ca: str = ""
    client_cert: str = ""
    client_key: str = ""


_KEYS = tuple(field.name for field in fields(Profile))


def profiles_file(environment: Mapping[str, str]) -> str:
    """Where the profiles are kept, whether or not there are any."""
    folder = environment.get("XDG_CONFIG_HOME", "")
    # The XDG specification: a relative path is invalid and must be ignored.
    if not os.path.isabs(folder):
        folder = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".config")
    return os.path.join(folder, "fluxhero", "profiles.toml")


def load(path: str) -> dict[str, Profile]:
    """All profiles by name; none when there is no file.

    Raises:
        Misconfigured: when the file can't be read or is not one of profiles.
    """
    import tomllib

    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Misconfigured.of(f"the profiles in {path} can't be read: {error.strerror}") from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise Misconfigured.of(f"the profiles in {path} are no TOML: {error}") from None
    return {name: _profile(name, values, path) for name, values in table.items()}


def find(name: str, environment: Mapping[str, str]) -> Profile:
    """The profile of a name.

    Raises:
        Misconfigured: when there is none.
    """
    path = profiles_file(environment)
    known = load(path)
    if name not in known:
        names = ", ".join(known) or "none"
        how = f"fluxhero profile add {name} --address ADDRESS"
        raise Misconfigured.of(f"there is no profile {name} in {path} (there: {names}); make it with: {how}")
    return known[name]


def store(path: str, profiles: Mapping[str, Profile]) -> None:
    """Replace the file; a crash leaves the old one or the new one.

    Raises:
        Misconfigured: when a name can't be one, or the file can't be written.
    """
    for name in profiles:
        if not _NAME.fullmatch(name):
            raise Misconfigured.of(f"{name!r} is no name of a profile: 1 to 64 letters, digits, - and _")
    draft = f"{path}.{os.getpid()}.draft"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(_section(name, profile) for name, profile in profiles.items()))
        os.replace(draft, path)
    except OSError as error:
        raise Misconfigured.of(f"the profiles in {path} can't be written: {error.strerror}") from None


def _profile(name: str, values: object, path: str) -> Profile:
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise Misconfigured.of(f"profile {name} in {path}: a table of texts is wanted, with {', '.join(_KEYS)}")
    if unknown := [key for key in values if key not in _KEYS]:
        raise Misconfigured.of(f"profile {name} in {path}: there is no {unknown[0]}; known are {', '.join(_KEYS)}")
    return Profile(**values)


def _section(name: str, profile: Profile) -> str:
    # JSON's texts are TOML's, too, as long as nothing beyond ASCII is escaped.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(profile).items() if value]
    return "\n".join([f"[{name}]", *lines, ""])
