from __future__ import annotations

import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fluxherod.__main__ import main
from fluxherod.commands.token_arguments import ROLES
from fluxherod.rpc.roles import Role
from fluxherod.rpc.tokens import TokenFile, TokensUnreadable, digest, make_secret


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    state.mkdir()
    return state


def run(folder: Path, *words: str) -> int:
    return main(["token", "--state-dir", str(folder), *words])


def create(
    folder: Path, capsys: pytest.CaptureFixture[str], *more: str, role: str = "trade", name: str = "desk"
) -> str:
    assert run(folder, "create", "--role", role, "--name", name, *more) == 0
    return capsys.readouterr().out.strip()


def test_a_token_is_printed_once_and_kept_as_a_hash(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = create(folder, capsys)
    assert secret.startswith("fhx_trade_")
    assert len(secret) == len("fhx_trade_") + 43
    kept = (folder / "tokens.json").read_text()
    assert secret not in kept
    assert digest(secret) in kept
    assert run(folder, "list") == 0
    shown = capsys.readouterr().out
    assert secret not in shown
    [row] = [line.split() for line in shown.splitlines() if "desk" in line]
    assert row[1:3] == ["desk", "trade"]
    assert row[-1] == "valid"


def test_no_two_tokens_are_alike_and_each_has_all_its_bits() -> None:
    secrets = {make_secret(Role.ADMIN) for _ in range(1000)}
    assert len(secrets) == 1000
    last = {secret[-43 + place] for secret in secrets for place in range(43)}
    assert len(last) == 62


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_token_is_revoked_by_id_or_name_and_its_name_is_free_again(
    folder: Path, capsys: pytest.CaptureFixture[str], by: str
) -> None:
    create(folder, capsys)
    token = next(token for token in TokenFile(folder).read() if token.name == "desk")
    assert run(folder, "revoke", token.id if by == "id" else "desk") == 0
    assert capsys.readouterr().out == f"revoked desk (trade, id {token.id})\n"
    assert run(folder, "revoke", "desk") == 1
    assert "no valid token has the id or the name" in capsys.readouterr().err
    create(folder, capsys)
    assert run(folder, "list") == 0
    states = [line.split()[5] for line in capsys.readouterr().out.splitlines() if "desk" in line]
    assert states == ["revoked", "valid"]


def test_a_name_is_taken_while_its_token_is_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create(folder, capsys)
    assert run(folder, "create", "--role", "read", "--name", "desk") == 1
    assert "valid already" in capsys.readouterr().err
    for bad in ("", "a b", "a\nb", "-x", "x" * 64, "é"):
        assert run(folder, "create", "--role", "read", f"--name={bad}") == 1
        assert "a name has letters" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "expected"), [("90d", 90 * 24), ("12h", 12), ("2w", 14 * 24), ("30m", 0.5)])
def test_a_token_may_end_by_itself(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, expected: float
) -> None:
    create(folder, capsys, "--expires", text)
    token = TokenFile(folder).read()[-1]
    assert token.expires is not None
    assert token.expires - token.created == timedelta(hours=expected)
    assert not token.ended(token.expires - timedelta(seconds=1))
    assert "expired on" in token.ended(token.expires)


@pytest.mark.parametrize("text", ["90", "d", "0d", "-1d", "1.5d", "100000d", "90D", "1y"])
def test_a_lifetime_that_is_none_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(folder, "create", "--role", "read", "--name", "x", f"--expires={text}")
    assert "90d, 12h, 52w" in capsys.readouterr().err


def test_the_files_are_for_the_daemons_user_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "desk.token"
    old = os.umask(0)
    try:
        assert create(folder, capsys, "--out", str(out)) == ""
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [*folder.iterdir(), out]}
    assert modes == {
        "tokens.json": 0o600, "tokens.lock": 0o600, "read.token": 0o640, "trade.token": 0o600, "admin.token": 0o600,
        "desk.token": 0o600,
    }  # fmt: skip
    assert digest(out.read_text().strip()) == TokenFile(folder).read()[-1].sha256


@pytest.mark.parametrize("plant", ["symbolic link", "link", "pipe"])
def test_a_lock_that_is_no_file_of_the_daemons_is_refused_and_what_it_leads_to_keeps_its_owner(
    folder: Path, capsys: pytest.CaptureFixture[str], plant: str
) -> None:
    victim, lock = folder.parent / "shadow", folder / "tokens.lock"
    victim.write_text("root's alone")
    before = victim.stat().st_uid
    if os.geteuid() == 0:
        os.chown(folder, 1234, 1234)  # what `sudo fluxherod token` finds
    {"symbolic link": lambda: lock.symlink_to(victim), "link": lambda: lock.hardlink_to(victim),
     "pipe": lambda: os.mkfifo(lock)}[plant]()  # fmt: skip
    assert run(folder, "create", "--role", "trade", "--name", "desk") == 1
    assert f"{lock} is no file of the daemon's" in capsys.readouterr().err
    assert victim.stat().st_uid == before
    lock.unlink()
    assert create(folder, capsys)
    assert {path.stat().st_uid for path in folder.iterdir()} == {folder.stat().st_uid}


def test_a_token_that_could_not_be_written_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "create", "--role", "read", "--name", "x", "--out", "/nonexistent/x.token") == 1
    assert "nonexistent" in capsys.readouterr().err
    assert TokenFile(folder).read()[-1].ended(datetime.now(UTC))


def test_the_file_of_a_revoked_token_is_taken_away(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    create(folder, capsys, role="admin", name="other")
    assert run(folder, "revoke", "other") == 0
    assert (folder / "admin.token").exists()
    assert run(folder, "revoke", "admin") == 0
    assert not (folder / "admin.token").exists()
    assert (folder / "trade.token").exists()


def test_a_folder_that_is_not_there_is_said_with_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none", "list") == 1
    assert "name its state folder with --state-dir" in capsys.readouterr().err


def test_the_folder_is_the_configurations_when_none_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STATE_DIRECTORY", "CONFIGURATION_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    secret = create(folder, capsys)
    assert main(["token", "--set", f"storage.state_dir={folder}", "list"]) == 0
    assert "desk" in capsys.readouterr().out
    assert secret


@pytest.mark.parametrize("content", ["", "[]", '{"about": "", "version": 2, "tokens": []}', '{"tokens": 1}'])
def test_a_damaged_list_is_said_and_left_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (folder / "tokens.json").write_text(content)
    for words in (("list",), ("revoke", "x"), ("create", "--role", "read", "--name", "x")):
        assert run(folder, *words) == 1
        assert "tokens.json is damaged" in capsys.readouterr().err
    assert (folder / "tokens.json").read_text() == content


def test_tokens_made_at_the_same_time_are_all_kept(folder: Path) -> None:
    def make(name: str) -> None:
        TokenFile(folder).create(name, Role.READ, datetime.now(UTC))

    threads = [threading.Thread(target=make, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {token.name for token in TokenFile(folder).read()} >= {f"t{number}" for number in range(8)}
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_list_of_the_wrong_shape_is_never_read_as_one_that_lets_in(folder: Path) -> None:
    file = TokenFile(folder)
    file.make_first(datetime.now(UTC))
    table = json.loads(file.path.read_text())
    for field, value in {"role": "root", "sha256": "0", "name": "a b", "expires": "soon", "more": 1}.items():
        file.path.write_text(json.dumps({**table, "tokens": [{**table["tokens"][0], field: value}]}))
        with pytest.raises(TokensUnreadable):
            file.read()


def test_the_command_knows_every_role() -> None:
    assert tuple(str(role) for role in Role if role is not Role.NONE) == ROLES
