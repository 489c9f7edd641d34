import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Check = Callable[..., str]
PACKAGE_ROOTS = ("protos", "daemon", "clients/python", "clients/tui")


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def check(root: Path) -> Check:
    """Run a tool of the venv in the checkout; where it fails, its own output is the test's."""
    scripts = Path(sys.executable).parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(str(root / path) for path in PACKAGE_ROOTS)}

    def run(tool: str, *arguments: str) -> str:
        command = [str(scripts / tool), *arguments]
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"{tool} {' '.join(arguments)}\n{done.stdout}{done.stderr}", pytrace=False)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def documents(root: Path) -> list[Path]:
    """The Markdown files of the checkout, without those of dependencies."""
    foreign = {".venv", ".git", "node_modules"}
    return sorted(path for path in root.rglob("*.md") if not foreign & set(path.relative_to(root).parts))
