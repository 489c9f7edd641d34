"""Tables as Parquet files in memory, for those who compute with them elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# Money is exact to 1/10,000 dollar; times are UTC.
_TYPES = {
    "text": pa.string(),
    "count": pa.int64(),
    "money": pa.decimal128(18, 4),
    "ratio": pa.float64(),
    "time": pa.timestamp("ns", tz="UTC"),
}


def parquet(columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> bytes:
    """The bytes of a Parquet file with these columns. A kind is text, count, money, ratio or time.

    Args:
        columns: the values of each column; None where there is none, money as decimal strings, times in ns.
        kinds: the kind of each column, in the order of the file.
    """
    arrays = {name: pa.array(_values(columns[name], kind), _TYPES[kind]) for name, kind in kinds.items()}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays), sink, compression="snappy")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _values(values: Sequence[Any], kind: str) -> Sequence[Any]:
    return [None if value is None else Decimal(value) for value in values] if kind == "money" else values
