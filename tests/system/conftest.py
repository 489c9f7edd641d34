"""What all system tests need once."""

import subprocess
import sys

import pytest
from harness.processes import environment


@pytest.fixture(scope="session", autouse=True)
def _machine_code(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile the kernel before the first daemon starts, so that no test pays for it."""
    folder = tmp_path_factory.mktemp("compile")
    program = "from fluxherod.core.kernel import warm_up; warm_up()"
    subprocess.run([sys.executable, "-c", program], env=environment(folder), cwd=folder, check=True)
