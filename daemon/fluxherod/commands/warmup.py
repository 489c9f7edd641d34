"""`fluxherod warmup`: compile ahead what the first start and the first backtest after an install or an upgrade need."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from numba.core.dispatcher import Dispatcher

from fluxherod.backtest.ahead import compile_ahead
from fluxherod.configuration.directories import CacheError
from fluxherod.core.kernel import warm_up

_PACKAGES = ("fluxherod.core.", "fluxherod.backtest.")


@dataclass(frozen=True, slots=True)
class MachineCode:
    """The functions that trading and backtests call, by where their machine code came from."""

    compiled: tuple[str, ...]
    loaded: tuple[str, ...]


def warmup_main(folder: Path) -> int:
    """Compile into the folder that Numba was told of, whatever is not there yet, and say so; 0."""
    start = time.perf_counter()
    try:
        warm_up()
        compile_ahead()
    except OSError as error:
        raise CacheError(folder, error.strerror or str(error)) from error
    print(_sentence(machine_code(), folder, time.perf_counter() - start))
    return 0


def machine_code() -> MachineCode:
    """What this process has compiled and loaded so far."""
    modules = [module for name, module in sys.modules.items() if name.startswith(_PACKAGES)]
    # A function is in its own module and in those that import it.
    kernels = {value.__name__: value for module in modules for value in vars(module).values() if _is_kept(value)}
    compiled = {name for name, kernel in kernels.items() if any(kernel.stats.cache_misses.values())}
    loaded = {name for name, kernel in kernels.items() if any(kernel.stats.cache_hits.values())} - compiled
    return MachineCode(tuple(sorted(compiled)), tuple(sorted(loaded)))


def _is_kept(value: object) -> bool:
    return isinstance(value, Dispatcher) and value.stats.cache_path is not None


def _sentence(code: MachineCode, folder: Path, seconds: float) -> str:
    if not code.compiled:
        return f"all is warm: {len(code.loaded)} functions loaded from {folder} in {seconds:.2f} s"
    text = f"compiled {len(code.compiled)} functions into {folder} in {seconds:.2f} s: {', '.join(code.compiled)}"
    return f"{text}; {len(code.loaded)} were compiled already" if code.loaded else text
