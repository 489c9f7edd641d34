from pathlib import Path

import pytest

from fluxherod.configuration.directories import find_directories, keep_machine_code, make_private

SYSTEMD = {
    "STATE_DIRECTORY": "/var/lib/fluxhero",
    "CACHE_DIRECTORY": "/var/cache/fluxhero:/var/cache/other",
    "RUNTIME_DIRECTORY": "/run/fluxhero",
    "CONFIGURATION_DIRECTORY": "/etc/fluxhero",
}


def test_systemd_names_the_folders() -> None:
    found = find_directories(SYSTEMD | {"XDG_STATE_HOME": "/elsewhere", "HOME": "/root"})
    assert (found.state, found.cache) == (Path("/var/lib/fluxhero"), Path("/var/cache/fluxhero"))
    assert found.unix_socket == Path("/run/fluxhero/fluxherod.sock")
    assert found.configuration_file == Path("/etc/fluxhero/fluxhero.toml")


@pytest.mark.parametrize("name", SYSTEMD)
def test_of_several_folders_the_first_is_taken(name: str) -> None:
    several = SYSTEMD | {name: "/first/of them:/second"}
    found = find_directories(several | {"HOME": "/root"})
    folders = [found.state, found.cache, found.unix_socket.parent, found.configuration]
    assert [str(folder) for folder in folders].count("/first/of them") == 1
    assert find_directories({name: "", "HOME": "/h"}) == find_directories({"HOME": "/h"})


def test_without_systemd_the_xdg_folders_are_ours() -> None:
    found = find_directories(
        {"HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c", "XDG_CONFIG_HOME": "/e", "XDG_RUNTIME_DIR": "/r"}
    )
    assert (found.state, found.cache) == (Path("/s/fluxhero"), Path("/c/fluxhero"))
    assert found.unix_socket == Path("/r/fluxhero/fluxherod.sock")
    assert found.configuration_file == Path("/e/fluxhero/fluxhero.toml")


def test_without_either_they_are_in_the_home_and_the_socket_in_the_state_folder() -> None:
    found = find_directories({"HOME": "/h", "XDG_STATE_HOME": "relative/is/invalid"})
    assert (found.state, found.cache) == (Path("/h/.local/state/fluxhero"), Path("/h/.cache/fluxhero"))
    assert found.unix_socket == Path("/h/.local/state/fluxhero/fluxherod.sock")
    assert found.configuration == Path("/h/.config/fluxhero")


def test_numba_keeps_its_machine_code_in_our_cache_unless_it_is_told_otherwise() -> None:
    environment: dict[str, str] = {}
    assert keep_machine_code(environment, Path("/c")) == Path("/c/numba")
    assert environment == {"NUMBA_CACHE_DIR": "/c/numba"}
    assert keep_machine_code(environment, Path("/other")) == Path("/c/numba")
    assert environment == {"NUMBA_CACHE_DIR": "/c/numba"}


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
