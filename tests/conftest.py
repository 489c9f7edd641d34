"""What holds for every test: no setting of the developer's own reaches it, and no slow machine makes it flaky."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
# Tests of these start daemons and exchanges and wait for them: one worker runs them, one after another, so that two of
# them never share the machine's time. What is beside them, the fault weeks too, runs in the other workers meanwhile.
DAEMONS = ("system", "walkthroughs", "daemon/test_demo.py")
IN_PROCESS = ("system/test_fault_weeks.py", "system/test_virtual_network.py")

# A key in the developer's environment must never let a test trade. Only the folder of `make acceptance` passes.
for name in [name for name in os.environ if name.startswith(("FLUXHERO_", "APCA_", "ALPACA_"))]:
    if name != "FLUXHERO_DATA":
        del os.environ[name]

# The first call of a kernel compiles it, so no example has a deadline; in CI the examples are the same in each run.
settings.register_profile("fluxhero", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("fluxhero")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests that start daemons, for `pytest -n`."""
    for item in items:
        path = item.path.relative_to(HERE).as_posix()
        if path.startswith(DAEMONS) and path not in IN_PROCESS:
            item.add_marker(pytest.mark.xdist_group("daemons"))
