"""What holds for every test: no setting of the developer's own reaches it, and no slow machine makes it flaky."""

import os
import signal
from pathlib import Path

from hypothesis import HealthCheck, settings

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
