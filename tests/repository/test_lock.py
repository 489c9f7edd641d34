import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Pins = dict[str, list[Requirement]]
BLOCK = re.compile(r"^(?P<pin>[a-z0-9][^\\\n]*?) \\\n(?P<hashes>(?: +--hash=.*\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    return (root / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pins(lock: str) -> Pins:
    found: Pins = {}
    for block in BLOCK.finditer(lock):
        pin = Requirement(block["pin"])
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, list[Requirement]]:
    """The requirements of pyproject.toml: "" for the base, else by the extra's name."""
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": table["dependencies"], **table["optional-dependencies"]}
    return {extra: [Requirement(line) for line in lines] for extra, lines in groups.items()}


def applies(requirement: Requirement, extras: set[str]) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in extras | {""})


def requirements(name: str) -> Iterator[Requirement]:
    yield from map(Requirement, metadata.requires(name) or [])


def closure(direct: list[Requirement]) -> dict[str, list[Requirement]]:
    """All that the direct requirements need on this machine, as the installed packages say."""
    needed: dict[str, list[Requirement]] = {}
    visited: set[tuple[str, frozenset[str]]] = set()
    queue = [requirement for requirement in direct if applies(requirement, set())]
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        needed.setdefault(name, []).append(requirement)
        if (visit := (name, frozenset(requirement.extras))) not in visited:
            visited.add(visit)
            queue += [inner for inner in requirements(name) if applies(inner, requirement.extras)]
    return needed


def test_each_line_of_the_lock_is_a_pin_with_hashes(lock: str, pins: Pins) -> None:
    rest = re.sub(r"^ +#.*\n", "", BLOCK.sub("", lock), flags=re.MULTILINE)
    assert rest.strip() == ""
    assert all(re.fullmatch(r"==[^*]+", str(pin.specifier)) for versions in pins.values() for pin in versions)
    assert re.findall(r"--hash=(?!sha256:[0-9a-f]{64}\b).*", lock) == []


def test_the_lock_holds_no_address(lock: str) -> None:
    assert re.findall(r".*(?:://|--index|--find-links|--extra-index).*", lock) == []


def test_what_the_service_is_installed_from_is_a_part_of_the_lock(
    root: Path, lock: str, project: dict[str, list[Requirement]]
) -> None:
    def blocks(text: str) -> dict[str, str]:
        return {block["pin"]: block["hashes"] for block in BLOCK.finditer(text)}

    text = (root / "systemd/requirements.lock").read_text(encoding="utf-8")
    assert blocks(text).items() <= blocks(lock).items(), "run `make lock`"
    assert BLOCK.sub("", text) == ""
    names = {canonicalize_name(pin.name) for pin in map(Requirement, blocks(text)) if applies(pin, set())}
    direct = [*project[""], *project["daemon"], Requirement("hatchling")]
    assert names == set(closure([one for one in direct if one.name != "fluxhero"])), "run `make lock`"


def test_no_file_of_another_locker_is_kept(root: Path) -> None:
    assert [name for name in ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock") if (root / name).exists()] == []


def test_the_lock_satisfies_each_requirement_of_the_project(pins: Pins, project: dict[str, list[Requirement]]) -> None:
    unmet = [
        f"{extra or 'base'}: {requirement}"
        for extra, group in project.items()
        for requirement in group
        if requirement.name != "fluxhero"
        and not any(
            requirement.specifier.contains(str(pin.specifier).removeprefix("=="))
            for pin in pins.get(canonicalize_name(requirement.name), [])
        )
    ]
    assert unmet == [], "run `make lock`"


def test_the_lock_is_what_the_project_needs_and_no_more(pins: Pins, project: dict[str, list[Requirement]]) -> None:
    direct = [requirement for group in project.values() for requirement in group if requirement.name != "fluxhero"]
    here = {name for name, versions in pins.items() if any(applies(pin, set()) for pin in versions)}
    assert set(closure(direct)) == here, "run `make lock`"


def test_the_venv_holds_the_pinned_versions(pins: Pins) -> None:
    expected = {
        name: str(pin.specifier).removeprefix("==")
        for name, versions in pins.items()
        for pin in versions
        if applies(pin, set())
    }
    assert {name: metadata.version(name) for name in expected} == expected, "run `make setup`"
