"""How a test calls a helper that only kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(helper: Callable[..., Any]) -> Callable[..., Any]:
    """`helper` as a function for Python: an inlined one has no entry of its own, calling it crashes the interpreter."""

    def call(*arguments: Any) -> Any:
        return helper(*arguments)

    result: Callable[..., Any] = numba.njit(error_model="numpy")(call)
    return result
