"""Work in other processes that a module's tests look at: all of it at once on all cores, or, where the workers of
pytest share the tests, each in a process beside the worker whose test asks for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

K = TypeVar("K")
SHARED = "PYTEST_XDIST_WORKER" in os.environ


class _WhenAsked(dict[K, "Future[Any]"]):
    """Begins what nobody has asked for before."""

    def __init__(self, begin: Callable[[K], Future[Any]]) -> None:
        super().__init__()
        self._begin = begin

    def __missing__(self, key: K) -> Future[Any]:
        self[key] = self._begin(key)
        return self[key]


@contextmanager
def played(work: Callable[..., Any], tasks: Mapping[K, tuple[Any, ...]]) -> Iterator[Mapping[K, Future[Any]]]:
    """The results of `work` for each task's arguments, as they come."""
    with ProcessPoolExecutor(1 if SHARED else None, get_context("spawn")) as pool:
        futures = _WhenAsked(lambda key: pool.submit(work, *tasks[key]))
        try:
            for key in () if SHARED else tasks:
                futures[key]
            yield futures
        finally:
            pool.shutdown(cancel_futures=True)
