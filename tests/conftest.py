"""What holds for every test: no setting of the developer's own reaches it, and no slow machine makes it flaky."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
# What takes long, by the worker that begins with it: machines and crashes, browsers and terminals, daemons. So one of
# each kind runs at a time, and what tests share (an installed machine, a browser's server) is made by one worker.
LONGEST = (
    ("tests/systemd/", "tests/crash/", "tests/docs/test_cookbook"),
    ("tests/web/", "tests/system/test_fault", "tests/tui/", "tests/walkthroughs/"),
    ("tests/system/",),
)

# A key in the developer's environment must never let a test trade. Only the folder of `make acceptance` passes.
for name in [name for name in os.environ if name.startswith(("FLUXHERO_", "APCA_", "ALPACA_"))]:
    if name != "FLUXHERO_DATA":
        del os.environ[name]

# The machine code that `make` has compiled serves the workers of pytest and the processes that they start.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).resolve().parents[1] / ".pytest_cache/numba"))

# What `nohup` or a shell's `&` makes ignored is ignored by children, too, and they are told to end by these signals.
# A handler is not inherited: here it ignores the signal as before, and children start as by hand.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_: None)

# The first call of a kernel compiles it, so no example has a deadline; in CI the examples are the same in each run.
settings.register_profile(
    "fluxhero", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fluxhero")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with what takes long; the end is short tests, which whoever is done takes from the others."""
    if WORKERS == 1:
        return
    lines: list[list[pytest.Item]] = [[] for _ in range(WORKERS)]
    short = items.copy()
    for number, prefixes in enumerate(LONGEST):
        for prefix in prefixes:
            lines[number % WORKERS] += [item for item in short if item.nodeid.startswith(prefix)]
            short = [item for item in short if not item.nodeid.startswith(prefix)]
    # Work is dealt in equal shares of the list (`--dist worksteal`).
    share = len(items) // WORKERS
    for line in lines[:-1]:
        room = max(0, share - len(line))
        line += short[:room]
        del short[:room]
    items[:] = [item for line in lines for item in line] + short
