"""All trades as a file: `python export.py FILE.parquet` (or FILE.csv)."""

import asyncio
import sys
from pathlib import Path

from fluxhero.v1 import trade_pb2
from fluxhero_client import connect


async def exported(parquet: bool) -> bytes:
    file_format = trade_pb2.EXPORT_FORMAT_PARQUET if parquet else trade_pb2.EXPORT_FORMAT_CSV
    async with connect() as client:
        return b"".join([chunk.data async for chunk in client.trades.export(file_format)])


path = Path(sys.argv[1])
size = path.write_bytes(asyncio.run(exported(path.suffix == ".parquet")))
print(f"{path}: {size} bytes")
