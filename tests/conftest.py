"""What holds for every test: no setting of the developer's own reaches it, and no slow machine makes it flaky."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
# For `pytest -n`. Tests of DAEMONS start daemons and exchanges and wait for them: one worker runs them, one after
# another, so that two of them never share the machine. SEARCHES play on all cores what a module's tests then look
# at: once, so by one worker. All else is shared out.
DAEMONS = ("system", "walkthroughs", "daemon/test_demo.py", "docs/test_cookbook.py", "web")
SEARCHES = ("system/test_fault_weeks.py", "orders/test_small_scope.py")
IN_PROCESS = ("system/test_virtual_network.py",)

# A key in the developer's environment must never let a test trade. Only the folder of `make acceptance` passes.
for name in [name for name in os.environ if name.startswith(("FLUXHERO_", "APCA_", "ALPACA_"))]:
    if name != "FLUXHERO_DATA":
        del os.environ[name]

# The first call of a kernel compiles it, so no example has a deadline; in CI the examples are the same in each run.
settings.register_profile("fluxhero", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("fluxhero")


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that belong to one worker into a group."""
    for item in items:
        path = item.path.relative_to(HERE).as_posix()
        if path.startswith(SEARCHES):
            item.add_marker(pytest.mark.xdist_group(path))
        elif path.startswith(DAEMONS) and path not in IN_PROCESS:
            item.add_marker(pytest.mark.xdist_group("daemons"))
