"""Columns of integers as text: differences, zigzag, seven bits a byte, base64. `static/decode.js` is the other side."""

from __future__ import annotations

from base64 import b64encode

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
_GROUP = 7


def pack(values: npt.ArrayLike) -> str:
    """A column whose neighbours are unlike."""
    return "=" + _text(np.asarray(values, np.int64))


def pack_steps(values: npt.ArrayLike) -> str:
    """A column whose neighbours are alike: the steps from one to the next, the first from 0."""
    column = np.asarray(values, np.int64)
    return "+" + _text(column - np.concatenate([np.zeros(1, np.int64), column[:-1]])[: len(column)])


def _text(values: Integers) -> str:
    zigzag = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    return b64encode(_bytes(zigzag)).decode()


def _bytes(values: npt.NDArray[np.uint64]) -> bytes:
    """Little-endian groups of seven bits; the high bit says that more follow."""
    groups = np.ones(len(values), np.int64)
    for shift in range(_GROUP, 64, _GROUP):
        groups += (values >> np.uint64(shift)) > 0
    ends = np.cumsum(groups)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for group in range(int(groups.max(initial=0))):
        has = groups > group
        more = np.where(groups[has] > group + 1, 128, 0)
        part = (values[has] >> np.uint64(_GROUP * group)) & np.uint64(127)
        out[ends[has] - groups[has] + group] = part.astype(np.uint8) | more.astype(np.uint8)
    return out.tobytes()
