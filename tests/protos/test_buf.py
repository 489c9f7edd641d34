import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def buf(protos: Path) -> Path:
    path = protos.parent / "node_modules/.bin/buf"
    if not path.exists():
        reason = "buf is not installed: `make setup-test` installs it where npm is"
        print(reason)
        pytest.skip(reason)
    return path


def findings(buf: Path, *arguments: str) -> str:
    done = subprocess.run([buf, *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_buf_lint_finds_nothing(buf: Path, protos: Path) -> None:
    assert findings(buf, "lint", str(protos)) == ""


def test_the_protos_are_formatted(buf: Path, protos: Path) -> None:
    assert findings(buf, "format", "-d", "--exit-code", str(protos)) == ""


def test_nothing_that_was_released_is_broken(buf: Path, protos: Path) -> None:
    """Against the last tag; as long as there is none, nothing has been promised, and the test says so."""
    checkout = protos.parent
    tags = git(checkout, "tag", "--list", "v*", "--sort=-v:refname").split()
    if not tags:
        print("there is no tag yet: `buf breaking` begins with the first release")
        assert findings(buf, "breaking", str(protos), "--against", str(protos)) == ""  # it runs, all the same
        return
    assert findings(buf, "breaking", str(protos), "--against", f"{checkout}/.git#tag={tags[0]},subdir=protos") == ""


def git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(checkout), *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""  # an archive without a history has no tags either


def test_the_npm_lock_names_no_registry(protos: Path) -> None:
    lock = (protos.parent / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (protos.parent / ".npmrc").read_text(encoding="utf-8").split()
