import logging
from pathlib import Path

import pytest

from fluxherod.configuration.credentials import find_credentials
from fluxherod.errors import CredentialsError

ENVIRONMENT = {"APCA_API_KEY_ID": "EKEY", "APCA_API_SECRET_KEY": "ESECRET"}


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def by_systemd(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "credentials"
    folder.mkdir()
    write(folder / "alpaca.key", "SKEY\n")
    write(folder / "alpaca.secret", "SSECRET\n")
    return {"CREDENTIALS_DIRECTORY": str(folder)}


@pytest.fixture
def by_files(tmp_path: Path) -> dict[str, str]:
    return {
        "FLUXHERO_ALPACA_KEY_FILE": str(write(tmp_path / "key", "FKEY\n")),
        "FLUXHERO_ALPACA_SECRET_FILE": str(write(tmp_path / "secret", " FSECRET ")),
    }


def test_systemd_comes_first_then_files_then_the_environment(
    by_systemd: dict[str, str], by_files: dict[str, str]
) -> None:
    layers = [by_systemd, by_files, ENVIRONMENT]
    found = [
        find_credentials({name: text for layer in layers[first:] for name, text in layer.items()}) for first in range(3)
    ]
    assert [one.key for one in found] == ["SKEY", "FKEY", "EKEY"]
    assert [one.secret for one in found] == ["SSECRET", "FSECRET", "ESECRET"]


def test_a_file_of_the_command_line_wins_over_its_variable(by_files: dict[str, str], tmp_path: Path) -> None:
    key = write(tmp_path / "other", "OTHER")
    assert find_credentials(by_files, key_file=key).key == "OTHER"


def test_a_credentials_folder_of_others_is_passed_over(tmp_path: Path) -> None:
    assert find_credentials(ENVIRONMENT | {"CREDENTIALS_DIRECTORY": str(tmp_path)}).key == "EKEY"


def test_no_credentials_tell_where_they_could_come_from() -> None:
    with pytest.raises(CredentialsError, match=r"LoadCredential.*FLUXHERO_ALPACA_SECRET_FILE.*APCA_API_SECRET_KEY"):
        find_credentials({})


def test_half_a_pair_is_refused_and_never_filled_up_from_another_source(by_systemd: dict[str, str]) -> None:
    (Path(by_systemd["CREDENTIALS_DIRECTORY"]) / "alpaca.secret").unlink()
    with pytest.raises(CredentialsError, match="the secret is missing or empty"):
        find_credentials(by_systemd | ENVIRONMENT)


def test_a_missing_file_is_named(by_files: dict[str, str]) -> None:
    Path(by_files["FLUXHERO_ALPACA_KEY_FILE"]).unlink()
    with pytest.raises(CredentialsError, match=r"credentials file .*key: No such file"):
        find_credentials(by_files)


@pytest.mark.parametrize("text", ["two words", "line\nbreak", "schlüssel", "\x00"])
def test_what_can_not_be_a_key_is_refused_unseen(by_files: dict[str, str], text: str) -> None:
    Path(by_files["FLUXHERO_ALPACA_SECRET_FILE"]).write_text(text)
    with pytest.raises(CredentialsError, match="printable ASCII") as caught:
        find_credentials(by_files)
    assert text not in str(caught.value)


def test_the_secret_never_shows(by_files: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = find_credentials(by_files)
    assert "FSECRET" not in repr(credentials) + str(credentials) + caplog.text
    assert "credentials from" in caplog.text


def test_a_file_that_everybody_can_read_is_warned_about(
    by_files: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    Path(by_files["FLUXHERO_ALPACA_SECRET_FILE"]).chmod(0o644)
    find_credentials(by_files)
    [warning] = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "chmod 600" in warning
    assert by_files["FLUXHERO_ALPACA_SECRET_FILE"] in warning
