"""How the core compiles: one place for the Numba options, typed so that a kernel keeps its Python signature.

No fastmath: batch and stream must agree bit for bit. Division follows IEEE 754 (no ZeroDivisionError).
Where a product is added to something, `multiply_add` says so: the compiler alone never contracts the two.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
import numpy.typing as npt
from numba.core import cgutils
from numba.extending import intrinsic, register_jitable

FloatArray: TypeAlias = npt.NDArray[np.float64]
RecordArray: TypeAlias = npt.NDArray[np.void]
RowArray: TypeAlias = npt.NDArray[np.int64]
# A numpy record: mypy can't see the fields of a structured dtype.
Record: TypeAlias = Any

_njit: Any = numba.njit
# Nobody calls a kernel from C.
_OPTIONS = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}

_Function = TypeVar("_Function", bound=Callable[..., object])


def sources_digest(package: str) -> str:
    """One digest over a package's sources.

    Numba drops cached machine code when the file of the cached function changes, but a kernel also contains the
    helpers of other files: without this an upgrade could trade with old rules.
    """
    digest = hashlib.sha256()

    def add(folder: Traversable) -> None:
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
            elif entry.is_dir() and entry.name != "__pycache__":
                add(entry)

    add(files(package))
    return digest.hexdigest()


SOURCES_DIGEST = sources_digest("fluxherod.core")


@cache
def _stamp(package: str) -> str:
    """What the machine code of a package's kernels is made of."""
    return SOURCES_DIGEST if package.startswith("fluxherod.core") else SOURCES_DIGEST + sources_digest(package)


def kernel(function: _Function) -> _Function:
    """Compile `function` on its first call; machine code is cached on disk and runs without the GIL."""
    return _cached(function, _njit(**_OPTIONS)(function))


def lending_kernel(function: _Function) -> _Function:
    """A kernel that makes no array and counts no references: each use of an array of a tuple would be counted."""
    return _cached(function, _njit(**_OPTIONS, _nrt=False)(function))


def lent(function: _Function) -> _Function:
    """A helper of a `lending_kernel`, as `inlined` ones are."""
    compiled: Any = _njit(**_OPTIONS, _nrt=False, forceinline=True, no_cpython_wrapper=True)(function)
    result: _Function = compiled
    return result


def _cached(function: _Function, compiled: Any) -> _Function:
    try:
        compiled.enable_caching()
    except RuntimeError:
        warnings.warn(
            f"{function.__name__}: no writable directory for compiled code, see NUMBA_CACHE_DIR",
            RuntimeWarning,
            stacklevel=2,
        )
    else:
        compiled._cache._cache_file._source_stamp = _stamp(function.__module__.rpartition(".")[0])
    result: _Function = compiled
    return result


def inlined(function: _Function) -> _Function:
    """A helper that kernels call: compiled into its callers, never cached by itself.

    It has no entry for Python: called from there it crashes the process. Tests wrap it in a kernel.
    """
    # The entries for Python of all helpers were a third of what a cold start compiled.
    compiled: Any = _njit(**_OPTIONS, forceinline=True, no_cpython_wrapper=True)(function)
    result: _Function = compiled
    return result


def shared(function: _Function) -> _Function:
    """Arithmetic that live trading calls from Python and a kernel calls too: plain there, compiled into the kernel.

    In Python its integers have no bound; a kernel must see to it that they fit 64 bits.
    """
    result: _Function = register_jitable(**_OPTIONS)(function)
    return result


def _multiply_add(typing_context: object, a: object, b: object, c: object) -> tuple[Any, Callable[..., Any]]:
    def generate(context: object, builder: Any, signature: object, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return numba.float64(numba.float64, numba.float64, numba.float64), generate


_intrinsic: Any = intrinsic
_cgutils: Any = cgutils
multiply_add: Callable[[float, float, float], float] = _intrinsic(_multiply_add)
"""`a` x `b` + `c`, rounded once: the same on every machine, one step of a chain instead of two. For kernels only."""


_llvm: Any = cgutils


def _copy_numbers(context: Any, builder: Any, target: Any, source: Any, to: Any, of: Any) -> None:
    for name in target.fields:
        kind = target.typeof(name)
        if isinstance(kind, numba.types.NestedArray):
            continue
        stored = context.get_data_type(kind)
        there = _llvm.get_record_member(builder, to, target.offset(name), stored)
        here = _llvm.get_record_member(builder, of, source.offset(name), stored)
        if isinstance(kind, numba.types.Record):
            _copy_numbers(context, builder, kind, source.typeof(name), there, here)
        else:
            builder.store(builder.load(here), there)


def _blank(typing_context: object, kind: Any) -> tuple[Any, Callable[..., Any]]:
    record = kind.dtype

    def generate(context: Any, builder: Any, signature: object, arguments: object) -> Any:
        place = _llvm.alloca_once(builder, context.get_data_type(record))
        place.align = 16
        _llvm.memset(builder, place, context.get_constant(numba.intp, record.size), 0)
        return place

    return record(kind), generate


blank: Callable[[np.dtype[Any]], Record] = _intrinsic(_blank)
"""A record of zeros that lives as long as its kernel runs, in registers where it can. For kernels only."""


def _held(typing_context: object, record: Any) -> tuple[Any, Callable[..., Any]]:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        with builder.goto_entry_block():
            local = builder.alloca(context.get_data_type(record))
            local.align = record.dtype.alignment
        _copy_numbers(context, builder, record, record, local, arguments[0])
        return local

    return record(record), generate


held: Callable[[Record], Record] = _intrinsic(_held)
"""A copy of a record's numbers, its arrays left out, that only this function and what is inlined into it can see.

So a loop keeps them in registers, whatever else it writes to. For kernels only, and not to be returned.
"""


def _assign(typing_context: object, target: Any, source: Any) -> tuple[Any, Callable[..., Any]]:
    def generate(context: Any, builder: Any, signature: object, arguments: Any) -> Any:
        _copy_numbers(context, builder, target, source, *arguments)
        return context.get_dummy_value()

    return numba.void(target, source), generate


assign: Callable[[Record, Record], None] = _intrinsic(_assign)
"""Give every number of a record the value of its field in another, which may have more of them. For kernels only."""


def _fetch_soon(typing_context: object, column: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values, ir = context.make_array(signature.args[0])(context, builder, arguments[0]), _llvm.ir
        place = builder.bitcast(builder.gep(values.data, [arguments[1]]), _llvm.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [_llvm.voidptr_t, *[_llvm.int32_t] * 3])
        prefetch = _llvm.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [place, *map(_llvm.int32_t, (0, 3, 1))])  # to read, to all caches, data
        return context.get_dummy_value()

    return numba.void(column, numba.intp), generate


fetch_soon: Callable[[FloatArray, int], None] = _intrinsic(_fetch_soon)
"""Have a column's value, and the seven beside it, brought near while something else is done. For kernels only.

The index may be beyond the end.
"""


def table(rows: Sequence[bytes], kind: np.dtype[Any]) -> RecordArray:
    """Records of a type from their bytes, writable, shape (n,): NumPy takes eight times as long from tuples."""
    records: RecordArray = np.frombuffer(bytearray().join(rows), kind)
    return records


def compiled_only(function: object) -> None:
    """Keep what `function` has compiled: from now on other argument types are converted, never compiled for."""
    dispatcher: Any = function
    dispatcher.disable_compile()
