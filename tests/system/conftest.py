"""What the system tests share: a kernel that is compiled, a tape, and a run of it that nobody disturbs."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from harness.lockstep import Lockstep, lockstep
from harness.processes import environment
from harness.tape import END, PLAYED, SYMBOLS, TIMEFRAME


@pytest.fixture(scope="session", autouse=True)
def _machine_code(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile the kernel before the first daemon starts, so that no test pays for it."""
    folder = tmp_path_factory.mktemp("compile")
    program = "from fluxherod.core.kernel import warm_up; warm_up()"
    subprocess.run([sys.executable, "-c", program], env=environment(folder), cwd=folder, check=True)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lockstep]:
    """The tape, traded to its end; look, but don't step."""
    with lockstep(tmp_path_factory.mktemp("undisturbed"), PLAYED, SYMBOLS, TIMEFRAME) as pair:
        pair.step_until(END)
        yield pair
