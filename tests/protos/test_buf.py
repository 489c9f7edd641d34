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


def test_the_npm_lock_names_no_registry(protos: Path) -> None:
    lock = (protos.parent / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "omit-lockfile-registry-resolved=true" in (protos.parent / ".npmrc").read_text(encoding="utf-8").split()
