"""The indicators of a tape, computed once for many trials: a column each, for a loop goes through columns fastest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fluxherod.core.columns import Columns
from fluxherod.core.jit import FloatArray

__all__ = ["BYTES_A_ROW", "Columns", "Known", "columns"]

BYTES_A_ROW = 8 * len(Columns._fields)
"""What the figures of a bar take."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The figures of each row of a tape; `known["kama"]` is a column."""

    columns: Columns

    def __len__(self) -> int:
        return len(self.columns.close)

    def __getitem__(self, name: str) -> FloatArray:
        column: FloatArray = getattr(self.columns, name)
        return column

    def tobytes(self) -> bytes:
        """All columns, one after the other."""
        return b"".join(column.tobytes() for column in self.columns)


def columns(rows: int) -> Columns:
    """Room for the figures of so many rows."""
    return Columns._make(np.zeros((len(Columns._fields), rows)))
