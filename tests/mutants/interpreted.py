"""Stands where Numba's compiler stands, so that a mutant of a kernel runs at once instead of compiling for seconds.

The functions of the core are plain Python. Interpreted, they do the same float64 and int64 operations, only slowly:
before any mutant, all targeted tests must pass in this form.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numba
import numba.extending
import numpy as np


class Interpreted:
    """A function that says it is compiled."""

    def __init__(self, function: Callable[..., object]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.signatures = ["interpreted"]
        self._cache = SimpleNamespace(_cache_file=SimpleNamespace())

    def enable_caching(self) -> None:
        """Nothing is compiled, so there is nothing to cache."""

    def disable_compile(self) -> None:
        """Nothing is compiled ever."""

    def __call__(self, *arguments: object, **named: object) -> object:
        with np.errstate(all="ignore"):  # as compiled code: x / 0 and NaN are values, no warnings
            return self.py_func(*arguments, **named)


def _njit(function: Callable[..., object] | None = None, **options: Any) -> Interpreted | type[Interpreted]:
    return Interpreted if function is None else Interpreted(function)


def _multiply_add() -> Callable[[float, float, float], float]:
    """a x b + c, rounded once, from the C library."""
    function = ctypes.CDLL(ctypes.util.find_library("m")).fma
    function.argtypes, function.restype = [ctypes.c_double] * 3, ctypes.c_double
    result: Callable[[float, float, float], float] = function
    return result


def _blank() -> Callable[[np.dtype[Any]], Any]:
    """A record of zeros."""
    return lambda kind: np.zeros(1, kind)[0]


def _held() -> Callable[[object], object]:
    """The record itself: only a compiler has registers."""
    return lambda record: record


def _assign() -> Callable[[Any, Any], None]:
    """The fields of one record from those of another, nothing when they are the same."""

    def assign(target: Any, source: Any) -> None:
        for name in target.dtype.names:
            target[name] = source[name]

    return assign


def _fetch_soon() -> Callable[[object, int], None]:
    """Nothing: it says only when to have something."""
    return lambda column, index: None


# What an intrinsic does, in Python, by the name of the function that defines it.
_INTRINSICS = {
    "_multiply_add": _multiply_add,
    "_blank": _blank,
    "_held": _held,
    "_assign": _assign,
    "_fetch_soon": _fetch_soon,
}


def _intrinsic(definition: Callable[..., object]) -> Callable[..., Any]:
    return _INTRINSICS[definition.__name__]()


def stop_compiling() -> None:
    """From now on `numba.njit` leaves functions as they are. To be called before fluxherod is imported."""
    numba.njit = _njit
    numba.extending.intrinsic = _intrinsic
